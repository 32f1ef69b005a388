import {Activity} from "@mail/core/common/activity_model";
import {patch} from "@web/core/utils/patch";

patch(Activity.prototype, {
    /** @returns {Object[]} what to choose from; none for a plain activity */
    get outcomes() {
        return this.lead_task?.outcomes || [];
    },
    get leadCanEdit() {
        return this.lead_task?.can_edit !== false;
    },
    get leadCanTake() {
        return Boolean(this.lead_task?.can_take);
    },
    _leadReload() {
        this.store.activityBroadcastChannel?.postMessage({
            type: "RELOAD_CHATTER",
            payload: {id: this.res_id, model: this.res_model},
        });
    },
    /** Show what became of it and of its record, wherever that is shown. */
    async _leadChanged() {
        this._leadReload();
        const thread = this.store.Thread.insert({
            model: this.res_model,
            id: this.res_id,
        });
        await thread.fetchThreadData?.(["activities", "messages"]);
        await thread.fetchNewMessages();
    },
    async _leadCall(method, args, kwargs = {}) {
        await this.store.env.services.orm.call(
            "mail.activity",
            method,
            [[this.id], ...args],
            kwargs
        );
        this._leadReload();
    },
    /** @returns {Boolean} whether it ends in some seconds, and may be undone */
    get leadPending() {
        return this.lead_task?.pending !== undefined;
    },
    finishWith(outcomeId, attachmentIds = []) {
        const outcome = this.outcomes.find((each) => each.id === outcomeId);
        if (this.lead_task?.undo && outcome) {
            const kwargs = {
                attachment_ids: attachmentIds,
                feedback: this.feedback || false,
            };
            return this.store.env.services.lead_task_undo.pick(
                [this.id],
                outcome,
                kwargs,
                () => this._leadChanged()
            );
        }
        return this._leadCall("action_feedback_outcome", [outcomeId], {
            attachment_ids: attachmentIds,
            feedback: this.feedback || false,
        });
    },
    commentOn() {
        return this._leadCall("action_comment", [this.feedback || ""]);
    },
    take() {
        return this._leadCall("action_take", []);
    },
    async markAsDone(attachmentIds = []) {
        if (this.outcomes.length && attachmentIds.length) {
            // the document is there: that is what it was for
            const reached = this.outcomes.find((outcome) => outcome.success);
            return this.finishWith((reached || this.outcomes[0]).id, attachmentIds);
        }
        return super.markAsDone(...arguments);
    },
});
