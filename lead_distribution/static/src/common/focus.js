import {onWillDestroy} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {hasTouch} from "@web/core/browser/feature_detection";
import {Dialog} from "@web/core/dialog/dialog";
import {patch} from "@web/core/utils/patch";
import {isVisible} from "@web/core/utils/ui";

// Odoo disables the buttons of a view while what one of them does is loading. By that
// the pressed button loses the focus, and a dialog that opens finds nothing that it could
// give the focus back to when it closes.

const PRESSABLE =
    "button, a, input, select, [role=button], [role=menuitem], [tabindex]";
/** In rows and on cards */
const IN_RECORDS = "td button[name], .o_kanban_record button, .o_kanban_record a";
/** Frames in which the screen may be drawn anew after a dialog was closed: 1 second */
const FRAMES = 60;

/** id of an open dialog -> what opened it, see openersOf */
const opened = new Map();
/** What was pressed last */
let pressed = [];

function likes(element) {
    const name = element.getAttribute("name");
    const text = element.textContent.trim();
    return [...document.querySelectorAll(element.tagName)].filter(
        (other) =>
            other.getAttribute("name") === name && other.textContent.trim() === text
    );
}

/**
 * @param {Element} target that was pressed
 * @returns {Object[]} that element; then what shows the menu or the dialog it is in
 */
function openersOf(target) {
    const element = target.closest(PRESSABLE);
    if (!element) {
        return [];
    }
    const dialog = element.closest(".o_dialog");
    const toggles = element.closest(".o-dropdown--menu")
        ? [...document.querySelectorAll(".o-dropdown.show")].reverse()
        : [];
    // what shows the menu of a card is seen while the card has the focus
    const cards = toggles.map((toggle) => toggle.closest(".o_kanban_record"));
    return [
        ...[element, ...toggles, ...cards.filter(Boolean)].map((one) => ({
            element: one,
            place: likes(one).indexOf(one),
        })),
        ...(opened.get(dialog?.id) || []),
    ];
}

/** The element, or the one that was drawn in its place. */
function asItIsNow({element, place}) {
    return element.isConnected ? element : likes(element)[place];
}

function inReach(element) {
    const isAbove = !opened.size || element?.closest(".o_dialog");
    return (
        element &&
        isAbove &&
        isVisible(element) &&
        getComputedStyle(element).visibility !== "hidden"
    );
}

/**
 * Where a screen begins, when what was pressed is gone for good; not where that opens a
 * keyboard of the phone.
 *
 * @param {Number} left frames in which it may come yet
 * @returns {Element|null}
 */
function start(left) {
    if (left > FRAMES / 2 || opened.size || hasTouch()) {
        return null;
    }
    return document.querySelector(".o_searchview_input");
}

function giveBack(openers) {
    const mine = [document.body];
    let left = FRAMES;
    const stop = () => {
        left = 0;
    };
    function look() {
        // Who went on meanwhile is not called back
        if (left-- <= 0 || !mine.includes(document.activeElement)) {
            return;
        }
        const element = openers.map(asItIsNow).find(inReach) || start(left);
        if (element && !element.disabled && element !== document.activeElement) {
            element.focus();
            mine.push(element);
        }
        browser.requestAnimationFrame(look);
    }
    for (const kind of ["keydown", "pointerdown"]) {
        window.addEventListener(kind, stop, {capture: true, once: true});
    }
    browser.requestAnimationFrame(look);
}

document.addEventListener(
    "click",
    (ev) => {
        pressed = openersOf(ev.target);
    },
    {capture: true}
);

/** Closed, a dialog gives the focus back to the button that opened it. */
patch(Dialog.prototype, {
    setup() {
        super.setup();
        const openers = pressed;
        opened.set(this.id, openers);
        onWillDestroy(() => {
            opened.delete(this.id);
            giveBack(openers);
        });
    },
});

// Enter on a button in a row or on a card presses it: Odoo's list would open the row, its
// kanban do nothing
window.addEventListener(
    "keydown",
    (ev) => {
        const button = ev.target.closest?.(IN_RECORDS);
        if (ev.key === "Enter" && button) {
            ev.stopPropagation();
        }
    },
    {capture: true}
);
