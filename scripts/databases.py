"""Databases of the environment: copies, drops, and the prepared templates.

Runs in the virtual environment; `scripts/db` is its command line.
"""

import argparse
import hashlib
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
#: what of an addon does not change the databases that it is installed in
NOT_INSTALLED = {"__pycache__", "tests", "readme", "README.rst"}


def execute(query, *names, fetch=False):
    """One statement outside any transaction, on the maintenance database."""
    with closing(psycopg2.connect(dbname="postgres")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(query).format(*map(sql.Identifier, names)))
            return cursor.fetchall() if fetch else None


def names():
    query = "SELECT datname FROM pg_database WHERE NOT datistemplate"
    return {name for (name,) in execute(query, fetch=True)} - {"postgres"}


def filestore(name):
    return Path(os.environ["ODOO_DATA_DIR"]) / "filestore" / name


def drop(name):
    execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    shutil.rmtree(filestore(name), ignore_errors=True)


def copy(source, target):
    """Make `target` a copy of `source`, attachments included; replaces `target`."""
    drop(target)
    for _ in range(50):
        try:
            execute("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", target, source)
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
    execute("ALTER DATABASE {} RENAME TO {}", source, target)
    if filestore(source).is_dir():
        filestore(source).rename(filestore(target))


# -- Odoo with its log checked -------------------------------------------------


def checked(log):
    """:returns: what checklog-odoo finds in a log; nothing if all is well"""
    command = [sys.executable, "-m", "checklog_odoo", "--no-err-if-empty", "--no-echo"]
    command += ["-c", str(env.ROOT / "checklog-odoo.cfg"), str(log)]
    done = subprocess.run(command, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip() if done.returncode else ""


def python(*command, log, program=sys.executable):
    """Run a program of Odoo to its end, with its log in a file.

    :param program: the Python that runs it
    :raises env.Missing: it failed, or logged a warning or worse
    """
    env.LOGS.mkdir(parents=True, exist_ok=True)
    path = env.LOGS / f"{log}.log"
    with path.open("wb") as handle:
        code = subprocess.call(
            [str(program), *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=subprocess.STDOUT,
        )
    found = checked(path)
    if code or found:
        lines = path.read_text(errors="replace").strip().splitlines()
        detail = found or f"status {code}, {lines[-1] if lines else ''}"
        raise env.Missing(f"{log} failed: {detail[:2000]} (log: {path})")


def odoo(*arguments, log):
    """Run Odoo's own command line to its end; see :func:`python`."""
    python(*env.ODOO_COMMAND, *arguments, log=log)


def install(database, modules, log):
    """Install modules in an existing database."""
    arguments = ("-d", database, "-i", ",".join(modules), "--stop-after-init")
    odoo(*arguments, "--no-http", log=log)


# -- templates -------------------------------------------------------------------


def sources(modules):
    """:returns: digest of the files of this repository that are installed by modules"""
    own = {name for name in modules if (env.ROOT / name / "__manifest__.py").exists()}
    found = hashlib.sha256()
    # the others build on it
    for name in sorted(own and own | {PREFIX}):
        for path in sorted((env.ROOT / name).rglob("*")):
            inside = path.relative_to(env.ROOT)
            if path.is_file() and not NOT_INSTALLED.intersection(inside.parts):
                found.update(f"{inside}\0".encode() + path.read_bytes())
    return found.hexdigest()


def template(modules=("crm",), base=None):
    """A database with modules installed and no demo data, made once.

    Made again when Odoo, or what this repository installs, has changed.

    :param base: name of the template it is made from; from nothing if None
    :returns: its name
    """
    kind = env.digest(*modules, *(base or "").split("_")[:-1])[:6]
    # 63 bytes is as long as PostgreSQL lets a name be
    stem = f"{PREFIX}_template_{'_'.join(modules)[:16]}_{kind}"
    name = f"{stem}_{env.digest(env.odoo_version(), base, sources(modules))[:8]}"
    if name in names():
        return name
    waiting = "another command prepares the template; waiting for it"
    with env.lock("template", waiting):
        if name not in names():
            env.say(f"Installing {', '.join(modules)} once, as a template ...")
            fresh = f"{stem}_new"
            drop(fresh)
            if base:
                copy(base, fresh)
                install(fresh, modules, log="template")
                assets = ("-m", "click_odoo", "-d", fresh, "--log-level=info")
                python(*assets, env.SCRIPTS / "assets.py", log="assets")
            else:
                command = ("-m", "click_odoo_contrib.initdb", "-n", fresh)
                command += ("-m", ",".join(modules), "--no-demo", "--no-cache")
                python(*command, "--log-level=info", log="template")
            for old in names():
                if re.fullmatch(rf"{stem}_[0-9a-f]{{8}}", old):
                    drop(old)
            rename(fresh, name)
    return name


def scratch(purpose):
    """Name for a database of this process; those of dead processes go."""
    for name in names():
        found = re.fullmatch(rf"{PREFIX}_scratch_(\d+)_\w+", name)
        if found and not Path("/proc", found.group(1)).exists():
            drop(name)
    return f"{PREFIX}_scratch_{os.getpid()}_{purpose}"


def drop_scratch():
    """Drop what :func:`scratch` named in this process."""
    for name in names():
        if name.startswith(f"{PREFIX}_scratch_{os.getpid()}_"):
            drop(name)


def main():
    about = __doc__.splitlines()[0]
    parser = argparse.ArgumentParser(prog="scripts/db", description=about)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="the databases")
    text = "replace DST by a copy of SRC, attachments included"
    one = commands.add_parser("copy", help=text)
    one.add_argument("source", metavar="SRC")
    one.add_argument("target", metavar="DST")
    one = commands.add_parser("drop", help="drop databases and their attachments")
    one.add_argument("names", metavar="DB", nargs="+")
    text = "name of a database with MODULES installed"
    one = commands.add_parser("template", help=text)
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
