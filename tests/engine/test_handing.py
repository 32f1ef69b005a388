"""What somebody has, shared out evenly (P6), the engine alone."""

from engine import shared_out
from hypothesis import given
from hypothesis import strategies as st

A, B, C = 1, 2, 3


def test_who_has_least_comes_first():
    assert shared_out([10, 11, 12], {A: 5, B: 0, C: 5}) == {10: B, 11: A, 12: C}


def test_what_belongs_to_somebody():
    """It goes to them and takes nobody's turn, also where they are not in line."""
    found = shared_out([10, 11, 12], {A: 0, B: 0}, {11: C})
    assert found == {10: A, 11: C, 12: B}


def test_nobody():
    assert shared_out([10, 11], {}) == {}
    assert shared_out([10, 11], {}, {11: C}) == {11: C}


@given(
    st.lists(st.integers(), unique=True),
    st.dictionaries(st.integers(1, 9), st.integers(0, 99), min_size=1),
)
def test_nobody_gets_more_than_one_more(items, has):
    found = shared_out(items, has)
    assert set(found) == set(items)
    got = [list(found.values()).count(user_id) for user_id in has]
    assert max(got) - min(got) <= 1
