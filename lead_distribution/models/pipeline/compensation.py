"""What those who could not take leads count as had (O11)."""

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytz

from odoo import api, models
from odoo.tools import SQL

from ...engine import OFF_SHIFT, Stretch, common, compensation, days_absent, estimate
from ...tools.constants import COUNTED
from ...tools.periods import day_span, month_span
from .history import history_of

#: what is shorter costs nobody leads: a switch that was pressed by mistake
SHORTEST = timedelta(minutes=5)
#: more than any id of a row; with the seconds of a century it fits into 64 bits
ROWS = 2**31


def position(moment, row_id=0):
    """Where a moment stands among the rows of the ledger, as a number that grows with
    time: rows of that very second come after it, except those up to ``row_id``."""
    seconds = int((moment - datetime(1970, 1, 1)).total_seconds())
    return seconds * ROWS + (row_id + 1 if row_id else 0)


def sql_position(moment, row_id="0"):
    """Express in SQL where a row stands, to be compared with :func:`position`.

    :param moment, row_id: names of columns
    """
    # whole numbers: with decimals a month of a big company takes five times as long
    seconds = SQL("floor(date_part('epoch', %s))::bigint", SQL(moment))
    return SQL("(%s * %s::bigint + %s)", seconds, ROWS, SQL(row_id))


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which somebody took no leads, or fewer.

    :param begin, until: see :func:`position`
    :param start, end: the same as naive UTC datetimes
    :param code: ``absent``, ``started``, or a kind of ``lead.distribution.unavailable``
    :param row: that record, or None
    """

    begin: int
    until: int
    start: datetime
    end: datetime
    code: str
    row: models.Model = None


@dataclass
class TimesOut:
    """Who took no leads, or fewer, and when, in the month so far.

    :param start, end: of the month, naive UTC datetimes
    :param at: naive UTC datetime of the decision
    :param spans: ``{user_id: [Span, ...]}``
    :param absent: ids of who is absent when it is decided
    :param calendars: ``{resource.calendar: working days of the month so far}``
    :param recorded_from: of the first row in the company's ledger; None until asked
    """

    start: datetime
    end: datetime
    at: datetime
    spans: dict = field(default_factory=dict)
    absent: set = field(default_factory=set)
    calendars: dict = field(default_factory=dict)
    recorded_from: datetime | None = None

    def add(self, user_id, start, end, code, row=None):
        """Add a time, as far as it is of the month, and long enough to matter."""
        last = (row.last_row if row else 0) or 0
        lasting = row and row.kind in ("joined", "limit", "target")
        if not lasting and (end or self.end) - (start or self.start) < SHORTEST:
            return
        start, end = (
            max(start or self.start, self.start),
            min(end or self.end, self.end),
        )
        begin, until = position(start), position(end, last)
        if until > begin:
            span = Span(begin, until, start, end, code, row)
            self.spans.setdefault(user_id, []).append(span)

    def thresholds(self):
        """Return where stretches begin, in order."""
        spans = [span for found in self.spans.values() for span in found]
        edges = {position(self.start)}
        return sorted(edges.union(*({s.begin, s.until} for s in spans)))

    def on(self, route, listing, user):
        """Pick the times that count on a route.

        :returns: list of :class:`Span`
        """
        found, by_team = [], {}
        for span in self.spans.get(user.id, ()):
            row = span.row
            if span.code == "absent" and not route.skip_absent:
                continue
            if span.code == OFF_SHIFT and not route.own_hours:
                continue
            if row and row.team_id:
                by_team.setdefault(row.team_id, []).append(span)
            elif not row or not (row.route_id or row.listing_id):
                found.append(span)
            elif row.route_id == route:
                found.append(span)
            elif row.listing_id and row.listing_id == listing:
                found.append(span)
        if by_team and route.pool_source == "teams":
            found += self._in_all_teams(route, user, by_team)
        return found

    @staticmethod
    def _in_all_teams(route, user, by_team):
        """Who is in several teams of a route is out only while out in all of them."""
        members = route.team_ids.crm_team_member_all_ids.filtered("active")
        teams = members.filtered(lambda m: m.user_id == user).crm_team_id
        mine = [by_team.get(team, []) for team in teams]
        if not mine or not all(mine):
            return []
        if len(mine) == 1:
            return mine[0]
        spans = common([[(s.start, s.end) for s in found] for found in mine])
        return [Span(position(a), position(b), a, b, mine[0][0].code) for a, b in spans]


class LeadDistributionCandidates(models.AbstractModel):
    _inherit = "lead.distribution.candidates"

    # when -------------------------------------------------------------------

    @api.model
    def _times_out(self, company, users, at):
        """Find when salespeople took no leads, or fewer, in the month so far.

        :returns: :class:`TimesOut`
        """
        times = TimesOut(*month_span(company, at), at)
        absences = users._lead_absences(times.start, at)
        times.absent = users._lead_away_at(absences, at)
        for user_id, spans in absences.items():
            for start, end in spans:
                times.add(user_id, start, end, "absent")
        for row in self.env["lead.distribution.unavailable"]._touching(
            company, users, times.start
        ):
            if (row.date_from or times.start) < at:
                times.add(row.user_id.id, row.date_from, row.date_to, row.kind, row)
        # sudo: since when they are here, to count with
        for user in users.sudo():
            made = user.create_date
            if made and times.start < made <= at:
                times.add(user.id, None, made, "started")
        if self.env["lead.distribution.route"]._with_own_hours(company):
            shifts = users._lead_shifts(company, times.start, at)
            for user_id, hours in shifts.items():
                for start, end in hours.gaps(times.start, at):
                    times.add(user_id, start, end, OFF_SHIFT)
        return times

    # how much -----------------------------------------------------------------

    @api.model
    def _units_of_stretches(self, company, route, users, at, times, listings, measured):
        """What everybody had in each stretch of the month, by the route's measure.

        :param measured: what was asked already, to be filled
        :returns: ``{None or listing_id: {number of the stretch: {user_id: units}}}``;
            the first stretch is 1; nothing for a measure that does not tell when
        """
        key = ("stretches", *self._measured_by(route))
        if key in measured:
            return measured[key]
        found = {None: {}, **{listing.id: {} for listing in listings}}
        measured[key] = found
        rows_of = getattr(self, f"_stretches_{route.workload_measure}", None)
        if not rows_of:
            return found
        edges = times.thresholds()
        rows = rows_of(company, route, users, at, edges)
        rows += history_of(self.env).rows_of_stretches(company, at, edges)
        for user_id, listing_id, stretch, units in rows:
            scopes = {None, listing_id} if route.workload_per_listing else {None}
            for scope in scopes & found.keys():
                had = found[scope].setdefault(stretch, {})
                had[user_id] = had.get(user_id, 0.0) + units
        return found

    # when it came, by the measure's key: _stretches_<key>(company, route, users, at,
    # edges); a measure without one is compared by days

    @api.model
    def _stretches_assignments(self, company, route, users, at, edges):
        """Sum up the units of the ledger.

        :param edges: where stretches begin, see :func:`position`
        :returns: ``[(user_id, listing_id or None, number of the stretch, units), ...]``
        """
        start, end = month_span(company, at)
        self.env["lead.distribution.assignment"].flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT user_id, listing_id,
                          width_bucket(%(position)s, %(edges)s::bigint[]),
                          sum(units)
                     FROM lead_distribution_assignment
                    WHERE company_id = %(company)s AND user_id = ANY(%(users)s)
                      AND state = ANY(%(states)s)
                      AND date >= %(start)s AND date < %(end)s
                 GROUP BY 1, 2, 3""",
                position=sql_position("date", "id"),
                edges=edges,
                company=company.id or None,
                users=users.ids,
                states=list(COUNTED),
                start=start,
                end=min(end, history_of(self.env).as_of),
            )
        )

    @api.model
    def _stretches_activities(self, company, route, users, at, edges):
        """Count activities, see :meth:`_activities_of_month`.

        :returns: as :meth:`_stretches_assignments`
        """
        kind = route.workload_activity_type_id
        moment = SQL(
            "width_bucket(%s, %s::bigint[])", sql_position("a.create_date"), edges
        )
        return self._activities_of_month(company, users, at, kind, True, moment)

    # what it is worth -----------------------------------------------------------

    @api.model
    def _compensations(
        self, company, route, listing, users, targets, codes, times, had, loads
    ):
        """What those who took no leads count as had on this route (O11); a stock of
        open leads needs none. What nobody recorded, because the measure does not tell
        when or the ledger began later, is estimated from the month.

        :param codes: ``{user_id: code}`` of who gets nothing from the route now
        :param had: what everybody had in each stretch, see :meth:`_units_of_stretches`
        :param loads: ``{user_id: load}`` of the month
        :returns: ``({user_id: units}, {user_id: [Span, ...]})``
        """
        on = {user.id: times.on(route, listing, user) for user in users}
        on = {user_id: spans for user_id, spans in on.items() if spans}
        if not on:
            return {}, {}
        edges, own = times.thresholds(), self._own_targets(route)
        away, held_back, before = {}, {}, {}
        for user_id, spans in on.items():
            # the first change that came counts for what was before it
            for span in sorted(spans, key=lambda s: -s.until):
                first, last = (bisect_left(edges, x) for x in (span.begin, span.until))
                for stretch in range(first + 1, last + 1):
                    if span.code == "limit":
                        held_back.setdefault(stretch, set()).add(user_id)
                    elif span.code != "target":
                        away.setdefault(stretch, set()).add(user_id)
                    elif span.row.route_id or user_id not in own:
                        then = self._target_then(company, route, span.row)
                        before.setdefault(stretch, {})[user_id] = then
        stretches = [
            Stretch(
                units,
                frozenset(away.get(stretch, ())),
                frozenset(held_back.get(stretch, ())),
                before.get(stretch, {}),
            )
            for stretch, units in had.items()
        ]
        here = {user_id for user_id in targets if not codes.get(user_id)}
        found = compensation(targets, stretches, here)
        for user in users:
            absent = [s for s in on.get(user.id, ()) if s.code == "absent"]
            if not absent or self._is_on_record(company, user, absent, times, had):
                continue
            days = self._days_out(company, user, absent, times)[1]
            colleagues = [
                (
                    loads.get(other.id, 0.0),
                    self._days_out(company, other, on.get(other.id, ()), times)[0],
                    targets[other.id],
                )
                for other in users
                if other.id in here and other != user
            ]
            guess = estimate(days, targets[user.id], colleagues)
            found[user.id] = found.get(user.id, 0.0) + guess
        return found, on

    @api.model
    def _is_on_record(self, company, user, spans, times, had):
        """Whether the records tell what the others had while somebody was away, if only
        that they had nothing: the measure tells when, and the ledger was kept by then.

        :param spans: list of :class:`Span` of the user's absences
        :param had: see :meth:`_compensations`
        """
        if not had:
            return False
        if times.recorded_from is None:
            self.env["lead.distribution.assignment"].flush_model(["company_id", "date"])
            [[first]] = self.env.execute_query(
                SQL(
                    "SELECT min(date) FROM lead_distribution_assignment "
                    "WHERE company_id = %s",
                    company.id or None,
                )
            )
            times.recorded_from = first or datetime.max
        if times.recorded_from < max(span.end for span in spans):
            return True
        edges = times.thresholds()
        return any(
            span.begin <= edges[stretch - 1] < span.until
            for span in spans
            for stretch, units in had.items()
            if any(units.get(user_id) for user_id in units.keys() - {user.id})
        )

    @api.model
    def _days_out(self, company, user, spans, times):
        """Own working days of the month so far, today included, by the user's own
        working schedule, else the company's, and how many of them were without leads.

        :param spans: list of :class:`Span`
        :returns: ``(days with, days without)``
        """
        here = company or self.env.company
        # sudo: working hours, to count days with
        own = user.sudo().with_company(here).resource_calendar_id
        # sudo: working hours, to count days with
        calendar = own or here.sudo().resource_calendar_id
        if calendar not in times.calendars:
            times.calendars[calendar] = self._working_days(
                company, calendar, times.start, day_span(company, times.at)[1]
            )
        days = times.calendars[calendar]
        out = [
            (span.start, min(span.end, times.at))
            for span in spans
            if span.start < times.at and span.code not in ("limit", "target", OFF_SHIFT)
        ]
        away = days_absent(days, out) if out else 0.0
        return len(days) - away, away

    @api.model
    def _own_targets(self, route):
        """Return the ids of the users who have a target of their own on the route."""
        if route.pool_source != "members":
            return set()
        lines = route.member_ids.filtered(lambda m: m.target_mode == "individual")
        return set(lines.user_id.ids)

    @api.model
    def _target_then(self, company, route, row):
        """Return the target that somebody had before it was raised."""
        if row.standard:
            return route.standard_target or company.lead_standard_target
        return row.target

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
