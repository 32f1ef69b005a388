import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/**
 * Outcomes with an Undo for some seconds. What follows from an outcome begins when they
 * are over, or the message is closed; when the browser is closed the server does it.
 */
export const taskUndoService = {
    dependencies: ["notification", "orm"],

    start(env, {notification, orm}) {
        const call = (method, ids, ...args) =>
            orm.call("mail.activity", method, [ids, ...args]);

        /**
         * @param {Number[]} ids of activities
         * @param {Object} outcome
         * @param {Object} kwargs comment and attachments
         * @param {Function} after called when the tasks changed: "picked", "undone" or
         *     "done"
         */
        async function pick(ids, outcome, kwargs, after) {
            const seconds = await orm.call(
                "mail.activity",
                "action_pick_outcome",
                [ids, outcome.id],
                kwargs
            );
            if (!seconds) {
                return after("done");
            }
            let open = true;
            const shown = {};
            async function end(method, what) {
                if (!open) {
                    return;
                }
                open = false;
                clearTimeout(shown.timer);
                shown.close();
                try {
                    await call(method, ids);
                } finally {
                    await after(what);
                }
            }
            const confirm = () => end("action_confirm_outcome", "done");
            shown.timer = setTimeout(confirm, seconds * 1000);
            shown.close = notification.add(_t("Finished: %s", outcome.name), {
                buttons: [
                    {
                        name: _t("Undo"),
                        primary: true,
                        onClick: () => end("action_undo_outcome", "undone"),
                    },
                ],
                className: "lead_task_undo",
                onClose: confirm,
                sticky: true,
                type: "success",
            });
            await after("picked");
        }
        return {pick};
    },
};

registry.category("services").add("lead_task_undo", taskUndoService);
