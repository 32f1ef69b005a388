"""Fair share: what each lead owes to whoever was there."""

from .base import Strategy, strategy


@strategy("fair_share")
class FairShare(Strategy):
    """Each lead credits its units, by share, to all who could have taken it;
    who takes it pays them. Newcomers start at nothing owed."""

    def __init__(self, route, people, exhausted):
        self.given = 0.0  # units credited to those on the strategy since settled
        self.loads = {c.user_id: c.load for c in route.candidates}
        self.credits = {}  # of those who left the strategy
        self.touched = False
        super().__init__(route, people, exhausted)

    def _start(self, candidate):
        return -candidate.credit

    def _x(self, weight):
        return self.given + weight

    def _after(self, user_id, y, weight, own):
        self.loads[user_id] += weight
        return y + weight if own else y

    def _took(self, user_id, weight, skip):
        self.touched = True
        left_out = [user_id for user_id in skip if user_id in self.keys]
        if left_out:
            self._credit(weight, left_out)
        elif self.total_target:
            self.given += weight
        if user_id not in self.keys and user_id not in self.off_shift:
            # an advisor without a target
            owed = self.credits.get(user_id, self.candidates[user_id].credit)
            self.credits[user_id] = owed - weight

    def _credit(self, weight, left_out):
        """Credit a lead's units to those who could have taken it, to nobody else."""
        total = self.total_target
        shared = total - sum(self.targets[user_id] for user_id in left_out)
        if shared <= 0:
            return
        rate = weight / shared
        if 2 * len(left_out) <= len(self.keys):
            # to all at their rate, and back from the few
            self.given += rate * total
            users = left_out
        else:
            users, rate = self.keys.keys() - set(left_out), -rate
        for user_id in users:
            key = self._remove(user_id)
            self._insert(user_id, key[0] + rate * self.targets[user_id], key[1])

    def _skipped(self, user_id):
        return self.given * self.targets[user_id] / self.total_target

    def _load(self, key):
        return self.loads[key[3]]

    def _settle(self):
        """Pay the credit out into the buckets, so that the shares may change."""
        if not self.given:
            return
        given, total = self.given, self.total_target
        self.given = 0.0
        for user_id, key in list(self.keys.items()):
            self._remove(user_id)
            y = key[0] - self.targets[user_id] * given / total
            self._insert(user_id, y, key[1])

    def drop(self, user_id, code):
        self._settle()
        if user_id in self.keys:
            self.credits[user_id] = -self.keys[user_id][0]
        return super().drop(user_id, code)

    def admit(self, user_ids):
        self._settle()
        return super().admit(user_ids)

    def dismiss(self):
        self._settle()
        return super().dismiss()

    def state(self):
        if not self.touched:
            return {}
        self._settle()
        found = {user_id: (-y, 0) for user_id, (y, _last) in self.off_shift.items()}
        found.update((user_id, (-key[0], 0)) for user_id, key in self.keys.items())
        found.update((user_id, (owed, 0)) for user_id, owed in self.credits.items())
        return found
