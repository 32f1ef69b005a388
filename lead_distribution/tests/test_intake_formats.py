"""Each format of files and payloads, by the way a manager has it (V2)."""

# ruff: noqa: E501 (rows as they are exported)

import copy
import io
from datetime import datetime

import openpyxl

from odoo.exceptions import AccessError
from odoo.tests import Form
from odoo.tests.common import tagged

from .test_lead_files import META as META_FILE
from .test_lead_files import LeadFileCase
from .test_mail import MailCase
from .test_webhook import GOOGLE, META, TYPEFORM, ZAPIER, WebhookCase

GOOGLE_FILE = """Lead ID,Google Click ID,Campaign ID,Campaign,Lead form ID,Submission time,Full Name,Email,Phone number,Listing,What is your budget?
GF-1,Cj0a,991,Search brand,5512,2026-11-21 18:30:00,Ada Okafor,ada@visitors.example,+44 20 7946 0018,M-1,up to 300000
GF-2,Cj0b,991,Search brand,5512,2026-11-21 19:30:00,,,,M-1,none
"""
LINKEDIN_FILE = """Lead ID\tLead Created At\tCampaign Name\tCreative Name\tLead Gen Form Name\tFirst Name\tLast Name\tWork Email\tCompany Name\tJob Title\tCountry/Region\tProperty
aa-01\t2026-11-19T08:00:00Z\tOffices Q4\tCarousel 2\tOffices\tInes\tDuarte\tines@firm.example\tFirm of Ines\tHead of Sales\tPortugal\tno such listing
"""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@tagged("post_install", "-at_install")
class TestFileFormats(LeadFileCase):
    def test_google(self):
        """V2: Google's file; a row of nobody is told with its row and why."""
        _preview, result, importer = self._load(GOOGLE_FILE.encode())
        self.assertFalse(result["messages"])
        lead = self.env["crm.lead"].browse(result["ids"])
        self.assertRecordValues(
            lead,
            [
                {
                    "contact_name": "Ada Okafor",
                    "email_from": "ada@visitors.example",
                    "phone_sanitized": "+442079460018",
                    "external_ref": "GF-1",
                    "listing_id": self.listing.id,
                }
            ],
        )
        self.assertEqual(
            (lead.source_id.name, lead.medium_id.name, lead.campaign_id.name),
            ("Google", "Lead Ads", "Search brand"),
        )
        self.assertIn("up to 300000", lead.description)
        summary = self._summary(importer)
        self.assertEqual(
            (summary.format_name, summary.new_count, summary.refused_count),
            ("Google Ads", 1, 1),
        )
        self.assertEqual(summary.line_ids.row, 3)
        self.assertIn("does not say who is asking", summary.line_ids.reason)
        _preview, again, importer = self._load(GOOGLE_FILE.encode())
        self.assertEqual(again["ids"], lead.ids)
        self.assertEqual(self._summary(importer).repeated_count, 1)

    def test_linkedin(self):
        """V2: LinkedIn's file; an unknown listing is kept in the description."""
        _preview, result, importer = self._load(LINKEDIN_FILE.encode("utf-16"))
        self.assertFalse(result["messages"])
        lead = self.env["crm.lead"].browse(result["ids"])
        self.assertRecordValues(
            lead,
            [
                {
                    "contact_name": "Ines Duarte",
                    "email_from": "ines@firm.example",
                    "partner_name": "Firm of Ines",
                    "function": "Head of Sales",
                    "external_ref": "aa-01",
                    "country_id": self.env.ref("base.pt").id,
                    "listing_id": False,
                }
            ],
        )
        self.assertEqual(lead.source_id.name, "LinkedIn")
        self.assertEqual(lead.campaign_id.name, "Offices Q4")
        self.assertIn("no such listing", lead.description)
        self.assertEqual(self._summary(importer).format_name, "LinkedIn")
        _preview, again, _importer = self._load(LINKEDIN_FILE.encode("utf-16"))
        self.assertEqual(again["ids"], lead.ids)

    def test_asked_on(self):
        """V11 G7: the portal's own date is when the person asked; times begin there."""
        book = openpyxl.Workbook()
        book.active.append(["Anfragedatum", "Objekt-Nr.", "Name", "E-Mail"])
        book.active.append(
            [datetime(2026, 11, 3, 9, 5), "M-1", "Eva Ruiz", "eva@visitors.example"]
        )
        content = io.BytesIO()
        book.save(content)
        self.company.lead_distribution_tz = "Europe/Berlin"
        for data, values, moments in (
            (
                content.getvalue(),
                {"name": "p.xlsx", "mime": XLSX},
                ["2026-11-03 08:05"],
            ),
            (META_FILE.encode(), {}, ["2026-11-20 15:11", "2026-11-20 10:00"]),
        ):
            _preview, result, _importer = self._load(data, **values)
            self.assertFalse(result["messages"])
            leads = self.env["crm.lead"].browse(result["ids"])
            asked = [f"{lead.inquiry_date:%Y-%m-%d %H:%M}" for lead in leads]
            self.assertEqual(asked, moments)
            self.assertEqual(leads.mapped("inquiry_date"), leads.mapped("create_date"))
        self.assertFalse(self._lead().inquiry_date)


@tagged("post_install", "-at_install")
class TestMappingOnScreen(WebhookCase):
    def _mapped(self, payload, change, path, target, wanted):
        """Deliver; the manager gives a key of it another field; deliver another.

        :param change: gives a payload another number and another person
        :param wanted: ``(field of the lead, its value)``
        """
        hook = (
            self.env["lead.distribution.intake.source"]
            .with_user(self.manager)
            .create({"name": f"Hook of {path}"})
        )
        first = self._lead_of(self._send(payload, hook=hook))
        self.assertTrue(first.user_id)
        hook.action_add_fields()
        with Form(hook) as form:
            place = hook.field_ids.mapped("path").index(path)
            with form.field_ids.edit(place) as line:
                line.target = target
        other = copy.deepcopy(payload)
        change(other)
        response = self._send(other, hook=hook)
        self.assertEqual(response.json()["status"], "new")
        second = self._lead_of(response)
        self.assertNotEqual(second, first)
        self.assertEqual(second[wanted[0]], wanted[1])
        self.assertNotEqual(first[wanted[0]], wanted[1])
        repeated = self._send(other, hook=hook).json()
        self.assertEqual(repeated["status"], "repeated")
        self.assertEqual(repeated["reference"], second.external_ref)

    def test_zapier(self):
        """V2, Part 12 10: what Zapier sends, a key of it mapped on screen."""

        def change(payload):
            payload.update(name="Olga Fern", email="olga@visitors.example")

        payload = {**ZAPIER, "zone": "North", "id": "Z-1"}
        self._mapped(
            payload,
            lambda each: (change(each), each.update(id="Z-2")),
            "zone",
            "city",
            ("city", "North"),
        )

    def test_google(self):
        """The same of a form of Google's."""

        def change(payload):
            payload["lead_id"] = "GL-9"
            payload["user_column_data"][0]["string_value"] = "Olga Fern"
            payload["user_column_data"][1]["string_value"] = "olga@visitors.example"

        payload = copy.deepcopy(GOOGLE)
        payload["user_column_data"].append(
            {"column_id": "which_one", "column_name": "Which?", "string_value": "North"}
        )
        self._mapped(payload, change, "which_one", "city", ("city", "North"))

    def test_meta(self):
        """The same of a lead of Meta's."""

        def change(payload):
            payload["id"] = "88999"
            payload["field_data"][1]["values"] = ["+48600100399"]

        payload = copy.deepcopy(META)
        payload["field_data"].append({"name": "where", "values": ["North"]})
        self._mapped(payload, change, "field_data.where", "city", ("city", "North"))

    def test_typeform(self):
        """The same of a form of Typeform's."""

        def change(payload):
            response = payload["form_response"]
            response["token"] = "tok-99"
            response["answers"][1]["email"] = "other@visitors.example"

        payload = copy.deepcopy(TYPEFORM)
        payload["form_response"]["definition"]["fields"].append(
            {"id": "f3", "title": "Where?", "ref": "where"}
        )
        payload["form_response"]["answers"].append(
            {"type": "text", "text": "North", "field": {"id": "f3", "ref": "where"}}
        )
        self._mapped(payload, change, "where", "city", ("city", "North"))


@tagged("post_install", "-at_install")
class TestReadFrom(MailCase):
    def test_told_in_why(self):
        """Part 12, 2: what was read and from where stands on the lead and in “Why?”."""
        lead = self._mail(
            "WordPress <wordpress@shop.test>",
            "Nombre: Kai Kunde\nCorreo: kai@kunde.test\nTeléfono: +34 600 111 222",
        )
        salesperson = lead.user_id
        action = lead.with_user(salesperson).action_explain_distribution()
        dialog = self.env["lead.distribution.explain"].with_user(salesperson)
        dialog = dialog.browse(action["res_id"])
        with Form(dialog) as form:
            self.assertIn("Correo", form.intake_read)
            self.assertIn("Sent by wordpress@shop.test", form.intake_read)
        with Form(lead.with_user(salesperson)) as form:
            self.assertEqual(form.intake_read, dialog.intake_read)
        other = (self.anna | self.boris) - salesperson
        foreign = self.env["lead.distribution.explain"].with_user(other)
        with self.assertRaises(AccessError):
            foreign.new({"lead_id": lead.id}).mapped("intake_read")
