"""The world of the table of ways and consequences: two companies, routes that do all
that a route can do, and salespeople who see their own documents only."""

import gc
import json
import sys
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import configure, freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tools import html2plaintext

from .common import DistributionCase

# the runner measures its own time
configure(extend_ignore_list=["_pytest.timing"])

OWN = "sales_team.group_sale_salesman"
ALL = "sales_team.group_sale_salesman_all_leads"
MANAGER = "lead_distribution.group_manager"
UNLINK = "lead_distribution.group_unlink_customer"

#: the evening before, and the moment of the way: another day and another month
BEFORE = datetime(2026, 3, 31, 18)
NOW = datetime(2026, 4, 1, 9)
DAY_AFTER = datetime(2026, 4, 2, 7)

#: what a person must be able to read to work on a lead
NEEDED = {"name": {}, "contact_name": {}, "email_from": {}, "phone": {}}
SCREEN = {"name": {}, "user_id": {"fields": {"display_name": {}}}, "stage_id": {}}

#: names of those who may have a lead, in their order on the routes
PEOPLE = ("anna", "boris", "clara", "dario", "elena")

COMPANY_ADDRESS = "office@house.test"
ROUTE_ADDRESS = "desk@house.test"


class PathsCase(DistributionCase):
    """What a way is given: people, routes, a customer, a clock, and remote calls."""

    one_transaction = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the registry is no garbage: to look through it takes a tenth of the time
        gc.freeze()
        cls.addClassCleanup(gc.unfreeze)
        cls.clock = cls.startClassPatcher(freeze_time(NOW - timedelta(hours=2)))
        cls.cr._now = NOW - timedelta(hours=2)
        cls.env["lead.distribution.rule"].search([]).active = False
        cls._set_up_people()
        cls._set_up_customers()
        cls._set_up_routes()
        cls._set_up_tasks()
        cls._set_up_loads()

    @classmethod
    def _set_up_people(cls):
        found = {
            "dario": OWN,  # like anna, boris and clara
            "elena": OWN,
            "leo": OWN,  # at a limit
            "nora": OWN,  # with a target of 0
            "lena": OWN,  # leads the team
            "rita": OWN,  # is responsible for the routes
            "carl": OWN,  # has a task on a colleague's lead
            "dora": OWN,  # works in the department
            "sven": OWN,  # has nothing to do with any of it
            "robo": OWN,  # the mailbox and the portals' user
            "mona": f"{OWN},{MANAGER}",
            "mila": f"{ALL},{MANAGER}",
            "alma": ALL,
            "ada": "base.group_erp_manager,sales_team.group_sale_manager",
            "otto": ALL,  # of the other company
        }
        companies = {"otto": cls.company_2}
        users = cls.env["res.users"].create(
            [
                {
                    "login": f"paths_{name}",
                    "name": name.capitalize(),
                    "email": f"{name}@sales.test",
                    "company_id": companies.get(name, cls.company).id,
                    "company_ids": [Command.set(companies.get(name, cls.company).ids)],
                    "group_ids": [
                        Command.set([cls.env.ref(x).id for x in groups.split(",")])
                    ],
                }
                for name, groups in found.items()
            ]
        )
        for name, user in zip(found, users, strict=True):
            setattr(cls, name, user)
        cls.team.write({"user_id": cls.lena.id})
        cls.team.member_ids |= cls.dario | cls.elena | cls.leo | cls.nora
        cls.watcher = cls.env["res.partner"].create(
            {"name": "Watcher of the team", "email": "watcher@house.test"}
        )
        cls.watch(cls.team)
        cls.company.write(
            {
                "lead_distribution_intake_user_ids": [Command.set(cls.robo.ids)],
                "lead_distribution_manager_id": cls.mona.id,
                "lead_distribution_fallback_email": COMPANY_ADDRESS,
                "lead_distribution_tracking": "each",
                "lead_follow_up_next": 0,
            }
        )
        cls.leo.lead_max_open = 1
        cls.nora.write({"lead_target_mode": "individual", "lead_target": 0})

    @classmethod
    def watch(cls, team):
        """Let the watcher follow a team, with all that it tells of its leads."""
        kinds = cls.env["mail.message.subtype"].search(
            [("res_model", "in", ["crm.team", False])]
        )
        team.message_subscribe(cls.watcher.ids, kinds.ids)

    @classmethod
    def _set_up_customers(cls):
        cls.customer, cls.other_customer = cls.env["res.partner"].create(
            [
                {
                    "name": "Cora Customer",
                    "email": "cora@customers.test",
                    "phone": "+48 22 555 01 00",
                },
                {
                    "name": "Oskar Other",
                    "email": "oskar@customers.test",
                    "user_id": cls.clara.id,
                },
            ]
        )
        cls.listing = cls.env["lead.distribution.listing"].create(
            {
                "name": "House at the lake",
                "contact_ids": [
                    Command.set(cls.people((*PEOPLE[1:], "leo", "nora")).partner_id.ids)
                ],
                "user_id": cls.rita.id,
            }
        )

    @classmethod
    def _set_up_routes(cls):
        cls.route_tag, cls.rule_tag = cls.env["crm.tag"].create(
            [{"name": "By the route"}, {"name": "By the rule"}]
        )
        cls.route_mail, cls.rule_mail = cls.env["mail.template"].create(
            [
                {
                    "name": name,
                    "model_id": cls.env["ir.model"]._get_id("crm.lead"),
                    "subject": f"{name}: {{{{ object.name }}}}",
                    "body_html": "<p>Please call.</p>",
                }
                for name in ("Route's own letter", "Rule's own letter")
            ]
        )
        cls.assigning = cls._full_route("Assigning")
        cls.offering = cls._full_route("Offering", delivery="offer")
        cls.racing = cls._full_route("Racing", delivery="offer_all")
        cls.listed = cls._full_route("Listed", pool_source="listing", sequence=1)
        cls.elsewhere = cls._full_route("Elsewhere", delivery="offer")
        cls.closed = cls._route(
            name="Closed for good",
            pool_source="user",
            user_id=cls.clara.id,
            date_to="2026-01-31",
            sequence=99,
        )
        cls.routes = (
            cls.assigning | cls.offering | cls.racing | cls.listed | cls.elsewhere
        )
        cls._route(cls.otto, name="Second House", company_id=cls.company_2.id)

    @classmethod
    def _full_route(cls, name, **values):
        """A route for the leads of a source of its own, with all that it can do."""
        source = cls.env["utm.source"].create({"name": f"Source {name}"})
        users = cls.people((*PEOPLE, "leo", "nora"))
        return cls._route(
            users if values.get("pool_source") != "listing" else None,
            name=name,
            domain=f"[('source_id', '=', {source.id})]",
            **{
                "strategy": "round_robin",
                "offer_minutes": 3 * 24 * 60,
                "activity_type_id": cls.call.id,
                "tag_ids": [Command.set(cls.route_tag.ids)],
                "mail_template_id": cls.route_mail.id,
                "contact_owner_policy": "if_empty",
                "fallback_email": ROUTE_ADDRESS,
                "responsible_id": cls.rita.id,
                **values,
            },
        )

    @classmethod
    def _set_up_tasks(cls):
        cls.visit = cls.env["mail.activity.type"].create({"name": "Visit of Test"})
        cls.done, cls.again = cls.env["lead.activity.outcome"].create(
            [
                {
                    "name": name,
                    "activity_type_id": cls.visit.id,
                    "redistribute": redistribute,
                }
                for name, redistribute in (("Done", "no"), ("Not for me", "routes"))
            ]
        )
        cls.department = cls.env["crm.team"].create(
            {
                "name": "Back Office",
                "company_id": cls.company.id,
                "member_ids": [Command.set(cls.dora.ids)],
            }
        )
        cls.task_actions = cls.env["ir.actions.server"].create(
            [
                {
                    "name": values["lead_task_summary"],
                    "model_id": cls.env["ir.model"]._get_id("crm.lead"),
                    "state": "lead_task",
                    "lead_task_type_id": cls.visit.id,
                    **values,
                }
                for values in (
                    {
                        "lead_task_summary": "For the salesperson",
                        "lead_task_assignee": "owner",
                    },
                    {
                        "lead_task_summary": "For a colleague",
                        "lead_task_assignee": "user",
                        "lead_task_user_id": cls.carl.id,
                    },
                    {
                        "lead_task_summary": "For the department",
                        "lead_task_assignee": "team",
                        "lead_task_team_id": cls.department.id,
                    },
                )
            ]
        )

    @classmethod
    def _set_up_loads(cls):
        """Everybody has one open lead, taken today; and one open offer."""
        leads = cls._lead(len(PEOPLE) + 1, name="Today's")
        for lead, user in zip(leads, cls.people((*PEOPLE, "leo")), strict=True):
            lead.user_id = user
        cls._lead(
            len(PEOPLE), name="Offered elsewhere", source_id=cls._source("elsewhere")
        )
        cls.env.flush_all()
        cls.cr.precommit.run()

    @classmethod
    def _source(cls, route):
        """:returns: id of the source whose leads the route of this name takes"""
        name = f"Source {route.capitalize()}"
        return cls.env["utm.source"].search([("name", "=", name)]).id

    def setUp(self):
        super().setUp()
        self.lead = self.leads = self.env["crm.lead"]
        self.contact = self.customer
        self.refused = None

    # what ways do with it --------------------------------------------------

    def go_to(self, moment):
        """Turn the clock, the database's included."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.clock.move_to(moment)
        self.cr._now = moment

    @contextmanager
    def undone(self):
        """Whatever happens within has not happened."""
        sequences = dict(self.registry.cache_sequences)
        self.registry.cache_invalidated.clear()
        savepoint = self.cr.savepoint(flush=True)
        try:
            yield
        finally:
            self.cr.clear()
            savepoint.close(rollback=True)
            if (
                self.registry.cache_invalidated
                or self.registry.cache_sequences != sequences
            ):
                self.registry.clear_cache()
                self.registry.cache_invalidated.clear()

    def rpc(self, user, model, method, *args, **context):
        """Call a method as the web client or a script of this user does."""
        env = self.env(
            user=user,
            context={
                "lang": "en_US",
                "tz": "Europe/Warsaw",
                "allowed_company_ids": user.company_ids.ids,
                **context,
            },
        )
        kwargs = {"context": dict(env.context)}
        with self.cr.savepoint():  # a call that is refused leaves nothing behind
            result = call_kw(env[model], method, list(args), kwargs)
            env.flush_all()
        return result

    def inquiry(self, route="assigning", **values):
        """:returns: values of a lead as a portal sends them, for a route"""
        return {
            "name": "Flat at the lake",
            "type": "lead",
            "contact_name": "Cora Customer",
            "email_from": "cora@customers.test",
            "phone": "+48 22 555 01 00",
            "source_id": self._source(route),
            "team_id": self.team.id,
            **values,
        }

    def arrives(self, route="assigning", user=None, **values):
        """A lead made by a script, of the intake user where no other is named."""
        values = self.inquiry(route, **values)
        lead_id = self.rpc(user or self.robo, "crm.lead", "create", values)
        self.lead = self.lead_of(lead_id)
        return self.lead

    def lead_of(self, lead_id):
        return self.env["crm.lead"].browse(lead_id)

    def mail_comes_in(self):
        """:returns: the lead that the mail server made, of the mailbox's user"""
        raw = (
            "From: Cora Customer <cora@customers.test>\nTo: leads@house.test\n"
            "Subject: Flat at the lake\nMessage-Id: <paths@customers.test>\n\n"
            "Call me: +48 22 555 01 00\n"
        )
        values = self.inquiry(user_id=self.robo.id)
        for name in ("name", "email_from"):
            del values[name]
        return self.lead_of(
            self.env["mail.thread"].message_process(
                "crm.lead", raw, custom_values=values
            )
        )

    def other_offers(self, user):
        """Let somebody have an open offer of another lead: the one of the morning, or,
        where that went on meanwhile, one of a customer of theirs.

        :returns: how many such offers there are
        """
        Assignment = self.env["lead.distribution.assignment"]
        offers = [
            ("user_id", "=", user.id),
            ("state", "=", "offered"),
            ("lead_id", "!=", self.lead.id),
        ]
        if not Assignment.search_count(offers):
            address = f"{user.name}.known@customers.test"
            self.env["res.partner"].create(
                {"name": "Kai Known", "email": address, "user_id": user.id}
            )
            self._lead(
                name="Offered to a known advisor",
                contact_name="Kai Known",
                email_from=address,
                source_id=self._source("elsewhere"),
            )
        count = Assignment.search_count(offers)
        self.assertTrue(count)
        return count

    def rule(self, users=(), **values):
        """A rule for the neglected, of a month."""
        values = {
            "name": "Neglected",
            "active": True,
            "delay_number": 20,
            "target_mode": "members",
            "member_ids": [Command.create({"user_id": user.id}) for user in users],
            "tag_ids": [Command.set(self.rule_tag.ids)],
            "mail_template_id": self.rule_mail.id,
            **values,
        }
        return self.env["lead.distribution.rule"].create(values)

    def run_action(self, user, **values):
        """Run a server action that distributes, from the Action menu of the lead."""
        action = self.env["ir.actions.server"].create(
            {
                "name": "Distribute",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "lead_distribute",
                **values,
            }
        )
        self.env.flush_all()
        action.with_env(self.env(user=user, context={})).with_context(
            allowed_company_ids=user.company_ids.ids,
            active_model="crm.lead",
            active_ids=self.lead.ids,
            active_id=self.lead.id,
        ).run()
        self.env.flush_all()

    def web_save(self, user, lead, values):
        """Save a form, a line of a list, a card that was dragged."""
        return self.rpc(user, "crm.lead", "web_save", lead.ids, values, SCREEN)

    def schedule(self, name="distribute_pending"):
        """Let one of our schedules run; what it commits is kept as long as the test."""
        service = self.env(context={})["lead.distribution"]
        self.cr.flush()
        with patch.object(self.cr, "commit", self.cr.flush):
            getattr(service, f"_cron_{name}")()
        self.cr.flush()
        self.env.invalidate_all()

    def start_tasks(self):
        """What processes and the salesperson planned for the lead."""
        self.task_actions.with_context(
            active_model="crm.lead", active_ids=self.lead.ids, active_id=self.lead.id
        ).run()
        self.rpc(
            self.lead.user_id,
            "mail.activity",
            "create",
            {
                "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                "res_id": self.lead.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                "summary": "For myself",
                "user_id": self.lead.user_id.id,
            },
        )

    def later(self):
        """What follows is another transaction, a second later."""
        self.go_to(self.cr._now + timedelta(seconds=1))

    def pause(self, *names, paused=True):
        self.people(names or PEOPLE).lead_distribution_paused = paused

    @classmethod
    def person(cls, name):
        return getattr(cls, name)

    @classmethod
    def people(cls, names):
        return cls.env["res.users"].union(*(cls.person(name) for name in names))

    def in_background_above(self, limit):
        """The button leaves more leads than that to the schedule."""
        for name, module in list(sys.modules.items()):
            if name.startswith("odoo.addons.lead_distribution.") and hasattr(
                module, "BUTTON_LIMIT"
            ):
                self.patch(module, "BUTTON_LIMIT", limit)

    # what is looked at afterwards ------------------------------------------

    def settle(self):
        """All that was to be told is told: nothing of it is news any more."""
        self.flush_tracking()
        self.schedule("send_mail")

    def mark(self):
        """Remember how things are before the way."""
        self.flush_tracking()
        self.units_before = self.units()
        self.contact_before = self.contact_owner()
        self.partners = {name: self.person(name).partner_id for name in PEOPLE}
        self.marks = {
            model: self.env[model].search([], order="id desc", limit=1).id
            for model in ("mail.message", "mail.mail", "mail.activity", "bus.bus")
        }

    def news(self, model, *domain):
        """:returns: records of a model made since :meth:`mark`"""
        return self.env[model].search([("id", ">", self.marks[model]), *domain])

    def units(self):
        """:returns: ``{name: units of the month before and of this one}``"""
        users = self.people(PEOPLE).exists().with_company(self.company)
        found = {}
        for moment in (BEFORE, NOW):
            self.go_to(moment)
            for user in users:
                found.setdefault(user.name.lower(), []).append(user.lead_workload_units)
        return found

    def contact_owner(self):
        """:returns: the salesperson of the contact that the way is about"""
        self.contact.invalidate_recordset(["user_id"])
        return self.contact.user_id

    def open_leads(self, user):
        """:returns: how many leads somebody has"""
        return self.env["crm.lead"].search_count([("user_id", "=", user.id)])

    def rows(self):
        return self._rows(self.lead)

    def open_tasks(self, *summaries):
        """:returns: open activities of the lead, all or those with these summaries"""
        tasks = self.env["mail.activity"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "=", self.lead.id)]
        )
        return tasks.filtered(lambda x: not summaries or x.summary in summaries)

    def mails_to(self, partner=None, address=None):
        """:returns: emails made since :meth:`mark` to a person, or to an address"""
        mails = self.news("mail.mail")
        if address:
            return mails.filtered(lambda mail: address in (mail.email_to or ""))
        return mails.filtered(lambda mail: partner in mail.recipient_ids)

    def notified(self, partner):
        """:returns: whether messages made since :meth:`mark` were sent to a person, in
        Odoo or by email"""
        return bool(
            self.env["mail.notification"].search_count(
                [
                    ("res_partner_id", "=", partner.id),
                    ("mail_message_id", ">", self.marks["mail.message"]),
                ]
            )
        )

    def rung(self, partner):
        """:returns: whether something popped up on a person's screen"""
        for line in self.news("bus.bus", ("channel", "like", "res.partner")):
            if json.loads(line.channel)[1:] == ["res.partner", partner.id]:
                kind = json.loads(line.message)["type"]
                if kind in ("simple_notification", "lead_distribution.offer"):
                    return True
        return False

    def reads(self, user, lead=None):
        """:returns: whether somebody can open the lead and reads what they need"""
        lead = lead or self.lead
        try:
            found = self.rpc(user, "crm.lead", "web_read", lead.ids, NEEDED)
        except AccessError:
            return False
        return all(found[0][name] == lead[name] for name in NEEDED)

    def explanation(self):
        """:returns: what the button "Why?" says to a manager, as plain text"""
        user = self.mila
        action = self.rpc(
            user, "crm.lead", "action_explain_distribution", self.lead.ids
        )
        found = self.rpc(
            user, action["res_model"], "read", [action["res_id"]], ["explanation"]
        )
        return html2plaintext(found[0]["explanation"] or "")
