"""When a task starts, and when it is due (S5)."""

from datetime import timedelta

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, models

#: how far ahead the next opening of a schedule is looked for
DAYS_AHEAD = (14, 400)


class LeadDistributionTasks(models.AbstractModel):
    _inherit = "lead.distribution.tasks"

    @api.model
    def _task_start(self, company, spec, at):
        """Return the naive UTC datetime from which the task is there (S5)."""
        if spec.delay_unit in ("minutes", "hours") and not spec.date_deadline:
            at += timedelta(**{spec.delay_unit: spec.delay_number})
        calendar = self._task_calendar(spec)
        return self._next_opening(company, calendar, at) if calendar else at

    @api.model
    def _task_calendar(self, spec):
        """A schedule deleted meanwhile closes nothing."""
        # sudo: working hours, which users may not read
        Calendar = self.env["resource.calendar"].sudo()
        return Calendar.browse(spec.resource_calendar_id or []).exists()

    @api.model
    def _working_times(self, company, calendar, at, days):
        """Return ``[(start, stop), ...]`` of the next days, localised, in order."""
        begin = pytz.utc.localize(at)
        leaves = [
            ("time_type", "=", "leave"),
            ("company_id", "in", [False, company.id]),
        ]
        found = calendar._work_intervals_batch(
            begin, begin + timedelta(days=days), domain=leaves
        )[False]
        return [(start, stop) for start, stop, _records in found]

    @api.model
    def _next_opening(self, company, calendar, at):
        """Find when the schedule is open next.

        :returns: ``at`` when the schedule is open, or never opens; else when it opens
            next, naive UTC
        """
        for days in DAYS_AHEAD:
            for start, _stop in self._working_times(company, calendar, at, days):
                return max(start.astimezone(pytz.utc).replace(tzinfo=None), at)
        return at

    @api.model
    def _task_deadline(self, company, spec, at):
        """Tell the day by which a task is due.

        :returns: the day, in the schedule's time zone, else the company's
        """
        if spec.date_deadline:
            return spec.date_deadline
        calendar = self._task_calendar(spec)
        if calendar and calendar.tz:
            zone = pytz.timezone(calendar.tz)
        else:
            zone = (company or self.env.company)._lead_timezone()
        today = pytz.utc.localize(at).astimezone(zone).date()
        if spec.delay_unit in ("minutes", "hours"):
            return today
        day = today + relativedelta(**{spec.delay_unit: spec.delay_number})
        if not calendar or not spec.delay_number:
            return day
        span = max(DAYS_AHEAD[0], 3 * (day - today).days)
        times = self._working_times(company, calendar, at, span)
        days = sorted({start.astimezone(zone).date() for start, _stop in times})
        if spec.delay_unit == "days":
            ahead = [each for each in days if each > today]
            return (ahead[spec.delay_number - 1 :] or [day])[0]
        return ([each for each in days if each >= day] or [day])[0]
