import {Component, onWillUnmount, useEffect, useState, xml} from "@odoo/owl";
import {Dropdown} from "@web/core/dropdown/dropdown";
import {useDropdownState} from "@web/core/dropdown/dropdown_hooks";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {factsOf} from "./offer_service";
import {timeLeft} from "./countdown_field";

const {DateTime} = luxon;

/** My offers in the bar at the top, with a counter; not there when there are none. */
export class OfferSystray extends Component {
    static components = {Dropdown};
    static props = {};
    static template = xml`
        <Dropdown t-if="service.state.offers.length" state="menu" menuClass="'lead_distribution_offers p-0'">
            <button class="lead_distribution_offers_button" data-hotkey="shift+o" t-att-title="title">
                <i class="fa fa-bullhorn" role="img" t-att-aria-label="title"/>
                <span class="badge rounded-pill text-bg-danger ms-1" t-out="service.state.offers.length"/>
            </button>
            <t t-set-slot="content">
                <div t-foreach="service.state.offers" t-as="offer" t-key="offer.id"
                     class="p-2 border-bottom" style="min-width: 16rem; max-width: 95vw">
                    <div class="fw-bold text-truncate" t-out="offer.name"/>
                    <div class="small lead_muted">
                        <t t-out="facts(offer)"/> <t t-out="left(offer)"/>
                    </div>
                    <div class="d-flex gap-2 mt-1">
                        <button class="btn btn-sm btn-primary flex-grow-1 o-navigable" name="claim"
                                t-on-click="() => this.answer('claim', offer)" t-out="claim"/>
                        <button class="btn btn-sm btn-secondary flex-grow-1 o-navigable" name="decline"
                                t-on-click="() => this.answer('decline', offer)" t-out="decline"/>
                    </div>
                </div>
            </t>
        </Dropdown>`;

    setup() {
        const service = useService("lead_distribution_offers");
        this.service = {...service, state: useState(service.state)};
        this.menu = useDropdownState();
        useEffect(
            (count) => {
                if (!count) {
                    this.menu.close();
                }
            },
            () => [this.service.state.offers.length]
        );
        this.clock = useState({now: DateTime.now()});
        const timer = setInterval(() => {
            this.clock.now = DateTime.now();
        }, 15000);
        onWillUnmount(() => clearInterval(timer));
        this.title = _t("Leads offered to me");
        this.claim = _t("Claim");
        this.decline = _t("Decline");
    }

    // The menu covers no lead that opens, and no key of a dialog goes to it
    answer(how, offer) {
        this.menu.close();
        return this.service[how](offer);
    }

    facts(offer) {
        return factsOf(offer).join(" · ");
    }

    left(offer) {
        return timeLeft(offer.until, this.clock.now);
    }
}

registry
    .category("systray")
    .add("lead_distribution.offers", {Component: OfferSystray}, {sequence: 26});
