"""What counts as had by those who could not take leads: nobody comes to a flood.

A month is cut into *stretches* in which nobody comes, goes, or gets another target. In
each, what the others had is known, and with it the share that somebody missed.
"""

from dataclasses import dataclass, field


def days_absent(working_days, absences):
    """Working days covered by absences, parts of days as parts.

    :param working_days: for each working day its ``[(start, end), ...]``, whatever
        compares and subtracts, such as datetimes
    :param absences: ``[(start, end), ...]``, may overlap each other
    :returns: days, as a float
    """
    merged = []
    for start, end in sorted(absences):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    total = 0.0
    for spans in working_days:
        length = sum((_seconds(end - start) for start, end in spans), 0.0)
        away = 0.0
        for start, end in spans:
            for begin, finish in merged:
                if begin < end and finish > start:
                    away += _seconds(min(end, finish) - max(start, begin))
        if length:
            total += away / length
    return total


def _seconds(length):
    return length.total_seconds() if hasattr(length, "total_seconds") else length


def common(spans):
    """What is in all of several lists of times.

    :param spans: ``[[(start, end), ...], ...]``
    :returns: ``[(start, end), ...]``

    >>> common([[(0, 4), (6, 9)], [(2, 7)]])
    [(2, 4), (6, 7)]
    """
    found = spans[0] if spans else []
    for others in spans[1:]:
        found = [
            (max(start, begin), min(end, finish))
            for start, end in found
            for begin, finish in others
            if max(start, begin) < min(end, finish)
        ]
    return found


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the month in which nobody came, went or got another target.

    :param units: ``{user_id: units had in it}``
    :param away: ids of those who could take no lead
    :param held_back: ids of those whom a limit, since raised, kept from taking more
    :param targets: ``{user_id: target}`` of those whose target was another one
    """

    units: dict[int, float]
    away: frozenset[int] = frozenset()
    held_back: frozenset[int] = frozenset()
    targets: dict[int, float] = field(default_factory=dict)


def compensation(targets, stretches, colleagues=None):
    """Units that count as had by those who could not take leads (O11).

    For each stretch: what the others had then, shared by target; less what somebody had
    all the same. Who got a higher target counts as having had the difference from the
    beginning.

    :param targets: ``{user_id: target}`` of the salespeople of a route
    :param stretches: list of :class:`Stretch`
    :param colleagues: ids of those who take leads now, with whom the others are
        compared; None for all
    :returns: ``{user_id: units}`` of those for whom it is more than 0

    >>> week = Stretch({1: 12, 2: 8}, away=frozenset({3, 4}))
    >>> compensation({1: 30, 2: 30, 3: 30, 4: 15}, [week])
    {3: 10.0, 4: 5.0}
    >>> compensation({1: 30, 2: 30}, [Stretch({1: 6, 2: 2}, targets={2: 10})])
    {2: 4.0}
    """
    colleagues = targets.keys() if colleagues is None else colleagues & targets.keys()
    missed, raised = {}, {}
    for stretch in stretches:
        there = {
            user_id: stretch.targets.get(user_id, targets[user_id])
            for user_id in colleagues - stretch.away
        }
        there = {user_id: target for user_id, target in there.items() if target > 0}
        units = sum(stretch.units.get(user_id, 0.0) for user_id in there)
        total = sum(there.values())
        for user_id in stretch.away | stretch.held_back | stretch.targets.keys():
            now, had = targets.get(user_id, 0), stretch.units.get(user_id, 0.0)
            if now <= 0:
                continue
            others, theirs = units, total
            if user_id in there:
                others, theirs = units - had, total - there[user_id]
            rate = others / theirs if theirs > 0 else 0.0
            out = user_id in stretch.away or user_id in stretch.held_back
            before = 0 if out else stretch.targets.get(user_id, now)
            if before <= 0:
                missed[user_id] = missed.get(user_id, 0.0) + rate * now - had
            elif now > before:
                owed = rate * (now - before)
                raised[user_id] = raised.get(user_id, 0.0) + owed
    found = {
        user_id: max(missed.get(user_id, 0.0), 0.0) + raised.get(user_id, 0.0)
        for user_id in sorted(missed.keys() | raised.keys())
    }
    return {user_id: units for user_id, units in found.items() if units > 1e-9}


def estimate(days, target, colleagues):
    """Units that count as had by somebody who was away, where no record tells what the
    others had meanwhile: the mean of the month stands for it.

    working days absent this month x the present colleagues' mean units per present
    working day x own target / the colleagues' mean target

    :param days: own working days absent this month
    :param target: own target
    :param colleagues: ``[(units, days present, target), ...]`` of the others on the
        route who are present; who was never present says nothing
    :returns: units, a float

    >>> estimate(5, 30, [(12, 10, 30), (8, 10, 30)])
    5.0
    >>> estimate(5, 15, [(12, 10, 30), (8, 10, 30)])
    2.5
    """
    known = [line for line in colleagues if line[1] > 0 and line[2] > 0]
    if days <= 0 or target <= 0 or not known:
        return 0.0
    rate = sum(units / present for units, present, _target in known) / len(known)
    mean = sum(line[2] for line in known) / len(known)
    return days * rate * target / mean
