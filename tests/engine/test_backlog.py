"""The backlog (P2): what has returned, and who is asked again; no database."""

import pytest
from engine import Candidate, Person, Route
from engine.backlog import drains, not_again, ready, returned
from hypothesis import given
from hypothesis import strategies as st


def test_ready():
    """P2: neither who is away or paused, nor who is at a limit."""
    routes = [
        Route(1, (Candidate(1), Candidate(2, exclusion="absent"), Candidate(3))),
        Route(2, (Candidate(1), Candidate(4), Candidate(5))),
    ]
    people = [
        Person(1, capacity=1),
        Person(2),
        Person(3, capacity=0),
        Person(4, exclusion="paused"),
        Person(5),
    ]
    assert ready(routes, people) == {(1, 1), (2, 1), (2, 5)}
    assert ready([], people) == set()


PAIRS = st.frozensets(st.tuples(st.integers(1, 3), st.integers(1, 4)))


@given(before=PAIRS, now=PAIRS)
def test_returned(before, now):
    """P2: something returned if, and only if, a pair is new; leaving is no reason."""
    assert returned(before, now) == any(pair not in before for pair in now)
    assert not returned(now, now)
    assert not returned(before | now, now)


@pytest.mark.parametrize(
    ("offers", "expected"),
    [
        ([], {}),
        ([(1, "declined", "mon")], {1: "declined"}),
        ([(1, "expired", "mon")], {}),
        ([(1, "expired", "tue")], {1: "let_expire"}),
        ([(1, "expired", "tue"), (1, "declined", "mon")], {1: "declined"}),
        ([(1, "declined", "mon"), (1, "expired", "tue")], {1: "declined"}),
        ([(1, "taken", "tue"), (2, "offered", "tue")], {}),
    ],
)
def test_not_again(offers, expected):
    """P2: never to who declined, not twice a day to who did not answer."""
    assert not_again(offers, "tue") == expected


def test_age():
    """P2: leads that are too old stay for people; a route that does not drain takes
    none."""
    assert drains(True, 0, 400)
    assert drains(True, 7, 7)
    assert not drains(True, 7, 7.1)
    assert not drains(False, 0, 0)
