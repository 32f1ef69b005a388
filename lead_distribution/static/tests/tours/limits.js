import {registry} from "@web/core/registry";

// A manager limits what a new hire gets from one route.
registry.category("web_tour.tours").add("lead_distribution_member_limits", {
    steps: () => [
        {
            trigger: ".nav-link[name=members]",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Hire Tour) button[name=action_edit_limits]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=lead_max_day] input",
            run: "edit 1",
        },
        {
            trigger: ".modal .o_field_widget[name=lead_max_week_value] input",
            run: "edit 5000",
        },
        {
            trigger: ".modal footer .o_form_button_save",
            run: "click",
        },
        {
            content: "The line says so",
            trigger:
                "body:not(:has(.modal)) .o_data_row:contains(Hire Tour) [name=lead_limits]:contains(1 a day):contains(5,000.00 a week)",
        },
    ],
});
