"""pytest for the addons: in which database, and what first.

`scripts/test` says it. For everybody else an addon's tests run in the database that
`scripts/test` left for them, with a web server for the browser tests; tests of other
folders run without Odoo.
"""

import os
import unittest
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent
ADDON = "lead_distribution"
#: by addon; made and kept by scripts/test
DATABASES = {
    ADDON: f"{ADDON}_dev",
    f"{ADDON}_website": f"{ADDON}_dev_glue",
    f"{ADDON}_sale": f"{ADDON}_dev_glue",
    f"{ADDON}_queue_job": f"{ADDON}_dev_queue",
}
#: a test in the browser takes as long as this many others
BROWSER_TEST = 12
ODOO_RC = pytest.StashKey()


def addons_of(arguments):
    """:returns: names of the addons that paths or node ids of tests are in"""
    found = set()
    for argument in arguments:
        path = Path(os.path.abspath(argument.split("::")[0]))
        if ROOT in path.parents:
            found.add(path.relative_to(ROOT).parts[0])
    return found & set(DATABASES)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config):
    plugin = config.pluginmanager.get_plugin("odoo")
    if plugin and not config.option.odoo_database:
        databases = {DATABASES[addon] for addon in addons_of(config.args)}
        if len(databases) > 1:
            raise pytest.UsageError(
                "the addons are tested in different databases: one addon at a time, "
                "or --odoo-database"
            )
        if databases:
            (config.option.odoo_database,) = databases
            config.option.odoo_http = True
        else:
            # It has the last word below, unless no configuration of Odoo is named.
            config.pluginmanager.unregister(plugin)
            config.stash[ODOO_RC] = os.environ.pop("ODOO_RC", None)
    worker = getattr(config, "workerinput", {}).get("workerid")
    if plugin and worker:
        # Each worker has its own copy, made by scripts/test, and its own log.
        os.environ.pop("PYTEST_XDIST_WORKER", None)
        config.option.odoo_database += f"_{worker}"
        config.option.odoo_extra = [
            f"{extra.removesuffix('.log')}-{worker}.log"
            if extra.startswith("logfile=")
            else extra
            for extra in config.option.odoo_extra
        ]
    return (yield)


def pytest_configure(config):
    if rc := config.stash.get(ODOO_RC, None):
        os.environ["ODOO_RC"] = rc


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector, obj):
    """Only what a file defines, as Odoo's own loader does it, not what it imports."""
    if isinstance(collector, pytest.Module) and isinstance(obj, type):
        imported = obj.__module__ != collector.obj.__name__
        if imported and issubclass(obj, unittest.TestCase):
            return []
    return None


def in_browser(item):
    from odoo.tests import HttpCase

    return bool(item.cls) and issubclass(item.cls, HttpCase)


def pytest_collection_modifyitems(config, items):
    """Files that take long first, so that no worker is left with one at the end."""
    if config.pluginmanager.hasplugin("odoo") and hasattr(config, "workerinput"):
        weights = dict.fromkeys([item.path for item in items], 0)
        for item in items:
            weights[item.path] += BROWSER_TEST if in_browser(item) else 1
        items.sort(key=lambda item: -weights[item.path])


@pytest.fixture(scope="session", autouse=True)
def assets(request):
    """The web client's files, made once and not in each browser test, as Odoo's own
    runner makes them."""
    plugin = request.config.pluginmanager.hasplugin("odoo")
    if not plugin or not any(map(in_browser, request.session.items)):
        return
    request.getfixturevalue("load_registry")
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tests.common import get_db_name

    with Registry(get_db_name()).cursor() as cr:
        api.Environment(cr, SUPERUSER_ID, {})["ir.qweb"]._pregenerate_assets_bundles()
