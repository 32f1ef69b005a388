import random
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests.common import tagged
from odoo.tools import SQL

from ..engine import emails
from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestIdentity(DistributionCase):
    """V10, O13, O14: whose lead is it already?"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna | cls.boris | cls.clara)
        cls.everybody = cls.anna | cls.boris | cls.clara

    def _contact(self, name="Jan Kowalski", **values):
        values.setdefault("email", "jan@kowalski.test")
        return self.env["res.partner"].create({"name": name, **values})

    def test_usual_addresses(self):
        """What is written as usual is read in short, and as if it were read in full."""
        draw = random.Random(19)
        words = ["no", "email", "n/a", "test", "a", "Ann Lee", "acme", "com", "1", "x_"]
        texts = [
            "Ann@Acme.pl",
            '"Ann 2 Lee" <ann.lee@acme-x.co>',
            "noemail@noemail.com",
        ]
        for _each in range(3000):
            one, two, three = draw.choices(words, k=3)
            name = " ".join(draw.choices(words, k=draw.randrange(3)))
            joint, dot = draw.choice(["", ".", "+", "-"]), draw.choice([".", "-", ".."])
            address = f"{one}{joint}{two}@{three}{dot}{draw.choice(['com', 'pl', 'c'])}"
            texts += [address, f"{name} <{address}>", f'"{name}" <{address}>']
            texts.append("".join(draw.choices('ab9_.+-@ "<>Z,', k=draw.randrange(20))))
        service = self.env["lead.distribution.identity"]
        self.assertGreater(sum(map(bool, map(emails.plain, texts))), 500)
        found = [service._emails_of(text) for text in texts]
        with patch.object(emails, "plain", lambda _text: None):
            self.assertEqual(found, [service._emails_of(text) for text in texts])

    # one person ---------------------------------------------------------------

    def test_three_times_one_salesperson(self):
        """V10: two portals and a mail in a week: one salesperson, whatever the
        notation, also over an inquiry in between."""
        first = self._lead(email_from="Jan <Jan@Kowalski.test>", phone=False)
        between = self._lead(email_from="jan@kowalski.test", phone="+48 (22) 555-01-00")
        last = self._lead(email_from=False, phone="0048225550100")
        leads = first | between | last
        self.assertEqual(leads.user_id, self.anna)
        self.assertEqual((between | last).duplicate_lead_id, first)
        self.assertEqual(set((between | last).mapped("identity_flag")), {"duplicate"})
        self.assertEqual(self._rows(between | last).mapped("reason")[0], "duplicate")
        about = self._rows(last).sudo().trace["identity"]
        self.assertEqual(about["lead"], first.id)
        self.assertEqual(about["by"], [], "by what lies in between")
        hint = last.with_user(self.anna).identity_hint
        self.assertIn(first.name, hint)
        # the next one is somebody else's turn
        self.assertEqual(self._lead().user_id, self.boris)

    def test_twice_in_one_call(self):
        """V10: the same person twice in one import; the known customer included."""
        leads = self.env["crm.lead"].create(
            [
                {"name": "One", "email_from": "same@person.test"},
                {"name": "Other", "email_from": "other@person.test"},
                {"name": "Two", "email_from": "SAME@person.test "},
            ]
        )
        one, other, two = leads
        self.assertEqual(one.user_id, two.user_id)
        self.assertNotEqual(one.user_id, other.user_id)
        self.assertEqual(two.duplicate_lead_id, one)

    def test_once_by_mail_once_by_rpc(self):
        """V10: one customer and one salesperson, whichever way it comes."""
        partner = self._contact(user_id=self.clara.id)
        mail = "From: jan@kowalski.test\nTo: y@in.test\nMessage-Id: <1@x>\n\nHi"
        by_mail = self.env["crm.lead"].browse(
            self.env["mail.thread"].message_process("crm.lead", mail)
        )
        by_rpc = self.env["crm.lead"].create(
            {"name": "Call", "email_from": "Jan@kowalski.test"}
        )
        result = self.env["crm.lead"].load(
            ["name", "email_from"], [["File", "jan@kowalski.test"]] * 2
        )
        leads = by_mail | by_rpc | self.env["crm.lead"].browse(result["ids"])
        self.assertEqual(len(leads), 4)
        self.assertEqual(leads.partner_id, partner)
        self.assertEqual(leads.user_id, self.clara)
        self.assertEqual(set(leads.mapped("intake_status")), {"linked"})

    def test_phone_notations(self):
        """V10 O13: any notation finds the customer."""
        partner = self._contact(
            email=False, phone="22 555 01 00", user_id=self.clara.id
        )
        for phone in (
            "+48225550100",
            "0048 22 555 01 00",
            "(22) 555-01-00",
            "48 22 5550100",
            "tel. 22/555.01.00",
            "22 555 01 00 ext. 7",
            "22 555 01 00, 601 601 601",
            "+48 (0) 22 555 01 00",
        ):
            lead = self._lead(email_from=False, phone=phone)
            self.assertEqual(lead.partner_id, partner, phone)
            self.assertEqual(lead.user_id, self.clara)

    def test_phone_by_the_leads_country(self):
        """V10: without country code, by the country of the lead, else the company."""
        self._contact(email=False, phone="+34 912 34 56 78", user_id=self.clara.id)
        spain = self.env.ref("base.es")
        lead = self._lead(email_from=False, phone="912345678", country_id=spain.id)
        self.assertEqual(lead.user_id, self.clara)
        lead = self._lead(email_from=False, phone="912345678")
        self.assertFalse(lead.partner_id, "in Poland it is another number")
        self.company_2.country_id = spain
        lead = self._lead(phone="912345678", company_id=self.company_2.id)
        self.assertEqual(lead.phone_sanitized, "+34912345678")

    def test_tax_number(self):
        """V10: with or without punctuation and country prefix."""
        partner = self._contact(
            "Acme", email=False, is_company=True, company_registry="525-000-10-09"
        )
        lead = self._lead(vat="PL 5250001009")
        self.assertEqual(lead.partner_id, partner)

    def test_first_one_in_the_pool(self):
        """V10: the inquiry in the pool goes along with the one that comes again."""
        self.everybody.lead_distribution_paused = True
        first = self._lead(email_from="a@person.test")
        self.assertEqual(first.distribution_state, "pool")
        self.boris.lead_distribution_paused = False
        second = self._lead(email_from="a@person.test")
        self.assertEqual((first | second).user_id, self.boris)
        self.assertEqual(second.duplicate_lead_id, first)

    def test_salesperson_who_cannot_take_it(self):
        """V10 O4: paused, or at a limit: somebody else answers."""
        first = self._lead(email_from="a@person.test")
        self.assertEqual(first.user_id, self.anna)
        self.anna.lead_distribution_paused = True
        second = self._lead(email_from="a@person.test")
        self.assertEqual(second.user_id, self.boris)
        self.assertEqual(second.duplicate_lead_id, first)
        text = str(self.env["lead.distribution.explanation"]._explain_lead(second))
        self.assertIn("paused", text)

    def test_beyond_the_routes(self):
        """V10: one salesperson, though the second inquiry is for another route."""
        first = self._lead(email_from="a@person.test")
        self._route(self.clara, sequence=1, domain="[('name', '=', 'Villa')]")
        second = self._lead(email_from="a@person.test", name="Villa")
        self.assertEqual(second.user_id, first.user_id)
        self.assertEqual(self._rows(second).units, 1)

    def test_closed_inquiry_makes_a_former_advisor(self):
        """O14: by a lost lead without customer, and by leads older than the ledger."""
        lost = self._lead(email_from="a@person.test", user_id=self.clara.id)
        lost.action_set_lost()
        lead = self._lead(email_from="a@person.test")
        self.assertEqual(lead.user_id, self.clara)
        self.assertEqual(self._rows(lead).reason, "former_advisor")
        self.assertFalse(lead.duplicate_lead_id)

    def test_other_company(self):
        """Two companies: an inquiry there is none here, nor a customer of theirs."""
        dan = self._user("dan", company_id=self.company_2.id)
        self._route(dan, company_id=self.company_2.id)
        there = self._lead(email_from="a@person.test", company_id=self.company_2.id)
        self.assertEqual(there.user_id, dan)
        self._contact(email="a@person.test", company_id=self.company_2.id)
        here = self._lead(email_from="a@person.test")
        self.assertFalse(here.duplicate_lead_id or here.partner_id)
        self.assertEqual(here.user_id, self.anna)

    # strangers ------------------------------------------------------------------

    def test_shared_by_contacts(self):
        """V10: a number of several contacts is a flag, unless the name tells which;
        one person recorded twice is one person."""
        jan = self._contact("Jan Kowalski", phone="22 555 01 00", email=False)
        self._contact("Maria Nowak", phone="22 555 01 00", email=False)
        lead = self._lead(phone="+48225550100")
        self.assertFalse(lead.partner_id)
        self.assertEqual(lead.identity_flag, "shared")
        self.assertIn("Maria Nowak", lead.identity_hint)
        lead = self._lead(phone="+48225550100", contact_name="KOWALSKI, Jan")
        self.assertEqual(lead.partner_id, jan)
        self._contact("Ewa Lis", email="ewa@lis.test")
        twin = self._contact("Lis Ewa", email="ewa@lis.test", user_id=self.clara.id)
        lead = self._lead(email_from="ewa@lis.test")
        self.assertEqual(lead.partner_id, twin, "the record with the salesperson")

    def test_email_and_phone_of_two_customers(self):
        """V10: the email decides, a person is told."""
        one = self._contact()
        self._contact("Maria Nowak", email="m@n.test", phone="22 555 01 00")
        lead = self._lead(email_from="jan@kowalski.test", phone="22 555 01 00")
        self.assertEqual(lead.partner_id, one)
        self.assertEqual(lead.identity_flag, "conflict")

    def test_address_that_many_people_use(self):
        """V10: two strangers are never taken for one."""
        people = ["Jan Kowalski", "Maria Nowak", "Piotr Lis", "Ewa Zając", "Olga Wilk"]
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": "Inquiry",
                    "email_from": "contact@aportal.test",
                    "contact_name": name,
                    "phone": f"22 555 01 0{n}",
                }
                for n, name in enumerate(people)
            ]
        )
        self.assertFalse(leads.duplicate_lead_id)
        self.assertEqual(leads.user_id, self.everybody)
        late = self._lead(
            email_from="contact@aportal.test",
            contact_name="Adam Sowa",
            phone="22 555 02 00",
        )
        self.assertFalse(late.duplicate_lead_id)

    def test_family_phone_of_strangers(self):
        """V10: the same number, but another name and another address."""
        one = self._lead(
            contact_name="Jan Kowalski", email_from="j@k.test", phone="22 555 01 00"
        )
        two = self._lead(
            contact_name="Maria Nowak", email_from="m@n.test", phone="22 555 01 00"
        )
        self.assertFalse(two.duplicate_lead_id)
        self.assertNotEqual(one.user_id, two.user_id)
        self._contact("Ola Lis", email="o@l.test", phone="22 555 02 00")
        lead = self._lead(
            contact_name="Ewa Lis", email_from="e@l.test", phone="22 555 02 00"
        )
        self.assertFalse(lead.partner_id)
        self.assertEqual(lead.identity_flag, "shared")
        lead = self._lead(contact_name="O. Lis", email_from=False, phone="225550200")
        self.assertEqual(lead.partner_id.name, "Ola Lis")

    def test_own_people_and_addresses(self):
        """V10: colleagues, aliases and our own domain are nobody's identity."""
        self.env["mail.alias.domain"].create({"name": "ours.test"})
        for address in (self.boris.email, "leads@ours.test", "noreply@any.test"):
            one = self._lead(email_from=address)
            two = self._lead(email_from=address)
            self.assertFalse(two.duplicate_lead_id, address)
            self.assertFalse((one | two).partner_id, address)

    def test_thousands_from_one_address(self):
        """V10: leads of a no-reply address stay as many people."""
        leads = self._lead(1000, email_from="no-reply@portal.test")
        self._run_cron()
        self.assertFalse(leads.duplicate_lead_id | leads.partner_id.related_lead_ids)
        self.assertEqual(set(leads.mapped("distribution_state")), {"assigned"})

    def test_name_only_hints(self):
        """V10: accents, order and case aside; never recognised by it."""
        partner = self._contact("Łukasz Żak", user_id=self.clara.id, email=False)
        lead = self._lead(contact_name="ZAK Lukasz")
        self.assertFalse(lead.partner_id)
        self.assertEqual(lead.user_id, self.anna)
        self.assertEqual(lead.identity_flag, "name")
        self.assertIn("Łukasz Żak", lead.with_user(self.manager).identity_hint)
        self.assertIn(
            ["partner", partner.id, 0.6, ["name"]],
            lead.sudo().identity_evidence["candidates"],
        )
        again = self._lead(contact_name="lukasz żak")
        self.assertFalse(again.duplicate_lead_id)
        self.assertEqual(len(again.sudo().identity_evidence["candidates"]), 2)
        self.assertFalse(self._lead(contact_name="Lukasz").identity_flag)

    def test_dismissed(self):
        """V10: a person knows better, for good."""
        self._lead(email_from="a@person.test")
        lead = self._lead(email_from="a@person.test")
        with self.assertRaises(AccessError):
            lead.with_user(self.boris).action_dismiss_identity()
        lead.with_user(self.anna).action_dismiss_identity()
        self.assertFalse(lead.identity_flag or lead.duplicate_lead_id)
        lead.with_user(self.manager).action_distribute()
        self.assertFalse(lead.identity_flag)

    def test_hint_hides_what_is_not_to_be_read(self):
        """A colleague's lead is not named to who may not read it."""
        self._lead(contact_name="Jan Kowal", name="Secret", user_id=self.clara.id)
        lead = self._lead(contact_name="Jan Kowal")
        self.assertEqual(lead.identity_flag, "name")
        self.assertNotIn("Secret", lead.with_user(lead.user_id).identity_hint)
        self.assertIn("Secret", lead.with_user(self.manager).identity_hint)

    # what a review found ----------------------------------------------------------

    def test_novels_in_fields(self):
        """V1: whatever is in a field, the lead is kept; so are contacts."""
        text = "".join(chr(33 + (n * n * 31 + n * 7) % 90) for n in range(9000))
        words = " ".join(f"word{n * 7919 % 100003}" for n in range(600))
        for values in (
            {"contact_name": text},
            {"contact_name": words},
            {"vat": text},
            {"phone": text},
            {"external_ref": text, "source_id": self.source.id},
            {"email_from": f"{words.replace(' ', '.')}@a.test"},
        ):
            lead = self._lead(**values)
            self.env.flush_all()
            self.assertEqual(lead.distribution_state, "assigned", list(values))
        self._contact("Long", email=f"{words.replace(' ', '.')}@a.test")
        self.env.flush_all()

    def test_selection_in_the_lists_order(self):
        """V10 O21: the newest first on screen; one person, one salesperson."""
        self.everybody.lead_distribution_paused = True
        leads = self.env["crm.lead"].create(
            [{"name": f"{n}", "email_from": f"s{n % 3}@person.test"} for n in range(6)]
        )
        self.everybody.lead_distribution_paused = False
        newest_first = self.env["crm.lead"].search([("id", "in", leads.ids)])
        newest_first = newest_first.sorted("id", reverse=True)
        newest_first.with_user(self.manager).action_distribute()
        for n in range(3):
            self.assertEqual(leads[n].user_id, leads[n + 3].user_id)
            self.assertEqual(leads[n + 3].duplicate_lead_id, leads[n])

    def test_head_stays_head(self):
        """V10: distributed again, the first inquiry does not repeat its own
        follower; a follower of a lost one is the next head."""
        first = self._lead(email_from="a@person.test")
        second = self._lead(email_from="a@person.test")
        first.with_user(self.manager).action_distribute()
        self.assertFalse(first.duplicate_lead_id)
        self.assertEqual(second.duplicate_lead_id, first)
        self.company.lead_duplicate_policy = "merge"
        first.action_set_lost()
        third = self._lead(email_from="a@person.test")
        self.assertEqual(third.duplicate_lead_id, second)
        self._run_cron("ir_cron_merge_duplicates")
        self.assertFalse(third.exists())

    def test_company_contact(self):
        """V10: people who write for a company that is a customer."""
        acme = self._contact(
            "ACME",
            is_company=True,
            email="office@acme.test",
            phone="22 555 09 00",
            company_registry="PL5250001009",
        )
        for values in (
            {"email_from": "office@acme.test", "phone": "601 234 567"},
            {"vat": "525-000-10-09", "email_from": "jan@acme.test"},
            {"phone": "22 555 09 00", "email_from": "jan@other.test"},
        ):
            lead = self._lead(contact_name="Jan Kowalski", **values)
            self.assertEqual(lead.partner_id, acme, values)

    def test_tax_numbers_of_one_block(self):
        """V10: both spellings in one call, with and without a contact."""
        for vat in ("5250001009", "7740001454"):
            leads = self.env["crm.lead"].create(
                [
                    {"name": "1", "vat": f"PL{vat}"},
                    {"name": "2", "vat": f"{vat[:3]}-{vat[3:]}"},
                ]
            )
            self.assertEqual(leads[1].duplicate_lead_id, leads[0])
            self.assertEqual(len(leads.user_id), 1)
        partner = self._contact(
            "Firm", is_company=True, company_registry="PL1234563218"
        )
        leads = self.env["crm.lead"].create(
            [{"name": "1", "vat": "PL1234563218"}, {"name": "2", "vat": "1234563218"}]
        )
        self.assertEqual(leads.partner_id, partner)
        self.assertEqual(leads.mapped("intake_status"), ["linked"] * 2)

    def test_many_of_one_person(self):
        """V10: neither a block full of the same person's inquiries nor many closed
        ones hide the open one."""
        first = self._lead(email_from="a@person.test", user_id=self.clara.id)
        self.company.lead_distribution_immediate_limit = 100
        leads = self._lead(30, email_from="a@person.test")
        self.assertEqual(leads.user_id, self.clara)
        self.assertEqual(leads.duplicate_lead_id, first)
        old = self._lead(25, email_from="b@person.test", user_id=self.anna.id)
        self._lead(email_from="b@person.test", user_id=self.boris.id)
        old.action_set_lost()
        self.assertEqual(self._lead(email_from="b@person.test").user_id, self.boris)

    def test_dismissed_with_its_customer(self):
        """A customer that came with the other inquiry goes, for who may unlink."""
        partner = self._contact(user_id=self.clara.id)
        self._lead(email_from="jan@kowalski.test")
        lead, other = (self._lead(email_from="jan@kowalski.test") for _n in "ab")
        self.assertEqual((lead | other).partner_id, partner)
        other.with_user(other.user_id).action_dismiss_identity()
        self.assertEqual(other.partner_id, partner, "not with every right")
        unlink = "lead_distribution.group_unlink_customer"
        self.manager.group_ids |= self.env.ref(unlink)
        lead.with_user(self.manager).action_dismiss_identity()
        self.assertFalse(lead.partner_id or lead.identity_flag)

    def test_names_are_found_at_once(self):
        """Part 13: after an import of contacts no search reads a list of what is still
        to be sorted into an index of ours, as it did for 0.45 s a block."""
        found = self.env.execute_query(
            SQL(
                """SELECT c.relname, c.reloptions
                     FROM pg_class c JOIN pg_am a ON a.oid = c.relam
                    WHERE a.amname = 'gin'
                      AND c.relname ~ '^(res_partner_lead|lead_distribution)_'
                    ORDER BY c.relname"""
            )
        )
        self.assertIn("res_partner_lead_words_idx", dict(found))
        for name, options in found:
            self.assertEqual(options, ["fastupdate=off"], name)

    def test_no_namesake_who_shares_an_address(self):
        """“Same name only” is said of nobody whose email or phone is the same."""
        route = self.env["lead.distribution.route"].search([])
        route.active = False
        leads = self._lead(2, email_from="same@person.test", contact_name="Ewa Nowak")
        far = self._lead(email_from="other@person.test", contact_name="Ewa Nowak")
        route.active = True
        (leads | far).with_user(self.manager).action_distribute()
        self.assertEqual(leads[1].identity_flag, "duplicate")
        candidates = leads[0].sudo().identity_evidence["candidates"]
        self.assertEqual([line[1] for line in candidates], far.ids)

    def test_dismissed_for_good(self):
        """V10: nor is the customer linked again."""
        partner = self._contact(user_id=self.clara.id)
        self._lead(email_from="jan@kowalski.test")
        lead = self._lead(email_from="jan@kowalski.test")
        lead.with_user(lead.user_id).action_dismiss_identity()
        unlink = "lead_distribution.group_unlink_customer"
        self.manager.group_ids |= self.env.ref(unlink)
        lead.with_user(self.manager).partner_id = False
        lead.with_user(self.manager).action_release_to_pool()
        lead.with_user(self.manager).action_distribute()
        self.assertNotEqual(lead.partner_id, partner)
        self.assertEqual(self._rows(lead)[-1].reason, "strategy")

    def test_other_lead_is_not_told(self):
        """Own documents: the subject of a colleague's lead is not readable."""
        self.company.lead_duplicate_policy = "flag"
        first = self._lead(email_from="a@person.test", name="Secret villa")
        second = self._lead(email_from="a@person.test")
        mine = second.with_user(second.user_id)
        self.assertNotEqual(first.user_id, second.user_id)
        with self.assertRaises(AccessError):
            mine.read(["duplicate_lead_id"])
        self.assertFalse(mine.has_duplicate)
        self.assertNotIn("Secret", mine.identity_hint)
        with self.assertRaises(AccessError):
            mine.action_open_duplicate()

    def test_restoring_needs_the_same_rights(self):
        """V5: by Odoo's unarchive too; winning a removed lead keeps who had it."""
        spam = self.env.ref("lead_distribution.removal_reason_spam")
        lead = self._lead()
        lead.with_user(self.anna).action_remove(spam.id)
        nosy = self._user("nosy", "sales_team.group_sale_salesman_all_leads")
        with self.assertRaises(AccessError):
            lead.with_user(nosy).action_unarchive()
        lead.with_user(self.anna).action_set_won()
        self.assertEqual(lead.user_id, self.anna)
        for reason in ("abc", True, {"a": 1}, [spam.id]):
            with self.assertRaises(UserError):
                self._lead().with_user(self.manager).action_remove(reason)

    def test_ids_as_strings(self):
        """V2: as some scripts give them."""
        lead = self.env["crm.lead"].create(
            {"name": "x", "user_id": str(self.clara.id), "team_id": str(self.team.id)}
        )
        self.assertEqual((lead.user_id, lead.team_id), (self.clara, self.team))
        Purpose = self.env["lead.distribution.consent.purpose"]
        Purpose.create({"name": "Marketing calls"})
        lead = self.env["crm.lead"].create(
            {"name": "x", "consent_purpose_ids": ["%", "Marketing_calls"]}
        )
        self.assertFalse(lead.consent_ids)

    # policies --------------------------------------------------------------------

    def test_policy_flag(self):
        """V10: only flagged: the routes decide."""
        self.company.lead_duplicate_policy = "flag"
        first = self._lead(email_from="a@person.test")
        second = self._lead(email_from="a@person.test")
        self.assertNotEqual(first.user_id, second.user_id)
        self.assertEqual(second.duplicate_lead_id, first)
        self.assertEqual(self._rows(second).reason, "strategy")

    def test_self_assigned_lead_is_noted(self):
        """V10 K12: kept by who captured it, and told whose it is."""
        partner = self._contact()
        first = self._lead(email_from="jan@kowalski.test")
        mine = self._lead(email_from="jan@kowalski.test", user_id=self.clara.id)
        self.assertEqual(mine.user_id, self.clara)
        self.assertEqual(mine.duplicate_lead_id, first)
        self.assertEqual((mine.partner_id, mine.intake_status), (partner, "linked"))

    def test_customer_of_one_is_of_all(self):
        """V10: who becomes a customer is so on all open inquiries."""
        first = self._lead(email_from="a@person.test", contact_name="Al Berg")
        second = self._lead(email_from="a@person.test")
        self.assertFalse((first | second).partner_id)
        second.with_user(self.anna)._handle_partner_assignment()
        self.assertTrue(second.partner_id)
        self.assertEqual(first.partner_id, second.partner_id)
        self.assertEqual(first.intake_status, "linked")
        self.assertEqual(second.intake_status, "converted")

    # status ------------------------------------------------------------------------

    def test_status_follows_the_customer(self):
        """V5: New, Linked, Converted, by hand and by core's conversion."""
        lead = self._lead(contact_name="Al Berg")
        self.assertEqual(lead.intake_status, "new")
        mine = lead.with_user(lead.user_id)
        unlink = "lead_distribution.group_unlink_customer"
        lead.user_id.group_ids |= self.env.ref(unlink)
        mine.partner_id = self._contact()
        self.assertEqual(lead.intake_status, "linked")
        mine.partner_id = False
        self.assertEqual(lead.intake_status, "new")
        wizard = (
            self.env["crm.lead2opportunity.partner"]
            .with_user(lead.user_id)
            .with_context(
                active_model="crm.lead", active_id=lead.id, active_ids=lead.ids
            )
            .create({"action": "create", "name": "convert"})
        )
        wizard.action_apply()
        self.assertEqual((lead.type, lead.intake_status), ("opportunity", "converted"))
        self.assertEqual(
            self._lead(partner_id=self._contact(email="z@z.test").id).intake_status,
            "linked",
        )

    def test_removed_and_restored(self):
        """V5: out of distribution, units and figures; back as new and pending."""
        spam = self.env.ref("lead_distribution.removal_reason_spam")
        lead = self._lead()
        anna = lead.user_id
        self.assertEqual(anna.with_company(self.company).lead_workload_units, 1)
        with self.assertRaises(UserError):
            lead.with_user(anna).action_remove(False)
        lead.with_user(anna).action_remove(spam.id)
        self.assertEqual((lead.active, lead.intake_status), (False, "removed"))
        self.assertEqual(lead.removal_reason_id, spam)
        self.assertFalse(lead.lost_reason_id)
        self.assertNotEqual(lead.won_status, "lost")
        self.assertEqual(self._rows(lead).state, "removed")
        anna.invalidate_recordset()
        self.assertEqual(anna.with_company(self.company).lead_workload_units, 0)
        found = self.env["crm.lead"].search(
            [("intake_status", "=", "removed"), ("active", "=", False)]
        )
        self.assertIn(lead, found)
        lead.with_user(anna).action_restore()
        self.assertEqual(
            (lead.active, lead.intake_status, lead.distribution_state),
            (True, "new", "pending"),
        )
        self.assertFalse(lead.removal_reason_id)
        self._run_cron()
        self.assertEqual(lead.distribution_state, "assigned")
        self.assertEqual(self._rows(lead).mapped("state"), ["removed", "assigned"])

    def test_removed_is_no_history(self):
        """V5 O14: who had spam is no former advisor of anybody."""
        spam = self.env.ref("lead_distribution.removal_reason_spam")
        lead = self._lead(email_from="a@person.test", user_id=self.clara.id)
        lead.with_user(self.clara).action_remove(spam.id)
        self.assertEqual(self._lead(email_from="a@person.test").user_id, self.anna)

    def test_who_may_remove(self):
        """V5: one's own, of the pool what one may claim, any for leaders."""
        spam = self.env.ref("lead_distribution.removal_reason_spam")
        lead = self._lead()
        self.assertEqual(lead.user_id, self.anna)
        for user in (self.boris, self._user("portal", "base.group_portal")):
            with self.assertRaises(AccessError):
                lead.with_user(user).action_remove(spam.id)
            with self.assertRaises(AccessError):
                lead.with_user(user).action_restore()
        self.everybody.lead_distribution_paused = True
        pooled = self._lead(2)
        with self.assertRaises(AccessError):
            pooled[0].with_user(self._user("eve")).action_remove(spam.id)
        pooled[0].with_user(self.boris).action_remove(spam.id)
        pooled[1].with_user(self.manager).action_remove(spam.id)
        with self.assertRaises(AccessError):
            lead.with_user(self.anna).write({"intake_status": "removed"})
        with self.assertRaises(AccessError):
            lead.with_user(self.manager).write({"removal_reason_id": spam.id})

    def test_unarchived_by_hand_is_restored(self):
        """V5: Odoo's own unarchive does the same; a won lead is never removed."""
        spam = self.env.ref("lead_distribution.removal_reason_spam")
        lead = self._lead()
        lead.with_user(self.manager).action_remove(spam.id)
        lead.with_user(self.manager).action_unarchive()
        self.assertEqual(lead.intake_status, "new")
        self.assertEqual(lead.distribution_state, "pending")
        won = self._lead(user_id=self.anna.id)
        won.action_set_won()
        with self.assertRaises(UserError):
            won.with_user(self.manager).action_remove(spam.id)

    # complete --------------------------------------------------------------------

    def test_incomplete_refused_on_screen_only(self):
        """V1: a clear message on screen; what comes in by itself is flagged."""
        self.company.lead_intake_policy = "refuse"
        Lead = self.env["crm.lead"].with_user(self.clara)
        with self.assertRaisesRegex(UserError, "source and an email or a phone"):
            Lead.web_save({"name": "Somebody"}, {"name": {}})
        with self.assertRaisesRegex(UserError, "lacks the source"):
            Lead.web_save({"name": "A", "email_from": "a@a.test"}, {"name": {}})
        with self.assertRaisesRegex(UserError, "lacks"):
            Lead.name_create("Quick")
        values = {"name": "A", "email_from": "a@a.test", "source_id": self.source.id}
        found = Lead.web_save(values, {"name": {}})
        mine = Lead.browse(found[0]["id"])
        with self.assertRaisesRegex(UserError, "an email or a phone"):
            mine.web_save({"email_from": False}, {"name": {}})
        mine.web_save({"phone": "22 555 01 00"}, {"name": {}})
        lead = self._lead(email_from=False)
        self.assertTrue(lead.intake_incomplete)
        self.assertEqual(lead.distribution_state, "assigned")
        lead.web_save({"priority": "1"}, {"name": {}})  # not what it is about

    # names instead of ids -------------------------------------------------------

    def test_call_with_names(self):
        """V2: a script gives names and references; what is unknown is kept."""
        Purpose = self.env["lead.distribution.consent.purpose"]
        calls = Purpose.create({"name": "Phone calls", "reference": "tel"})
        listing = self.env["lead.distribution.listing"].create(
            {"name": "Flat at the river", "reference": "R-77"}
        )
        lead = self.env["crm.lead"].create(
            {
                "name": "By call",
                "source_id": "Portal of Test",
                "medium_id": "A brand new medium",
                "listing_id": "r-77 ",
                "consent_purpose_ids": ["tel", "Unheard of"],
            }
        )
        self.assertEqual(lead.source_id, self.source)
        self.assertEqual(lead.medium_id.name, "A brand new medium")
        self.assertEqual(lead.listing_id, listing)
        self.assertIn("Unheard of", lead.description)
        self.assertEqual(lead.consent_purpose_ids, calls)
        lead = self.env["crm.lead"].create({"name": "B", "listing_id": "R_7%"})
        self.assertFalse(lead.listing_id)
        self.assertIn("R_7%", lead.description)

    def test_repeated_delivery_adds_consents(self):
        """V2: the same reference again, with more that was agreed to."""
        Purpose = self.env["lead.distribution.consent.purpose"]
        one, two = Purpose.create([{"name": "One"}, {"name": "Two"}])
        values = {"name": "X", "external_ref": "C-1", "source_id": self.source.id}
        lead = self.env["crm.lead"].create(
            dict(values, consent_purpose_ids=[(6, 0, one.ids)])
        )
        self.env["crm.lead"].create(dict(values, consent_purpose_ids=["Two"]))
        self.assertEqual(lead.consent_purpose_ids, one | two)
