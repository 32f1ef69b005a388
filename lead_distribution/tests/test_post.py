from freezegun import freeze_time
from lxml import etree

from odoo.exceptions import ValidationError
from odoo.tests.common import tagged

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestPost(DistributionCase):
    def _mails(self):
        """What the cron puts into Odoo's queue."""
        before = self.env["mail.mail"].search([])
        self._run_cron("ir_cron_send_mail")
        return self.env["mail.mail"].search([]) - before

    def test_one_mail_a_salesperson(self):
        """V4: one email for all new leads, none inside the batch."""
        self._route(self.anna | self.boris)
        before = self.env["mail.mail"].search([])
        leads = self._lead(6)
        self.assertEqual(self.env["mail.mail"].search([]), before)
        mails = self._mails()
        self.assertEqual(mails.recipient_ids, (self.anna | self.boris).partner_id)
        self.assertEqual(len(mails), 2)
        for mail in mails:
            mine = leads.filtered(
                lambda x, mail=mail: x.user_id.partner_id == mail.recipient_ids
            )
            self.assertEqual(len(mine), 3)
            for lead in mine:
                self.assertIn(lead.name, mail.body_html)
        self.assertFalse(self._mails(), "told once")

    def test_single_lead_has_its_name_in_the_subject(self):
        """V4"""
        self._route(self.anna)
        lead = self._lead(name="Flat at the river")
        mail = self._mails()
        self.assertIn("Flat at the river", mail.subject)
        self.assertIn(f"/odoo/crm/{lead.id}", mail.body_html)

    def test_template_of_the_route(self):
        """V4 K7: one email per lead from the route's template."""
        template = self.env["mail.template"].create(
            {
                "name": "New",
                "model_id": self.env.ref("crm.model_crm_lead").id,
                "subject": "Take care of {{ object.name }}",
                "body_html": "<p>Now</p>",
            }
        )
        self._route(self.anna, mail_template_id=template.id)
        leads = self._lead(2)
        mails = self._mails()
        self.assertEqual(
            sorted(mails.mapped("subject")),
            sorted(f"Take care of {lead.name}" for lead in leads),
        )
        self.assertEqual(mails.recipient_ids, self.anna.partner_id)
        self.assertFalse([m for m in mails if m.email_to or m.email_cc])

    def test_found_somebody_before_the_mail(self):
        """O16: no alarm for a lead that has been claimed meanwhile."""
        self.company.lead_distribution_fallback_email = "lost@sales.test"
        self._route(self.anna.browse())
        lead = self._lead()
        lead.with_user(self.manager).user_id = self.boris
        self.assertFalse(self._mails())

    def test_fallback_mail_with_the_reasons(self):
        """O16: the company's address, or the route's own; every lead once."""
        self.company.lead_distribution_fallback_email = "lost@sales.test"
        route = self._route(self.anna.browse(), name="Empty", sequence=1)
        leads = self._lead(3)
        mails = self._mails()
        self.assertEqual(mails.mapped("email_to"), ["lost@sales.test"])
        for lead in leads:
            self.assertIn(lead.name, mails.body_html)
        self.assertIn("Nobody eligible", mails.body_html)
        self.assertIn("Auto-Submitted", str(mails.headers))
        self.assertNotIn("leads@", mails.reply_to or "")
        route.fallback_email = "own@sales.test"
        self._lead()
        self.assertEqual(self._mails().email_to, "own@sales.test")
        self.assertEqual(set(leads.mapped("distribution_state")), {"pool"})

    def test_fallback_is_no_alias_of_ours(self):
        """O16: else every lost lead would make a new one."""
        domain = self.env["mail.alias.domain"].create({"name": "ours.test"})
        self.company.alias_domain_id = domain
        self.team.write({"alias_name": "incoming", "alias_domain_id": domain.id})
        with self.assertRaisesRegex(ValidationError, "alias"):
            self.company.lead_distribution_fallback_email = "incoming@ours.test"
        with self.assertRaises(ValidationError):
            self.company.lead_distribution_fallback_email = "no address"
        with self.assertRaises(ValidationError):
            self._route(self.anna, fallback_email="incoming@ours.test")

    def test_broken_template_loses_nothing(self):
        """The assignment stands, the log says what is wrong, others are told."""
        template = self.env["mail.template"].create(
            {
                "name": "Broken",
                "model_id": self.env.ref("crm.model_crm_lead").id,
                "subject": "{{ object.no_such_field }}",
            }
        )
        self._route(
            self.anna, mail_template_id=template.id, domain="[('priority', '=', '3')]"
        )
        self._route(self.boris)
        lead = self._lead(priority="3")
        self._lead()
        with self.assertLogs("odoo.addons.lead_distribution", "ERROR"):
            mails = self._mails()
        self.assertEqual(lead.user_id, self.anna)
        self.assertEqual(mails.recipient_ids, self.boris.partner_id)

    def test_taking_oneself_needs_no_mail(self):
        self._route(self.anna)
        self.anna.lead_distribution_paused = True
        lead = self._lead()
        self._mails()
        self.anna.lead_distribution_paused = False
        lead.with_user(self.anna).action_claim()
        self.assertFalse(self._mails())

    def test_fallback_mail_tells_all_of_the_lead(self):
        """O16: the inquiry's text, name, phone and email, who was left out and why, in
        the company's time zone."""
        self.company.lead_distribution_fallback_email = "lost@sales.test"
        self.company.lead_distribution_tz = "Europe/Madrid"
        self._route(self.anna | self.boris, name="Two")
        self.anna.lead_distribution_paused = True
        self.boris.write({"lead_target_mode": "individual", "lead_target": 0})
        self._lead(
            name="Flat",
            contact_name="Pepe Pérez",
            phone="600 111 222",
            description="<p>I want to see it <b>today</b></p>",
        )
        mail = self._mails()
        self.assertEqual(mail.subject, "Nobody found for: Flat")
        for word in (
            "Pepe Pérez",
            "600 111 222",
            "@customers.test",
            "I want to see it *today*",
            "paused for leads (Anna)",
            "with a target of 0 (Boris)",
            "No salesperson was found for this lead",
        ):
            self.assertIn(word, mail.body_html)

    def test_watching_mails_in_zone_and_language_of_their_reader(self):
        """O16 O17: the company's zone and language; of a colleague whose address it is,
        the colleague's language."""
        self.env["res.lang"]._activate_lang("es_ES")
        self.company.lead_distribution_tz = "Asia/Tokyo"
        self.company.partner_id.lang = "en_US"
        self.company.lead_distribution_fallback_email = "boss@sales.test"
        self.company.lead_distribution_tracking = "each"
        self._route(self.anna)
        with freeze_time("2026-03-02 20:00:00"):
            lead = self._lead(name="Flat", phone="600 111 222", description="Hello")
            mails = self._mails()
        told = mails.filtered(lambda mail: mail.email_to == "boss@sales.test")
        self.assertIn("5:00", told.body_html)  # of the next day, there
        self.assertIn("3/3/26", told.body_html)
        for word in ("600 111 222", "Hello"):
            self.assertIn(word, told.body_html)
        self._user("boss").write({"email": "boss@sales.test", "lang": "es_ES"})
        with freeze_time("2026-03-02 20:00:00"):
            lead = self._lead(name="House")
            self.assertEqual(lead.user_id, self.anna)
            mails = self._mails()
        told = mails.filtered(lambda mail: mail.email_to == "boss@sales.test")
        self.assertIn("3/3/26, 5:00", told.body_html)

    def test_text_of_a_lead_that_came_by_mail(self):
        """O16: what the sender wrote, where the lead has no notes."""
        self.company.lead_distribution_fallback_email = "lost@sales.test"
        self._route(self.anna.browse(), name="Empty")
        lead = self._lead()
        lead.message_post(
            body="Is it still free?", message_type="email", author_id=False
        )
        self.assertIn("Is it still free?", self._mails().body_html)

    def test_what_one_needs_to_decide(self):
        """Part 15, 11: customer, phone, listing, place, value and source of each new
        lead, in the one email."""
        self._route(self.anna)
        listing = self.env["lead.distribution.listing"].create(
            {"name": "Mill house", "company_id": self.company.id}
        )
        source = self.env["utm.source"].create({"name": "Harbour fair"})
        facts = {
            "contact_name": "Kai Kunde",
            "phone": "+34 600 111 222",
            "listing_id": listing.id,
            "city": "Valencia",
            "expected_revenue": 123456,
            "source_id": source.id,
        }
        leads = self._lead(**facts) | self._lead(contact_name="Ute Kunde")
        self.assertEqual(leads.user_id, self.anna)
        body = self._mails().body_html
        shown = ("Kai Kunde", "600 111 222", "Mill house", "Valencia", "123,456")
        for word in (*shown, "Harbour fair", "Ute Kunde"):
            self.assertIn(word, body)
        self.assertNotIn(">None<", body)

    def test_pool_row_tells_what_one_needs_to_decide(self):
        """Part 15, 11: the rows of the pool show it without a choice of columns."""
        view = self.env.ref("lead_distribution.lead_distribution_pool_view_list")
        arch = etree.fromstring(
            self.env["crm.lead"].with_user(self.anna).get_view(view.id, "list")["arch"]
        )
        shown = {
            node.get("name")
            for node in arch.iter("field")
            if node.get("optional") != "hide" and not node.get("column_invisible")
        }
        wanted = {"contact_name", "phone", "listing_id", "city", "source_id"}
        self.assertLessEqual(wanted | {"expected_revenue"}, shown)
