"""How salespeople are told of leads: ways, quiet hours, SMS (P10)."""

from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests.common import tagged

from .common import DistributionCase

#: a Monday, in Warsaw an hour later
NOON = datetime(2026, 3, 2, 11, 0)
NIGHT = datetime(2026, 3, 2, 22, 0)
MORNING = datetime(2026, 3, 3, 6, 0)


@tagged("post_install", "-at_install")
class TestTelling(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna.tz = "Europe/Warsaw"
        cls.route = cls._route(cls.anna)
        cls.sms = "sms.sms" in cls.env

    def setUp(self):
        super().setUp()
        self.rung = []
        bus = type(self.env["bus.bus"])

        def send(this, target, kind, message):
            self.rung.append((kind, message))

        patcher = patch.object(bus, "_sendone", send)
        patcher.start()
        self.addCleanup(patcher.stop)

    def _at(self, moment, work):
        with freeze_time(moment):
            result = work()
        self.env.invalidate_all()
        return result

    def _mails(self):
        return self.env["mail.mail"].search(
            [("recipient_ids", "in", self.anna.partner_id.ids)]
        )

    def _texts(self):
        return self.env["sms.sms"].search(
            [("partner_id", "=", self.anna.partner_id.id)]
        )

    def _bells(self):
        return [
            message
            for kind, message in self.rung
            if kind in ("lead_distribution.offer", "simple_notification")
        ]

    def _tell(self, moment):
        self._at(moment, lambda: self._run_cron("ir_cron_send_mail"))

    def _quiet(self):
        self.anna.with_user(self.anna).write(
            {"lead_quiet_from": 21.0, "lead_quiet_to": 7.0}
        )

    def test_left_in_quiet_hours(self):
        """Who is archived by the morning reads nothing of customers any more."""
        self.anna.write({"lead_quiet_from": 20, "lead_quiet_to": 6})
        lead = self._at(NIGHT, self._lead)
        self.assertEqual(lead.user_id, self.anna)
        self._at(NIGHT, lambda: self._run_cron("ir_cron_send_mail"))
        row = self._rows(lead)
        self.assertTrue(row.tell_after)
        self.anna.active = False
        self._at(MORNING, lambda: self._run_cron("ir_cron_send_mail"))
        self.assertFalse(row.mail_pending)
        self.assertFalse(self._mails())

    def test_as_before(self):
        """P10: whoever chose nothing is told by bell and email, at once."""
        self._at(NOON, self._lead)
        self.assertEqual(len(self._bells()), 1)
        self._tell(NOON)
        self.assertEqual(len(self._mails()), 1)

    def test_choice_wins(self):
        """P10: the company says how; the salesperson's own choice wins."""
        self.company.lead_tell_assigned = "bell"
        self._at(NOON, self._lead)
        self._tell(NOON)
        self.assertFalse(self._mails())
        self.assertEqual(len(self._bells()), 1)
        self.anna.with_user(self.anna).lead_tell_assigned = "mail"
        self._at(NOON, self._lead)
        self._tell(NOON)
        self.assertEqual(len(self._mails()), 1)
        self.anna.with_user(self.anna).lead_tell_assigned = "none"
        before = len(self._bells())
        self._at(NOON, self._lead)
        self._tell(NOON)
        self.assertEqual(len(self._mails()), 1)
        self.assertEqual(len(self._bells()), before)

    def test_digest(self):
        """P10: one email a day, with all that is still theirs."""
        self.anna.lead_tell_assigned = "digest"
        leads = self._at(NOON, lambda: self._lead(3))
        self._tell(NOON)
        self.assertEqual(len(self._bells()), 1)
        self.assertFalse(self._mails())
        self._at(NOON, leads[0].with_user(self.manager).action_release_to_pool)
        eight = datetime(2026, 3, 3, 7, 0)
        self.assertEqual(set(self._rows(leads).mapped("tell_after")), {eight})
        self._tell(eight - timedelta(minutes=1))
        self.assertFalse(self._mails())
        self._tell(eight)
        mail = self._mails()
        self.assertEqual(len(mail), 1)
        self.assertIn("2", mail.subject)
        self.assertNotIn(leads[0].name, mail.body_html)
        self._tell(eight + timedelta(days=1))
        self.assertEqual(self._mails(), mail, "once")

    def test_quiet_hours(self):
        """P10: in quiet hours the bell is silent, and emails come together at their
        end, in the salesperson's time zone."""
        self._quiet()
        self._at(NIGHT, self._lead)
        self._tell(NIGHT)
        self._at(NIGHT, self._lead)
        self._tell(NIGHT)
        self.assertFalse(self._bells())
        self.assertFalse(self._mails())
        rows = self.env["lead.distribution.assignment"].search(
            [("user_id", "=", self.anna.id)]
        )
        self.assertFalse(any(rows.mapped("date_told")), "no bell has rung")
        self._tell(MORNING - timedelta(minutes=1))
        self.assertFalse(self._mails())
        self._tell(MORNING)
        self.assertEqual(len(self._mails()), 1)
        self.assertIn("2", self._mails().subject)
        self._at(NOON, self._lead)
        self._tell(NOON)
        self.assertEqual(len(self._mails()), 2)

    def test_quiet_for_all_that_is_told(self):
        """P10: in quiet hours no bell rings: neither for a lead that is gone, nor for a
        clock, a task or a correction, whose messages wait for the morning."""
        self._quiet()
        night = datetime(2101, 3, 7, 22)
        self.route.write(
            {
                "clock_minutes": 30,
                "clock_working_time": False,
                "clock_step_ids": [
                    (0, 0, {"action": "remind", "number": 10, "when": "before"}),
                    (0, 0, {"action": "remind", "number": 10, "when": "after"}),
                ],
            }
        )
        lead = self._at(night, self._lead)
        self.assertEqual(lead.user_id, self.anna)

        def clocks(minutes):
            at = night + timedelta(minutes=minutes)
            self._at(at, lambda: self._run_cron("ir_cron_run_clocks"))

        def waiting():
            return self.env["mail.message.schedule"].search(
                [("mail_message_id.partner_ids", "in", self.anna.partner_id.ids)]
            )

        clocks(21)  # over before the morning: told all the same
        self.assertEqual(len(self._bells()), 1)
        self.assertFalse(waiting())
        self.rung.clear()
        manager = self.env(user=self.manager)
        self._at(
            night,
            lambda: (
                manager["res.users"]
                .browse(self.anna.id)
                .action_correct_units(1, "Favour")
            ),
        )
        self.assertEqual(waiting().scheduled_datetime, datetime(2101, 3, 8, 6))
        tasks = self.env["lead.distribution.tasks"]
        task = lead.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.anna.id
        )
        self._at(night, lambda: tasks._notify_tasks(task))
        self._at(night, lambda: lead.write({"user_id": self.boris.id}))
        self.assertFalse(self._bells())
        self._at(NOON, lambda: tasks._notify_tasks(task))
        self.assertEqual(len(self._bells()), 1)

    def test_quiet_offers(self):
        """P10: an offer that would be over in quiet hours is told at once; another one
        waits, and is listed without a sound."""
        self._quiet()
        self.route.write({"delivery": "offer", "offer_minutes": 30})
        self._at(NIGHT, self._lead)
        self._tell(NIGHT)
        self.assertEqual(len(self._mails()), 1)
        self.assertEqual([bell["silent"] for bell in self._bells()], [False])
        self.route.offer_minutes = 24 * 60
        self._at(NIGHT, self._lead)
        self._tell(NIGHT)
        self.assertEqual(len(self._mails()), 1)
        self.assertEqual([bell["silent"] for bell in self._bells()], [False, True])
        self._tell(MORNING)
        self.assertEqual(len(self._mails()), 2)

    def test_offers_always_ring(self):
        """P10: an offer rings the bell, whatever was chosen."""
        self.assertNotIn("none", dict(self.env["res.users"]._lead_ways("offered")))
        self.anna.lead_tell_offered = "bell"
        self.route.write({"delivery": "offer", "offer_minutes": 30})
        self._at(NOON, self._lead)
        self._tell(NOON)
        self.assertFalse(self._mails())
        self.assertEqual([bell["silent"] for bell in self._bells()], [False])

    def test_sms(self):
        """P10: a short text with a link in Odoo's queue; without a number an email,
        and the health check says so."""
        if not self.sms:
            self.assertNotIn("sms", dict(self.env["res.users"]._lead_ways("assigned")))
            return
        self.anna.lead_tell_assigned = self.anna.lead_tell_offered = "sms"
        health = self.env["lead.distribution.health"].with_user(self.manager)

        def told():
            return " ".join(health.search([("kind", "=", "nobody")]).mapped("name"))

        self.assertIn("by SMS", told())
        self._at(NOON, self._lead)
        self._tell(NOON)
        self.assertEqual(len(self._mails()), 1)
        self.assertFalse(self._texts())
        self.anna.partner_id.write(
            {"phone": "+48 600 700 800", "country_id": self.env.ref("base.pl").id}
        )
        self.env.invalidate_all()
        self.assertNotIn("by SMS", told())
        self._quiet()
        self._at(NIGHT, lambda: self._lead(2))
        self._tell(NIGHT)
        self.assertFalse(self._texts())
        self._tell(MORNING)
        text = self._texts()
        self.assertEqual(len(text), 1)
        self.assertEqual((text.number, text.state), ("+48600700800", "outgoing"))
        self.assertIn("New leads for you: 2", text.body)
        self.assertTrue(text.body.endswith("/odoo/crm"))
        lead = self._at(NOON, self._lead)
        self._tell(NOON)
        self.assertTrue(self._texts()[0].body.endswith(f"/odoo/crm/{lead.id}"))
        self.assertEqual(len(self._mails()), 1)
        self.route.write({"delivery": "offer", "offer_minutes": 30})
        self._at(NOON, self._lead)
        self._tell(NOON)
        self.assertIn("Lead offered to you", self._texts()[0].body)

    def test_rights(self):
        """P10: everybody chooses for themselves; nobody for, or reads of, a colleague;
        quiet hours are hours."""
        mine = self.anna.with_user(self.anna)
        mine.write({"lead_tell_offered": "digest", "lead_quiet_from": 20})
        self.assertEqual(
            mine.read(["lead_tell_offered"])[0]["lead_tell_offered"], "digest"
        )
        for user in (self.boris, self.manager):
            with self.assertRaises(AccessError):
                self.anna.with_user(user).lead_tell_assigned = "none"
            with self.assertRaises(AccessError):
                self.anna.with_user(user).lead_quiet_to = 5
        with self.assertRaises(AccessError):
            self.anna.with_user(self.boris).lead_tell_assigned  # noqa: B018
        for hour in (-1, 24, 99):
            with self.assertRaises(ValidationError):
                mine.lead_quiet_from = hour

    def test_two_companies(self):
        """P10: each company has its own way for who chose none."""
        self.anna.company_ids |= self.company_2
        self.company_2.write(
            {"lead_tell_assigned": "bell", "lead_distribution_mode": "immediate"}
        )
        self._route(self.anna, company_id=self.company_2.id)
        self._at(NOON, lambda: self._lead(company_id=self.company_2.id))
        self._tell(NOON)
        self.assertFalse(self._mails())
        self._at(NOON, lambda: self._lead(company_id=self.company.id))
        self._tell(NOON)
        self.assertEqual(len(self._mails()), 1)

    def test_settings(self):
        """P10: managers of the distribution choose the company's way."""
        plain = self._user("plain", "lead_distribution.group_manager")
        settings = self.env["lead.distribution.settings"].with_user(plain)
        settings.create({"company_id": self.company.id}).lead_tell_assigned = "digest"
        self.assertEqual(self.company.lead_tell_assigned, "digest")
