"""The backlog drains itself (P2): leads of the pool that found nobody are distributed
again when what they waited for returns.

Each such lead knows since when it waits for a change. The schedule looks who could take
leads now, route by route, and remembers it: when somebody is there who was not at the
last look, or routes or people were changed, all that waits longer than that is tried
once more, the most urgent first. A lead that found nobody at all is tried as soon as
one of its routes has somebody. What is tried in vain waits for the next change; nothing
is written of it but that moment.
"""

from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import ormcache

from ...engine import Limits
from ...engine.backlog import drains, not_again, ready, returned
from ...engine.clock import MISSED
from ...tools.batch import CONFLICTS
from ...tools.constants import LONG_AGO
from ...tools.periods import day_span
from ...tools.redacting_log import redacting_logger
from ...tools.scheduling import trigger_cron
from ...tools.service_context import as_service
from .matching import UNUSABLE
from .pending import SMALLEST_BLOCK
from .values import DistributionContext

_logger = redacting_logger(__name__)


class LeadDistributionDrain(models.AbstractModel):
    _name = "lead.distribution.drain"
    _description = "Lead Distribution: Backlog"

    # waking -----------------------------------------------------------------

    @api.model
    @ormcache()
    def _anybody(self):
        """Whether any route takes leads from the backlog."""
        # sudo: whether there is one, not which
        routes = self.env["lead.distribution.route"].sudo()
        return bool(routes.search_count([("drain", "=", True)], limit=1))

    @api.model
    def _wake(self, at=None):
        """Something changed that leads may have waited for: the schedule looks soon.

        :param at: naive UTC datetime when it will have changed
        """
        if self._anybody():
            trigger_cron(self.env, "ir_cron_distribute_pending", at=at)

    # the schedule -----------------------------------------------------------

    @api.model
    def _drain_companies(self):
        """Return the companies in which routes take leads from the backlog."""
        companies = self.env["res.company"]
        if not self._anybody():
            return companies
        # sudo: the schedule works for all companies
        routes = self.env["lead.distribution.route"].sudo()
        routes = routes.search([("drain", "=", True)])
        found = routes.company_id
        if any(not route.company_id for route in routes):
            # sudo: the same
            found = companies.sudo().search([])
        return found.filtered(lambda company: company._lead_distribution_on())

    @api.model
    def _drain_block(self, company, tried=(), run=None, size=SMALLEST_BLOCK):
        """Distribute some of the backlog of a company again, without committing.

        :param tried: ids that this run has looked at already
        :returns: None when the company is busy, else a dictionary of ``leads``, those
            looked at, and ``run``
        """
        service = as_service(self, company)
        nothing = {"leads": service.env["crm.lead"], "run": run}
        waiting = self._waiting_domain(company)
        if not service.env["crm.lead"].search_count(waiting, limit=1):
            return nothing
        if not service.env["lead.distribution.lock"]._acquire(company):
            return None
        now = fields.Datetime.now()
        routes, changed = service._look(company, now)
        domain = service._routes_domain(company, routes, now, waiting)
        if domain is None:
            return nothing
        domain &= Domain("distribution_retry_after", "<=", changed)
        domain &= Domain("id", "not in", list(tried))
        found = service.env["lead.distribution.priority"]._most_urgent(
            company, domain, size, now
        )
        leads = found.try_lock_for_update(allow_referencing=True)
        if not leads:
            return nothing
        run = run or service.env["lead.distribution"]._open_run("drain", company)
        service.env["lead.distribution"]._process_safely(
            DistributionContext(company, "drain", now, run), leads
        )
        placed = leads.filtered(lambda lead: lead.distribution_state != "pool")
        if placed:
            service.env["lead.distribution"]._close_run(run, placed)
        elif not run.lead_count:
            run.unlink()  # nobody needs to read of what changed nothing
            run = None
        return {"leads": leads, "run": run}

    @api.model
    def _waiting_domain(self, company):
        """Return the domain of the leads that wait for a change."""
        return Domain(
            [
                ("company_id", "=", company.id),
                ("distribution_state", "=", "pool"),
                ("distribution_retry_after", "!=", False),
                ("user_id", "=", False),
                ("active", "=", True),
                ("won_status", "=", "pending"),
            ]
        )

    @api.model
    def _look(self, company, at):
        """Look who could take leads now, and compare it with the last look.

        :returns: ``(routes, changed)``: the routes that have somebody now, and since
            when nothing has changed, a naive UTC datetime
        """
        routes = self._open_routes(company, at)
        pairs = self._ready(company, routes, at)
        stamp = self._stamp(company)
        # sudo: what was seen is kept on the lock, which is the service's alone
        lock = self.env["lead.distribution.lock"].sudo()
        lock = lock.search([("company_id", "=", company.id)], limit=1)
        seen = lock.drain_seen or {}
        before = {tuple(pair) for pair in seen.get("pairs", ())}
        changed = seen.get("changed")
        if not changed or seen.get("stamp") != stamp or returned(before, pairs):
            changed = fields.Datetime.to_string(at)
        now = {
            "pairs": sorted(map(list, pairs)),
            "stamp": stamp,
            "changed": changed,
        }
        if now != seen:
            lock.drain_seen = now
        taking = {route_id for route_id, _user_id in pairs}
        return (
            routes.filtered(lambda route: route.id in taking),
            fields.Datetime.to_datetime(changed),
        )

    @api.model
    def _open_routes(self, company, at):
        routes = self.env["lead.distribution.route"]._routes_of(company)
        return routes.filtered(
            lambda route: (
                route.drain and (route._always_open() or route._opening(at, at)(at))
            )
        )

    @api.model
    def _ready(self, company, routes, at):
        """Return ``{(route_id, user_id), ...}`` of who could take a lead now; of routes
        by listing the receivers of all the listings."""
        candidates = self.env["lead.distribution.candidates"]
        listed = routes.filtered(lambda route: route.pool_source == "listing")
        snapshot = candidates._snapshot(company, routes - listed, at)
        real = {i: route_id for i, (route_id, _listing) in snapshot.real.items()}
        found = {
            (real[engine_id], user_id)
            for engine_id, user_id in ready(snapshot.routes, snapshot.people)
        }
        if not listed:
            return found
        listings = self.env["lead.distribution.listing"].search(
            [("company_id", "in", [False, company.id])]
        )
        users = listings._receivers()
        excluded, absent = candidates._excluded(company, users), None
        people = candidates._persons(company, users, {}, at, excluded)
        limits = Limits(people)
        for route in listed:
            absent = users._lead_absent_at(at) if absent is None else absent
            away = absent if route.skip_absent else ()
            found |= {
                (route.id, person.user_id)
                for person in people
                if not person.exclusion
                and not limits.reached(person.user_id)
                and person.user_id not in away
            }
        return found

    @api.model
    def _stamp(self, company):
        """Return when routes, their members or salespeople were last changed, as text:
        what is not seen in who is ready, such as a filter or somebody's skills."""
        routes = self.env["lead.distribution.route"]._routes_of(company)
        users = routes.member_ids.user_id.union(*(route._users() for route in routes))
        territories = self.env["lead.distribution.territory"]
        if any(route.match_territory != "no" for route in routes):
            territories = territories.search([])
        moments = [
            record.write_date
            for records in (routes, routes.member_ids, users, territories)
            for record in records
            if record.write_date
        ]
        return str(max(moments, default=datetime.min))

    @api.model
    def _routes_domain(self, company, routes, at, waiting):
        """Say which of the waiting leads a route may take now.

        :param waiting: the domain of those that wait
        :returns: Domain; None when there is none
        """
        Lead = self.env["crm.lead"]
        filters, found = self.env["lead.distribution.filters"], []
        for route in routes:
            try:
                domain = filters._filter_within(
                    Lead, route._parsed_domain(), route.company_id or company
                )
                if route.drain_max_days:
                    oldest = at - timedelta(days=route.drain_max_days)
                    domain &= Domain("create_date", ">=", oldest)
                with self.env.cr.savepoint(flush=False):
                    if Lead.search_count(waiting & domain, limit=1):
                        found.append(domain)
            except UNUSABLE:
                continue  # the match says so of each lead that comes
            except ValueError:
                continue
        return waiting & Domain.OR(found) if found else None

    # within the walk --------------------------------------------------------

    @api.model
    def _only_backlog(self, context, routes, leads, matches):
        """Leads of the backlog go through no other routes, and not to those who did not
        want them; see :func:`~engine.backlog.not_again`.

        :param matches: :class:`.matching.Matches`, changed in place
        """
        self._bar(context, routes, leads, matches)
        rows = self.env["lead.distribution.assignment"].search(
            [
                ("lead_id", "in", leads.ids),
                ("state", "in", ["declined", "expired"]),
                ("offer_round", ">", 0),
            ]
        )
        rows = rows.filtered(lambda row: row.offer_round == row.lead_id.offer_round)
        today = day_span(context.company, context.at)[0]
        for lead, ours in rows.grouped("lead_id").items():
            offers = [
                (
                    row.user_id.id,
                    row.state,
                    day_span(context.company, row.date_response or row.date)[0],
                )
                for row in ours
            ]
            skip = context.skip.setdefault(lead.id, {})
            for user_id, code in not_again(offers, today).items():
                skip.setdefault(user_id, code)

    @api.model
    def _bar(self, context, routes, leads, matches):
        """Keep leads of the backlog off the routes that do not take them from it.

        :param matches: :class:`.matching.Matches`, changed in place
        """
        ages = {
            lead.id: (context.at - lead.create_date) / timedelta(days=1)
            for lead in leads
        }
        for route in routes:
            matches.barred[route.id] = {
                lead_id: "too_old" if route.drain else "no_drain"
                for lead_id, age in ages.items()
                if not drains(route.drain, route.drain_max_days, age)
            }

    @api.model
    def _skip_former(self, context, leads, latest):
        """What a rule or an outcome took from people does not go back to them.

        :param latest: ``{lead_id: newest row of the ledger}``
        """
        taken = leads.filtered(
            lambda lead: (
                lead.id in latest
                and latest[lead.id].trigger in ("rule", "outcome", "action")
            )
        )
        if not taken:
            return
        had, _moves = self.env["lead.distribution.assignment"]._lead_history(taken)
        for lead_id, user_ids in had.items():
            skip = context.skip.setdefault(lead_id, {})
            for user_id in user_ids:
                skip.setdefault(user_id, "had_it")

    @api.model
    def _before_decision(self, context, routes, leads, matches):
        """See to it that leads of the backlog go where they may.

        :returns: ``{lead_id: newest row of the ledger}``
        """
        latest = self.env["lead.distribution.assignment"]._latest_rows(leads)
        self._only_backlog(context, routes, leads, matches)
        self._skip_former(context, leads, latest)
        self._skip_missed(context, leads)
        return latest

    @api.model
    def _skip_missed(self, context, leads):
        """Whoever missed the time of a lead's clock does not get it back."""
        missed = self.env["lead.distribution.assignment"].search(
            [("lead_id", "in", leads.ids), ("clock_result", "=", MISSED)]
        )
        for row in missed:
            skip = context.skip.setdefault(row.lead_id.id, {})
            skip.setdefault(row.user_id.id, MISSED)

    @api.model
    def _after_decision(self, context, leads, decisions, latest):
        """Leave what found nobody once more where it is, and say of the others what
        they waited for.

        :returns: ``(leads, decisions)`` of those that found somebody
        """
        found = [decision for decision in decisions if decision.user_id]
        placed = leads.browse(decision.lead_id for decision in found)
        self._tried(leads - placed, context.at)
        for decision in found:
            row = latest.get(decision.lead_id)
            if row:
                since = fields.Datetime.to_string(row.date)
                decision.trace["drain"] = [row.reason, since]
        return placed, found

    @api.model
    def _tried(self, leads, at):
        """These were tried in vain: they wait for the next change."""
        leads = leads.filtered("distribution_retry_after")
        if leads:
            leads.write({"distribution_retry_after": at})

    @api.model
    def _retry_after(self, context, decision):
        """Tell from when on a change lets a lead be tried again that found nobody.

        :param decision: with a reason; the engine's, or a row of the ledger
        :returns: naive UTC datetime; False where a person is to decide
        """
        if context.rule:
            return False
        # whoever is ready now was not there when nobody was found
        anytime = dict.fromkeys(("nobody", "no_route"), LONG_AGO)
        return {**anytime, "unclaimed": context.at}.get(decision.reason, False)


class LeadDistribution(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _drain_backlog(self, seconds):
        """Distribute the backlog of each company again, block by block.

        :param seconds: that the schedule has left
        :returns: ``(seconds left, whether a company was busy)``
        """
        cron, busy = self.env["ir.cron"], False
        drain = self.env["lead.distribution.drain"]
        for company in drain._drain_companies():
            tried, run = set(), None
            while seconds:
                try:
                    block = drain._drain_block(company, tried, run)
                except CONFLICTS as conflict:
                    self.env.cr.rollback()
                    _logger.info("Backlog of %s waits: %s", company.id, conflict)
                    block = None
                if block is None:
                    busy = True
                    break
                run = block["run"]
                tried.update(block["leads"].ids)
                seconds = cron._commit_progress(len(block["leads"]))
                if not block["leads"]:
                    break
        return seconds, busy
