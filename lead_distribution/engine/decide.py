"""One lead after the other through the routes.

The order is the product's promise: whoever has an open inquiry of the same
person; else the first matching direct route whose salesperson is eligible; else
the first matching route with somebody eligible, and there the known advisor, the
former ones, the strategy; else nobody.

A trace is a dictionary of ids, codes and numbers::

    v         version of this format
    place     place of the lead in its block, from 0
    priority  [order, leads in the block, figures] that gave it that place
    routes    [[route_id, code], ...] in the order tried; code ``taken``,
              ``nobody``, ``hold``, ``no_match``, ``closed``, ``broken``, ...
    relaxed   code of what who took it should have had in common with it
    begins    in how many seconds the shift begins of who took it off shift, or for
              whom it is held
    identity  whose the lead is, as the caller said it
    keeper    [user_id, code] of the same person's open inquiry, code "" if taken
    advisors  [[user_id, reason, code], ...], code "" for the one chosen
    deputies  [[who is away, until or None, deputy], ...] up to the deputy who took it
    strategy  of the route taken
    chosen    [user_id, load, target, deficit] before the lead was counted
    next      the same for up to five who would have been next
    handover  [who handed it over, from whom]
    clock     [user_id, deadline] of who did not follow up in time
    drain     [reason, since] where it waited in the pool before
    passed    [user_id, code] of whose own channel it came through in vain
    rule      [rule_id, kind, untouched since, moves so far] where a rule moved it
    excluded  {code: number of candidates} on the route taken or, if nobody
              was found, on the first that matched
    spent     [[user_id, code], ...] of those among them who are at a limit or without
              target, or whom this very lead does not fit, the first
              :data:`~.strategies.base.NAMED`; of the others the table of candidates
              says the code
"""

from math import ceil

from .choosing import RUNNERS_UP, better, next_shift
from .deputies import THEIRS, stand_in
from .fitting import Fit, Talents, fit
from .left_out import LeftOut
from .limits import Capacity
from .strategies import STRATEGIES
from .types import (
    ABSENT,
    DEPUTY,
    DUPLICATE,
    HOLD,
    NO_ROUTE,
    NOBODY,
    TRACE_VERSION,
    Decision,
    Person,
)

#: who suits a lead where nothing is compared: everybody
ANYBODY = Fit()

#: a direct route that is passed over for this is told wherever it stands in the list:
#: it would have won over those before it
PASSED_OVER = ("closed", "broken")


class Engine:
    """Decides leads one by one, each knowing what the ones before it got.

    :param routes: iterable of :class:`Route`; of several with the same id the
        last counts.
    :param people: iterable of :class:`Person`; candidates without one are
        taken as new and without limits.
    :raises KeyError: for a strategy or, later, a route that is not known.
    """

    def __init__(self, routes, people):
        self.routes = {route.route_id: route for route in routes}
        for route in self.routes.values():
            if route.strategy not in STRATEGIES:
                raise KeyError(f"unknown strategy {route.strategy!r}")
        self.people = {person.user_id: person for person in people}
        for route in self.routes.values():
            for candidate in route.candidates:
                if candidate.user_id not in self.people:
                    self.people[candidate.user_id] = Person(candidate.user_id)
        # who is at a limit later than at the start is told by the journal
        self.capacity = Capacity(self.routes.values(), self.people.values())
        self.clock = max((p.last for p in self.people.values()), default=0)
        self.place = 0
        self.strategies = {}
        self.journal = []  # what each decision gave, for strategies that come later
        self.given = {}  # lead_id -> user_id
        self.unfit = {}  # of the lead that is decided: route_id -> codes
        self.suits = {}  # of the lead that is decided: route_id -> Fit
        self.fits = {}  # (route_id, what a lead wants) -> Fit
        self.talents = {}  # route_id -> Talents of its candidates, and how they match
        self.left_out = LeftOut()
        self.unread = {}  # route_id -> what its strategy has not counted yet
        self.readers = {}  # user_id -> the unread lists of the routes they are on

    def decide(self, request):
        """Decide on one lead, and count it for the next.

        :returns: the :class:`Decision` for a :class:`Request`.
        """
        self.unfit, self.suits = {}, {}
        decision = self._decide(request)
        if request.evidence:
            decision.trace["identity"] = request.evidence
        self.given[request.lead_id] = decision.user_id
        return decision

    def _decide(self, request):
        tried, advisors_tried = [], []
        trace = {"v": TRACE_VERSION, "place": self.place, "routes": tried}
        self.place += 1
        matching = [route_id for route_id, code in request.routes if not code]
        found = kept = self._keep(request, matching, trace)
        for route_id in () if found else matching:
            if self.routes[route_id].direct:
                found = self._try(route_id, request, advisors_tried, trace)
                tried.append([route_id, self._said(found)])
                if found:
                    break
        if not found:
            for route_id, code in request.routes:
                if code:
                    tried.append([route_id, code])
                elif not self.routes[route_id].direct:
                    found = self._try(route_id, request, advisors_tried, trace)
                    tried.append([route_id, self._said(found)])
                    if found:
                        break
        if not kept:
            tried[:0] = self._direct_passed_over(request, tried)
        if advisors_tried:
            trace["advisors"] = advisors_tried
        if not found:
            first = matching[0] if matching else None
            if first is not None:
                self._left_out(self._strategy(first), request, trace)
            reason = NOBODY if matching else NO_ROUTE
            return Decision(request.lead_id, None, first, reason, 0.0, trace)
        route_id, user_id, reason, others = found
        weight, strategy = request.weight, self.strategies.get(route_id)
        if reason == HOLD:
            self._left_out(strategy, request, trace)
            begins = trace["begins"]
            return Decision(request.lead_id, None, route_id, HOLD, 0.0, trace, begins)
        if route_id is None or user_id not in strategy.candidates:
            # the open inquiry's salesperson is not on the route: a unit all the same
            self._give(None, user_id, request)
            return Decision(request.lead_id, user_id, route_id, reason, weight, trace)
        trace["strategy"] = strategy.route.strategy
        load = self._load_of(strategy.route, weight)
        trace["chosen"] = strategy.row(user_id, load)
        if others:
            trace["next"] = [strategy.row(other, load) for other in others]
        self._left_out(strategy, request, trace)
        unfit = self._unfit(strategy.route, request)
        self._give(route_id, user_id, request)
        return Decision(
            request.lead_id, user_id, route_id, reason, weight, trace, unfit=unfit
        )

    @staticmethod
    def _said(found):
        """Code of what became of a lead on a route."""
        if not found:
            return "nobody"
        return HOLD if found[2] == HOLD else "taken"

    def _direct_passed_over(self, request, tried):
        """Those direct routes that are told although they stand below the taker."""
        seen = {route_id for route_id, _code in tried}
        return [
            [route_id, code]
            for route_id, code in request.routes
            if code in PASSED_OVER
            and route_id not in seen
            and self.routes[route_id].direct
        ]

    def _left_out(self, strategy, request, trace):
        """Put into the trace who gets nothing from a route."""
        unfit = self._unfit(strategy.route, request)
        excluded, spent = self.left_out.told(strategy, unfit)
        if excluded:
            trace["excluded"] = excluded
        if spent:
            trace["spent"] = spent

    def _unfit(self, route, request):
        """Who of a route is at no limit and cannot have this very lead all the same.

        :returns: ``{user_id: code}``, of others than those of the route, too
        """
        found = self.unfit.get(route.route_id)
        if found is None:
            found = self.capacity.too_much(route.whole, request.value)
            must = self._fit(route, request).must
            if must:
                # mostly the same for many leads: not copied
                found = self.left_out.both(must, found) if found else must
            self.unfit[route.route_id] = found
        return found

    def _fit(self, route, request):
        """How the candidates of a route suit a lead; see :mod:`.fitting`."""
        if not route.matching or request.wants is None:
            return ANYBODY
        suits = self.suits.get(route.route_id)
        if suits is None:
            key = (route.route_id, request.wants)
            suits = self.fits.get(key)
            if suits is None:
                people, known = self._talents(route)
                suits = fit(route.matching, people, request.wants, known)
                self.fits[key] = suits
            self.suits[route.route_id] = suits
        return suits

    def _talents(self, route):
        """The talents of a route's candidates, and what was found out about them."""
        if route.route_id not in self.talents:
            nothing = Talents()
            people = {
                c.user_id: self.people[c.user_id].talents or nothing
                for c in route.candidates
            }
            self.talents[route.route_id] = (people, {})
        return self.talents[route.route_id]

    def _skip(self, route, request):
        """``{user_id: code}`` of who cannot take this very lead from a route."""
        unfit = self._unfit(route, request)
        if not request.skip:
            return unfit
        return self.left_out.both(unfit, request.skip) if unfit else request.skip

    def next_in_line(self, route_id):
        """Who of a route would take a lead of nobody's customer now.

        :returns: a user id; None when nobody would
        """
        strategy = self._strategy(route_id)
        if strategy.route.direct:
            for candidate in strategy.route.candidates:
                if not strategy.why_not(candidate.user_id):
                    return candidate.user_id
            return None
        first = next(iter(strategy.best(1.0, (), 1)), None)
        if first is None and strategy.route.fallback:
            # whose shift begins first, by the clock and then by the list
            line = strategy.next_shifts()
            order = {c.user_id: n for n, c in enumerate(strategy.route.candidates)}
            return min(line[0][1], key=order.get) if line else None
        return first

    def state(self):
        """``{route_id: {user_id: (credit, turn)}}`` that changed and must be
        remembered for the next engine."""
        found = {}
        for route_id in self.strategies:
            changed = self._strategy(route_id).state()
            if changed:
                found[route_id] = changed
        return found

    def _strategy(self, route_id):
        strategy = self.strategies.get(route_id)
        if strategy is None:
            route = self.routes[route_id]
            exhausted = self.capacity.exhausted(route.whole)
            strategy = STRATEGIES[route.strategy](route, self.people, exhausted)
            self.strategies[route_id] = strategy
            candidates = strategy.candidates
            unread = [entry for entry in self.journal if entry[0] in candidates]
            self.unread[route_id] = unread
            for user_id in candidates:
                self.readers.setdefault(user_id, []).append(unread)
        unread = self.unread[route_id]
        mine, whole = strategy.route.scope, strategy.route.whole
        for user_id, weight, clock, limit, here, by, scope, skip in unread:
            if mine is not None and scope != mine:
                weight = 0.0  # somebody else's listing: a turn, but no load here
            else:
                weight = self._load_of(strategy.route, weight)
            limit = limit or (here[1] if here[0] == whole else "")
            strategy.received(user_id, weight, clock, limit, by == route_id, skip)
        unread.clear()
        if strategy.admitted:
            strategy.dismiss()
        return strategy

    @staticmethod
    def _load_of(route, weight):
        """What a lead of this weight adds to the load that the route goes by."""
        return 1.0 if route.by_count else weight

    def _try(self, route_id, request, advisors_tried, trace):
        """Choose a salesperson by one route.

        :returns: ``(route_id, user_id, reason, next in line)`` or None
        """
        strategy = self._strategy(route_id)
        weight = self._load_of(strategy.route, request.weight)
        skip = self._skip(strategy.route, request)
        if strategy.route.direct:
            for candidate in strategy.route.candidates:
                user_id = candidate.user_id
                if not strategy.why_not(user_id) and user_id not in skip:
                    return route_id, user_id, "direct", ()
            return next_shift(strategy, request, skip, weight, trace)
        if strategy.route.prefer_known:
            for user_id, reason in request.advisors:
                code = strategy.why_not(user_id) or skip.get(user_id, "")
                advisors_tried.append([user_id, reason, code])
                if code == ABSENT and reason in THEIRS:
                    deputy, tried = self._deputy(user_id, route_id, request, trace)
                    advisors_tried += tried
                    if deputy:
                        user_id, reason, code = deputy, DEPUTY, ""
                if not code:
                    line = strategy.best(weight, skip, RUNNERS_UP)
                    return route_id, user_id, reason, [u for u in line if u != user_id]
        line = self._suitable(strategy, request, skip, weight, trace)
        if line is None:
            return route_id, None, HOLD, ()
        if not line:
            return next_shift(strategy, request, skip, weight, trace)
        return route_id, line[0], "strategy", line[1:]

    def _suitable(self, strategy, request, skip, weight, trace):
        """Who of those on shift takes a lead: of those who match all that should, else
        of the others, in time.

        :returns: user ids, whose turn it is first; empty for nobody; None where it
            waits for somebody who matches
        """
        route, suits = strategy.route, self._fit(strategy.route, request)
        if not suits.should:
            return better(strategy, weight, skip, suits)
        strict = suits.strict
        if skip is not suits.must:
            strict = self.left_out.both(suits.should, skip)
        line = better(strategy, weight, strict, suits)
        if line:
            unfit = self._unfit(route, request)
            unfit = strict if unfit is skip else self.left_out.both(suits.should, unfit)
            self.unfit[route.route_id] = unfit
            return line
        line = better(strategy, weight, skip, suits)
        if line and request.age is not None and request.age < route.relax:
            trace["begins"] = ceil(route.relax - request.age)
            return None
        if line and line[0] in suits.should:
            trace["relaxed"] = suits.should[line[0]]
        return line

    def _keep(self, request, matching, trace):
        """Give the lead to whoever has the same person's open inquiry.

        :returns: as :meth:`_try`, for the salesperson of the same person's open
            inquiry; the route is the first that matches, if any
        """
        keeper = request.keeper or self.given.get(request.same_as)
        if not keeper:
            return None
        route_id = matching[0] if matching else None
        code = request.skip.get(keeper) or self._why_not(keeper, route_id, request)
        trace["keeper"] = [keeper, code]
        reason = dict(request.advisors).get(keeper, DUPLICATE)
        if code == ABSENT:
            keeper, _tried = self._deputy(keeper, route_id, request, trace)
            reason, code = DEPUTY, "" if keeper else code
        if code:
            return None
        line = []
        if route_id is not None:
            strategy = self._strategy(route_id)
            weight = self._load_of(strategy.route, request.weight)
            skip = self._skip(strategy.route, request)
            line = strategy.best(weight, skip, RUNNERS_UP)
        return route_id, keeper, reason, [user for user in line if user != keeper]

    def _deputy(self, user_id, route_id, request, trace):
        """Ask the deputies of somebody who is away; they need not be on the route."""
        strategy = None if route_id is None else self._strategy(route_id)
        skip = self._skip(strategy.route, request) if strategy else request.skip

        def why_not(deputy):
            code = self._why_not(deputy, route_id, request) or skip.get(deputy, "")
            if not code and strategy and deputy in strategy.candidates:
                code = strategy.why_not(deputy)
            return code

        return stand_in(self.people, user_id, why_not, trace)

    def _why_not(self, user_id, route_id, request):
        """Code of what keeps somebody from a lead past the routes, or "".

        :param route_id: the one on which it counts, or None
        """
        person = self.people.get(user_id)
        if person is None:
            return "not_candidate"
        whole = None if route_id is None else self.routes[route_id].whole
        return person.exclusion or self.capacity.why_not(user_id, whole, request.value)

    def _give(self, route_id, user_id, request):
        """Note for the strategies who got a lead.

        :param route_id: the one whose candidate got it, or None
        """
        self.clock += 1
        route, whole, skip = self.routes.get(route_id), None, request.skip
        if route:
            # before it counts: who takes it could have it
            whole, skip = route.whole, self._skip(route, request)
        limit, here = self.capacity.take(user_id, whole, request.value)
        entry = (
            user_id,
            request.weight,
            self.clock,
            limit,
            (whole, here),
            route_id,
            request.scope,
            skip,
        )
        self.journal.append(entry)
        for unread in self.readers.get(user_id, ()):
            unread.append(entry)


def decide(routes, people, requests):
    """Decide a block of leads in the order given.

    :returns: ``(decisions, state)``: a list of :class:`Decision`, one for each
        request, and what :meth:`Engine.state` says.
    """
    engine = Engine(routes, people)
    return [engine.decide(request) for request in requests], engine.state()
