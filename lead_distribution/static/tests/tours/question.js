import {registry} from "@web/core/registry";

// A manager asks who would get a lead, and what a change of a route would do, before it
// is saved.
registry.category("web_tour.tours").add("lead_distribution_question", {
    url: "/odoo/lead-routes",
    steps: () => [
        {
            trigger: "button[name=action_who_would_get]",
            run: "click",
        },
        {
            trigger: ".modal [name=kind] input[data-value=values]",
            run: "click",
        },
        {
            trigger: ".modal [name=name] input",
            run: "edit A flat",
        },
        {
            content: "Leave the field: the answer comes by itself",
            trigger: ".modal [name=zip] input",
            run: "edit 00-100",
        },
        {
            trigger: ".modal [name=contact_name] input",
            run: "click",
        },
        {
            trigger:
                ".modal [name=answer]:contains(Anna Tour would get it):contains(First route)",
        },
        {
            trigger: ".modal footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(First route) td[name=name]",
            run: "click",
        },
        {
            trigger: "button[name=try_route]:contains(Who would get a lead?)",
        },
        {
            trigger: "[name=pool_source] select, [name=pool_source] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(direct), [name=pool_source] select",
            run(helpers) {
                if (this.anchor.tagName === "SELECT") {
                    return helpers.selectByLabel("One salesperson (direct)");
                }
                return helpers.click();
            },
        },
        {
            trigger: "[name=user_id] input",
            run: "edit Boris",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains(Boris Tour)",
            run: "click",
        },
        {
            trigger: "button[name=try_route]:contains(What would the change do?)",
            run: "click",
        },
        {
            content: "The change is known to the dialog, and not saved",
            trigger: ".modal .alert:contains(not saved yet):contains(First route)",
        },
        {
            trigger: ".modal [name=kind] input[data-value=values]",
            run: "click",
        },
        {
            trigger: ".modal [name=name] input",
            run: "edit A flat",
        },
        {
            trigger: ".modal [name=contact_name] input",
            run: "click",
        },
        {
            trigger:
                ".modal [name=answer]:contains(The change moves this lead):contains(Anna Tour would get it):contains(Boris Tour would get it)",
        },
        {
            trigger: ".modal footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: ".o_form_button_cancel",
            run: "click",
        },
        {
            trigger: "button[name=try_route]:contains(Who would get a lead?)",
        },
    ],
});
