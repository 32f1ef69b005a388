"""How the development environment is built, step by step, and entered.

Standard library only, any Python 3.8+, like environment.py. Each step runs again
when what it depends on (pins, programs of the machine) is not what it was.
"""

import contextlib
import getpass
import os
import shutil
import sys
import time

import environment as env
from postgres import Postgres

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
REQUIREMENTS = [env.ROOT / "requirements" / name for name in ("odoo.txt", "tools.txt")]
OTHER_ADDONS = env.ROOT / "requirements" / "addons.txt"
PYTHONS = ((3, 11), (3, 12), (3, 13))
NEEDED_MIB = 4000


def find_python():
    """A Python that Odoo and its pinned dependencies run on."""
    wish = os.environ.get("LEAD_DISTRIBUTION_PYTHON")
    candidates = [wish] if wish else [sys.executable]
    if not wish:
        candidates += [shutil.which("python%d.%d" % version) for version in PYTHONS]
    asked = "import sys; print(*sys.version_info[:2])"
    for candidate in filter(None, candidates):
        with contextlib.suppress(ValueError):
            answer = env.output_of(candidate, "-c", asked)
            if tuple(map(int, answer.split())) in PYTHONS:
                return candidate
    found = wish or "%s %d.%d" % (sys.executable, *sys.version_info[:2])
    raise env.Missing(
        f"wrong Python: Odoo 19 needs 3.11, 3.12 or 3.13 and this is {found}; "
        "install one or name it in LEAD_DISTRIBUTION_PYTHON"
    )


class Apt:
    """Debian's own client with private lists: no root, nothing installed."""

    def __init__(self):
        self.folder = env.ENV / "apt"
        for part in ("lists/partial", "cache/archives/partial", "parts", "debs"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        self.sources = self.folder / "sources.list"

    def run(self, problem, *arguments, **options):
        settings = {
            "Dir::State::Lists": self.folder / "lists",
            "Dir::Etc::sourcelist": self.sources,
            "Dir::Etc::sourceparts": self.folder / "parts",
            "Dir::Cache": self.folder / "cache",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "APT::Update::Error-Mode": "any",
        }
        if os.geteuid() == 0:
            settings["APT::Sandbox::User"] = "root"
        command = ["apt-get", "-q"]
        for name, value in settings.items():
            command += ["-o", f"{name}={value}"]
        env.run([*command, *arguments], "apt", problem, **options)

    def unpack(self, packages, target):
        """Download these packages of the suite and unpack them into a folder.

        :returns: names of the .deb files
        """
        if not shutil.which("apt-get") or not shutil.which("dpkg"):
            raise env.Missing(
                "no apt here, and Odoo is fetched as a Debian package: set ODOO_HOME "
                "to an Odoo 19 checkout, or use the containers of compose.yaml"
            )
        targets = env.output_of(
            "apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)"
        ).splitlines()
        uris = [line.split(" ")[0] for line in targets if "security" not in line]
        if not uris:
            raise env.Missing(
                "apt knows no Debian mirror (its sources are empty): add one, or set "
                "ODOO_HOME to an Odoo 19 checkout"
            )
        for uri in dict.fromkeys(uris):
            self.sources.write_text(f"deb {uri} {ODOO_SUITE} main\n")
            try:
                self.run(f"apt could not read the Debian suite {ODOO_SUITE}", "update")
                break
            except env.Missing as error:
                problem = error
        else:
            raise env.Missing(f"{problem}; ODOO_HOME can name an Odoo 19 checkout")
        debs = self.folder / "debs"
        for old in debs.glob("*.deb"):
            old.unlink()
        problem = f"apt could not download {packages[0]}"
        self.run(problem, "download", *packages, cwd=debs)
        for deb in sorted(debs.glob("*.deb")):
            problem = f"{deb.name} could not be unpacked"
            env.run(["dpkg", "-x", deb, target], "apt", problem)
        names = [deb.name for deb in debs.glob("*.deb")]
        shutil.rmtree(self.folder, ignore_errors=True)
        return names


def step_odoo():
    fresh = env.ENV / "odoo.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    names = Apt().unpack([ODOO_PACKAGE, *ODOO_LINKED], fresh)
    deb = next(name for name in names if name.startswith(ODOO_PACKAGE + "_"))
    version = deb.split("_")[1].replace("%3a", ":")
    if version != ODOO_TRIED:
        env.say(f"      note: Odoo {version} is served now; {ODOO_TRIED} was tried")
    shutil.rmtree(env.ENV / "odoo", ignore_errors=True)
    fresh.rename(env.ENV / "odoo")
    env.stamp("odoo-version", version)


def step_selfie():
    """One browser file that the Debian package leaves out.

    Without it every page logs an error, which fails every tour. Only blurring the
    background of video calls uses it, so a stub will do where there is no npm.
    """
    target = env.odoo_path() / "odoo/addons/mail/static/lib/selfie_segmentation"
    if (target / "selfie_segmentation.js").exists():
        return
    folder = env.ENV / "selfie"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    content = b"/* Stub: video calls cannot blur the background without the file. */\n"
    try:
        if not shutil.which("npm"):
            raise env.Missing("no npm")
        problem = f"npm could not fetch {SELFIE}"
        env.run(["npm", "pack", "--silent", SELFIE], "npm", problem, cwd=folder)
        env.run(["tar", "xzf", *folder.glob("*.tgz")], "npm", problem, cwd=folder)
        content = (folder / "package" / "selfie_segmentation.js").read_bytes()
    except env.Missing as error:
        env.say(f"      note: {error}; a stub stands in, only call backgrounds miss it")
    target.mkdir(parents=True, exist_ok=True)
    (target / "selfie_segmentation.js").write_bytes(content)
    shutil.rmtree(folder, ignore_errors=True)


def make_venv(python):
    """A virtual environment with pip, also where Debian left ensurepip out."""
    shutil.rmtree(env.VENV, ignore_errors=True)
    problem = "the virtual environment could not be made"
    if env.quiet(python, "-c", "import ensurepip"):
        env.run([python, "-m", "venv", env.VENV], "pip", problem)
        return
    env.run([python, "-m", "venv", "--without-pip", env.VENV], "pip", problem)
    with contextlib.suppress(env.Missing):
        pip = [python, "-m", "pip", "--python", env.PYTHON, "install", "pip"]
        env.run(pip, "pip", problem)
        return
    Apt().unpack(["python3-pip-whl"], env.ENV / "pip")
    (wheel,) = (env.ENV / "pip/usr/share/python-wheels").glob("pip-*.whl")
    pip = [env.PYTHON, wheel / "pip", "install", "--no-index", wheel]
    env.run(pip, "pip", problem)
    shutil.rmtree(env.ENV / "pip", ignore_errors=True)


def step_python():
    python = find_python()
    key = env.digest(env.VENV, python)
    works = env.PYTHON.exists() and env.quiet(env.PYTHON, "-c", "import pip")
    if not works or not env.stamp_is("venv", key):
        make_venv(python)
        env.stamp("venv", key)
    # One run, so that all files are resolved together.
    command = [env.PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
    for path in REQUIREMENTS:
        command += ["-r", path]
    env.run(command, "pip", "pip could not install the Python dependencies")


def step_addons():
    """Addons of others, as OCA publishes them: packages of Python."""
    command = [env.PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--no-deps", "-r", OTHER_ADDONS]
    env.run(command, "pip", "pip could not install the addons of others")


def step_node():
    if not shutil.which("npm"):
        env.say("      note: no npm; `make lint` will not check XML and JavaScript")
        return
    folder = env.ENV / "node"
    folder.mkdir(exist_ok=True)
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund"]
    command += ["--prefix", folder, *NODE_TOOLS]
    env.run(command, "npm", "npm could not install the lint tools", cwd=folder)


def step_browser():
    """Chromium for the tours; without it browser tests fail, and say why."""
    if env.browser():
        return
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    allowed = not prefix or (shutil.which("sudo") and env.quiet(*prefix, "true"))
    if not allowed or not shutil.which("apt-get"):
        env.say("      note: no Chromium, no right to install it; browser tests fail")
        return
    settings = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    apt = [*prefix, "apt-get", "-q"]
    install = [*apt, "-y", "--no-install-recommends", "install", "chromium"]
    install += ["fonts-liberation", "fonts-noto-core"]
    try:
        try:
            env.run(install, "chromium", "apt", env=settings)
        except env.Missing:
            env.run([*apt, "update"], "chromium", "apt", env=settings)
            env.run(install, "chromium", "apt", env=settings)
    except env.Missing as error:
        env.say(f"      note: no Chromium, browser tests will fail: {error}")


def step_postgres():
    Postgres().create()


def steps():
    """(name, what it does, roughly how long, key of its pins, function)"""
    if not env.odoo_home():
        package = env.digest(ODOO_SUITE, ODOO_PACKAGE, *ODOO_LINKED)
        yield "odoo", "Odoo 19, Debian package", "15 s", package, step_odoo
        selfie = env.digest(SELFIE, package)
        yield "selfie", "a file that the package lacks", "2 s", selfie, step_selfie
    pins = env.digest(env.VENV, *[path.read_text() for path in REQUIREMENTS])
    yield "python", "Python dependencies", "1 min", pins, step_python
    addons = env.digest(pins, OTHER_ADDONS.read_text())
    yield "addons", "addons of others", "3 s", addons, step_addons
    # Built again when somebody removed it.
    cluster = env.digest("18", (Postgres().data / "PG_VERSION").exists())
    yield "postgres", "PostgreSQL", "5 s", cluster, step_postgres
    # Tried again when npm appears, or the browser goes.
    node = env.digest(bool(shutil.which("npm")), *NODE_TOOLS)
    yield "node", "lint tools", "5 s", node, step_node
    chromium = env.digest(bool(env.browser()))
    yield "browser", "Chromium for the browser tests", "20 s", chromium, step_browser


def missing():
    return [step for step in steps() if not env.stamp_is(step[0], step[3])]


def bootstrap():
    """Build what is missing; at once, and without network, when nothing is."""
    env.odoo_path()
    if not missing():
        return
    waiting = "another command is building the environment; waiting for it"
    with env.lock("bootstrap", waiting):
        todo = missing()
        if not todo:
            return
        find_python()
        free = shutil.disk_usage(env.ENV).free // 2**20
        if free < NEEDED_MIB and len(todo) > 3:
            raise env.Missing(
                f"the disk is too full: {env.ENV} needs {NEEDED_MIB} MiB, "
                f"{free} are free"
            )
        begin = time.monotonic()
        inside = env.ROOT in env.ENV.parents
        where = env.ENV.relative_to(env.ROOT) if inside else env.ENV
        env.say(f"Building the environment in {where} ...")
        for number, (name, what, duration, _key, function) in enumerate(todo, 1):
            env.say(f"[{number}/{len(todo)}] {what} (about {duration})")
            start = time.monotonic()
            function()
            # Some keys tell what a step found or made.
            env.stamp(name, {step[0]: step[3] for step in steps()}[name])
            env.say(f"      done in {time.monotonic() - start:.0f} s")
        env.say(f"The environment is ready, {time.monotonic() - begin:.0f} s.")


def enter(*command, program=env.PYTHON, server=True):
    """Become a program of the environment, built before if it is not there.

    Signals and the exit status are its own; this command line's arguments follow.

    :param command: the program's arguments, before those of this command line
    :param server: with PostgreSQL running
    """
    with env.errors_in_one_line():
        bootstrap()
        own = server and env.own_postgres()
        if own and os.environ.get("PGUSER", getpass.getuser()) == "postgres":
            problem = "Odoo refuses the database user `postgres`"
            raise env.Missing(f"{problem}: create a role, set PGUSER")
        server = Postgres() if server and not own else None
        if server:
            server.start()
        command = [str(program), *map(str, command), *sys.argv[1:]]
        os.execvpe(command[0], command, env.variables(server))
