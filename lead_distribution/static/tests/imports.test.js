import {expect, test} from "@odoo/hoot";
import {leadsAtOnce} from "@lead_distribution/imports/import_action_patch";

test("a file of leads is imported in steps that one sees", () => {
    expect(leadsAtOnce(0)).toBe(200);
    expect(leadsAtOnce(150)).toBe(200);
    expect(leadsAtOnce(2000)).toBe(200);
    expect(leadsAtOnce(10000)).toBe(500);
    expect(leadsAtOnce(1000000)).toBe(2000);
});
