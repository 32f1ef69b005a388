import {Component, xml} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const DAY = 24 * 60;
const HOURS = [0, 6, 12, 18, 24];

/** On the form of a route: when it is open this week, a bar of 24 hours for each day. */
export class WeekField extends Component {
    static props = {...standardFieldProps};
    static template = xml`
        <div t-if="week" class="lead_week" role="group" t-att-aria-label="title">
            <div class="lead_week_row" aria-hidden="true">
                <span class="small lead_muted text-truncate" t-out="week.zone"/>
                <span class="lead_week_hours small lead_muted">
                    <span
                        t-foreach="hours" t-as="hour" t-key="hour"
                        t-attf-style="inset-inline-start: {{hour / 24 * 100}}%" t-out="hour"
                    />
                </span>
            </div>
            <ul class="list-unstyled mb-0">
                <li
                    t-foreach="week.days" t-as="day" t-key="day_index" class="lead_week_row"
                    t-att-aria-current="day.today ? 'date' : undefined"
                    t-att-title="day.text" t-att-data-day="day_index"
                >
                    <span
                        class="small text-nowrap" t-att-class="{'fw-bold': day.today}" t-out="day.name"
                    />
                    <span
                        class="lead_week_day" t-att-class="{lead_week_holiday: day.holiday}"
                        aria-hidden="true"
                    >
                        <span
                            t-foreach="day.parts" t-as="part" t-key="part_index" class="lead_week_open"
                            t-att-style="place(part)"
                        />
                        <span t-if="day.holiday" class="lead_week_name small" t-out="day.holiday"/>
                    </span>
                    <span class="visually-hidden" t-out="day.text"/>
                </li>
            </ul>
        </div>`;

    setup() {
        this.hours = HOURS;
        this.title = _t("Hours of this week");
    }

    get week() {
        return this.props.record.data[this.props.name];
    }

    place([begin, end]) {
        const percent = (minutes) => ((100 * minutes) / DAY).toFixed(3);
        return `inset-inline-start: ${percent(begin)}%; width: ${percent(end - begin)}%`;
    }
}

registry.category("fields").add("lead_route_week", {
    component: WeekField,
    displayName: _t("Week of a Route"),
    supportedTypes: ["json"],
});
