"""The parts of a day in which a route is open."""

from engine.week import DAY, STEP, open_parts

PARTS = DAY // STEP


def test_all_day_and_never():
    assert open_parts([True] * PARTS) == [(0, DAY)]
    assert open_parts([False] * PARTS) == []


def test_hours_with_a_break():
    hours = [
        9 <= place * STEP / 60 < 13 or place * STEP / 60 >= 14 for place in range(PARTS)
    ]
    assert open_parts(hours) == [(9 * 60, 13 * 60), (14 * 60, DAY)]


def test_alone_and_at_the_ends():
    assert open_parts([True, False, True], step=60) == [(0, 60), (120, 180)]
