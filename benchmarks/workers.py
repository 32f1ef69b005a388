"""Several processes: eight that distribute the same leads against one, and jobs of four
companies on one worker and on two against no jobs at all."""

import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path

import databases
import psycopg2

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "process"))

import run_tests  # noqa: E402
from processes import Database, odoo_loaded  # noqa: E402
from servers import Balancer, Server  # noqa: E402

#: leads, salespeople, routes of the processes; those of the leads before it counts
SEED, SEED_SMOKE = (10_000, 100, 20), (200, 10, 6)
PROCESSES, WARM, WARM_SMOKE = 8, 1600, 80
#: seconds that Odoo's scheduler gives a schedule
TURN = 10
#: companies, salespeople and leads of each, leads of each before them
HOUSES, FIRST = (4, 25, 2500), 500
ONE, TWO, PATIENCE = 0.9, 1.7, 300
TOTALS = """SELECT user_id, sum(units) FROM lead_distribution_assignment
             WHERE state = 'assigned' GROUP BY user_id ORDER BY user_id"""
PENDING = "SELECT 1 FROM crm_lead WHERE distribution_state = 'pending' LIMIT 1"
#: jobs that are not done, and leads that wait
LEFT = """SELECT (SELECT count(*) FROM queue_job
                   WHERE model_name = 'lead.distribution.job'),
                 (SELECT count(*) FROM queue_job
                   WHERE model_name = 'lead.distribution.job'
                     AND state NOT IN ('done', 'cancelled')),
                 (SELECT count(*) FROM crm_lead
                   WHERE distribution_state = 'pending')"""
WAIT = """UPDATE crm_lead SET distribution_state = 'pending', intake_status = 'new'
           WHERE distribution_state IS NULL RETURNING id"""
TOOK = """SELECT extract(epoch FROM max(date_done) - min(date_created))::float
            FROM queue_job WHERE model_name = 'lead.distribution.job'"""


def run(bench, crm, addon):
    """:param crm: name of a database with CRM and without ``addon``"""
    with odoo_loaded() as odoo:
        _processes(bench, crm, addon, odoo)
        if not bench.smoke:  # that they work is tests/process/test_queue.py's
            _jobs(bench, odoo)


def _processes(bench, crm, addon, odoo):
    leads, people, routes = SEED_SMOKE if bench.smoke else SEED
    warm = WARM_SMOKE if bench.smoke else WARM
    found = {}
    with bench.copy(crm, "workers", addon) as base:
        bench.step("scale_seed", base, leads, people, routes, 0)
        bench.analyze(base)
        # each twice, the one around the other, for what else the machine does
        turns = (1, PROCESSES) if bench.smoke else (1, PROCESSES, PROCESSES, 1)
        for count in turns:
            seconds, totals, placed = _blocks_by(count, warm, base, odoo)
            bench.check(f"{count} processes", {"leads amiss": abs(placed - leads)})
            found.setdefault(count, []).append((seconds, totals))
    (one, totals), (many, others) = min(found[1]), min(found[PROCESSES])
    bench.check("8 processes", {"totals that differ": int(totals != others)})
    bench.line(
        "throughput_of_8_processes",
        one / many,
        "x",
        None if bench.smoke else ">= 1",
        f"one process, the same {leads - warm} leads; the same totals",
        one=round((leads - warm) / one),
        many=round((leads - warm) / many),
    )


def _blocks_by(count, warm, base, odoo):
    """Distribute what waits, by so many processes.

    :param warm: how many of the leads before the time is taken
    :returns: seconds until none is left, ledger totals, leads that were placed
    """
    database = _copied(base, f"workers_{count}", odoo)
    try:
        workers, placed = [database.process() for _number in range(count)], 0
        # a few leads each, so that what is read once is not counted
        for worker in workers:
            worker.do("blocks", size=warm // count)
            placed += worker.do("distribute", turns=1)
            worker.do("blocks")
        started = time.perf_counter()
        for worker in workers:
            worker.send("distribute", seconds=TURN)
        while database.query(PENDING):
            time.sleep(0.02)
        seconds = time.perf_counter() - started
        placed += sum(worker.result() for worker in workers)
        return seconds, database.query(TOTALS), placed
    finally:
        database.close()


def _copied(source, purpose, odoo):
    database = Database(databases.scratch(f"bench_{purpose}"), odoo)
    databases.copy(source, database.name)
    return database


def _jobs(bench, odoo):
    leads, seconds, totals = HOUSES[0] * HOUSES[2], {}, {}
    with bench.copy(run_tests.template("queue"), "jobs") as base:
        ids = bench.step("workers_houses", base, *HOUSES, FIRST)["companies"]
        bench.analyze(base)
        # each twice, the one around the other, for what else the machine does
        for workers in (0, 1, 2, 2, 1, 0):
            database = _copied(base, f"jobs_{workers}", odoo)
            try:
                if workers:
                    took = _by_jobs(database, workers)
                else:
                    took = _without_jobs(database, ids)
                seconds[workers] = min(seconds.get(workers, took), took)
                totals.setdefault(workers, database.query(TOTALS))
            finally:
                database.close()
    bench.check(
        "jobs", {"totals that differ": sum(totals[n] != totals[0] for n in (1, 2))}
    )
    for name, workers, wanted in (
        ("jobs_on_one_worker", 1, ONE),
        ("jobs_on_two_workers", 2, TWO),
    ):
        bench.line(
            name,
            seconds[0] / seconds[workers],
            "x",
            f">= {wanted}",
            f"without jobs, {leads} leads of {HOUSES[0]} companies",
            leads_per_second=round(leads / seconds[workers]),
            without=round(leads / seconds[0]),
        )


def _without_jobs(database, company_ids):
    """:returns: seconds for one process that distributes all"""
    worker = database.process()
    worker.do("distribute_companies", company_ids=company_ids)
    database.query(WAIT)
    started = time.perf_counter()
    worker.do("distribute_companies", company_ids=company_ids)
    return time.perf_counter() - started


def _by_jobs(database, workers):
    """Distribute all by jobs.

    :param workers: servers that work on jobs, the last with runner and schedules
    :returns: seconds from the first job to the last
    """
    database.query("UPDATE ir_cron SET active = false RETURNING id")
    with ExitStack() as stack:
        balancer = stack.enter_context(closing(Balancer()))
        servers = []
        for number in range(workers):
            last = number == workers - 1
            options = {"channels": f"root:{workers}", "jobs_to": balancer.port}
            servers.append(Server(database.name, **(options if last else {})))
            stack.callback(servers[-1].kill)
        for server in servers:
            server.wait()
        balancer.ports = [server.port for server in servers]
        connection = stack.enter_context(
            closing(psycopg2.connect(dbname=database.name))
        )
        connection.autocommit = True
        cursor = connection.cursor()
        # the runner waits for some seconds after its server started
        servers[-1].wait_for_runner()
        scheduler = database.process()
        # a few leads first, so that what is read once is not counted
        scheduler.do("queue_pending")
        _all_done(cursor)
        cursor.execute("DELETE FROM queue_job")
        cursor.execute(WAIT)
        scheduler.do("queue_pending")
        _all_done(cursor)
        cursor.execute(TOOK)
        return cursor.fetchone()[0]


def _all_done(cursor):
    """Return when no job is left, and no lead waits."""
    end = time.perf_counter() + PATIENCE
    while time.perf_counter() < end:
        cursor.execute(LEFT)
        jobs, open_jobs, waiting = cursor.fetchone()
        if jobs and not open_jobs and not waiting:
            return
        time.sleep(0.2)
    raise AssertionError(f"jobs of the benchmark not done: {jobs, open_jobs, waiting}")
