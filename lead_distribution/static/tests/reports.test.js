import {describe, expect, test} from "@odoo/hoot";
import {waitFor} from "@odoo/hoot-dom";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");

const RECORDS = [
    {id: 1, source: "One", won_percent: 100},
    {id: 2, source: "Two", won_percent: 0},
    {id: 3, source: "Two", won_percent: 0},
    {id: 4, source: "Two", won_percent: 0},
];

class Result extends models.Model {
    _name = "result";
    source = fields.Char();
    won_percent = fields.Float({aggregator: "avg", digits: [16, 1]});
    _records = RECORDS;
}

defineMailModels();
defineModels([Result]);
onRpc("crm.lead", "my_offers", () => []);

const ARCH = `
    <list js_class="lead_distribution_averages">
        <field name="source"/>
        <field name="won_percent" avg="Won %"/>
    </list>`;

// The mocked server adds up where a real one averages
function average({kwargs}) {
    const [condition] = kwargs.domain;
    const found = RECORDS.filter(({id}) => !condition || condition[2].includes(id));
    const sum = found.reduce((total, record) => total + record.won_percent, 0);
    return [{"won_percent:avg": sum / found.length, __extra_domain: []}];
}

test("a share at the bottom is of all leads, not the mean of the groups", async () => {
    onRpc("formatted_read_group", (call) => {
        expect.step(JSON.stringify(call.kwargs.domain));
        return average(call);
    });
    await mountView({
        type: "list",
        resModel: "result",
        arch: ARCH,
        groupBy: ["source"],
    });
    await waitFor("tfoot:contains(25.0)");
    expect("tfoot").not.toHaveText(/50/);
    expect.verifySteps(["[]"]);
});

test("and of what is selected", async () => {
    onRpc("formatted_read_group", average);
    await mountView({type: "list", resModel: "result", arch: ARCH});
    await waitFor("tfoot:contains(25.0)");
    await contains(".o_data_row:eq(0) .o_list_record_selector input").click();
    await contains(".o_data_row:eq(1) .o_list_record_selector input").click();
    await waitFor("tfoot:contains(50.0)");
});
