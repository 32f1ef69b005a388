"""What follows from an outcome (S4), one method an effect."""

from functools import partial

from odoo import Command, api, models
from odoo.exceptions import UserError

from ...tools.batch import safely
from ...tools.redacting_log import redacting_logger
from ...tools.service_context import outside
from ...tools.task_spec import TaskSpec

_logger = redacting_logger(__name__)


class LeadDistributionOutcomes(models.AbstractModel):
    _inherit = "lead.distribution.outcomes"

    @api.model
    def _what_follows(self, activities):
        """What follows from how these tasks ended (S4): in order, once, each step for
        all of them. A step that fails is said on the record; the outcome stands.

        :param activities: done just now, each with its outcome
        """
        # sudo: what managers decided is done on records that the user may not see
        for outcome, done in activities.sudo().grouped("outcome_id").items():
            for model, theirs in done.grouped("res_model").items():
                if not model:
                    continue
                # sudo: what managers decided is done on records that the user may not
                # see
                found = self.env[model].sudo().browse(theirs.mapped("res_id")).exists()
                theirs = theirs.filtered(
                    lambda task, found=found: task.res_id in found._ids
                )
                for step in outcome._steps(model):
                    self._outcome_safely(step, outcome, theirs)

    @api.model
    def _outcome_safely(self, step, outcome, activities):
        if not activities:
            return

        def give_up(activity, error):
            _logger.warning(
                "Outcome %s, step %s failed for %s",
                outcome.id,
                step,
                activity,
                exc_info=True,
            )
            self._say_failure(step, outcome, activity, error)

        follow = partial(getattr(self, f"_outcome_{step}"), outcome)
        safely(self.env.cr, activities, follow, give_up)

    @api.model
    def _say_failure(self, step, outcome, activity, error):
        labels = {
            "mail": self.env._("Email"),
            "next": self.env._("Next task"),
            "stage": self.env._("Stage"),
            "tags": self.env._("Tags"),
            "lost": self.env._("Lost reason"),
            "removal": self.env._("Removal reason"),
            "redistribute": self.env._("Distribution"),
            "action": self.env._("Server action"),
        }
        record = self._records_of(activity)
        if "message_ids" in record._fields:
            record._message_log(
                body=self.env._(
                    "What follows the outcome “%(outcome)s” could not be done. "
                    "%(step)s: %(error)s",
                    outcome=outcome.name,
                    step=labels[step],
                    error=str(error) or type(error).__name__,
                )
            )

    @api.model
    def _records_of(self, activities):
        """Collect the records on which outcomes take effect.

        :returns: the records behind tasks of one model, each once. As superuser:
            whoever finishes a task sets off what managers decided, on records that they
            may not see themselves
        """
        ids = list(dict.fromkeys(activities.mapped("res_id")))
        # sudo: what managers decided is done on records that the user may not see
        return self.env[activities[0].res_model].sudo().browse(ids)

    @api.model
    def _outcome_mail(self, outcome, activities):
        records = self._records_of(activities)
        # sudo: the template is the manager's choice, sent for everybody
        outcome.mail_template_id.sudo().send_mail_batch(records.ids)

    @api.model
    def _outcome_next(self, outcome, activities):
        for user, theirs in activities.grouped(outcome._next_user).items():
            self.env["lead.distribution.tasks"]._start_tasks(
                self._records_of(theirs),
                TaskSpec(
                    activity_type_id=outcome.next_activity_type_id.id,
                    user_id=user.id,
                    team_id=outcome.next_team_id.id
                    if outcome.next_assignee == "team"
                    else None,
                    delay_number=outcome.next_delay_number,
                    delay_unit=outcome.next_delay_unit,
                    resource_calendar_id=outcome.next_calendar_id.id,
                    origin="outcome",
                ),
            )

    @api.model
    def _outcome_stage(self, outcome, activities):
        leads = self._records_of(activities)
        leads.filtered(lambda lead: lead.stage_id != outcome.stage_id).write(
            {"stage_id": outcome.stage_id.id}
        )

    @api.model
    def _outcome_tags(self, outcome, activities):
        self._records_of(activities).write(
            {"tag_ids": [Command.link(tag.id) for tag in outcome.tag_ids]}
        )

    @api.model
    def _outcome_lost(self, outcome, activities):
        leads = self._records_of(activities)
        leads.filtered("active").action_set_lost(
            lost_reason_id=outcome.lost_reason_id.id
        )

    @api.model
    def _outcome_removal(self, outcome, activities):
        leads = self._records_of(activities)
        self.env["lead.distribution.removal.service"]._remove(
            leads.filtered(lambda lead: lead.intake_status != "removed"),
            outcome.removal_reason_id,
        )

    @api.model
    def _outcome_redistribute(self, outcome, activities):
        leads = self._records_of(activities)
        for company in self.env["lead.distribution.lead.company"]._leads_by_company(
            leads
        ):
            if not company:
                raise UserError(
                    self.env._("Nothing says which company the lead is of.")
                )
            if not company._lead_distribution_on():
                raise UserError(self.env._("The distribution is switched off."))
        route = outcome.route_id if outcome.redistribute == "route" else None
        self.env["lead.distribution"]._distribute(leads, "outcome", route=route)

    @api.model
    def _outcome_action(self, outcome, activities):
        records = self._records_of(activities)
        # sudo: an administrator allowed it for outcomes, whoever finishes the task;
        # whom an action is for, it still checks itself
        action = outcome.server_action_id.sudo()
        if not action.filtered_domain(action._allowed_for_outcomes()):
            raise UserError(
                self.env._(
                    "The action is not allowed for outcomes. An administrator allows "
                    "it in its form."
                )
            )
        outside(action).with_context(
            active_model=records._name, active_ids=records.ids, active_id=records[:1].id
        ).run()
