from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests.common import tagged

from ..tools.service_context import as_service
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

    def test_self_assigned_lead_changed_by_hand(self):
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
        with self.assertRaisesRegex(UserError, "Only people on its route"):
            lead.with_user(self.boris).action_claim()
        self.assertFalse(lead.with_user(self.boris).has_access("read"))
        lead.sudo().team_id = self.team
        lead.with_user(self.boris).action_claim()
        self.assertEqual(lead.user_id, self.boris)

    def test_pool_is_seen_by_those_who_may_claim(self):
        """K10: with "own documents only": the route's people, whatever it draws them
        from, the lead's team, its leader, whom it is offered to; nobody else."""
        team = self.env["crm.team"].create(
            {
                "name": "Far",
                "company_id": self.company.id,
                "member_ids": [(6, 0, self.clara.ids)],
            }
        )
        listing = self.env["lead.distribution.listing"].create(
            {"name": "House", "contact_ids": [(6, 0, self.clara.partner_id.ids)]}
        )
        routes = {
            "members": {"member_ids": [(0, 0, {"user_id": self.clara.id})]},
            "teams": {"team_ids": [(6, 0, team.ids)]},
            "listing": {},
            "user": {"user_id": self.clara.id},
        }
        people = self.anna | self.boris | self.clara

        def readers(lead):
            self.env.flush_all()
            return people.filtered(lambda user: lead.with_user(user).has_access("read"))

        for source, values in routes.items():
            lead = self._pool_lead(listing_id=listing.id)
            route = self._route(pool_source=source, sequence=1, **values)
            service = as_service(self.env["lead.distribution"])
            service.env["crm.lead"].browse(lead.id).write(
                {
                    "distribution_route_id": route.id,
                    "team_id": False,
                    "company_id": self.company.id,
                }
            )
            self.assertEqual(readers(lead), self.clara, source)
            found = self.env["crm.lead"].with_user(self.boris)
            self.assertNotIn(lead, found.search([("user_id", "=", False)]))
            lead.team_id = team
            team.user_id = self.boris
            self.assertEqual(readers(lead), self.clara | self.boris, source)
            team.user_id = False
            self.assertTrue(lead.with_user(self.manager).has_access("read"))
            service.env["crm.lead"].browse(lead.id).distribution_route_id = False
            self.assertEqual(readers(lead), people, source)
            route.active = False
        offering = self._route(self.anna | self.boris, delivery="offer", sequence=1)
        lead = self._lead()
        self.assertEqual(lead.distribution_state, "offered")
        self.assertEqual(readers(lead), self.anna | self.boris)
        self.env["lead.distribution.route"].search([]).active = False
        self.assertTrue(offering.exists())
        self.assertEqual(readers(lead), people, "nobody distributes: Odoo as it is")

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

    def test_team_and_company_of_the_pool_are_the_leaders(self):
        """K10 K11: no way round the claim by moving the lead first."""
        lead = self._pool_lead()
        mine = self.env["crm.team"].create(
            {"name": "Mine", "user_id": self.boris.id, "company_id": self.company.id}
        )
        for values in ({"team_id": mine.id}, {"company_id": False}):
            with self.assertRaises(AccessError):
                lead.with_user(self.boris).write(values)
        lead.with_user(self.anna).write({"description": "A note is welcome"})
        lead.with_user(self.manager).team_id = mine
        self.assertEqual(lead.team_id, mine)

    def test_merging_the_pool_into_ones_own_is_a_claim(self):
        """K11: by somebody who is not on the route: refused."""
        own = self._lead(user_id=self.boris.id, type="opportunity")
        pooled = self._pool_lead(type="opportunity")
        with self.assertRaises(UserError):
            (own | pooled).with_user(self.boris).merge_opportunity()
        self.assertTrue(pooled.exists())

    def test_merge_keeps_consents_listing_and_reference(self):
        """V2: the next delivery is still the same lead."""
        source = self.env["utm.source"].create({"name": "Merging Portal"})
        purpose = self.env["lead.distribution.consent.purpose"].create({"name": "Call"})
        listing = self.env["lead.distribution.listing"].create({"name": "House"})
        one = self._lead(type="opportunity", probability=90)
        two = self._lead(
            type="opportunity",
            external_ref="M1",
            source_id=source.id,
            listing_id=listing.id,
            consent_purpose_ids=[(6, 0, purpose.ids)],
        )
        head = (one | two).with_user(self.manager).merge_opportunity()
        self.assertEqual(head, one)
        self.assertEqual(head.consent_purpose_ids, purpose)
        self.assertEqual(head.listing_id, listing)
        again = self._lead(external_ref="M1", source_id=source.id)
        self.assertEqual(again, head)

    def test_names_of_colleagues_leads_are_not_told(self):
        """A claim of what never was in the pool tells nothing."""
        secret = self._lead(user_id=self.anna.id, name="Secret")
        with self.assertRaises(AccessError):
            secret.with_user(self.boris).action_claim()

    def test_distribute_takes_nobodys_lead_for_nothing(self):
        """O21: nobody else found, or the same again: all stays as it is."""
        self_assigned = self._lead(user_id=self.clara.id)
        self.route.domain = "[('priority', '=', '3')]"
        self_assigned.with_user(self.manager).action_distribute()
        self.assertEqual(self_assigned.user_id, self.clara)
        self.assertEqual(self_assigned.distribution_state, "none")
        mine = self._lead(priority="3")
        mine.with_user(self.manager).action_distribute()
        self.assertEqual(
            (mine.user_id, mine.distribution_state), (self.anna, "assigned")
        )
        self.assertEqual(self.anna.lead_workload_units, 1)

    def test_closed_leads_are_not_released(self):
        lead = self._lead(type="opportunity")
        lead.action_set_won()
        with self.assertRaises(UserError):
            lead.with_user(self.anna).action_release_to_pool()

    def test_deleting_a_user_frees_the_leads(self):
        """Operations: no lead is stranded, the ledger stays."""
        gone = self._user("gone")
        self.route.member_ids.user_id = gone
        lead = self._lead()
        self.assertEqual(lead.user_id, gone)
        self.route.member_ids.unlink()
        gone.unlink()
        self.assertEqual(lead.distribution_state, "pool")
        self.assertEqual(self._rows(lead).state, "released")

    def test_archiving_a_user_tells_the_manager(self):
        """Operations: which leads are left."""
        self.company.lead_distribution_manager_id = self.manager
        lead = self._lead()
        self.anna.active = False
        call = self.env["mail.activity"].search(
            [("res_model", "=", "res.partner"), ("user_id", "=", self.manager.id)]
        )
        self.assertIn("Open leads to hand over: 1", call.summary)
        self.assertEqual(lead.user_id, self.anna)

    def test_code_of_others_is_not_the_service(self):
        """O24: an automation rule's change, in the middle of a distribution, has
        its own ledger row; the lead is not given twice."""
        lead = self._lead()
        service = as_service(self.env["lead.distribution"], self.company)
        action = service.env["ir.actions.server"].create(
            {
                "name": "Give to Boris",
                "model_id": self.env.ref("crm.model_crm_lead").id,
                "state": "code",
                "code": f"record.write({{'user_id': {self.boris.id}}})",
            }
        )
        action.with_context(active_model="crm.lead", active_id=lead.id).run()
        rows = self._rows(lead)
        self.assertEqual(rows.mapped("state"), ["released", "assigned"])
        self.assertEqual(rows[1].user_id, self.boris)

    def test_defaults_of_the_context_stay_out_of_the_ledger(self):
        lead = self._lead()
        forged = {"default_trace": {"v": 1, "chosen": [1, "x", 1, 1]}}
        lead.with_user(self.manager).with_context(**forged).user_id = self.boris
        self.assertFalse(self._rows(lead)[-1].sudo().trace)


@tagged("post_install", "-at_install")
class TestUndoClaim(DistributionCase):
    """A claim that was a slip is undone: the lead and its unit are back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.lead_undo_seconds = 8
        cls.route = cls._route(cls.anna | cls.boris, delivery="offer_all")

    def test_back_to_the_offer(self):
        """Who it was offered to can claim it again, until the same deadline."""
        lead = self._lead()
        offers = self._rows(lead)
        deadlines = offers.mapped("deadline")
        self.assertEqual(set(offers.mapped("state")), {"offered"})
        action = lead.with_user(self.anna).action_claim_here()
        self.assertEqual(action["params"]["seconds"], 8)
        self.assertEqual(lead.user_id, self.anna)
        lead.with_user(self.anna).action_undo_claim()
        self.env.invalidate_all()
        self.assertFalse(lead.user_id)
        self.assertEqual(lead.distribution_state, "offered")
        self.assertEqual(set(self._rows(lead).mapped("state")), {"offered"})
        self.assertEqual(self._rows(lead).mapped("deadline"), deadlines)
        self.assertNotIn(self.anna.partner_id, lead.message_partner_ids)
        lead.with_user(self.boris).action_claim()
        self.assertEqual(lead.user_id, self.boris)

    def test_back_to_the_pool(self):
        """From the pool it goes back there, for the people of its route."""
        self.route.domain = "[('name', '=', 'Nothing')]"
        lead = self._lead()
        self.assertEqual(lead.distribution_state, "pool")
        as_service(lead, self.company).distribution_route_id = self.route
        lead.with_user(self.anna).action_claim()
        lead.with_user(self.anna).action_undo_claim()
        self.env.invalidate_all()
        self.assertFalse(lead.user_id)
        self.assertEqual(lead.distribution_state, "pool")
        self.assertEqual(lead.distribution_route_id, self.route)
        counted = self._rows(lead).filtered(
            lambda row: row.user_id and row.state in ("assigned", "released")
        )
        self.assertFalse(counted)

    def test_back_to_the_backlog(self):
        """What waited for somebody who can take it waits for them again."""
        self.route.write({"drain": True, "delivery": "assign"})
        (self.anna | self.boris).lead_distribution_paused = True
        lead = self._lead()
        self.assertTrue(lead.distribution_retry_after)
        self.anna.lead_distribution_paused = False
        lead.with_user(self.anna).action_claim()
        lead.with_user(self.anna).action_undo_claim()
        self.env.invalidate_all()
        self.assertEqual(lead.distribution_state, "pool")
        self.boris.lead_distribution_paused = False
        self.anna.lead_distribution_paused = True
        self._run_cron()
        self.assertEqual(lead.user_id, self.boris)

    def test_too_late(self):
        """What was not claimed just now, or by somebody else, stays."""
        lead = self._lead()
        lead.with_user(self.anna).action_claim()
        with self.assertRaises(UserError):
            lead.with_user(self.boris).action_undo_claim()
        later = fields.Datetime.now() + timedelta(minutes=5)
        with freeze_time(later), self.assertRaisesRegex(UserError, "too late"):
            lead.with_user(self.anna).action_undo_claim()
        self.assertEqual(lead.user_id, self.anna)
