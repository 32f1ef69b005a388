"""Deputies of salespeople who are away (P6), the engine alone."""

from engine import Candidate, Person, Request, Route, decide
from engine.deputies import deputies
from hypothesis import given
from hypothesis import strategies as st

A, B, C, D = 1, 2, 3, 4
UNTIL = "2026-12-14 00:00:00"


def away(user_id, deputy=None):
    return Person(user_id, exclusion="absent", deputy=deputy, until=UNTIL)


def route(*users, **values):
    absent = values.pop("absent", ())
    return Route(
        1,
        tuple(
            Candidate(user, n, exclusion="absent" if user in absent else "")
            for n, user in enumerate(users)
        ),
        **values,
    )


def ask(lead_id=1, advisor=A, reason="known_advisor", **values):
    return Request(lead_id, ((1, ""),), advisors=((advisor, reason),), **values)


def one(routes, people, request):
    (decision,), _state = decide(routes, people, [request])
    return decision


def test_deputy_of_the_advisor():
    """On the route or not; the explanation says for whom, and until when."""
    for users in ((A, B, C), (A, C)):
        people = [away(A, B), Person(B), Person(C)]
        found = one([route(*users, absent=[A])], people, ask())
        assert (found.user_id, found.reason, found.route_id) == (B, "deputy", 1)
        assert found.trace["deputies"] == [[A, UNTIL, B]]
        assert found.trace["advisors"] == [
            [A, "known_advisor", "absent"],
            [B, "deputy", ""],
        ]


def test_deputy_counts_for_the_next():
    """What a deputy gets counts like any other lead, and so do their limits."""
    people = [away(A, B), Person(B, capacity=1, capacity_code="limit_day"), Person(C)]
    routes = [route(A, B, C, absent=[A])]
    decisions, _state = decide(routes, people, [ask(n) for n in range(2)])
    assert [d.user_id for d in decisions] == [B, C]
    assert decisions[1].trace["advisors"][1] == [B, "deputy", "limit_day"]
    assert "deputies" not in decisions[1].trace


def test_who_cannot_take_it():
    """Excluded, passed over for this lead, or without skills: then as without them."""
    for person, skip in (
        (Person(B, exclusion="company"), {}),
        (Person(B), {B: "had_it"}),
    ):
        people = [away(A, B), person, Person(C)]
        found = one([route(A, C, absent=[A])], people, ask(skip=skip))
        assert (found.user_id, found.reason) == (C, "strategy")


def test_chain_of_two_and_no_circle():
    people = [away(A, B), away(B, C), Person(C), Person(D)]
    found = one([route(A, D, absent=[A])], people, ask())
    assert (found.user_id, found.reason) == (C, "deputy")
    assert found.trace["deputies"] == [[A, UNTIL, B], [B, UNTIL, C]]
    # a third is not asked, nor is anybody twice
    people = [away(A, B), away(B, C), away(C, D), Person(D)]
    assert one([route(A, D, absent=[A])], people, ask()).reason == "strategy"
    people = [away(A, B), away(B, A), Person(D)]
    assert one([route(A, D, absent=[A])], people, ask()).user_id == D


def test_only_while_away_and_only_of_their_customers():
    people = [Person(A, deputy=B), Person(B), Person(C)]
    assert one([route(A, C)], people, ask()).user_id == A
    people = [away(A, B), Person(B), Person(C)]
    # a route that does not skip the absent
    assert one([route(A, C)], people, ask()).user_id == A
    # whose customer it was once
    found = one([route(A, C, absent=[A])], people, ask(reason="former_advisor"))
    assert (found.user_id, found.reason) == (C, "strategy")
    # a route on which customers have no advisors
    lone = route(A, C, absent=[A], prefer_known=False)
    assert one([lone], people, ask()).reason == "strategy"


def test_open_inquiry_of_the_same_person():
    """The deputy gets it, past the routes as well, and the one after it, too."""
    people = [away(A, B), Person(B), Person(C)]
    keeper = Request(1, (), advisors=((A, "duplicate"),), keeper=A)
    found = one([route(C)], people, keeper)
    assert (found.user_id, found.reason, found.route_id) == (B, "deputy", None)
    assert found.trace["keeper"] == [A, "absent"]
    assert found.trace["deputies"] == [[A, UNTIL, B]]


@given(
    st.dictionaries(st.integers(1, 6), st.integers(1, 6)), st.sets(st.integers(1, 6))
)
def test_never_in_circles(named, absent):
    people = {
        n: Person(n, exclusion="absent" if n in absent else "", deputy=named.get(n))
        for n in range(1, 7)
    }
    for user_id in people:
        line = deputies(people, user_id)
        everybody = [user_id] + [deputy for _away, _until, deputy in line]
        assert len(line) <= 2 and len(set(everybody)) == len(everybody)
        assert all(who in absent for who, _until, _deputy in line[1:])
