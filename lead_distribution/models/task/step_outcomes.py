"""What follows from outcomes of the tasks of one step of a process, over what their
type says (S4)."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LeadActivityOutcome(models.Model):
    _inherit = "lead.activity.outcome"

    step_id = fields.Many2one(
        "lead.distribution.process.step",
        string="Step of a Process",
        ondelete="cascade",
        index="btree_not_null",
        help="These next steps apply to tasks that this step started, instead of "
        "those of the task type.",
    )
    of_outcome_id = fields.Many2one(
        "lead.activity.outcome",
        string="Outcome",
        ondelete="cascade",
        index="btree_not_null",
        domain="[('step_id', '=', False), ('activity_type_id', '=', activity_type_id)]",
    )

    _step_outcome_uniq = models.UniqueIndex(
        "(step_id, of_outcome_id) WHERE step_id IS NOT NULL AND active",
        "A step can have only one entry per outcome.",
    )

    @api.model
    def _with_outcome(self, vals):
        """Complete values by the outcome of the type that they take the place of.

        :param vals: as for ``create`` or ``write``
        """
        if not vals.get("of_outcome_id"):
            return vals
        outcome = self.browse(vals["of_outcome_id"])
        if vals.get("step_id"):
            step = self.env["lead.distribution.process.step"].browse(vals["step_id"])
            company = outcome.company_id or step.process_id.company_id
            vals = {**vals, "company_id": company.id}
        return {
            **vals,
            "activity_type_id": outcome.activity_type_id.id,
            "name": outcome.name,
            "icon": outcome.icon,
            "color": outcome.color,
            "is_success": outcome.is_success,
        }

    @api.constrains("step_id", "of_outcome_id")
    def _check_step(self):
        for outcome in self.filtered("step_id"):
            process, kind = outcome.step_id.process_id, outcome.step_id.activity_type_id
            if outcome.of_outcome_id.activity_type_id != kind:
                raise ValidationError(
                    self.env._(
                        "Process “%(process)s”: “%(outcome)s” is no outcome of "
                        "“%(type)s”.",
                        process=process.name,
                        outcome=outcome.name,
                        type=kind.name,
                    )
                )

    def _for_task(self, task):
        """Return what follows for a task that ended with this outcome of its type."""
        own = task.lead_step_id.outcome_ids.filtered(lambda x: x.of_outcome_id == self)
        return own[:1] or self


class LeadDistributionProcessStep(models.Model):
    _inherit = "lead.distribution.process.step"

    outcome_ids = fields.One2many(
        "lead.activity.outcome",
        "step_id",
        string="Next Steps",
        copy=True,
        help="Next steps for tasks of this step only. They replace the next steps of "
        "the task type.",
    )

    @api.constrains("activity_type_id")
    def _check_outcomes(self):
        self.outcome_ids._check_step()


class MailActivity(models.Model):
    _inherit = "mail.activity"

    lead_step_id = fields.Many2one(
        "lead.distribution.process.step",
        string="Step of a Process",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="lead_distribution.group_user",
        help="The step that started the task.",
    )


class LeadActivityWaiting(models.Model):
    _inherit = "lead.activity.waiting"

    step_id = fields.Many2one("lead.distribution.process.step", ondelete="set null")
