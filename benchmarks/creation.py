"""One lead made by a colleague, distributed as it is made: against the same lead made
for a salesperson in Odoo alone, who is told by email or not. Mails are left to their
schedule on both sides."""

WITH_MAIL, WITHOUT = 1.0, 1.7
SALESPEOPLE = 25
#: leads of one turn of each side, and turns; the best turn counts, for others use the
#: machine as well
FULL, SMOKE = (40, 5), (5, 1)


def run(bench, crm, addon):
    """:param crm: name of a database with CRM and without ``addon``"""
    count, turns = SMOKE if bench.smoke else FULL
    with bench.copy(crm, "creation_core") as core:
        bench.step("creation_people", core, SALESPEOPLE)
        with bench.copy(core, "creation_ours", addon) as ours:
            bench.step("creation_route", ours)
            for name in (core, ours):
                bench.analyze(name)
            best = {}
            for _turn in range(turns):
                for way, name in (("mail", core), ("quiet", core), ("ours", ours)):
                    found = bench.step("creation", name, way, count)
                    bench.check(f"creation, {way}", found["wrong"])
                    if way not in best or found["seconds"] < best[way]["seconds"]:
                        best[way] = found
    for name, way, wanted, what in (
        ("creation_time", "mail", WITH_MAIL, "with core's mail to the salesperson"),
        ("creation_time_without_mail", "quiet", WITHOUT, "without any mail"),
    ):
        bench.line(
            name,
            best["ours"]["seconds"] / best[way]["seconds"],
            "x",
            None if bench.smoke else f"<= {wanted}",
            f"the same lead made in Odoo alone for a salesperson, {what}",
            of_the_processor=round(best["ours"]["cpu"] / best[way]["cpu"], 3),
            ours_ms=round(1000 * best["ours"]["seconds"], 1),
            core_ms=round(1000 * best[way]["seconds"], 1),
            ours_queries=best["ours"]["queries"],
            core_queries=best[way]["queries"],
        )
