from odoo import api, fields, models


class LeadDistributionProcessEvent(models.Model):
    _inherit = "lead.distribution.process.event"

    order_id = fields.Many2one(
        "sale.order", readonly=True, ondelete="cascade", index="btree_not_null"
    )

    @api.model
    def _record_fields(self):
        return {**super()._record_fields(), "sale.order": "order_id"}

    def _worth_it(self):
        of_orders = self.filtered("order_id")
        found = super(LeadDistributionProcessEvent, self - of_orders)._worth_it()
        return found | of_orders.filtered(lambda x: x.order_id.state != "cancel")
