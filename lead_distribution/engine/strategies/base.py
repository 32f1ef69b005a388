"""The eligible salespeople of one route, kept in the order of who is next.

All strategies have one shape. Each salesperson has a score *y*, and

    deficit(i) = share(i) x X - y(i)        share(i) = target(i) / T

is what *i* lacks if one more lead is given out; the largest deficit takes it.
Salespeople with equal targets never overtake each other while X moves, so one
sorted list (a bucket) per target is enough, and a decision costs a comparison per
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
Tijdeman, *The chairman assignment problem*, 1980): the largest deficit is never
below the mean deficit, which is positive, therefore nobody is ever a whole unit
ahead of the share owed.

Scores are compared in steps of a millionth of a lead (:data:`COARSE`): a score is the
sum of many fractions, and the same ones added up in another order, or in two blocks,
differ in their last digits. Between people who are equally far the longest wait
decides, not such a digit.

Most leads want something, and are of a kind of which there were others before: whom
it suits is kept (:class:`.kind.Kind`). Where it suits fewer than half, they alone are
put in order, and buckets that changed in many places are only put in order again when
they are asked for: no decision looks at everybody.
"""

from bisect import bisect_left, insort
from heapq import merge
from itertools import islice

from ..types import OFF_SHIFT
from .kind import Kind

#: the registry: key of a strategy -> its class
STRATEGIES = {}

#: Scores are compared in steps of 2**-20 of a unit: numbers of this size have no
#: smaller digits, so ``score + COARSE`` is the score rounded to the nearest step, in
#: the time of one addition. The step is a power of two: no fraction with a small
#: denominator lies near the middle between two steps.
COARSE = 1.5 * 2.0**32

#: for so many kinds of leads it is kept who cannot take them
MOST_SKIPPED = 1000

#: so many of those at a limit or without target are named in a trace
NAMED = 20


def known_strategy(key):
    """Return a strategy's key, that of the workload for one whose class is not there:
    its addon is gone, and leads are given out all the same."""
    return key if key in STRATEGIES else "workload"


def strategy(key):
    """Register a class as the strategy of that key; a route's ``strategy`` names it."""

    def register(cls):
        STRATEGIES[key] = cls
        return cls

    return register


class Strategy:
    """Shared by the strategies: sorted buckets, limits, exclusions."""

    #: whether targets share out the leads (else everybody counts the same)
    by_target = True
    #: whether it goes by the load, so that it matters what is counted as load
    by_load = False
    #: which rate of the salespeople it goes by: "closing" or "hours"; "" for none
    by_rate = ""
    #: whether it owes everybody a share, which the fairness report adds up
    owes = True

    def __init__(self, route, people, exhausted):
        """Sort the route's candidates into those who take part and those who are out.

        :param people: ``{user_id: Person}``
        :param exhausted: ``{user_id: code}`` of those whose capacity was used up
            before this strategy was made
        """
        self.route = route
        self.candidates = {c.user_id: c for c in route.candidates}
        self.targets = {}  # of the eligible, what their share is made of
        self.keys = {}  # user_id -> (y + COARSE, last, order, user_id, y)
        self.buckets = {}  # target -> sorted keys
        self.total_target = 0.0
        self.total_y = 0.0
        self.out = {}  # user_id -> code
        self.off_shift = {}  # user_id -> (y, last), of whose shift begins in time
        self.admitted = []  # of those, who can take the lead that is decided
        self.kinds = {}  # what kind_of has found, by the id of who is skipped
        self.left = []  # who took part, and takes none any more
        self.unsorted = set()  # targets whose bucket has old keys, in the old order
        for candidate in route.candidates:
            user_id = candidate.user_id
            code = candidate.exclusion or exhausted.get(user_id, "")
            if code:
                self.out[user_id] = code
                if self._in_time(candidate) and user_id not in exhausted:
                    y = self._start(candidate)
                    self.off_shift[user_id] = (y, people[user_id].last)
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

    def _took(self, user_id, weight, skip):
        """Note that the route itself gave ``weight`` units to the user.

        :param skip: who could not take this very lead
        """

    # keeping the order -----------------------------------------------------

    def _tie(self, user_id, last):
        return last

    def _insert(self, user_id, y, last):
        order = self.candidates[user_id].order
        key = (y + COARSE, self._tie(user_id, last), order, user_id, y)
        target = self.targets[user_id]
        if target in self.unsorted:
            self._sort(target)
        self.keys[user_id] = key
        insort(self.buckets.setdefault(target, []), key)
        self.total_y += y

    def _remove(self, user_id):
        target = self.targets[user_id]
        if target in self.unsorted:
            self._sort(target)
        key = self.keys.pop(user_id)
        bucket = self.buckets[target]
        del bucket[bisect_left(bucket, key)]
        self.total_y -= key[4]
        return key

    def _move(self, user_id, y, last):
        """Give somebody who takes part another score."""
        target, key = self.targets[user_id], self.keys[user_id]
        new = (y + COARSE, self._tie(user_id, last), key[2], user_id, y)
        if target not in self.unsorted:
            bucket = self.buckets[target]
            del bucket[bisect_left(bucket, key)]
            insort(bucket, new)
        self.keys[user_id] = new
        self.total_y += y - key[4]

    def _sort(self, target):
        """Put a bucket in order again: mostly it is nearly so."""
        self.unsorted.discard(target)
        keys = self.keys
        bucket = self.buckets[target]
        bucket[:] = [keys[key[3]] for key in bucket]
        bucket.sort()

    def _count_out(self):
        counts = {}
        for code in self.out.values():
            counts[code] = counts.get(code, 0) + 1
        # replaced, never changed: traces share them
        self.excluded = counts
        self.spent = [
            [user_id, code]
            for user_id, code in self.out.items()
            if not self.candidates[user_id].exclusion
        ][:NAMED]

    def received(self, user_id, weight, place, exhausted, own, skip=()):
        """A unit went to ``user_id``: by this route (``own``) or by another.

        :param exhausted: code of the limit that is now reached, or ""
        :param skip: who could not take this very lead
        """
        if user_id in self.keys:
            y = self._after(user_id, self.keys[user_id][4], weight, own)
            self._move(user_id, y, place)
        elif user_id in self.off_shift:
            y = self.off_shift[user_id][0]
            y = self._after(user_id, y, weight, own)
            self.off_shift[user_id] = (y, place)
        if own:
            self._took(user_id, weight, skip)
        if exhausted and user_id in self.candidates:
            self.drop(user_id, exhausted)

    def _after(self, user_id, y, weight, own):
        return y

    def drop(self, user_id, code):
        """``user_id`` takes nothing more."""
        if user_id in self.keys:
            self._leave(user_id)
        self.off_shift.pop(user_id, None)
        self.out[user_id] = code
        self._count_out()

    def _leave(self, user_id):
        self.left.append(user_id)
        key = self._remove(user_id)
        target = self.targets.pop(user_id)
        self.total_target -= target
        if not self.buckets[target]:
            del self.buckets[target]
        return key

    # shifts ----------------------------------------------------------------

    def _in_time(self, candidate):
        """Whether somebody takes leads before their shift, when nobody is on one."""
        within = self.route.within
        return (
            bool(self.route.fallback)
            and candidate.exclusion == OFF_SHIFT
            and candidate.begins is not None
            and (within is None or candidate.begins <= within)
            and candidate.target > 0
        )

    def next_shifts(self):
        """Return ``[(seconds until then, user ids), ...]`` of the shifts that begin
        in time, the first one first."""
        found = {}
        for user_id in self.off_shift:
            found.setdefault(self.candidates[user_id].begins, []).append(user_id)
        return sorted(found.items())

    def admit(self, user_ids):
        """For this lead those take part whose shift begins first."""
        if not self.admitted:
            # those of who is on shift are known again for the next lead
            self.known_kinds, self.kinds = self.kinds, {}
        for user_id in user_ids:
            y, last = self.off_shift.pop(user_id)
            target = self.candidates[user_id].target
            self.targets[user_id] = float(target) if self.by_target else 1.0
            self.total_target += self.targets[user_id]
            self._insert(user_id, y, last)
            self.admitted.append(user_id)

    def dismiss(self):
        """The lead is counted: they are off shift again."""
        left = len(self.left)
        for user_id in self.admitted:
            if user_id in self.keys:
                key = self._leave(user_id)
                self.off_shift[user_id] = (key[4], key[1])
        del self.left[left:]
        if self.admitted:
            self.kinds = self.known_kinds
        self.admitted = []

    # the answers -----------------------------------------------------------

    def why_not(self, user_id):
        """Code of why ``user_id`` may not take a lead of a known customer, ""
        if nothing is against it: having no target is not."""
        if user_id not in self.candidates:
            return "not_candidate"
        code = self.out.get(user_id, "")
        return "" if code == "no_target" else code

    def row(self, user_id, weight):
        """``[user_id, load, target, deficit]`` for the trace."""
        candidate = self.candidates[user_id]
        key = self.keys.get(user_id)
        if key is None:
            return [user_id, round(candidate.load, 2), candidate.target, 0.0]
        deficit = self.targets[user_id] * self._x(weight) / self.total_target - key[4]
        load = round(self._load(user_id), 2)
        return [user_id, load, candidate.target, round(deficit, 3)]

    def _load(self, user_id):
        return self.candidates[user_id].load

    def best(self, weight, skip, count):
        """The first ``count`` user ids in the order in which they are due."""
        if not self.keys:
            return []
        lines = self._lines(skip)
        if len(self.buckets) == 1:
            # the same share for all: whoever has the least
            return [key[3] for _target, line in lines for key in islice(line, count)]
        x = self._shared(weight, skip)
        ranked = []
        for target, line in lines:
            owed = target * x
            # as _due, which costs a tenth of the decisions a second here
            for _coarse, tie, order, user_id, y in islice(line, count):
                ranked.append((y - owed + COARSE, tie, order, user_id))
        ranked.sort()
        return [entry[3] for entry in ranked[:count]]

    def _lines(self, skip):
        """Who could have a lead, by target.

        :returns: ``[(target, their keys in order), ...]``
        """
        kind = self.kind_of(skip) if skip else None
        if kind and kind.groups is not None:
            found, key_of = [], self.keys.__getitem__
            for target, users in kind.groups.items():
                users.sort(key=key_of)
                found.append((target, map(key_of, users)))
            return found
        for target in list(self.unsorted):
            self._sort(target)
        if not skip:
            return list(self.buckets.items())
        return [(t, self._first(bucket, skip)) for t, bucket in self.buckets.items()]

    @staticmethod
    def _first(bucket, skip):
        """The keys of a bucket, but for those of who is skipped."""
        return (key for key in bucket if key[3] not in skip)

    def _shared(self, weight, skip):
        """Return *X* for each unit of the targets of who could take a lead, as of them
        alone: whoever cannot take this lead has no share in it either."""
        total, x = self.total_target, self._x(weight)
        if skip:
            kind = self.kind_of(skip)
            total, x = total - kind.targets, x - self._skipped(kind)
        return x / total if total else 0.0

    def kind_of(self, skip):
        """Who could have a lead that is kept from these people.

        Most leads skip the same as others before them, by the very same dictionary.

        :returns: :class:`.kind.Kind`
        """
        kind = self.kinds.get(id(skip))
        if kind and kind.skip is skip and kind.size == len(skip):
            if kind.left == len(self.left) or kind.forget(self.left, self.targets):
                return kind
        if len(self.kinds) > MOST_SKIPPED:
            self.kinds.clear()
        kind = self.kinds[id(skip)] = Kind(skip, self.targets, len(self.left))
        return kind

    def equals(self, weight, skip):
        """Those who may take a lead without being more than that lead ahead of their
        share, in the order in which they are due.

        :returns: iterator of user ids
        """
        x = self._shared(weight, skip)
        lines = [self._due(line, t * x) for t, line in self._lines(skip)]
        for place, (ahead, _tie, _order, user_id) in enumerate(merge(*lines)):
            if place and ahead >= COARSE:
                return
            yield user_id

    @staticmethod
    def _due(line, owed):
        """Keys as they are compared with those of other targets."""
        for _coarse, tie, order, user_id, y in line:
            yield (y - owed + COARSE, tie, order, user_id)

    def _skipped(self, kind):
        """What of *X* is the part of those who cannot take leads of a kind."""
        return 0.0

    def state(self):
        """``{user_id: (credit, turn)}`` to be remembered for the next time."""
        return {}
