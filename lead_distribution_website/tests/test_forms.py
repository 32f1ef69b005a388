"""Leads of the website's forms."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tools import mute_logger

from .common import WebsiteCase


class TestForms(WebsiteCase):
    def test_distributed_like_any_other(self):
        """V2: the form's lead goes where the routes say, not to the team's leader to
        whom core would hand it"""
        self._route(self.anna | self.boris, strategy="round_robin")
        answer, first = self._send_form()
        self.assertEqual(answer, {"id": first.id})
        _answer, second = self._send_form(
            email_from="other@visitors.test", phone="", contact_name="Otto"
        )
        self.assertEqual(first.user_id | second.user_id, self.anna | self.boris)
        self.assertEqual(first.distribution_state, "assigned")
        self.assertEqual(first.company_id, self.company)
        self.assertFalse(first.intake_incomplete)

    def test_the_websites_default_is_no_choice(self):
        """V2: nor to the website's default salesperson"""
        self.website.crm_default_user_id = self.clara
        self._route(self.anna)
        _answer, lead = self._send_form()
        self.assertEqual(lead.user_id, self.anna)

    def test_the_forms_own_salesperson(self):
        """K12: a form that names its salesperson captures its leads for them"""
        self._route(self.anna)
        _answer, lead = self._send_form(**self._named_by_a_page(self.boris))
        self.assertEqual(lead.user_id, self.boris)
        self.assertEqual(lead.distribution_state, "none")

    def test_without_distribution_core_decides(self):
        """B8: while nobody distributes, the team's leader gets it, as in core"""
        _answer, lead = self._send_form()
        self.assertEqual(lead.user_id, self.clara)
        self.assertFalse(lead.source_id)

    def test_known_customer(self):
        """V2, O13: whoever the company knows goes to their salesperson"""
        self.env["res.partner"].create(
            {
                "name": "Vera Visitor",
                "email": "Vera@Visitors.test",
                "user_id": self.boris.id,
                "company_id": self.company.id,
            }
        )
        self._route(self.anna | self.boris)
        _answer, lead = self._send_form()
        self.assertEqual(lead.user_id, self.boris)
        self.assertEqual(lead.intake_status, "linked")

    def test_source(self):
        """V1, V2: the campaign that brought the visitor, else the website"""
        self._route(self.anna)
        _answer, lead = self._send_form()
        self.assertEqual(lead.source_id.name, self.website.name)
        self.assertEqual(lead.medium_id.name, "Website")
        self.opener.cookies.set("odoo_utm_source", self.source.name)
        self.opener.cookies.set("odoo_utm_campaign", "Spring")
        _answer, lead = self._send_form(email_from="two@visitors.test", phone="")
        self.assertEqual(lead.source_id, self.source)
        self.assertEqual(lead.campaign_id.name, "Spring")

    def test_listing_of_a_hidden_field(self):
        """V2: a field of the form names the listing by its reference"""
        self._route(self.anna, domain="[('listing_id.reference', '=', 'HOUSE-7')]")
        _answer, lead = self._send_form(listing="house-7")
        self.assertEqual(lead.listing_id, self.listing)
        self.assertEqual(lead.user_id, self.anna)

    def test_listing_of_the_address(self):
        """V2: a parameter of the page's address names it"""
        self._route(self.anna)
        _answer, lead = self._send_form(referer="/contactus?listing=HOUSE-7&x=1")
        self.assertEqual(lead.listing_id, self.listing)

    def test_listing_of_the_page(self):
        """V2: the listing whose page it is; in any language"""
        self._route(self.anna)
        self.assertEqual(self.listing.website_path, "/flats/river/")
        _answer, lead = self._send_form(referer="/flats/river")
        self.assertEqual(lead.listing_id, self.listing)
        with self.assertRaisesRegex(ValidationError, "begins with /"):
            self.listing.website_path = "flats"

    def test_listing_of_the_page_in_another_language(self):
        """V2: whichever language its address was pasted in"""
        self._route(self.anna)
        lang = self.env["res.lang"]._activate_lang("fr_FR")
        self.website.language_ids |= lang
        self.listing.website_path = "https://example.com/fr/flats/sea"
        self.assertEqual(self.listing.website_path, "/flats/sea")
        for page in ("/flats/sea", "/fr/flats/sea"):
            _answer, lead = self._send_form(referer=page)
            self.assertEqual(lead.listing_id, self.listing)

    def test_archived_listing(self):
        """V2: the name of a listing archived since the form was made is kept for a
        person to see"""
        self._route(self.anna)
        self.listing.active = False
        answer, lead = self._send_form(listing_id=self.listing.id)
        self.assertTrue(answer["id"])
        self.assertFalse(lead.listing_id)
        self.assertIn("Flat at the river", lead.description)
        self.listing.company_id = self.company_2
        _answer, lead = self._send_form(
            listing_id=self.listing.id, email_from="two@visitors.test", phone=""
        )
        self.assertNotIn("Flat at the river", lead.description)

    def test_listing_of_the_editors_field(self):
        """V2: the field that the website editor offers; another company's listing or
        none is left out, and the lead is there"""
        self._route(self.anna)
        _answer, lead = self._send_form(listing_id=self.listing.id)
        self.assertEqual(lead.listing_id, self.listing)
        other = self.listing.copy(
            {"reference": "X", "company_id": self.company_2.id, "website_path": False}
        )
        for wrong in (other.id, 987654321):
            answer, lead = self._send_form(listing_id=wrong)
            self.assertTrue(answer["id"])
            self.assertFalse(lead.listing_id)

    def test_unknown_listing_is_kept(self):
        """V2: a reference that nobody knows is kept for a person to see"""
        self._route(self.anna)
        _answer, lead = self._send_form(
            listing="HOUSE-8", referer="/contactus?listing=HOUSE-9"
        )
        self.assertFalse(lead.listing_id)
        for text in ("HOUSE-8", "HOUSE-9", "What does it cost?"):
            self.assertIn(text, lead.description)

    def test_consents(self):
        """V2: what was ticked is a consent, by reference, name or the editor's field;
        what nobody knows is kept"""
        call, news, share = self.env["lead.distribution.consent.purpose"].create(
            [
                {"name": "May be called", "reference": "TEST-CALL"},
                {"name": "Wants test news"},
                {"name": "May be shared"},
            ]
        )
        _answer, lead = self._send_form(
            consents="TEST-CALL,wants test news,TEST-X",
            consent_purpose_ids=f"{share.id}",
        )
        self.assertEqual(lead.consent_ids.purpose_id, call | news | share)
        self.assertIn("TEST-X", lead.description)
        answer, lead = self._send_form(consent_purpose_ids=f"{share.id},987654321")
        self.assertTrue(answer["id"])
        self.assertEqual(lead.consent_ids.purpose_id, share)

    def test_consents_of_a_form_written_by_hand(self):
        """V2: names in the field that is meant for ids lose no lead, and are found"""
        self._route(self.anna)
        call, share = self.env["lead.distribution.consent.purpose"].create(
            [
                {"name": "May be called", "reference": "TEST-CALL"},
                {"name": "May be shared"},
            ]
        )
        for n, (text, expected) in enumerate(
            (
                ("TEST-CALL", call),
                (f"{share.id},TEST-CALL", call | share),
                ("TEST-X,99999999999999", call.browse()),
                ("", call.browse()),
            )
        ):
            answer, lead = self._send_form(
                consent_purpose_ids=text, email_from=f"v{n}@visitors.test", phone=""
            )
            self.assertTrue(answer.get("id"), answer)
            self.assertEqual(lead.consent_ids.purpose_id, expected)
            if "TEST-X" in text:
                self.assertIn("TEST-X", lead.description)

    def test_the_editor_offers_the_fields(self):
        """V2: listing and consents are fields of the website's form editor"""
        model = self.env["ir.model"]._get("crm.lead")
        fields = model.sudo()._get_form_writable_fields()
        self.assertIn("listing_id", fields)
        self.assertIn("consent_purpose_ids", fields)
        self.assertNotIn("distribution_state", fields)

    def test_every_route_broken(self):
        """V2: the form works when every route is broken: the lead is in the pool"""
        self.company.lead_distribution_fallback_email = "fallback@company.test"
        routes = self._route(self.anna) | self._route(self.boris, name="Second")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE lead_distribution_route SET domain = '[(' WHERE id IN %s",
            [tuple(routes.ids)],
        )
        routes.invalidate_recordset()
        with mute_logger("odoo.addons.lead_distribution.models.pipeline.matching"):
            answer, lead = self._send_form()
        self.assertEqual(answer, {"id": lead.id})
        self.assertEqual(lead.distribution_state, "pool")
        self.assertIn("What does it cost?", lead.description)

    def test_everything_broken(self):
        """V2: nor when our own code fails altogether: nothing of the visitor's is
        lost, and the schedule takes the lead"""
        self._route(self.anna)
        with (
            patch.object(
                type(self.env["lead.distribution"]),
                "_process",
                side_effect=ValueError("broken"),
            ),
            patch.object(
                type(self.env["lead.distribution.apply"]),
                "_apply_failure",
                side_effect=ValueError("broken"),
            ),
            patch.object(
                type(self.env["lead.distribution.website.form"]),
                "_form_listing",
                side_effect=ValueError("broken"),
            ),
            mute_logger(
                "odoo.addons.lead_distribution.models.pipeline.lead_distribution",
                "odoo.addons.lead_distribution_website.models.website_form",
            ),
        ):
            answer, lead = self._send_form(referer="/flats/river")
        self.assertEqual(answer, {"id": lead.id})
        self.assertEqual(lead.phone, "+48 601 234 567")

    def test_our_part_broken(self):
        """V2: what goes wrong with source or listing, such as two first forms at once,
        takes no lead from the routes"""
        self._route(self.anna)
        self.website.crm_default_user_id = self.clara
        named = self._named_by_a_page(self.boris)
        with (
            patch.object(
                type(self.env["lead.distribution.website.form"]),
                "_form_source",
                side_effect=ValueError("broken"),
            ),
            mute_logger("odoo.addons.lead_distribution_website.models.website_form"),
        ):
            answer, lead = self._send_form()
            self.assertTrue(answer["id"])
            self.assertEqual(lead.user_id, self.anna)
            _answer, lead = self._send_form(
                **named, email_from="two@visitors.test", phone=""
            )
            self.assertEqual(lead.user_id, self.boris)

    def test_strange_values(self):
        """V2: salespeople and teams that are none, or of elsewhere, and unreadable
        addresses lose no lead"""
        self._route(self.anna)
        portal = self.env.ref("base.public_user")
        other = self.env["crm.team"].create(
            {"name": "Far", "company_id": self.company_2.id}
        )
        for values in (
            {"user_id": 987654321, "team_id": 987654321},
            {"user_id": portal.id, "team_id": other.id},
        ):
            answer, lead = self._send_form(**values)
            self.assertTrue(answer.get("id"), answer)
            self.assertEqual(lead.user_id, self.anna)
        answer, lead = self._send_form(
            referer="/x?listing=%00%FF&listing=[", listing=" "
        )
        self.assertTrue(answer.get("id"))

    def test_two_companies(self):
        """V2: a website's leads are its company's, and go through its routes"""
        seller = self._user("far", company_id=self.company_2.id)
        self._route(seller, company_id=self.company_2.id)
        self._route(self.anna)
        self.website.write(
            {
                "company_id": self.company_2.id,
                "crm_default_team_id": False,
                "user_id": self.env.ref("base.public_user")
                .sudo()
                .copy(
                    {
                        "login": "public_2",
                        "company_id": self.company_2.id,
                        "company_ids": [Command.set(self.company_2.ids)],
                    }
                )
                .id,
            }
        )
        _answer, lead = self._send_form(listing=self.listing.reference)
        self.assertEqual(lead.company_id, self.company_2)
        self.assertEqual(lead.user_id, seller)
        self.assertFalse(lead.listing_id)
