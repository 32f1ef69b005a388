import {describe, expect, test} from "@odoo/hoot";
import {
    advanceTime,
    animationFrame,
    queryAllTexts,
    waitFor,
    waitForNone,
} from "@odoo/hoot-dom";
import {mockDate} from "@odoo/hoot-mock";
import {
    allowTranslations,
    contains,
    makeServerError,
    MockServer,
    mountWithCleanup,
    onRpc,
    serverState,
} from "@web/../tests/web_test_helpers";
import {WebClient} from "@web/webclient/webclient";
import {defineCrmModels} from "@crm/../tests/crm_test_helpers";
import {timeLeft} from "@lead_distribution/offers/countdown_field";

const {DateTime} = luxon;

describe.current.tags("desktop");
defineCrmModels();

const OFFER = {
    id: 7,
    name: "Flat with a view",
    contact: "Zoe",
    source: "Portal",
    deadline: "2025-09-01 10:20:00",
    url: "/odoo/crm/7",
};

async function start(offers = []) {
    mockDate("2025-09-01 10:00:00", +0);
    onRpc("has_group", () => true);
    onRpc("crm.lead", "my_offers", () => offers);
    await mountWithCleanup(WebClient);
    await animationFrame();
}

async function bringByBus(type, payload) {
    MockServer.env["bus.bus"]._sendone(serverState.partnerId, type, payload);
}

test("time left in words", () => {
    allowTranslations();
    const now = DateTime.fromISO("2025-09-01T10:00:00");
    const after = (minutes) => timeLeft(now.plus({minutes}), now).toString();
    expect(after(0.5)).toBe("1 min");
    expect(after(59)).toBe("59 min");
    expect(after(61)).toBe("1 h 01");
    expect(after(60 * 26 + 5)).toBe("26 h 05");
    expect(after(0)).toBe("expired");
    expect(after(-3)).toBe("expired");
    expect(timeLeft(false, now)).toBe("");
});

test("an offer that the bus brings is counted, announced, and claimed", async () => {
    onRpc("crm.lead", "action_claim_here", ({args}) => {
        expect.step(args[0].length);
        return {
            params: {ids: args[0], message: "The lead is yours.", seconds: 8},
            tag: "lead_distribution_claimed",
            type: "ir.actions.client",
        };
    });
    onRpc("crm.lead", "action_undo_claim", () => {
        expect.step("undone");
        return true;
    });
    await start();
    expect(".lead_distribution_offers_button").toHaveCount(0);
    const id = MockServer.env["crm.lead"].create({name: OFFER.name});
    await bringByBus("lead_distribution.offer", {...OFFER, id});
    await waitFor(".o_notification:contains(Flat with a view · Zoe · Portal (20 min))");
    expect(".lead_distribution_offers_button .badge").toHaveText("1");
    await contains(".o_notification_buttons button:contains(Claim)").click();
    await expect.waitForSteps([1]);
    await waitFor(".o_notification:contains(is yours)");
    expect(".lead_distribution_offers_button").toHaveCount(0);
    await contains(".lead_distribution_claimed button:contains(Undo)").click();
    await expect.waitForSteps(["undone"]);
    await waitFor(".o_notification:contains(undone)");
});

test("the time left goes on, in the notification and in the bell", async () => {
    await start();
    await bringByBus("lead_distribution.offer", OFFER);
    await waitFor(".o_notification:contains(Portal (20 min))");
    await contains(".lead_distribution_offers_button").click();
    await waitFor(".lead_distribution_offers:contains(20 min)");
    await advanceTime(61000);
    await animationFrame();
    expect(".o_notification .lead_distribution_left").toHaveText("19 min");
    expect(".lead_distribution_offers .lead_muted").toHaveText("Zoe · Portal 19 min");
});

test("the menu closes when a lead of it opens, and does not open by itself", async () => {
    await start([OFFER, {...OFFER, id: 8, name: "House"}]);
    await contains(".lead_distribution_offers_button").click();
    await contains(".lead_distribution_offers button[name=claim]").click();
    await waitFor(".lead_distribution_offers_button .badge:contains(1)");
    expect(".lead_distribution_offers").toHaveCount(0);
    await contains(".lead_distribution_offers_button").click();
    await bringByBus("lead_distribution.offer_closed", {id: 8});
    await waitForNone(".lead_distribution_offers_button");
    await bringByBus("lead_distribution.offer", {...OFFER, id: 9});
    await waitFor(".lead_distribution_offers_button");
    expect(".lead_distribution_offers").toHaveCount(0);
});

test("who comes too late reads who was faster", async () => {
    onRpc("crm.lead", "action_claim_here", () => {
        throw makeServerError({
            type: "UserError",
            message: "Boris has the lead already.",
        });
    });
    await start([OFFER]);
    await contains(".lead_distribution_offers_button").click();
    await contains(".lead_distribution_offers button[name=claim]").click();
    await waitFor(".o_notification:contains(Boris has the lead already.)");
    expect(".lead_distribution_offers_button").toHaveCount(0);
});

test("an offer that somebody else claimed is gone, and one whose time is over", async () => {
    const later = {...OFFER, id: 8, name: "House", deadline: "2025-09-01 10:01:00"};
    await start([OFFER, later]);
    await contains(".lead_distribution_offers_button").click();
    expect(queryAllTexts(".lead_distribution_offers .fw-bold")).toEqual([
        "House",
        "Flat with a view",
    ]);
    await bringByBus("lead_distribution.offer_closed", {id: 7});
    await waitFor(".lead_distribution_offers_button .badge:contains(1)");
    await advanceTime(90000);
    await animationFrame();
    expect(".lead_distribution_offers_button").toHaveCount(0);
});

test("in quiet hours an offer is listed, and not announced", async () => {
    await start();
    await bringByBus("lead_distribution.offer", {...OFFER, silent: true});
    await bringByBus("lead_distribution.offer", {...OFFER, id: 8, name: "A loud one"});
    await waitFor(".o_notification:contains(A loud one)");
    expect(".o_notification").toHaveCount(1);
    expect(".o_notification:contains(Flat with a view)").toHaveCount(0);
});
