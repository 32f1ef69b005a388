"""How long does a replay of last month's leads take? Against the distribution of the
same leads, in the same run."""

SALESPEOPLE = 50
FULL, SMOKE = (2000, 10_000), (300,)
WANTED = {2000: 10, 10_000: 60}  # seconds


def run(bench, crm, addon):
    """:param crm: name of a database with CRM and without ``addon``"""
    for size in SMOKE if bench.smoke else FULL:
        with bench.copy(crm, "replayed", addon) as name:
            bench.step("seed", name, size, SALESPEOPLE)
            routes = bench.step("routes", name)["routes"]
            bench.analyze(name)
            ours = bench.step("ours", name)
            absences = bench.step("past", name)["absences"]
            bench.analyze(name)
            found = bench.step("simulate", name)
        bench.check(f"simulation, {size} leads", found["wrong"])
        against = (
            f"{ours['seconds']:.1f} s to distribute the same leads; {SALESPEOPLE} "
            f"salespeople, {routes} routes, {absences} absences"
        )
        bench.line(
            f"simulation_seconds_{size}",
            found["seconds"],
            "s",
            None if bench.smoke else f"<= {WANTED[size]}",
            against,
            memory_mib=round(found["mib"]),
        )
        bench.line(
            f"simulation_queries_{size}", found["queries"], "queries", None, against
        )
