"""Two seconds, shown: the product measures from arrival to bell, and says when it is
late."""

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests.common import tagged

from ..tools.service_context import as_service
from .common import DistributionCase

#: seconds of a hundred leads: half in 0.2, 9 of 10 in 0.5, the last in 9
USUAL = [0.2] * 60 + [0.5] * 38 + [1.0, 9.0]


@tagged("post_install", "-at_install")
class TestSpeed(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Speed = cls.env["lead.distribution.speed"]
        cls.env.flush_all()
        # what other tests' data were told is not looked at here
        cls.env.cr.execute("UPDATE lead_distribution_assignment SET date_told = NULL")
        cls.dora = cls._user("dora", company_id=cls.company_2.id)
        for company, users in (
            (cls.company, cls.anna | cls.boris),
            (cls.company_2, cls.dora),
        ):
            company.lead_distribution_mode = "immediate"
            company.lead_distribution_immediate_limit = 200
            cls._route(users, company_id=company.id, strategy="round_robin")

    def _came(self, seconds, days=0, limit=20, **values):
        """Leads of which each came by itself and took so long to the bell."""
        leads = self._lead(len(seconds), **values)
        company = leads[:1].distribution_company_id or self.company
        self.env.flush_all()
        for number, (lead, took) in enumerate(zip(leads, seconds, strict=True)):
            # none at the same moment as another
            back = f"{days * 86400 + number * 0.01} seconds"
            self.cr.execute(
                """UPDATE lead_distribution_assignment
                      SET date_told = date_told - %s::interval WHERE lead_id = %s
                RETURNING date_told""",
                [back, lead.id],
            )
            told = self.cr.fetchone()[0]
            self.cr.execute(
                "UPDATE crm_lead SET create_date = %s WHERE id = %s",
                [told - timedelta(seconds=took), lead.id],
            )
        company.lead_distribution_immediate_limit = limit
        self.env.invalidate_all()
        return leads

    def _findings(self, company=None):
        found = self.env["lead.distribution.health.checks"].with_user(self.manager)
        company = company or self.company
        found = found._health(company)
        self.assertNotIn("failed", [finding.kind for finding in found])
        return [finding for finding in found if finding.kind == "speed"]

    def test_the_ledger_says_when(self):
        """Part 13: each lead that comes by itself has the moment of its bell, in parts
        of a second; what somebody asked for has none."""
        before = datetime.utcnow()
        lead = self._lead()
        told = self._rows(lead).date_told
        self.assertTrue(before <= told <= datetime.utcnow())
        self.assertGreaterEqual(told, lead.create_date)
        lead.with_user(self.manager).user_id = self.clara
        self.assertFalse(self._rows(lead)[-1].date_told)
        self.env["lead.distribution.route"].search([]).delivery = "offer"
        offered = self._lead()
        self.assertEqual(self._rows(offered).state, "offered")
        self.assertTrue(self._rows(offered).date_told)
        self.company.lead_distribution_mode = "queued"
        waiting = self._lead()
        self.env["lead.distribution"]._distribute_block(self.company)
        self.assertTrue(self._rows(waiting).date_told)
        by_hand = self._lead()
        self.env["lead.distribution"]._distribute(by_hand, "button")
        self.assertFalse(self._rows(by_hand).date_told)
        self.env["lead.distribution.route"].search([]).active = False
        nobody = self._lead()
        self.env["lead.distribution"]._distribute(nobody, "cron")
        self.assertFalse(any(self._rows(nobody).mapped("date_told")))

    def test_by_source_and_day(self):
        """p50, p90 and p99 of each source and day, of the company's managers."""
        self._came(USUAL, source_id=self.source.id)
        self._came([0.1, 0.3], days=2)
        lines = self.Speed.with_user(self.manager).search([])
        self.assertEqual(len(lines), 2)
        today = lines.filtered(lambda line: line.source_id == self.source)
        self.assertEqual((today.lead_count, today.later_count), (100, 0))
        self.assertAlmostEqual(today.half, 0.2, 3)
        self.assertAlmostEqual(today.most, 0.5, 3)
        self.assertTrue(1.0 < today.nearly_all < 2.0, today.nearly_all)
        other = lines - today
        self.assertAlmostEqual(other.half, 0.2, 3)
        self.assertEqual((today.day - other.day).days, 2)

    def test_what_is_left_out(self):
        """An import, what a route kept waiting on purpose, older leads that somebody
        let be distributed, later salespeople, and what is longer ago than a month."""
        imported = self._lead(25)  # one transaction
        self.company.lead_distribution_immediate_limit = 20
        self.env.flush_all()
        self.assertFalse(self.Speed.search([]))
        self.company.lead_distribution_immediate_limit = 200
        self.env.flush_all()
        self.assertEqual(self.Speed.search([]).lead_count, 25, "few are no import")
        waited = imported | self._came([1.0])
        as_service(waited).distribution_due = datetime(2026, 1, 1)
        old = self._came([1.0])
        self.cr.execute(
            "UPDATE crm_lead SET create_date = create_date - interval '3 days' "
            "WHERE id = %s",
            old.ids,
        )
        self._came([1.0], days=40)
        self.env.flush_all()
        self.assertFalse(self.Speed.search([]))
        moved = self._came([1.0])
        moved.with_user(self.manager).action_release_to_pool()
        self.env["lead.distribution"]._distribute(moved, "cron")
        self.env.flush_all()
        self.assertEqual(self.Speed.search([]).lead_count, 1)

    def test_two_companies(self):
        """Managers see their own company's; salespeople none."""
        self._came([1.0])
        self._came([3.0], company_id=self.company_2.id)
        manager_2 = self._user(
            "manager_2", "sales_team.group_sale_manager", company_id=self.company_2.id
        )
        for user, company, seconds in (
            (self.manager, self.company, 1.0),
            (manager_2, self.company_2, 3.0),
        ):
            line = self.Speed.with_user(user).search([])
            self.assertEqual(line.company_id, company)
            self.assertAlmostEqual(line.nearly_all, seconds, 3)
        for user in (
            self.anna,
            self._user("all", "sales_team.group_sale_salesman_all_leads"),
        ):
            with self.assertRaises(AccessError):
                self.Speed.with_user(user).search([])

    def test_health_check(self):
        """Later than wanted in the last week: a finding, which opens the report."""
        self._came([0.3] * 30)
        self.assertFalse(self._findings())
        self._came([7.0] * 3, source_id=self.source.id)
        (finding,) = self._findings()
        self.assertIn("7 s", finding.text)
        self.assertIn("leads: 33", finding.text)
        self.assertIn(self.source.name, finding.text)
        self.assertEqual(finding.company, self.company)
        action = self.env["lead.distribution.health.checks"]._health_action(finding)
        self.assertEqual(action["res_model"], "lead.distribution.speed")
        self.assertFalse(self._findings(self.company_2))
        # what the company wants is what counts
        self.company.lead_told_within = 8
        self.assertFalse(self._findings())
        self.company.lead_told_within = 0
        self.assertFalse(self._findings(), "not looked at")
        self.company.lead_told_within = 2
        self.company.lead_distribution_mode = "queued"
        self.assertFalse(self._findings(), "nobody promised two seconds")
        self.company.lead_distribution_mode = "immediate"
        with freeze_time(datetime.utcnow() + timedelta(days=8)):
            self.assertFalse(self._findings(), "that was last week")

    def test_few_leads_say_nothing(self):
        """One late lead of a handful is no finding."""
        self._came([9.0] * 5)
        self.assertFalse(self._findings())

    def test_setting(self):
        """Managers of the distribution say what is in time."""
        page = self.env["lead.distribution.settings"].with_user(self.manager).create({})
        self.assertEqual(page.lead_told_within, 2.0)
        page.lead_told_within = 5
        self.assertEqual(self.company.lead_told_within, 5.0)
        self.assertEqual(self.company_2.lead_told_within, 2.0)
