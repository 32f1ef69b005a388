"""Which leads come first: the most urgent, in the order that a company chose.

Blocks, drains and scarce limits take leads in this order. Equal ones keep the order in
which they came.
"""

from dataclasses import dataclass

#: what leads may be ordered by
ORDERS = ("stars", "probability", "revenue", "waiting", "mix")

#: as many stars as a lead has at most
STARS = 3


@dataclass(frozen=True, slots=True)
class Urgency:
    """What makes a lead urgent.

    :param stars: 0 to :data:`STARS`, as people gave them.
    :param probability: of a sale, in percent.
    :param revenue: expected, in the company's currency.
    :param hours: since the lead came.
    """

    lead_id: int
    stars: int = 0
    probability: float = 0.0
    revenue: float = 0.0
    hours: float = 0.0


@dataclass(frozen=True, slots=True)
class Mix:
    """What each part of the mix weighs, and what makes a part full.

    :param stars, probability, revenue, waiting: weights, any numbers from 0 on.
    :param full_revenue: from this expected revenue on a lead has all of that part.
    :param full_hours: the same of the hours that it has waited.
    """

    stars: float = 40.0
    probability: float = 30.0
    revenue: float = 20.0
    waiting: float = 10.0
    full_revenue: float = 10_000.0
    full_hours: float = 24.0

    def score(self, urgency):
        """Return the points of a lead, 0 to 100; 0 where nothing weighs anything."""
        parts = (
            (self.stars, urgency.stars, STARS),
            (self.probability, urgency.probability, 100.0),
            (self.revenue, urgency.revenue, self.full_revenue),
            (self.waiting, urgency.hours, self.full_hours),
        )
        total = sum(weight for weight, _value, _full in parts)
        if not total:
            return 0.0
        return (
            100.0
            * sum(
                weight * min(max(value / full, 0.0), 1.0)
                for weight, value, full in parts
                if full > 0
            )
            / total
        )


#: what leads are ordered by, for each of :data:`ORDERS`
FIGURES = {
    "stars": lambda urgency, _mix: (urgency.stars, urgency.probability),
    "probability": lambda urgency, _mix: (urgency.probability,),
    "revenue": lambda urgency, _mix: (urgency.revenue,),
    "waiting": lambda urgency, _mix: (urgency.hours,),
    "mix": lambda urgency, mix: (mix.score(urgency),),
}


def figures(order, urgency, mix):
    """Return what a lead is ordered by, the greatest first: a tuple of numbers.

    :param order: one of :data:`ORDERS`
    :raises KeyError: for another one
    """
    return FIGURES[order](urgency, mix)


def ranked(order, urgencies, mix, after=None):
    """Put leads into the order in which they are taken.

    :param urgencies: list of :class:`Urgency`, in the order in which the leads came
    :param after: ``{lead_id: lead_id}`` of leads that are the same person's as an
        earlier one: they come right behind it, and all of them are as urgent as the
        most urgent among them
    :returns: list of lead ids
    """
    after = after or {}
    known = {urgency.lead_id for urgency in urgencies}
    groups = {}
    for urgency in urgencies:
        root, seen = urgency.lead_id, set()
        while after.get(root) in known and root not in seen:
            seen.add(root)
            root = after[root]
        groups.setdefault(root, []).append(urgency)
    # sorted is stable: groups stand, and stay, in the order of their first lead
    first = sorted(
        groups.values(),
        key=lambda group: max(figures(order, each, mix) for each in group),
        reverse=True,
    )
    return [urgency.lead_id for group in first for urgency in group]
