"""What an absence is worth (O11); no database."""

import doctest
import sys
from datetime import datetime, timedelta

import pytest
from engine import Stretch, compensation, days_absent, estimate
from hypothesis import given
from hypothesis import strategies as st

MONDAY = datetime(2025, 9, 1)
#: five days of nine to five with a break at noon
WEEK = [
    [
        (
            MONDAY + timedelta(days=day, hours=begin),
            MONDAY + timedelta(days=day, hours=end),
        )
        for begin, end in ((9, 12), (13, 18))
    ]
    for day in range(5)
]


def at(day, hour):
    return MONDAY + timedelta(days=day, hours=hour)


def test_examples_in_the_documentation():
    assert doctest.testmod(sys.modules[compensation.__module__]).failed == 0


@pytest.mark.parametrize(
    ("spans", "days"),
    [
        ([], 0),
        ([(at(0, 0), at(5, 0))], 5),
        ([(at(1, 0), at(2, 0))], 1),
        ([(at(1, 9), at(1, 12))], 3 / 8),
        ([(at(1, 12), at(1, 13))], 0),  # lunch
        ([(at(1, 18), at(2, 9))], 0),  # the night
        ([(at(5, 0), at(7, 0))], 0),  # the weekend
        ([(at(1, 0), at(2, 0)), (at(1, 9), at(2, 12))], 1 + 3 / 8),  # overlap
        ([(at(3, 13), at(30, 0))], 5 / 8 + 1),
    ],
)
def test_days(spans, days):
    """O11: parts of days as parts, nothing twice."""
    assert days_absent(WEEK, spans) == pytest.approx(days)


spans = st.lists(
    st.tuples(st.integers(0, 200), st.integers(1, 60)).map(
        lambda pair: (at(0, pair[0]), at(0, pair[0] + pair[1]))
    ),
    max_size=5,
)


@given(spans, spans)
def test_days_never_more_than_there_are(one, other):
    """O11: never more than the working days; more absence is never fewer days."""
    first, both = days_absent(WEEK, one), days_absent(WEEK, one + other)
    assert 0 <= first <= both + 1e-9 <= 5 + 1e-6


def test_nobody_to_compare_with():
    """O11: without colleagues, target or units there is nothing to make up."""
    week = Stretch({1: 10, 2: 4}, away=frozenset({3}))
    assert compensation({3: 30}, [week]) == {}
    assert compensation({1: 30, 3: 0}, [week]) == {}
    assert compensation({1: 30, 3: 30}, []) == {}
    assert compensation({1: 0, 3: 30}, [week]) == {}
    assert compensation({1: 30, 3: 30}, [week], colleagues=set()) == {}


@given(
    st.lists(
        st.tuples(st.integers(0, 90), st.integers(1, 100)), min_size=1, max_size=6
    ),
    st.integers(1, 100),
)
def test_linear_in_leads_and_target(colleagues, target):
    """O11: twice the leads, or twice the target, count twice."""
    units = {n: float(had) for n, (had, _target) in enumerate(colleagues, 1)}
    targets = {n: target for n, (_had, target) in enumerate(colleagues, 1)}
    week = Stretch(units, away=frozenset({0}))
    once = compensation({**targets, 0: target}, [week]).get(0, 0.0)
    twice = compensation({**targets, 0: target}, [week, week]).get(0, 0.0)
    double = compensation({**targets, 0: 2 * target}, [week]).get(0, 0.0)
    assert twice == pytest.approx(2 * once)
    assert double == pytest.approx(2 * once)


def test_estimate_without_anything():
    """O11: without colleagues, target or days there is nothing to estimate."""
    assert estimate(5, 30, []) == 0
    assert estimate(5, 0, [(10, 10, 30)]) == 0
    assert estimate(0, 30, [(10, 10, 30)]) == 0
    assert estimate(5, 30, [(10, 0, 30), (3, 5, 0)]) == 0


@given(
    st.floats(0.1, 20),
    st.floats(1, 100),
    st.lists(
        st.tuples(st.floats(0, 90), st.floats(0.5, 22), st.floats(1, 100)),
        min_size=1,
        max_size=6,
    ),
)
def test_linear_in_days_and_target(days, target, colleagues):
    """O11: twice the days, or twice the target, count twice."""
    once = estimate(days, target, colleagues)
    assert estimate(2 * days, target, colleagues) == pytest.approx(2 * once)
    assert estimate(days, 2 * target, colleagues) == pytest.approx(2 * once)
