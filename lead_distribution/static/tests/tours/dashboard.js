import {registry} from "@web/core/registry";

function drawn(card) {
    return {
        content: `The picture of ${card} is drawn`,
        trigger: `.o_lead_card[data-card=${card}] canvas[role=img]`,
        run({anchor}) {
            if (!anchor.width || !anchor.getAttribute("aria-label")) {
                throw new Error(`nothing is drawn or said of ${card}`);
            }
        },
    };
}

const narrow = {
    content: "Nothing is wider than the screen",
    trigger: ".o_lead_dashboard",
    run({anchor}) {
        if (anchor.scrollWidth > anchor.clientWidth + 1) {
            throw new Error(`${anchor.scrollWidth} of ${anchor.clientWidth} pixels`);
        }
    },
};

const pictures = [
    {
        content: "This month comes first",
        trigger: "[data-period=month][aria-pressed=true]",
    },
    {trigger: "[data-tile=received] .o_lead_number:contains(3)"},
    drawn("received"),
    drawn("fairness"),
    narrow,
    {
        content: "Today is one click away",
        trigger: "[data-period=today]",
        run: "click",
    },
    {trigger: "[data-period=today][aria-pressed=true]"},
    {trigger: "[data-tile=received] .o_lead_number:contains(3)"},
    drawn("received"),
    {
        content: "What made it so is said",
        trigger: "[data-card=fairness] summary",
        run: "click",
    },
    {trigger: "[data-card=fairness] li:contains(Anna Tour)"},
    {
        content: "Any days",
        trigger: "[data-period=free]",
        run: "click",
    },
    {trigger: ".o_lead_dashboard_days input"},
    narrow,
];

registry.category("web_tour.tours").add("lead_dashboard_tour", {
    steps: () => [
        ...pictures,
        {
            content: "The report behind a picture, of the same days",
            trigger: "[data-card=received] button:contains(Report)",
            run: "click",
        },
        {trigger: ".o_pivot:contains(Tour)"},
    ],
});

registry.category("web_tour.tours").add("lead_dashboard_phone_tour", {
    steps: () => pictures,
});
