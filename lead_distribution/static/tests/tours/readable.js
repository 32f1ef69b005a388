import {registry} from "@web/core/registry";

// The web content accessibility guidelines, AA: of small and of large texts
const SMALL = 4.5;
const LARGE = 3;
// Of Odoo's own: what its widgets look like is not ours to say. Rows that are greyed on
// purpose are inactive
const NOT_OURS =
    "[aria-hidden=true], :disabled, .visually-hidden, .o_search_panel, .o-mail-Chatter," +
    " .o_field_domain, .o_data_row.text-muted, .o_data_cell.text-muted, .ace_editor," +
    " .o_form_label, .opacity-0, .opacity-50, .o_form_statusbar, .o_optional_columns_dropdown";

function colour(text) {
    const numbers = text.match(/[\d.]+/g).map(Number);
    return numbers.length < 4 ? [...numbers, 1] : numbers;
}

function over(top, below) {
    const mix = [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3]));
    return [...mix, 1];
}

function luminance(rgb) {
    const [red, green, blue] = rgb.slice(0, 3).map((value) => {
        const part = value / 255;
        return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function parents(element) {
    const found = [];
    for (let node = element; node; node = node.parentElement) {
        found.push(node);
    }
    return found;
}

/** The colour behind a text; false where it is a picture. */
function ground(element) {
    const layers = [];
    for (const node of parents(element)) {
        const style = getComputedStyle(node);
        if (style.backgroundImage !== "none") {
            return false;
        }
        layers.unshift(colour(style.backgroundColor));
    }
    return layers.reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
}

function contrast(element) {
    const behind = ground(element);
    const style = getComputedStyle(element);
    if (!behind || style.visibility === "hidden") {
        return {ratio: Infinity, least: 0};
    }
    const opacity = parents(element).reduce(
        (product, node) => product * parseFloat(getComputedStyle(node).opacity),
        1
    );
    const ink = colour(style.color);
    ink[3] *= opacity;
    const [light, dark] = [luminance(over(ink, behind)), luminance(behind)].sort(
        (one, other) => other - one
    );
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    return {
        ratio: (light + 0.05) / (dark + 0.05),
        least: isLarge ? LARGE : SMALL,
    };
}

function faint(root) {
    const found = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const text = walker.currentNode.textContent.trim();
        const element = walker.currentNode.parentElement;
        const {width, height} = element.getBoundingClientRect();
        if (text && width && height && !element.closest(NOT_OURS)) {
            const {ratio, least} = contrast(element);
            if (ratio < least) {
                found.push(`${ratio.toFixed(2)} "${text}" in .${element.className}`);
            }
        }
    }
    return found;
}

registry.category("web_tour.tours").add("lead_contrast_tour", {
    steps: () => [
        {
            content: "Every text of the screen can be read",
            trigger:
                ".o_content .o_view_scale, .o_content .o_data_row, .o_content .o_kanban_record, .o_content .o_form_sheet, .o_lead_dashboard, .o_lead_people_days tbody tr",
            run() {
                const texts = faint(document.querySelector(".o_action_manager"));
                if (texts.length) {
                    throw new Error(texts.join("; "));
                }
            },
        },
        {
            content: "Badges are as wide as their words",
            trigger: ".o_action_manager",
            run() {
                for (const badge of document.querySelectorAll(
                    ".o_action_manager .badge"
                )) {
                    const text = document.createRange();
                    text.selectNodeContents(badge);
                    const {width} = badge.getBoundingClientRect();
                    if (width > text.getBoundingClientRect().width + 40) {
                        throw new Error(`stretched: ${badge.textContent}`);
                    }
                }
            },
        },
    ],
});
