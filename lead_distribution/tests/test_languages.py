"""Whoever is told is told in their own language, several people in one call."""

import json

from odoo import Command, fields
from odoo.tests.common import tagged
from odoo.tools import html2plaintext

from odoo.addons.lead_distribution.models.pipeline.values import DistributionContext
from odoo.addons.lead_distribution.tools.task_spec import TaskSpec

from .common import DistributionCase

NEW_LEAD = ("Lead nuevo", "Nowy lead")
NEW_TASK = ("Nueva tarea", "Nowe zadanie")
LOST = ("Ya no es suyo", "Już nie Twoje")
ANOTHER = ("Otro lead de su cliente", "Kolejny lead Twojego klienta")
NOBODY = ("no encontró a nadie", "nikogo nie znalazła")
NOBODY_LEFT = ("Nadie más según la regla", "Nikt nie został według reguły")
CALL = ("Llamar al nuevo cliente", "Zadzwoń do nowego klienta")
WAITING = ("Tareas sin persona", "Zadania bez osoby")


@tagged("post_install", "-at_install")
class TestReadersLanguage(DistributionCase):
    """P11 7: one reads Spanish, one Polish; whoever acts reads English."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in ("es_ES", "pl_PL"):
            cls.env["res.lang"]._activate_lang(lang)
        cls.eva = cls._user("eva", lang="es_ES")
        cls.piotr = cls._user("piotr", lang="pl_PL")
        cls.two = cls.eva | cls.piotr
        cls.visit = cls.env["mail.activity.type"].create({"name": "Visit of Test"})

    def setUp(self):
        super().setUp()
        self.flush_tracking()
        self.marks = {
            model: self.env[model].search([], order="id desc", limit=1).id or 0
            for model in ("bus.bus", "mail.message", "mail.mail")
        }

    def _of_both(self):
        """:returns: two leads that came in one call, Eva's and Piotr's"""
        self._route(self.two, strategy="round_robin")
        leads = self._lead(2)
        self.assertEqual([lead.user_id for lead in leads], [*self.two])
        return leads

    def _each(self, texts, wanted):
        """Each of the two read their own words, and not the other's.

        :param texts: ``{user: what they were told}``
        :param wanted: in Spanish and in Polish
        """
        for user, own, other in (
            (self.eva, *wanted),
            (self.piotr, *reversed(wanted)),
        ):
            self.assertIn(own, texts[user])
            self.assertNotIn(other, texts[user])

    def _bells(self):
        """:returns: ``{user: what popped up on their screen}``"""
        self.flush_tracking()
        texts = {user: "" for user in self.two}
        for line in self.env["bus.bus"].search([("id", ">", self.marks["bus.bus"])]):
            for user in self.two:
                if json.loads(line.channel)[1:] == ["res.partner", user.partner_id.id]:
                    texts[user] += json.dumps(
                        json.loads(line.message), ensure_ascii=False
                    )
        return texts

    def _mails(self):
        """:returns: ``{user: subjects and texts of the messages to them}``"""
        found = self.env["mail.message"].search(
            [("id", ">", self.marks["mail.message"])]
        )
        return {
            user: " ".join(
                f"{message.subject} {html2plaintext(message.body or '')}"
                for message in found
                if user.partner_id in message.notified_partner_ids
            )
            for user in self.two
        }

    def _summaries(self, records):
        """:returns: ``{user: summaries of their activities on records}``"""
        tasks = self.env["mail.activity"].search(
            [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        )
        return {
            user: " ".join(
                tasks.filtered(lambda task, user=user: task.user_id == user).mapped(
                    "summary"
                )
            )
            for user in self.two
        }

    # who gets a lead, and who loses it ---------------------------------------

    def test_salespeople(self):
        """K7: two new leads of one batch."""
        self._of_both()
        self._each(self._bells(), NEW_LEAD)

    def test_former_salespeople(self):
        """K7: whose leads somebody gives to a colleague."""
        leads = self._of_both()
        leads.with_user(self.manager).write({"user_id": self.anna.id})
        self._each(self._bells(), LOST)

    def test_those_who_lose_by_a_rule(self):
        """U8: whose leads a rule moves."""
        leads = self._of_both()
        rule = self.env["lead.distribution.rule"].create(
            {
                "name": "Neglected",
                "company_id": self.company.id,
                "active": True,
                "confirmed": True,
                "member_ids": [Command.create({"user_id": self.anna.id})],
            }
        )
        self.company.lead_follow_up_next = 0
        leads.distribution_idle_since = "2026-01-01"
        self.env["lead.distribution.rule.runner"]._rule_block(
            self.company, rule, {"crm.lead": set()}, None, 10
        )
        self.assertEqual(leads.user_id, self.anna)
        self._each(
            self._mails(), ("ya no está asignado a usted", "nie należy już do Ciebie")
        )

    # who is asked for help -----------------------------------------------------

    def test_responsible(self):
        """O20: of two routes, for two leads of one batch."""
        self.anna.lead_distribution_paused = True
        sources = self.env["utm.source"].create([{"name": "One"}, {"name": "Two"}])
        for source, user in zip(sources, self.two, strict=True):
            self._route(
                self.anna,
                name=f"Route {source.name}",
                domain=f"[('source_id', '=', {source.id})]",
                responsible_id=user.id,
            )
        leads = self.env["crm.lead"].create(
            [
                {"name": "Flat", "email_from": f"{n}@x.test", "source_id": source.id}
                for n, source in enumerate(sources)
            ]
        )
        self._each(self._summaries(leads), NOBODY)

    def test_responsible_of_a_rule(self):
        """U10: of rules for customers that have nobody left."""
        partners = self.env["res.partner"].create(
            [{"name": "Max", "user_id": user.id} for user in self.anna | self.boris]
        )
        runner = self.env["lead.distribution.rule.runner"]
        for partner, user in zip(partners, self.two, strict=True):
            rule = self.env["lead.distribution.rule"].create(
                {
                    "name": "Customers",
                    "entity": "customer",
                    "kind": "no_sales",
                    "company_id": self.company.id,
                    "responsible_id": user.id,
                }
            )
            context = DistributionContext(
                self.company, "rule", fields.Datetime.now(), rule=rule
            )
            runner._escalate_customers(context, partner)
        self._each(self._summaries(partners), NOBODY_LEFT)

    # work ------------------------------------------------------------------------

    def test_assignees(self):
        """S1: tasks that one process starts for two people."""
        leads = self._of_both()
        self.env["lead.distribution.tasks"]._start_tasks(
            leads, TaskSpec(activity_type_id=self.visit.id, origin="process")
        )
        self._each(self._bells(), NEW_TASK)

    def test_department(self):
        """S1: two of a department whose tasks nobody takes."""
        team = self.env["crm.team"].create(
            {
                "name": "Back Office",
                "company_id": self.company.id,
                "member_ids": [Command.set(self.two.ids)],
            }
        )
        tasks = self.env["lead.distribution.tasks"]
        task = tasks._start_tasks(
            self._lead(),
            TaskSpec(activity_type_id=self.visit.id, team_id=team.id),
        )
        tasks._remind(self.company, team, task)
        self._each(self._mails(), WAITING)

    def test_call_of_a_new_customer(self):
        """V9: a manager makes customers of two salespeople's leads."""
        leads = self._of_both()
        leads.phone = "+48 602 300 400"
        for lead in leads:
            lead.with_user(self.manager).action_convert_customer()
        self._each(self._summaries(leads.partner_id), CALL)

    # customers, followers --------------------------------------------------------

    def test_salespeople_of_customers(self):
        """V7: two leads linked to the customers of two colleagues."""
        for user in self.two:
            customer = self.env["res.partner"].create(
                {"name": f"Customer of {user.name}", "user_id": user.id}
            )
            lead = self._lead(user_id=self.anna.id)
            lead.with_user(self.anna).action_link_customer(customer.id, True)
        self._each(self._mails(), ANOTHER)

    def test_followers(self):
        """P11 7: an answer that two followers get by email, each with the words around
        it in their language."""
        self._route(self.anna)
        lead = self._lead()
        self.two.notification_type = "email"
        lead.message_subscribe(self.two.partner_id.ids)
        lead.with_user(self.anna).message_post(
            body="Called them",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        mails = self.env["mail.mail"].search([("id", ">", self.marks["mail.mail"])])
        texts = {
            user: " ".join(
                mails.filtered(
                    lambda mail, user=user: user.partner_id in mail.recipient_ids
                ).mapped("body_html")
            )
            for user in self.two
        }
        self._each(texts, ("Ver ", "Widok "))
