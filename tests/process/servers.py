"""Odoo servers as they run in production, and what stands in front of them."""

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

import environment as env


class Server:
    """An Odoo server in a process of its own, with the addon `queue_job` loaded.

    :param channels: what its job runner may run at once; ``root:0`` starts none
    :param jobs_to: port that the runner sends jobs to
    :param crons: threads for schedules
    """

    def __init__(self, database, channels="root:0", jobs_to=None, crons=0):
        self.port = env.free_port()
        env.LOGS.mkdir(parents=True, exist_ok=True)
        self.log = env.LOGS / f"server-{self.port}.log"
        self.log.unlink(missing_ok=True)
        command = [sys.executable, *env.ODOO_COMMAND, "-d", database]
        command += [f"--http-port={self.port}", "--http-interface=127.0.0.1"]
        command += ["--load=base,web,queue_job", f"--max-cron-threads={crons}"]
        command += ["--workers=0", f"--logfile={self.log}", "--log-level=info"]
        variables = dict(
            os.environ,
            ODOO_QUEUE_JOB_CHANNELS=channels,
            ODOO_QUEUE_JOB_HOST="127.0.0.1",
            ODOO_QUEUE_JOB_PORT=str(jobs_to or self.port),
        )
        self.process = subprocess.Popen(
            command,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @property
    def pid(self):
        return self.process.pid

    def wait(self, seconds=60):
        """Return when it serves."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            with contextlib.suppress(OSError):
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return
            time.sleep(0.1)
        raise AssertionError(f"no server after {seconds} s: {self.log}")

    def warm(self):
        """Return when it has loaded the database."""
        url = f"http://127.0.0.1:{self.port}/web/login"
        with urllib.request.urlopen(url, timeout=60):
            pass

    def wait_for_runner(self, seconds=60):
        """Return when its job runner looks for jobs."""
        end = time.monotonic() + seconds
        while "database connections ready" not in self.log.read_text():
            assert time.monotonic() < end, f"no job runner: {self.log}"
            time.sleep(0.1)

    def send(self, number):
        self.process.send_signal(number)

    def kill(self):
        """SIGKILL; returns when it is gone."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()


class Balancer:
    """Passes connections to servers in turn; one that is gone is passed over."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        self.ports = []
        self.turn = itertools.count()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        with contextlib.suppress(OSError):  # closed
            while True:
                connection = self.socket.accept()[0]
                threading.Thread(
                    target=self.serve, args=[connection], daemon=True
                ).start()

    def serve(self, connection):
        with connection:
            first = next(self.turn)
            for number in range(len(self.ports)):
                port = self.ports[(first + number) % len(self.ports)]
                with contextlib.suppress(OSError):
                    with socket.create_connection(("127.0.0.1", port)) as server:
                        back = threading.Thread(
                            target=self.pump, args=[server, connection], daemon=True
                        )
                        back.start()
                        self.pump(connection, server)
                        back.join()
                    return

    def pump(self, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def close(self):
        self.socket.close()
