"""What somebody has who leaves or moves is handed over (P6)."""

from datetime import timedelta
from unittest.mock import patch

from lxml import html

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged

from ..models.insight import handover_run
from .common import MANAGER, SALESMAN, DistributionCase, tour_user


class HandoverCase(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna | cls.boris | cls.clara)
        others = cls.boris | cls.clara
        others.lead_distribution_paused = True
        cls.leads = cls._lead(4)
        others.lead_distribution_paused = False

    def _customers(self, count, **values):
        return self.env["res.partner"].create(
            [
                {"name": f"Customer {n}", "user_id": self.anna.id, **values}
                for n in range(count)
            ]
        )

    def _task(self, record, user=None):
        return record.activity_schedule(
            activity_type_id=self.call.id, user_id=(user or self.anna).id
        )

    def _dialog(self, people=None, by=None, **values):
        """The dialog as a manager fills it in."""
        wizard = self.env["lead.distribution.handover"].with_user(by or self.manager)
        return wizard.create(
            {
                "user_id": self.anna.id,
                "to": "people" if people else "routes",
                "user_ids": [(6, 0, people.ids)] if people else False,
                "why": "Leaves in May",
                **values,
            }
        )

    def _confirm(self, wizard):
        """:returns: the run"""
        action = wizard.action_confirm()
        return self.env["lead.distribution.run"].browse(action["res_id"])

    def _told(self, wizard):
        """:returns: ``{name: [figures]}`` of the preview"""
        rows = html.fromstring(wizard.preview).findall(".//tbody/tr")
        cells = [[cell.text or "" for cell in row] for row in rows]
        return {name: [int(n or 0) for n in figures] for name, *figures in cells}


@tagged("post_install", "-at_install", "lead_distribution")
class TestHandover(HandoverCase):
    def _has(self, user, tasks):
        """What somebody has, as the preview counts it."""
        count = self.env["crm.lead"].search_count
        return [
            count([("user_id", "=", user.id), ("id", "in", self.leads.ids)]),
            0,
            self.env["res.partner"].search_count([("user_id", "=", user.id)]),
            len(tasks.filtered(lambda task: task.user_id == user)),
        ]

    def test_one_that_cannot_be_written(self):
        """What somebody's automation refuses stays, and all the rest goes."""
        customers = self._customers(3)
        patches = []
        for record in (self.leads[1], customers[1]):
            original = type(record).write

            def write(records, vals, original=original, record=record):
                if vals.get("user_id") and record in records:
                    raise UserError("Not this one")  # pylint: disable=translation-required
                return original(records, vals)

            patches.append(patch.object(type(record), "write", write))
        logger = "odoo.addons.lead_distribution.models.insight.handover_run"
        with patches[0], patches[1], self.assertLogs(logger, "WARNING") as log:
            run = self._confirm(self._dialog(self.boris))
        self.assertEqual(len(log.output), 2)
        self.assertFalse(run.handover_open)
        for records, record in ((self.leads, self.leads[1]), (customers, customers[1])):
            self.assertEqual(record.user_id, self.anna)
            self.assertEqual((records - record).user_id, self.boris)

    def test_one_is_held(self):
        """What somebody works on at that moment is handed over a minute later."""
        original = type(self.leads).try_lock_for_update

        def lock(records, **options):
            free = original(records, **options)
            return free - self.leads[1]

        with patch.object(type(self.leads), "try_lock_for_update", lock):
            run = self._confirm(self._dialog(self.boris))
        self.assertTrue(run.handover_open)
        self.assertEqual(self.leads[1].user_id, self.anna)
        self.assertEqual((self.leads - self.leads[1]).user_id, self.boris)
        self._run_cron("ir_cron_hand_over")
        self.assertEqual(self.leads.user_id, self.boris)
        self.assertFalse(run.handover_open)
        self.assertEqual(run.handover_done, run.handover_total)

    def test_borrowed(self):
        """A deputy leaves in that time: what was lent comes back from who has it."""
        now = fields.Datetime.now()
        absence = self.env["lead.distribution.absence"].create(
            {
                "user_id": self.anna.id,
                "deputy_id": self.boris.id,
                "lend": True,
                "date_from": now - timedelta(minutes=1),
                "date_to": now + timedelta(days=5),
            }
        )
        self._run_cron("ir_cron_lend_leads")
        self.assertEqual(self.leads.user_id, self.boris)
        self._confirm(self._dialog(self.clara, user_id=self.boris.id))
        self.assertEqual(self.leads.user_id, self.clara)
        absence.date_to = now - timedelta(seconds=1)
        self._run_cron("ir_cron_lend_leads")
        self.assertEqual(self.leads.user_id, self.anna)

    def test_by_the_routes(self):
        """The preview tells the truth; each lead says who, from whom and why; all of it
        comes back."""
        customers = self._customers(5)
        self.leads[0].partner_id = customers[0]
        contact = self.env["res.partner"].create(
            {"name": "C", "parent_id": customers[4].id, "user_id": self.anna.id}
        )
        of_lead = self._task(self.leads[1])
        tasks = self._task(customers[2]) | self._task(self.manager.partner_id)
        wizard = self._dialog()
        counts = [
            wizard[f"count_{part}"]
            for part in ("leads", "offers", "customers", "tasks")
        ]
        self.assertEqual(counts, [4, 0, 5, 2])
        told = self._told(wizard)
        self.assertEqual(set(told), {"Boris", "Clara"})
        run = self._confirm(wizard)
        for user in (self.boris, self.clara):
            figures = self._has(user, tasks)
            figures[2] -= contact.user_id == user
            self.assertEqual(told[user.name], figures, user.name)
        self.assertNotIn(self.anna, self.leads.user_id)
        self.assertEqual(customers[0].user_id, self.leads[0].user_id)
        self.assertEqual(contact.user_id, customers[4].user_id)
        self.assertEqual(of_lead.user_id, self.leads[1].user_id)
        self.assertEqual(tasks[0].user_id, customers[2].user_id)
        self.assertEqual(
            (run.trigger, run.lead_count, run.customer_count, run.task_count),
            ("handover", 4, 5, 2),
        )
        for lead in self.leads:
            row = self._rows(lead)[-1]
            self.assertEqual((row.run_id, row.user_id), (run, lead.user_id))
            self.assertEqual(row.reason, "strategy")
            text = self.env["lead.distribution.explanation"].with_user(lead.user_id)
            text = text._explain_lead(lead.with_user(lead.user_id))
            self.assertIn(
                "Manager handed over the leads, customers and tasks of Anna: "
                "Leaves in May",
                text,
            )
        self.assertEqual(run.with_user(self.manager).action_undo(), 4 + 5 + 2)
        self.env.invalidate_all()
        self.assertEqual(self.leads.user_id, self.anna)
        self.assertEqual((customers | contact).user_id, self.anna)
        self.assertEqual((tasks | of_lead).user_id, self.anna)
        with self.assertRaisesRegex(UserError, "Nothing to undo"):
            run.with_user(self.manager).action_undo()

    def test_to_named_people(self):
        """Evenly, who has least first; also who is not on the route; limits hold."""
        dora = self._user("dora")
        self.team.member_ids |= dora
        customers = self._customers(4)
        wizard = self._dialog(self.boris | dora)
        told = self._told(wizard)
        self.assertEqual(told["Boris"], [2, 0, 2, 0])
        self.assertEqual(told["Dora"], [2, 0, 2, 0])
        dora.lead_max_day = 1
        wizard = self._dialog(self.boris | dora)
        self.assertEqual(self._told(wizard)["Dora"], [1, 0, 2, 0])
        run = self._confirm(wizard)
        self.assertEqual(len(self.leads.filtered(lambda x: x.user_id == dora)), 1)
        self.assertEqual(len(self.leads.filtered(lambda x: x.user_id == self.boris)), 3)
        self.assertEqual(len(customers.filtered(lambda c: c.user_id == dora)), 2)
        rows = self._rows(self.leads).filtered(lambda row: row.run_id == run)
        self.assertEqual(set(rows.mapped("reason")), {"handover"})
        self.assertEqual(rows.mapped("units"), [1.0] * 4)
        self.assertTrue(all(rows.mapped("mail_pending")))
        text = self.env["lead.distribution.explanation"]._explain_lead(self.leads[0])
        self.assertIn("handed over the leads, customers and tasks of Anna", text)
        run.with_user(self.manager).action_undo()
        self.assertEqual(self.leads.user_id, self.anna)
        self.assertEqual(customers.user_id, self.anna)

    def test_only_what_is_chosen(self):
        customers = self._customers(2)
        task = self._task(self.leads[0])
        self._confirm(
            self._dialog(
                self.boris, with_leads=False, with_offers=False, with_tasks=False
            )
        )
        self.assertEqual(self.leads.user_id, self.anna)
        self.assertEqual(task.user_id, self.anna)
        self.assertEqual(customers.user_id, self.boris)

    def test_rule_moves_what_was_handed_over(self):
        """The ledger says of a customer who has it, whoever gave it: one open row."""
        customer = self._customers(1)
        self._confirm(self._dialog(self.boris, with_leads=False, with_tasks=False))
        self.assertEqual(customer.user_id, self.boris)
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE res_partner SET create_date = now() - interval '2 years',
                      lead_salesperson_since = now() - interval '1 year'
                WHERE id = %s""",
            customer.ids,
        )
        customer.invalidate_recordset()
        self.env["lead.distribution.rule"].create(
            {
                "name": "No sales",
                "active": True,
                "entity": "customer",
                "kind": "no_sales",
                "delay_number": 6,
                "delay_unit": "months",
                "domain": f"[('id', '=', {customer.id})]",
                "member_ids": [(0, 0, {"user_id": self.clara.id})],
            }
        )
        self._run_cron("ir_cron_apply_rules")
        rows = self.env["lead.distribution.assignment"].search(
            [("partner_id", "=", customer.id), ("lead_id", "=", False)], order="id"
        )
        self.assertEqual(
            [(row.user_id, row.reason, row.state) for row in rows],
            [
                (self.boris, "handover", "released"),
                (self.clara, "rule", "assigned"),
            ],
        )

    def test_tasks_alone(self):
        """A run of tasks only is undone as well; her lead keeps its task."""
        task, done = self._task(self.leads[0]), self._task(self.manager.partner_id)
        wizard = self._dialog(self.boris, with_leads=False, with_customers=False)
        run = self._confirm(wizard)
        # the lead is still hers, and so is its task
        self.assertEqual(task.user_id, self.anna)
        self.assertEqual(done.user_id, self.boris)
        self.assertEqual(run.with_user(self.manager).action_undo(), 1)
        self.assertEqual(done.user_id, self.anna)

    def test_offers(self):
        """What is offered to her is offered to the next one, or given to who is named;
        where colleagues are asked as well only her own offer ends."""
        self.route.active = False
        route = self._route(self.anna | self.boris, delivery="offer")
        self.boris.lead_distribution_paused = True
        first, second = self._lead(), self._lead()
        self.boris.lead_distribution_paused = False
        self.assertEqual(self._rows(first | second).user_id, self.anna)
        self._confirm(self._dialog(with_leads=False))
        rows = self._rows(first)
        self.assertEqual(rows.mapped("state"), ["taken", "offered"])
        self.assertEqual(rows[-1].user_id, self.boris)
        route.delivery = "offer_all"
        third = self._lead()
        self.assertEqual(self._rows(third).user_id, self.anna | self.boris)
        run = self._confirm(self._dialog(self.clara, with_leads=False))
        states = {row.user_id.name: row.state for row in self._rows(third)}
        self.assertEqual(states, {"Anna": "taken", "Boris": "offered"})
        self.assertFalse(self._rows(third).run_id & run)

    def test_offer_to_a_named_one(self):
        self.route.active = False
        self._route(self.anna, delivery="offer")
        lead = self._lead()
        run = self._confirm(self._dialog(self.clara, with_leads=False))
        self.assertEqual(lead.user_id, self.clara)
        run.with_user(self.manager).action_undo()
        self.assertEqual((lead.user_id.ids, lead.distribution_state), ([], "pool"))

    def test_nobody_else(self):
        """Nobody else is there: it stays with who is there, or waits in the pool."""
        (self.boris | self.clara).lead_distribution_paused = True
        wizard = self._dialog(with_customers=False)
        self.assertEqual(list(self._told(wizard).values()), [[4, 0, 0]])
        self._confirm(wizard)
        self.assertEqual(self.leads.user_id, self.anna)
        self.assertEqual(set(self.leads.mapped("distribution_state")), {"assigned"})
        self.anna.active = False
        self._confirm(self._dialog(with_customers=False))
        self.assertFalse(self.leads.user_id)
        self.assertEqual(set(self.leads.mapped("distribution_state")), {"pool"})

    def test_of_an_archived_one(self):
        """Undone, who is archived gets nothing back."""
        customers = self._customers(1)
        self.anna.active = False
        run = self._confirm(self._dialog())
        self.assertLessEqual(self.leads.user_id, self.boris | self.clara)
        self.assertLessEqual(customers.user_id, self.boris | self.clara)
        run.with_user(self.manager).action_undo()
        self.assertFalse(self.leads.user_id)
        self.assertTrue(customers.user_id)

    def test_in_the_background(self):
        """Many of them block by block, with how far it is."""
        customers = self._customers(5)
        with (
            patch.object(handover_run, "BUTTON_LIMIT", 3),
            patch.object(
                type(self.env["ir.cron"]), "_commit_progress", lambda *a, **k: 9
            ),
        ):
            run = self._confirm(self._dialog())
            self.assertTrue(run.handover_open)
            self.assertEqual((run.handover_done, run.handover_total), (0, 9))
            self.assertEqual(self.leads.user_id, self.anna)
            service = self.env["lead.distribution.handover.service"]
            self.assertEqual(service._hand_over_block(run, 3), 3)
            self.assertEqual(run.handover_done, 3)
            self.leads[3].user_id = self.clara  # somebody was faster
            self._run_cron("ir_cron_hand_over")
        self.assertFalse(run.handover_open)
        self.assertEqual(run.handover_done, 9)
        self.assertNotIn(self.anna, self.leads.user_id | customers.user_id)
        self.assertEqual(self._rows(self.leads[3])[-1].reason, "manual")

    def test_who_may(self):
        """Managers alone, and nobody names whom they may not read."""
        sales_lead = self._user("all", "sales_team.group_sale_salesman_all_leads")
        for user in (self.anna, self.boris, sales_lead):
            with self.assertRaises(AccessError):
                self._dialog(by=user)
            with self.assertRaises(AccessError):
                self.anna.with_user(user).action_ask_handover()
        foreign = self._user("foreign", company_id=self.company_2.id)
        with self.assertRaisesRegex(UserError, "does not work in this company"):
            self._dialog(foreign).action_confirm()
        lead = self.env["crm.lead"].create(
            {"name": "2", "company_id": self.company_2.id, "user_id": foreign.id}
        )
        wizard = self._dialog(user_id=foreign.id)
        self.assertEqual((wizard.count_leads, wizard.preview), (0, False))
        self.assertEqual(lead.user_id, foreign)
        clerk = self._user("clerk", "base.group_user")
        with self.assertRaisesRegex(UserError, "no sales rights"):
            self._dialog(clerk).action_confirm()
        with self.assertRaisesRegex(UserError, "themselves"):
            self._dialog(self.anna).action_confirm()
        self.assertEqual(self.leads.user_id, self.anna)

    def test_manager_of_own_documents(self):
        """A manager who reads their own leads alone hands over nobody else's."""
        manager = self._user(
            "own_manager", f"{SALESMAN},lead_distribution.group_manager"
        )
        wizard = self._dialog(by=manager, with_tasks=False, with_customers=False)
        self.assertEqual((wizard.count_leads, wizard.total), (0, 0))
        with self.assertRaisesRegex(UserError, "has no leads"):
            wizard.action_confirm()
        self.assertEqual(self.leads.user_id, self.anna)

    def test_offers_by_a_manager_of_own_documents(self):
        """A lead that is offered is nobody's yet: it is handed over, though whoever
        does it reads it no more afterwards."""
        manager = self._user(
            "own_manager", f"{SALESMAN},lead_distribution.group_manager"
        )
        self.route.active = False
        self._route(self.anna, delivery="offer")
        lead = self._lead()
        self._confirm(self._dialog(self.clara, by=manager))
        self.assertEqual(lead.user_id, self.clara)
        self.assertEqual(self.leads.user_id, self.anna)

    def test_two_companies(self):
        """Leads of a company that the manager does not see stay; with both, a run
        each, and nobody gets leads of a company they do not work for."""
        both = [(6, 0, (self.company | self.company_2).ids)]
        self.anna.company_ids = both
        emil = self._user("emil", company_id=self.company_2.id)
        self._route(self.anna | emil, company_id=self.company_2.id, name="Second")
        other = self._lead(
            user_id=self.anna.id, company_id=self.company_2.id, team_id=False
        )
        partner = self._customers(1, company_id=self.company_2.id)
        wizard = self._dialog()
        self.assertEqual((wizard.count_leads, wizard.count_customers), (4, 0))
        self._confirm(wizard)
        self.assertEqual((other.user_id, partner.user_id), (self.anna, self.anna))
        boss = self._user("boss", MANAGER, company_ids=both)
        wizard = self.env["lead.distribution.handover"].with_user(boss)
        wizard = wizard.with_context(
            allowed_company_ids=(self.company | self.company_2).ids
        )
        named = {"to": "people", "user_ids": [(6, 0, self.boris.ids)]}
        named = wizard.create({"user_id": self.anna.id, **named})
        self.assertIn("Nobody", named.preview)
        named.action_confirm()
        self.assertEqual((other.user_id, partner.user_id), (self.anna, self.anna))
        wizard = wizard.create({"user_id": self.anna.id})
        wizard.action_confirm()
        self.assertEqual((other.user_id, partner.user_id), (emil, emil))
        self.assertEqual(self._rows(other)[-1].run_id.company_id, self.company_2)

    def test_the_form(self):
        """Who is archived is found by name; the preview comes as it is filled in."""
        self.anna.active = False
        with Form(
            self.env["lead.distribution.handover"]
            .with_user(self.manager)
            .with_context(default_user_id=self.anna.id)
        ) as form:
            self.assertEqual(form.total, 4)
            form.to = "people"
            self.assertEqual(form.total, 0)
            form.user_ids.add(self.boris)
            self.assertIn("Boris", form.preview)
            self.assertEqual(form.total, 4)

    def test_finding(self):
        """Who is archived, or away without an end, is told with the dialog; who comes
        back is not."""
        self._customers(2)
        Health = self.env["lead.distribution.health"].with_user(self.manager)

        def found():
            self.env.invalidate_all()
            return Health.search([("kind", "=", "left"), ("name", "like", "Anna")])

        self.assertFalse(found())
        absence = self.env["lead.distribution.absence"].create(
            {"user_id": self.anna.id, "date_to": "2100-01-01"}
        )
        self.assertFalse(found())
        absence.date_to = False
        self.assertIn("Anna is absent without an end date", found().name)
        absence.action_end()
        self.anna.active = False
        finding = found()
        self.assertIn("open leads (4) and customers (2)", finding.name)
        action = finding.action_open()
        self.assertEqual(action["res_model"], "lead.distribution.handover")
        self.assertEqual(action["context"], {"default_user_id": self.anna.id})
        self._confirm(self._dialog())
        self.assertFalse(found())


@tagged("post_install", "-at_install", "lead_distribution")
class TestHandoverTour(HttpCase):
    def test_tour(self):
        """P6: a manager hands over on the list of salespeople, looks at who gets what,
        and undoes it."""
        self.env["lead.distribution.route"].search([]).active = False
        self.env.company.lead_distribution_mode = "immediate"
        manager = tour_user(self.env, "manager", "group_sale_manager")
        anna, boris = tour_user(self.env, "anna"), tour_user(self.env, "boris")
        partner = self.env["res.partner"].create({"name": "C", "user_id": anna.id})
        lead = self.env["crm.lead"].create({"name": "Of Anna", "user_id": anna.id})
        self.start_tour(
            "/odoo/lead-salespeople", "lead_distribution_handover", login=manager.login
        )
        run = self.env["lead.distribution.run"].search([], limit=1)
        self.assertEqual((run.trigger, run.undone_count), ("handover", 2))
        self.assertEqual(run.handed_to_ids, boris)
        self.assertEqual((lead.user_id, partner.user_id), (anna, anna))
