"""Finishing, taking and counting tasks: what the web client asks of activities."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.service_context import as_task


class MailActivity(models.Model):
    _inherit = "mail.activity"

    # finishing -------------------------------------------------------------

    def _action_done(self, feedback=False, attachment_ids=None):
        ended = self.env["lead.distribution.outcomes"]._before_done(self)
        tasks = as_task(self) if self._lead_tasks_in_use() else self
        people = self.env["lead.distribution.apply"]._people_of_tasks(self)
        result = super(MailActivity, tasks)._action_done(
            feedback=feedback, attachment_ids=attachment_ids
        )
        self.env["lead.distribution.apply"]._after_done(people)
        self.env["lead.distribution.outcomes"]._what_follows(
            ended.exists() if ended else ended
        )
        return result

    def action_feedback_outcome(self, outcome_id, feedback=False, attachment_ids=None):
        """Finish these tasks with an outcome; what follows from it happens now.

        :param outcome_id: a ``lead.activity.outcome`` of their type, or its id
        :param feedback: a comment, plain text
        :returns: True
        :raises UserError: when one is finished already, or of another type
        :raises AccessError: when one is not the current user's to finish
        """
        tasks, outcome = self._tasks_and_outcome(outcome_id)
        self.env["lead.distribution.outcomes"]._set_outcome(tasks, outcome)
        tasks.action_feedback(feedback=feedback, attachment_ids=attachment_ids)
        return True

    def _tasks_and_outcome(self, outcome_id):
        """Check what a caller wants to finish, and with which outcome.

        :param outcome_id: a ``lead.activity.outcome``, or its id
        :returns: ``(tasks that are there, lead.activity.outcome)``
        """
        self.browse().check_access("write")
        tasks = self.browse(self.ids).exists()
        tasks.check_access("write")
        Outcome = self.env["lead.activity.outcome"]
        outcome = outcome_id if isinstance(outcome_id, type(Outcome)) else Outcome
        if type(outcome_id) is int:
            outcome = Outcome.browse(outcome_id)
        if len(outcome.exists()) != 1:
            raise UserError(self.env._("Choose how the task ended."))
        if not tasks:
            raise UserError(self.env._("This task is not there any more."))
        outcome.check_access("read")
        return tasks, outcome

    def action_comment(self, comment):
        """Comment on these tasks, which stay open.

        :param comment: plain text
        :returns: True
        :raises AccessError: when one is not the current user's to comment on
        """
        self.browse().check_access("read")
        tasks = self.browse(self.ids).exists()
        tasks.check_access("read")
        return self.env["lead.distribution.outcomes"]._comment(tasks, comment)

    def action_take(self):
        """Take these department tasks for oneself.

        :returns: True
        :raises UserError: when somebody else has taken one, naming who
        :raises AccessError: when one is not the current user's to take
        """
        self.browse().check_access("read")
        tasks = self.browse(self.ids).exists()
        if not tasks:
            raise UserError(self.env._("This task is not there any more."))
        # who was too late, and may not read it any more, is told who has it
        # sudo: whose they are, to tell who was too late
        team = self.env["lead.distribution.tasks"]._of_my_teams(tasks.sudo())
        (tasks - team.sudo(False)).check_access("read")
        return self.env["lead.distribution.tasks"]._take(tasks)

    def action_hand_over(self):
        """Ask who is to have these tasks: managers, and leaders for their departments.

        :returns: the action that opens the dialog
        :raises AccessError: when one is not the current user's to hand out
        """
        self.browse().check_access("read")
        tasks = self.browse(self.ids).exists()
        tasks.check_access("write")
        tasks._check_leader()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Assign to"),
            "res_model": "lead.distribution.hand",
            "view_mode": "form",
            "target": "new",
            "context": {"default_activity_ids": tasks.ids},
        }

    def _check_leader(self):
        """Check that the current user may hand out these tasks.

        :raises AccessError: for one of no department of theirs, unless they manage
        """
        if self.env["lead.distribution.outcomes"]._manages_tasks():
            return
        # sudo: whose department's they are, to decide
        tasks = self.sudo()
        if tasks - self.env["lead.distribution.tasks"]._led(tasks):
            raise AccessError(
                self.env._(
                    "Only managers and the leaders of their departments can assign "
                    "tasks."
                )
            )

    def action_ask_outcome(self):
        """Finish tasks, asking for the outcome where one is needed.

        :returns: the action that asks how these tasks ended; activities that end as
            ever are done at once
        """
        self.check_access("read")
        tasks = self.filtered("active")
        if not tasks:
            raise UserError(self.env._("This task is finished."))
        if not self.env["lead.distribution.outcomes"]._need_outcome(tasks):
            return tasks.action_done()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("How did it end?"),
            "res_model": "lead.distribution.task.finish",
            "view_mode": "form",
            "target": "new",
            "context": {"default_activity_ids": tasks.ids},
        }

    # web client ------------------------------------------------------------

    def _to_store_defaults(self, target):
        return super()._to_store_defaults(target) + ["lead_task"]

    @api.model
    def lead_task_counts(self, domain=None):
        """Numbers above the list of tasks (S6).

        :param domain: what the reader searches for, the state of the tasks aside
        :returns: dictionary of ``all``, ``open``, ``done``, ``overdue``
        """
        self.browse().check_access("read")
        everything = Domain(domain or Domain.TRUE) & Domain("lead_task_mine", "=", True)
        own = Domain("user_id", "=", self.env.uid)
        rest = Domain.FALSE
        if self.env["lead.distribution.outcomes"]._manages_tasks():
            # by the rules of leads, in the database: Odoo looks at each activity
            leads = self.env["crm.lead"].with_context(active_test=False)._search([])
            of_leads = Domain("res_model", "=", "crm.lead")
            readable = (
                Domain("res_id", "in", leads)
                | self.env["lead.distribution.tasks"]._untaken_domain()
            )
            rest = everything & ~own & ~of_leads
            everything &= own | (of_leads & readable)
        # salespeople: their own and the untaken ones of their teams, which they read
        # whatever is behind them
        counts = [
            self._lead_count(everything, bypass_access=True),
            self._lead_count(rest),
        ]
        total, open_ones, overdue = map(sum, zip(*counts, strict=True))
        return {
            "all": total,
            "open": open_ones,
            "done": total - open_ones,
            "overdue": overdue,
        }

    @api.model
    def _lead_count(self, domain, **search):
        """Count tasks: all, open, overdue.

        :returns: how many there are, open, overdue: one statement
        """
        if domain.is_false():
            return (0, 0, 0)
        query = self.with_context(active_test=False)._search(domain, **search)
        active = self._field_to_sql(query.table, "active", query)
        deadline = self._field_to_sql(query.table, "date_deadline", query)
        today = fields.Date.context_today(self)
        [counts] = self.env.execute_query(
            query.select(
                SQL("COUNT(*)"),
                SQL("COUNT(*) FILTER (WHERE %s)", active),
                SQL("COUNT(*) FILTER (WHERE %s AND %s < %s)", active, deadline, today),
            )
        )
        return counts
