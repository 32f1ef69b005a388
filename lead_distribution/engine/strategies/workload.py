"""Workload: evenly towards the targets."""

from .base import Strategy, strategy


@strategy("workload")
class Workload(Strategy):
    """The largest shortfall against the share of all units so far."""

    by_load = True

    def _start(self, candidate):
        return candidate.load

    def _x(self, weight):
        return self.total_y + weight

    def _after(self, user_id, y, weight, own):
        return y + weight

    def _load(self, user_id):
        return self.keys[user_id][4]

    def _skipped(self, kind):
        keys = self.keys
        if kind.groups is None:
            return sum([keys[user_id][4] for user_id in kind.out])
        able = [keys[user_id][4] for users in kind.groups.values() for user_id in users]
        return self.total_y - sum(able)
