"""Nobody learns from a filter, a name, a dialog or an explanation what is not theirs.

Everything is called the way a remote caller calls it, as the least privileged user."""

import re
from ast import literal_eval
from datetime import timedelta
from html import unescape
from itertools import product

import psycopg2
from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from ..models.core.lead_distribution_guard import is_ours
from ..tools.service_context import as_service
from .common import MANAGER, DistributionCase

#: in every name and text of the other company
SECRET = "Zyzzyva"
#: what a refusal may look like; whatever else is a fault
REFUSED = (UserError, ValueError, KeyError, TypeError, psycopg2.Error)
#: keys of a context that make names tell more
TELLING = {
    "show_email": True,
    "show_address": True,
    "show_vat": True,
    "partner_show_db_id": True,
    "formatted_display_name": True,
    "bin_size": True,
}


class SecurityRulesCase(DistributionCase):
    """Two companies, a salesperson and a manager in each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["lead.distribution.rule"].search([]).active = False
        two = {"company_id": cls.company_2.id}
        cls.anna_2 = cls._user("anna_2", **two)
        cls.manager_2 = cls._user("manager_2", MANAGER, **two)
        # who sets up the distribution, and sells nothing
        cls.planner = cls._user("planner", "lead_distribution.group_manager")
        cls.colleague = cls._user("colleague", "base.group_user")
        cls.customer = new_test_user(cls.env, "ld_portal", "base.group_portal")
        cls.company.lead_distribution_manager_id = cls.manager

    def _as(self, user, **context):
        """:returns: the environment of a request of that user"""
        self.env.flush_all()
        self.env.invalidate_all()
        context = {"lang": "en_US", **context}
        context["allowed_company_ids"] = user.company_ids.ids
        return self.env(user=user.id, su=False, context=context)

    def _rpc(self, user, model, method, *args, context=None, **kwargs):
        env = self._as(user, **(context or {}))
        return call_kw(env[model], method, args, {**kwargs, "context": env.context})

    def _try(self, user, model, method, *args, **kwargs):
        """:returns: what came back, or the error, as text; nothing is kept"""
        with self.env.cr.savepoint() as savepoint:
            try:
                found = repr(self._rpc(user, model, method, *args, **kwargs))
            except REFUSED as error:
                found = f"{type(error).__name__}: {error}"
            savepoint.rollback()
        self.env.invalidate_all()
        return found

    @classmethod
    def _rule(cls, users, **values):
        values.setdefault("name", "Neglected")
        values.setdefault("company_id", cls.company.id)
        values["member_ids"] = [Command.create({"user_id": user.id}) for user in users]
        return cls.env["lead.distribution.rule"].create(values)

    def _neglect(self, leads):
        leads.company_id.lead_follow_up_next = 0
        leads.write(
            {"distribution_idle_since": fields.Datetime.now() - timedelta(days=9)}
        )


@tagged("post_install", "-at_install")
class TestNewRulesAreOff(SecurityRulesCase):
    """Part 9, c."""

    def _apply(self):
        self._run_cron("ir_cron_apply_rules")

    def test_however_it_is_made(self):
        """Part 9, c: by a script, a file, or as a copy."""
        Rule = self.env["lead.distribution.rule"]
        made = self._rpc(self.manager, Rule._name, "create", {"name": "Made"})
        self.assertFalse(Rule.browse(made).active)
        found = self._rpc(self.manager, Rule._name, "load", ["name"], [["Imported"]])
        self.assertFalse(found["messages"])
        self.assertFalse(Rule.browse(found["ids"]).active)
        on = self._rule(self.boris, active=True)
        copied = self._rpc(self.manager, Rule._name, "copy", on.ids)
        self.assertFalse(Rule.browse(copied).active)
        self.assertEqual(on.status, "on")

    def test_to_look_at_it_switches_nothing_on(self):
        """Part 9, c: the button of a form that is not saved keeps the rule, which is
        off; neither then nor after a change does anything move before it is on."""
        lead = self._lead(user_id=self.anna.id)
        self._neglect(lead)
        model = "lead.distribution.rule"
        spec = {name: {} for name in ("name", "active", "entity", "kind", "domain")}
        spec["member_ids"] = {"fields": {"user_id": {}}}
        spec["would_move_count"] = {}
        values = self._rpc(self.manager, model, "onchange", [], {}, [], spec)["value"]
        self.assertFalse(values["active"])
        members = [Command.create({"user_id": self.boris.id})]
        kept = {"name": "Looked at", "member_ids": members}
        for name in ("active", "entity", "kind", "domain"):
            kept[name] = values[name]
        [saved] = self._rpc(self.manager, model, "web_save", [], kept, {})
        rule = self.env[model].browse(saved["id"])
        for change in ({}, {"delay_number": 2}, {"domain": "[('id', '!=', 0)]"}):
            if change:
                self._rpc(self.manager, model, "web_save", rule.ids, change, {})
            action = self._rpc(self.manager, model, "action_preview", rule.ids)
            self.assertEqual(action["domain"], [("id", "in", lead.ids)])
            self.assertEqual(rule.would_move_count, 1)
            self._apply()
            self.assertFalse(rule.active)
            self.assertEqual(lead.user_id, self.anna)
        self._rpc(self.manager, model, "web_save", rule.ids, {"active": True}, {})
        self._neglect(lead)  # what was before is read when the first one is on
        self._apply()
        self.assertEqual(lead.user_id, self.boris)

    def test_the_list_shows_both(self):
        """Part 9, c: rules that are off stand in the list, on a tab of their own."""
        action = self.env.ref("lead_distribution.lead_distribution_rule_action")
        self.assertFalse(literal_eval(action.context)["active_test"])
        view = self.env["lead.distribution.rule"].get_view(view_type="search")
        tabs = etree.fromstring(view["arch"]).xpath("//searchpanel/field/@name")
        self.assertEqual(tabs, ["status"])

    def test_buttons_keep_nothing_that_acts_at_once(self):
        """Part 9, c: a route or a process acts as soon as it is kept, so the form of
        one that is not has no button that would keep it. Walks their forms."""
        for model in ("lead.distribution.route", "lead.distribution.process"):
            self.assertTrue(self.env[model].default_get(["active"])["active"])
            view = self.env[model].get_view(view_type="form")
            form = etree.fromstring(view["arch"])
            for button in form.xpath("//button[@type='object']"):
                hidden = button.get("invisible", "")
                self.assertRegex(hidden, "not (id|backlog_count)", button.get("name"))


@tagged("post_install", "-at_install")
class TestFiltersAreNoOracles(SecurityRulesCase):
    """Part 9, 8."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["lead.distribution.absence"].create(
            {"user_id": cls.anna_2.id, "reason": f"{SECRET} clinic"}
        )
        cls.theirs = cls.env["crm.lead"].create(
            {
                "name": "Theirs",
                "email_from": f"{SECRET.lower()}@customers.test",
                "user_id": cls.anna_2.id,
                "company_id": cls.company_2.id,
            }
        )
        # a customer of both; emails are no secret there, Odoo hands them around
        cls.shared = cls.env["res.partner"].create({"name": "Shared"})
        cls.env["crm.lead"].create(
            {
                "name": "Theirs, too",
                "referred": SECRET,
                "user_id": cls.anna_2.id,
                "company_id": cls.company_2.id,
                "partner_id": cls.shared.id,
            }
        )
        cls.ours = cls._lead(user_id=cls.anna.id, partner_id=cls.shared.id)
        for lead in cls.theirs | cls.ours:
            lead.company_id.lead_follow_up_next = 0
            lead.distribution_idle_since = fields.Datetime.now() - timedelta(days=9)

    def _looked_at(self, user, domain, **values):
        """:returns: whatever a rule's form tells of a filter that is only tried"""
        model = "lead.distribution.rule"
        names = [
            name
            for name, field in self.env[model]._fields.items()
            if field.compute and field.type not in ("many2many", "one2many")
        ]
        values = {
            "name": "Tried",
            "entity": "lead",
            "kind": "no_follow_up",
            "delay_number": 1,
            "delay_unit": "days",
            "domain": domain,
            **values,
        }
        spec = {name: {} for name in names}
        # the entity is not among what changed: it would empty the filter
        found = self._try(user, model, "onchange", [], values, ["domain"], spec)
        return found.replace(domain, "")

    def test_unsaved_filters_tell_nothing(self):
        """Part 9, 8: right and wrong guesses look alike, of another company's email and
        of a reason of absence there, whoever asks and whichever company is written on
        the rule."""
        guesses = [
            (
                f"[('email_from', '=like', '{right}%')]",
                f"[('email_from', '=like', '{wrong}%')]",
            )
            for right, wrong in (("zyz", "abc"), ("zyzzyva@c", "zyzzyva@d"))
        ]
        path = "user_id.lead_absence_ids.reason"
        guesses.append((f"[('{path}', 'like', 'Zyz')]", f"[('{path}', 'like', 'Abc')]"))
        path = "partner_id.related_lead_ids.referred"
        guesses.append((f"[('{path}', 'like', 'Zyz')]", f"[('{path}', 'like', 'Abc')]"))
        for user, (right, wrong), company_id in product(
            (self.manager, self.planner),
            guesses,
            (False, self.company.id, self.company_2.id),
        ):
            found = [
                self._looked_at(user, domain, company_id=company_id)
                for domain in (right, wrong)
            ]
            # the filter of one's own, in words
            found = [
                re.sub(r"(zyz\w*|abc)(@[cd])?", "*", one, flags=re.I) for one in found
            ]
            self.assertEqual(*found)
            # it was looked at, or another company's name refused
            if company_id != self.company_2.id:
                self.assertIn("'summary'", found[0])
        # whose they are can tell the one from the other
        for right, wrong in guesses[:3]:
            found = [
                self._looked_at(self.manager_2, domain, company_id=self.company_2.id)
                for domain in (right, wrong)
            ]
            self.assertNotEqual(*found)

    def test_preview_lists_what_one_may_read(self):
        """Part 9, 8: a rule of all companies, kept by who works for all of them."""
        rule = self._rule(self.boris, company_id=False)
        model = rule._name
        for user, leads in ((self.manager, self.ours), (self.manager_2, self.theirs)):
            action = self._rpc(user, model, "action_preview", rule.ids)
            self.assertEqual(action["domain"], [("id", "in", leads.ids)])
            [found] = self._rpc(user, model, "read", rule.ids, ["would_move_count"])
            self.assertEqual(found["would_move_count"], 1)
        action = self._rpc(self.planner, model, "action_preview", rule.ids)
        self.assertEqual(action["domain"], [("id", "in", [])])

    def test_customers_and_their_sales(self):
        """Part 9, 8: when another company sold to a customer is not told."""
        partner = self.env["res.partner"].create(
            {"name": "Buyer", "is_company": True, "user_id": self.anna.id}
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = now() - interval '2 years' "
            "WHERE id = %s",
            [partner.id],
        )
        self.env.invalidate_all()
        rule = self._rule(
            self.boris,
            entity="customer",
            kind="no_sales",
            delay_unit="months",
            domain=f"[('id', '=', {partner.id})]",
        )

        def would_move():
            names = ["would_move_count"]
            [found] = self._rpc(self.manager, rule._name, "read", rule.ids, names)
            return found["would_move_count"]

        self.assertEqual(would_move(), 1)
        won = self.theirs.copy({"partner_id": partner.id, "user_id": self.anna_2.id})
        won.action_set_won()
        self.assertEqual(would_move(), 1)
        # the schedule goes by every sale, and so does the manager by their own
        self.assertEqual(
            self.env["lead.distribution.rule"]._count_stale(rule, self.company), 0
        )
        ours = self._lead(partner_id=partner.id, user_id=self.anna.id)
        ours.action_set_won()
        self.assertEqual(would_move(), 0)

    def test_numbers_are_of_the_companies_chosen(self):
        """Part 9, 8: what routes and rules of all companies gave out."""
        route = self._route(self.anna, company_id=False, name="Everywhere")
        rule = self._rule(self.boris, company_id=False)
        service = as_service(self.env["lead.distribution"])
        service.env["lead.distribution.assignment"].create(
            [
                {
                    "lead_id": lead.id,
                    "user_id": self.boris.id,
                    "route_id": route.id,
                    "rule_id": rule.id,
                    "state": "released",
                    "reason": "rule",
                    "date": fields.Datetime.now(),
                    "company_id": self.company_2.id,
                }
                for lead in (self.theirs, self.ours)
            ]
        )
        for record, name in ((route, "month_count"), (rule, "moved_count")):
            for user, count in ((self.manager, 0), (self.manager_2, 2)):
                [found] = self._rpc(user, record._name, "read", record.ids, [name])
                self.assertEqual(found[name], count)

    def test_rates_of_people_elsewhere(self):
        """Part 9, 8: a member made up on a form tells nothing of how they do."""
        self.theirs.action_set_won()
        owners = {"route": self._route(), "rule": self._rule(self.boris)}
        for name, owner in owners.items():
            for user, told in ((self.boris, True), (self.anna_2, False)):
                values = {f"{name}_id": owner.id, "user_id": user.id}
                found = self._try(
                    self.manager,
                    f"lead.distribution.{name}.member",
                    "onchange",
                    [],
                    values,
                    ["user_id"],
                    {"rate": {}},
                )
                self.assertEqual("'rate': " in found, told, (name, user, found))

    # what is kept ------------------------------------------------------------

    def _filters(self):
        """:returns: ``{(model, field): values of a record that may be made}``; a row
        for each field of ours that holds a filter"""
        task = self.env.ref("lead_distribution.task_call", raise_if_not_found=False)
        step = {"activity_type_id": (task or self.call).id}
        return {
            ("lead.distribution.route", "domain"): {"name": "Tried"},
            ("lead.distribution.rule", "domain"): {"name": "Tried"},
            ("lead.distribution.process", "domain"): {
                "name": "Tried",
                "step_ids": [Command.create(step)],
            },
            ("ir.actions.server", "lead_distribute_domain"): {
                "name": "Tried",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "lead_distribute",
            },
        }

    def test_every_filter_is_known(self):
        """Part 9, 8: whoever adds a field with a filter adds a row above."""
        found = {
            (name, field.name)
            for name, model in self.registry.items()
            for field in model._fields.values()
            if field.name.endswith("domain")
            and (field._module or "").startswith("lead_distribution")
            and field.store
            and not model._abstract
        }
        self.assertEqual(found, set(self._filters()))

    def test_kept_filters_use_what_one_may_read(self):
        """Part 9, 8: neither fields of others, nor models of nobody, nor what of a
        model is only one's own. Walks every filter."""
        administrator = self._user(
            "admin", "base.group_system,sales_team.group_sale_manager"
        )
        forbidden = [
            "[('distribution_assignment_ids.snapshot_id.data', '!=', False)]",
            "[('distribution_assignment_ids', 'any', [('snapshot_id.data', '!=', 1)])]",
        ]
        # what administrators do see
        of_others = [
            "[('id', 'any', [('user_id.api_key_ids.name', 'like', 'a')])]",
            "['!', ('user_id.api_key_ids', 'not any', [('name', 'like', 'a')])]",
            "[('distribution_assignment_ids.trace', '!=', False)]",
        ]
        for (model, name), values in self._filters().items():
            user = self.manager if is_ours(self.env[model]) else administrator
            made = self._rpc(
                user, model, "create", {**values, name: "[('id', '!=', 0)]"}
            )
            domains = list(forbidden)
            if user != administrator:
                domains += of_others
            for domain in domains:
                with self.assertRaisesRegex(AccessError, "You cannot filter by"):
                    self._rpc(user, model, "write", [made], {name: domain})
                with self.assertRaisesRegex(AccessError, "You cannot filter by"):
                    self._rpc(user, model, "create", {**values, name: domain})
            for domain in (
                "[('user_id.lead_absence_ids.reason', 'like', 'a')]",
                "[('partner_id.country_id.code', '=', 'PL')]",
                "[('tag_ids.name', 'in', ['a']), ('source_id', '=', 'b')]",
                "[('company_id.name', '!=', 'a'), ('team_id.user_id.name', '=', 'b')]",
                "[('create_date.month_number', '=', 3)]",
            ):
                self._rpc(user, model, "write", [made], {name: domain})

    def test_the_form_says_so(self):
        """Part 9, 8: before it is kept, and for what is kept nobody is told."""
        domain = "[('distribution_assignment_ids.trace', '!=', False)]"
        for name in ("route", "rule", "process"):
            model = f"lead.distribution.{name}"
            task = Command.create({"activity_type_id": self.call.id})
            more = {"step_ids": [task]} if name == "process" else {}
            found = self._rpc(
                self.manager,
                model,
                "onchange",
                [],
                {"name": "Tried", "domain": domain, **more},
                ["domain"],
                {"problem": {}},
            )
            self.assertIn("You cannot filter", found["value"]["problem"])
            kept = self.env[model].create({"name": "Kept", "domain": domain, **more})
            [read] = self._rpc(self.manager, model, "read", kept.ids, ["problem"])
            self.assertFalse(read["problem"])

    def test_who_sells_nothing_sets_up_routes(self):
        """Part 9, 8: filters of leads are a manager's, who need not read leads."""
        made = self._rpc(
            self.planner,
            "lead.distribution.route",
            "create",
            {"name": "Planned", "domain": "[('country_id.code', '=', 'PL')]"},
        )
        self.assertTrue(made)
        with self.assertRaises(AccessError):
            self._rpc(
                self.planner,
                "lead.distribution.route",
                "write",
                [made],
                {"domain": "[('duplicate_lead_id.email_from', 'like', 'a')]"},
            )

    def test_kept_filters_stay_within_the_company(self):
        """Part 9, 8: neither the schedule, nor a route, nor a simulation looks through
        a customer at another company's leads."""
        domain = "[('partner_id.related_lead_ids.referred', 'like', 'Zyz')]"
        other = (
            "[('partner_id.related_lead_ids', 'any', [('referred', 'like', 'Zyz')])]"
        )
        rule = self._rule(self.boris, active=True, domain=domain)
        for text in (domain, other):
            rule.domain = text
            self._neglect(self.ours)
            self._run_cron("ir_cron_apply_rules")
            self.assertEqual(self.ours.user_id, self.anna)
        rule.active = False
        route = self._route(self.boris, domain=domain)
        lead = self._lead(partner_id=self.shared.id)
        self.assertNotEqual(lead.user_id, self.boris)
        today = fields.Date.today()
        simulation = self._rpc(
            self.manager,
            "lead.distribution.simulation",
            "create",
            {
                "date_from": today,
                "date_to": today,
                "route_ids": [Command.set(route.ids)],
            },
        )
        model = "lead.distribution.simulation"
        self._rpc(self.manager, model, "action_run", [simulation])
        lines = self.env[model].browse(simulation).line_ids
        self.assertEqual(sum(lines.filtered("user_id").mapped("simulated")), 0)
        # the company's own are found
        self.ours.referred = "Zyz"
        self._rpc(self.manager, model, "action_run", [simulation])
        lines = self.env[model].browse(simulation).line_ids
        self.assertTrue(sum(lines.filtered("user_id").mapped("simulated")))

    def test_what_holds_everywhere(self):
        """Part 9, 8: a rule of all companies moves everybody's leads, and counts them:
        it is made by who works for all of them."""
        everywhere = self.env["res.company"].search([]).ids
        boss = self._user("boss", MANAGER, company_ids=[(6, 0, everywhere)])
        task = Command.create({"activity_type_id": self.call.id})
        for name in ("route", "rule", "process"):
            model = f"lead.distribution.{name}"
            values = {"name": "Everywhere", "company_id": False}
            if name == "process":
                values["step_ids"] = [task]
            with self.assertRaises(AccessError):
                self._rpc(self.manager, model, "create", values)
            made = self._rpc(boss, model, "create", values)
            for change in ({"active": True}, {"domain": "[('name', 'like', 'a')]"}):
                with self.assertRaises(AccessError):
                    self._rpc(self.manager, model, "write", [made], change)
            with self.assertRaises(AccessError):
                self._rpc(self.manager, model, "unlink", [made])
            self._rpc(boss, model, "write", [made], {"active": True})
        rule = self._rule(self.boris, company_id=False)
        with self.assertRaises(AccessError):
            self._rpc(self.manager, rule._name, "write", rule.ids, {"delay_number": 1})


@tagged("post_install", "-at_install")
class TestNamesOfOthers(SecurityRulesCase):
    """Part 9, 11."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marked = {}
        for record in cls._mark():
            cls.marked.setdefault(record._name, []).append(record.id)

    @classmethod
    def _mark(cls):
        """:returns: list of records of the other company, each with the secret in its
        name"""
        env, name, two = cls.env, f"{SECRET} House", cls.company_2.id
        cls.company_2.name = name
        partner = env["res.partner"].create(
            {
                "name": f"{SECRET} Ltd",
                "email": f"{SECRET.lower()}@customers.test",
                "company_id": two,
            }
        )
        team = env["crm.team"].create({"name": f"{SECRET} Team", "company_id": two})
        listing = env["lead.distribution.listing"].create(
            {"name": f"{SECRET} Tower", "reference": SECRET, "company_id": two}
        )
        route = env["lead.distribution.route"].create(
            {
                "name": f"{SECRET} Route",
                "company_id": two,
                "domain": str([("name", "like", SECRET)]),
                "member_ids": [Command.create({"user_id": cls.anna_2.id})],
            }
        )
        rule = env["lead.distribution.rule"].create(
            {
                "name": f"{SECRET} Rule",
                "company_id": two,
                "active": True,
                "member_ids": [Command.create({"user_id": cls.anna_2.id})],
            }
        )
        process = env["lead.distribution.process"].create(
            {
                "name": f"{SECRET} Process",
                "company_id": two,
                "step_ids": [
                    Command.create(
                        {
                            "activity_type_id": cls.call.id,
                            "task_summary": f"{SECRET} Step",
                            "assignee": "team",
                            "team_id": team.id,
                        }
                    )
                ],
            }
        )
        cls.company_2.lead_distribution_mode = "immediate"
        lead = env["crm.lead"].create(
            {
                "name": f"{SECRET} Lead",
                "company_id": two,
                "partner_id": partner.id,
                "listing_id": listing.id,
                "email_from": partner.email,
            }
        )
        simulation = env["lead.distribution.simulation"].create(
            {"name": f"{SECRET} Trial", "company_id": two}
        )
        row = env["lead.distribution.assignment"].search([("lead_id", "=", lead.id)])
        run = env["lead.distribution.run"].create(
            {
                "trigger": "button",
                "company_id": two,
                "date_start": fields.Datetime.now(),
            }
        )
        task = lead.activity_schedule(
            act_type_xmlid="mail.mail_activity_data_call",
            summary=f"{SECRET} Task",
            user_id=cls.anna_2.id,
        )
        event = env["lead.distribution.process.event"].search(
            [("process_id", "=", process.id)]
        )
        return [
            cls.company_2,
            partner,
            team,
            listing,
            route,
            route.member_ids,
            rule,
            rule.member_ids,
            process,
            process.step_ids,
            lead,
            simulation,
            row[:1],
            run,
            task,
            event[:1],
        ]

    def _spec(self, model, deep=True):
        """:returns: what a form with every field asks for"""
        spec = {}
        for name, field in model._fields.items():
            if name in ("properties", "lead_properties") or field.type == "binary":
                continue
            spec[name] = {}
            if field.relational:
                inner = {"display_name": {}}
                comodel = self.env[field.comodel_name]
                if deep and field.type != "many2one" and is_ours(comodel):
                    inner = self._spec(comodel, deep=False)
                spec[name] = {"fields": inner, "context": dict(TELLING)}
        return spec

    def _models(self):
        """:returns: our models, and Odoo's own in which fields of ours are"""
        for name in sorted(self.registry):
            model = self.env[name]
            if model._abstract:
                continue
            if is_ours(model) or any(
                (field._module or "").startswith("lead_distribution")
                for field in model._fields.values()
            ):
                yield model

    def _questions(self, model):
        """:returns: values that name a marked record, in each field of ours, and in
        each line of ours that is not saved"""
        ours = is_ours(model)
        for name, field in model._fields.items():
            if not field.relational:
                continue
            comodel = self.env[field.comodel_name]
            added = (field._module or "").startswith("lead_distribution")
            if not (ours or added or is_ours(comodel)):
                continue
            for id_ in self.marked.get(field.comodel_name, ()):
                if field.type == "many2one":
                    yield {name: id_}
                else:
                    yield {name: [Command.link(id_)]}
                    yield {name: [Command.update(id_, {})]}
            if field.type == "many2one" or not is_ours(comodel):
                continue
            for inner, line in comodel._fields.items():
                if line.type == "many2one":
                    for id_ in self.marked.get(line.comodel_name, ()):
                        trace = {"routes": [[id_, "taken"]], "chosen": [1, 1, 1, 1]}
                        made_up = {inner: id_, "state": "assigned", "trace": trace}
                        made_up = {
                            key: value
                            for key, value in made_up.items()
                            if key in comodel._fields
                        }
                        yield {name: [Command.create(made_up)]}

    def test_forms_that_are_not_saved(self):
        """Part 9, 11: walks every field of every model of ours, with ids of the other
        company: nothing of it comes back, neither as a name nor in a sentence."""
        asked = 0
        for user in (self.anna, self.planner, self.manager):
            for model in self._models():
                for values in self._questions(model):
                    asked += 1
                    found = self._try(
                        user,
                        model._name,
                        "onchange",
                        [],
                        dict(values),
                        list(values),
                        self._spec(model),
                        context=TELLING,
                    )
                    self.assertNotIn(SECRET.lower(), found.lower(), (model, values))
        self.assertGreater(asked, 300)

    def test_defaults(self):
        """Part 9, 11: neither do names of what a context names."""
        for user in (self.anna, self.planner, self.manager):
            for model in self._models():
                for values in self._questions(model):
                    context = {f"default_{name}": values[name] for name in values}
                    found = self._try(
                        user,
                        model._name,
                        "onchange",
                        [],
                        {},
                        [],
                        self._spec(model),
                        context={**TELLING, **context},
                    )
                    self.assertNotIn(SECRET.lower(), found.lower(), (model, values))

    def test_made_and_read(self):
        """Part 9, 11: nor can it be kept, and read afterwards."""
        for user in (self.anna, self.planner, self.manager):
            for model in self._models():
                allowed = self._as(user)[model._name].has_access("create")
                if not allowed or model._name in ("res.users", "res.company"):
                    continue
                for values in self._questions(model):
                    self._make_and_read(user, model, values)

    def _make_and_read(self, user, model, values):
        required = {
            "name": "Ours",
            "activity_type_id": self.call.id,
            "user_id": user.id,
            "company_id": self.company.id,
        }
        required = {
            name: value
            for name, value in required.items()
            if name in model._fields and name not in values
        }
        with self.env.cr.savepoint() as savepoint:
            try:
                made = self._rpc(user, model._name, "create", {**required, **values})
                found = self._rpc(
                    user, model._name, "web_read", [made], self._spec(model)
                )
            except REFUSED as error:
                found = error
            self.assertNotIn(SECRET.lower(), repr(found).lower(), (model, values))
            savepoint.rollback()
        self.env.invalidate_all()

    # looking up by a name is tried on models without one, too
    @mute_logger("odoo.models")
    def test_read_and_searched(self):
        """Part 9, 11: whatever can be read, searched, looked up or grouped."""
        for user in (self.anna, self.planner, self.manager):
            for model in self._models():
                if not is_ours(model):
                    continue
                calls = [
                    ("web_search_read", [[], self._spec(model)], {}),
                    ("search_read", [[]], {}),
                    ("name_search", [SECRET], {}),
                    ("name_search", [""], {}),
                ]
                calls += [
                    ("formatted_read_group", [[], [name], ["__count"]], {})
                    for name, field in model._fields.items()
                    if field.type == "many2one" and field.store
                ]
                for id_ in self.marked.get(model._name, ()):
                    calls += [
                        ("read", [[id_]], {}),
                        ("web_read", [[id_], self._spec(model)], {}),
                        ("copy", [[id_]], {}),
                        ("export_data", [[id_], ["name"]], {}),
                    ]
                for method, args, kwargs in calls:
                    found = self._try(
                        user, model._name, method, *args, context=TELLING, **kwargs
                    )
                    # what was asked for may stand in a refusal
                    found = (
                        found.replace(SECRET, "") if method == "name_search" else found
                    )
                    self.assertNotIn(
                        SECRET.lower(), found.lower(), (model._name, method)
                    )

    def test_sentences_of_routes(self):
        """Part 9, 11: a route of all companies, whose filter names what not everybody
        may read; and a context that would make of a name an address."""
        [partner_id] = self.marked["res.partner"]
        [team_id] = self.marked["crm.team"]
        mine = self.env["res.partner"].create({"name": "Mine", "email": "m@ours.test"})
        route = self._route(
            self.anna,
            company_id=False,
            domain=str([("partner_id", "in", [partner_id, mine.id])]),
        )
        teams = self._route(
            company_id=False, pool_source="teams", team_ids=[(6, 0, [team_id])]
        )
        model = route._name
        names = ["summary"]
        for user in (self.anna, self.manager):
            found = self._rpc(user, model, "read", route.ids, names, context=TELLING)[
                0
            ]["summary"]
            self.assertIn("Mine", found)
            self.assertNotIn("m@ours.test", found)
            self.assertNotIn(SECRET, found)
            found = self._rpc(user, model, "read", teams.ids, names, context=TELLING)
            self.assertNotIn(SECRET, repr(found))
        found = self._rpc(self.manager_2, model, "read", route.ids, names)
        self.assertIn(SECRET, found[0]["summary"])

    def test_who_tied_a_lead(self):
        """Part 9, 11: the one who is too late is not told a customer's email by way of
        the context, nor the name of one they may not read."""
        [partner_id] = self.marked["res.partner"]
        lead = self._lead(user_id=self.anna.id)
        customer = self.env["res.partner"].create(
            {"name": "Tied", "email": "tied@ours.test"}
        )
        lead.partner_id = customer
        found = self._try(
            self.anna,
            "crm.lead",
            "action_convert_customer",
            lead.ids,
            context=TELLING,
        )
        self.assertIn("Tied", found)
        self.assertNotIn("tied@ours.test", found)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET partner_id = %s WHERE id = %s", [partner_id, lead.id]
        )
        found = self._try(
            self.anna, "crm.lead", "action_convert_customer", lead.ids, context=TELLING
        )
        self.assertNotIn(SECRET.lower(), found.lower())

    def test_health(self):
        """Part 9, 11: a filter that asks for another company's archived contact."""
        [partner_id] = self.marked["res.partner"]
        self.env["res.partner"].browse(partner_id).active = False
        self._route(self.anna, domain=str([("partner_id", "=", partner_id)]))
        found = self._rpc(
            self.manager, "lead.distribution.health", "search_read", [], ["name"]
        )
        texts = " ".join(line["name"] for line in found)
        self.assertIn("(archived)", texts)
        self.assertNotIn(SECRET, texts)


class DialogCase(SecurityRulesCase):
    """Each dialog of ours, opened by somebody who may."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls.env["res.partner"].create(
            {"name": f"{SECRET} Customer", "email": f"{SECRET.lower()}@customers.test"}
        )
        cls.route = cls._route(cls.anna, name=f"{SECRET} Route")
        cls.lead = cls._lead(
            name=f"{SECRET} Inquiry", contact_name="Somebody", user_id=cls.anna.id
        )
        cls.theirs = cls.env["crm.lead"].create(
            {
                "name": f"{SECRET} Theirs",
                "user_id": cls.anna_2.id,
                "company_id": cls.company_2.id,
            }
        )
        cls.reason = cls.env["lead.distribution.removal.reason"].search([], limit=1)
        service = as_service(cls.env["lead.distribution"], cls.company)
        cls.batch = service.env["lead.distribution"]._open_run("button", cls.company)
        cls.task = cls.lead.activity_schedule(
            act_type_xmlid="mail.mail_activity_data_call", user_id=cls.anna.id
        )
        cls.administrator = cls._user("boss", f"base.group_system,{MANAGER}")
        cls.hours = cls.env["resource.calendar"].create(
            {
                "name": f"{SECRET} Hours",
                "company_id": cls.company.id,
                "lead_distribution": True,
            }
        )

    @classmethod
    def _dialogs(cls):
        """:returns: ``{model: (who opens it, values)}``; a row for each transient model
        of ours"""
        lead, leads = {"lead_id": cls.lead.id}, [Command.set(cls.lead.ids)]
        line = Command.create({"partner_id": cls.buyer.id, "score": 90})
        prefix = "lead.distribution."
        return {
            f"{prefix}explain": (cls.anna, lead),
            f"{prefix}customer": (cls.anna, {**lead, "line_ids": [line]}),
            f"{prefix}customer.line": (cls.anna, None),
            f"{prefix}hand": (
                cls.manager,
                {"lead_ids": leads, "user_id": cls.boris.id},
            ),
            f"{prefix}removal": (
                cls.anna,
                {"lead_ids": leads, "reason_id": cls.reason.id},
            ),
            f"{prefix}decline": (cls.anna, {"lead_ids": leads}),
            f"{prefix}hours": (
                cls.manager,
                {"route_id": cls.route.id, "name": f"{SECRET} Hours"},
            ),
            f"{prefix}week": (cls.manager, {}),
            f"{prefix}settings": (cls.manager, {"company_id": cls.company.id}),
            f"{prefix}correct": (
                cls.manager,
                {
                    "user_ids": [Command.set(cls.boris.ids)],
                    "units": 1,
                    "reason": f"{SECRET} Reason",
                },
            ),
            f"{prefix}handover": (
                cls.manager,
                {"user_id": cls.boris.id, "why": f"{SECRET} Why"},
            ),
            f"{prefix}teams": (cls.manager, {}),
            f"{prefix}try": (
                cls.manager,
                {"kind": "values", "contact_name": f"{SECRET} Person"},
            ),
            f"{prefix}template": (
                cls.manager,
                {"template": "one_person", "name": f"{SECRET} Template"},
            ),
            f"{prefix}holidays": (
                cls.manager,
                {
                    "calendar_ids": [Command.set(cls.hours.ids)],
                    "line_ids": [
                        Command.create({"name": f"{SECRET} Day", "date": "2026-12-24"})
                    ],
                },
            ),
            f"{prefix}holidays.line": (cls.manager, None),
            f"{prefix}task": (
                cls.anna,
                {
                    **lead,
                    "activity_type_id": cls.call.id,
                    "summary": f"{SECRET} Task",
                    "date_deadline": fields.Date.today(),
                },
            ),
            f"{prefix}undo": (cls.manager, {"run_id": cls.batch.id}),
            f"{prefix}task.finish": (
                cls.anna,
                {"activity_ids": [Command.set(cls.task.ids)]},
            ),
            f"{prefix}anonymize": (
                cls.administrator,
                {"partner_ids": [Command.set(cls.buyer.ids)]},
            ),
        }

    def _open(self, model):
        """:returns: ``(who opened it, id)``"""
        user, values = self._dialogs()[model]
        if values is None:
            parent = model.removesuffix(".line")
            _user, wizard_id = self._open(parent)
            return user, self.env[parent].browse(wizard_id).line_ids[:1].id
        return user, self._rpc(user, model, "create", values)

    def _public_methods(self, model):
        """:returns: names of the methods that our dialog has of itself"""
        cls = self.registry[model]
        return [
            name
            for name in dir(cls)
            if name.startswith("action_")
            and "lead_distribution" in getattr(cls, name).__module__
            # of the model: it opens a dialog of one's own
            and not getattr(getattr(cls, name), "_api_model", False)
        ]


@tagged("post_install", "-at_install")
class TestDialogsAreTheirOpeners(DialogCase):
    """Part 9, 3."""

    def test_every_dialog_is_known(self):
        """Part 9, 3: whoever adds a dialog adds a row above."""
        found = {
            name
            for name, model in self.registry.items()
            if model._transient and is_ours(model)
        }
        self.assertEqual(found, set(self._dialogs()))

    def test_nobody_else_uses_them(self):
        """Part 9, 3: walks every dialog: a colleague with the same rights and more, of
        the same company and of another one, neither reads, changes nor deletes it, and
        starts nothing by it."""
        others = (self.boris, self.anna_2, self.manager, self.manager_2, self.colleague)
        for model in self._dialogs():
            opener, id_ = self._open(model)
            names = list(self.env[model]._fields)
            [own] = self._rpc(opener, model, "read", [id_], names)
            self.assertEqual(own["id"], id_)
            for user in others:
                if user == opener:
                    continue
                calls = [
                    ("read", [names]),
                    ("web_read", [{name: {} for name in names}]),
                    ("write", [{"display_name": "Mine"}]),
                    ("unlink", []),
                    ("copy", []),
                    ("onchange", [{}, names[:1], {name: {} for name in names}]),
                    *((name, []) for name in self._public_methods(model)),
                ]
                for method, args in calls:
                    with self.assertRaises(
                        AccessError, msg=(model, method, user.login)
                    ):
                        with self.env.cr.savepoint():
                            self._rpc(user, model, method, [id_], *args)
                for method, args in (
                    ("search", [[]]),
                    ("search_count", [[]]),
                    ("name_search", [""]),
                ):
                    found = self._try(user, model, method, *args)
                    self.assertTrue(
                        found in ("[]", "0") or found.startswith("AccessError"), found
                    )
            self.assertTrue(self.env[model].browse(id_).exists())

    def test_a_line_put_into_anothers_dialog(self):
        """Part 9, 3: a line of one's own in a colleague's dialog opens nothing."""
        _opener, wizard_id = self._open("lead.distribution.customer")
        model = "lead.distribution.customer.line"
        values = {"wizard_id": wizard_id, "partner_id": self.buyer.id}
        for user in (self.boris, self.manager):
            with self.assertRaises(AccessError):
                self._rpc(user, model, "create", values)


@tagged("post_install", "-at_install")
class TestDialogsAskFirst(DialogCase):
    """Part 9, 22."""

    def _named(self, model):
        """:returns: values that name what is somebody else's, each alone"""
        theirs = {
            "crm.lead": self.theirs.ids,
            "lead.distribution.run": as_service(
                self.env["lead.distribution"], self.company_2
            )
            .env["lead.distribution"]
            ._open_run("button", self.company_2)
            .ids,
            "lead.distribution.route": self._route(
                self.anna_2, company_id=self.company_2.id, name=f"{SECRET} There"
            ).ids,
            "mail.activity": self.theirs.activity_schedule(
                act_type_xmlid="mail.mail_activity_data_call",
                summary=f"{SECRET} Task",
                user_id=self.anna_2.id,
            ).ids,
            "res.company": self.company_2.ids,
        }
        for name, field in self.env[model]._fields.items():
            if not field.relational or name in ("create_uid", "write_uid"):
                continue
            for id_ in theirs.get(field.comodel_name, ()):
                yield {name: id_ if field.type == "many2one" else [Command.link(id_)]}
        if "res_ids" in self.env[model]._fields:
            yield {"res_model": "crm.lead", "res_ids": self.theirs.ids}

    def test_rights_before_answers(self):
        """Part 9, 22: walks every dialog, with what is somebody else's in the values
        and in the context, as everybody: nothing is told, nothing is made."""
        users = (self.customer, self.colleague, self.anna, self.manager)
        for model, user in product(self._dialogs(), users):
            names = self.env[model]._fields
            spec = {name: {} for name in names}
            for name, field in names.items():
                if field.relational:
                    spec[name] = {"fields": {"display_name": {}}}
            for values in self._named(model):
                context = {f"default_{name}": value for name, value in values.items()}
                found = [
                    self._try(user, model, "default_get", list(names), context=context),
                    self._try(
                        user, model, "onchange", [], {}, [], spec, context=context
                    ),
                    self._try(
                        user, model, "onchange", [], dict(values), list(values), spec
                    ),
                    self._try(user, model, "create", {}, context=context),
                    self._try(user, model, "web_save", [], dict(values), spec),
                ]
                text = "\n".join(found)
                self.assertNotIn(SECRET.lower(), text.lower(), (model, values))
                for answer in found[1:]:
                    self.assertRegex(
                        answer, r"^\w*(Error|Violation)", (model, values, user.login)
                    )

    def test_a_portal_user_asks_for_a_lead(self):
        """Part 9, 22: neither the explanation's nor the task's dialog tells its name
        and state."""
        spec = {"explanation": {}, "lead_id": {"fields": {"display_name": {}}}}
        task = {"record_names": {}, "lead_id": {"fields": {"display_name": {}}}}
        for user in (self.customer, self.colleague):
            for model, values, asked in (
                ("lead.distribution.explain", {"lead_id": self.lead.id}, spec),
                ("lead.distribution.task", {"lead_id": self.lead.id}, task),
                (
                    "lead.distribution.task",
                    {"res_model": "crm.lead", "res_ids": self.lead.ids},
                    task,
                ),
            ):
                with self.assertRaises(AccessError):
                    self._rpc(
                        user, model, "onchange", [], dict(values), list(values), asked
                    )
                with self.assertRaises(AccessError):
                    self._rpc(user, model, "create", values)

    def test_an_explanation_of_nothing(self):
        """Part 9, 22: without a lead there is nothing to explain, such as what became
        of leads that are deleted."""
        route = self._route(self.anna_2, company_id=self.company_2.id)
        self.company_2.lead_distribution_mode = "immediate"
        lead = self.env["crm.lead"].create(
            {"name": "Gone", "company_id": self.company_2.id, "user_id": False}
        )
        self.assertEqual(lead.distribution_route_id, route)
        lead.unlink()
        found = self._rpc(
            self.anna,
            "lead.distribution.explain",
            "onchange",
            [],
            {},
            [],
            {"explanation": {}, "lead_id": {}},
        )
        self.assertFalse(found["value"].get("explanation"))

    def test_tasks_on_anything(self):
        """Part 9, 22: a model that is none, or without tasks, is refused in words."""
        for values in (
            {"res_model": "no.model", "res_ids": [1]},
            {"res_model": "res.groups", "res_ids": [1]},
            {"res_model": "crm.lead", "res_ids": {"a": 1}},
            {"res_model": "crm.lead", "res_ids": ["a"]},
        ):
            with self.assertRaises(UserError):
                self._rpc(
                    self.anna,
                    "lead.distribution.task",
                    "onchange",
                    [],
                    dict(values),
                    list(values),
                    {"record_names": {}},
                )


@tagged("post_install", "-at_install")
class TestWhyTellsNoSecrets(SecurityRulesCase):
    """Part 9, “Why?”: that somebody was not available, not who was absent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        everything = "sales_team.group_sale_salesman_all_leads"
        cls.everything = cls._user("all", everything)
        cls.leader = cls._user("leader", everything)
        cls.team.user_id = cls.leader

    def _why(self, user, lead):
        action = self._rpc(user, "crm.lead", "action_explain_distribution", lead.ids)
        [found] = self._rpc(
            user, action["res_model"], "read", [action["res_id"]], ["explanation"]
        )
        return unescape(found["explanation"])

    def _make_unavailable(self, code):
        """Something that is Boris's own business."""
        route = self.route
        if code == "absent":
            self.boris.lead_absent = True
        elif code == "absent_soon":
            route.absence_lookahead_days = 3
            soon = fields.Datetime.now() + timedelta(days=1)
            self.env["lead.distribution.absence"].create(
                {"user_id": self.boris.id, "date_from": soon}
            )
        elif code == "paused":
            self.boris.lead_distribution_paused = True
        elif code == "paused_here":
            route.paused_user_ids = self.boris
        elif code == "no_target":
            self.boris.write({"lead_target_mode": "individual", "lead_target": 0})
        else:
            self._lead(user_id=self.anna.id).user_id = self.boris
            self.boris[code.replace("limit", "lead_max")] = 1

    def test_every_private_reason(self):
        """Part 9, Why?: each of them is told to the manager, to the leader of the team
        and to the colleague; to others that somebody was not available."""
        codes = (
            "absent",
            "absent_soon",
            "paused",
            "paused_here",
            "no_target",
            "limit_day",
            "limit_month",
            "limit_open",
        )
        for code in codes:
            with self.env.cr.savepoint() as savepoint:
                self.route = self._route(self.anna | self.boris, name="Field")
                self._make_unavailable(code)
                lead = self._lead(team_id=self.team.id)
                self.assertEqual(lead.user_id, self.anna, code)
                word = self.env["lead.distribution.explanation"]._why_not(code)
                for user in (self.anna, self.everything):
                    text = self._why(user, lead)
                    self.assertIn("1 × not available", text, code)
                    self.assertNotIn(word, text, code)
                    self.assertNotIn("Boris", text, code)
                self.assertIn(word, self._why(self.leader, lead), code)
                self.assertIn(word, self._why(self.manager, lead), code)
                savepoint.rollback()
            self.env.invalidate_all()
            self.registry.clear_all_caches()

    def test_the_customers_salesperson(self):
        """Part 9, Why?: why the known advisor did not get it."""
        partner = self.env["res.partner"].create(
            {"name": "Known", "email": "known@ours.test", "user_id": self.boris.id}
        )
        self._route(self.anna | self.boris)
        self.boris.lead_absent = True
        lead = self._lead(email_from=partner.email, team_id=self.team.id)
        self.assertEqual(lead.user_id, self.anna)
        text = self._why(self.anna, lead)
        self.assertIn("Boris, the customer's salesperson: not available", text)
        self.assertNotIn("absent", text)
        for user in (self.manager, self.leader):
            self.assertIn("salesperson: absent", self._why(user, lead))

    def test_figures_of_colleagues(self):
        """Part 9, Why? B1: how full colleagues are, everybody in line reads; of how
        much, their leaders and managers."""
        self._route(self.anna | self.boris)
        self.anna.write({"lead_target_mode": "individual", "lead_target": 17})
        self.boris.write({"lead_target_mode": "individual", "lead_target": 19})
        self._lead(2)
        lead = self._lead(team_id=self.team.id)
        mine, other = (17, 19) if lead.user_id == self.anna else (19, 17)
        text = self._why(lead.user_id, lead)
        self.assertIn(f">{mine}<", text)
        self.assertNotIn(f">{other}<", text)
        for name in ("Anna", "Boris"):
            self.assertIn(name, text)
        self.assertIn(f"{100 / other:.0f} %", text)
        for user in (self.manager, self.leader):
            text = self._why(user, lead)
            self.assertIn(">17<", text)
            self.assertIn(">19<", text)

    def test_names_of_another_company(self):
        """Part 9, Why?: a lead that came from another company tells neither the route
        nor the salesperson of there."""
        self._route(self.anna_2, company_id=self.company_2.id, name=f"{SECRET} Route")
        self.anna_2.name = f"{SECRET} Jones"
        self.company_2.lead_distribution_mode = "immediate"
        lead = self.env["crm.lead"].create(
            {"name": "Moved", "company_id": self.company_2.id, "user_id": False}
        )
        self.assertEqual(lead.user_id, self.anna_2)
        lead.write(
            {
                "company_id": self.company.id,
                "team_id": self.team.id,
                "user_id": self.anna.id,
            }
        )
        for user in (self.anna, self.leader, self.manager):
            self.assertNotIn(SECRET, self._why(user, lead))

    def test_contact_persons_of_a_listing(self):
        """Part 9, Why?: the listing says who can receive leads, and of a colleague who
        cannot not why."""
        listing = self.env["lead.distribution.listing"].create(
            {"name": "Tower", "contact_ids": [(6, 0, self.boris.partner_id.ids)]}
        )
        self.boris.lead_distribution_paused = True
        for user, word in (
            (self.anna, "not available"),
            (self.manager, "paused for leads"),
            (self.boris, "paused for leads"),
        ):
            [found] = self._rpc(user, listing._name, "read", listing.ids, ["receivers"])
            self.assertIn(word, found["receivers"])

    def test_who_is_at_a_limit(self):
        """Part 9, Why?: passing a lead on to a colleague does not tell the limit."""
        self._route(self.clara)
        leads = self._lead(2, user_id=self.anna.id)
        self._lead(user_id=self.boris.id)
        self.boris.lead_max_open = 1
        values = {"user_id": self.boris.id}
        found = self._try(self.anna, "crm.lead", "write", leads[0].ids, values)
        self.assertIn("not available", found)
        self.assertNotIn("limit", found)
        found = self._try(self.manager, "crm.lead", "write", leads[0].ids, values)
        self.assertIn("at the limit of open leads", found)
