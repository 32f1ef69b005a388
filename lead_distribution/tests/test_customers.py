"""Part 11 D: customers are given, taken away and made with what is theirs."""

from odoo import Command
from odoo.tests import Form, HttpCase
from odoo.tests.common import tagged

from ..tools.service_context import as_service
from .common import DistributionCase, tour_user

SALESMAN = "sales_team.group_sale_salesman"
UNLINK = "lead_distribution.group_unlink_customer"


class CustomerCase(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna)
        cls.allowed = cls._user("allowed", f"{SALESMAN},{UNLINK}")
        cls.wrong = cls.env["res.partner"].create(
            {
                "name": "Wrong Customer",
                "email": "wrong@client.test",
                "phone": "+48 600 666 101",
                "street": "Long Street 1",
                "city": "Gdansk",
                "zip": "80-001",
                "country_id": cls.env.ref("base.pl").id,
                "website": "http://wrong.test",
                "function": "Director",
                "company_name": "Wrong Firm",
            }
        )
        cls.right = cls.env["res.partner"].create(
            {"name": "Right Customer", "email": "right@client.test"}
        )

    SAYS = (
        *("email_from", "phone", "contact_name", "partner_name", "function"),
        *("website", "street", "city", "zip", "country_id"),
    )

    def _says(self, lead):
        lead.invalidate_recordset()
        return {
            name: lead._fields[name].convert_to_write(lead[name], lead)
            for name in self.SAYS
        }

    def _wizard(self, lead, user=None):
        lead = lead.with_user(user or self.allowed)
        action = lead.action_ask_customer()
        return lead.env["lead.distribution.customer"].browse(action["res_id"])


@tagged("post_install", "-at_install")
class TestUnlinkGivesBack(CustomerCase):
    """P11 21: the lead has its own again, and nothing of the wrong customer, whichever
    way it was linked."""

    def _by_button(self, lead):
        lead.with_user(self.allowed).action_link_customer(self.wrong.id)

    def _by_writing(self, lead):
        lead.with_user(self.allowed).write({"partner_id": self.wrong.id})

    def _by_form(self, lead):
        with Form(lead.with_user(self.allowed)) as form:
            form.partner_id = self.wrong

    def _by_itself(self, lead):
        lead = as_service(lead).env["crm.lead"].browse(lead.id)
        lead.env["lead.distribution.apply"]._link({lead: self.wrong.id})

    def _off_by_button(self, lead):
        lead.with_user(self.allowed).action_unlink_customer()

    def _off_by_writing(self, lead):
        lead.with_user(self.allowed).write({"partner_id": False})

    def _off_by_form(self, lead):
        with Form(lead.with_user(self.allowed)) as form:
            form.partner_id = self.env["res.partner"]

    def test_every_way(self):
        """P11 21: on, and off again, by button, form, writing and recognition."""
        for on in (self._by_button, self._by_writing, self._by_form, self._by_itself):
            for off in (self._off_by_button, self._off_by_writing, self._off_by_form):
                for values in (
                    {"phone": "+48 600 777 101", "email_from": False},
                    {"phone": False, "email_from": "me@own.test"},
                    {
                        "phone": "+48 600 777 102",
                        "email_from": "both@own.test",
                        "website": "http://own.test",
                        "function": "Buyer",
                        "street": "Short Street",
                        "city": "Sopot",
                    },
                ):
                    lead = self._lead(
                        type="opportunity",
                        user_id=self.allowed.id,
                        contact_name="Somebody",
                        **values,
                    )
                    before = self._says(lead)
                    on(lead)
                    self.assertEqual(lead.partner_id, self.wrong)
                    ways = f"{on.__name__}, {off.__name__}, {sorted(values)}"
                    for name in ("email_from", "phone"):
                        expected = (
                            before[name]
                            or self.wrong["email" if name == "email_from" else "phone"]
                        )
                        self.assertEqual(lead[name], expected, ways)
                    off(lead)
                    self.assertFalse(lead.partner_id)
                    self.assertEqual(self._says(lead), before, ways)

    def test_taken_from_the_customer(self):
        """P11 21: also what a person took over from it."""
        lead = self._lead(
            user_id=self.allowed.id, email_from="me@own.test", phone="600 777 101"
        )
        before = self._says(lead)
        mine = lead.with_user(self.allowed)
        mine.action_link_customer(self.wrong.id)
        mine.action_take_from_customer()
        self.assertEqual(lead.email_from, "wrong@client.test")
        mine.action_unlink_customer()
        self.assertEqual(self._says(lead), before)

    def test_typed_since(self):
        """P11 21: what a person typed since then is the lead's own."""
        lead = self._lead(user_id=self.allowed.id, email_from="me@own.test")
        mine = lead.with_user(self.allowed)
        mine.action_link_customer(self.wrong.id)
        mine.write({"phone": "600 777 103", "function": "Buyer"})
        mine.action_unlink_customer()
        self.assertEqual((lead.phone, lead.function), ("600 777 103", "Buyer"))
        self.assertFalse(lead.website)

    def test_silent_customer(self):
        """P11 21: what was typed where the customer says nothing stays."""
        lead = self._lead(user_id=self.allowed.id, email_from="me@own.test")
        mine = lead.with_user(self.allowed)
        mine.action_link_customer(self.right.id)
        mine.function = "Buyer"
        mine.action_unlink_customer()
        self.assertEqual(lead.function, "Buyer")

    def test_made_with_it(self):
        """P11 21: a lead that was made in a form with the wrong customer, and one that
        a script made and that says its address itself."""
        saved = (
            self.env["crm.lead"]
            .with_user(self.allowed)
            .web_save(
                {
                    "name": "On screen",
                    "partner_id": self.wrong.id,
                    "email_from": "wrong@client.test",
                    "phone": "+48 600 666 101",
                    "website": "http://wrong.test",
                },
                {"name": {}},
            )
        )
        screen = self.env["crm.lead"].browse(saved[0]["id"])
        script = self._lead(
            user_id=self.allowed.id,
            partner_id=self.wrong.id,
            email_from="wrong@client.test",
        )
        for lead in screen | script:
            self.assertEqual(lead.phone, "+48 600 666 101")
            lead.with_user(self.allowed).action_unlink_customer()
        self.assertFalse(any(self._says(screen).values()), self._says(screen))
        self.assertEqual(script.email_from, "wrong@client.test")
        self.assertFalse(script.phone)

    def test_from_one_to_another(self):
        """P11 21: to the right customer, in one step and in the wizard."""
        for phone, tie in (
            ("600 777 104", lambda lead: lead.write({"partner_id": self.right.id})),
            ("600 777 107", lambda lead: self._wizard(lead)._select(self.right)),
        ):
            lead = self._lead(user_id=self.allowed.id, phone=phone)
            own = lead.email_from
            mine = lead.with_user(self.allowed)
            mine.action_link_customer(self.wrong.id)
            tie(mine)
            self.assertEqual(lead.partner_id, self.right)
            self.assertEqual((lead.email_from, lead.phone), (own, phone))
            self.assertFalse(lead.website)

    def test_wizard_shows_its_own(self):
        """P11 21: what another customer is made from is not the wrong one's."""
        lead = self._lead(user_id=self.allowed.id, phone="600 777 105")
        lead.with_user(self.allowed).action_link_customer(self.wrong.id)
        lead.with_user(self.allowed).action_take_from_customer("phone")
        wizard = self._wizard(lead)
        self.assertEqual(wizard.phone, "600 777 105")
        self.assertFalse(wizard.function)


@tagged("post_install", "-at_install")
class TestNewCustomer(CustomerCase):
    """P11 23: a new customer is prefilled and clean, and no second one."""

    def test_of_a_mail(self):
        """P11 23: the sender's name, and the address without it."""
        mail = (
            'From: "Jan Zolw" <janz@v8.test>\nTo: leads@agency.test\n'
            "Subject: A question\nMessage-Id: <v8@x>\n\nGood morning"
        )
        lead = self.env["crm.lead"].browse(
            self.env["mail.thread"].message_process("crm.lead", mail)
        )
        lead.contact_name = False
        wizard = self._wizard(lead, lead.user_id)
        self.assertEqual(wizard.contact_name, "Jan Zolw")
        self.assertEqual(wizard.email_from, "janz@v8.test")
        wizard.action_create()
        self.assertEqual(lead.partner_id.name, "Jan Zolw")
        self.assertEqual(lead.partner_id.email, "janz@v8.test")

    def test_made_by_odoo(self):
        """P11 23: also a customer that Odoo's own conversion makes."""
        lead = self._lead(email_from='"Jan Zolw" <janz2@v8.test>')
        self.assertEqual(lead._create_customer().email, "janz2@v8.test")

    def test_clean(self):
        """P11 23, P12 7: nothing that stands for nothing, nothing around a number."""
        lead = self._lead(email_from="noemail@noemail.com", phone="p:+48601601601")
        wizard = self._wizard(lead, self.anna)
        self.assertFalse(wizard.email_from)
        self.assertEqual(wizard.phone, "+48601601601")

    def test_warns_of_the_best_match(self):
        """G6: by what the form says now; one click links it instead."""
        lead = self._lead(
            user_id=self.anna.id, contact_name="Nobody Known", email_from=False
        )
        wizard = self._wizard(lead, self.anna)
        self.assertFalse(wizard.best)
        with Form(wizard) as form:
            form.email_from = "Right@client.test"
            self.assertIn("Right Customer", form.best)
            self.assertIn("95", form.best)
            self.assertIn("email", form.best)
            form.email_from = "new@client.test"
            self.assertFalse(form.best)
            form.contact_name = "customer RIGHT"
            self.assertIn("name", form.best)
        wizard.action_select_best()
        self.assertEqual(lead.partner_id, self.right)

    def test_warns_of_what_may_be_read(self):
        """G6: and of nobody else's customer."""
        self.right.company_id = self.company_2
        lead = self._lead(user_id=self.anna.id, email_from="right@client.test")
        self.assertFalse(self._wizard(lead, self.anna).best)

    def test_the_bar_goes(self):
        """P11 23: once somebody said who it is, nothing asks for it any more."""
        self.env["res.partner"].create(
            [
                {"name": "Ewa Lis", "phone": "22 555 07 00"},
                {"name": "Olga Wilk", "phone": "22 555 07 00"},
            ]
        )

        def link(lead):
            lead.with_user(self.anna).action_link_customer(self.right.id)

        def write(lead):
            lead.with_user(self.anna).partner_id = self.right

        def convert(lead):
            lead.with_user(self.anna).action_convert_customer()

        for tie in (link, write, convert):
            lead = self._lead(user_id=self.anna.id, phone="22 555 07 00")
            as_service(lead).env["crm.lead"].browse(lead.id).write(
                {"duplicate_lead_id": False, "identity_flag": "shared"}
            )
            tie(lead)
            self.assertTrue(lead.partner_id)
            self.assertFalse(lead.identity_flag, tie.__name__)


@tagged("post_install", "-at_install")
class TestPreview(CustomerCase):
    """Names of others: the preview of unlinking tells what its reader may read."""

    def test_preview(self):
        """Names of others: leads, calls and people beyond the reader's reach."""
        self._route(self.allowed, sequence=0)
        lead = self._lead(phone="600 777 106")
        mine = lead.with_user(self.allowed)
        mine.action_convert_customer()
        call = lead.customer_activity_id
        self.assertTrue(call)
        customer = lead.partner_id
        self._lead(user_id=self.allowed.id, partner_id=customer.id)
        for _n in range(3):
            self._lead(user_id=self.boris.id, partner_id=customer.id)
        text = self._wizard(lead).preview
        readable = (customer.related_lead_ids - lead).with_user(self.allowed)
        count = len(readable._filtered_access("read"))
        self.assertIn(f"Other leads of the customer: {count}", text)
        self.assertIn("Call the new customer", text)
        self.assertIn(
            "Other leads of the customer: 4", self._wizard(lead, self.env.user).preview
        )
        # a colleague of another company, whom the reader does not know
        stranger = self._user(
            "stranger",
            company_id=self.company_2.id,
            company_ids=[Command.set(self.company_2.ids)],
        )
        stranger.name = "Secret Stranger"
        row = self._rows(lead)
        self.assertEqual(len(row), 1)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET user_id = %s WHERE id = %s",
            [stranger.id, customer.id],
        )
        self.env.cr.execute(
            """UPDATE lead_distribution_assignment
                  SET partner_id = %s, partner_owned = TRUE, user_id = %s,
                      partner_previous_user_id = %s
                WHERE id = %s""",
            [customer.id, stranger.id, stranger.id, row.id],
        )
        self.env.cr.execute(
            "UPDATE mail_activity SET user_id = %s, summary = 'Secret' WHERE id = %s",
            [stranger.id, call.id],
        )
        self.env.invalidate_all()
        text = self._wizard(lead).preview
        self.assertNotIn("Stranger", text)


@tagged("post_install", "-at_install")
class TestAsItCame(CustomerCase):
    """P12 7: shown clean, kept as it came."""

    def test_shown_and_kept(self):
        """P12 7: by script, file and mail alike."""
        spain = self.env.ref("base.es").id
        for given, shown in (
            ({"phone": "p:+4915123456789"}, {"phone": "+4915123456789"}),
            ({"phone": '="+4915123456789"'}, {"phone": "+4915123456789"}),
            ({"phone": "4915123456789.0"}, {"phone": "+49 1512 3456789"}),
            ({"phone": "N/A"}, {"phone": False}),
            ({"email_from": "mailto:jan@acme.pl."}, {"email_from": "jan@acme.pl"}),
            ({"email_from": "no tiene"}, {"email_from": False}),
            ({"zip": "8001", "country_id": spain}, {"zip": "08001"}),
        ):
            lead = self._lead(**given)
            for name, value in shown.items():
                self.assertEqual(lead[name], value, given)
                self.assertIn(given[name].strip(), lead.contact_as_written)

    def test_nothing_to_say(self):
        """P12 7: what is fine as it is stays."""
        name = '"Jan Z" <jan@acme.pl>'
        lead = self._lead(email_from=name, phone="22/555.01.00", zip="00-950")
        self.assertEqual((lead.email_from, lead.phone), (name, "22/555.01.00"))
        self.assertFalse(lead.contact_as_written)

    def test_damaged(self):
        """P12 7: a number that a spreadsheet rounded is said to be lost."""
        lead = self._lead(
            email_from=False, phone="4.91512E+11", source_id=self.source.id
        )
        self.assertIn("rounded", lead.contact_as_written)
        self.assertIn("4.91512E+11", lead.contact_as_written)
        self.assertFalse(lead.phone_sanitized)
        self.assertTrue(lead.intake_incomplete)

    def test_odoo_alone(self):
        """B8: where nobody distributes, nothing is changed."""
        self.route.active = False
        lead = self._lead(phone="p:+4915123456789")
        self.assertEqual(lead.phone, "p:+4915123456789")
        self.assertEqual(lead.phone_sanitized, "+4915123456789")

    def test_words_of_the_company(self):
        """P12 6: words of its own list stand for nothing, too."""
        self.company.lead_placeholders = "Tel. unbekannt"
        lead = self._lead(phone="tel. UNBEKANNT")
        self.assertFalse(lead.phone)
        self.assertIn("UNBEKANNT", lead.contact_as_written)


@tagged("post_install", "-at_install")
class TestCustomersOnScreen(HttpCase):
    """P11 20, 21, 23: in the browser."""

    def test_linked_in_the_form(self):
        """P11 21: a customer chosen in the form fills in what is missing; taken off by
        the button, it takes that away."""
        anna = tour_user(self.env, "anna")
        anna.group_ids = [Command.link(self.env.ref(UNLINK).id)]
        self.env["lead.distribution.route"].create(
            {"name": "Route", "member_ids": [Command.create({"user_id": anna.id})]}
        )
        customer = self.env["res.partner"].create(
            {
                "name": "Zoe Wrong",
                "email": "zoe@client.test",
                "phone": "+48 601 100 200",
            }
        )
        lead = self.env["crm.lead"].create(
            {
                "name": "Give back",
                "type": "opportunity",
                "user_id": anna.id,
                "email_from": "other@mail.test",
            }
        )
        url = f"/odoo/crm.lead/{lead.id}"
        self.start_tour(url, "lead_distribution_customer_chosen", login=anna.login)
        self.assertEqual(lead.partner_id, customer)
        self.assertEqual(lead.email_from, "other@mail.test")
        self.assertEqual(lead.phone, "+48 601 100 200")
        self.start_tour(url, "lead_distribution_customer_unlinked", login=anna.login)
        self.assertFalse(lead.partner_id)
        self.assertEqual(lead.email_from, "other@mail.test")
        self.assertFalse(lead.phone)
        self.start_tour(url, "lead_distribution_customer_warned", login=anna.login)
        self.assertEqual(lead.partner_id, customer)
