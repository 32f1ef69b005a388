"""Steps of large.py: years of leads and of the ledger by SQL, and each screen."""

import time
from ast import literal_eval

import dataset
from lxml import etree

from odoo import fields
from odoo.tools.safe_eval import safe_eval

#: rows of the ledger of each lead, and the months over which they are spread
ROWS, MONTHS = 5, 24
#: records that a list shows
PAGE = 80
MODULES = ("lead_distribution",)
#: leads that are made first, and measured
WARM, CREATED = 3, 15


def seed(env, leads, people):
    """Leads of two years, each given to somebody five times, by one statement each;
    a tenth of them open, a hundredth in the pool.

    :param people: salespeople, in routes as the other benchmarks have them
    """
    users, teams = dataset.make_salespeople(env, int(people))
    routes = dataset.make_routes(env, users, teams)
    manager = env["res.users"].create(
        {
            "name": "Manager",
            "login": "large_manager",
            "group_ids": [
                (4, env.ref("sales_team.group_sale_manager").id),
                (4, env.ref("lead_distribution.group_manager").id),
            ],
        }
    )
    env.flush_all()
    values = {
        "users": users.ids,
        "routes": routes.ids,
        "company": env.company.id,
        "stage": env["crm.stage"].search([], limit=1).id,
        "leads": int(leads),
        "days": MONTHS * 30,
        "rows": ROWS,
    }
    env.cr.execute(
        """INSERT INTO crm_lead (name, type, active, user_id, company_id, stage_id,
                                 won_status, distribution_state, intake_status,
                                 email_from, email_normalized, create_date, date_open,
                                 date_closed, distribution_idle_since)
                SELECT 'Lead ' || n, 'lead', n %% 10 = 0,
                       CASE WHEN n %% 100 > 0 THEN (%(users)s::int[])[
                           1 + n %% cardinality(%(users)s)] END,
                       %(company)s, %(stage)s,
                       CASE WHEN n %% 10 = 0 THEN 'pending' ELSE 'lost' END,
                       CASE WHEN n %% 100 > 0 THEN 'assigned' ELSE 'pool' END, 'new',
                       'person' || n || '@large.example.com',
                       'person' || n || '@large.example.com',
                       at, at, CASE WHEN n %% 10 > 0 THEN at + interval '9 days' END, at
                  FROM generate_series(1, %(leads)s) AS n,
              LATERAL (SELECT now() at time zone 'UTC' - interval '1 day' * %(days)s
                              * (%(leads)s - n) / %(leads)s AS at) AS moment""",
        values,
    )
    env.cr.execute(
        """INSERT INTO lead_distribution_assignment
                       (lead_id, user_id, route_id, company_id, date, create_date,
                        state, reason, trigger, units, clock_result, date_response)
                SELECT l.id,
                       (%(users)s::int[])[1 + (l.id + n) %% cardinality(%(users)s)],
                       (%(routes)s::int[])[1 + l.id %% cardinality(%(routes)s)],
                       %(company)s, l.create_date + interval '1 hour' * n,
                       l.create_date + interval '1 hour' * n,
                       CASE WHEN n = %(rows)s AND l.user_id IS NOT NULL
                            THEN 'assigned' ELSE 'released' END,
                       'workload', 'creation', 1,
                       CASE WHEN l.id %% 7 > 0 THEN 'kept' ELSE 'missed' END,
                       l.create_date + interval '1 hour' * n + interval '20 minutes'
                  FROM crm_lead l, generate_series(1, %(rows)s) AS n""",
        values,
    )
    env.cr.commit()
    return {"manager": manager.id}


def screens(env):
    """Open each screen of ours as a manager does, and each once again.

    :returns: ``{screen: seconds}`` of the first and of the second time
    """
    manager = env["res.users"].search([("login", "=", "large_manager")])
    env = env(user=manager, context={"lang": "en_US", "tz": "Europe/Madrid"})
    found = {}
    actions = env["ir.actions.act_window"].sudo().search([], order="id")
    for action in actions:
        module = (action.get_external_id()[action.id] or ".").split(".")[0]
        if module in MODULES and env[action.res_model].has_access("read"):
            for kind in action.view_mode.split(",")[:1]:
                _time(env, found, f"{action.name} ({kind})", _opened, action, kind)
    lead = env["crm.lead"].search([("user_id", "!=", False)], order="id desc", limit=1)
    _time(env, found, "Why? of a lead", lambda: lead.action_explain_distribution())
    return found


def creation(env, measure):
    """Make leads that are distributed at once, by themselves, for salespeople who have
    limits: what everybody had this month is added up before each.

    :param measure: see ``steps.measure``
    :returns: of the middle one
    """
    users = env["res.users"].search([("login", "=like", "seller%")])
    users.write({"lead_max_day": 100_000, "lead_max_month": 100_000})
    env.cr.commit()
    figures, left = [], 0
    for number in range(WARM + CREATED):
        values = {
            "name": f"Inquiry {number}",
            "contact_name": f"Person {number}",
            "email_from": f"new{number}@large.example.com",
        }
        env.invalidate_all()
        made = []
        figures.append(
            measure(env, lambda v=values, m=made: m.append(env["crm.lead"].create(v)))
        )
        left += made[0].distribution_state != "assigned"
    env.cr.execute(
        """SELECT count(*) FROM lead_distribution_assignment
            WHERE date >= date_trunc('month', now() at time zone 'UTC')"""
    )
    (month,) = env.cr.fetchone()
    middle = sorted(figures[WARM:], key=lambda x: x["seconds"])[CREATED // 2]
    return {**middle, "month": month, "wrong": {"leads without salesperson": left}}


def _time(env, found, name, what, *arguments):
    taken = []
    for _turn in range(2):
        env.invalidate_all()
        begin = time.perf_counter()
        what(*arguments, **({"env": env} if arguments else {}))
        taken.append(round(time.perf_counter() - begin, 3))
    found[name] = taken
    env.cr.rollback()


def _opened(action, kind, env):
    """Read what the first view of an action shows, with its default filters."""
    model = env[action.res_model]
    context = _evaluated(action.context, env)
    domain = [
        *_evaluated(action.domain or "[]", env),
        *_default(model, action, context),
    ]
    views = {view.view_mode: view.view_id.id for view in action.view_ids}
    arch = etree.fromstring(
        model.with_context(context).get_view(views.get(kind), kind)["arch"]
    )
    names = [
        node.get("name")
        for node in arch.iter("field")
        if not [each for each in node.iterancestors("field")]
    ]
    model = model.with_context(context)
    if kind in ("pivot", "graph"):
        _grouped(model, arch, domain)
    else:
        specification = {name: {} for name in names if name in model._fields}
        model.web_search_read(domain, specification, limit=PAGE, count_limit=10_001)


def _grouped(model, arch, domain):
    """Ask for the groups that a pivot or a graph asks for when it opens."""
    rows, columns, measures = [], [], []
    for node in arch.iter("field"):
        name = node.get("name")
        if node.get("type") == "measure":
            measures.append(f"{name}:{model._fields[name].aggregator or 'sum'}")
        elif not node.get("invisible"):
            interval = node.get("interval")
            interval = interval or (
                "month" if "date" in model._fields[name].type else ""
            )
            group = columns if node.get("type") == "col" else rows
            group.append(f"{name}:{interval}" if interval else name)
    measures.append("__count")
    if arch.tag == "graph":
        model.formatted_read_group(domain, [*rows, *columns], measures)
    else:
        sets = [[], rows, columns, rows + columns]
        model.formatted_read_grouping_sets(domain, sets, measures)


def _default(model, action, context):
    """:returns: the domain of the filters that an action switches on"""
    view = action.search_view_id.id or None
    arch = etree.fromstring(model.get_view(view, "search")["arch"])
    domain = []
    for node in arch.iter("filter"):
        if context.get(f"search_default_{node.get('name')}"):
            if node.get("date"):
                start = fields.Datetime.now().replace(day=1, hour=0, minute=0)
                domain.append((node.get("date"), ">=", start))
            elif node.get("domain"):
                domain += _evaluated(node.get("domain"), model.env)
    return domain


def _evaluated(text, env):
    try:
        return literal_eval(text or "{}")
    except ValueError:
        now = fields.Datetime.now()
        known = {"uid": env.uid, "now": now, "context_today": lambda: now.date()}
        known |= {"allowed_company_ids": env.companies.ids, "active_id": False}
        return safe_eval(text, known)
