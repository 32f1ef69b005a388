"""Round robin: one each, in order."""

from .base import Strategy, strategy


@strategy("round_robin")
class RoundRobin(Strategy):
    """One each in the order of the list, then again. Who was
    away has missed turns, not collected them: one turn, then back in line."""

    by_target = False

    def __init__(self, route, people, exhausted):
        self.loads = {c.user_id: c.load for c in route.candidates}
        self.turn = max((c.turn for c in route.candidates), default=0)
        self.turns = {}
        super().__init__(route, people, exhausted)

    def _start(self, candidate):
        return candidate.turn

    def _tie(self, user_id, last):
        return 0  # the list's order breaks ties, not the leads of other routes

    def _x(self, weight):
        return 0.0

    def _after(self, user_id, y, weight, own):
        self.loads[user_id] += weight
        if not own:
            return y
        self.turn += 1
        self.turns[user_id] = self.turn
        return self.turn

    def equals(self, weight, skip):
        """Those whose turn is the same: who had none yet, or none of this round."""
        for _target, line in self._lines(skip):
            first = None
            for _coarse, _tie, _order, user_id, turn in line:
                first = turn if first is None else first
                if turn > first:
                    return
                yield user_id

    def row(self, user_id, weight):
        load = self.loads[user_id]
        return [user_id, round(load, 2), self.candidates[user_id].target, 0.0]

    def state(self):
        return {user_id: (0.0, turn) for user_id, turn in self.turns.items()}
