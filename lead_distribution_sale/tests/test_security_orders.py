"""Part 9: tasks and events of orders give nobody what is not theirs."""

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests.common import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.lead_distribution.tests.test_processes import MONDAY

from .test_orders import OrderCase


@tagged("post_install", "-at_install")
class TestSecurityOfOrders(OrderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager_2 = cls._user(
            "manager_2", "sales_team.group_sale_manager", company_id=cls.company_2.id
        )
        cls.stranger = cls._user("stranger", company_id=cls.company_2.id)
        cls.portal = new_test_user(
            cls.env, login="ld_portal_orders", groups="base.group_portal"
        )

    def _call(self, user, model, method, *args, context=None, **kwargs):
        """As over the wire."""
        self.env.flush_all()
        self.env.invalidate_all()
        env = self.env(user=user.id, su=False, context={})
        kwargs["context"] = {
            "allowed_company_ids": user.company_ids.ids,
            **(context or {}),
        }
        result = call_kw(env[model], method, list(args), kwargs)
        self.env.flush_all()
        self.env.invalidate_all()
        return result

    def _refused(self, user, model, method, *args, **kwargs):
        """:returns: what the caller is told"""
        with (
            mute_logger("odoo.addons.base.models.ir_model"),
            mute_logger("odoo.addons.base.models.ir_rule"),
            self.assertRaises(AccessError) as caught,
            self.cr.savepoint(),
        ):
            self._call(user, model, method, *args, **kwargs)
        self.env.invalidate_all()
        return str(caught.exception)

    def _theirs(self):
        product = self.course.product_variant_id
        return self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company_2.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )

    def test_events_of_orders(self):
        """Part 9, 21: of a process of all companies each sees the events of its own
        orders, and no number of another company's"""
        process = self._process({}, trigger="order")
        process.sudo().company_id = False  # what holds for all is an administrator's
        with freeze_time(MONDAY):
            ours, theirs = self._order(), self._theirs()
        events = process.event_ids
        self.assertEqual(events.order_id, ours | theirs)
        self.assertFalse(events.lead_id)
        model, domain = events._name, [["process_id", "=", process.id]]
        for user, own, other in (
            (self.manager, ours, theirs),
            (self.manager_2, theirs, ours),
        ):
            with self.subTest(user=user.login):
                spec = {"order_id": {"fields": {"display_name": {}}}, "status": {}}
                found = self._call(user, model, "web_search_read", domain, spec)
                names = [row["order_id"]["display_name"] for row in found["records"]]
                self.assertEqual(names, [own.name])
                hidden = events.filtered(lambda x, order=other: x.order_id == order)
                told = self._refused(user, model, "read", hidden.ids, ["order_id"])
                self.assertNotIn(other.name, told)
                self.assertEqual(
                    self._call(user, process._name, "read", process.ids, ["event_ids"])[
                        0
                    ]["event_ids"],
                    (events - hidden).ids,
                )

    def test_tasks_moved_to_orders(self):
        """Part 9, 2: nobody points their own task at an order of another company, nor
        makes one there"""
        ours, theirs = self._order(user_id=self.anna.id), self._theirs()
        values = {
            "res_model_id": self.env["ir.model"]._get_id("sale.order"),
            "res_id": ours.id,
            "activity_type_id": self.visit.id,
            "user_id": self.anna.id,
        }
        task = self._call(self.anna, "mail.activity", "create", values)
        move = {"res_id": theirs.id}
        self._refused(self.anna, "mail.activity", "write", [task], move)
        self._refused(self.anna, "mail.activity", "create", {**values, **move})
        self._refused(
            self.anna,
            "sale.order",
            "write",
            ours.ids,
            {"lead_task_ids": [Command.update(task, move)]},
        )

    def test_rights_first(self):
        """Part 9, 22: the tab and its wizard tell nothing of another company's order"""
        theirs = self._theirs()
        about = {"default_res_model": "sale.order", "default_res_ids": theirs.ids}
        make = "lead.distribution.task"
        spec = {"res_model": {}, "res_ids": {}, "record_names": {}}
        for user in (self.portal, self.anna, self.manager):
            for model, method, args, context in (
                ("sale.order", "action_new_lead_task", [theirs.ids], {}),
                (make, "create", [{"activity_type_id": self.visit.id}], about),
                (make, "default_get", [["res_ids"]], about),
                (make, "onchange", [[], {}, [], spec], about),
            ):
                with self.subTest(user=user.login, method=method):
                    told = self._refused(user, model, method, *args, context=context)
                    self.assertNotIn(theirs.name, told)
