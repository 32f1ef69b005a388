import {registry} from "@web/core/registry";
import {press} from "./keyboard";

const CLOSED = {trigger: "body:not(:has(.modal))"};

function focus(selector) {
    return {trigger: selector, run: ({anchor}) => anchor.focus()};
}

/**
 * Open a dialog by its button; close it by Escape, then by its own button.
 *
 * @param {String} selector of the button
 * @param {Object} options
 * @param {Object[]} options.open steps to it, where the button is in a menu
 * @param {String} options.back what is focused afterwards, where that is not the button
 * @returns {Object[]} steps
 */
function backTo(selector, {open = [focus(selector)], back = selector} = {}) {
    const opened = [
        ...open,
        {trigger: "button:focus, a:focus"},
        press("Enter"),
        {content: `${selector} opens a dialog`, trigger: ".modal:has(:focus)"},
    ];
    const given = {content: "The focus is where it was", trigger: `${back}:focus`};
    return [
        ...opened,
        press("Escape"),
        CLOSED,
        given,
        ...opened,
        {
            content: "Close it by its last button",
            trigger: ".modal",
            run() {
                const buttons = [...document.querySelectorAll(".modal footer button")];
                buttons
                    .filter((button) => button.offsetParent)
                    .at(-1)
                    .click();
            },
        },
        CLOSED,
        given,
    ];
}

function add(name, steps) {
    registry
        .category("web_tour.tours")
        .add(`lead_focus_${name}_tour`, {steps: () => steps.flat()});
}

// The field for searching takes the focus when the screen is there
const LOADED = {trigger: ".o_searchview_input:focus"};

const form = (name) => backTo(`.o_form_view button[name=${name}]`);
const row = (name, of = "") => backTo(`.o_data_row${of} button[name=${name}]`);

add("mine", [
    form("action_explain_distribution"),
    form("action_ask_removal"),
    {trigger: ".o_notebook .nav-link[name=distribution]", run: "click"},
    form("action_ask_not_real"),
    form("action_ask_not_mine"),
]);

add("offer", [form("action_explain_distribution"), form("action_ask_decline")]);

add("lead", [
    form("action_explain_distribution"),
    form("action_hand_over"),
    form("action_release_to_pool"),
    form("action_ask_customer"),
    form("action_ask_removal"),
]);

add("pool", [
    LOADED,
    row("action_explain_distribution", ":contains(Nobody)"),
    // nothing is chosen any more afterwards, and the button is gone
    backTo("header of the list", {
        open: [
            {trigger: ".o_data_row .o_list_record_selector input", run: "click"},
            focus(".o_control_panel button[name=action_hand_over]"),
        ],
        back: ".o_searchview_input",
    }),
]);

add("board", [
    LOADED,
    backTo(".o_kanban_record:contains(Boris) [name=action_ask_handover]"),
    {trigger: ".o_switch_view.o_list", run: "click"},
    row("action_ask_correction", ":contains(Boris)"),
    row("action_ask_handover", ":contains(Boris)"),
]);

const CARD = ".o_kanban_record:contains(Phone lead) .o_dropdown_kanban button";
const OFFERS = ".lead_distribution_offers_button";
add("menus", [
    backTo("menu of the card", {
        open: [
            focus(".o_kanban_record:contains(Phone lead)"),
            focus(CARD),
            press("Enter"),
            focus(".o-dropdown--menu [name=action_ask_not_real]"),
        ],
        back: CARD,
    }),
    backTo("menu of offers", {
        open: [
            focus(OFFERS),
            press("Enter"),
            focus(".lead_distribution_offers button[name=decline]"),
        ],
        back: OFFERS,
    }),
]);

add("routes", [LOADED, backTo(".o_control_panel button[name=action_who_would_get]")]);

add("route", [backTo(".o_form_view button[name=try_route]")]);

add("run", [form("action_ask_undo")]);
