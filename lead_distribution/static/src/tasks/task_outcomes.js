import {Component, useEffect, useRef, useState, xml} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";

/**
 * The outcomes of a task, a button each: one click and it is finished. On the phone they
 * are behind one button, so that no thumb ends a task while it scrolls.
 */
export class TaskOutcomes extends Component {
    static template = xml`
        <div class="lead_task_outcomes d-inline-flex flex-wrap gap-1" t-ref="root" t-on-click.stop="">
            <button
                t-if="isClosed" type="button"
                class="lead_task_open btn btn-sm btn-secondary py-1 px-2"
                aria-expanded="false"
                t-on-click.stop="() => this.state.open = true" t-out="openLabel"
            />
            <t t-else="">
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
                        t-if="!isCompact or !outcome.icon"
                        class="ms-1"
                        t-out="outcome.name"
                    />
                </button>
            </t>
        </div>`;
    static props = {
        outcomes: Array,
        onPick: Function,
        compact: {type: Boolean, optional: true},
    };

    setup() {
        this.state = useState({open: false});
        this.openLabel = _t("How did it end?");
        const root = useRef("root");
        useEffect(
            (open) => {
                // The button that had the focus is gone
                if (open) {
                    root.el.querySelector("button").focus();
                }
            },
            () => [this.state.open]
        );
    }

    get isClosed() {
        return Boolean(this.env.isSmall) && !this.state.open;
    }

    get isCompact() {
        return this.props.compact && !this.env.isSmall;
    }
}
