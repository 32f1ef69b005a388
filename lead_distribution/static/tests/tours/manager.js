import {registry} from "@web/core/registry";

// A manager makes a route, moves it to the top, pauses another one, distributes
// what waits in the pool, and looks at the assignments.
registry.category("web_tour.tours").add("lead_distribution_manager", {
    url: "/odoo/lead-routes",
    steps: () => [
        {
            content: "A line says which leads the route takes, and who is next",
            trigger: ".o_data_row:contains(Main route):contains(is not Left alone)",
        },
        {
            trigger: ".o_switch_view.o_kanban",
            run: "click",
        },
        {
            content: "The route says what it does",
            trigger: ".o_kanban_record:contains(Main route):contains(Anna)",
        },
        {
            trigger: ".o-kanban-button-new",
            run: "click",
        },
        {
            trigger: "[name=name] input",
            run: "edit Weekend route",
        },
        {
            trigger: ".nav-link[name=members]",
            run: "click",
        },
        {
            trigger: "[name=member_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: "[name=member_ids] .o_selected_row [name=user_id] input",
            run: "edit Boris",
        },
        {
            trigger: ".dropdown-item:contains(Boris)",
            run: "click",
        },
        {
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
        {
            trigger:
                ".o_breadcrumb a:contains(Routes), .breadcrumb-item a:contains(Routes), .o_back_button",
            run: "click",
        },
        {
            content: "The new route stands below the main one",
            trigger: ".o_kanban_record:contains(Weekend route)",
        },
        {
            content: "Move it to the top",
            trigger: ".o_kanban_record:contains(Weekend route) .o_row_handle",
            run: "drag_and_drop(.o_kanban_record:contains(Main route))",
        },
        {
            trigger:
                ".o_kanban_record:contains(Weekend route) + .o_kanban_record:contains(Main route)",
        },
        {
            content: "Pause the main route with the toggle on its card",
            trigger: ".o_kanban_record:contains(Main route) [name=active] input",
            run: "click",
        },
        {
            content: "It moves to the other tab",
            trigger: ".o_search_panel_label_title:contains(Paused)",
            run: "click",
        },
        {
            trigger: ".o_kanban_record:contains(Main route)",
        },
        {
            trigger: ".o_menu_sections button[data-menu-xmlid='crm.crm_menu_sales']",
            run: "click",
        },
        {
            trigger:
                ".o-dropdown-item[data-menu-xmlid='lead_distribution.lead_distribution_menu_pool']",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Left alone) .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: "button[name=action_distribute]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Leads distributed: 1)",
        },
        {
            content: "The pool is empty",
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Left alone)))",
        },
        {
            trigger: ".o_menu_sections button[data-menu-xmlid='crm.crm_menu_report']",
            run: "click",
        },
        {
            trigger:
                "[data-menu-xmlid='lead_distribution.lead_distribution_menu_report']",
            run: "click",
        },
        {
            content: "The ledger says who got it",
            trigger: ".o_data_row:contains(Left alone):contains(Weekend route)",
        },
    ],
});

// A manager sets a colleague's target and pauses another one.
registry.category("web_tour.tours").add("lead_distribution_salespeople", {
    url: "/odoo/lead-salespeople",
    steps: () => [
        {
            content: "The board: a card for each, with the bar of the workload",
            trigger:
                ".o_kanban_record:contains(Anna Tour) [name=lead_workload_percent]",
        },
        {
            content: "Targets are set in the list",
            trigger: ".o_cp_switch_buttons .o_list",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Anna) [name=lead_target_mode]",
            run: "click",
        },
        {
            trigger: ".o_selected_row [name=lead_target_mode] .dropdown-toggle",
            run: "click",
        },
        {
            trigger:
                ".o_select_menu_item:contains(Individual), .dropdown-item:contains(Individual)",
            run: "click",
        },
        {
            trigger: ".o_selected_row [name=lead_target] input",
            run: "edit 12",
        },
        {
            trigger: ".o_list_button_save:visible",
            run: "click",
        },
        {
            trigger:
                ".o_data_row:contains(Anna) [name=lead_workload_target]:contains(12)",
        },
        {
            trigger:
                ".o_data_row:contains(Boris) [name=lead_distribution_paused] input",
            run: "click",
        },
        {
            trigger:
                ".o_data_row:contains(Boris) [name=lead_distribution_paused] input:checked",
        },
    ],
});

// The contact persons of a listing: who of them can receive is shown, and a route
// draws its candidates from them.
registry.category("web_tour.tours").add("lead_distribution_listing", {
    url: "/odoo/lead-listings",
    steps: () => [
        {
            trigger: ".o_data_row:contains(Flat of the tour) .o_data_cell",
            run: "click",
        },
        {
            content: "Who can receive, and who cannot, with the reason",
            trigger:
                "[name=receivers]:contains(Anna Tour: can receive):contains(Nouser: without a user)",
        },
        {
            trigger: "button[name=action_open_leads]",
            run: "click",
        },
        {
            content: "The listing's lead went to its contact person",
            trigger: ".o_data_row:contains(About the flat):contains(Anna)",
        },
    ],
});

registry.category("web_tour.tours").add("lead_distribution_measure", {
    url: "/odoo/lead-routes",
    steps: () => [
        {
            trigger: ".o_switch_view.o_kanban",
            run: "click",
        },
        {
            trigger: ".o_kanban_record:contains(Main route) .fw-bold",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=absence_lookahead_days] input",
            run: "edit 3",
        },
        {
            trigger: ".o_field_widget[name=delay_number] input",
            run: "edit 15",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The sentence says it",
            trigger:
                ".o_field_widget[name=summary]:contains(away within 3 days):contains(15 minutes after arrival)",
        },
        {
            trigger: ".o_form_view:not(:has(.o_form_button_save:visible))",
        },
    ],
});

// A batch is looked at, undone after a look at the numbers, and says so.
registry.category("web_tour.tours").add("lead_distribution_undo", {
    url: "/odoo/lead-runs",
    steps: () => [
        {
            trigger: ".o_data_row:first .o_data_cell[name=trigger]",
            run: "click",
        },
        {
            trigger: "button[name=action_ask_undo]",
            run: "click",
        },
        {
            content: "How many go back, how many stay",
            trigger:
                ".modal:has([name=back_count]:contains(2)) [name=stay_count]:contains(1)",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Taken back: 2)",
        },
        {
            content: "The run says who undid it",
            trigger:
                "body:not(:has(.modal)) .o_form_view [name=undone_by_id]:contains(Manager Tour)",
        },
    ],
});
