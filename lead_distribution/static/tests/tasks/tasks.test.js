import {
    click,
    contains,
    insertText,
    openFormView,
    start,
    startServer,
} from "@mail/../tests/mail_test_helpers";
import {defineCrmModels} from "@crm/../tests/crm_test_helpers";
import {describe, expect, test} from "@odoo/hoot";
import {
    asyncStep,
    fields,
    mountView,
    mountWithCleanup,
    onRpc,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import {TaskOutcomes} from "@lead_distribution/tasks/task_outcomes";
import {mailModels} from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");
defineCrmModels();

const OUTCOMES = [
    {id: 7, name: "Done", icon: "fa-check", color: 10, success: true},
    {id: 8, name: "Wrong number", icon: "", color: 1, success: false},
];

const task = (values = {}) => ({
    outcomes: OUTCOMES,
    outcome: false,
    can_edit: true,
    can_take: false,
    team: "",
    ...values,
});

function withTask() {
    mailModels.MailActivity._fields.lead_task ??= fields.Json({string: "Task"});
}

async function openPartner(values) {
    const pyEnv = await startServer();
    const partnerId = pyEnv["res.partner"].create({});
    const id = pyEnv["mail.activity"].create({
        can_write: true,
        res_id: partnerId,
        res_model: "res.partner",
        summary: "Ring",
    });
    onRpc("/mail/data", () => {});
    onRpc("/mail/store", () => {});
    await start();
    await openFormView("res.partner", partnerId);
    await contains(".o-mail-Activity");
    const {env} = await import("@odoo/owl").then(() => ({env: null}));
    return {id, partnerId, pyEnv, env, values};
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
    await click(".lead_task_outcome[data-outcome='Wrong number']");
    await waitForSteps(["Wrong number"]);
});
