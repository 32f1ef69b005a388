from odoo import api, fields, models


class LeadDistributionProcessStep(models.Model):
    _inherit = "lead.distribution.process.step"

    order_condition = fields.Selection(
        [
            ("unpaid", "An order is not paid"),
            ("unconfirmed", "A quotation is not confirmed"),
            ("any", "There is any order"),
            ("none", "There is no order at all"),
        ],
        string="Only if",
        help="Checked when the task is about to start, for all orders of the "
        "customer, or for the order itself. Cancelled orders do not count. Not "
        "paid: sent, confirmed or ordered on the website, but no drafts or "
        "expired quotations.",
    )
    order_product_ids = fields.Many2many(
        "product.template",
        "lead_distribution_step_product_rel",
        string="Of Products",
        # one that is archived is still in the orders made before; deleted, it would
        # leave a condition about all products
        context={"active_test": False},
        ondelete="restrict",
        help="Orders with any of these products. Empty: any order.",
    )

    @api.constrains("order_condition")
    def _check_order_condition(self):
        self._check_mistake()

    def _find_mistake(self):
        if self.order_condition == "none" and self.process_id.trigger == "order":
            return self.env._(
                "It starts with an order. Choose another condition than “There is no "
                "order at all”."
            )
        return super()._find_mistake()

    @api.depends("order_condition", "order_product_ids")
    def _compute_summary(self):
        return super()._compute_summary()

    def _describe_condition(self):
        if not self.order_condition:
            return super()._describe_condition()
        labels = dict(self._fields["order_condition"]._description_selection(self.env))
        text = labels[self.order_condition]
        text = text[0].lower() + text[1:]
        if self.order_product_ids:
            products = self.order_product_ids._origin
            products = ", ".join(
                self.env["lead.distribution.filters"]._names_of(products)
            )
            text = f"{text} ({products})"
        return text

    def _holding(self, events):
        holding = super()._holding(events)
        if not self.order_condition:
            return holding
        of_orders = holding.filtered("order_id")
        orders = self.env["lead.distribution.sale.order"]._orders_of(holding.lead_id)
        for order in of_orders.order_id:
            orders[order] = order
        met = self._meeting(self._of_products(set().union(*orders.values())))
        wanted = self.order_condition != "none"

        def holds(event):
            found = orders.get(event.order_id or event.lead_id, met.browse())
            return bool(found & met) == wanted

        return holding.filtered(holds)

    def _of_products(self, orders):
        """:param orders: an iterable of ``sale.order``
        :returns: those with any of this step's products, ``sale.order``"""
        orders = self.env["sale.order"].union(*orders)
        if not self.order_product_ids:
            return orders
        return orders.filtered(
            lambda order: order.order_line.product_template_id & self.order_product_ids
        )

    def _meeting(self, orders):
        """:returns: those of the kind that this step asks for, or asks to be missing"""
        if self.order_condition == "unpaid":
            return orders.filtered(lambda order: order._lead_is_unpaid())
        if self.order_condition == "unconfirmed":
            return orders.filtered(lambda order: order.state in ("draft", "sent"))
        return orders
