"""The clock on a lead (P5): plans, what is due, misses in a row; no database."""

from datetime import datetime, timedelta

import pytest
from engine.clock import (
    DEADLINE,
    KEPT,
    MISSED,
    colour,
    due,
    missed_in_row,
    outcome,
    plan,
)
from hypothesis import given
from hypothesis import strategies as st


def test_plan():
    """P5: in order of time; a reminder that would come at once is left out; the
    deadline is before what follows at the same moment."""
    found = plan(0, 60, [(60, 3), (45, 1), (90, 4), (0, 2), (-5, 5)])
    assert found == [(45, 1), (60, DEADLINE), (60, 3), (90, 4)]
    assert plan(0, 60, []) == [(60, DEADLINE)]


@given(
    steps=st.lists(st.tuples(st.integers(-50, 200), st.integers(1, 9)), max_size=8),
    looks=st.lists(st.integers(0, 250), max_size=6).map(sorted),
)
def test_each_step_once(steps, looks):
    """P5: however often, or late, somebody looks, each step is due once, in order."""
    planned = plan(0, 60, steps)
    rest, done = planned, []
    for now in [*looks, 1000]:
        found, rest = due(rest, now)
        done += found
    assert rest == []
    assert done == [step_id for _moment, step_id in planned]
    assert done.count(DEADLINE) == 1


def test_outcome():
    """P5: in time is kept, at the very moment too."""
    assert outcome(60, 59) == outcome(60, 60) == KEPT
    assert outcome(60, 61) == outcome(60, None) == MISSED


@pytest.mark.parametrize(
    ("outcomes", "number", "expected"),
    [
        ([MISSED, MISSED, KEPT], 2, True),
        ([MISSED, KEPT, MISSED], 2, False),
        ([MISSED], 2, False),
        ([], 1, False),
        ([MISSED] * 9, 0, False),
        ([MISSED], 1, True),
    ],
)
def test_missed_in_row(outcomes, number, expected):
    """P5: the latest so many, without one kept between them."""
    assert missed_in_row(outcomes, number) is expected


def test_colour():
    """P5: green to red."""
    start = datetime(2026, 1, 1, 9)
    deadline = start + timedelta(minutes=100)
    found = [
        colour(start, deadline, start + timedelta(minutes=m)) for m in (0, 51, 86, 100)
    ]
    assert found == ["good", "short", "very_short", "over"]
