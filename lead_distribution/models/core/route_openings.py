"""When a route is open (K1, K2)."""

from bisect import bisect_right
from datetime import timedelta

import pytz

from odoo import api, models


class LeadDistributionRoute(models.Model):
    _inherit = "lead.distribution.route"

    def _always_open(self):
        self.ensure_one()
        return self.schedule == "always" and not (self.date_from or self.date_to)

    def _calendar(self):
        company = self.company_id or self.env.company
        # sudo: opening hours, which salespeople may not read
        return (self.resource_calendar_id or company.resource_calendar_id).sudo()

    def _zone(self):
        """Return the pytz zone in which its hours and dates run."""
        tz = self._calendar().tz
        company = self.company_id or self.env.company
        return pytz.timezone(tz) if tz else company._lead_timezone()

    def _spans(self, first, last):
        """The hours, or the holidays, of its working schedule.

        :param first, last: naive UTC datetimes between which they are asked for
        :returns: ``[(start, stop), ...]``, naive UTC, in order; none for a route that
            looks at no schedule
        """
        self.ensure_one()
        calendar, zone = self._calendar(), self._zone()
        if self.schedule == "always" or not calendar:
            return []
        company = self.company_id or self.env.company
        begin, end = pytz.utc.localize(first), pytz.utc.localize(last)
        own = [("time_type", "=", "leave")]
        own.append(("company_id", "in", [False, company.id]))
        if self.schedule == "holidays":
            found = calendar._leave_intervals_batch(begin, end, domain=own, tz=zone)
        else:
            found = calendar._work_intervals_batch(begin, end, domain=own, tz=zone)
        return [
            (
                start.astimezone(pytz.utc).replace(tzinfo=None),
                stop.astimezone(pytz.utc).replace(tzinfo=None),
            )
            for start, stop, _records in found[False]
        ]

    def _opening(self, first, last):
        """When the route is open (K1, K2): its dates, and its working schedule in the
        schedule's own time zone.

        :param first, last: naive UTC datetimes between which it will be asked
        :returns: a function of a naive UTC datetime, True when the route is open
        """
        self.ensure_one()
        zone = self._zone()
        # a day around: a span is cut at the ends that are asked for
        day = timedelta(days=1)
        spans = self._spans(first - day, last + day)
        starts = [start for start, _stop in spans]

        def is_open(at):
            day = pytz.utc.localize(at).astimezone(zone).date()
            if self.date_from and day < self.date_from:
                return False
            if self.date_to and day > self.date_to:
                return False
            if self.schedule == "always":
                return True
            place = bisect_right(starts, at) - 1
            inside = place >= 0 and at < spans[place][1]
            return inside != (self.schedule == "outside")

        return is_open

    def _delay(self):
        """Return the route's delay, a timedelta."""
        self.ensure_one()
        return timedelta(**{self.delay_unit: self.delay_number})

    @api.model
    def _routes_of(self, company):
        """Return the routes of a company in their order."""
        Route = self.env["lead.distribution.route"]
        domain = [("company_id", "in", [False, company.id])]
        if not self.env.su:
            return Route.search(domain)
        # the distribution reads all that they are, in the same statement
        names = [
            name
            for name, field in Route._fields.items()
            if field.store and field.column_type and field.prefetch is True
        ]
        return Route.search_fetch(domain, names)
