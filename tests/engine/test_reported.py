"""Leads that salespeople report (P8): what follows when a manager accepts."""

import pytest
from engine.reported import (
    CLOSED,
    LEAVE,
    MOVED,
    NOT_MINE,
    NOT_REAL,
    REDISTRIBUTE,
    REMOVE,
    Acceptance,
    Reported,
    accept,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("kind", "held", "is_open", "lead", "why"),
    [
        (NOT_REAL, True, True, REMOVE, ""),
        (NOT_MINE, True, True, REDISTRIBUTE, ""),
        (NOT_REAL, False, True, LEAVE, MOVED),
        (NOT_MINE, False, True, LEAVE, MOVED),
        (NOT_REAL, True, False, LEAVE, CLOSED),
        (NOT_MINE, False, False, LEAVE, CLOSED),
    ],
)
def test_lead(kind, held, is_open, lead, why):
    """P8: removed or distributed again while it is still the one that was reported;
    the unit goes back either way."""
    found = accept(Reported(kind, held, is_open, counts=True, units=2.5))
    assert found == Acceptance(lead, why, 2.5)


@given(
    kind=st.sampled_from([NOT_REAL, NOT_MINE]),
    held=st.booleans(),
    is_open=st.booleans(),
    counts=st.booleans(),
    made_up=st.booleans(),
    units=st.floats(0, 100),
)
def test_given_back_once(kind, held, is_open, counts, made_up, units):
    """P8: never more than what counts, and never twice."""
    found = accept(Reported(kind, held, is_open, counts, made_up, units))
    assert found.units == (units if counts and not made_up else 0)
