"""The list of what came in and became no lead."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form
from odoo.tests.common import tagged

from ..tools.service_context import as_service
from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestNotLeads(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna)
        cls.NotLead = cls.env["lead.distribution.not.lead"]
        cls.managing = cls._user("managing", "lead_distribution.group_manager")

    def _kept(self, company=None, **values):
        vals = {
            "channel": "mail",
            "reason": "automatic",
            "name": "Abwesend: Ihre Nachricht",
            "email_from": "Kai Kunde <kai@kunde.example>",
            "body": "<p>I am away.</p>",
            **values,
        }
        return self.NotLead._keep(company or self.company, vals)

    def test_manager_makes_a_lead(self):
        """Whoever manages the distribution makes a lead of it; the routes get it, with
        its text and its attachments."""
        kept = self.NotLead._keep(
            self.company,
            {
                "channel": "mail",
                "reason": "list",
                "name": "Flat wanted",
                "email_from": "Kai Kunde <kai@kunde.example>",
                "body": "<p>Please call me</p>",
                "values": {"team_id": self.team.id},
            },
            [("plan.txt", "the plan"), ("plan.bin", b"\x00\x01")],
        )
        kept.with_user(self.managing).action_make_lead()
        lead = kept.lead_id
        self.assertEqual(kept.state, "lead")
        self.assertEqual((lead.name, lead.team_id), ("Flat wanted", self.team))
        self.assertEqual(lead.email_normalized, "kai@kunde.example")
        self.assertEqual(
            (lead.user_id, lead.distribution_state), (self.anna, "assigned")
        )
        message = lead.message_ids.filtered(lambda x: x.message_type == "email")
        self.assertIn("Please call me", message.body)
        self.assertEqual(
            sorted(message.attachment_ids.mapped("name")), ["plan.bin", "plan.txt"]
        )
        with self.assertRaises(UserError):
            kept.with_user(self.managing).action_make_lead()
        kept.unlink()
        self.assertEqual(len(message.attachment_ids.exists()), 2)

    def test_payload_is_in_the_text(self):
        """What could not be read is in the lead's chatter as it came."""
        kept = self._kept(
            channel="webhook", reason="unread", body=False, payload='{"a": "<b>1"}'
        )
        kept.with_user(self.managing).action_make_lead()
        self.assertIn("&lt;b&gt;1", kept.lead_id.message_ids[-1].body)

    def test_several_at_once(self):
        several = self._kept() | self._kept(name="Second")
        action = several.with_user(self.managing).action_make_lead()
        self.assertEqual(action["domain"], [("id", "in", several.lead_id.ids)])
        self.assertEqual(len(several.lead_id), 2)

    def test_dismissed(self):
        kept = self._kept()
        kept.with_user(self.managing).action_dismiss()
        self.assertEqual(kept.state, "dismissed")

    def test_kept_once(self):
        """The same number by the same channel for the same company is kept once."""
        first = self._kept(reference="<1@x.example>")
        self.assertEqual(self._kept(reference="<1@x.example>"), first)
        others = self._kept(reference="<1@x.example>", channel="file")
        others |= self._kept(self.company_2, reference="<1@x.example>")
        self.assertEqual(len(others | first), 3)

    def test_odd_characters(self):
        """What the database cannot hold is left out, headers have one line."""
        kept = self._kept(name="a\r\nBcc: x\x00", payload="1\x002", detail="y\n")
        self.assertEqual((kept.name, kept.payload), ("a Bcc: x", "12"))

    def test_rights(self):
        """Managers of the company read and delete; nobody writes; salespeople see
        nothing."""
        kept = self._kept()
        theirs = self._kept(self.company_2)
        found = self.NotLead.with_user(self.managing).search([])
        self.assertIn(kept, found)
        self.assertNotIn(theirs, found)
        with self.assertRaises(AccessError):
            theirs.with_user(self.managing).action_make_lead()
        for call in (
            lambda: kept.with_user(self.managing).write({"name": "X"}),
            lambda: self.NotLead.with_user(self.managing).create(
                {"channel": "mail", "reason": "list", "company_id": self.company.id}
            ),
            lambda: kept.with_user(self.managing).read(["values"]),
            lambda: kept.with_user(self.anna).read(["name"]),
            lambda: kept.with_user(self.anna).action_make_lead(),
            lambda: kept.with_user(self.anna).action_dismiss(),
        ):
            with self.assertRaises(AccessError):
                call()
        kept.with_user(self.managing).unlink()

    def test_deleted_after_90_days(self):
        """What is older goes with its attachments; what is younger stays."""
        now = fields.Datetime.now()
        with freeze_time(now - timedelta(days=91)):
            old = self.NotLead._keep(
                self.company,
                {"channel": "mail", "reason": "list"},
                [("a.txt", "a")],
            )
        attachments = old.attachment_ids
        self.assertTrue(attachments)
        young = self._kept(date=now - timedelta(days=89))
        self.assertEqual(self.NotLead._gc_old(), (1, False))
        self.assertFalse(old.exists())
        self.assertFalse(attachments.exists())
        self.assertTrue(young.exists())

    def test_forgotten_with_who_sent_it(self):
        """B10: whoever is forgotten is forgotten here, too; others are not."""
        kai = self.env["res.partner"].create(
            {"name": "K", "email": "kai@kunde.example"}
        )
        theirs, others = self._kept(), self._kept(email_from="x@else.example")
        senders = self.env["lead.distribution.sender"]
        for address in ("kai@kunde.example", "x@else.example"):
            senders._learn(self.company, address, "", "Somebody")
        lead = self._lead(email_from="kai@kunde.example", partner_id=kai.id)
        as_service(lead).intake_reading = {"sender": "kai@kunde.example"}
        self.env["lead.distribution.privacy"]._anonymize(kai)
        self.assertFalse(theirs.exists())
        self.assertTrue(others.exists())
        self.assertEqual(senders.search([]).mapped("address"), ["x@else.example"])
        self.assertFalse(lead.sudo().intake_reading)

    def test_forms_open(self):
        """A manager opens the form; a salesperson sees on a lead where it was read."""
        kept = self._kept(payload="{}", detail="Auto-Submitted: auto-replied")
        with Form(kept.with_user(self.managing)) as form:
            self.assertEqual(form.detail, "Auto-Submitted: auto-replied")
        lead = self._lead()
        as_service(lead).intake_reading = {"found": [["name", "label", "Nombre"]]}
        with Form(lead.with_user(self.anna)) as form:
            self.assertEqual(
                form.intake_read, "Contact Name (“Nombre”): a line of the mail"
            )
