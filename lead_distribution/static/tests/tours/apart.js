import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const saved = {
    content: "Saved",
    trigger: ".o_form_button_save:not(:visible)",
};

// A linked lead whose own email and phone differ from its customer's is changed and
// saved; then a person takes one over, and the other one back.
tours.add("lead_distribution_apart", {
    steps: () => [
        {
            trigger: ".alert:contains(another email) button:contains(Take over)",
        },
        {
            trigger:
                ".o_field_widget[name=name] textarea, .o_field_widget[name=name] input",
            run: "edit Called back",
        },
        {
            content: "Nothing warns that the customer will be changed",
            trigger: ".o_form_view:not(:has(.fa-exclamation-triangle:visible))",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        saved,
    ],
});
tours.add("lead_distribution_take_over", {
    steps: () => [
        {
            trigger: ".alert:contains(another email) button:contains(Take over)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.alert:contains(another email)))",
        },
        {
            trigger: ".alert:contains(another phone) button:contains(Take from)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.alert:contains(another phone)))",
        },
        {
            trigger: ".o_field_widget[name=phone] input:value(+48 601 100 200)",
        },
    ],
});
