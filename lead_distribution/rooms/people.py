"""Room 3: who may take leads now? The few queries that turn salespeople into
plain data; their number grows with routes, not with leads."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import Candidate, Person, Request, Route, compensation, days_absent
from .codes import COUNTED

#: the fewest and the most units that a lead counts by its value
UNITS_OF_A_LEAD = (0.1, 10.0)


@dataclass
class Picture:
    """What the engine is told of a block, and what apply needs of the people.

    The engine knows a route that depends on the listing as one route for each
    listing, with an id of its own.

    :param teams: ``{user_id: [team_id, ...]}``, first the one leads go to
    :param ids: ``{(route_id, listing_id or 0): the engine's id}``
    :param by_listing: ids of the routes of which there is one for each listing
    :param compensation: ``{(engine's id, user_id): units}`` within the loads
    """

    routes: list = field(default_factory=list)
    people: list = field(default_factory=list)
    teams: dict = field(default_factory=dict)
    ids: dict = field(default_factory=dict)
    by_listing: set = field(default_factory=set)
    compensation: dict = field(default_factory=dict)

    def __post_init__(self):
        self.real = {}

    def add(self, route_id, listing_id):
        """:returns: the engine's id for a route, maybe for one listing only"""
        key = (route_id, listing_id or 0)
        self.ids[key] = route_id if key[1] == 0 else -len(self.ids) - 1
        self.real[self.ids[key]] = key
        return self.ids[key]

    def codes(self, codes, listing_id):
        """:returns: a request's routes, in the engine's ids"""
        if not self.by_listing:
            return codes
        found = []
        for route_id, code in codes:
            if route_id in self.by_listing and not code:
                engine_id = self.ids.get((route_id, listing_id or 0))
                found.append((engine_id, "") if engine_id else (route_id, "no_listing"))
            else:
                found.append((route_id, code))
        return tuple(found)

    def decided(self, decision):
        """:returns: the decision in the routes' own ids"""
        if not self.by_listing:
            return decision
        for line in decision.trace["routes"]:
            line[0] = self.real.get(line[0], (line[0],))[0]
        route_id = self.real.get(decision.route_id, (decision.route_id,))[0]
        return replace(decision, route_id=route_id)

    def remembered(self, state):
        """:returns: ``{(route_id, listing_id or None): ...}`` of the engine's state"""
        found = {}
        for engine_id, users in state.items():
            route_id, listing_id = self.real[engine_id]
            found[route_id, listing_id or None] = users
        return found

    def as_json(self):
        """:returns: the ``data`` of a ``lead.distribution.snapshot``"""
        table = {}
        for route in self.routes:
            route_id, listing_id = self.real[route.route_id]
            table[f"{route_id}:{listing_id}" if listing_id else str(route_id)] = {
                "strategy": route.strategy,
                "candidates": [
                    [
                        c.user_id,
                        c.target,
                        round(c.load, 2),
                        c.exclusion,
                        round(self.compensation.get((route.route_id, c.user_id), 0), 2),
                    ]
                    for c in route.candidates
                ],
            }
        return {
            "v": 1,
            "people": {str(p.user_id): [p.last, p.room] for p in self.people},
            "routes": table,
        }


class LeadDistributionPeople(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _snapshot(self, company, routes, at, keeper_ids=(), leads=()):
        """:param routes: ``lead.distribution.route``
        :param keeper_ids: users who may take leads past the routes
        :param leads: the block, for routes that depend on the listing
        :returns: a :class:`Picture`
        """
        listings = self.env["lead.distribution.listing"]
        if leads and any(
            r.pool_source == "listing" or r.workload_per_listing for r in routes
        ):
            listings = leads.listing_id
        candidates = {}
        for route in routes:
            if route.pool_source == "listing":
                for listing in listings:
                    candidates[route, listing] = self._listing_candidates(
                        company, listing, at
                    )
                continue
            users = [(user.id, user, "") for user in route._users()]
            candidates[route, listings.browse()] = users
            if route.workload_per_listing:
                for listing in listings:
                    candidates[route, listing] = users
        users = self.env["res.users"].browse(keeper_ids).exists()
        users = users.union(
            *(u for found in candidates.values() for _i, u, _c in found)
        )
        excluded = self._excluded(company, users)
        absent = users._lead_absent_at(at)
        picture = Picture(
            people=self._people(
                company, users, self._last_rows(users.ids), at, excluded, absent
            ),
            teams=self._teams_of(company, users),
        )
        picture.by_listing = {
            r.id for r in routes if r.pool_source == "listing" or r.workload_per_listing
        }
        remembered = self._remembered(routes)
        measured, away, soon = {}, self._days_away(company, users, at), {}
        for (route, listing), found in candidates.items():
            engine_id = picture.add(route.id, listing.id)
            mine = self.env["res.users"].union(*(user for _id, user, _code in found))
            scope = listing.id if route.workload_per_listing and listing else None
            loads = self._loads(company, route, users, at, listings, measured)[scope]
            targets = self._targets_on(route, company, mine)
            codes = self._codes_on(route, mine, excluded, absent, at, soon)
            rates = self._rates_for(
                route.strategy, company, mine, route.rate_period_days, at
            )
            made_up = self._compensations(route, mine, targets, loads, away, codes)
            lines = []
            for order, (candidate_id, user, code) in enumerate(found):
                extra = made_up.get(user.id, 0.0)
                if extra:
                    picture.compensation[engine_id, user.id] = extra
                credit, turn = remembered.get((route.id, listing.id, user.id), (0.0, 0))
                lines.append(
                    Candidate(
                        candidate_id,
                        order,
                        targets.get(user.id, 0),
                        loads.get(user.id, 0.0) + extra,
                        credit,
                        turn,
                        code or codes.get(user.id, ""),
                        rates.get(user.id),
                    )
                )
            picture.routes.append(
                Route(
                    engine_id,
                    tuple(lines),
                    route.strategy,
                    route.pool_source == "user",
                    route.prefer_known,
                    scope,
                    route.workload_measure != "assignments",
                )
            )
        return picture

    @api.model
    def _request(self, lead, matches, identities, picture):
        """:returns: the engine's :class:`Request` for a lead"""
        identity = identities.get(lead.id)
        return Request(
            lead.id,
            picture.codes(self._route_codes(lead, matches), lead.listing_id.id),
            tuple(identity.advisors) if identity else (),
            keeper=identity.keeper if identity else None,
            same_as=identity.same_as if identity else None,
            about=identity.about if identity else None,
            scope=lead.listing_id.id or None,
            weight=self._weight(lead),
        )

    @api.model
    def _weight(self, lead):
        """What a lead counts as load from now on (B7): one, or in companies that weigh
        by value its expected revenue in units, within bounds, for a typing error must
        not keep its salesperson from all others of the month, nor a small lead count
        as none.

        :returns: units
        """
        value = self.env.company.lead_value_per_unit
        if not value or lead.expected_revenue <= 0:
            return 1.0
        lightest, heaviest = UNITS_OF_A_LEAD
        return round(min(max(lead.expected_revenue / value, lightest), heaviest), 4)

    @api.model
    def _listing_candidates(self, company, listing, at):
        """The contact persons of a listing (O1); who has no user is a candidate with
        the reason, under the negative id of the contact.

        :returns: ``[(candidate's id, res.users, code), ...]``
        """
        listing = listing.sudo().with_context(active_test=False)
        today = self._day_of(company, at)
        over = (
            not listing.active
            or (listing.date_from and listing.date_from > today)
            or (listing.date_to and listing.date_to < today)
        )
        found, seen = [], set()
        for contact in listing.contact_ids.sorted("id"):
            user = contact.user_ids.sorted(lambda u: (not u.active, u.share, u.id))[:1]
            if user.id in seen:
                continue
            code = "listing_over" if over else ("" if user else "no_user")
            user = self.env["res.users"].browse(user.id)
            if user:
                seen.add(user.id)
            found.append((user.id or -contact.id, user, code))
        return found

    # why not ---------------------------------------------------------------

    @api.model
    def _excluded(self, company, users):
        """What keeps people off every route (O4, O22).

        :returns: ``{user_id: code}``
        """
        intake = set(company.lead_distribution_intake_user_ids.ids)
        found = {}
        # sudo: decides for everybody; whoever tells it looks who may know
        for user in users.sudo().with_company(company or self.env.company):
            if not user.active:
                found[user.id] = "archived"
            elif user.share or not user.has_group("sales_team.group_sale_salesman"):
                found[user.id] = "no_rights"
            elif company and company not in user.company_ids:
                found[user.id] = "company"
            elif user.id in intake:
                found[user.id] = "intake"
            elif user.lead_distribution_paused:
                found[user.id] = "paused"
        return found

    @api.model
    def _paused_on(self, route, users):
        """What keeps people off this route: paused here, paused in core on all
        their memberships of its teams, without the tags it asks for.

        :param users: the route's
        :returns: ``{user_id: code}``
        """
        found = {}
        if route.pool_source == "teams":
            members = route.team_ids.crm_team_member_all_ids.filtered("active")
            taking = {m.user_id.id for m in members if not m.assignment_optout}
            found = {
                m.user_id.id: "team_pause"
                for m in members
                if m.user_id.id not in taking
            }
        if route.category_ids:
            for user in users:
                if not user.partner_id.category_id & route.category_ids:
                    found[user.id] = "tag"
        found.update(dict.fromkeys(route.paused_user_ids.ids, "paused_here"))
        return found

    @api.model
    def _codes_on(self, route, users, excluded, absent, at, soon):
        """:param soon: ``{days: ids of who is away by then}``, filled as needed
        :returns: ``{user_id: code}`` of who gets nothing from this route
        """
        codes = self._away_on(route, users, absent, at, soon)
        codes.update(self._paused_on(route, users))
        codes.update({i: code for i, code in excluded.items() if code})
        return codes

    @api.model
    def _away_on(self, route, users, absent, at, soon):
        """As :meth:`_codes_on`, of routes and rules: who is absent, or soon will be."""
        codes = {}
        if "skip_absent" not in route or route.skip_absent:
            codes.update(dict.fromkeys(absent, "absent"))
        days = route.absence_lookahead_days
        if days:
            if (days, users) not in soon:
                soon[days, users] = users._lead_absences(at, at + timedelta(days=days))
            for user_id in soon[days, users]:
                codes.setdefault(user_id, "absent_soon")
        return codes

    # numbers ---------------------------------------------------------------

    @api.model
    def _loads(self, company, route, users, at, listings, measured):
        """Load by the route's measure (O5), for all listings together and, where
        the route wants it, for each (O8).

        :param measured: what was asked already, to be filled
        :returns: ``{None or listing_id: {user_id: load}}``
        """
        measure = route.workload_measure
        kind = route.workload_activity_type_id if measure == "activities" else None
        per = route.workload_per_listing
        key = (measure, kind, per)
        if key not in measured:
            if measure == "activities":
                rows = self._activities_of_month(company, users, at, kind, per)
            elif measure == "open_leads":
                rows = self._open_leads_of(company, users, per)
            else:
                rows = self._assignments_of_month(company, users.ids, at, per)
            found = {None: {}, **{listing.id: {} for listing in listings}}
            for user_id, listing_id, load in rows:
                found[None][user_id] = found[None].get(user_id, 0.0) + load
                if listing_id in found and listing_id:
                    found[listing_id][user_id] = load
            measured[key] = found
        return measured[key]

    @api.model
    def _assignments_of_month(self, company, user_ids, at, per_listing=False):
        """:returns: ``[(user_id, listing_id or None, units), ...]``"""
        start, end = self._month(company, at)
        # sudo: a number that the salesperson's own screens show as well
        groups = (
            self.env["lead.distribution.assignment"]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", company.id),
                    ("user_id", "in", user_ids),
                    ("state", "in", COUNTED),
                    ("date", ">=", start),
                    ("date", "<", min(end, self._horizon())),
                ],
                ["user_id", "listing_id"] if per_listing else ["user_id"],
                ["units:sum"],
            )
        )
        return [
            (group[0].id, group[1].id if per_listing else None, group[-1])
            for group in groups
        ]

    @api.model
    def _activities_of_month(self, company, users, at, kind, per_listing):
        """Activities of a type created this month, whoever created them, open and
        done, once each.

        :returns: ``[(user_id, listing_id or None, number), ...]``
        """
        if not kind:
            return []
        start, end = self._month(company, at)
        self.env["mail.activity"].flush_model()
        self.env["crm.lead"].flush_model(["listing_id", "company_id"])
        return self.env.execute_query(
            SQL(
                """SELECT a.user_id, %(listing)s, count(*)
                     FROM mail_activity a
                LEFT JOIN crm_lead l ON a.res_model = 'crm.lead' AND l.id = a.res_id
                    WHERE a.activity_type_id = %(kind)s
                      AND a.user_id = ANY(%(users)s)
                      AND a.create_date >= %(start)s AND a.create_date < %(end)s
                      AND a.lead_distribution_unplaced IS NOT TRUE
                      AND (l.company_id IS NULL OR l.company_id = %(company)s)
                 GROUP BY 1, 2""",
                listing=SQL("l.listing_id") if per_listing else SQL("NULL::int"),
                kind=kind.id,
                users=users.ids,
                start=start,
                end=min(end, self._horizon()),
                company=company.id or None,
            )
        )

    @api.model
    def _open_leads_of(self, company, users, per_listing):
        """:returns: ``[(user_id, listing_id or None, number), ...]``"""
        groups = (
            self.env["crm.lead"]
            .sudo()
            ._read_group(
                [
                    ("user_id", "in", users.ids),
                    ("company_id", "in", [False, company.id]),
                    ("won_status", "=", "pending"),
                ],
                ["user_id", "listing_id"] if per_listing else ["user_id"],
                ["__count"],
            )
        )
        return [
            (group[0].id, group[1].id if per_listing else None, group[-1])
            for group in groups
        ]

    # absence ---------------------------------------------------------------

    @api.model
    def _days_away(self, company, users, at):
        """Working days of the month so far, today included, and how many of them
        each was away; by the user's own working schedule, else the company's.

        :returns: ``{user_id: (days present, days absent)}``; empty when nobody was
            away
        """
        start, end = self._month(company, at)[0], self._day(company, at)[1]
        absences = users._lead_absences(start, at)
        if not absences:
            return {}
        found, by_calendar = {}, {}
        default = (company or self.env.company).sudo().resource_calendar_id
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
        """:returns: for each working day its naive UTC ``[(start, end), ...]``"""
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
        if not away or not route.skip_absent or route.workload_measure == "open_leads":
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
        """:returns: ``[(units, days present, target), ...]`` of the others who are
        here to take leads"""
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
        away_users = users.browse(users._lead_absences(self._month(company, at)[0], at))
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
                    ("pool_source", "in", ["members", "teams"]),
                ]
            )
        )
        on_route = {route: route._users() for route in routes}
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

    @api.model
    def _targets_on(self, route, company, users):
        """Member line, else individual, else the route's standard, else the
        company's (O6).

        :param users: the route's
        :returns: ``{user_id: units of a month}``
        """
        company = company or self.env.company
        standard = route.standard_target or company.lead_standard_target
        lines = {
            line.user_id.id: line.target
            for line in route.member_ids
            if route.pool_source == "members" and line.target_mode == "individual"
        }
        targets = {}
        for user in users.with_company(company):
            if user.id in lines:
                targets[user.id] = lines[user.id]
            elif user.lead_target_mode == "individual":
                targets[user.id] = user.lead_target
            else:
                targets[user.id] = standard
        return targets

    @api.model
    def _units_of_month(self, company, user_ids, at):
        """Units of the calendar month in the company's time zone, all routes
        together (O9).

        :returns: ``{user_id: units}``
        """
        rows = self._assignments_of_month(company, user_ids, at)
        return {user_id: units for user_id, _listing, units in rows}

    @api.model
    def _last_rows(self, user_ids):
        """When each got the last lead, as the id of the ledger's row.

        :returns: ``{user_id: id}``
        """
        if not user_ids:
            return {}
        self.env["lead.distribution.assignment"].flush_model(["user_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT u.id, a.id
                     FROM unnest(%s) AS u(id)
                    CROSS JOIN LATERAL (
                          SELECT id FROM lead_distribution_assignment
                           WHERE user_id = u.id AND %s
                           ORDER BY id DESC LIMIT 1) AS a""",
                list(user_ids),
                self._before_horizon(SQL("date")),
            )
        )
        return dict(rows)

    @api.model
    def _remembered(self, routes):
        """:returns: ``{(route_id, listing_id, user_id): (credit, turn)}``"""
        states = self.env["lead.distribution.route.state"].search_fetch(
            [("route_id", "in", routes.ids)],
            ["route_id", "listing_id", "user_id", "credit", "turn"],
        )
        return {
            (s.route_id.id, s.listing_id.id, s.user_id.id): (s.credit, s.turn)
            for s in states
        }

    @api.model
    def _people(self, company, users, last, at, excluded=(), absent=()):
        """:param excluded: ``{user_id: code}``, see :meth:`_excluded`
        :param absent: ids of who is away; what they have open is answered by others
        :returns: the engine's :class:`Person` for each, hard limits as room
        """
        excluded = dict(excluded)
        away = dict.fromkeys(absent, "absent")
        limits = self._limits(company, users)
        used = self._limits_used(company, limits, at)
        people = []
        for user in users:
            room, code = None, "limit"
            for name, limit in limits.get(user.id, {}).items():
                left = max(limit - used[name].get(user.id, 0), 0)
                if room is None or left < room:
                    room, code = left, name
            exclusion = excluded.get(user.id) or away.get(user.id, "")
            people.append(Person(user.id, last.get(user.id, 0), room, code, exclusion))
        return people

    @api.model
    def _limits(self, company, users):
        """:returns: ``{user_id: {limit's code: leads at most}}``, of those with any"""
        limits = {}
        # sudo: decides for everybody; whoever tells it looks who may know
        for user in users.sudo().with_company(company or self.env.company):
            found = {
                "limit_day": user.lead_max_day,
                "limit_month": user.lead_max_month,
                "limit_open": user.lead_max_open,
            }
            found = {code: limit for code, limit in found.items() if limit}
            if found:
                limits[user.id] = found
        return limits

    @api.model
    def _room_of(self, company, user):
        """:returns: how many more leads somebody may have now by pause and limits; None
        for no limit, and where nobody distributes"""
        if not company.sudo()._lead_distribution_on():
            return None
        service = self._as_service(company)
        user = service.env["res.users"].browse(user.id)
        if service._excluded(company, user):
            return 0
        return service._people(company, user, {}, fields.Datetime.now())[0].room

    @api.model
    def _limit_passed(self, company, user, leads):
        """Whether hard limits forbid that somebody gets these leads now. What is
        offered to them counts as had, except that taking an offer makes one less of
        them.

        :returns: the limit's code, "" where there is room for all of the leads
        """
        limits = self._limits(company, user)
        if not limits:
            return ""
        at = fields.Datetime.now()
        held = self._limits_used(company, limits, at, offers=False)
        asked = self._limits_used(company, limits, at)
        fresh = len(leads) - len(self._open_offers(leads, user).lead_id)
        for code, limit in limits[user.id].items():
            if held[code].get(user.id, 0) + len(leads) > limit:
                return code
            if fresh and asked[code].get(user.id, 0) + fresh > limit:
                return code
        return ""

    @api.model
    def _limits_used(self, company, limits, at, offers=True):
        """:param offers: whether open offers count
        :returns: ``{limit's code: {user_id: leads}}``
        """
        used = {"limit_day": {}, "limit_month": {}, "limit_open": {}}
        if not limits:
            return used
        # sudo: numbers of leads, to hold them against the limits
        Assignment = self.env["lead.distribution.assignment"].sudo()
        states = [*COUNTED, "offered"] if offers else COUNTED
        for name, (start, end) in (
            ("limit_day", self._day(company, at)),
            ("limit_month", self._month(company, at)),
        ):
            groups = Assignment._read_group(
                [
                    ("company_id", "=", company.id),
                    ("user_id", "in", list(limits)),
                    ("state", "in", states),
                    ("date", ">=", start),
                    ("date", "<", min(end, self._horizon())),
                    # customers that a rule moved are no leads
                    "|",
                    ("lead_id", "!=", False),
                    ("units", ">", 0),
                ],
                ["user_id"],
                ["__count"],
            )
            used[name] = {user.id: count for user, count in groups}
        self._add_captured(company, limits, used, at)
        groups = (
            self.env["crm.lead"]
            .sudo()
            ._read_group(
                [
                    ("user_id", "in", list(limits)),
                    ("company_id", "in", [False, company.id]),
                    ("won_status", "=", "pending"),
                ],
                ["user_id"],
                ["__count"],
            )
        )
        used["limit_open"] = {user.id: count for user, count in groups}
        if offers and any("limit_open" in found for found in limits.values()):
            groups = Assignment._read_group(
                [
                    ("company_id", "=", company.id),
                    ("user_id", "in", list(limits)),
                    ("state", "=", "offered"),
                    ("lead_id", "!=", False),
                ],
                ["user_id"],
                ["__count"],
            )
            for user, count in groups:
                used["limit_open"][user.id] = used["limit_open"].get(user.id, 0) + count
        return used

    @api.model
    def _add_captured(self, company, limits, used, at):
        """Leads of their own sources and mail aliases are in no ledger, and count
        against the limits of the day and the month all the same.

        :param used: see :meth:`_limits_used`, to be added to
        """
        people = [
            user_id
            for user_id, found in limits.items()
            if "limit_day" in found or "limit_month" in found
        ]
        if not people:
            return
        self.env["crm.lead"].flush_model(
            ["user_id", "company_id", "distribution_state", "distribution_own_channel"]
        )
        start, end = self._month(company, at)
        today, tomorrow = self._day(company, at)
        rows = self.env.execute_query(
            SQL(
                """SELECT user_id, count(*) FILTER (WHERE create_date >= %(today)s
                                              AND create_date < %(tomorrow)s),
                          count(*)
                     FROM crm_lead
                    WHERE distribution_own_channel IS NOT NULL
                      AND distribution_state = 'none' AND user_id = ANY(%(people)s)
                      AND company_id = %(company)s
                      AND create_date >= %(start)s AND create_date < %(end)s
                 GROUP BY 1""",
                today=today,
                tomorrow=tomorrow,
                people=people,
                company=company.id or None,
                start=start,
                end=min(end, self._horizon()),
            )
        )
        for user_id, of_day, of_month in rows:
            for name, count in (("limit_day", of_day), ("limit_month", of_month)):
                used[name][user_id] = used[name].get(user_id, 0) + count

    @api.model
    def _teams_of(self, company, users):
        """:returns: ``{user_id: [team_id, ...]}`` of the company, led teams last"""
        members = (
            self.env["crm.team.member"]
            .sudo()
            .search(
                [
                    ("user_id", "in", users.ids),
                    ("crm_team_id.active", "=", True),
                    ("crm_team_id.company_id", "in", [False, company.id]),
                ],
                order="id",
            )
        )
        found = {}
        for member in members.sorted(lambda m: (m.crm_team_id.sequence, m.id)):
            found.setdefault(member.user_id.id, []).append(member.crm_team_id.id)
        led = (
            self.env["crm.team"]
            .sudo()
            .search(
                [
                    ("user_id", "in", users.ids),
                    ("company_id", "in", [False, company.id]),
                ]
            )
        )
        for team in led:
            mine = found.setdefault(team.user_id.id, [])
            if team.id not in mine:
                mine.append(team.id)
        return found

    @api.model
    def _today(self, company):
        """:returns: the company's date"""
        return self._day_of(company, fields.Datetime.now())

    @api.model
    def _day_of(self, company, at):
        start, _end = self._day(company, at)
        zone = (company or self.env.company)._lead_timezone()
        return fields.Datetime.context_timestamp(
            self.with_context(tz=str(zone)), start
        ).date()
