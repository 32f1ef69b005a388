import {registry} from "@web/core/registry";

// A manager makes a rule, sees whom it would move, switches it on, and confirms it when
// it would move a crowd.
registry.category("web_tour.tours").add("lead_distribution_rules_manager", {
    url: "/odoo/lead-rules",
    steps: () => [
        {
            content: "The rule that waits for confirmation is in the list",
            trigger: ".o_data_row:contains(Moves a crowd) [name=name]",
            run: "click",
        },
        {
            content: "It says how many it would move",
            trigger: ".alert-warning:contains(would move 3)",
        },
        {
            trigger: ".alert-warning button[name=action_preview]",
            run: "click",
        },
        {
            content: "The list behind it",
            trigger: ".o_data_row:contains(Forgotten 1)",
        },
        {
            trigger: ".o_breadcrumb a:contains(Moves a crowd), .o_back_button",
            run: "click",
        },
        {
            trigger: ".alert-warning button[name=action_confirm]",
            run: "click",
        },
        {
            content: "It waits no more",
            trigger: ".o_form_view:not(:has(.alert-warning button))",
        },
        {
            trigger: ".o_form_button_create",
            run: "click",
        },
        {
            content: "The form of the new one, not of the one before",
            trigger: ".o_last_breadcrumb_item:contains(New)",
        },
        {
            trigger: "[name=name] input",
            run: "edit Three weeks without a word",
        },
        {
            trigger: "[name=delay_number] input",
            run: "edit 3",
        },
        {
            content: "After three weeks",
            trigger: "[name=delay_unit] select, [name=delay_unit] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Weeks), [name=delay_unit] select",
            run: (helpers) => {
                if (helpers.anchor.tagName === "SELECT") {
                    return helpers.selectByLabel("Weeks");
                }
                return helpers.click();
            },
        },
        {
            content: "The best closers first",
            trigger: "[name=strategy] label:contains(Closing rate)",
            run: "click",
        },
        {
            trigger: ".nav-link[name=members]",
            run: "click",
        },
        {
            trigger: "[name=member_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: "[name=member_ids] .o_selected_row [name=user_id] input",
            run: "edit Boris",
        },
        {
            trigger: ".dropdown-item:contains(Boris)",
            run: "click",
        },
        {
            content: "A filter on any field, in Odoo's own editor",
            trigger: ".nav-link[name=filter]",
            run: "click",
        },
        {
            trigger:
                "[name=domain] a:contains(New Rule), [name=domain] button:contains(New Rule)",
            run: "click",
        },
        {
            trigger: "[name=domain] .o_tree_editor_condition",
        },
        {
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        {
            content: "Saved, with what it does in one sentence",
            trigger: ".o_form_saved",
        },
        {
            trigger: "[name=summary]:contains(3 weeks)",
        },
        {
            content: "It is off until somebody switches it on",
            trigger: ".alert-info:contains(This rule is off)",
        },
        {
            trigger: ".oe_title [name=active] input:not(:checked)",
            run: "click",
        },
        {
            trigger: ".o_form_view:not(:has(.alert-info)) .o_form_saved",
        },
    ],
});

// The salesperson who got a neglected lead sees whose rule it was, and why.
registry.category("web_tour.tours").add("lead_distribution_rules_salesperson", {
    url: "/odoo/crm",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Forgotten 1)",
            run: "click",
        },
        {
            content: "The chatter tells it",
            trigger: ".o-mail-Message:contains(Moves a crowd):contains(no follow-up)",
        },
        {
            trigger: "button[name=action_explain_distribution]",
            run: "click",
        },
        {
            trigger: ".modal .lead_distribution_why:contains(Moves a crowd)",
        },
        {
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            trigger: ".o_form_view:not(:has(.modal))",
        },
    ],
});

// A manager makes a rule for customers, looks at whom it would move, and switches it on.
registry.category("web_tour.tours").add("lead_distribution_rules_customers", {
    url: "/odoo/lead-rules",
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: "[name=name] input",
            run: "edit Sleeping customers",
        },
        {
            trigger: "[name=entity] label:contains(Customers)",
            run: "click",
        },
        {
            trigger: ".nav-link[name=members]",
            run: "click",
        },
        {
            trigger: "[name=member_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: "[name=member_ids] .o_selected_row [name=user_id] input",
            run: "edit Boris",
        },
        {
            trigger: ".dropdown-item:contains(Boris)",
            run: "click",
        },
        {
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        {
            trigger: "[name=summary]:contains(Customers without sales for 6 months)",
        },
        {
            content: "It says how many, and who",
            trigger: "button[name=action_preview]:contains(2)",
            run: "click",
        },
        {
            trigger:
                ".o_kanban_record:contains(Sleepy One), .o_data_row:contains(Sleepy One)",
        },
        {
            trigger: ".o_back_button, .o_breadcrumb a:contains(Sleeping customers)",
            run: "click",
        },
        {
            content: "To look at them has changed nothing",
            trigger: ".o_form_view .alert-info:contains(This rule is off)",
        },
        {
            trigger: ".oe_title [name=active] input:not(:checked)",
            run: "click",
        },
        {
            trigger: ".o_form_view:not(:has(.alert-info)) .o_form_saved",
        },
    ],
});

// The salesperson whose customer it is now reads why.
registry.category("web_tour.tours").add("lead_distribution_rules_customer", {
    steps: () => [
        {
            trigger: ".o_form_view:contains(Sleepy One)",
        },
        {
            trigger:
                ".o-mail-Message:contains(Sleeping customers):contains(no sale since)",
        },
    ],
});

// A leader hands leads of the list to a desk, by the server action in the gear.
registry.category("web_tour.tours").add("lead_distribution_rules_action", {
    url: "/odoo/crm",
    steps: () => [
        {
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Forgotten 2) .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_cp_action_menus .dropdown-toggle:contains(Actions)",
            run: "click",
        },
        {
            trigger: ".o_menu_item:contains(To the desk)",
            run: "click",
        },
        {
            content: "It is not in the pipeline of this one any more",
            trigger:
                ".o_list_view:has(.o_data_row:contains(Forgotten 1)):not(:has(.o_data_row:contains(Forgotten 2)))",
        },
    ],
});

// Which work counts, and from how many moves on a manager is asked.
registry.category("web_tour.tours").add("lead_distribution_rules_settings", {
    url: "/odoo/settings#crm",
    steps: () => [
        {
            trigger: "[name=lead_follow_up_note] input",
            run: "click",
        },
        {
            trigger: "[name=lead_rule_confirm_above] input",
            run: "edit 7",
        },
        {
            trigger: ".o_form_button_save:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Saved: the page is loaded again with the choice",
            trigger: ".o_form_view [name=lead_follow_up_note] input:not(:checked)",
        },
    ],
});
