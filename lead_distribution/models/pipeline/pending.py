"""Leads that wait: the schedule distributes them, block by block."""

import time
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ...tools.batch import CONFLICTS, in_blocks
from ...tools.redacting_log import redacting_logger
from ...tools.scheduling import trigger_cron
from ...tools.service_context import as_service
from .values import DistributionContext

_logger = redacting_logger(__name__)

#: The first block holds so many leads per salesperson, which is what makes bulk writes
#: worth it, within these bounds. Blocks grow until they hold the lock for this long;
#: while leads come by themselves, each of which waits for the lock, they stay small.
LEADS_PER_SALESPERSON = 40
SMALLEST_BLOCK, LARGEST_BLOCK = 200, 2000
SECONDS_PER_BLOCK = 2.0
#: how often the schedule tries again when somebody else has the lock, and after how
#: many seconds: a lead that came by itself has it for a moment, a block for longer
TRIES, PAUSE, LONGEST_PAUSE = 9, 0.05, 0.4
#: how many blocks of what came meanwhile one request distributes at most
TURNS = 10
#: key of what the callbacks after a commit know
_TURNS_KEY = "lead_distribution.turns"


def _take_turns(registry, company_ids):
    """Distribute leads that came meanwhile, each time in a transaction of its own;
    whatever goes wrong, they wait for the schedule, and nobody is bothered.

    Nobody is forgotten: whoever finds somebody at work has committed before it asks,
    and whoever was at work looks after its own commit.
    """
    try:
        for company_id in company_ids:
            for _turn in range(TURNS):
                with registry.cursor() as cr:
                    # sudo: the service itself, as the schedule
                    service = api.Environment(cr, SUPERUSER_ID, {})["lead.distribution"]
                    company = service.env["res.company"].browse(company_id)
                    if not service._distribute_next(company):
                        break
    except CONFLICTS as conflict:
        _logger.info("Leads left to the schedule: %s", conflict)
    except Exception:
        _logger.exception("Leads left to the schedule")


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
            run, stuck, size, tried = None, set(), None, 0
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
                if block is None and tried < TRIES:
                    time.sleep(min(PAUSE * 2**tried, LONGEST_PAUSE))
                    tried += 1
                    seconds = cron._commit_progress()
                    continue
                if block is None:
                    busy = True
                    break
                tried = 0
                if not block["leads"]:
                    break
                run = block["run"]
                # whatever could not even be put into the pool waits for the next run
                stuck.update(
                    block["leads"]
                    .filtered(lambda x: x.distribution_state == "pending")
                    .ids
                )
                size = self._next_size(block, time.monotonic() - started)
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
            ``size``, ``run``, ``next``: whether they came by themselves, and ``last``:
            whether no others wait
        """
        service = as_service(self, company)
        if not service.env["lead.distribution.lock"]._acquire(company):
            return None
        size = size or service._first_size(company)
        leads = service._next_ones(company, stuck)
        are_next = bool(leads)
        if not leads:
            domain = service._pending_of(company, stuck)
            leads = service._first_ones(company, domain, size)
        last = not are_next and len(leads) < size
        if not last:
            # the block after this one begins with what comes meanwhile
            service._turns_after_commit().discard(company.id)
        if leads:
            run = run or service._open_run("cron", company)
            service._decide_pending(company, leads, "cron", run)
            service._close_run(run, leads)
        return {
            "leads": leads,
            "size": size,
            "run": run,
            "next": are_next,
            "last": last,
        }

    @api.model
    def _decide_pending(self, company, leads, trigger, run=None):
        """Distribute leads that waited, with the company's lock taken."""
        if not company._lead_distribution_on():
            self._settle(leads)
            return
        now = fields.Datetime.now()
        context = DistributionContext(company, trigger, now, run, is_new=False)
        self._process_safely(context, leads)

    @api.model
    def _pending_of(self, company, stuck=()):
        return [
            *self._pending_domain(),
            ("company_id", "=", company.id),
            ("id", "not in", list(stuck)),
        ]

    @api.model
    def _next_of(self, company, stuck=()):
        return [*self._pending_of(company, stuck), ("distribution_next", "=", True)]

    @api.model
    def _any_next(self, company):
        """Whether leads came by themselves while somebody else distributed."""
        # as _next_of, in short: it is asked after each lead that comes by itself
        self.env["crm.lead"].flush_model(
            [
                "company_id",
                "distribution_due",
                "distribution_next",
                "distribution_state",
            ]
        )
        found = self.env.execute_query(
            SQL(
                """SELECT 1 FROM crm_lead
                    WHERE company_id = %s AND distribution_next IS TRUE
                      AND distribution_state = 'pending'
                      AND (distribution_due IS NULL OR distribution_due <= %s)
                    LIMIT 1""",
                company.id,
                fields.Datetime.now(),
            )
        )
        return bool(found)

    @api.model
    def _next_ones(self, company, stuck=()):
        """Return those that came by themselves while somebody else distributed, locked;
        from now on they are as all that wait."""
        domain = self._next_of(company, stuck)
        leads = self._first_ones(company, domain, SMALLEST_BLOCK)
        if leads:
            leads.write({"distribution_next": False})
        return leads

    @api.model
    def _distribute_next(self, company):
        """Distribute those that came by themselves while somebody else distributed,
        without committing.

        :returns: whether there were any, and nobody else is at work now
        """
        service = as_service(self, company)
        # without the lock, else somebody could meet it meanwhile
        if not service._any_next(company):
            return False
        if not service.env["lead.distribution.lock"]._acquire(company):
            return False
        service._turns_after_commit().discard(company.id)  # the caller looks again
        leads = service._next_ones(company)
        if leads:
            service._decide_pending(company, leads, "create")
        return bool(leads)

    @api.model
    def _turns_after_commit(self):
        """Return the ids, to be added to, of the companies for which leads that came
        meanwhile are looked for right after this transaction: most who have the lock
        have it for a moment, and the workers of schedules may be busy with something
        else for minutes."""
        postcommit = self.env.cr.postcommit
        if _TURNS_KEY not in postcommit.data:
            registry, company_ids = self.env.registry, set()
            postcommit.data[_TURNS_KEY] = company_ids
            postcommit.add(lambda: _take_turns(registry, company_ids))
        return postcommit.data[_TURNS_KEY]

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
    def _next_size(self, block, seconds):
        """How many leads the next block is to hold: twice as many, as long as the lock
        is held below its bound.

        :param block: see :meth:`_distribute_block`
        :param seconds: that it took
        """
        if block["next"]:
            # more of them come: none waits for the whole backlog
            return min(block["size"], SMALLEST_BLOCK)
        per_lead = max(seconds, 0.001) / len(block["leads"])
        fits = int(0.8 * SECONDS_PER_BLOCK / per_lead)
        return min(2 * max(block["size"], 1), max(fits, 10), LARGEST_BLOCK)

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


class LeadDistributionLock(models.Model):
    _inherit = "lead.distribution.lock"

    @api.model
    def _after_acquire(self, company):
        """Whoever has the lock looks for what came meanwhile, once it is free."""
        if company:
            self.env["lead.distribution"]._turns_after_commit().add(company.id)
        return super()._after_acquire(company)
