"""The seed's second example in the browser: an order left unpaid."""

from datetime import timedelta

from freezegun import freeze_time

from odoo.tests import HttpCase

from odoo.addons.lead_distribution.tests.test_processes import MONDAY

from .test_orders import OrderCase


class TestSaleScreens(OrderCase, HttpCase):
    def test_types_for_orders(self):
        """S11, S2: who makes a process of orders is offered task types for orders"""
        self._type("Test help to decide", res_model="crm.lead")
        kind = self._type("Test help to pay", res_model="sale.order")
        process = self._process()
        process.step_ids.unlink()
        self.start_tour(
            f"/odoo/lead-processes/{process.id}",
            "lead_distribution_sale_process",
            login=self.manager.login,
        )
        self.assertEqual(process.trigger, "order")
        self.assertEqual(process.step_ids.activity_type_id, kind)

    def test_an_order_left_unpaid(self):
        """S11, S8: some minutes later the task is on the order's tab, at its
        salesperson; the outcome starts the next one"""
        self._process(
            {
                "task_summary": "Help to pay",
                "delay_number": 10,
                "order_condition": "unpaid",
            },
            trigger="order",
        )
        self.failed.write({"next_activity_type_id": self.visit.id})
        with freeze_time(MONDAY):
            order = self._sent(user_id=self.anna.id)
        with freeze_time(MONDAY + timedelta(minutes=11)):
            self._run_processes()
        task = self._tasks(order)
        self.assertEqual(task.user_id, self.anna)
        self.start_tour(
            f"/odoo/sale.order/{order.id}",
            "lead_distribution_sale_unpaid",
            login=self.anna.login,
        )
        self.assertEqual(task.outcome_id, self.failed)
        self.assertEqual((self._tasks(order) - task).user_id, self.anna)
