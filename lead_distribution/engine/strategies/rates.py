"""By rate: one each, the best or the fastest first."""

from itertools import chain, takewhile

from ..rates import ranks
from .base import strategy
from .round_robin import RoundRobin


@strategy("closing_rate")
class ClosingRate(RoundRobin):
    """One each, the best first, then again. A turn is a round here: whoever has not had
    one of the present round comes before those who have."""

    owes = False
    by_rate = "closing"
    largest_first = True

    def __init__(self, route, people, exhausted):
        self.ranks = ranks(
            [(c.rate, c.order, c.user_id) for c in route.candidates],
            self.largest_first,
        )
        super().__init__(route, people, exhausted)

    def _tie(self, user_id, last):
        return self.ranks[user_id]

    def _after(self, user_id, y, weight, own):
        self.loads[user_id] += weight
        if not own:
            return y
        turn = max(y, self.turn - 1) + 1
        self.turn = max(self.turn, turn)
        self.turns[user_id] = turn
        return turn

    def best(self, weight, skip, count):
        self._catch_up(skip)
        return super().best(weight, skip, count)

    def equals(self, weight, skip):
        self._catch_up(skip)
        return super().equals(weight, skip)

    def _catch_up(self, skip):
        """Put who is several rounds behind one round behind: who was away, or could
        take none of the leads, has missed rounds, not collected them."""
        turn = self.turn - 1
        kind = self.kind_of(skip) if skip else None
        if kind and kind.groups is not None:
            users = chain.from_iterable(kind.groups.values())
            behind = [user_id for user_id in users if self.keys[user_id][4] < turn]
        else:
            # everybody counts the same here: there is one bucket
            line = chain.from_iterable(self.buckets.values())
            behind = [key[3] for key in takewhile(lambda key: key[4] < turn, line)]
        for user_id in behind:
            self._move(user_id, turn, 0)

    def row(self, user_id, weight):
        found = super().row(user_id, weight)
        found[3] = self.candidates[user_id].rate
        return found


@strategy("follow_up_speed")
class FollowUpSpeed(ClosingRate):
    """The fastest first."""

    by_rate = "hours"
    largest_first = False
