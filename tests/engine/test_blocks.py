"""Where a backlog is cut into blocks does not matter: each block reads what the one
before it wrote, and decides as if there had been no cut."""

from dataclasses import replace

from engine import STRATEGIES, Candidate, Engine, Person, Request, Route
from hypothesis import given, settings
from hypothesis import strategies as st


class Kept:
    """What the database keeps from block to block."""

    def __init__(self, routes, people):
        self.routes, self.people, self.rows = list(routes), list(people), 0

    def distribute(self, requests):
        """:returns: who got each of the leads"""
        engine = Engine(self.routes, self.people)
        decisions = [engine.decide(request) for request in requests]
        last, units = {}, {}
        for decision in decisions:
            self.rows += 1
            last[decision.user_id] = self.rows
            units[decision.user_id] = units.get(decision.user_id, 0) + decision.units
        self.people = [
            replace(one, last=last.get(one.user_id, one.last)) for one in self.people
        ]
        state = engine.state()
        self.routes = [
            replace(
                route,
                candidates=tuple(
                    self._after(one, units, state.get(route.route_id, {}))
                    for one in route.candidates
                ),
            )
            for route in self.routes
        ]
        return [decision.user_id for decision in decisions]

    @staticmethod
    def _after(one, units, state):
        credit, turn = state.get(one.user_id, (one.credit, one.turn))
        load = one.load + units.get(one.user_id, 0)
        return replace(one, load=load, credit=credit, turn=turn)


@st.composite
def backlogs(draw):
    """Routes with the same salespeople, and leads for them."""
    size = draw(st.integers(1, 12))
    some = draw(st.randoms(use_true_random=False))
    targets = draw(st.sampled_from([(30,), (7,), (10, 20, 30), (0, 5, 7.5)]))
    # of whoever was away something is credited, in fractions
    loads = draw(st.sampled_from([(0,), (0, 1, 2), (1 / 3, 0.1, 2.7)]))
    weights = draw(st.sampled_from([(1.0,), (0.3, 1.0), (0.1, 0.7, 1.1)]))
    routes = [
        Route(
            number,
            tuple(
                Candidate(n, n, some.choice(targets), some.choice(loads))
                for n in sorted(some.sample(range(1, size + 1), some.randint(1, size)))
            ),
            some.choice(sorted(STRATEGIES)),
        )
        for number in range(1, draw(st.integers(1, 4)) + 1)
    ]
    kept = {some.randint(1, size): "declined" for _n in range(some.randrange(4))}
    requests = [
        Request(
            number,
            tuple((r.route_id, some.choice(["", "", "no_match"])) for r in routes),
            tuple(
                (some.randint(1, size), "known_advisor")
                for _n in range(some.choice([0, 0, 0, 2]))
            ),
            skip=some.choice([{}, {}, kept]),
            weight=some.choice(weights),
        )
        for number in range(draw(st.integers(1, 150)))
    ]
    cuts = draw(st.lists(st.integers(1, 60), min_size=1, max_size=20))
    return routes, [Person(n) for n in range(1, size + 1)], requests, cuts


@settings(max_examples=60, deadline=None)
@given(backlogs())
def test_cuts_do_not_matter(found):
    routes, people, requests, cuts = found
    whole = Kept(routes, people).distribute(requests)
    kept, parts, left = Kept(routes, people), [], requests
    for cut in cuts:
        parts += kept.distribute(left[:cut])
        left = left[cut:]
    assert parts + kept.distribute(left) == whole
