"""Odoo's own tests, without and with our addons, test by test."""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import databases
import environment as env

ADDON = "lead_distribution"
GLUE = (ADDON, f"{ADDON}_website", f"{ADDON}_sale")
#: what is installed without us, what of ours comes to it, and whose tests run
NARROW = ("crm",), (ADDON,), "/crm,/sales_team"
BESIDE = ("crm_livechat", "sale_crm", "website_crm")
WIDE = BESIDE, GLUE, ",".join(f"/{name}" for name in ("mail", *BESIDE))
LIMIT = 40 * 60
BROWSER = re.compile(r"browser_js|start_tour|chrome|websocket-client", re.I)


def template(side, suites):
    """:returns: name of the database that a side's tests run in"""
    modules, ours, _tags = suites
    source = databases.template(modules)
    return databases.template(ours, source) if side == "with" else source


def run(side, suites, tags=None):
    """One run of Odoo's own runner on a database of its own.

    :param suites: :data:`NARROW` or :data:`WIDE`
    :param tags: of the tests, if not all of the suites
    :returns: ``{test: [passed | failed | skipped, text]}``
    """
    tags = tags or suites[2]
    source = template(side, suites)
    database = databases.scratch(side)
    databases.copy(source, database)
    log = env.LOGS / f"upstream-{side}.log"
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, log.open("wb") as handle:
        target = Path(folder, "outcomes.json")
        command = [sys.executable, str(env.SCRIPTS / "upstream_runner.py")]
        command += ["-d", database, f"--test-tags={tags}", "--stop-after-init"]
        process = subprocess.Popen(
            [*command, f"--http-port={env.free_port()}"],
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=subprocess.STDOUT,
            env=dict(os.environ, LEAD_DISTRIBUTION_OUTCOMES=str(target)),
            start_new_session=True,
        )
        try:
            process.wait(LIMIT)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        found = json.loads(target.read_text()) if target.exists() else {}
    databases.drop(database)
    env.say(f"{side}: {len(found)} tests in {time.monotonic() - begin:.0f} s")
    for outcome in found.values():
        if outcome[0] == "started":
            outcome[:] = "failed", "it started and never ended"
        elif outcome[0] == "skipped" and BROWSER.search(outcome[1]):
            outcome[:] = "failed", f"no browser to run it in: {outcome[1]}"
    return found


def cached(side, suites):
    """Where a side's result is kept: by Odoo, and by the addons that are there."""
    _modules, ours, tags = suites
    sources = databases.sources(ours) if side == "with" else ""
    key = env.digest(env.odoo_version(), tags, bool(env.browser()), sources)
    return env.ENV / "cache" / f"upstream-{side}-{key}.json"


def result(side, suites, fresh):
    kept = cached(side, suites)
    if kept.exists() and not fresh:
        env.say(f"{side}: the result of an earlier run (--fresh runs it again)")
        return json.loads(kept.read_text())
    return run(side, suites)


def differing(sides):
    """:returns: names of the tests whose outcome is not the same on both sides"""
    without, with_it = (
        {name: outcome[0] for name, outcome in found.items()}
        for found in sides.values()
    )
    names = sorted({*without, *with_it})
    return [name for name in names if without.get(name) != with_it.get(name)]


def again(sides, suites):
    """Run browser tests that differ once more, alone: some of Odoo's depend on timing.

    Nothing else gets a second chance.
    """
    names = []
    for name in differing(sides):
        texts = [found.get(name, ["", ""])[1] for found in sides.values()]
        if BROWSER.search(" ".join(texts)) and env.browser():
            names.append(name)
    if not names:
        return
    env.say(f"once more, alone: {', '.join(names)}")
    parts = [name.split(".") for name in names]
    tags = ",".join(f"/{module}:{group}.{test}" for module, *_, group, test in parts)
    for side, found in sides.items():
        second = run(side, suites, tags)
        found.update({name: second.get(name, ["failed", "not run"]) for name in names})


def main():
    parser = argparse.ArgumentParser(prog="scripts/test-upstream", description=__doc__)
    text = "run both sides, whatever an earlier run has found"
    parser.add_argument("--fresh", action="store_true", help=text)
    text = (
        "the suites of mail, website_crm, sale_crm, crm_livechat, and the glue addons"
    )
    parser.add_argument("--wide", action="store_true", help=text)
    options = parser.parse_args()
    suites = WIDE if options.wide else NARROW
    template("with", suites)
    if not env.browser():
        env.say("note: no Chromium or Chrome here, so the browser tests will fail")
    about = "20 minutes" if options.wide else "4 minutes"
    env.say(f"Odoo's own tests {suites[2]}, without and with ours; about {about} ...")
    with ThreadPoolExecutor(2) as pool:
        runs = {
            side: pool.submit(result, side, suites, options.fresh)
            for side in ("without", "with")
        }
        sides = {side: each.result() for side, each in runs.items()}
    again(sides, suites)
    different = differing(sides)
    for name in different:
        kinds = {side: found.get(name, ["absent", ""]) for side, found in sides.items()}
        env.say(
            f"DIFFERS {name}: {kinds['without'][0]} without, {kinds['with'][0]} with"
        )
        text = kinds["with"][1] or kinds["without"][1]
        env.say("".join(f"    {line}\n" for line in text.splitlines()))
    for name, (kind, _text) in sorted(sides["without"].items()):
        if kind != "passed" and name not in different:
            env.say(f"same in both: {name} {kind}")
    for side, found in sides.items():
        counts = Counter(kind for kind, _text in found.values())
        said = ", ".join(
            f"{counts[kind]} {kind}" for kind in ("passed", "failed", "skipped")
        )
        print(f"{side:8}{len(found)} tests: {said}")
    if not all(sides.values()):
        env.say(f"a run executed no test; the logs are {env.LOGS}/upstream-*.log")
        return 1
    if not different:
        for side, found in sides.items():
            kept = cached(side, suites)
            kept.parent.mkdir(exist_ok=True)
            kept.write_text(json.dumps(found))
    print(f"{len(different)} tests differ")
    return 1 if different else 0


if __name__ == "__main__":
    with env.errors_in_one_line():
        try:
            sys.exit(main())
        finally:
            databases.drop_scratch()
