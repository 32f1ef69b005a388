import {registry} from "@web/core/registry";

// A manager lets a route give half an hour for the first follow-up, with a reminder.
registry.category("web_tour.tours").add("lead_distribution_clock_manager", {
    steps: () => [
        {
            trigger: ".o_form_view .nav-link[name=clock]",
            run: "click",
        },
        {
            trigger: "[name=clock_minutes] input",
            run: "edit 30 && press Tab",
        },
        {
            trigger: "[name=clock_step_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: "[name=clock_step_ids] .o_selected_row [name=number] input",
            run: "edit 15",
        },
        {
            content: "The backlog is switched on, up to an age",
            trigger: ".nav-link[name=fallback]",
            run: "click",
        },
        {
            trigger: "[name=drain] input",
            run: "click",
        },
        {
            trigger: "[name=drain_max_days] input",
            run: "edit 5",
        },
        {
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        {
            content: "The route's sentence says it",
            trigger:
                ".o_form_saved:contains(followed up within 30 working minutes):contains(from the backlog)",
        },
    ],
});

// A salesperson with "own documents only" sees on the card how long there is to follow
// up, and on the lead that it is done.
registry.category("web_tour.tours").add("lead_distribution_clock_salesperson", {
    steps: () => [
        {
            content: "Much time is left: green",
            trigger:
                ".o_kanban_record:contains(Flat with a clock) .badge.lead_badge_good:contains(min)",
        },
        {
            content: "The time is over: red",
            trigger:
                ".o_kanban_record:contains(Flat too late) .badge.text-bg-danger:contains(Follow-up missed)",
        },
        {
            trigger: ".o_kanban_record:contains(Flat with a clock)",
            run: "click",
        },
        {
            trigger: ".o_form_view .nav-link[name=distribution]",
            run: "click",
        },
        {
            trigger: "[name=clock_deadline] .badge.lead_badge_good",
        },
    ],
});
