"""What arrives: how many mails and rows are read right, and how fast.

Made-up ones, see letters.py, delivered as the mail gateway delivers them, with leads
distributed by the schedule, as core's own are. Core reads the same mails in its copy.
"""

RIGHT, WRONG_PERSON, TIMES = 0.99, 0.001, 1.2
#: mails and rows; of these, mails that core gets for comparison
FULL, SMOKE = (5000, 1000), (120, 60)


def run(bench, crm, addon):
    """:param crm: name of a database with CRM and without ``addon``"""
    count, sample = SMOKE if bench.smoke else FULL
    with bench.copy(crm, "intake") as data:
        bench.step("intake_people", data)
        with bench.copy(data, "intake_core") as database:
            bench.analyze(database)
            core = bench.step("intake", database, sample)
        with bench.copy(data, "intake_ours", addon) as database:
            bench.step("intake_setup", database)
            bench.analyze(database)
            ours = bench.step("intake", database, count, sample)
    for name, (right, said) in sorted(ours["read"].items()):
        bench.line(
            f"intake_{name}_right",
            right / said,
            "share",
            f">= {RIGHT}",
            f"{said} that say it, {len(ours['shapes'])} shapes, 10 countries",
            gate=True,
            right=right,
        )
    for shape, (right, said) in sorted(ours["shapes"].items()):
        bench.line(
            f"intake_{shape}_right", right / said, "share", right=right, said=said
        )
    bench.line(
        "intake_wrong_person",
        ours["wrong"] / count,
        "share",
        f"<= {WRONG_PERSON}",
        f"{count} mails and rows: an address or a number that is somebody else's",
        gate=True,
        wrong=ours["wrong"],
    )
    bench.line(
        "intake_lost",
        ours["lost"],
        "mails and rows",
        "<= 0",
        f"{count} of them",
        gate=True,
    )
    bench.line(
        "intake_mails_per_second",
        ours["mails"] / ours["seconds"],
        "mails/s",
        against=f"core: {core['mails'] / core['seconds']:.1f}",
    )
    bench.line(
        "intake_time_of_a_mail",
        (ours["sample_seconds"] / ours["sample_mails"])
        / (core["seconds"] / core["mails"]),
        "x",
        None if bench.smoke else f"<= {TIMES}",
        f"core's time a mail, the same {core['mails']} mails",
        core_ms=round(1000 * core["seconds"] / core["mails"], 1),
        ours_ms=round(1000 * ours["sample_seconds"] / ours["sample_mails"], 1),
        core_queries=round(core["queries"] / core["mails"], 1),
        ours_queries=round(ours["queries"] / ours["mails"], 1),
    )
