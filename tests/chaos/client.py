"""The clients of a storm: each does what its role does, again and again, and writes
down every call before and after it.

Started by storm.py through the process tests' worker.py: Odoo is loaded once, each
client is a process of its own, with its own connections.
"""

import json
import logging
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "process"))

import psycopg2  # noqa: E402
import worker  # noqa: E402

from odoo import sql_db  # noqa: E402

#: between two calls of a client
PAUSE = 0.01
#: seconds from one rush to the next
RUSH = 1.5
#: how often work after a fault is tried
TRIES = 5
#: leads that a client may look at before it chooses one
CHOICE = 20


class Client(worker.Worker):
    """Commands of the storm, beside those of the process tests."""

    #: see :meth:`do_plant`
    planted = None

    def do_prepare(self, people, limited, limit, pooled=0):
        """Salespeople, a manager, routes that assign and routes that offer.

        :param limited: how many salespeople have a limit
        :param limit: leads a day of those
        :param pooled: leads that no route takes
        :returns: ``{"users": ids, "limited": ids, "manager": id}``
        """

        def make(env):
            seller = env.ref("sales_team.group_sale_salesman_all_leads").id
            users = env["res.users"].create(
                [
                    {
                        "name": f"Storm {number:02}",
                        "login": f"storm{number:02}",
                        "group_ids": [(4, seller)],
                    }
                    for number in range(people)
                ]
            )
            env["crm.team"].create(
                {
                    "name": "Storm",
                    "crm_team_member_ids": [(0, 0, {"user_id": u.id}) for u in users],
                }
            )
            users[:limited].lead_max_day = limit
            manager = env["res.users"].create(
                {
                    "name": "Manager",
                    "login": "storm_manager",
                    "group_ids": [
                        (4, env.ref("sales_team.group_sale_manager").id),
                        (4, env.ref("lead_distribution.group_manager").id),
                    ],
                }
            )
            company = env.company
            company.lead_distribution_mode = "immediate"
            company.lead_duplicate_policy = "flag"
            company.lead_rule_confirm_above = 0
            env["lead.distribution.route"].search([]).active = False
            members = [(0, 0, {"user_id": user.id}) for user in users]
            env["lead.distribution.route"].create(
                [
                    {
                        "name": name,
                        "sequence": sequence,
                        "domain": domain,
                        "delivery": delivery,
                        "offer_minutes": 1,
                        "member_ids": members,
                    }
                    for sequence, (name, delivery, domain) in enumerate(
                        [
                            ("Offers", "offer", "[('priority', '=', '1')]"),
                            ("To all", "offer_all", "[('priority', '=', '2')]"),
                            ("Rest", "assign", "[('priority', '!=', '3')]"),
                        ]
                    )
                ]
            )
            env["lead.distribution.rule"].create(
                {
                    "name": "Stale",
                    "active": True,
                    "delay_number": 1,
                    "delay_unit": "hours",
                    "max_moves": 1000,
                    "member_ids": [(0, 0, {"user_id": u.id}) for u in users[limited:]],
                }
            )
            env["crm.lead"].create(
                [{"name": f"P {n}", "priority": "3"} for n in range(pooled)]
            )
            env.cr.commit()
            return {
                "users": users.ids,
                "limited": users[:limited].ids,
                "manager": manager.id,
            }

        return self.inside(make)

    def do_plant(self, fault):
        """Break the product on purpose, in this client, to try the checker.

        :param fault: ``lock``: distributors and claims do not exclude each other;
            ``commit``: a request is answered, and its transaction rolled back
        """
        self.planted = fault
        if fault == "lock":
            lock = self.registry["lead.distribution.lock"]
            acquire = lambda records, company: True  # noqa: E731
            acquire._api_model = True
            lock._acquire = acquire

    def do_storm(self, role, seed, seconds, history, ids):
        """Act by role until the time is over.

        :param role: name of a ``role_...`` method
        :param history: path of the file that the calls are written to
        :param ids: what :meth:`do_prepare` returned
        :returns: number of calls
        """
        # refused and broken calls are what a storm is for
        logging.disable(logging.CRITICAL)
        self.draw, self.ids, self.seed = random.Random(seed), ids, seed
        end, count = time.time() + seconds, 0
        with open(history, "a") as self.history:
            while time.time() < end:
                try:
                    count += bool(getattr(self, f"role_{role}")())
                except Exception:
                    # no connection to look for something to do
                    self._reconnect()
                time.sleep(PAUSE)
        return count

    def _reconnect(self):
        sql_db.close_db(self.database)
        time.sleep(0.1)

    def _call(self, what, uid, model, method, args, **about):
        """One call, written down when it begins and when it ends."""
        key = f"{self.seed}-{self.draw.getrandbits(40):x}"
        entry = {"key": key, "what": what, "uid": uid, **about}
        if what == "create":
            args[0]["external_ref"] = key
        self._note(begin=time.time(), **entry)
        try:
            result = self.do_call(uid, model, method, args)
        except Exception as error:
            self._note(key=key, end=time.time(), error=type(error).__name__)
            if type(error).__module__.startswith("psycopg2"):
                self._reconnect()
        else:
            ids = getattr(result, "ids", result)
            self._note(key=key, end=time.time(), result=ids)
        return True

    def do_call(self, uid, model, method, args, kwargs=None):
        with self.registry.cursor() as cr:
            if self.planted == "commit" and self.draw.random() < 0.1:
                cr.commit = cr.rollback
            return worker.remote.execute_cr(cr, uid, model, method, args, kwargs or {})

    def _note(self, **entry):
        self.history.write(json.dumps(entry, default=str) + "\n")
        self.history.flush()

    def _some(self, model, domain, uid=worker.SUPERUSER_ID):
        """One record of the newest, or nothing; of the leads, one of this history."""
        if model == "crm.lead":
            domain = [*domain, ("id", ">", self.ids.get("after", 0))]

        def find(env):
            found = env[model].search(domain, order="id desc", limit=CHOICE).ids
            return self.draw.choice(found) if found else None

        return self.inside(find, uid)

    # roles ----------------------------------------------------------------------

    def role_create(self, priorities="00012"):
        number = self.draw.getrandbits(40)
        values = {
            "name": f"Storm {number:x}",
            "type": "lead",
            "priority": self.draw.choice(priorities),
            "email_from": f"p{number:x}@storm.example.com",
        }
        return self._call("create", self.ids["manager"], "crm.lead", "create", [values])

    def role_pooled(self):
        """Leads that no route takes: they are there to be claimed."""
        return self.role_create("3")

    def role_distribute(self):
        for turn in (self.turn, self.rules_turn):
            self.inside(turn)
        self.inside(self._expire_offers)

    def _expire_offers(self, env):
        self.scheduled(env, "lead.distribution", "expire_offers", 1)

    def role_claim(self):
        uid = self.draw.choice(self.ids["users"])
        domain = [("distribution_state", "in", ["offered", "pool"])]
        lead_id = self._some("crm.lead", domain, uid)
        if not lead_id:
            return False
        method = self.draw.choice(["action_claim"] * 3 + ["action_decline"])
        what = "claim" if method == "action_claim" else "decline"
        return self._call(what, uid, "crm.lead", method, [[lead_id]], lead=lead_id)

    def role_rush(self):
        """All that rush claim for the same limited person, at the same instant."""
        at = (int(time.time() / RUSH) + 1) * RUSH
        uid = self.ids["limited"][int(at / RUSH) % len(self.ids["limited"])]
        domain = [("distribution_state", "in", ["offered", "pool"])]
        lead_id = self._some("crm.lead", domain, uid)
        time.sleep(max(at - time.time(), 0))
        if not lead_id:
            return False
        return self._call(
            "claim", uid, "crm.lead", "action_claim", [[lead_id]], lead=lead_id
        )

    def role_hand(self):
        """A manager gives, pools, merges, and undoes."""
        uid = self.ids["manager"]
        lead_id = self._some("crm.lead", [("active", "=", True)])
        what = self.draw.choice(["hand"] * 4 + ["pool", "stale", "merge", "undo"])
        if not lead_id:
            return False
        if what == "hand":
            others = sorted(set(self.ids["users"]) - set(self.ids["limited"]))
            user_id = self.draw.choice(others)
            args = [[lead_id], {"user_id": user_id}]
            about = {"lead": lead_id, "user": user_id}
            return self._call("hand", uid, "crm.lead", "write", args, **about)
        if what == "pool":
            args = [[lead_id]]
            return self._call(
                "pool", uid, "crm.lead", "action_release_to_pool", args, lead=lead_id
            )
        if what == "stale":
            self.inside(self._make_stale)
            return True
        if what == "merge":
            other = self._some("crm.lead", [("id", "!=", lead_id)])
            if not other:
                return False
            args = [[lead_id, other]]
            return self._call(
                "merge", uid, "crm.lead", "merge_opportunity", args, leads=args[0]
            )
        run_id = self._some("lead.distribution.run", [])
        if not run_id:
            return False
        args = [[run_id]]
        return self._call("undo", uid, "lead.distribution.run", "action_undo", args)

    def _make_stale(self, env):
        env.cr.execute(
            """UPDATE crm_lead
                  SET distribution_idle_since = now() - interval '2 hours'
                WHERE id IN (SELECT id FROM crm_lead WHERE user_id IS NOT NULL
                              ORDER BY id DESC LIMIT 5 FOR UPDATE SKIP LOCKED)"""
        )
        env.cr.commit()

    # afterwards -----------------------------------------------------------------

    def _until_done(self, work):
        """Do some work, again with a new connection where the server was restarted.

        :returns: what it returns
        """
        for left in reversed(range(TRIES)):
            try:
                return work()
            except psycopg2.Error:
                if not left:
                    raise
                self._reconnect()

    def do_settle(self):
        """Let what is pending end, as the schedule would."""
        self._until_done(self.do_distribute)
        self._until_done(lambda: self.inside(self._expire_offers))

    def do_next_day(self, users):
        """Let some users have had no leads today, for the limits of the next history.

        :returns: the newest lead's id
        """

        def turn(env):
            env.cr.execute(
                """UPDATE lead_distribution_assignment
                      SET date = date - interval '2 days'
                    WHERE user_id = ANY(%s) AND date > now() - interval '1 day'""",
                [users],
            )
            env.cr.execute("SELECT max(id) FROM crm_lead")
            (newest,) = env.cr.fetchone()
            env.cr.commit()
            return newest or 0

        return self._until_done(lambda: self.inside(turn))

    def do_batch(self, count):
        """Leads for the route that assigns, at once, after the storm."""

        def make(env):
            leads = env["crm.lead"].create(
                [
                    {"name": f"After {n}", "email_from": f"after{n}@storm.example.com"}
                    for n in range(count)
                ]
            )
            env.cr.commit()
            return leads.ids

        return self.inside(make)


if __name__ == "__main__":
    worker.main(Client)
