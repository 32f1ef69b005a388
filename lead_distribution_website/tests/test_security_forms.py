"""What visitors send that no form of the website asks for."""

import time

from odoo import Command

from odoo.addons.lead_distribution.tools.constants import KEPT

from .common import WebsiteCase


class TestSecurityForms(WebsiteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._route(cls.anna)

    def test_a_visitor_chooses_nobody(self):
        """Part 9, an anonymous form that names user_id: the routes decide, unless the
        page of the form says whose its leads are"""
        _answer, lead = self._send_form(user_id=self.boris.id)
        self.assertEqual(
            (lead.user_id, lead.distribution_state), (self.anna, "assigned")
        )
        named = self._named_by_a_page(self.clara)
        self.assertIn("website_form_signature", named)
        _answer, lead = self._send_form(**named, email_from="b@visitors.test", phone="")
        self.assertEqual((lead.user_id, lead.distribution_state), (self.clara, "none"))
        # the page's proof is for the page's salesperson
        for n, forged in enumerate(
            (
                {**named, "user_id": self.boris.id},
                {**named, "website_form_signature": f"{self.clara.id}:x"},
                {**named, "website_form_signature": "x" * 100_000},
                {
                    "user_id": self.boris.id,
                    "website_form_signature": named["website_form_signature"].replace(
                        str(self.clara.id), f"{self.boris.id},{self.clara.id}"
                    ),
                },
            )
        ):
            _answer, lead = self._send_form(
                **forged, email_from=f"c{n}@visitors.test", phone=""
            )
            self.assertEqual(lead.user_id, self.anna, forged)

    def test_visitors_choose_among_those_of_the_page(self):
        """Part 9: a page may let them, and offers whom it offers"""
        named = self._named_by_a_page(self.clara, self.boris)
        for n, user in enumerate((self.clara, self.boris)):
            _answer, lead = self._send_form(
                **{**named, "user_id": user.id, "email_from": f"d{n}@visitors.test"},
                phone="",
            )
            self.assertEqual(lead.user_id, user)

    def test_a_form_in_a_text(self):
        """Part 9: such as that of a product or an article, signed when it is shown"""
        field = self.env["ir.qweb.field.html"].sudo()
        shown = field.value_to_html(
            '<form action="/website/form/" data-model_name="crm.lead"><input '
            f'type="hidden" name="user_id" value="{self.boris.id}"></form>',
            {},
        )
        self.assertIn(f'value="{self.boris.id}:', shown)
        again = field.value_to_html(shown, {})
        self.assertEqual(again.count("website_form_signature"), 1)

    def test_a_form_that_names_nobody(self):
        """Part 9: is as it was"""
        self._page(
            "/test-form-of-nobody",
            """<form action="/website/form/" data-model_name="crm.lead"><input
               type="text" name="name"/></form>""",
        )
        self.assertEqual(self._hidden_fields("/test-form-of-nobody"), {"name": None})

    def test_nothing_else_is_chosen(self):
        """Part 9: company, another company's team and listing, and where the lead
        stands; what is no field of the form is text for a person"""
        team_2 = self.env["crm.team"].create(
            {"name": "Far", "company_id": self.company_2.id}
        )
        forged = dict.fromkeys(KEPT, "1")
        forged |= {
            "company_id": self.company_2.id,
            "team_id": team_2.id,
            "partner_id": self.company.partner_id.id,
            "external_ref": "A-1",
            "active": "",
            "context": "{'default_intake_status': 'converted'}",
            "default_intake_status": "converted",
            "create_uid": self.boris.id,
        }
        answer, lead = self._send_form(**forged)
        self.assertEqual(answer, {"id": lead.id})
        self.assertEqual((lead.user_id, lead.company_id), (self.anna, self.company))
        self.assertEqual(lead.intake_status, "new")
        self.assertFalse(lead.external_ref or lead.partner_id or lead.consent_ids)
        self.assertFalse(lead.customer_user_id or lead.date_first_call)
        self.assertTrue(lead.active)
        self.assertIn("A-1", lead.description)

    def test_a_reference_of_somebody_else(self):
        """Part 9, 14: where a form may carry one, a visitor repeats what they sent
        themselves, and nothing of others"""
        self.env["ir.model.fields"].formbuilder_whitelist("crm.lead", ["external_ref"])
        purpose = self.env["lead.distribution.consent.purpose"].create(
            {"name": "May be called", "reference": "TEST-CALL"}
        )
        _answer, lead = self._send_form(external_ref="A-1")
        self.assertEqual(lead.external_ref, "A-1")
        answer, new = self._send_form(external_ref="A-1", consents="TEST-CALL")
        self.assertEqual((answer, new), ({"id": lead.id}, lead.browse()))
        self.assertEqual(lead.consent_purpose_ids, purpose)
        lead.consent_ids.sudo().unlink()
        said = lead.description
        self.opener.cookies.clear()
        visitor = self.env["website.visitor"]
        visitor.search([("lead_ids", "in", lead.ids)]).write(
            {"lead_ids": [Command.clear()]}
        )
        _answer, new = self._send_form(external_ref="A-1", consents="TEST-CALL")
        self.assertTrue(new)
        self.assertFalse(new.external_ref)
        self.assertIn("A-1", new.description)
        lead.invalidate_recordset()
        self.assertFalse(lead.consent_ids)
        self.assertEqual(lead.description, said)

    def test_long_fields(self):
        """Part 9, 4: a form that is filled with letters is a lead, in good time"""
        self.env["lead.distribution.listing"].create(
            {"name": "Far", "reference": "House at the sea"}
        )
        for piece in ("a", "@a.a", "(", "1 ", "<!--", ","):
            text = piece * (200_000 // len(piece))
            started = time.process_time()
            answer, lead = self._send_form(
                email_from=text,
                phone=text,
                name=text,
                listing=text,
                consents=text,
                description="What does it cost?",
            )
            self.assertEqual(answer, {"id": lead.id}, piece)
            self.assertIn("What does it cost?", lead.description)
            self.assertLess(time.process_time() - started, 10, piece)

    def test_lines_in_a_name(self):
        """Part 9, 20"""
        _answer, lead = self._send_form(
            name="A question\r\nBcc: all@x.test", contact_name="Vera\nVisitor"
        )
        self.assertEqual(lead.name, "A question Bcc: all@x.test")
        self.assertEqual(lead.contact_name, "Vera Visitor")
