"""Rates that are fair to who had little, and the strategies that go by them."""

import pytest
from engine import (
    Candidate,
    Person,
    Request,
    Route,
    closing_rates,
    decide,
    follow_up_hours,
)


def who(route, count, people=()):
    requests = [Request(n, ((route.route_id, ""),)) for n in range(count)]
    decisions, state = decide([route], people, requests)
    return [d.user_id for d in decisions], state


def route(rates, strategy="closing_rate", turns=None, out=()):
    return Route(
        1,
        tuple(
            Candidate(
                user_id,
                order,
                rate=rate,
                turn=(turns or {}).get(user_id, 0),
                exclusion="absent" if user_id in out else "",
            )
            for order, (user_id, rate) in enumerate(rates.items())
        ),
        strategy,
        prefer_known=False,
    )


def test_little_history_is_pulled_to_the_common_rate():
    """U6: one of one is no better than forty of fifty."""
    rates = closing_rates({1: (1, 1), 2: (40, 50), 3: (0, 49), 4: (0, 0)})
    assert rates[2] > rates[1] > rates[3]
    assert rates[4] is None
    assert all(0 <= rate <= 1 for rate in rates.values() if rate is not None)


def test_waiting_counts_as_slow():
    """U6: who neglects nearly everything is slow, however fast the rest was done."""
    hours = follow_up_hours({1: (20.0, 10, 10), 2: (2000.0, 1, 10), 3: (0, 0, 0)})
    assert hours[1] < hours[2]
    assert hours[3] is None


@pytest.mark.parametrize(
    "strategy, order",
    [("closing_rate", [3, 2, 1]), ("follow_up_speed", [3, 1, 2])],
)
def test_one_each_the_best_first_then_again(strategy, order):
    """U6: nobody without history comes later than first; one each, then again."""
    found, state = who(route({1: 0.2, 2: 0.5, 3: None}, strategy), 7)
    assert found == (order * 3)[:7]
    assert {u: turn for u, (_c, turn) in state[1].items()} == {
        order[0]: 3,
        order[1]: 2,
        order[2]: 2,
    }


def test_a_round_goes_on_in_the_next_block():
    """U6: who had one of this round waits for the others, whatever the rates."""
    found, state = who(route({1: 0.2, 2: 0.5, 3: 0.9}), 1)
    assert found == [3]
    turns = {u: turn for u, (_c, turn) in state[1].items()}
    # 3 is still the best, 1 has become better than 2
    found, _state = who(route({1: 0.6, 2: 0.5, 3: 0.9}, turns=turns), 3)
    assert found == [1, 2, 3]


def test_who_was_away_does_not_catch_up():
    """U6: missed rounds are missed."""
    turns = {1: 9, 2: 9, 3: 2}
    found, _state = who(route({1: 0.9, 2: 0.5, 3: 0.1}, turns=turns), 4)
    assert found == [3, 1, 2, 3]
    found, _state = who(route({1: 0.9, 2: 0.5}, out={1}), 2)
    assert found == [2, 2]


def test_the_trace_has_the_rate():
    """B1: the explanation shows the rates that decided."""
    decisions, _state = decide(
        [route({1: 0.2, 2: 0.5})], [Person(1), Person(2)], [Request(1, ((1, ""),))]
    )
    assert decisions[0].trace["chosen"][3] == 0.5
    assert decisions[0].trace["next"][0][3] == 0.2
