import {describe, expect, test} from "@odoo/hoot";
import {queryAllTexts} from "@odoo/hoot-dom";
import {defineModels, fields, models, mountView} from "@web/../tests/web_test_helpers";
import {crmModels} from "@crm/../tests/crm_test_helpers";
import {mailModels} from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");

class Row extends models.Model {
    state = fields.Char();
    _records = [
        {id: 1, state: "good"},
        {id: 2, state: "bad"},
        {id: 3, state: "other"},
    ];
}

defineModels({...mailModels, ...crmModels, Row});

test("badges whose text can be read on their colour", async () => {
    await mountView({
        type: "list",
        resModel: "row",
        arch: `<list><field
            name="state" widget="lead_badge"
            decoration-success="state == 'good'" decoration-danger="state == 'bad'"
        /></list>`,
    });
    expect(queryAllTexts(".badge")).toEqual(["good", "bad", "other"]);
    expect(".badge.lead_badge_good").toHaveText("good");
    expect(".badge.lead_badge_bad").toHaveText("bad");
    expect(".badge.text-bg-300").toHaveText("other");
});
