from odoo import fields, models


class MailActivity(models.Model):
    _name = "mail.activity"
    _inherit = ["mail.activity", "lead.distribution.kept"]

    # how a task ended is kept as well, see _check_outcome_written
    _lead_kept_fields = frozenset(
        {
            "lead_company_id",
            "lead_date_assigned",
            "lead_distribution_unplaced",
            "lead_given_by",
            "lead_given_id",
            "lead_given_model",
            "lead_origin",
            "lead_reminded",
            "lead_step_id",
        }
    )

    lead_distribution_unplaced = fields.Boolean(
        string="Asks to Assign a Lead",
        readonly=True,
        copy=False,
        help="Created for the responsible when no salesperson was found for a lead. "
        "Done when the lead has a salesperson.",
    )

    def _action_done(self, feedback=False, attachment_ids=None):
        watching = self.env["lead.distribution.follow.up"]._watching(self)
        done = self.filtered("active") if watching else self.browse()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if watching:
            self.env["lead.distribution.follow.up"]._activities_done(done.exists())
        return result
