import {Component, xml} from "@odoo/owl";
import {AvatarCardPopover} from "@mail/discuss/web/avatar_card/avatar_card_popover";
import {_t} from "@web/core/l10n/translation";
import {formatFloat} from "@web/views/fields/formatters";
import {imageUrl} from "@web/core/utils/urls";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {usePopover} from "@web/core/popover/popover_hook";

// So many stand in a row of a list
const MOST = 5;

/** Salespeople as their pictures, each with how much of the target they have. */
export class PeopleField extends Component {
    static props = {
        ...standardFieldProps,
        named: {type: Boolean, optional: true},
    };
    static template = xml`
        <div class="lead_people" t-att-class="{'lead_people_named': props.named}">
            <button
                t-foreach="shown" t-as="person" t-key="person.id" type="button" class="lead_person"
                t-att-title="person.text" t-att-aria-label="person.text"
                t-on-click.stop="(ev) => this.open(ev, person)"
            >
                <span class="lead_person_face">
                    <img class="rounded" t-att-src="person.image" alt=""/>
                    <span class="lead_load"><span
                        class="lead_load_had" t-att-class="{lead_load_over: person.over}"
                        t-attf-style="width: {{person.percent}}%"
                    /></span>
                </span>
                <span t-if="props.named" class="text-start lh-sm">
                    <span class="d-block" t-out="person.name"/>
                    <span class="d-block small lead_muted" t-out="person.load"/>
                </span>
            </button>
            <span t-if="others.length" class="badge text-bg-light px-1" t-att-title="otherNames">
                +<t t-out="others.length"/>
                <span class="visually-hidden" t-out="otherNames"/>
            </span>
        </div>`;

    setup() {
        this.card = usePopover(AvatarCardPopover);
    }

    get people() {
        const {records} = this.props.record.data[this.props.name];
        return records.map(({resId, data}) => this.describe(resId, data));
    }

    get shown() {
        const {people} = this;
        // The last place is for whom it stands for, or for how many more there are
        return this.props.named || people.length <= MOST
            ? people
            : people.slice(0, MOST - 1);
    }

    get others() {
        return this.people.slice(this.shown.length);
    }

    get otherNames() {
        return this.others.map((person) => person.text).join("\n");
    }

    describe(id, data) {
        const {
            display_name: name,
            lead_compensation_text: credited,
            lead_workload_target: target,
        } = data;
        const units = formatFloat(data.lead_workload_units, {
            digits: [16, 1],
            trailingZeros: false,
        });
        const load = _t("%(units)s of %(target)s", {units, target});
        const percent = Math.round(data.lead_workload_percent);
        const text = _t("%(name)s: %(load)s this month", {name, load});
        return {
            id,
            name,
            load,
            image: imageUrl("res.users", id, "avatar_128"),
            over: percent > 100,
            percent: Math.min(percent, 100),
            text: credited ? `${text} (${credited})` : text,
        };
    }

    open(ev, person) {
        this.card.open(ev.currentTarget, {id: person.id, model: "res.users"});
    }
}

const peopleField = {
    component: PeopleField,
    displayName: _t("Salespeople with Their Load"),
    supportedTypes: ["many2many"],
    relatedFields: () => [
        {name: "display_name", type: "char"},
        {name: "lead_workload_units", type: "float"},
        {name: "lead_workload_target", type: "integer"},
        {name: "lead_workload_percent", type: "float"},
        {name: "lead_compensation_text", type: "char"},
    ],
    extractProps: ({options}) => ({named: Boolean(options.named)}),
};
registry.category("fields").add("lead_people", peopleField);

/** A text of a list that is read in two lines, and whole where one points at it. */
export class TwoLinesField extends Component {
    static props = {...standardFieldProps};
    static template = xml`<span class="lead_two_lines" t-att-title="text" t-out="text"/>`;

    get text() {
        const {name, record} = this.props;
        const value = record.data[name] || "";
        const {selection} = record.fields[name];
        return selection ? Object.fromEntries(selection)[value] || "" : value;
    }
}

registry.category("fields").add("lead_two_lines", {
    component: TwoLinesField,
    displayName: _t("Text in Two Lines"),
    supportedTypes: ["char", "selection"],
});
