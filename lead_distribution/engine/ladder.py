"""The eligible salespeople of one route, kept in the order of who is next.

All strategies have one shape. Each salesperson stands on a rung *y*, and

    claim(i) = share(i) x X - y(i)        share(i) = target(i) / T

is what is due to *i* if one more lead is given out; the largest claim takes
it. Salespeople with equal targets never overtake each other while X moves, so
one sorted list per target is enough and a decision costs a comparison per
distinct target, not per salesperson.

=============  =============================  ==============================
strategy       y                              X
=============  =============================  ==============================
workload       units, compensation included   sum of all y + the lead's units
fair_share     units paid - credit received   units given out + the lead's
round_robin    number of the last turn        0 (everybody waits for a turn)
closing_rate   rounds had, best rate first    0
follow_up_...  rounds had, fastest first      0
=============  =============================  ==============================

Workload and fair share are the quota method without its upper bound's
look-ahead (Balinski and Young, *Fair Representation*, 1982; for scheduling:
Tijdeman, *The chairman assignment problem*, 1980): the largest claim is never
below the mean claim, which is positive, therefore nobody is ever a whole unit
ahead of the share owed.

Numbers are compared multiplied by T, which keeps whole units exact.
"""

from bisect import bisect_left, insort

from .rates import ranks


class Ladder:
    """Shared by the strategies: sorted rungs, limits, exclusions."""

    #: whether targets share out the leads (else everybody counts the same)
    by_target = True

    def __init__(self, route, people, exhausted):
        """
        :param people: ``{user_id: Person}``
        :param exhausted: ``{user_id: code}`` of those whose room was used up
            before this ladder was put up
        """
        self.route = route
        self.candidates = {c.user_id: c for c in route.candidates}
        self.targets = {}  # of the eligible, what their share is made of
        self.keys = {}  # user_id -> (y, last, order, user_id)
        self.rungs = {}  # target -> sorted keys
        self.total_target = 0.0
        self.total_y = 0.0
        self.out = {}  # user_id -> code
        for candidate in route.candidates:
            user_id = candidate.user_id
            code = candidate.exclusion or exhausted.get(user_id, "")
            if code:
                self.out[user_id] = code
                continue
            if candidate.target <= 0:
                # no leads by strategy, yet the own customers' ones
                self.out[user_id] = "no_target"
                continue
            target = float(candidate.target) if self.by_target else 1.0
            self.targets[user_id] = target
            self.total_target += target
            self._insert(user_id, self._start(candidate), people[user_id].last)
        self._count_out()

    # the strategies' own part ----------------------------------------------

    def _start(self, candidate):
        raise NotImplementedError

    def _x(self, weight):
        raise NotImplementedError

    def _took(self, user_id, weight):
        """Note that the route itself gave ``weight`` units to the user."""

    # keeping the order -----------------------------------------------------

    def _tie(self, user_id, last):
        return last

    def _insert(self, user_id, y, last):
        order = self.candidates[user_id].order
        key = (y, self._tie(user_id, last), order, user_id)
        self.keys[user_id] = key
        insort(self.rungs.setdefault(self.targets[user_id], []), key)
        self.total_y += y

    def _remove(self, user_id):
        key = self.keys.pop(user_id)
        rung = self.rungs[self.targets[user_id]]
        del rung[bisect_left(rung, key)]
        self.total_y -= key[0]
        return key

    def _count_out(self):
        counts = {}
        for code in self.out.values():
            counts[code] = counts.get(code, 0) + 1
        self.excluded = counts  # replaced, never changed: traces share it

    def received(self, user_id, weight, place, exhausted, own):
        """A unit went to ``user_id``: by this route (``own``) or by another.

        :param exhausted: code of the limit that is now reached, or ""
        """
        if user_id in self.keys:
            y = self._remove(user_id)[0]
            self._insert(user_id, self._after(user_id, y, weight, own), place)
            if own:
                self._took(user_id, weight)
        elif own:
            self._took(user_id, weight)
        if exhausted and user_id in self.candidates:
            self.drop(user_id, exhausted)

    def _after(self, user_id, y, weight, own):
        return y

    def drop(self, user_id, code):
        """``user_id`` takes nothing more."""
        if user_id in self.keys:
            self._remove(user_id)
            target = self.targets.pop(user_id)
            self.total_target -= target
            if not self.rungs[target]:
                del self.rungs[target]
        self.out[user_id] = code
        self._count_out()

    # the answers -----------------------------------------------------------

    def why_not(self, user_id):
        """Code of why ``user_id`` may not take a lead of a known customer, ""
        if nothing is against it: having no target is not."""
        if user_id not in self.candidates:
            return "not_candidate"
        code = self.out.get(user_id, "")
        return "" if code == "no_target" else code

    def row(self, user_id, weight):
        """``[user_id, load, target, claim]`` for the trace."""
        candidate = self.candidates[user_id]
        key = self.keys.get(user_id)
        if key is None:
            return [user_id, round(candidate.load, 2), candidate.target, 0.0]
        total = self.total_target
        claim = (self.targets[user_id] * self._x(weight) - key[0] * total) / total
        return [user_id, round(self._load(key), 2), candidate.target, round(claim, 3)]

    def _load(self, key):
        return self.candidates[key[3]].load

    def best(self, weight, skip, count):
        """The first ``count`` user ids in the order in which they are due."""
        if not self.keys:
            return []
        total, x = self.total_target, self._x(weight)
        if skip:
            # whoever cannot take this lead has no share in it either
            for user_id in skip:
                if user_id in self.keys:
                    total -= self.targets[user_id]
                    x -= self._skipped(self.keys[user_id][0])
        if len(self.rungs) == 1:
            (rung,) = self.rungs.values()
            if skip:
                rung = [key for key in rung if key[3] not in skip]
            return [key[3] for key in rung[:count]]
        ranked = []
        for target, rung in self.rungs.items():
            owed = target * x
            if skip:
                rung = [key for key in rung if key[3] not in skip]
            for key in rung[:count]:
                ranked.append((key[0] * total - owed, key[1], key[2], key[3]))
        ranked.sort()
        return [entry[3] for entry in ranked[:count]]

    def _skipped(self, y):
        return 0.0

    def state(self):
        """``{user_id: (credit, turn)}`` to be remembered for the next time."""
        return {}


class WorkloadLadder(Ladder):
    """The largest shortfall against the share of all units so far."""

    def _start(self, candidate):
        return candidate.load

    def _x(self, weight):
        return self.total_y + weight

    def _after(self, user_id, y, weight, own):
        return y + weight

    def _load(self, key):
        return key[0]

    def _skipped(self, y):
        return y


class FairShareLadder(Ladder):
    """Each lead credits its units, by share, to all who could have taken it;
    who takes it pays them. Newcomers start at nothing owed."""

    def __init__(self, route, people, exhausted):
        self.given = 0.0  # units credited to those on the ladder since settled
        self.loads = {c.user_id: c.load for c in route.candidates}
        self.credits = {}  # of those who left the ladder
        self.touched = False
        super().__init__(route, people, exhausted)

    def _start(self, candidate):
        return -candidate.credit

    def _x(self, weight):
        return self.given + weight

    def _after(self, user_id, y, weight, own):
        self.loads[user_id] += weight
        return y + weight if own else y

    def _took(self, user_id, weight):
        self.touched = True
        if self.total_target:
            self.given += weight
        if user_id not in self.keys:  # an advisor without a target
            owed = self.credits.get(user_id, self.candidates[user_id].credit)
            self.credits[user_id] = owed - weight

    def _load(self, key):
        return self.loads[key[3]]

    def _settle(self):
        """Pay the credit out into the rungs, so that the shares may change."""
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

    def state(self):
        if not self.touched:
            return {}
        self._settle()
        found = {user_id: (-key[0], 0) for user_id, key in self.keys.items()}
        found.update((user_id, (owed, 0)) for user_id, owed in self.credits.items())
        return found


class TurnsLadder(Ladder):
    """One each in the order of the list, then again (the revolver). Who was
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

    def _load(self, key):
        return self.loads[key[3]]

    def row(self, user_id, weight):
        load = self.loads[user_id]
        return [user_id, round(load, 2), self.candidates[user_id].target, 0.0]

    def state(self):
        return {user_id: (0.0, turn) for user_id, turn in self.turns.items()}


class RateLadder(TurnsLadder):
    """One each, the best first, then again. A turn is a round here: whoever has not had
    one of the present round comes before those who have."""

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


class SpeedLadder(RateLadder):
    """The fastest first."""

    largest_first = False


#: the registry: a route's strategy names its ladder
STRATEGIES = {
    "workload": WorkloadLadder,
    "fair_share": FairShareLadder,
    "round_robin": TurnsLadder,
    "closing_rate": RateLadder,
    "follow_up_speed": SpeedLadder,
}
