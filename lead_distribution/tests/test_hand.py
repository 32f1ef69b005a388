from odoo.exceptions import AccessError, UserError
from odoo.tests.common import tagged

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestHand(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna)

    def _pool_lead(self, **values):
        self.anna.lead_distribution_paused = True
        lead = self._lead(**values)
        self.anna.lead_distribution_paused = False
        self.assertEqual(lead.distribution_state, "pool")
        return lead

    def test_change_by_hand_is_a_row(self):
        """O24: it counts, and the one before is released with its unit."""
        lead = self._lead()
        lead.with_user(self.anna).user_id = self.boris
        rows = self._rows(lead)
        self.assertEqual(rows.mapped("state"), ["released", "assigned"])
        self.assertEqual(rows.mapped("reason"), ["strategy", "manual"])
        self.assertEqual(rows[1].previous_user_id, self.anna)
        self.assertEqual(self.boris.lead_workload_units, 1)
        self.assertEqual(self.anna.lead_workload_units, 1)
        lead.user_id = self.boris  # the same again is no change
        self.assertEqual(self._rows(lead), rows)

    def test_captured_lead_changed_by_hand(self):
        """O24: also for leads that were none of ours."""
        lead = self._lead(user_id=self.clara.id)
        lead.user_id = self.boris
        self.assertEqual(self._rows(lead).reason, "manual")
        self.assertEqual(lead.distribution_state, "assigned")

    def test_taken_away_by_hand(self):
        """O24: nobody left means the pool."""
        lead = self._lead()
        lead.with_user(self.manager).user_id = False
        self.assertEqual(lead.distribution_state, "pool")
        self.assertEqual(self._rows(lead).state, "released")

    def test_many_by_hand(self):
        """O24: a mass edit of leads with different owners."""
        leads = self._lead(3) | self._lead(user_id=self.clara.id)
        leads.with_user(self.manager).write({"user_id": self.boris.id})
        self.assertEqual(
            self._rows(leads).filtered(lambda r: r.state == "assigned").user_id,
            self.boris,
        )
        self.assertEqual(self.boris.lead_workload_units, 4)

    def test_merge_keeps_the_ledger(self):
        """O24: merged leads' rows go with them; one assignment is left."""
        one, two = self._lead(2)
        one.with_user(self.manager).user_id = self.boris
        rows = self._rows(one | two)
        head = (one | two).with_user(self.manager).merge_opportunity()
        self.assertEqual(self._rows(head) & rows, rows)
        held = self._rows(head).filtered(lambda r: r.state == "assigned")
        self.assertEqual(len(held), 1)
        self.assertEqual(held.user_id, head.user_id)

    def test_merge_into_an_unassigned_lead_counts_once(self):
        """O24: the salesperson keeps the lead and does not pay for it twice."""
        pooled = self._pool_lead(type="opportunity", probability=90)
        given = self._lead()
        head = (pooled | given).with_user(self.manager).merge_opportunity()
        self.assertEqual(head.user_id, self.anna)
        held = self._rows(head).filtered(lambda r: r.state == "assigned")
        self.assertEqual(held.user_id, self.anna)
        self.assertEqual(self.anna.lead_workload_units, 1)
        self.assertEqual(head.distribution_state, "assigned")

    def test_claim(self):
        """K11: a salesperson claims from the pool, with own documents only."""
        lead = self._pool_lead()
        self.assertIs(lead.with_user(self.anna).action_claim(), True)
        self.assertEqual(lead.user_id, self.anna)
        row = self._rows(lead)[-1]
        self.assertEqual((row.state, row.reason), ("assigned", "claim"))
        self.assertIn(self.anna.partner_id, lead.message_partner_ids)

    def test_second_claim_is_told_who_has_it(self):
        """K11"""
        lead = self._pool_lead()
        lead.with_user(self.anna).action_claim()
        for loser in (self.boris, self.manager):
            with self.assertRaisesRegex(UserError, "Anna has the lead"):
                lead.with_user(loser).action_claim()
        stranger = self._user("stranger", company_id=self.company_2.id)
        with self.assertRaises(AccessError):
            lead.with_user(stranger).action_claim()

    def test_pause_and_limits_hold_for_claims(self):
        """K11"""
        one, two = self._pool_lead(), self._pool_lead()
        self.anna.lead_max_day = 1
        one.with_user(self.anna).action_claim()
        with self.assertRaisesRegex(UserError, "limit of leads a day"):
            two.with_user(self.anna).action_claim()
        self.anna.lead_max_day = 0
        self.anna.lead_distribution_paused = True
        with self.assertRaisesRegex(UserError, "paused"):
            two.with_user(self.anna).action_claim()
        self.assertFalse(two.user_id)

    def test_claim_is_for_the_routes_people(self):
        """K10: its candidates, the members of the lead's team, leaders."""
        lead = self._pool_lead()
        with self.assertRaisesRegex(UserError, "not on"):
            lead.with_user(self.boris).action_claim()
        lead.sudo().team_id = self.team
        lead.with_user(self.boris).action_claim()
        self.assertEqual(lead.user_id, self.boris)

    def test_writing_oneself_is_a_claim(self):
        """A salesperson cannot go round the claim's checks by editing the lead."""
        lead = self._pool_lead()
        with self.assertRaises(UserError):
            lead.with_user(self.boris).user_id = self.boris
        self.anna.lead_distribution_paused = True
        with self.assertRaises(UserError):
            lead.with_user(self.anna).user_id = self.anna
        self.anna.lead_distribution_paused = False
        lead.with_user(self.anna).user_id = self.anna
        self.assertEqual(self._rows(lead)[-1].reason, "claim")

    def test_handing_out_the_pool_is_for_leaders(self):
        """Writing somebody else on a pool lead: managers and team leaders."""
        lead = self._pool_lead(team_id=self.team.id)
        with self.assertRaises(AccessError):
            lead.with_user(self.anna).user_id = self.boris
        with self.assertRaises(AccessError):
            lead.with_user(self.anna).action_distribute()
        self.team.user_id = self.anna
        lead.with_user(self.anna).user_id = self.boris
        self.assertEqual(self._rows(lead)[-1].reason, "manual")

    def test_assign_by_hand_in_bulk(self):
        """K11: the leader's wizard."""
        leads = self._pool_lead() | self._pool_lead()
        action = leads.with_user(self.manager).action_hand_over()
        wizard = (
            self.env["lead.distribution.hand"]
            .with_user(self.manager)
            .with_context(**action["context"])
            .create({"user_id": self.clara.id})
        )
        wizard.action_confirm()
        self.assertEqual(leads.user_id, self.clara)
        with self.assertRaises(AccessError):
            leads.with_user(self.anna).action_hand_over()

    def test_release_to_pool(self):
        """One's own lead goes back; its unit stays with who had it."""
        lead = self._lead()
        with self.assertRaises(AccessError):
            lead.with_user(self.boris).action_release_to_pool()
        self.assertIs(lead.with_user(self.anna).action_release_to_pool(), True)
        self.assertEqual(lead.distribution_state, "pool")
        self.assertFalse(lead.user_id)
        self.assertEqual(lead.company_id, self.company)
        self.assertEqual(self._rows(lead).state, "released")
        self.assertEqual(self.anna.lead_workload_units, 1)
        self.assertNotIn(self.anna.partner_id, lead.message_partner_ids)
