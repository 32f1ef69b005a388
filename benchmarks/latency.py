"""From arrival to the bell, while the house is busy.

Leads come at a fixed rate to Odoo: by RPC, by a webhook as JSON and as a
form, and as mails. Meanwhile a file of leads is imported, somebody keeps a transaction
open, as a dump does, and a worker of a server is killed, which Odoo starts anew; the
same with one of two servers killed as a whole, which loads everything again. A lead's
time runs from the moment at which it was to be sent, tries in vain included, to the
moment at which its salesperson is told, which the ledger keeps.

Beside it, how fast a backlog is distributed while such a transaction is open.
"""

import contextlib
import json
import os
import random
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC

import environment
import psutil
import psycopg2

HALF, NEARLY_ALL, KEEPS = 0.3, 2.0, 0.9
#: seconds, leads a second, leads imported meanwhile, leads of a backlog, seconds for
#: which a transaction was open before it
FULL, SMOKE = (120, 20, 10_000, 4000, 600), (8, 5, 300, 200, 2)
SELLERS = 20
#: servers, and workers of each; 0 are threads of one process
WORKERS, SERVERS = (1, 4), (2, 0)
#: how often somebody sends again what was not taken, and how long all is waited for
TRIES, PATIENCE = 20, 120
KINDS = ("rpc", "json", "form", "mail")
LOGIN = PASSWORD = "admin"


def run(bench, crm, addon):
    """:param crm: name of a database with CRM and without ``addon``"""
    seconds, rate, imported, backlog, opened = SMOKE if bench.smoke else FULL
    with bench.copy(crm, "latency", addon) as base:
        made = bench.step("latency_setup", base, SELLERS)
        bench.analyze(base)
        _old_transaction(bench, base, backlog, rate, opened)
        busy = (bench, base, made["token"], seconds, rate, imported)
        what = (
            f"{rate} leads a second for {seconds} s, {imported} imported, a "
            "transaction open, "
        )
        found = _busy_house(*busy, *WORKERS)
        workers = f"{what}two of {WORKERS[1]} workers and the schedules' killed"
        wanted = None if bench.smoke else f"<= {HALF}"
        _say(bench, "latency_half", 0.5, found, workers, wanted)
        wanted = None if bench.smoke else f"<= {NEARLY_ALL}"
        _say(bench, "latency_nearly_all", 0.99, found, workers, wanted)
        _say_lost(bench, "latency_lost", found)
        if not bench.smoke:  # what is lost then is tests/process' to find out
            found = _busy_house(*busy, *SERVERS)
            server = f"{what}one of {SERVERS[0]} servers killed, which loads again"
            name = "latency_nearly_all_while_a_server_loads"
            _say(bench, name, 0.99, found, server, None)
            _say_lost(bench, "latency_lost_while_a_server_loads", found)


def _say(bench, name, share, found, what, wanted):
    bench.line(
        name,
        _at(found["times"], share),
        "s",
        wanted,
        what,
        leads=len(found["times"]),
        by_kind={
            kind: round(_at(times, share), 2)
            for kind, times in found["by_kind"].items()
        },
        by_schedule=found["by_schedule"],
        later=sum(each > NEARLY_ALL for each in found["times"]),
    )


def _say_lost(bench, name, found):
    bench.line(
        name,
        found["lost"],
        "leads",
        "<= 0",
        f"{found['sent']} sent: not there, twice there, or nobody was told",
        gate=True,
        sent_again=found["again"],
        imported=found["imported"],
    )


def _at(times, share):
    """:returns: the time within which this share of the leads reached the bell"""
    times = sorted(times) or [PATIENCE]
    return times[min(int(share * len(times)), len(times) - 1)]


# a transaction that stays open -------------------------------------------------------


def _old_transaction(bench, base, backlog, rate, opened):
    """The rate of a backlog, and while a transaction is open that began before the
    leads of some minutes came and were distributed."""
    rates = {}
    for what in ("usual", "open"):
        with bench.copy(base, f"backlog_{what}") as name:
            with contextlib.ExitStack() as stack:
                if what == "open":
                    stack.enter_context(_open_transaction(name))
                bench.step("latency_traffic", name, rate, opened)
                found = bench.step("latency_backlog", name, backlog)
            rates[what] = backlog / found["seconds"]
            bench.check(f"backlog, {what}", {"leads left": found["left"]})
    bench.line(
        "backlog_beside_an_open_transaction",
        rates["open"] / rates["usual"],
        "x",
        None if bench.smoke else f">= {KEEPS}",
        f"the rate without one, {backlog} leads; {rate} leads a second for {opened} s "
        "before them",
        usual=round(rates["usual"], 1),
        open=round(rates["open"], 1),
    )


@contextlib.contextmanager
def _open_transaction(database):
    """Somebody looks at the database, and does not end."""
    with contextlib.closing(psycopg2.connect(dbname=database)) as connection:
        connection.set_isolation_level(3)  # serializable: what pg_dump asks for
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM crm_lead")
            yield
        connection.rollback()


# servers -----------------------------------------------------------------------------


class Server:
    """An Odoo server as a process of its own.

    :param workers: processes that answer, beside one for schedules; 0 for threads
    """

    def __init__(self, database, workers):
        self.database, self.workers = database, workers
        self.port, self.process = environment.free_port(), None
        self.start()

    def start(self):
        environment.LOGS.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, *environment.ODOO_COMMAND, "-d", self.database]
        command += [f"--http-port={self.port}", "--http-interface=127.0.0.1"]
        command += [f"--gevent-port={environment.free_port()}"]
        command += [f"--workers={self.workers}", "--max-cron-threads=1"]
        command += ["--log-level=warn"]
        command += [f"--logfile={environment.LOGS / f'latency-{self.port}.log'}"]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait(self):
        """Return when it serves, all that a first call loads included."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                url = f"http://127.0.0.1:{self.port}/web/login"
                with urllib.request.urlopen(url, timeout=PATIENCE):
                    return
            time.sleep(0.2)
        raise AssertionError("a server of the benchmark does not answer")

    def kill_a_worker(self, place):
        """SIGKILL; its server starts another.

        :param place: 0 for the first that answers, -1 for that of the schedules
        """
        own = []
        for each in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.Error):  # it ends right now
                if "gevent" not in each.cmdline():
                    own.append(each)
        sorted(own, key=lambda each: each.pid)[place].kill()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """End it, its workers first."""
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()


@contextlib.contextmanager
def _servers(database, number, workers):
    servers = [Server(database, workers) for _number in range(number)]
    try:
        for server in servers:
            server.wait()
        yield servers
    finally:
        for server in servers:
            server.stop()


# who sends leads ----------------------------------------------------------------------


class Senders:
    """Send leads to the servers in turn; what was not taken is sent again to the next.

    :param token: of the webhook
    """

    def __init__(self, servers, database, token):
        self.ports = [server.port for server in servers]
        self.database, self.token = database, token
        self.again, self.failed = 0, []
        self.uid, self.count = 2, threading.Lock()

    def send(self, number):
        """Send one lead, until a server says that it has it."""
        for attempt in range(TRIES):
            port = self.ports[(number + attempt) % len(self.ports)]
            try:
                getattr(self, KINDS[number % len(KINDS)])(port, number)
                return
            except (OSError, xmlrpc.client.Error) as error:
                with self.count:
                    self.again += 1
                    self.failed.append(str(error)[-200:])
                time.sleep(0.1)

    def _call(self, port, model, method, *arguments):
        url = f"http://127.0.0.1:{port}/xmlrpc/2/object"
        with xmlrpc.client.ServerProxy(url, allow_none=True) as server:
            return server.execute_kw(
                self.database, self.uid, PASSWORD, model, method, list(arguments)
            )

    def rpc(self, port, number):
        values = {
            "name": "Is it free?",
            "contact_name": f"Ann Lee{number}",
            "email_from": address_of(number),
            "external_ref": f"latency-{number}",  # sent twice it is one lead
        }
        self._call(port, "crm.lead", "create", [values])

    def json(self, port, number):
        self._post(port, number, "application/json", json.dumps(_row(number)))

    def form(self, port, number):
        body = urllib.parse.urlencode(_row(number))
        self._post(port, number, "application/x-www-form-urlencoded", body)

    def _post(self, port, number, kind, body):
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/lead_distribution/intake/{self.token}",
            body.encode(),
            {"Content-Type": kind, "Idempotency-Key": f"latency-{number}"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE):
            pass

    def mail(self, port, number):
        lines = (
            f"From: Ann Lee{number} <{address_of(number)}>",
            "To: leads@in.example",
            "Subject: Is it free?",
            f"Message-Id: <latency-{number}@visitor.example>",
            "Content-Type: text/plain; charset=utf-8",
            "",
            "I would like to see the flat. Please call me.",
        )
        mail = xmlrpc.client.Binary("\r\n".join(lines).encode())
        self._call(port, "mail.thread", "message_process", "crm.lead", mail)


def address_of(number):
    return f"visitor{number}@mail{number % 9}.example"


def _row(number):
    return {"name": f"Ann Lee{number}", "email": address_of(number)}


# all at once --------------------------------------------------------------------------


def _busy_house(bench, base, token, seconds, rate, imported, number, workers):
    """Leads come, to so many servers with so many workers, some of which are killed.

    :returns: ``times`` in seconds to the bell, ``by_kind``; ``sent``, ``again``,
        ``by_schedule``, ``lost``: numbers of leads
    """
    with (
        bench.copy(base, f"busy_{workers}") as database,
        _servers(database, number, workers) as servers,
    ):
        return _sent_to(servers, database, token, seconds * rate, rate, imported)


def _sent_to(servers, database, token, count, rate, imported):
    due, senders = {}, Senders(servers, database, token)
    with contextlib.ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(8 * len(KINDS)))
        warm = range(count, count + 8 * len(KINDS))
        # each kind to each worker, so that what is read once is not counted
        list(pool.map(senders.send, warm))
        senders.again = 0
        stack.enter_context(_open_transaction(database))
        importing = subprocess.Popen(
            [sys.executable, os.path.join(os.path.dirname(__file__), "steps.py")]
            + ["latency_import", database, str(imported)],
            stdout=subprocess.PIPE,
            text=True,
        )
        jitter, begun = random.Random(7), time.time()
        for number in range(count):
            at = begun + (number + jitter.random()) / rate
            time.sleep(max(at - time.time(), 0))
            due[number] = at
            pool.submit(senders.send, number)
            _kill_at(servers, number, count)
        pool.shutdown(wait=True)
        answer = importing.communicate()[0]
        told, later = _wait_for_bells(database, count)
    times, by_kind = [], {}
    for number, moments in told.items():
        for moment in moments[:1]:
            times.append(max(moment - due[number], 0))
            by_kind.setdefault(KINDS[number % len(KINDS)], []).append(times[-1])
    for error in dict.fromkeys(senders.failed[:5]):
        print(f"latency: sent again: {error}", file=sys.stderr)
    return {
        "times": times,
        "by_kind": by_kind,
        "sent": count,
        "again": senders.again,
        "by_schedule": later,
        "lost": count - sum(len(moments) == 1 for moments in told.values()),
        "imported": json.loads(answer.strip().splitlines()[-1])["leads"],
    }


def _kill_at(servers, number, count):
    """Kill what is to be killed when so many of the leads were sent."""
    if not servers[0].workers:
        if number == count // 2:
            servers[0].kill()
            servers[0].start()
    elif number in (count // 4, count // 2):
        servers[0].kill_a_worker(0)
    elif number == 3 * count // 4:
        servers[0].kill_a_worker(-1)


def _wait_for_bells(database, count):
    """:returns: ``{number: [seconds since 1970 of the bell of each of its leads]}``,
    and how many of them the schedule distributed"""
    numbers = {address_of(number): number for number in range(count)}
    end = time.monotonic() + PATIENCE
    with contextlib.closing(psycopg2.connect(dbname=database)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            while True:
                cursor.execute(
                    """SELECT l.email_normalized, min(a.date_told),
                              bool_or(a.trigger = 'cron')
                         FROM crm_lead l
                         JOIN lead_distribution_assignment a ON a.lead_id = l.id
                        WHERE l.email_normalized LIKE 'visitor%'
                          AND a.date_told IS NOT NULL
                        GROUP BY l.id"""
                )
                told, later = {}, 0
                for address, moment, by_schedule in cursor.fetchall():
                    if address in numbers:
                        seconds = moment.replace(tzinfo=UTC).timestamp()
                        told.setdefault(numbers[address], []).append(seconds)
                        later += by_schedule
                if len(told) == count or time.monotonic() > end:
                    return told, later
                time.sleep(1)
