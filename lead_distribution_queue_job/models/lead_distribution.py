"""Schedules that only queue; and the buttons that leave work to the background."""

from odoo import api, models

from odoo.addons.lead_distribution.tools.service_context import as_service


class LeadDistribution(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _cron_distribute_pending(self):
        """Schedule: queue a block of each company that has leads to distribute."""
        self.env["lead.distribution.job"]._enqueue_pending()

    @api.model
    def _distribute_later(self, leads, route=None, rule=None):
        """Queued at once, and not when the schedule comes to it."""
        result = super()._distribute_later(leads, route, rule)
        self.env["lead.distribution.job"]._enqueue_pending()
        return result

    @api.model
    def _distribute_in_background(self, leads):
        """Queued at once, and not when the schedule comes to it."""
        action = super()._distribute_in_background(leads)
        self.env["lead.distribution.job"]._enqueue_pending()
        return action

    @api.model
    def _cron_expire_offers(self):
        """Schedule: queue a block of each company that has offers."""
        for company in self.env["lead.distribution.offer"]._companies_with_offers():
            self.env["lead.distribution.job"]._enqueue("_job_expire_offers", company)

    @api.model
    def _cron_merge_duplicates(self):
        """Schedule: queue a block of each company that merges repeated inquiries."""
        companies = (
            as_service(self)
            .env["res.company"]
            .search([("lead_duplicate_policy", "=", "merge")])
        )
        for company in companies:
            self.env["lead.distribution.job"]._enqueue("_job_merge", company, once=True)

    @api.model
    def _cron_apply_rules(self):
        """Schedule: queue the meetings that were held, which queue the rules."""
        self.env["lead.distribution.job"]._enqueue("_job_hold_meetings", once=True)

    @api.model
    def _cron_run_clocks(self):
        """Schedule: queue a block of each company whose leads' clocks are due."""
        for company in self.env["lead.distribution.clock"]._companies_due():
            self.env["lead.distribution.job"]._enqueue("_job_run_clocks", company)

    @api.model
    def _cron_undo(self):
        """Schedule: queue a block of each batch that is to be undone."""
        runs = (
            as_service(self)
            .env["lead.distribution.run"]
            .search([("undo_asked_by_id", "!=", False)], order="id")
        )
        for run in runs:
            self.env["lead.distribution.job"]._enqueue(
                "_job_undo", run.company_id, once=True, run_to_undo=run.id
            )

    @api.model
    def _cron_lend_leads(self):
        """Schedule: queue a block of what is lent to deputies, and given back."""
        self.env["lead.distribution.job"]._enqueue("_job_lend_leads", once=True)

    @api.model
    def _cron_hand_over(self):
        """Schedule: queue a block of each handover that is under way."""
        runs = as_service(self).env["lead.distribution.run"]
        for run in runs.search([("handover_open", "=", True)], order="id"):
            self.env["lead.distribution.job"]._enqueue(
                "_job_hand_over", run.company_id, once=True, run_to_hand_over=run.id
            )

    @api.model
    def _cron_simulate(self):
        """Schedule: queue the simulations that are under way."""
        for simulation in self.env["lead.distribution.simulation"]._under_way():
            self.env["lead.distribution.job"]._enqueue_simulation(simulation, once=True)

    @api.model
    def _cron_send_mail(self):
        """Schedule: queue a block of what is to be told."""
        self.env["lead.distribution.job"]._enqueue("_job_send_mail")

    @api.model
    def _cron_start_tasks(self):
        """Schedule: queue a block of the tasks whose time has come."""
        self.env["lead.distribution.job"]._enqueue("_job_start_tasks")

    @api.model
    def _cron_remind_tasks(self):
        """Schedule: queue the reminders."""
        self.env["lead.distribution.job"]._enqueue("_job_remind_tasks")

    @api.model
    def _cron_run_processes(self):
        """Schedule: queue a block of the processes whose time has come."""
        self.env["lead.distribution.job"]._enqueue("_job_run_processes")


class LeadActivityPending(models.Model):
    _inherit = "lead.activity.pending"

    @api.model
    def _cron_finish(self):
        """Schedule: queue a block of the tasks whose time to undo is over."""
        self.env["lead.distribution.job"]._enqueue("_job_finish_tasks")
