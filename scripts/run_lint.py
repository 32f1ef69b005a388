"""ruff, pylint with OCA's checks, prettier and eslint, on everything committed here."""

import argparse
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import environment as env
from lxml import etree

NODE = env.ENV / "node" / "node_modules"
PRETTIER = [
    *("node", NODE / "prettier" / "bin" / "prettier.cjs", "--log-level=warn"),
    *("--cache", "--cache-strategy=content", f"--cache-location={env.ENV}/prettier"),
    f"--plugin={NODE}/@prettier/plugin-xml/src/plugin.js",
]


def files(*patterns):
    """Files git knows or would add, so that nothing generated is looked at."""
    command = [
        "git",
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "--",
        *patterns,
    ]
    listed = subprocess.run(
        command, cwd=env.ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return [name for name in listed.stdout.splitlines() if (env.ROOT / name).is_file()]


def addons():
    return sorted({name.split("/")[0] for name in files("*/__manifest__.py")})


def well_formed(names):
    """XML that Odoo could not load, one line each."""
    problems = []
    for name in names:
        try:
            etree.parse(env.ROOT / name)
        except etree.XMLSyntaxError as error:
            problems.append(f"{name}: {error}")
    return problems


def commands(fix):
    """(name, command) of every check that has something to look at here."""
    ruff = [sys.executable, "-m", "ruff"]
    yield "ruff", [*ruff, "check", "--quiet", *(["--fix"] if fix else []), "."]
    yield "ruff format", [*ruff, "format", "--quiet", *([] if fix else ["--diff"]), "."]
    if addons() and not fix:
        yield (
            "pylint-odoo",
            [sys.executable, "-m", "pylint", "--rcfile=.pylintrc", *addons()],
        )
    if not NODE.is_dir() or not shutil.which("node"):
        env.say(
            "note: no npm and node, so the format of XML and JavaScript is unchecked"
        )
        return
    prettier = files("*.xml", "*.js", "*.mjs", "*.css", "*.scss", "*.yaml", "*.yml")
    prettier = [name for name in prettier if "/static/lib/" not in name]
    if prettier:
        yield "prettier", [*PRETTIER, "--write" if fix else "--check", *prettier]
    scripts = [name for name in files("*.js") if "/static/lib/" not in name]
    if scripts:
        eslint = ["node", NODE / "eslint" / "bin" / "eslint.js", "--max-warnings=0"]
        yield "eslint", [*eslint, *(["--fix"] if fix else []), *scripts]


def check(item):
    begin = time.monotonic()
    name, command = item
    done = subprocess.run(
        list(map(str, command)),
        cwd=env.ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return name, done.returncode, done.stdout, time.monotonic() - begin


def main():
    parser = argparse.ArgumentParser(prog="scripts/lint", description=__doc__)
    parser.add_argument(
        "--fix", action="store_true", help="repair what can be repaired"
    )
    options = parser.parse_args()
    failed = []
    problems = well_formed(files("*.xml"))
    if problems:
        failed.append("well-formed XML")
        print("\n".join(problems))
    # Formatters that change the same files must not run side by side.
    with ThreadPoolExecutor(1 if options.fix else 3) as pool:
        for name, code, output, seconds in pool.map(check, commands(options.fix)):
            print(
                f"{name}: {'ok' if not code else 'FAILED'} ({seconds:.1f} s)",
                flush=True,
            )
            if code:
                failed.append(name)
                print(output.strip(), flush=True)
    if failed:
        env.say(f"failed: {', '.join(failed)}  (`make format` repairs formats)")
    return 1 if failed else 0


if __name__ == "__main__":
    with env.errors_in_one_line():
        sys.exit(main())
