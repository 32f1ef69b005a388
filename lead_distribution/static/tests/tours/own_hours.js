import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

// A manager lets a route respect own hours, and looks on the board who is on shift.
registry.category("web_tour.tours").add("lead_distribution_own_hours", {
    steps: () => [
        {
            trigger: ".o_field_widget[name=own_hours] input",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=own_hours_fallback] :is(select, input)",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Wait for the next shift)",
            run: "click",
        },
        ...stepUtils.saveForm(),
        {
            content: "The sentence says so",
            trigger:
                ".o_field_widget[name=summary]:contains(deferred while nobody is on shift)",
        },
        {
            trigger: "body",
            run: () => {
                window.location = "/odoo/lead-salespeople";
            },
            expectUnloadPage: true,
        },
        {
            trigger: ".o_kanban_record:contains(Early Tour) .badge:contains(On shift)",
        },
        {
            trigger:
                ".o_kanban_record:contains(Early Tour) .o_lead_shift:contains(00:00)",
        },
    ],
});
