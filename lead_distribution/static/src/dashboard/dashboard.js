import {Component, onWillStart, useState} from "@odoo/owl";
import {
    clocksChart,
    fairnessChart,
    gapRows,
    keptPercent,
    receivedChart,
    shortTime,
    timesChart,
} from "./charts";
import {deserializeDate, serializeDate} from "@web/core/l10n/dates";
import {DateTimeInput} from "@web/core/datetime/datetime_input";
import {KeepLast} from "@web/core/utils/concurrency";
import {LeadChart} from "./lead_chart";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const MODULE = "lead_distribution.";
// Of which report a picture is
const REPORTS = {
    received: `${MODULE}lead_distribution_report_action`,
    fairness: `${MODULE}lead_distribution_fairness_action`,
    gaps: `${MODULE}lead_distribution_gap_action`,
};

/** Received, times, kept clocks, fairness and gaps as pictures, of one period. */
export class LeadDashboard extends Component {
    static components = {DateTimeInput, LeadChart};
    static props = {...standardActionServiceProps};
    static template = "lead_distribution.Dashboard";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({figures: null, pictures: {}, loading: true});
        this.periods = [
            {key: "today", text: _t("Today")},
            {key: "week", text: _t("7 Days")},
            {key: "month", text: _t("Month")},
            {key: "quarter", text: _t("Quarter")},
            {key: "free", text: _t("Free")},
        ];
        this.hours = [0, 6, 12, 18];
        onWillStart(() => this.load("month"));
    }

    async load(key, first = false, last = false) {
        this.state.loading = true;
        const call = this.orm.call("lead.distribution.dashboard", "figures", [
            key,
            first,
            last,
        ]);
        try {
            const figures = await this.keepLast.add(call);
            this.state.pictures = {
                received: receivedChart(figures.bars),
                times: timesChart(figures.bars),
                clocks: clocksChart(figures.people),
                fairness: fairnessChart(figures.fairness),
                gaps: figures.gaps && gapRows(figures.gaps),
            };
            this.state.figures = figures;
        } finally {
            this.state.loading = false;
        }
    }

    choose(key) {
        const {first, last} = this.state.figures.period;
        return key === "free" ? this.load(key, first, last) : this.load(key);
    }

    get days() {
        const {first, last} = this.state.figures.period;
        return {first: deserializeDate(first), last: deserializeDate(last)};
    }

    /**
     * A free period: what ends before it begins becomes one day.
     *
     * @param {luxon.DateTime|false} first
     * @param {luxon.DateTime|false} last
     * @param {"first"|"last"} changed
     */
    between(first, last, changed) {
        if (!first || !last) {
            return;
        }
        const days = {first, last};
        if (first > last) {
            days[changed === "first" ? "last" : "first"] = days[changed];
        }
        this.load("free", serializeDate(days.first), serializeDate(days.last));
    }

    get tiles() {
        const {figures} = this.state;
        const tiles = [
            {key: "received", text: _t("Leads received"), value: figures.received},
            {
                key: "claim",
                text: _t("To the claim, on average"),
                value: shortTime(figures.claim),
            },
            {
                key: "follow_up",
                text: _t("To the first follow-up, on average"),
                value: shortTime(figures.follow_up),
            },
            {
                key: "kept",
                text: _t("Followed up in time"),
                value: keptPercent(figures.kept, figures.missed),
            },
        ];
        if (figures.everybody) {
            tiles.push({
                key: "waiting",
                text: _t("No salesperson found, waiting"),
                value: figures.waiting,
            });
        }
        return tiles;
    }

    /**
     * The report behind a picture, of the same period.
     *
     * @param {String} key
     */
    async open(key) {
        const {start, end} = this.state.figures.period;
        const action = await this.action.loadAction(REPORTS[key]);
        return this.action.doAction({
            ...action,
            context: {},
            domain: [
                ["date", ">=", start],
                ["date", "<", end],
            ],
        });
    }

    next() {
        return this.action.doAction(this.state.figures.next.action);
    }
}

registry.category("actions").add("lead_distribution_dashboard", LeadDashboard);
