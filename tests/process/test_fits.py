"""Texts that fit: every screen of every menu, at a laptop's width in three languages,
and at a phone's in the one whose texts are the longest.

Buttons, badges, tabs, titles and the heads of columns stand on one line and are not cut
off, and no page is wider than the screen; fits.js says what counts. On the
demonstration's data, as its manager. Pictures of what does not fit are left in the
folder that LEAD_DISTRIBUTION_SCREENSHOTS names.
"""

import json
import os
import re
from pathlib import Path

import databases
import pytest
import run_demo
from chromium import Chromium
from processes import Database
from servers import Server

SIZES = {"laptop": (1366, 768), "phone": (390, 844)}
LANGUAGES = ("en_US", "es_ES", "pl_PL")
#: one worker makes the demonstration, and looks at all
pytestmark = pytest.mark.xdist_group("fits")
CHECK = (Path(__file__).parent / "fits.js").read_text()


@pytest.fixture(scope="module")
def house(odoo):
    """A server with the demonstration, in three languages."""
    database = Database(databases.scratch("fits"), odoo)
    run_demo.build(database.name)
    languages = ",".join(LANGUAGES[1:])
    databases.odoo(
        *("-d", database.name, f"--load-language={languages}"),
        *("--stop-after-init", "--no-http"),
        log="fits-languages",
    )
    server = Server(database.name)
    try:
        server.wait()
        server.warm()
        yield server
    finally:
        server.kill()
        database.close()


@pytest.fixture
def page(house):
    with Chromium(f"http://127.0.0.1:{house.port}") as page:
        yield page


def begin(page):
    page.open("/odoo/crm")
    page.see(".o_action_manager .o_control_panel")
    page.run(CHECK)


def keep(page, name):
    folder = os.environ.get("LEAD_DISTRIBUTION_SCREENSHOTS")
    if folder:
        path = Path(folder, f"{re.sub(r'[^a-z0-9]+', '-', name.lower())}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(page.capture())


@pytest.mark.parametrize(
    "language, size",
    [("en_US", "laptop"), ("es_ES", "laptop"), ("pl_PL", "laptop"), ("pl_PL", "phone")],
)
def test_every_screen(page, language, size):
    """Part 15, 12: what is on each screen can be read."""
    page.size(*SIZES[size])
    page.login("manager")
    begin(page)
    page.run(f"window.speak({json.dumps(language)})")
    begin(page)
    found, seen = [], 0
    for action_id in page.run("window.actionsOfMenus()"):
        screens = page.run(f"window.screensOf({action_id})")
        for screen in screens:
            page.run(f"window.goTo({json.dumps(screen)})")
            page.see(".o_action_manager > *")
            seen += 1
            problems = page.run("window.whatDoesNotFit()")
            if problems:
                title = page.run("document.title")
                keep(page, f"{language}-{size}-{screen['name']}-{screen['view']}")
                found += [
                    f"{screen['name']}, {screen['view']} ({title}): {problem}"
                    for problem in problems
                ]
    print(f"{seen} screens")
    assert seen > 60, "some screens were not opened"
    assert not found, "\n".join(["", *found])
