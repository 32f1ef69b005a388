"""Hard limits: how much more people may get, by number of leads and by their value."""

from bisect import bisect_left, insort


class Limits:
    """What the limits of some people still allow, lead by lead.

    :param people: iterable of :class:`.types.Person` or :class:`.types.Candidate`
    """

    def __init__(self, people):
        #: user_id -> how many more leads, and which limit is reached then
        self.number = {}
        #: user_id -> how much more expected revenue, and which limit is reached then
        self.value = {}
        #: (value left, user_id) of those who have any left, the smallest first
        self.by_value = []
        #: user_id -> code of the limit that was reached from the start
        self.exhausted = {}
        for person in people:
            user_id = person.user_id
            if person.capacity is not None:
                self.number[user_id] = (person.capacity, person.capacity_code)
            if person.value_left is not None:
                self.value[user_id] = (person.value_left, person.value_code)
            code = self.reached(user_id)
            if code:
                self.exhausted[user_id] = code
            elif user_id in self.value:
                self.by_value.append((person.value_left, user_id))
        self.by_value.sort()
        #: what :meth:`too_much` answered: {number of people: {user_id: code}}; the
        #: very same again, until it is another one
        self.answers = {}

    def reached(self, user_id):
        """Code of the limit that somebody is at, "" for none."""
        for found in (self.number.get(user_id), self.value.get(user_id)):
            if found and found[0] <= 0:
                return found[1]
        return ""

    def why_not(self, user_id, value):
        """Code of the limit that keeps somebody from a lead of that value, "" for
        none."""
        return self.reached(user_id) or (
            self.value[user_id][1]
            if user_id in self.value and self.value[user_id][0] < value
            else ""
        )

    def too_much(self, value):
        """Who could have a smaller lead, but not one of that value.

        :returns: ``{user_id: code}``
        """
        if not self.by_value or self.by_value[0][0] >= value:
            return {}
        below = bisect_left(self.by_value, (value,))
        if below not in self.answers:
            self.answers[below] = {
                user_id: self.value[user_id][1]
                for _left, user_id in self.by_value[:below]
            }
        return self.answers[below]

    def take(self, user_id, value):
        """Count a lead that somebody got.

        :returns: code of the limit that is reached by it, "" for none
        """
        if user_id in self.number:
            left, code = self.number[user_id]
            self.number[user_id] = (left - 1, code)
        if user_id in self.value:
            left, code = self.value[user_id]
            self.value[user_id] = (left - value, code)
            if value:
                self._move(user_id, left, left - value)
        return self.reached(user_id)

    def _move(self, user_id, before, now):
        """Keep the order of what is left by value."""
        at = bisect_left(self.by_value, (before, user_id))
        if self.by_value[at : at + 1] == [(before, user_id)]:
            del self.by_value[at]
        if not self.reached(user_id):
            insort(self.by_value, (now, user_id))
        first = bisect_left(self.by_value, (now, user_id))
        changed = min(at, first)
        for below in [below for below in self.answers if below > changed]:
            del self.answers[below]


class Capacity:
    """What all limits of a block still allow: of people, and of them on each route.

    :param routes: iterable of :class:`.types.Route`; parts of one route share the
        limits of its candidates
    :param people: iterable of :class:`.types.Person`
    """

    def __init__(self, routes, people):
        self.people = Limits(people)
        found = {}
        for route in routes:
            for candidate in route.candidates:
                if candidate.capacity is not None or candidate.value_left is not None:
                    found.setdefault(route.whole, {})[candidate.user_id] = candidate
        #: id of a route as a whole -> Limits of its candidates, where there are any
        self.routes = {whole: Limits(line.values()) for whole, line in found.items()}

    def exhausted(self, whole):
        """``{user_id: code}`` of who was at a limit from the start."""
        if whole not in self.routes:
            return self.people.exhausted
        return {**self.routes[whole].exhausted, **self.people.exhausted}

    def too_much(self, whole, value):
        """Who could have a smaller lead of a route, but not one of that value.

        :returns: ``{user_id: code}``
        """
        found = self.people.too_much(value)
        here = self.routes.get(whole)
        more = here.too_much(value) if here else None
        return {**found, **more} if more else found

    def why_not(self, user_id, whole, value):
        """Code of the limit that keeps somebody from a lead of a route, "" for none.

        :param whole: None for a lead of no route
        """
        code = self.people.why_not(user_id, value)
        if not code and whole in self.routes:
            code = self.routes[whole].why_not(user_id, value)
        return code

    def take(self, user_id, whole, value):
        """Count a lead that somebody got.

        :returns: ``(code of a limit of theirs, code of one on the route)`` that is
            reached by it, "" for none
        """
        here = self.routes.get(whole)
        return (
            self.people.take(user_id, value),
            here.take(user_id, value) if here else "",
        )
