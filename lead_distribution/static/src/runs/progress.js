import {Component, onWillUnmount, xml} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatInteger} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

// So often one looks how far it is, in milliseconds
const PAUSE = 3000;

// What is done in the background: who asked for it, how far it is, and of how much
const KINDS = {
    undo: {
        asked: "undo_asked_by_id",
        done: "undone_count",
        total: "undo_total",
        label: _t("Taken back"),
        text: (values) => _t("Taken back: %(done)s of %(total)s", values),
    },
    handover: {
        asked: "handover_open",
        type: "boolean",
        done: "handover_done",
        total: "handover_total",
        label: _t("Handed over"),
        text: (values) => _t("Handed over: %(done)s of %(total)s", values),
    },
    work: {
        asked: "work_asked_by_id",
        done: "work_done",
        total: "work_total",
        label: _t("Distributed"),
        text: (values) => _t("Distributed: %(done)s of %(total)s", values),
    },
    simulation: {
        asked: "work_asked_by_id",
        done: "work_done",
        total: "work_total",
        label: _t("Replayed"),
        text: (values) => _t("Replayed: %(done)s of %(total)s", values),
    },
};

/**
 * @param {Number} done
 * @param {Number} total
 * @returns {Number} of 100
 */
export function percentOf(done, total) {
    return total ? Math.min(Math.round((100 * done) / total), 100) : 0;
}

/** How far the work of a record in the background is. */
export class LeadProgress extends Component {
    static props = {...standardWidgetProps, kind: {type: String}};
    static template = xml`
        <div t-if="underWay" class="lead_progress mt-2">
            <div
                class="progress" role="progressbar" aria-valuemin="0" aria-valuemax="100"
                t-att-aria-label="kind.label" t-att-aria-valuenow="percent"
            >
                <div class="progress-bar" t-attf-style="width: {{percent}}%"/>
            </div>
            <span class="small" t-out="text"/>
        </div>`;

    setup() {
        this.kind = KINDS[this.props.kind];
        const timer = setInterval(() => this.look(), PAUSE);
        onWillUnmount(() => clearInterval(timer));
    }

    get underWay() {
        return Boolean(this.props.record.data[this.kind.asked]);
    }

    get values() {
        const {data} = this.props.record;
        return {done: data[this.kind.done], total: data[this.kind.total]};
    }

    get percent() {
        return percentOf(this.values.done, this.values.total);
    }

    get text() {
        const {done, total} = this.values;
        return this.kind.text({done: formatInteger(done), total: formatInteger(total)});
    }

    async look() {
        const {record} = this.props;
        // What somebody is changing on the form is not thrown away
        if (this.underWay && !document.hidden && !record.dirty) {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("lead_progress", {
    component: LeadProgress,
    extractProps: ({attrs}) => ({kind: attrs.kind}),
    fieldDependencies: ({attrs}) => {
        const {asked, type = "many2one", done, total} = KINDS[attrs.kind];
        return [
            {name: asked, type, readonly: true},
            {name: total, type: "integer", readonly: true},
            {name: done, type: "integer", readonly: true},
        ];
    },
});
