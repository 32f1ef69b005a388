"""What the engine is told and what it answers.

Ids are integers of the caller's choice; the engine only compares them. A
*unit* is what counts as load: one lead, or its weight where leads are weighed.
"""

from dataclasses import dataclass, field

from .fitting import Talents, Wants

#: Version of the dictionaries in :attr:`Decision.trace`; one more whenever what is
#: stored already would be read wrongly. :func:`readable` knows every version there was.
TRACE_VERSION = 1

#: Why a lead got its salesperson past the routes: the same person's open inquiry.
DUPLICATE = "duplicate"

#: Why a lead got its salesperson: they stand in for the customer's, who is away.
DEPUTY = "deputy"

#: what keeps somebody off who is away now
ABSENT = "absent"
#: what keeps somebody off a route who is not on shift now
OFF_SHIFT = "off_shift"
#: what a route does while nobody is on shift: give it to whose shift begins first ...
NEXT_SHIFT = "next_shift"
#: ... or hold it until then; also why a lead got no salesperson yet
HOLD = "hold"

#: Why a lead got no salesperson: nothing matched it ...
NO_ROUTE = "no_route"
#: ... or what matched it had nobody eligible.
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Person:
    """A salesperson, as far as all routes together are concerned.

    :param last: when the last lead was received, as any number that grows with
        time (the ledger's row id does); 0 for never. The smaller, the longer
        without a lead.
    :param capacity: how many more leads the hard limits allow, None for no limit.
    :param capacity_code: the limit that is reached when ``capacity`` is used up.
    :param exclusion: code of what keeps the salesperson off every route, or "".
    :param value_left: how much more expected revenue the hard limits allow, None for
        no limit; a lead that is worth more does not fit.
    :param value_code: the limit that is reached when ``value_left`` is used up.
    :param talents: languages, skills and territories, where a route asks for them.
    :param deputy: id of who stands in for them while they are away, or None.
    :param until: until when they are away, as text; None for nobody knows.
    """

    user_id: int
    last: int = 0
    capacity: int | None = None
    capacity_code: str = "limit"
    exclusion: str = ""
    value_left: float | None = None
    value_code: str = "limit"
    talents: Talents | None = None
    deputy: int | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A salesperson on one route.

    :param order: place in the route's list, the tie breaker.
    :param target: units of a month that make a workload of 100 %; 0 for none.
    :param load: units so far, compensation for absence included.
    :param credit: what fair share still owes (negative: what it gave ahead).
    :param turn: number of the last turn had, for strategies that take turns.
    :param exclusion: code of what keeps the salesperson off this route, or "".
    :param rate: what strategies by rate go by (see :mod:`.rates`), None for who has no
        history.
    :param capacity, capacity_code, value_left, value_code: as of :class:`Person`, of
        the limits on this route alone.
    :param begins: in how many seconds the next shift begins, of who is excluded for
        being off shift; None where nobody knows.
    """

    user_id: int
    order: int = 0
    target: float = 1.0
    load: float = 0.0
    credit: float = 0.0
    turn: int = 0
    exclusion: str = ""
    rate: float | None = None
    capacity: int | None = None
    capacity_code: str = "limit"
    value_left: float | None = None
    value_code: str = "limit"
    begins: int | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """Who may take what enters here, and how one of them is chosen.

    :param direct: a route to one salesperson, which wins over all others.
    :param strategy: a key of :data:`STRATEGIES`.
    :param prefer_known: whether the customer's advisors come first.
    :param scope: where only part of the leads counts as load (one listing's, say):
        what the requests that count carry too; None where all of them count.
    :param by_count: whether each lead adds one to the load, whatever it weighs, since
        the load is a number of leads or activities.
    :param part_of: the route that this is a part of, say of one listing: the limits of
        its candidates are those of the whole. None where it is a whole one.
    :param fallback: what becomes of leads that nobody on shift can take:
        :data:`NEXT_SHIFT`, :data:`HOLD`, or "" for the next route.
    :param within: in how many seconds a shift begins at the latest for that; None for
        any time.
    :param matching: ``((kind, "should" or "must"), ...)`` of what salespeople and leads
        have in common, see :data:`.fitting.KINDS`.
    :param relax: so many seconds after a lead's arrival it waits for somebody who
        matches all that should; then, or at once, others may take it.
    """

    route_id: int
    candidates: tuple[Candidate, ...]
    strategy: str = "workload"
    direct: bool = False
    prefer_known: bool = True
    scope: int | None = None
    by_count: bool = False
    part_of: int | None = None
    fallback: str = ""
    within: int | None = None
    matching: tuple[tuple[str, str], ...] = ()
    relax: int = 0

    @property
    def whole(self):
        """Id of the route as a whole."""
        return self.route_id if self.part_of is None else self.part_of


@dataclass(frozen=True, slots=True)
class Request:
    """A lead that wants a salesperson.

    :param routes: ``(route_id, code)`` in the order of the list, code "" for
        a route that is open and matches, else why it was passed over.
    :param advisors: ``(user_id, reason)``, most preferred first; reason is the
        code the decision carries when that advisor takes the lead.
    :param skip: salespeople who cannot take this very lead, with the code why.
    :param weight: the units that the lead will count.
    :param keeper: the salesperson of an open inquiry of the same person, who takes
        this one too, whatever the routes.
    :param same_as: an earlier lead of the block from the same person, whose
        salesperson is the keeper.
    :param evidence: whose the lead is, for the trace.
    :param scope: see :class:`Route`.
    :param value: the lead's expected revenue, for limits by value.
    :param wants: what salespeople are to have in common with it, None for nothing.
    :param age: seconds since its arrival; None where it does not wait.
    """

    lead_id: int
    routes: tuple[tuple[int, str], ...]
    advisors: tuple[tuple[int, str], ...] = ()
    skip: dict[int, str] = field(default_factory=dict)
    weight: float = 1.0
    keeper: int | None = None
    same_as: int | None = None
    evidence: dict | None = None
    scope: int | None = None
    value: float = 0.0
    wants: Wants | None = None
    age: float | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Who takes the lead, and everything that explains it.

    :param user_id: the salesperson, or None when there is none.
    :param route_id: the route that took the lead; without a salesperson, the
        first one that matched, None if none did.
    :param reason: :data:`DUPLICATE`, ``direct``, ``strategy``, the advisor's
        reason, :data:`DEPUTY`, :data:`NO_ROUTE`, :data:`NOBODY` or :data:`HOLD`.
    :param begins: in how many seconds the shift begins for which it is held.
    :param unfit: ``{user_id: code}`` of who could not have this very lead from the
        route, though nothing else is against them.
    :param trace: ids, codes and numbers only, see :mod:`.decide`.
    """

    lead_id: int
    user_id: int | None
    route_id: int | None
    reason: str
    units: float
    trace: dict
    begins: int | None = None
    unfit: dict = field(default_factory=dict)


def new_trace():
    """Return a trace of this version that says nothing yet."""
    return {"v": TRACE_VERSION, "routes": []}


def readable(trace):
    """Return a stored trace as it is read today.

    :param trace: of this version or an older one; keys that were added since are
        missing there, and nobody must rely on them
    :returns: the trace; an empty one for what a later version wrote, which says what
        this one cannot know
    """
    return trace if trace.get("v", TRACE_VERSION) <= TRACE_VERSION else {}
