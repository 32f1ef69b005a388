"""What those who were away count as had (O11)."""

import pytz

from odoo import api, models

from ...engine import compensation, days_absent
from ...tools.periods import day_span, month_span


class LeadDistributionCandidates(models.AbstractModel):
    _inherit = "lead.distribution.candidates"

    @api.model
    def _days_away(self, company, users, at):
        """Working days of the month so far, today included, and how many of them
        each was away; by the user's own working schedule, else the company's.

        :returns: ``{user_id: (days present, days absent)}``; empty when nobody was
            away
        """
        start, end = month_span(company, at)[0], day_span(company, at)[1]
        absences = users._lead_absences(start, at)
        if not absences:
            return {}
        found, by_calendar = {}, {}
        # sudo: working hours, to count days with
        default = (company or self.env.company).sudo().resource_calendar_id
        # sudo: working hours, to count days with
        for user in users.sudo():
            own = user.with_company(company or self.env.company).resource_calendar_id
            calendar = own or default
            if calendar not in by_calendar:
                by_calendar[calendar] = self._working_days(
                    company, calendar, start, end
                )
            days = by_calendar[calendar]
            spans = [
                (max(begin, start), min(until, at))
                for begin, until in absences.get(user.id, ())
                if begin < at and until > start
            ]
            away = days_absent(days, spans) if spans else 0.0
            found[user.id] = (len(days) - away, away)
        return found

    @api.model
    def _working_days(self, company, calendar, start, end):
        """Split working times into days.

        :returns: for each working day its naive UTC ``[(start, end), ...]``
        """
        if not calendar:
            return []
        zone = (company or self.env.company)._lead_timezone()
        intervals = calendar._work_intervals_batch(
            pytz.utc.localize(start), pytz.utc.localize(end), tz=zone
        )[False]
        days = {}
        for begin, finish, _attendance in intervals:
            days.setdefault(begin.astimezone(zone).date(), []).append(
                tuple(
                    x.astimezone(pytz.utc).replace(tzinfo=None) for x in (begin, finish)
                )
            )
        return list(days.values())

    @api.model
    def _compensations(self, route, users, targets, loads, away, codes):
        """What those who were away count as had on this route (O11); a stock of open
        leads needs none.

        :returns: ``{user_id: units}``
        """
        if not away or not route.skip_absent or route._measure().stock:
            return {}
        return {
            user.id: compensation(
                away[user.id][1],
                targets[user.id],
                self._colleagues(user, users, targets, loads, away, codes),
            )
            for user in users
            if away[user.id][1] > 0
        }

    @api.model
    def _colleagues(self, user, users, targets, loads, away, codes):
        """Gather whom somebody who comes back is compared with.

        :returns: ``[(units, days present, target), ...]`` of the others who are here to
            take leads
        """
        return [
            (loads.get(other_id, 0.0), away[other_id][0], targets[other_id])
            for other_id in users.ids
            if other_id != user.id and not codes.get(other_id)
        ]

    @api.model
    def _compensation_of(self, company, users, at):
        """What the users' own screens say: compensation among all the salespeople of
        the routes they are on.

        :returns: ``{user_id: (units, the sum in words)}`` of those who have one
        """
        away_users = users.browse(users._lead_absences(month_span(company, at)[0], at))
        if not away_users:
            return {}
        # sudo: who is on a route with me is no secret, the numbers are averages
        routes = (
            self.env["lead.distribution.route"]
            .sudo()
            .search(
                [
                    ("company_id", "in", [False, company.id]),
                    ("skip_absent", "=", True),
                    ("workload_measure", "=", "assignments"),
                    ("pool_source", "not in", ["user", "listing"]),
                ]
            )
        )
        on_route = {route: route._users() for route in routes}
        # sudo: the people to compare loads with; nothing of them is told
        everybody = self.env["res.users"].sudo().union(users, *on_route.values())
        away = self._days_away(company, everybody, at)
        loads = self._units_of_month(company, everybody.ids, at)
        targets = {u.id: u._lead_target(company) for u in everybody}
        codes = dict.fromkeys(everybody._lead_absent_at(at), "absent")
        codes.update(self._excluded(company, everybody))
        found = {}
        for user in away_users:
            mine = everybody.browse().union(
                *(group for group in on_route.values() if user.id in group.ids)
            )
            if user.id not in mine.ids or user.id not in away:
                continue
            others = self._colleagues(user, mine, targets, loads, away, codes)
            units = compensation(away[user.id][1], targets[user.id], others)
            if units:
                rate = units / away[user.id][1]
                found[user.id] = (
                    units,
                    self.env._(
                        "%(days).1f working days away this month × %(rate).2f leads a "
                        "day that colleagues had, by target: %(units).1f count as had",
                        days=away[user.id][1],
                        rate=rate,
                        units=units,
                    ),
                )
        return found
