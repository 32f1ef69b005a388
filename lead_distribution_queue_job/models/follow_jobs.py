"""Jobs outside of the lock: mail, tasks and processes, and simulations."""

from odoo import api, fields, models

from odoo.addons.lead_distribution.models.pipeline.notification import ROWS_PER_STEP

from .lead_distribution_job import BUSY, block


class LeadDistributionJob(models.AbstractModel):
    _inherit = "lead.distribution.job"

    @block
    def _job_send_mail(self, _company):
        """Tell people of their leads"""
        notification = self.env["lead.distribution.notification"]
        if notification._tell_step(ROWS_PER_STEP):
            return {}
        notification._send_digests()
        return None

    @block
    def _job_start_tasks(self, _company):
        """Start tasks whose time has come"""
        count = self.env["lead.distribution.tasks"]._start_block()
        if count is None:
            return BUSY
        return {} if count else None

    @block
    def _job_finish_tasks(self, _company):
        """End the tasks whose time to undo is over"""
        return {} if self.env["lead.activity.pending"]._finish_block() else None

    @block
    def _job_remind_tasks(self, _company):
        """Remind teams of tasks that nobody takes"""
        self.env["lead.distribution.tasks"]._cron_remind_tasks()

    @block
    def _job_run_processes(self, _company):
        """Look at the processes whose time has come"""
        now = fields.Datetime.now()
        return {} if self.env["lead.distribution.processes"]._run_block(now) else None

    @api.model
    def _enqueue_simulation(self, simulation, once=False):
        """Queue a simulation that somebody asked for."""
        self._enqueue(
            "_job_simulate",
            simulation.company_id,
            once=once,
            simulation_id=simulation.id,
        )

    @block
    def _job_simulate(self, _company, simulation_id):
        """Replay a simulation"""
        simulation = self.env["lead.distribution.simulation"].browse(simulation_id)
        simulation._replay_in_background()
