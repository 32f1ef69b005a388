// What does not fit on a screen: evaluated in a page, returns a list of texts.
window.whatDoesNotFit = () => {
    // stand on one line, and are read as a whole
    const WHOLE = [
        "button",
        ".btn",
        ".badge",
        ".o_tag_badge_text",
        ".nav-link",
        ".o_arrow_button",
        "th[data-name] > div > span",
        ".o_group_header > th .o_group_name",
        ".oe_title h1 .o_field_widget",
        ".breadcrumb-item",
        ".o_last_breadcrumb_item",
        ".o_form_label",
        ".o_horizontal_separator",
    ].join(",");
    // the name of a record is as long as it is
    const RECORD = ".o_last_breadcrumb_item, .breadcrumb-item, .oe_title *";
    const isForm = document.querySelector(".o_action_manager .o_form_view");
    // beside a field, where Odoo gives them several lines
    const WRAPS =
        ".o_form_label, .o_horizontal_separator, .badge.lead_badge_long, th[data-name] > div > span";
    // Odoo's own, and what a person scrolls or turns pages in
    const OTHERS =
        ".o_main_navbar, .o-mail-Chatter, .o_searchview, .o_calendar_view, .o_view_nocontent, .o_datetime_picker, .o_data_row .o_tag";
    const found = new Set();
    const width = document.documentElement.clientWidth;
    const inFront =
        [...document.querySelectorAll(".o_dialog")].at(-1) ||
        document.querySelector(".o_action_manager") ||
        document.body;
    if (document.documentElement.scrollWidth > width + 1) {
        found.add(`page of ${document.documentElement.scrollWidth} pixels`);
    }
    const texts = (element) => {
        const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        const nodes = [];
        while (walker.nextNode()) {
            if (
                walker.currentNode.data.trim() &&
                !walker.currentNode.parentElement.closest(".visually-hidden") &&
                walker.currentNode.parentElement.checkVisibility()
            ) {
                nodes.push(walker.currentNode);
            }
        }
        return nodes;
    };
    const isCut = (element) => {
        for (let box = element; box && box !== inFront; box = box.parentElement) {
            const style = getComputedStyle(box);
            if (
                style.overflowX !== "visible" &&
                style.overflowX !== "auto" &&
                style.overflowX !== "scroll" &&
                style.display !== "inline"
            ) {
                if (box.scrollWidth > box.clientWidth + 1 && box.clientWidth > 0) {
                    return true;
                }
            }
            if (
                box.matches(
                    "th, td, .o_kanban_record, .o_control_panel, .o_form_sheet, button, .btn"
                )
            ) {
                break;
            }
        }
        return false;
    };
    for (const element of inFront.querySelectorAll(WHOLE)) {
        // lists in a form are wider than a phone, and are moved
        if (width < 500 && element.closest(".o_field_x2many")) {
            continue;
        }
        if (
            element.closest(OTHERS) ||
            !element.checkVisibility({visibilityProperty: true, opacityProperty: true})
        ) {
            continue;
        }
        for (const node of texts(element)) {
            const range = document.createRange();
            range.selectNodeContents(node);
            const lines = new Set();
            for (const box of range.getClientRects()) {
                if (box.width > 1) {
                    lines.add(Math.round(box.bottom / 6));
                }
            }
            const text = node.data.trim().replace(/\s+/g, " ");
            const where = `${element.tagName.toLowerCase()}.${[...element.classList].slice(0, 3).join(".")}`;
            if (lines.size > 1 && !element.matches(`${WRAPS}, ${RECORD}`)) {
                found.add(`${lines.size} lines: “${text}” (${where})`);
            }
            if (isCut(node.parentElement) && !(isForm && element.matches(RECORD))) {
                found.add(`cut off: “${text}” (${where})`);
            }
        }
    }
    return [...found];
};

const env = () => odoo.__WOWL_DEBUG__.root.env;

// What the menus open of this addon, and CRM's own screens that it adds to.
const CRM = ["crm.menu_crm_opportunities", "crm.crm_menu_leads"];
window.actionsOfMenus = () => [
    ...new Set(
        env()
            .services.menu.getAll()
            .filter(({xmlid}) => xmlid?.startsWith("lead_") || CRM.includes(xmlid))
            .map(({actionID}) => actionID)
            .filter(Boolean)
    ),
];

// The views of an action, forms with the newest record in them: a list of what goTo
// takes.
window.screensOf = async (id) => {
    const {services} = env();
    const action = await services.action.loadAction(id);
    if (action.type !== "ir.actions.act_window") {
        return [{id, name: action.tag || action.name, view: action.type}];
    }
    const screens = action.views
        .filter(([, view]) => !["search", "form"].includes(view))
        .map(([, view]) => ({id, name: action.xml_id || action.name, view}));
    const form = action.views.find(([, view]) => view === "form");
    if (form && action.target !== "new") {
        const records = await services.orm.silent.search(action.res_model, [], {
            limit: 1,
            order: "id desc",
        });
        for (const resId of records) {
            screens.push({id, name: action.xml_id || action.name, view: "form", resId});
        }
    }
    return screens;
};

window.speak = async (lang) => {
    const {orm} = env().services;
    const [user] = await orm.search("res.users", [["login", "=", "manager"]]);
    await orm.write("res.users", [user], {lang});
};

window.goTo = async ({id, view, resId}) => {
    const {services} = env();
    const options = {clearBreadcrumbs: true};
    if (view === "form") {
        const action = await services.action.loadAction(id);
        const views = action.views.filter(([, each]) => each === "form");
        await services.action.doAction(
            {...action, views, res_id: resId, view_mode: "form", path: undefined},
            options
        );
    } else if (view.startsWith("ir.actions")) {
        await services.action.doAction(id, options);
    } else {
        await services.action.doAction(id, {...options, viewType: view});
    }
};
