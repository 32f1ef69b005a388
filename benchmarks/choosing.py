"""Decisions a second of the engine alone, among 500 candidates: with nothing but mixed
targets; and with languages, skills, shifts and limits, where each lead suits others."""

import random
import time

from engine import STRATEGIES, Candidate, Engine, Person, Request, Route, Talents, Wants

DECISIONS, DECISIONS_OF_ALL = 50_000, 20_000
FULL, SMOKE = 50_000, 5_000
PEOPLE, SKILLS, DEAR = 500, 12, 5_000
LANGUAGES = ("de_DE", "en_GB", "es_ES", "fr_FR", "it_IT", "pl_PL")


def plain(strategy, draw):
    """:returns: an engine, and what it is asked about a lead of that number"""
    candidates = tuple(
        Candidate(n, n, draw.choice([10, 20, 30, 40, 50]), draw.randrange(30))
        for n in range(1, PEOPLE + 1)
    )
    people = [Person(n, draw.randrange(10_000)) for n in range(1, PEOPLE + 1)]
    engine = Engine([Route(1, candidates, strategy)], people)
    return engine, lambda number: Request(number, ((1, ""),))


def mixed(strategy, draw, leads):
    """The same, with all that may keep somebody from a lead: one in five is off shift,
    half have a limit by number, which some reach, one in five one by value."""
    candidates = tuple(
        Candidate(
            n,
            n,
            draw.choice([10, 20, 30, 40, 50]),
            draw.randrange(30),
            exclusion="off_shift" if n % 5 == 0 else "",
            begins=3600 * (n % 7) if n % 5 == 0 else None,
        )
        for n in range(1, PEOPLE + 1)
    )
    each = leads // PEOPLE
    people = [
        Person(
            n,
            draw.randrange(10_000),
            capacity=draw.randrange(each, 20 * each) if n % 2 else None,
            value_left=DEAR * draw.randrange(each, 40 * each) if n % 5 == 1 else None,
            talents=Talents(
                frozenset(draw.sample(LANGUAGES, draw.randrange(1, 4))),
                frozenset(draw.sample(range(SKILLS), draw.randrange(1, 5))),
            ),
        )
        for n in range(1, PEOPLE + 1)
    ]
    rules = (("language", "must"), ("skill", "should"))
    route = Route(1, candidates, strategy, fallback="next_shift", matching=rules)

    def request(number):
        wants = Wants(
            draw.choice(LANGUAGES),
            frozenset(draw.sample(range(SKILLS), draw.randrange(3))),
        )
        value = float(draw.randrange(1, DEAR))
        return Request(number, ((1, ""),), value=value, wants=wants)

    return Engine([route], people), request


def run(line, smoke):
    """:param line: prints a figure, see ``Bench.line``"""
    leads = SMOKE if smoke else FULL
    for strategy in sorted(STRATEGIES):
        for name, made, wanted, what in (
            ("", plain(strategy, random.Random(19)), DECISIONS, ""),
            (
                "_all",
                mixed(strategy, random.Random(19), leads),
                DECISIONS_OF_ALL,
                " with languages, skills, shifts and limits",
            ),
        ):
            engine, request = made
            requests = [request(number) for number in range(leads)]
            started = time.process_time()
            for each in requests:
                engine.decide(each)
            line(
                f"engine_{strategy}{name}",
                leads / (time.process_time() - started),
                "decisions/s",
                None if smoke else f">= {wanted}",
                f"{PEOPLE} candidates{what}, one process, CPU time",
            )
