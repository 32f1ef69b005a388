"""Rules for the neglected: who lies too long with one goes to another."""

from odoo import api, models


class LeadDistributionRules(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _cron_apply_rules(self):
        """Meetings that were held, follow-up dates of older leads."""
        cron = self.env["ir.cron"]
        seconds = cron._commit_progress(remaining=0)
        while seconds and (count := self._hold_meetings()):
            seconds = cron._commit_progress(count)
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        for company in companies.search([("lead_follow_up_next", ">", 0)]):
            while seconds and (count := self._history_step(company)):
                seconds = cron._commit_progress(count)
