from odoo import fields, models


class LeadDistributionProcess(models.Model):
    _inherit = "lead.distribution.process"

    trigger = fields.Selection(
        selection_add=[("order", "An order is made, sent or confirmed")],
        ondelete={"order": "cascade"},
    )

    def _origin_code(self):
        return "order" if self.trigger == "order" else super()._origin_code()
