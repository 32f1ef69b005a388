import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";

const tours = registry.category("web_tour.tours");

// An offer arrives while the salesperson works: the notification has the buttons.
// (Websockets are off in tests: the tour hands the bus's message to the service.)
tours.add("lead_distribution_offer_notification", {
    url: "/odoo/crm",
    steps: () => [
        {
            content: "The page is there as a whole",
            trigger: ".o_kanban_record:contains(Offer one)",
        },
        {
            trigger: ".lead_distribution_offers_button .badge:contains(2)",
            async run() {
                const offers = await rpc("/web/dataset/call_kw/crm.lead/my_offers", {
                    model: "crm.lead",
                    method: "my_offers",
                    args: [],
                    kwargs: {},
                });
                const {services} = odoo.__WOWL_DEBUG__.root.env;
                for (const offer of offers) {
                    services.lead_distribution_offers.receive(offer);
                }
            },
        },
        {
            content: "Who, from where, until when",
            trigger:
                ".o_notification:contains(Lead offered to you):contains(Offer one):contains(min)",
        },
        {
            trigger:
                ".o_notification:contains(Offer one) .o_notification_buttons button:contains(Decline)",
            run: "click",
        },
        {
            trigger: ".modal .lead_distribution_reason",
            run: "edit Too far away",
        },
        {
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            content: "Declined: the notification is gone",
            trigger: "body:not(:has(.o_notification:contains(Offer one)))",
        },
        {
            trigger:
                ".o_notification:contains(Offer two) .o_notification_buttons button:contains(Claim)",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(is yours)",
        },
        {
            trigger: ".o_form_view .o_last_breadcrumb_item:contains(Offer two)",
        },
    ],
});

// The card tells how long the offer lasts, and claims it.
tours.add("lead_distribution_offer_card", {
    url: "/odoo/crm",
    steps: () => [
        {
            trigger:
                ".o_kanban_record:contains(Offer one):contains(Offered):contains(min) button[name=action_claim_here]",
            run: "click",
        },
        {
            content: "It is mine",
            trigger:
                ".o_kanban_record:contains(Offer one):not(:has(button[name=action_claim_here]))",
        },
        {
            content: "This one's time is over",
            trigger:
                ".o_kanban_record:contains(Offer two):contains(expired) button[name=action_claim_here]",
            run: "click",
        },
        {
            content: "And the server says so at once",
            trigger: ".modal:contains(ended at)",
        },
        {
            trigger: ".modal footer button",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});

// A manager looks at the board, sets a limit and a route, and sees today's offers.
tours.add("lead_distribution_board", {
    url: "/odoo/lead-salespeople",
    steps: () => [
        {
            trigger:
                ".o_kanban_record:contains(Anna Tour):contains(Offers today):contains(1 open)",
        },
        {
            trigger:
                ".o_kanban_record:contains(Anna Tour) a[name=action_edit_lead_distribution]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=lead_max_day] input",
            run: "edit 5",
        },
        {
            trigger: ".modal .o_field_widget[name=lead_route_ids] input",
            run: "edit Second",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Second route)",
            run: "click",
        },
        {
            trigger: ".modal footer .o_form_button_save",
            run: "click",
        },
        {
            trigger:
                ".o_kanban_record:contains(Anna Tour):contains(At most 5 a day):contains(Second route)",
        },
        {
            trigger:
                ".o_kanban_record:contains(Anna Tour) a[name=action_open_lead_offers_today]",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Offer one)",
        },
    ],
});
