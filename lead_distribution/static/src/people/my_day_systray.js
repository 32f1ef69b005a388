import {Component, onWillStart, useState, xml} from "@odoo/owl";
import {Dropdown} from "@web/core/dropdown/dropdown";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {useService} from "@web/core/utils/hooks";

/**
 * In the header: am I there for leads? With my own target, load and what is credited.
 */
export class MyDaySystray extends Component {
    static components = {Dropdown};
    static props = {};
    static template = xml`
        <Dropdown t-if="state.me.id" beforeOpen.bind="load" menuClass="'lead_distribution_my_day p-3'">
            <button t-att-title="title" t-att-aria-label="title" class="lead_distribution_my_day_button">
                <i class="fa" t-att-class="state.me.absent ? 'fa-user-times text-warning' : 'fa-user-plus'" role="img"/>
            </button>
            <t t-set-slot="content">
                <div class="form-check form-switch mb-2">
                    <input
                        class="form-check-input" type="checkbox" id="lead_my_day_here"
                        t-att-checked="!state.me.absent" t-on-change="toggle"
                    />
                    <label class="form-check-label" for="lead_my_day_here" t-out="there"/>
                </div>
                <div><b t-out="state.me.load"/> <t t-out="month"/> (<t t-out="state.me.percent"/> %)</div>
                <div t-if="state.me.credited" class="small lead_muted mt-1" style="max-width: 18rem" t-out="state.me.credited"/>
                <div t-if="state.me.paused" class="text-warning mt-1" t-out="paused"/>
                <div t-if="state.me.full" class="text-danger mt-1" t-out="full"/>
            </t>
        </Dropdown>`;

    setup() {
        this.orm = useService("orm");
        this.state = useState({me: {}});
        this.title = _t("Am I available for leads?");
        this.there = _t("I am available for leads");
        this.month = _t("leads this month");
        this.paused = _t("A manager has paused you: you get no leads.");
        this.full = _t("You are at a limit: you get no more leads for now.");
        // In the background: the header does not wait for it
        onWillStart(() => {
            this.begin().catch((error) => console.debug("My day:", error.message));
        });
    }

    async begin() {
        if (await user.hasGroup("lead_distribution.group_user")) {
            await this.load();
        }
    }

    async load() {
        this.state.me = await this.orm.silent.call("res.users", "lead_my_day", []);
    }

    async toggle(ev) {
        await this.orm.write("res.users", [user.userId], {
            lead_absent: !ev.target.checked,
        });
        await this.load();
    }
}

registry
    .category("systray")
    .add("lead_distribution.my_day", {Component: MyDaySystray}, {sequence: 27});
