"""Databases and processes for the tests; run by `scripts/test process`."""

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "scripts"))

import databases  # noqa: E402

ADDON = "lead_distribution"


class Process:
    """A worker in a process of its own; see worker.py."""

    def __init__(self, database):
        self.popen = subprocess.Popen(
            [sys.executable, HERE / "worker.py", database],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.starting = True

    def send(self, do, **arguments):
        """Tell it what to do without waiting for the answer."""
        if self.starting:
            self.starting = False
            assert self.receive() == {"result": "ready"}
        self.popen.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        self.popen.stdin.flush()

    def receive(self):
        line = self.popen.stdout.readline()
        assert line, f"the process ended with {self.popen.wait()}"
        return json.loads(line)

    def result(self):
        answer = self.receive()
        assert "result" in answer, answer
        return answer["result"]

    def do(self, do, **arguments):
        """:returns: the result of a command that must not fail"""
        self.send(do, **arguments)
        return self.result()

    def kill(self):
        self.popen.send_signal(signal.SIGKILL)
        assert self.popen.wait() == -signal.SIGKILL

    def close(self):
        if self.popen.poll() is None:
            self.popen.kill()
        self.popen.wait()
        self.popen.stdin.close()
        self.popen.stdout.close()


class Database:
    """A copy that a test may do anything with."""

    def __init__(self, name):
        self.name = name
        self.processes = []

    def process(self):
        process = Process(self.name)
        self.processes.append(process)
        return process

    def query(self, query, *values):
        """:returns: rows, as somebody else sees them"""
        with closing(psycopg2.connect(dbname=self.name)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(query, values or None)
                return cursor.fetchall()

    def number(self, query, *values):
        ((found,),) = self.query(query, *values)
        return found

    def close(self):
        for process in self.processes:
            process.close()
        databases.drop(self.name)


@pytest.fixture(scope="session")
def template():
    """A database with the addon: the one that `scripts/test` names, else its own."""
    given = os.environ.get("LEAD_DISTRIBUTION_DB")
    if given:
        yield given
        return
    name = databases.scratch("process")
    databases.copy(databases.template(), name)
    databases.odoo(
        "-d", name, "-i", ADDON, "--stop-after-init", "--no-http", log="process"
    )
    yield name
    databases.drop(name)


def seeded(template, purpose, leads, people, routes):
    """A template with pending leads.

    :returns: ``(name, ids)``, with the ids of the ``users`` and the ``manager``
    """
    name = databases.scratch(purpose)
    databases.copy(template, name)
    process = Process(name)
    try:
        return name, process.do("seed", leads=leads, people=people, routes=routes)
    finally:
        process.close()


@pytest.fixture(scope="session")
def few(template):
    """400 pending leads, 10 salespeople, 6 routes."""
    name, ids = seeded(template, "few", 400, 10, 6)
    yield name, ids
    databases.drop(name)


@pytest.fixture(scope="session")
def many(template):
    """2,400 pending leads, 20 salespeople, 12 routes."""
    name, ids = seeded(template, "many", 2400, 20, 12)
    yield name, ids
    databases.drop(name)


def copies():
    made = []

    def copy(seeded, purpose):
        database = Database(databases.scratch(purpose))
        made.append(database)
        databases.copy(seeded[0], database.name)
        return database

    yield copy
    for database in made:
        database.close()


#: makes copies of a template that are gone after the test, or after all of them
copy_of = pytest.fixture(copies, name="copy_of")
copy_for_all = pytest.fixture(copies, name="copy_for_all", scope="session")
