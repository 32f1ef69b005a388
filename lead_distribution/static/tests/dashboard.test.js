import {describe, expect, test} from "@odoo/hoot";
import {
    clocksChart,
    fairnessChart,
    gapRows,
    keptPercent,
    receivedChart,
    shortTime,
    timesChart,
} from "@lead_distribution/dashboard/charts";
import {
    contains,
    defineModels,
    makeMockEnv,
    mockService,
    mountWithCleanup,
    onRpc,
    preloadBundle,
} from "@web/../tests/web_test_helpers";
import {LeadDashboard} from "@lead_distribution/dashboard/dashboard";
import {crmModels} from "@crm/../tests/crm_test_helpers";
import {mailModels} from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");
defineModels({...mailModels, ...crmModels});
preloadBundle("web.chartjs_lib");

const BARS = [
    {label: "Mar 1", received: 3, claim: 12, follow_up: false},
    {label: "Mar 2", received: 0, claim: false, follow_up: false},
];

function figures(values = {}) {
    return {
        period: {
            key: "month",
            first: "2026-03-01",
            last: "2026-03-02",
            start: "2026-02-28 23:00:00",
            end: "2026-03-02 23:00:00",
            unit: "day",
        },
        company: "House",
        everybody: true,
        received: 3,
        claim: 12,
        follow_up: false,
        kept: 1,
        missed: 1,
        bars: BARS,
        people: [{id: 7, name: "Anna", received: 3, kept: 1, missed: 1}],
        fairness: [
            {
                id: 7,
                name: "Anna",
                ahead: 20,
                text: "Ahead by 20 (own customers: +20)",
            },
        ],
        gaps: [{weekday: 1, hour: 9, number: 4}],
        waiting: 2,
        next: false,
        ...values,
    };
}

const PROPS = {action: {}, actionId: 1, className: "", updateActionState: () => {}};

test("times are said in the unit that fits", async () => {
    await makeMockEnv();
    expect(shortTime(false)).toBe("–");
    expect(shortTime(0)).toBe("0 min");
    expect(shortTime(0.5)).toBe("30 sec");
    expect(shortTime(45)).toBe("45 min");
    expect(shortTime(150)).toBe("2.5 hr");
    expect(shortTime(3 * 24 * 60)).toBe("3 days");
    expect(keptPercent(3, 1)).toBe("75 %");
    expect(keptPercent(0, 0)).toBe("–");
});

test("pictures say their figures in words", async () => {
    await makeMockEnv();
    expect(receivedChart(BARS).label).toBe("Mar 1: 3");
    const times = timesChart(BARS);
    expect(times.config.data.datasets).toHaveLength(1);
    expect(times.config.data.datasets[0].data).toEqual([12, null]);
    expect(times.label).toBe("To the claim: Mar 1: 12 min");
    expect(timesChart([BARS[1]])).toBe(false);
    expect(clocksChart(figures().people).label).toBe("Anna: 1 in time, 1 missed");
    expect(clocksChart([{name: "Boris", kept: 0, missed: 0}])).toBe(false);
    expect(fairnessChart(figures().fairness).label).toInclude("own customers: +20");
    expect(fairnessChart([])).toBe(false);
});

test("a week of hours, darker where more leads found nobody", () => {
    const rows = gapRows([
        {weekday: 1, hour: 9, number: 4},
        {weekday: 7, hour: 23, number: 1},
    ]);
    expect(rows).toHaveLength(7);
    expect(rows[0].cells[9].number).toBe(4);
    expect(rows[0].cells[9].shade).toBeGreaterThan(rows[6].cells[23].shade);
    expect(rows[0].cells[8].shade).toBe(0);
});

test("a period is one click, a report the same days", async () => {
    onRpc("lead.distribution.dashboard", "figures", ({args}) => {
        expect.step(args.join(" "));
        return figures({period: {...figures().period, key: args[0]}});
    });
    mockService("action", {
        loadAction: (id) => ({id}),
        doAction: ({id, domain}) => expect.step(`${id} ${domain[0][2]}`),
    });
    await mountWithCleanup(LeadDashboard, {props: PROPS});
    expect("canvas").toHaveCount(4);
    expect("[data-tile=kept] .o_lead_number").toHaveText("50 %");
    expect(".o_lead_gaps tbody tr").toHaveCount(7);
    await contains("[data-period=quarter]").click();
    expect("[data-period=quarter]").toHaveClass("active");
    await contains("[data-card=fairness] button").click();
    await contains("[data-period=free]").click();
    expect(".o_lead_dashboard_days input").toHaveCount(2);
    expect.verifySteps([
        "month false false",
        "quarter false false",
        "lead_distribution.lead_distribution_fairness_action 2026-02-28 23:00:00",
        "free 2026-03-01 2026-03-02",
    ]);
});

test("where nothing was received the next step is said", async () => {
    onRpc("lead.distribution.dashboard", "figures", () =>
        figures({
            received: 0,
            gaps: null,
            everybody: false,
            next: {text: "There is no route yet.", label: "Make one", action: "x.y"},
        })
    );
    mockService("action", {doAction: (action) => expect.step(action)});
    await mountWithCleanup(LeadDashboard, {props: PROPS});
    expect("[data-card=received]").toHaveCount(0);
    expect("[data-tile=waiting]").toHaveCount(0);
    expect(".o_lead_dashboard_next").toHaveText(/There is no route yet/);
    await contains(".o_lead_dashboard_next button").click();
    expect.verifySteps(["x.y"]);
});
