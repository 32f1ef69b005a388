"""Odoo's own crm and sales_team tests, without and with the addon, test by test."""

import argparse
import concurrent.futures
import dataclasses
import json
import re
import sys

import databases
import environment as env
import testing

MODULE = "lead_distribution"
TAGS = "/crm,/sales_team"
CACHE = env.ENV / "cache"
BROWSER = re.compile(r"browser_js|start_tour|chrome", re.I)


def run(label, modules, tags=TAGS):
    """One run on a database of its own."""
    database = databases.scratch(label)
    databases.copy(databases.template(), database)
    if modules:
        databases.odoo(
            *(
                "-d",
                database,
                "-i",
                ",".join(modules),
                "--stop-after-init",
                "--no-http",
            ),
            log=f"upstream-{label}-install",
        )
    try:
        return testing.run_odoo(
            ["-d", database, f"--test-tags={tags}"],
            f"upstream-{label}",
            label=f"{label:8}",
            all_tests=True,
        )
    finally:
        databases.drop(database)


def cached():
    """Where stock Odoo's result is kept: it only changes with Odoo."""
    key = env.digest(env.odoo_version(), TAGS, bool(env.browser()))
    return CACHE / f"upstream-{key}.json"


def baseline(fresh):
    if cached().exists() and not fresh:
        env.say("without: the result of an earlier run (--fresh runs it again)")
        return testing.Outcome(**json.loads(cached().read_text()))
    return run("without", ())


def differing(without, with_it):
    return [
        name
        for name in sorted({*without.tests, *with_it.tests})
        if without.tests.get(name) != with_it.tests.get(name)
    ]


def again(without, with_it):
    """Run browser tests that differ once more, alone: some of Odoo's depend on timing.

    Nothing else gets a second chance.
    """
    names = [
        name
        for name in differing(without, with_it)
        if BROWSER.search(without.texts.get(name, "") + with_it.texts.get(name, ""))
    ]
    if not names or not env.browser():
        return
    env.say(f"once more, alone: {', '.join(names)}")
    tags = []
    for name in names:
        module, _tests, _file, group, method = name.split(".")
        tags.append(f"/{module}:{group}.{method}")
    for label, modules, outcome in (
        ("without", (), without),
        ("with", (MODULE,), with_it),
    ):
        second = run(label, modules, ",".join(tags))
        for name in names:
            outcome.tests[name] = second.tests.get(name, "failed")
            outcome.texts[name] = second.texts.get(name, "")


def main():
    parser = argparse.ArgumentParser(prog="scripts/test-upstream", description=__doc__)
    parser.add_argument(
        "--fresh", action="store_true", help="run the part without it again"
    )
    options = parser.parse_args()
    databases.template()
    if not env.browser():
        env.say("note: no Chromium or Chrome here, so the browser tests will fail")
    env.say(f"Odoo's own tests {TAGS}, without and with {MODULE}; about 4 minutes ...")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        runs = pool.submit(baseline, options.fresh), pool.submit(run, "with", (MODULE,))
        without, with_it = (each.result() for each in runs)
    again(without, with_it)
    if without.tests:
        CACHE.mkdir(exist_ok=True)
        cached().write_text(json.dumps(dataclasses.asdict(without)))
    different = differing(without, with_it)
    for name in different:
        env.say(
            f"DIFFERS {name}: {without.tests.get(name, 'absent')} without, "
            f"{with_it.tests.get(name, 'absent')} with"
        )
        for line in (
            with_it.texts.get(name) or without.texts.get(name, "")
        ).splitlines():
            env.say(f"    {line}")
    for name in sorted(set(without.tests) - set(different)):
        if without.tests[name] != "passed":
            env.say(f"same in both: {name} {without.tests[name]}")
    for label, outcome in (("without", without), ("with", with_it)):
        print(
            f"{label:8}{len(outcome.tests)} tests: {outcome.count('passed')} passed, "
            f"{outcome.count('failed')} failed, {outcome.count('skipped')} skipped "
            f"({outcome.seconds:.0f} s)"
        )
    if not without.tests or not with_it.tests:
        env.say(f"a run executed no test; the logs are {env.LOGS}/upstream-*.log")
        return 1
    print(f"{len(different)} tests differ")
    return 1 if different else 0


if __name__ == "__main__":
    with env.errors_in_one_line():
        sys.exit(main())
