"""A PostgreSQL of the storms' own: it is restarted and killed, and nobody else's is."""

import contextlib
import os
import signal
import subprocess
import time

import environment as env
import postgres
import psycopg2


class Cluster(postgres.Postgres):
    """A second cluster beside the environment's, with few connections.

    :param lane: of storms that run at the same time, each lane has its own
    """

    def __init__(self, lane=0):
        super().__init__()
        main = self.environment
        self.dump = {**os.environ, **main}
        lane = lane or ""
        self.home = self.home.parent / f"chaos{lane}"
        self.data = self.home / "data"
        self.socket = self.socket.parent / f"{self.socket.name}-c{lane}"

    def prepare(self, template):
        """Make the cluster with one database, as the template is.

        :param template: name of a database of the environment's cluster
        :returns: the database's name
        """
        marked = self.home / f"made-of-{template}"
        if not marked.exists():
            self.remove_data()
            self.create()
            with (self.data / "postgresql.conf").open("a") as settings:
                # what was answered is written: a crash may lose nothing
                settings.write("synchronous_commit = on\nmax_connections = 60\n")
            self.start()
            self._copy(template)
            marked.touch()
        self.start()
        os.environ.update(self.environment)
        return template

    def remove_data(self):
        self.stop()
        subprocess.run(["rm", "-rf", "--", str(self.home)], check=True)

    def _copy(self, name):
        bin_ = self.install / "bin"
        there = {**os.environ, **self.environment}
        subprocess.run([bin_ / "createdb", name], env=there, check=True)
        command = [bin_ / "pg_dump", "-Fc", name]
        with subprocess.Popen(command, env=self.dump, stdout=subprocess.PIPE) as dump:
            command = [bin_ / "pg_restore", "--no-owner", "-d", name]
            subprocess.run(command, env=there, stdin=dump.stdout, check=True)
        if dump.returncode:
            raise env.Missing(f"{name} could not be copied for the storms")

    # faults ---------------------------------------------------------------------

    def restart(self, crash):
        """Stop the server, clients or not, and start it again.

        :param crash: as if the machine had failed, which it recovers from
        """
        pid = self._pid()
        with contextlib.suppress(OSError):
            (self.home / "ready").unlink()
        os.kill(pid, signal.SIGQUIT if crash else signal.SIGINT)
        while self._pid():
            time.sleep(0.02)
        self.start()

    def kill_backend(self, draw, database):
        """End the connection of somebody who works in the database.

        :param draw: a ``random.Random``
        """
        with self.connect("postgres") as cursor:
            cursor.execute(
                """SELECT pid FROM pg_stat_activity
                    WHERE datname = %s AND pid <> pg_backend_pid() ORDER BY pid""",
                [database],
            )
            pids = [pid for (pid,) in cursor.fetchall()]
            if pids:
                cursor.execute("SELECT pg_terminate_backend(%s)", [draw.choice(pids)])

    @contextlib.contextmanager
    def connect(self, database):
        """Yield a cursor whose statements are committed at once."""
        with contextlib.closing(
            psycopg2.connect(
                dbname=database,
                host=str(self.socket),
                port=self.port,
                user="odoo",
            )
        ) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor

    def exhaust(self, database):
        """Take every connection that is left.

        :returns: a context in which there is none
        """
        taken = contextlib.ExitStack()
        with contextlib.suppress(psycopg2.OperationalError):
            while True:
                taken.enter_context(self.connect(database))
        return taken
