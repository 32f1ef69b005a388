from odoo import fields, models


class LeadDistributionRemovalReason(models.Model):
    """Why a lead was none: spam, a test, a supplier's offer."""

    _name = "lead.distribution.removal.reason"
    _inherit = "lead.distribution.shared"
    _description = "Lead Removal Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
