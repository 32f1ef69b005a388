import {Component, useState, xml} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useAutofocus, useService} from "@web/core/utils/hooks";
import {usePopover} from "@web/core/popover/popover_hook";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {TaskOutcomes} from "./task_outcomes";

export class TaskPopover extends Component {
    static components = {TaskOutcomes};
    static props = {
        outcomes: Array,
        finish: Function,
        comment: Function,
        close: {type: Function, optional: true},
    };
    static template = xml`
        <div class="lead_task_popover p-3">
            <textarea
                class="form-control mb-2" rows="3"
                t-ref="autofocus" t-model="state.text" t-att-placeholder="placeholder"
            />
            <TaskOutcomes outcomes="props.outcomes" onPick.bind="finish"/>
            <div class="mt-2">
                <button
                    type="button" class="lead_task_comment btn btn-sm btn-secondary"
                    t-att-title="hint" t-on-click="comment" t-out="only"
                />
            </div>
        </div>`;

    setup() {
        this.state = useState({text: ""});
        this.placeholder = _t("Comment");
        this.only = _t("Comment only");
        this.hint = _t("The task stays open");
        useAutofocus();
    }

    finish(outcome) {
        this.props.close?.();
        return this.props.finish(outcome, this.state.text);
    }

    comment() {
        this.props.close?.();
        return this.props.comment(this.state.text);
    }
}

/**
 * On a list, card or form of activities: the outcomes as buttons, a comment, Take. Plain
 * activities have nothing of it.
 */
export class TaskWidget extends Component {
    static components = {TaskOutcomes};
    static props = {...standardWidgetProps, compact: {type: Boolean, optional: true}};
    static template = xml`
        <div class="lead_task d-inline-flex flex-wrap align-items-center gap-1" t-on-click.stop="">
            <button
                t-if="task.can_take" type="button"
                class="lead_task_take btn btn-sm btn-primary py-0 px-2"
                t-on-click.stop="take" t-out="takeLabel"
            />
            <t t-elif="outcomes.length">
                <TaskOutcomes
                    outcomes="outcomes" onPick.bind="finish" compact="props.compact"
                />
                <button
                    type="button" class="lead_task_more btn btn-sm btn-link py-0 px-1"
                    t-att-title="commentLabel" t-att-aria-label="commentLabel"
                    t-on-click.stop="onClickComment"
                ><i class="fa fa-comment-o"/></button>
            </t>
            <span
                t-if="task.outcome" class="badge rounded-pill"
                t-attf-class="lead_task_color_{{task.outcome.color}}"
            >
                <i t-if="task.outcome.icon" class="fa me-1" t-att-class="task.outcome.icon"/>
                <t t-out="task.outcome.name"/>
            </span>
        </div>`;

    setup() {
        this.action = useService("action");
        this.popover = usePopover(TaskPopover, {position: "bottom"});
        this.takeLabel = _t("Take");
        this.commentLabel = _t("With a comment");
    }

    get task() {
        return this.props.record.data.lead_task || {};
    }

    get outcomes() {
        return this.task.outcomes || [];
    }

    async call(method, args, kwargs = {}) {
        const {record} = this.props;
        const {root} = record.model;
        if (root.resId && root.isDirty && (await root.isDirty())) {
            if (!(await root.save())) {
                return; // what cannot be saved stays on the screen, the task open
            }
        }
        // not by useService: whoever is quick has replaced the row, and this with it,
        // before the answer comes; the list is to be reloaded all the same
        await this.env.services.orm.call(
            "mail.activity",
            method,
            [[record.resId], ...args],
            kwargs
        );
        if (this.env.inDialog && root === record) {
            return this.action.doAction({type: "ir.actions.act_window_close"});
        }
        try {
            await root.load();
        } catch (error) {
            if (error.message === "Component is destroyed") {
                return; // somewhere else by now
            }
            throw error;
        }
        record.model.notify();
    }

    async finish(outcome, comment) {
        const {record} = this.props;
        const {root} = record.model;
        if (this.task.undo && record.resId && !(this.env.inDialog && root === record)) {
            if (root.resId && root.isDirty && (await root.isDirty())) {
                if (!(await root.save())) {
                    return;
                }
            }
            return this.env.services.lead_task_undo.pick(
                [record.resId],
                outcome,
                {feedback: comment || false},
                (what) => this.show(record, what)
            );
        }
        return this.call("action_feedback_outcome", [outcome.id], {
            feedback: comment || false,
        });
    }

    /**
     * Show what became of one task, where it stands: rows do not move under the mouse.
     *
     * @param {Object} record
     * @param {String} what as the service of undo says it
     */
    async show(record, what) {
        const {root} = record.model;
        const inForm = root.resId && root !== record;
        try {
            // of a form the lead changes, too, with what follows
            await (inForm && what === "done" ? root.load() : record.load());
        } catch (error) {
            if (error.message === "Component is destroyed") {
                return; // somewhere else by now
            }
            throw error;
        }
        record.model.notify();
    }

    take() {
        return this.call("action_take", []);
    }

    onClickComment(ev) {
        this.popover.open(ev.currentTarget, {
            outcomes: this.outcomes,
            finish: this.finish.bind(this),
            comment: (text) => this.call("action_comment", [text]),
        });
    }
}

registry.category("view_widgets").add("lead_task", {
    component: TaskWidget,
    extractProps: ({options}) => ({compact: Boolean(options.compact)}),
    fieldDependencies: [{name: "lead_task", type: "json"}],
    // seven outcomes and the comment in one line
    listViewWidth: [150, 330],
});
