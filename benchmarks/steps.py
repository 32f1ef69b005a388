"""What happens inside Odoo, one step a process: prints one line of JSON.

steps.py STEP DATABASE [LEADS [SALESPEOPLE]]
"""

import contextlib
import cProfile
import csv
import gc
import io
import json
import logging
import os
import pstats
import random
import resource
import statistics
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

# engine/ as reading.py imports it, after everything that Odoo brings
sys.path.append(str(Path(__file__).resolve().parents[1] / "lead_distribution"))

import dataset  # noqa: E402
import large_steps  # noqa: E402
import letters  # noqa: E402
import people  # noqa: E402
import reading  # noqa: E402
import scale_steps  # noqa: E402

import odoo.cli  # noqa: E402, F401  prepares the package before anything else of it
from odoo import SUPERUSER_ID, api, fields  # noqa: E402
from odoo.modules.registry import Registry  # noqa: E402
from odoo.service.model import call_kw  # noqa: E402
from odoo.tools import SQL, config  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")

#: leads made first, so that what is read once is not counted
WARM = 5

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


def as_service(records, company):
    # found only once Odoo knows where the addons are
    from odoo.addons.lead_distribution.tools import service_context

    return service_context.as_service(records, company)


def count(env, table="crm_lead", where="true"):
    env.cr.execute(f"SELECT count(*) FROM {table} WHERE {where}")
    return env.cr.fetchone()[0]


def processor(backend):
    """:returns: seconds of the processor that this process and the database's have
    taken; other programs on the machine do not change them, as they do the clock's"""
    own = resource.getrusage(resource.RUSAGE_SELF)
    with contextlib.suppress(OSError):
        text = Path(f"/proc/{backend}/stat").read_text()
        ticks = text.rpartition(")")[2].split()[11:13]
        return own.ru_utime + own.ru_stime + sum(map(int, ticks)) / TICKS
    return own.ru_utime + own.ru_stime


def measure(env, what):
    """:returns: seconds, of the clock and of the processor, queries and MiB that a call
    took"""
    # a server that works has collected what it loaded long ago
    gc.collect()
    gc.freeze()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    backend = env.cr._cnx.info.backend_pid
    queries, started = env.cr.sql_log_count, time.perf_counter()
    taken = processor(backend)
    what()
    env.cr.commit()
    return {
        "seconds": time.perf_counter() - started,
        "cpu": processor(backend) - taken,
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
    if profiler:
        profiler.enable()
    found = measure(env, env["lead.distribution"]._cron_distribute_pending)
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


def step_people(env, size):
    """Everybody writes; who is recognised, against who it was."""
    crowd = people.Crowd(int(size))
    companies, known, new = dataset.make_people(env, crowd)
    pairs = [*zip(crowd.known, known, strict=True), *zip(crowd.new, new, strict=True)]
    owner = {(made._name, made.id): record.person for record, made in pairs}
    service, found = env["lead.distribution"], {}
    for company in companies:
        ours = as_service(service, company)
        leads = [lead.id for lead in new if lead.company_id == company]
        found.update(
            ours.env["lead.distribution.identity"]._identify(
                company, ours.env["crm.lead"].browse(leads)
            )
        )
    answers = {}
    for at, lead in enumerate(new):
        identity = found.get(lead.id)
        answers[at] = [
            owner.get(where)
            for where in (
                ("res.partner", identity and identity.partner_id),
                ("crm.lead", identity and identity.repeats),
            )
            if where[1]
        ]
    return {**judge(crowd, answers), **judge_numbers(pairs)}


def judge(crowd, answers):
    """:param answers: ``{position of a new lead: [Person or None, ...]}``"""
    expected = crowd.expected()
    wrong, missed, missed_of, by_keys = Counter(), Counter(), Counter(), {}
    notes = {}
    for known in crowd.known:
        notes.setdefault(known.person.number, []).extend(known.notes.values())
    right = recognised = 0
    for at, record in enumerate(crowd.new):
        good = [person is record.person for person in answers[at]]
        right += sum(good)
        if not all(good):
            wrong[record.person.kind] += good.count(False)
            tell("taken for somebody else", crowd, record, answers[at])
        if at in expected:
            keys = "_and_".join(sorted(record.notes)) or "nothing"
            counts = by_keys.setdefault(keys, [0, 0])
            counts[0] += 1
            counts[1] += any(good)
            recognised += any(good)
            if not any(good):
                missed.update(record.notes.values())
                missed_of.update(notes.get(record.person.number, ()))
                tell("not recognised", crowd, record, ())
    return {
        "people": len(crowd.people),
        "new": len(crowd.new),
        "notations": len(people.NOTATIONS) + len(people.TWO),
        "spellings": len(people.SPELLINGS) + len(people.TWO),
        "answers": sum(map(len, answers.values())),
        "right": right,
        "wrong": wrong,
        "expected": len(expected),
        "found": recognised,
        "missed": dict(missed.most_common(8)),
        "missed_of": dict(missed_of.most_common(8)),
        "by_keys": by_keys,
    }


def judge_numbers(pairs):
    """Numbers of one's own that a contact or lead has, as they are understood."""
    read = [
        (record.notes["phone"], record.person.phones[0].e164 == made.phone_sanitized)
        for record, made in pairs
        if record.person.phones[0].e164 in record.keys
    ]
    return {
        "numbers": len(read),
        "read": sum(good for _note, good in read),
        "misread": Counter(note for note, good in read if not good),
    }


def tell(what, crowd, record, others):
    """Which lead it was, for whoever looks into it: BENCH_DETAILS=1."""
    if not os.environ.get("BENCH_DETAILS"):
        return
    print(f"{what}: {record}", file=sys.stderr)
    numbers = {record.person.number, *(p.number for p in others if p)}
    for known in crowd.known + crowd.new:
        if known.person.number in numbers and known is not record:
            print(f"    there is {known}", file=sys.stderr)


def step_inquiries(env, old, new):
    """Open leads with a salesperson, and new ones: of ten, one repeats the address of
    an old one and one its number."""
    old, new = int(old), int(new)
    users, _teams = dataset.make_salespeople(env, 25)
    dataset.insert_leads(env, old)
    dataset.name_leads(env, 0)
    env.cr.execute(
        "UPDATE crm_lead SET user_id = (%s)[1 + id %% %s]", (users.ids, len(users))
    )
    values = []
    for n in range(new):
        # an old one whose address is nobody else's
        other = (n * 7919 % (old // 10)) * 10 + 4
        address = f"person{other if n % 10 == 0 else old + n}@leads.example.com"
        number = other if n % 10 == 5 else 5_000_000 + n
        values.append(
            {
                "name": f"New inquiry {n}",
                "contact_name": people.name(other if n % 5 == 0 else old + n),
                "email_from": address.upper() if n % 20 else address,
                "phone": f"+3247{number:07}",
                "type": "opportunity",
                "user_id": False,
                "company_id": env.company.id,
            }
        )
    env["crm.lead"].with_context(**dataset.QUIET).create(values)


def newest(env, count):
    return env["crm.lead"].search([], order="id desc", limit=int(count)).sorted("id")


def step_core_duplicates(env, new, sample):
    """Odoo's own search for some of the new leads."""
    leads = newest(env, new)
    leads = leads[:: len(leads) // int(sample)]
    found = env["crm.lead"]
    env.invalidate_all()

    def search():
        nonlocal found
        for lead in leads:
            found |= lead._get_lead_duplicates(lead.partner_id, lead.email_from) - lead

    return {**measure(env, search), "found": len(found)}


def step_identify(env, new):
    leads = newest(env, new)
    service = as_service(env["lead.distribution"], env.company)
    leads = leads.with_env(service.env)
    found = {}
    env.invalidate_all()
    figures = measure(
        env,
        lambda: found.update(
            service.env["lead.distribution.identity"]._identify(env.company, leads)
        ),
    )
    repeats = [found[lead.id].repeats if lead.id in found else None for lead in leads]
    wanted = [n % 5 == 0 for n in range(len(leads))]
    pairs = list(zip(repeats, wanted, strict=True))
    return {
        **figures,
        "recognised": sum(map(bool, repeats)),
        "wrong": {
            "leads of somebody known not recognised": pairs.count((None, True)),
            "new ones taken for somebody": sum(bool(r) and not w for r, w in pairs),
        },
    }


def step_senders(env, address, count, code):
    """Leads of as many people, each with a name and a number, from one address.

    :param code: their numbers begin with it
    """
    env.cr.execute("SELECT max(id) FROM crm_lead")
    last = env.cr.fetchone()[0]
    dataset.insert_leads(env, int(count))
    env.cr.execute(
        """UPDATE crm_lead
              SET email_from = %(address)s, email_normalized = %(address)s,
                  phone = %(code)s || right(phone, 7),
                  phone_sanitized = %(code)s || right(phone, 7),
                  distribution_state = 'pending', intake_status = 'new'
            WHERE id > %(last)s""",
        {"address": address, "last": last, "code": code},
    )
    dataset.name_leads(env, last)


def step_joined(env, address):
    """How many of the leads from one address are taken for one another's."""
    leads = env["crm.lead"].search([("email_normalized", "=", address)])
    service = as_service(env["lead.distribution"], env.company)
    leads = leads.with_env(service.env)
    found = {}
    env.invalidate_all()
    figures = measure(
        env,
        lambda: found.update(
            service.env["lead.distribution.identity"]._identify(env.company, leads)
        ),
    )
    joined = sum(bool(x.repeats or x.partner_id) for x in found.values())
    return {**figures, "leads": len(leads), "joined": joined}


def count_wrong(env, query):
    env.cr.execute(query)
    return env.cr.fetchone()[0]


def step_neglected_leads(env, leads, hits):
    """Leads of one salesperson, by one statement: every fourth closed, ``hits`` of the
    open ones untouched for ten days, the others since yesterday; and a rule."""
    users, _teams = dataset.make_salespeople(env, 3)
    env["lead.distribution.rule"].create(
        {
            "name": "Neglected",
            "active": True,
            "member_ids": [(0, 0, {"user_id": user.id}) for user in users[1:]],
        }
    )
    env.flush_all()
    env.cr.execute(
        """INSERT INTO crm_lead (name, type, active, user_id, company_id, stage_id,
                                 won_status, distribution_state, intake_status,
                                 create_date, date_open, distribution_idle_since)
                SELECT 'Lead ' || n, 'opportunity', n %% 4 > 0, %(user)s, %(company)s,
                       %(stage)s, CASE WHEN n %% 4 > 0 THEN 'pending' ELSE 'lost' END,
                       'assigned', 'new', now() - interval '20 days',
                       now() - interval '20 days',
                       now() - CASE WHEN n %% 4 = 0 OR n %% %(every)s = 1
                                    THEN interval '10 days' ELSE interval '1 day' END
                  FROM generate_series(1, %(leads)s) AS n""",
        {
            "user": users[0].id,
            "company": env.company.id,
            "stage": env["crm.stage"].search([], limit=1).id,
            "every": int(leads) // int(hits),
            "leads": int(leads),
        },
    )
    env.cr.commit()


def step_neglected(env, hits):
    """The search of the rules, as the schedule makes it, and the plan of its query."""
    service = as_service(env["lead.distribution"], env.company)
    rule = service.env["lead.distribution.rule.runner"]._rules_of(env.company)
    now = fields.Datetime.now()
    found = {}

    def search():
        found["leads"], _assign = service.env["lead.distribution.rule"]._stale_from(
            env.company, rule, now, None, int(hits) + 1
        )

    search()  # caches and the first look at the index
    env.invalidate_all()
    figures = measure(env, search)
    query = env["crm.lead"]._search(
        service.env["lead.distribution.rule"]._stale_domain(env.company, rule, now),
        order="distribution_idle_since, id",
    )
    lines = env.execute_query(SQL("EXPLAIN %s", query.select()))
    plan = " / ".join(line.strip() for (line,) in lines)
    number = len(found["leads"])
    return {
        **figures,
        "found": number,
        "index": "_distribution_idle_idx" in plan,
        "plan": plan,
        "wrong": {"neglected leads not found, or others": abs(number - int(hits))},
    }


def step_past(env):
    """The leads came one after the other through last month, and were distributed when
    they came; every other salesperson was away for two days of it, in the middle of
    one day and of another."""
    env.company.lead_distribution_tz = "UTC"
    first, last = _last_month(env)
    env.cr.execute(
        """WITH came AS (
               SELECT id, %(first)s::timestamp
                      + interval '1 day' * (%(last)s::date + 1 - %(first)s::date)
                      * ((row_number() OVER (ORDER BY id) - 1.0) / count(*) OVER ())
                   AS at
                 FROM crm_lead
           ), given AS (
               UPDATE lead_distribution_assignment a SET date = came.at
                 FROM came WHERE came.id = a.lead_id
           )
           UPDATE crm_lead l SET create_date = came.at
             FROM came WHERE came.id = l.id""",
        {"first": first, "last": last},
    )
    env.cr.execute("UPDATE res_partner SET create_date = create_date - interval '1y'")
    users = env["res.users"].search([("login", "=like", "seller%")], order="id")[::2]
    absences = env["lead.distribution.absence"].create(
        [
            {
                "user_id": user.id,
                "date_from": first + timedelta(days=number % 26, hours=10 + number % 5),
                "date_to": first + timedelta(days=number % 26 + 2, hours=14),
            }
            for number, user in enumerate(users)
        ]
    )
    env.cr.commit()
    return {"absences": len(absences)}


def _last_month(env):
    """:returns: two datetimes, midnight of its first and last day"""
    begin = fields.Datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
    last = begin.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def step_simulate(env):
    first, last = _last_month(env)
    simulation = env["lead.distribution.simulation"].create(
        {"date_from": first.date(), "date_to": last.date()}
    )
    env.cr.commit()
    found = measure(env, simulation.action_run)
    lines = simulation.line_ids
    return {
        **found,
        "wrong": {
            "leads not replayed": count(env) - simulation.lead_count,
            "leads lost on the way": simulation.lead_count
            - sum(lines.mapped("simulated")),
        },
    }


def step_creation_people(env, people):
    """Salespeople, and a colleague who makes leads; mails wait for their schedule."""
    dataset.make_salespeople(env, int(people))
    group = env.ref("sales_team.group_sale_manager")
    env["res.users"].with_context(no_reset_password=True).create(
        {
            "name": "Colleague",
            "login": "colleague",
            "email": "colleague@company.example.com",
            "group_ids": [(4, group.id)],
        }
    )
    env["ir.config_parameter"].set_param("mail.mail.force.send.limit", "0")
    env.cr.commit()


def step_creation_route(env):
    users = env["res.users"].search([("login", "=like", "seller%")], order="id")
    env["lead.distribution.route"].create(
        {
            "name": "All",
            "member_ids": [(0, 0, {"user_id": user.id}) for user in users],
        }
    )
    env.cr.commit()


def step_creation(env, way, number_of_leads):
    """Make leads, each in a transaction of its own, as the web client does.

    :param way: ``mail``, for a salesperson who is told; ``quiet``, who is not;
        ``ours``, for nobody, so that it is distributed
    :returns: of the middle one
    """
    find = env["res.users"].search
    colleague, seller = (find([("login", "=", x)]) for x in ("colleague", "seller003"))
    leads = int(number_of_leads)
    first = count(env)
    context = {"mail_auto_subscribe_no_notify": True} if way == "quiet" else {}
    figures = []
    for number in range(-WARM, leads):
        digits = 10 * (first + number + WARM)
        values = {
            "name": f"Inquiry {digits}",
            "contact_name": people.name(first + number + WARM),
            "email_from": f"p{digits}@leads.example.com",
            "phone": f"+48601{digits:06}",
            "description": "<p>I saw the flat and would like to visit.</p>",
            "user_id": False if way == "ours" else seller.id,
        }
        with env.registry.cursor() as cr:
            own = api.Environment(cr, colleague.id, {"lang": "en_US", **context})
            found = measure(own, lambda own=own, v=values: own["crm.lead"].create(v))
        if number >= 0:
            figures.append(found)
    env.cr.rollback()
    return {
        name: sorted(found[name] for found in figures)[len(figures) // 2]
        for name in ("seconds", "cpu", "queries")
    } | {
        "wrong": {
            "leads lost": leads + WARM - (count(env) - first),
            "leads without salesperson": count(env, where="user_id IS NULL"),
        }
    }


def step_salespeople(env, people):
    dataset.make_salespeople(env, int(people))
    env.cr.commit()


def step_attacked(env):
    """Routes that take every lead, references to be found in what leads say, and a
    shared sender."""
    users = env["res.users"].search([("login", "=like", "seller%")], order="id")
    env["lead.distribution.route"].create(
        {
            "name": "All",
            "member_ids": [(0, 0, {"user_id": user.id}) for user in users],
        }
    )
    env["lead.distribution.listing"].create(
        [
            {"name": f"Listing {n}", "reference": f"R-{n}" if n % 2 else f"Flat {n} a"}
            for n in range(2000)
        ]
    )
    env.company.lead_distribution_shared_senders = "portal.example.com"
    env.cr.commit()


def step_defence(env, case, size, tries):
    """One call that is meant to take long, by a salesperson with own documents.

    :param case: of ``defence.CASES``
    """
    size, best = int(size), None
    seller = env["res.users"].search([("login", "=", "seller003")])
    Lead, made = env(user=seller)["crm.lead"], []
    for attempt in range(int(tries)):
        call = _attack(env, Lead, case, size, attempt)
        env.invalidate_all()
        figures = measure(env, lambda call=call: made.append(call()))
        if not best or figures["seconds"] < best["seconds"]:
            best = figures
    leads = env["crm.lead"].browse(made[-1])
    wrong = abs(len(leads.exists()) - (size if case == "leads" else 1))
    return {**best, "wrong": {"leads lost or doubled": wrong}}


def _attack(env, lead_model, case, size, attempt):
    """:returns: a call that makes leads and returns their ids"""

    def lead(number, **values):
        who = f"{case}{attempt}x{number}"
        return {
            "name": f"Inquiry {number} about a flat",
            "contact_name": f"Person {number}",
            "email_from": f"{who}@leads.example.com",
            "phone": f"+48601{attempt}{number:05}",
            "description": f"<p>I saw the flat {number} and would like to visit.</p>",
            "user_id": False,
            **values,
        }

    if case == "leads":
        values = [lead(number) for number in range(size)]
        return lambda: call_kw(lead_model, "create", [values], {})
    if case == "letter":
        mail = (
            "From: info@portal.example.com\nTo: leads@example.com\nSubject: Letter\n"
            f"Message-Id: <{attempt}.{time.time()}@portal.example.com>\n"
            f"Content-Type: text/plain; charset=utf-8\n\n{'a' * size}\n"
        )
        process = env["mail.thread"].message_process
        return lambda: [process("crm.lead", mail)]
    draw = random.Random(attempt)
    word = "<p>A <b>{:x}</b></p>" if case == "html" else "{:x} "
    count = size // (len(word) + 5)
    text = "".join(word.format(draw.getrandbits(32)) for _ in range(count))
    field = "name" if case == "name" else "description"
    values = lead(0, **{field: text})
    return lambda: call_kw(lead_model, "create", [[values]], {})


def step_intake_people(env):
    """A colleague who forwards mails, for both sides."""
    name, address = letters.COLLEAGUE
    env["res.users"].create({"name": name, "login": address, "email": address})


def step_intake_setup(env):
    """What mails ask about, and a route that makes leads ours; they are distributed by
    the schedule."""
    env.company.lead_distribution_mode = "queued"
    user = env["res.users"].search([("login", "=", letters.COLLEAGUE[1])])
    env["lead.distribution.route"].create(
        {"name": "All", "pool_source": "user", "user_id": user.id}
    )
    env["lead.distribution.listing"].create(
        [
            {"name": f"Listing {each}", "reference": each, "company_id": env.company.id}
            for each in letters.LISTINGS
        ]
    )


def step_intake_at_once(env):
    """Each lead is distributed where it comes in."""
    env.company.lead_distribution_mode = "immediate"


def step_intake(env, number, turn=0, turns=1):
    """Deliver mails, and with our addon rows, one by one.

    :param turn: which part of them, of ``turns``
    """
    ours = "intake_read" in env["crm.lead"]._fields
    size = len(letters.SHAPES)  # each part has all shapes
    arrivals = [
        each
        for each in letters.arrivals(int(number))
        if each.number // size % int(turns) == int(turn)
    ]
    if not ours:
        arrivals = [each for each in arrivals if each.source]
    found, made, times = {"mails": 0, "queries": 0, "cpu": 0.0}, {}, []
    # some first ones, so that what is read once is not counted
    for warm in letters.arrivals(len(letters.SHAPES), seed=1):
        if warm.source:
            mark = b"Message-Id: <w%d" % int(turn)
            source = warm.source.replace(b"Message-Id: <", mark)
            env["mail.thread"].message_process("crm.lead", source)
            env.cr.commit()
    for each in sorted(arrivals, key=lambda x: x.country):
        country = env.ref(f"base.{each.country.lower().replace('gb', 'uk')}")
        if env.company.country_id != country:
            env.company.country_id = country
            env.flush_all()
        if not each.source:
            made[each.number] = _row(env, each)
            continue
        started, queries = time.perf_counter(), env.cr.sql_log_count
        worked = time.process_time()
        made[each.number] = env["mail.thread"].message_process("crm.lead", each.source)
        env.cr.commit()  # as the gateway does, mail by mail
        times.append(time.perf_counter() - started)
        found["cpu"] += time.process_time() - worked
        found["queries"] += env.cr.sql_log_count - queries
        found["mails"] += 1
    env.cr.commit()
    # the median: what else the machine does at times says nothing of us
    found["seconds"] = statistics.median(times) * found["mails"]
    return {**found, **_judge(env, arrivals, made)} if ours else found


def step_import(env, number):
    """Import a file of leads as a person does; a small one before, so that what is
    read once is not counted."""
    columns = ("name", "contact_name", "email_from", "phone", "description")

    def load(count, seed):
        crowd, out = people.Crowd(0, seed), io.StringIO()
        rows = csv.writer(out)
        rows.writerow(columns)
        for place in range(count):
            name = people.name(place * 7919 % 5000)
            address = f"p{seed}.{place}@mail{place % 9}.example"
            phone = crowd._phone("DE", place).e164
            rows.writerow((f"Lead {place}", name, address, phone, "Is it free?"))
        importer = env["base_import.import"].create(
            {
                "res_model": "crm.lead",
                "file": out.getvalue().encode(),
                "file_name": "leads.csv",
                "file_type": "text/csv",
            }
        )
        options = {
            "has_headers": True,
            "quoting": '"',
            "separator": ",",
            "encoding": "utf-8",
            "float_thousand_separator": "",
            "float_decimal_separator": ".",
            "date_format": "",
            "datetime_format": "",
            "limit": count,
            "skip": 0,
        }
        started, queries = time.perf_counter(), env.cr.sql_log_count
        result = importer.execute_import(list(columns), list(columns), options)
        env.cr.commit()
        return {
            "seconds": time.perf_counter() - started,
            "queries": env.cr.sql_log_count - queries,
            "leads": len(result["ids"] or ()),
        }

    load(20, 1)
    return load(int(number), 2)


def _row(env, each):
    """:returns: id of the lead made of a row that another program sends"""
    from odoo.addons.lead_distribution.engine.payloads import read_payload

    (found,) = read_payload(json.loads(each.row))
    return env["crm.lead"].create({"name": f"Row {each.number}", **found.values}).id


def step_latency_setup(env, sellers):
    """Salespeople, a route that gives to each in turn, and a webhook."""
    users, _teams = dataset.make_salespeople(env, int(sellers))
    env["lead.distribution.route"].create(
        {
            "name": "All",
            "strategy": "round_robin",
            "member_ids": [(0, 0, {"user_id": user.id}) for user in users],
        }
    )
    env.company.lead_distribution_mode = "immediate"
    webhook = env["lead.distribution.intake.source"].create(
        {"name": "Latency", "rate_limit": 6000}
    )
    env.cr.commit()
    return {"token": webhook._token()}


def step_latency_import(env, number):
    """Import a file of leads, which the schedule distributes."""
    found = step_import(env, number)
    env.cr.commit()
    return found


def _wait_all(env):
    """All that a statement inserted waits, in a transaction that begins anew."""
    dataset.wait_all(env)
    env.cr.commit()
    env.invalidate_all()


def step_latency_traffic(env, rate, seconds):
    """What comes in so many seconds at a rate a second, distributed as it comes, each
    second's leads in a transaction of their own; without the pauses."""
    for second in range(int(seconds)):
        dataset.insert_leads(env, int(rate), first=second * int(rate))
        _wait_all(env)
        dataset.distribute(env, env.company)
    return {"left": env["lead.distribution"]._pending_count()}


def step_latency_backlog(env, number):
    """Distribute a backlog, block by block, each in a transaction of its own."""
    dataset.insert_leads(env, int(number), first=1_000_000)
    _wait_all(env)
    figures = measure(env, lambda: dataset.distribute(env, env.company))
    return {**figures, "left": env["lead.distribution"]._pending_count()}


def _judge(env, arrivals, made):
    """:returns: see :meth:`reading.Tally.figures`; ``lost``: how many are no lead;
    ``waiting``: how many leads are not distributed"""
    tally, lost, waiting = reading.Tally(), 0, 0
    for each in arrivals:
        lead = env["crm.lead"].browse(made[each.number] or 0).exists()
        lost += not lead
        waiting += lead.distribution_state == "pending"
        tally.add(
            each,
            name=lead.contact_name,
            email=lead.email_normalized,
            phone=lead.phone,
            listing=lead.listing_id.reference,
        )
    return {**tally.figures(), "lost": lost, "waiting": waiting}


step_large_seed, step_large_screens = large_steps.seed, large_steps.screens


def step_large_creation(env):
    return large_steps.creation(env, measure)


step_scale_seed, step_scale_floor = scale_steps.seed, scale_steps.floor
step_workers_houses = scale_steps.houses


def step_scale_batch(env, size):
    return scale_steps.batch(env, size, measure)


def step_scale_mails(env):
    return scale_steps.mails(env, measure)


def main(step, database, *arguments):
    config.parse_config(["-d", database, "--no-http", "--log-level=warn"])
    logging.getLogger("odoo").setLevel(logging.WARNING)
    registry = Registry(database)
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        print(json.dumps(globals()[f"step_{step}"](env, *arguments) or {}))


if __name__ == "__main__":
    main(*sys.argv[1:])
