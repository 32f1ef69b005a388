"""What arrives: how many mails and rows are read right, and how fast.

Made-up ones, see letters.py. All of them are read by the engine alone, see reading.py;
a part is delivered as the mail gateway delivers mails, with leads distributed by the
schedule, as core's own are; and once more with each lead distributed at once, which
core does not do with a mail. Core reads the same mails in its copy, and imports the
same file of leads.
"""

import sys

import reading

RIGHT, WRONG_PERSON, TIMES, TIMES_IMPORT = 0.99, 0.001, 1.2, 1.5
#: of core's time a mail, with its lead distributed before the next one is read
TIMES_AT_ONCE = 1.7
#: mails and rows; of these, those that go through the gateway; leads of a file
FULL, SMOKE = (5000, 480, 1000), (240, 72, 100)
#: parts in which the mails are delivered to core and to ours in turn
TURNS = 3


def run(bench, crm, addon):
    """:param crm: name of a database with CRM and without ``addon``"""
    count, through, rows = SMOKE if bench.smoke else FULL
    _quality(bench, "read", reading.measure(count), count)
    with bench.copy(crm, "intake") as data:
        bench.step("intake_people", data)
        with (
            bench.copy(data, "intake_core") as core_base,
            bench.copy(data, "intake_ours", addon) as our_base,
        ):
            bench.step("intake_setup", our_base)
            with bench.copy(our_base, "intake_at_once") as base:
                bench.step("intake_at_once", base)
                core, ours, at_once = _in_turn(
                    bench, (core_base, our_base, base), through
                )
            core_file = bench.step("import", core_base, rows)
            our_file = bench.step("import", our_base, rows)
    _quality(bench, "intake", ours, through)
    bench.line(
        "intake_lost",
        ours["lost"],
        "mails and rows",
        "<= 0",
        f"{through} of them",
        gate=True,
    )
    bench.check("at once", {"leads not distributed": at_once["waiting"]})
    spent = {side: x["seconds"] / x["mails"] for side, x in _sides(core, ours)}
    asked = {side: x["queries"] / x["mails"] for side, x in _sides(core, ours)}
    bench.line(
        "intake_mails_per_second",
        1 / spent["ours"],
        "mails/s",
        against=f"core: {1 / spent['core']:.1f}",
    )
    bench.line(
        "intake_time_of_a_mail",
        spent["ours"] / spent["core"],
        "x",
        None if bench.smoke else f"<= {TIMES}",
        f"core's time a mail, the same {core['mails']} mails",
        core_ms=round(1000 * spent["core"], 1),
        ours_ms=round(1000 * spent["ours"], 1),
        core_cpu_ms=round(1000 * core["cpu"] / core["mails"], 1),
        our_cpu_ms=round(1000 * ours["cpu"] / ours["mails"], 1),
    )
    bench.line(
        "intake_time_of_a_mail_at_once",
        at_once["seconds"] / at_once["mails"] / spent["core"],
        "x",
        None if bench.smoke else f"<= {TIMES_AT_ONCE}",
        "core's time a mail, which distributes none of them",
        ours_ms=round(1000 * at_once["seconds"] / at_once["mails"], 1),
        our_cpu_ms=round(1000 * at_once["cpu"] / at_once["mails"], 1),
        our_queries=round(at_once["queries"] / at_once["mails"], 1),
    )
    bench.line(
        "intake_queries_of_a_mail",
        asked["ours"] / asked["core"],
        "x",
        f"<= {TIMES}",
        "core's statements a mail",
        gate=True,
        core=round(asked["core"], 1),
        ours=round(asked["ours"], 1),
    )
    bench.check("core's import", {"leads missing": rows - core_file["leads"]})
    bench.check("our import", {"leads missing": rows - our_file["leads"]})
    bench.line(
        "import_time",
        our_file["seconds"] / core_file["seconds"],
        "x",
        None if bench.smoke else f"<= {TIMES_IMPORT}",
        f"core's time for the same file of {rows} leads",
        core=round(core_file["seconds"], 1),
        ours=round(our_file["seconds"], 1),
    )
    bench.line(
        "import_queries",
        our_file["queries"] / core_file["queries"],
        "x",
        f"<= {TIMES_IMPORT}",
        "core's statements for the same file",
        gate=True,
        core=core_file["queries"],
        ours=our_file["queries"],
    )


def _in_turn(bench, bases, count):
    """Deliver the mails to several, a part to each in turn: what else the machine does
    meanwhile slows down all alike.

    :param bases: names of databases
    :returns: what the steps say in all, for each
    """
    whole = []
    for base in bases:
        bench.analyze(base)
        whole.append([])
    turns = 1 if bench.smoke else TURNS
    for turn in range(turns):
        for base, parts in zip(bases, whole, strict=True):
            parts.append(bench.step("intake", base, count, turn, turns))
    return [_sum_of(parts) for parts in whole]


def _sum_of(parts):
    """Add up what :func:`steps.step_intake` says of the parts."""
    found = {
        name: sum(part[name] for part in parts)
        for name in ("seconds", "cpu", "mails", "queries", "lost", "waiting")
        if name in parts[0]
    }
    if "right" in parts[0]:
        right = {}
        for shape, name, *numbers in (each for part in parts for each in part["right"]):
            kept = right.setdefault((shape, name), [0, 0])
            kept[:] = map(sum, zip(kept, numbers, strict=True))
        found["right"] = [[*key, *numbers] for key, numbers in sorted(right.items())]
        found["wrong"] = {
            name: sum(part["wrong"][name] for part in parts)
            for name in parts[0]["wrong"]
        }
        found["missed"] = [each for part in parts for each in part["missed"]]
    return found


def _sides(core, ours):
    return ("core", core), ("ours", ours)


def _quality(bench, what, found, count):
    """Print what was read right, by shape and by field, and what is somebody else's.

    :param what: ``read``, by the engine alone; ``intake``, through the gateway
    :param found: see :meth:`reading.Tally.figures`
    """
    shapes, fields = {}, {}
    for shape, name, right, said in found["right"]:
        shapes.setdefault(shape, {})[name] = (right, said)
        kept = fields.setdefault(name, [0, 0])
        kept[0] += right
        kept[1] += said
    for shape, by_field in sorted(shapes.items()):
        bench.line(
            f"{what}_{shape}_right",
            min(right / said for right, said in by_field.values()),
            "share",
            f">= {RIGHT}",
            "the field that is read worst, 10 countries",
            gate=True,
            fields={x: f"{right}/{said}" for x, (right, said) in by_field.items()},
        )
    for name, (right, said) in sorted(fields.items()):
        bench.line(
            f"{what}_{name}_right",
            right / said,
            "share",
            f">= {RIGHT}",
            f"{said} that say it, {len(shapes)} shapes, 10 countries",
            gate=True,
            right=right,
        )
    for name, wrong in sorted(found["wrong"].items()):
        bench.line(
            f"{what}_{name}_of_somebody_else",
            wrong / count,
            "share",
            f"<= {WRONG_PERSON}",
            f"{count} mails and rows",
            gate=True,
            wrong=wrong,
        )
    for missed in found["missed"]:
        print(f"{what}: not read right: {missed}", file=sys.stderr)
