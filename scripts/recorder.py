"""Odoo's command line, telling every test's outcome on a file descriptor.

One JSON object a line: {"kind", "id", "text"}, kind being `start`, `passed`,
`failed`, `skipped`, or `log` for anything logged at warning level and above.
With LEAD_DISTRIBUTION_ALL_TESTS=1 the tests that Odoo runs while it installs a module
run after the installation too, in the presence of every installed module.
"""

import itertools
import json
import logging
import os
import sys
import threading

import odoo.cli
import odoo.tests.loader
import odoo.tests.result
import odoo.tests.suite

PIPE = int(os.environ.pop("LEAD_DISTRIBUTION_RECORD"))
os.set_inheritable(PIPE, False)
LOCK = threading.Lock()


def tell(kind, identifier, text=""):
    line = json.dumps({"kind": kind, "id": identifier, "text": str(text)})
    with LOCK:
        data = line.encode() + b"\n"
        while data:
            data = data[os.write(PIPE, data) :]


def name(test):
    test = getattr(test, "test_case", None) or test
    identifier = test.id() if hasattr(test, "id") else str(test)
    return identifier.replace("odoo.addons.", "")


class Recorder(odoo.tests.result.OdooTestResult):
    """What Odoo's own result does, and one line for each outcome."""

    def startTest(self, test):
        tell("start", name(test))
        super().startTest(test)

    def addSuccess(self, test):
        if not self.had_failure:
            tell("passed", name(test))
        super().addSuccess(test)

    def addSkip(self, test, reason):
        tell("skipped", name(test), reason)
        super().addSkip(test, reason)

    def addError(self, test, err):
        if not self._soft_fail:
            tell("failed", name(test), self._exc_info_to_string(err, test))
        super().addError(test, err)

    def addFailure(self, test, err):
        if not self._soft_fail:
            tell("failed", name(test), self._exc_info_to_string(err, test))
        super().addFailure(test, err)


class Logged(logging.Handler):
    def emit(self, record):
        try:
            message = record.getMessage()
        except Exception as error:
            message = f"{record.msg!r}: {error}"
        # Failures are told apart, with their own text.
        if not message.startswith(("FAIL: ", "ERROR: ")):
            tell("log", f"{record.levelname} {record.name}", message)


def make_suite(modules, position="at_install"):
    """All tests when everything is loaded, none while modules are being loaded."""
    modules = list(modules)
    positions = ("at_install", "post_install") if position == "post_install" else ()
    tests = (make_suite.original(modules, each) for each in positions)
    return odoo.tests.suite.OdooSuite(itertools.chain(*tests))


odoo.tests.result.OdooTestResult = odoo.tests.loader.OdooTestResult = Recorder
if os.environ.pop("LEAD_DISTRIBUTION_ALL_TESTS", ""):
    make_suite.original = odoo.tests.loader.make_suite
    odoo.tests.loader.make_suite = make_suite
logging.getLogger().addHandler(Logged(logging.WARNING))
sys.argv[0] = "odoo"
odoo.cli.main()
