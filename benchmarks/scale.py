"""Many leads at once among many more: 100,000 new ones for 500 salespeople on 50
routes, a million old ones beside them, against our own 10,000.

Beside it, what the same rows cost by plain SQL, and how fast salespeople are written to
after a batch.
"""

#: leads, salespeople, routes, old leads
USUAL, USUAL_SMOKE = (10_000, 100, 20, 0), (300, 20, 20, 0)
MANY, MANY_SMOKE = (100_000, 500, 50, 1_000_000), (600, 50, 30, 2000)
KEEPS, MEMORY, FLOOR, MAILS = 0.9, 1024, 6, 200


def run(bench, crm, addon):
    """:param crm: name of a database with CRM and without ``addon``"""
    usual, many = (USUAL_SMOKE, MANY_SMOKE) if bench.smoke else (USUAL, MANY)
    found = {}
    for what, size in (("usual", usual), ("many", many)):
        with bench.copy(crm, f"scale_{what}", addon) as name:
            bench.step("scale_seed", name, *size)
            bench.analyze(name)
            found[what] = bench.step("scale_batch", name, size[0])
            bench.check(f"scale, {what}", found[what]["wrong"])
            if what == "usual":
                mails = bench.step("scale_mails", name)
                bench.check("mails after a batch", mails["wrong"])
                floor = bench.step("scale_floor", name)
    rates = {
        what: size[0] / found[what]["seconds"]
        for what, size in (("usual", usual), ("many", many))
    }
    leads, people, routes, old = many
    bench.line(
        "scale_rate",
        rates["many"] / rates["usual"],
        "x",
        _wanted(bench, f">= {KEEPS}"),
        f"{leads} leads, {people} salespeople, {routes} routes, {old} old leads, "
        f"against {usual[0]} leads, {usual[1]} salespeople, {usual[2]} routes",
        many=round(rates["many"]),
        usual=round(rates["usual"]),
        queries_per_lead=round(found["many"]["queries"] / leads, 3),
    )
    bench.line(
        "scale_memory",
        found["many"]["mib"],
        "MiB",
        _wanted(bench, f"<= {MEMORY}"),
        f"{leads} leads",
    )
    bench.line(
        "floor_of_sql",
        found["usual"]["seconds"] / floor["seconds"],
        "x",
        _wanted(bench, f"<= {FLOOR}"),
        f"the same {floor['rows']} rows of {usual[0]} leads written by plain SQL",
        floor=round(usual[0] / floor["seconds"]),
    )
    bench.line(
        "mails_after_a_batch",
        usual[0] / mails["seconds"],
        "leads/s",
        _wanted(bench, f">= {MAILS}"),
        f"{mails['mails']} mails in Odoo's queue, one for up to 100 leads",
    )


def _wanted(bench, wanted):
    return None if bench.smoke else wanted
