"""Hard limits of salespeople, and of members of routes: what each of them counts.

A salesperson and a member have the same fields; 0 is no limit.
"""

from dataclasses import dataclass

#: how much longer a code is that tells of a limit on one route
ON_ROUTE = "member_"

#: what leads are counted in: naive UTC spans of the company's calendar, the days that
#: somebody has for rolling ones, and now
SPANS = ("hour", "day", "week", "month", "days", "open")


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit.

    :param code: as explanations have it
    :param field: of ``res.users`` and ``lead.distribution.route.member``
    :param span: one of :data:`SPANS`
    :param by_value: whether it is of expected revenue, in the company's currency, and
        not of a number of leads
    """

    code: str
    field: str
    span: str
    by_value: bool = False


LIMITS = tuple(
    Limit(f"limit_{span}{kind}", f"lead_max_{span}{kind}", span, bool(kind))
    for kind in ("", "_value")
    for span in SPANS
)

#: ``{code: Limit}``
LIMIT_OF = {limit.code: limit for limit in LIMITS}

#: of how many days the rolling ones are, today included
DAYS_FIELD = "lead_max_days_number"

#: names of all fields of limits
LIMIT_FIELDS = (*(limit.field for limit in LIMITS), DAYS_FIELD)

#: codes of why somebody gets nothing
LIMIT_CODES = (*LIMIT_OF, *(ON_ROUTE + code for code in LIMIT_OF))


def limits_of(values):
    """Return ``{code: limit}`` of a salesperson or member, of the limits there are.

    :param values: those of :data:`LIMIT_FIELDS`; 0 or None is no limit
    """
    return {
        limit.code: most
        for limit, most in zip(LIMITS, values, strict=False)
        if most and most > 0
    }


def limits_raised(before, now):
    """Whether a limit became higher, or counts fewer days.

    :param before, now: values of :data:`LIMIT_FIELDS`
    """
    *was, days_before = before
    *became, days = now
    for limit, old, new in zip(LIMITS, was, became, strict=True):
        if old > 0 and (not new or new > old):
            return True
        if limit.span == "days" and old > 0 and days < days_before:
            return True
    return False
