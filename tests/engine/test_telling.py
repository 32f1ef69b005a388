"""How somebody is told of leads (P10): quiet hours and digests; no database."""

from datetime import datetime, timedelta

import pytest
from engine.telling import hold_until, is_quiet, next_at
from hypothesis import given
from hypothesis import strategies as st

NIGHT = datetime(2026, 3, 2, 23, 0)
MORNING = datetime(2026, 3, 3, 7, 0)
NOON = datetime(2026, 3, 2, 12, 0)


@pytest.mark.parametrize(
    ("way", "now", "hours", "deadline", "until"),
    [
        ("mail", NIGHT, (21, 7), None, MORNING),
        ("sms", NIGHT, (21, 7), None, MORNING),
        ("mail", NOON, (21, 7), None, None),
        ("mail", NIGHT, (0, 0), None, None),
        ("bell", NIGHT, (21, 7), None, None),
        ("none", NIGHT, (21, 7), None, None),
        # a digest comes at the end of quiet hours, else at eight
        ("digest", NOON, (21, 7), None, MORNING),
        ("digest", NOON, (0, 0), None, datetime(2026, 3, 3, 8, 0)),
        # an offer that would be over by then is told at once
        ("mail", NIGHT, (21, 7), NIGHT + timedelta(hours=1), None),
        ("mail", NIGHT, (21, 7), MORNING, None),
        ("mail", NIGHT, (21, 7), MORNING + timedelta(minutes=1), MORNING),
        ("digest", NOON, (0, 0), NOON + timedelta(hours=1), None),
    ],
)
def test_hold_until(way, now, hours, deadline, until):
    """P10: what is held, and until when."""
    assert hold_until(way, now, *hours, deadline) == until


@given(
    minute=st.integers(0, 24 * 60 - 1),
    start=st.integers(0, 47).map(lambda half: half / 2),
    end=st.integers(0, 47).map(lambda half: half / 2),
)
def test_quiet_ends(minute, start, end):
    """P10: at the end of quiet hours it is quiet no more, and that is within a day."""
    now = NOON.replace(hour=0) + timedelta(minutes=minute)
    until = hold_until("mail", now, start, end)
    assert (until is None) == (not is_quiet(now, start, end))
    if until:
        assert now < until <= now + timedelta(days=1)
        assert not is_quiet(until, start, end)
    assert now < next_at(now, end) <= now + timedelta(days=1)
