"""Outcomes that can still be undone: chosen, and carried out some seconds later."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.batch import safely
from ...tools.redacting_log import redacting_logger
from ...tools.scheduling import trigger_cron

_logger = redacting_logger(__name__)

#: so many are finished before the schedule commits
PER_BLOCK = 100


class LeadActivityPending(models.Model):
    """How a task will end, in some seconds, unless whoever chose it undoes it.

    Nothing follows before: the task is open, and the record behind it as it was. The
    web client finishes it when the time is over; else the schedule does.
    """

    _name = "lead.activity.pending"
    _description = "Outcome That Can Be Undone"
    _order = "due, id"

    activity_id = fields.Many2one(
        "mail.activity", required=True, ondelete="cascade", index=True
    )
    outcome_id = fields.Many2one(
        "lead.activity.outcome", required=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    feedback = fields.Text()
    attachment_ids = fields.Many2many("ir.attachment")
    due = fields.Datetime(required=True, index=True)

    _activity_uniq = models.UniqueIndex("(activity_id)")

    @api.model
    def _choose(self, activities, outcome, feedback, attachment_ids, seconds):
        """Keep how tasks will end.

        :param seconds: in how many they do
        """
        due = fields.Datetime.now() + timedelta(seconds=seconds)
        # sudo: nobody but the service writes them; the tasks are the caller's
        pending = self.sudo()
        pending.search([("activity_id", "in", activities.ids)]).unlink()
        pending.create(
            [
                {
                    "activity_id": task.id,
                    "outcome_id": outcome.id,
                    "user_id": self.env.uid,
                    "feedback": feedback,
                    "attachment_ids": [fields.Command.set(attachment_ids or [])],
                    "due": due,
                }
                for task in activities
            ]
        )
        trigger_cron(self.env, "ir_cron_finish_tasks", at=due)

    @api.model
    def _of(self, activities):
        """Return what is pending of tasks, as superuser."""
        # sudo: how tasks end, for who may read them
        return self.sudo().search([("activity_id", "in", activities.ids)])

    @api.model
    def _show_on(self, activities):
        """Complete what the web client is told of tasks: the seconds to undo, and how
        they are to end, while that can be undone."""
        choosing = activities.filtered(
            lambda x: isinstance(x.lead_task, dict) and x.lead_task["outcomes"]
        )
        if not choosing:
            return
        seconds = choosing._undo_seconds()
        pending = {row.activity_id.id: row for row in self._of(choosing)}
        for activity in choosing:
            shown = {**activity.lead_task, "undo": seconds}
            row = pending.get(activity.id)
            if row:
                shown["outcomes"] = []
                shown["outcome"] = row.outcome_id._as_choice()[0]
                shown["pending"] = row.user_id == self.env.user
            activity.lead_task = shown

    def _finish(self):
        """End these tasks as they were chosen to end, each as who chose it.

        :raises Exception: whatever keeps one of them from it
        """
        for (user, outcome, feedback), ours in self.grouped(
            lambda x: (x.user_id, x.outcome_id, x.feedback)
        ).items():
            tasks = ours.activity_id.exists().filtered("active")
            files = ours.attachment_ids.ids
            ours.unlink()  # first: what follows may make the task anew
            if not tasks:
                continue  # it ended otherwise meanwhile
            chooser = tasks.with_user(user).with_context(
                allowed_company_ids=user.company_ids.ids,
                lang=user.lang,
                tz=user.tz,
            )
            chooser.action_feedback_outcome(
                outcome.id, feedback=feedback, attachment_ids=files
            )

    def _finish_safely(self):
        """End these tasks; what keeps one from it is said on its record."""
        if not self:
            return

        def give_up(pending, error):
            _logger.warning("%s could not be finished", pending, exc_info=True)
            task, outcome = pending.activity_id, pending.outcome_id
            pending.unlink()
            if not task.exists() or not task.res_model:
                return
            record = self.env[task.res_model].browse(task.res_id).exists()
            if record and "message_ids" in record._fields:
                record._message_log(
                    body=self.env._(
                        "The task “%(task)s” could not end with “%(outcome)s”: "
                        "%(error)s",
                        task=task.display_name,
                        outcome=outcome.name,
                        error=str(error) or type(error).__name__,
                    )
                )

        def work(pending):
            pending._finish()
            return pending.browse()

        safely(self.env.cr, self, work, give_up)

    @api.model
    def _cron_finish(self):
        """Schedule: end the tasks whose time to undo is over."""
        cron = self.env["ir.cron"]
        seconds = cron._commit_progress(remaining=0)
        while seconds:
            count = self._finish_block()
            if not count:
                break
            seconds = cron._commit_progress(count)

    @api.model
    def _finish_block(self):
        """End a block of tasks whose time to undo is over, without committing.

        :returns: how many; those that somebody else ends are not among them
        """
        # sudo: the schedule works for all who chose
        found = self.sudo().search(
            [("due", "<=", fields.Datetime.now())], limit=PER_BLOCK
        )
        locked = found.try_lock_for_update()
        if locked:
            locked._finish_safely()
        return len(locked)


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def action_pick_outcome(self, outcome_id, feedback=False, attachment_ids=None):
        """Finish these tasks with an outcome, after some seconds in which whoever chose
        it may undo it. What is refused is refused now.

        :param outcome_id: id of a ``lead.activity.outcome`` of their type
        :param feedback: a comment, plain text
        :returns: the seconds until it happens; 0 when it has happened
        :raises UserError: when one is finished already, or of another type
        :raises AccessError: when one is not the current user's to finish
        """
        seconds = self._undo_seconds()
        if not seconds:
            self.action_feedback_outcome(outcome_id, feedback, attachment_ids)
            return 0
        tasks, outcome = self._tasks_and_outcome(outcome_id)
        self.env["lead.distribution.outcomes"]._check_outcome(tasks, outcome)
        Pending = self.env["lead.activity.pending"]
        others = Pending._of(tasks).filtered(lambda x: x.user_id != self.env.user)
        if others:
            raise UserError(
                self.env._(
                    "%(user)s has just ended this task: %(outcome)s.",
                    user=others[0].user_id.name,
                    outcome=others[0].outcome_id.name,
                )
            )
        files = self.env["ir.attachment"].browse(attachment_ids or [])
        files.check_access("read")
        Pending._choose(tasks, outcome, feedback, files.ids, seconds)
        return seconds

    def action_undo_outcome(self):
        """Undo how these tasks are to end: they stay open.

        :returns: True
        :raises UserError: when it has happened already
        """
        self.browse().check_access("write")
        pending = self.env["lead.activity.pending"]._of(self)
        mine = pending.filtered(lambda x: x.user_id == self.env.user)
        if not mine:
            raise UserError(self.env._("It is too late to undo: the task is finished."))
        mine.unlink()
        return True

    def action_confirm_outcome(self):
        """End these tasks now as the current user chose; others are left alone.

        :returns: True
        """
        self.browse().check_access("write")
        pending = self.env["lead.activity.pending"]._of(self)
        mine = pending.filtered(lambda x: x.user_id == self.env.user)
        # the schedule may have it in its hands
        mine.try_lock_for_update()._finish_safely()
        return True

    @api.model
    def _undo_seconds(self):
        return max(self.env.company.lead_undo_seconds, 0)
