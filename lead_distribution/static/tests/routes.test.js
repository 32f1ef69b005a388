import {describe, expect, test} from "@odoo/hoot";
import {queryAllAttributes, queryAllTexts} from "@odoo/hoot-dom";
import {defineModels, fields, models, mountView} from "@web/../tests/web_test_helpers";
import {crmModels} from "@crm/../tests/crm_test_helpers";
import {mailModels} from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");

class Person extends models.Model {
    name = fields.Char();
    lead_workload_units = fields.Float();
    lead_workload_target = fields.Integer();
    lead_workload_percent = fields.Float();
    lead_compensation_text = fields.Char();
    _records = ["Anna", "Boris", "Clara", "Diego", "Elena", "Filip"].map(
        (name, index) => ({
            id: 51 + index,
            name,
            lead_workload_units: 42 - index,
            lead_workload_target: 40,
            lead_workload_percent: 105,
            lead_compensation_text: index ? false : "5 for an absence",
        })
    );
}

class Route extends models.Model {
    _name = "lead.distribution.route";
    name = fields.Char();
    condition = fields.Char();
    candidate_ids = fields.Many2many({relation: "person"});
    week = fields.Json();
    _records = [
        {
            id: 1,
            name: "North",
            condition: "Country: Spain",
            candidate_ids: [51, 52, 53, 54, 55, 56],
            week: {
                zone: "Europe/Madrid",
                days: [
                    {
                        name: "Mon, Mar 2",
                        text: "9:00 to 15:00",
                        parts: [[540, 900]],
                        today: true,
                        holiday: false,
                    },
                    {
                        name: "Tue, Mar 3",
                        text: "Closed (Founders)",
                        parts: [],
                        today: false,
                        holiday: "Founders",
                    },
                ],
            },
        },
    ];
}

defineModels({...mailModels, ...crmModels, Person, Route});

test("people of a row: pictures with their load, and how many more", async () => {
    await mountView({
        type: "list",
        resModel: "lead.distribution.route",
        arch: `<list>
            <field name="condition" widget="lead_two_lines"/>
            <field name="candidate_ids" widget="lead_people"/>
        </list>`,
    });
    expect(".lead_two_lines").toHaveText("Country: Spain");
    expect(".lead_two_lines").toHaveStyle({whiteSpace: "normal"});
    expect(queryAllAttributes(".lead_person", "aria-label")).toEqual([
        "Anna: 42 of 40 this month (5 for an absence)",
        "Boris: 41 of 40 this month",
        "Clara: 40 of 40 this month",
        "Diego: 39 of 40 this month",
    ]);
    expect(".lead_load_over").toHaveCount(4);
    expect(".lead_people .badge").toHaveAttribute(
        "title",
        "Elena: 38 of 40 this month\nFilip: 37 of 40 this month"
    );
});

test("people of a form: all, with their names", async () => {
    await mountView({
        type: "form",
        resModel: "lead.distribution.route",
        resId: 1,
        arch: `<form>
            <field name="candidate_ids" widget="lead_people" options="{'named': True}" readonly="1"/>
        </form>`,
    });
    expect(".lead_person").toHaveCount(6);
    expect(".lead_person:first").toHaveText(/Anna\s*42 of 40/);
});

test("the hours of a week, as a picture and in words", async () => {
    await mountView({
        type: "form",
        resModel: "lead.distribution.route",
        resId: 1,
        arch: `<form><field name="week" widget="lead_route_week"/></form>`,
    });
    expect(".lead_week li").toHaveCount(2);
    expect(".lead_week li:first").toHaveAttribute("aria-current", "date");
    expect(queryAllTexts(".lead_week li .visually-hidden")).toEqual([
        "9:00 to 15:00",
        "Closed (Founders)",
    ]);
    expect(".lead_week_open").toHaveCount(1);
    expect(".lead_week_open").toHaveAttribute("style", /37\.500%.*25\.000%/);
    expect(".lead_week_holiday").toHaveText("Founders");
});
