"""The checks of the ledger: which leads and rows contradict each other.

Plain data in, plain data out: the same checks serve administrators, who look at a
running database, and the tests that break processes in the middle.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

#: how long something may be late before it counts as left behind
LATE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Lead:
    """A lead as it stands.

    ``state`` is its ``distribution_state``; ``since`` when it was written last.
    """

    id: int
    state: str
    user: Any = None
    since: Any = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the ledger; ``lead`` is None when the lead was deleted."""

    id: int
    lead: Any
    user: Any
    state: str
    date: Any = None
    answered: Any = None
    deadline: Any = None


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What must not be: a code, the lead, and the rows that say so."""

    code: str
    lead: Any
    rows: tuple = ()


def audit(leads, rows, at, late=LATE):
    """Check leads against the rows of the ledger about them.

    Codes: ``two_owners`` (two open assignments), ``no_row`` (assigned, and no open
    assignment), ``other_owner`` (the assignment is another salesperson's),
    ``row_left`` (an open assignment of a lead that is waiting, offered or in the
    pool), ``no_offer`` (offered, and no open offer), ``offer_left`` (an open offer of
    a lead that is not offered), ``pool_owned`` (in the pool, with a salesperson),
    ``pending_left`` and ``expired_left`` (should have gone on long ago),
    ``answer_before`` (answered before it was made).

    :param leads: iterable of :class:`Lead`
    :param rows: iterable of :class:`Row`, all rows of those leads
    :param at: the present, of the kind of the rows' dates
    :param late: how long after its time something counts as left behind
    :returns: list of :class:`Contradiction`, in the order of the leads
    """
    of_lead = defaultdict(list)
    for row in rows:
        of_lead[row.lead].append(row)
    found = []
    for lead in leads:
        own = of_lead[lead.id]
        given = [row for row in own if row.state == "assigned"]
        offers = [row for row in own if row.state == "offered"]

        def add(code, *about, lead=lead):
            found.append(Contradiction(code, lead.id, tuple(row.id for row in about)))

        if len(given) > 1:
            add("two_owners", *given)
        if lead.state == "assigned":
            if not given:
                add("no_row")
            elif all(row.user != lead.user for row in given):
                add("other_owner", *given)
        elif lead.state in ("pending", "offered", "pool") and given:
            add("row_left", *given)
        if lead.state == "offered":
            if not offers:
                add("no_offer")
        elif offers:
            add("offer_left", *offers)
        if lead.state == "pool" and lead.user:
            add("pool_owned")
        if lead.state == "pending" and lead.since and lead.since + late < at:
            add("pending_left")
        expired = [row for row in offers if row.deadline and row.deadline + late < at]
        if expired:
            add("expired_left", *expired)
        before = [
            row for row in own if row.date and row.answered and row.answered < row.date
        ]
        if before:
            add("answer_before", *before)
    return found


def over_limits(rows, limits):
    """Check that nobody received more than their limit of a day.

    :param rows: iterable of ``(user, day)``, one for each lead received
    :param limits: ``{user: leads a day}``
    :returns: ``[(user, day, received, limit), ...]``
    """
    received = Counter((user, day) for user, day in rows if user in limits)
    return sorted(
        (user, day, number, limits[user])
        for (user, day), number in received.items()
        if number > limits[user]
    )
