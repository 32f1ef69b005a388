"""Room 2: which routes does a lead match?"""

import logging

import psycopg2

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

#: what the database says of a condition that it cannot compare; a conflict or a
#: lost connection is none of these
UNUSABLE = (psycopg2.DataError, psycopg2.ProgrammingError)


class LeadDistributionMatch(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _routes_of(self, company):
        """:returns: the routes of a company in their order"""
        return self.env["lead.distribution.route"].search(
            [("company_id", "in", [False, company.id])]
        )

    @api.model
    def _match(self, routes, leads):
        """Try every route on all the leads at once.

        :returns: ``{route_id: ids of the leads that match, or the code of why the
            route is passed over}``, in the routes' order
        """
        domains, matches = {}, {}
        for route in routes:
            try:
                domain = route._parsed_domain()
                if domain.is_true():
                    matches[route.id] = set(leads.ids)
                else:
                    matches[route.id] = None
                    domains[route.id] = self._within(leads, domain)
            except Exception as error:
                matches[route.id] = self._broken(route.id, error)
        try:
            matches.update(self._matching(leads, domains))
        except UNUSABLE:
            # something in one of them the database cannot compare: which one?
            for route_id, query in domains.items():
                try:
                    matches.update(self._matching(leads, {route_id: query}))
                except UNUSABLE as error:
                    matches[route_id] = self._broken(route_id, error)
        return matches

    @api.model
    def _hold_back(self, occasion, routes, leads):
        """Leads whose route starts later (O19) stay pending until then: counted from
        their arrival, or from the step that asked for the distribution.

        :returns: those that wait for nothing
        """
        slow = {route.id: route for route in routes if route.delay_number}
        if not slow or occasion.trigger == "button":
            return leads
        matches = self._match(routes, leads)
        order = sorted(routes, key=lambda route: route.pool_source != "user")
        waiting = {}
        for lead in leads:
            first = next(
                (
                    route
                    for route in order
                    if not isinstance(matches[route.id], str)
                    and lead.id in matches[route.id]
                ),
                None,
            )
            if first is None or first.id not in slow:
                continue
            if occasion.trigger in ("action", "outcome"):
                due = occasion.at + first._delay()
            elif lead.distribution_due and lead.distribution_due <= occasion.at:
                continue
            else:
                due = lead.distribution_due or lead.create_date + first._delay()
            if due > occasion.at:
                waiting.setdefault(due, []).append(lead.id)
        for due, ids in waiting.items():
            leads.browse(ids).write(
                {"distribution_state": "pending", "distribution_due": due}
            )
        if waiting:
            self._call_cron("ir_cron_distribute_pending", at=min(waiting))
        return leads - leads.browse(i for ids in waiting.values() for i in ids)

    @api.model
    def _within(self, leads, domain):
        """:returns: the query of those of the leads that a domain matches"""
        Lead = self.env["crm.lead"].with_context(active_test=False)
        return Lead._search(Domain("id", "in", leads.ids) & domain)

    @api.model
    def _matching(self, leads, queries):
        """All routes at once, in one statement.

        :param queries: ``{route_id: Query}``
        :returns: ``{route_id: set of lead ids}``
        """
        if not queries:
            return {}
        columns = [
            SQL("lead.id IN %s", query.subselect()) for query in queries.values()
        ]
        with self.env.cr.savepoint():
            rows = self.env.execute_query(
                SQL(
                    "SELECT lead.id, %s FROM crm_lead AS lead WHERE lead.id = ANY(%s)",
                    SQL(", ").join(columns),
                    leads.ids,
                )
            )
        found = {route_id: set() for route_id in queries}
        for lead_id, *answers in rows:
            for route_id, answer in zip(queries, answers, strict=True):
                if answer:
                    found[route_id].add(lead_id)
        return found

    @api.model
    def _broken(self, route_id, error):
        _logger.warning(
            "Route %s is passed over, its filter is broken: %s", route_id, error
        )
        return "broken"

    @api.model
    def _route_codes(self, lead, matches):
        """:returns: ``((route_id, code), ...)`` for the engine's request"""
        return tuple(
            (
                route_id,
                found
                if isinstance(found, str)
                else ("" if lead.id in found else "no_match"),
            )
            for route_id, found in matches.items()
        )
