from unittest.mock import patch

from odoo.tests.common import tagged

from .common import DistributionCase

#: leads of a small and of a large block
FEW, MANY = 10, 40
#: statements that the larger one may need more: rows are read and written hundreds at
#: a time, so one a lead would be 30
MORE = 10
#: statements at most that distributing one lead adds to making it
ONE = 69


@tagged("post_install", "-at_install")
class TestStatements(DistributionCase):
    """Statements grow with routes and salespeople, not with leads; and one lead made
    alone is told of in few."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.lead_distribution_mode = "queued"
        cls.tag = cls.env["crm.tag"].create({"name": "Statements"})
        cls.route = cls._route(
            cls.anna | cls.boris, activity_type_id=cls.call.id, tag_ids=cls.tag.ids
        )

    def _spent(self, work):
        """Count the statements of some work, with nothing read before."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _distributing(self, leads):
        return self._spent(
            lambda: self.env["lead.distribution"]._distribute(leads, "cron")
        )

    def _assert_flat(self, make, state):
        """As many statements for many leads as for few.

        :param make: takes a number, makes as many leads
        :param state: where they end up
        """
        self._distributing(make(2))  # what is read once for good
        few, many = make(FEW), make(MANY)
        spent = self._distributing(few)
        more = self._distributing(many) - spent
        self.assertEqual(set((few | many).mapped("distribution_state")), {state})
        self.assertLess(more, MORE, f"{spent} for {FEW} leads")

    def test_batch(self):
        self._assert_flat(lambda count: self._lead(count, partner_id=False), "assigned")

    def test_known_customers(self):
        """Recognised by their addresses, each with a salesperson of their own."""

        def known(count):
            leads = self._lead(count, partner_id=False)
            self.env["res.partner"].create(
                [
                    {
                        "name": f"Customer {lead.id}",
                        "email": lead.email_normalized,
                        "user_id": (self.anna if lead.id % 2 else self.boris).id,
                    }
                    for lead in leads
                ]
            )
            return leads

        made = []

        def remembered(count):
            made.append(known(count))
            return made[-1]

        self._assert_flat(remembered, "assigned")
        for leads in made:
            self.assertEqual(len(leads.partner_id), len(leads))
            self.assertTrue(
                all(lead.user_id == lead.partner_id.user_id for lead in leads)
            )

    def test_offers(self):
        self.route.delivery = "offer"
        self._assert_flat(lambda count: self._lead(count, partner_id=False), "offered")

    def test_pool(self):
        self.route.member_ids.unlink()
        self._assert_flat(lambda count: self._lead(count, partner_id=False), "pool")

    def test_one_lead(self):
        """What a distribution adds to making one lead, its activity and tags
        included."""
        self._lead(partner_id=False)
        plain = self._spent(lambda: self._lead(partner_id=False))
        self.company.lead_distribution_mode = "immediate"
        self._lead(partner_id=False)
        spent = self._spent(lambda: self._lead(partner_id=False))
        self.assertLessEqual(spent - plain, ONE)

    def test_workers_are_woken_once(self):
        """However many schedules a transaction triggers."""
        told = []
        cron = self.env.ref("lead_distribution.ir_cron_send_mail")
        other = self.env.ref("lead_distribution.ir_cron_expire_offers")
        base = next(
            cls
            for cls in type(cron).mro()
            if cls.__module__.startswith("odoo.addons.base.")
        )
        with (
            self.enter_registry_test_mode(),
            patch.object(base, "_notifydb", lambda _cron: told.append(1)),
            self.registry.cursor() as cr,
        ):
            for each in (cron, other, cron):
                each.with_env(each.env(cr=cr))._notifydb()
        self.assertEqual(told, [1])

    def test_teams(self):
        """Teams by their order, led ones last; none that is archived or another
        company's."""
        Team = self.env["crm.team"]
        made = Team.create(
            [
                {"name": "Led first", "sequence": 1, "user_id": self.anna.id},
                {"name": "Second", "sequence": 9},
                {"name": "First", "sequence": 5, "user_id": self.anna.id},
                {"name": "Gone", "sequence": 2, "active": False},
                {"name": "Others", "sequence": 3, "company_id": self.company_2.id},
                {"name": "Led last", "sequence": 7, "user_id": self.anna.id},
            ]
        )
        led_first, second, first, gone, others, led_last = made
        self.anna.company_ids |= self.company_2
        self.env["crm.team.member"].search([("user_id", "=", self.anna.id)]).unlink()
        self.env["crm.team.member"].create(
            [
                {"user_id": self.anna.id, "crm_team_id": team.id}
                for team in (second, first, gone, others)
            ]
        )
        found = self.env["lead.distribution.candidates"]._teams_of(
            self.company, self.anna | self.boris
        )
        self.assertEqual(
            found[self.anna.id], (first | second | led_first | led_last).ids
        )
