import {registry} from "@web/core/registry";

// A salesperson with "own documents only": opens the pipeline, asks why a lead
// came to them, and takes another one out of the pool.
registry.category("web_tour.tours").add("lead_distribution_salesperson", {
    url: "/odoo/crm",
    steps: () => [
        {
            content: "The lead is in the pipeline, with the reason on its card",
            trigger:
                ".o_kanban_record:contains(Flat with a view):contains(Next in line)",
            run: "click",
        },
        {
            content: "Ask why",
            trigger: "button[name=action_explain_distribution]",
            run: "click",
        },
        {
            content: "The explanation names the route and the colleague next in line",
            trigger:
                ".modal .lead_distribution_why:contains(Main route):contains(Boris)",
        },
        {
            trigger: ".modal .lead_distribution_why .table-success:contains(Anna)",
        },
        {
            trigger: ".modal footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
        {
            content: "To the pool",
            trigger: ".o_menu_sections button[data-menu-xmlid='crm.crm_menu_sales']",
            run: "click",
        },
        {
            trigger:
                ".o-dropdown-item[data-menu-xmlid='lead_distribution.lead_distribution_menu_pool']",
            run: "click",
        },
        {
            content: "Claim the lead that nobody could take",
            trigger: ".o_data_row:contains(Left alone) button[name=action_claim_here]",
            run: "click",
        },
        {
            content: "It is gone from the pool",
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Left alone)))",
        },
        {
            content: "Back to the pipeline",
            trigger: ".o_menu_sections button[data-menu-xmlid='crm.crm_menu_sales']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='crm.menu_crm_opportunities']",
            run: "click",
        },
        {
            content: "It is mine now",
            trigger: ".o_kanban_record:contains(Left alone):contains(Claimed)",
        },
    ],
});

// A salesperson writes down a holiday.
registry.category("web_tour.tours").add("lead_distribution_absence", {
    url: "/odoo/lead-absences",
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_selected_row [name=reason] input",
            run: "edit Holiday in the mountains",
        },
        {
            trigger: ".o_list_button_save:visible",
            run: "click",
        },
        {
            content: "It counts from now on",
            trigger:
                ".o_data_row:contains(Holiday in the mountains) button[name=action_end]",
            run: "click",
        },
        {
            content: "And is over",
            trigger: ".o_list_view:not(:has(button[name=action_end]))",
        },
    ],
});

// A lead is offered: the salesperson sees it in the bar at the top and on the card,
// declines one with a reason and claims the other.
registry.category("web_tour.tours").add("lead_distribution_offers", {
    url: "/odoo/crm",
    steps: () => [
        {
            content: "The page is there as a whole",
            trigger: ".o_kanban_record:contains(Offer one)",
        },
        {
            content: "Two offers",
            trigger: ".lead_distribution_offers_button .badge:contains(2)",
        },
        {
            trigger: ".lead_distribution_offers_button",
            run: "click",
        },
        {
            trigger:
                ".lead_distribution_offers > div:contains(Offer one):contains(min) button[name=decline]",
            run: "click",
        },
        {
            trigger: ".modal .lead_distribution_reason",
            run: "edit No time today",
        },
        {
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            trigger: ".lead_distribution_offers_button .badge:contains(1)",
            run: "click",
        },
        {
            trigger:
                ".lead_distribution_offers > div:contains(Offer two) button[name=claim]",
            run: "click",
        },
        {
            content: "It is mine, and open",
            trigger: ".o_form_view .o_last_breadcrumb_item:contains(Offer two)",
        },
        {
            content: "No offers left",
            trigger: "body:not(:has(.lead_distribution_offers_button))",
        },
    ],
});
