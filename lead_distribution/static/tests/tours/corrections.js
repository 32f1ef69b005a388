import {registry} from "@web/core/registry";

// A manager gives two units to a salesperson, with a reason, and takes them back.
registry.category("web_tour.tours").add("lead_distribution_correct", {
    url: "/odoo/lead-salespeople",
    steps: () => [
        {
            trigger: "button.o_switch_view.o_list",
            run: "click",
        },
        {
            trigger:
                ".o_data_row:contains(Anna Tour) button[name=action_ask_correction]",
            run: "click",
        },
        {
            trigger: ".modal [name=units] input",
            run: "edit 2",
        },
        {
            trigger: ".modal [name=reason] input",
            run: "edit The lead of Monday was a test",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "It counts at once",
            trigger:
                ".o_data_row:contains(Anna Tour) [name=lead_workload_units]:contains(2)",
        },
        {
            trigger: ".o_menu_sections button:contains(Reporting)",
            run: "click",
        },
        {
            trigger: ".dropdown-item:contains(Ledger of Assignments)",
            run: "click",
        },
        {
            trigger:
                ".o_data_row:contains(Anna Tour):contains(Correction) td[name=date]",
            run: "click",
        },
        {
            trigger: "[name=note]:contains(The lead of Monday was a test)",
        },
        {
            trigger: "button[name=action_take_back]",
            run: "click",
        },
        {
            trigger: ".o_form_view:not(:has(button[name=action_take_back]))",
        },
    ],
});
