import {Component, useState, xml} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";
import {_t} from "@web/core/l10n/translation";
import {useAutofocus} from "@web/core/utils/hooks";

export class DeclineDialog extends Component {
    static components = {Dialog};
    static props = {name: String, confirm: Function, close: Function};
    static template = xml`
        <Dialog title="title" size="'sm'">
            <p t-out="props.name"/>
            <input
                class="form-control lead_distribution_reason"
                maxlength="500"
                t-ref="autofocus"
                t-model="state.reason"
                t-att-placeholder="placeholder"
                t-on-keydown="(ev) => ev.key === 'Enter' and this.confirm()"
            />
            <t t-set-slot="footer">
                <button class="btn btn-primary" t-on-click="confirm" t-out="title"/>
                <button class="btn btn-secondary" t-on-click="props.close" t-out="back"/>
            </t>
        </Dialog>`;

    setup() {
        this.state = useState({reason: ""});
        this.title = _t("Decline");
        this.back = _t("Back");
        this.placeholder = _t("Why not? (optional)");
        useAutofocus();
    }

    confirm() {
        this.props.close();
        return this.props.confirm(this.state.reason);
    }
}
