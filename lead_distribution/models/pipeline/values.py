"""What the steps hand to each other besides records and the engine's data."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from odoo import models

from ...engine import new_trace

#: what distributes leads as they come in; the rest somebody asked for
BY_ITSELF = {"create", "mail", "cron"}


@dataclass
class DistributionContext:
    """In which company, by what, when, and in which batch leads are placed.

    :param trigger: a code of :data:`.constants.TRIGGERS`
    :param at: naive UTC datetime of the decision
    :param run: ``lead.distribution.run`` or None
    :param stored_snapshot: ``lead.distribution.snapshot`` of the block, or None
    :param is_new: whether the leads are made in this very moment, and there is no
        history to look at; so by default when it is the creation that asks
    :param rule: ``lead.distribution.rule`` that moves them, or None
    :param skip: ``{lead_id: {user_id: code}}`` of who does not get which
    :param rule_evidence: ``{lead_id: what the explanation says of the rule}``
    :param by: ``res.users`` who decides, None for routes and rules by themselves
    :param offer: whether the leads are offered, whatever the route does otherwise
    :param clock_evidence: ``{lead_id: what the explanation says of its clock}``
    :param evidence: what every explanation says besides
    """

    company: models.Model
    trigger: str
    at: datetime
    run: models.Model = None
    stored_snapshot: models.Model = None
    is_new: bool = None
    rule: models.Model = None
    skip: dict = field(default_factory=dict)
    rule_evidence: dict = field(default_factory=dict)
    by: models.Model = None
    offer: bool = False
    clock_evidence: dict = field(default_factory=dict)
    evidence: dict = field(default_factory=dict)

    def __post_init__(self):
        if self.is_new is None:
            self.is_new = self.trigger == "create"

    def takes(self, lead):
        """Whether a lead goes away from who has it, also where it is only offered: a
        rule moves it, or somebody asked for somebody else."""
        return bool(self.rule) or lead.user_id.id in self.skip.get(lead.id, ())

    def of_row(self):
        """Return what each row of the ledger says of where it comes from."""
        snapshot = self.stored_snapshot
        return {
            "company_id": self.company.id,
            "trigger": self.trigger,
            "date": self.at,
            "rule_id": self.rule.id if self.rule else False,
            "run_id": self.run.id if self.run else False,
            "snapshot_id": snapshot.id if snapshot else False,
        }

    def told(self):
        """Tell when the bell rings that is rung now: naive UTC with microseconds, False
        for what somebody asked for."""
        return self.trigger in BY_ITSELF and datetime.utcnow()

    def note_rule(self, decisions):
        """Put into the explanations which rule it was, whose clock, or who handed it
        over, and why."""
        for decision in decisions:
            decision.trace.update(self.evidence)
            if decision.lead_id in self.clock_evidence:
                decision.trace["clock"] = self.clock_evidence[decision.lead_id]
            if decision.lead_id in self.rule_evidence:
                decision.trace["rule"] = self.rule_evidence[decision.lead_id]


@dataclass
class AssignmentValues:
    """A lead and its new salesperson, on the way into the database.

    :param offer: the ledger's offer that is claimed, or None
    :param clock_deadline: until when a first follow-up is due, None without a clock
    :param policy_route_id: the route whose tags, activity and policy for the contact
        hold: the one that decided, else the one through which the lead came
    """

    lead_id: int
    user_id: int
    reason: str
    route_id: int | None = None
    team_id: int | None = None
    units: float = 1.0
    trace: dict | None = None
    tag_ids: list = field(default_factory=list)
    previous_user_id: int | None = None
    previous_team_id: int | None = None
    partner_previous_user_id: int | None = None
    partner_owned: bool = False
    activity_id: int | None = None
    offer: models.Model = None
    policy_route_id: int | None = None
    clock_deadline: datetime | None = None


class Unplaced:
    """A lead on its way to the pool that the engine was not asked about: what
    :meth:`_to_pool` reads of a decision.

    :param reason: a code of :data:`.constants.REASONS`
    :param route_id: the route that it came through, or None
    :param says: what its trace says besides
    """

    def __init__(self, reason, route_id=None, **says):
        self.reason = reason
        self.route_id = route_id or None
        self.trace = {**new_trace(), **says}


@dataclass
class Snapshot:
    """What the engine is told of a block, and what apply needs of the people.

    The engine knows a route that depends on the listing as one route for each
    listing, with an id of its own.

    :param teams: ``{user_id: [team_id, ...]}``, first the one leads go to
    :param ids: ``{(route_id, listing_id or 0): the engine's id}``
    :param by_listing: ids of the routes of which there is one for each listing
    :param compensation: ``{(engine's id, user_id): units}`` within the loads
    :param measures: ``{engine's id: key of what was counted as load}``
    :param matched: whether a route compares languages, skills or territories
    :param skills: ids of the tags that are somebody's skill
    :param territories: the engine's ``Territory`` of the company
    :param at: naive UTC datetime for which it was taken
    """

    routes: list = field(default_factory=list)
    people: list = field(default_factory=list)
    teams: dict = field(default_factory=dict)
    ids: dict = field(default_factory=dict)
    by_listing: set = field(default_factory=set)
    compensation: dict = field(default_factory=dict)
    measures: dict = field(default_factory=dict)
    matched: bool = False
    skills: frozenset = frozenset()
    territories: list = field(default_factory=list)
    at: datetime = None

    def __post_init__(self):
        self.real = {}

    def add(self, route_id, listing_id):
        """Return the engine's id for a route, maybe for one listing only."""
        key = (route_id, listing_id or 0)
        self.ids[key] = route_id if key[1] == 0 else -len(self.ids) - 1
        self.real[self.ids[key]] = key
        return self.ids[key]

    def codes(self, codes, listing_id):
        """Return a request's routes, in the engine's ids."""
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
        """Return the decision in the routes' own ids."""
        if not self.by_listing:
            return decision
        for line in decision.trace["routes"]:
            line[0] = self.real.get(line[0], (line[0],))[0]
        route_id = self.real.get(decision.route_id, (decision.route_id,))[0]
        return replace(decision, route_id=route_id)

    def remembered(self, state):
        """Return ``{(route_id, listing_id or None): ...}`` of the engine's state."""
        found = {}
        for engine_id, users in state.items():
            route_id, listing_id = self.real[engine_id]
            found[route_id, listing_id or None] = users
        return found

    def as_json(self):
        """Return the ``data`` of a ``lead.distribution.snapshot``."""
        table = {}
        for route in self.routes:
            route_id, listing_id = self.real[route.route_id]
            table[f"{route_id}:{listing_id}" if listing_id else str(route_id)] = {
                "strategy": route.strategy,
                "measure": self.measures.get(route.route_id),
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
            "people": {str(p.user_id): [p.last, p.capacity] for p in self.people},
            "routes": table,
        }
