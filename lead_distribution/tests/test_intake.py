from odoo.exceptions import AccessError
from odoo.tests import Form
from odoo.tests.common import tagged

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestIntake(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna | cls.boris)

    def test_explicit_salesperson_is_self_assigned(self):
        """K12: whoever is given explicitly keeps the lead."""
        lead = self._lead(user_id=self.clara.id)
        self.assertEqual(lead.user_id, self.clara)
        self.assertEqual(lead.distribution_state, "none")
        self.assertFalse(self._rows(lead))

    def test_default_salesperson_is_no_capture(self):
        """K12: a script's lead is not the script's user's."""
        lead = self.env["crm.lead"].with_user(self.clara).create({"name": "By script"})
        self.assertEqual(lead.sudo().user_id, self.anna)
        self.assertEqual(lead.sudo().distribution_state, "assigned")

    def test_created_on_screen_is_self_assigned(self):
        """K12: the form and the quick create of a salesperson."""
        Lead = self.env["crm.lead"].with_user(self.clara)
        found = Lead.web_save({"name": "Met at a fair"}, {"user_id": {}})
        lead = self.env["crm.lead"].browse(found[0]["id"])
        self.assertEqual((lead.user_id, lead.distribution_state), (self.clara, "none"))
        lead = self.env["crm.lead"].browse(Lead.name_create("Quick one")[0])
        self.assertEqual((lead.user_id, lead.distribution_state), (self.clara, "none"))

    def test_form_default_is_self_assigned(self):
        """K12: through the form's own defaults."""
        with Form(self.env["crm.lead"].with_user(self.clara)) as form:
            form.name = "Typed in"
        lead = form.record.sudo()
        self.assertEqual((lead.user_id, lead.distribution_state), (self.clara, "none"))

    def test_screen_without_salesperson_is_distributed(self):
        """K12 O21: cleared on screen means: distribute."""
        found = (
            self.env["crm.lead"]
            .with_user(self.clara)
            .web_save({"name": "Anybody's", "user_id": False}, {"name": {}})
        )
        lead = self.env["crm.lead"].browse(found[0]["id"])
        # who sees the own documents only still has it on the screen
        self.assertEqual(lead.distribution_state, "pending")
        self._run_cron()
        self.assertEqual(lead.user_id, self.anna)
        found = (
            self.env["crm.lead"]
            .with_user(self.manager)
            .web_save({"name": "Anybody's", "user_id": False}, {"name": {}})
        )
        lead = self.env["crm.lead"].browse(found[0]["id"])
        self.assertEqual(lead.user_id, self.boris)

    def test_intake_user_counts_as_nobody(self):
        """O22: given explicitly, created on screen, or owning the contact."""
        mailbox = self._user("mailbox")
        self.company.lead_distribution_intake_user_ids = mailbox
        lead = self._lead(user_id=mailbox.id)
        self.assertEqual(lead.user_id, self.anna)
        found = (
            self.env["crm.lead"]
            .with_user(mailbox)
            .web_save({"name": "On screen"}, {"name": {}})
        )
        lead = self.env["crm.lead"].browse(found[0]["id"])
        self._run_cron()
        self.assertEqual(lead.user_id, self.boris)
        self._route(mailbox | self.anna, sequence=1)
        partner = self.env["res.partner"].create(
            {"name": "Owned", "email": "owned@customers.test", "user_id": mailbox.id}
        )
        lead = self._lead(email_from="owned@customers.test")
        self.assertEqual(lead.partner_id, partner)
        self.assertEqual(lead.user_id, self.anna)
        trace = self._rows(lead).sudo().trace
        self.assertNotIn("advisors", trace)
        self.assertEqual(trace["excluded"], {"intake": 1})

    def test_own_channel(self):
        """K12: a source, or a mail alias, that is a salesperson's own."""
        own = self.env["utm.source"].create(
            {"name": "Clara's page", "lead_user_id": self.clara.id}
        )
        lead = self._lead(source_id=own.id)
        self.assertEqual((lead.user_id, lead.distribution_state), (self.clara, "none"))
        lead = self._lead(source_id="Clara's page", user_id=False)
        self.assertEqual(lead.user_id, self.clara)
        mail = "From: a@b.test\nTo: clara@in.test\nMessage-Id: <own@x>\n\nHi"
        lead = self.env["crm.lead"].browse(
            self.env["mail.thread"].message_process(
                "crm.lead", mail, custom_values={"user_id": self.clara.id}
            )
        )
        self.assertEqual((lead.user_id, lead.distribution_state), (self.clara, "none"))
        self.clara.active = False
        self.assertEqual(self._lead(source_id=own.id).user_id, self.anna)
        own.lead_user_id = False
        self.assertEqual(self._lead(source_id=own.id).user_id, self.boris)

    def test_no_route_at_all_is_silent(self):
        """K12 B8: nothing changes before somebody wants it."""
        self.route.active = False
        lead = self.env["crm.lead"].with_user(self.clara).create({"name": "As ever"})
        self.assertEqual(lead.user_id, self.clara)
        self.assertEqual(lead.sudo().distribution_state, "none")
        lead = self._lead(user_id=False)
        self.assertEqual(lead.distribution_state, "pool")
        self.assertFalse(self._rows(lead))
        lead.with_user(self.clara).user_id = self.anna  # nothing is guarded
        self.assertFalse(self._rows(lead))

    def test_switched_off(self):
        self.company.lead_distribution_mode = "off"
        lead = self._lead(user_id=False)
        self.assertEqual(lead.distribution_state, "pool")
        self.assertFalse(self._rows(lead))

    def test_archived_history_is_left_alone(self):
        lead = self._lead(active=False)
        self.assertEqual(lead.distribution_state, "pool")
        self.assertFalse(lead.user_id)
        self.assertFalse(self._rows(lead))

    def test_few_at_once_many_in_the_background(self):
        """O21: the limit, an import, and the mode decide."""
        self.company.lead_distribution_immediate_limit = 2
        self.assertEqual(set(self._lead(2).mapped("distribution_state")), {"assigned"})
        leads = self._lead(3)
        self.assertEqual(set(leads.mapped("distribution_state")), {"pending"})
        self._run_cron()
        self.assertEqual(set(leads.mapped("distribution_state")), {"assigned"})
        lead = self.env["crm.lead"].with_context(import_file=True).create({"name": "F"})
        self.assertEqual(lead.distribution_state, "pending")
        self.company.lead_distribution_mode = "queued"
        self.assertEqual(self._lead().distribution_state, "pending")

    def test_nobody_writes_the_state_from_outside(self):
        lead = self.env["crm.lead"].create(
            {"name": "Forged", "distribution_state": "none"}
        )
        self.assertEqual(lead.distribution_state, "assigned")
        for user in (lead.user_id, self.manager, self.env.user):
            with self.assertRaises(AccessError):
                lead.with_user(user).write({"distribution_state": "pool"})

    def test_same_reference_is_one_lead(self):
        """V2: in one call, and again later, archived or not."""
        values = {"name": "X", "external_ref": " A-1 ", "source_id": self.source.id}
        leads = self.env["crm.lead"].create([values, dict(values, name="Y")])
        self.assertEqual(len(leads), 2)
        self.assertEqual(len(set(leads.ids)), 1)
        self.assertIn("again", leads[0].message_ids.mapped("body")[-1])
        leads[0].active = False
        again = self.env["crm.lead"].create(values)
        self.assertEqual(again, leads[0])
        self.assertIn("again", again.message_ids[0].body)
        other = self.env["utm.source"].create({"name": "Another Portal"})
        self.assertNotEqual(
            self.env["crm.lead"].create(dict(values, source_id=other.id)), again
        )
        self.assertEqual(len(self._rows(again)), 1, "distributed once")

    def test_unusual_values_are_no_reason_to_refuse(self):
        """V1: no subject, characters that the database cannot hold."""
        lead = self.env["crm.lead"].create(
            {"name": False, "contact_name": "Jo\0Ann", "description": "a\0b"}
        )
        self.assertEqual(lead.name, "JoAnn")
        self.assertEqual(lead.distribution_state, "assigned")
        self.assertTrue(self.env["crm.lead"].create({"phone": "123"}).name)
        result = self.env["crm.lead"].load(
            ["name", "contact_name", "email_from"],
            [["", "Somebody", ""], ["", "", "who@customers.test"], ["", "", ""]],
        )
        self.assertFalse(result["messages"])

    def test_reference_as_scripts_give_it(self):
        """V2: a number, and a source that is only a default."""
        Lead = self.env["crm.lead"]
        values = {"name": "X", "external_ref": 12345, "source_id": self.source.id}
        self.assertEqual(Lead.create(values), Lead.create(values))
        self.env["ir.default"].set("crm.lead", "source_id", self.source.id)
        values = {"name": "X", "external_ref": "D1"}
        self.assertEqual(Lead.create(values), Lead.create(values))

    def test_subject_from_the_context(self):
        lead = self.env["crm.lead"].with_context(default_name="Hello")
        self.assertEqual(lead.create({"email_from": "a@b.test"}).name, "Hello")

    def test_copy_stays_readable(self):
        """A pool lead duplicated by who sees the own documents only."""
        (self.anna | self.boris).lead_distribution_paused = True
        lead = self._lead()
        (self.anna | self.boris).lead_distribution_paused = False
        copy = lead.with_user(self.clara).copy()
        self.assertTrue(copy.name)

    def test_same_reference_in_two_companies(self):
        """V2: the reference is unique per company and source."""
        values = {"name": "X", "external_ref": "A-2", "source_id": self.source.id}
        one = self.env["crm.lead"].create(values)
        two = self.env["crm.lead"].create(dict(values, company_id=self.company_2.id))
        self.assertNotEqual(one, two)

    def test_file_resolves_names_and_references(self):
        """V2: source by name, listing by reference or name, consents by name."""
        Purpose = self.env["lead.distribution.consent.purpose"]
        calls = Purpose.create({"name": "Phone calls", "reference": "tel"})
        offers = Purpose.create({"name": "Offers by mail", "reference": "offers"})
        listing = self.env["lead.distribution.listing"].create(
            {"name": "Flat at the river", "reference": "R-77"}
        )
        result = (
            self.env["crm.lead"]
            .with_context(import_file=True)
            .load(
                [
                    "name",
                    "source_id",
                    "listing_id",
                    "consent_purpose_ids",
                    "external_ref",
                ],
                [
                    ["One", "Portal of Test", "R-77", "Phone calls,offers", "Z1"],
                    ["Two", "Portal of Test", "Flat at the river", "tel", "Z2"],
                    ["Two again", "Portal of Test", "R-77", "tel", "Z2"],
                ],
            )
        )
        self.assertFalse(result["messages"])
        leads = self.env["crm.lead"].browse(result["ids"])
        self.assertEqual(leads.mapped("source_id"), self.source)
        self.assertEqual(leads.mapped("listing_id"), listing)
        self.assertEqual(leads[0].consent_purpose_ids, calls | offers)
        self.assertEqual(leads[0].consent_ids.source_id, self.source)
        self.assertEqual(leads[1].consent_purpose_ids, calls)
        self.assertEqual(leads[1], leads[2])

    def test_incomplete_is_flagged_not_refused(self):
        """A lead without any contact data is distributed and flagged."""
        lead = self._lead(email_from=False)
        self.assertTrue(lead.intake_incomplete)
        self.assertEqual(lead.distribution_state, "assigned")
        whole = self._lead(source_id=self.source.id)
        both = lead | whole
        Lead = self.env["crm.lead"]
        incomplete = [("id", "in", both.ids), ("intake_incomplete", "=", True)]
        self.assertEqual(Lead.search(incomplete), lead)
        incomplete[1] = ("intake_incomplete", "=", False)
        self.assertEqual(Lead.search(incomplete), whole)


@tagged("post_install", "-at_install", "mail_gateway")
class TestGateway(DistributionCase):
    MAIL = (
        "From: {sender}\nTo: leads@in.test\nSubject: {subject}\n"
        "Message-Id: <{subject}.{number}@portal.test>\n"
        "Content-Type: text/plain; charset=utf-8\n\n{body}\n"
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna | cls.boris)

    def _receive(
        self, sender="eve@customers.test", subject="Hello", body="Hi", number=1
    ):
        lead_id = self.env["mail.thread"].message_process(
            "crm.lead",
            self.MAIL.format(sender=sender, subject=subject, body=body, number=number),
        )
        return self.env["crm.lead"].browse(lead_id)

    def test_mail_is_distributed_with_its_text(self):
        """O21 V2: pending until its message is there, then at once."""
        lead = self._receive(body="I want the flat")
        self.assertEqual(lead.user_id, self.anna)
        self.assertEqual(self._rows(lead).reason, "strategy")
        self.assertIn("I want the flat", lead.message_ids.mapped("body")[-1])

    def test_no_reply_address_is_nobody(self):
        """Leads from a portal's one address do not become one customer."""
        self.env["res.partner"].create(
            {
                "name": "Portal",
                "email": "no-reply@portal.test",
                "user_id": self.clara.id,
            }
        )
        leads = self.env["crm.lead"]
        for number in range(3):
            leads |= self._receive(
                "Portal <no-reply@portal.test>",
                f"Inquiry{number}",
                f"From person{number}@customers.test, phone 22 555 01 0{number}",
                number,
            )
        self.assertFalse(leads.partner_id)
        self.assertEqual(
            leads.mapped("email_from"),
            [f"person{number}@customers.test" for number in range(3)],
        )
        self.assertEqual(
            leads.mapped("phone_sanitized"),
            [f"+4822555010{number}" for number in range(3)],
        )
        self.assertEqual(leads.mapped("user_id"), self.anna | self.boris)

    def test_shared_sender_of_the_company(self):
        """A listed domain is no identity, and an ambiguous text gives none."""
        self.company.lead_distribution_shared_senders = "@portal.test\nx@y.test"
        lead = self._receive(
            "Bob <inquiry@mail.portal.test>", "Two", "a@b.test or c@d.test"
        )
        self.assertFalse(lead.email_from)
        self.assertFalse(lead.partner_id)
        lead = self._receive("Known <x@y.test>", "Three", "nothing")
        self.assertFalse(lead.partner_id)

    def test_shared_senders_are_those_of_the_leads_company(self):
        """Two companies: mail into the second one's alias."""
        dan = self._user("dan", company_id=self.company_2.id)
        self._route(dan, company_id=self.company_2.id)
        self.company_2.lead_distribution_shared_senders = "portal.example"
        team = self.env["crm.team"].create(
            {"name": "Second", "company_id": self.company_2.id}
        )
        lead_id = self.env["mail.thread"].message_process(
            "crm.lead",
            self.MAIL.format(
                sender="info@portal.example", subject="S", body="jan@kow.test", number=9
            ),
            custom_values={"team_id": team.id},
        )
        lead = self.env["crm.lead"].browse(lead_id)
        self.assertEqual(lead.company_id, self.company_2)
        self.assertEqual((lead.email_from, lead.user_id), ("jan@kow.test", dan))

    def test_broken_distribution_does_not_refuse_the_mail(self):
        self.env["crm.lead"].flush_model()
        self.patch(
            type(self.env["lead.distribution.matching"]),
            "_match",
            lambda *args: (_ for _ in ()).throw(RuntimeError("broken house")),
        )
        with self.assertLogs("odoo.addons.lead_distribution", "WARNING"):
            lead = self._receive(subject="Broken")
        self.assertEqual(lead.distribution_state, "pool")
        self.assertEqual(self._rows(lead).reason, "error")
        self.assertTrue(lead.message_ids)
