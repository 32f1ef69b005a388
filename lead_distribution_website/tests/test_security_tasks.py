"""Part 9: a form of one company's website takes nothing of another company."""

from odoo.tests.common import tagged

from .common import WebsiteCase


@tagged("post_install", "-at_install")
class TestConsentsOfForms(WebsiteCase):
    def test_consents_of_another_company(self):
        """Part 9: by id, reference or name, a visitor agrees to what the website's
        company asks, or what all companies do; no lead is lost"""
        shared, ours, theirs = self.env["lead.distribution.consent.purpose"].create(
            [
                {"name": "For all", "reference": "TEST-ALL"},
                {
                    "name": "Ours",
                    "reference": "TEST-OWN",
                    "company_id": self.company.id,
                },
                {
                    "name": "Theirs",
                    "reference": "TEST-OWN",
                    "company_id": self.company_2.id,
                },
            ]
        )
        ids = ",".join(map(str, (shared | theirs).ids))
        for n, (values, expected) in enumerate(
            (
                ({"consent_purpose_ids": ids}, shared),
                ({"consents": "TEST-OWN"}, ours),
                ({"consents": "Theirs,TEST-ALL"}, shared),
                ({"consents": "TEST-OWN", "consent_purpose_ids": ids}, shared | ours),
            )
        ):
            with self.subTest(values=values):
                answer, lead = self._send_form(
                    email_from=f"agrees{n}@visitors.test", phone="", **values
                )
                self.assertTrue(answer.get("id"), answer)
                self.assertEqual(lead.consent_ids.purpose_id, expected)
