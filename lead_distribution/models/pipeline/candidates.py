"""Room 3: who may take leads now? The few queries that turn salespeople into
plain data; their number grows with routes, not with leads."""

from dataclasses import dataclass, field, replace

from odoo import api, models

from ...engine import Candidate, Request, Route


@dataclass
class Snapshot:
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
    _name = "lead.distribution.candidates"
    _description = "Lead Distribution: Candidates"

    @api.model
    def _snapshot(self, company, routes, at, keeper_ids=(), leads=()):
        """:param routes: ``lead.distribution.route``
        :param keeper_ids: users who may take leads past the routes
        :param leads: the block, for routes that depend on the listing
        :returns: a :class:`Snapshot`
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
        snapshot = Snapshot(
            people=self._persons(
                company, users, self._last_rows(users.ids), at, excluded, absent
            ),
            teams=self._teams_of(company, users),
        )
        snapshot.by_listing = {
            r.id for r in routes if r.pool_source == "listing" or r.workload_per_listing
        }
        remembered = self._route_states(routes)
        measured, away, soon = {}, self._days_away(company, users, at), {}
        for (route, listing), found in candidates.items():
            engine_id = snapshot.add(route.id, listing.id)
            mine = self.env["res.users"].union(*(user for _id, user, _code in found))
            scope = listing.id if route.workload_per_listing and listing else None
            loads = self._loads(company, route, users, at, listings, measured)[scope]
            targets = self._targets_on(route, company, mine)
            codes = self._codes_on(route, mine, excluded, absent, at, soon)
            rates = self.env["lead.distribution.rates"]._rates_for(
                route.strategy, company, mine, route.rate_period_days, at
            )
            made_up = self._compensations(route, mine, targets, loads, away, codes)
            lines = []
            for order, (candidate_id, user, code) in enumerate(found):
                extra = made_up.get(user.id, 0.0)
                if extra:
                    snapshot.compensation[engine_id, user.id] = extra
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
            snapshot.routes.append(
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
        return snapshot

    @api.model
    def _request(self, lead, matches, identities, snapshot):
        """:returns: the engine's :class:`Request` for a lead"""
        identity = identities.get(lead.id)
        return Request(
            lead.id,
            snapshot.codes(
                self.env["lead.distribution.matching"]._route_codes(lead, matches),
                lead.listing_id.id,
            ),
            tuple(identity.advisors) if identity else (),
            keeper=identity.keeper if identity else None,
            same_as=identity.same_as if identity else None,
            about=identity.about if identity else None,
            scope=lead.listing_id.id or None,
            weight=self._weight(lead),
        )

    # why not ---------------------------------------------------------------

    # numbers ---------------------------------------------------------------

    # absence ---------------------------------------------------------------
