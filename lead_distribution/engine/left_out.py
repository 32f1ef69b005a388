"""Who gets nothing, and why: found once for the leads of one kind.

Leads that want the same are kept from the same people, which the engine says by the
very same dictionaries: answers are kept by what they were asked of, and nothing is
changed, only replaced.
"""

from collections import Counter

from .strategies.base import MOST_SKIPPED, NAMED


class LeftOut:
    """What was asked about who gets nothing."""

    def __init__(self):
        self.joined = {}  # ids of two dictionaries -> they, and both in one
        self.counted = {}  # (route_id, id of who is unfit) -> asked of what, and said

    def both(self, first, second):
        """Return two dictionaries in one; what the second says of somebody holds."""
        kept = self.joined.get((id(first), id(second)))
        if not kept or kept[0] is not first or kept[1] is not second:
            if len(self.joined) > MOST_SKIPPED:
                self.joined.clear()
            kept = (first, second, {**first, **second})
            self.joined[id(first), id(second)] = kept
        return kept[2]

    def told(self, strategy, unfit):
        """Say who gets nothing from a route.

        :param unfit: ``{user_id: code}`` of who cannot have the lead in question
        :returns: ``(number of candidates by code, the first of them by name)``
        """
        excluded = strategy.excluded
        if not unfit:
            return excluded, strategy.spent
        key = (strategy.route.route_id, id(unfit))
        kept = self.counted.get(key)
        if not kept or kept[0] is not excluded or kept[1] is not unfit:
            if len(self.counted) > MOST_SKIPPED:
                self.counted.clear()
            kept = (excluded, unfit, *self._counted(strategy, unfit))
            self.counted[key] = kept
        return kept[2:]

    @staticmethod
    def _counted(strategy, unfit):
        here = strategy.kind_of(unfit).out
        if not here:
            return strategy.excluded, strategy.spent
        excluded = dict(strategy.excluded)
        for code, number in Counter(map(unfit.__getitem__, here)).items():
            excluded[code] = excluded.get(code, 0) + number
        named = [[user_id, unfit[user_id]] for user_id in here[:NAMED]]
        return excluded, (strategy.spent + named)[:NAMED]
