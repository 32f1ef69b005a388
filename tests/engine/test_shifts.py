"""Own working hours: who is on shift, whose shift begins first, and who takes what
meanwhile (P1)."""

import time
from datetime import datetime, timedelta

import pytest
from engine import Candidate, Engine, Request, Route, Shifts, decide, uncovered
from hypothesis import given, settings
from hypothesis import strategies as st

HOUR = 3600
NINE, FIVE = datetime(2025, 9, 10, 9), datetime(2025, 9, 10, 17)
DAY = timedelta(days=1)
DAYS = Shifts(((NINE, FIVE, True), (NINE + DAY, FIVE + DAY, True)))


def off(user_id, hours=None, **values):
    begins = None if hours is None else int(hours * HOUR)
    return Candidate(user_id, user_id, exclusion="off_shift", begins=begins, **values)


def route(*candidates, fallback="next_shift", within=12 * HOUR, **values):
    return Route(1, tuple(candidates), fallback=fallback, within=within, **values)


def ask(number, **values):
    return Request(number, ((1, ""),), **values)


def takers(found):
    return [decision.user_id for decision in found[0]]


def test_on_shift():
    """P1: from the first minute; early stop is counted from the end of the day."""
    minute = timedelta(minutes=1)
    assert [DAYS.on(at) for at in (NINE - minute, NINE, FIVE - minute, FIVE)] == [
        False,
        True,
        True,
        False,
    ]
    assert not DAYS.on(FIVE - 29 * minute, 30)
    assert DAYS.on(FIVE - 31 * minute, 30)
    lunch = Shifts(((NINE, NINE + 3 * minute, False), (NINE + 9 * minute, FIVE, True)))
    assert lunch.on(NINE + 2 * minute, 30)
    assert not lunch.on(NINE + 3 * minute)
    assert Shifts(always=True).on(NINE)
    assert not Shifts().on(NINE)


def test_begins():
    assert DAYS.begins(NINE - DAY) == NINE
    assert DAYS.begins(NINE) == NINE + DAY
    assert DAYS.begins(FIVE) == NINE + DAY
    assert DAYS.begins(NINE + DAY) is None
    assert DAYS.begins(NINE - DAY, 8 * 60) is None, "it would end before it begins"


def test_gaps():
    assert DAYS.gaps(NINE, NINE + DAY) == [(FIVE, NINE + DAY)]
    assert DAYS.gaps(FIVE - DAY, FIVE + 2 * DAY) == [
        (FIVE - DAY, NINE),
        (FIVE, NINE + DAY),
        (FIVE + DAY, FIVE + 2 * DAY),
    ]
    assert Shifts(always=True).gaps(NINE, FIVE) == []


def test_uncovered():
    """P1: a shift that nobody has."""
    day = (NINE - timedelta(hours=9), NINE + timedelta(hours=15))
    found = uncovered([DAYS], lambda at: True, *day, timedelta())
    assert found == [(day[0], NINE), (FIVE, day[1])]
    found = uncovered([DAYS], lambda at: at > NINE, *day, timedelta(hours=12))
    assert found == [(FIVE, NINE + timedelta(hours=12))]


def test_who_is_on_shift_takes_it():
    """P1: outside of their hours nobody takes a lead while somebody is there."""
    found = decide([route(off(1, 2), Candidate(2, 2))], [], [ask(1), ask(2)])
    assert takers(found) == [2, 2]
    assert found[0][0].trace["excluded"] == {"off_shift": 1}


def test_next_shift():
    """P1: nobody is on shift: whose begins first, in turns; not after N hours."""
    people = off(1, 9), off(2, 3), off(3, 3), off(4)
    found = decide([route(*people)], [], [ask(n) for n in range(4)])
    assert takers(found) == [2, 3, 2, 3]
    assert found[0][0].trace["begins"] == 3 * HOUR
    assert found[0][0].trace["chosen"][0] == 2
    assert [row[0] for row in found[0][0].trace["next"]] == [3]
    assert takers(decide([route(*people, within=HOUR)], [], [ask(1)])) == [None]
    assert takers(decide([route(*people, fallback="")], [], [ask(1)])) == [None]
    assert takers(decide([route(off(1, 99), within=None)], [], [ask(1)])) == [1]


def test_hold():
    """P1: held until then; the next route is not asked."""
    later = Route(2, (Candidate(9),))
    held = route(off(1, 2), fallback="hold")
    decision = decide([held, later], [], [Request(1, ((1, ""), (2, "")))])[0][0]
    assert (decision.user_id, decision.reason, decision.begins) == (
        None,
        "hold",
        2 * HOUR,
    )
    assert decision.trace["routes"] == [[1, "hold"]]
    # too far away: as if it were not there
    held = route(off(1, 20), fallback="hold")
    decision = decide([held, later], [], [Request(1, ((1, ""), (2, "")))])[0][0]
    assert decision.user_id == 9


def test_somebody_on_shift_who_cannot_take_it():
    """P1: that one lead goes to the next shift, the others to who is here."""
    engine = Engine([route(off(1, 2), Candidate(2, 2))], [])
    assert engine.decide(ask(1, skip={2: "skill"})).user_id == 1
    assert engine.decide(ask(2)).user_id == 2
    assert engine.decide(ask(3)).user_id == 2
    assert engine.decide(ask(4, skip={2: "skill"})).user_id == 1


def test_known_advisor_of_the_next_shift():
    """P1: of those whose shift begins first the customer's advisor, no other one."""
    people = off(1, 3), off(2, 3), off(3, 5)
    known = decide([route(*people)], [], [ask(1, advisors=((2, "known_advisor"),))])
    assert (known[0][0].user_id, known[0][0].reason) == (2, "known_advisor")
    known = decide([route(*people)], [], [ask(1, advisors=((3, "known_advisor"),))])
    assert known[0][0].user_id == 1


def test_limits_hold_off_shift():
    """P1 P7: who is at a limit is not next either; the one after is."""
    people = off(1, 1, capacity=1, capacity_code="member_limit_day"), off(2, 2)
    found = decide([route(*people)], [], [ask(n) for n in range(3)])
    assert takers(found) == [1, 2, 2]


def test_direct_route():
    """P1: the one salesperson of a direct route, when their shift begins in time."""
    direct = route(off(1, 1), direct=True)
    decision = decide([direct], [], [ask(1)])[0][0]
    assert (decision.user_id, decision.reason) == (1, "direct")


night = st.lists(
    st.tuples(st.sampled_from(["on", "off", "off", "later"]), st.integers(1, 40)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(
    people=night,
    strategy=st.sampled_from(["workload", "fair_share", "round_robin"]),
    missing=st.lists(st.sets(st.integers(1, 6), max_size=5), min_size=1, max_size=40),
)
def test_fair_among_those_who_could(people, strategy, missing):
    """P1: each lead is taken by one of those on shift whom it fits, else of those whose
    shift begins first; and fair share owes it to these alone."""
    begins = {"on": None, "off": 2, "later": 4}
    candidates, groups = [], {}
    for user_id, (where, target) in enumerate(people, 1):
        groups.setdefault(begins[where] or 0, set()).add(user_id)
        if where == "on":
            candidates.append(Candidate(user_id, user_id, target))
        else:
            candidates.append(off(user_id, begins[where], target=target))
    engine = Engine([route(*candidates, strategy=strategy)], [])
    owed = dict.fromkeys(range(1, len(people) + 1), 0.0)
    got = dict(owed)
    for number, gone in enumerate(missing):
        could = next(
            (groups[n] - gone for n in sorted(groups) if groups[n] - gone), set()
        )
        decision = engine.decide(ask(number, skip=dict.fromkeys(gone, "skill")))
        assert (decision.user_id in could) if could else decision.user_id is None
        if not could:
            continue
        got[decision.user_id] += 1
        total = sum(people[n - 1][1] for n in could)
        for n in could:
            owed[n] += people[n - 1][1] / total
    if strategy == "fair_share" and any(got.values()):
        credit = engine.state()[1]
        for n in owed:
            assert credit.get(n, (0.0, 0))[0] == pytest.approx(
                owed[n] - got[n], abs=1e-6
            )


@pytest.mark.parametrize("strategy", ["workload", "fair_share", "round_robin"])
def test_speed(strategy):
    """P1: 500 candidates, half of them off shift."""
    people = [
        off(n, n % 7 + 1) if n % 2 else Candidate(n, n, capacity=10_000)
        for n in range(1, 501)
    ]
    requests = [ask(n) for n in range(5000)]
    start = time.process_time()
    decide([route(*people, strategy=strategy)], [], requests)
    assert len(requests) / (time.process_time() - start) > 2000
