"""What the rooms hand to each other besides records and the engine's data."""

from dataclasses import dataclass, field
from datetime import datetime

from odoo import models


@dataclass
class DistributionContext:
    """In which company, by what, when, and in which batch leads are placed.

    :param trigger: a code of :data:`.codes.TRIGGERS`
    :param at: naive UTC datetime of the decision
    :param run: ``lead.distribution.run`` or None
    :param stored_snapshot: ``lead.distribution.snapshot`` of the block, or None
    :param is_new: whether the leads are made in this very moment, and there is no
        history to look at; so by default when it is the creation that asks
    :param rule: ``lead.distribution.rule`` that moves them, or None
    :param skip: ``{lead_id: {user_id: code}}`` of who does not get which
    :param rule_evidence: ``{lead_id: what the explanation says of the rule}``
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

    def __post_init__(self):
        if self.is_new is None:
            self.is_new = self.trigger == "create"


@dataclass
class AssignmentValues:
    """A lead and its new salesperson, on the way into the database."""

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
