"""How a day of somebody looks: there, absent, not on shift, paused."""

from datetime import timedelta


def overlap(spans, start, end):
    """How long spans take up of the time between two moments.

    :param spans: ``[(from, until), ...]``, in any order; what overlaps counts once
    :param start: datetime, of the same clock
    :param end: datetime, of the same clock
    :returns: timedelta
    """
    total, place = timedelta(0), start
    for begin, stop in sorted(spans):
        begin, stop = max(begin, place), min(stop, end)
        if stop > begin:
            total += stop - begin
            place = stop
    return total


def day_state(start, end, absences, shifts, paused=False):
    """Say how somebody's day looks.

    :param start: datetime at which the day begins
    :param end: datetime at which it ends
    :param absences: ``[(from, until), ...]``
    :param shifts: ``[(from, until), ...]`` of work, None for who works at any time
    :param paused: whether they get no leads that day
    :returns: ``off`` (no work that day), ``absent``, ``part`` (absent for some of the
        work), ``paused`` or ``here``
    """
    work = [(start, end)] if shifts is None else shifts
    work = [(max(a, start), min(b, end)) for a, b in work if a < end and b > start]
    hours = overlap(work, start, end)
    if not hours:
        return "off"
    away = sum((overlap(absences, a, b) for a, b in work), timedelta(0))
    if away >= hours:
        return "absent"
    if paused:
        return "paused"
    return "part" if away else "here"
