"""The seed's first example in the browser: a call to a visitor of a page."""

from .common import WebsiteCase

FORM = """
<section class="s_website_form" data-vcss="001" data-snippet="s_website_form">
  <form action="/website/form/" method="post" enctype="multipart/form-data"
        class="o_mark_required" data-mark="*" data-model_name="crm.lead"
        data-success-mode="redirect" data-success-page="/test-courses">
    <div class="s_website_form_rows row">
      <div class="s_website_form_field col-12"><input type="text" name="contact_name"
           class="s_website_form_input form-control"/></div>
      <div class="s_website_form_field col-12"><input type="email" name="email_from"
           class="s_website_form_input form-control"/></div>
      <div class="s_website_form_field col-12"><input type="text" name="name"
           class="s_website_form_input form-control"/></div>
      <div class="s_website_form_field col-12"><textarea name="description"
           class="s_website_form_input form-control"/></div>
      <div class="s_website_form_field col-12"><input type="checkbox" name="consents"
           value="TEST-CALL" class="s_website_form_input"/></div>
      <div class="s_website_form_submit col-12">
        <span id="s_website_form_result"/>
        <a href="#" role="button" class="btn btn-primary s_website_form_send">Send</a>
      </div>
    </div>
  </form>
</section>"""


class TestWebsiteScreens(WebsiteCase):
    def test_a_call_to_a_visitor(self):
        """S10, V2, S4: an anonymous visitor sends the form, opens the page; the task
        is at the right salesperson; its outcome sends the mail and the next task"""
        purpose = self.env["lead.distribution.consent.purpose"].create(
            {"name": "May be called", "reference": "TEST-CALL"}
        )
        self._route(self.anna, domain="[('listing_id.reference', '=', 'HOUSE-7')]")
        process = self._process(
            {"task_summary": "Offer the discount"},
            trigger="page",
            page_url="/test-courses",
        )
        template = self.env["mail.template"].create(
            {
                "name": "Discount",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "subject": "A discount for {{ object.contact_name }}",
                "email_to": "{{ object.email_from }}",
                "body_html": "<p>Ten per cent.</p>",
            }
        )
        self.failed.write(
            {
                "mail_template_id": template.id,
                "next_activity_type_id": self.visit.id,
                "next_delay_number": 3,
            }
        )
        self._page("/test-form", FORM)
        self._page("/test-courses", "<h1>Courses of spring</h1>")
        self.start_tour(
            "/test-form?listing=HOUSE-7", "lead_distribution_website_visitor"
        )
        lead = self.env["crm.lead"].search([("email_from", "=", "vera@visitors.test")])
        self.assertEqual(lead.user_id, self.anna)
        self.assertEqual(lead.listing_id, self.listing)
        self.assertEqual(lead.consent_ids.purpose_id, purpose)
        self.assertEqual(process.event_ids.lead_id, lead)
        self._run_processes()
        task = self._tasks(lead)
        self.assertEqual(task.user_id, self.anna)
        lead.type = "opportunity"
        self.start_tour(
            f"/odoo/crm.lead/{lead.id}",
            "lead_distribution_website_call",
            login=self.anna.login,
        )
        self.assertEqual(task.outcome_id, self.failed)
        following = self._tasks(lead) - task
        self.assertEqual(following.user_id, self.anna)
        mail = self.env["mail.mail"].sudo().search([("subject", "ilike", "A discount")])
        self.assertIn("vera@visitors.test", f"{mail.email_to}{mail.recipient_ids}")
