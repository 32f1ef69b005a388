"""Discuss channels of routes, told what becomes of leads (P10)."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests.common import tagged

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestChannels(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel = cls.env["discuss.channel"].create(
            {"name": "New leads", "channel_type": "channel"}
        )
        cls.route = cls._route(cls.anna | cls.boris, name="Web")
        cls.route.channel_id = cls.channel
        cls.news = cls.env["lead.distribution.channel.news"]

    def _messages(self):
        self._run_cron("ir_cron_send_mail")
        return self.channel.message_ids.filtered(
            lambda message: message.author_id == self.env.ref("base.partner_root")
        )

    def test_one_message_for_many(self):
        """P10: one message a run, with counts and links, and no name of a lead unless
        the route says so."""
        leads = self._lead(12, name="Zoe wants a house")
        self.assertEqual(len(self.news.search([])), 12)
        self.assertFalse(self.channel.message_ids, "not yet")
        message = self._messages()
        self.assertEqual(len(message), 1)
        self.assertIn("Web: 12 assigned", message.body)
        self.assertIn("Anna 6, Boris 6", message.body)
        self.assertIn("and 2 more", message.body)
        self.assertIn(f"/odoo/crm/{leads[0].id}", message.body)
        self.assertIn(f"Lead {leads[0].id}", message.body)
        self.assertNotIn("Zoe", message.body)
        self.assertFalse(self.news.search([]))
        self.assertEqual(self._messages(), message, "once")
        self.route.channel_with_name = True
        self._lead(name="Zoe <b>wants</b>")
        newest = self._messages()[0]
        self.assertIn("Zoe &lt;b&gt;wants", newest.body)
        self.assertIn(": Anna", newest.body)

    def test_chosen_events(self):
        """P10: of what the route says, and nothing else."""
        self.route.write({"delivery": "offer", "offer_minutes": 30, "offer_max": 1})
        self._lead()
        self.assertFalse(self._messages(), "offers are not chosen")
        self.route.channel_on_offered = True
        self.route.channel_on_expired = True
        start = fields.Datetime.now()
        self._lead()
        self.assertIn("Web: 1 offered", self._messages()[0].body)
        with freeze_time(start + timedelta(hours=1)):
            self._run_cron("ir_cron_expire_offers")
            body = self._messages()[0].body
        self.assertIn("Web: 2 not claimed in time", body)
        self.assertIn("Web: 2 in the pool", body)

    def test_missed(self):
        """P10: a follow-up that was missed is told."""
        self.route.write({"clock_minutes": 30, "clock_working_time": False})
        start = fields.Datetime.now()
        self._lead()
        self._messages()
        with freeze_time(start + timedelta(hours=1)):
            self._run_cron("ir_cron_run_clocks")
            self.assertIn("Web: 1 not followed up in time", self._messages()[0].body)

    def test_two_companies_and_languages(self):
        """P10: in the language of each company; of one company's leads in a message."""
        self.env["res.lang"]._activate_lang("pl_PL")
        self.company_2.partner_id.lang = "pl_PL"
        self.company_2.lead_distribution_mode = "immediate"
        self.anna.company_ids |= self.company_2
        self.route.company_id = False
        self._lead(company_id=self.company.id)
        self._lead(company_id=self.company_2.id)
        found = self._messages()
        self.assertEqual(len(found), 2)

    def test_archived(self):
        """P10: an archived channel is told nothing, and the health check says so."""
        self.channel.active = False
        self._lead()
        self.assertFalse(self._messages())
        self.assertFalse(self.news.search([]))
        health = self.env["lead.distribution.health"].with_user(self.manager)
        self.assertIn(
            "New leads",
            " ".join(health.search([("kind", "=", "nobody")]).mapped("name")),
        )
        self.channel.active = True
        self.channel.unlink()
        self._lead()
        self.assertFalse(self.news.search([]))

    def test_broken_message(self):
        """P10: a message that cannot be made stops no other, and is not tried again."""
        self._lead()
        self.patch(
            type(self.env["lead.distribution.channel.news"]),
            "_told",
            lambda *args: 1 / 0,
        )
        with self.assertLogs("odoo.addons.lead_distribution", "ERROR"):
            self.assertFalse(self._messages())
        self.assertFalse(self.news.search([]))

    def test_rights(self):
        """P10: managers choose the channel, among those that they may read;
        salespeople do not see which it is."""
        self.route.with_user(self.manager).channel_on_assigned = False
        with self.assertRaises(AccessError):
            self.route.with_user(self.anna).read(["channel_id"])
        with self.assertRaises(AccessError):
            self.route.with_user(self.anna).channel_id = False
        hidden = self.env["discuss.channel"].create(
            {"name": "Board", "channel_type": "group"}
        )
        with self.assertRaises(AccessError):
            self.route.with_user(self.manager).channel_id = hidden

    def test_no_query_without(self):
        """P10: where no route has a channel, leads cost nothing more."""
        self.route.channel_id = False
        self.route._channel_events()
        rows = self._rows(self._lead())
        with self.assertQueryCount(0):
            self.news._note("assigned", rows)
