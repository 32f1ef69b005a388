"""Files of leads, by Odoo's own import, as whoever may import has it (V2)."""

# ruff: noqa: E501 (rows as they are exported)

import io
from datetime import datetime

import openpyxl

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase
from odoo.tests.common import tagged

from .common import DistributionCase, tour_user

META = """id\tcreated_time\tad_id\tad_name\tadset_id\tcampaign_id\tcampaign_name\tform_id\tform_name\tis_organic\tplatform\tfull_name\temail\tphone_number\tproperty\tcountry
l:701\t2026-11-20T09:11:53-06:00\tag:1\tBlue\tas:1\tc:1\tFlats of autumn\tf:1\tForm\tfalse\tig\tZoé Márquez\tzoe@visitors.example\tp:+34600111222\tM-1\tEspaña
l:702\t2026-11-20T10:00:00+0000\tag:1\tBlue\tas:1\tc:1\tFlats of autumn\tf:1\tForm\ttrue\tfb\tYann Nowak\t\tp:\tno such place\tAtlantis
l:703\t2026-11-20T11:00:00+0000\tag:1\tBlue\tas:1\tc:1\tFlats of autumn\tf:1\tForm\tfalse\tfb\t\t\tp:\tM-1\t
l:704\t2026-11-20T11:00:00+0000\t\t\t\t\t\tf:1\tForm\ttrue\tfb\t<test lead: dummy data for full_name>\ttest@meta.com\t<test lead: dummy data for phone_number>\t\t
"""
OPTIONS = {"has_headers": True, "quoting": '"', "keep_matches": False}


class LeadFileCase(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna | cls.boris)
        cls.listing = cls.env["lead.distribution.listing"].create(
            {"name": "Flat by the sea", "reference": "M-1"}
        )

    def _load(self, data, user=None, name="leads.csv", mime="text/csv", **options):
        """Import as the customer does: preview, then the mapping that it proposes.

        :returns: ``(preview, result, base_import.import)``
        """
        importer = (
            self.env["base_import.import"]
            .with_user(user or self.clara)
            .create(
                {
                    "res_model": "crm.lead",
                    "file": data,
                    "file_name": name,
                    "file_type": mime,
                }
            )
        )
        preview = importer.parse_preview({**OPTIONS, **options})
        self.assertNotIn("error", preview)
        fields = [
            "/".join(preview["matches"].get(place, [])) or False
            for place in range(len(preview["headers"]))
        ]
        chosen = {**OPTIONS, **preview["options"], **options}
        result = importer.execute_import(
            fields, [title.lower() for title in preview["headers"]], dict(chosen)
        )
        return preview, result, importer

    def _summary(self, importer):
        return self.env["lead.distribution.import"].search(
            [("number", "=", importer.id)]
        )


@tagged("post_install", "-at_install")
class TestLeadFiles(LeadFileCase):
    def test_meta_as_it_comes(self):
        """V2: UTF-16 with tabs; ids, phones, platform and campaign; the moment of the
        row; unknown listing and country kept; what is no lead is told."""
        _preview, result, importer = self._load(META.encode("utf-16"))
        self.assertFalse(result["messages"])
        first, second = self.env["crm.lead"].browse(result["ids"])
        self.assertRecordValues(
            first | second,
            [
                {
                    "contact_name": "Zoé Márquez",
                    "email_from": "zoe@visitors.example",
                    "phone_sanitized": "+34600111222",
                    "external_ref": "701",
                    "listing_id": self.listing.id,
                    "country_id": self.env.ref("base.es").id,
                    "create_date": datetime(2026, 11, 20, 15, 11, 53),
                },
                {
                    "contact_name": "Yann Nowak",
                    "email_from": False,
                    "phone_sanitized": False,
                    "external_ref": "702",
                    "listing_id": False,
                    "country_id": False,
                    "create_date": datetime(2026, 11, 20, 10),
                },
            ],
        )
        self.assertEqual(first.source_id.name, "Instagram")
        self.assertEqual(second.source_id.name, "Facebook")
        self.assertEqual(first.medium_id.name, "Lead Ads")
        self.assertEqual(first.campaign_id.name, "Flats of autumn")
        self.assertIn("no such place", second.description)
        self.assertIn("Atlantis", second.description)
        self.assertIn("ad_name: Blue", first.description)
        self.assertEqual(first.distribution_state, "pending")
        self._run_cron()
        self.assertEqual(
            (first | second).mapped("distribution_state"), ["assigned"] * 2
        )
        summary = self._summary(importer)
        self.assertRecordValues(
            summary,
            [
                {
                    "format_name": "Meta (Facebook, Instagram)",
                    "user_id": self.clara.id,
                    "company_id": self.company.id,
                    "new_count": 2,
                    "repeated_count": 0,
                    "incomplete_count": 1,
                    "refused_count": 2,
                }
            ],
        )
        self.assertEqual(
            [(line.row, line.kind) for line in summary.line_ids],
            [(3, "incomplete"), (4, "refused"), (5, "refused")],
        )
        waiting = self.env["lead.distribution.not.lead"].search(
            [("channel", "=", "file"), ("company_id", "=", self.company.id)]
        )
        self.assertIn("703", waiting.payload, "not lost")

    def test_twice_is_once(self):
        """V2: the same file again, by the same person or a manager, makes nothing."""
        _preview, first, _importer = self._load(META.encode("utf-16"))
        for user in (self.clara, self.manager):
            _preview, again, importer = self._load(META.encode("utf-8"), user)
            self.assertEqual(again["ids"], first["ids"])
            summary = self._summary(importer)
            self.assertEqual((summary.new_count, summary.repeated_count), (0, 2))
            self.assertEqual(
                summary.line_ids.filtered("lead_number").mapped("lead_number"),
                first["ids"],
            )

    def test_hours_are_judged_at_the_rows_moment(self):
        """K1: the route of the time when the inquiry was made."""
        self.route.write({"date_to": "2026-11-20"})
        later = self._route(self.clara, sequence=99)
        text = "Listing ref,Email,Date\nM-1,a@b.example,{}\n"
        for date, route in (
            ("2026-11-20T10:00:00Z", self.route),
            ("2026-11-22T10:00:00Z", later),
        ):
            _preview, result, _importer = self._load(text.format(date).encode())
            lead = self.env["crm.lead"].browse(result["ids"])
            self._run_cron()
            self.assertEqual(lead.distribution_route_id, route)

    def test_portal_workbook(self):
        """V2: XLSX with a line above the titles and cells that are dates and numbers;
        a row that has no number is known again all the same."""
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(["Contactos de la semana"])
        sheet.append(
            ["Fecha", "Referencia", "Nombre", "Apellidos", "Móvil", "Mensaje", "Portal"]
        )
        moment = datetime(2026, 11, 3, 9, 5)
        sheet.append([moment, "M-1", "Eva", "Ruiz", 600111333, "¿Visita?", "Casa X"])
        sheet.append([moment, "M-1", None, None, None, "nadie", "Casa X"])
        content = io.BytesIO()
        book.save(content)
        mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        self.company.country_id = self.env.ref("base.es")
        preview, result, importer = self._load(
            content.getvalue(), name="portal.xlsx", mime=mime
        )
        self.assertIn("Móvil", preview["headers"])
        self.assertFalse(result["messages"])
        lead = self.env["crm.lead"].browse(result["ids"])
        self.assertEqual(lead.contact_name, "Eva Ruiz")
        self.assertEqual(lead.phone_sanitized, "+34600111333")
        self.assertEqual(lead.listing_id, self.listing)
        self.assertEqual(lead.source_id.name, "Casa X")
        self.assertIn("¿Visita?", lead.description)
        # the company's time, since cells say none
        self.assertEqual(lead.create_date, datetime(2026, 11, 3, 8, 5))
        self.assertEqual(self._summary(importer).refused_count, 1)
        self.assertEqual(self._summary(importer).line_ids.row, 4)
        _preview, again, _importer = self._load(
            content.getvalue(), name="portal.xlsx", mime=mime
        )
        self.assertEqual(again["ids"], lead.ids)

    def test_text_file_that_is_called_a_workbook(self):
        """Meta's “Excel” is a text file."""
        _preview, result, _importer = self._load(
            META.encode("utf-16"), name="leads.xls", mime="application/vnd.ms-excel"
        )
        self.assertEqual(len(result["ids"]), 2)

    def test_in_parts(self):
        """Odoo imports large files in parts: one summary, each row once."""
        titles = "Listing ref;Email;Message\n"
        rows = [f"M-1;p{n}@visitors.example;Hello {n}" for n in range(5)]
        data = (titles + "\n".join([*rows[:2], "M-1;;", *rows[2:]])).encode()
        preview, _result, importer = self._load(data, limit=2)
        self.assertEqual(preview["num_rows"], 6)  # titles and five leads
        fields = [
            "/".join(preview["matches"][n]) for n in range(len(preview["headers"]))
        ]
        seen = 2
        while seen < 5:
            options = {**OPTIONS, **preview["options"], "limit": 2, "skip": seen}
            result = importer.execute_import(fields, preview["headers"], options)
            self.assertFalse(result["messages"])
            seen += len(result["ids"])
        summary = self._summary(importer)
        self.assertEqual((summary.new_count, summary.refused_count), (5, 1))
        self.assertEqual(len(summary.lead_ids), 5)

    def test_trying_a_file_keeps_nothing(self):
        data = META.encode("utf-16")
        importer = self.env["base_import.import"].create(
            {"res_model": "crm.lead", "file": data, "file_type": "text/csv"}
        )
        before = self.env["crm.lead"].search_count([])
        preview = importer.parse_preview(dict(OPTIONS))
        fields = [
            "/".join(preview["matches"][n]) for n in range(len(preview["headers"]))
        ]
        result = importer.execute_import(
            fields, preview["headers"], {**OPTIONS, **preview["options"]}, dryrun=True
        )
        self.assertFalse(result["messages"])
        self.assertEqual(self.env["crm.lead"].search_count([]), before)
        self.assertFalse(self._summary(importer))

    def test_odoos_own_files_are_read_by_odoo(self):
        """Titles that are fields of Odoo, other models, and no titles at all."""
        preview, result, importer = self._load(
            b"name,email_from,listing_id,source_id\nOne,x@y.example,M-1,Brand new\n"
        )
        self.assertEqual(preview["headers"][0], "name")
        lead = self.env["crm.lead"].browse(result["ids"])
        self.assertEqual(lead.source_id.name, "Brand new")
        self.assertEqual(lead.listing_id, self.listing)
        summary = self._summary(importer)
        self.assertFalse(summary.format_name)
        self.assertEqual(summary.new_count, 1)
        importer = self.env["base_import.import"].create(
            {
                "res_model": "res.partner",
                "file": META.encode("utf-16"),
                "file_type": "text/csv",
            }
        )
        preview = importer.parse_preview(dict(OPTIONS))
        self.assertIn("created_time", preview["headers"])

    def test_portals_titles_and_odoos(self):
        """A file that also names fields which Odoo alone knows is Odoo's to read."""
        data = (
            b"name,Listing,Email,Salesperson,My column\nOne,M-1,x@y.example,Boris,9\n"
        )
        _preview, result, importer = self._load(data, self.manager)
        self.assertFalse(result["messages"])
        lead = self.env["crm.lead"].browse(result["ids"])
        self.assertEqual((lead.user_id, lead.distribution_state), (self.boris, "none"))
        self.assertFalse(self._summary(importer).format_name)

    def test_file_without_a_lead(self):
        importer = self.env["base_import.import"].create(
            {
                "res_model": "crm.lead",
                "file": b"Listing ref,Email,Message\nM-1,,Hello\n",
                "file_type": "text/csv",
            }
        )
        preview = importer.parse_preview(dict(OPTIONS))
        self.assertIn("No row of this file", preview["error"])

    def test_file_brings_leads_up_to_date(self):
        """With Odoo's own ids: names in a lead that is here, an unknown one kept."""
        lead = self._lead()
        xmlid = lead.export_data(["id"])["datas"][0][0]
        data = f"id,listing_id,source_id\n{xmlid},M-1,Brand new\n".encode()
        _preview, result, _importer = self._load(data, self.env.user)
        self.assertFalse(result["messages"])
        self.assertEqual(result["ids"], lead.ids)
        self.assertEqual(lead.listing_id, self.listing)
        self.assertEqual(lead.source_id.name, "Brand new")

    def test_whose_summary(self):
        """A salesperson reads their own, a manager those of the company, and nobody
        writes one."""
        _preview, _result, importer = self._load(META.encode("utf-16"), self.clara)
        summary = self._summary(importer)
        Import = self.env["lead.distribution.import"]
        action = Import.with_user(self.clara).action_of_file(importer.id)
        self.assertEqual(action["res_id"], summary.id)
        self.assertTrue(summary.with_user(self.clara).line_ids.read(["reason"]))
        self.assertTrue(summary.with_user(self.manager).read(["new_count"]))
        for user in (self.anna, self._user("dan", company_id=self.company_2.id)):
            self.assertFalse(Import.with_user(user).search([("id", "=", summary.id)]))
            self.assertFalse(Import.with_user(user).action_of_file(importer.id))
            with self.assertRaises(AccessError):
                summary.line_ids.with_user(user).read(["reason"])
        with self.assertRaises(AccessError):
            summary.with_user(self.manager).write({"new_count": 9})
        other = self._user(
            "mona", "sales_team.group_sale_manager", company_id=self.company_2.id
        )
        with self.assertRaises(AccessError):
            summary.with_user(other).read(["new_count"])

    def test_arrival_of_scripts(self):
        """A moment that is to come, or none at all, is no arrival."""
        now = self.env.cr.now()
        Lead = self.env["crm.lead"]
        for given in ("2999-01-01 00:00:00", "soon", False, "1969-01-01"):
            lead = Lead.create({"name": "X", "arrival_date": given})
            self.assertGreaterEqual(lead.create_date, now.replace(microsecond=0))
        lead = Lead.create({"name": "X", "arrival_date": "2026-11-01 10:00:00"})
        self.assertEqual(lead.arrival_date, datetime(2026, 11, 1, 10))
        lead.write({"arrival_date": "2026-01-01 10:00:00"})
        lead.invalidate_recordset()
        self.assertEqual(
            lead.create_date, datetime(2026, 11, 1, 10), "not changed later"
        )


@tagged("post_install", "-at_install")
class TestIntakeScreens(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = tour_user(cls.env, "manager", "group_sale_manager")
        cls.env["lead.distribution.route"].search([]).active = False

    def test_import(self):
        """V2: the file of a portal, as it comes, and what came of it; in the browser."""
        self.env["lead.distribution.listing"].create(
            {"name": "House", "reference": "T-1"}
        )
        self.start_tour(
            "/odoo/import?active_model=crm.lead",
            "lead_distribution_import",
            login=self.manager.login,
        )
        lead = self.env["crm.lead"].search([("email_from", "=", "eva@tour.test")])
        self.assertEqual(lead.listing_id.reference, "T-1")

    def test_long_file(self):
        """A long file says how far it is, is stopped, and goes on; nothing is lost or
        there twice; in the browser."""
        self.start_tour(
            "/odoo/import?active_model=crm.lead",
            "lead_distribution_import_long",
            login=self.manager.login,
            timeout=180,
        )
        leads = self.env["crm.lead"].search([("email_from", "like", "@long.test")])
        self.assertEqual(len(leads), 700)
        self.assertEqual(len(set(leads.mapped("email_from"))), 700)

    def test_webhook(self):
        """V2: a manager makes an address, and replaces it; in the browser."""
        self.start_tour(
            "/odoo/lead-webhooks", "lead_distribution_webhook", login=self.manager.login
        )
        hook = self.env["lead.distribution.intake.source"].search(
            [("name", "=", "Forms of the shop")]
        )
        self.assertEqual((hook.generation, hook.company_id), (1, self.env.company))


@tagged("post_install", "-at_install")
class TestOwnTools(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.boris)
        cls.partner = cls.env["res.partner"].create(
            {"name": "Kai Customer", "email": "kai@visitors.example"}
        )

    def _as(self, user, **values):
        lead = self.env["crm.lead"].with_user(user).create({"name": "Tool", **values})
        self.assertTrue(lead.has_access("read") or lead.sudo().user_id != user)
        return lead.sudo()

    def test_mail_plugin(self):
        """K12: what the plugin for Outlook and Gmail creates, in a salesperson's name."""
        lead = self._as(
            self.anna, partner_id=self.partner.id, description="<p>The letter</p>"
        )
        self.assertEqual((lead.user_id, lead.distribution_state), (self.anna, "none"))
        self.assertTrue(lead.with_user(self.anna).read(["name"]))

    def test_chat_command(self):
        """K12: /lead in a chat, with what crm_livechat writes then; a visitor's chat
        with a robot is distributed."""
        values = {"origin_channel_id": 1, "user_id": False, "team_id": False}
        own = {**values, "referred": "Anna"}
        intake = self.env["lead.distribution.intake"].with_user(self.anna)
        self.assertTrue(intake._by_own_tool(own, {}))
        self.assertFalse(intake._by_own_tool({**own, "referred": "Clara"}, {}))
        self.assertFalse(intake._by_own_tool(values, {}), "a robot in the chat")
        self.assertFalse(intake.sudo()._by_own_tool(own, {}), "a visitor")

    def test_who_else_creates_leads(self):
        """K12 O22: programs in a salesperson's name, an intake user's plugin, a form, a
        file: distributed."""
        partner = {"partner_id": self.partner.id}
        self.assertEqual(self._as(self.anna).user_id, self.boris)
        lead = self._as(self.anna, source_id=self.source.id, **partner)
        self.assertEqual(lead.user_id, self.boris)
        lead = self._as(self.anna, external_ref="A", **partner)
        self.assertEqual(lead.user_id, self.boris)
        self.company.lead_distribution_intake_user_ids = self.clara
        self.assertEqual(self._as(self.clara, **partner).user_id, self.boris)
        form = self.env["crm.lead"].with_user(self.env.ref("base.public_user")).sudo()
        lead = form.create({"name": "Web", **partner})
        self.assertEqual(lead.user_id, self.boris)
        lead = (
            self.env["crm.lead"]
            .with_user(self.anna)
            .with_context(import_file=True)
            .create({"name": "File", **partner})
        )
        self.assertEqual(lead.sudo().distribution_state, "pending")

    def test_calendar(self):
        """K12: the opportunity that somebody makes in passing while they plan a
        meeting."""
        number, _name = self.env["crm.lead"].with_user(self.anna).name_create("Meet")
        lead = self.env["crm.lead"].browse(number)
        event = (
            self.env["calendar.event"]
            .with_user(self.anna)
            .create(
                {
                    "name": "Meet",
                    "start": "2026-11-30 10:00:00",
                    "stop": "2026-11-30 11:00:00",
                    "opportunity_id": number,
                    "partner_ids": [Command.link(self.anna.partner_id.id)],
                }
            )
        )
        self.assertEqual(event.opportunity_id.sudo().user_id, self.anna)
        self.assertEqual(lead.distribution_state, "none")
