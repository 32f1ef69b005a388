"""Starting tasks: the one way in for outcomes, routes, server actions, visits, orders
and people. A task is an activity; it is somebody's, or waits for one of a team."""

from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine import Request
from ...tools.bulk import copies, may_copy
from ...tools.redacting_log import redacting_logger
from ...tools.service_context import as_service, outside

_logger = redacting_logger(__name__)

#: in what the tasks of routes with the same type differ; the rest is the same for all
COPIED = (
    "summary",
    "note",
    "date_deadline",
    "user_id",
    "user_tz",
    "lead_team_id",
    "lead_company_id",
    "lead_date_assigned",
    "lead_given_id",
    "res_id",
    "res_name",
)

#: waiting tasks that one transaction of the schedule starts
TASKS_PER_BLOCK = 500


class LeadDistributionTask(models.AbstractModel):
    _name = "lead.distribution.tasks"
    _description = "Lead Distribution: Tasks"

    # starting --------------------------------------------------------------

    @api.model
    def _start_tasks(self, records, spec, at=None):
        """Start a task for each record: now, or when its time comes.

        :param records: of any one model that has activities
        :param spec: :class:`TaskSpec`
        :param at: naive UTC datetime of the step that asks, now by default
        :returns: what was made now, ``mail.activity`` as superuser
        :raises UserError: when the type is gone or is not for such records
        """
        at = at or fields.Datetime.now()
        made = as_service(self).env["mail.activity"]
        # sudo: tasks start whoever sets them off; callers check the rights
        records = records.sudo().exists()
        if not records:
            return made
        self._check_task_type(records, spec)
        for company, ours in self._by_company(records).items():
            service = as_service(self, company)
            ours = outside(service.env[records._name].browse(ours.ids))
            start = service._task_start(company, spec, at)
            if start > at:
                service._defer_tasks(company, ours, spec, start)
            elif spec.origin == "hand":
                # whoever makes it is its creator, and may change it later
                made |= self._create_tasks(company, ours.with_env(self.env), spec, at)
            else:
                made |= service._create_tasks(company, ours, spec, at)
        self._notify_tasks(made)
        return made

    @api.model
    def _by_company(self, records):
        if "company_id" in records._fields:
            return records.grouped(
                self.env["lead.distribution.lead.company"]._company_of_record
            )
        return {self.env["res.company"]: records}

    @api.model
    def _check_task_type(self, records, spec):
        # sudo: the type that a manager chose, whatever its company
        kind = self.env["mail.activity.type"].sudo().browse(spec.activity_type_id)
        if not kind.exists() or not kind.active:
            raise UserError(self.env._("The type of this task is archived or deleted."))
        if kind.res_model and kind.res_model != records._name:
            raise UserError(
                self.env._(
                    "A task of type “%(type)s” is not for records of %(model)s.",
                    type=kind.name,
                    model=self.env["ir.model"]._get(records._name).name,
                )
            )

    @api.model
    def _create_tasks(self, company, records, spec, at):
        """Make the activities, all at once.

        :param records: of one company, with the environment that creates
        :returns: ``mail.activity`` in the records' order
        """
        users, teams = self._task_people(company, records, spec, at)
        deadline = self._task_deadline(company, spec, at)
        values = self._values_of_tasks(records, spec, deadline, users, teams)
        return self._tasks_made_by(records, spec).create(values)

    @api.model
    def _create_followed_tasks(self, groups):
        """Make tasks for people who follow the records already, all at once.

        :param groups: list of ``(records, spec, deadline, {record_id: user_id})``, of
            one model, with the environment that creates
        :returns: ``{record_id: id of the task}``
        """
        made, by_kind = {}, {}
        for records, spec, deadline, users in groups:
            by_kind.setdefault(spec.activity_type_id, []).append(
                (
                    self._tasks_made_by(records, spec),
                    self._values_of_tasks(records, spec, deadline, users),
                )
            )
        for parts in by_kind.values():
            Activity = parts[0][0]
            values = [vals for _model, part in parts for vals in part]
            if not values[1:] or not may_copy(Activity, COPIED):
                tasks = Activity.create(values)
            else:
                first = Activity.create(dict(values[0]))
                tasks = first + self._copied_tasks(first, values)
            for vals, task_id in zip(values, tasks.ids, strict=True):
                made[vals["res_id"]] = task_id
        return made

    @api.model
    def _tasks_made_by(self, records, spec):
        """Return the model to make tasks with.

        :param records: with the environment that creates
        """
        # sudo: made for people and records that the caller may not see
        Activity = records.env["mail.activity"].sudo()
        if spec.origin == "hand":
            return Activity
        # an email a task costs more than all the rest: what processes start is told
        # in Odoo
        return Activity.with_context(mail_activity_quick_update=True)

    @api.model
    def _values_of_tasks(self, records, spec, deadline, users, teams=None):
        """Return the values of new tasks, one for each record.

        :param users: ``{record_id: user_id}``
        :param teams: the same, of departments
        """
        teams = teams or {}
        # sudo: made for people and records that the caller may not see
        kind = self.env["mail.activity.type"].sudo().browse(spec.activity_type_id)
        # sudo: made for people and records that the caller may not see
        found = self.env["res.users"].sudo().browse(set(users.values()) - {False, None})
        zones = {user.id: user.tz for user in found}
        shared = {
            "activity_type_id": kind.id,
            "summary": spec.summary or kind.summary,
            "note": spec.note or kind.default_note,
            "date_deadline": deadline,
            "res_model_id": self.env["ir.model"]._get_id(records._name),
            "res_model": records._name,  # else computed one by one
            "automated": spec.origin != "hand",
            "lead_origin": spec.origin,
            "lead_step_id": spec.step_id,
        }
        return [
            {
                **shared,
                "user_id": users.get(record.id) or False,
                "user_tz": zones.get(users.get(record.id), False),
                "lead_team_id": teams.get(record.id) or False,
                "res_id": record.id,
                "res_name": record.display_name,
            }
            # sudo: made for people and records that the caller may not see
            for record in records.sudo()
        ]

    @api.model
    def _copied_tasks(self, first, values):
        """Make tasks like the first one, for people who follow the records already.

        :param first: the task of the first of the values
        :param values: list of values in which the tasks differ
        :returns: the other tasks, in the order of the values
        """
        rest = values[1:]
        columns = {
            name: [vals[name] for vals in rest] for name in COPIED if name in values[0]
        }
        columns["lead_given_id"] = columns["res_id"]
        for name in ("lead_company_id", "lead_date_assigned"):
            # computed; the same for all, for all have somebody and no department
            columns[name] = [first._fields[name].convert_to_write(first[name], first)]
            columns[name] *= len(rest)
        activities = first.browse(copies(first, columns))
        numbers = Counter(
            vals["user_id"]
            for vals in rest
            if vals["date_deadline"] <= fields.Date.today()
        )
        self._count_new_tasks(numbers)
        return activities

    @api.model
    def _count_new_tasks(self, numbers):
        """Tell open browsers how many tasks for today there are more, as Odoo does.

        :param numbers: ``{user_id: number}``
        """
        # sudo: to tell it to people whom the caller may not see
        for user in self.env["res.users"].sudo().browse(numbers):
            user._bus_send(
                "mail.activity/updated",
                {"activity_created": True, "count_diff": numbers[user.id]},
            )

    @api.model
    def _notify_tasks(self, activities):
        """Tell in Odoo, at once, who has a new task, or may take one: one message for
        all of them."""
        by_user = {}
        for task in activities:
            people = task.user_id or self._allowed_in(
                task.lead_team_id.member_ids, task.lead_company_id
            )
            for user in people - self.env.user:
                by_user.setdefault(user, []).append(task)
        for user, tasks in by_user.items():
            _ = self.with_context(lang=user.lang or self.env.lang).env._
            user._lead_ring(
                "simple_notification",
                {
                    "type": "info",
                    "title": _("New task") if len(tasks) == 1 else _("New tasks"),
                    "message": f"{tasks[0].display_name}: {tasks[0].res_name}"
                    if len(tasks) == 1
                    else _("New tasks: %s", len(tasks)),
                },
            )

    # who -------------------------------------------------------------------

    @api.model
    def _task_people(self, company, records, spec, at):
        """Choose who has a task of each record: a user or a department.

        :returns: ``({record_id: user_id}, {record_id: team_id})``, never both
        """
        users, teams = {}, {}
        # sudo: whose task it is: people, teams and routes that managers chose
        user = self._allowed_in(
            self.env["res.users"].sudo().browse(spec.user_id or []).exists(), company
        )
        if spec.user_id and not user and spec.origin == "hand":
            raise UserError(
                self.env._("The person has no access to the company of the record.")
            )
        chosen = {}
        if spec.route_id and not (spec.user_id or spec.team_id):
            chosen = self._choose_by_route(company, records, spec.route_id, at)
        # sudo: whose task it is: people, teams and routes that managers chose
        route = (
            self.env["lead.distribution.route"]
            .sudo()
            .browse(spec.route_id or [])
            .exists()
        )
        # sudo: whose task it is: people, teams and routes that managers chose
        teams_of_spec = self._teams_within(
            company, self.env["crm.team"].sudo().browse(spec.team_id or []).exists()
        )
        if spec.team_id and not teams_of_spec and spec.origin == "hand":
            raise UserError(self.env._("The department belongs to another company."))
        if route.company_id and company and route.company_id != company:
            route = route.browse()
        teams_of_route = self._teams_within(company, route.team_ids)
        # sudo: whose task it is: people, teams and routes that managers chose
        for record in records.sudo():
            own = record.user_id if "user_id" in record._fields else user.browse()
            team = record.team_id if "team_id" in record._fields else None
            if user.active:
                users[record.id] = user.id
            elif teams_of_spec:
                teams[record.id] = teams_of_spec.id
            elif chosen.get(record.id):
                users[record.id] = chosen[record.id]
            elif teams_of_route:
                teams[record.id] = teams_of_route[0].id
            elif own.active and not (spec.user_id or spec.team_id or spec.route_id):
                users[record.id] = own.id
            elif team and self._teams_within(company, team):
                teams[record.id] = team.id
            else:
                users[record.id] = (
                    company.lead_distribution_manager_id.filtered("active").id or False
                )
        return users, teams

    @api.model
    def _teams_within(self, company, teams):
        """Return those of ``teams`` that may have tasks of a company's records."""
        return teams.filtered(
            lambda team: not (company and team.company_id) or team.company_id == company
        )

    @api.model
    def _choose_by_route(self, company, records, route_id, at):
        """Whom a route would choose for each record, one after the other; its filter
        and hours aside, for somebody chose the route.

        :returns: ``{record_id: user_id}``, without those for whom there is nobody
        """
        service = as_service(self, company)
        route = service.env["lead.distribution.route"].browse(route_id).exists()
        route = route.filtered("active")
        if not route or (route.company_id and route.company_id != company):
            return {}
        leads = service.env["crm.lead"]
        if records._name == "crm.lead":
            leads = leads.browse(records.ids)
        snapshot = service.env["lead.distribution.candidates"]._snapshot(
            company, route, at, (), leads
        )
        requests = []
        for record_id in records.ids:
            listing = leads.browse(record_id).listing_id.id if leads else False
            codes = snapshot.codes(((route.id, ""),), listing)
            wants = None
            if leads:
                decision = service.env["lead.distribution.decision"]
                wants = decision._wants(leads.browse(record_id), snapshot)
            requests.append(
                Request(record_id, codes, scope=listing or None, wants=wants)
            )
        decisions, state = service.env["lead.distribution.decision"]._decide(
            snapshot, requests
        )
        service.env["lead.distribution.route.state"]._remember(state)
        return {d.lead_id: d.user_id for d in decisions if d.user_id}

    # when ------------------------------------------------------------------

    # waiting ---------------------------------------------------------------

    # department tasks ------------------------------------------------------


class LeadDistribution(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _cron_start_tasks(self):
        """Schedule: see ``lead.distribution.tasks``."""
        return self.env["lead.distribution.tasks"]._cron_start_tasks()

    @api.model
    def _cron_remind_tasks(self):
        """Schedule: see ``lead.distribution.tasks``."""
        return self.env["lead.distribution.tasks"]._cron_remind_tasks()
