from odoo import fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    lead_distribution_unplaced = fields.Boolean(
        string="Asks to Place a Lead",
        readonly=True,
        copy=False,
        help="Made for the responsible when a lead found nobody; done when it has "
        "a salesperson.",
    )

    def _action_done(self, feedback=False, attachment_ids=None):
        service = self.env["lead.distribution"]
        watching = service._watching(self)
        done = self.filtered("active") if watching else self.browse()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if watching:
            service._activities_done(done.exists())
        return result
