"""Jobs that decide whose a lead is: one at a time within a company, by the lock."""

import time

from odoo import api, models

from odoo.addons.lead_distribution.models.pipeline.lead_distribution import (
    BUTTON_LIMIT,
)
from odoo.addons.lead_distribution.models.pipeline.pending import SMALLEST_BLOCK

from .lead_distribution_job import BUSY, block


class LeadDistributionJob(models.AbstractModel):
    _inherit = "lead.distribution.job"

    # pending leads ---------------------------------------------------------

    @api.model
    def _enqueue_pending(self):
        """A block of each company that has leads to distribute."""
        companies = self.env["lead.distribution"]._pending_companies()
        if not all(companies):
            self._enqueue("_job_sort_out")
        pending = self.env["res.company"].browse(filter(None, companies))
        for company in pending:
            self._enqueue("_job_distribute", company)
        for run in self.env["lead.distribution.run"]._under_way():
            self._enqueue("_job_by_hand", run.company_id, once=True, run_to_work=run.id)
        # the others' comes after what is pending, see there
        for company in self.env["lead.distribution.drain"]._drain_companies():
            if company not in pending:
                self._enqueue("_job_drain", company, once=True)

    @block
    def _job_sort_out(self, company):
        """Find out of which company pending leads are"""
        if self.env["lead.distribution"]._sort_out_pending(SMALLEST_BLOCK):
            return {}
        for ours in self.env["lead.distribution"]._pending_companies():
            if ours:
                self._enqueue("_job_distribute", company.browse(ours))
        return None

    @block
    def _job_distribute(self, company, run_id=False, stuck=(), size=None):
        """Distribute pending leads"""
        begun = time.monotonic()
        service = self.env["lead.distribution"]
        run = self.env["lead.distribution.run"].browse(run_id or []).exists()
        found = service._distribute_block(company, size, stuck, run or None)
        if found is None:
            return BUSY
        leads = found["leads"]
        if found["last"]:
            if company in self.env["lead.distribution.drain"]._drain_companies():
                self._enqueue("_job_drain", company, once=True)
            return None
        left = leads.filtered(lambda lead: lead.distribution_state == "pending")
        return {
            "run_id": found["run"].id,
            # whatever could not even be put into the pool waits for the next turn
            "stuck": [*stuck, *left.ids],
            "size": service._next_size(found, time.monotonic() - begun),
        }

    @block
    def _job_by_hand(self, _company, run_to_work):
        """Distribute leads that somebody distributes by hand"""
        run = self.env["lead.distribution.run"].browse(run_to_work).exists()
        if not run or not run._work_step(SMALLEST_BLOCK):
            return None
        return {"run_to_work": run.id}

    @block
    def _job_drain(self, company, run_id=False, tried=()):
        """Distribute the backlog again"""
        run = self.env["lead.distribution.run"].browse(run_id or []).exists()
        drain = self.env["lead.distribution.drain"]
        found = drain._drain_block(company, set(tried), run or None)
        if found is None:
            return BUSY
        if not found["leads"]:
            return None
        run = found["run"]
        return {
            "run_id": run.id if run else False,
            "tried": sorted({*tried, *found["leads"].ids}),
        }

    # offers ----------------------------------------------------------------

    @block
    def _job_expire_offers(self, company):
        """Pass on offers that nobody claimed"""
        count = self.env["lead.distribution.offer"]._expire_block(company)
        if count is None:
            return BUSY
        return {} if count else None

    # merges ----------------------------------------------------------------

    @block
    def _job_merge(self, company, stuck=()):
        """Merge repeated inquiries"""
        tried = set(stuck)
        done = self.env["lead.distribution.merge"]._merge_block(tried, company)
        return None if done is None else {"stuck": sorted(tried)}

    # undo ------------------------------------------------------------------

    @block
    def _job_undo(self, company, run_to_undo, after=(0, 0)):
        """Undo a batch"""
        run = self.env["lead.distribution.run"].browse(run_to_undo).exists()
        by = run.undo_asked_by_id
        if not by:
            return None
        undo = self.env["lead.distribution.undo.service"]
        asker = undo.with_user(by).with_context(allowed_company_ids=by.company_ids.ids)
        rows = asker._rows_to_undo(run)
        # in their order, for what somebody works on stays, and is not tried for ever
        left = [
            sorted(record_id for record_id in ids if record_id > last)
            for ids, last in zip(
                (rows.lead_id.ids, rows._of_customers().partner_id.ids),
                after,
                strict=True,
            )
        ]
        firsts = [ids[:BUTTON_LIMIT] for ids in left]
        if not undo._undo_step(run, rows, left, BUTTON_LIMIT):
            run.undo_asked_by_id = False
            return None
        after = [max([last, *ids]) for ids, last in zip(firsts, after, strict=True)]
        return {"run_to_undo": run.id, "after": after}

    # deputies --------------------------------------------------------------

    @block
    def _job_lend_leads(self, _company, tried=()):
        """Lend leads to deputies, and give them back"""
        tried, busy = {(name, number) for name, number in tried}, []
        while True:
            waiting = len(busy)
            if not self.env["lead.distribution.lending"]._lend_step(tried, busy, 1):
                return BUSY if busy else None
            if len(busy) == waiting:
                # what waits for somebody else is looked at again
                return {"tried": [list(one) for one in sorted(tried - set(busy))]}

    # handovers -------------------------------------------------------------

    @block
    def _job_hand_over(self, _company, run_to_hand_over):
        """Hand over what somebody has"""
        run = self.env["lead.distribution.run"].browse(run_to_hand_over).exists()
        service = self.env["lead.distribution.handover.service"]
        if not run.handover_open or not service._hand_over_block(run, BUTTON_LIMIT):
            return None
        return {"run_to_hand_over": run.id}
