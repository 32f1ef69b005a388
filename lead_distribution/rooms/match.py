"""Room 2: which routes does a lead match?"""

import logging

import psycopg2

from odoo import api, models
from odoo.fields import Domain

_logger = logging.getLogger(__name__)


class LeadDistributionMatch(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _match(self, company, leads):
        """Try every route on all the leads at once, a query a route.

        :returns: ``(routes, matches)``: the routes in their order, and
            ``{route_id: ids of the leads that match, or the code of why the route
            is passed over}``
        """
        routes = self.env["lead.distribution.route"].search(
            [("company_id", "in", [False, company.id])]
        )
        leads.flush_recordset()
        matches = {}
        for route in routes:
            try:
                domain = route._parsed_domain()
                if domain.is_true():
                    matches[route.id] = set(leads.ids)
                    continue
                with self.env.cr.savepoint(flush=False):
                    found = (
                        self.env["crm.lead"]
                        .with_context(active_test=False)
                        .search(Domain("id", "in", leads.ids) & domain, order="id")
                    )
                matches[route.id] = set(found.ids)
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                raise  # a conflict or a lost connection, not the route's fault
            except Exception as error:
                _logger.warning(
                    "Route %s is passed over, its filter is broken: %s", route.id, error
                )
                matches[route.id] = "broken"
        return routes, matches

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
