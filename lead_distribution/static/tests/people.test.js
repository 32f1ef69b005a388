import {describe, expect, test} from "@odoo/hoot";
import {click, queryAllAttributes} from "@odoo/hoot-dom";
import {animationFrame} from "@odoo/hoot-mock";
import {PeopleDays} from "@lead_distribution/people/people_days";
import {
    defineModels,
    makeMockEnv,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {crmModels} from "@crm/../tests/crm_test_helpers";
import {mailModels} from "@mail/../tests/mail_test_helpers";
import {plainFloat} from "@lead_distribution/people/plain_float_field";

describe.current.tags("desktop");
defineModels({...mailModels, ...crmModels});

test("numbers have no zero behind the point", async () => {
    await makeMockEnv();
    expect(plainFloat(42)).toBe("42");
    expect(plainFloat(42.04)).toBe("42");
    expect(plainFloat(5.25)).toBe("5.3");
});

test("a cell for each person and day, with words for who does not see colours", async () => {
    onRpc("res.users", "lead_people_days", ({args}) => {
        expect.step(args[0] || "today");
        return {
            start: "2026-03-02",
            days: [
                {date: "2026-03-02", today: true},
                {date: "2026-03-03", today: false},
            ],
            people: [
                {
                    id: 7,
                    name: "Anna",
                    load: "39 of 40",
                    percent: 98,
                    credited: "",
                    paused: false,
                    full: true,
                    cells: ["here", "absent"],
                },
            ],
        };
    });
    await mountWithCleanup(PeopleDays, {
        props: {action: {}, actionId: 1, className: "", updateActionState: () => {}},
    });
    expect("tbody tr").toHaveCount(1);
    expect("tbody th").toHaveText(/39 of 40 \(98 %\)/);
    expect("tbody .text-bg-danger").toHaveText("At a limit");
    expect(queryAllAttributes("tbody .lead_day", "aria-label")[1]).toInclude("Absent");
    await click("button[aria-label=Later]");
    await animationFrame();
    expect.verifySteps(["today", "2026-03-09"]);
});
