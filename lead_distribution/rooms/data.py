"""What the rooms hand to each other besides records and the engine's data."""

from dataclasses import dataclass, field
from datetime import datetime

from odoo import models


@dataclass
class Occasion:
    """In which company, by what, when, and in which batch leads are placed.

    :param trigger: a code of :data:`.codes.TRIGGERS`
    :param at: naive UTC datetime of the decision
    :param run: ``lead.distribution.run`` or None
    :param snapshot: ``lead.distribution.snapshot`` of the block, or None
    """

    company: models.Model
    trigger: str
    at: datetime
    run: models.Model = None
    snapshot: models.Model = None

    @property
    def is_new(self):
        """Whether the leads are made in this very moment: no history to look at."""
        return self.trigger == "create"


@dataclass
class Placement:
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
