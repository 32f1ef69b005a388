"""All tests: the engine, the addon in Odoo, real processes."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import databases
import environment as env
import testing

MODULE = "lead_distribution"
KEPT = f"{MODULE}_dev"


class Total:
    def __init__(self):
        self.passed = self.failed = 0

    def add(self, part, passed, failed, seconds):
        self.passed += passed
        self.failed += failed
        env.say(f"{part}: {passed} passed, {failed} failed in {seconds:.0f} s")

    def failure(self, name, text):
        env.say(f"FAILED {name}")
        for line in text.strip().splitlines():
            env.say(f"    {line}")


def run_pytest(total, part, options, variables):
    """A folder of tests that need no Odoo in their own process."""
    folder = env.ROOT / "tests" / part
    if not any(folder.rglob("test_*.py")):
        env.say(f"{part}: no tests yet")
        return
    env.say(f"== {part} tests (tests/{part})")
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        report = Path(temporary, "report.xml")
        command = [sys.executable, "-m", "pytest", "-p", "no:odoo", "-q", "--no-header"]
        command += [f"--junit-xml={report}", str(folder)]
        if options.k:
            command += ["-k", options.k]
        code = subprocess.call(
            command,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            cwd=env.ROOT,
            env=variables,
        )
        counts = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
        if report.exists():
            for suite in ElementTree.parse(report).getroot().iter("testsuite"):
                for name in counts:
                    counts[name] += int(suite.get(name, 0))
    bad = counts["failures"] + counts["errors"] + counts["skipped"]
    passed = max(counts["tests"] - bad, 0)
    if counts["skipped"]:
        env.say(f"{part}: {counts['skipped']} skipped, which counts as failed")
    if code == 5 and options.k:
        code = 0
    total.add(part, passed, bad or (1 if code else 0), time.monotonic() - begin)


def run_addon(total, options):
    """The addon's own tests, installed by Odoo, with its log checked."""
    env.say(f"== {MODULE} in Odoo")
    if not env.browser():
        env.say("note: no Chromium or Chrome here, so the browser tests will fail")
    begin = time.monotonic()
    template = databases.template()
    database = KEPT if options.keep else databases.scratch("addon")
    arguments = ["-d", database]
    if options.keep and database in databases.names():
        arguments += ["-u", MODULE]
    else:
        databases.copy(template, database)
        arguments += ["-i", MODULE]
    tags = options.tags or f"/{MODULE}"
    outcome = testing.run_odoo([*arguments, f"--test-tags={tags}"], "test-addon")
    failed = 0
    for name, kind in sorted(outcome.tests.items()):
        if kind == "skipped":
            outcome.texts[name] = f"skipped: {outcome.texts.get(name)}"
        if kind != "passed":
            failed += 1
            total.failure(name, outcome.texts.get(name, ""))
    for where, text in outcome.logged:
        failed += 1
        total.failure(f"log: {where}", text)
    if outcome.status and not failed:
        failed += 1
        total.failure(MODULE, f"Odoo ended with status {outcome.status}")
    if not outcome.tests:
        failed += 1
        total.failure(MODULE, "no test was executed")
    if failed:
        env.say(f"Odoo's whole log: {env.LOGS}/test-addon.log")
    total.add(MODULE, outcome.count("passed"), failed, time.monotonic() - begin)
    return database


def run_process(total, options, database):
    """Real processes against an installed database that they may copy."""
    if not any((env.ROOT / "tests" / "process").rglob("test_*.py")):
        env.say("process: no tests yet")
        return
    if database is None:
        database = databases.scratch("process")
        databases.copy(databases.template(), database)
        databases.odoo(
            *("-d", database, "-i", MODULE, "--stop-after-init", "--no-http"),
            log="test-process",
        )
    run_pytest(
        total, "process", options, dict(os.environ, LEAD_DISTRIBUTION_DB=database)
    )


def main():
    parser = argparse.ArgumentParser(prog="scripts/test", description=__doc__)
    parts = ("engine", "addon", "process")
    parser.add_argument(
        "parts", metavar="PART", nargs="*", help=f"of {parts}; all if none"
    )
    parser.add_argument(
        "--tags", help="Odoo's --test-tags for the addon, e.g. :TestRoute.test_x"
    )
    parser.add_argument(
        "--keep", action="store_true", help=f"use and keep the database {KEPT}"
    )
    parser.add_argument("-k", help="pytest's -k for engine and process tests")
    options = parser.parse_args()
    if set(options.parts) - set(parts):
        parser.error(f"the parts are {', '.join(parts)}")
    wanted = options.parts or (["addon"] if options.tags else parts)
    total, database = Total(), None
    try:
        if "engine" in wanted:
            variables = {
                name: value for name, value in os.environ.items() if name != "ODOO_RC"
            }
            run_pytest(total, "engine", options, variables)
        if "addon" in wanted:
            database = run_addon(total, options)
        if "process" in wanted:
            run_process(total, options, database)
    finally:
        for name in databases.names():
            if name.startswith(f"{MODULE}_scratch_{os.getpid()}_"):
                databases.drop(name)
    sys.stderr.flush()
    print(f"{total.passed} passed, {total.failed} failed", flush=True)
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    with env.errors_in_one_line():
        sys.exit(main())
