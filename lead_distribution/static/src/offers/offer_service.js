import {markup, reactive} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {deserializeDateTime} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {DeclineDialog} from "./decline_dialog";
import {timeLeft} from "./countdown_field";

const {DateTime} = luxon;
/** How often times left are shown anew, in milliseconds */
const TICK = 5000;

/**
 * @param {Object} offer as the server tells it
 * @returns {String[]} what one needs to know to take it
 */
export function factsOf(offer) {
    return offer.facts || [offer.contact, offer.source].filter(Boolean);
}

/**
 * My open offers, kept up to date by the bus: a notification for a new one, gone when
 * it ends. Silent for whoever gets no leads.
 */
export const offerService = {
    dependencies: ["action", "bus_service", "dialog", "notification", "orm"],

    start(env, {action, bus_service: bus, dialog, notification, orm}) {
        const state = reactive({offers: []});
        const closers = {};

        function drop(id) {
            state.offers = state.offers.filter((offer) => offer.id !== id);
            closers[id]?.();
            delete closers[id];
        }

        function dropExpired() {
            const now = DateTime.now();
            for (const offer of [...state.offers]) {
                if (offer.until <= now) {
                    drop(offer.id);
                }
            }
        }

        // The notification stands until the offer ends: its time goes on
        function countDown() {
            dropExpired();
            for (const element of document.querySelectorAll(
                ".lead_distribution_left"
            )) {
                const id = Number(element.dataset.offer);
                const offer = state.offers.find((other) => other.id === id);
                if (offer) {
                    element.textContent = timeLeft(offer.until);
                }
            }
        }

        function keep(payload) {
            const offer = {...payload, until: deserializeDateTime(payload.deadline)};
            drop(offer.id);
            state.offers = [...state.offers, offer].sort((a, b) => a.until - b.until);
            return offer;
        }

        // What the server says no to (somebody was faster, too late) is told as it is
        async function answer(id, method, args) {
            try {
                return (await orm.silent.call("crm.lead", method, args)) || true;
            } catch (error) {
                const text = error.data?.message;
                if (!text) {
                    throw error;
                }
                notification.add(text, {type: "warning"});
                return false;
            } finally {
                drop(id);
            }
        }

        function open(offer) {
            return action.doAction({
                type: "ir.actions.act_window",
                res_model: "crm.lead",
                res_id: offer.id,
                views: [[false, "form"]],
            });
        }

        async function claim(offer) {
            const claimed = await answer(offer.id, "action_claim_here", [[offer.id]]);
            if (claimed) {
                await open(offer);
                claimed.params.stay = true;
                await action.doAction(claimed);
            }
        }

        function decline(offer) {
            dialog.add(DeclineDialog, {
                name: offer.name,
                confirm: (reason) =>
                    answer(offer.id, "action_decline", [[offer.id], reason]),
            });
        }

        function announce(offer) {
            const who = [offer.name, ...factsOf(offer)].join(" · ");
            const left = markup`<span class="lead_distribution_left"
                data-offer="${offer.id}">${timeLeft(offer.until)}</span>`;
            closers[offer.id] = notification.add(
                _t("%(lead)s (%(left)s)", {lead: who, left}),
                {
                    title: _t("Lead offered to you"),
                    type: "info",
                    sticky: true,
                    buttons: [
                        {name: _t("Claim"), primary: true, onClick: () => claim(offer)},
                        {name: _t("Decline"), onClick: () => decline(offer)},
                        {name: _t("Open it"), onClick: () => open(offer)},
                    ],
                }
            );
        }

        // What the bus brings, at the moment of the offer; listed only in quiet hours
        function receive(payload) {
            const offer = keep(payload);
            if (!payload.silent) {
                announce(offer);
            }
        }

        async function begin() {
            if (!(await user.hasGroup("lead_distribution.group_user"))) {
                return;
            }
            bus.subscribe("lead_distribution.offer", receive);
            bus.subscribe("lead_distribution.offer_closed", ({id}) => drop(id));
            setInterval(countDown, TICK);
            for (const payload of await orm.silent.call("crm.lead", "my_offers", [])) {
                keep(payload);
            }
        }

        // In the background: the web client does not wait for it, nor fail with it
        begin().catch((error) => console.debug("Offers of leads:", error.message));
        return {state, claim, decline, open, receive};
    },
};

registry.category("services").add("lead_distribution_offers", offerService);
