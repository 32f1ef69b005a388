import {crmModels} from "@crm/../tests/crm_test_helpers";
import {
    click,
    contains,
    insertText,
    mailModels,
    openFormView,
    start,
    startServer,
} from "@mail/../tests/mail_test_helpers";
import {beforeEach, describe, expect, test} from "@odoo/hoot";
import {TaskOutcomes} from "@lead_distribution/tasks/task_outcomes";
import {
    asyncStep,
    defineModels,
    makeMockEnv,
    mountView,
    mountWithCleanup,
    onRpc,
    waitForSteps,
} from "@web/../tests/web_test_helpers";

class MailActivity extends mailModels.MailActivity {
    get _to_store_defaults() {
        return [...super._to_store_defaults, "lead_task"];
    }
}

describe.current.tags("desktop");
defineModels({...crmModels, MailActivity});

beforeEach(() => {
    onRpc("crm.lead", "my_offers", () => []);
});

const OUTCOMES = [
    {id: 7, name: "Done", icon: "fa-check", color: 10, success: true},
    {id: 8, name: "Wrong number", icon: "", color: 1, success: false},
];

const taskOf = (values = {}) => ({
    outcomes: OUTCOMES,
    outcome: false,
    can_edit: true,
    can_take: false,
    team: "",
    ...values,
});

async function openContact(task) {
    const pyEnv = await startServer();
    const partnerId = pyEnv["res.partner"].create({});
    const activityId = pyEnv["mail.activity"].create({
        can_write: true,
        lead_task: task,
        res_id: partnerId,
        res_model: "res.partner",
        summary: "Ring",
    });
    for (const name of ["action_feedback_outcome", "action_comment", "action_take"]) {
        onRpc("mail.activity", name, ({args, kwargs}) => {
            expect(args[0]).toEqual([activityId]);
            asyncStep(`${name} ${args[1] ?? ""} ${kwargs.feedback ?? ""}`.trim());
            return true;
        });
    }
    await start();
    await openFormView("res.partner", partnerId);
    await contains(".o-mail-Activity");
}

test("a button each; without icon by its name", async () => {
    await mountWithCleanup(TaskOutcomes, {
        props: {
            compact: true,
            outcomes: OUTCOMES,
            onPick: (outcome) => asyncStep(outcome.name),
        },
    });
    expect(".lead_task_outcome").toHaveCount(2);
    expect(".lead_task_outcome:eq(0)").toHaveText("");
    expect(".lead_task_outcome:eq(0) i").toHaveClass("fa-check");
    expect(".lead_task_outcome:eq(1)").toHaveText("Wrong number");
    expect(".lead_task_outcome:eq(1)").toHaveClass("lead_task_color_1");
    await click(".lead_task_outcome[data-outcome='Wrong number']");
    await waitForSteps(["Wrong number"]);
});

test("chatter: one click finishes with an outcome", async () => {
    await openContact(taskOf());
    await click(".o-mail-Activity .lead_task_outcome[data-outcome='Wrong number']");
    await waitForSteps(["action_feedback_outcome 8 false"]);
});

test("chatter: the popover finishes with outcome and comment, never without", async () => {
    await openContact(taskOf());
    await click(".o-mail-Activity-markDone");
    await contains(".o-mail-ActivityMarkAsDone .lead_task_outcome", {count: 2});
    await contains(".o-mail-ActivityMarkAsDone button[aria-label='Done']:visible", {
        count: 0,
    });
    await insertText(".o-mail-ActivityMarkAsDone textarea", "Nice person");
    await click(".o-mail-ActivityMarkAsDone .lead_task_outcome[data-outcome='Done']");
    await waitForSteps(["action_feedback_outcome 7 Nice person"]);
});

test("chatter: comment, and the task stays open", async () => {
    await openContact(taskOf());
    await click(".o-mail-Activity-markDone");
    await insertText(".o-mail-ActivityMarkAsDone textarea", "Not today");
    await click(".o-mail-ActivityMarkAsDone .lead_task_comment");
    await waitForSteps(["action_comment Not today"]);
    await contains(".o-mail-Activity");
});

test("chatter: what another person made is neither edited nor cancelled", async () => {
    await openContact(taskOf({can_edit: false}));
    await contains(".o-mail-Activity-markDone");
    await contains(".o-mail-Activity-edit", {count: 0});
    await contains(".o-mail-Activity button:contains(Cancel)", {count: 0});
});

test("chatter: a department's task is taken", async () => {
    await openContact(taskOf({can_take: true, outcomes: [], team: "Call Centre"}));
    await contains(".o-mail-Activity", {text: "Call Centre"});
    await click(".o-mail-Activity .lead_task_take");
    await waitForSteps(["action_take"]);
});

test("chatter: a plain activity is as ever", async () => {
    await openContact(false);
    await contains(".lead_task_outcome", {count: 0});
    await contains(".o-mail-Activity-edit");
    await click(".o-mail-Activity-markDone");
    await contains(".o-mail-ActivityMarkAsDone button[aria-label='Done']");
});

test("list: outcomes of the row, counts above", async () => {
    const pyEnv = await startServer();
    const partnerId = pyEnv["res.partner"].create({});
    const base = {res_id: partnerId, res_model: "res.partner"};
    let searched = null;
    const [first] = pyEnv["mail.activity"].create([
        {...base, lead_task: taskOf(), summary: "Ring"},
        {...base, lead_task: false, summary: "Plain"},
        {
            ...base,
            lead_task: taskOf({outcome: OUTCOMES[0], outcomes: []}),
            summary: "Over",
        },
    ]);
    onRpc("mail.activity", "lead_task_counts", ({args}) => {
        searched = args[0];
        return {all: 3, done: 1, open: 2, overdue: 1};
    });
    onRpc("mail.activity", "action_feedback_outcome", ({args}) => {
        expect(args).toEqual([[first], 8]);
        asyncStep("finished");
        return true;
    });
    await start();
    await mountView({
        arch: `
            <list js_class="lead_task_list">
                <field name="summary"/>
                <widget name="lead_task" options="{'compact': True}"/>
            </list>`,
        context: {search_default_rings: 1},
        resModel: "mail.activity",
        searchViewArch: `
            <search>
                <filter name="task_open" string="Open" domain="[('active', '=', True)]"/>
                <filter name="task_done" string="Done" domain="[('active', '=', False)]"/>
                <filter name="task_overdue" string="Overdue" domain="[('active', '=', True)]"/>
                <separator/>
                <filter name="rings" string="Rings" domain="[('summary', '!=', 'Plain')]"/>
            </search>`,
        type: "list",
    });
    await contains(".lead_task_counts [data-count=all].btn-primary .badge", {
        text: "3",
    });
    await contains(".lead_task_counts [data-count=overdue] .text-bg-danger", {
        text: "1",
    });
    await contains(".o_data_row .lead_task_outcome", {count: 2});
    await contains(".o_data_row:contains(Over) .badge", {text: "Done"});
    await click(".o_data_row .lead_task_outcome[data-outcome='Wrong number']");
    await waitForSteps(["finished"]);
    await click(".lead_task_counts [data-count=open]");
    await contains(".lead_task_counts [data-count=open].btn-primary");
    await contains(".o_searchview_facet", {text: "Open"});
    await click(".lead_task_counts [data-count=done]");
    await contains(".o_searchview_facet", {text: "Done"});
    // the numbers are of what is searched for, whatever the state
    expect(searched).toEqual([["summary", "!=", "Plain"]]);
    await click(".lead_task_counts [data-count=all]");
    await contains(".o_searchview_facet", {count: 1, text: "Rings"});
});

test("form: what cannot be saved keeps the task open", async () => {
    const pyEnv = await startServer();
    const taskId = pyEnv["mail.activity"].create({
        lead_task: taskOf(),
        summary: "Ring",
    });
    onRpc("mail.activity", "action_feedback_outcome", ({args}) => {
        asyncStep(`finished ${args[1]}`);
        return true;
    });
    await start();
    await mountView({
        arch: `
            <form>
                <field name="summary" required="1"/>
                <widget name="lead_task"/>
            </form>`,
        resId: taskId,
        resModel: "mail.activity",
        type: "form",
    });
    await insertText(".o_field_widget[name=summary] input", "", {replace: true});
    await click(".lead_task_outcome[data-outcome='Wrong number']");
    await contains(".o_field_invalid");
    await waitForSteps([]);
    await insertText(".o_field_widget[name=summary] input", "Ring again");
    await click(".lead_task_outcome[data-outcome='Wrong number']");
    await waitForSteps(["finished 8"]);
});

test("list: undone within the seconds, and the row stays where it is", async () => {
    const pyEnv = await startServer();
    const partnerId = pyEnv["res.partner"].create({});
    const base = {res_id: partnerId, res_model: "res.partner"};
    const [first] = pyEnv["mail.activity"].create([
        {...base, lead_task: taskOf({undo: 8}), summary: "Ring"},
        {...base, lead_task: false, summary: "Plain"},
    ]);
    for (const name of ["action_pick_outcome", "action_undo_outcome"]) {
        onRpc("mail.activity", name, ({args}) => {
            expect(args[0]).toEqual([first]);
            asyncStep(name);
            return 8;
        });
    }
    onRpc("mail.activity", "action_feedback_outcome", () => asyncStep("at once"));
    await start();
    await mountView({
        arch: `
            <list>
                <field name="summary"/>
                <widget name="lead_task" options="{'compact': True}"/>
            </list>`,
        resModel: "mail.activity",
        type: "list",
    });
    await click(".o_data_row .lead_task_outcome[data-outcome='Wrong number']");
    await waitForSteps(["action_pick_outcome"]);
    await contains(".lead_task_undo", {text: "Finished: Wrong number"});
    await contains(".o_data_row", {count: 2});
    await click(".lead_task_undo button", {text: "Undo"});
    await waitForSteps(["action_undo_outcome"]);
    await contains(".lead_task_undo", {count: 0});
});

test("on the phone outcomes are behind one tap", async () => {
    await mountWithCleanup(TaskOutcomes, {
        env: Object.create(await makeMockEnv(), {isSmall: {value: true}}),
        props: {outcomes: OUTCOMES, onPick: (outcome) => asyncStep(outcome.name)},
    });
    expect(".lead_task_outcome").toHaveCount(0);
    await click(".lead_task_open");
    await click(".lead_task_outcome[data-outcome='Done']");
    await waitForSteps(["Done"]);
});
