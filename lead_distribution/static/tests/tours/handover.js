import {registry} from "@web/core/registry";

// A manager hands over what a salesperson has to a colleague, and undoes it.
registry.category("web_tour.tours").add("lead_distribution_handover", {
    url: "/odoo/lead-salespeople",
    steps: () => [
        {
            trigger: "button.o_switch_view.o_list",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Anna Tour) button[name=action_ask_handover]",
            run: "click",
        },
        {
            content: "What there is",
            trigger: ".modal [name=count_leads]:contains(1)",
        },
        {
            trigger: ".modal [name=to] input[data-value=people]",
            run: "click",
        },
        {
            trigger: ".modal [name=user_ids] input",
            run: "edit Boris Tour",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Boris Tour)",
            run: "click",
        },
        {
            trigger: ".modal [name=why] input",
            run: "edit Moves to another town",
        },
        {
            content: "Who would get what",
            trigger: ".modal .o_lead_handover_table td:contains(Boris Tour)",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "The run",
            trigger: ".o_form_view [name=handover_why]:contains(Moves to another town)",
        },
        {
            trigger: "button[name=action_ask_undo]",
            run: "click",
        },
        {
            trigger: ".modal [name=back_count]:contains(2)",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: ".o_form_view [name=undone_count]:contains(2)",
        },
    ],
});
