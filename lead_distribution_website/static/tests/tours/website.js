import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("lead_distribution_website_visitor", {
    url: "/test-form?listing=HOUSE-7",
    steps: () => [
        {trigger: "input[name=contact_name]", run: "edit Vera Visitor"},
        {trigger: "input[name=email_from]", run: "edit vera@visitors.test"},
        {trigger: "input[name=name]", run: "edit A question"},
        {trigger: "textarea[name=description]", run: "edit What does it cost?"},
        {trigger: "input[name=consents][value=TEST-CALL]", run: "click"},
        {trigger: ".s_website_form_send", run: "click", expectUnloadPage: true},
        {
            content: "The visitor, known now, is on the page of the courses",
            trigger: "#wrap:contains('Courses of spring')",
        },
    ],
});

registry.category("web_tour.tours").add("lead_distribution_website_call", {
    steps: () => [
        {
            content: "The task is in the lead's tab",
            trigger: ".o_notebook .nav-link[name=lead_tasks]",
            run: "click",
        },
        {trigger: ".o_field_widget[name=lead_task_ids]:contains('Offer the discount')"},
        {
            trigger:
                ".o_field_widget[name=lead_task_ids] .lead_task_outcome[data-outcome=Accepts]",
            run: "click",
        },
        {
            content: "The outcome asks for a comment, or is done at once",
            trigger:
                ".o_field_widget[name=lead_task_ids] .lead_task:contains('Accepts')",
        },
    ],
});
