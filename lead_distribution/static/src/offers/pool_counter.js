import {registry} from "@web/core/registry";
import {user} from "@web/core/user";

// What is counted behind the name of which menu
const COUNTED = [
    {
        xmlid: "lead_distribution.lead_distribution_menu_pool",
        group: "lead_distribution.group_user",
        model: "crm.lead",
        domain: [
            ["distribution_state", "=", "pool"],
            ["user_id", "=", false],
            ["won_status", "=", "pending"],
        ],
    },
    {
        xmlid: "lead_distribution.lead_distribution_menu_reported",
        group: "lead_distribution.group_manager",
        model: "lead.distribution.reported",
        domain: [["state", "=", "open"]],
    },
];
// So many are counted; more are "99+"
const MOST = 99;
// Milliseconds between two looks, whatever happens on screen
const PAUSE = 60000;

/**
 * How many leads of the pool one may see, and how many reports wait for a manager,
 * behind the names of their menus; and word of new ones in the pool, where the company
 * wants it.
 */
export const poolCounterService = {
    dependencies: ["action", "bus_service", "menu", "notification", "orm"],

    start(env, {action, bus_service: bus, menu, notification, orm}) {
        let looked = 0;

        async function lookAt({xmlid, group, model, domain}) {
            const found = menu.getAll().find((one) => one.xmlid === xmlid);
            if (!found || !(await user.hasGroup(group))) {
                return false;
            }
            found.plainName ||= found.name;
            const count = await orm.silent.searchCount(model, domain, {
                limit: MOST + 1,
            });
            const shown = count > MOST ? `${MOST}+` : count;
            const name = count ? `${found.plainName} (${shown})` : found.plainName;
            const changed = name !== found.name;
            found.name = name;
            return changed;
        }

        async function look() {
            looked = Date.now();
            const changed = await Promise.all(COUNTED.map(lookAt));
            if (changed.includes(true)) {
                env.bus.trigger("MENUS:APP-CHANGED");
            }
        }

        function begin(work) {
            work().catch((error) => console.warn("Lead pool:", error.message));
        }

        function later() {
            if (Date.now() - looked > PAUSE) {
                begin(look);
            }
        }

        begin(async () => {
            if (!(await user.hasGroup("lead_distribution.group_user"))) {
                return;
            }
            bus.subscribe("lead_distribution.pool", ({title, message}) => {
                notification.add(message, {
                    title,
                    type: "info",
                    buttons: [
                        {
                            name: title,
                            primary: true,
                            onClick: () =>
                                action.doAction(
                                    "lead_distribution.lead_distribution_pool_action"
                                ),
                        },
                    ],
                });
                begin(look);
            });
            env.bus.addEventListener("ACTION_MANAGER:UI-UPDATED", later);
            await look();
        });
        return {look};
    },
};

registry.category("services").add("lead_distribution_pool_counter", poolCounterService);
