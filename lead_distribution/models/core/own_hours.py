"""Own working hours (P1): routes that give nobody a lead outside of them, and when
salespeople work."""

from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import ormcache

from ...engine import Shifts
from ...tools.locale import duration
from .res_users import GROUP


class LeadDistributionRoute(models.Model):
    _inherit = "lead.distribution.route"

    own_hours = fields.Boolean(
        string="Within Their Own Hours",
        tracking=True,
        help="Salespeople only receive leads during their own working hours, in their "
        "own time zone: the hours of the user, of the employee, or of the "
        "company, in this order.",
    )
    own_hours_fallback = fields.Selection(
        [
            ("next_shift", "The next person on shift"),
            ("hold", "Wait for the next shift"),
            ("pool", "The next route, else the pool"),
        ],
        string="While Nobody Is on Shift",
        default="next_shift",
        required=True,
        tracking=True,
    )
    own_hours_within = fields.Integer(
        string="Next Shift within (Hours)",
        default=12,
        tracking=True,
        help="While nobody is on shift: shifts that begin after more than this many "
        "hours are not waited for. 0: no limit.",
    )
    own_hours_stop = fields.Integer(
        string="Minutes without New Leads before the End",
        tracking=True,
        help="Salespeople get no new leads during these last minutes of their day.",
    )

    _own_hours_positive = models.Constraint(
        "CHECK (own_hours_within >= 0 AND own_hours_stop >= 0)",
        "Hours and minutes cannot be negative.",
    )

    def _describe_more(self):
        parts = super()._describe_more()
        if not self.own_hours:
            return parts
        _ = self.env._
        parts.append(_("each within their own working hours"))
        within = ""
        if self.own_hours_within:
            within = duration(self.env, self.own_hours_within, "hours")
        if self.own_hours_fallback == "next_shift":
            parts.append(
                _(
                    "while nobody is on shift, to the next person on shift within %s",
                    within,
                )
                if within
                else _("while nobody is on shift, to the next person on shift")
            )
        elif self.own_hours_fallback == "hold":
            parts.append(
                _(
                    "deferred while nobody is on shift and somebody begins within %s",
                    within,
                )
                if within
                else _("deferred while nobody is on shift")
            )
        return parts

    def _fallback(self):
        """What becomes of leads while nobody is on shift, as the engine has it.

        :returns: ``(fallback, within so many seconds or None)``
        """
        self.ensure_one()
        if not self.own_hours or self.own_hours_fallback == "pool":
            return "", None
        hours = self.own_hours_within
        return self.own_hours_fallback, hours * 3600 if hours else None

    def _looks_ahead(self):
        """How far ahead shifts are looked for."""
        hours = max((route.own_hours_within for route in self), default=0)
        if any(not route.own_hours_within for route in self) or hours > 14 * 24:
            return timedelta(days=max(14, hours // 24 + 1))
        return timedelta(hours=hours, days=1)

    @api.model
    @ormcache()
    def _own_hours_owners(self):
        """Whose routes respect own hours, so that few ask for them.

        :returns: frozenset of company ids, False for routes of all companies
        """
        # sudo: whether there are any, to decide and not to tell
        routes = self.sudo().search([("own_hours", "=", True)])
        return frozenset(route.company_id.id for route in routes)

    @api.model
    def _with_own_hours(self, company):
        """Return the active routes of a company that respect own hours."""
        if self._own_hours_owners().isdisjoint((False, company.id)):
            return self.browse()
        return self.search(
            [("own_hours", "=", True), ("company_id", "in", [False, company.id])]
        )


class ResUsers(models.Model):
    _inherit = "res.users"

    lead_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Hours for Leads",
        company_dependent=True,
        domain="[('company_id', 'in', [False, company_id])]",
        groups=GROUP,
        help="For routes that respect own hours. Empty: the hours of the employee, "
        "otherwise of the company. They are in the time zone of the user.",
    )

    def _lead_schedules(self, company):
        """Find the working schedules: set for leads, else the employee's, else the
        company's.

        :returns: ``{user_id: (resource.calendar or empty for no fixed hours, name of
            the time zone)}``
        """
        here = company or self.env.company
        # sudo: when somebody works, to decide; whoever tells it looks who may know
        resources = (
            self.env["resource.resource"]
            .sudo()
            .search(
                [
                    ("user_id", "in", self.ids),
                    ("company_id", "in", [False, here.id]),
                    ("resource_type", "=", "user"),
                ],
                order="company_id, id",
            )
            .grouped("user_id")
        )
        found = {}
        # sudo: when somebody works, to decide; whoever tells it looks who may know
        for user in self.sudo().with_company(here):
            resource = resources.get(user)
            if user.lead_calendar_id:
                calendar = user.lead_calendar_id
                found[user.id] = (calendar, user.tz or calendar.tz)
            elif resource:
                found[user.id] = (resource[0].calendar_id, resource[0].tz)
            else:
                # sudo: the company's usual hours
                calendar = here.sudo().resource_calendar_id
                found[user.id] = (calendar, user.tz or calendar.tz)
        return found

    def _lead_shifts(self, company, start, end):
        """When salespeople work, by their own schedules; absences are another matter.

        :param start, end: naive UTC datetimes
        :returns: ``{user_id: the engine's Shifts}``, as naive UTC moments; of whole
            days around
        """
        day = timedelta(days=1)
        begin = pytz.utc.localize((start - day).replace(microsecond=0))
        until = pytz.utc.localize((end + day).replace(microsecond=0))
        made, found = {}, {}
        own = [("time_type", "=", "leave"), ("resource_id", "=", False)]
        own.append(("company_id", "in", [False, (company or self.env.company).id]))
        for user_id, (calendar, tz) in self._lead_schedules(company).items():
            if not calendar or calendar.flexible_hours:
                found[user_id] = Shifts(always=True)
                continue
            key = (calendar.id, tz)
            if key not in made:
                zone = pytz.timezone(tz or "UTC")
                made[key] = as_shifts(
                    calendar._work_intervals_batch(begin, until, domain=own, tz=zone)[
                        False
                    ],
                    zone,
                )
            found[user_id] = made[key]
        return found


def as_shifts(intervals, zone):
    """Return the engine's Shifts of working intervals.

    :param zone: in which a day ends
    """
    spans = []
    for start, stop, _records in intervals:
        ends = stop.astimezone(zone)
        day = (ends - timedelta(microseconds=1)).date()
        start, stop = (
            moment.astimezone(pytz.utc).replace(tzinfo=None) for moment in (start, stop)
        )
        if spans and spans[-1][1] == start:
            start = spans.pop()[0]  # one after the other without a break
        elif spans and spans[-1][3] != day:
            spans[-1] = (*spans[-1][:2], True, spans[-1][3])
        spans.append((start, stop, False, day))
    if spans:
        spans[-1] = (*spans[-1][:2], True, spans[-1][3])
    return Shifts(tuple(span[:3] for span in spans))
