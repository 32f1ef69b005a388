"""Offers, claims and switches of people who cannot take leads (K7 K8 O12 O23)."""

from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests.common import tagged

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestUnavailable(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(
            cls.anna | cls.boris | cls.clara, delivery="offer", offer_minutes=60
        )

    def _offered_to(self, lead):
        lead.invalidate_recordset()
        return lead.offer_user_id

    def _goes_on(self, stop):
        """What is offered to Anna goes on once she is stopped."""
        lead = self._lead()
        self.assertEqual(self._offered_to(lead), self.anna)
        stop()
        self.assertEqual(self._offered_to(lead), self.boris)
        self.assertEqual(self._rows(lead).mapped("state"), ["expired", "offered"])

    def test_paused(self):
        """K8: who is paused keeps no open offer."""
        anna = self.anna.with_user(self.manager)
        self._goes_on(lambda: anna.write({"lead_distribution_paused": True}))

    def test_paused_on_the_route(self):
        """K8: nor who is paused on its route, from either side."""
        anna = self.anna.with_user(self.manager)
        self._goes_on(
            lambda: anna.write({"lead_paused_route_ids": [Command.link(self.route.id)]})
        )
        lead = self._lead()
        user = self._offered_to(lead)
        self.route.with_user(self.manager).paused_user_ids |= user
        self.assertNotIn(self._offered_to(lead), user | self.anna)

    def test_absent(self):
        """K8 O23: by the switch, a dated absence, or the out-of-office dates."""
        self._goes_on(lambda: self.anna.with_user(self.anna).write({"lead_absent": 1}))

    def test_time_off(self):
        """K8 O23: by Time Off, or an absence that begins while the offer stands."""
        resource = self.env["resource.resource"].create(
            {"name": "Anna", "user_id": self.anna.id}
        )
        now = fields.Datetime.now()
        self._goes_on(
            lambda: self.env["resource.calendar.leaves"].create(
                {
                    "resource_id": resource.id,
                    "date_from": now - timedelta(hours=1),
                    "date_to": now + timedelta(days=2),
                }
            )
        )
        lead = self._lead()
        self.assertEqual(self._offered_to(lead), self.clara)
        self.env["lead.distribution.absence"].create(
            {"user_id": self.clara.id, "date_from": now + timedelta(minutes=10)}
        )
        self.assertEqual(self._offered_to(lead), self.clara)
        with freeze_time(now + timedelta(minutes=11)):
            self._run_cron("ir_cron_expire_offers")
        self.assertEqual(self._offered_to(lead), self.boris)

    def test_archived(self):
        """K8: and who is archived."""
        lead = self._lead()
        self.anna.active = False
        self._run_cron("ir_cron_expire_offers")
        self.assertEqual(self._offered_to(lead), self.boris)

    def test_at_a_limit(self):
        """K8: a limit that was reached otherwise, or set."""
        lead = self._lead()
        self.assertEqual(self._offered_to(lead), self.anna)
        self.anna.lead_max_open = 1
        self.assertEqual(self._offered_to(lead), self.anna)
        given = self.env["crm.lead"].create({"name": "Given", "user_id": self.anna.id})
        self.assertEqual(given.user_id, self.anna)
        self._run_cron("ir_cron_expire_offers")
        self.assertEqual(self._offered_to(lead), self.boris)

    def test_absent_is_no_look_ahead(self):
        """K8 O12: who will be absent soon may still answer what they were asked."""
        self.route.absence_lookahead_days = 5
        lead = self._lead()
        self.env["lead.distribution.absence"].create(
            {
                "user_id": self.anna.id,
                "date_from": fields.Datetime.now() + timedelta(days=1),
            }
        )
        self._run_cron("ir_cron_expire_offers")
        self.assertEqual(self._offered_to(lead), self.anna)

    def test_paused_on_a_route_claims_none_of_its_leads(self):
        """K11: neither by the button nor by the field; of other routes they do."""
        self.route.write({"delivery": "assign", "paused_user_ids": self.anna.ids})
        self.boris.lead_distribution_paused = True
        self.clara.lead_distribution_paused = True
        lead = self._lead()
        self.assertEqual(lead.distribution_state, "pool")
        self.assertEqual(lead.distribution_route_id, self.route)
        mine = lead.with_user(self.anna)
        with self.assertRaisesRegex(UserError, "you are paused on it"):
            mine.action_claim()
        with self.assertRaisesRegex(UserError, "you are paused on it"):
            mine.user_id = self.anna
        self.route.with_user(self.manager).paused_user_ids = False
        mine.action_claim()
        self.assertEqual(lead.user_id, self.anna)

    # the switch ---------------------------------------------------------------

    def test_switch_says_why_it_stays(self):
        """O23: switched off while Time Off or the out-of-office dates are the cause."""
        resource = self.env["resource.resource"].create(
            {"name": "Anna", "user_id": self.anna.id}
        )
        now = fields.Datetime.now()
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Secret illness",
                "resource_id": resource.id,
                "date_from": now - timedelta(hours=1),
                "date_to": now + timedelta(days=2),
            }
        )
        anna = self.anna.with_user(self.anna)
        anna.lead_absent = True
        self.assertFalse(anna.lead_absence_ids)  # she is absent already
        told = []
        with patch.object(
            type(self.env["res.users"]),
            "_bus_send",
            lambda user, kind, message, **kw: told.append((user, kind, message)),
        ):
            anna.lead_absent = False
        ((user, kind, message),) = [row for row in told if row[0] == self.anna]
        self.assertEqual(kind, "simple_notification")
        self.assertIn("Anna stays absent: by time off", message["message"])
        self.assertNotIn("Secret", message["message"])
        anna.invalidate_recordset()
        self.assertTrue(anna.lead_absent)
        self.assertIn("by time off", anna.lead_absent_text)
        self.assertFalse(self.boris.with_user(self.boris).lead_absent_text)

    def test_switch_ends_what_was_entered_here(self):
        """O23: nobody is told anything where the switch did it."""
        anna = self.anna.with_user(self.anna)
        anna.lead_absent = True
        self.assertIn("until further notice", anna.lead_absent_text)
        with patch.object(type(self.env["res.users"]), "_bus_send") as send:
            anna.lead_absent = False
        send.assert_not_called()
        self.assertFalse(anna.lead_absent)

    # look-ahead -----------------------------------------------------------------

    def test_look_ahead_in_calendar_days(self):
        """O12: of the company, whatever the hour, also when the clock changes."""
        self.route.write({"delivery": "assign", "absence_lookahead_days": 1})
        absence = self.env["lead.distribution.absence"].create(
            {"user_id": self.anna.id, "date_from": datetime(2025, 10, 26, 22, 30)}
        )
        # 26 October 2025: Warsaw's clock goes back; midnight is at 23 h UTC
        for day, hour, begins, taken in (
            (25, 5, (26, 22, 30), self.boris),  # tomorrow, 41 hours ahead
            (25, 5, (26, 23, 0), self.anna),  # the day after tomorrow
            (24, 22, (26, 22, 30), self.boris),  # midnight: the 25th has begun
            (24, 21, (26, 22, 30), self.anna),
        ):
            absence.date_from = datetime(2025, 10, *begins)
            with freeze_time(datetime(2025, 10, day, hour)):
                codes = self.env["lead.distribution.candidates"]._away_on(
                    self.route, self.anna, set(), fields.Datetime.now(), {}
                )
            self.assertEqual(
                codes,
                {self.anna.id: "absent_soon"} if taken == self.boris else {},
                (day, hour, begins),
            )

    # telling -------------------------------------------------------------------

    def test_template_knows_who_it_is_offered_to(self):
        """K7: the route's template speaks to the person offered to."""
        self.route.mail_template_id = self.env["mail.template"].create(
            {
                "name": "Offer",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "subject": "For {{ object.user_id.name }}",
                "body_html": "<p>Dear <t t-out='object.user_id.name'/></p>",
            }
        )
        lead = self._lead()
        self._run_cron("ir_cron_send_mail")
        (mail,) = self.env["mail.mail"].search(
            [("recipient_ids", "in", self.anna.partner_id.ids)]
        )
        self.assertEqual(mail.subject, "For Anna")
        self.assertIn("Dear Anna", mail.body_html)
        self.assertFalse(lead.user_id)
        self.env.invalidate_all()
        self.assertFalse(lead.user_id)

    def test_health_offers_of_the_night(self):
        """B3: an offering route that is always open and counts plain minutes."""

        def findings():
            self.env.flush_all()
            rows = self.env["lead.distribution.health"].with_user(self.manager)
            names = rows.search([("kind", "=", "hours")]).mapped("name")
            return [name for name in names if "also at night" in name]

        (text,) = findings()
        self.assertIn("offers leads for 60 minutes", text)
        for values in (
            {"offer_working_time": True},
            {"offer_working_time": False, "schedule": "within"},
            {"schedule": "always", "offer_minutes": 24 * 60},
            {"offer_minutes": 60, "delivery": "assign"},
        ):
            self.route.write(values)
            self.assertFalse(findings(), values)
