"""P3: which leads come first where not all can be taken."""

from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.tests import Form
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestPriority(DistributionCase):
    def _leads(self):
        """Four leads that wait, each first by one figure."""
        self.company.lead_distribution_mode = "queued"
        values = {
            "stars": {"priority": "3"},
            "probability": {"probability": 80.0},
            "revenue": {"expected_revenue": 90_000.0},
            "waiting": {},
        }
        leads = {}
        for name, vals in reversed(values.items()):
            leads[name] = self._lead(name=name, **{"probability": 5.0, **vals})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(days=3), leads["waiting"].id],
        )
        self.env.invalidate_all()
        return leads

    def _first(self, order, **weights):
        """Who gets the one lead that the limit allows today."""
        self.company.write({"lead_priority_order": order, **weights})
        self._route(self.anna)
        self.anna.lead_max_day = 1
        leads = self._leads()
        self._run_cron()
        return [name for name, lead in leads.items() if lead.user_id == self.anna]

    def test_scarce_limit_stars(self):
        """P3: by default the lead with the stars gets the last place of the day."""
        self.assertEqual(self.company.lead_priority_order, "stars")
        self.assertEqual(self._first("stars"), ["stars"])

    def test_scarce_limit_probability(self):
        """P3: by the probability of a sale."""
        self.assertEqual(self._first("probability"), ["probability"])

    def test_scarce_limit_revenue(self):
        """P3: by the expected revenue."""
        self.assertEqual(self._first("revenue"), ["revenue"])

    def test_scarce_limit_waiting(self):
        """P3: by the time that they have waited."""
        self.assertEqual(self._first("waiting"), ["waiting"])

    def test_scarce_limit_mix(self):
        """P3: by the shown weights, of which one alone counts here."""
        weights = {
            "lead_priority_stars": 0,
            "lead_priority_probability": 0,
            "lead_priority_revenue": 100,
            "lead_priority_waiting": 0,
        }
        self.assertEqual(self._first("mix", **weights), ["revenue"])

    def test_more_than_a_block(self):
        """P3: the urgent lead that came last is in the first block, for each order."""
        self._route(self.anna | self.boris)
        leads = self._leads()
        priority = self.env["lead.distribution.priority"]
        domain = [("id", "in", [lead.id for lead in leads.values()])]
        now = fields.Datetime.now()
        for order in ("stars", "probability", "revenue", "waiting"):
            self.company.lead_priority_order = order
            found = priority._most_urgent(self.company, domain, 1, now)
            self.assertEqual(found, leads[order])
        # the database orders by the mix as the engine does
        self.company.lead_priority_order = "mix"
        found = priority._most_urgent(self.company, domain, None, now)
        every = self.env["crm.lead"].union(*leads.values())
        self.assertEqual(found, priority._ranked(self.company, every, now)[0])
        self.company.lead_priority_order = "stars"
        block = self.env["lead.distribution"]._distribute_block(self.company, size=1)
        self.assertEqual(block["leads"].ids, leads["stars"].ids)

    def test_equal_leads_in_order_of_arrival(self):
        """P3: where nothing makes one more urgent, who came first is first."""
        self._route(self.anna)
        self.anna.lead_max_day = 2
        self.company.lead_distribution_mode = "queued"
        leads = self._lead(4, probability=10.0)
        self._run_cron()
        self.assertEqual(leads.filtered("user_id"), leads[:2])

    def test_predictions_count_once_there_are_any(self):
        """P3: before leads were won and lost Odoo predicts 0 or 50 % as it happens."""
        Frequency = self.env["crm.lead.scoring.frequency"]
        Frequency.search([]).unlink()
        priority = self.env["lead.distribution.priority"]
        leads, now = self._lead(2), fields.Datetime.now()
        domain = [("id", "in", leads.ids)]
        leads[0].write({"probability": 1.0, "automated_probability": 1.0})
        leads[1].write({"probability": 60.0, "automated_probability": 60.0})

        def order():
            found = priority._ranked(self.company, leads, now)[0]
            self.assertEqual(
                found, priority._most_urgent(self.company, domain, None, now)
            )
            return found

        self.assertEqual(order(), leads)
        leads[1].probability = 30.0  # a person said so
        self.assertEqual(order(), leads[1] + leads[0])
        leads[1].probability = 60.0
        Frequency.create(
            {"variable": "stage_id", "value": "1", "won_count": 3, "lost_count": 2}
        )
        self.assertEqual(order(), leads[1] + leads[0])

    def test_button_and_explanation(self):
        """P3 B1: the button takes the urgent first, and the explanation says what place
        a lead had and by what, to a salesperson with own documents only."""
        route = self._route(self.anna, active=False)
        leads = self._lead(2, probability=10.0)
        leads[1].priority = "2"
        route.active = True
        leads.with_user(self.manager).action_distribute()
        self.assertEqual(leads.user_id, self.anna)
        last = leads[0].with_user(self.anna)
        text = last.env["lead.distribution.explanation"]._explain_lead(last)
        self.assertIn("Number 2 of the 2 leads", text)
        self.assertIn("stars: 0, then the probability of a sale: 10 %", text)
        first = leads[1].with_user(self.anna)
        text = first.env["lead.distribution.explanation"]._explain_lead(first)
        self.assertIn("Number 1 of the 2 leads", text)
        alone = self._lead().with_user(self.anna)
        text = alone.env["lead.distribution.explanation"]._explain_lead(alone)
        self.assertNotIn("Number 1", text)

    def test_every_order_is_explained(self):
        """P3 B1: each order says its own figure."""
        self._route(self.anna)
        for order, words in (
            ("probability", "probability of a sale: "),
            ("revenue", "expected revenue: "),
            ("waiting", "waiting for 0 minutes"),
            ("mix", "of 100 points"),
        ):
            self.company.lead_priority_order = order
            lead = self._lead(2)[0].with_user(self.anna)
            text = lead.env["lead.distribution.explanation"]._explain_lead(lead)
            self.assertIn(words, text)

    def test_each_company_its_order(self):
        """P3: two companies, two orders, in one batch."""
        olga = self._user("olga", company_id=self.company_2.id)
        self._route(self.anna)
        self._route([olga], company_id=self.company_2.id)
        olga.with_company(self.company_2).lead_max_day = 1
        self.anna.lead_max_day = 1
        self.company_2.lead_priority_order = "revenue"
        (self.company | self.company_2).lead_distribution_mode = "queued"
        values = ({"priority": "3"}, {"expected_revenue": 5_000.0})
        ours, others = (
            [self._lead(company_id=company.id, probability=5.0, **v) for v in values]
            for company in (self.company, self.company_2)
        )
        self._run_cron()
        self.assertEqual(ours[0].user_id, self.anna)
        self.assertFalse(ours[1].user_id)
        self.assertEqual(others[1].user_id, olga)
        self.assertFalse(others[0].user_id)

    def test_offers_go_on_most_urgent_first(self):
        """P3: what nobody claimed takes the scarce place of the next one by urgency."""
        self._route(self.anna | self.boris, delivery="offer", strategy="round_robin")
        self.boris.lead_max_open = 1
        self.boris.lead_distribution_paused = True
        leads = self._lead(2, probability=10.0)
        leads[1].priority = "3"
        rows = self._rows(leads).sudo()
        self.assertEqual(rows.user_id, self.anna)
        self.boris.lead_distribution_paused = False
        self.env.cr.execute(
            "UPDATE lead_distribution_assignment SET deadline = '2020-01-01'"
            " WHERE id = ANY(%s)",
            [rows.ids],
        )
        self.env.invalidate_all()
        self._run_cron("ir_cron_expire_offers")
        self.assertEqual(leads[1].offer_user_id, self.boris)
        self.assertEqual(leads[0].distribution_state, "pool")

    def test_manager_sets_it(self):
        """P3: on the managers' page, the weights only where they count."""
        Settings = self.env["lead.distribution.settings"].with_user(self.manager)
        settings = Settings.browse(Settings.action_open()["res_id"])
        with Form(settings) as form:
            form.lead_priority_order = "mix"
            form.lead_priority_stars = 7
        self.assertEqual(self.company.lead_priority_order, "mix")
        self.assertEqual(self.company.lead_priority_stars, 7)
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.company.lead_priority_full_hours = 0
            self.company.flush_recordset()
