"""What each of ten users may do with orders, through what this addon adds."""

from pathlib import Path

from odoo import Command, fields
from odoo.tests.common import tagged

from odoo.addons.lead_distribution.tests import access, access_cases

EVENT = "lead.distribution.process.event"


@tagged("post_install", "-at_install")
class TestAccessOfOrders(access_cases.AccessCase):
    access_modules = ("odoo.addons.lead_distribution_sale.",)
    access_addons = ()
    access_tables = (
        *access_cases.AccessCase.access_tables,
        Path(__file__).with_name("access_table.csv"),
    )
    access_cases = Path(__file__).name

    @classmethod
    def _make_others(cls):
        cls.orders = {}
        for words, user in (("own", cls.own), ("a colleague's", cls.boris)):
            # managers see which order has set a process off
            seen = (EVENT, "web_read", "of an order, without a lead")
            word = cls.secret("sale.order", words, seen)
            cls.orders[words] = cls.env["sale.order"].create(
                {
                    "name": word,
                    "partner_id": cls.customer.id,
                    "company_id": cls.company.id,
                    "user_id": user.id,
                }
            )
        # of all companies, set off by an order of one
        shared = cls.env["lead.distribution.process"].create(
            {"name": "Shared", "company_id": False, "active": False}
        )
        cls.order_event = cls.env[EVENT].create(
            {
                "process_id": shared.id,
                "date": fields.Datetime.now(),
                "order_id": cls.orders["a colleague's"].id,
            }
        )

    def cases(self):
        Case, Order = access.Case, "sale.order"
        for words, order in self.orders.items():
            yield Case(
                Order,
                "read",
                words,
                order,
                [["name", "lead_task_ids"]],
                row=access.READING,
                tells=lambda env, result: bool(result),
            )
            yield Case(Order, "write", words, order, [{"client_order_ref": "Mine"}])
            yield Case(Order, "action_new_lead_task", words, order)
            yield Case(
                "lead.distribution.task",
                "action_confirm",
                f"one's own, about an order: {words}",
                prepare=self.own_dialog(
                    "lead.distribution.task",
                    {
                        "res_model": Order,
                        "res_ids": order.ids,
                        "activity_type_id": self.kind.id,
                        "user_id": self.boris.id,
                    },
                ),
            )
        new = {"partner_id": self.customer.id, "company_id": self.company.id}
        yield Case(
            Order,
            "create",
            "new in company 1",
            args=lambda env: [{**new, "user_id": env.uid}],
        )
        yield Case(
            EVENT,
            "web_read",
            "of an order, without a lead",
            self.order_event,
            [{"order_id": {"fields": {"display_name": {}}}, "process_id": {}}],
            tells=lambda env, result: bool(result),
        )
        yield Case(
            EVENT,
            "search_read",
            "of an order, without a lead",
            args=[[("id", "in", self.order_event.ids)], ["process_id", "status"]],
            tells=lambda env, result: bool(result),
        )
        steps = self.process.step_ids
        yield Case(
            "lead.distribution.process.step",
            "write",
            "a condition on orders",
            steps,
            [{"order_condition": "unpaid", "order_product_ids": [Command.clear()]}],
        )

    def test_every_method_is_tried(self):
        """What can be called from outside is in the list of calls."""
        self.assert_none([*self.missing_cases(), *self.our_routes()])

    def test_table(self):
        """Ten users, what this addon adds, orders of company 1: as the table says."""
        self.assert_table(100)
