"""Fair share: what each lead owes to whoever was there."""

from .base import Strategy, strategy

#: fewer people than this change their place in line one by one
FEW = 16


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
        left_out, targets = self.skipped_here(skip) if skip else ((), 0.0)
        if left_out:
            self._credit(weight, left_out, targets)
        elif self.total_target:
            self.given += weight
        if user_id not in self.keys and user_id not in self.off_shift:
            # an advisor without a target
            owed = self.credits.get(user_id, self.candidates[user_id].credit)
            self.credits[user_id] = owed - weight

    def _credit(self, weight, left_out, targets):
        """Credit a lead's units to those who could have taken it, to nobody else.

        :param targets: the sum of those of who could not
        """
        total = self.total_target
        shared = total - targets
        if shared <= 0:
            return
        rate = weight / shared
        if 2 * len(left_out) <= len(self.keys):
            # to all at their rate, and back from the few
            self.given += rate * total
            users = left_out
        else:
            users, rate = self.keys.keys() - set(left_out), -rate
        self._shift(users, rate)

    def _shift(self, users, rate):
        """Add to the score of some, by share; in each bucket they keep their order."""
        if len(users) < FEW:
            for user_id in users:
                key = self._remove(user_id)
                self._insert(user_id, key[0] + rate * self.targets[user_id], key[1])
            return
        users, keys = set(users), self.keys
        for target, bucket in self.buckets.items():
            more = rate * target
            moved = [(key[0] + more, *key[1:]) for key in bucket if key[3] in users]
            if moved:
                bucket[:] = [key for key in bucket if key[3] not in users] + moved
                bucket.sort()  # of two sorted parts: one pass
                keys.update((key[3], key) for key in moved)

    def _skipped(self, user_ids, targets):
        return self.given * targets / self.total_target

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
