import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const saved = {
    content: "Saved",
    trigger: ".o_form_button_save:not(:visible)",
};

// A customer is chosen in the form, which fills in what the lead does not say.
tours.add("lead_distribution_customer_chosen", {
    steps: () => [
        {
            trigger: ".o_field_widget[name=partner_id] input",
            run: "edit Zoe Wrong",
        },
        {
            trigger: ".ui-autocomplete a:contains(Zoe Wrong)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=phone] input:value(+48 601 100 200)",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        saved,
        {
            content: "What differs is shown",
            trigger: ".alert:contains(another email address: zoe@client.test)",
        },
    ],
});
tours.add("lead_distribution_customer_unlinked", {
    steps: () => [
        {
            trigger: "button[name=action_ask_customer]:contains(Unlink)",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_unlink]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=phone] input:value()",
        },
        {
            trigger: ".o_field_widget[name=email_from] input:value(other@mail.test)",
        },
    ],
});
// Whoever makes a customer that is there already is warned, and takes that one.
tours.add("lead_distribution_customer_warned", {
    steps: () => [
        {
            trigger: "button[name=action_ask_customer]:contains(Assign)",
            run: "click",
        },
        {
            trigger: ".modal .nav-link:contains(New Customer)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=email_from] input",
            run: "edit Zoe@client.test && press Tab",
        },
        {
            trigger: ".modal .alert:contains(Zoe Wrong) button:contains(Select this)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
        {
            trigger: ".o_field_widget[name=partner_id] input:value(Zoe Wrong)",
        },
    ],
});
