"""Which leads come first (P3): tables and properties, no database."""

import pytest
from engine.priority import ORDERS, Mix, Urgency, figures, ranked
from hypothesis import given
from hypothesis import strategies as st

MIX = Mix()

URGENCIES = st.lists(
    st.builds(
        Urgency,
        lead_id=st.just(0),
        stars=st.integers(0, 3),
        probability=st.sampled_from([0.0, 12.5, 50.0, 99.0]),
        revenue=st.sampled_from([-5.0, 0.0, 100.0, 1e6]),
        hours=st.sampled_from([0.0, 1.0, 30.0]),
    ),
    max_size=20,
).map(
    lambda found: [
        Urgency(n, u.stars, u.probability, u.revenue, u.hours)
        for n, u in enumerate(found, 1)
    ]
)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("stars", [3, 2, 1, 4]),
        ("probability", [1, 2, 3, 4]),
        ("revenue", [4, 1, 2, 3]),
        ("waiting", [2, 1, 3, 4]),
        ("mix", [2, 3, 4, 1]),
    ],
)
def test_orders(order, expected):
    """P3: each order by its own figure; equal leads stay as they came."""
    urgencies = [
        Urgency(1, 0, 60.0, 0.0, 0.0),
        Urgency(2, 1, 50.0, 0.0, 48.0),
        Urgency(3, 1, 50.0 + 1e-9 if order == "stars" else 50.0, 0.0, 0.0),
        Urgency(4, 0, 0.0, 50_000.0, 0.0),
    ]
    assert ranked(order, urgencies, MIX) == expected


def test_unknown_order():
    """P3: an order that there is not is an error, no silent default."""
    with pytest.raises(KeyError):
        figures("loudness", Urgency(1), MIX)


def test_mix_is_what_is_shown():
    """P3: the score is the weighted mean of its parts, each full at its bound."""
    half = Urgency(1, 0, 50.0, 5_000.0, 12.0)
    assert MIX.score(half) == pytest.approx(30.0)  # (15 + 10 + 5) of 100
    assert MIX.score(Urgency(1, 3, 100.0, 1e9, 1e9)) == pytest.approx(100.0)
    assert Mix(0, 0, 0, 0).score(half) == 0.0
    assert Mix(0, 0, 1, 0, full_revenue=0).score(half) == 0.0


def test_same_person_stays_together():
    """P3: who repeats an inquiry is decided right after it, and both come as early as
    the more urgent of the two."""
    urgencies = [Urgency(1), Urgency(2, 1), Urgency(3), Urgency(4, 3), Urgency(5, 2)]
    assert ranked("stars", urgencies, MIX, {4: 3, 3: 1}) == [1, 3, 4, 5, 2]
    # one that is not in the block leads nobody, and a circle ends
    assert ranked("stars", urgencies[:2], MIX, {2: 9}) == [2, 1]
    assert sorted(ranked("stars", urgencies[:2], MIX, {1: 2, 2: 1})) == [1, 2]


@given(urgencies=URGENCIES, order=st.sampled_from(ORDERS))
def test_order_is_whole_and_stable(urgencies, order):
    """P3: nobody is lost, nobody overtakes an equal, the same gives the same."""
    found = ranked(order, urgencies, MIX)
    assert sorted(found) == [urgency.lead_id for urgency in urgencies]
    by_id = {urgency.lead_id: figures(order, urgency, MIX) for urgency in urgencies}
    for one, other in zip(found, found[1:], strict=False):
        assert (by_id[one], -one) > (by_id[other], -other)
    assert found == ranked(order, urgencies, MIX)
