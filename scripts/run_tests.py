"""All tests: the engine, the addon in Odoo, the glue addons, real processes."""

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

#: the addons that join this one with others, and Odoo's addons that they need
GLUE = {
    "lead_distribution_website": "website_crm",
    "lead_distribution_sale": "sale_crm",
}

#: part: (addons tested, Odoo's addons they need)
INSTALLED = {
    "addon": ((MODULE,), ("crm",)),
    "glue": (tuple(GLUE), tuple(GLUE.values())),
}


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


def run_addons(total, options, part):
    """Addons' own tests, installed by Odoo, with its log checked.

    :param part: of :data:`INSTALLED`
    :returns: name of the database that they are installed in
    """
    modules, needed = INSTALLED[part]
    title = ", ".join(modules)
    env.say(f"== {title} in Odoo")
    if not env.browser():
        env.say("note: no Chromium or Chrome here, so the browser tests will fail")
    begin = time.monotonic()
    kept = KEPT if part == "addon" else f"{KEPT}_{part}"
    template = databases.template(needed)
    database = kept if options.keep else databases.scratch(part)
    arguments = ["-d", database]
    if options.keep and database in databases.names():
        arguments += ["-u", MODULE]
    else:
        databases.copy(template, database)
    arguments += ["-i", ",".join(modules)]
    tags = options.tags or ",".join(f"/{module}" for module in modules)
    log = f"test-{part}"
    outcome = testing.run_odoo([*arguments, f"--test-tags={tags}"], log)
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
        total.failure(title, f"Odoo ended with status {outcome.status}")
    if not outcome.tests:
        failed += 1
        total.failure(title, "no test was executed")
    if failed:
        env.say(f"Odoo's whole log: {env.LOGS}/{log}.log")
    total.add(title, outcome.count("passed"), failed, time.monotonic() - begin)
    return database


def installed(part):
    """:returns: name of a fresh database with a part's addons, without their tests"""
    modules, needed = INSTALLED[part]
    database = databases.scratch(f"process_{part}")
    databases.copy(databases.template(needed), database)
    databases.odoo(
        *("-d", database, "-i", ",".join(modules), "--stop-after-init", "--no-http"),
        log="test-process",
    )
    return database


def run_process(total, options, made):
    """Real processes against installed databases that they may copy.

    :param made: ``{part: database}`` of those that are there already
    """
    if not any((env.ROOT / "tests" / "process").rglob("test_*.py")):
        env.say("process: no tests yet")
        return
    variables = {
        "LEAD_DISTRIBUTION_DB": made.get("addon") or installed("addon"),
        # made by the tests that need it
        "LEAD_DISTRIBUTION_GLUE_DB": made.get("glue", ""),
    }
    run_pytest(total, "process", options, dict(os.environ, **variables))


def main():
    parser = argparse.ArgumentParser(prog="scripts/test", description=__doc__)
    parts = ("engine", "addon", "glue", "process")
    parser.add_argument(
        "parts", metavar="PART", nargs="*", help=f"of {parts}; all if none"
    )
    parser.add_argument(
        "--tags", help="Odoo's --test-tags for the addons, e.g. :TestRoute.test_x"
    )
    parser.add_argument(
        "--keep", action="store_true", help=f"use and keep the databases {KEPT}*"
    )
    parser.add_argument("-k", help="pytest's -k for engine and process tests")
    options = parser.parse_args()
    if set(options.parts) - set(parts):
        parser.error(f"the parts are {', '.join(parts)}")
    wanted = options.parts or (["addon"] if options.tags else parts)
    total, made = Total(), {}
    try:
        if "engine" in wanted:
            variables = {
                name: value for name, value in os.environ.items() if name != "ODOO_RC"
            }
            run_pytest(total, "engine", options, variables)
        for part in INSTALLED:
            if part in wanted:
                made[part] = run_addons(total, options, part)
        if "process" in wanted:
            run_process(total, options, made)
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
