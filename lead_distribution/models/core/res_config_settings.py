from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _name = "res.config.settings"
    _inherit = ["res.config.settings", "lead.distribution.company.settings"]

    lead_distribution_mode = fields.Selection(
        related="company_id.lead_distribution_mode", readonly=False, required=True
    )
    lead_distribution_immediate_limit = fields.Integer(
        related="company_id.lead_distribution_immediate_limit", readonly=False
    )
    lead_undo_seconds = fields.Integer(
        related="company_id.lead_undo_seconds", readonly=False
    )
