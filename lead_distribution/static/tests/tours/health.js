import {registry} from "@web/core/registry";

// A manager looks what is wrong, goes where it is mended, and comes back to find
// nothing left to mend.
registry.category("web_tour.tours").add("lead_distribution_health", {
    url: "/odoo/crm",
    steps: () => [
        {
            trigger: ".o_menu_sections button[data-menu-xmlid='crm.crm_menu_sales']",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains(Health Check)",
            run: "click",
        },
        {
            content: "What is wrong, and how bad it is",
            trigger:
                ".o_data_row:contains(Empty desk):contains(nobody to assign leads to) [name=severity] .lead_badge_bad",
        },
        {
            trigger: ".o_data_row:contains(Empty desk) button[name=action_open]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_last_breadcrumb_item:contains(Empty desk)",
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
                ".o_breadcrumb a:contains(Health Check), .breadcrumb-item a:contains(Health Check), .o_back_button",
            run: "click",
        },
        {
            content: "Looked at again: nothing is left",
            trigger: ".o_view_nocontent:contains(No problems found)",
        },
        {
            trigger: "button[name=action_check_again]",
            run: "click",
        },
        {
            trigger: ".o_view_nocontent:contains(No problems found)",
        },
    ],
});
