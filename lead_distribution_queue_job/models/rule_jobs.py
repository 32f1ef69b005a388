"""Jobs of rules: the meetings that were held, older leads, then each rule in turn."""

from odoo import api, models

from odoo.addons.lead_distribution.models.follow_up.backfill import LEADS_PER_STEP
from odoo.addons.lead_distribution.models.follow_up.follow_up import (
    MEETINGS_PER_STEP,
)
from odoo.addons.lead_distribution.models.follow_up.rule_runner import MOVES_PER_BLOCK
from odoo.addons.lead_distribution.tools.batch import isolated
from odoo.addons.lead_distribution.tools.redacting_log import redacting_logger

from .lead_distribution_job import BUSY, block

_logger = redacting_logger(__name__)


class LeadDistributionJob(models.AbstractModel):
    _inherit = "lead.distribution.job"

    @block
    def _job_hold_meetings(self, _company):
        """Note the meetings that were held, then apply the rules"""
        if self.env["lead.distribution.follow.up"]._hold_meetings(MEETINGS_PER_STEP):
            return {}
        # what is stale in a company is not known before its older leads were read
        companies = self.env["res.company"].with_context(active_test=False)
        reading = companies.search([("lead_follow_up_next", ">", 0)])
        for company in reading:
            self._enqueue("_job_read_history", company, once=True)
        runner = self.env["lead.distribution.rule.runner"]
        for company in runner._companies_with_rules():
            if company not in reading:
                self._enqueue("_job_apply_rules", company, once=True)
        return None

    @block
    def _job_read_history(self, company):
        """Read the follow-up dates of older leads"""
        history = self.env["lead.distribution.backfill"]
        if history._backfill_step(company, LEADS_PER_STEP):
            return {}
        if company in self.env["lead.distribution.rule.runner"]._companies_with_rules():
            self._enqueue("_job_apply_rules", company, once=True)
        return None

    @block
    def _job_apply_rules(self, company, rule_ids=None, begun=None, run_ids=()):
        """Move what is neglected

        :param rule_ids: of the rules that are left, in their order
        :param begun: ``{"place": ..., "run_id": id}`` of the first, once it had a block
        :param run_ids: of what the rules of this turn did
        """
        runner = self.env["lead.distribution.rule.runner"]
        rules = runner._rules_of(company)
        if rule_ids is not None:
            rules = rules.filtered(lambda rule: rule.id in rule_ids)
        moved = self._moved_in(run_ids)
        for rule in rules:
            place, run = None, None
            if begun:
                place = begun["place"]
                run = self.env["lead.distribution.run"].browse(begun["run_id"] or [])
                run = run.exists() or None
            found = (0, None, run)
            with isolated(self.env.cr, _logger.error, "Rule %s failed", rule.id):
                # the others are not to wait for it
                found = runner._rule_block(
                    company, rule, moved, place, MOVES_PER_BLOCK, run, begun and True
                )
            if found is None:
                return BUSY
            count, place, run = found
            if count:
                ours = {run.id} if run else set()
                return {
                    "rule_ids": rules.ids[rules.ids.index(rule.id) :],
                    "begun": {"place": place, "run_id": run.id if run else False},
                    "run_ids": sorted(ours.union(run_ids)),
                }
            begun = None
        return None

    @block
    def _job_run_clocks(self, company):
        """Do what the clocks of leads ask for"""
        count = self.env["lead.distribution.clock"]._run_block(company)
        if count is None:
            return BUSY
        return {} if count else None

    @api.model
    def _moved_in(self, run_ids):
        """What rules have moved in some runs: one rule at a time.

        :returns: ``{model: set of ids}``
        """
        rows = self.env["lead.distribution.assignment"].search_fetch(
            [("run_id", "in", list(run_ids))],
            ["lead_id", "partner_id", "user_id", "previous_user_id"],
        )
        rows = rows.filtered(lambda row: row.user_id != row.previous_user_id)
        return {
            "crm.lead": set(rows.lead_id.ids),
            "res.partner": set(rows._of_customers().partner_id.ids),
        }
