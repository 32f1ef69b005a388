"""Leads that salespeople report: what follows when a manager accepts."""

from dataclasses import dataclass

NOT_REAL, NOT_MINE = "not_real", "not_mine"

#: what becomes of the lead
REMOVE, REDISTRIBUTE, LEAVE = "remove", "redistribute", "leave"

#: why the lead is left where it is
MOVED, CLOSED = "moved", "closed"


@dataclass(frozen=True)
class Reported:
    """A report and its lead, as they stand when somebody decides.

    :param kind: :data:`NOT_REAL` or :data:`NOT_MINE`
    :param held: whether the reporter still has the lead by the same assignment
    :param open: whether the lead is neither won, lost nor archived
    :param counts: whether that assignment counts as load
    :param made_up: whether a correction has given its units back already
    :param units: of that assignment
    """

    kind: str
    held: bool
    open: bool
    counts: bool = False
    made_up: bool = False
    units: float = 0.0


@dataclass(frozen=True)
class Acceptance:
    """What follows.

    :param lead: :data:`REMOVE`, :data:`REDISTRIBUTE` or :data:`LEAVE`
    :param why: why it is left, "" where it is not
    :param units: that the reporter is given back; 0 for none
    """

    lead: str
    why: str = ""
    units: float = 0.0


def accept(reported):
    """Decide what follows when a report is accepted: the units go back once, and the
    lead moves only while it is still the one that was reported.

    :param reported: :class:`Reported`
    :returns: :class:`Acceptance`
    """
    counts = reported.counts and not reported.made_up
    units = reported.units if counts else 0.0
    if not reported.open:
        return Acceptance(LEAVE, CLOSED, units)
    if not reported.held:
        return Acceptance(LEAVE, MOVED, units)
    return Acceptance(REMOVE if reported.kind == NOT_REAL else REDISTRIBUTE, "", units)
