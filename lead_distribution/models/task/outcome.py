"""Finishing tasks: how it ended, then what follows from that; and who may change a
task."""

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError

from ...tools.redacting_log import redacting_logger
from ...tools.service_context import as_task, is_task
from .given import HANDS

_logger = redacting_logger(__name__)


#: what only managers change on a task that somebody else made (S9)
GUARDED = {
    "activity_type_id",
    "automated",
    "calendar_event_id",
    "date_deadline",
    "lead_origin",
    "lead_team_id",
    "note",
    "outcome_id",
    "res_id",
    "res_model",
    "res_model_id",
    "summary",
    "user_id",
}


class LeadDistributionOutcome(models.AbstractModel):
    _name = "lead.distribution.outcomes"
    _description = "Lead Distribution: Outcomes"

    # rights ----------------------------------------------------------------

    @api.model
    def _manages_tasks(self):
        return self.env.su or self.env.user.has_group("lead_distribution.group_manager")

    @api.model
    def _of_others(self, activities):
        """Return the tasks that a process or another person made."""
        if not activities.env["mail.activity"]._lead_tasks_in_use():
            return activities.browse()
        types = self.env["mail.activity.type"]._with_outcomes()
        return activities.filtered(
            lambda task: (
                (
                    task.res_model == "crm.lead"
                    or task.lead_origin
                    or task.activity_type_id.id in types
                )
                and (task.automated or task.create_uid != self.env.user)
            )
        )

    @api.model
    def _outlive_meetings(self, events):
        """Take from meetings, before they are deleted, the tasks that Odoo would delete
        with them: those that are to end with an outcome, or have, and those that
        processes and other people made."""
        Activity = self.env["mail.activity"]
        if not events or not Activity._lead_tasks_in_use():
            return
        # sudo: tasks of colleagues and finished ones, which the meeting does not show
        found = Activity.sudo().with_context(active_test=False)
        found = found.search([("calendar_event_id", "in", events.ids)])
        kept = self._need_outcome(found) | self._of_others(found)
        kept |= found.filtered("outcome_id")
        as_task(kept).write({"calendar_event_id": False})

    @api.model
    def _check_task_change(self, activities, vals):
        """Check a change of tasks.

        :raises UserError: when a task is archived without saying how it ended
        :raises AccessError: when it is not the current user's to change (S9); an
            outcome is nobody's to write, for nothing would follow from it
        """
        if is_task(activities):
            return
        if not self.env.su:
            self.env["lead.distribution.given"]._check_service_fields(vals)
            self.env["lead.distribution.given"]._check_meeting(activities, vals)
        self.env["lead.distribution.given"]._check_model(vals)
        if "active" in vals and not vals["active"]:
            self._check_outcomes(activities.filtered("active"))
        changes = not GUARDED.isdisjoint(vals) or vals.get("active")
        if not changes or self._manages_tasks():
            return
        # sudo: who made the tasks, which is what is checked
        guarded = self._of_others(activities.sudo())
        if set(vals) == {"calendar_event_id"}:
            # a meeting for a task that has none is planning it, not changing it
            guarded = guarded.filtered("calendar_event_id")
        if HANDS.issuperset(vals):
            led = self.env["lead.distribution.tasks"]._led(guarded)
            self.env["lead.distribution.tasks"]._check_hand_out(led, vals)
            guarded -= led
        if guarded:
            activities.check_access("write")  # else nothing is told
            raise AccessError(
                self.env._(
                    "The task “%s” was created by a process or another person. You "
                    "can comment on it, or finish it. Only managers can change it.",
                    guarded[0].display_name,
                )
            )

    @api.model
    def _check_task_removal(self, activities):
        if is_task(activities) or self._manages_tasks():
            return
        # sudo: who made the tasks, which is what is checked
        guarded = self._of_others(activities.sudo())
        if guarded:
            activities.check_access("unlink")  # else nothing is told
            raise AccessError(
                self.env._(
                    "The task “%s” was created by a process or another person. Only "
                    "managers can delete it.",
                    guarded[0].display_name,
                )
            )

    # finishing -------------------------------------------------------------

    @api.model
    def _need_outcome(self, activities):
        """Pick the tasks that need an outcome.

        :returns: those that nobody finishes without saying how they ended: there are
            outcomes for the current user to choose
        """
        choices = self._outcomes_to_choose(activities)
        return activities.filtered(lambda task: task in choices)

    @api.model
    def _outcomes_to_choose(self, activities):
        """Look up from which outcomes the current user chooses.

        :returns: ``{activity: lead.activity.outcome}``, as superuser, of the tasks that
            the current user ends with one of these; not of those that end without
        """
        types = self.env["mail.activity.type"]._outcome_companies()
        if not types:
            return {}
        tasks = activities.filtered(lambda task: task.activity_type_id.id in types)
        # sudo: names of outcomes, to choose from
        kinds = {task: task.activity_type_id.sudo() for task in tasks}
        if not tasks or not self.env["res.company"]._lead_several():
            return {task: kind.lead_outcome_ids for task, kind in kinds.items()}
        # sudo: of which company the records are, no content
        companies = tasks.sudo()._record_companies()
        usable = {
            (kind, company): kind.lead_outcome_ids._usable(company)
            for kind, company in {(kinds[task], companies[task]) for task in tasks}
        }
        found = {task: usable[kinds[task], companies[task]] for task in tasks}
        return {task: outcomes for task, outcomes in found.items() if outcomes}

    @api.model
    def _check_outcomes(self, activities):
        without = self._need_outcome(activities).filtered(lambda x: not x.outcome_id)
        if without:
            activities.check_access("write")  # else nothing is told
            outcomes = self._outcomes_to_choose(without[0])[without[0]]
            raise UserError(
                self.env._(
                    "How did “%(task)s” end? Choose one of: %(outcomes)s.",
                    task=without[0].display_name,
                    outcomes=", ".join(outcomes.mapped("name")),
                )
            )

    @api.model
    def _check_open(self, activities):
        done = activities.filtered(lambda task: not task.active)
        if done:
            raise UserError(
                self.env._(
                    "The task “%(task)s” is finished already: %(outcome)s.",
                    task=done[0].display_name,
                    outcome=done[0].outcome_id.name or self.env._("Done"),
                )
            )

    @api.model
    def _before_done(self, activities):
        """Check that these activities may be finished as they are.

        :returns: the tasks that end with an outcome
        :raises UserError: when one that needs an outcome has none, or one that has
            an outcome has ended before
        :raises AccessError: when it is not the current user's to act on its record
        """
        if not activities.env["mail.activity"]._lead_tasks_in_use():
            return activities.browse()
        self._check_outcomes(activities)
        ended = activities.filtered("outcome_id")
        self._check_open(ended)
        self.env["lead.distribution.given"]._check_may_act(ended)
        return ended

    @api.model
    def _check_outcome(self, activities, outcome):
        """Check that tasks may end with an outcome.

        :raises UserError: when one of them is finished already, or of another type
        :raises AccessError: when it is not the current user's to act on its record
        """
        self.env["lead.distribution.given"]._check_may_act(activities)
        # sudo: state and record of tasks that the caller may finish
        self._check_open(activities.sudo())
        # sudo: state and record of tasks that the caller may finish
        for task in activities.sudo():
            if task.activity_type_id != outcome.activity_type_id or outcome.step_id:
                raise UserError(
                    self.env._(
                        "“%(outcome)s” is no outcome of “%(type)s”.",
                        outcome=outcome.name,
                        type=task.activity_type_id.name,
                    )
                )
        if not outcome.active:
            raise UserError(self.env._("The outcome “%s” is archived.", outcome.name))
        if outcome.company_id and self.env["res.company"]._lead_several():
            # sudo: state and record of tasks that the caller may finish
            companies = activities.sudo()._record_companies()
            if any(not outcome._usable(company) for company in companies.values()):
                raise UserError(
                    self.env._(
                        "“%s” is an outcome of another company's tasks.", outcome.name
                    )
                )

    @api.model
    def _set_outcome(self, activities, outcome):
        """Say how tasks ended, before they are done.

        :raises UserError: when one of them is finished already, or of another type
        :raises AccessError: when it is not the current user's to act on its record
        """
        self._check_outcome(activities, outcome)
        # sudo: state and record of tasks that the caller may finish
        locked = activities.sudo().try_lock_for_update(allow_referencing=True)
        if len(locked) != len(activities):
            raise ConcurrencyError(
                self.env._("Somebody is finishing this task right now; try again.")
            )
        as_task(activities).write({"outcome_id": outcome.id})

    @api.model
    def _comment(self, activities, text):
        """A note on each task's record; the task stays open (S9).

        :returns: True
        :raises AccessError: when the current user may not see the record, and was not
            given the task on it
        """
        self.env["lead.distribution.given"]._check_may_act(activities, "read")
        text = (text or "").strip()
        if not text:
            raise UserError(self.env._("Write the comment first."))
        # sudo: record and state of tasks that the caller may read
        self._check_open(activities.sudo())
        # sudo: record and state of tasks that the caller may read
        for task in activities.sudo().filtered("res_model"):
            body = Markup("<p><b>%s</b></p><p>%s</p>") % (task.display_name, text)
            # sudo: whoever the task is given to may not see the record behind it
            self.env[task.res_model].sudo().browse(task.res_id).message_post(
                body=body,
                subtype_xmlid="mail.mt_note",
                author_id=self.env.user.partner_id.id,
                mail_activity_type_id=task.activity_type_id.id,
            )
        return True

    # what follows ----------------------------------------------------------
