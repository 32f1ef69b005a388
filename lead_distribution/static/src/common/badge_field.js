import {BadgeField, badgeField} from "@web/views/fields/badge/badge_field";
import {registry} from "@web/core/registry";

// Odoo's green, blue and red are too light for the white text on them
const READABLE = {
    "text-bg-success": "lead_badge_good",
    "text-bg-info": "lead_badge_info",
    "text-bg-danger": "lead_badge_bad",
};

/** A badge that everybody can read, in one line and as wide as its text. */
export class ReadableBadgeField extends BadgeField {
    get badgeClass() {
        return READABLE[super.badgeClass] || super.badgeClass;
    }
}

registry.category("fields").add("lead_badge", {
    ...badgeField,
    component: ReadableBadgeField,
    additionalClasses: ["o_field_badge"],
    // at least, in pixels: the longest of our states in three languages
    listViewWidth: [120],
});
