"""Odoos of their own, told by lines of JSON on a socket what to do next.

The processes of the tests beside this file: connections, caches and what a test
changes in them are their own. Each command ``{"do": NAME, ...}`` gets one answer,
``{"result": ...}`` or ``{"error": type, "message": text}``. A held process answers
``{"held": METHOD}`` in between and goes on with ``{"do": "go"}``.

Odoo takes seconds to load, so it is loaded once: this program forks a process for each
database, which loads the registry and forks the workers, each when asked for on the
socket that it was given. Connections are never inherited.
"""

import functools
import importlib
import itertools
import json
import logging
import os
import random
import signal
import socket
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

import dataset  # noqa: E402

import odoo.cli  # noqa: E402, F401  prepares the package before anything else of it
from odoo import SUPERUSER_ID, api, sql_db  # noqa: E402
from odoo.modules.registry import Registry  # noqa: E402
from odoo.service import model as remote  # noqa: E402
from odoo.tools import config  # noqa: E402

#: how long a process that was not lucky waits before it asks for work again
PAUSE = 0.02


CHANNEL = {}


def say(answer):
    CHANNEL["write"].write(json.dumps(answer, default=str) + "\n")
    CHANNEL["write"].flush()


def listen():
    line = CHANNEL["read"].readline()
    return json.loads(line) if line else None


class Worker:
    def __init__(self, database):
        self.database = database
        # loaded before the fork, unless modules have changed since
        self.registry = Registry(database).check_signaling()
        self.blocks = None  # the product's bounds of a block, once a test changed them

    def inside(self, function, uid=SUPERUSER_ID):
        with self.registry.cursor() as cr:
            return function(api.Environment(cr, uid, {}))

    def do_automation(self):
        """Both examples of the manual, with Odoo's own Automation Rules: a tag, and
        some time after creation.

        :returns: ``{what: who has the lead}``
        """

        def make(env):
            group = env.ref("sales_team.group_sale_salesman").id
            users = env["res.users"].create(
                [
                    {"name": name, "login": name, "group_ids": [(4, group)]}
                    for name in ("anna", "boris", "clara")
                ]
            )
            anna, boris, clara = users
            env.company.lead_distribution_mode = "immediate"
            env["lead.distribution.route"].search([]).active = False
            route = env["lead.distribution.route"].create(
                {
                    "name": "Urgent",
                    "domain": "[('name', '=', 'Nothing')]",
                    "member_ids": [(0, 0, {"user_id": boris.id})],
                }
            )
            rule = env["lead.distribution.rule"].create(
                {
                    "name": "Evening",
                    "active": True,
                    "delay_number": 90,
                    "member_ids": [(0, 0, {"user_id": clara.id})],
                }
            )
            tag = env["crm.tag"].create({"name": "Urgent"})
            model = env["ir.model"]._get("crm.lead")

            def automate(name, action, **values):
                env["base.automation"].create(
                    {
                        "name": name,
                        "model_id": model.id,
                        "action_server_ids": [
                            (
                                0,
                                0,
                                {
                                    "name": name,
                                    "model_id": model.id,
                                    "state": "lead_distribute",
                                    "usage": "base_automation",
                                    **action,
                                },
                            )
                        ],
                        **values,
                    }
                )

            automate(
                "A tag",
                {
                    "lead_distribute_through": "route",
                    "lead_distribution_route_id": route.id,
                },
                trigger="on_tag_set",
                trg_field_ref=tag.id,
            )
            automate(
                "An hour later",
                {
                    "lead_distribute_through": "rule",
                    "lead_distribution_rule_id": rule.id,
                },
                trigger="on_time_created",
                trg_date_range=1,
                trg_date_range_type="hour",
                filter_domain="[('user_id', '=', False)]",
            )
            leads = env["crm.lead"].create(
                [
                    {"name": "Tagged", "type": "lead", "user_id": anna.id},
                    {"name": "Left alone", "type": "lead"},
                ]
            )
            env.flush_all()
            env.cr.execute(
                "UPDATE crm_lead SET create_date = now() - interval '2 hours' "
                "WHERE id = %s",
                [leads[1].id],
            )
            env.cr.commit()
            return anna.id, tag.id, leads.ids

        def run(env):
            env["base.automation"]._cron_process_time_based_actions()
            env.cr.commit()
            return {
                lead.name: [
                    lead.user_id.login,
                    lead.distribution_assignment_ids.sorted("id")[-1:].trigger,
                ]
                for lead in env["crm.lead"].browse(lead_ids)
            }

        anna_id, tag_id, lead_ids = self.inside(make)
        # a salesperson's request, with no right to distribute
        self.do_call(
            anna_id, "crm.lead", "write", [lead_ids[:1], {"tag_ids": [[4, tag_id]]}]
        )
        return self.inside(run)

    def do_time_off(self):
        """A salesperson with an employee asks for time off through Time Off itself.

        :returns: ``{step: who got the lead, or None}``
        """

        def play(env):
            from datetime import datetime, timedelta

            company = env.company
            company.lead_distribution_mode = "immediate"
            users = env["res.users"].create(
                [
                    {
                        "name": name,
                        "login": name,
                        "email": f"{name}@off.test",
                        "group_ids": [
                            (4, env.ref("sales_team.group_sale_salesman").id)
                        ],
                    }
                    for name in ("anna", "boris")
                ]
            )
            employee = env["hr.employee"].create(
                {"name": "anna", "user_id": users[0].id}
            )
            env["lead.distribution.route"].search([]).active = False
            env["lead.distribution.route"].create(
                {
                    "name": "Only",
                    "strategy": "round_robin",
                    "member_ids": [(0, 0, {"user_id": user.id}) for user in users],
                }
            )
            kind = env["hr.leave.type"].create(
                {
                    "name": "Holiday",
                    "requires_allocation": False,
                    "leave_validation_type": "hr",
                }
            )
            # a working day, whenever this runs
            today = datetime.now().date()
            monday = today - timedelta(days=today.weekday())
            leave = env["hr.leave"].create(
                {
                    "name": "Beach",
                    "employee_id": employee.id,
                    "holiday_status_id": kind.id,
                    "request_date_from": monday,
                    "request_date_to": monday + timedelta(days=4),
                }
            )
            at = datetime.combine(monday + timedelta(days=2), datetime.min.time())
            at += timedelta(hours=10)

            def away():
                env.flush_all()
                return users[0].id in users._lead_absent_at(at)

            found = {"asked": away()}
            leave.action_approve()
            if leave.state != "validate":
                leave.action_validate()
            found["validated"] = away()
            lead = env["crm.lead"].create({"name": "x", "email_from": "o@o.test"})
            rows = env["lead.distribution"]._distribute(lead, "button", at=at)
            found["lead"] = (rows.user_id or lead.user_id).name
            leave.action_refuse()
            found["refused"] = away()
            return found

        return self.inside(play)

    # preparing ------------------------------------------------------------------

    def do_seed(self, leads, people, routes):
        """Pending leads, and routes that place them all."""

        def seed(env):
            users, teams = dataset.make_salespeople(env, people, capacity=300)
            dataset.make_leads(env, leads, users)
            dataset.make_routes(env, users, teams, routes)
            env.cr.execute("UPDATE crm_lead SET distribution_state = 'pending'")
            manager = env["res.users"].create(
                {
                    "name": "Manager",
                    "login": "the_manager",
                    "group_ids": [
                        (4, env.ref("sales_team.group_sale_manager").id),
                        (4, env.ref("lead_distribution.group_manager").id),
                    ],
                }
            )
            return {"users": users.ids, "manager": manager.id}

        return self.inside(seed)

    def do_companies(self, companies, people, leads):
        """Companies with salespeople, a route and pending leads each.

        :returns: ids of the companies
        """

        def seed(env):
            ids = []
            for number in range(companies):
                company = dataset.make_house(
                    env, number, people, strategy="round_robin"
                )
                made = env["crm.lead"].with_context(tracking_disable=True)
                made.create(
                    [
                        {
                            "name": f"Lead {number} {each}",
                            "email_from": f"person{each}@customers{number}.test",
                            "company_id": company.id,
                            "type": "lead",
                        }
                        for each in range(leads)
                    ]
                )
                ids.append(company.id)
            env.cr.commit()
            return ids

        return self.inside(seed)

    def do_queue_pending(self):
        """The schedule, where it only queues jobs."""

        def queue(env):
            env["lead.distribution"]._cron_distribute_pending()
            env.cr.commit()

        return self.inside(queue)

    def do_distribute_companies(self, company_ids):
        """Distribute what is pending, block by block, without any queue.

        :returns: how many leads
        """

        def place(env):
            companies = env["res.company"].browse(company_ids)
            return sum(dataset.distribute(env, company) for company in companies)

        return self.inside(place)

    def do_blocks(self, size=None):
        """Small blocks, so that processes meet more often; as they are without one."""
        pending = sys.modules["odoo.addons.lead_distribution.models.pipeline.pending"]
        if not self.blocks:
            self.blocks = pending.SMALLEST_BLOCK, pending.LARGEST_BLOCK
        sizes = (size, size) if size else self.blocks
        pending.SMALLEST_BLOCK, pending.LARGEST_BLOCK = sizes

    def do_hold(self, at, after=False, passes=0):
        """Stop once where the service's ``at`` is called (or returns, with ``after``),
        some ``passes`` let through first: in the middle of the transaction, with all
        that was written sent to PostgreSQL."""
        steps = (m for m in self.registry if m.startswith("lead.distribution"))
        cls = next(
            self.registry[model]
            for model in sorted(steps)
            if self.registry[model]._abstract and hasattr(self.registry[model], at)
        )
        original = getattr(cls, at)
        function = getattr(original, "__func__", original)

        def held(records, *args, **kwargs):
            nonlocal passes
            passes -= 1
            if passes >= 0:
                return function(records, *args, **kwargs)
            if not after:
                stop(records)
            result = function(records, *args, **kwargs)
            if after:
                stop(records)
            return result

        def stop(records):
            setattr(cls, at, original)
            records.env.flush_all()
            say({"held": at})
            listen()

        held._api_model = getattr(original, "_api_model", False)
        setattr(cls, at, held)

    # working --------------------------------------------------------------------

    def do_distribute(self, seconds=PAUSE, turns=None):
        """The schedule's own method as the scheduler calls it, again and again, until
        nothing is pending.

        :param seconds: that it has each time; next to none makes one block a call
        :param turns: how often at most
        :returns: how many leads this process placed
        """
        placed = 0
        for turn in itertools.count(1):
            before, left = self.inside(lambda env: self.turn(env, seconds))
            placed += before
            if not left or turn == turns:
                return placed
            time.sleep(PAUSE)

    def scheduled(self, env, model, name, seconds):
        """Run a schedule as the scheduler does.

        :param seconds: the time it has
        :returns: its ``ir.cron.progress``
        """
        cron = env.ref(f"lead_distribution.ir_cron_{name}")
        progress = env["ir.cron.progress"].create({"cron_id": cron.id})
        env.cr.commit()
        step = env[model].with_context(
            ir_cron_progress_id=progress.id,
            cron_id=cron.id,
            cron_end_time=time.monotonic() + seconds,
        )
        getattr(step, f"_cron_{name}")()
        env.cr.commit()
        return progress

    def turn(self, env, seconds):
        progress = self.scheduled(
            env, "lead.distribution", "distribute_pending", seconds
        )
        progress.invalidate_recordset()
        return progress.done, env["lead.distribution"]._pending_count()

    def do_call(self, uid, model, method, args, kwargs=None):
        """A remote call of a user, tried again after conflicts as Odoo does it."""
        with self.registry.cursor() as cr:
            return remote.execute_cr(cr, uid, model, method, args, kwargs or {})

    def do_arrive(self, **values):
        """A lead comes in.

        :returns: its salesperson's login
        """

        def create(env):
            values.setdefault("name", "Inquiry")
            return env["crm.lead"].create(values).user_id.login

        return self.inside(create)

    def do_life_of_leads(self):
        """Leads come in, change hands, are claimed and merged.

        :returns: ``{step: login, or how many}``
        """

        def play(env):
            env.company.lead_distribution_mode = "immediate"
            users = env["res.users"].create(
                [
                    {
                        "name": name.capitalize(),
                        "login": name,
                        "email": f"{name}@life.test",
                        "group_ids": [
                            (4, env.ref("sales_team.group_sale_salesman").id)
                        ],
                    }
                    for name in ("anna", "boris")
                ]
            )
            anna, boris = users
            env["lead.distribution.route"].search([]).active = False
            env["lead.distribution.route"].create(
                {
                    "name": "Both",
                    "strategy": "round_robin",
                    "member_ids": [(0, 0, {"user_id": user.id}) for user in users],
                }
            )
            leads = env["crm.lead"]
            for number in range(3):
                leads += leads.create(
                    {
                        "name": f"Inquiry {number}",
                        "contact_name": f"Person {number}",
                        "email_from": f"person{number}@customers.test",
                    }
                )
            env.cr.commit()
            first, second, third = leads
            found = {"arrived": [lead.user_id.login for lead in leads]}
            again = leads.create(
                {
                    "name": "And once more",
                    "contact_name": "Person 0",
                    "email_from": "person0@customers.test",
                }
            )
            found["known again"] = again.user_id.login
            third.with_user(anna).user_id = boris
            found["by hand"] = third.user_id.login
            env.cr.commit()
            second.with_user(boris).action_release_to_pool()
            env.cr.commit()
            second.with_user(anna).action_claim()
            found["claimed"] = second.user_id.login
            env.cr.commit()
            merge = env["lead.distribution.merge"]
            found["merged"] = merge._merge_into(first.id, again.ids)
            found["units"] = {
                user.login: int(user.with_company(env.company).lead_workload_units)
                for user in users
            }
            return found

        return self.inside(play)

    def do_claim_all(self, uid, lead_ids):
        """Claim one lead after the other, a request each.

        :returns: for each, True or the type and text of the error
        """
        answers = []
        for lead_id in lead_ids:
            try:
                answers.append(
                    self.do_call(uid, "crm.lead", "action_claim", [[lead_id]])
                )
            except Exception as error:
                answers.append([type(error).__name__, str(error)])
        return answers

    def do_offer_all(self, lead_ids, user_ids):
        """The leads are offered to all of these at once."""

        def offer(env):
            env["lead.distribution.route"].search([]).active = False
            route = env["lead.distribution.route"].create(
                {
                    "name": "First to claim",
                    "delivery": "offer_all",
                    "member_ids": [
                        (0, 0, {"user_id": user_id}) for user_id in user_ids
                    ],
                }
            )
            leads = env["crm.lead"].browse(lead_ids)
            env["lead.distribution"]._distribute(leads, "button")
            env.cr.commit()
            return route.id

        return self.inside(offer)

    def do_department_tasks(self, lead_ids, user_ids):
        """A task on each lead for a department of these users.

        :returns: the ids of the tasks
        """

        def start(env):
            team = env["crm.team"].create(
                {"name": "Department", "member_ids": [(6, 0, user_ids)]}
            )
            tasks = env["mail.activity"].create(
                [
                    {
                        "res_model_id": env["ir.model"]._get_id("crm.lead"),
                        "res_id": lead_id,
                        "user_id": False,
                        "lead_team_id": team.id,
                    }
                    for lead_id in lead_ids
                ]
            )
            env.cr.commit()
            return tasks.ids

        return self.inside(start)

    def do_hand(self, uid, lead_ids, user_id):
        """The salesperson of each lead changed by hand, a request each."""
        errors = []
        for lead_id in lead_ids:
            try:
                self.do_call(
                    uid, "crm.lead", "write", [[lead_id], {"user_id": user_id}]
                )
            except Exception as error:
                errors.append(f"lead {lead_id}: {type(error).__name__}: {error}")
        return errors

    def do_rules(self):
        """A rule that hands what was not touched for an hour to everybody, and leads
        of which half are neglected.

        :returns: ids of the leads
        """

        def make(env):
            users = env["res.users"].search([("login", "=like", "sales%")], limit=20)
            users = (
                users or env["lead.distribution.route"].search([]).member_ids.user_id
            )
            env["lead.distribution.rule"].create(
                {
                    "name": "Neglected",
                    "active": True,
                    "delay_number": 1,
                    "delay_unit": "hours",
                    "max_moves": 50,
                    "member_ids": [(0, 0, {"user_id": user.id}) for user in users],
                }
            )
            env.company.lead_rule_confirm_above = 0
            env.flush_all()
            env.cr.execute(
                """UPDATE crm_lead
                      SET distribution_idle_since = now() - interval '2 hours'
                    WHERE user_id IS NOT NULL AND id % 2 = 0"""
            )
            env.cr.commit()
            return env["crm.lead"].search([("user_id", "!=", False)]).ids

        return self.inside(make)

    def do_apply_rules(self, turns):
        """The rules as the scheduler runs them, some times over.

        :returns: errors
        """
        errors = []
        for _turn in range(turns):
            try:
                self.inside(self.rules_turn)
            except Exception:
                errors.append(traceback.format_exc())
            time.sleep(PAUSE)
        return errors

    def rules_turn(self, env):
        self.scheduled(env, "lead.distribution.rule.runner", "apply_rules", 10)

    def do_notes(self, lead_ids):
        """The salesperson of each lead writes a note, a request each.

        :returns: errors
        """
        errors = []
        for lead_id in lead_ids:

            def owner(env, lead_id=lead_id):
                return env["crm.lead"].browse(lead_id).user_id.id

            try:
                self.do_call(
                    self.inside(owner),
                    "crm.lead",
                    "message_post",
                    [[lead_id]],
                    {"body": f"On it, {os.getpid()}", "message_type": "comment"},
                )
            except Exception as error:
                # whose it is not any more may be refused, and nothing else
                errors.append([type(error).__name__, str(error)])
        return errors

    # a state to begin with ------------------------------------------------------

    def do_group(self, user_ids, group):
        """Give users one more right."""

        def grant(env):
            env.ref(group).write({"user_ids": [(4, user_id) for user_id in user_ids]})
            env.cr.commit()

        return self.inside(grant)

    def do_pool(self, lead_ids):
        """Leads that are given back, then found by nobody."""

        def release(env):
            env["crm.lead"].browse(lead_ids).action_release_to_pool()
            env.cr.commit()

        return self.inside(release)

    # uninstalling ---------------------------------------------------------------

    def do_uninstall(self):
        def uninstall(env):
            module = env["ir.module.module"].search(
                [("name", "=", "lead_distribution")]
            )
            module.button_immediate_uninstall()
            env.cr.commit()

        return self.inside(uninstall)

    def do_core(self):
        """A lead is created, and Odoo's own assignment gives it to somebody.

        :returns: states of the lead's life
        """

        def live(env):
            env["ir.config_parameter"].set_param("crm.lead.auto.assignment", "True")
            lead = env["crm.lead"].create(
                {"name": "After", "user_id": False, "team_id": False}
            )
            env.cr.execute(
                """UPDATE crm_lead
                      SET create_date = create_date - interval '1 minute'
                    WHERE id = %s""",
                [lead.id],
            )
            env.cr.commit()
            teams = env["crm.team"].search([("name", "=like", "Team %")])
            teams._action_assign_leads(force_quota=True)
            lead.invalidate_recordset()
            lead.message_post(body="Still alive")
            found = bool(lead.user_id), lead.team_id in teams
            lead.unlink()
            return found

        return self.inside(live)


def work(channel, database, kind=Worker):
    """Do what is asked for until nobody asks any more.

    :param kind: the class whose ``do_...`` methods are the commands
    """
    random.seed()
    CHANNEL.update(read=channel.makefile("r"), write=channel.makefile("w"))
    worker = kind(database)
    say({"result": os.getpid()})
    while command := listen():
        name = command.pop("do")
        try:
            answer = {"result": getattr(worker, f"do_{name}")(**command)}
        except Exception as error:
            logging.getLogger(__name__).info("%s failed", name, exc_info=True)
            answer = {"error": type(error).__name__, "message": str(error)}
        say(answer)


def serve_database(channel, database, kind=Worker):
    """Load a database's registry, then fork workers of it."""
    config["db_name"] = [database]
    Registry(database)
    sql_db.close_all()
    sql_db._Pool = None
    serve(channel, functools.partial(work, kind=kind))


def serve(channel, task):
    """Fork a process for each socket that arrives, with the database's name.

    :param task: what it does, with socket and name
    """
    # Nobody waits for them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        name, handles, _flags, _address = socket.recv_fds(channel, 200, 1)
        if not handles:
            return
        if not os.fork():
            channel.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            try:
                task(socket.socket(fileno=handles[0]), name.decode())
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(0)
        os.close(handles[0])


def main(kind=Worker):
    config.parse_config(["--no-http", "--log-level=warn"], setup_logging=True)
    logging.getLogger("odoo").setLevel(logging.WARNING)
    importlib.import_module("odoo.addons.lead_distribution")
    channel = socket.socket(fileno=int(sys.argv[1]))
    serve(channel, functools.partial(serve_database, kind=kind))


if __name__ == "__main__":
    main()
