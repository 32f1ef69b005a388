"""Who is who: names, numbers, groups; no database."""

import doctest

import pytest
from engine import identity as same
from hypothesis import given
from hypothesis import strategies as st


def test_examples_in_the_documentation():
    assert doctest.testmod(same).failed == 0


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Łukasz Nowak-Żak", "zak NOWAK lukasz", True),
        ("José García", "Garcia, Jose", True),
        ("J. Kowalski", "Jan Kowalski", True),
        ("Kowalsky Jan", "Jan Kowalski", True),
        ("Jan Kowalski", "Maria Nowak", False),
        ("Jan", "Jan Kowalski", False),
        ("J.", "J.", False),
        ("", "Jan Kowalski", False),
    ],
)
def test_names(one, other, alike):
    """V10: accents, order, case, initials and slips."""
    score = same.name_score(same.words_of(one), same.words_of(other))
    assert (score >= same.ALIKE) is alike


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_a_name(one, other):
    """V10: names in any script break nothing; the score is symmetric, 0 to 1."""
    one, other = same.words_of(one), same.words_of(other)
    score = same.name_score(one, other)
    assert 0 <= score <= 1
    assert score == same.name_score(other, one)
    assert same.unlike(one, other) == same.unlike(other, one)


@given(st.text(max_size=60))
def test_any_text_is_a_phone_field(text):
    """V10: whatever is in the field, the answer is a list of E.164 numbers."""
    for number in same.phones_of(text, ["PL", "ES"]):
        assert number[0] == "+" and number[1:].isdigit()


people = st.lists(
    st.builds(
        lambda keys: frozenset(keys),
        st.sets(
            st.tuples(st.sampled_from(["email", "phone"]), st.integers(0, 6)),
            max_size=3,
        ),
    ),
    max_size=12,
)


@given(people)
def test_groups_are_the_connected_ones(keys):
    """V10: without names, exactly those that share keys, over any steps."""
    inquiries = [same.Inquiry(n, found) for n, found in enumerate(keys)]
    group_of = same.groups_of(inquiries)
    together = {n: {n} for n in group_of}
    for _ in inquiries:
        for one in inquiries:
            for other in inquiries:
                if one.keys & other.keys:
                    union = together[one.lead_id] | together[other.lead_id]
                    for lead_id in union:
                        together[lead_id] = union
    for n, root in group_of.items():
        assert root == min(together[n])


def test_shared_by_many_people():
    """V10: four people behind one address; one person four times is one."""
    key = ("email", "desk@x.test")
    many = [
        same.Inquiry(n, frozenset([key, ("phone", n)]), (f"name{n}xyz", f"abc{n}"))
        for n in range(4)
    ]
    names = [("jan", "lis"), ("ewa", "sowa"), ("olga", "wilk"), ("adam", "kot")]
    many = [
        same.Inquiry(i.lead_id, i.keys, words)
        for i, words in zip(many, names, strict=True)
    ]
    assert same.shared_keys(many) == {key}
    one = [
        same.Inquiry(n, frozenset([key, ("phone", n)]), ("jan", "lis"))
        for n in range(9)
    ]
    assert same.shared_keys(one) == set()


def test_keeper_takes_the_repeated_inquiry():
    """V10: past the routes, unless excluded; a unit like any other."""
    from engine import Candidate, Person, Request, Route, decide

    routes = [Route(1, (Candidate(7), Candidate(8)))]
    requests = [
        Request(1, ((1, ""),), keeper=9),
        Request(2, ((1, ""),)),
        Request(3, ((1, ""),), same_as=2),
        Request(4, ((1, ""),), keeper=5),
    ]
    found, _state = decide(routes, [Person(9), Person(5, exclusion="paused")], requests)
    assert [d.user_id for d in found][:3] == [9, 7, 7]
    assert [d.reason for d in found] == [
        "duplicate",
        "strategy",
        "duplicate",
        "strategy",
    ]
    assert found[3].user_id == 8
    assert found[3].trace["keeper"] == [5, "paused"]
