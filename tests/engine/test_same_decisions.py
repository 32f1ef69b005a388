"""The quick decision against the simple one: whoever looks at everybody for each lead
comes to the same decisions, with the same explanations (P4)."""

import sys

import pytest
from engine import (
    STRATEGIES,
    Candidate,
    Engine,
    Person,
    Request,
    Route,
    Talents,
    Wants,
)
from engine.strategies.base import COARSE
from engine.strategies.kind import Kind
from hypothesis import given, settings
from hypothesis import strategies as st

LANGUAGES = ("de_DE", "en_GB", "es_ES")
RULES = (
    (),
    (("language", "must"),),
    (("language", "must"), ("skill", "should")),
    (("skill", "must"), ("language", "must")),
    (("skill", "should"), ("language", "should")),
)


class SimpleKind(Kind):
    """Made anew for each lead, and of no help in finding who is due."""

    def __init__(self, skip, targets):
        super().__init__(skip, targets)
        self.few, self.groups = self.groups is not None, None


class Simple:
    """Nothing is kept between leads: keys are put in order for each."""

    def _rebuild(self):
        self.buckets = {}
        for key in sorted(self.keys.values()):
            self.buckets.setdefault(self.targets[key[3]], []).append(key)

    def _insert(self, user_id, y, last):
        order = self.candidates[user_id].order
        self.keys[user_id] = (None, self._tie(user_id, last), order, user_id, y)
        self._put(user_id, y)
        self.total_y += y
        self._rebuild()

    def _remove(self, user_id):
        key = self.keys.pop(user_id)
        self.total_y -= key[4]
        self._rebuild()
        return key

    def _move(self, user_id, y, last):
        self._remove(user_id)
        self._insert(user_id, y, last)

    def _leave(self, user_id):
        self.total_target -= self.targets.pop(user_id)
        return self._remove(user_id)

    def kind_of(self, skip):
        return SimpleKind(skip, self.targets)

    def _lines(self, skip):
        self._rebuild()
        return [
            (target, [key for key in bucket if key[3] not in skip])
            for target, bucket in self.buckets.items()
        ]

    # fair share: to each of those who could have taken it ---------------------

    def _credit(self, weight, kind):
        total = self.total_target
        shared = total - kind.targets
        if shared <= 0:
            return
        rate, users = weight / shared, kind.out
        if kind.few:
            users, rate = [u for u in self.keys if u not in kind.skip], -rate
        else:
            self.given += rate * total
        for user_id in users:
            self._put(user_id, self.keys[user_id][4] + rate * self.targets[user_id])

    def _settle(self):
        if not self.given:
            return
        given, self.given = self.given, 0.0
        for user_id, key in self.keys.items():
            more = self.targets[user_id] * given / self.total_target
            self._put(user_id, key[4] - more)

    def _put(self, user_id, y):
        _coarse, tie, order, _user_id, _y = self.keys[user_id]
        self.keys[user_id] = (y + COARSE, tie, order, user_id, y)


@st.composite
def settings_of(draw):
    """Routes with the same salespeople, and what leads want of them."""
    size = draw(st.integers(1, 40))
    rules = draw(st.sampled_from(RULES))
    some = draw(st.randoms(use_true_random=False))
    targets = draw(st.sampled_from([(10,), (10, 20, 30), (0, 5, 7.5)]))
    limited, off = draw(st.floats(0, 1)), draw(st.sampled_from([0, 0.3, 1]))
    people = [
        Person(
            n,
            some.randrange(50),
            capacity=some.randrange(8) if some.random() < limited else None,
            value_left=some.randrange(400) if some.random() < limited else None,
            exclusion="absent" if some.random() < 0.05 else "",
            talents=Talents(
                frozenset(some.sample(LANGUAGES, some.randrange(4))),
                frozenset(some.sample(range(5), some.randrange(4))),
            ),
            deputy=some.randrange(1, size + 1),
        )
        for n in range(1, size + 1)
    ]

    def candidate(n):
        away = some.random() < off
        exclusion = "off_shift" if away else people[n - 1].exclusion
        return Candidate(
            n,
            some.randrange(size),
            some.choice(targets),
            some.randrange(40) / 4,
            credit=some.randrange(-8, 8) / 4,
            turn=some.randrange(4),
            exclusion=exclusion,
            rate=some.choice([None, 0.25, 0.5]),
            capacity=some.randrange(9) if some.random() < limited / 3 else None,
            begins=some.choice([None, 60, 120]) if away else None,
        )

    routes = [
        Route(
            number,
            tuple(
                candidate(n)
                for n in sorted(some.sample(range(1, size + 1), some.randint(1, size)))
            ),
            strategy,
            fallback=some.choice(["", "next_shift", "hold"]),
            matching=rules,
            relax=some.choice([0, 100]),
            by_count=some.random() < 0.3,
        )
        for number, strategy in enumerate(
            draw(st.lists(st.sampled_from(sorted(STRATEGIES)), min_size=1, max_size=2)),
            1,
        )
    ]
    weighed = draw(st.booleans())
    kept = {some.randint(1, size): "declined" for _n in range(some.randrange(3))}
    requests = [
        Request(
            number,
            tuple(
                (route.route_id, "" if some.random() < 0.9 else "no_match")
                for route in routes
            ),
            tuple(
                (some.randint(1, size), some.choice(["known_advisor", "former"]))
                for _n in range(some.choice([0, 0, 0, 2]))
            ),
            skip=some.choice([{}, {}, kept, {some.randint(1, size): "declined"}]),
            # sums of quarters are exact, in whatever order they are added up
            weight=some.randrange(1, 12) / 4 if weighed else 1.0,
            value=float(some.randrange(100)),
            wants=Wants(
                some.choice(["", *LANGUAGES]),
                frozenset(some.sample(range(5), some.randrange(3))),
            ),
            age=some.choice([None, 50, 200]),
        )
        for number in range(draw(st.integers(1, 80)))
    ]
    return routes, people, requests


def answers(routes, people, requests):
    engine = Engine(routes, people)
    return [engine.decide(request) for request in requests], engine.state()


@settings(max_examples=300, deadline=None)
@given(settings_of())
def test_same_as_the_simple_decision(found):
    """P4: who takes each lead, why, who is next, who is left out, what is kept."""
    quick = answers(*found)
    kept = dict(STRATEGIES)
    try:
        for key, cls in kept.items():
            STRATEGIES[key] = type(f"Simple{cls.__name__}", (Simple, cls), {})
        slow = answers(*found)
    finally:
        STRATEGIES.update(kept)
    for mine, expected in zip(quick[0], slow[0], strict=True):
        assert mine == expected
    assert quick[1] == slow[1]


def instructions(work):
    """How many instructions of Python a piece of work takes."""
    count = 0

    def trace(frame, event, _what):
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_looks_at_few(strategy):
    """P4: a lead that suits ten salespeople is as much work among 1,000 others as
    among 100, once one such lead was there."""
    found = []
    for size in (100, 1000):
        people = [
            Person(n, talents=Talents(frozenset(("de_DE" if n <= 10 else "en_GB",))))
            for n in range(1, size + 1)
        ]
        candidates = tuple(Candidate(n, n, 10 * (1 + n % 3)) for n in range(1, size))
        route = Route(1, candidates, strategy, matching=(("language", "must"),))
        engine = Engine([route], people)
        asked = [Request(n, ((1, ""),), wants=Wants("de_DE")) for n in range(60)]
        for request in asked[:10]:
            engine.decide(request)
        work = instructions(
            lambda e=engine, a=asked: [e.decide(each) for each in a[10:]]
        )
        found.append(work / 50)
    assert found[1] < 1.05 * found[0]
