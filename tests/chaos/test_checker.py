"""The judge of the storms: finds what is lost, doubled or not kept; no database."""

import json
import sys
from datetime import datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import checker  # noqa: E402

NOW = datetime(2026, 11, 28, 12)
SOUND = {
    "calls": [
        {"key": "a", "what": "create", "begin": 1, "end": 2, "result": 1},
        # not answered: it may be there or not
        {"key": "b", "what": "create", "begin": 1},
        {
            "key": "c",
            "what": "create",
            "begin": 1,
            "end": 2,
            "error": "OperationalError",
        },
        # merged into another one since
        {"key": "d", "what": "create", "begin": 1, "end": 2, "result": 4},
        {"key": "e", "what": "claim", "uid": 7, "lead": 1, "end": 3, "result": True},
        {
            "key": "f",
            "what": "claim",
            "uid": 8,
            "lead": 1,
            "end": 3,
            "error": "UserError",
        },
        {
            "key": "g",
            "what": "hand",
            "uid": 2,
            "user": 7,
            "lead": 9,
            "end": 3,
            "result": 1,
        },
    ],
    "leads": [(1, "assigned", 7, NOW, "a"), (2, "pool", None, NOW, "b")],
    "rows": [
        (1, 1, 7, "assigned", NOW, None, None, "claim"),
        (2, 2, None, "unplaced", NOW, None, None, "nobody"),
    ],
    "merged": ["d"],
    "limits": {7: 1},
    "at": NOW,
}


def judged(**changes):
    return checker.problems(**{**SOUND, **changes})


def test_sound():
    assert judged() == []


@pytest.mark.parametrize(
    ("word", "changes"),
    [
        ("lost: a", {"leads": SOUND["leads"][1:], "rows": SOUND["rows"][1:]}),
        ("lost: d", {"merged": []}),
        ("doubled: b", {"leads": [*SOUND["leads"], (3, "none", 7, NOW, "b")]}),
        (
            "pending for ever",
            {"leads": [*SOUND["leads"], (3, "pending", None, NOW, "")]},
        ),
        (
            "told and not kept",
            {"calls": [{**SOUND["calls"][4], "uid": 8}]},
        ),
        (
            "the limit is 1",
            {"rows": [*SOUND["rows"], (3, 5, 7, "released", NOW, None, None, "rule")]},
        ),
        ("other_owner", {"leads": [(1, "assigned", 8, NOW, "a"), SOUND["leads"][1]]}),
    ],
)
def test_broken(word, changes):
    found = judged(**changes)
    assert any(word in line for line in found), found


def test_half_a_line(tmp_path):
    """A client killed while it wrote leaves what it had written before."""
    path = tmp_path / "0.jsonl"
    begin = {"key": "a", "what": "create", "begin": 1}
    path.write_text(json.dumps(begin) + "\n" + json.dumps({"key": "a", "end": 2})[:-4])
    assert checker.read_history([path]) == [begin]


def test_fairness():
    rows = [
        (n, n, user, "assigned", NOW, None, None, "") for n, user in enumerate("aab")
    ]
    assert checker.fairness(rows, {0}, {"a", "b"}) == pytest.approx(0.5)
    assert checker.fairness(rows, {2}, {"a", "b"}) == pytest.approx(-0.5)


def test_stretches():
    """Each fault is compared with what was just before it."""
    moments = [("kill", 3.0, 4.0), ("pool", 6.0, 6.5)]
    assert checker.stretches(moments, 1.0, 9.0) == [
        ("kill", (1.0, 3.0), (4.0, 6.0)),
        ("pool", (4.0, 6.0), (6.5, 9.0)),
    ]
    assert checker.stretches([], 1.0, 9.0) == []


def test_share_after():
    """Long stretches count more than short ones; without answers there is no share."""
    share, about = checker.share_after([[10, 1.0, 10, 1.0], [30, 3.0, 28, 3.0]])
    assert (share, about) == (0.95, {"before": 10.0, "after": 9.5})
    assert checker.share_after([]) == (None, {})
    assert checker.share_after([[0, 1.0, 5, 1.0]]) == (None, {})
    assert checker.share_after([[5, 1.0, 0, 0.0]]) == (None, {})
