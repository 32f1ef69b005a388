import {registry} from "@web/core/registry";

// A manager replays last month through today's routes, adds a draft, and sees in chart
// and figures what it would change, and which leads.
registry.category("web_tour.tours").add("lead_distribution_simulation", {
    url: "/odoo/lead-simulations",
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: "[name=name] input",
            run: "edit Villas to Boris",
        },
        {
            content: "The active route is there already, the paused one is not",
            trigger:
                "[name=route_ids]:has(.o_data_row:contains(Main route)):not(:has(.o_data_row:contains(Draft)))",
        },
        {
            trigger: "button[name=action_run]:contains(Run)",
            run: "click",
        },
        {
            content: "Nothing would change",
            trigger: "[name=summary]:contains(0 of 8)",
        },
        {
            trigger: ".lead_simulation_chart canvas",
        },
        {
            content: "A draft: a paused route",
            trigger: "[name=route_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row:contains(Draft for Boris) td.o_data_cell",
            run: "click",
        },
        {
            content: "It stands among the others, and says that it is paused",
            trigger:
                "[name=route_ids] .o_data_row:contains(Draft for Boris):contains(Paused)",
        },
        {
            trigger: "button[name=action_run]",
            run: "click",
        },
        {
            trigger: "[name=summary]:contains(3 of 8)",
        },
        {
            trigger: ".lead_simulation_chart canvas",
        },
        {
            trigger:
                "[name=line_ids] .o_data_row:contains(Boris) [name=simulated]:contains(3)",
        },
        {
            trigger: "button[name=action_open_elsewhere]",
            run: "click",
        },
        {
            content: "Which ones, and why",
            trigger: ".o_data_row:contains(Villa 0):contains(Next in line)",
        },
        {
            content: "A click opens the lead",
            trigger: ".o_data_row:contains(Villa 0) [name=reason]",
            run: "click",
        },
        {
            trigger:
                ".o_form_view [name=name]:contains(Villa 0), .o_form_view [name=name] textarea:value(Villa 0)",
        },
        {
            trigger: ".o_breadcrumb a:contains(Assigned Differently), .o_back_button",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Villa 0)",
        },
        {
            trigger: ".o_back_button, .o_breadcrumb a:contains(Villas to Boris)",
            run: "click",
        },
        {
            trigger: "button[name=action_open_chart]",
            run: "click",
        },
        {
            trigger: ".o_graph_view canvas",
        },
    ],
});
