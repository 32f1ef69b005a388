"""What an absence is worth: nobody returns to a flood of leads."""


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


def compensation(days, target, colleagues):
    """Units that count as had by somebody who was away this month (O11).

    working days absent this month x the present colleagues' mean units per present
    working day x own target / the colleagues' mean target

    :param days: own working days absent this month
    :param target: own target
    :param colleagues: ``[(units, days present, target), ...]`` of the others on the
        route who are present; who was never present says nothing
    :returns: units, a float

    >>> compensation(5, 30, [(12, 10, 30), (8, 10, 30)])
    5.0
    >>> compensation(5, 15, [(12, 10, 30), (8, 10, 30)])
    2.5
    """
    known = [line for line in colleagues if line[1] > 0 and line[2] > 0]
    if days <= 0 or target <= 0 or not known:
        return 0.0
    rate = sum(units / present for units, present, _target in known) / len(known)
    mean = sum(line[2] for line in known) / len(known)
    return days * rate * target / mean
