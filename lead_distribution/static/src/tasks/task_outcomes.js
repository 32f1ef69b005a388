import {Component, xml} from "@odoo/owl";

/**
 * The outcomes of a task, a button each: one click and it is finished.
 */
export class TaskOutcomes extends Component {
    static template = xml`
        <div class="lead_task_outcomes d-inline-flex flex-wrap gap-1" t-on-click.stop="">
            <button
                t-foreach="props.outcomes" t-as="outcome" t-key="outcome.id"
                type="button"
                class="lead_task_outcome btn btn-sm py-1 py-md-0 px-2"
                t-attf-class="lead_task_color_{{outcome.color}}"
                t-att-data-outcome="outcome.name"
                t-att-title="outcome.name"
                t-att-aria-label="outcome.name"
                t-on-click.stop="() => props.onPick(outcome)"
            >
                <i t-if="outcome.icon" class="fa fa-fw" t-att-class="outcome.icon"/>
                <span
                    t-if="!props.compact or !outcome.icon"
                    class="ms-1"
                    t-out="outcome.name"
                />
            </button>
        </div>`;
    static props = {
        outcomes: Array,
        onPick: Function,
        compact: {type: Boolean, optional: true},
    };
}
