"""Steps of scale.py and workers.py: many leads, the rows of a batch once more by plain
SQL, and the mails after it."""

import time

import dataset
from psycopg2.extras import execute_values

#: leads of one transaction of plain SQL
BLOCK = 1000

OLD = """
INSERT INTO crm_lead (name, type, active, user_id, company_id, stage_id, won_status,
                      distribution_state, intake_status, email_from, email_normalized,
                      create_date, date_open, distribution_idle_since)
SELECT 'Old ' || n, 'opportunity', n %% 10 = 0,
       (%(users)s::int[])[1 + n %% cardinality(%(users)s)], %(company)s, %(stage)s,
       CASE WHEN n %% 10 = 0 THEN 'pending' ELSE 'lost' END, 'assigned', 'new',
       'old' || n || '@old.example.com', 'old' || n || '@old.example.com', at, at, at
  FROM generate_series(1, %(old)s) AS n,
       LATERAL (SELECT now() AT TIME ZONE 'UTC' - interval '31 days'
                       - interval '700 days' * n / %(old)s AS at) AS moment
"""

#: rows that a batch made, of each of the tables that it writes
MADE = {
    "mail_message": "body LIKE '%%Assigned to%%'",
    "mail_activity": "TRUE",
    "lead_distribution_assignment": "TRUE",
    "crm_tag_lead_distribution_assignment_rel": "TRUE",
    "crm_tag_rel": "TRUE",
    "mail_followers": "res_model = 'crm.lead'",
    "mail_followers_mail_message_subtype_rel": "TRUE",
}
WRITTEN = ("user_id", "team_id", "distribution_state", "date_open", "write_date")


def seed(env, leads, people, routes, old):
    """Old leads with a salesperson, and new ones that wait."""
    leads, people, routes, old = map(int, (leads, people, routes, old))
    users, teams = dataset.make_salespeople(env, people)
    dataset.make_leads(env, leads, users)
    dataset.wait_all(env)
    env.cr.execute(
        OLD,
        {
            "users": users.ids,
            "company": env.company.id,
            "stage": env["crm.stage"].search([], limit=1).id,
            "old": old,
        },
    )
    env.invalidate_all()
    dataset.make_routes(env, users, teams, routes)
    env.cr.commit()


def batch(env, size, measure):
    """Distribute all that waits.

    :param measure: see ``steps.measure``
    """
    size = int(size)
    found = measure(env, env["lead.distribution"]._cron_distribute_pending)
    env.cr.execute(
        """SELECT (SELECT count(*) FROM crm_lead WHERE distribution_state = 'pending'),
                  (SELECT count(*) FROM lead_distribution_assignment
                    WHERE state = 'assigned' AND trace IS NOT NULL)"""
    )
    left, rows = env.cr.fetchone()
    wrong = {"leads left": left, "assignments too few or too many": abs(size - rows)}
    return {**found, "wrong": wrong}


def mails(env, measure):
    """Write to the salespeople of the batch, a block in each transaction; the mails
    wait in Odoo's queue."""
    service = env["lead.distribution.notification"]

    def tell():
        while service._tell_step(1000):
            env.cr.commit()

    before = env["mail.mail"].search_count([])
    found = measure(env, tell)
    left = env["lead.distribution.assignment"].search_count(service._due())
    return {
        **found,
        "mails": env["mail.mail"].search_count([]) - before,
        "wrong": {"leads of which nobody is told": left},
    }


def floor(env):
    """Take away what the batch wrote, and write the same rows by plain SQL.

    :returns: ``seconds``, and the number of ``rows``
    """
    cr, rows = env.cr, {}
    for table, which in MADE.items():
        cr.execute(f"SELECT t::text FROM {table} t WHERE {which}")
        rows[table] = cr.fetchall()
    cr.execute("SELECT t::text FROM crm_lead t WHERE distribution_state = 'assigned'")
    leads = cr.fetchall()
    for table in reversed(MADE):
        cr.execute(f"DELETE FROM {table} WHERE {MADE[table]}")
    cr.execute(
        """UPDATE crm_lead SET user_id = NULL, team_id = NULL, date_open = NULL,
                               distribution_state = 'pending'"""
    )
    cr.commit()
    changes = ", ".join(f"{name} = n.{name}" for name in WRITTEN)
    started = time.perf_counter()
    # a table after the other, for rows point at rows of other blocks
    for table, made in rows.items():
        statement = f"INSERT INTO {table} SELECT (v.r::{table}).* FROM (VALUES %s) v(r)"
        _write(cr, statement, made)
    statement = f"""UPDATE crm_lead l SET {changes}
                      FROM (SELECT (v.r::crm_lead).* FROM (VALUES %s) v(r)) n
                     WHERE n.id = l.id"""
    _write(cr, statement, leads)
    return {
        "seconds": time.perf_counter() - started,
        "rows": len(leads) + sum(map(len, rows.values())),
    }


def _write(cr, statement, rows):
    for at in range(0, len(rows), BLOCK):
        execute_values(cr._obj, statement, rows[at : at + BLOCK], page_size=BLOCK)
        cr.commit()


def houses(env, companies, people, leads, first):
    """Companies with salespeople, a route and leads, each by one statement.

    :param first: how many leads of each company wait; others do not yet
    :returns: ids of the companies
    """
    call = env.ref("mail.mail_activity_data_call")
    houses = [
        dataset.make_house(env, number, int(people), activity_type_id=call.id)
        for number in range(int(companies))
    ]
    for company in houses:
        dataset.insert_leads(env, int(first), company, first=int(leads))
    dataset.wait_all(env)
    for company in houses:
        dataset.insert_leads(env, int(leads), company)
    env.cr.commit()
    return {"companies": [company.id for company in houses]}
