"""Simulations in the background."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError

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

    def test_replayed_by_a_job(self):
        """The button queues, the screen says so, and who asked is told."""
        self.company.lead_distribution_mode = "immediate"
        self._lead(3)
        simulation = self._simulation()
        answer = simulation.action_run()
        self.assertEqual(answer["tag"], "display_notification")
        self.assertTrue(simulation.queued)
        self.assertFalse(simulation.date_run)
        key = simulation._job_key()
        job = self.env["queue.job"].search([("identity_key", "=", key)])
        self.assertEqual(job.user_id, self.manager)
        self.assertEqual(job.channel, "root.lead_distribution.simulate")
        job.sudo().unlink()
        simulation.invalidate_recordset()
        self.assertFalse(simulation.queued)
        with trap_jobs() as trap:
            simulation.action_run()
            simulation.action_run()
            trap.assert_jobs_count(1, only=simulation._job_run)
            trap.perform_enqueued_jobs()
        self.assertTrue(simulation.date_run)
        self.assertEqual(simulation.lead_count, 3)

    def test_nothing_to_replay(self):
        """What the button would have said, the notification says."""
        simulation = self._simulation(route_ids=[(5,)])
        with trap_jobs() as trap:
            simulation.action_run()
            trap.perform_enqueued_jobs()
        self.assertFalse(simulation.date_run)

    def test_rights_at_once(self):
        """Who may not replay is told by the button, and nothing is queued."""
        simulation = self._simulation()
        with trap_jobs() as trap, self.assertRaises(AccessError):
            simulation.with_user(self.anna).action_run()
        self.assertFalse(trap.enqueued_jobs)
