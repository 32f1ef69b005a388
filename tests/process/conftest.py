"""Databases and processes for the tests; run by `scripts/test process`."""

import contextlib
import functools
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "scripts"))

import databases  # noqa: E402
import run_tests  # noqa: E402


def fork(channel, database):
    """Ask a process that forks for another one.

    :returns: the socket to talk with it
    """
    ours, theirs = socket.socketpair()
    with theirs:
        socket.send_fds(channel, [database.encode()], [theirs.fileno()])
    return ours


class Process:
    """A worker in a process of its own; see worker.py."""

    def __init__(self, channel, database):
        self.channel = fork(channel, database)
        self.read = self.channel.makefile("r")
        self.write = self.channel.makefile("w")
        self.pid = None

    def send(self, do, **arguments):
        """Tell it what to do without waiting for the answer."""
        if not self.pid:
            self.pid = self.result()
        self.write.write(json.dumps({"do": do, **arguments}) + "\n")
        self.write.flush()

    def receive(self):
        line = self.read.readline()
        assert line, "the process ended"
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
        """SIGKILL; returns when it is gone."""
        os.kill(self.pid, signal.SIGKILL)
        assert not self.read.read(), "it had answered before it was killed"
        self.pid = None

    def close(self):
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        for each in (self.read, self.channel):
            each.close()
        with contextlib.suppress(BrokenPipeError):
            self.write.close()


class Database:
    """A copy that a test may do anything with."""

    def __init__(self, name, odoo):
        self.name = name
        self.odoo = odoo
        self.processes = []

    @functools.cached_property
    def channel(self):
        """Where processes with the database's registry come from."""
        return fork(self.odoo, self.name)

    def process(self):
        process = Process(self.channel, self.name)
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
        if "channel" in vars(self):
            self.channel.close()
        databases.drop(self.name)


@pytest.fixture(scope="session")
def odoo():
    """Where processes with Odoo loaded come from."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        command = [sys.executable, HERE / "worker.py", str(theirs.fileno())]
        process = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        theirs.close()
        yield ours
        ours.close()
        assert process.wait() == 0


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
