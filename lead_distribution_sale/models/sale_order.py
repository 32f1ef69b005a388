from odoo import api, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        self.env["lead.distribution"]._set_off("order", orders)
        return orders

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in ("sent", "sale"):
            self.env["lead.distribution"]._set_off("order", self)
        return result

    def _lead_is_paid(self):
        """Whether nothing of the order is left to pay: by payments of its own, such as
        on the website, or by its invoices. What costs nothing is paid."""
        self.ensure_one()
        if self.currency_id.compare_amounts(self.amount_paid, self.amount_total) >= 0:
            return True
        invoices = self.invoice_ids.filtered(lambda move: move.state == "posted")
        return (
            self.invoice_status == "invoiced"
            and bool(invoices)
            and all(
                move.payment_state in ("paid", "in_payment", "reversed")
                for move in invoices
            )
        )
