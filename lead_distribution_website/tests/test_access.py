"""What each of ten users may do with the website, through what this addon adds."""

import re
from functools import partial
from pathlib import Path

from odoo.tests.common import tagged

from odoo.addons.lead_distribution.tests import access, access_cases, access_http

FORM = "/website/form/<string:model_name>"


class WebsiteCases(access_cases.AccessCase):
    access_modules = ("odoo.addons.lead_distribution_website.",)
    access_addons = ()
    access_tables = (
        *access_cases.AccessCase.access_tables,
        Path(__file__).with_name("access_table.csv"),
    )
    access_cases = Path(__file__).name

    def cases(self):
        Case, Listing = access.Case, "lead.distribution.listing"
        page = {"website_path": "/flats/garden"}
        # writes a form into a page for whoever may see the page, and signs it
        yield Case("ir.qweb.field.html", "value_to_html", "a page", args=["<p/>", {}])
        new = {"name": "New", "company_id": self.company.id, **page}
        yield Case(Listing, "create", "with a page, in company 1", args=[new])
        yield Case(Listing, "write", "company 1: its page", self.listing, [page])
        yield Case(
            "lead.distribution.process",
            "write",
            "company 1: the page that sets it off",
            self.process,
            [{"trigger": "page", "page_url": "/courses"}],
        )


@tagged("post_install", "-at_install")
class TestAccessOfWebsite(WebsiteCases):
    def test_every_method_is_tried(self):
        """What can be called from outside is in the list of calls."""
        self.assert_none([*self.missing_cases(), *self.our_routes()])

    def test_table(self):
        """Ten users, what this addon adds, records of company 1: as the table says."""
        self.assert_table(30)

    def test_filter_of_forms_is_private(self):
        """The form's values are put right by the website alone, as superuser."""
        self.assertFalse(
            access.is_public(self.env["crm.lead"], "website_form_input_filter")
        )


@tagged("post_install", "-at_install")
class TestAccessOfForms(access_http.AccessHttpMixin, WebsiteCases):
    """Forms of the website: whoever is there makes a lead, and learns nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        website = cls.env.ref("website.default_website")
        website.write(
            {
                "company_id": cls.company.id,
                "cookies_bar": False,
                "crm_default_team_id": cls.south.id,
                "crm_default_user_id": False,
            }
        )
        cls.team_2 = cls.env["crm.team"].create(
            {"name": "Of another house", "company_id": cls.company_2.id}
        )

    def _send(self, **values):
        page = self.url_open("/contactus").text
        token = re.search(r'csrf_token: "([^"]+)"', page)
        return self.url_open(
            "/website/form/crm.lead",
            data={
                "csrf_token": token and token.group(1),
                "name": "A question",
                "contact_name": "Vera Visitor",
                "email_from": "vera@visitors.test",
                "description": "What does it cost?",
                **values,
            },
        )

    def _made(self, answer, last):
        """:returns: the lead that a form made"""
        self.assertEqual(answer.status_code, 200, answer.text)
        lead = self.env["crm.lead"].search([("id", ">", last)])
        self.assertEqual(len(lead), 1, answer.text)
        return lead

    def test_forms(self):
        """Ids of another company's, service fields and references of others' leads in
        a form change nothing but the lead that it makes, which tells the visitor
        nothing."""
        self._forbid(access.read_table(*self._existing_tables())[0])
        theirs = self.leads["a colleague's"]
        for name in ("anonymous", "portal", "internal", "own_2"):
            user = self.users[name]
            self.log_in(name)
            for values in (
                {"team_id": str(self.team_2.id)},
                {"user_id": str(self.users["own_2"].id)},
                {"user_id": str(self.users["portal"].id)},
                {"distribution_state": "none", "intake_status": "removed"},
                {"external_ref": theirs.external_ref},
                {
                    "duplicate_lead_id": str(theirs.id),
                    "partner_id": str(self.customer.id),
                },
                {"listing": self.listing.reference},
            ):
                last = self.env["crm.lead"].search([], order="id desc", limit=1).id
                before = theirs.read(["write_date", "consent_ids", "message_ids"])

                with self.subTest(user=name, **values):
                    self.tried(
                        user,
                        partial(self._send, **values),
                        partial(self._judge, user, last),
                    )
                    after = theirs.read(["write_date", "consent_ids", "message_ids"])
                    self.assertEqual(after, before)

    def _judge(self, user, last, answer, _changed):
        """The lead that a form made is the website's, whatever the form said."""
        lead = self._made(answer, last)
        self.assertFalse(self._leaks(user, answer.text.lower()))
        self.assertEqual(lead.company_id, self.company)
        self.assertFalse(lead.user_id - self.boris - self.own)
        self.assertNotEqual(lead.team_id, self.team_2)
        self.assertNotEqual(lead.intake_status, "removed")
        self.assertFalse(lead.external_ref or lead.duplicate_lead_id)
        self.assertNotEqual(lead.partner_id, self.customer)
