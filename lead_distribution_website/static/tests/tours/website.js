import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("lead_distribution_website_visitor", {
    steps: () => [
        {trigger: "input[name=contact_name]", run: "edit Vera Visitor"},
        {trigger: "input[name=email_from]", run: "edit vera@visitors.test"},
        {trigger: "input[name=name]", run: "edit A question"},
        {trigger: "textarea[name=description]", run: "edit What does it cost?"},
        {trigger: "input[name=consents][value=TEST-CALL]", run: "click"},
        {trigger: ".s_website_form_send", run: "click", expectUnloadPage: true},
        {
            content: "The visitor, known now, is on the page of the courses",
            trigger: "#wrap:contains(Courses of spring)",
        },
    ],
});

registry.category("web_tour.tours").add("lead_distribution_website_call", {
    steps: () => [
        {trigger: ".o_notebook_headers a[name=lead_tasks]", run: "click"},
        {
            trigger:
                "[name=lead_task_ids] .o_data_row:contains(Offer the discount) .lead_task_outcome[data-outcome='Failed']",
            run: "click",
        },
        {
            content: "The next task is there, the finished one stays",
            trigger: "[name=lead_task_ids] .o_data_row:contains(Failed)",
        },
        {trigger: "[name=lead_task_ids] .lead_task_outcome[data-outcome='Done']"},
    ],
});
