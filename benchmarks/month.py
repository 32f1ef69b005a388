"""A month and a quarter of leads through the engine alone: who ends where.

What is compared, exactly. A lead of a known customer goes to the advisor if that one
is here (O13). Every other lead goes to whoever is furthest behind the share that the
target gives (O7), loads counting the customers' leads and the compensation for
absence (O11). Therefore nobody is *given* a lead by the strategy while more than one
unit ahead of the share owed at that moment; who is pushed further by own customers
gets nothing more by the strategy until the others have caught up. The figure is the
largest lead over the share owed, just after a lead by the strategy, of all decisions
of the month. The share owed is own target / targets of those present x their load.
"""

import random
from datetime import datetime, timedelta

from engine import (
    Candidate,
    Engine,
    Person,
    Request,
    Route,
    Stretch,
    compensation,
    days_absent,
)

START = datetime(2025, 9, 1)
HOURS = (9, 17)


def working_days(start, until):
    """:returns: for each working day from start to until its [(start, end)]"""
    days, day = [], start
    while day <= until:
        if day.weekday() < 5:
            begin, end = (day.replace(hour=hour, minute=0) for hour in HOURS)
            days.append([(begin, end)])
        day += timedelta(days=1)
    return days


class Office:
    """People with targets and absences, and what they got this month."""

    def __init__(self, targets, absences, compensated=True):
        """
        :param targets: ``{user_id: units a month}``
        :param absences: ``{user_id: [(start, end), ...]}``
        """
        self.targets, self.absences = targets, absences
        self.compensated = compensated
        self.last = dict.fromkeys(targets, 0)
        self.clock = 0
        self.begin(START)

    def begin(self, start):
        self.start = start
        self.own = dict.fromkeys(self.targets, 0)  # by strategy
        self.stuck = dict.fromkeys(self.targets, 0)  # customers' leads
        self.worst = 0.0
        self.log = []
        self.stretches = []

    def units(self, user_id):
        return self.own[user_id] + self.stuck[user_id]

    def absent(self, user_id, at):
        return any(a <= at < b for a, b in self.absences.get(user_id, ()))

    def extra(self, at):
        """:returns: ``{user_id: units}`` as the snapshot makes them"""
        days = working_days(self.start, at.replace(hour=0))
        away = {
            u: days_absent(
                days,
                [
                    (max(a, self.start), min(b, at))
                    for a, b in self.absences.get(u, ())
                    if a < at and b > self.start
                ],
            )
            for u in self.targets
        }
        nothing = dict.fromkeys(self.targets, 0.0)
        if not self.compensated:
            return nothing, away
        here = {u for u in self.targets if not self.absent(u, at)}
        return nothing | compensation(self.targets, self.stretches, here), away

    def _stretch(self, at):
        """:returns: the part of the month that goes on at this moment: a new one when
        somebody came or went"""
        away = frozenset(u for u in self.targets if self.absent(u, at))
        if not self.stretches or self.stretches[-1].away != away:
            units = dict.fromkeys(self.targets, 0.0)
            self.stretches.append(Stretch(units, away))
        return self.stretches[-1]

    def distribute(self, at, advisors):
        """One block of leads.

        :param advisors: for each lead the advisor's user_id or None
        """
        extra, _away = self.extra(at)
        loads = {u: self.units(u) + extra[u] for u in self.targets}
        route = Route(
            1,
            tuple(
                Candidate(
                    u,
                    place,
                    target,
                    loads[u],
                    exclusion="absent" if self.absent(u, at) else "",
                )
                for place, (u, target) in enumerate(self.targets.items())
            ),
        )
        engine = Engine([route], [Person(u, self.last[u]) for u in self.targets])
        got = self._stretch(at).units
        here = [u for u in self.targets if not self.absent(u, at) and self.targets[u]]
        total = sum(self.targets[u] for u in here)
        for number, advisor in enumerate(advisors):
            wanted = ((advisor, "known_advisor"),) if advisor else ()
            decision = engine.decide(Request(number, ((1, ""),), wanted))
            user_id = decision.user_id
            self.clock += 1
            self.last[user_id] = self.clock
            loads[user_id] += 1
            got[user_id] += 1
            self.log.append((at, user_id))
            if decision.reason == "known_advisor":
                self.stuck[user_id] += 1
                continue
            assert not advisor or self.absent(advisor, at)
            self.own[user_id] += 1
            owed = self.targets[user_id] / total * sum(loads[u] for u in here)
            self.worst = max(self.worst, loads[user_id] - owed)


def month(seed=7, leads=3000, people=25):
    """:returns: the :class:`Office` at the end of a month"""
    chance = random.Random(seed)
    targets = {u: chance.choice([20, 40, 60, 100, 200]) for u in range(1, people + 1)}
    for user_id in chance.sample(range(2, people + 1), 5):
        targets[user_id] //= 2  # part-time
    targets[people] = 0
    absences = {}
    for user_id in chance.sample(range(1, people), 5):
        begin = START + timedelta(days=chance.randrange(2, 20))
        absences[user_id] = [(begin, begin + timedelta(days=chance.randrange(2, 14)))]
    office = Office(targets, absences)
    advisors = [chance.choice([1, 2, 3, 4, *range(1, people)]) for _ in range(400)]
    moments = sorted(
        START + timedelta(minutes=chance.randrange(30 * 24 * 60)) for _ in range(leads)
    )
    while moments:
        size = min(chance.randrange(1, 41), len(moments))
        block, moments = moments[:size], moments[size:]
        office.distribute(
            block[-1],
            [chance.choice(advisors) if chance.random() < 0.3 else None for _ in block],
        )
    return office


def quarter(compensated, seed=11, people=20, leads=600):
    """Three months, equal targets, everybody away once or twice.

    :returns: ``(flood, behind)``: the largest ratio of what somebody got in the five
        days after an absence to what the others got in them, and the largest shortfall
        at a month's end against what the days present would have given
    """
    chance = random.Random(seed)
    targets = dict.fromkeys(range(1, people + 1), 30)
    absences = {}
    for user_id in targets:
        for _ in range(chance.randrange(1, 3)):
            begin = START + timedelta(days=chance.randrange(80))
            length = timedelta(days=chance.randrange(3, 15))
            absences.setdefault(user_id, []).append((begin, begin + length))
    office = Office(targets, absences, compensated)
    flood = behind = 0.0
    for number in range(3):
        start = START + timedelta(days=30 * number)
        office.begin(start)
        moments = sorted(
            start + timedelta(minutes=chance.randrange(30 * 24 * 60))
            for _ in range(leads)
        )
        for at in moments:
            office.distribute(at, [None])
        end = start + timedelta(days=30)
        for user_id, spans in absences.items():
            for _enqueue, back in spans:
                if not start <= back < end - timedelta(days=5):
                    continue
                window = [u for at, u in office.log if back <= at < back + timedelta(5)]
                others = [
                    u
                    for u in targets
                    if u != user_id
                    and not any(
                        a < back + timedelta(5) and b > back for a, b in absences[u]
                    )
                ]
                mean = sum(window.count(u) for u in others) / max(len(others), 1)
                if mean >= 2:
                    flood = max(flood, window.count(user_id) / mean)
        days = working_days(start, end - timedelta(days=1))
        _extra, away = office.extra(end - timedelta(minutes=1))
        present = {u: len(days) - away[u] for u in targets}
        rate = leads / sum(present.values())
        behind = max(behind, *(present[u] * rate - office.units(u) for u in targets))
    return flood, behind


def run(say, line):
    """
    :param say: prints a line for people
    :param line: prints a figure: ``line(name, value, unit, wanted, against)``
    """
    office = month()
    end = START + timedelta(days=30)
    extra, away = office.extra(end - timedelta(minutes=1))
    here = [
        u for u in office.targets if not office.absent(u, end - timedelta(minutes=1))
    ]
    total = sum(office.targets[u] for u in here)
    loads = {u: office.units(u) + extra[u] for u in office.targets}
    whole = sum(loads[u] for u in here)
    say("person target  away customers strategy   comp.    load    owed   ahead")
    for u, target in office.targets.items():
        owed = target / total * whole if u in here else 0.0
        say(
            f"{u:6} {target:6} {away[u]:5.1f} {office.stuck[u]:9} {office.own[u]:8} "
            f"{extra[u]:7.1f} {loads[u]:7.1f} {owed:7.1f} {loads[u] - owed:+7.2f}"
        )
    line(
        "month_worst_ahead",
        round(office.worst, 3),
        "leads",
        "<= 1",
        "share owed, after each of the leads by strategy; 3000 leads, 25 people, 30 % "
        "known customers",
        gate=True,
    )
    with_it, without = quarter(True), quarter(False)
    for name, place in (("flood", 0), ("behind", 1)):
        line(
            f"quarter_{name}_with",
            round(with_it[place], 2),
            "x" if name == "flood" else "leads",
            "<= 1.8" if name == "flood" else None,
            f"without compensation: {without[place]:.2f}",
        )
