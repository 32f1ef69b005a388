import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {listView} from "@web/views/list/list_view";
import {ListRenderer} from "@web/views/list/list_renderer";
import {formatFloat} from "@web/views/fields/formatters";
import {onMounted, onPatched, useState} from "@odoo/owl";

/**
 * A list whose averages and shares at the bottom come from the database: of all that
 * the list finds, or of what is selected. A mean of the groups' means, or of lines in
 * which nothing happened, would be another number.
 */
export class AverageListRenderer extends ListRenderer {
    setup() {
        super.setup();
        this.orm = useService("orm");
        this.averages = useState({key: "", values: {}});
        this.asked = "";
        onMounted(() => this.askAverages());
        onPatched(() => this.askAverages());
    }

    get averaged() {
        return this.columns.filter(
            (column) => column.type === "field" && column.attrs.avg
        );
    }

    get averagesDomain() {
        const {list} = this.props;
        if (list.selection.length && !list.isDomainSelected) {
            return [["id", "in", list.selection.map((record) => record.resId)]];
        }
        return list.domain;
    }

    async askAverages() {
        const names = this.averaged.map((column) => column.name);
        const key = JSON.stringify([this.averagesDomain, names]);
        if (key === this.asked || !names.length) {
            return;
        }
        this.asked = key;
        const [total] = await this.orm.formattedReadGroup(
            this.props.list.resModel,
            this.averagesDomain,
            [],
            names.map((name) => `${name}:avg`)
        );
        if (key === this.asked) {
            Object.assign(this.averages, {key, values: total || {}});
        }
    }

    computeAggregates() {
        const aggregates = super.computeAggregates();
        for (const {name, attrs} of this.averaged) {
            const value = this.averages.values[`${name}:avg`];
            if (typeof value === "number") {
                const digits = this.fields[name].digits;
                aggregates[name] = {
                    help: attrs.avg,
                    value: formatFloat(value, {digits}),
                    rawValue: value,
                };
            } else {
                delete aggregates[name];
            }
        }
        return aggregates;
    }
}

registry.category("views").add("lead_distribution_averages", {
    ...listView,
    Renderer: AverageListRenderer,
});
