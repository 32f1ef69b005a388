"""The decision: who takes a lead, and why.

Plain Python without Odoo, clock or randomness. What comes in is data
(:class:`Route`, :class:`Candidate`, :class:`Person`, :class:`Request`), what
comes out is data (:class:`Decision`): the same input gives the same decisions
with the same explanations for ever. Replay, simulation and undo rest on it.
"""

from .compensation import Stretch, common, compensation, days_absent, estimate
from .fitting import Talents, Territory, Wants, read_postcodes
from .decide import Engine, decide
from .deputies import stand_in
from .handing import shared_out
from .limits import Capacity, Limits
from .types import (
    ABSENT,
    DEPUTY,
    DUPLICATE,
    HOLD,
    NEXT_SHIFT,
    NO_ROUTE,
    NOBODY,
    OFF_SHIFT,
    TRACE_VERSION,
    Candidate,
    Decision,
    Person,
    Request,
    Route,
    new_trace,
    readable,
)
from .strategies import STRATEGIES, Strategy, known_strategy, strategy
from .shifts import Shifts, uncovered
from .rates import closing_rates, follow_up_hours

__all__ = [
    "ABSENT",
    "DEPUTY",
    "DUPLICATE",
    "HOLD",
    "NEXT_SHIFT",
    "NOBODY",
    "OFF_SHIFT",
    "NO_ROUTE",
    "STRATEGIES",
    "TRACE_VERSION",
    "Candidate",
    "Capacity",
    "Decision",
    "Engine",
    "Limits",
    "Person",
    "Request",
    "Route",
    "Shifts",
    "Strategy",
    "Stretch",
    "Talents",
    "Territory",
    "Wants",
    "closing_rates",
    "common",
    "compensation",
    "days_absent",
    "decide",
    "estimate",
    "follow_up_hours",
    "known_strategy",
    "new_trace",
    "read_postcodes",
    "readable",
    "stand_in",
    "strategy",
    "uncovered",
]
