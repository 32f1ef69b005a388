import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/**
 * After a claim: a message with Undo for some seconds, and the way to the lead.
 *
 * @param {Object} env
 * @param {Object} action with ``ids``, ``message`` and ``seconds``
 */
export async function claimed(env, action) {
    const {ids, message, seconds} = action.params;
    const {action: actions, notification, orm} = env.services;
    const reload = () =>
        actions.doAction({type: "ir.actions.client", tag: "soft_reload"});
    const buttons = [];
    const shown = {};
    if (ids.length === 1) {
        buttons.push({
            name: _t("Open it"),
            onClick: () => {
                shown.close();
                return actions.doAction({
                    type: "ir.actions.act_window",
                    res_model: "crm.lead",
                    res_id: ids[0],
                    views: [[false, "form"]],
                });
            },
        });
    }
    if (seconds) {
        buttons.unshift({
            name: _t("Undo"),
            primary: true,
            onClick: async () => {
                shown.close();
                await orm.call("crm.lead", "action_undo_claim", [ids]);
                notification.add(_t("The claim is undone."), {type: "info"});
                await reload();
            },
        });
    }
    shown.close = notification.add(message, {
        autocloseDelay: (seconds || 4) * 1000,
        buttons,
        className: "lead_distribution_claimed",
        type: "success",
    });
    if (!action.params.stay) {
        await reload();
    }
}

registry.category("actions").add("lead_distribution_claimed", claimed);
