"""Our figures against Odoo's own, each side on its own copy of one database.

Prints one JSON object a line: `name`, `value`, `unit`, `wanted`, `against`, and
`ok` where something is wanted. Everything else goes to stderr. Ends with 1 when
leads came out wrong, a batch needs too many queries or people are not recognised
as well as wanted; a speed below what is wanted is shown and no failure, since
machines differ. Run it as benchmarks/run.
"""

import argparse
import contextlib
import json
import os
import re
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import psycopg2

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "lead_distribution")]

import choosing  # noqa: E402
import creation  # noqa: E402
import databases  # noqa: E402
import defence  # noqa: E402
import environment  # noqa: E402
import identity  # noqa: E402
import intake  # noqa: E402
import large  # noqa: E402
import latency  # noqa: E402
import month  # noqa: E402
import rules  # noqa: E402
import scale  # noqa: E402
import simulation  # noqa: E402
import workers  # noqa: E402

SALESPEOPLE = 100
FULL, SMOKE = (2000, 10_000), (300,)
RATIOS = {2000: 15, 10_000: 20}
QUERIES_PER_LEAD = 1.5
#: statements a block may need for each lead more that it holds: rows are written
#: hundreds at a time, nothing is asked lead by lead
QUERIES_PER_LEAD_MORE = 0.2
ADDON = "lead_distribution"
#: parts that are programs of their own
MODULES = {
    "creation": creation,
    "identity": identity,
    "intake": intake,
    "latency": latency,
    "rules": rules,
    "simulation": simulation,
    "large": large,
    "scale": scale,
    "workers": workers,
    "defence": defence,
}
PARTS = ("engine", "month", "growth", "batch", *MODULES)


def say(text):
    print(text, file=sys.stderr, flush=True)


class Bench:
    def __init__(self, smoke):
        self.smoke = smoke
        self.failures = []

    def line(self, name, value, unit, wanted=None, against=None, gate=False, **extra):
        """Print a figure; with ``gate``, fall short of it and the bench fails."""
        found = {
            "name": name,
            "value": round(value, 3),
            "unit": unit,
            "wanted": wanted,
            "against": against,
        }
        if wanted:
            sign, number = re.fullmatch(r"([<>]=) ([\d.]+)", wanted).groups()
            good = value >= float(number) if sign == ">=" else value <= float(number)
            found["ok"] = good
            if gate and not good:
                self.failures.append(f"{name} is {value:.3f}, wanted {wanted}")
        print(json.dumps({**found, **extra}), flush=True)

    def check(self, side, wrong):
        for what, number in wrong.items():
            if number:
                self.failures.append(f"{side}: {number} {what}")

    # databases ------------------------------------------------------------------

    @contextlib.contextmanager
    def copy(self, source, purpose, module=None, name=None):
        """A copy of a database for as long as the block lasts.

        :param module: to be installed in the copy
        :param name: of the copy, by its purpose if not given
        """
        name = name or databases.scratch(f"bench_{purpose}")
        if module and source == databases.template():
            # installed once for all parts that begin with an empty database
            source, module = databases.template((module,), source), None
        databases.copy(source, name)
        try:
            if module:
                arguments = ("-d", name, "-i", module, "--stop-after-init", "--no-http")
                databases.odoo(*arguments, log="bench")
            yield name
        finally:
            databases.drop(name)

    def analyze(self, name):
        """Fresh statistics for both sides, else the planner guesses."""
        with contextlib.closing(psycopg2.connect(dbname=name)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")

    def step(self, *arguments):
        """:returns: what a step of steps.py says"""
        started = time.monotonic()
        command = [sys.executable, HERE / "steps.py", *map(str, arguments)]
        answer = subprocess.run(
            command, check=True, stdout=subprocess.PIPE, text=True
        ).stdout
        say(f"{' '.join(map(str, arguments))}: {time.monotonic() - started:.1f} s")
        return json.loads(answer.strip().splitlines()[-1])

    # measures -------------------------------------------------------------------

    def batch(self, crm, size):
        """One batch of ``size`` leads by core and by us."""
        with self.copy(crm, size) as data:
            self.step("seed", data, size, SALESPEOPLE)
            with self.copy(data, "core") as database:
                self.analyze(database)
                core = self.step("core", database)
            with self.copy(data, "ours", ADDON) as database:
                self.step("routes", database)
                self.analyze(database)
                ours = self.step("ours", database)
        self.check(f"core, {size} leads", core["wrong"])
        self.check(f"ours, {size} leads", ours["wrong"])
        for side, found in (("core", core), ("ours", ours)):
            self.line(
                f"{side}_leads_per_second_{size}",
                size / found["seconds"],
                "leads/s",
                seconds=round(found["seconds"], 2),
                cpu_seconds=round(found["cpu"], 2),
                memory_mib=round(found["mib"]),
            )
        self.line(
            f"core_queries_per_lead_{size}", core["queries"] / size, "queries/lead"
        )
        what = (
            f"Odoo's own _action_assign_leads on the same leads, {SALESPEOPLE} "
            "salespeople, 10 % duplicates"
        )
        ratio = RATIOS.get(size)
        self.line(
            f"batch_ratio_{size}",
            core["seconds"] / ours["seconds"],
            "x",
            f">= {ratio}" if ratio and not self.smoke else None,
            what,
            of_the_processor=round(core["cpu"] / ours["cpu"], 3),
        )
        self.line(
            f"queries_per_lead_{size}",
            ours["queries"] / size,
            "queries/lead",
            f"<= {QUERIES_PER_LEAD}" if size >= 2000 else None,
            f"core: {core['queries'] / size:.2f}",
            gate=True,
            blocks=ours["blocks"],
        )

    def growth(self, crm):
        """Statements grow with routes, salespeople and blocks, not with leads: a
        block of 2,000 against one of 200, the same routes and salespeople."""
        few, many = 200, 2000
        found = {}
        with self.copy(crm, "leads") as data:
            self.step("seed", data, many, SALESPEOPLE)
            with self.copy(data, "growth", ADDON) as base:
                self.step("routes", base)
                self.analyze(base)
                for size in (few, many):
                    with self.copy(base, "block") as database:
                        found[size] = self.step("block", database, size)["queries"]
        self.line(
            f"queries_per_lead_block_{many}",
            found[many] / many,
            "queries/lead",
            f"<= {QUERIES_PER_LEAD}",
            "one block",
            gate=True,
            queries=found[many],
        )
        self.line(
            "queries_per_lead_more",
            (found[many] - found[few]) / (many - few),
            "queries/lead",
            f"<= {QUERIES_PER_LEAD_MORE}",
            f"a block of {few} leads: {found[few]} queries",
            gate=True,
        )

    def run(self, sizes, parts=PARTS):
        say(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        # core is measured without our addon: its copies never see it installed
        crm = databases.template()
        runs = {
            "engine": lambda: choosing.run(self.line, self.smoke),
            "month": lambda: month.run(say, self.line),
            "growth": lambda: self.growth(crm),
            "batch": lambda: [self.batch(crm, size) for size in sizes],
        }
        for part in filter(parts.__contains__, PARTS):
            begun = time.monotonic()
            run = runs.get(part) or partial(MODULES[part].run, self, crm, ADDON)
            run()
            say(f"part {part}: {time.monotonic() - begun:.0f} s")
        for failure in self.failures:
            say(f"FAILED: {failure}")
        return 1 if self.failures else 0


def main():
    parser = argparse.ArgumentParser(prog="benchmarks/run", description=__doc__)
    parser.add_argument(
        "--smoke",
        action="store_true",
        help=f"{SMOKE[0]} leads and no verdict on speed; queries are judged",
    )
    parser.add_argument(
        "--sizes",
        type=lambda text: [int(size) for size in text.split(",")],
        help="numbers of leads in a batch, e.g. 2000,10000",
    )
    parser.add_argument(
        "--only",
        action="append",
        choices=PARTS,
        help="this part alone; may be given several times",
    )
    options = parser.parse_args()
    with environment.lock("bench", "another benchmark is running; waiting for it"):
        return Bench(options.smoke).run(
            options.sizes or (SMOKE if options.smoke else FULL),
            options.only or PARTS,
        )


if __name__ == "__main__":
    sys.exit(main())
