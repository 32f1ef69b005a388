import {Component, onWillUnmount, useState, xml} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const {DateTime} = luxon;

/**
 * @param {luxon.DateTime|false} deadline
 * @param {luxon.DateTime} now
 * @returns {String} the time left, in words
 */
export function timeLeft(deadline, now = DateTime.now()) {
    if (!deadline) {
        return "";
    }
    const minutes = Math.ceil(deadline.diff(now, "minutes").minutes);
    if (minutes <= 0) {
        return _t("expired");
    }
    if (minutes < 60) {
        return _t("%s min", minutes);
    }
    const rest = String(minutes % 60).padStart(2, "0");
    return _t("%(hours)s h %(minutes)s", {
        hours: Math.floor(minutes / 60),
        minutes: rest,
    });
}

export class CountdownField extends Component {
    static template = xml`
        <span t-att-class="{'text-danger fw-bold': isShort}" t-out="text"/>`;
    static props = {...standardFieldProps};

    setup() {
        this.state = useState({now: DateTime.now()});
        const timer = setInterval(() => {
            this.state.now = DateTime.now();
        }, 15000);
        onWillUnmount(() => clearInterval(timer));
    }

    get deadline() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        return timeLeft(this.deadline, this.state.now);
    }

    get isShort() {
        return (
            this.deadline && this.deadline.diff(this.state.now, "minutes").minutes <= 5
        );
    }
}

registry.category("fields").add("lead_distribution_countdown", {
    component: CountdownField,
    displayName: _t("Time left"),
    supportedTypes: ["datetime"],
    isEmpty: (record, name) => !record.data[name],
});
