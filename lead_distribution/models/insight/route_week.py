"""The hours of a route as a picture of this week."""

from datetime import datetime, time, timedelta

import pytz
from babel.dates import get_day_names

from odoo import api, fields, models
from odoo.tools.misc import babel_locale_parse, format_time

from ...engine.week import DAY, STEP, open_parts
from ...tools.locale import short_date


class LeadDistributionRoute(models.Model):
    _inherit = "lead.distribution.route"

    week = fields.Json(
        string="This Week",
        compute="_compute_week",
        help="When the route is open this week, in the time zone of its hours.",
    )

    @api.depends("schedule", "resource_calendar_id", "date_from", "date_to")
    @api.depends_context("lang", "company")
    def _compute_week(self):
        for route in self:
            route.week = route._week(fields.Datetime.now())

    def _week(self, at):
        """Describe the week of a moment, day by day.

        :param at: naive UTC datetime
        :returns: ``{"zone": name, "days": [{"name", "text", "parts", "today",
            "holiday"}, ...7]}``; ``parts`` are ``[[from, until], ...]`` in minutes of
            the day, ``text`` says the same in words, ``holiday`` is its name or False
        """
        self.ensure_one()
        zone = self._zone()
        today = pytz.utc.localize(at).astimezone(zone).date()
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        first = today - timedelta(days=(today.isoweekday() - int(lang.week_start)) % 7)
        dates = [first + timedelta(days=number) for number in range(8)]
        bounds = [self._utc_midnight(zone, date) for date in dates]
        is_open = self._opening(bounds[0], bounds[-1])
        holidays = self._holidays_of(zone, bounds[0], bounds[-1])
        names = get_day_names("abbreviated", locale=babel_locale_parse(self.env.lang))
        days = []
        for date in dates[:7]:
            parts = open_parts(
                is_open(self._utc(zone, date, minutes))
                for minutes in range(0, DAY, STEP)
            )
            holiday = holidays.get(date, False)
            days.append(
                {
                    "name": f"{names[date.weekday()]}, {short_date(self.env, date)}",
                    "text": self._day_in_words(parts, holiday),
                    "parts": parts,
                    "today": date == today,
                    "holiday": holiday,
                }
            )
        return {"zone": str(zone), "days": days}

    @api.model
    def _utc(self, zone, date, minutes):
        """Return when the clocks of a zone show so many minutes after midnight."""
        hour, minute = divmod(minutes, 60)
        local = zone.localize(datetime.combine(date, time(hour, minute)))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _utc_midnight(self, zone, date):
        return self._utc(zone, date, 0)

    def _holidays_of(self, zone, first, last):
        """Find the holidays of the route's working schedule.

        :param first, last: naive UTC datetimes between which they are
        :returns: ``{date: name}``; none for a route that looks at no schedule
        """
        if self.schedule == "always":
            return {}
        company = self.company_id or self.env.company
        found = {}
        for leave in self._calendar().global_leave_ids:
            ours = not leave.company_id or leave.company_id == company
            if not ours or leave.date_from >= last or leave.date_to <= first:
                continue
            begin, end = (
                pytz.utc.localize(moment).astimezone(zone).date()
                for moment in (leave.date_from, leave.date_to - timedelta(seconds=1))
            )
            for number in range((end - begin).days + 1):
                name = leave.name or self.env._("Holiday")
                found[begin + timedelta(days=number)] = name
        return found

    @api.model
    def _day_in_words(self, parts, holiday):
        """Say when a day is open: "09:00 to 18:00", "Closed (Christmas)"."""
        _ = self.env._
        if parts == [(0, DAY)]:
            said = _("All day")
        elif not parts:
            said = _("Closed")
        else:
            said = ", ".join(
                _(
                    "%(begin)s to %(end)s",
                    begin=self._clock_words(begin),
                    end=self._clock_words(end),
                )
                for begin, end in parts
            )
        return f"{said} ({holiday})" if holiday else said

    @api.model
    def _clock_words(self, minutes):
        hour, minute = divmod(minutes % DAY, 60)
        return format_time(self.env, time(hour, minute), time_format="short")
