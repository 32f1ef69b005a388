"""Step 3, snapshot: who may take leads now? The few queries that turn salespeople into
plain data; their number grows with routes, not with leads."""

from dataclasses import replace

from odoo import api, fields, models

from ...engine import OFF_SHIFT, Candidate, Route, known_strategy
from ...tools.limits import LIMIT_FIELDS
from .values import Snapshot

#: what is read of salespeople, all at once and nothing else
OF_USERS = (
    "active",
    "share",
    "partner_id",
    "create_date",
    "out_of_office_from",
    "out_of_office_to",
    "lead_distribution_paused",
    "lead_target_mode",
    "lead_target",
    *LIMIT_FIELDS,
    # of whoever is told at once
    "lead_tell_assigned",
    "lead_quiet_from",
    "lead_quiet_to",
)


class LeadDistributionPeople(models.AbstractModel):
    _name = "lead.distribution.candidates"
    _description = "Lead Distribution: Candidates"

    @api.model
    def _snapshot(self, company, routes, at, keeper_ids=(), leads=()):
        """Take the snapshot from which the engine decides.

        :param routes: ``lead.distribution.route``
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
        deputies = users._lead_deputies(at)
        users |= users.browse({deputy for deputy, _until in deputies.values()})
        # sudo: decides for everybody; whoever tells it looks who may know. Along with
        # them whoever writes the chatter lines
        read = (users | self.env.user).sudo()
        read.with_company(company or self.env.company).fetch(OF_USERS)
        excluded = self._excluded(company, users)
        times = self._times_out(company, users, at)
        absent = times.absent
        limits = self._hard_limits(company, users, at, routes)
        snapshot = Snapshot(
            people=self._persons(
                company, users, self._last_rows(users.ids), at, excluded, absent, limits
            ),
            teams=self._teams_of(company, users),
        )
        self._add_deputies(snapshot, deputies)
        self._add_talents(snapshot, company, routes, users, at)
        snapshot.by_listing = {
            r.id for r in routes if r.pool_source == "listing" or r.workload_per_listing
        }
        rated = self.env["lead.distribution.rates"]._counts_of_routes(
            company, candidates, at
        )
        remembered = self._route_states(routes)
        shifts = self._shifts(company, routes, users, at)
        measured, soon = {}, {}
        for (route, listing), found in candidates.items():
            engine_id = snapshot.add(route.id, listing.id)
            snapshot.measures[engine_id] = route.workload_measure
            mine = self.env["res.users"].union(*(user for _id, user, _code in found))
            scope = listing.id if route.workload_per_listing and listing else None
            loads = self._loads(company, route, users, at, listings, measured)[scope]
            targets = self._targets_on(route, company, mine)
            codes = self._codes_on(route, mine, excluded, absent, at, soon)
            begins = self._off_shift(route, mine, shifts, at, codes)
            rates = self.env["lead.distribution.rates"]._rates_for(
                route.strategy, company, mine, route.rate_period_days, at, rated
            )
            made_up = {}
            if times.spans and not route._measure().stock:
                had = self._units_of_stretches(
                    company, route, users, at, times, listings, measured
                )[scope]
                made_up, _spans = self._compensations(
                    company, route, listing, mine, targets, codes, times, had, loads
                )
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
                        begins=begins.get(user.id),
                        **limits.left((route.id, user.id)),
                    )
                )
            snapshot.routes.append(
                Route(
                    engine_id,
                    tuple(lines),
                    known_strategy(route.strategy),
                    route.pool_source == "user",
                    route.prefer_known,
                    scope,
                    route._measure().by_count,
                    route.id,
                    *route._fallback(),
                    matching=route._matching(),
                    relax=route.relax_minutes * 60,
                )
            )
        return snapshot

    # own hours ---------------------------------------------------------------

    @api.model
    def _shifts(self, company, routes, users, at):
        """When salespeople work, where a route asks for it.

        :returns: ``{user_id: the engine's Shifts}``
        """
        asking = routes.filtered("own_hours")
        if not asking:
            return {}
        return users._lead_shifts(company, at, at + asking._looks_ahead())

    @api.model
    def _off_shift(self, route, users, shifts, at, codes):
        """Keep those off a route who are not on shift now (P1).

        :param codes: ``{user_id: code}`` of who gets nothing, to be added to
        :returns: ``{user_id: in how many seconds their shift begins}`` of those for
            whom nothing else is against it
        """
        begins = {}
        if not route.own_hours:
            return begins
        for user in users:
            hours = shifts.get(user.id)
            if not hours or codes.get(user.id) or hours.on(at, route.own_hours_stop):
                continue
            codes[user.id] = OFF_SHIFT
            moment = hours.begins(at, route.own_hours_stop)
            if moment:
                begins[user.id] = int((moment - at).total_seconds())
        return begins

    # deputies ----------------------------------------------------------------

    @api.model
    def _add_deputies(self, snapshot, deputies):
        """Put into a snapshot who stands in for those who are away (P6).

        :param deputies: see ``_lead_deputies`` of users
        """
        if not deputies:
            return
        nobody = (None, None)
        snapshot.people = [
            replace(
                person,
                deputy=deputies.get(person.user_id, nobody)[0],
                until=fields.Datetime.to_string(deputies.get(person.user_id, nobody)[1])
                or None,
            )
            for person in snapshot.people
        ]

    # languages, skills, territories -------------------------------------------

    @api.model
    def _add_talents(self, snapshot, company, routes, users, at):
        """Put into a snapshot what salespeople are good at, where a route asks (P4)."""
        snapshot.at = at
        rules = dict(rule for route in routes for rule in route._matching())
        if not rules:
            return
        snapshot.matched = True
        talents = users._lead_talents()
        snapshot.people = [
            replace(person, talents=talents.get(person.user_id))
            for person in snapshot.people
        ]
        snapshot.skills = frozenset().union(*(t.skills for t in talents.values()))
        if "territory" in rules:
            territories = self.env["lead.distribution.territory"]
            snapshot.territories = territories._of_company(company)
