"""What follows from outcomes is done: in order, once, each effect for all its tasks."""

from functools import partial

from odoo import api, models

from ...tools.batch import safely
from ...tools.redacting_log import redacting_logger

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
        tasks = activities.sudo()
        follows = tasks.grouped(lambda task: task.outcome_id._for_task(task))
        for outcome, done in follows.items():
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

        follow = partial(outcome._apply_effect, step)
        safely(self.env.cr, activities, follow, give_up)

    @api.model
    def _say_failure(self, step, outcome, activity, error):
        record = outcome._records_of(activity)
        if "message_ids" in record._fields:
            record._message_log(
                body=self.env._(
                    "The next steps of the outcome “%(outcome)s” could not be done. "
                    "%(step)s: %(error)s",
                    outcome=outcome.name,
                    step=outcome._effects().get(step, step),
                    error=str(error) or type(error).__name__,
                )
            )
