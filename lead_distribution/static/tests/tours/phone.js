import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

function fits(selector) {
    return {
        content: "Nothing is wider than the phone",
        trigger: selector,
        run() {
            const {scrollWidth, clientWidth} = document.documentElement;
            if (scrollWidth > clientWidth + 1) {
                throw new Error(`${scrollWidth} of ${clientWidth} pixels`);
            }
        },
    };
}

// With one thumb: the offer of the header, its time left, Claim
tours.add("lead_phone_claim_tour", {
    steps: () => [
        {
            content: "Offers are counted in the header",
            trigger: ".lead_distribution_offers_button .badge:contains(1)",
        },
        {
            trigger: ".lead_distribution_offers_button",
            run: "click",
        },
        {
            content: "Who asks, from where, until when",
            trigger: ".lead_distribution_offers:contains(Phone offer):contains(min)",
        },
        fits(".lead_distribution_offers"),
        {
            trigger: ".lead_distribution_offers button:contains(Claim)",
            run: "click",
        },
        {
            content: "The lead opens, and is mine",
            trigger: ".o_form_view [name=name]:contains(Phone offer), .o_form_view",
        },
        {
            content: "Won comes first, what is no lead comes last",
            trigger: ".o_statusbar_buttons button:first-child:contains(Won)",
        },
        {
            trigger: ".o_statusbar_buttons .dropdown-toggle",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu:contains(Not a Lead)",
            run({anchor}) {
                const words = [...anchor.querySelectorAll("button")].map((button) =>
                    button.textContent.trim()
                );
                if (words.at(-1) !== "Not a Lead") {
                    throw new Error(words.join(", "));
                }
            },
        },
    ],
});

// No thumb ends a task by accident: the outcomes are behind one tap
tours.add("lead_phone_task_tour", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Phone task) .lead_task_open",
            run: "click",
        },
        fits(".o_kanban_record:contains(Phone task) .lead_task_outcome"),
        {
            content: "Whoever types goes on with the first outcome",
            trigger: ".lead_task_outcome:first-child",
            run({anchor}) {
                if (document.activeElement !== anchor) {
                    throw new Error("the focus is lost");
                }
            },
        },
        {
            trigger: ".o_kanban_record:contains(Phone task) [data-outcome=Done]",
            run: "click",
        },
        {
            content: "It is done, and can be undone",
            trigger: ".o_notification button:contains(Undo)",
        },
        {
            trigger:
                "body:not(:has(.o_kanban_record:contains(Phone task) .lead_task_open))",
        },
    ],
});
