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
