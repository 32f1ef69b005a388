"""The development environment: where everything is, and how programs run in it.

Standard library only, any Python 3.8+: this runs before anything is installed.
Everything lives in one folder of the work tree (`.odoo`, or what the variable
LEAD_DISTRIBUTION_ENV says); `make clean` removes it. What builds it is in
installation.py, the server in postgres.py.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "scripts"
ENV = Path(os.path.abspath(os.environ.get("LEAD_DISTRIBUTION_ENV") or ROOT / ".odoo"))
VENV = ENV / "venv"
PYTHON = VENV / "bin" / "python"
STAMPS = ENV / "stamps"
LOGS = ENV / "logs"
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")

#: how a Python program becomes Odoo's own command line
ODOO_COMMAND = (
    "-c",
    "import sys; sys.argv[0] = 'odoo'; import odoo.cli; odoo.cli.main()",
)


class Missing(Exception):
    """Something the machine lacks; the text is one line for the user."""


# -- terminal ----------------------------------------------------------------


def say(text):
    print(text, file=sys.stderr, flush=True)


def fail(text):
    say(f"error: {text}")
    sys.exit(1)


@contextlib.contextmanager
def errors_in_one_line():
    try:
        yield
    except Missing as error:
        fail(error)
    except KeyboardInterrupt:
        say("interrupted; the same command continues where it stopped")
        sys.exit(130)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            fail(f"the disk that holds {ENV} is full; free some space and run it again")
        raise


@contextlib.contextmanager
def lock(name, waiting=None):
    """One process at a time, whatever the way it ends."""
    ENV.mkdir(parents=True, exist_ok=True)
    with open(ENV / f"{name}.lock", "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waiting:
                say(waiting)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def run(command, log, problem, **options):
    """Run a quiet command; its output goes to a log file.

    :raises Missing: with `problem` made precise by what the output says
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / f"{log}.log"
    with open(path, "ab") as handle:
        start = handle.tell()
        code = subprocess.call(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=subprocess.STDOUT,
            **options,
        )
    if not code:
        return
    with open(path, "rb") as handle:
        handle.seek(start)
        output = handle.read().decode(errors="replace")
    if re.search(r"No space left on device|Disk quota exceeded|ENOSPC", output):
        raise Missing(f"the disk is full: {problem}; free some space and run it again")
    if re.search(
        r"Temporary failure|Could not resolve|Connection|NewConnectionError|"
        r"timed? ?out|Network is unreachable|ENOTFOUND|ECONNREFUSED|EAI_AGAIN|"
        r"Failed to fetch|Unable to connect|Cannot initiate",
        output,
    ):
        raise Missing(f"no network or no registry: {problem} (details: {path})")
    last = [line.strip() for line in output.splitlines() if line.strip()]
    detail = f"{last[-1][:200]}; " if last else ""
    raise Missing(f"{problem} ({detail}details: {path})")


def quiet(*command):
    """Does this command succeed? Whatever it prints is lost."""
    return not subprocess.call(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def output_of(*command):
    """What a command prints; nothing if it fails."""
    with contextlib.suppress(OSError):
        return subprocess.run(
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            universal_newlines=True,
        ).stdout.strip()
    return ""


# -- what is there -----------------------------------------------------------


def digest(*parts):
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:16]


def stamp_is(name, key):
    try:
        return (STAMPS / name).read_text() == key
    except OSError:
        return False


def stamp(name, key):
    STAMPS.mkdir(parents=True, exist_ok=True)
    temporary = STAMPS / f".{name}.{os.getpid()}"
    temporary.write_text(key)
    temporary.replace(STAMPS / name)


def browser():
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def odoo_home():
    """The user's own Odoo 19 checkout, or None for the Debian package."""
    value = os.environ.get("ODOO_HOME")
    return Path(value).expanduser().resolve() if value else None


def odoo_path():
    """The folder that holds the Python package `odoo`.

    :raises Missing: ODOO_HOME is no Odoo 19
    """
    home = odoo_home()
    if not home:
        return ENV / "odoo" / "usr" / "lib" / "python3" / "dist-packages"
    if not (home / "odoo" / "release.py").exists():
        raise Missing(f"ODOO_HOME={home} has no odoo/release.py: not an Odoo checkout")
    release = (home / "odoo" / "release.py").read_text()
    if not re.search(r"version_info\s*=\s*\(\s*19\s*,", release):
        raise Missing(f"ODOO_HOME={home} is not Odoo 19")
    return home


def odoo_version():
    """Names the Odoo in use; databases made with it are kept under this name."""
    home = odoo_home()
    if not home:
        return (STAMPS / "odoo-version").read_text().strip()
    return f"{home}@{output_of('git', '-C', home, 'rev-parse', 'HEAD')}"


def own_postgres():
    """Does the user bring a PostgreSQL (PG* variables or an Odoo configuration)?"""
    if any(map(os.environ.get, ("PGHOST", "PGPORT", "PGUSER", "PGSERVICE"))):
        return True
    config = os.environ.get("ODOO_RC")
    named = r"^\s*db_(host|port|user)\s*=\s*(?!False)\S"
    return bool(config and re.search(named, Path(config).read_text(), re.M))


# -- what programs run in ----------------------------------------------------


def addons_path(config):
    """The addons, those of ODOO_HOME, those of the user's configuration, and those
    that pip installed."""
    paths = [str(ROOT)]
    home = odoo_home()
    if home and (home / "addons").is_dir():
        paths.append(str(home / "addons"))
    own = re.search(r"^\s*addons_path\s*=\s*(.+)$", config.read_text(), re.M)
    paths += [path.strip() for path in own.group(1).split(",")] if own else []
    return paths + sorted(map(str, VENV.glob("lib/python3*/site-packages/odoo/addons")))


def variables(server=None):
    """The variables that programs of the environment run with.

    Odoo 19 reads its options from them, below its own command line.

    :param server: the :class:`postgres.Postgres` to use, running
    """
    result = dict(os.environ)
    # Odoo asks nobody outside.
    proxies = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    for name in ("PYTHONPATH", "PYTHONHOME", *proxies):
        result.pop(name, None)
    config = Path(result.get("ODOO_RC") or ENV / "odoo.conf")
    if not result.get("ODOO_RC") and not config.exists():
        config.write_text("[options]\n")
    result.update(
        ODOO_RC=str(config),
        ODOO_ADDONS_PATH=",".join(addons_path(config)),
        PYTHONPATH=str(odoo_path()),
        PATH=f"{VENV / 'bin'}:{result.get('PATH', os.defpath)}",
        VIRTUAL_ENV=str(VENV),
        PYTHONUNBUFFERED="1",
        NO_PROXY="*",
        no_proxy="*",
    )
    result.setdefault("ODOO_DATA_DIR", str(ENV / "data"))
    result.setdefault("ODOO_SCREENSHOTS", str(ENV / "screenshots"))
    # Nobody outside asks this Odoo.
    result.setdefault("ODOO_HTTP_INTERFACE", "127.0.0.1")
    # What tools keep between runs stays in the folder too.
    result.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(ENV / "hypothesis"))
    result.setdefault("RUFF_CACHE_DIR", str(ENV / "ruff"))
    result.setdefault("PYLINTHOME", str(ENV / "pylint"))
    result.setdefault("PRE_COMMIT_HOME", str(ENV / "pre-commit"))
    if server:
        result.update(server.environment)
        result.pop("PGDATABASE", None)
        result.pop("PGPASSWORD", None)
    return result


def free_port(first=None, tries=50):
    """A free TCP port on this machine; `first` and up, or any."""
    for port in range(first, first + tries) if first else [0]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise Missing(
        f"ports {first} to {first + tries - 1} are all taken; set PORT to a free one"
    )
