"""P2: the backlog drains itself."""

from datetime import timedelta
from unittest.mock import patch

import psycopg2
from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestDrain(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what waits in the database already must not take part
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE crm_lead SET distribution_retry_after = NULL")
        cls.env.invalidate_all()

    def _wait(self, **values):
        """A route with nobody who can take leads, and a lead that waits."""
        self.anna.lead_distribution_paused = True
        route = self._route(self.anna, **{"drain": True, **values})
        lead = self._lead()
        self.assertEqual(lead.distribution_state, "pool")
        self._run_cron()
        self.assertEqual(lead.distribution_state, "pool")
        return route, lead

    def _why(self, lead, user):
        lead = lead.with_user(user)
        return lead.env["lead.distribution.explanation"]._explain_lead(lead)

    def test_pause_ends(self):
        """P2 B1: who returns gets what waited, as a batch of its own that says so, and
        the salesperson with own documents reads why."""
        _route, lead = self._wait()
        rows = self._rows(lead)
        self.anna.lead_distribution_paused = False
        self._run_cron()
        self.assertEqual(lead.user_id, self.anna)
        self.assertFalse(lead.distribution_retry_after)
        row = self._rows(lead) - rows
        self.assertEqual((row.state, row.trigger), ("assigned", "drain"))
        self.assertEqual((row.run_id.trigger, row.run_id.lead_count), ("drain", 1))
        text = self._why(lead, self.anna)
        self.assertIn("It waited in the pool from", text)
        self.assertIn("Nobody eligible", text)

    def test_undone(self):
        """P2 B4: what a drain gave goes back to the pool, and stays there."""
        _route, lead = self._wait()
        self.anna.lead_distribution_paused = False
        self._run_cron()
        self._rows(lead)[-1].run_id.with_user(self.manager).action_undo()
        self.assertFalse(lead.user_id)
        self._run_cron()
        self.assertFalse(lead.user_id)

    def test_switched_off(self):
        """K10 K12: by default leads of the pool stay for people to claim."""
        route, lead = self._wait(drain=False)
        self.assertFalse(self.env["lead.distribution.route"].new({}).drain)
        self.anna.lead_distribution_paused = False
        self._run_cron()
        self.assertEqual(lead.distribution_state, "pool")
        # and it takes what waits once it is switched on
        route.drain = True
        self._run_cron()
        self.assertEqual(lead.user_id, self.anna)

    def test_nothing_written_in_vain(self):
        """P2 O16: neither rows, nor runs, nor mails, however often it is tried."""
        _route, lead = self._wait()
        self._route(self.boris, drain=True, domain="[('name', '=', 'other')]")
        rows = self._rows(lead)
        Run = self.env["lead.distribution.run"]
        runs = Run.search_count([])
        snapshots = self.env["lead.distribution.snapshot"].search_count([])
        for _time in range(3):
            self.boris.lead_max_day += 5  # something changed
            self._run_cron()
        self.assertEqual(self._rows(lead), rows)
        self.assertEqual(Run.search_count([]), runs)
        found = self.env["lead.distribution.snapshot"].search_count([])
        self.assertEqual(found, snapshots)

    def test_absence_ends(self):
        """P2 O23: at the moment when somebody is back."""
        now = fields.Datetime.now()
        self.env["lead.distribution.absence"].create(
            {
                "user_id": self.anna.id,
                "date_from": now - timedelta(days=1),
                "date_to": now + timedelta(hours=5),
            }
        )
        self._route(self.anna, drain=True)
        lead = self._lead()
        self._run_cron()
        self.assertEqual(lead.distribution_state, "pool")
        with freeze_time(now + timedelta(hours=5, minutes=1)):
            self._run_cron()
        self.assertEqual(lead.user_id, self.anna)

    def test_route_opens(self):
        """P2 K1: what came at night goes out when the route opens."""
        hours = self.env["resource.calendar"].create(
            {
                "name": "Office",
                "tz": "Europe/Warsaw",
                "attendance_ids": [
                    Command.clear(),
                    Command.create(
                        {
                            "name": "Monday",
                            "dayofweek": "0",
                            "hour_from": 9,
                            "hour_to": 17,
                            "day_period": "full_day",
                        }
                    ),
                ],
            }
        )
        with freeze_time("2026-03-02 02:00:00"):
            self._route(
                self.anna,
                drain=True,
                schedule="within",
                resource_calendar_id=hours.id,
            )
            lead = self._lead()
            self.env.flush_all()
            self.cr.execute(
                "UPDATE crm_lead SET create_date = '2026-03-02 02:00' WHERE id = %s",
                [lead.id],
            )
            self.env.invalidate_all()
            self._run_cron()
            self.assertEqual(lead.distribution_state, "pool")
        with freeze_time("2026-03-02 08:05:00"):
            self._run_cron()
        self.assertEqual(lead.user_id, self.anna)

    def test_limit_is_free_again_most_urgent_first(self):
        """P2 P3: the next day's two places go to the two most urgent."""
        self._route(self.anna, drain=True)
        self.anna.lead_max_day = 2
        leads = self._lead(6, probability=10.0)
        self.assertEqual(len(leads.filtered("user_id")), 2)
        waiting = leads.filtered(lambda lead: not lead.user_id)
        waiting[2].priority = "3"
        waiting[3].priority = "2"
        self._run_cron()
        self.assertFalse(waiting.user_id)
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self._run_cron()
        self.assertEqual(waiting.filtered("user_id"), waiting[2:4])

    def test_room_between_two_looks(self):
        """P2: a place that was taken and is free again counts, though nobody looked in
        between."""
        self._route(self.anna, drain=True)
        self.anna.lead_max_open = 1
        first = self._lead()
        second = self._lead()
        self.assertEqual(second.distribution_state, "pool")
        first.action_set_lost()
        self._run_cron()
        self.assertEqual(second.user_id, self.anna)

    def test_member_and_route(self):
        """P2: a new member, and a route that is switched on."""
        route, lead = self._wait()
        route.member_ids = [Command.create({"user_id": self.boris.id})]
        self._run_cron()
        self.assertEqual(lead.user_id, self.boris)
        route.active = False
        other = self._route(self.clara, drain=True, active=False)
        self._route(self.anna, domain="[('id', '=', 0)]")  # the company distributes
        lead = self._lead()
        self.assertEqual(lead.distribution_state, "pool")
        other.active = True
        self._run_cron()
        self.assertEqual(lead.user_id, self.clara)

    def test_too_old(self):
        """P2: older leads stay for people; 0 days for any age."""
        route, lead = self._wait(drain_max_days=3)
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(days=4), lead.id],
        )
        self.env.invalidate_all()
        self.anna.lead_distribution_paused = False
        self._run_cron()
        self.assertEqual(lead.distribution_state, "pool")
        route.drain_max_days = 0
        self._run_cron()
        self.assertEqual(lead.user_id, self.anna)

    def test_somebody_was_faster(self):
        """A conflict leaves the backlog to the next run, and the schedule goes on."""
        _route, lead = self._wait()
        self.anna.lead_distribution_paused = False
        drain = type(self.env["lead.distribution.drain"])

        def conflict(*_args, **_kwargs):
            raise psycopg2.errors.SerializationFailure("somebody was faster")

        with patch.object(drain, "_drain_block", conflict):
            self._run_cron()
        self.assertEqual(lead.distribution_state, "pool")
        self._run_cron()
        self.assertEqual(lead.user_id, self.anna)

    def test_only_by_routes_that_drain(self):
        """P2: another route that could take it takes new leads only."""
        _route, lead = self._wait()
        self._route(self.boris, sequence=1)
        self.anna.lead_distribution_paused = False
        self._run_cron()
        self.assertEqual(lead.user_id, self.anna)
        self.assertIn("takes nothing from the backlog", self._why(lead, self.manager))
        self.assertEqual(self._lead().user_id, self.boris)

    def test_never_again_to_who_declined(self):
        """P2 K9: in the round, whatever returns; who let it expire is asked again on
        another day."""
        self._route(self.anna | self.boris | self.clara, delivery="offer", drain=True)
        self.clara.lead_distribution_paused = True
        lead = self._lead()
        self.assertEqual(lead.offer_user_id, self.anna)
        lead.with_user(self.anna).action_decline("no time")
        self.assertEqual(lead.offer_user_id, self.boris)
        with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
            self._run_cron("ir_cron_expire_offers")
            self.assertEqual(lead.distribution_state, "pool")
            self._run_cron()
            self.assertEqual(lead.distribution_state, "pool")
            self.clara.lead_distribution_paused = False
            self._run_cron()
            self.assertEqual(lead.offer_user_id, self.clara)
            lead.with_user(self.clara).action_decline("no time")
            self.assertEqual(lead.distribution_state, "pool")
        asked = self._rows(lead).user_id
        self.assertEqual(asked, self.anna | self.boris | self.clara)
        with freeze_time(fields.Datetime.now() + timedelta(days=2)):
            self.anna.lead_max_day = 50  # something changed
            self._run_cron()
            self.assertEqual(lead.offer_user_id, self.boris)

    def test_people_decide(self):
        """K10: what somebody gave back to the pool stays there."""
        self._route(self.anna, drain=True)
        lead = self._lead()
        lead.with_user(self.anna).action_release_to_pool()
        self.boris.lead_max_day = 3
        self._run_cron()
        self.assertEqual(lead.distribution_state, "pool")

    def test_each_company(self):
        """P2: another company's routes and people do not matter."""
        olga = self._user("olga", company_id=self.company_2.id)
        self._route([olga], company_id=self.company_2.id, drain=True)
        _route, lead = self._wait(drain=False)
        theirs = self._lead(company_id=self.company_2.id)
        self.assertEqual(theirs.user_id, olga)
        olga.with_company(self.company_2).lead_distribution_paused = True
        theirs = self._lead(company_id=self.company_2.id)
        self.assertEqual(theirs.distribution_state, "pool")
        olga.with_company(self.company_2).lead_distribution_paused = False
        self._run_cron()
        self.assertEqual(theirs.user_id, olga)
        self.assertEqual(lead.distribution_state, "pool")

    def test_listing(self):
        """P2 O1: a contact person of the listing who returns."""
        listing = self.env["lead.distribution.listing"].create(
            {
                "name": "House",
                "company_id": self.company.id,
                "contact_ids": self.anna.partner_id.ids,
            }
        )
        self.anna.lead_distribution_paused = True
        self._route(pool_source="listing", drain=True)
        lead = self._lead(listing_id=listing.id)
        self._run_cron()
        self.assertEqual(lead.distribution_state, "pool")
        self.anna.lead_distribution_paused = False
        self._run_cron()
        self.assertEqual(lead.user_id, self.anna)

    def test_broken_filter(self):
        """P2: a route whose filter is broken keeps no other one waiting."""
        broken = self._route(
            self.boris, drain=True, sequence=1, domain="[('name', '=', 'other')]"
        )
        _route, lead = self._wait()
        self.cr.execute(
            "UPDATE lead_distribution_route SET domain = %s WHERE id = %s",
            ["[('no_field', '=', 1)]", broken.id],
        )
        self.env.invalidate_all()
        self.anna.lead_distribution_paused = False
        with mute_logger("odoo.addons.lead_distribution.models.pipeline.matching"):
            self._run_cron()
        self.assertEqual(lead.user_id, self.anna)

    def test_wakes_the_schedule(self):
        """P2: what may matter lets the schedule look soon, where a route drains."""
        Trigger = self.env["ir.cron.trigger"].sudo()
        cron = self.env.ref("lead_distribution.ir_cron_distribute_pending")

        def woken(work):
            before = Trigger.search_count([("cron_id", "=", cron.id)])
            work()
            return Trigger.search_count([("cron_id", "=", cron.id)]) > before

        def pause():
            self.anna.lead_distribution_paused = not self.anna.lead_distribution_paused

        route = self._route(self.anna)
        self.assertFalse(woken(pause))
        route.drain = True
        self.assertTrue(woken(pause))

        def absence():
            self.env["lead.distribution.absence"].create(
                {
                    "user_id": self.anna.id,
                    "date_to": fields.Datetime.now() + timedelta(days=1),
                }
            )

        self.assertTrue(woken(absence))

    def test_board(self):
        """P2 K13: managers see how many wait, and which; nobody else does."""
        route, lead = self._wait()
        ours = route.with_user(self.manager)
        self.assertEqual(ours.backlog_count, 1)
        found = self.env["crm.lead"].search(ours.action_open_backlog()["domain"])
        self.assertEqual(found, lead)
        with self.assertRaises(AccessError):
            route.with_user(self.anna).read(["backlog_count"])

    def test_health(self):
        """P2 B3: what a route takes no more, and what it could take by itself."""
        route, lead = self._wait(drain=False)
        Health = self.env["lead.distribution.health"].with_user(self.manager)

        def told(word):
            self.env.flush_all()
            return Health.search([("name", "ilike", word)])

        self.assertFalse(told("Take from the Backlog"))
        self.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(days=9), lead.id],
        )
        self.env.invalidate_all()
        found = told("Take from the Backlog")
        self.assertEqual(len(found), 1)
        domain = found.action_open()["domain"]
        self.assertEqual(self.env["crm.lead"].search(domain), lead)
        route.drain = True
        self.assertFalse(told("Take from the Backlog"))
        self.assertEqual(len(told("Older leads that a person must assign")), 1)
        route.drain_max_days = 0
        self.assertFalse(told("Older leads that a person must assign"))

    def test_simulation(self):
        """P2 B2: replayed, what found nobody goes out when somebody is back."""
        now = fields.Datetime.now()
        self.env["lead.distribution.absence"].create(
            {
                "user_id": self.anna.id,
                "date_from": now - timedelta(days=6),
                "date_to": now - timedelta(days=3),
            }
        )
        route = self._route(self.anna, drain=True)
        leads = self._lead(2)
        self.env.flush_all()
        for lead, days in zip(leads, (5, 2), strict=True):
            self.cr.execute(
                "UPDATE crm_lead SET create_date = %s WHERE id = %s",
                [now - timedelta(days=days), lead.id],
            )
        self.env.invalidate_all()

        def replayed():
            found = self.env["lead.distribution.replay"]._replay(
                self.company, route, now - timedelta(days=7), now, 100
            )
            return {
                lead.id: decision.user_id for lead, decision in found if lead in leads
            }

        ids = dict.fromkeys(leads.ids, self.anna.id)
        self.assertEqual(replayed(), ids)
        route.drain = False
        self.assertEqual(replayed(), {**ids, leads[0].id: None})

    def test_form(self):
        """P2: a manager switches it on; the days show where they count."""
        route = self._route(self.anna)
        with Form(route.with_user(self.manager)) as form:
            form.drain = True
            form.drain_max_days = 3
        self.assertEqual((route.drain, route.drain_max_days), (True, 3))
