"""The board of salespeople and the pool, as people see them."""

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests.common import tagged

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestBoard(DistributionCase):
    """K13: board and statistics in one place."""

    def test_routes_by_team_listing_and_alone(self):
        """Routes on which somebody is through a team, a listing or alone are shown."""
        by_team = self._route(
            name="By team", pool_source="teams", team_ids=self.team.ids
        )
        alone = self._route(name="Alone", pool_source="user", user_id=self.anna.id)
        listed = self._route(name="Listed", pool_source="listing")
        named = self._route(self.anna, name="Named")
        self.env["lead.distribution.listing"].create(
            {"name": "Villa", "contact_ids": self.boris.partner_id.ids}
        )
        users = (self.anna | self.boris | self.clara).with_user(self.manager)
        self.assertEqual(users[0].lead_found_route_ids, by_team | alone)
        self.assertEqual(users[0].lead_route_ids, named)
        self.assertEqual(users[1].lead_found_route_ids, by_team | listed)
        self.assertEqual(users[2].lead_found_route_ids, by_team)

    def test_intake_users_are_marked(self):
        """O22"""
        self.company.lead_distribution_intake_user_ids = self.clara
        users = (self.anna | self.clara).with_user(self.manager)
        self.assertEqual(users.mapped("lead_intake"), [False, True])

    def test_figures_of_the_month_and_their_statistics(self):
        """K13: what became of leads and offers, and the way to the figures behind."""
        self._route(self.anna | self.boris, delivery="offer", strategy="round_robin")
        leads = self._lead(2)
        leads[0].with_user(self.anna).action_claim()
        leads[1].with_user(self.boris).action_decline("No")
        anna, boris = (self.anna | self.boris).with_user(self.manager)
        self.assertEqual(anna.lead_month_figures, "received: 1, claimed: 1")
        self.assertEqual(boris.lead_month_figures, "declined: 1")
        action = boris.action_open_lead_statistics()
        lines = self.env[action["res_model"]].with_user(self.manager)
        line = lines.search(action["domain"])
        self.assertEqual(line.mapped("decline_reason"), ["No"])

    def test_from_the_figures_to_pause_limits_and_members(self):
        """K13: from a line of the statistics, for managers alone."""
        route = self._route(self.anna)
        self._lead()
        line = self.env["lead.distribution.report"].search(
            [("route_id", "=", route.id)], limit=1
        )
        action = line.with_user(self.manager).action_open_salesperson()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("res.users", self.anna.id)
        )
        action = line.with_user(self.manager).action_open_route()
        self.assertEqual(action["res_id"], route.id)
        for method in ("action_open_salesperson", "action_open_route"):
            with self.assertRaises(AccessError):
                getattr(line.with_user(self.anna), method)()


@tagged("post_install", "-at_install")
class TestPoolBell(DistributionCase):
    """K10: word of new leads in the pool, off by default."""

    def _told(self):
        told = []
        users = type(self.env["res.users"])

        def send(user, kind, message, *args, **kwargs):
            if kind == "lead_distribution.pool":
                told.append((user.name, message["message"]))

        with patch.object(users, "_bus_send", send):
            self._run_cron("ir_cron_send_mail")
        return sorted(told)

    def test_candidates_hear_of_new_leads_in_the_pool(self):
        """Those who may claim, once each; not who is paused or absent; nobody where the
        company does not want it."""
        route = self._route(self.anna | self.boris | self.clara, standard_target=1)
        self.env["lead.distribution.route.member"].search(
            [("route_id", "=", route.id)]
        ).write({"target_mode": "individual", "target": 0})
        self._lead()
        self.assertFalse(self._told())
        self.company.lead_pool_bell = True
        self.boris.lead_distribution_paused = True
        self.clara.lead_absent = True
        lead = self._lead(name="Flat")
        self.assertEqual(lead.distribution_state, "pool")
        self.assertEqual(self._told(), [("Anna", "You can claim: Flat")])
        self._lead(3)
        self.assertEqual(self._told(), [("Anna", "New leads to claim: 3")])
        self.assertFalse(self._told())


@tagged("post_install", "-at_install")
class TestListingLog(DistributionCase):
    """O18 O20: what happened with a listing is read on it."""

    def test_chatter_and_done_activities(self):
        """Salespeople with own documents read on the listing what was done for the
        leads they may read, and note on it; they change nothing of it."""
        listing = self.env["lead.distribution.listing"].create({"name": "Villa"})
        self._route(self.anna, activity_type_id=self.call.id)
        lead = self._lead(listing_id=listing.id)
        activity = listing.with_user(self.anna).lead_activity_ids
        self.assertEqual(activity.res_id, lead.id)
        activity.action_feedback(feedback="Shown twice")
        self.env.invalidate_all()
        mine = listing.with_user(self.anna)
        self.assertFalse(mine.lead_activity_ids)
        self.assertEqual(
            mine.lead_done_activity_ids.mapped("feedback"), ["Shown twice"]
        )
        self.assertFalse(listing.with_user(self.boris).lead_done_activity_ids)
        mine.message_post(body="The key is at the office")
        self.assertIn("The key", " ".join(mine.message_ids.mapped("body")))
        with self.assertRaises(AccessError):
            mine.name = "Mine"
        listing.with_user(self.manager).user_id = self.boris
        self.flush_tracking()
        tracked = listing.message_ids.tracking_value_ids.field_id
        self.assertEqual(tracked.mapped("name"), ["user_id"])
