import re

from lxml import html

from odoo.tests import HttpCase
from odoo.tests.common import tagged

from odoo.addons.lead_distribution.tests.test_processes import ProcessCase


@tagged("post_install", "-at_install")
class WebsiteCase(ProcessCase, HttpCase):
    """A visitor who has no account, with a session of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # without a replica, as most run it
        cls.set_registry_readonly_mode(False)
        cls.website = cls.env.ref("website.default_website")
        cls.website.write(
            {
                "company_id": cls.company.id,
                "cookies_bar": False,
                "crm_default_team_id": cls.team.id,
                "crm_default_user_id": False,
            }
        )
        cls.team.user_id = cls.clara  # whom core would hand the forms' leads to
        cls.listing = cls.env["lead.distribution.listing"].create(
            {"name": "Flat at the river", "reference": "HOUSE-7"}
        )
        cls.listing.website_path = "https://example.com/flats/river/"

    @classmethod
    def _page(cls, url, content="<p>Courses</p>", **values):
        """A page of the website, as its editor makes it."""
        view = cls.env["ir.ui.view"].create(
            {
                "name": url,
                "type": "qweb",
                "key": f"website.test_{re.sub('[^a-z]', '_', url)}",
                "arch": f"""<t t-call="website.layout"><div id="wrap">{content}
                            </div></t>""",
            }
        )
        return cls.env["website.page"].create(
            {"url": url, "view_id": view.id, "is_published": True, **values}
        )

    def _named_by_a_page(self, *users, url="/test-form-of-one"):
        """What a form sends that is on a page of the website and names salespeople: one
        in a hidden field, as the website editor writes it, or several to choose from.

        :returns: ``{name: value}`` of the fields
        """
        if len(users) == 1:
            field = f"""<input type="hidden" name="user_id" value="{users[0].id}"
                               class="form-control s_website_form_input"/>"""
        else:
            options = "".join(f'<option value="{u.id}">{u.id}</option>' for u in users)
            field = f'<select name="user_id">{options}</select>'
        self._page(
            url,
            f"""<form action="/website/form/" method="post"
                      data-model_name="crm.lead">{field}</form>""",
        )
        return self._hidden_fields(url) | {"user_id": users[0].id}

    def _hidden_fields(self, url):
        """:returns: ``{name: value}`` of the hidden fields of the forms of a page"""
        page = html.fromstring(self.url_open(url).text)
        inputs = page.xpath('//form[@data-model_name="crm.lead"]//input')
        return {x.get("name"): x.get("value") for x in inputs}

    def _send_form(self, referer="/contactus", **values):
        """:returns: ``(what the visitor's browser is answered, the new lead)``"""
        last = self.env["crm.lead"].search([], order="id desc", limit=1).id or 0
        answer = self.url_open(
            "/website/form/crm.lead",
            data={
                "name": "A question",
                "contact_name": "Vera Visitor",
                "email_from": "vera@visitors.test",
                "phone": "+48 601 234 567",
                "description": "What does it cost?",
                **values,
            },
            headers={"Referer": self.base_url() + referer},
        )
        lead = self.env["crm.lead"].search([("id", ">", last)])
        return answer.json(), lead
