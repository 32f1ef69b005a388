import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");
/** More stops than any of these screens has */
const STOPS = 150;

// Real keys: see tests/test_keyboard.py
function send(keys) {
    window.lead_keyboard(keys);
}

export function press(keys, trigger = "body") {
    return {content: `Press ${keys}`, trigger, run: () => send(keys)};
}

function describe(element) {
    const {tagName, className} = element;
    const name =
        element.getAttribute("name") || element.textContent.trim().slice(0, 30);
    return `${tagName} ${name} (${className})`;
}

/** Resolves when the focus is elsewhere, or has had its time. */
async function moved(from) {
    const end = performance.now() + 500;
    while (document.activeElement === from && performance.now() < end) {
        await new Promise(requestAnimationFrame);
    }
}

/**
 * Press Tab until the focus is there.
 *
 * @param {String} selector
 * @returns {Object} a step
 */
function tabTo(selector) {
    return {
        content: `Tab until ${selector}`,
        trigger: selector,
        async run() {
            const seen = [];
            for (let stop = 0; stop < STOPS; stop++) {
                if (document.activeElement.matches(selector)) {
                    return;
                }
                const from = document.activeElement;
                seen.push(describe(from));
                send("Tab");
                await moved(from);
                if (document.activeElement === from && from !== document.body) {
                    break;
                }
            }
            throw new Error(`${selector} is not reached: ${seen.join(", ")}`);
        },
    };
}

const DECLINE = [
    {trigger: ".modal input:focus, .modal textarea:focus"},
    press("type:Too far"),
];

// The menu of offers: opened by its shortcut, walked through with the arrows
tours.add("lead_keyboard_menu_tour", {
    steps: () => [
        {trigger: ".o_kanban_record:contains(Phone offer)"},
        press("Alt+Shift+o"),
        {trigger: ".lead_distribution_offers:contains(Phone offer)"},
        press("ArrowDown"),
        {trigger: ".lead_distribution_offers button[name=claim]:focus"},
        press("ArrowDown"),
        {
            trigger:
                ".lead_distribution_offers div:contains(Phone offer) > div > button[name=decline]:focus",
        },
        press("Enter"),
        ...DECLINE,
        press("Enter"),
        {trigger: ".lead_distribution_offers_button .badge:contains(1)"},
        {trigger: "body:not(:has(.modal))"},
        press("Alt+Shift+o"),
        {
            trigger:
                ".lead_distribution_offers:contains(Second offer):not(:contains(Phone offer))",
        },
        press("ArrowDown"),
        {trigger: ".lead_distribution_offers button[name=claim]:focus"},
        press("Enter"),
        {
            content: "The lead opens, and nothing covers it",
            trigger: ".o_form_view .o_last_breadcrumb_item:contains(Second offer)",
        },
        {trigger: "body:not(:has(.lead_distribution_offers))"},
    ],
});

// On the form: its shortcut, the reason, Enter
tours.add("lead_keyboard_decline_tour", {
    steps: () => [
        {trigger: ".o_form_view button[name=action_ask_decline]"},
        press("Alt+Shift+k"),
        ...DECLINE,
        tabTo(".modal footer .btn-primary"),
        press("Enter"),
        {trigger: "body:not(:has(.modal))"},
        {content: "Back on the pipeline", trigger: ".o_kanban_view"},
    ],
});

// The buttons come in the order in which they are seen; then the shortcut
tours.add("lead_keyboard_claim_tour", {
    steps: () => [
        {trigger: ".o_form_view button[name=action_claim_here]"},
        tabTo("button[name=action_claim_here]"),
        {
            content: "As on the screen, from the left to the right",
            trigger: ".o_statusbar_buttons",
            async run({anchor}) {
                const shown = [...anchor.querySelectorAll("button")].filter(
                    (button) => button.offsetParent
                );
                const left = (button) => button.getBoundingClientRect().left;
                const byEye = shown.toSorted((a, b) => left(a) - left(b));
                const byKey = [document.activeElement];
                while (byKey.length < shown.length) {
                    send("Tab");
                    await moved(byKey.at(-1));
                    byKey.push(document.activeElement);
                }
                if (byKey.some((button, place) => button !== byEye[place])) {
                    throw new Error(byKey.map(describe).join(", "));
                }
                if (byKey[1].name !== "action_ask_decline") {
                    throw new Error(`after Claim: ${describe(byKey[1])}`);
                }
            },
        },
        press("Alt+k"),
        {trigger: ".o_notification:contains(is yours)"},
        {trigger: "body:not(:has(button[name=action_claim_here]))"},
    ],
});

// Who knows no shortcut types what they want
tours.add("lead_keyboard_palette_tour", {
    steps: () => [
        {trigger: ".o_form_view button[name=action_claim_here]"},
        press("Control+k"),
        {trigger: ".o_command_palette_search input:focus"},
        press("type:Claim"),
        {trigger: ".o_command.focused:contains(Claim)"},
        press("Enter"),
        {trigger: ".o_notification:contains(is yours)"},
    ],
});

// A task in the list: an outcome, a button each
tours.add("lead_keyboard_task_tour", {
    steps: () => [
        {trigger: ".o_data_row:contains(Phone task)"},
        {trigger: ".o_searchview_input:focus"},
        press("ArrowDown"),
        {trigger: ".o_list_view:has(:focus)"},
        tabTo(".o_data_row [data-outcome=Done]"),
        press("Enter"),
        {
            trigger:
                ".o_list_view .o_data_row .badge:contains(Done), body:not(:has([data-outcome=Done]))",
        },
    ],
});

// Why?: read and closed, with the focus inside all the while
tours.add("lead_keyboard_why_tour", {
    steps: () => [
        {trigger: ".o_form_view button[name=action_explain_distribution]"},
        tabTo("button[name=action_explain_distribution]"),
        press("Enter"),
        {
            content: "The focus is in the dialog",
            trigger: ".modal:contains(Why?):has(:focus)",
        },
        {
            content: "And stays there",
            trigger: ".modal:contains(Why?)",
            async run() {
                for (let stop = 0; stop < 10; stop++) {
                    const from = document.activeElement;
                    send("Tab");
                    await moved(from);
                    if (!document.activeElement.closest(".modal")) {
                        throw new Error(describe(document.activeElement));
                    }
                }
            },
        },
        press("Escape"),
        {trigger: "body:not(:has(.modal))"},
        {
            content: "The lead is there as it was",
            trigger: ".o_form_view .o_last_breadcrumb_item:contains(Phone lead)",
        },
    ],
});

/** Of Odoo's own: what its widgets say is not ours */
const NOT_OURS =
    "[aria-hidden=true], :disabled, .o_search_panel, .o-mail-Chatter, .o_menu_sections," +
    " .o_cp_searchview, .o_cp_switch_buttons, .o_field_domain, .o_list_record_selector";

// What the browser tells a screen reader of what can be pressed or filled in
tours.add("lead_names_tour", {
    steps: () => [
        {trigger: ".o_action_manager > .o_action, .o_action_manager > div"},
        {
            trigger: ".o_action_manager",
            async run() {
                const silent = [
                    ...document.querySelectorAll(
                        "button, a[href], [role=button], [role=switch], select, textarea, input"
                    ),
                ].filter(
                    (element) =>
                        element.offsetParent &&
                        getComputedStyle(element).visibility !== "hidden" &&
                        !element.closest(NOT_OURS) &&
                        element.computedRole !== "none" &&
                        !element.computedName?.trim()
                );
                if (silent.length) {
                    throw new Error(
                        silent
                            .map((element) => element.outerHTML.slice(0, 200))
                            .join("\n")
                    );
                }
                if (typeof document.body.computedName !== "string") {
                    throw new Error("The browser tells no names");
                }
            },
        },
    ],
});
