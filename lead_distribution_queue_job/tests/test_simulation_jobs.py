"""Simulations in the background."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError

from odoo.addons.queue_job.tests.common import trap_jobs

from .common import JobCase


class TestSimulationJobs(JobCase):
    def _simulation(self, **values):
        today = fields.Date.today()
        return (
            self.env["lead.distribution.simulation"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Try",
                    "company_id": self.company.id,
                    "date_from": today - timedelta(days=1),
                    "date_to": today + timedelta(days=1),
                    **values,
                }
            )
        )

    def _perform(self, trap):
        """Perform the jobs as the runner does: they may commit."""
        with self.enter_registry_test_mode():
            done = self._work(trap)
        return done

    def test_replayed_by_a_job(self):
        """The button queues, the screen says how far it is, and who asked is told."""
        self.company.lead_distribution_mode = "immediate"
        self._lead(3)
        simulation = self._simulation()
        with trap_jobs() as trap:
            self.assertIs(simulation.action_run(), True)
            self.assertEqual(simulation.work_asked_by_id, self.manager)
            self.assertEqual((simulation.work_done, simulation.work_total), (0, 3))
            self.assertFalse(simulation.date_run)
            (job,) = trap.enqueued_jobs
            self.assertTrue(job.job_config.allow_commit)
            self.assertEqual(job.job_config.channel, "root.lead_distribution.simulate")
            self.assertEqual(job.company_id, self.company.id)
            # the schedule queues what waits already no second time
            self._run_cron("ir_cron_simulate")
            trap.assert_jobs_count(1)
            self.assertEqual(self._perform(trap), ["_job_simulate"])
        self.assertTrue(simulation.date_run)
        self.assertEqual(simulation.lead_count, 3)
        self.assertFalse(simulation.work_asked_by_id)
        self.env.cr.precommit.run()
        bells = self.env["bus.bus"].search([("message", "like", "simple_notification")])
        self.assertIn("of 3;", "".join(bells.mapped("message")))

    def test_cancelled_in_the_queue(self):
        """A job that nobody waits for any more does nothing; asked for again, the
        next one does it."""
        self._lead(3)
        simulation = self._simulation()
        with trap_jobs() as trap:
            simulation.action_run()
            simulation.action_stop_work()
            self._perform(trap)
            self.assertFalse(simulation.date_run)
            simulation.action_run()
            self.assertEqual(self._perform(trap), ["_job_simulate"])
        self.assertEqual(simulation.lead_count, 3)

    def test_nothing_to_replay(self):
        """The button says it, and queues nothing."""
        simulation = self._simulation(route_ids=[(5,)])
        with trap_jobs() as trap, self.assertRaises(UserError):
            simulation.action_run()
        self.assertFalse(trap.enqueued_jobs)

    def test_rights_at_once(self):
        """Who may not replay is told by the button, and nothing is queued."""
        simulation = self._simulation()
        with trap_jobs() as trap, self.assertRaises(AccessError):
            simulation.with_user(self.anna).action_run()
        self.assertFalse(trap.enqueued_jobs)
