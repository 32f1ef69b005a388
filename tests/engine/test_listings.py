"""Listings that a text names by their references; no database."""

import doctest

import pytest
from engine import listings
from engine.listings import listings_in, spaced

REFERENCES = {"hh-2": 1, "hh-21": 2, "b/12": 3, "haus 7": 4, "4711": 5}


def test_examples():
    assert doctest.testmod(listings).failed == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ist HH-2 noch frei?", {1}),
        ("Ref. (hh-21).", {2}),
        ("<p>Objekt <b>B/12</b>,</p>", {3}),
        ("https://portal.example/x?id=4711#top", {5}),
        ("ref=HH-2; HH-21", {1, 2}),
        ("das Haus 7 am See", {4}),
        ("HH-210, 47110, B/120", set()),
        ("", set()),
    ],
)
def test_references(text, found):
    assert listings_in(text, REFERENCES, spaced(REFERENCES)) == found
