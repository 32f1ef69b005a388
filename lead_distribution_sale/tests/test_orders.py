"""Orders: what they are for processes, and as sales."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user
from odoo.tests.common import tagged

from odoo.addons.lead_distribution.tests.test_processes import MONDAY, ProcessCase


@tagged("post_install", "-at_install")
class OrderCase(ProcessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.course, cls.book = cls.env["product.template"].create(
            [
                {"name": name, "type": "service", "list_price": 100.0}
                for name in ("Course", "Book")
            ]
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Customer", "email": "customer@customers.test"}
        )

    @classmethod
    def _order(cls, *products, **values):
        values.setdefault("partner_id", cls.customer.id)
        values.setdefault("company_id", cls.company.id)
        return cls.env["sale.order"].create(
            {
                **values,
                "order_line": [
                    Command.create({"product_id": product.product_variant_id.id})
                    for product in products or [cls.course]
                ],
            }
        )

    @classmethod
    def _pay(cls, order):
        """As the website does: a payment of its own."""
        method = cls.env["payment.method"].with_context(active_test=False)
        method = method.search([], limit=1)
        provider = cls.env["payment.provider"].search([], limit=1)
        cls.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": f"test-{order.name}",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "state": "done",
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        order.invalidate_recordset(["amount_paid"])

    def _started(self, records):
        """:returns: summaries of the tasks that started after all waited"""
        with freeze_time(MONDAY + timedelta(days=1)):
            self._run_processes()
        return self._tasks(records).mapped("summary")


class TestOrderConditions(OrderCase):
    """Of the customer's orders, where a lead sets the process off."""

    def _process_of_leads(self, **first):
        return self._process(
            {"task_summary": "Help to pay", "sequence": 1, "delay_number": 5, **first},
            {
                "task_summary": "Ask why not",
                "sequence": 2,
                "delay_number": 5,
                "order_condition": "none",
            },
        )

    def _customer_lead(self, **values):
        with freeze_time(MONDAY):
            return self._lead(
                user_id=self.anna.id, partner_id=self.customer.id, **values
            )

    def test_unpaid_order_of_given_products(self):
        """S11: an unpaid order of the course, N minutes after: its task"""
        self._process_of_leads(
            order_condition="unpaid", order_product_ids=self.course.ids
        )
        lead = self._customer_lead()
        self._order(self.course, self.book)
        with freeze_time(MONDAY + timedelta(minutes=4)):
            self._run_processes()
            self.assertFalse(self._tasks(lead))
        self.assertEqual(self._started(lead), ["Help to pay"])

    def test_no_order_at_all(self):
        """S11: no order at all: the other task; a cancelled one is none"""
        self._process_of_leads(order_condition="unpaid")
        self._order().action_cancel()
        self.assertEqual(self._started(self._customer_lead()), ["Ask why not"])

    def test_paid_within_the_minutes(self):
        """S11: paid meanwhile: no task at all"""
        self._process_of_leads(order_condition="unpaid")
        order = self._order()
        lead = self._customer_lead()
        self._pay(order)
        self.assertEqual(self._started(lead), [])

    def test_other_products(self):
        """S11: an order of other products does not count"""
        self._process_of_leads(
            order_condition="unpaid", order_product_ids=self.course.ids
        )
        self._order(self.book)
        self.assertEqual(self._started(self._customer_lead()), [])

    def test_unconfirmed_and_any(self):
        """S11: a quotation that is not confirmed; any order"""
        self._process({"task_summary": "Confirm", "order_condition": "unconfirmed"})
        self._process({"task_summary": "Thank", "order_condition": "any"})
        order = self._order()
        lead = self._customer_lead()
        self.assertEqual(self._started(lead), ["Confirm", "Thank"])
        self._tasks(lead).with_user(self.anna).action_feedback_outcome(self.done.id)
        order.action_confirm()
        again = self._customer_lead()
        self.assertEqual(self._started(again), ["Thank"])

    def test_whose_orders(self):
        """S11: orders of the customer's colleague, for the same address, for the lead;
        not of another company"""
        self._process({"task_summary": "Help", "order_condition": "unpaid"})
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        one, two = self.env["res.partner"].create(
            [
                {"name": "One", "parent_id": firm.id},
                {"name": "Two", "parent_id": firm.id},
            ]
        )
        self._order(partner_id=two.id)
        web = self.env["res.partner"].create(
            {"name": "Of the web", "email": "Web@Customers.test"}
        )
        self._order(partner_id=web.id)
        stranger = self.env["res.partner"].create({"name": "Else"})
        with freeze_time(MONDAY):
            leads = self._lead(4, user_id=self.anna.id, type="opportunity")
            leads[0].partner_id = one
            leads[1].write({"email_from": "web@customers.test"})
        self._order(partner_id=stranger.id, opportunity_id=leads[2].id)
        self.assertEqual(self._started(leads), ["Help"] * 3)
        self.assertEqual(self._tasks(leads).mapped("res_id"), leads[:3].ids)

    def test_invoices(self):
        """S11: paid by its invoice is paid; invoiced only is not"""
        order = self._order()
        order.action_confirm()
        order.order_line.qty_delivered = 1
        self.assertFalse(order._lead_is_paid())
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertFalse(order._lead_is_paid())
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()
        self.assertTrue(order._lead_is_paid())
        free = self._order()
        free.order_line.price_unit = 0
        self.assertTrue(free._lead_is_paid())

    def test_statements_do_not_grow(self):
        """S11: the number of statements does not grow with the leads"""
        process = self._process({"order_condition": "unpaid"})
        service = self.env["lead.distribution"]

        def count(number):
            with freeze_time(MONDAY):
                leads = self._lead(number, user_id=self.anna.id)
            for lead in leads:
                partner = self.customer.copy({"email": lead.email_from})
                self._order(partner_id=partner.id)
            events = process.event_ids.filtered(lambda x: x.lead_id in leads)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            service._run_safely(events.sudo(), MONDAY + timedelta(minutes=9))
            self.env.flush_all()
            self.assertEqual(len(self._tasks(leads)), number)
            return self.cr.sql_log_count - before

        few = count(5)
        self.assertLessEqual(count(25), few + 5)


class TestOrderProcesses(OrderCase):
    """Where the order itself sets the process off, and has the task."""

    def test_an_order_left_unpaid(self):
        """S11: made, and not paid some minutes after: its salesperson has a task on
        it, once; the outcome starts the next one"""
        process = self._process(
            {
                "task_summary": "Help to pay",
                "delay_number": 10,
                "order_condition": "unpaid",
            },
            trigger="order",
        )
        self.failed.write({"next_activity_type_id": self.visit.id})
        seller = new_test_user(
            self.env,
            login="ld_seller",
            groups="sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with freeze_time(MONDAY):
            order = self._order(user_id=seller.id)
            order.action_quotation_sent()
            self.assertEqual(len(process.event_ids), 1)
        self.assertEqual(self._started(order), ["Help to pay"])
        task = self._tasks(order)
        self.assertEqual(task.user_id, seller)
        self.assertEqual(task.lead_origin, "order")
        task.with_user(seller).action_feedback_outcome(self.failed.id, "Later")
        self.assertEqual(process.event_ids.status, "done")
        following = self._tasks(order) - task
        self.assertEqual(following.user_id, seller)
        self.assertEqual(following.lead_origin, "outcome")

    def test_confirmed_or_cancelled_meanwhile(self):
        """S11: confirmed within the minutes is no unconfirmed order; cancelled none"""
        self._process(
            {"delay_number": 10, "order_condition": "unconfirmed"}, trigger="order"
        )
        with freeze_time(MONDAY):
            confirmed, cancelled, left = (self._order() for _n in range(3))
            confirmed.action_confirm()
            cancelled.action_cancel()
        self._started(confirmed | cancelled | left)
        self.assertEqual(
            self._tasks(confirmed | cancelled | left).mapped("res_id"), left.ids
        )

    def test_cannot_ask_for_no_order(self):
        """S11: a process that starts with an order cannot ask for none"""
        with self.assertRaisesRegex(ValidationError, "no order at all"):
            self._process({"order_condition": "none"}, trigger="order")

    def test_two_companies(self):
        """S11: orders of another company set nothing off"""
        process = self._process({}, trigger="order")
        self._order(company_id=self.company_2.id)
        self.assertFalse(process.event_ids)

    def test_nothing_costs_a_query_without_one(self):
        """B8: without a process an order costs nothing more"""
        order = self._order()
        service = self.env["lead.distribution"]
        service._set_off("order", order)
        with self.assertQueryCount(0):
            service._set_off("order", order)


class TestOrdersAsSales(OrderCase):
    """Of rules and of closing rates."""

    def _sold(self, date, **values):
        with freeze_time(date):
            order = self._order(**values)
            order.action_confirm()
        return order

    def test_last_sale(self):
        """U4: the customer's last sale is the later of won lead and confirmed order;
        quotations are none"""
        service = self.env["lead.distribution"]
        colleague = self.env["res.partner"].create(
            {"name": "Colleague", "parent_id": self.customer.id}
        )
        self._order(partner_id=colleague.id)
        self.assertFalse(service._last_sales(self.customer))
        self._sold(MONDAY - timedelta(days=40), partner_id=colleague.id)
        last = service._last_sales(self.customer)[self.customer.id]
        self.assertEqual(last, MONDAY - timedelta(days=40))
        with freeze_time(MONDAY - timedelta(days=9)):
            self._lead(partner_id=self.customer.id, type="opportunity").action_set_won()
        last = service._last_sales(self.customer)[self.customer.id]
        self.assertEqual(last, MONDAY - timedelta(days=9))

    def test_sales_of_salespeople(self):
        """U6: confirmed orders count for the closing rate, the order of a won lead not
        twice, nor old ones, nor another company's"""
        service = self.env["lead.distribution"]
        since = MONDAY - timedelta(days=30)
        users = self.anna | self.boris
        self._sold(MONDAY, user_id=self.anna.id)
        self._sold(MONDAY - timedelta(days=60), user_id=self.anna.id)
        lead = self._lead(
            partner_id=self.customer.id, type="opportunity", user_id=self.boris.id
        )
        self._sold(MONDAY, user_id=self.boris.id, opportunity_id=lead.id)
        self.assertEqual(
            service._sales_of(users, since), {self.anna.id: 1, self.boris.id: 1}
        )
        with freeze_time(MONDAY):
            lead.action_set_won()
        self.assertEqual(
            service._sales_of(users, since), {self.anna.id: 1, self.boris.id: 1}
        )

    def test_rule_for_customers_without_sales(self):
        """U4: a customer whose order was confirmed lately is not neglected, one whose
        last order is old is"""
        old = self.env["res.partner"].create({"name": "Old", "email": "old@c.test"})
        customers = self.customer | old
        customers.user_id = self.anna
        with freeze_time(MONDAY - timedelta(days=400)):
            customers.invalidate_recordset()
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = %s WHERE id IN %s",
            [MONDAY - timedelta(days=400), tuple(customers.ids)],
        )
        self._sold(MONDAY - timedelta(days=5), user_id=self.anna.id)
        self._sold(
            MONDAY - timedelta(days=200), user_id=self.anna.id, partner_id=old.id
        )
        self.env["lead.distribution.rule"].create(
            {
                "name": "Sleeping customers",
                "company_id": self.company.id,
                "entity": "customer",
                "kind": "no_sales",
                "delay_number": 3,
                "delay_unit": "months",
                "target_mode": "members",
                "domain": f"[('id', 'in', {customers.ids})]",
                "member_ids": [Command.create({"user_id": self.boris.id})],
            }
        )
        with freeze_time(MONDAY):
            self._run_cron("ir_cron_apply_rules")
        self.assertEqual(old.user_id, self.boris)
        self.assertEqual(self.customer.user_id, self.anna)


class TestTaskTab(OrderCase):
    def test_a_salesperson_on_the_order(self):
        """S11, S8: who sees their own documents only creates a task on their order,
        finishes it with an outcome, and sees it in the tab afterwards"""
        order = self._order(user_id=self.anna.id).with_user(self.anna)
        action = order.action_new_lead_task()
        wizard = (
            self.env["lead.distribution.task"]
            .with_user(self.anna)
            .with_context(**action["context"])
            .create({"activity_type_id": self.visit.id, "summary": "Ring"})
        )
        self.assertEqual(wizard.record_names, order.display_name)
        wizard.action_confirm()
        task = order.lead_task_ids
        self.assertEqual(task.user_id, self.anna)
        self.assertEqual(task.lead_origin, "hand")
        task.action_feedback_outcome(self.done.id, "Paid on the phone")
        order.invalidate_recordset(["lead_task_ids"])
        self.assertEqual(order.lead_task_ids, task)
        self.assertEqual(task.outcome_id, self.done)
