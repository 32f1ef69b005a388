"""Starting tasks: the one way in for outcomes, routes, server actions, visits, orders
and people. A task is an activity; it is somebody's, or waits for one of a team."""

from dataclasses import asdict, dataclass
from dataclasses import fields as fields_of
from datetime import date, timedelta

import pytz
from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Domain

from ..engine import Engine, Request
from .entry import CONFLICTS, safely
from .log import discreet_logger

_logger = discreet_logger(__name__)

#: waiting tasks that one transaction of the schedule starts
TASKS_PER_BLOCK = 500

#: how far ahead the next opening of a schedule is looked for
DAYS_AHEAD = (14, 400)


@dataclass(frozen=True)
class TaskSpec:
    """What is to be done, by whom and when; the same for all records it is started
    for.

    Whose it is: ``user_id``, else one of ``team_id`` (a department task, until one of
    them takes it), else whom ``route_id`` chooses, else the record's salesperson, else
    one of the record's team.

    :param activity_type_id: of ``mail.activity.type``
    :param note: HTML
    :param delay_number: minutes and hours: how long the task is not there yet; days,
        weeks and months: how long it is there before it is due (0: due at once)
    :param delay_unit: a code of :data:`.codes.TASK_DELAYS`
    :param resource_calendar_id: outside of these hours it waits for the next opening,
        and days are working days
    :param origin: a code of :data:`.codes.TASK_ORIGINS`
    :param date_deadline: the day a person chose; instead of the delay
    """

    activity_type_id: int
    summary: str = ""
    note: str = ""
    user_id: int | None = None
    team_id: int | None = None
    route_id: int | None = None
    delay_number: int = 0
    delay_unit: str = "days"
    resource_calendar_id: int | None = None
    origin: str = "action"
    date_deadline: date | None = None


class LeadDistributionTask(models.AbstractModel):
    _inherit = "lead.distribution"

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
        made = self._as_service().env["mail.activity"]
        records = records.sudo().exists()
        if not records:
            return made
        self._check_task_type(records, spec)
        for company, ours in self._by_company(records).items():
            service = self._as_service(company)
            ours = service._outside(service.env[records._name].browse(ours.ids))
            start = service._task_start(company, spec, at)
            if start > at:
                service._keep_waiting(company, ours, spec, start)
            elif spec.origin == "hand":
                # whoever makes it is its creator, and may change it later
                made |= self._create_tasks(company, ours.with_env(self.env), spec, at)
            else:
                made |= service._create_tasks(company, ours, spec, at)
        self._tell_tasks(made)
        return made

    @api.model
    def _by_company(self, records):
        if "company_id" in records._fields:
            return records.grouped(self._company_of_record)
        return {self.env["res.company"]: records}

    @api.model
    def _check_task_type(self, records, spec):
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
    def _create_tasks(self, company, records, spec, at, users=None, deadline=None):
        """Make the activities, all at once.

        :param records: of one company, with the environment that creates
        :param users: ``{record_id: user_id}`` when it is decided already
        :param deadline: the day when it is decided already
        :returns: ``mail.activity`` in the records' order
        """
        teams = {}
        if users is None:
            users, teams = self._task_people(company, records, spec, at)
        kind = self.env["mail.activity.type"].sudo().browse(spec.activity_type_id)
        found = self.env["res.users"].sudo().browse(set(users.values()) - {False, None})
        zones = {user.id: user.tz for user in found}
        shared = {
            "activity_type_id": kind.id,
            "summary": spec.summary or kind.summary,
            "note": spec.note or kind.default_note,
            "date_deadline": deadline or self._task_deadline(company, spec, at),
            "res_model_id": self.env["ir.model"]._get_id(records._name),
            "res_model": records._name,  # else computed one by one
            "automated": spec.origin != "hand",
            "lead_origin": spec.origin,
        }
        names = {record.id: record.display_name for record in records.sudo()}
        # an email a task costs more than all the rest: what processes start is told
        # in Odoo
        Activity = records.env["mail.activity"].sudo()
        if spec.origin != "hand":
            Activity = Activity.with_context(mail_activity_quick_update=True)
        return Activity.create(
            [
                {
                    **shared,
                    "user_id": users.get(record.id) or False,
                    "user_tz": zones.get(users.get(record.id), False),
                    "lead_team_id": teams.get(record.id) or False,
                    "res_id": record.id,
                    "res_name": names[record.id],
                }
                for record in records
            ]
        )

    @api.model
    def _tell_tasks(self, activities):
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
            user._bus_send(
                "simple_notification",
                {
                    "type": "info",
                    "title": _("New task") if len(tasks) == 1 else _("New tasks"),
                    "message": f"{tasks[0].display_name}: {tasks[0].res_name}"
                    if len(tasks) == 1
                    else _("%s new tasks", len(tasks)),
                },
            )

    # who -------------------------------------------------------------------

    @api.model
    def _task_people(self, company, records, spec, at):
        """:returns: ``({record_id: user_id}, {record_id: team_id})``, never both"""
        users, teams = {}, {}
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
        route = (
            self.env["lead.distribution.route"]
            .sudo()
            .browse(spec.route_id or [])
            .exists()
        )
        teams_of_spec = self._teams_within(
            company, self.env["crm.team"].sudo().browse(spec.team_id or []).exists()
        )
        if spec.team_id and not teams_of_spec and spec.origin == "hand":
            raise UserError(self.env._("The department is another company's."))
        if route.company_id and company and route.company_id != company:
            route = route.browse()
        teams_of_route = self._teams_within(company, route.team_ids)
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
        """:returns: those of ``teams`` that may have tasks of a company's records"""
        return teams.filtered(
            lambda team: not (company and team.company_id) or team.company_id == company
        )

    @api.model
    def _choose_by_route(self, company, records, route_id, at):
        """Whom a route would choose for each record, one after the other; its filter
        and hours aside, for somebody chose the route.

        :returns: ``{record_id: user_id}``, without those for whom there is nobody
        """
        service = self._as_service(company)
        route = service.env["lead.distribution.route"].browse(route_id).exists()
        route = route.filtered("active")
        if not route or (route.company_id and route.company_id != company):
            return {}
        leads = service.env["crm.lead"]
        if records._name == "crm.lead":
            leads = leads.browse(records.ids)
        picture = service._snapshot(company, route, at, (), leads)
        engine = Engine(picture.routes, picture.people)
        chosen = {}
        for record_id in records.ids:
            listing = leads.browse(record_id).listing_id.id if leads else False
            decision = picture.decided(
                engine.decide(
                    Request(
                        record_id,
                        picture.codes(((route.id, ""),), listing),
                        (),
                        scope=listing or None,
                    )
                )
            )
            if decision.user_id:
                chosen[record_id] = decision.user_id
        service.env["lead.distribution.route.state"]._remember(
            picture.remembered(engine.state())
        )
        return chosen

    # when ------------------------------------------------------------------

    @api.model
    def _task_start(self, company, spec, at):
        """:returns: naive UTC datetime from which the task is there (S5)"""
        if spec.delay_unit in ("minutes", "hours") and not spec.date_deadline:
            at += timedelta(**{spec.delay_unit: spec.delay_number})
        calendar = self._task_calendar(spec)
        return self._next_opening(company, calendar, at) if calendar else at

    @api.model
    def _task_calendar(self, spec):
        """A schedule deleted meanwhile closes nothing."""
        Calendar = self.env["resource.calendar"].sudo()
        return Calendar.browse(spec.resource_calendar_id or []).exists()

    @api.model
    def _working_times(self, company, calendar, at, days):
        """:returns: ``[(start, stop), ...]`` of the next days, localised, in order"""
        begin = pytz.utc.localize(at)
        leaves = [
            ("time_type", "=", "leave"),
            ("company_id", "in", [False, company.id]),
        ]
        found = calendar._work_intervals_batch(
            begin, begin + timedelta(days=days), domain=leaves
        )[False]
        return [(start, stop) for start, stop, _records in found]

    @api.model
    def _next_opening(self, company, calendar, at):
        """:returns: ``at`` when the schedule is open, or never opens; else when it
        opens next, naive UTC"""
        for days in DAYS_AHEAD:
            for start, _stop in self._working_times(company, calendar, at, days):
                return max(start.astimezone(pytz.utc).replace(tzinfo=None), at)
        return at

    @api.model
    def _task_deadline(self, company, spec, at):
        """:returns: the day, in the schedule's time zone, else the company's"""
        if spec.date_deadline:
            return spec.date_deadline
        calendar = self._task_calendar(spec)
        if calendar and calendar.tz:
            zone = pytz.timezone(calendar.tz)
        else:
            zone = (company or self.env.company)._lead_timezone()
        today = pytz.utc.localize(at).astimezone(zone).date()
        if spec.delay_unit in ("minutes", "hours"):
            return today
        day = today + relativedelta(**{spec.delay_unit: spec.delay_number})
        if not calendar or not spec.delay_number:
            return day
        span = max(DAYS_AHEAD[0], 3 * (day - today).days)
        times = self._working_times(company, calendar, at, span)
        days = sorted({start.astimezone(zone).date() for start, _stop in times})
        if spec.delay_unit == "days":
            ahead = [each for each in days if each > today]
            return (ahead[spec.delay_number - 1 :] or [day])[0]
        return ([each for each in days if each >= day] or [day])[0]

    # waiting ---------------------------------------------------------------

    @api.model
    def _keep_waiting(self, company, records, spec, due):
        self.env["lead.activity.waiting"].create(
            [
                {
                    **asdict(spec),
                    "res_model": records._name,
                    "res_id": record.id,
                    "company_id": company.id,
                    "due": due,
                }
                for record in records
            ]
        )
        self._call_cron("ir_cron_start_tasks", at=due)

    @api.model
    def _cron_start_tasks(self):
        """Start what waited for its time, block by block."""
        cron = self.env["ir.cron"]
        Waiting = self._as_service().env["lead.activity.waiting"]
        domain = [("due", "<=", fields.Datetime.now())]
        seconds = cron._commit_progress(remaining=Waiting.search_count(domain))
        while seconds:
            found = Waiting.search(domain, limit=TASKS_PER_BLOCK)
            block = found.try_lock_for_update()
            if not block:
                if found:  # somebody else starts them
                    self._call_cron("ir_cron_start_tasks", timedelta(minutes=1))
                break
            try:
                self._start_waiting(block)
            except CONFLICTS as conflict:
                self.env.cr.rollback()
                _logger.info("%s tasks to come wait on: %s", len(block), conflict)
                self._call_cron("ir_cron_start_tasks", timedelta(minutes=1))
                cron._commit_progress(remaining=0)  # until then
                break
            seconds = cron._commit_progress(len(block))

    @api.model
    def _start_waiting(self, block):
        """
        :param block: ``lead.activity.waiting`` that are due; gone afterwards: what
            could not be started is said on its record
        :raises CONFLICTS: all of it is to be tried again
        """
        now = fields.Datetime.now()
        groups = {}
        for row in block:
            spec = TaskSpec(
                **{
                    field.name: self._plain(row, field.name)
                    for field in fields_of(TaskSpec)
                }
            )
            key = (row.company_id, row.res_model, spec)
            groups.setdefault(key, []).append(row.res_id)
        for (company, model, spec), ids in groups.items():
            if model not in self.env:
                continue  # uninstalled meanwhile
            service = self._as_service(company)
            records = service._outside(service.env[model].browse(ids).exists())
            if "active" in records._fields:
                # lost, removed or archived meanwhile: there is nothing to do
                records = records.filtered("active")
            if records:
                service._start_safely(company, records, spec, now)
        block.unlink()

    @api.model
    def _start_safely(self, company, records, spec, at):
        def give_up(record, error):
            _logger.warning("Task of %s could not start", record, exc_info=True)
            self._say_not_started(record, spec, error)

        def start(part):
            self._start_now(company, part, spec, at)

        safely(self.env.cr, records, start, give_up)

    @api.model
    def _say_not_started(self, record, spec, error):
        if "message_ids" not in record._fields:
            return
        kind = self.env["mail.activity.type"].sudo().browse(spec.activity_type_id)
        body = Markup("<p>%s</p>") % self.env._(
            "The task “%(task)s” could not be started: %(error)s",
            task=": ".join(filter(None, [kind.exists().name, spec.summary])),
            error=str(error) or type(error).__name__,
        )
        record._message_log(body=body + Markup(spec.note or ""))

    @api.model
    def _start_now(self, company, records, spec, at):
        self._check_task_type(records, spec)
        self._tell_tasks(self._create_tasks(company, records, spec, at))

    @api.model
    def _plain(self, row, name):
        value = row[name]
        return value.id or None if isinstance(value, models.BaseModel) else value

    # department tasks ------------------------------------------------------

    @api.model
    def _allowed_in(self, users, company):
        """:returns: those of some people who may see what is a company's"""
        return users.filtered(lambda user: not company or company in user.company_ids)

    @api.model
    def _untaken_domain(self):
        """:returns: the tasks that the current user may take, within the companies at
        hand; false when there can be none"""
        teams = self._task_teams()
        if not teams:
            return Domain.FALSE
        companies = [False, *self.env.companies.ids]
        return (
            Domain("user_id", "=", False)
            & Domain("lead_team_id", "in", teams)
            & Domain("lead_company_id", "in", companies)
        )

    @api.model
    def _of_my_teams(self, tasks):
        """The same, of tasks at hand, whether somebody has them or not.

        :param tasks: with the rights to read them
        """
        teams = self._task_teams() if tasks else []
        return tasks.filtered(
            lambda task: (
                task.lead_team_id.id in teams
                and (
                    not task.lead_company_id
                    or task.lead_company_id in self.env.companies
                )
            )
        )

    @api.model
    def _task_teams(self):
        """:returns: ids of the current user's teams, within the companies at hand"""
        members = (
            self.env["crm.team.member"]
            .sudo()  # one's own memberships
            .search([("user_id", "=", self.env.uid)])
        )
        teams = members.crm_team_id.filtered(
            lambda team: not team.company_id or team.company_id in self.env.companies
        )
        return teams.ids

    @api.model
    def _take(self, activities):
        """The current user takes department tasks, all or none.

        :returns: True
        :raises UserError: when somebody was faster, naming who
        """
        user = self.env.user
        tasks = activities.sudo()
        if not self.env.su:
            outsiders = tasks - self._of_my_teams(tasks)
            if outsiders:
                outsiders.sudo(False).check_access("write")
        for task in tasks:
            self._check_takeable(task)
        if tasks.try_lock_for_update(allow_referencing=True) != tasks:
            raise ConcurrencyError(
                self.env._("Somebody is taking this task right now; try again.")
            )
        tasks.invalidate_recordset(["user_id", "active"])
        for task in tasks:
            self._check_takeable(task)
        self._as_task(tasks).write({"user_id": user.id})
        return True

    @api.model
    def _check_takeable(self, task):
        self._check_open(task)
        if task.user_id:
            raise UserError(
                self.env._("%s has taken the task already.", task.user_id.name)
            )

    @api.model
    def _cron_remind_tasks(self):
        """Tell the teams, once a task, what nobody takes."""
        worker = self._as_service()
        now = fields.Datetime.now()
        companies = worker.env["res.company"].search(
            [("lead_task_reminder_hours", ">", 0)]
        )
        for company in companies:
            # neither the record nor the team has one: the main company's hours
            none = [False] if company == worker.env.company else []
            late = now - timedelta(hours=company.lead_task_reminder_hours)
            tasks = worker.env["mail.activity"].search(
                [
                    ("lead_team_id", "!=", False),
                    ("user_id", "=", False),
                    ("lead_reminded", "=", False),
                    ("lead_company_id", "in", [company.id, *none]),
                    ("create_date", "<=", late),
                ],
                limit=TASKS_PER_BLOCK,
            )
            for team, theirs in tasks.grouped("lead_team_id").items():
                worker._guarded(worker._remind, company, team, theirs)
            tasks.write({"lead_reminded": now})

    @api.model
    def _remind(self, company, team, tasks):
        lang = company.partner_id.lang or self.env.lang
        service = self.with_context(lang=lang)
        people = self._allowed_in(team.user_id | team.member_ids, tasks.lead_company_id)
        if not people:
            return
        body = service.env["ir.qweb"]._render(
            "lead_distribution.mail_tasks_waiting",
            {"tasks": tasks, "team": team, "company": company},
            minimal_qcontext=True,
            lang=lang,
        )
        service._outside(team).message_notify(
            partner_ids=people.partner_id.ids,
            subject=service.env._("%s tasks wait for somebody", len(tasks)),
            body=body,
        )
