import {Component, xml} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {View} from "@web/views/view";

/** On a simulation: then and now for each salesperson, Odoo's own chart. */
export class SimulationChart extends Component {
    static components = {View};
    static props = {...standardWidgetProps};
    static template = xml`
        <div class="lead_simulation_chart">
            <View t-if="drawn" t-key="key" t-props="view"/>
        </div>`;

    get drawn() {
        return this.props.record.resId && this.props.record.data.date_run;
    }

    /** Another run is another chart. */
    get key() {
        return `${this.props.record.resId} ${this.props.record.data.date_run}`;
    }

    get view() {
        return {
            type: "graph",
            resModel: "lead.distribution.simulation.chart",
            domain: [["simulation_id", "=", this.props.record.resId]],
            views: [[false, "graph"]],
            display: {controlPanel: false},
        };
    }
}

registry.category("view_widgets").add("lead_simulation_chart", {
    component: SimulationChart,
    fieldDependencies: [{name: "date_run", type: "datetime", readonly: true}],
});
