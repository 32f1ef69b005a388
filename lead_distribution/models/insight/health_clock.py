"""Health check: clocks of first follow-ups (P5)."""

from datetime import timedelta

import pytz

from odoo import api, models

from .health_finding import Finding

#: so far ahead openings are looked at
AHEAD = timedelta(days=14)


class LeadDistributionHealthChecks(models.AbstractModel):
    _inherit = "lead.distribution.health.checks"

    @api.model
    def _health_clocks(self, setup):
        """Clocks that are over before anybody works again, or that never run."""
        _ = self.env._
        routes = setup.mine(setup.routes).filtered("clock_minutes")
        for route in routes.filtered(lambda r: r.clock_working_time):
            calendar = route._calendar()
            if calendar and not self._health_openings(calendar, setup.at):
                yield Finding(
                    "hours",
                    "danger",
                    _(
                        "%(what)s: the deadline of the first follow-up counts the "
                        "hours of “%(hours)s”, which are closed in the next %(days)s "
                        "days. Until then it counts day and night.",
                        what=self._health_title(route),
                        hours=calendar.name,
                        days=AHEAD.days,
                    ),
                    route.company_id,
                    route,
                )
        for route in routes.filtered(lambda r: not r.clock_working_time):
            gap = self._health_longest_gap(route._calendar(), setup.at)
            if gap and timedelta(minutes=route.clock_minutes) < gap:
                yield Finding(
                    "hours",
                    "warning",
                    _(
                        "%(what)s: the %(minutes)s minutes for the first follow-up "
                        "also count outside working hours. They can end before the "
                        "next opening, up to %(hours)s hours later. Count them in "
                        "working hours only.",
                        what=self._health_title(route),
                        minutes=route.clock_minutes,
                        hours=round(gap / timedelta(hours=1)),
                    ),
                    route.company_id,
                    route,
                )

    @api.model
    def _health_openings(self, calendar, at):
        """Return ``[(start, stop), ...]`` of the coming days, in order."""
        begin = pytz.utc.localize(at)
        found = calendar._work_intervals_batch(begin, begin + AHEAD)[False]
        return [(start, stop) for start, stop, _records in found]

    @api.model
    def _health_longest_gap(self, calendar, at):
        """Return the longest time between two openings, a timedelta; None without."""
        spans = self._health_openings(calendar, at) if calendar else []
        gaps = [
            later[0] - sooner[1]
            for sooner, later in zip(spans, spans[1:], strict=False)
        ]
        # a day that ends at 24:00 ends a moment before, as the database has it
        return max((gap for gap in gaps if gap > timedelta(minutes=1)), default=None)
