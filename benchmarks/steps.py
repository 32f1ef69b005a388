"""What happens inside Odoo, one step a process: prints one line of JSON.

steps.py STEP DATABASE [LEADS [SALESPEOPLE]]
"""

import cProfile
import json
import logging
import os
import pstats
import resource
import sys
import time

import dataset

import odoo.cli  # noqa: F401  prepares the package before anything else of it
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

SANITY = {
    "leads without salesperson": """
        SELECT count(*) FROM crm_lead
         WHERE user_id IS NULL OR distribution_state != 'assigned'""",
    "leads without exactly one assignment in the ledger": """
        SELECT count(*) FROM (
            SELECT FROM crm_lead l
              LEFT JOIN lead_distribution_assignment a
                     ON a.lead_id = l.id AND a.state = 'assigned'
                    AND a.user_id = l.user_id AND a.trace IS NOT NULL
             GROUP BY l.id HAVING count(a.id) != 1) AS wrong""",
    "leads without exactly one activity": """
        SELECT count(*) FROM (
            SELECT FROM crm_lead l
              LEFT JOIN mail_activity a
                     ON a.res_model = 'crm.lead' AND a.res_id = l.id
                    AND a.user_id = l.user_id
             GROUP BY l.id HAVING count(a.id) != 1) AS wrong""",
    "leads without exactly one chatter line": """
        SELECT count(*) FROM (
            SELECT FROM crm_lead l
              LEFT JOIN mail_message m
                     ON m.model = 'crm.lead' AND m.res_id = l.id
                    AND m.body LIKE '%Assigned to%'
             GROUP BY l.id HAVING count(m.id) != 1) AS wrong""",
    "leads that their salesperson does not follow": """
        SELECT count(*) FROM (
            SELECT FROM crm_lead l
              JOIN res_users u ON u.id = l.user_id
              LEFT JOIN mail_followers f
                     ON f.res_model = 'crm.lead' AND f.res_id = l.id
                    AND f.partner_id = u.partner_id
             GROUP BY l.id HAVING count(f.id) != 1) AS wrong""",
}


def count(env, table="crm_lead", where="true"):
    env.cr.execute(f"SELECT count(*) FROM {table} WHERE {where}")
    return env.cr.fetchone()[0]


def measure(env, what):
    """:returns: seconds, queries and MiB that a call took"""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    queries, started = env.cr.sql_log_count, time.perf_counter()
    what()
    env.cr.commit()
    return {
        "seconds": time.perf_counter() - started,
        "queries": env.cr.sql_log_count - queries,
        "mib": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
    }


def step_seed(env, leads, people):
    """The data that both sides get; core's own settings let it place every lead."""
    leads, people = int(leads), int(people)
    env["ir.config_parameter"].set_param("crm.lead.auto.assignment", "True")
    # the quota of a day is a 30th of the capacity; nobody's may run out
    users, _teams = dataset.make_salespeople(env, people, capacity=30 * leads)
    dataset.make_leads(env, leads, users)


def step_routes(env):
    users = env["res.users"].search([("login", "=like", "seller%")], order="id")
    teams = env["crm.team"].search([("name", "=like", "Team %")], order="id")
    routes = dataset.make_routes(env, users, teams)
    return {"routes": len(routes), "salespeople": len(users)}


def step_core(env):
    leads = count(env)
    teams = env["crm.team"].search([("name", "=like", "Team %")])
    found = measure(
        env, lambda: teams._action_assign_leads(force_quota=True, creation_delta_days=0)
    )
    wrong = {
        "leads without salesperson or team": count(
            env, where="user_id IS NULL OR team_id IS NULL"
        )
    }
    return {**found, "leads": leads, "left": count(env), "wrong": wrong}


def step_ours(env):
    env.cr.execute("UPDATE crm_lead SET distribution_state = 'pending'")
    env.cr.commit()
    leads = count(env)
    profile = os.environ.get("BENCH_PROFILE")
    profiler = cProfile.Profile() if profile else None
    service = env["lead.distribution"]
    if profiler:
        profiler.enable()
    found = measure(env, service._cron_distribute_pending)
    if profiler:
        profiler.disable()
        profiler.dump_stats(profile)
        pstats.Stats(profiler, stream=sys.stderr).sort_stats("cumulative").print_stats(
            60
        )
    return {
        **found,
        "leads": leads,
        "blocks": count(env, "lead_distribution_snapshot"),
        "wrong": {name: count_wrong(env, query) for name, query in SANITY.items()},
    }


def step_block(env, size):
    """Queries of one block of ``size`` leads, whatever the machine's speed."""
    env.cr.execute("UPDATE crm_lead SET distribution_state = 'pending'")
    env.cr.commit()
    env.invalidate_all()
    company = env.company

    def block():
        found = env["lead.distribution"]._distribute_block(company, int(size))
        assert len(found["leads"]) == int(size), found

    return measure(env, block)


def count_wrong(env, query):
    env.cr.execute(query)
    return env.cr.fetchone()[0]


def main(step, database, *arguments):
    config.parse_config(["-d", database, "--no-http", "--log-level=warn"])
    logging.getLogger("odoo").setLevel(logging.WARNING)
    registry = Registry(database)
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        print(json.dumps(globals()[f"step_{step}"](env, *arguments) or {}))


if __name__ == "__main__":
    main(*sys.argv[1:])
