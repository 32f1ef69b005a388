"""Run Odoo's tests and know the outcome of every single one."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

import environment as env

LIMIT = 40 * 60
# Skips that mean "this machine cannot", not "this test does not apply".
NO_BROWSER = re.compile(r"chrome|websocket-client", re.I)
# Warnings that stock Odoo logs in this environment.
EXPECTED_WARNINGS = re.compile(
    r"Running as user 'root'|"
    # The result that Odoo logs at the end repeats what was told test by test.
    r"failed, \d+ error\(s\) of \d+ tests"
)


@dataclass
class Outcome:
    """What one run of Odoo said about its tests.

    `tests` maps the name of a test to `passed`, `failed` or `skipped`, `texts` to why,
    `logged` lists (level and logger, message) of what was logged as a warning or worse.
    """

    tests: dict = field(default_factory=dict)
    texts: dict = field(default_factory=dict)
    logged: list = field(default_factory=list)
    status: int = 0
    seconds: float = 0.0

    def count(self, kind):
        return sum(each == kind for each in self.tests.values())

    def take(self, kind, name, text):
        if kind == "log":
            if not EXPECTED_WARNINGS.search(text) and (name, text) not in self.logged:
                self.logged.append((name, text))
        elif kind == "start":
            self.tests.setdefault(name, "started")
        elif self.tests.get(name) != "failed":
            if kind == "skipped" and NO_BROWSER.search(text):
                kind, text = "failed", f"no browser to run it in: {text}"
            self.tests[name] = kind
            if text:
                self.texts[name] = text

    def close(self):
        for name, kind in self.tests.items():
            if kind == "started":
                self.tests[name] = "failed"
                self.texts[name] = "it started and never ended"


class Progress:
    """One line for each class of tests, as they end."""

    def __init__(self, label):
        self.label = label
        self.reset(None)

    def reset(self, group):
        self.group, self.counts, self.begin = group, {}, time.monotonic()

    def take(self, kind, name):
        group = name.rpartition(".")[0] or name
        if kind in ("start", None) and group != self.group:
            if self.group and self.counts:
                seconds = time.monotonic() - self.begin
                said = ", ".join(
                    f"{count} {what}" for what, count in self.counts.items()
                )
                env.say(f"  {self.label}{self.group}: {said} ({seconds:.1f} s)")
            self.reset(group)
        if kind in ("passed", "failed", "skipped"):
            self.counts[kind] = self.counts.get(kind, 0) + 1


def run_odoo(arguments, log, label="", all_tests=False):
    """Run Odoo with these arguments; its whole log goes to `log`.

    :param all_tests: run the at_install tests after installation too
    :return: an :class:`Outcome`
    """
    env.LOGS.mkdir(parents=True, exist_ok=True)
    reading, writing = os.pipe()
    variables = dict(os.environ, LEAD_DISTRIBUTION_RECORD=str(writing))
    if all_tests:
        variables["LEAD_DISTRIBUTION_ALL_TESTS"] = "1"
    outcome, progress = Outcome(), Progress(label)
    begin = time.monotonic()
    command = [
        sys.executable,
        str(env.SCRIPTS / "recorder.py"),
        *arguments,
        f"--http-port={env.free_port()}",
        "--stop-after-init",
    ]
    with (env.LOGS / f"{log}.log").open("wb") as handle:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=subprocess.STDOUT,
            env=variables,
            pass_fds=[writing],
            start_new_session=True,
        )
    os.close(writing)
    timer = threading.Timer(LIMIT, os.killpg, (process.pid, signal.SIGKILL))
    timer.start()
    try:
        with os.fdopen(reading, encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                progress.take(record["kind"], record["id"])
                outcome.take(record["kind"], record["id"], record["text"])
        outcome.status = process.wait()
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    finally:
        timer.cancel()
    progress.take(None, "")
    outcome.close()
    outcome.seconds = time.monotonic() - begin
    return outcome
