import {registry} from "@web/core/registry";

// A manager on an empty database: a route in two presses, the leads that waited, hours
// with the holidays of the country, and an address for the leads that nobody can take.
registry.category("web_tour.tours").add("lead_distribution_first_steps", {
    url: "/odoo/lead-routes",
    steps: () => [
        {
            trigger: ".lead_first_steps [data-template=workload]",
            run: "click",
        },
        {
            content: "Who would have got the leads of today",
            trigger: ".modal [name=preview]:contains(Anna)",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: ".o_form_view [name=summary]:contains(evenly)",
        },
        {
            trigger: ".breadcrumb-item a:contains(Routes), .o_back_button",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(By workload):contains(Every lead)",
        },
        {
            trigger: ".lead_first_steps button[name=distribute_waiting]:contains(2)",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Leads distributed: 2)",
        },
        {
            trigger: ".lead_first_steps [data-step=hours]",
            run: "click",
        },
        {
            trigger: ".o_breadcrumb:contains(Working Hours)",
        },
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: "[name=name] input",
            run: "edit Office hours",
        },
        {
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
        {
            trigger: "button[name=action_lead_holidays]",
            run: "click",
        },
        {
            trigger: ".o_control_panel button:contains(Import Public Holidays)",
            run: "click",
        },
        {
            trigger: ".modal [name=line_ids] .o_data_row",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Holidays added)",
        },
        {
            trigger:
                ".o_menu_sections [data-menu-xmlid='crm.crm_menu_config'], .o_menu_sections button:contains(Configuration)",
            run: "click",
        },
        {
            trigger:
                "[data-menu-xmlid='lead_distribution.lead_distribution_menu_settings']",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=lead_distribution_fallback_email] input",
            run: "edit lost@tour.test",
        },
        {
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
    ],
});
