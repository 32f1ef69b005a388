import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// A salesperson ties one lead to the customer that matches, and makes a new customer
// from another one.
tours.add("lead_distribution_customer", {
    url: "/odoo/crm",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(From a known number)",
            run: "click",
        },
        {
            trigger: "button[name=action_ask_customer]:contains(Assign to Customer)",
            run: "click",
        },
        {
            content: "The best match first, with what matched",
            trigger:
                ".modal .o_data_row:first:contains(Zoe Nowak) [name=matched] mark:contains(601 100 200)",
        },
        {
            trigger:
                ".modal .o_data_row:contains(Zoe Nowak) button[name=action_select]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
        {
            trigger: ".nav-link:contains(Distribution)",
            run: "click",
        },
        {
            content: "Linked",
            trigger: ".o_field_widget[name=intake_status]:contains(Linked)",
        },
        {
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            trigger: ".o_kanban_record:contains(From somebody new)",
            run: "click",
        },
        {
            trigger: "button[name=action_ask_customer]:contains(Assign to Customer)",
            run: "click",
        },
        {
            trigger: ".modal .nav-link:contains(New Customer)",
            run: "click",
        },
        {
            content: "Filled in from the lead",
            trigger: ".modal .o_field_widget[name=contact_name] input:value(Max Neuer)",
        },
        {
            trigger: ".modal .o_field_widget[name=city] input",
            run: "edit Berlin",
        },
        {
            trigger: ".modal button[name=action_create]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
        {
            trigger: ".nav-link:contains(Distribution)",
            run: "click",
        },
        {
            content: "Converted",
            trigger: ".o_field_widget[name=intake_status]:contains(Converted)",
        },
    ],
});

// Somebody with the permission takes a lead off the wrong customer, from the customer's
// own page, and ties it to the right one in the same step.
tours.add("lead_distribution_relink", {
    steps: () => [
        {
            trigger: ".nav-link:contains(Related Leads)",
            run: "click",
        },
        {
            trigger:
                "[name=related_lead_ids] .o_data_row:contains(From a known number) button[name=action_ask_customer]",
            run: "click",
        },
        {
            content: "What goes back and what stays",
            trigger:
                ".modal .lead_distribution_preview:contains(Will be reverted):contains(Stays)",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Another Zoe",
        },
        {
            trigger: ".modal .o_field_widget[name=other_id] input",
            run: "edit Zoe Kowalska",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Zoe Kowalska)",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_select_other]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
        {
            content: "Gone from this customer, told in the chatter",
            trigger:
                ".o-mail-Message:contains(from this customer):contains(Another Zoe)",
        },
    ],
});

// A manager reads what comes of the sources.
tours.add("lead_distribution_effectiveness", {
    url: "/odoo/lead-effectiveness",
    steps: () => [
        {
            trigger: ".o_pivot table:contains(Received):contains(Won %)",
        },
        {
            trigger: ".o_cp_switch_buttons .o_list",
            run: "click",
        },
        {
            content: "In detail",
            trigger: ".o_data_row:contains(From a known number)",
        },
        {
            trigger: ".o_menu_sections button:contains(Reporting)",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains(Source and Month)",
            run: "click",
        },
        {
            trigger: ".o_last_breadcrumb_item:contains(Source and Month)",
        },
        {
            trigger: ".o_pivot table:contains(Received)",
        },
    ],
});
