"""Hours and holidays of the distribution, which its managers change themselves.

Core lets only administrators change working hours, for salaries and planning may go by
them. Hours that are made for the distribution carry a mark; managers change these, of
their own companies, and no others."""

from datetime import datetime, time, timedelta

import pytz

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError

#: context key: names of hours tell the time zone, too
ZONE_KEY = "lead_distribution_zone"
#: context key: new hours are proposed for routes
HOURS_KEY = "lead_distribution_hours"


class LeadDistributionHoursGuard(models.AbstractModel):
    """What managers of the distribution may change of working hours."""

    _name = "lead.distribution.hours.guard"
    _description = "Hours That Managers of Distribution Change"

    def _lead_calendars(self):
        """Hook: the ``resource.calendar`` of these records, without those that have
        none."""
        raise NotImplementedError

    @api.model
    def _lead_hours_limited(self, operation):
        """Whether the user changes these records as a manager of distribution only.

        :param operation: ``write``, ``create`` or ``unlink``
        """
        if self.env.su or not self.env.user.has_group(
            "lead_distribution.group_manager"
        ):
            return False
        manager = self.env.ref("lead_distribution.group_manager")
        # sudo: which groups give the right, to decide and not to tell
        return (
            not self.env["ir.model.access"]
            .sudo()
            .search_count(
                [
                    ("model_id.model", "=", self._name),
                    (f"perm_{operation}", "=", True),
                    ("group_id", "!=", manager.id),
                    ("group_id", "in", [False, *self.env.user.all_group_ids.ids]),
                ],
                limit=1,
            )
        )

    def _lead_hours_foreign(self):
        """Pick those that managers leave alone: not made for the distribution, or of
        another company, or of all companies where there are several."""
        several = self.env["res.company"]._lead_several()
        companies = self.env.companies

        def is_ours(record):
            # sudo: whose hours they are, to decide and not to tell
            calendar = record.sudo()._lead_calendars()
            if not calendar.lead_distribution:
                return False
            if not calendar.company_id:
                return not several
            return calendar.company_id in companies

        return self.filtered(lambda record: not is_ours(record))

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if operation == "read" or result or not any(self._ids):
            return result
        if not self._lead_hours_limited(operation):
            return result
        foreign = self._lead_hours_foreign()
        if not foreign:
            return result

        def error():
            return AccessError(
                self.env._(
                    "“%s” was not created for the distribution of leads of your "
                    "companies: an administrator changes it. Create your own hours.",
                    foreign[0].sudo()._lead_calendars().name or "",  # sudo: its name
                )
            )

        return foreign, error

    def write(self, vals):
        limited = self._lead_hours_limited("write")
        result = super().write(vals)
        if limited:
            # neither moved to other hours, nor given to another company
            self.check_access("write")
        return result


class ResourceCalendar(models.Model):
    _name = "resource.calendar"
    _inherit = ["resource.calendar", "lead.distribution.hours.guard"]

    lead_distribution = fields.Boolean(
        string="For Lead Distribution",
        default=lambda self: self._lead_hours_limited("create"),
        help="Managers of lead distribution may change these hours and their holidays.",
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get(HOURS_KEY):
            # the usual ones are closed at lunch, and leads come at noon as well
            days = dict(
                self.env["resource.calendar.attendance"]
                ._fields["dayofweek"]
                ._description_selection(self.env)
            )
            own = {
                "name": False,
                "tz": str(self.env.company._lead_timezone()),
                "two_weeks_calendar": False,
                "attendance_ids": [
                    Command.create(
                        {
                            "name": days[day],
                            "dayofweek": day,
                            "hour_from": 9.0,
                            "hour_to": 17.0,
                            "day_period": "full_day",
                        }
                    )
                    for day in sorted(days)[:5]
                ],
            }
            values.update({name: own[name] for name in own if name in fields})
        return values

    @api.depends_context(ZONE_KEY)
    def _compute_display_name(self):
        result = super()._compute_display_name()
        if self.env.context.get(ZONE_KEY):
            for calendar in self:
                if calendar.tz:
                    calendar.display_name = f"{calendar.display_name} ({calendar.tz})"
        return result

    def _lead_calendars(self):
        return self

    @api.model_create_multi
    def create(self, vals_list):
        if self._lead_hours_limited("create"):
            vals_list = [dict(vals, lead_distribution=True) for vals in vals_list]
        return super().create(vals_list)

    def _lead_day_span(self, first, last):
        """The moments between which days last in the time zone of these hours.

        :param first, last: dates, both included
        :returns: ``(start, stop)``, naive UTC datetimes
        """
        zone = pytz.timezone(self.tz or "UTC")

        def moment(day):
            found = zone.localize(datetime.combine(day, time.min))
            return found.astimezone(pytz.utc).replace(tzinfo=None)

        return moment(first), moment(last + timedelta(days=1))

    def action_lead_holidays(self):
        """List the holidays of these hours."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_distribution.lead_distribution_holiday_action"
        )
        domain = [("resource_id", "=", False), ("calendar_id", "=", self.id)]
        return dict(action, domain=domain, context={"default_calendar_id": self.id})


class ResourceCalendarAttendance(models.Model):
    _name = "resource.calendar.attendance"
    _inherit = ["resource.calendar.attendance", "lead.distribution.hours.guard"]

    def _lead_calendars(self):
        return self.calendar_id


class ResourceCalendarLeaves(models.Model):
    _name = "resource.calendar.leaves"
    _inherit = ["resource.calendar.leaves", "lead.distribution.hours.guard"]

    lead_first_day = fields.Date(
        string="First Day",
        compute="_compute_lead_days",
        inverse="_inverse_lead_days",
        help="In the time zone of the hours.",
    )
    lead_last_day = fields.Date(
        string="Last Day", compute="_compute_lead_days", inverse="_inverse_lead_days"
    )
    lead_tz = fields.Selection(related="calendar_id.tz", string="Time Zone")

    @api.depends("date_from", "date_to", "calendar_id.tz")
    def _compute_lead_days(self):
        for leave in self:
            zone = pytz.timezone(leave.calendar_id.tz or "UTC")
            first, last = leave.date_from, leave.date_to
            if last and first and last > first:
                last -= timedelta(seconds=1)  # until midnight is not the next day
            for name, moment in (("lead_first_day", first), ("lead_last_day", last)):
                local = moment and pytz.utc.localize(moment).astimezone(zone)
                leave[name] = local and local.date()

    def _inverse_lead_days(self):
        for leave in self.filtered("lead_first_day"):
            first = leave.lead_first_day
            last = max(first, leave.lead_last_day or first)
            start, stop = leave.calendar_id._lead_day_span(first, last)
            leave.write({"date_from": start, "date_to": stop})
            leave.invalidate_recordset(["lead_first_day", "lead_last_day"])

    @api.onchange("lead_first_day")
    def _onchange_lead_first_day(self):
        if self.lead_first_day:
            last = self.lead_last_day
            self.lead_last_day = max(self.lead_first_day, last or self.lead_first_day)

    def _lead_calendars(self):
        return self.calendar_id

    @api.model
    def _lead_hours_limited(self, operation):
        # core lets everybody change their own; a record rule opens ours to managers
        return False

    def write(self, vals):
        ours = self.browse()
        if not self.env.su and {"calendar_id", "resource_id"} & set(vals):
            # sudo: whose hours they are, to decide and not to tell
            ours = self.sudo().filtered("calendar_id.lead_distribution").sudo(False)
        result = super().write(vals)
        # a holiday of ours does not become one of the whole company
        ours.check_access("write")
        return result
