from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests.common import tagged

from ..models.follow_up.follow_up import Event
from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestEvents(DistributionCase):
    """U4: what people do with a lead is caught where it happens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._route(cls.anna)
        cls.lead = cls._lead()
        cls.mine = cls.lead.with_user(cls.anna)
        cls.customer = cls.env["res.partner"].create(
            {"name": "Customer", "email": "customer@customers.test"}
        )

    def _caught(self, function):
        """:returns: ``[(kind, user_id), ...]`` of what a call made known"""
        found = []
        original = self.env.registry["lead.distribution.follow.up"]._note_follow_ups

        def note(service, events):
            found.extend(events)
            return original(service, events)

        self.patch(
            type(self.env["lead.distribution.follow.up"]), "_note_follow_ups", note
        )
        try:
            function()
        finally:
            self.patch(
                type(self.env["lead.distribution.follow.up"]),
                "_note_follow_ups",
                original,
            )
        for event in found:
            self.assertIsInstance(event, Event)
            self.assertEqual(event.lead_id, self.lead.id)
        return [(event.kind, event.user_id) for event in found]

    def test_activities(self):
        """U4: an activity done counts at the moment it is done, by its category."""
        self.assertEqual(self.lead.user_id, self.anna)
        for xmlid, kind in (
            ("mail.mail_activity_data_call", "call"),
            ("mail.mail_activity_data_meeting", "meeting"),
            ("mail.mail_activity_data_todo", "activity"),
        ):
            activity = self.mine.activity_schedule(xmlid, user_id=self.anna.id)
            caught = self._caught(lambda a=activity: a.action_feedback("done"))
            self.assertEqual(caught, [(kind, self.anna.id)])
        self.assertAlmostEqual(
            self.lead.last_follow_up_date,
            fields.Datetime.now(),
            delta=timedelta(minutes=1),
        )

    def test_messages(self):
        """U4: a note of the salesperson and an email to the customer count; what others
        note, what the customer or the system writes does not."""
        self.assertEqual(
            self._caught(
                lambda: self.mine.message_post(
                    body="Called twice", message_type="comment"
                )
            ),
            [("note", self.anna.id)],
        )
        self.assertEqual(
            self._caught(
                lambda: self.mine.message_post(
                    body="Dear",
                    subtype_xmlid="mail.mt_comment",
                    message_type="comment",
                    partner_ids=self.customer.ids,
                )
            ),
            [("email", self.anna.id)],
        )
        nothing = [
            lambda: self.lead.with_user(self.manager).message_post(
                body="Well?", message_type="comment"
            ),
            lambda: self.mine.message_post(
                body="Hello?", message_type="email", author_id=self.customer.id
            ),
            lambda: self.mine._message_log(body="By the system"),
            lambda: self.mine.message_post(body="x", message_type="auto_comment"),
        ]
        for call in nothing:
            self.assertFalse(self._caught(call))

    def test_composer_and_mass_mail(self):
        """U4: the composer writing to many leads is an email for each."""
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.anna)
            .with_context(
                default_model="crm.lead",
                default_res_ids=self.lead.ids,
                default_composition_mode="mass_mail",
            )
            .create({"subject": "News", "body": "<p>News</p>"})
        )
        self.assertEqual(
            self._caught(composer._action_send_mail), [("email", self.anna.id)]
        )

    def test_stage(self):
        """U4: a stage that a person moved; not one that an automation did."""
        stages = self.env["crm.stage"].search([("is_won", "=", False)], limit=3)
        other = stages - self.lead.stage_id
        self.assertEqual(
            self._caught(lambda: self.mine.write({"stage_id": other[0].id})),
            [("stage", self.anna.id)],
        )
        self.assertFalse(
            self._caught(lambda: self.mine.write({"stage_id": other[0].id}))
        )
        action = self.env["ir.actions.server"].create(
            {
                "name": "Move",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "code",
                "code": f"record.write({{'stage_id': {other[1].id}}})",
            }
        )
        context = {"active_model": "crm.lead", "active_id": self.lead.id}
        self.assertFalse(
            self._caught(
                lambda: action.with_user(self.anna).with_context(**context).run()
            )
        )

    def test_meetings(self):
        """U4: a meeting counts once its end has passed; moved or deleted, what it said
        is taken back."""
        now = datetime(2026, 3, 3, 10, 0)
        with freeze_time(now):
            self.lead.write({"distribution_idle_since": now - timedelta(days=3)})
            meeting = (
                self.env["calendar.event"]
                .with_user(self.anna)
                .create(
                    {
                        "name": "Visit",
                        "opportunity_id": self.lead.id,
                        "start": now + timedelta(hours=1),
                        "stop": now + timedelta(hours=2),
                        "user_id": self.anna.id,
                    }
                )
            )
            hold = self.env["lead.distribution.follow.up"]._hold_meetings
            self.assertFalse(self._caught(hold))
            self.assertFalse(self.lead.last_follow_up_date)
        with freeze_time(now + timedelta(hours=3)):
            self.assertEqual(self._caught(hold), [("meeting", self.anna.id)])
            self.assertEqual(self.lead.last_follow_up_date, now + timedelta(hours=2))
            self.assertFalse(self._caught(hold), "once only")
            meeting.write(
                {"start": now + timedelta(days=1), "stop": now + timedelta(days=1)}
            )
            self.assertFalse(self.lead.last_follow_up_date)
        with freeze_time(now + timedelta(days=2)):
            self.assertEqual(self._caught(hold), [("meeting", self.anna.id)])
            meeting.unlink()
            self.assertFalse(self.lead.last_follow_up_date)

    def test_what_counts(self):
        """U4: what counts is a setting of the company."""
        self.company.lead_follow_up_note = False
        self.mine.message_post(body="Called twice", message_type="comment")
        self.assertFalse(self.lead.last_follow_up_date)
        self.company.lead_follow_up_note = True
        self.mine.message_post(body="Called again", message_type="comment")
        self.assertTrue(self.lead.last_follow_up_date)
        self.assertEqual(self.lead.first_follow_up_date, self.lead.last_follow_up_date)

    def test_not_written_again_at_once(self):
        """U4: a lead's dates are written every five minutes at most."""
        self.mine.message_post(body="One", message_type="comment")
        first = self.lead.last_follow_up_date
        with freeze_time(first + timedelta(minutes=3)):
            self.mine.message_post(body="Two", message_type="comment")
            self.assertEqual(self.lead.last_follow_up_date, first)
        with freeze_time(first + timedelta(minutes=6)):
            self.mine.message_post(body="Three", message_type="comment")
            self.assertEqual(
                self.lead.last_follow_up_date, first + timedelta(minutes=6)
            )
        self.assertEqual(self.lead.first_follow_up_date, first)

    def test_nobody_distributes(self):
        """B8: where nobody distributes nothing is looked at."""
        self.env["lead.distribution.route"].search([]).active = False
        self.assertFalse(
            self._caught(
                lambda: self.mine.message_post(body="x", message_type="comment")
            )
        )
