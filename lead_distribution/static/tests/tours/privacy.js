import {registry} from "@web/core/registry";

// An administrator forgets a contact: the dialog says what happens, and wants to hear
// that this is understood.
registry.category("web_tour.tours").add("lead_distribution_anonymise", {
    steps: () => [
        {
            trigger: ".o_form_view:contains(Unikatowska), .o_form_view",
        },
        {
            trigger: ".o_cp_action_menus button:has(.fa-cog)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .dropdown-item:contains(Anonymise)",
            run: "click",
        },
        {
            content: "It says how many leads go along",
            trigger: ".modal [name=about]:contains('all companies (1)')",
        },
        {
            content: "Nothing to press yet",
            trigger: ".modal-footer:not(:has(button[name=action_confirm]))",
        },
        {
            trigger: ".modal [name=understood] input",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The contact is nobody's any more, and archived",
            trigger: "body:not(:has(.modal)) .o_form_view .ribbon:contains(Archived)",
        },
    ],
});
