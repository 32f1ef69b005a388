"""Tasks of departments: who may take them, and reminders."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.fields import Domain

from ...tools.service_context import as_service, as_task, outside
from .task import TASKS_PER_BLOCK


class LeadDistributionTasks(models.AbstractModel):
    _inherit = "lead.distribution.tasks"

    @api.model
    def _allowed_in(self, users, company):
        """Return those of some people who may see what is a company's."""
        return users.filtered(lambda user: not company or company in user.company_ids)

    @api.model
    def _my_teams(self):
        """Find the teams that the current user is in, or leads, within the companies at
        hand: one statement.

        :returns: ``crm.team`` as superuser
        """
        me = [("user_id", "=", self.env.uid), ("active", "=", True)]
        teams = (
            self.env["crm.team"]
            .sudo()  # sudo: one's own memberships, and the teams that one leads
            .with_context(active_test=False)
            .search_fetch(
                Domain("user_id", "=", self.env.uid)
                | Domain("crm_team_member_all_ids", "any", me),
                ["company_id", "user_id"],
            )
        )
        return teams.filtered(
            lambda team: not team.company_id or team.company_id in self.env.companies
        )

    @api.model
    def _led_teams(self):
        """Return the ids of the teams that the current user leads, within the companies
        at hand."""
        me = self.env.user
        return self._my_teams().filtered(lambda team: team.user_id == me).ids

    @api.model
    def _led(self, tasks):
        """Pick the tasks of departments that the current user leads, taken or not.

        :param tasks: with the rights to read them
        """
        return self._of_teams(tasks, self._led_teams() if tasks else ())

    @api.model
    def _of_teams(self, tasks, team_ids):
        """Pick the tasks of some departments, within the companies at hand."""
        return tasks.filtered(
            lambda task: (
                task.lead_team_id.id in team_ids
                and (
                    not task.lead_company_id
                    or task.lead_company_id in self.env.companies
                )
            )
        )

    @api.model
    def _of_departments(self):
        """Select the tasks of departments that are open to the current user: those to
        take, and all of the teams that they lead.

        :returns: Domain; false when there can be none
        """
        teams = self._my_teams()
        if not teams:
            return Domain.FALSE
        led = teams.filtered(lambda team: team.user_id == self.env.user)
        return (
            Domain("lead_company_id", "in", [False, *self.env.companies.ids])
            & Domain("lead_team_id", "in", teams.ids)
            & (Domain("user_id", "=", False) | Domain("lead_team_id", "in", led.ids))
        )

    @api.model
    def _check_hand_out(self, tasks, vals):
        """Check that a leader may hand out tasks like this: to people of the teams that
        they lead, or to another of these.

        :param tasks: of departments that the current user leads
        :raises AccessError: when somebody else, or another department, is to have one
        """
        if vals.get("lead_team_id", False) not in (False, *self._led_teams()):
            raise AccessError(
                self.env._("You can only create tasks for departments that you lead.")
            )
        # sudo: who is in the team, to compare
        user = self.env["res.users"].sudo().browse(vals.get("user_id") or [])
        # sudo: the department that the task goes to, which is theirs as well
        moved = self.env["crm.team"].sudo().browse(vals.get("lead_team_id") or [])
        for task in tasks:
            team = moved or task.lead_team_id
            people = self._allowed_in(
                team.user_id | team.member_ids, task.lead_company_id
            )
            if user - people:
                raise AccessError(
                    self.env._(
                        "%(user)s is not in the department “%(team)s”, or not in the "
                        "company of the task.",
                        user=user.name,
                        team=team.name,
                    )
                )

    @api.model
    def _untaken_domain(self):
        """Select the tasks that the current user may take.

        :returns: the tasks that the current user may take, within the companies at
            hand; false when there can be none
        """
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
        return self._of_teams(tasks, self._task_teams() if tasks else ())

    @api.model
    def _task_teams(self):
        """Return the ids of the teams that the current user is in, or leads, within the
        companies at hand."""
        return self._my_teams().ids

    @api.model
    def _take(self, activities):
        """The current user takes department tasks, all or none.

        :returns: True
        :raises UserError: when somebody was faster, naming who
        """
        user = self.env.user
        # sudo: whether somebody has it, and its row; rights are checked below
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
        as_task(tasks).write({"user_id": user.id})
        return True

    @api.model
    def _check_takeable(self, task):
        self.env["lead.distribution.outcomes"]._check_open(task)
        if task.user_id:
            raise UserError(
                self.env._("%s has taken the task already.", task.user_id.name)
            )

    @api.model
    def _cron_remind_tasks(self):
        """Tell the teams, once a task, what nobody takes."""
        worker = as_service(self)
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
                worker.env["lead.distribution.notification"]._guarded(
                    worker._remind, company, team, theirs
                )
            tasks.write({"lead_reminded": now})

    @api.model
    def _remind(self, company, team, tasks):
        """Tell those of a department which tasks wait for one of them, each in their
        language."""
        people = self._allowed_in(team.user_id | team.member_ids, tasks.lead_company_id)
        usual = company.partner_id.lang or self.env.lang
        for lang, readers in people.grouped(lambda user: user.lang or usual).items():
            service = self.with_context(lang=lang)
            body = service.env["ir.qweb"]._render(
                "lead_distribution.mail_tasks_waiting",
                {
                    "tasks": tasks.with_context(lang=lang),
                    "team": team.with_context(lang=lang),
                    "company": company,
                },
                minimal_qcontext=True,
                lang=lang,
            )
            outside(team).with_context(lang=lang).message_notify(
                partner_ids=readers.partner_id.ids,
                subject=service.env._("Tasks without a person: %s", len(tasks)),
                body=body,
            )
