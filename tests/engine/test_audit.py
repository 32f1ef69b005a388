"""The checks of the ledger find each contradiction, and nothing in a sound ledger."""

from datetime import datetime, timedelta

import pytest
from engine.audit import Lead, Row, audit, over_limits

NOW = datetime(2026, 11, 28, 12)
HOUR = timedelta(hours=1)

SOUND = [
    (Lead(1, "assigned", user=7), [Row(1, 1, 7, "assigned")]),
    (
        Lead(1, "assigned", user=7),
        [Row(1, 1, 8, "released"), Row(2, 1, 8, "undone"), Row(3, 1, 7, "assigned")],
    ),
    (
        Lead(1, "offered"),
        [Row(1, 1, 7, "offered", deadline=NOW), Row(2, 1, 8, "declined")],
    ),
    (Lead(1, "pool"), [Row(1, 1, None, "unplaced"), Row(2, 1, 8, "expired")]),
    (Lead(1, "pending", since=NOW - HOUR / 2), []),
    (Lead(1, "none", user=7), []),
    (Lead(1, "none", user=7), [Row(1, 1, 7, "removed")]),
    # closed and merged leads keep their assignment
    (Lead(1, "none", user=7), [Row(1, 1, 7, "assigned")]),
]

BROKEN = [
    (
        "two_owners",
        Lead(1, "assigned", user=7),
        [Row(1, 1, 7, "assigned"), Row(2, 1, 8, "assigned")],
    ),
    ("no_row", Lead(1, "assigned", user=7), [Row(1, 1, 7, "released")]),
    ("other_owner", Lead(1, "assigned", user=7), [Row(1, 1, 8, "assigned")]),
    ("other_owner", Lead(1, "assigned"), [Row(1, 1, 8, "assigned")]),
    ("row_left", Lead(1, "pool"), [Row(1, 1, 8, "assigned")]),
    ("row_left", Lead(1, "pending", since=NOW), [Row(1, 1, 8, "assigned")]),
    ("no_offer", Lead(1, "offered"), [Row(1, 1, 8, "expired")]),
    (
        "offer_left",
        Lead(1, "assigned", user=7),
        [Row(1, 1, 7, "assigned"), Row(2, 1, 8, "offered")],
    ),
    ("pool_owned", Lead(1, "pool", user=7), []),
    ("pending_left", Lead(1, "pending", since=NOW - 2 * HOUR), []),
    (
        "expired_left",
        Lead(1, "offered"),
        [Row(1, 1, 7, "offered", deadline=NOW - 2 * HOUR)],
    ),
    (
        "answer_before",
        Lead(1, "none"),
        [Row(1, 1, 7, "released", date=NOW, answered=NOW - HOUR)],
    ),
]


@pytest.mark.parametrize(("lead", "rows"), SOUND)
def test_sound(lead, rows):
    assert audit([lead], rows, NOW) == []


@pytest.mark.parametrize(("code", "lead", "rows"), BROKEN)
def test_broken(code, lead, rows):
    (found,) = audit([lead], rows, NOW)
    assert (found.code, found.lead) == (code, lead.id)


def test_each_code_is_tried():
    """A code of the docstring that no case above makes would be no check."""
    named = {
        word.strip("`")
        for word in audit.__doc__.split("Codes:")[1].split(":param")[0].split()
        if word.startswith("``")
    }
    assert named == {code for code, _lead, _rows in BROKEN}


def test_over_limits():
    rows = [(7, "mon"), (7, "mon"), (7, "tue"), (8, "mon"), (8, "mon"), (8, "mon")]
    assert over_limits(rows, {7: 1}) == [(7, "mon", 2, 1)]
    assert over_limits(rows, {7: 2}) == []
