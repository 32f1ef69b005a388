"""Deputies: who takes the leads of somebody's customers while they are away (P6)."""

from .types import ABSENT, DEPUTY, DUPLICATE

#: a lead is somebody's, and so their deputy's, if it would have gone to them for this
THEIRS = ("known_advisor", DUPLICATE)
#: how many are asked one after the other: the deputy, and the deputy's own
STEPS = 2


def deputies(people, user_id):
    """Find who stands in for somebody, as far as the next one in the line is away, too.

    :param people: ``{user_id: Person}``
    :returns: ``[(who is away, until, deputy), ...]``, nobody of them twice
    """
    found, seen = [], {user_id}
    while len(found) < STEPS:
        person = people.get(user_id)
        if person is None or not person.deputy or person.deputy in seen:
            break
        found.append((user_id, person.until, person.deputy))
        seen.add(person.deputy)
        deputy = people.get(person.deputy)
        if deputy is None or deputy.exclusion != ABSENT:
            break
        user_id = person.deputy
    return found


def stand_in(people, user_id, why_not, trace):
    """Find who takes a lead in place of somebody who is away.

    :param why_not: of a user id, the code of what keeps them from it, or ""
    :param trace: of the lead, which is told for whom the deputy stands in
    :returns: ``(user id or None, [[user_id, "deputy", code], ...] of who was asked)``
    """
    line, tried = deputies(people, user_id), []
    for place, (_away, _until, deputy) in enumerate(line, 1):
        code = why_not(deputy)
        tried.append([deputy, DEPUTY, code])
        if not code:
            trace["deputies"] = [list(step) for step in line[:place]]
            return deputy, tried
    return None, tried
