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

#: leads, salespeople, routes of the processes; leads of a block
SEED, SEED_SMOKE = (4000, 100, 20), (200, 10, 6)
PROCESSES, BLOCK = 8, 100
#: companies, salespeople and leads of each
HOUSES = (4, 25, 2500)
ONE, TWO, PATIENCE = 0.9, 1.7, 300
TOTALS = """SELECT user_id, sum(units) FROM lead_distribution_assignment
             WHERE state = 'assigned' GROUP BY user_id ORDER BY user_id"""
#: jobs that are not done, and leads that wait
LEFT = """SELECT (SELECT count(*) FROM queue_job
                   WHERE model_name = 'lead.distribution.job'),
                 (SELECT count(*) FROM queue_job
                   WHERE model_name = 'lead.distribution.job'
                     AND state NOT IN ('done', 'cancelled')),
                 (SELECT count(*) FROM crm_lead
                   WHERE distribution_state = 'pending')"""


def run(bench, crm, addon):
    """:param crm: name of a database with CRM and without ``addon``"""
    with odoo_loaded() as odoo:
        _processes(bench, crm, addon, odoo)
        if not bench.smoke:  # that they work is tests/process/test_queue.py's
            _jobs(bench, odoo)


def _processes(bench, crm, addon, odoo):
    leads, people, routes = SEED_SMOKE if bench.smoke else SEED
    found = {}
    with bench.copy(crm, "workers", addon) as base:
        bench.step("scale_seed", base, leads, people, routes, 0)
        bench.analyze(base)
        for count in (1, PROCESSES):
            database = _copied(base, f"workers_{count}", odoo)
            try:
                workers = [database.process() for _number in range(count)]
                for worker in workers:
                    worker.do("blocks", size=BLOCK)
                started = time.perf_counter()
                for worker in workers:
                    worker.send("distribute")
                placed = sum(worker.result() for worker in workers)
                found[count] = time.perf_counter() - started, database.query(TOTALS)
                bench.check(f"{count} processes", {"leads amiss": abs(placed - leads)})
            finally:
                database.close()
    (one, totals), (many, others) = found[1], found[PROCESSES]
    bench.check("8 processes", {"totals that differ": int(totals != others)})
    bench.line(
        "throughput_of_8_processes",
        one / many,
        "x",
        None if bench.smoke else ">= 1",
        f"one process, the same {leads} leads, in blocks of {BLOCK}; the same totals",
        one=round(leads / one),
        many=round(leads / many),
    )


def _copied(source, purpose, odoo):
    database = Database(databases.scratch(f"bench_{purpose}"), odoo)
    databases.copy(source, database.name)
    return database


def _jobs(bench, odoo):
    leads, seconds, totals = HOUSES[0] * HOUSES[2], {}, {}
    with bench.copy(run_tests.template("queue"), "jobs") as base:
        ids = bench.step("workers_houses", base, *HOUSES)["companies"]
        bench.analyze(base)
        for workers in (0, 1, 2):
            database = _copied(base, f"jobs_{workers}", odoo)
            try:
                if workers:
                    seconds[workers] = _by_jobs(database, workers)
                else:
                    worker = database.process()
                    worker.do("distribute_companies", company_ids=[])  # loads
                    started = time.perf_counter()
                    worker.do("distribute_companies", company_ids=ids)
                    seconds[workers] = time.perf_counter() - started
                totals[workers] = database.query(TOTALS)
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
        # a request each, so that what is read once is not counted
        for server in servers:
            server.warm()
        scheduler = database.process()
        started = time.perf_counter()
        scheduler.do("queue_pending")
        while time.perf_counter() < started + PATIENCE:
            cursor.execute(LEFT)
            jobs, open_jobs, waiting = cursor.fetchone()
            if jobs and not open_jobs and not waiting:
                return time.perf_counter() - started
            time.sleep(0.05)
    raise AssertionError(f"jobs of the benchmark not done: {jobs, open_jobs, waiting}")
