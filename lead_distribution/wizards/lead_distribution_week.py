from datetime import datetime, time, timedelta

import pytz
from markupsafe import Markup

from odoo import api, fields, models

from ..tools.locale import short_date


class LeadDistributionWeek(models.TransientModel):
    """Which route is open when, hour by hour of a week, in the company's time zone;
    and the hours that none covers."""

    _name = "lead.distribution.week"
    _description = "Week of the Routes"
    _inherit = "lead.distribution.guard"

    date = fields.Date(
        string="Week of", required=True, default=fields.Date.context_today
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    table = fields.Html(compute="_compute_table", sanitize=False)

    def _hours(self):
        """Compute when each route is open in this week.

        :returns: ``(routes, {route: [[open?, ...24], ...7]})``; an hour is open when
            the route is so at its beginning
        """
        self.ensure_one()
        zone = self.company_id._lead_timezone()
        monday = self.date - timedelta(days=self.date.weekday())
        moments = [
            [
                zone.localize(
                    datetime.combine(monday + timedelta(days=day), time(hour))
                )
                .astimezone(pytz.utc)
                .replace(tzinfo=None)
                for hour in range(24)
            ]
            for day in range(7)
        ]
        # routes of all companies: by the working schedule of this one
        Route = self.env["lead.distribution.route"].with_company(self.company_id)
        routes = Route.search([("company_id", "in", [False, self.company_id.id])])
        found = {}
        for route in routes:
            opening = route._opening(moments[0][0], moments[-1][-1])
            found[route] = [[opening(at) for at in day] for day in moments]
        return routes, found

    def _uncovered(self, hours):
        """Find the hours at which no route is open.

        :param hours: of :meth:`_hours`
        :returns: for each of the 168 hours of the week, whether no route is open
        """
        return [
            not any(days[place // 24][place % 24] for days in hours.values())
            for place in range(7 * 24)
        ]

    @api.model
    def _takes_all(self, route):
        """Whether a route takes every lead while it is open."""
        return not route.problem and route._parsed_domain().is_true()

    @api.depends("date", "company_id")
    @api.depends_context("lang")
    def _compute_table(self):
        _ = self.env._
        cell = Markup(
            "<td title='%s' class='p-0 border' style='height:1.2rem;min-width:.5rem;"
            "background-color:%s'></td>"
        )
        for week in self:
            if not week.date:
                week.table = False
                continue
            routes, hours = week._hours()
            monday = week.date - timedelta(days=week.date.weekday())
            days = [short_date(self.env, monday + timedelta(days=n)) for n in range(7)]
            head = Markup("").join(
                Markup("<th colspan='24' class='text-center border'>%s</th>") % day
                for day in days
            )
            rows = [
                (route.name, [x for day in hours[route] for x in day], "#28a745")
                for route in routes
            ]
            nobody = week._uncovered(hours)
            rows.append((_("No route is open"), nobody, "#dc3545"))
            body = Markup("").join(
                Markup("<tr><th class='text-nowrap pe-2'>%s</th>%s</tr>")
                % (
                    name,
                    Markup("").join(
                        cell
                        % (
                            f"{days[place // 24]} {place % 24}:00",
                            color if is_open else "transparent",
                        )
                        for place, is_open in enumerate(flat)
                    ),
                )
                for name, flat, color in rows
            )
            some = week._uncovered(
                {route: hours[route] for route in routes if week._takes_all(route)}
            )
            if any(nobody):
                text = _("Hours of this week that no route covers: %s", sum(nobody))
            elif any(some):
                text = _(
                    "Every hour of this week is covered. Hours covered only by routes "
                    "that take some leads: %s. Other leads of these hours go to the "
                    "pool.",
                    sum(some),
                )
            else:
                text = _("Every hour of this week is covered, for every lead.")
            zone = _("Hours in the time zone %s.", week.company_id._lead_timezone())
            week.table = Markup(
                "<p class='%s'>%s</p><p class='lead_muted'>%s</p>"
                "<div class='table-responsive'><table>"
                "<thead><tr><th></th>%s</tr></thead><tbody>%s</tbody></table></div>"
            ) % (
                "text-danger"
                if any(nobody)
                else "text-warning"
                if any(some)
                else "text-success",
                text,
                zone,
                head,
                body,
            )
