"""Buckets of time and balances for the dashboard."""

from datetime import date

from engine.dashboard import (
    Bucket,
    balances,
    fold,
    total,
    unit_of,
)
from hypothesis import given
from hypothesis import strategies as st


def test_steps_fit_the_length():
    first = date(2026, 1, 1)
    assert unit_of(first, first) == "hour"
    assert unit_of(first, date(2026, 1, 2)) == "day"
    assert unit_of(first, date(2026, 1, 31)) == "day"
    assert unit_of(first, date(2026, 3, 31)) == "week"
    assert unit_of(first, date(2026, 12, 31)) == "month"


def test_hours_of_a_day():
    day = date(2026, 3, 2)
    found = fold([Bucket(9, 3, 1, 12.0), Bucket(23, 1)], day, day)
    assert [bucket.start for bucket in found] == list(range(24))
    assert found[9].claim == 12.0
    assert found[9].follow_up is None
    assert total(found).received == 4


def test_averages_weigh_each_lead():
    """A week's average is that of its leads, not of its days."""
    first, last = date(2026, 1, 1), date(2026, 3, 31)
    rows = [
        Bucket(date(2026, 1, 1), 1, 1, 10.0),
        Bucket(date(2026, 1, 7), 3, 3, 90.0, 1, 5.0),
        Bucket(date(2026, 1, 8), 1),
    ]
    found = fold(rows, first, last)
    assert found[0].claim == 25.0
    assert found[0].follow_up == 5.0
    assert found[1] == Bucket(date(2026, 1, 8), 1)


def test_months_begin_with_the_period():
    found = fold([Bucket(date(2025, 12, 31), 2)], date(2025, 6, 15), date(2026, 1, 2))
    assert found[0].start == date(2025, 6, 1)
    assert found[-2:] == [Bucket(date(2025, 12, 1), 2), Bucket(date(2026, 1, 1))]


@given(
    st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    st.integers(1, 400),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 9))),
)
def test_nothing_is_lost(first, days, rows):
    """Whatever the steps, the sum is that of the period."""
    last = date.fromordinal(first.toordinal() + days)
    rows = [
        Bucket(date.fromordinal(first.toordinal() + min(day, days)), number)
        for day, number in rows
    ]
    found = fold(rows, first, last)
    assert total(found).received == sum(row.received for row in rows)
    assert len({bucket.start for bucket in found}) == len(found)


def test_balances_add_up():
    """What made somebody ahead adds up to how far they are."""
    kinds = {"known_advisor": "customer", "former_advisor": "customer"}
    kinds["strategy"] = "turn"
    found = balances(
        [
            ("boris", "strategy", -6.0),
            ("anna", "known_advisor", 12.0),
            ("anna", "former_advisor", 8.0),
            ("anna", "strategy", -1.0),
            ("anna", "plugin", 0.5),
            ("anna", "rule", 0.01),
            ("boris", "strategy", None),
        ],
        kinds,
    )
    assert list(found) == ["anna", "boris"]
    assert found["anna"].parts == (("customer", 20.0), ("turn", -1.0), ("other", 0.51))
    assert abs(found["anna"].ahead - 19.51) < 1e-9
    assert found["boris"].ahead == -6.0
