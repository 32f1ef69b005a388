from odoo import fields, models


class LeadDistributionSnapshot(models.Model):
    """The candidates of one block of leads as they stood when it was decided,
    stored once for the whole block. Readable by nobody: the explanation
    (:meth:`crm.lead.action_explain_distribution`) shows what each may see.

    ``data``::

        {"v": 1,
         "people": {user_id: [units, last, capacity or null]},
         "routes": {route_id: {"strategy": code,
                               "candidates": [[user_id, target, load, code], ...]}}}
    """

    _name = "lead.distribution.snapshot"
    _description = "Lead Distribution Snapshot"
    _order = "id desc"

    company_id = fields.Many2one("res.company", index=True)
    date = fields.Datetime(required=True)
    data = fields.Json()
