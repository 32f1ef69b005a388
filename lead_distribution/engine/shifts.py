"""Working hours of salespeople: who is on shift, and whose shift begins first (P1)."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Shifts:
    """When somebody works.

    :param spans: ``((start, stop, whether the day ends then), ...)`` in order, without
        overlaps, as moments of one clock
    :param always: whether there are no fixed hours: always on shift
    """

    spans: tuple = ()
    always: bool = False

    def on(self, at, early=0):
        """Whether somebody is on shift.

        :param early: so many minutes before the end of the day are none any more
        """
        if self.always:
            return True
        place = bisect_right(self.spans, (at, datetime.max)) - 1
        if place < 0:
            return False
        start, stop, ends = self.spans[place]
        return start <= at < stop - timedelta(minutes=early if ends else 0)

    def begins(self, at, early=0):
        """When the next shift begins, for who is on none; None if none is known."""
        for start, stop, ends in self.spans[bisect_right(self.spans, (at,)) :]:
            if start > at and stop - timedelta(minutes=early if ends else 0) > start:
                return start
        return None

    def gaps(self, start, end):
        """Return ``[(from, until), ...]`` without work between two moments."""
        if self.always:
            return []
        found = []
        for begin, stop, _ends in self.spans:
            if begin >= end:
                break
            if begin > start:
                found.append((start, begin))
            start = max(start, stop)
        if start < end:
            found.append((start, end))
        return found


def uncovered(people, opening, start, end, within, step=timedelta(minutes=30)):
    """Find when a route is open and nobody is on shift, nor soon.

    :param people: iterable of :class:`Shifts`
    :param opening: a function of a moment, whether the route is open
    :param within: timedelta; whose shift begins that soon takes leads already
    :returns: ``[(from, until), ...]`` in whole steps
    """
    people, found = list(people), []
    at = start
    while at < end:
        if opening(at) and not any(
            shifts.on(at) or covers(shifts, at, within) for shifts in people
        ):
            if found and found[-1][1] == at:
                found[-1] = (found[-1][0], at + step)
            else:
                found.append((at, at + step))
        at += step
    return found


def covers(shifts, at, within):
    """Whether somebody's next shift begins soon enough."""
    begins = shifts.begins(at) if within else None
    return begins is not None and begins - at <= within
