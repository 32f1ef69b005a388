import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useService} from "@web/core/utils/hooks";

const ACTION = "lead_distribution.lead_distribution_question_action";

/**
 * On the form of a route: who would get a lead, by the route as it is saved and, where
 * something was changed, as it is edited. The form is not saved for it.
 */
export class TryRoute extends Component {
    static template = "lead_distribution.TryRoute";
    static props = {...standardWidgetProps};

    setup() {
        this.action = useService("action");
    }

    get text() {
        return this.props.record.dirty
            ? _t("What would the change do?")
            : _t("Who would get a lead?");
    }

    async open() {
        const {record} = this.props;
        const edited = await record.getChanges();
        const context = {default_route_id: record.resId};
        if (Object.keys(edited).length) {
            context.default_edited = edited;
        }
        this.action.doAction(ACTION, {additionalContext: context});
    }

    /** Replay past leads through the routes as they are saved. */
    async simulate() {
        const {record} = this.props;
        if (!(await record.save())) {
            return;
        }
        const companyId = record.data.company_id?.id;
        this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Simulation"),
            res_model: "lead.distribution.simulation",
            views: [[false, "form"]],
            context: companyId ? {default_company_id: companyId} : {},
        });
    }
}

registry.category("view_widgets").add("lead_try_route", {component: TryRoute});
