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
        self.env["lead.distribution.processes"]._trigger("order", orders)
        return orders

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in ("sent", "sale"):
            self.env["lead.distribution.processes"]._trigger("order", self)
        return result

    def action_new_lead_task(self):
        """:returns: the action that asks for a new task on this order"""
        self.ensure_one()
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_distribution.lead_task_create_action"
        )
        context = {"default_res_model": self._name, "default_res_ids": self.ids}
        if self.user_id:
            context["default_user_id"] = self.user_id.id
        return dict(action, context=context)

    def _lead_is_unpaid(self):
        """Whether its customer knows of it, and has still to pay: it was sent or
        confirmed, or the customer ordered it; quotations that expired ask for
        nothing any more."""
        self.ensure_one()
        if self.state == "cancel" or self.is_expired:
            return False
        if self.state == "draft" and not self._lead_made_by_customer():
            return False
        return not self._lead_is_paid()

    def _lead_made_by_customer(self):
        """Whether a draft is the customer's own: a cart of the web shop, or one whose
        payment has begun."""
        # the field is the web shop's, which need not be there
        return bool(
            ("website_id" in self._fields and self.website_id) or self.transaction_ids
        )

    def _lead_is_paid(self):
        """Whether nothing of the order is left to pay: by payments of its own, such as
        on the website, or by its invoices. What costs nothing is paid, and so is what
        was given back: credit notes are no debts of the customer's."""
        self.ensure_one()
        compare = self.currency_id.compare_amounts
        if compare(self.amount_paid, self.amount_total) >= 0:
            return True
        invoices = self.invoice_ids.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )
        if not invoices or any(
            move.payment_state not in ("paid", "in_payment", "reversed")
            for move in invoices
        ):
            return False
        if self.invoice_status in ("invoiced", "upselling"):
            return True
        # such as a down payment of everything, or an invoice of which some was given
        # back: core asks for another invoice, nobody asks for money
        return compare(self._lead_invoiced(invoices), self.amount_total) >= 0

    def _lead_invoiced(self, invoices):
        """:param invoices: of this order, ``account.move``
        :returns: what of their amounts is this order's, taxes included, in its
            currency"""
        total = 0.0
        for move in invoices:
            if move.invoice_line_ids.sale_line_ids.order_id == self:
                amount = move.amount_total
            else:
                ours = self.order_line.invoice_lines & move.invoice_line_ids
                amount = sum(ours.mapped("price_total"))
            date = move.invoice_date or move.date
            total += move.currency_id._convert(
                amount, self.currency_id, self.company_id, date
            )
        return total
