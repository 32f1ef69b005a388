"""The engine alone: tables and properties, no database (O6 O7 O13 O14 K4 K5 U6
B5 B6, and the invariant that the same input gives the same decisions)."""

import pytest
from engine import Candidate, Engine, Person, Request, Route, decide
from hypothesis import given, settings
from hypothesis import strategies as st


def group(*targets, **values):
    return tuple(
        Candidate(user_id=n, order=n, target=target, **values)
        for n, target in enumerate(targets, 1)
    )


def give(route, count, people=(), **values):
    requests = [Request(n, ((route.route_id, ""),), **values) for n in range(count)]
    return decide([route], people, requests)


@pytest.mark.parametrize("strategy", ["workload", "fair_share"])
def test_never_more_than_one_lead_ahead(strategy):
    """O7 B5: five targets, 1,500 leads, checked at every step."""
    targets = (10, 20, 30, 40, 50)
    engine = Engine([Route(1, group(*targets), strategy)], [])
    got = dict.fromkeys(range(1, 6), 0)
    for count in range(1, 1501):
        got[engine.decide(Request(count, ((1, ""),))).user_id] += 1
        for user_id, target in enumerate(targets, 1):
            owed = count * target / sum(targets)
            assert got[user_id] - owed < 1
    assert [got[n] for n in range(1, 6)] == [100, 200, 300, 400, 500]


@settings(max_examples=150, deadline=None)
@given(
    targets=st.lists(st.integers(1, 60), min_size=1, max_size=9),
    count=st.integers(1, 200),
    strategy=st.sampled_from(["workload", "fair_share"]),
    blocks=st.integers(1, 5),
)
def test_share_owed_over_blocks(targets, count, strategy, blocks):
    """B5: also when the month arrives in blocks, each with its own engine."""
    got = dict.fromkeys(range(1, len(targets) + 1), 0)
    state, given_out = {}, 0
    for _block in range(blocks):
        candidates = tuple(
            Candidate(n, n, target, load=got[n], credit=state.get(n, (0, 0))[0])
            for n, target in enumerate(targets, 1)
        )
        decisions, new = give(Route(1, candidates, strategy), count)
        state.update(new.get(1, {}))
        for decision in decisions:
            got[decision.user_id] += 1
            given_out += 1
            for n, target in enumerate(targets, 1):
                assert got[n] - given_out * target / sum(targets) < 1 + 1e-6
    if strategy == "fair_share":
        assert sum(credit for credit, _turn in state.values()) == pytest.approx(
            0, abs=1e-6
        )


@settings(max_examples=150, deadline=None)
@given(
    targets=st.lists(st.integers(1, 60), min_size=1, max_size=9),
    weights=st.lists(st.floats(0.1, 10), min_size=1, max_size=200),
    strategy=st.sampled_from(["workload", "fair_share"]),
)
def test_share_owed_by_value(targets, weights, strategy):
    """B7: of leads that count differently, nobody is ever further ahead of the units
    owed than the heaviest lead."""
    engine = Engine([Route(1, group(*targets), strategy)], [])
    got = dict.fromkeys(range(1, len(targets) + 1), 0.0)
    total = heaviest = 0.0
    for number, weight in enumerate(weights):
        decision = engine.decide(Request(number, ((1, ""),), weight=weight))
        assert decision.units == weight
        got[decision.user_id] += weight
        total, heaviest = total + weight, max(heaviest, weight)
        for user_id, target in enumerate(targets, 1):
            owed = total * target / sum(targets)
            assert got[user_id] - owed < heaviest + 1e-6


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_same_input_same_decisions(data):
    """Invariant 3: decisions and explanations repeat, whatever the order of
    the people that come in."""
    size = data.draw(st.integers(1, 8))
    routes = []
    for route_id in range(1, data.draw(st.integers(1, 4)) + 1):
        candidates = tuple(
            Candidate(
                n,
                data.draw(st.integers(0, 3)),
                data.draw(st.integers(0, 30)),
                data.draw(st.integers(0, 30)),
                exclusion=data.draw(st.sampled_from(["", "", "", "absent"])),
            )
            for n in range(1, size + 1)
        )
        strategy = data.draw(st.sampled_from(["workload", "round_robin", "fair_share"]))
        routes.append(Route(route_id, candidates, strategy))
    people = [
        Person(
            n, data.draw(st.integers(0, 9)), data.draw(st.none() | st.integers(0, 5))
        )
        for n in range(1, size + 1)
    ]
    requests = [
        Request(
            n,
            tuple(
                (r.route_id, data.draw(st.sampled_from(["", "no_match"])))
                for r in routes
            ),
            advisors=((data.draw(st.integers(1, size + 1)), "known_advisor"),),
        )
        for n in range(data.draw(st.integers(1, 30)))
    ]
    one = decide(routes, people, requests)
    assert one == decide(routes, list(reversed(people)), requests)
    # and nobody got what the rows forbid
    capacity = {p.user_id: p.capacity for p in people}
    for decision in one[0]:
        if decision.user_id is None:
            continue
        route = routes[decision.route_id - 1]
        candidate = next(c for c in route.candidates if c.user_id == decision.user_id)
        assert not candidate.exclusion
        assert candidate.target > 0 or decision.reason == "known_advisor"
        if capacity[decision.user_id] is not None:
            capacity[decision.user_id] -= 1
            assert capacity[decision.user_id] >= 0


@settings(max_examples=60, deadline=None)
@given(
    loads=st.lists(st.integers(0, 40), min_size=2, max_size=6),
    targets=st.lists(st.integers(1, 40), min_size=6, max_size=6),
    count=st.integers(1, 60),
)
def test_strategy_is_the_plain_formula(loads, targets, count):
    """O7: the sorted lists give what the formula gives candidate by candidate."""
    people = range(1, len(loads) + 1)
    target = dict(zip(people, targets, strict=False))
    load = dict(zip(people, loads, strict=True))
    last = dict.fromkeys(people, 0)
    candidates = tuple(Candidate(n, n, target[n], load[n]) for n in people)
    decisions, _state = give(Route(1, candidates), count)
    for place, decision in enumerate(decisions, 1):
        total, units = sum(target.values()), sum(load.values())
        plain = min(
            people,
            key=lambda n: (load[n] * total - target[n] * (units + 1), last[n], n),
        )
        assert decision.user_id == plain
        load[plain] += 1
        last[plain] = place


def test_everybody_to_100_percent_then_on():
    """O7: past 100 % leads keep flowing evenly."""
    decisions, _state = give(Route(1, group(2, 4)), 18)
    got = [d.user_id for d in decisions]
    assert (got[:6].count(1), got[:6].count(2)) == (2, 4)
    assert (got.count(1), got.count(2)) == (6, 12)


def test_ties_longest_without_a_lead_then_order():
    people = [Person(1, last=7), Person(2, last=3), Person(3, last=3)]
    decisions, _state = give(Route(1, group(5, 5, 5)), 3, people)
    assert [d.user_id for d in decisions] == [2, 3, 1]


def test_round_robin_one_each_then_again():
    """U6: in the order of the list; the turn is remembered."""
    decisions, state = give(Route(1, group(1, 1, 1), "round_robin"), 4)
    assert [d.user_id for d in decisions] == [1, 2, 3, 1]
    candidates = tuple(
        Candidate(n, n, turn=state[1].get(n, (0, 0))[1]) for n in (1, 2, 3)
    )
    decisions, _state = give(Route(1, candidates, "round_robin"), 2)
    assert [d.user_id for d in decisions] == [2, 3]


def test_round_robin_ignores_leads_of_other_routes():
    in_turn = Route(1, group(1, 1), "round_robin")
    other = Route(2, group(1), "workload")
    requests = [Request(1, ((2, ""),)), Request(2, ((1, ""),)), Request(3, ((1, ""),))]
    decisions, _state = decide([in_turn, other], [], requests)
    assert [d.user_id for d in decisions] == [1, 1, 2]


def test_units_of_all_routes_count_together():
    """Unit: what one route gave is load on every other."""
    routes = [Route(1, group(10, 10)), Route(2, group(10))]
    requests = [Request(n, ((2, ""),)) for n in range(3)]
    requests += [Request(n, ((1, ""),)) for n in range(3, 8)]
    decisions, _state = decide(routes, [], requests)
    assert [d.user_id for d in decisions] == [1, 1, 1, 2, 2, 2, 1, 2]


def test_known_advisor_past_the_target_not_past_the_limit():
    """O13: the target may be passed, a hard limit not."""
    candidates = (Candidate(1, 1, 10), Candidate(2, 2, 1, load=50))
    advisors = ((2, "known_advisor"),)
    people = [Person(2, capacity=1, capacity_code="limit_day")]
    decisions, _state = give(Route(1, candidates), 2, people, advisors=advisors)
    assert [(d.user_id, d.reason) for d in decisions] == [
        (2, "known_advisor"),
        (1, "strategy"),
    ]
    assert decisions[1].trace["advisors"] == [[2, "known_advisor", "limit_day"]]
    assert decisions[1].trace["excluded"] == {"limit_day": 1}


def test_known_advisor_without_target():
    """O6 O13: target 0 means nothing by strategy, the own customers still."""
    route = Route(1, (Candidate(1, 1, 0), Candidate(2, 2, 5)))
    decisions, _state = give(route, 1, advisors=((1, "known_advisor"),))
    assert decisions[0].user_id == 1
    assert give(route, 1)[0][0].user_id == 2
    decisions, _state = give(Route(1, (Candidate(1, 1, 0),)), 1)
    assert (decisions[0].user_id, decisions[0].reason) == (None, "nobody")
    assert decisions[0].trace["excluded"] == {"no_target": 1}


def test_former_advisor_when_the_known_one_is_not_eligible():
    """O14"""
    candidates = (Candidate(1, 1, exclusion="absent"), Candidate(2, 2), Candidate(3, 3))
    advisors = ((1, "known_advisor"), (9, "former_advisor"), (3, "former_advisor"))
    decisions, _state = give(Route(1, candidates), 1, advisors=advisors)
    assert (decisions[0].user_id, decisions[0].reason) == (3, "former_advisor")
    assert decisions[0].trace["advisors"] == [
        [1, "known_advisor", "absent"],
        [9, "former_advisor", "not_candidate"],
        [3, "former_advisor", ""],
    ]


def test_route_may_ignore_known_advisors():
    route = Route(1, group(5, 5), prefer_known=False)
    decisions, _state = give(route, 1, advisors=((2, "known_advisor"),))
    assert decisions[0].user_id == 1


def test_first_route_with_somebody_eligible():
    """K4: the order is the priority, and the trace says why not."""
    routes = [
        Route(1, group(5)),
        Route(2, (Candidate(1, 1, exclusion="absent"),)),
        Route(3, group(5)),
    ]
    request = Request(1, ((1, "no_match"), (2, ""), (3, "")))
    (decision,), _state = decide(routes, [], [request])
    assert (decision.user_id, decision.route_id) == (1, 3)
    assert decision.trace["routes"] == [[1, "no_match"], [2, "nobody"], [3, "taken"]]


def test_direct_route_wins_over_all():
    """K5: whatever its place; if its user is not eligible, the ordinary ones."""
    direct = Route(2, (Candidate(7),), direct=True)
    routes = [Route(1, group(5)), direct]
    request = Request(1, ((1, ""), (2, "")), advisors=((1, "known_advisor"),))
    (decision,), _state = decide(routes, [], [request])
    assert (decision.user_id, decision.reason) == (7, "direct")
    routes[1] = Route(2, (Candidate(7, exclusion="paused"),), direct=True)
    (decision,), _state = decide(routes, [], [request])
    assert (decision.user_id, decision.reason) == (1, "known_advisor")
    assert decision.trace["routes"] == [[2, "nobody"], [1, "taken"]]


def test_nothing_matches_and_nobody_left():
    """K12: the reasons of the pool."""
    route = Route(
        1, (Candidate(1, exclusion="absent"), Candidate(2, exclusion="paused"))
    )
    decisions, _state = decide(
        [route], [], [Request(1, ((1, "no_match"),)), Request(2, ((1, ""),))]
    )
    assert [(d.user_id, d.route_id, d.reason) for d in decisions] == [
        (None, None, "no_route"),
        (None, 1, "nobody"),
    ]
    assert decisions[1].trace["excluded"] == {"absent": 1, "paused": 1}


def test_skipped_people_have_no_share_in_the_lead():
    route = Route(1, group(10, 10, 10))
    request = Request(1, ((1, ""),), skip={1: "had_it", 2: "had_it"})
    (decision,), _state = decide([route], [], [request])
    assert decision.user_id == 3
    assert decision.trace.get("next") is None


def test_fair_share_while_people_come_and_go():
    """B6: whoever is away is credited nothing and owes nothing."""
    credit = dict.fromkeys((1, 2, 3), 0.0)
    got = dict.fromkeys(credit, 0)
    owed = dict.fromkeys(credit, 0.0)
    for block in range(30):
        away = block % 4  # 0: nobody
        candidates = tuple(
            Candidate(
                n, n, 10, credit=credit[n], exclusion="absent" if n == away else ""
            )
            for n in credit
        )
        here = [n for n in credit if n != away]
        decisions, state = give(Route(1, candidates, "fair_share"), 1 + block % 5)
        for decision in decisions:
            got[decision.user_id] += 1
            for n in here:
                owed[n] += 1 / len(here)
        for n, (value, _turn) in state[1].items():
            credit[n] = value
        for n in credit:
            assert abs(got[n] - owed[n]) < 2
            assert credit[n] == pytest.approx(owed[n] - got[n], abs=1e-6)


def test_fair_share_limit_reached_within_a_block():
    """B6: shares change hands when somebody is full, nothing is lost."""
    people = [Person(1, capacity=2, capacity_code="limit_day")]
    decisions, state = give(Route(1, group(10, 10), "fair_share"), 10, people)
    got = [d.user_id for d in decisions]
    assert (got.count(1), got.count(2)) == (2, 8)
    assert sum(credit for credit, _turn in state[1].values()) == pytest.approx(
        0, abs=1e-6
    )


def test_explanation_names_the_next_five():
    """B1"""
    decisions, _state = give(Route(1, group(*[10] * 9)), 1)
    trace = decisions[0].trace
    assert trace["chosen"] == [1, 0, 10, pytest.approx(1 / 9, abs=0.001)]
    assert [row[0] for row in trace["next"]] == [2, 3, 4, 5, 6]


def test_unknown_strategy_is_refused():
    with pytest.raises(KeyError):
        decide([Route(1, group(1), "lottery")], [], [])
