from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # tasks: activities, those done included
    lead_task_ids = fields.One2many(
        "mail.activity",
        "res_id",
        string="Tasks",
        domain=[("res_model", "=", "sale.order")],
        context={"active_test": False},
        bypass_search_access=True,
        groups="base.group_user",
    )

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

    def action_new_lead_task(self):
        """:returns: the action that asks for a new task on this order"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_distribution.lead_task_create_action"
        )
        context = {"default_res_model": self._name, "default_res_ids": self.ids}
        if self.user_id:
            context["default_user_id"] = self.user_id.id
        return dict(action, context=context)

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
