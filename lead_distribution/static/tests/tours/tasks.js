import {registry} from "@web/core/registry";

const menu = (xmlid) =>
    `.o-dropdown-item[data-menu-xmlid='lead_distribution.${xmlid}']`;
const openSales = {
    trigger: ".o_menu_sections button[data-menu-xmlid='crm.crm_menu_sales']",
    run: "click",
};
const outcome = (name) => `.lead_task_outcome[data-outcome='${name}']`;
// A person reads before the next click; the list is drawn anew meanwhile.
const pause = () => new Promise((resolve) => setTimeout(resolve, 1000));

// A salesperson with "own documents only" plays a chain of five tasks: two calls, a
// visit, an offer, and the call that wins; finished in five different places.
registry.category("web_tour.tours").add("lead_distribution_task_chain", {
    url: "/odoo/crm",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Flat of the chain)",
            run: "click",
        },
        {
            content: "First call: nobody answers; one click in the chatter",
            trigger: `.o-mail-Activity:contains(First call) ${outcome("Voicemail")}`,
            run: "click",
        },
        {
            content: "There is the next call; this time with a comment",
            trigger:
                ".o-mail-Activity:contains(First call):contains(Tomorrow) .o-mail-Activity-markDone",
            run: "click",
        },
        {
            trigger: ".o-mail-ActivityMarkAsDone textarea",
            run: "edit Wants a balcony",
        },
        {
            trigger: `.o-mail-ActivityMarkAsDone ${outcome("Interested")}`,
            run: "click",
        },
        {
            content: "The chatter tells how it ended",
            trigger:
                ".o-mail-Message:contains(Outcome: Interested):contains(Wants a balcony)",
        },
        {
            content: "The visit is next; finished on the tab Tasks",
            trigger: ".o-mail-Activity:contains(Visit)",
        },
        {
            trigger: ".o_notebook_headers a[name=lead_tasks]",
            run: "click",
        },
        {
            content: "The history of outcomes",
            trigger:
                "[name=lead_task_ids] .o_data_row:contains(First call):contains(Interested):contains(Wants a balcony)",
        },
        {
            trigger: `[name=lead_task_ids] .o_data_row:contains(Visit) ${outcome("Done")}`,
            run: "click",
        },
        {
            content: "The offer is next",
            trigger: `[name=lead_task_ids] .o_data_row:contains(Offer) ${outcome("Done")}`,
        },
        {
            content: "On the pipeline, from the clock on the card",
            trigger: ".o_back_button, .breadcrumb-item a:contains(Pipeline)",
            run: "click",
        },
        {
            trigger:
                ".o_kanban_record:contains(Flat of the chain) .o-mail-ActivityButton",
            run: "click",
        },
        {
            trigger:
                ".o-mail-ActivityListPopover .o-mail-ActivityListPopoverItem-markAsDone",
            run: "click",
        },
        {
            trigger: `.o-mail-ActivityListPopover ${outcome("Done")}`,
            run: "click",
        },
        {
            trigger: "body:not(:has(.o-mail-ActivityListPopover))",
        },
        openSales,
        {
            content: "The last call, on the list of tasks",
            trigger: menu("lead_task_menu"),
            run: "click",
        },
        {
            trigger: `.o_data_row:contains(Closing call) ${outcome("Signed")}`,
            run: "click",
        },
        {
            content: "Nothing open any more; four of these are done",
            trigger: ".lead_task_counts [data-count=open] .badge:contains(0)",
        },
        {
            trigger: ".lead_task_counts [data-count=done]",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Signed) td[name=res_name]",
            run: "click",
        },
        {
            content: "The lead is won",
            trigger:
                ".o_form_view .o_statusbar_status .o_arrow_button_current:contains(Won)",
        },
    ],
});

// The same chain ends lost: from the view of activities, the tab and My Activities.
registry.category("web_tour.tours").add("lead_distribution_task_branch", {
    url: "/odoo/crm",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(House of the branch)",
        },
        {
            trigger: ".o_switch_view.o_activity",
            run: "click",
        },
        {
            trigger: ".o_activity_view .o-mail-ActivityCell-deadline",
            run: "click",
        },
        {
            content: "One click, without a tick first",
            trigger: `.o-mail-ActivityListPopover ${outcome("Interested")}`,
            run: "click",
        },
        {
            trigger: "body:not(:has(.o-mail-ActivityListPopover))",
        },
        {
            trigger: ".o_activity_record:contains(House of the branch)",
            run: "click",
        },
        {
            trigger: ".o_notebook_headers a[name=lead_tasks]",
            run: "click",
        },
        {
            trigger: "[name=lead_task_ids] .o_data_row:contains(Visit)",
        },
        {
            content: "A task by hand, from the tab",
            trigger: ".o_notebook button:contains(New Task)",
            run: "click",
        },
        {
            trigger: ".modal [name=summary] input",
            run: "edit Send the plan",
        },
        {
            trigger: ".modal footer button:contains(Create)",
            run: "click",
        },
        {
            trigger: "[name=lead_task_ids] .o_data_row:contains(Send the plan)",
            run: pause,
        },
        {
            content: "From the clock above to My Activities",
            trigger: ".o_menu_systray i[aria-label=Activities]",
            run: "click",
        },
        {
            trigger: ".o-mail-ActivityMenu span:contains(View all activities)",
            run: "click",
        },
        {
            trigger: ".o_last_breadcrumb_item:contains(Activities)",
        },
        {
            trigger: `.o_list_view .o_data_row:contains(Visit) ${outcome("Done")}`,
            run: "click",
        },
        {
            trigger: `.o_list_view .o_data_row:contains(Offer) ${outcome("Done")}`,
            run: "click",
        },
        {
            trigger: `.o_list_view .o_data_row:contains(Closing call) ${outcome("Refused")}`,
            run: "click",
        },
        {
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Closing call)))",
        },
    ],
});

// A department's task: one of the team takes it, comments, and finishes it; then makes
// one for the department.
registry.category("web_tour.tours").add("lead_distribution_task_department", {
    url: "/odoo/lead-tasks",
    steps: () => [
        {
            trigger: ".o_data_row:contains(Ask for the plan) .lead_task_take",
            run: "click",
        },
        {
            content: "It is mine",
            trigger: ".o_data_row:contains(Ask for the plan):contains(Boris Tour)",
            run: pause,
        },
        {
            content: "A comment, and it stays open",
            trigger: ".o_data_row:contains(Ask for the plan) .lead_task_more",
            run: "click",
        },
        {
            trigger: ".lead_task_popover textarea",
            run: "edit Plan is on its way",
        },
        {
            trigger: ".lead_task_popover .lead_task_comment",
            run: "click",
        },
        {
            trigger: "body:not(:has(.lead_task_popover))",
            run: pause,
        },
        {
            trigger: ".o_data_row:contains(Ask for the plan) .lead_task_more",
            run: "click",
        },
        {
            trigger: ".lead_task_popover textarea",
            run: "edit Here it is",
        },
        {
            trigger: `.lead_task_popover ${outcome("Done")}`,
            run: "click",
        },
        {
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Ask for the plan)))",
        },
        {
            content: "One for the department",
            trigger: ".o_control_panel button:contains(New Task)",
            run: "click",
        },
        {
            trigger: ".modal [name=lead_id] input",
            run: "edit Flat of Boris",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Flat of Boris)",
            run: "click",
        },
        {
            trigger: ".modal [name=summary] input",
            run: "edit Somebody, please",
        },
        {
            trigger: ".modal [name=assignee] label:contains(department)",
            run: "click",
        },
        {
            trigger: ".modal [name=team_id] input",
            run: "edit Call Centre",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Call Centre)",
            run: "click",
        },
        {
            trigger: ".modal footer button:contains(Create)",
            run: "click",
        },
        {
            content: "It waits for whoever takes it",
            trigger:
                ".o_data_row:contains(Somebody, please):contains(Call Centre) .lead_task_take",
        },
    ],
});

// A manager adds a type, which has Done and Failed, and an outcome with what follows;
// then looks at the tasks of all, and at the report.
registry.category("web_tour.tours").add("lead_distribution_task_manager", {
    url: "/odoo/lead-task-types",
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: "[name=name] input",
            run: "edit Measuring",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger:
                "[name=lead_outcome_ids] .o_data_row:contains(Done) ~ .o_data_row:contains(Failed)",
        },
        {
            trigger: "[name=lead_outcome_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".modal [name=name] input",
            run: "edit Too small",
        },
        {
            trigger: ".modal [name=next_activity_type_id] input",
            run: "edit Visit",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Visit)",
            run: "click",
        },
        {
            trigger: ".modal [name=next_delay_number] input",
            run: "edit 3",
        },
        {
            content: "An action that an administrator allowed, though she reads none",
            trigger: ".modal [name=server_action_id] .o_select_menu_input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Tell the surveyor)",
            run: "click",
        },
        {
            trigger: ".modal footer .o_form_button_save",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_form_button_save",
            run: "click",
        },
        {
            content: "It says what follows",
            trigger:
                "[name=lead_outcome_ids] .o_data_row:contains(Too small):contains(Visit after 3 days):contains(Tell the surveyor)",
        },
        {
            trigger: ".o_form_view .o_form_saved, .o_form_view",
        },
        openSales,
        {
            trigger: menu("lead_task_menu"),
            run: "click",
        },
        {
            content: "Everybody's tasks",
            trigger: ".o_data_row.text-danger:contains(Late one)",
        },
        {
            trigger: ".o_data_row.text-success:contains(Today's one)",
        },
        {
            trigger: ".lead_task_counts [data-count=overdue]",
            run: "click",
        },
        {
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Today's one)))",
        },
        {
            content: "Two at once, by one outcome",
            trigger: ".o_data_row:contains(Late one) .o_list_record_selector input",
            async run() {
                // a list that loads once more forgets what was chosen
                const selector = ".o_data_row .o_list_record_selector input";
                for (let calm = 0, tries = 0; calm < 5 && tries < 40; tries++) {
                    const left = document.querySelector(`${selector}:not(:checked)`);
                    left?.click();
                    calm = left ? 0 : calm + 1;
                    await new Promise((resolve) => setTimeout(resolve, 100));
                }
            },
        },
        {
            trigger:
                ".o_data_row_selected:contains(Late one) ~ .o_data_row_selected:contains(Later one)",
        },
        {
            trigger: ".o_control_panel button:contains(Finish)",
            run: "click",
        },
        {
            trigger: ".modal .o_selection_badge:contains(Failed)",
            run: "click",
        },
        {
            trigger: ".modal footer button:contains(Finish)",
            run: "click",
        },
        {
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Late one)))",
        },
    ],
});
