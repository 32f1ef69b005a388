"""Databases of the environment: copies, drops, and the prepared templates.

Runs in the virtual environment; `scripts/db` is its command line.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import environment as env
import psycopg2
from psycopg2 import sql

PREFIX = "lead_distribution"


def execute(query, values=None, fetch=False):
    """One statement outside any transaction, on the maintenance database."""
    with closing(psycopg2.connect(dbname="postgres")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall() if fetch else None


def names():
    rows = execute(
        "SELECT datname FROM pg_database WHERE NOT datistemplate", fetch=True
    )
    return {row[0] for row in rows} - {"postgres"}


def filestore(name):
    return Path(os.environ["ODOO_DATA_DIR"]) / "filestore" / name


def drop(name):
    execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    )
    shutil.rmtree(filestore(name), ignore_errors=True)


def copy(source, target):
    """Make `target` a copy of `source`, attachments included; replaces `target`."""
    drop(target)
    query = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
        sql.Identifier(target), sql.Identifier(source)
    )
    for _ in range(50):
        try:
            execute(query)
            break
        except psycopg2.errors.ObjectInUse:
            # Somebody looks at it; copying needs it for itself.
            time.sleep(0.1)
    else:
        raise env.Missing(f"database {source} is in use, it cannot be copied")
    if filestore(source).is_dir():
        shutil.copytree(filestore(source), filestore(target), dirs_exist_ok=True)


def rename(source, target):
    drop(target)
    query = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    execute(query.format(sql.Identifier(source), sql.Identifier(target)))
    if filestore(source).is_dir():
        filestore(source).rename(filestore(target))


def odoo(*arguments, log, variables=None):
    """Run Odoo to the end with its log in a file.

    :raises env.Missing: it failed, or logged an error
    """
    env.LOGS.mkdir(parents=True, exist_ok=True)
    path = env.LOGS / f"{log}.log"
    with path.open("wb") as handle:
        code = subprocess.call(
            [sys.executable, *env.ODOO_COMMAND, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=subprocess.STDOUT,
            env=variables or os.environ,
        )
    lines = path.read_text(errors="replace").splitlines()
    errors = [
        line for line in lines if re.match(r"\S+ \S+ \d+ (ERROR|CRITICAL) ", line)
    ]
    if code or errors:
        detail = errors[0] if errors else lines[-1] if lines else ""
        raise env.Missing(
            f"odoo {' '.join(arguments)} failed: {detail[:300]} (log: {path})"
        )


def template(modules=("crm",)):
    """Name of a database with these modules and no demo data, made once."""
    key = env.digest(env.odoo_version(), *modules)[:8]
    name = f"{PREFIX}_template_{'_'.join(modules)}_{key}"
    if name not in names():
        with env.lock(
            "template", "another command prepares the template; waiting for it"
        ):
            if name not in names():
                env.say(
                    f"Installing {', '.join(modules)} once, as a template (30 s) ..."
                )
                fresh = f"{name}_new"
                drop(fresh)
                arguments = [
                    "-d",
                    fresh,
                    "-i",
                    ",".join(modules),
                    "--stop-after-init",
                    "--no-http",
                ]
                odoo(*arguments, log="template")
                rename(fresh, name)
    return name


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def scratch(purpose):
    """Name for a database of this process; those of dead processes go."""
    for name in names():
        found = re.fullmatch(rf"{PREFIX}_scratch_(\d+)_\w+", name)
        if found and not alive(int(found.group(1))):
            drop(name)
    return f"{PREFIX}_scratch_{os.getpid()}_{purpose}"


def main():
    parser = argparse.ArgumentParser(
        prog="scripts/db", description=__doc__.splitlines()[0]
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="the databases")
    one = commands.add_parser(
        "copy", help="replace DST by a copy of SRC, attachments included"
    )
    one.add_argument("source", metavar="SRC")
    one.add_argument("target", metavar="DST")
    one = commands.add_parser("drop", help="drop databases and their attachments")
    one.add_argument("names", metavar="DB", nargs="+")
    one = commands.add_parser(
        "template", help="name of a database with MODULES installed"
    )
    one.add_argument("modules", metavar="MODULE", nargs="*", default=["crm"])
    commands.add_parser("start", help="start the embedded PostgreSQL")
    commands.add_parser("stop", help="stop the embedded PostgreSQL")
    options = parser.parse_args()
    if options.command == "list":
        print("\n".join(sorted(names())))
    elif options.command == "copy":
        copy(options.source, options.target)
    elif options.command == "drop":
        for name in options.names:
            drop(name)
    elif options.command == "template":
        print(template(tuple(options.modules or ["crm"])))


if __name__ == "__main__":
    with env.errors_in_one_line():
        main()
