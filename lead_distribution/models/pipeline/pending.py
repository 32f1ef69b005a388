"""Leads that wait: the schedule distributes them, block by block."""

import time
from datetime import timedelta

from odoo import api, fields, models

from ...tools.batch import CONFLICTS, in_blocks
from ...tools.redacting_log import redacting_logger
from ...tools.scheduling import trigger_cron
from ...tools.service_context import as_service
from .values import DistributionContext

_logger = redacting_logger(__name__)

#: A block holds at least so many leads per salesperson, which is what makes bulk
#: writes worth it, within these bounds; and the lock no longer than that.
LEADS_PER_SALESPERSON = 10
SMALLEST_BLOCK, LARGEST_BLOCK = 200, 10_000

SECONDS_PER_BLOCK = 3.0
#: the same while leads come by themselves, each of which waits for the lock
SECONDS_BESIDE_OTHERS = 0.5
#: how often the schedule tries again when a lead that came by itself has the lock
TRIES, PAUSE = 20, 0.05


class LeadDistribution(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _cron_distribute_pending(self):
        """Distribute what is pending, block by block, each in a transaction of its
        own; what this run cannot place stays pending for the next one."""
        cron = self.env["ir.cron"]
        seconds = cron._commit_progress(remaining=self._pending_count())
        seconds, sorted_out = in_blocks(
            self.env, self._sort_out_pending, SMALLEST_BLOCK, seconds
        )
        companies = self._pending_companies()
        left = self._pending_count()
        if seconds:
            seconds = cron._commit_progress(remaining=left)
        busy = bool(seconds) and not sorted_out
        for company_id in companies:
            company = self.env["res.company"].browse(company_id)
            run, stuck, size, tries = None, set(), None, TRIES
            bound = SECONDS_PER_BLOCK
            while seconds:
                started = time.monotonic()
                try:
                    block = self._distribute_block(company, size, stuck, run)
                except CONFLICTS as conflict:
                    self.env.cr.rollback()
                    size = max((size or SMALLEST_BLOCK) // 2, 1)
                    _logger.info("Conflict, next block is %s leads: %s", size, conflict)
                    if size == 1:
                        busy = True
                        break
                    continue
                if block is None and tries:
                    tries -= 1
                    time.sleep(PAUSE)
                    seconds = cron._commit_progress()
                    continue
                if block is None:
                    busy = True
                    break
                tries = TRIES
                if not block["leads"]:
                    break
                run = block["run"]
                # whatever could not even be put into the pool waits for the next run
                stuck.update(
                    block["leads"]
                    .filtered(lambda x: x.distribution_state == "pending")
                    .ids
                )
                if block["next"]:
                    # more of them come: none waits for the whole backlog
                    bound = SECONDS_BESIDE_OTHERS
                    size = min(size or SMALLEST_BLOCK, SMALLEST_BLOCK)
                else:
                    size = self._next_size(block, time.monotonic() - started, bound)
                left = max(left - len(block["leads"]), 0)
                seconds = cron._commit_progress(len(block["leads"]), remaining=left)
        if seconds:
            seconds, occupied = self.env["lead.distribution.run"]._work_on(seconds)
            busy = busy or occupied
        if seconds:
            seconds, occupied = self._drain_backlog(seconds)
            busy = busy or occupied
        elif self.env["lead.distribution.run"]._under_way():
            busy = True
        if busy:
            # who is busy now is not in a minute; nothing remains for this call
            cron._commit_progress(remaining=0)
            trigger_cron(self.env, "ir_cron_distribute_pending", timedelta(minutes=1))

    @api.model
    def _distribute_block(self, company, size=None, stuck=(), run=None):
        """One block of a company's pending leads, without committing: first those
        that came by themselves while somebody else distributed, and no others.

        :param size: number of leads, by the number of salespeople if not given
        :param stuck: ids that this run has tried already, in vain
        :returns: None when the company is busy, else a dictionary of ``leads``,
            ``size``, ``run``, and ``next``: whether they came by themselves
        """
        service = as_service(self, company)
        if not service.env["lead.distribution.lock"]._acquire(company):
            return None
        size = size or service._first_size(company)
        domain = [
            *self._pending_domain(),
            ("company_id", "=", company.id),
            ("id", "not in", list(stuck)),
        ]
        come = [*domain, ("distribution_next", "=", True)]
        leads = service._first_ones(company, come, SMALLEST_BLOCK)
        are_next = bool(leads)
        if are_next:
            leads.write({"distribution_next": False})
        else:
            leads = service._first_ones(company, domain, size)
        if leads:
            run = run or service._open_run("cron", company)
            if company._lead_distribution_on():
                service._process_safely(
                    DistributionContext(company, "cron", fields.Datetime.now(), run),
                    leads,
                )
            else:
                service._settle(leads)
            service._close_run(run, leads)
        return {"leads": leads, "size": size, "run": run, "next": are_next}

    @api.model
    def _first_ones(self, company, domain, size):
        """Return the most urgent leads of a domain, locked, less those that others
        have."""
        found = self.env["lead.distribution.priority"]._most_urgent(
            company, domain, size, fields.Datetime.now()
        )
        return found.try_lock_for_update(allow_referencing=True)

    @api.model
    def _first_size(self, company):
        routes = self.env["lead.distribution.route"]._routes_of(company)
        people = len({user for route in routes for user in route._users().ids})
        return min(max(LEADS_PER_SALESPERSON * people, SMALLEST_BLOCK), LARGEST_BLOCK)

    @api.model
    def _next_size(self, block, seconds, bound=SECONDS_PER_BLOCK):
        """Keep the time for which the lock is held near, and below, its bound.

        :param bound: seconds
        """
        per_lead = max(seconds, 0.001) / len(block["leads"])
        fits = int(0.8 * bound / per_lead)
        return min(max(block["size"], 1), max(fits, 10))

    @api.model
    def _pending_domain(self):
        """Return the domain of what is pending and due."""
        return [
            ("distribution_state", "=", "pending"),
            "|",
            ("distribution_due", "=", False),
            ("distribution_due", "<=", fields.Datetime.now()),
        ]

    @api.model
    def _pending_companies(self):
        # sudo: which companies have leads that wait, for the cron
        groups = (
            self.env["crm.lead"]
            .sudo()
            .with_context(active_test=False)
            ._read_group(self._pending_domain(), ["company_id"])
        )
        return [company.id for (company,) in groups]

    @api.model
    def _pending_count(self):
        # sudo: how many leads wait, for the cron
        return (
            self.env["crm.lead"]
            .sudo()
            .with_context(active_test=False)
            .search_count(self._pending_domain())
        )

    @api.model
    def _sort_out_pending(self, size):
        """Pending leads without a company become the company's that they are of; those
        of which nothing tells go to the pool, with the reason.

        :param size: how many at most
        :returns: how many
        """
        service = as_service(self)
        found = (
            service.env["crm.lead"]
            .with_context(active_test=False)
            .search(
                [*self._pending_domain(), ("company_id", "=", False)],
                limit=size,
                order="id",
            )
        )
        leads = found.try_lock_for_update(allow_referencing=True)
        for company, ours in (
            service.env["lead.distribution.lead.company"]
            ._leads_by_company(leads)
            .items()
        ):
            ours = leads.browse(ours.ids)
            if not company:
                now = fields.Datetime.now()
                service.env["lead.distribution.lead.company"]._refuse_undecided(
                    DistributionContext(company, "cron", now), ours
                )
            elif company._lead_distribution_on():
                service.env["lead.distribution.lead.company"]._adopt(company, ours)
            else:
                service._settle(ours)
        return len(leads)
