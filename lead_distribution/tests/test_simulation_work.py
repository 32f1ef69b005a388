"""Simulations of many leads, in the background."""

import contextlib
import json
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import errors

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests.common import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ..models.insight import lead_distribution_simulation, simulation_work
from .common import MANAGER, DistributionCase

DAYS = 6


@tagged("post_install", "-at_install")
class TestSimulationInBackground(DistributionCase):
    """B2: what takes long says how far it is, and can be cancelled."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a few leads are many here, and a block is long
        cls.classPatch(lead_distribution_simulation, "AT_ONCE", 3)
        cls.classPatch(simulation_work, "PAUSE", -1)
        cls.route = cls._route(cls.anna | cls.boris)
        for day in range(1, DAYS + 1):
            moment = f"2025-09-{day:02} 08:00:00"
            with freeze_time(moment):
                lead = cls._lead()
            cls.env.flush_all()
            cls.env.cr.execute(
                SQL(
                    "UPDATE crm_lead SET create_date = %s WHERE id = %s",
                    moment,
                    lead.id,
                )
            )
        cls.env.invalidate_all()
        cls.model = type(cls.env["lead.distribution.simulation"])

    def _begin(self, by=None, **values):
        """:returns: a simulation that waits for the schedule"""
        Simulation = self.env["lead.distribution.simulation"].with_user(
            by or self.manager
        )
        simulation = Simulation.create(
            {
                "name": "A month",
                "date_from": date(2025, 9, 1),
                "date_to": date(2025, 9, 30),
                **values,
            }
        )
        self.assertIs(simulation.action_run(), True)
        return simulation

    def _schedule(self, meanwhile=None):
        """Let the schedule run.

        :param meanwhile: what happens before each look at how far it is
        :returns: how far it was, look by look
        """
        told, tell = [], self.model._tell_progress

        def look(simulation, done):
            if meanwhile:
                meanwhile()
            tell(simulation, done)
            told.append((simulation.work_done, simulation.work_total))

        with patch.object(self.model, "_tell_progress", look):
            self._run_cron("ir_cron_simulate")
        return told

    def _bells(self, user):
        self.env.cr.precommit.run()
        found = []
        for row in self.env["bus.bus"].search([("message", "ilike", "A month")]):
            if json.loads(row.channel)[-1] == user.partner_id.id:
                found.append(json.loads(row.message)["payload"])
        return found

    def test_progress_and_result(self):
        simulation = self._begin()
        self.assertEqual(simulation.work_asked_by_id, self.manager)
        self.assertEqual((simulation.work_done, simulation.work_total), (0, DAYS))
        self.assertFalse(simulation.date_run)
        told = self._schedule()
        self.assertEqual(told, [(n, DAYS) for n in range(DAYS + 1)])
        self.assertTrue(simulation.date_run)
        self.assertFalse(simulation.work_asked_by_id)
        self.assertEqual(simulation.lead_count, DAYS)
        with patch.object(lead_distribution_simulation, "AT_ONCE", DAYS):
            at_once = self._begin()
        self.assertEqual(
            [(line.name, line.actual, line.simulated) for line in simulation.line_ids],
            [(line.name, line.actual, line.simulated) for line in at_once.line_ids],
        )
        (bell,) = self._bells(self.manager)
        self.assertEqual(
            (bell["type"], bell["message"]), ("success", simulation.summary)
        )

    def test_cancel(self):
        simulation = self._begin()
        looks = []

        def meanwhile():
            looks.append(1)
            if len(looks) == 2:
                simulation.action_stop_work()
                self.env.flush_all()

        self.assertEqual(self._schedule(meanwhile), [(0, DAYS)])
        self.assertFalse(simulation.work_asked_by_id or simulation.date_run)
        self.assertFalse(simulation.line_ids or simulation.work_problem)
        self.assertFalse(self._bells(self.manager))
        with self.assertRaises(UserError):
            simulation.action_stop_work()
        simulation.action_run()
        self._schedule()
        self.assertTrue(simulation.date_run)

    def test_cancelled_before_it_begins(self):
        first, second = self._begin(), self._begin()
        first.date_to = date(2025, 9, 4)  # another question
        self.assertFalse(first.work_asked_by_id)
        self._schedule()
        self.assertFalse(first.date_run)
        self.assertTrue(second.date_run)

    def test_asked_twice(self):
        simulation = self._begin()
        with self.assertRaises(UserError):
            simulation.action_run()
        self.assertEqual(simulation.copy().work_asked_by_id, self.env["res.users"])

    def test_deleted_meanwhile(self):
        simulation, other = self._begin(), self._begin()
        told = self._schedule(lambda: simulation.exists().unlink())
        self.assertEqual(len(told), DAYS + 1)
        self.assertTrue(other.date_run)

    @mute_logger("odoo.addons.lead_distribution.models.insight.simulation_work")
    def test_error(self):
        """It is said on the screen, not tried for ever, and can be run again."""
        simulation = self._begin()
        replay = type(self.env["lead.distribution.replay"])
        with patch.object(replay, "_replay", side_effect=ValueError("secret")):
            self._schedule()
        self.assertFalse(simulation.work_asked_by_id or simulation.date_run)
        self.assertIn("error", simulation.work_problem)
        self.assertNotIn("secret", simulation.work_problem)
        (bell,) = self._bells(self.manager)
        self.assertEqual(bell["type"], "warning")
        simulation.action_run()
        self.assertFalse(simulation.work_problem)
        self._schedule()
        self.assertTrue(simulation.date_run)

    def test_nothing_left_to_replay(self):
        simulation = self._begin()
        self.env["crm.lead"].search([]).write({"active": False})
        self.env["crm.lead"].with_context(active_test=False).search([]).unlink()
        self._schedule()
        self.assertIn("another period", simulation.work_problem)

    def test_right_lost_meanwhile(self):
        simulation = self._begin()
        self.manager.group_ids = [Command.set(self.anna.group_ids.ids)]
        self._schedule()
        self.assertFalse(simulation.sudo().date_run)
        self.assertIn("managers", simulation.sudo().work_problem)

    def test_who_may_cancel(self):
        simulation = self._begin()
        with self.assertRaises(AccessError):
            simulation.with_user(self.anna).action_stop_work()
        elsewhere = new_test_user(
            self.env,
            "manager_2",
            MANAGER,
            company_id=self.company_2.id,
            company_ids=[Command.set(self.company_2.ids)],
        )
        with self.assertRaises(AccessError):
            simulation.with_user(elsewhere).action_stop_work()
        with self.assertRaises(AccessError):
            simulation.with_user(self.manager).write({"work_done": 5})
        self.assertTrue(simulation.work_asked_by_id)

    def test_changed_and_asked_again(self):
        """What began before is dropped: the result is that of the routes shown."""
        simulation = self._begin()
        draft = self._route(self.clara, active=False)
        looks = []

        def meanwhile():
            looks.append(1)
            if len(looks) == 4:
                simulation.route_ids = [Command.set(draft.ids)]
                simulation.action_run()
                self.env.flush_all()

        told = [done for done, _total in self._schedule(meanwhile)]
        # the look at which it is noticed writes, too
        self.assertEqual(told, [0, 1, 2, 3, *range(DAYS + 1)])
        self.assertFalse(simulation.work_asked_by_id)
        now = {line.user_id: line.simulated for line in simulation.line_ids}
        self.assertEqual(now[self.clara.with_env(simulation.env)], DAYS)
        self.assertEqual(len(self._bells(self.manager)), 1)

    def test_leads_deleted_meanwhile(self):
        simulation = self._begin()
        leads = self.env["crm.lead"].search([("create_date", "<", "2025-10-01")])
        doomed = leads.sorted("create_date")[-2:]
        self._schedule(lambda: doomed.exists().unlink())
        self.assertFalse(simulation.work_problem)
        self.assertEqual(simulation.lead_count, DAYS - 2)

    def test_routes_deleted_meanwhile(self):
        first, second = self._begin(), self._begin()
        self._schedule(lambda: self.route.exists().unlink())
        self.assertIn("was deleted", first.work_problem)
        self.assertIn("at least one route", second.work_problem)
        self.assertFalse((first | second).work_asked_by_id)

    def test_right_lost_on_the_way(self):
        simulation = self._begin()

        def meanwhile():
            self.manager.group_ids = [Command.set(self.anna.group_ids.ids)]
            self.env.flush_all()

        self._schedule(meanwhile)
        self.assertFalse(simulation.sudo().date_run)
        self.assertIn("managers", simulation.sudo().work_problem)

    def test_archived_meanwhile(self):
        simulation = self._begin()
        self.manager.active = False
        self._schedule()
        self.assertFalse(simulation.sudo().date_run)
        self.assertIn("archived", simulation.sudo().work_problem)
        self.assertFalse(simulation.sudo().work_asked_by_id)

    def test_killed(self):
        """A killed process begins it anew, but not for ever."""
        simulation = self._begin()

        def killed():
            raise KeyboardInterrupt

        for tries in range(1, simulation_work.TRIES + 1):
            # assertRaises would roll back what was committed
            with contextlib.suppress(KeyboardInterrupt):
                self._schedule(killed)
            self.env.invalidate_all()
            self.assertEqual(simulation.sudo().work_tries, tries)
            self.assertTrue(simulation.work_asked_by_id)
        self._schedule()
        self.assertIn("shorter period", simulation.work_problem)
        self.assertFalse(simulation.work_asked_by_id)
        simulation.action_run()
        self._schedule()
        self.assertTrue(simulation.date_run)

    def test_written_by_others(self):
        """A conflict costs nothing; if it does not end, the schedule comes again."""
        simulation, asked = self._begin(), []
        lock = self.model._lock_row

        def conflict(record):
            asked.append(1)
            if len(asked) % 2 or always:
                raise errors.SerializationFailure("somebody else")
            return lock(record)

        always = False
        with patch.object(self.model, "_lock_row", conflict):
            self._schedule()
            self.assertTrue(simulation.date_run)
            simulation.action_run()
            always = True
            self._schedule()
        self.assertEqual(simulation.work_asked_by_id, self.manager)
        self.assertFalse(simulation.work_problem)
        cron = self.env.ref("lead_distribution.ir_cron_simulate")
        later = [("cron_id", "=", cron.id), ("call_at", ">", fields.Datetime.now())]
        self.assertTrue(self.env["ir.cron.trigger"].search_count(later))

    def test_said_by_the_button(self):
        """What cannot be replayed is not left to the schedule."""
        simulation = self._begin()
        simulation.action_stop_work()
        self.patch(lead_distribution_simulation, "MOST_LEADS", DAYS - 1)
        with self.assertRaisesRegex(UserError, "shorter period"):
            simulation.action_run()
        simulation.route_ids = [Command.clear()]
        with self.assertRaisesRegex(UserError, "at least one route"):
            simulation.action_run()
        self.assertFalse(simulation.work_asked_by_id)

    def test_quiet_hours(self):
        """The bell is silent then; the simulation says it all."""
        self.manager.write({"lead_quiet_from": 0.0, "lead_quiet_to": 23.98})
        simulation = self._begin()
        self._schedule()
        self.assertTrue(simulation.summary)
        self.assertFalse(self._bells(self.manager))
