import {advanceTime, animationFrame} from "@odoo/hoot-mock";
import {describe, expect, test} from "@odoo/hoot";
import {
    MockServer,
    clickSave,
    contains,
    defineModels,
    fields,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";
import {crmModels} from "@crm/../tests/crm_test_helpers";
import {mailModels} from "@mail/../tests/mail_test_helpers";
import {percentOf} from "@lead_distribution/runs/progress";

describe.current.tags("desktop");

class Run extends models.Model {
    _name = "lead.distribution.run";
    undo_asked_by_id = fields.Many2one({relation: "res.users"});
    undo_total = fields.Integer();
    undone_count = fields.Integer();
    work_asked_by_id = fields.Many2one({relation: "res.users"});
    work_total = fields.Integer();
    work_done = fields.Integer();
    _records = [
        {id: 1, undo_asked_by_id: 7, undo_total: 8, undone_count: 2},
        {id: 2, work_asked_by_id: 7, work_total: 1000, work_done: 400},
    ];
}

class Simulation extends models.Model {
    _name = "lead.distribution.simulation";
    name = fields.Char();
    work_asked_by_id = fields.Many2one({relation: "res.users"});
    work_total = fields.Integer();
    work_done = fields.Integer();
    _records = [
        {id: 1, name: "May", work_asked_by_id: 7, work_total: 5000, work_done: 1000},
    ];
}

defineModels({...mailModels, ...crmModels, Run, Simulation});

test("a share of nothing is nothing, and never more than all", () => {
    expect(percentOf(0, 0)).toBe(0);
    expect(percentOf(1, 3)).toBe(33);
    expect(percentOf(9, 8)).toBe(100);
});

test("how far an undo is, until it is done", async () => {
    await mountView({
        type: "form",
        resModel: "lead.distribution.run",
        resId: 1,
        arch: `<form><widget name="lead_progress" kind="undo"/><widget name="lead_progress" kind="work"/></form>`,
    });
    expect(".lead_progress [role=progressbar]").toHaveAttribute("aria-valuenow", "25");
    expect(".lead_progress").toHaveText("Taken back: 2 of 8");
    MockServer.env["lead.distribution.run"].write([1], {
        undone_count: 6,
        undo_asked_by_id: false,
    });
    await advanceTime(3100);
    await animationFrame();
    expect(".lead_progress").toHaveCount(0);
});

test("how far a distribution by hand is", async () => {
    await mountView({
        type: "form",
        resModel: "lead.distribution.run",
        resId: 2,
        arch: `<form><widget name="lead_progress" kind="work"/></form>`,
    });
    expect(".lead_progress [role=progressbar]").toHaveAttribute("aria-valuenow", "40");
    expect(".lead_progress").toHaveText("Distributed: 400 of 1,000");
});

test("how far a simulation is", async () => {
    await mountView({
        type: "form",
        resModel: "lead.distribution.simulation",
        resId: 1,
        arch: `<form><widget name="lead_progress" kind="simulation"/></form>`,
    });
    expect(".lead_progress [role=progressbar]").toHaveAttribute("aria-valuenow", "20");
    expect(".lead_progress").toHaveText("Replayed: 1,000 of 5,000");
});

test("what is being changed stays, and it goes on once that is saved", async () => {
    await mountView({
        type: "form",
        resModel: "lead.distribution.simulation",
        resId: 1,
        arch: `<form><field name="name"/><widget name="lead_progress" kind="simulation"/></form>`,
    });
    await contains("[name=name] input").edit("June");
    const rows = MockServer.env["lead.distribution.simulation"];
    rows.write([1], {work_done: 4000});
    await advanceTime(3100);
    await animationFrame();
    expect("[name=name] input").toHaveValue("June");
    expect(".lead_progress").toHaveText("Replayed: 1,000 of 5,000");
    await clickSave();
    rows.write([1], {work_asked_by_id: false});
    await advanceTime(3100);
    await animationFrame();
    expect("[name=name] input").toHaveValue("June");
    expect(".lead_progress").toHaveCount(0);
});
