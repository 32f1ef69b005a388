import {Component, onWillStart, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {ListController} from "@web/views/list/list_controller";
import {listView} from "@web/views/list/list_view";
import {registry} from "@web/core/registry";
import {useBus, useService} from "@web/core/utils/hooks";

const FILTERS = {open: "task_open", done: "task_done", overdue: "task_overdue"};

/**
 * Above the tasks: how many there are, open, done, overdue; each is a filter.
 */
export class TaskCounts extends Component {
    static template = "lead_distribution.TaskCounts";
    // The list, so that the numbers follow it
    static props = {list: Object};

    setup() {
        this.orm = useService("orm");
        this.state = useState({counts: {}});
        this.labels = {
            all: _t("All"),
            open: _t("Open"),
            done: _t("Done"),
            overdue: _t("Overdue"),
        };
        onWillStart(() => this.load());
        useBus(this.props.list.model.bus, "update", () => this.load());
    }

    get names() {
        return Object.keys(this.labels);
    }

    async load() {
        this.state.counts = await this.orm.silent.call(
            "mail.activity",
            "lead_task_counts",
            [this.domain]
        );
    }

    /**
     * @returns {Array} what is searched for, whatever the state
     */
    get domain() {
        const {searchModel} = this.env;
        const states = this.searchItems.map((item) => item.groupId);
        const {query, searchItems} = searchModel;
        searchModel.query = query.filter(
            (each) => !states.includes(searchItems[each.searchItemId].groupId)
        );
        try {
            return searchModel._getDomain();
        } finally {
            searchModel.query = query;
        }
    }

    get searchItems() {
        const names = Object.values(FILTERS);
        return Object.values(this.env.searchModel.searchItems).filter((item) =>
            names.includes(item.name)
        );
    }

    isOn(item) {
        return this.env.searchModel.query.some((each) => each.searchItemId === item.id);
    }

    get selected() {
        const on = this.searchItems.filter((item) => this.isOn(item));
        if (on.length !== 1) {
            return on.length ? "" : "all";
        }
        return Object.keys(FILTERS).find((name) => FILTERS[name] === on[0].name);
    }

    select(name) {
        for (const item of this.searchItems) {
            if (this.isOn(item) !== (item.name === FILTERS[name])) {
                this.env.searchModel.toggleSearchItem(item.id);
            }
        }
    }
}

class TaskListController extends ListController {
    static template = "lead_distribution.TaskListView";
    static components = {...ListController.components, TaskCounts};
}

class TaskKanbanController extends KanbanController {
    static template = "lead_distribution.TaskKanbanView";
    static components = {...KanbanController.components, TaskCounts};
}

registry.category("views").add("lead_task_list", {
    ...listView,
    Controller: TaskListController,
});
registry.category("views").add("lead_task_kanban", {
    ...kanbanView,
    Controller: TaskKanbanController,
});
