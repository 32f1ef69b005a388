"""Step 2, match: which routes does a lead match?"""

from dataclasses import dataclass, field

import psycopg2

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.columns import column
from ...tools.redacting_log import error_kind, redacting_logger
from ...tools.scheduling import trigger_cron

_logger = redacting_logger(__name__)

#: what the database says of a condition that it cannot compare; a conflict or a
#: lost connection is none of these
UNUSABLE = (psycopg2.DataError, psycopg2.ProgrammingError)


@dataclass
class Matches:
    """Which routes take which leads.

    :param found: ``{route_id: ids of the leads that match, or the code of why the
        route is passed over}``, in the routes' order
    :param closed: ``{route_id: ids of the leads for which it is not open}``
    :param asked: ``{lead_id: the one route that was chosen for it}``
    :param barred: ``{route_id: {lead_id: code}}`` of what a route does not take
        although it matches
    """

    found: dict
    closed: dict
    asked: dict = field(default_factory=dict)
    barred: dict = field(default_factory=dict)

    def codes_of(self, lead_ids):
        """Look up many leads at once: most match the same routes as others.

        :returns: ``{lead_id: ((route_id, code), ...)}`` for the engine's requests
        """
        places = dict.fromkeys(lead_ids, 0)
        for at, (route_id, found) in enumerate(self.found.items()):
            matching = () if isinstance(found, str) else found
            for bit, ids in ((1, matching), (2, self.closed.get(route_id, ()))):
                bit <<= 2 * at
                for lead_id in ids:
                    if lead_id in places:
                        places[lead_id] |= bit
        known, codes = {}, {}
        for lead_id, place in places.items():
            if lead_id in self.asked or self.barred:
                codes[lead_id] = self._codes(lead_id)
                continue
            if place not in known:
                known[place] = self._codes(lead_id)
            codes[lead_id] = known[place]
        return codes

    def _codes(self, lead_id):
        return tuple(
            [(route_id, self.code(route_id, lead_id)) for route_id in self.found]
        )

    def code(self, route_id, lead_id):
        """Return "" when the route takes the lead, else why not."""
        asked = self.asked.get(lead_id)
        if asked:
            return "" if asked == route_id else "not_asked"
        found = self.found[route_id]
        if isinstance(found, str):
            return found
        if lead_id not in found:
            return "no_match"
        if lead_id in self.closed.get(route_id, ()):
            return "closed"
        return self.barred.get(route_id, {}).get(lead_id, "")


class LeadDistributionMatch(models.AbstractModel):
    _name = "lead.distribution.matching"
    _description = "Lead Distribution: Matching"

    @api.model
    def _match(self, routes, leads, moments):
        """Try every route on all the leads at once.

        :param moments: ``{lead_id: naive UTC datetime}`` at which hours and dates of
            the routes are judged
        :returns: :class:`Matches`
        """
        conditions, matches = {}, {}
        company = leads.company_id[:1]  # those of a block are of one company
        for route in routes:
            try:
                domain = self.env["lead.distribution.filters"]._filter_within(
                    leads, route._parsed_domain(), route.company_id or company
                )
                if domain.is_true():
                    matches[route.id] = set(leads._ids)
                elif not all(leads._ids):
                    # values that are no lead yet: the database knows nothing of them
                    matches[route.id] = set(leads.filtered_domain(domain)._ids)
                else:
                    matches[route.id] = None
                    conditions[route.id] = self._within(leads, domain)
            except Exception as error:
                matches[route.id] = self._broken(route.id, error)
        try:
            matches.update(self._matching(leads, conditions))
        except UNUSABLE:
            # something in one of them the database cannot compare: which one?
            for route_id, condition in conditions.items():
                try:
                    matches.update(self._matching(leads, {route_id: condition}))
                except UNUSABLE as error:
                    matches[route_id] = self._broken(route_id, error)
        wanted = column(leads, "distribution_asked_route_id")
        asked = {
            lead_id: route_id
            for lead_id, route_id in zip(leads._ids, wanted, strict=True)
            if route_id
        }
        return Matches(matches, self._closed(routes, moments), asked)

    @api.model
    def _moments(self, context, leads):
        """Hours and dates of routes are judged when a lead arrived, even if it is
        processed later; when somebody asks for a distribution, at that moment."""
        if context.trigger in ("create", "mail", "cron"):
            return dict(zip(leads._ids, column(leads, "create_date"), strict=True))
        return dict.fromkeys(leads.ids, context.at)

    @api.model
    def _closed(self, routes, moments):
        """Which routes are closed for which leads (K1, K2).

        :returns: ``{route_id: set of lead ids}``
        """
        found = {}
        if not moments:
            return found
        first, last = min(moments.values()), max(moments.values())
        for route in routes:
            if route._always_open():
                continue
            opening = route._opening(first, last)
            found[route.id] = {
                lead_id for lead_id, at in moments.items() if not opening(at)
            }
        return found

    @api.model
    def _defer(self, context, routes, leads):
        """Leads whose route starts later (O19) stay pending until then: counted from
        their arrival, or from the step that asked for the distribution.

        :returns: those that wait for nothing
        """
        slow = {route.id: route for route in routes if route.delay_number}
        if not slow or context.trigger in ("button", "drain", "handover"):
            return leads
        matches = self._match(routes, leads, self._moments(context, leads))
        firsts = self._firsts(routes, leads, matches)
        waiting = {}
        for lead in leads:
            first = firsts.get(lead.id)
            if first is None or first.id not in slow:
                continue
            if context.trigger in ("action", "outcome"):
                due = context.at + first._delay()
            elif lead.distribution_due and lead.distribution_due <= context.at:
                continue
            else:
                due = lead.distribution_due or lead.create_date + first._delay()
            if due > context.at:
                waiting.setdefault(due, []).append(lead.id)
        for due, ids in waiting.items():
            leads.browse(ids).write(
                {"distribution_state": "pending", "distribution_due": due}
            )
        if waiting:
            trigger_cron(self.env, "ir_cron_distribute_pending", at=min(waiting))
        return leads - leads.browse(i for ids in waiting.values() for i in ids)

    @api.model
    def _firsts(self, routes, leads, matches):
        """Find the route that comes first for each lead.

        :returns: ``{lead_id: the first route that takes it}``, direct ones before the
            others
        """
        order = sorted(routes, key=lambda route: route.pool_source != "user")
        found = {}
        for lead in leads:
            for route in order:
                if not matches.code(route.id, lead.id):
                    found[lead.id] = route
                    break
        return found

    @api.model
    def _within(self, leads, domain):
        """Return the SQL condition of a row of leads that a domain matches.

        Of most domains it is what the ORM would look for. Where that asks other tables
        it is the ids of those of the leads that are found.
        """
        Lead = self.env["crm.lead"].with_context(active_test=False)
        query = Lead._search(domain)
        if query.is_empty():
            return SQL("FALSE")
        if query.from_clause == SQL.identifier(Lead._table) and query.where_clause:
            return SQL("COALESCE(%s, FALSE)", query.where_clause)
        query = Lead._search(Domain("id", "in", leads.ids) & domain)
        return SQL("crm_lead.id IN %s", query.subselect())

    @api.model
    def _matching(self, leads, conditions):
        """All routes at once, in one statement.

        :param conditions: ``{route_id: SQL}``, see :meth:`_within`
        :returns: ``{route_id: set of lead ids}``
        """
        if not conditions:
            return {}
        with self.env.cr.savepoint():
            rows = self.env.execute_query(
                SQL(
                    "SELECT crm_lead.id, %s FROM crm_lead WHERE crm_lead.id = ANY(%s)",
                    SQL(", ").join(conditions.values()),
                    leads.ids,
                )
            )
        found = {route_id: set() for route_id in conditions}
        for lead_id, *answers in rows:
            for route_id, answer in zip(conditions, answers, strict=True):
                if answer:
                    found[route_id].add(lead_id)
        return found

    @api.model
    def _broken(self, route_id, error):
        _logger.warning(
            "Route %s is passed over, its filter is broken: %s",
            route_id,
            error_kind(error),
        )
        return "broken"
