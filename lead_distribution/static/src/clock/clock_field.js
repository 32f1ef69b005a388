import {CountdownField, timeLeft} from "../offers/countdown_field";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {xml} from "@odoo/owl";

// As in engine/clock.py: shares of the time left below which it is short
const SHORT = 0.5;
const VERY_SHORT = 0.15;

/**
 * @param {luxon.DateTime|false} start
 * @param {luxon.DateTime} deadline
 * @param {luxon.DateTime} now
 * @returns {String} the classes of a badge, from green to red
 */
export function clockColour(start, deadline, now) {
    const left = deadline.diff(now).toMillis();
    const whole = start ? deadline.diff(start).toMillis() : 0;
    if (left <= 0 || !whole || left / whole <= VERY_SHORT) {
        return "text-bg-danger";
    }
    return left / whole > SHORT ? "lead_badge_good" : "text-bg-warning";
}

/** The time left for the first follow-up, or what became of it. */
export class ClockField extends CountdownField {
    static template = xml`
        <span t-if="deadline" t-att-class="'badge ' + colour" t-att-title="title">
            <i class="fa fa-clock-o me-1"/><t t-out="text"/>
        </span>`;

    get result() {
        return this.props.record.data.clock_state;
    }

    get text() {
        if (this.result === "kept") {
            return _t("Followed up");
        }
        if (this.result === "missed" || this.deadline <= this.state.now) {
            return _t("Follow-up missed");
        }
        return timeLeft(this.deadline, this.state.now);
    }

    get colour() {
        if (this.result === "kept") {
            return "text-bg-light";
        }
        if (this.result === "missed") {
            return "text-bg-danger";
        }
        const start = this.props.record.data.clock_start;
        return clockColour(start, this.deadline, this.state.now);
    }

    get title() {
        return _t(
            "First follow-up until %s",
            this.deadline.toLocaleString(luxon.DateTime.DATETIME_SHORT)
        );
    }
}

registry.category("fields").add("lead_distribution_clock", {
    component: ClockField,
    displayName: _t("Time left for the follow-up"),
    supportedTypes: ["datetime"],
    fieldDependencies: [
        {name: "clock_start", type: "datetime"},
        {name: "clock_state", type: "selection"},
    ],
    isEmpty: (record, name) => !record.data[name],
});
