"""Fair share: what each lead owes to whoever was there."""

from .base import COARSE, Strategy, strategy

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
        kind = self.kind_of(skip) if skip else None
        if kind and kind.out:
            self._credit(weight, kind)
        elif self.total_target:
            self.given += weight
        if user_id not in self.keys and user_id not in self.off_shift:
            # an advisor without a target
            owed = self.credits.get(user_id, self.candidates[user_id].credit)
            self.credits[user_id] = owed - weight

    def _credit(self, weight, kind):
        """Credit a lead's units to those who could have taken it, to nobody else."""
        total = self.total_target
        shared = total - kind.targets
        if shared <= 0:
            return
        rate = weight / shared
        if kind.groups is None:
            # to all at their rate, and back from the few
            self.given += rate * total
            if len(kind.out) < FEW:
                for user_id in kind.out:
                    key = self.keys[user_id]
                    more = rate * self.targets[user_id]
                    self._move(user_id, key[4] + more, key[1])
                return
            for user_id in kind.out:
                self._shift((user_id,), self.targets[user_id], rate)
            return
        for target, users in kind.groups.items():
            self._shift(users, target, -rate)

    def _shift(self, users, target, rate):
        """Add to the score of some of the same target."""
        keys, more = self.keys, rate * target
        for user_id in users:
            _coarse, tie, order, _user_id, y = keys[user_id]
            y += more
            keys[user_id] = (y + COARSE, tie, order, user_id, y)
        self.unsorted.add(target)

    def _skipped(self, kind):
        return self.given * kind.targets / self.total_target

    def _load(self, user_id):
        return self.loads[user_id]

    def _settle(self):
        """Pay the credit out into the buckets, so that the shares may change."""
        if not self.given:
            return
        given, total = self.given, self.total_target
        self.given = 0.0
        for user_id, (_coarse, tie, order, _user_id, y) in self.keys.items():
            y -= self.targets[user_id] * given / total
            self.keys[user_id] = (y + COARSE, tie, order, user_id, y)
        self.unsorted.update(self.buckets)

    def drop(self, user_id, code):
        self._settle()
        if user_id in self.keys:
            self.credits[user_id] = -self.keys[user_id][4]
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
        found.update((user_id, (-key[4], 0)) for user_id, key in self.keys.items())
        found.update((user_id, (owed, 0)) for user_id, owed in self.credits.items())
        return found
