from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.lead_distribution.tools.scheduling import notification

#: a simulation that a job replays: an object, which no call from outside can carry
JOB_KEY, JOB = "lead_distribution_in_job", object()


class LeadDistributionSimulation(models.Model):
    """Simulations are replayed in the background, with the rights of who asks."""

    _inherit = "lead.distribution.simulation"

    queued = fields.Boolean(
        compute="_compute_queued",
        help="Whether it is being replayed, or waiting for it.",
    )

    def _job_key(self):
        return f"lead_distribution:simulation:{self.id}"

    @api.depends_context("uid")
    def _compute_queued(self):
        keys = [simulation._job_key() for simulation in self]
        # sudo: whether jobs of these simulations wait or run, and nothing else of them
        jobs = self.env["queue.job"].sudo()
        going_on = ["wait_dependencies", "pending", "enqueued", "started"]
        jobs = jobs.search_fetch(
            [("identity_key", "in", keys), ("state", "in", going_on)],
            ["identity_key"],
        )
        waiting = set(jobs.mapped("identity_key"))
        for simulation in self:
            simulation.queued = simulation._job_key() in waiting

    def action_run(self):
        """Queue the replay; rights are checked at once.

        :returns: a notification action
        """
        super().action_run()
        message = self.env._("It is being replayed in the background.")
        return notification(message, "info")

    def _begin_work(self, count):
        """Queued, however many leads there are."""
        self._run()

    @api.model
    def _cron_simulate(self):
        """Schedule: queue what was left to it before there was a queue."""
        # sudo: whoever's name the schedule has
        for simulation in self.sudo().search([("work_asked_by_id", "!=", False)]):
            asker = simulation.with_user(simulation.work_asked_by_id)
            simulation._end_work()
            asker._run()

    def _run(self, tell=None):
        """Replay it, if this is the job; else queue the job."""
        if self.env.context.get(JOB_KEY) is JOB:
            return super()._run(tell)
        self.ensure_one()
        self.with_delay(identity_key=self._job_key())._job_run()
        return None

    def _job_run(self):
        """Replay a simulation, and tell who asked"""
        simulation = self.exists()
        if not simulation:
            return
        try:
            with self.env.cr.savepoint():
                simulation.with_context(**{JOB_KEY: JOB})._run()
            kind, message = "success", simulation.summary
        except UserError as error:
            kind, message = "warning", str(error)
        self.env.user._bus_send(
            "simple_notification",
            {
                "type": kind,
                "title": simulation.name,
                "message": message,
                "sticky": True,
            },
        )
