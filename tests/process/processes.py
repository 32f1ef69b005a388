"""Processes with Odoo loaded, and databases that they may break; see worker.py."""

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

import databases
import psycopg2

WORKER = Path(__file__).resolve().parent / "worker.py"


@contextlib.contextmanager
def odoo_loaded(program=WORKER):
    """Start the process that others are forked from.

    :param program: worker.py, or a program that serves as it does
    :returns: a context with the socket to ask for them
    """
    ours, theirs = socket.socketpair()
    with ours, theirs:
        command = [sys.executable, program, str(theirs.fileno())]
        process = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        theirs.close()
        yield ours
        ours.close()
        assert process.wait() == 0


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
