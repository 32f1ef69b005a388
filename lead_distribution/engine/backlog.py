"""The backlog: when leads that found nobody are looked at again, and for whom.

Nobody is told when something returns: an opening, a limit that is free again, somebody
who comes back. It is seen: whoever can take leads now, and could not at the last look.
"""

from .limits import Capacity


def ready(routes, people):
    """Tell who could take a lead now, by which route.

    :param routes: iterable of :class:`.types.Route`, those that are open
    :param people: iterable of :class:`.types.Person`
    :returns: set of ``(route_id, user_id)``
    """
    routes, people = list(routes), list(people)
    capacity = Capacity(routes, people)
    here = {person.user_id for person in people if not person.exclusion}
    return {
        (route.route_id, candidate.user_id)
        for route in routes
        for candidate in route.candidates
        if not candidate.exclusion
        and candidate.user_id in here
        and not capacity.why_not(candidate.user_id, route.whole, 0.0)
    }


def returned(before, now):
    """Tell whether somebody can take leads who could not at the last look.

    :param before, now: sets of ``(route_id, user_id)``
    """
    return bool(set(now) - set(before))


def not_again(offers, today):
    """Tell who is not asked again for a lead in the same round: who declined, never;
    who let it expire, not on the same day.

    :param offers: iterable of ``(user_id, state, day)``, the day being any value that
        is the same for the same day
    :param today: such a value
    :returns: ``{user_id: code}``
    """
    found = {}
    for user_id, state, day in offers:
        if state == "declined":
            found[user_id] = "declined"
        elif state == "expired" and day == today:
            found.setdefault(user_id, "let_expire")
    return found


def drains(drain, max_days, age_days):
    """Tell whether a route takes a lead of this age from the backlog.

    :param drain: whether the route takes leads from it at all
    :param max_days: 0 for any age
    """
    return bool(drain) and (not max_days or age_days <= max_days)
