import {Component, onWillStart, useState, xml} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatDate} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

const {DateTime} = luxon;
// So many days are moved on with one press
const STEP = 7;

/**
 * One screen of who is there, absent, off, paused or at a limit, with loads.
 */
export class PeopleDays extends Component {
    static props = {...standardActionServiceProps};
    static template = xml`
        <div class="o_lead_people_days h-100 overflow-auto p-3">
            <div class="d-flex flex-wrap gap-2 align-items-center mb-3">
                <h1 class="h3 mb-0 me-3" t-out="texts.title"/>
                <button class="btn btn-secondary" t-att-aria-label="texts.before" t-on-click="() => this.move(-1)">
                    <i class="fa fa-chevron-left"/>
                </button>
                <button class="btn btn-secondary" t-on-click="() => this.load(false)" t-out="texts.today"/>
                <button class="btn btn-secondary" t-att-aria-label="texts.after" t-on-click="() => this.move(1)">
                    <i class="fa fa-chevron-right"/>
                </button>
                <span class="ms-md-auto d-flex flex-wrap gap-2 small">
                    <span t-foreach="legend" t-as="one" t-key="one.key" class="d-inline-flex align-items-center gap-1">
                        <span class="lead_day lead_day_small" t-attf-class="lead_day_{{one.key}}"/><t t-out="one.text"/>
                    </span>
                </span>
            </div>
            <div class="table-responsive">
                <table class="table table-sm align-middle">
                    <thead><tr>
                        <th scope="col" class="lead_people_who" t-out="texts.who"/>
                        <th
                            t-foreach="state.days" t-as="day" t-key="day.date" scope="col"
                            class="text-center fw-normal small"
                            t-att-class="{'text-primary fw-bold': day.today}"
                            t-att-aria-current="day.today ? 'date' : undefined"
                        ><t t-out="weekday(day)"/><br/><t t-out="number(day)"/></th>
                    </tr></thead>
                    <tbody><tr t-foreach="state.people" t-as="person" t-key="person.id">
                        <th scope="row" class="lead_people_who fw-normal">
                            <button class="btn btn-link p-0 text-start" t-on-click="() => this.open(person)" t-out="person.name"/>
                            <span t-if="person.paused" class="badge text-bg-warning ms-1" t-out="texts.paused"/>
                            <span t-if="person.full" class="badge text-bg-danger ms-1" t-out="texts.full"/>
                            <div class="small lead_muted" t-att-title="person.credited">
                                <t t-out="person.load"/> (<t t-out="person.percent"/> %)
                            </div>
                        </th>
                        <td t-foreach="person.cells" t-as="cell" t-key="cell_index" class="text-center p-1">
                            <span
                                class="lead_day" t-attf-class="lead_day_{{cell}}" role="img"
                                t-att-title="said(cell, cell_index)" t-att-aria-label="said(cell, cell_index)"
                            />
                        </td>
                    </tr></tbody>
                </table>
            </div>
        </div>`;

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({days: [], people: [], start: false});
        this.texts = {
            after: _t("Later"),
            before: _t("Earlier"),
            full: _t("At a limit"),
            paused: _t("Paused"),
            title: _t("People and Days"),
            today: _t("Today"),
            who: _t("Salesperson"),
        };
        this.words = {
            here: _t("Available"),
            part: _t("Available for Part of the Day"),
            absent: _t("Absent"),
            paused: _t("Paused"),
            off: _t("Not working"),
        };
        onWillStart(() => this.load(false));
    }

    get legend() {
        return Object.entries(this.words).map(([key, text]) => ({key, text}));
    }

    async load(start) {
        Object.assign(
            this.state,
            await this.orm.call("res.users", "lead_people_days", [start])
        );
    }

    move(weeks) {
        const start = DateTime.fromISO(this.state.start).plus({days: STEP * weeks});
        return this.load(start.toISODate());
    }

    weekday(day) {
        return DateTime.fromISO(day.date).toFormat("ccc");
    }

    number(day) {
        return DateTime.fromISO(day.date).toFormat("d");
    }

    said(cell, index) {
        const date = formatDate(DateTime.fromISO(this.state.days[index].date));
        return `${date}: ${this.words[cell]}`;
    }

    open(person) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Absences"),
            res_model: "lead.distribution.absence",
            views: [
                [false, "list"],
                [false, "form"],
            ],
            domain: [["user_id", "=", person.id]],
            context: {default_user_id: person.id},
        });
    }
}

registry.category("actions").add("lead_distribution_people_days", PeopleDays);
