"""A replay: the leads of some time are matched and decided once more, with a snapshot,
by the routes of today or a draft of them. There is no apply: nothing is written.

The records answer for what was before that time (``as_of``), the replay itself for
what came since: units, limits, turns, credits, and who got the same person's earlier
lead."""

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine import HOLD
from ...tools.constants import COUNTED
from ...tools.limits import LIMIT_OF, LIMITS
from ...tools.periods import day_span, hour_span, month_span
from ...tools.service_context import HISTORY_KEY, as_service
from ..pipeline.compensation import ROWS, position
from ..pipeline.history import LiveHistory, history_of
from ..pipeline.values import DistributionContext

#: greater than the id of every row of the ledger
LATER = 2**31


@dataclass(eq=False)
class ReplayHistory(LiveHistory):
    """What a replay gave so far, on top of what the records say of the time before.

    :param as_of: naive UTC datetime, from when on the records do not count
    :param units: ``{(month's start or None for all, listing_id or None for all):
        {user_id: units}}``
    :param given: ``{lead_id: user_id or None}``
    :param last: ``{user_id: number of the last lead}``
    :param rows: ``[(moment, user_id, listing_id or None, units), ...]``
    :param leads: ``[(moment, user_id, route_id or None, expected revenue), ...]``
    :param state: ``{(route_id, listing_id or False, user_id): (credit, turn)}``
    """

    as_of: datetime
    units: dict = field(default_factory=dict)
    leads: list = field(default_factory=list)
    given: dict = field(default_factory=dict)
    last: dict = field(default_factory=dict)
    rows: list = field(default_factory=list)
    state: dict = field(default_factory=dict)

    def note(self, lead, decision, month, at):
        """Count a decision of the replay as the ledger would.

        :param month: the start of that of the decision
        :param at: its moment
        """
        self.given[lead.id] = user_id = decision.user_id
        if not user_id:
            return
        self.rows.append((at, user_id, lead.listing_id.id or None, decision.units))
        for listing_id in {None, lead.listing_id.id or None}:
            # open leads are counted, whatever they weigh
            for span, units in ((None, 1.0), (month, decision.units)):
                load = self.units.setdefault((span, listing_id), {})
                load[user_id] = load.get(user_id, 0.0) + units
        self.leads.append((at, user_id, decision.route_id, lead.expected_revenue))
        self.last[user_id] = LATER + len(self.given)

    def remember(self, state):
        """Keep the credits and turns that the engine ended with.

        :param state: see :meth:`.values.Snapshot.remembered`
        """
        for (route_id, listing_id), users in state.items():
            for user_id, (credit, turn) in users.items():
                # as exact as the routes keep it, so that ties stay ties
                line = (round(credit, 6), turn)
                self.state[route_id, listing_id or False, user_id] = line

    # what the steps ask -----------------------------------------------------

    #: names only hint: nobody gets a lead for one
    hints_by_name = False

    def open_leads(self, domain):
        """Of today's leads those that were open when the replay begins: who had them
        then, nobody noted."""
        return [
            *domain,
            ("active", "in", [True, False]),
            ("create_date", "<", self.as_of),
            ("intake_status", "!=", "removed"),
            "|",
            ("won_status", "=", "pending"),
            ("date_closed", ">=", self.as_of),
        ]

    def loads(self, loads, company, route, at):
        """Open leads are a stock, the others are counted from month to month."""
        span = None if route._measure().stock else month_span(company, at)[0]
        return {
            scope: added(load, self.units.get((span, scope), {}))
            for scope, load in loads.items()
        }

    def rows_of_stretches(self, company, at, edges):
        start = month_span(company, at)[0]
        after_all = ROWS - 2  # of the rows of that second
        return [
            (user_id, listing_id, bisect_right(edges, position(when, after_all)), units)
            for when, user_id, listing_id, units in self.rows
            if when >= start
        ]

    def limits(self, limits):
        """How many leads somebody had open at any moment of the past nobody knows."""
        for key, most in list(limits.most.items()):
            known = {c: x for c, x in most.items() if LIMIT_OF[c].span != "open"}
            if known:
                limits.most[key] = known
            else:
                del limits.most[key]

    def limits_used(self, limits, spans):
        for (span, days), (start, end) in spans.items():
            for at, user_id, route_id, value in self.leads:
                if start <= at < end:
                    limits.count(span, days, user_id, route_id, 1, value)

    def last_rows(self, rows):
        return {**rows, **self.last}

    def route_states(self, states):
        """How turns and credits stood in the past nobody noted: they begin anew."""
        return self.state

    def owners(self, env, owners, partners):
        """Whose a customer became by one of these very leads, it was not before."""
        by_id = {partner.id: partner for partner in partners}
        rows = env.execute_query(
            SQL(
                """SELECT DISTINCT ON (partner_id) partner_id, partner_previous_user_id
                     FROM lead_distribution_assignment
                    WHERE partner_id = ANY(%s) AND partner_owned AND date >= %s
                 ORDER BY partner_id, id""",
                list(by_id),
                self.as_of,
            )
        )
        for partner_id, user_id in rows:
            company = by_id[partner_id].commercial_partner_id - by_id[partner_id]
            owners[partner_id] = user_id or company.user_id.id
        for partner in by_id.values():
            if partner.create_date and partner.create_date >= self.as_of:
                owners.pop(partner.id, None)
        return owners


def added(*counts):
    """Add numbers up, key by key.

    :param counts: dictionaries of numbers
    :returns: their sum, key by key
    """
    total = {}
    for count in counts:
        for key, number in count.items():
            total[key] = total.get(key, 0) + number
    return total


class LeadDistributionSimulate(models.AbstractModel):
    _name = "lead.distribution.replay"
    _description = "Lead Distribution: Replay"

    @api.model
    def _replay(self, company, routes, start, end, most, tell=None):
        """Who would have got the leads that came from ``start`` to ``end``.

        Each is decided when it came, or when its route starts; in stretches of time in
        which nobody leaves or returns, with one snapshot of the people for each.

        :param routes: ``lead.distribution.route``, paused ones count as active
        :param start, end: naive UTC datetimes
        :param most: how many leads at most
        :param tell: function of how many leads are decided so far, called between
            the blocks; it may end the transaction, for nothing is written here
        :returns: ``[(lead, Decision), ...]`` in the order of arrival, the leads as
            superuser
        :raises UserError: when there are more
        """
        replay = ReplayHistory(start)
        service = as_service(self, company).with_context(**{HISTORY_KEY: replay})
        leads = service._arrived(company, start, end)
        if not leads:
            return []
        self._check_many(len(leads), most)
        routes = routes.with_env(service.env).sorted(lambda r: (r.sequence, r.id))
        arrivals = {lead.id: lead.create_date for lead in leads}
        # through which one somebody wants a lead to go now is another matter
        matches = replace(
            service.env["lead.distribution.matching"]._match(routes, leads, arrivals),
            asked={},
        )
        firsts = {}
        if any(route.delay_number for route in routes):
            firsts = service.env["lead.distribution.matching"]._firsts(
                routes, leads, matches
            )
        moments = {
            lead_id: at + firsts[lead_id]._delay() if lead_id in firsts else at
            for lead_id, at in arrivals.items()
        }
        identities = service.env["lead.distribution.identity"]._identify(company, leads)
        if tell:
            tell(0)
        decided, drain = {}, DistributionContext(company, "drain", start)
        key_of = service._stretches(company, routes, leads, moments, identities)
        queue = {}
        for lead_id in sorted(moments, key=lambda i: (moments[i], i)):
            queue.setdefault(key_of(moments[lead_id]), []).append(lead_id)
        while queue:
            # what others deleted meanwhile nobody decides about
            block = leads.browse(queue.pop(min(queue))).exists()
            if not block:
                continue
            at = moments[block[0].id]
            drain.at = at
            service._replay_backlog(drain, routes, leads, identities, decided)
            month = month_span(company, at)[0]
            known = [identities[lead.id] for lead in block if lead.id in identities]
            keepers = {identity.keeper for identity in known}
            keepers |= {replay.given.get(identity.same_as) for identity in known}
            snapshot = service.env["lead.distribution.candidates"]._snapshot(
                company, routes, at, keepers - {None}, block
            )
            decision = service.env["lead.distribution.decision"]
            decisions, state = decision._decide(
                snapshot,
                decision._requests(block, matches, identities, snapshot),
                [
                    (identity.same_as, replay.given[identity.same_as])
                    for identity in known
                    if identity.same_as in replay.given
                ],
            )
            for lead, decision in zip(block, decisions, strict=True):
                if decision.reason == HOLD:
                    # decided again when somebody is on shift
                    moments[lead.id] = at + timedelta(seconds=decision.begins)
                    queue.setdefault(key_of(moments[lead.id]), []).append(lead.id)
                    decided.pop(lead.id, None)
                    continue
                replay.note(lead, decision, month, moments[lead.id])
                decided[lead.id] = decision
            replay.remember(state)
            if tell:
                tell(len(decided))
        return [(lead, decided[lead.id]) for lead in leads.exists()]

    @api.model
    def _replay_backlog(self, context, routes, leads, identities, decided):
        """Try what found nobody so far once more, as the schedule would, when people
        come back: with the leads of each stretch of time.

        :param context: whose moment it is
        :param decided: ``{lead_id: Decision}`` so far, changed in place
        """
        if not any(route.drain for route in routes):
            return
        waiting = leads.filtered(
            lambda lead: lead.id in decided and not decided[lead.id].user_id
        ).exists()
        if not waiting:
            return
        at, company = context.at, context.company
        matches = self.env["lead.distribution.matching"]._match(
            routes, waiting, dict.fromkeys(waiting.ids, at)
        )
        matches = replace(matches, asked={})
        self.env["lead.distribution.drain"]._bar(context, routes, waiting, matches)
        snapshot = self.env["lead.distribution.candidates"]._snapshot(
            company, routes, at, (), waiting
        )
        ranked = self.env["lead.distribution.priority"]._ranked(company, waiting, at)
        waiting, _places = ranked
        decision = self.env["lead.distribution.decision"]
        decisions, state = decision._decide(
            snapshot, decision._requests(waiting, matches, identities, snapshot)
        )
        history = history_of(self.env)
        month = month_span(company, at)[0]
        for lead, one in zip(waiting, decisions, strict=True):
            if one.user_id:
                history.note(lead, one, month, at)
                decided[lead.id] = one
        history.remember(state)

    @api.model
    def _check_many(self, count, most):
        """Check that leads are not too many for one replay.

        :raises UserError: when they are
        """
        if count > most:
            raise UserError(
                self.env._(
                    "Leads of this period: %(count)s. A simulation takes %(most)s at "
                    "most. Choose a shorter period.",
                    count=count,
                    most=most,
                )
            )

    @api.model
    def _arrived(self, company, start, end):
        """Find the leads to be replayed.

        :returns: the leads of that time that were the distribution's, in the order of
            arrival: won, lost and archived ones included, removed ones not
        """
        Lead = self.env["crm.lead"].with_context(active_test=False)
        domain = self._arrived_domain(company, start, end)
        return Lead.search(domain, order="create_date, id")

    @api.model
    def _count_arrived(self, company, start, end):
        """Count the leads to be replayed, see :meth:`_arrived`."""
        Lead = self.env["crm.lead"].with_context(active_test=False)
        return Lead.search_count(self._arrived_domain(company, start, end))

    @api.model
    def _arrived_domain(self, company, start, end):
        came = Domain(
            [
                ("create_date", ">=", start),
                ("create_date", "<", end),
                ("intake_status", "!=", "removed"),
            ]
        )
        rows = "distribution_assignment_ids"
        ours = Domain("distribution_company_id", "=", company.id) & (
            Domain("distribution_state", "not in", [False, "none"])
            | Domain(rows, "!=", False)
        )
        # core takes the company away from whatever has no salesperson any more
        left = Domain("company_id", "=", False) & Domain(
            rows, "any", [("company_id", "=", company.id)]
        )
        return came & (ours | left)

    @api.model
    def _received(self, lead_ids):
        """Look up who got the leads at the time.

        :returns: ``{lead_id: (user_id, units)}`` of who got them first, by the ledger
        """
        self.env["lead.distribution.assignment"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (lead_id) lead_id, user_id, units
                     FROM lead_distribution_assignment
                    WHERE lead_id = ANY(%s) AND user_id IS NOT NULL
                      AND state = ANY(%s)
                 ORDER BY lead_id, id""",
                lead_ids,
                list(COUNTED),
            )
        )
        return {lead_id: (user_id, units) for lead_id, user_id, units in rows}

    @api.model
    def _stretches(self, company, routes, leads, moments, identities):
        """Cut the time where the snapshot of the people changes: at midnight, when
        somebody leaves or returns, begins or ends their shift, and by the hour where
        anybody has a limit of the hour.

        :returns: a function of a moment; leads with the same value, which grows with
            time, are decided together
        """
        users = self.env["res.users"].browse(
            {identity.keeper for identity in identities.values()} - {None}
        )
        users = users.union(*(route._users() for route in routes))
        if "listing" in routes.mapped("pool_source"):
            users |= leads.listing_id._receivers()
        users |= users._lead_ever_deputies()
        ahead = {timedelta(days=route.absence_lookahead_days) for route in routes}
        first, last = min(moments.values()), max(moments.values())
        edges = set()
        # whoever is away by the end of the last day that a route looks ahead to
        end = last + max(ahead) + timedelta(days=1)
        for spans in users._lead_absences(first, end).values():
            for begin, until in spans:
                edges |= {begin - days for days in ahead} | {begin, until}
        edges |= self._shift_edges(company, routes, users, first, last)
        edges = sorted(edges)
        span = hour_span if self._hourly(company, users, routes) else day_span
        return lambda at: (span(company, at)[1], bisect_right(edges, at))

    @api.model
    def _shift_edges(self, company, routes, users, first, last):
        """Return when shifts begin and end that a route asks for."""
        asking = routes.filtered("own_hours")
        if not asking:
            return set()
        found = set()
        early = {timedelta(minutes=route.own_hours_stop) for route in asking}
        shifts = users._lead_shifts(company, first, last + asking._looks_ahead())
        for hours in set(shifts.values()):
            for start, stop, ends in hours.spans:
                found.add(start)
                found |= {stop - minutes for minutes in early} if ends else {stop}
        return found

    @api.model
    def _hourly(self, company, users, routes):
        """Whether anybody has a limit of the hour."""
        fields = [limit.field for limit in LIMITS if limit.span == "hour"]
        return any(
            record[name]
            for records in (users.with_company(company), routes.member_ids)
            for record in records
            for name in fields
        )
