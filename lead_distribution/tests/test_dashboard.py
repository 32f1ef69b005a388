"""The dashboard: received, times, kept clocks, fairness and gaps of a period."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase
from odoo.tests.common import tagged

from .common import DistributionCase, tour_user

MODEL = "lead.distribution.dashboard"


@tagged("post_install", "-at_install")
class TestDashboard(DistributionCase):
    """P15: figures as pictures, of one company and one period."""

    def _figures(self, user=None, *arguments):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env[MODEL].with_user(user or self.manager).figures(*arguments)

    def _people(self, figures):
        return {person["name"]: person for person in figures["people"]}

    def _fairness(self, figures):
        return {person["name"]: person for person in figures["fairness"]}

    def test_received_times_and_clocks(self):
        """What each received, how soon it was followed up, which clocks were kept."""
        self._route(self.anna | self.boris)
        leads = self._lead(4)
        rows = self._rows(leads)
        mine = rows.filtered(lambda row: row.user_id == self.anna)
        mine[0].lead_id.sudo().with_context(
            tracking_disable=True
        ).first_follow_up_date = mine[0].date + timedelta(minutes=30)
        self.env.flush_all()
        for row, result in zip(mine, ("kept", "missed"), strict=True):
            self.cr.execute(
                "UPDATE lead_distribution_assignment SET clock_result = %s"
                " WHERE id = %s",
                (result, row.id),
            )
        figures = self._figures(None, "today")
        self.assertEqual(figures["received"], 4)
        self.assertEqual(figures["follow_up"], 30)
        self.assertIs(figures["claim"], False)
        self.assertEqual((figures["kept"], figures["missed"]), (1, 1))
        self.assertEqual(self._people(figures)["Anna"]["received"], 2)
        self.assertEqual(self._people(figures)["Anna"]["kept"], 1)
        self.assertEqual(figures["period"]["unit"], "hour")
        self.assertEqual(sum(bar["received"] for bar in figures["bars"]), 4)
        self.assertEqual(len(figures["bars"]), 24)
        self.assertIs(figures["next"], False)

    def test_time_to_claim(self):
        """A lead taken out of the pool after a quarter of an hour."""
        lead = self._lead(user_id=False)
        self.env.flush_all()
        late = fields.Datetime.now() - timedelta(minutes=15)
        self.cr.execute(
            "UPDATE lead_distribution_assignment SET date = %s WHERE lead_id = %s",
            (late, lead.id),
        )
        self.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s", (late, lead.id)
        )
        self.env.invalidate_all()
        lead.with_user(self.anna).action_claim()
        figures = self._figures(None, "week")
        self.assertAlmostEqual(figures["claim"], 15, delta=1)
        self.assertEqual(len(figures["bars"]), 7)

    def test_salespeople_see_themselves(self):
        """Own figures only, and no gaps: they are the manager's."""
        self._route(self.anna | self.boris)
        self._lead(4)
        figures = self._figures(self.anna)
        self.assertEqual(figures["received"], 2)
        self.assertEqual(list(self._people(figures)), ["Anna"])
        self.assertEqual(list(self._fairness(figures)), ["Anna"])
        self.assertIsNone(figures["gaps"])
        self.assertFalse(figures["everybody"])
        with self.assertRaises(AccessError):
            self._figures(self._user("outsider", "base.group_user"))

    def test_other_company(self):
        """Nothing of another company, not even for its manager."""
        self._route(self.anna | self.boris)
        self._lead(4)
        stranger = self._user(
            "stranger", "sales_team.group_sale_manager", company_id=self.company_2.id
        )
        figures = self._figures(stranger)
        self.assertEqual(figures["received"], 0)
        self.assertEqual(figures["company"], "Second House")
        self.assertFalse(figures["people"] or figures["fairness"] or figures["gaps"])

    def test_fairness_explains_itself(self):
        """Ahead by own customers: the parts add up to what somebody is ahead."""
        self._route(self.anna | self.boris)
        customer = self.env["res.partner"].create(
            {"name": "Hers", "email": "hers@x.test", "user_id": self.anna.id}
        )
        self._lead(3, partner_id=customer.id)
        self._lead(4)
        self.boris.with_user(self.manager).action_correct_units(1.5, "Helped out")
        found = self._fairness(self._figures())
        anna, boris = found["Anna"], found["Boris"]
        self.assertIn("own customers: +3", anna["text"])
        self.assertTrue(anna["text"].startswith("Ahead by 2"), anna["text"])
        self.assertIn("by turn: −1", anna["text"])
        self.assertIn("corrections: +1.5", boris["text"])
        # the same on the board, for those whom it concerns
        users = self.anna | self.boris
        board = users.with_user(self.manager)
        self.assertEqual(
            board.mapped("lead_balance_text"), [anna["text"], boris["text"]]
        )
        colleague = self.boris.with_user(self.anna)
        (told,) = colleague.read(["lead_balance_text"])
        self.assertFalse(told.get("lead_balance_text"))
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.assertFalse(colleague.lead_balance_text)
        self.assertIn("by turn: +1", boris["text"])

    def test_nobody_on_shift(self):
        """What is given out while nobody is on shift is owed to all of the route."""
        hours = self.env["resource.calendar"].create(
            {"name": "Never", "company_id": self.company.id, "attendance_ids": []}
        )
        people = self.anna | self.boris
        people.with_company(self.company).lead_calendar_id = hours
        self._route(people, strategy="round_robin", own_hours=True, own_hours_within=0)
        self._lead(4)
        found = self._fairness(self._figures())
        self.assertAlmostEqual(sum(one["ahead"] for one in found.values()), 0)

    def test_gaps_and_next_step(self):
        """When leads came that found nobody, and what to do about it."""
        route = self._route(self.anna | self.boris, domain="[('id', '=', 0)]")
        lead = self._lead(user_id=False)
        route.active = False
        figures = self._figures()
        self.assertEqual(sum(gap["number"] for gap in figures["gaps"]), 1)
        self.assertEqual(figures["waiting"], 1)
        self.assertIn("route", figures["next"]["action"])
        route.active = True
        step = self._figures()["next"]
        self.assertIn("pool", step["action"])
        self.assertTrue(step["text"].endswith(": 1"), step["text"])
        lead.unlink()
        self.assertIn("longer", self._figures(self.anna)["next"]["text"])

    def test_periods(self):
        """Month and quarter begin where they do; a free period is checked."""
        today = fields.Date.to_date(self._figures(None, "today")["period"]["first"])
        month = self._figures(None, "month")["period"]
        self.assertEqual(month["first"], str(today.replace(day=1)))
        quarter = fields.Date.to_date(self._figures(None, "quarter")["period"]["first"])
        self.assertEqual((quarter.day, (quarter.month - 1) % 3), (1, 0))
        free = self._figures(None, "free", "2026-01-01", "2026-12-31")
        self.assertEqual(free["period"]["unit"], "month")
        self.assertEqual(free["period"]["start"], "2025-12-31 23:00:00")
        for wrong in (
            ("yesterday",),
            ("free", "2026-02-01", "2026-01-01"),
            ("free", "2000-01-01", "2026-01-01"),
            ("free", "tomorrow", False),
        ):
            with self.assertRaises(UserError):
                self._figures(None, *wrong)

    def test_few_queries(self):
        """As many queries for a hundred leads as for two."""
        self.company.lead_distribution_immediate_limit = 200
        self._route(self.anna | self.boris | self.clara)
        self._lead(2)
        self._figures()

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env[MODEL].with_user(self.manager).figures()
            return self.cr.sql_log_count - before

        few = count()
        self._lead(100)
        self.assertLessEqual(count(), few + 1)

    def test_readers_format(self):
        """Days are said as the reader writes them."""
        self.env["res.lang"]._activate_lang("pl_PL")
        model = self.env[MODEL].with_user(self.manager).with_context(lang="pl_PL")
        bars = model.figures("free", "2026-05-01", "2026-05-02")["bars"]
        self.assertEqual([bar["label"] for bar in bars], ["1 maj", "2 maj"])


@tagged("post_install", "-at_install")
class TestDashboardScreen(HttpCase):
    """The dashboard in a browser, wide and on a phone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["lead.distribution.route"].search([]).active = False
        cls.manager = tour_user(cls.env, "manager", "group_sale_manager")
        cls.anna = tour_user(cls.env, "anna")
        cls.env.company.lead_distribution_mode = "immediate"
        cls.env["lead.distribution.route"].create(
            {"name": "Tour", "member_ids": [(0, 0, {"user_id": cls.anna.id})]}
        )
        cls.env["crm.lead"].create(
            [{"name": f"Tour {n}", "user_id": False} for n in range(3)]
        )

    def test_pictures(self):
        self.start_tour(
            "/odoo/lead-dashboard", "lead_dashboard_tour", login=self.manager.login
        )


@tagged("post_install", "-at_install")
class TestDashboardPhone(TestDashboardScreen):
    """The same at 390 pixels, by a salesperson."""

    browser_size = "390x844"
    touch_enabled = True

    def test_pictures(self):
        self.start_tour(
            "/odoo/lead-dashboard", "lead_dashboard_phone_tour", login=self.anna.login
        )
