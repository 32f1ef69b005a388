"""Room 3: who may take leads now? The few queries that turn salespeople into
plain data; their number grows with routes, not with leads."""

from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import Candidate, Person, Request, Route
from .codes import COUNTED


@dataclass
class Picture:
    """What the engine is told of a block, and what apply needs of the people.

    :param teams: ``{user_id: [team_id, ...]}``, first the one leads go to
    """

    routes: list = field(default_factory=list)
    people: list = field(default_factory=list)
    teams: dict = field(default_factory=dict)

    def as_json(self):
        """:returns: the ``data`` of a ``lead.distribution.snapshot``"""
        return {
            "v": 1,
            "people": {str(p.user_id): [p.last, p.room] for p in self.people},
            "routes": {
                str(route.route_id): {
                    "strategy": route.strategy,
                    "candidates": [
                        [c.user_id, c.target, round(c.load, 2), c.exclusion]
                        for c in route.candidates
                    ],
                }
                for route in self.routes
            },
        }


class LeadDistributionPeople(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _snapshot(self, company, routes, at, keeper_ids=()):
        """:param routes: ``lead.distribution.route``
        :param keeper_ids: users who may take leads past the routes
        :returns: a :class:`Picture`
        """
        by_route = {route: route._users() for route in routes}
        keepers = self.env["res.users"].browse(keeper_ids).exists()
        users = keepers.union(*by_route.values())
        units = self._units_of_month(company, users.ids, at)
        last = self._last_rows(users.ids)
        excluded = self._excluded(company, users)
        absent = users._lead_absent_at(at)
        remembered = self._remembered(routes)
        picture = Picture(
            people=self._people(company, users, last, at, excluded, absent),
            teams=self._teams_of(company, users),
        )
        for route in routes:
            paused = self._paused_on(route, by_route[route])
            targets = self._targets_on(route, company, by_route[route])
            candidates = []
            for order, user in enumerate(by_route[route]):
                code = excluded.get(user.id) or paused.get(user.id)
                if not code and route.skip_absent and user.id in absent:
                    code = "absent"
                credit, turn = remembered.get((route.id, user.id), (0.0, 0))
                candidates.append(
                    Candidate(
                        user.id,
                        order,
                        targets[user.id],
                        units.get(user.id, 0.0),
                        credit,
                        turn,
                        code or "",
                    )
                )
            picture.routes.append(
                Route(
                    route.id,
                    tuple(candidates),
                    route.strategy,
                    route.pool_source == "user",
                    route.prefer_known,
                )
            )
        return picture

    @api.model
    def _request(self, lead, matches, identities):
        """:returns: the engine's :class:`Request` for a lead"""
        identity = identities.get(lead.id)
        return Request(
            lead.id,
            self._route_codes(lead, matches),
            tuple(identity.advisors) if identity else (),
            keeper=identity.keeper if identity else None,
            same_as=identity.same_as if identity else None,
            about=identity.about if identity else None,
        )

    # why not ---------------------------------------------------------------

    @api.model
    def _excluded(self, company, users):
        """What keeps people off every route (O4, O22).

        :returns: ``{user_id: code}``
        """
        intake = set(company.lead_distribution_intake_user_ids.ids)
        found = {}
        for user in users.with_company(company or self.env.company):
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

    # numbers ---------------------------------------------------------------

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
                    ("date", "<", end),
                ],
                ["user_id"],
                ["units:sum"],
            )
        )
        return {user.id: units for user, units in groups}

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
                           WHERE user_id = u.id
                           ORDER BY id DESC LIMIT 1) AS a""",
                list(user_ids),
            )
        )
        return dict(rows)

    @api.model
    def _remembered(self, routes):
        """:returns: ``{(route_id, user_id): (credit, turn)}``"""
        states = self.env["lead.distribution.route.state"].search_fetch(
            [("route_id", "in", routes.ids)], ["route_id", "user_id", "credit", "turn"]
        )
        return {(s.route_id.id, s.user_id.id): (s.credit, s.turn) for s in states}

    @api.model
    def _people(self, company, users, last, at, excluded=(), absent=()):
        """:param excluded: ``{user_id: code}``, see :meth:`_excluded`
        :param absent: ids of who is away; what they have open is answered by others
        :returns: the engine's :class:`Person` for each, hard limits as room
        """
        excluded = dict(excluded)
        away = dict.fromkeys(absent, "absent")
        limits = {}
        for user in users.with_company(company or self.env.company):
            found = {
                "limit_day": user.lead_max_day,
                "limit_month": user.lead_max_month,
                "limit_open": user.lead_max_open,
            }
            found = {code: limit for code, limit in found.items() if limit}
            if found:
                limits[user.id] = found
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
    def _limits_used(self, company, limits, at):
        """:returns: ``{limit's code: {user_id: leads}}``, open offers included"""
        used = {"limit_day": {}, "limit_month": {}, "limit_open": {}}
        if not limits:
            return used
        Assignment = self.env["lead.distribution.assignment"].sudo()
        for name, (start, end) in (
            ("limit_day", self._day(company, at)),
            ("limit_month", self._month(company, at)),
        ):
            groups = Assignment._read_group(
                [
                    ("company_id", "=", company.id),
                    ("user_id", "in", list(limits)),
                    ("state", "in", [*COUNTED, "offered"]),
                    ("date", ">=", start),
                    ("date", "<", end),
                ],
                ["user_id"],
                ["__count"],
            )
            used[name] = {user.id: count for user, count in groups}
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
        return used

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
        start, _end = self._day(company, fields.Datetime.now())
        zone = (company or self.env.company)._lead_timezone()
        return fields.Datetime.context_timestamp(
            self.with_context(tz=str(zone)), start
        ).date()
