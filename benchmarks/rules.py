"""Who is neglected? A thousand leads among a million, by our own partial index."""

WANTED = 0.2
FULL, SMOKE = (1_000_000, 1000), (20_000, 50)


def run(bench, crm, addon):
    """:param crm: name of a database with CRM and without ``addon``"""
    count, hits = SMOKE if bench.smoke else FULL
    with bench.copy(crm, "neglected", addon) as name:
        bench.step("neglected_leads", name, count, hits)
        bench.analyze(name)
        found = bench.step("neglected", name, hits)
    against = f"{count} leads, {hits} of them neglected"
    bench.check("rules", found["wrong"])
    bench.line(
        "neglected_seconds",
        found["seconds"],
        "s",
        None if bench.smoke else f"<= {WANTED}",
        against,
        found=found["found"],
    )
    bench.line(
        "neglected_uses_index",
        float(found["index"]),
        "plan",
        ">= 1",
        against,
        gate=not bench.smoke,
        plan=found["plan"],
    )
