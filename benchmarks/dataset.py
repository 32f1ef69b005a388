"""Made-up salespeople, customers, leads and routes, the same ones every time.

Used inside Odoo by the benchmarks and by the tests of real processes. Many leads are
written by one SQL statement, since creating 10,000 by the ORM takes a minute;
their columns are those that the ORM fills.
"""

import time

import people

SALESPEOPLE_PER_TEAM = 25
KINDS = 10  # sources, and countries
KNOWN_EVERY = 10  # each tenth lead is of a known customer ...
DUPLICATE_EVERY = 10  # ... and each tenth has the address of the one before

LEADS = """
INSERT INTO crm_lead (
    name, contact_name, email_from, email_normalized, email_domain_criterion,
    email_state, phone, phone_sanitized, phone_state, country_id, source_id, company_id,
    type, stage_id, won_status, priority, active, color, day_open, day_close,
    message_bounce, expected_revenue, prorated_revenue, recurring_revenue,
    recurring_revenue_monthly, recurring_revenue_prorated,
    recurring_revenue_monthly_prorated, date_last_stage_update,
    create_uid, create_date, write_uid, write_date)
SELECT
    'Inquiry ' || i, 'Person ' || i,
    '"Person ' || i || '" <' || address || '>', address, address,
    'correct', phone, phone, 'correct',
    (%(countries)s)[1 + i / %(kinds)s %% %(kinds)s],
    (%(sources)s)[1 + i %% %(kinds)s], %(company)s,
    'opportunity', %(stage)s, 'pending', '0', true, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, now,
    1, now, 1, now
FROM (
    SELECT i, now() AT TIME ZONE 'UTC' - interval '1 minute' AS now,
           '+3247' || lpad(i::text, 7, '0') AS phone,
           CASE WHEN i %% %(known)s = 0 THEN 'customer' || i
                WHEN i %% %(duplicate)s = %(duplicate)s - 1 THEN 'person' || i - 1
                ELSE 'person' || i END || '@leads.example.com' AS address
      FROM generate_series(%(first)s, %(first)s + %(count)s - 1) AS i) AS made
"""

#: nothing but the records themselves
QUIET = {"tracking_disable": True, "mail_create_nosubscribe": True}

#: the note that each lead has from its creation
NOTES = """
INSERT INTO mail_message (
    model, res_id, message_type, subtype_id, body, author_id, message_id,
    date, is_internal, create_uid, create_date, write_uid, write_date)
SELECT 'crm.lead', id, 'notification', %(subtype)s,
       '<p>A new lead has been created and is not assigned to any team.</p>',
       %(author)s, '<' || id || '-crm.lead@leads.example.com>',
       create_date, false, 1, create_date, 1, create_date
  FROM crm_lead"""


def make_salespeople(env, count, capacity=30):
    """Salespeople in teams of 25.

    :param capacity: what core's own assignment may give each in 30 days
    :returns: ``(res.users, crm.team)``
    """
    group = env.ref("sales_team.group_sale_salesman")
    users = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": f"Salesperson {number:03}",
                    "login": f"seller{number:03}",
                    "email": f"seller{number:03}@company.example.com",
                    "group_ids": [(4, group.id)],
                }
                for number in range(count)
            ]
        )
    )
    parts = [
        users[at : at + SALESPEOPLE_PER_TEAM]
        for at in range(0, count, SALESPEOPLE_PER_TEAM)
    ]
    teams = env["crm.team"].create(
        [
            {
                "name": f"Team {number}",
                "use_opportunities": True,
                "user_id": False,
                "crm_team_member_ids": [
                    (0, 0, {"user_id": user.id, "assignment_max": capacity})
                    for user in part
                ],
            }
            for number, part in enumerate(parts)
        ]
    )
    return users, teams


def make_leads(env, count, users):
    """Customers who have a salesperson already, then leads without one."""
    env["res.partner"].create(
        [
            {
                "name": f"Customer {number}",
                "email": f"customer{number}@leads.example.com",
                "user_id": users[number // KNOWN_EVERY % len(users)].id,
            }
            for number in range(0, count, KNOWN_EVERY)
        ]
    )
    insert_leads(env, count)
    env.cr.execute(
        NOTES,
        {
            "subtype": env.ref("crm.mt_lead_create").id,
            "author": env.ref("base.partner_root").id,
        },
    )
    env.invalidate_all()


def insert_leads(env, count, company=None, first=0):
    """Open leads, by one statement.

    :param company: theirs, by default the environment's
    :param first: where their numbers and addresses begin
    """
    names = [f"Source {n}" for n in range(KINDS)]
    sources = env["utm.source"].search([("name", "in", names)], order="id")
    sources = sources or sources.create([{"name": name} for name in names])
    env.flush_all()
    env.cr.execute(
        LEADS,
        {
            "count": count,
            "first": first,
            "kinds": KINDS,
            "known": KNOWN_EVERY,
            "duplicate": DUPLICATE_EVERY,
            "countries": env["res.country"].search([], limit=KINDS).ids,
            "sources": sources.ids,
            "company": (company or env.company).id,
            "stage": env["crm.stage"].search([], limit=1).id,
        },
    )


def wait_all(env):
    """Leads of a statement wait, as leads that were created do."""
    env.cr.execute(
        """UPDATE crm_lead SET distribution_state = 'pending', intake_status = 'new'
            WHERE distribution_state IS NULL"""
    )


def distribute(env, company):
    """Distribute what waits, block by block, each in a transaction of its own, as the
    schedule does.

    :returns: how many leads
    """
    service, size, count = env["lead.distribution"], None, 0
    begun = time.monotonic()
    while (block := service._distribute_block(company, size)) and block["leads"]:
        env.cr.commit()
        count += len(block["leads"])
        size = service._next_size(block, time.monotonic() - begun)
        begun = time.monotonic()
    env.cr.commit()
    return count


def make_house(env, number, people, **route):
    """A company with salespeople of its own, and a route for all its leads, which the
    schedule distributes.

    :param route: values of the route
    :returns: ``res.company``
    """
    company = env["res.company"].create({"name": f"House {number}"})
    company.lead_distribution_mode = "queued"
    users = env["res.users"].create(
        [
            {
                "name": f"House {number} {each}",
                "login": f"house_{number}_{each}",
                "company_id": company.id,
                "company_ids": [(6, 0, company.ids)],
                "group_ids": [(4, env.ref("sales_team.group_sale_salesman").id)],
            }
            for each in range(people)
        ]
    )
    env["lead.distribution.route"].create(
        {
            "name": "All",
            "company_id": company.id,
            "member_ids": [(0, 0, {"user_id": user.id}) for user in users],
            **route,
        }
    )
    return company


def name_leads(env, after):
    """People's names, all different, for the leads with a greater id."""
    env.cr.execute("SELECT id FROM crm_lead WHERE id > %s ORDER BY id", (after,))
    ids = [lead_id for (lead_id,) in env.cr.fetchall()]
    env.cr.execute(
        """UPDATE crm_lead AS l SET contact_name = n.name
             FROM unnest(%s, %s) AS n(id, name) WHERE l.id = n.id""",
        (ids, [people.name(number) for number in range(len(ids))]),
    )
    env.invalidate_all()


def make_people(env, crowd):
    """Contacts, open leads and new leads, at a company in each country.

    :param crowd: a :class:`people.Crowd`
    :returns: ``(companies, [record, ...] of crowd.known, [lead, ...] of crowd.new)``
    """
    codes = {c.code: c for c in env["res.country"].search([])}
    companies = {
        code: env["res.company"].create(
            {"name": f"Company {code}", "country_id": codes[code].id}
        )
        for code in people.COUNTRIES
    }
    made = {}
    for code, company in companies.items():
        for model in ("contact", "old", "new"):
            records = [
                record
                for record in crowd.known + crowd.new
                if record.person.home == code and record.model == model
            ]
            model = env["res.partner" if model == "contact" else "crm.lead"]
            fresh = model.with_company(company).with_context(**QUIET)
            fresh = fresh.create([_values(r, company, codes) for r in records])
            # numbers are read here, at this company, as when each comes by itself
            fresh.env.flush_all()
            made.update(zip(map(id, records), fresh, strict=True))
    return (
        list(companies.values()),
        [made[id(record)] for record in crowd.known],
        [made[id(record)] for record in crowd.new],
    )


def _values(record, company, codes):
    values = {
        "phone": record.phone,
        "country_id": codes[record.country].id if record.country else False,
    }
    if record.model == "contact":
        shared = record.person.number % 2
        return {
            **values,
            "name": record.name,
            "email": record.email,
            "company_id": False if shared else company.id,
        }
    return {
        **values,
        "name": f"Inquiry of {record.person.number}",
        "type": "opportunity",
        "contact_name": record.name,
        "email_from": record.email,
        "user_id": False,
        "company_id": company.id,
    }


def make_routes(env, users, teams, count=20, **options):
    """Routes that leave no lead out: by source, by country, by the customer's
    address, and one for the rest; teams and members, all strategies."""
    sources = env["utm.source"].search([("name", "=like", "Source _")], order="id")
    countries = env["res.country"].search([], limit=KINDS)
    strategies = ["workload", "round_robin", "fair_share"]
    tags = env["crm.tag"].create([{"name": f"Route tag {n}"} for n in range(2)])
    domains = [[("email_from", "ilike", f"person{n}1")] for n in range(1, 4)]
    domains += [
        [("source_id", "=", source.id), ("type", "=", "opportunity")]
        for source in sources[:6]
    ]
    domains += [[("country_id.code", "=", country.code)] for country in countries]
    domains += [[("email_from", "ilike", f"person{n}7@")] for n in range(count)]
    domains = [*domains[: count - 1], []]
    routes = []
    for number, domain in enumerate(domains):
        route = {
            "name": f"Route {number}",
            "sequence": number,
            "domain": repr(domain),
            "strategy": strategies[number % 3],
            "activity_type_id": env.ref("mail.mail_activity_data_call").id,
            "tag_ids": [(6, 0, tags.ids if number % 4 == 1 else [])],
            **options,
        }
        if number % 2:
            start = number // 2 % len(teams)
            part = teams[start] | teams[(start + 1) % len(teams)]
            route.update(pool_source="teams", team_ids=[(6, 0, part.ids)])
        else:
            start = number * 5 % len(users)
            part = (users[start:] + users[:start])[:20]
            route.update(
                pool_source="members",
                member_ids=[(0, 0, {"user_id": u.id}) for u in part],
            )
        routes.append(route)
    return env["lead.distribution.route"].create(routes)
