import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

// A manager makes a territory, gives it to somebody, and sees it on the board.
registry.category("web_tour.tours").add("lead_distribution_territory", {
    steps: () => [
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit Centre of test",
        },
        {
            trigger: ".o_field_widget[name=postcodes] textarea",
            run: "edit 28001-28055, 08*",
        },
        {
            trigger: ".o_field_widget[name=user_ids] input",
            run: "edit Covers",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Covers Tour)",
            run: "click",
        },
        ...stepUtils.saveForm(),
        {
            trigger: "body",
            run: () => {
                window.location = "/odoo/lead-salespeople";
            },
            expectUnloadPage: true,
        },
        {
            trigger: ".o_kanban_record:contains(Covers Tour):contains(Centre of test)",
        },
    ],
});
