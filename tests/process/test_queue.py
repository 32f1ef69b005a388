"""Jobs for real: two Odoo servers and the job runner, one server killed at work."""

import signal
import time
from contextlib import closing, contextmanager

import psycopg2
import run_tests
from servers import Balancer, Server
from test_processes import totals

COMPANIES, PEOPLE, LEADS = 4, 3, 300

#: what each job in the queue is at, and whether a living worker holds it
JOBS = """SELECT j.state, j.worker_pid, j.uuid FROM queue_job j
           WHERE j.model_name = 'lead.distribution.job'"""


def is_held(database, uuid):
    """Whether a living transaction works on a job."""
    return not database.query(
        """SELECT FROM queue_job_lock l JOIN queue_job j ON j.id = l.queue_job_id
            WHERE j.uuid = %s FOR UPDATE OF l SKIP LOCKED""",
        uuid,
    )


def wake_schedules(database):
    """Let a server look at the schedules of a database; by itself it does so once a
    minute, and not before it has loaded the database."""
    with closing(psycopg2.connect(dbname="postgres")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify('cron_trigger', %s)", [database.name])


@contextmanager
def serving(database):
    """Two servers behind a balancer; the second has the job runner and the schedules.

    :returns: a context with ``(who only works, who runs the queue)``
    """
    balancer = Balancer()
    servers = [Server(database.name)]
    try:
        servers.append(
            Server(database.name, channels="root:4", jobs_to=balancer.port, crons=1)
        )
        for server in servers:
            server.wait()
        balancer.ports = [server.port for server in servers]
        yield servers
    finally:
        for server in servers:
            server.kill()
        balancer.close()


def kill_at_work(database, server):
    """Kill a server in the middle of a block that it works on, after one it has done.

    :returns: the job's uuid
    """
    end = time.monotonic() + 180
    looked = 0
    while time.monotonic() < end:
        if time.monotonic() > looked + 1 and not database.query(JOBS):
            wake_schedules(database)
            looked = time.monotonic()
        jobs = database.query(f"{JOBS} AND j.worker_pid = %s", server.pid)
        done = [row for row in jobs if row[0] == "done"]
        started = [uuid for state, _pid, uuid in jobs if state == "started"]
        if done and started:
            server.send(signal.SIGSTOP)
            if is_held(database, started[0]):
                server.kill()
                return started[0]
            server.send(signal.SIGCONT)
        time.sleep(0.005)
    raise AssertionError(f"no job to kill: {database.query(JOBS)}")


def wait_until_done(database, left, seconds=60):
    """Return when no lead waits and no job is left.

    :param left: server that runs the queue
    """
    end = time.monotonic() + seconds
    with closing(psycopg2.connect(dbname=database.name)) as connection:
        connection.autocommit = True
        while time.monotonic() < end:
            assert left.process.poll() is None, left.log.read_text()[-3000:]
            jobs = database.query(f"{JOBS} AND j.state NOT IN ('done', 'cancelled')")
            pending = database.number(
                "SELECT count(*) FROM crm_lead WHERE distribution_state = 'pending'"
            )
            if not jobs and not pending:
                return
            # The runner looks for dead jobs whenever something happens in the queue,
            # else once a minute: too long for a test.
            connection.cursor().execute("NOTIFY queue_job, 'look'")
            time.sleep(0.5)
    raise AssertionError(f"left after {seconds} s: {jobs}, {pending} leads")


def test_a_killed_server_changes_nothing(copy_of):
    """Part 13: leads of four companies, distributed in jobs by two servers, one of
    which is killed in the middle of a block: the ledger says what it says without a
    queue, no lead is there twice, and both servers had their share."""
    alone = copy_of((run_tests.template("queue"), {}), "alone")
    worker = alone.process()
    ids = worker.do("companies", companies=COMPANIES, people=PEOPLE, leads=LEADS)
    worker.close()
    queued = copy_of((alone.name, {}), "queued")
    assert alone.process().do("distribute_companies", company_ids=ids) == (
        COMPANIES * LEADS
    )
    # of the schedules only the one that queues them, at once
    queued.query("UPDATE ir_cron SET active = false RETURNING id")
    queued.query(
        """UPDATE ir_cron SET active = true, nextcall = now() - interval '1 minute'
            WHERE id = (SELECT res_id FROM ir_model_data
                         WHERE module = 'lead_distribution'
                           AND name = 'ir_cron_distribute_pending') RETURNING id"""
    )
    with serving(queued) as (first, second):
        dead = kill_at_work(queued, first)
        wait_until_done(queued, second)
        pids = {pid for _state, pid, _uuid in queued.query(JOBS)}
    assert totals(queued) == totals(alone)
    assert {first.pid, second.pid} >= pids - {0} and second.pid in pids
    # the block that died was done again, by the other
    ((state, pid, _uuid),) = queued.query(f"{JOBS} AND j.uuid = %s", dead)
    assert (state, pid) == ("done", second.pid)
    assert queued.query(
        """SELECT count(*), count(DISTINCT lead_id), count(DISTINCT company_id)
                 FROM lead_distribution_assignment"""
    ) == [(COMPANIES * LEADS, COMPANIES * LEADS, COMPANIES)]
    # a batch of each company, which can be undone
    assert queued.query(
        """SELECT company_id, lead_count FROM lead_distribution_run
            WHERE trigger = 'cron' ORDER BY company_id"""
    ) == [(company_id, LEADS) for company_id in ids]
    # blocks, not leads
    assert len(queued.query(JOBS)) <= COMPANIES * 5
