"""What somebody may send to stall the house: the same call in Odoo alone and with
routes, as a salesperson with own documents makes it."""

WANTED = 1.5
#: what comes in, and how often it is tried; the best counts
CASES = {
    "leads": (5000, "leads in one call", 1),
    "description": (10_000_000, "characters of one description", 3),
    "html": (1_000_000, "characters of HTML in one description", 3),
    "name": (1_000_000, "characters of one name", 5),
    "letter": (5_000_000, "times one letter in a mail of a shared sender", 3),
}


def run(bench, crm, addon):
    """:param crm: name of a database with CRM and without ``addon``"""
    with bench.copy(crm, "defence_core") as core:
        bench.step("salespeople", core, 25)
        with bench.copy(core, "defence_ours", addon) as ours:
            bench.step("attacked", ours)
            for name in (core, ours):
                bench.analyze(name)
            for case in CASES:
                measure(bench, case, core, ours)


def measure(bench, case, core, ours):
    """Both sides at once, so that the machine is the same.

    :param core, ours: names of the databases
    """
    size, what, tries = CASES[case]
    size = size // 20 if bench.smoke else size
    core, ours = (
        bench.step("defence", name, case, size, tries) for name in (core, ours)
    )
    bench.check(f"defence, {case}", ours["wrong"])
    bench.line(
        f"defence_{case}",
        ours["seconds"] / core["seconds"],
        "x",
        None if bench.smoke else f"<= {WANTED}",
        f"Odoo alone, {size} {what}",
        seconds=round(ours["seconds"], 3),
        core_seconds=round(core["seconds"], 3),
        queries=ours["queries"],
        core_queries=core["queries"],
    )
