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
