from datetime import timedelta

from odoo import fields
from odoo.tests.common import tagged

from ..tools.periods import company_today
from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestApply(DistributionCase):
    def test_activity_with_each_lead(self):
        """O18: the route's type, summary, note and deadline, for the salesperson;
        it shows on the lead."""
        self._route(
            self.anna,
            activity_type_id=self.call.id,
            activity_summary="First call",
            activity_note="<p>Be kind</p>",
            activity_days=3,
        )
        lead = self._lead()
        activity = lead.with_user(self.anna).activity_ids
        self.assertEqual(activity.user_id, self.anna)
        self.assertEqual(activity.activity_type_id, self.call)
        self.assertEqual(activity.summary, "First call")
        self.assertIn("Be kind", activity.note)
        today = company_today(self.company)
        self.assertEqual(activity.date_deadline, today + timedelta(days=3))
        self.assertEqual(self._rows(lead).activity_id, activity)

    def test_no_activity_without_a_type(self):
        self._route(self.anna)
        self.assertFalse(self._lead().activity_ids)

    def test_team_follows_the_salesperson(self):
        """The lead's team if the salesperson is in it, else one of theirs."""
        self._route(self.anna)
        self.assertEqual(self._lead().team_id, self.team)
        other = self.env["crm.team"].create(
            {"name": "Else", "company_id": self.company.id}
        )
        self.assertEqual(self._lead(team_id=other.id).team_id, self.team)
        foreign = self.env["crm.team"].create(
            {"name": "Foreign", "company_id": self.company_2.id}
        )
        self.env["crm.team.member"].create(
            {"crm_team_id": self.team.id, "user_id": self.manager.id}
        )
        self.assertNotEqual(self._lead().team_id, foreign)
        self.assertEqual(self._lead().company_id, self.company)

    def test_followers_and_chatter(self):
        """The salesperson follows; the chatter says who, by what, why."""
        self._route(self.anna, name="Main")
        lead = self._lead()
        self.assertIn(self.anna.partner_id, lead.message_partner_ids)
        line = lead.message_ids.filtered(lambda m: "Main" in (m.body or ""))
        self.assertEqual(len(line), 1)
        self.assertIn("Anna", line.body)
        self.assertEqual(line.author_id, self.env.ref("base.partner_root"))

    def test_team_followers_follow_as_they_subscribed(self):
        """Core's subscription of team followers, in bulk."""
        self._route(self.anna)
        fan = self.env["res.partner"].create({"name": "Fan", "email": "fan@fan.test"})
        won = self.env.ref("crm.mt_lead_won")
        salesteam_won = self.env["mail.message.subtype"].search(
            [("parent_id", "=", won.id), ("res_model", "=", "crm.team")]
        )
        self.team.message_subscribe(fan.ids, salesteam_won.ids)
        lead = self._lead()
        follower = lead.message_follower_ids.filtered(lambda f: f.partner_id == fan)
        self.assertEqual(follower.subtype_ids, won)

    def test_former_salesperson_stops_following(self):
        route = self._route(self.anna)
        lead = self._lead()
        route.member_ids.user_id = self.boris
        lead.with_user(self.manager).action_distribute()
        self.assertEqual(lead.user_id, self.boris)
        self.assertNotIn(self.anna.partner_id, lead.message_partner_ids)
        rows = self._rows(lead)
        self.assertEqual(rows.mapped("state"), ["released", "assigned"])
        self.assertEqual(rows[1].previous_user_id, self.anna)

    def test_contact_owner_policies(self):
        """O15: always, only if none, never; counted in all three."""
        route = self._route(self.anna, prefer_known=False)
        for policy, owner, expected in (
            ("always", self.boris, self.anna),
            ("if_empty", self.boris, self.boris),
            ("if_empty", self.env["res.users"], self.anna),
            ("never", self.env["res.users"], self.env["res.users"]),
        ):
            route.contact_owner_policy = policy
            partner = self.env["res.partner"].create(
                {"name": policy, "user_id": owner.id}
            )
            lead = self._lead(partner_id=partner.id)
            self.assertEqual(lead.user_id, self.anna)
            self.assertEqual(partner.user_id, expected, policy)
            self.assertEqual(self._rows(lead).partner_previous_user_id, owner)
            self.assertEqual(self._rows(lead).units, 1)
            self.assertTrue(partner.with_user(self.anna).read(["name"]))

    def test_tags_are_added_and_remembered(self):
        old, new = self.env["crm.tag"].create([{"name": "Old"}, {"name": "Routed"}])
        self._route(self.anna, tag_ids=(old | new).ids)
        lead = self._lead(tag_ids=[(6, 0, old.ids)])
        self.assertEqual(lead.tag_ids, old | new)
        self.assertEqual(self._rows(lead).tag_ids_added, new)

    def test_listing_in_the_ledger(self):
        self._route(self.anna)
        listing = self.env["lead.distribution.listing"].create({"name": "House"})
        lead = self._lead(listing_id=listing.id)
        self.assertEqual(self._rows(lead).listing_id, listing)
        self.assertEqual(listing.lead_count, 1)

    def test_assignment_date_is_set(self):
        self._route(self.anna)
        lead = self._lead()
        self.assertTrue(lead.date_open)
        self.assertLess(fields.Datetime.now() - lead.date_open, timedelta(minutes=1))

    def test_fair_share_remembers_credit(self):
        """B6: from one batch to the next."""
        route = self._route(self.anna | self.boris | self.clara, strategy="fair_share")
        users = [self._lead().user_id for _n in range(6)]
        self.assertEqual(users[:3], [self.anna, self.boris, self.clara])
        self.assertEqual(users[3:], [self.anna, self.boris, self.clara])
        states = self.env["lead.distribution.route.state"].search(
            [("route_id", "=", route.id)]
        )
        self.assertAlmostEqual(sum(states.mapped("credit")), 0, 4)
