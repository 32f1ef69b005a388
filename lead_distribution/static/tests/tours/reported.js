import {registry} from "@web/core/registry";

// A salesperson reports a lead as not real: one click, a reason, Enter.
registry.category("web_tour.tours").add("lead_distribution_report", {
    steps: () => [
        {trigger: ".o_notebook .nav-link[name=distribution]", run: "click"},
        {
            trigger: ".o_form_view button[name=action_ask_not_real]",
            run: "click",
        },
        {
            trigger: ".modal input.lead_distribution_answer",
            run: "edit Nobody there && press Enter",
        },
        {
            content: "It waits for a manager, and the buttons are gone",
            trigger:
                ".o_form_view:has([name=reported_text]:contains(Nobody there)):not(:has(button[name=action_ask_not_real]))",
        },
    ],
});

// A manager accepts it in the list, with an answer.
registry.category("web_tour.tours").add("lead_distribution_report_accept", {
    steps: () => [
        {
            content: "The menu says how many wait",
            trigger: ".o_menu_sections button:contains(Sales)",
            run: "click",
        },
        {
            trigger: ".dropdown-item:contains(Reported Leads \\()",
        },
        {
            trigger: ".o_menu_sections button:contains(Sales)",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Prank call) button[name=action_ask_accept]",
            run: "click",
        },
        {
            trigger: ".modal input.lead_distribution_answer",
            run: "edit Well seen",
        },
        {
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(removed: 1)",
        },
        {
            content: "Nothing is left to decide",
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Prank call)))",
        },
    ],
});
