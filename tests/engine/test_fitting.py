"""Languages, skills and territories: whom a lead suits, and how fair that is (P4)."""

import time

import pytest
from engine import (
    Candidate,
    Engine,
    Person,
    Request,
    Route,
    Talents,
    Territory,
    Wants,
    decide,
    read_postcodes,
)
from engine.fitting import fit, in_postcodes, matches
from hypothesis import given, settings
from hypothesis import strategies as st

A, B, C = 1, 2, 3
SPAIN, FRANCE, BARCELONA, MADRID = 1, 2, 11, 12
LANGUAGE = (("language", "must"),)


def talents(*languages, skills=(), territories=()):
    return Talents(frozenset(languages), frozenset(skills), frozenset(territories))


def route(*user_ids, rules, strategy="workload", **values):
    candidates = tuple(Candidate(n, n) for n in user_ids)
    return Route(1, candidates, strategy, matching=rules, **values)


def ask(number, language="", skills=(), territories=None, **values):
    territories = None if territories is None else frozenset(territories)
    wants = Wants(language, frozenset(skills), territories)
    return Request(number, ((1, ""),), wants=wants, **values)


GERMAN = Person(A, talents=talents("de_DE", "en_GB"))
ENGLISH = Person(B, talents=talents("en_US"))


def takers(found):
    return [decision.user_id for decision in found[0]]


def test_how_well():
    """P4: the language whatever the country, its own better; one tag is enough, more
    are better; of what a lead does not say everybody matches."""
    one = talents("en_US", "pt-BR", skills=(1, 2), territories=(5,))
    assert matches("language", one, Wants("en_US")) == 101
    assert matches("language", one, Wants("en_GB")) == 100
    assert matches("language", one, Wants("pt_PT")) == 100
    assert matches("language", one, Wants("de_DE")) == 0
    assert matches("language", one, Wants()) is None
    assert matches("skill", one, Wants(skills=frozenset((1, 2, 3)))) == 101
    assert matches("skill", one, Wants(skills=frozenset((3,)))) == 0
    assert matches("territory", one, Wants(territories=frozenset())) == 0
    assert matches("territory", one, Wants()) is None
    rules = (("language", "should"), ("skill", "must"))
    found = fit(rules, {A: one, B: talents("de_DE")}, Wants("de_DE", frozenset((1,))))
    assert (found.must, found.should) == ({B: "no_skill"}, {A: "no_language"})


def test_must():
    """P4: nobody who does not match gets it, the customer's advisor neither."""
    routes = [route(A, B, rules=LANGUAGE)]
    requests = [
        ask(1, "de_AT"),
        ask(2, "de_AT"),
        ask(3, "fr_FR"),
        ask(4, "de_DE", advisors=((B, "known_advisor"),)),
    ]
    found = decide(routes, [GERMAN, ENGLISH], requests)
    assert takers(found) == [A, A, None, A]
    assert found[0][0].trace["excluded"] == {"no_language": 1}
    assert found[0][0].trace["spent"] == [[B, "no_language"]]
    assert found[0][2].trace["excluded"] == {"no_language": 2}
    assert found[0][3].trace["advisors"] == [[B, "known_advisor", "no_language"]]


def test_should_is_let_go_when_nobody_is_left():
    """P4: at once where nothing is waited for; it says so. An advisor passes it."""
    routes = [route(A, B, rules=(("language", "should"),))]
    requests = [ask(1, "de_DE"), ask(2, "de_DE"), ask(3, "de_DE")]
    full = Person(A, capacity=2, talents=GERMAN.talents)
    found = decide(routes, [full, ENGLISH], requests)
    assert takers(found) == [A, A, B]
    assert found[0][1].trace["excluded"] == {"no_language": 1}
    assert found[0][2].trace["relaxed"] == "no_language"
    known = ask(1, "de_DE", advisors=((B, "known_advisor"),))
    assert takers(decide(routes, [GERMAN, ENGLISH], [known])) == [B]


def test_should_waits():
    """P4: so many seconds after arrival; not when nobody would take it then."""
    full = Person(A, capacity=0, talents=GERMAN.talents)
    routes = [route(A, B, rules=(("language", "should"),), relax=600)]
    found = decide(
        routes,
        [full, ENGLISH],
        [ask(1, "de_DE", age=100.5), ask(2, "de_DE", age=600.0), ask(3, "de_DE")],
    )[0]
    assert (found[0].user_id, found[0].reason, found[0].begins) == (None, "hold", 500)
    assert [found[1].user_id, found[2].user_id] == [B, B]
    routes = [route(A, rules=(("language", "should"),), relax=600)]
    found = decide(routes, [full], [ask(1, "de_DE", age=0.0)])[0]
    assert found[0].reason == "nobody"


def test_better_match_first():
    """P4: among those whose share allows it, whoever matches best, and no more."""
    people = [
        Person(A, talents=talents(skills=(1,))),
        Person(B, talents=talents(skills=(1, 2))),
        Person(C, talents=talents(skills=(1, 2))),
    ]
    routes = [route(A, B, C, rules=(("skill", "must"),))]
    found = takers(decide(routes, people, [ask(n, skills=(1, 2)) for n in range(6)]))
    assert found == [B, C, A, B, C, A]
    routes = [route(A, B, C, rules=(("skill", "must"),), strategy="round_robin")]
    found = takers(decide(routes, people, [ask(n, skills=(1, 2)) for n in range(6)]))
    assert sorted(found[:3]) == sorted(found[3:]) == [A, B, C]


def test_territory():
    """P4: of a country with chosen states only these; an address must say enough."""
    spain = Territory(1, frozenset({SPAIN}))
    assert spain.contains(SPAIN, None, "") and not spain.contains(FRANCE, None, "")
    assert not spain.contains(None, None, "28001")
    catalonia = Territory(2, frozenset({SPAIN, FRANCE}), {BARCELONA: SPAIN})
    assert catalonia.contains(SPAIN, BARCELONA, "")
    assert not catalonia.contains(SPAIN, MADRID, "")
    assert not catalonia.contains(SPAIN, None, "")
    assert catalonia.contains(FRANCE, None, "")
    centre = Territory(3, frozenset({SPAIN}), postcodes=read_postcodes("28001-28020"))
    assert centre.contains(SPAIN, MADRID, "28013")
    assert not centre.contains(SPAIN, MADRID, "28021")
    assert not centre.contains(FRANCE, None, "28013")
    assert not Territory(4).contains(SPAIN, None, "")


def test_postcodes():
    """P4: ranges, prefixes and single ones, as people write them."""
    codes = read_postcodes("28001-28055, 08*; SW1A 1AA\n00-001 – 02-999, 31-999")
    inside = ("28030", "0801", "sw1a1aa", "01-100", "28030-1234", "31 999")
    outside = ("28056", "1801", "SW1A 1AB", "03-100", "", None, "31-998")
    assert all(in_postcodes(code, codes) for code in inside)
    assert not any(in_postcodes(code, codes) for code in outside)
    assert read_postcodes(None) == ()
    for wrong in ("*", "-", "28055-28001", "1..22"):
        with pytest.raises(ValueError, match=r".+"):
            read_postcodes(wrong)


@given(st.lists(st.integers(0, 99999), min_size=3, max_size=3).map(sorted))
def test_ranges(numbers):
    """P4: what lies between, both ends included."""
    low, middle, high = (f"{number:05}" for number in numbers)
    codes = read_postcodes(f"{low}-{high}")
    assert all(in_postcodes(code, codes) for code in (low, middle, high))
    if high != "99999":
        assert not in_postcodes(f"{int(high) + 1:05}", codes)


who = st.tuples(
    st.sets(st.sampled_from(["de_DE", "en_GB", "pl_PL"])), st.sets(st.integers(1, 3))
)
asked = st.tuples(
    st.sampled_from(["", "de_AT", "en_GB", "pl_PL"]), st.sets(st.integers(1, 3))
)


@settings(max_examples=200, deadline=None)
@given(
    people=st.lists(who, min_size=1, max_size=6),
    leads=st.lists(asked, min_size=1, max_size=40),
    targets=st.lists(st.integers(1, 40), min_size=6, max_size=6),
    rules=st.sampled_from([("must", "must"), ("should", "must"), ("should", "should")]),
    strategy=st.sampled_from(["workload", "fair_share"]),
)
def test_fair_among_those_who_could(people, leads, targets, rules, strategy):
    """P4: nobody who takes a lead is then more than one ahead of their share of what
    those had who could have taken it, however much better they match; and it is one of
    those who match all that should, while there are any."""
    have = {n: talents(*a, skills=b) for n, (a, b) in enumerate(people, 1)}
    candidates = tuple(Candidate(n, n, targets[n - 1]) for n in have)
    rules = (("language", rules[0]), ("skill", rules[1]))
    engine = Engine(
        [Route(1, candidates, strategy, matching=rules)],
        [Person(n, talents=what) for n, what in have.items()],
    )
    got, credit = dict.fromkeys(have, 0), dict.fromkeys(have, 0.0)
    for number, (language, skills) in enumerate(leads):
        wants = Wants(language, frozenset(skills))
        suits = fit(rules, have, wants)
        could = have.keys() - suits.must.keys()
        could = could - suits.should.keys() or could
        decision = engine.decide(ask(number, language, skills))
        taker = decision.user_id
        assert (taker in could) if could else taker is None
        if not could:
            continue
        total = sum(targets[n - 1] for n in could)
        for n in could:
            credit[n] += targets[n - 1] / total
        got[taker] += 1
        share = targets[taker - 1] / total
        if strategy == "workload":
            assert got[taker] - share * sum(got[n] for n in could) < 1 + 1e-6
        else:
            # something is owed to them, or to nobody more
            most = max(credit[n] for n in could)
            assert credit[taker] > -1e-6 or credit[taker] > most - 1e-6
        credit[taker] -= 1


@pytest.mark.parametrize("strategy", ["workload", "fair_share", "round_robin"])
def test_speed(strategy):
    """P4 P1 P7: 500 candidates with skills, shifts and limits."""
    languages = ("de_DE", "en_GB", "fr_FR", "pl_PL", "es_ES")
    people = [
        Person(
            n,
            capacity=10_000,
            value_left=1e9,
            talents=talents(languages[n % 5], languages[n % 3], skills=(n % 7, n % 4)),
        )
        for n in range(1, 501)
    ]
    candidates = tuple(
        Candidate(n, n, capacity=5000)
        if n % 4
        else Candidate(n, n, exclusion="off_shift", begins=n)
        for n in range(1, 501)
    )
    rules = (("language", "must"), ("skill", "should"))
    requests = [
        ask(n, languages[n % 5], skills=(n % 7,), value=float(n % 9))
        for n in range(3000)
    ]
    start = time.process_time()
    decide(
        [Route(1, candidates, strategy, fallback="next_shift", matching=rules)],
        people,
        requests,
    )
    speed = len(requests) / (time.process_time() - start)
    print(strategy, round(speed))
    assert speed > 1000
