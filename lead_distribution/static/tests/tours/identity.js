import {registry} from "@web/core/registry";

// A salesperson with "own documents only": sees that somebody wrote again, opens the
// first inquiry, says that another one is somebody else, throws out spam and brings
// it back.
registry.category("web_tour.tours").add("lead_distribution_identity", {
    url: "/odoo/crm",
    steps: () => [
        {
            content: "The second inquiry says that it is one",
            trigger:
                ".o_kanban_record:contains(Second inquiry):contains(Repeated inquiry)",
            run: "click",
        },
        {
            content: "Of whom, and how we know",
            trigger:
                ".o_form_view .alert-warning:contains(First inquiry):contains(email)",
        },
        {
            trigger: "button[name=action_open_duplicate]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_last_breadcrumb_item:contains(First inquiry)",
        },
        {
            content: "Spam it was",
            trigger: "button[name=action_ask_removal]",
            run: "click",
        },
        {
            trigger: ".modal [name=reason_id] .o_selection_badge:contains(Spam)",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "Out it is, with the reason",
            trigger: ".o_form_view .alert-secondary:contains(Spam)",
        },
        {
            content: "Not spam after all",
            trigger: "button[name=action_restore]",
            run: "click",
        },
        {
            content: "It waits for its route, and is nobody's until then",
            trigger: ".o_kanban_view",
        },
    ],
});

registry.category("web_tour.tours").add("lead_distribution_namesake", {
    url: "/odoo/crm",
    steps: () => [
        {
            trigger:
                ".o_kanban_record:contains(Namesake inquiry):contains(Same name only)",
            run: "click",
        },
        {
            trigger: ".o_form_view .alert-warning:contains(Jan Kowalski)",
        },
        {
            content: "Somebody else",
            trigger: "button[name=action_dismiss_identity]",
            run: "click",
        },
        {
            trigger: ".o_form_view:not(:has(.alert-warning:visible))",
        },
    ],
});

// A company that refuses incomplete leads: the message says what is missing.
registry.category("web_tour.tours").add("lead_distribution_incomplete", {
    url: "/odoo/crm",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Flat with a view)",
        },
        {
            trigger: ".o-kanban-button-new",
            run: "click",
        },
        {
            trigger: ".o_kanban_quick_create .o_field_widget[name=name] input",
            run: "edit Met at a fair",
        },
        {
            trigger: ".o_kanban_quick_create [name=phone] input",
            run: "edit +48 22 555 01 00",
        },
        {
            trigger: ".o_kanban_quick_create .o_kanban_add",
            run: "click",
        },
        {
            content: "Told what is missing, nothing is lost",
            trigger: ".o_kanban_quick_create [name=source_id].o_field_invalid",
        },
        {
            trigger: ".o_kanban_quick_create [name=source_id] input",
            run: "edit Fair",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Fair of Tour) a",
            run: "click",
        },
        {
            trigger: ".o_kanban_quick_create .o_kanban_add",
            run: "click",
        },
        {
            trigger: ".o_kanban_record:contains(Met at a fair)",
        },
    ],
});

// A manager chooses the policies and a reason of their own, and filters what was
// removed.
registry.category("web_tour.tours").add("lead_distribution_identity_manager", {
    url: "/odoo/settings#crm",
    steps: () => [
        {
            trigger:
                "[name=lead_duplicate_policy] .o_radio_item:contains(Merged) input",
            run: "click",
        },
        {
            trigger: "[name=lead_intake_policy] .o_radio_item:contains(Refused) input",
            run: "click",
        },
        {
            trigger: ".o_form_button_save:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Saved: the page is loaded again with the choice",
            trigger:
                ".o_form_view:has([name=lead_duplicate_policy] .o_radio_item:contains(Merged) input:checked)",
        },
    ],
});

registry.category("web_tour.tours").add("lead_distribution_removed", {
    url: "/odoo/action-crm.crm_lead_all_leads",
    steps: () => [
        {
            trigger:
                ".o_data_row:contains(Namesake inquiry) .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_control_panel button[name=action_ask_removal]",
            run: "click",
        },
        {
            trigger: ".modal [name=reason_id] .o_selection_badge:contains(Test)",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Namesake inquiry)))",
        },
        {
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            trigger: ".o_filter_menu .o_menu_item:contains(/^Removed$/)",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Namesake inquiry):contains(Removed)",
        },
    ],
});
