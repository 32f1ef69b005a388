import {Component, onWillStart, useState} from "@odoo/owl";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {ListController} from "@web/views/list/list_controller";
import {_t} from "@web/core/l10n/translation";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {listView} from "@web/views/list/list_view";
import {registry} from "@web/core/registry";
import {useBus, useService} from "@web/core/utils/hooks";

const MODEL = "lead.distribution.route";

/**
 * Above the routes: templates of a first one, leads that came before it, and what a
 * manager does next, until it is done or dismissed.
 */
export class FirstSteps extends Component {
    static template = "lead_distribution.FirstSteps";
    // The list, so that the steps follow it
    static props = {list: Object};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({waiting: 0, templates: [], steps: []});
        onWillStart(() => this.load());
        useBus(this.props.list.model.bus, "update", () => this.load());
    }

    async load() {
        const found = await this.orm.silent.call(MODEL, "first_steps", []);
        Object.assign(this.state, {waiting: 0, templates: [], steps: []}, found);
    }

    get next() {
        return this.state.steps.find((step) => !step.done);
    }

    get waitingText() {
        return _t("Distribute the waiting leads: %s", this.state.waiting);
    }

    async start(template) {
        this.action.doAction(
            await this.orm.call("lead.distribution.template", "action_start", [
                template.key,
            ])
        );
    }

    async distribute() {
        this.action.doAction(
            await this.orm.call(MODEL, "action_distribute_waiting", [])
        );
        await this.load();
    }

    go(step) {
        this.action.doAction(step.action);
    }

    async dismiss() {
        await this.orm.call(MODEL, "action_dismiss_steps", []);
        await this.load();
    }
}

class RouteListController extends ListController {
    static template = "lead_distribution.RouteListView";
    static components = {...ListController.components, FirstSteps};
}

class RouteKanbanController extends KanbanController {
    static template = "lead_distribution.RouteKanbanView";
    static components = {...KanbanController.components, FirstSteps};
}

registry.category("views").add("lead_route_list", {
    ...listView,
    Controller: RouteListController,
});
registry.category("views").add("lead_route_kanban", {
    ...kanbanView,
    Controller: RouteKanbanController,
});
