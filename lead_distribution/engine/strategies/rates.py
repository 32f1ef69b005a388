"""By rate: one each, the best or the fastest first."""

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

    def _start(self, candidate):
        # who was away has missed rounds, not collected them
        return max(candidate.turn, self.turn - 1)

    def _tie(self, user_id, last):
        return self.ranks[user_id]

    def _after(self, user_id, y, weight, own):
        self.loads[user_id] += weight
        if not own:
            return y
        self.turn = max(self.turn, y + 1)
        self.turns[user_id] = y + 1
        return y + 1

    def row(self, user_id, weight):
        found = super().row(user_id, weight)
        found[3] = self.candidates[user_id].rate
        return found


@strategy("follow_up_speed")
class FollowUpSpeed(ClosingRate):
    """The fastest first."""

    by_rate = "hours"
    largest_first = False
