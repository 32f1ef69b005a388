"""Part 11 D and Part 12: whom addresses and numbers tell apart, and whom not."""

from odoo.exceptions import UserError
from odoo.tests.common import tagged

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestPlaceholders(DistributionCase):
    """P12 6: what stands for nothing recognises nobody and reaches nobody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna | cls.boris | cls.clara, strategy="round_robin")

    def _country(self, code):
        self.company.country_id = self.env.ref(f"base.{code}")

    def _two(self, one, other=None, names=("Alice Adams", "Zed Young")):
        """Two people who give the same."""
        leads = self.env["crm.lead"]
        for values, name in zip((one, other or one), names, strict=True):
            leads |= self._lead(**{"email_from": False, "contact_name": name, **values})
        return leads

    def test_nobody_is_recognised(self):
        """P12 6: two people, shared out, in whatever country."""
        for country, one, other in (
            ("us", {"email_from": "noemail@noemail.com"}, None),
            ("us", {"email_from": "test@test"}, None),
            ("us", {"email_from": "na@na.com"}, None),
            (
                "us",
                {"email_from": "none@none.com", "phone": "+1 212 555 0101"},
                {"email_from": "none@none.com", "phone": "+1 212 555 0102"},
            ),
            (
                "us",
                {"email_from": "x1@a.example", "phone": "(000) 000-0000"},
                {"email_from": "x2@a.example", "phone": "(000) 000-0000"},
            ),
            ("us", {"phone": "111-111-1111"}, None),
            ("us", {"phone": "999-999-9999"}, None),
            ("us", {"phone": "123-456-7890"}, None),
            ("us", {"phone": "555-555-5555"}, None),
            ("us", {"phone": "0"}, None),
            ("us", {"phone": "1234567"}, None),
            ("us", {"phone": "p:"}, None),
            ("es", {"phone": "600000000"}, None),
            ("es", {"phone": "666666666"}, None),
            ("es", {"phone": "no tiene", "email_from": "notiene@gmail.com"}, None),
            ("pl", {"phone": "111111111"}, None),
            (
                "pl",
                {"email_from": "m1@a.example", "phone": "500000000"},
                {"email_from": "m2@a.example", "phone": "500000000"},
            ),
            ("de", {"phone": "0123456789"}, None),
        ):
            self._country(country)
            unnamed = [] if other else [(False, False)]
            for names in [("Alice Adams", "Zed Young"), *unnamed]:
                first, second = self._two(one, other, names)
                self.assertFalse(second.duplicate_lead_id, one)
                self.assertFalse(second.partner_id, one)
                self.assertNotEqual(first.user_id, second.user_id, one)

    def test_no_bridge(self):
        """P12 6: two people who are both somebody, and a placeholder between them."""
        self._country("es")
        self._lead(email_from="ana@one.test", phone="600000000")
        second = self._lead(email_from="eva@two.test", phone="600000000")
        self.assertFalse(second.duplicate_lead_id)
        third = self._lead(email_from="eva@two.test", phone="912 345 678")
        self.assertEqual(third.duplicate_lead_id, second)

    def test_nor_a_contact(self):
        """P12 6: a customer who was made with one is not everybody."""
        self._country("es")
        self.env["res.partner"].create(
            {"name": "Ana", "email": "noemail@noemail.com", "phone": "600000000"}
        )
        for values in ({"email_from": "noemail@noemail.com"}, {"phone": "600 000 000"}):
            lead = self._lead(**{"email_from": False, **values})
            self.assertFalse(lead.partner_id)
            self.assertFalse(lead.identity_flag)

    def test_incomplete(self):
        """P12 6, V1: a placeholder is no way to reach somebody."""
        Lead = self.env["crm.lead"]
        self._country("es")
        for email, phone in (
            ("n/a", False),
            (False, "-"),
            (False, "N/A"),
            ("none", "0"),
            (False, "no tiene"),
            ("brak", "p:"),
            ("noemail@noemail.com", "600000000"),
            ("nobody", "123456789"),
        ):
            lead = self._lead(source_id=self.source.id, email_from=email, phone=phone)
            self.assertTrue(lead.intake_incomplete, (email, phone))
            asked = [("id", "=", lead.id), ("intake_incomplete", "=", True)]
            self.assertEqual(Lead.search(asked), lead, (email, phone))
        for email, phone in (("ana@b.test", False), (False, "912 345 678")):
            lead = self._lead(source_id=self.source.id, email_from=email, phone=phone)
            self.assertFalse(lead.intake_incomplete, (email, phone))
            asked = [("id", "=", lead.id), ("intake_incomplete", "=", False)]
            self.assertEqual(Lead.search(asked), lead, (email, phone))

    def test_refused_on_screen(self):
        """V1: where incomplete leads are refused, a placeholder does not help."""
        self.company.lead_intake_policy = "refuse"
        values = {"name": "A", "email_from": "na@na.com", "source_id": self.source.id}
        with self.assertRaisesRegex(UserError, "an email or a phone"):
            self.env["crm.lead"].with_user(self.clara).web_save(values, {"name": {}})

    def test_list_of_the_company(self):
        """P12 6: each company has more of its own."""
        self.company.lead_placeholders = "crm@portal.test\n22 555 01 00\nbez kontaktu"
        self._country("pl")
        for values in ({"email_from": "CRM@portal.test"}, {"phone": "225550100"}):
            first, second = self._two(values)
            self.assertFalse(second.duplicate_lead_id)
            lead = self._lead(
                **{"email_from": False, "source_id": self.source.id, **values}
            )
            self.assertTrue(lead.intake_incomplete)
            asked = [("id", "=", lead.id), ("intake_incomplete", "=", True)]
            self.assertEqual(self.env["crm.lead"].search(asked), lead)
        theirs = self._lead(
            company_id=self.company_2.id,
            email_from="crm@portal.test",
            source_id=self.source.id,
        )
        self.assertFalse(theirs.intake_incomplete, "another company's list")
        asked = [("id", "=", theirs.id), ("intake_incomplete", "=", False)]
        self.assertEqual(self.env["crm.lead"].search(asked), theirs)

    def test_learned_ones_in_the_health_check(self):
        """P12 6: what many people give is told, until somebody says what it is."""

        def told():
            self.env.flush_all()
            health = self.env["lead.distribution.health"].with_user(self.manager)
            health.invalidate_model()
            return health.search([("kind", "=", "identity")])

        names = ("Jan Kowalski", "Ewa Lis", "Olga Wilk", "Adam Sowa", "Piotr Kos")
        for name in names:
            self._lead(contact_name=name, email_from="form@agency.test")
        found = told()
        self.assertEqual(len(found), 1)
        self.assertIn("form@agency.test", found.name)
        self.assertIn("leads: 5", found.name)
        action = found.action_open()
        leads = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(set(leads.mapped("contact_name")), set(names))
        self.company.lead_placeholders = "form@agency.test"
        self.assertFalse(told())
        self.company.lead_placeholders = False
        self.assertTrue(told())
        self.company.lead_distribution_shared_senders = "agency.test"
        self.assertFalse(told())


@tagged("post_install", "-at_install")
class TestUnlikeNames(DistributionCase):
    """P12 5: merging cannot be taken back, so it asks for more than linking."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna | cls.boris, strategy="round_robin")
        cls.company.lead_duplicate_policy = "merge"

    def _both(self, names, **values):
        leads = self.env["crm.lead"]
        for name in names:
            leads |= self._lead(**{"email_from": False, "contact_name": name, **values})
        return leads

    def _left(self, leads):
        self._run_cron("ir_cron_merge_duplicates")
        return leads.exists()

    def test_households_and_offices(self):
        """P12 5: the same salesperson, a flag, and two leads."""
        for values in (
            {"email_from": "family@domain.test"},
            {"phone": "(22) 555-01-33"},
        ):
            leads = self._both(("Mary Miller", "Tom Miller"), **values)
            self.assertEqual(len(leads.user_id), 1)
            self.assertEqual(leads[1].identity_flag, "duplicate")
            self.assertIn(
                "names differ", leads[1].with_user(leads.user_id).identity_hint
            )
            self.assertEqual(self._left(leads), leads)
            self.assertEqual(self._left(leads), leads, "nor the next time")

    def test_the_same_person(self):
        """P12 5: spelled in another way, or without a name."""
        for at, names in enumerate(
            (
                ("Jan Kowalski", "KOWALSKI, Jan"),
                ("Jan Kowalski", False),
                (False, "J. Kowalski"),
            )
        ):
            leads = self._both(names, email_from=f"person{at}@x.test")
            self.assertEqual(self._left(leads), leads[0], names)

    def test_two_into_one_without_a_name(self):
        """P12 5: nor do two people become one by a lead that names nobody."""
        leads = self._both((False, "Mary Miller", "Tom Brown"), email_from="a@b.test")
        self.assertEqual(self._left(leads), leads[0] | leads[2])
        self.assertEqual(leads[0].inquiry_ids.contact_name, "Mary Miller")
        later = self._both(("Tom Brown",), email_from="a@b.test")
        self.assertEqual(later.duplicate_lead_id, leads[0])
        self.assertEqual(self._left(later), later)

    def test_by_hand(self):
        """P12 5: a person may merge whatever they want."""
        leads = self._both(("Mary Miller", "Tom Miller"), email_from="f@domain.test")
        leads.merge_opportunity()
        self.assertEqual(len(leads.exists()), 1)


@tagged("post_install", "-at_install")
class TestNotations(DistributionCase):
    """P12 7: whoever wrote the number, it is one person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna | cls.boris | cls.clara)

    def test_one_customer(self):
        """P12 7: in leads as in contacts."""
        for country, number, notations in (
            (
                "de",
                "+49 151 23456789",
                ["p:+4915123456789", "4915123456789.0", "4915123456789"]
                + ['="+4915123456789"', "whatsapp:+49 151 23456789", "0151/23456789"],
            ),
            (
                "pl",
                "22 555 01 00",
                ["0225550100", "+48 0 22 555 01 00", "tel:225550100"],
            ),
            ("mx", "+52 55 1234 5678", ["01 55 1234 5678", "+52 1 55 1234 5678"]),
            ("ar", "+54 9 11 2345 6789", ["011 15 2345-6789", "+54 11 15 2345 6789"]),
            ("br", "+55 11 98765-4321", ["(11) 8765-4321", "011 98765-4321"]),
        ):
            self.company.country_id = self.env.ref(f"base.{country}")
            partner = self.env["res.partner"].create(
                {"name": "Customer", "phone": number, "user_id": self.clara.id}
            )
            for notation in notations:
                lead = self._lead(email_from=False, phone=notation)
                self.assertEqual(lead.partner_id, partner, notation)
                self.assertEqual(lead.user_id, self.clara, notation)

    def test_several_numbers(self):
        """P12 7: all of them are looked at."""
        partner = self.env["res.partner"].create(
            {"name": "Customer", "phone": "601 601 601", "user_id": self.clara.id}
        )
        lead = self._lead(email_from=False, phone="22 555 01 00 / 601 601 601")
        self.assertEqual(lead.partner_id, partner)


@tagged("post_install", "-at_install")
class TestFirms(DistributionCase):
    """P11 22: a firm's general address; P12 8: and its domain."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna | cls.boris)
        cls.route.write({"member_ids": [(0, 0, {"user_id": cls.clara.id})]})

    def _firm(self, name="ACME", **values):
        values.setdefault("email", "office@acme.test")
        return self.env["res.partner"].create(
            {"name": name, "is_company": True, **values}
        )

    NAMES = ("Jan Kowalski", "Ewa Lis", "Olga Wilk", "Adam Sowa", "Piotr Kos")

    def _write_in(self, address="office@acme.test", at_once=False, at="01"):
        values = [
            {"name": name, "contact_name": name, "email_from": address}
            | {"phone": f"22 555 {at} 0{n}"}
            for n, name in enumerate(self.NAMES)
        ]
        if at_once:
            return self.env["crm.lead"].create(values)
        return self.env["crm.lead"].union(*(self._lead(**v) for v in values))

    def test_whoever_writes_is_the_firm(self):
        """P11 22: with a salesperson, however many people write."""
        firm = self._firm(user_id=self.clara.id)
        for at_once in (False, True):
            leads = self._write_in(at_once=at_once)
            self.assertEqual(leads.partner_id, firm)
            self.assertEqual(leads.user_id, self.clara)
            self.assertEqual(len(leads.filtered("partner_id")), 5)

    def test_won_before(self):
        """P11 22: or with won leads, also of somebody of the firm."""
        firm = self._firm()
        person = self.env["res.partner"].create({"name": "P", "parent_id": firm.id})
        won = self.env["crm.lead"].create(
            {"name": "Won", "partner_id": person.id, "user_id": self.clara.id}
        )
        won.action_set_won()
        leads = self._write_in()
        self.assertEqual(len(leads.filtered(lambda x: x.partner_id == firm)), 5)
        self.assertEqual(leads.user_id, self.clara)

    def test_shared_without_business(self):
        """P11 22: an unlisted sender without such a contact stays a shared sender."""
        self.route.contact_owner_policy = "never"
        firm = self._firm()
        leads = self._write_in()
        self.assertFalse(leads[3:].partner_id & firm)
        leads = self._write_in("contact@portal.test", at="02")
        self.assertFalse(leads[3:].duplicate_lead_id)
        self.assertFalse(leads.partner_id)

    def test_the_firm_among_contacts(self):
        """P11 22: somebody else who was noted with the firm's address."""
        self.env["res.partner"].create({"name": "Tom", "email": "office@acme.test"})
        firm = self._firm(user_id=self.clara.id)
        lead = self._lead(email_from="office@acme.test", contact_name="Ewa Lis")
        self.assertEqual(lead.partner_id, firm)
        lead = self._lead(email_from="office@acme.test", contact_name="Tom")
        self.assertEqual(lead.user_id, self.clara)

    def test_domain(self):
        """P12 8: by the address or the website, the parent company's salesperson where
        it has none; flagged, and not linked."""
        self._firm(user_id=self.clara.id)
        holding = self._firm("Holding", email=False, user_id=self.boris.id)
        self._firm(
            "Branch",
            email=False,
            website="https://www.branch.test/en",
            parent_id=holding.id,
        )
        for address, user in (
            ("jan@acme.test", self.clara),
            ("ewa@sales.acme.test", self.clara),
            ("Olga <olga@branch.test>", self.boris),
        ):
            lead = self._lead(email_from=address)
            self.assertEqual(lead.user_id, user, address)
            self.assertFalse(lead.partner_id)
            self.assertEqual(lead.identity_flag, "account")
            self.assertIn("domain", lead.with_user(user).identity_hint)
            self.assertEqual(self._rows(lead).reason, "known_advisor")

    def test_domain_of_nobody(self):
        """P12 8: free mail, our own company, persons, another company's contacts, and
        where it is switched off."""
        self._firm("Shop", email="shop@gmail.com", user_id=self.clara.id)
        self._firm(user_id=self.clara.id, company_id=self.company_2.id)
        self.company.partner_id.write(
            {"email": "us@ours.test", "user_id": self.clara.id}
        )
        self.env["res.partner"].create(
            {"name": "P", "email": "p@person.test", "user_id": self.clara.id}
        )
        for address in ("jan@gmail.com", "a@acme.test", "b@ours.test", "c@person.test"):
            lead = self._lead(email_from=address)
            self.assertFalse(lead.identity_flag, address)
            self.assertNotEqual(self._rows(lead).reason, "known_advisor", address)
        self._firm("Other", email="office@other.test", user_id=self.clara.id)
        self.company.lead_account_match = False
        self.assertFalse(self._lead(email_from="jan@other.test").identity_flag)

    def test_several_companies_of_one_domain(self):
        """P12 8: a person chooses; nobody is the advisor."""
        self._firm("One", user_id=self.clara.id)
        self._firm("Two", email="two@acme.test", user_id=self.boris.id)
        lead = self._lead(email_from="jan@acme.test")
        self.assertEqual(lead.identity_flag, "account")
        self.assertNotEqual(self._rows(lead).reason, "known_advisor")
        hint = lead.with_user(self.manager).identity_hint
        self.assertIn("One", hint)
        self.assertIn("Two", hint)

    def test_as_many_queries_for_many(self):
        """P12 8: a block asks once: another five questions, however many leads."""
        self._firm(user_id=self.clara.id)

        def ask(number, word):
            domain = "acme.test" if self.company.lead_account_match else "other.test"
            values = [
                {"name": "Q", "email_from": f"{word}{n}@{domain}", "user_id": False}
                for n in range(number)
            ]
            before = self.env.cr.sql_log_count
            self.env["crm.lead"].create(values)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        ask(2, "warm")
        few, many = ask(3, "few"), ask(18, "many")
        self.company.lead_account_match = False
        ask(2, "cold")
        few, many = few - ask(3, "less"), many - ask(18, "more")
        self.assertLess(many - few, 3)
