"""Health check: a shift that nobody has (P1), a territory that nobody covers (P4)."""

from datetime import timedelta

import pytz

from odoo import api, models
from odoo.tools import format_datetime

from ...engine import uncovered
from ...tools.locale import plain_number
from .health_finding import Finding

#: how far ahead shifts are looked for, and so many gaps are told
DAYS, GAPS = 7, 3


class LeadDistributionHealthChecks(models.AbstractModel):
    _inherit = "lead.distribution.health.checks"

    @api.model
    def _health_shifts(self, setup):
        """Routes that respect own hours and are open while nobody is on shift, nor
        soon."""
        _ = self.env._
        start = setup.at.replace(minute=0, second=0, microsecond=0)
        end = start + timedelta(days=DAYS)
        for route in setup.mine(setup.routes).filtered("own_hours"):
            users = setup.taking(route)
            if not users:
                continue  # another check says so
            within = timedelta()
            if route.own_hours_fallback != "pool":
                within = timedelta(hours=route.own_hours_within or DAYS * 24)
            shifts = users._lead_shifts(setup.company, start, end + within)
            gaps = uncovered(
                set(shifts.values()), route._opening(start, end), start, end, within
            )
            if not gaps:
                continue
            hours = sum(((b - a) for a, b in gaps), timedelta()) / timedelta(hours=1)
            zone = setup.company._lead_timezone()
            yield Finding(
                "week",
                "warning",
                _(
                    "%(what)s is open for %(hours)s hours of the next %(days)s days "
                    "without a salesperson on shift: %(when)s. Leads of these hours "
                    "go to other routes or the pool. Change the hours of the "
                    "salespeople or of the route, add somebody, or let leads wait for "
                    "the next shift.",
                    what=self._health_title(route),
                    hours=plain_number(self.env, hours),
                    days=DAYS,
                    when=self._gaps_in_words(gaps, zone),
                ),
                route.company_id,
                route,
            )

    @api.model
    def _gaps_in_words(self, gaps, zone):
        """Say when nobody is on shift, the first of these times.

        :param gaps: ``[(from, until), ...]``, naive UTC
        """
        texts = [
            "–".join(
                format_datetime(
                    self.env,
                    pytz.utc.localize(at).astimezone(zone).replace(tzinfo=None),
                    tz="UTC",
                    dt_format="EEE HH:mm",
                )
                for at in gap
            )
            for gap in gaps[:GAPS]
        ]
        more = len(gaps) - len(texts)
        if more > 0:
            texts.append(self.env._("%s more", more))
        return ", ".join(texts)

    @api.model
    def _health_territories(self, setup):
        """Territories that nobody covers who can take leads, where a route asks."""
        asking = setup.routes.filtered(lambda route: route.match_territory != "no")
        if not asking:
            return
        users = self.env["res.users"].union(*(setup.taking(route) for route in asking))
        # sudo: who covers what, to compare
        covered = users.sudo().lead_territory_ids
        territories = self.env["lead.distribution.territory"].search(
            [("company_id", "in", [False, setup.company.id])]
        )
        for territory in setup.mine(territories):
            if territory in covered:
                continue
            yield Finding(
                "territory",
                "warning",
                self.env._(
                    "No salesperson who can take leads covers the territory %s. Its "
                    "leads go to others, or to the pool if the address must match. "
                    "Assign it to a salesperson of such a route.",
                    territory.name,
                ),
                territory.company_id,
                territory,
            )
