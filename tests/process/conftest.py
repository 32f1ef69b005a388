"""Databases and processes for the tests; run by `scripts/test process`."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "scripts"))
sys.path.insert(0, str(HERE))

import databases  # noqa: E402
import run_tests  # noqa: E402
from processes import Database, odoo_loaded  # noqa: E402


@pytest.fixture(scope="session")
def odoo():
    """Where processes with Odoo loaded come from."""
    with odoo_loaded() as channel:
        yield channel


@pytest.fixture(scope="session")
def template():
    """A database with the addon, and Odoo's automation rules beside it."""
    return run_tests.template("addon")


def seeded(odoo, template, purpose, leads, people, routes):
    """A template with pending leads.

    :returns: ``(name, ids)``, with the ids of the ``users`` and the ``manager``
    """
    database = Database(databases.scratch(purpose), odoo)
    databases.copy(template, database.name)
    ids = database.process().do("seed", leads=leads, people=people, routes=routes)
    for process in database.processes:
        process.close()
    yield database.name, ids
    database.close()


@pytest.fixture(scope="session")
def few(odoo, template):
    """400 pending leads, 10 salespeople, 6 routes."""
    yield from seeded(odoo, template, "few", 400, 10, 6)


@pytest.fixture(scope="session")
def many(odoo, template):
    """2,400 pending leads, 20 salespeople, 12 routes."""
    yield from seeded(odoo, template, "many", 2400, 20, 12)


def copies(odoo):
    made = []

    def copy(seeded, purpose):
        database = Database(databases.scratch(purpose), odoo)
        made.append(database)
        databases.copy(seeded[0], database.name)
        return database

    yield copy
    for database in made:
        database.close()


#: makes copies of a template that are gone after the test, or after all of them
copy_of = pytest.fixture(copies, name="copy_of")
copy_for_all = pytest.fixture(copies, name="copy_for_all", scope="session")


def pytest_collection_modifyitems(items):
    """Several pytest may share the tests; what takes long to prepare is made once."""
    for item in items:
        if "many" in item.fixturenames:
            item.add_marker(pytest.mark.xdist_group("many"))
