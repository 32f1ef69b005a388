import {Component, onWillUnmount, xml} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

// So often one looks how far it is, in milliseconds
const PAUSE = 3000;

/**
 * @param {Number} done
 * @param {Number} total
 * @returns {Number} of 100
 */
export function percentOf(done, total) {
    return total ? Math.min(Math.round((100 * done) / total), 100) : 0;
}

/** On a run: how far its undo in the background is. */
export class UndoProgress extends Component {
    static props = {...standardWidgetProps};
    static template = xml`
        <div t-if="underWay" class="lead_undo_progress mt-2">
            <div
                class="progress" role="progressbar" aria-valuemin="0" aria-valuemax="100"
                t-att-aria-label="label" t-att-aria-valuenow="percent"
            >
                <div class="progress-bar" t-attf-style="width: {{percent}}%"/>
            </div>
            <span class="small" t-out="text"/>
        </div>`;

    setup() {
        this.label = _t("Taken back");
        const timer = setInterval(() => this.look(), PAUSE);
        onWillUnmount(() => clearInterval(timer));
    }

    get underWay() {
        return Boolean(this.props.record.data.undo_asked_by_id);
    }

    get percent() {
        const {undone_count: done, undo_total: total} = this.props.record.data;
        return percentOf(done, total);
    }

    get text() {
        const {undone_count: done, undo_total: total} = this.props.record.data;
        return _t("Taken back: %(done)s of %(total)s", {done, total});
    }

    async look() {
        if (this.underWay && !document.hidden) {
            await this.props.record.load();
        }
    }
}

registry.category("view_widgets").add("lead_undo_progress", {
    component: UndoProgress,
    fieldDependencies: [
        {name: "undo_asked_by_id", type: "many2one", readonly: true},
        {name: "undo_total", type: "integer", readonly: true},
        {name: "undone_count", type: "integer", readonly: true},
    ],
});

/** On a run: how far a handover in the background is. */
export class HandoverProgress extends UndoProgress {
    setup() {
        super.setup();
        this.label = _t("Handed over");
    }

    get underWay() {
        return this.props.record.data.handover_open;
    }

    get percent() {
        const {handover_done: done, handover_total: total} = this.props.record.data;
        return percentOf(done, total);
    }

    get text() {
        const {handover_done: done, handover_total: total} = this.props.record.data;
        return _t("Handed over: %(done)s of %(total)s", {done, total});
    }
}

registry.category("view_widgets").add("lead_handover_progress", {
    component: HandoverProgress,
    fieldDependencies: [
        {name: "handover_open", type: "boolean", readonly: true},
        {name: "handover_total", type: "integer", readonly: true},
        {name: "handover_done", type: "integer", readonly: true},
    ],
});
