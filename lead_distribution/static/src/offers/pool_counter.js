import {registry} from "@web/core/registry";
import {user} from "@web/core/user";

const POOL = [
    ["distribution_state", "=", "pool"],
    ["user_id", "=", false],
    ["won_status", "=", "pending"],
];
// So many are counted; more are "99+"
const MOST = 99;
// Milliseconds between two looks, whatever happens on screen
const PAUSE = 60000;

/**
 * How many leads of the pool one may see, behind the name of its menu; and word of new
 * ones, where the company wants it.
 */
export const poolCounterService = {
    dependencies: ["action", "bus_service", "menu", "notification", "orm"],

    start(env, {action, bus_service: bus, menu, notification, orm}) {
        let looked = 0;

        function entry() {
            return menu
                .getAll()
                .find(
                    (one) =>
                        one.xmlid === "lead_distribution.lead_distribution_menu_pool"
                );
        }

        async function look() {
            const found = entry();
            if (!found) {
                return;
            }
            looked = Date.now();
            found.plainName ||= found.name;
            const count = await orm.silent.searchCount("crm.lead", POOL, {
                limit: MOST + 1,
            });
            const shown = count > MOST ? `${MOST}+` : count;
            const name = count ? `${found.plainName} (${shown})` : found.plainName;
            if (name !== found.name) {
                found.name = name;
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
