from odoo import fields, models


class LeadDistributionRule(models.Model):
    """What moved a lead, where a rule did: the ledger's ``rule_id``. The ledger has
    its column from the first version on, so that rows written now and later are
    read alike; what rules do is on the roadmap."""

    _name = "lead.distribution.rule"
    _description = "Lead Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
