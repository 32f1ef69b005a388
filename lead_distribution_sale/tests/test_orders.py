"""Orders: what they are for processes, and as sales."""

from dataclasses import replace
from datetime import timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from odoo.addons.lead_distribution.tests.test_processes import MONDAY, ProcessCase
from odoo.addons.lead_distribution.tools.task_spec import TaskSpec

from ..hooks import uninstall_hook


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
    def _sent(cls, *products, **values):
        """An order that its customer knows of."""
        order = cls._order(*products, **values)
        order.action_quotation_sent()
        return order

    @classmethod
    def _pay(cls, order, state="done"):
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
                "state": state,
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
        self._sent(self.course, self.book)
        with freeze_time(MONDAY + timedelta(minutes=4)):
            self._run_processes()
            self.assertFalse(self._tasks(lead))
        self.assertEqual(self._started(lead), ["Help to pay"])

    def test_no_order_at_all(self):
        """S11: no order at all: the other task; a cancelled one is none"""
        self._process_of_leads(order_condition="unpaid")
        self._sent().action_cancel()
        self.assertEqual(self._started(self._customer_lead()), ["Ask why not"])

    def test_paid_within_the_minutes(self):
        """S11: paid meanwhile: no task at all"""
        self._process_of_leads(order_condition="unpaid")
        order = self._sent()
        lead = self._customer_lead()
        self._pay(order)
        self.assertEqual(self._started(lead), [])

    def test_other_products(self):
        """S11: an order of other products does not count"""
        self._process_of_leads(
            order_condition="unpaid", order_product_ids=self.course.ids
        )
        self._sent(self.book)
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
        self._sent(partner_id=two.id)
        web = self.env["res.partner"].create(
            {"name": "Of the web", "email": "Web@Customers.test"}
        )
        self._sent(partner_id=web.id)
        stranger = self.env["res.partner"].create({"name": "Else"})
        with freeze_time(MONDAY):
            leads = self._lead(4, user_id=self.anna.id, type="opportunity")
            leads[0].partner_id = one
            leads[1].write({"email_from": "web@customers.test"})
        self._sent(partner_id=stranger.id, opportunity_id=leads[2].id)
        self.assertEqual(self._started(leads), ["Help"] * 3)
        self.assertEqual(self._tasks(leads).mapped("res_id"), leads[:3].ids)

    def test_of_archived_products(self):
        """S11: a product that is archived stays the condition's, and is named in it;
        one that conditions are about cannot be deleted"""
        process = self._process_of_leads(
            order_condition="unpaid", order_product_ids=self.course.ids
        )
        self.course.active = False
        self.env.invalidate_all()
        self._sent(self.book)
        self.assertEqual(self._started(self._customer_lead()), [])
        self.assertIn("Course", process.step_ids[0].summary)
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self.course.unlink()

    def test_what_a_colleague_still_drafts(self):
        """S11: a draft that its customer does not know of is not unpaid, nor a
        quotation that expired; a draft whose payment has begun is"""
        self._process_of_leads(order_condition="unpaid")
        draft = self._order()
        lead = self._customer_lead()
        self.assertEqual(self._started(lead), [])
        self._pay(draft, "cancel")
        self.assertEqual(self._started(self._customer_lead()), ["Help to pay"])
        draft.action_cancel()
        old = self._sent()
        old.validity_date = MONDAY - timedelta(days=3)
        self.assertEqual(self._started(self._customer_lead()), [])
        old.validity_date = MONDAY + timedelta(days=3)
        self.assertEqual(self._started(self._customer_lead()), ["Help to pay"])

    def _confirmed(self, **values):
        order = self._order(**values)
        order.action_confirm()
        order.order_line.qty_delivered = 1
        return order

    def _invoice(self, order, paid=True, **values):
        invoice = order._create_invoices(**values)
        invoice.action_post()
        if paid:
            self._pay_invoice(invoice)
        return invoice

    def _pay_invoice(self, invoice):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()

    def _give_back(self, invoice, **values):
        """:returns: the credit note, posted"""
        wizard = self.env["account.move.reversal"].create(
            {"move_ids": invoice.ids, "journal_id": invoice.journal_id.id}
        )
        refund = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
        if values:
            refund.invoice_line_ids.write(values)
        refund.action_post()
        return refund

    def test_given_back(self):
        """S11: a paid order of which some, or all, was given back is paid; so is one
        whose invoice was reversed"""
        order = self._confirmed()
        refund = self._give_back(self._invoice(order), price_unit=30.0)
        self.assertEqual(refund.payment_state, "not_paid")
        self.assertIn(refund, order.invoice_ids)
        self.assertTrue(order._lead_is_paid())
        order = self._confirmed()
        invoice = self._invoice(order, paid=False)
        self.assertFalse(order._lead_is_paid())
        self._give_back(invoice)
        self.assertTrue(order._lead_is_paid())
        # and a new invoice is a new debt
        self._invoice(order, paid=False)
        self.assertFalse(order._lead_is_paid())

    def test_more_delivered_than_ordered(self):
        """S11: paid, and core suggests to sell more: paid"""
        order = self._confirmed()
        self._invoice(order)
        order.order_line.qty_delivered = 5
        self.assertEqual(order.invoice_status, "upselling")
        self.assertTrue(order._lead_is_paid())

    def test_down_payments(self):
        """S11: a down payment of everything is paid, of half is not"""

        def down(percent):
            order = self._confirmed()
            self.env["sale.advance.payment.inv"].create(
                {
                    "sale_order_ids": order.ids,
                    "advance_payment_method": "percentage",
                    "amount": percent,
                }
            ).create_invoices()
            order.invoice_ids.action_post()
            self.assertFalse(order._lead_is_paid())
            self._pay_invoice(order.invoice_ids)
            return order

        self.assertTrue(down(100)._lead_is_paid())
        self.assertFalse(down(50)._lead_is_paid())

    def test_one_invoice_of_two_orders(self):
        """S11: what was paid for another order is not paid for this one"""
        self.course.invoice_policy = "delivery"
        big, small = self._confirmed(), self._confirmed()
        big.order_line.product_uom_qty = 2
        self._invoice(big | small)
        self.assertEqual(len((big | small).invoice_ids), 1)
        self.assertTrue(small._lead_is_paid())
        self.assertFalse(big._lead_is_paid())

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

        def count(number):
            with freeze_time(MONDAY):
                leads = self._lead(number, user_id=self.anna.id)
            for lead in leads:
                partner = self.customer.copy({"email": lead.email_from})
                self._sent(partner_id=partner.id)
            events = process.event_ids.filtered(lambda x: x.lead_id in leads)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["lead.distribution.processes"]._run_safely(
                events.sudo(), MONDAY + timedelta(minutes=9)
            )
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

    def test_a_type_for_something_else(self):
        """S11: neither can it have a task type for leads, nor a process of leads one
        for orders, nor one that is made a process of orders later"""
        of_lead = self._type("Ring", res_model="crm.lead")
        of_order = self._type("Help to pay", res_model="sale.order")
        with self.assertRaisesRegex(ValidationError, "is not for records of"):
            self._process({"activity_type_id": of_lead.id}, trigger="order")
        with self.assertRaisesRegex(ValidationError, "is not for records of"):
            self._process({"activity_type_id": of_order.id})
        process = self._process({"activity_type_id": of_order.id}, trigger="order")
        self.assertFalse(process.problem)
        process = self._process({"activity_type_id": of_lead.id})
        with self.assertRaisesRegex(ValidationError, "is not for records of"):
            process.trigger = "order"
        process = self._process({"order_condition": "none"})
        with self.assertRaisesRegex(ValidationError, "no order at all"):
            process.trigger = "order"

    def test_an_order_whose_process_breaks(self):
        """S11: a salesperson's order is made and sent though the processes' schedule
        is gone"""
        process = self._process({}, trigger="order")
        self.env.ref("lead_distribution.ir_cron_run_processes").unlink()
        with mute_logger("odoo.addons.lead_distribution.models.task.process"):
            order = (
                self.env["sale.order"]
                .with_user(self.anna)
                .create({"partner_id": self.customer.id})
            )
            order.action_quotation_sent()
        self.assertEqual(order.state, "sent")
        self.assertFalse(process.event_ids)

    def test_without_this_addon(self):
        """S11: uninstalled, what asked about orders does not start without asking"""
        asking = self._process({"order_condition": "unpaid"}, {})
        other = self._process({})
        uninstall_hook(self.env)
        self.assertFalse(asking.active)
        self.assertTrue(other.active)

    def test_two_companies(self):
        """S11: orders of another company set nothing off"""
        process = self._process({}, trigger="order")
        self._order(company_id=self.company_2.id)
        self.assertFalse(process.event_ids)

    def test_nothing_costs_a_query_without_one(self):
        """B8: without a process an order costs nothing more"""
        order = self._order()
        self.env["lead.distribution.processes"]._trigger("order", order)
        with self.assertQueryCount(0):
            self.env["lead.distribution.processes"]._trigger("order", order)


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
        colleague = self.env["res.partner"].create(
            {"name": "Colleague", "parent_id": self.customer.id}
        )
        self._order(partner_id=colleague.id)
        self.assertFalse(self.env["lead.distribution.rates"]._last_sales(self.customer))
        self._sold(MONDAY - timedelta(days=40), partner_id=colleague.id)
        last = self.env["lead.distribution.rates"]._last_sales(self.customer)[
            self.customer.id
        ]
        self.assertEqual(last, MONDAY - timedelta(days=40))
        with freeze_time(MONDAY - timedelta(days=9)):
            self._lead(partner_id=self.customer.id, type="opportunity").action_set_won()
        last = self.env["lead.distribution.rates"]._last_sales(self.customer)[
            self.customer.id
        ]
        self.assertEqual(last, MONDAY - timedelta(days=9))

    def _count_received(self, user, number=1, **values):
        values.setdefault("partner_id", self.customer.id)
        with freeze_time(MONDAY - timedelta(days=5)):
            leads = self._lead(number, type="opportunity", user_id=user.id, **values)
        leads.date_open = MONDAY - timedelta(days=5)
        return leads

    def _sales(self):
        since = MONDAY - timedelta(days=30)
        with freeze_time(MONDAY + timedelta(hours=1)):
            return self.env["lead.distribution.rates"]._sales_of(
                self.anna | self.boris, since
            )

    def test_sales_of_salespeople(self):
        """U6: an order of the lead, or of its customer after it came, is a sale, the
        order of a won lead not twice, nor old ones, nor another company's"""
        self._count_received(self.anna)
        # before the lead came
        self._sold(MONDAY - timedelta(days=10), user_id=self.anna.id)
        self.assertEqual(self._sales(), {})
        self._sold(
            MONDAY, user_id=self.anna.id, company_id=self.company_2.id, team_id=False
        )
        self.assertEqual(self._sales(), {})
        self._sold(MONDAY, user_id=self.anna.id)
        self.assertEqual(self._sales(), {self.anna.id: 1})
        other = self.customer.copy()
        lead = self._count_received(self.boris, partner_id=other.id)
        self._sold(
            MONDAY, user_id=self.boris.id, opportunity_id=lead.id, partner_id=other.id
        )
        self.assertEqual(self._sales(), {self.anna.id: 1, self.boris.id: 1})
        with freeze_time(MONDAY):
            lead.action_set_won()
        self.assertEqual(self._sales(), {self.anna.id: 1, self.boris.id: 1})
        # what the won lead's customer orders on the website is that sale, whatever
        # else the customer has asked for
        self._count_received(self.boris, partner_id=other.id)
        self._sold(MONDAY, partner_id=other.id, user_id=self.boris.id)
        self.assertEqual(self._sales(), {self.anna.id: 1, self.boris.id: 1})

    def test_renewals_are_no_leads(self):
        """U6: ten leads of which none was won, and ten orders of old customers, is
        none of ten; who had no lead has no history"""
        strangers = self.env["res.partner"].create(
            [{"name": f"Old {n}"} for n in range(10)]
        )
        self._count_received(self.anna, 10, partner_id=False)
        for stranger in strangers:
            self._sold(MONDAY, partner_id=stranger.id, user_id=self.anna.id)
            self._sold(MONDAY, partner_id=stranger.id, user_id=self.boris.id)
        with freeze_time(MONDAY + timedelta(hours=1)):
            rates = self.env["lead.distribution.rates"]._rates(
                self.company, self.anna | self.boris, 180, MONDAY + timedelta(hours=1)
            )
        self.assertEqual(
            [(rate.won, rate.had) for rate in rates.values()], [(0, 10), (0, 0)]
        )

    def test_one_sale_a_lead_and_an_order(self):
        """U6: three orders after one lead are one sale, one order after three leads
        too"""
        self._count_received(self.anna)
        other = self.customer.copy()
        self._count_received(self.boris, 3, partner_id=other.id)
        for _n in range(3):
            self._sold(MONDAY, user_id=self.anna.id)
        self._sold(MONDAY, user_id=self.boris.id, partner_id=other.id)
        self.assertEqual(self._sales(), {self.anna.id: 1, self.boris.id: 1})

    def test_rule_for_customers_without_sales(self):
        """U4: a customer whose order was confirmed lately is not neglected, one whose
        last order is old is"""
        old = self.env["res.partner"].create({"name": "Old", "email": "old@c.test"})
        customers = self.customer | old
        with freeze_time(MONDAY - timedelta(days=400)):
            customers.user_id = self.anna
            self.env.flush_all()
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
                "active": True,
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


class TestForgottenCustomers(OrderCase):
    def test_tasks_on_orders(self):
        """B10: the order stays; what our tasks say about its customer does not."""
        order = self._order()
        spec = TaskSpec(self.call.id, "Call Ulryka", "Ulryka waits", origin="hand")
        task = self.env["lead.distribution.tasks"]._start_tasks(order, spec)
        task.action_feedback("Ulryka was away")
        self.env["lead.distribution.tasks"]._start_tasks(
            order, replace(spec, delay_number=5, delay_unit="hours")
        )
        waiting = self.env["lead.activity.waiting"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]
        )
        self.assertTrue(waiting.note)
        self.env["lead.distribution.privacy"]._anonymize(self.customer)
        self.assertRecordValues(waiting, [{"summary": False, "note": False}])
        self.assertRecordValues(
            task,
            [{"summary": False, "note": False, "feedback": False, "active": False}],
        )
        self.assertEqual(order.partner_id, self.customer)
        with freeze_time(MONDAY + timedelta(days=3650)):
            self._run_cron("ir_cron_start_tasks")
        self.assertEqual(len(self._tasks(order)), 2, "it starts all the same")
