"""What the pictures show beside the demonstration, and where it is.

A program of click-odoo, with ``env`` given, on a copy of the demo database: two leads
are offered to Anna, a past month is replayed. The last line is JSON: names and ids.
"""

import json
from datetime import timedelta

from odoo import Command, fields

MODULE = "lead_distribution"
OFFERS = (
    ("Villa by the golf course, still free?", "Maren Lindqvist", "+46 70 174 06 51"),
    ("Viewing on Saturday, flat in Getxo", "Tomás Arrizabalaga", "+34 622 640 118"),
)


def ref(env, name):
    return env.ref(f"{MODULE}.{name}")


def explained(env):
    """:returns: a lead of the North Office whose salesperson was next in line"""
    rows = env["lead.distribution.assignment"].search(
        [
            ("reason", "=", "strategy"),
            ("state", "=", "assigned"),
            ("route_id", "=", ref(env, "route_north").id),
            ("user_id", "=", ref(env, "user_anna").id),
        ],
        order="id desc",
    )
    return next(
        row.lead_id
        for row in rows
        if (row.trace or {}).get("next") and not row.lead_id.identity_flag
    )


def offers(env):
    """Leads offered to Anna; :returns: the first"""
    anna = ref(env, "user_anna")
    env["lead.distribution.route"].create(
        {
            "name": "Homes by the sea, offered",
            "sequence": 1,
            "domain": "[('referred', '=', 'Offer')]",
            "delivery": "offer",
            "offer_minutes": 90,
            # whatever the day on which the pictures are taken
            "skip_absent": False,
            "pool_source": "members",
            "member_ids": [Command.create({"user_id": anna.id})],
        }
    )
    leads = env["crm.lead"].create(
        [
            {
                "name": name,
                "contact_name": contact,
                "phone": phone,
                "referred": "Offer",
                "source_id": ref(env, "source_portal_a").id,
                "listing_id": ref(env, "listing_n_1001").id,
                "user_id": False,
            }
            for name, contact, phone in OFFERS
        ]
    )
    env["lead.distribution"]._cron_distribute_pending()
    if leads.offer_user_ids != anna:
        raise ValueError(f"offered to {leads.offer_user_ids.mapped('name')}")
    return leads[0]


def unlinked(env):
    """:returns: a lead whose number, written later, is that of a customer"""
    lead = env["crm.lead"].create(
        {
            "name": "Is the patio house still for sale?",
            "contact_name": "Dolores Montalbán",
            "email_from": "d.montalban@example.net",
            "user_id": ref(env, "user_greta").id,
        }
    )
    lead.phone = "600 112 409"
    return lead


def simulation(env):
    """:returns: a month replayed, in which Greta helps the North Office"""
    manager = env(user=ref(env, "user_manager"))
    routes = manager["lead.distribution.route"].search([])
    north = ref(manager, "route_north")
    draft = north.copy({"name": "North Office, with Greta", "active": False})
    draft.write(
        {
            "pool_source": "members",
            "member_ids": [
                Command.clear(),
                *(
                    Command.create({"user_id": user.id})
                    for user in (
                        *ref(env, "team_north").crm_team_member_ids.user_id,
                        ref(env, "user_greta"),
                    )
                ),
            ],
        }
    )
    today = fields.Date.today()
    values = {
        "name": "Greta helps the North Office",
        "date_from": today - timedelta(days=30),
        "date_to": today,
        "route_ids": [Command.set((routes - north | draft).ids)],
    }
    made = manager["lead.distribution.simulation"].create(values)
    made.action_run()
    return made


def main(env):
    lead, offer = explained(env), offers(env)
    row = offer.distribution_assignment_ids.filtered(lambda r: r.state == "offered")
    known = env["crm.lead"].search(
        [("email_normalized", "=", "lola.montalban@example.com")], order="id"
    )
    found = {
        "explained": lead.id,
        "offer": offer.id,
        "offer_page": f"/lead_distribution/offer/{row[0]._offer_token()}",
        "route": ref(env, "route_north").id,
        "known": known[-1].id,
        "unlinked": unlinked(env).id,
        "rule": ref(env, "rule_neglected").id,
        "simulation": simulation(env).id,
    }
    # what was told while nobody looked is not told again on each picture
    env["bus.bus"].search([]).unlink()
    env.cr.commit()
    print(json.dumps(found), flush=True)


main(env(context=dict(env.context, lang="en_US")))  # noqa: F821  given by click-odoo
