from odoo import api, fields, models


class LeadDistributionProcess(models.Model):
    _inherit = "lead.distribution.process"

    trigger = fields.Selection(
        selection_add=[("order", "An order is created, sent or confirmed")],
        ondelete={"order": "cascade"},
    )

    def _model_of_trigger(self):
        if self.trigger == "order":
            return "sale.order"
        return super()._model_of_trigger()

    @api.depends("step_ids.order_condition")
    def _compute_problem(self):
        return super()._compute_problem()

    def _origin_code(self):
        return "order" if self.trigger == "order" else super()._origin_code()
