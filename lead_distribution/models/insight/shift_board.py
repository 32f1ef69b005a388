"""Who is on shift, and when this week, for the board (P1)."""

from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import format_datetime, format_time

from ..core.res_users import GROUP


class ResUsers(models.Model):
    _inherit = "res.users"

    lead_on_shift = fields.Boolean(
        string="On Shift",
        compute="_compute_lead_shift",
        search="_search_lead_on_shift",
        groups=GROUP,
        help="Now, by their own working hours. Shown where a route respects them.",
    )
    lead_shift_text = fields.Char(
        string="Shift", compute="_compute_lead_shift", groups=GROUP
    )
    lead_shift_week = fields.Char(
        string="Hours of the Week",
        compute="_compute_lead_shift",
        groups=GROUP,
        help="Own working hours of the next seven days, in the reader's time zone.",
    )

    @api.depends("lead_calendar_id", "tz")
    @api.depends_context("company", "lang", "tz", "uid")
    def _compute_lead_shift(self):
        company, now = self.env.company, fields.Datetime.now()
        self.lead_on_shift = self.lead_shift_text = self.lead_shift_week = False
        if not self.env["lead.distribution.route"]._with_own_hours(company):
            return
        found = self._origin._lead_shifts(company, now, now + timedelta(days=7))
        for user in self:
            hours = found.get(user._origin.id)
            if hours:
                user.lead_on_shift = hours.on(now)
                user.lead_shift_text = self._shift_in_words(hours, now)
                user.lead_shift_week = self._week_in_words(hours, now)

    @api.model
    def _search_lead_on_shift(self, operator, value):
        # Odoo asks that only of fields with a column
        self.browse()._check_field_access(self._fields["lead_on_shift"], "read")
        if operator != "in":
            return NotImplemented
        company, now = self.env.company, fields.Datetime.now()
        # sudo: who works when, of those whom the reader may know
        users = self.sudo().search([("share", "=", False)]).sudo(self.env.su)
        shifts = users._lead_known()._lead_shifts(company, now, now)
        return [("id", "in", [i for i, hours in shifts.items() if hours.on(now)])]

    @api.model
    def _shift_in_words(self, hours, now):
        """Say until when somebody is on shift, or when they begin.

        :param hours: the engine's ``Shifts``
        """
        _ = self.env._
        if hours.always:
            return _("on shift at any hour")
        for start, stop, _ends in hours.spans:
            if start <= now < stop:
                return _("on shift until %s", self._hour(stop))
        begins = hours.begins(now)
        if not begins:
            return _("not on shift")
        when = format_datetime(
            self.env, begins, tz=self._zone_of_reader(), dt_format="EEE HH:mm"
        )
        return _("not on shift until %s", when)

    @api.model
    def _week_in_words(self, hours, now):
        """Return the hours of the next seven days, equal days that follow each other
        as one."""
        if hours.always:
            return False
        zone = pytz.timezone(self._zone_of_reader())
        today = pytz.utc.localize(now).astimezone(zone).date()
        days = [today + timedelta(days=n) for n in range(7)]
        texts = dict.fromkeys(days, "")
        for start, stop, _ends in hours.spans:
            day = pytz.utc.localize(start).astimezone(zone).date()
            if day in texts:
                text = f"{self._hour(start)}–{self._hour(stop)}"
                texts[day] = f"{texts[day]} {text}".strip()
        groups = []
        for day, text in texts.items():
            if groups and groups[-1][2] == text:
                groups[-1][1] = day
            else:
                groups.append([day, day, text])
        return " · ".join(
            f"{self._days(first, last)} {text}" for first, last, text in groups if text
        )

    @api.model
    def _zone_of_reader(self):
        return self.env.context.get("tz") or self.env.user.tz or "UTC"

    @api.model
    def _hour(self, at):
        zone = pytz.timezone(self._zone_of_reader())
        local = pytz.utc.localize(at).astimezone(zone)
        return format_time(self.env, local.time(), time_format="HH:mm")

    @api.model
    def _days(self, first, last):
        names = [
            format_datetime(
                self.env,
                fields.Datetime.to_datetime(day) + timedelta(hours=12),
                tz="UTC",
                dt_format="EEE",
            )
            for day in dict.fromkeys((first, last))
        ]
        return "–".join(names)
