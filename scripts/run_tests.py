"""All tests: the engine, the addon in Odoo, the glue addons, real processes."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

import databases
import environment as env

ADDON = "lead_distribution"
GLUE = (f"{ADDON}_website", f"{ADDON}_sale")
QUEUE = (f"{ADDON}_queue_job",)
PARTS = ("engine", "addon", "glue", "queue", "process")
#: folders of each part, below the repository's
FOLDERS = {
    "engine": (
        "tests/engine",
        "tests/packaging",
        "tests/architecture",
        "tests/chaos",
    ),
    "addon": (f"{ADDON}/tests",),
    "glue": tuple(f"{addon}/tests" for addon in GLUE),
    "queue": tuple(f"{addon}/tests" for addon in QUEUE),
    "process": ("tests/process",),
}
#: databases that stay, for `scripts/python -m pytest`; see conftest.py
KEPT = {
    "addon": f"{ADDON}_dev",
    "glue": f"{ADDON}_dev_glue",
    "queue": f"{ADDON}_dev_queue",
}
#: how many pytest share the work of a part
WORKERS = min(max(os.cpu_count() or 2, 2), 4)
SLOWEST = env.LOGS / "slowest-tests.txt"


def template(part):
    """:returns: name of a database with the addons of a part installed"""
    if part == "glue":
        return databases.template(GLUE, databases.template(("website_crm", "sale_crm")))
    addon = databases.template((ADDON,), databases.template())
    if part == "queue":
        # A database of its own: with it the schedules only queue.
        return databases.template(QUEUE, addon)
    # A merge must also work beside Odoo's automation rules.
    return databases.template(("base_automation",), addon)


def make_templates():
    """What all parts begin with, each installed once."""
    for part in KEPT:
        template(part)


def prepare(part, keep):
    """The kept database of a part, with the addons as they are now.

    :param keep: bring the one that is there up to date
    """
    name = KEPT[part]
    if keep and name in databases.names():
        env.say(f"bringing {name} up to date ...")
        update = ("-m", "click_odoo_contrib.update", "-d", name, "--log-level=info")
        databases.python(*update, log=f"update-{part}")
    else:
        source = template(part)
        with env.lock("template"):
            databases.copy(source, name)
    return name


class Total:
    """What the tests of all parts came to."""

    def __init__(self):
        self.counts = Counter()
        self.seconds = []

    def add(self, part, counts, begin):
        self.counts += counts
        passed, failed = counts["passed"], counts["failed"]
        took = time.monotonic() - begin
        env.say(f"{part}: {passed} passed, {failed} failed in {took:.0f} s")

    def read(self, report):
        """Count the tests of a JUnit report; one that was skipped counts as failed."""
        counts = Counter()
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            name = f"{case.get('classname')}.{case.get('name')}"
            self.seconds.append((float(case.get("time", 0)), name))
            kinds = {child.tag: child for child in case}
            skipped = kinds.get("skipped")
            # What is expected to fail, and does, is as it should be.
            expected = skipped is not None and skipped.get("type") == "pytest.xfail"
            if skipped is not None and not expected:
                env.say(f"SKIPPED, which counts as failed: {name}")
            failed = {"failure", "error"} & set(kinds)
            good = expected or not (failed or skipped is not None)
            counts["passed" if good else "failed"] += 1
        return counts

    def table(self, length=15):
        """The slowest tests, also left in a file."""
        rows = sorted(self.seconds, reverse=True)[:length]
        text = "".join(f"{seconds:8.1f} s  {name}\n" for seconds, name in rows)
        env.LOGS.mkdir(parents=True, exist_ok=True)
        SLOWEST.write_text(f"The slowest tests:\n{text}")
        env.say(SLOWEST.read_text().rstrip())


def pytest(total, part, paths, options, variables):
    """Run pytest on a part; its outcome joins the total.

    :param options: arguments of pytest
    :param variables: of its environment
    :returns: how many tests passed and failed
    """
    with tempfile.TemporaryDirectory() as temporary:
        report = Path(temporary, "report.xml")
        command = [sys.executable, "-m", "pytest", "-q", "--no-header"]
        command += [f"--junit-xml={report}", *options, *paths]
        code = subprocess.call(
            command,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            cwd=env.ROOT,
            env=variables,
        )
        counts = total.read(report) if report.exists() else Counter()
    if code == 5 and "-k" in options:
        return counts  # nothing of this part was asked for
    if (code or not counts["passed"]) and not counts["failed"]:
        env.say(f"FAILED {part}: pytest ended with status {code}")
        counts["failed"] += 1
    return counts


def run_plain(total, part, paths, options):
    """Tests that need no Odoo in their own process.

    :param paths: those asked for; the whole part if empty
    """
    env.say(f"== {part} tests")
    begin = time.monotonic()
    variables = {name: value for name, value in os.environ.items() if name != "ODOO_RC"}
    if part == "process":
        variables = os.environ
        if not paths:
            make_templates()
    if not paths:
        options = ["--numprocesses=2", "--dist=loadgroup", *options]
    options = ["-p", "no:odoo", *options]
    total.add(
        part, pytest(total, part, paths or FOLDERS[part], options, variables), begin
    )


def run_odoo(total, part, paths, options, keep):
    """An addon's tests inside Odoo, with the log checked.

    Whole parts are shared by several pytest, each on its own copy of the database.

    :param paths: those asked for; the whole part if empty
    """
    env.say(f"== {part} tests, in Odoo")
    if not env.browser():
        env.say("note: no Chromium or Chrome here, so the browser tests will fail")
    begin = time.monotonic()
    name = prepare(part, keep)
    log = env.LOGS / f"test-{part}.log"
    for old in env.LOGS.glob(f"{log.stem}*.log"):
        old.unlink()
    if not paths:
        name = databases.scratch(part)
        for worker in range(WORKERS):
            databases.copy(KEPT[part], f"{name}_gw{worker}")
        share = ["--numprocesses", str(WORKERS), "--dist=loadfile"]
        options = [*share, "--no-loadscope-reorder", *options]
    # It collects garbage at the end for so long that xdist interrupts it.
    options = ["-p", "no:unraisableexception", *options]
    options = ["--odoo-database", name, "--odoo-http", *options]
    options += ["--odoo-log-level=info", f"--odoo-extra=logfile={log}"]
    counts = pytest(total, part, paths or FOLDERS[part], options, os.environ)
    for path in sorted(env.LOGS.glob(f"{log.stem}*.log")):
        if found := databases.checked(path):
            env.say(f"FAILED the log of {part} tests ({path}):\n{found}")
            counts["failed"] += 1
    if not any(env.LOGS.glob(f"{log.stem}*.log")):
        env.say(f"FAILED {part}: Odoo wrote no log")
        counts["failed"] += 1
    databases.drop_scratch()
    total.add(part, counts, begin)


def part_of(path):
    """:returns: the part that a path or node id of tests belongs to, or None"""
    file = Path(os.path.abspath(path.split("::")[0]))
    for part, folders in FOLDERS.items():
        for folder in map(env.ROOT.joinpath, folders):
            if folder == file or folder in file.parents:
                return part
    return None


def main():
    parser = argparse.ArgumentParser(prog="scripts/test", description=__doc__)
    parser.add_argument(
        "wanted",
        metavar="PART|PATH",
        nargs="*",
        help=f"parts ({', '.join(PARTS)}; all if none), files, or pytest's node ids",
    )
    parser.add_argument("-k", help="pytest's -k: only tests whose names match")
    parser.add_argument("-x", action="store_true", help="stop a part at its first")
    text = f"update the databases {ADDON}_dev* instead of installing anew"
    parser.add_argument("--keep", action="store_true", help=text)
    text = "only install what the tests begin with, so that they begin sooner"
    parser.add_argument("--prepare", action="store_true", help=text)
    options = parser.parse_args()
    if options.prepare:
        make_templates()
        return 0
    paths = {}
    for wanted in options.wanted or PARTS:
        part = wanted if wanted in PARTS else part_of(wanted)
        if not part or not (wanted in PARTS or Path(wanted.split("::")[0]).exists()):
            parser.error(f"{wanted} is none of {', '.join(PARTS)}, nor a file of tests")
        paths.setdefault(part, []).extend([] if wanted in PARTS else [wanted])
    arguments = [*(["-k", options.k] if options.k else []), *["-x"] * options.x]
    total = Total()
    try:
        for part in filter(paths.__contains__, PARTS):
            if part in KEPT:
                run_odoo(total, part, paths[part], arguments, options.keep)
            else:
                run_plain(total, part, paths[part], arguments)
    finally:
        databases.drop_scratch()
    total.table()
    sys.stderr.flush()
    counts = total.counts
    print(f"{counts['passed']} passed, {counts['failed']} failed", flush=True)
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    with env.errors_in_one_line():
        sys.exit(main())
