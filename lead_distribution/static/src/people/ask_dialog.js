import {Component, useState, xml} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";
import {registry} from "@web/core/registry";
import {_t} from "@web/core/l10n/translation";
import {useAutofocus} from "@web/core/utils/hooks";

/** Asks for one line; Enter sends it. */
export class AskDialog extends Component {
    static components = {Dialog};
    static props = {
        title: String,
        placeholder: {type: String, optional: true},
        required: {type: Boolean, optional: true},
        confirm: Function,
        close: Function,
    };
    static template = xml`
        <Dialog title="props.title" size="'sm'">
            <input
                class="form-control lead_distribution_answer"
                maxlength="500"
                t-ref="autofocus"
                t-model="state.text"
                t-att-placeholder="props.placeholder"
                t-on-keydown="(ev) => ev.key === 'Enter' and this.confirm()"
            />
            <t t-set-slot="footer">
                <button
                    class="btn btn-primary"
                    t-att-disabled="missing"
                    t-on-click="confirm"
                    t-out="props.title"
                />
                <button class="btn btn-secondary" t-on-click="props.close" t-out="back"/>
            </t>
        </Dialog>`;

    setup() {
        this.state = useState({text: "", sent: false});
        this.back = _t("Back");
        useAutofocus();
    }

    get missing() {
        return (
            this.state.sent || Boolean(this.props.required && !this.state.text.trim())
        );
    }

    async confirm() {
        if (this.missing) {
            return;
        }
        this.state.sent = true;
        try {
            await this.props.confirm(this.state.text);
            this.props.close();
        } finally {
            this.state.sent = false;
        }
    }
}

/** Asks, calls the method with what was typed, says what came of it, and reloads. */
function ask(env, {params}) {
    const {dialog, orm, notification, action} = env.services;
    dialog.add(AskDialog, {
        title: params.title,
        placeholder: params.placeholder,
        required: params.required,
        confirm: async (text) => {
            const said = await orm.call(params.model, params.method, [
                params.ids,
                ...params.args,
                text,
            ]);
            notification.add(said, {type: "success"});
            action.doAction({type: "ir.actions.client", tag: "soft_reload"});
        },
    });
}

registry.category("actions").add("lead_distribution_ask", ask);
