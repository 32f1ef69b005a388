"""A clock on every lead: until when somebody has to follow up, and what happens before
and after.

A plan is a list of ``(moment, step)`` in order of time, made once when a lead is given
to somebody: a later change of the route does not move what runs already. The step is
the caller's id; :data:`DEADLINE` is the moment at which the time is over.
"""

#: in a plan, the end of the time
DEADLINE = 0

KEPT, MISSED = "kept", "missed"

#: share of the time left below which it is short, and below which it is very short
SHORT, VERY_SHORT = 0.5, 0.15


def plan(start, deadline, steps):
    """Put the steps of a clock in order.

    :param start, deadline: any comparable moments
    :param steps: iterable of ``(moment, step_id)``; those that would come at the start
        or before it are left out
    :returns: list of ``(moment, step_id)``, the deadline among them and before what
        comes at the same moment
    """
    found = [(moment, step_id) for moment, step_id in steps if moment > start]
    found.append((deadline, DEADLINE))
    # sorted is stable: steps of the same moment stay in their order
    return sorted(found, key=lambda one: (one[0], one[1] != DEADLINE))


def due(planned, now):
    """Split a plan.

    :param planned: see :func:`plan`
    :returns: ``(step ids that are due, the rest of the plan)``
    """
    return (
        [step_id for moment, step_id in planned if moment <= now],
        [(moment, step_id) for moment, step_id in planned if moment > now],
    )


def outcome(deadline, followed_up):
    """Tell what became of a clock.

    :param followed_up: the moment, None for not at all
    """
    return KEPT if followed_up is not None and followed_up <= deadline else MISSED


def missed_in_row(outcomes, number):
    """Tell whether somebody missed so many in a row.

    :param outcomes: the latest first
    :param number: 0 for no limit
    """
    latest = list(outcomes)[:number] if number > 0 else []
    return bool(latest) and len(latest) == number and set(latest) == {MISSED}


def colour(start, deadline, now):
    """Tell how urgent it is: ``good``, ``short``, ``very_short`` or ``over``.

    :param start, deadline, now: datetimes
    """
    if now >= deadline:
        return "over"
    left = (deadline - now) / (deadline - start)
    if left > SHORT:
        return "good"
    return "short" if left > VERY_SHORT else "very_short"
