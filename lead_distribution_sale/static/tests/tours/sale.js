import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("lead_distribution_sale_unpaid", {
    steps: () => [
        {trigger: ".o_notebook_headers a[name=lead_tasks]", run: "click"},
        {
            trigger:
                "[name=lead_task_ids] .o_data_row:contains(Help to pay) .lead_task_outcome[data-outcome='Failed']",
            run: "click",
        },
        {
            content: "The next task is there, the finished one stays",
            trigger: "[name=lead_task_ids] .o_data_row:contains(Failed)",
        },
        {trigger: "[name=lead_task_ids] .lead_task_outcome[data-outcome='Done']"},
    ],
});

registry.category("web_tour.tours").add("lead_distribution_sale_process", {
    steps: () => [
        {
            trigger: "[name=trigger] .o_radio_item:contains(order) input",
            run: "click",
        },
        {
            trigger:
                "[name=step_ids] .o_field_x2many_list_row_add a, [name=step_ids] .o_list_button_add",
            run: "click",
        },
        {
            trigger: ".modal [name=activity_type_id] input",
            run: "edit Test help",
        },
        {
            content: "Types for leads are not among those of an order",
            trigger:
                ".modal .o-autocomplete:has(.dropdown-item:contains(Test help to pay)):not(:has(.dropdown-item:contains(Test help to decide)))",
        },
        {
            trigger: ".modal .dropdown-item:contains(Test help to pay)",
            run: "click",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {trigger: "body:not(:has(.modal))"},
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {trigger: ".o_form_saved"},
    ],
});
