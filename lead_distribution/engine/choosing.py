"""Of those who could take a lead: who matches best, and whose shift begins first."""

from .types import HOLD

#: how many of those who were next in line are kept in the trace
RUNNERS_UP = 5


def better(strategy, weight, skip, suits):
    """The line of who is due; the first is the one who matches best of those who
    come to no more than one lead ahead of their share by it."""
    line = strategy.best(weight, skip, RUNNERS_UP + 1)
    if len(line) < 2 or not suits.scores:
        return line
    first, most, best = line[0], suits.scores[line[0]], suits.best
    if most < best:
        for user_id in strategy.equals(weight, skip):
            if suits.scores[user_id] > most:
                first, most = user_id, suits.scores[user_id]
                if most == best:
                    break
    if first == line[0]:
        return line
    return [first, *(user for user in line if user != first)][: RUNNERS_UP + 1]


def next_shift(strategy, request, skip, weight, trace):
    """Nobody on shift can take a lead: whose shift begins first does, or the lead
    is held until then.

    :returns: as ``Engine._try``
    """
    route = strategy.route
    for begins, user_ids in strategy.next_shifts() if route.fallback else ():
        strategy.admit(user_ids)
        line = strategy.best(weight, skip, RUNNERS_UP + 1)
        if not line:
            strategy.dismiss()
            continue
        trace["begins"] = begins
        if route.fallback == HOLD:
            strategy.dismiss()
            return route.route_id, None, HOLD, ()
        if route.prefer_known:
            for user_id, reason in request.advisors:
                if user_id in user_ids and user_id not in skip:
                    others = [user for user in line if user != user_id]
                    return route.route_id, user_id, reason, others
        reason = "direct" if route.direct else "strategy"
        return route.route_id, line[0], reason, line[1:]
    return None
