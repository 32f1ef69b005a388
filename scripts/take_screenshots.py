"""Take all pictures of the documentation, and the film, in a headless Chromium.

On a copy of the demonstration's database, which is made first if it is not there:
docs/images/*.png, lead_distribution/static/description/*.png, and tour.gif in both.
"""

import argparse
import contextlib
import io
import json
import socket
import subprocess
import sys
import time
from contextlib import closing

import databases
import environment as env
import psycopg2
import run_demo
from chromium import Chromium
from film import Film
from PIL import Image

sys.path.insert(0, str(env.ROOT / "demo"))

import pictures  # noqa: E402

IMAGES = env.ROOT / "docs" / "images"
LARGEST_FILM = 2 * 2**20
DESCRIPTION = env.ROOT / "lead_distribution" / "static" / "description"


@contextlib.contextmanager
def serving(database):
    """Odoo with a database; :returns: a context with its address"""
    port = env.free_port()
    log = env.LOGS / "screenshots-server.log"
    command = [sys.executable, *env.ODOO_COMMAND, "-d", database]
    command += [f"--db-filter=^{database}$", f"--http-port={port}"]
    command += ["--max-cron-threads=0"]
    with log.open("wb") as handle:
        server = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=handle, stderr=subprocess.STDOUT
        )
    try:
        while True:
            if server.poll() is not None:
                raise env.Missing(f"Odoo stopped (log: {log})")
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def prepare():
    """A copy of the demonstration with what only the pictures need.

    :returns: ``(database, ids)``
    """
    if run_demo.DATABASE not in databases.names():
        run_demo.build()
    database = databases.scratch("pictures")
    databases.copy(run_demo.DATABASE, database)
    program = ["-m", "click_odoo", "-d", database, "--log-level=warn"]
    said = subprocess.check_output(
        [sys.executable, *program, env.ROOT / "demo" / "pictures_data.py"], text=True
    )
    return database, json.loads(said.splitlines()[-1])


def save(content, name):
    """Keep a picture with few colours: a third of the bytes, and it looks the same."""
    image = Image.open(io.BytesIO(content)).convert("RGB")
    image = image.quantize(256, dither=Image.Dither.NONE)
    image.save(IMAGES / f"{name}.png", optimize=True)
    if name.replace("-", "_") in pictures.DESCRIPTION:
        image.save(DESCRIPTION / f"{name}.png", optimize=True)


def take(page, database, ids, wanted):
    """The pictures, in their order, each by who looks at it."""
    logged_in = None
    for shot in pictures.PICTURES:
        name = shot.__name__
        if name not in wanted:
            continue
        if name in pictures.BEFORE:
            change(database, pictures.BEFORE[name])
        login = pictures.WHO.get(name, "manager")
        page.size(*pictures.SIZES.get(name, pictures.SIZE))
        if login != logged_in:
            page.login(login)
            logged_in = login
        shot(page, ids)
        save(page.picture(), name.replace("_", "-"))
        env.say(f"  {name.replace('_', '-')}.png")


@contextlib.contextmanager
def saying_where(page):
    """What is not on the screen is said, with a picture of what is there instead."""
    try:
        yield
    except RuntimeError as error:
        path = env.LOGS / "screenshots-failed.png"
        path.write_bytes(page.capture())
        raise env.Missing(f"{error} (see {path})") from error


def change(database, query):
    with closing(psycopg2.connect(dbname=database)) as connection, connection:
        with connection.cursor() as cursor:
            cursor.execute(query)


def record(page, ids):
    """The film, small enough for a page that everybody loads."""
    page.size(*pictures.SIZE)
    film = Film(page, 900)
    pictures.film(page, ids, film)
    paths = [folder / "tour.gif" for folder in (IMAGES, DESCRIPTION)]
    film.save(*paths)
    size = paths[0].stat().st_size
    env.say(f"  tour.gif: {len(film.frames)} pictures, {size // 1024} KiB")
    if size > LARGEST_FILM:
        raise env.Missing(f"tour.gif is larger than {LARGEST_FILM // 1024} KiB")


def main():
    parser = argparse.ArgumentParser(
        prog="scripts/screenshots",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = [shot.__name__ for shot in pictures.PICTURES] + ["film"]
    text = f"only these (all if none): {', '.join(names)}"
    parser.add_argument("wanted", metavar="PICTURE", nargs="*", help=text)
    options = parser.parse_args()
    wanted = [name.replace("-", "_") for name in options.wanted] or names
    if unknown := set(wanted) - set(names):
        parser.error(f"no picture is called {', '.join(sorted(unknown))}")
    try:
        database, ids = prepare()
        with serving(database) as url, Chromium(url) as page:
            with saying_where(page):
                take(page, database, ids, wanted)
                if "film" in wanted:
                    record(page, ids)
    finally:
        databases.drop_scratch()


if __name__ == "__main__":
    with env.errors_in_one_line():
        main()
