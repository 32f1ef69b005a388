"""Figures of a period, made ready for pictures: buckets of time, and balances."""

from dataclasses import dataclass
from datetime import date, timedelta

#: the most days shown one by one, and week by week
MOST_DAYS, MOST_WEEKS_IN_DAYS = 31, 190

#: less than this is nobody ahead and nobody behind
EVEN = 0.05


@dataclass(frozen=True)
class Bucket:
    """A bar of a picture: ``start`` is a date, or the hour of the one day shown."""

    start: date | int
    received: int = 0
    claims: int = 0
    claim_minutes: float = 0.0
    follow_ups: int = 0
    follow_up_minutes: float = 0.0

    @property
    def claim(self):
        """Minutes to a claim on average, None without one."""
        return self.claim_minutes / self.claims if self.claims else None

    @property
    def follow_up(self):
        """Minutes to the first follow-up on average, None without one."""
        return self.follow_up_minutes / self.follow_ups if self.follow_ups else None

    def __add__(self, other):
        return Bucket(
            self.start,
            self.received + other.received,
            self.claims + other.claims,
            self.claim_minutes + other.claim_minutes,
            self.follow_ups + other.follow_ups,
            self.follow_up_minutes + other.follow_up_minutes,
        )


def unit_of(first, last):
    """In which steps a period is shown.

    :param first: date
    :param last: date, included
    :returns: ``hour``, ``day``, ``week`` or ``month``
    """
    days = (last - first).days + 1
    if days <= 1:
        return "hour"
    if days <= MOST_DAYS:
        return "day"
    return "week" if days <= MOST_WEEKS_IN_DAYS else "month"


def _start(unit, first, at):
    if unit == "week":
        return first + timedelta(days=(at - first).days // 7 * 7)
    return at.replace(day=1) if unit == "month" else at


def _starts(unit, first, last):
    if unit == "hour":
        return list(range(24))
    days = ((first + timedelta(days=n)) for n in range((last - first).days + 1))
    return list(dict.fromkeys(_start(unit, first, day) for day in days))


def fold(rows, first, last):
    """Put figures into the steps in which a period is shown, empty ones included.

    :param rows: :class:`Bucket` of days, or of hours where one day is shown
    :param first: date
    :param last: date, included
    :returns: list of :class:`Bucket` in the order of time; weeks are counted from the
        first day
    """
    unit = unit_of(first, last)
    found = {start: Bucket(start) for start in _starts(unit, first, last)}
    for row in rows:
        start = row.start if unit == "hour" else _start(unit, first, row.start)
        if start in found:
            found[start] += row
    return list(found.values())


def total(buckets):
    """Add up buckets.

    :returns: one :class:`Bucket`, of no time
    """
    return sum(buckets, Bucket(0))


@dataclass(frozen=True)
class Balance:
    """How far somebody is ahead, in units, and through what.

    ``parts`` is ``((kind, units), ...)``, what weighs most first; their sum is
    ``ahead``.
    """

    ahead: float
    parts: tuple


def balances(rows, kinds):
    """Say of each salesperson how far they are ahead, and through what.

    :param rows: ``[(key, reason, units), ...]``; units of the strategy are received
        less owed
    :param kinds: ``{reason: kind}``; other reasons are of the kind ``other``
    :returns: ``{key: Balance}``, who is most ahead first
    """
    sums = {}
    for key, reason, units in rows:
        mine = sums.setdefault(key, {})
        kind = kinds.get(reason, "other")
        mine[kind] = mine.get(kind, 0.0) + (units or 0.0)
    found = {}
    for key, mine in sums.items():
        parts = [item for item in mine.items() if abs(item[1]) >= EVEN]
        parts.sort(key=lambda item: -abs(item[1]))
        found[key] = Balance(sum(mine.values()), tuple(parts))
    return dict(sorted(found.items(), key=lambda item: -item[1].ahead))
