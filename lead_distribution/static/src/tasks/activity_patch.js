import {Activity} from "@mail/core/web/activity";
import {ActivityListPopoverItem} from "@mail/core/web/activity_list_popover_item";
import {ActivityMarkAsDone} from "@mail/core/web/activity_markasdone_popover";
import {patch} from "@web/core/utils/patch";
import {TaskOutcomes} from "./task_outcomes";

for (const Where of [Activity, ActivityListPopoverItem, ActivityMarkAsDone]) {
    Where.components = {...Where.components, TaskOutcomes};
}

function threadOf(component) {
    const {res_id, res_model} = component.props.activity;
    return component.env.services["mail.store"].Thread.insert({
        model: res_model,
        id: res_id,
    });
}

/**
 * Do something with the activity, then show what became of its record.
 */
async function andReload(component, work) {
    const thread = threadOf(component);
    await work(component.props.activity);
    component.props.close?.();
    component.props.onActivityChanged?.(thread);
    await thread.fetchNewMessages();
}

patch(Activity.prototype, {
    onPickOutcome(outcome) {
        return andReload(this, (activity) => activity.finishWith(outcome.id));
    },
    onClickTake() {
        return andReload(this, (activity) => activity.take());
    },
});

patch(ActivityMarkAsDone.prototype, {
    onPickOutcome(outcome) {
        return andReload(this, (activity) => activity.finishWith(outcome.id));
    },
    async onClickComment() {
        await andReload(this, (activity) => activity.commentOn());
        this.props.activity.feedback = "";
    },
});

patch(ActivityListPopoverItem.prototype, {
    get hasEditButton() {
        return super.hasEditButton && this.props.activity.leadCanEdit;
    },
    get hasCancelButton() {
        return super.hasCancelButton && this.props.activity.leadCanEdit;
    },
    onPickOutcome(outcome) {
        return andReload(this, (activity) => activity.finishWith(outcome.id));
    },
    onClickTake() {
        return andReload(this, (activity) => activity.take());
    },
});
