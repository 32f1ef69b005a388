"""How somebody's day looks, from absences, shifts and a pause."""

from datetime import datetime, timedelta

from engine.people_days import day_state, overlap

DAY = datetime(2026, 3, 2)
NEXT = DAY + timedelta(days=1)


def at(hour):
    return DAY + timedelta(hours=hour)


WORK = [(at(9), at(13)), (at(14), at(18))]


def test_states():
    assert day_state(DAY, NEXT, [], WORK) == "here"
    assert day_state(DAY, NEXT, [], None) == "here"
    assert day_state(DAY, NEXT, [], []) == "off"
    assert day_state(DAY, NEXT, [], WORK, paused=True) == "paused"
    assert day_state(DAY, NEXT, [(at(9), at(18))], WORK) == "absent"
    assert day_state(DAY, NEXT, [(at(8), at(10))], WORK) == "part"
    assert day_state(DAY, NEXT, [(at(8), at(20))], WORK, paused=True) == "absent"
    assert day_state(DAY, NEXT, [(at(13), at(14))], WORK) == "here"


def test_work_of_other_days():
    assert day_state(NEXT, NEXT + timedelta(days=1), [], WORK) == "off"


def test_what_overlaps_counts_once():
    spans = [(at(1), at(4)), (at(2), at(3)), (at(3), at(5))]
    assert overlap(spans, DAY, NEXT) == timedelta(hours=4)
    assert overlap([(at(-5), at(30))], DAY, NEXT) == timedelta(hours=24)
