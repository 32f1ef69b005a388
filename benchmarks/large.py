"""Each screen of a manager with years of data, and a lead that comes by itself beside
them: 1,000,000 leads, 5,000,000 rows."""

import re

WANTED, ONE_LEAD = 1.0, 0.3
PEOPLE = 100
FULL, SMOKE = 1_000_000, 5_000


def run(bench, crm, addon):
    """:param crm: name of a database with CRM and without ``addon``"""
    leads = SMOKE if bench.smoke else FULL
    with bench.copy(crm, "large", addon) as name:
        bench.step("large_seed", name, leads, PEOPLE)
        bench.analyze(name)
        found = bench.step("large_screens", name)
        one = bench.step("large_creation", name)
        bench.check("a lead beside many", one["wrong"])
    against = f"{leads} leads, {5 * leads} rows of the ledger"
    wanted = None if bench.smoke else f"<= {WANTED}"
    slowest = max(found, key=lambda screen: found[screen][1])
    bench.line(
        "screen_slowest",
        found[slowest][1],
        "s",
        wanted,
        f"{against}; {len(found)} screens, {slowest}",
        first=found[slowest][0],
    )
    bench.line(
        "creation_beside_many",
        one["seconds"],
        "s",
        None if bench.smoke else f"<= {ONE_LEAD}",
        f"{against}, {one['month']} of them of this month; {PEOPLE} people with limits",
        queries=one["queries"],
    )
    for screen, (first, second) in sorted(found.items(), key=lambda x: -x[1][1]):
        if second > WANTED / 10:
            name = re.sub(r"[^a-z0-9]+", "_", screen.lower()).strip("_")
            bench.line(f"screen_{name}", second, "s", wanted, against, first=first)
