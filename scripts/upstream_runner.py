"""Odoo's command line, leaving the outcome of every test in a file as JSON.

All tests run when everything is installed: those that Odoo runs while it installs a
module meet every installed module here. LEAD_DISTRIBUTION_OUTCOMES names the file,
which becomes ``{test: [passed | failed | skipped, text]}``.
"""

import atexit
import itertools
import json
import os
import sys
from pathlib import Path

import odoo.cli
import odoo.tests.loader
import odoo.tests.result
import odoo.tests.suite

TARGET = Path(os.environ["LEAD_DISTRIBUTION_OUTCOMES"])
OUTCOMES = {}
make_suite = odoo.tests.loader.make_suite


class Recorder(odoo.tests.result.OdooTestResult):
    """What Odoo's own result does, and a note of each outcome."""

    def note(self, test, kind, text=""):
        test = getattr(test, "test_case", None) or test
        name = test.id().removeprefix("odoo.addons.")
        if kind == "started" or OUTCOMES.get(name, [""])[0] != "failed":
            OUTCOMES[name] = [kind, str(text)]

    def startTest(self, test):
        self.note(test, "started")
        super().startTest(test)

    def addSuccess(self, test):
        self.note(test, "passed")
        super().addSuccess(test)

    def addSkip(self, test, reason):
        self.note(test, "skipped", reason)
        super().addSkip(test, reason)

    def logError(self, flavour, test, error):
        self.note(test, "failed", self._exc_info_to_string(error, test))
        super().logError(flavour, test, error)


def late_suite(modules, position="at_install"):
    """All tests when everything is loaded, none while modules are being loaded."""
    modules = list(modules)
    positions = ("at_install", "post_install") if position == "post_install" else ()
    tests = (make_suite(modules, each) for each in positions)
    return odoo.tests.suite.OdooSuite(itertools.chain(*tests))


odoo.tests.result.OdooTestResult = odoo.tests.loader.OdooTestResult = Recorder
odoo.tests.loader.make_suite = late_suite
atexit.register(lambda: TARGET.write_text(json.dumps(OUTCOMES)))
sys.argv[0] = "odoo"
odoo.cli.main()
