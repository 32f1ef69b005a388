"""Mails as the gateway delivers them: who wrote, what machines write, what colleagues
pass on. The people are invented."""

from email.message import EmailMessage

from odoo.tests.common import tagged

from odoo.addons.lead_distribution.engine.reading import Parser

from .common import DistributionCase

AWAY = {
    "Auto-Submitted": "auto-replied",
    "X-Auto-Response-Suppress": "All",
    "Precedence": "bulk",
}


class MailCase(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna | cls.boris, strategy="round_robin")
        cls.domain = cls.env["mail.alias.domain"].search([], limit=1)
        if not cls.domain:
            cls.domain = cls.env["mail.alias.domain"].create({"name": "in.example"})
        cls.company.alias_domain_id = cls.domain
        cls.company_2.alias_domain_id = cls.domain
        cls.desk = cls._desk("desk", cls.company)
        cls.number = 0

    @classmethod
    def _desk(cls, name, company):
        """A team with a mail alias."""
        return cls.env["crm.team"].create(
            {
                "name": name,
                "company_id": company.id,
                "alias_name": name,
                "alias_domain_id": cls.domain.id,
                "use_leads": True,
            }
        )

    def _mail(self, sender, text="Hello", to="desk", headers=None, **values):
        """Deliver a mail.

        :param headers: more of them
        :param values: ``subject``, ``html``, ``attachments``: ``[(name, content)]``
        :returns: the leads that came of it
        """
        type(self).number += 1
        message = EmailMessage()
        message["From"] = sender
        message["To"] = to if "@" in to else f"{to}@{self.domain.name}"
        message["Subject"] = values.get("subject") or f"Question {self.number}"
        message["Message-Id"] = f"<{self.number}@mails.test>"
        for name, value in (headers or {}).items():
            message[name] = value
        message.set_content(text)
        if values.get("html"):
            message.add_alternative(values["html"], subtype="html")
        for name, content in values.get("attachments", ()):
            message.add_attachment(content.encode(), "application", "x", filename=name)
        return self._deliver(message.as_bytes())

    def _deliver(self, source):
        leads = self.env["crm.lead"].with_context(active_test=False)
        last = leads.search([], order="id desc", limit=1).id or 0
        self.env["mail.thread"].message_process(None, source)
        self.env.invalidate_all()
        return leads.search([("id", ">", last)], order="id")

    def _aside(self):
        return self.env["lead.distribution.not.lead"].search([], order="id")


@tagged("post_install", "-at_install")
class TestWhoWrote(MailCase):
    def test_reply_to_is_who_wrote(self):
        """Part 12, 1: the visitor of a web form, recognised as the customer; answers go
        to them."""
        customer = self.env["res.partner"].create(
            {"name": "Kai Kunde", "email": "kai@kunde.test", "user_id": self.boris.id}
        )
        lead = self._mail(
            "Shop <wordpress@shop.test>",
            "Bitte um Angebot",
            headers={"Reply-To": "Kai Kunde <kai@kunde.test>"},
        )
        self.assertEqual(lead.email_normalized, "kai@kunde.test")
        self.assertEqual((lead.contact_name, lead.partner_id), ("Kai Kunde", customer))
        self.assertEqual(lead.user_id, self.boris)
        message = lead.message_ids.filtered(lambda x: x.message_type == "email")
        self.assertEqual(message.author_id, customer)
        self.assertIn("kai@kunde.test", message.email_from)
        self.assertIn("Bitte um Angebot", message.body)
        self.assertIn("the address for answers", lead.intake_read)
        self.assertIn("wordpress@shop.test", lead.intake_read)

    def test_reply_to_of_ours(self):
        """Part 12, 1: an alias, a colleague or a listed sender is no customer."""
        self.company.lead_distribution_shared_senders = "portal.test"
        for reply in (f"desk@{self.domain.name}", self.clara.email, "x@portal.test"):
            lead = self._mail("Kai <kai@kunde.test>", headers={"Reply-To": reply})
            self.assertEqual(lead.email_normalized, "kai@kunde.test", reply)

    def test_visitors_of_one_form(self):
        """Part 12, 1: with Reply-Tos alone they are as many people, shared out, and
        stay as many leads where repeated ones are merged."""
        self.company.lead_duplicate_policy = "merge"
        leads = self.env["crm.lead"]
        for number in range(6):
            leads |= self._mail(
                "Form <form@site.test>",
                headers={"Reply-To": f"v{number}@visitors{number}.test"},
            )
        for user in self.anna | self.boris:
            self.assertEqual([x.user_id for x in leads].count(user), 3)
        self.assertFalse(leads.duplicate_lead_id)
        self._run_cron("ir_cron_merge_duplicates")
        self.assertEqual(len(leads.exists()), 6)

    def test_names_in_the_texts(self):
        """Part 12, 1: a sender that nobody knows turns out to send for several people
        by the names alone; nobody is recognised by it from then on."""
        sender = "Bestellung <bestellung@haendler.test>"
        first = self._mail(sender, "Name: Pia Sechs\nTelefon: +49 171 1111111")
        second = self._mail(sender, "Name: Max Sieben\nTelefon: +49 171 2222222")
        third = self._mail(sender, "Name: Pia Sechs\nTelefon: +49 171 1111111")
        self.assertEqual(
            (first | second).mapped("contact_name"), ["Pia Sechs", "Max Sieben"]
        )
        self.assertFalse(second.email_from)
        self.assertFalse(second.duplicate_lead_id)
        self.assertEqual(third.duplicate_lead_id, first)
        known = self.env["lead.distribution.sender"].search([])
        self.assertEqual(known.mapped("address"), ["bestellung@haendler.test"])
        self.assertTrue(known.shared)
        self.assertNotIn("Pia", str(known.people))

    def test_desk_that_answers_go_to(self):
        """A provider's desk as the address for answers is nobody's once it came with
        two names."""
        leads = self.env["crm.lead"]
        for number, name in enumerate(("Pia Sechs", "Max Sieben", "Olga Acht")):
            leads |= self._mail(
                "Portal <noreply@portal.test>",
                f"Name: {name}\nTelefon: +49 171 {number}111111",
                headers={"Reply-To": "service@portal-gmbh.test"},
            )
        self.assertFalse(any(leads[1:].mapped("email_from")))
        self.assertFalse(leads.duplicate_lead_id)

    def test_leads_without_names(self):
        """Part 12, 1: leads from before, of the same sender and nobody's name, are not
        one customer's once the sender is known for several."""
        old = self._lead(email_from="form@site.test")
        for number in range(2):
            self._mail(
                "Form <form@site.test>",
                headers={"Reply-To": f"w{number}@visitors{number}.test"},
            )
        new = self._lead(email_from="form@site.test")
        self.assertFalse(new.duplicate_lead_id)
        self.assertTrue(old.user_id)

    def test_one_person_after_all(self):
        """A manager says that a sender is one person."""
        for number in range(2):
            self._mail(
                "Kai <kai@kunde.test>", headers={"Reply-To": f"kai{number}@else.test"}
            )
        sender = self.env["lead.distribution.sender"].search([])
        self.assertTrue(sender.shared)
        sender.with_user(self.manager).one_person = True
        first = self._mail("Kai <kai@kunde.test>")
        again = self._mail("Kai <kai@kunde.test>")
        self.assertEqual(again.duplicate_lead_id, first)

    def test_two_companies(self):
        """What one company learned of a sender is its own; each reads with its own."""
        self._route(
            self._user("doris", company_id=self.company_2.id),
            company_id=self.company_2.id,
        )
        self._desk("north", self.company_2)
        for to in ("desk", "north"):
            lead = self._mail(
                "Form <form@site.test>",
                "Name: Kai Kunde\nEmail: kai@kunde.test",
                to,
            )
            self.assertEqual(lead.email_normalized, "kai@kunde.test")
        self.assertEqual(lead.company_id, self.company_2)
        senders = self.env["lead.distribution.sender"].search([])
        self.assertEqual(senders.company_id, self.company | self.company_2)

    def test_nothing_is_read_where_nothing_is_distributed(self):
        """B8: without a route mails are core's."""
        self.route.active = False
        lead = self._mail(
            "Shop <wordpress@shop.test>", headers={"Reply-To": "kai@kunde.test", **AWAY}
        )
        self.assertEqual(lead.email_normalized, "wordpress@shop.test")
        self.assertFalse(lead.intake_read)
        self.assertFalse(self._aside())


@tagged("post_install", "-at_install")
class TestStructuredMail(MailCase):
    def test_labels(self):
        """Part 12, 2: a form's lines become the fields of the lead; what is not known
        is kept."""
        listing = self.env["lead.distribution.listing"].create(
            {"name": "Flat 7", "reference": "A-7", "company_id": self.company.id}
        )
        purpose = self.env["lead.distribution.consent.purpose"].create(
            {"name": "Zgoda marketingowa"}
        )
        portal = self.env["utm.source"].create({"name": "Tabela"})
        lead = self._mail(
            "noreply@portal.test",
            html="<table><tr><td>Imię i nazwisko</td><td>Jan Nowak</td></tr>"
            "<tr><td>E-mail</td><td>jan@nowak.test</td></tr>"
            "<tr><td>Telefon</td><td>600 700 800</td></tr>"
            "<tr><td>Nr oferty</td><td>A-7</td></tr>"
            "<tr><td>Portal</td><td>tabela</td></tr>"
            "<tr><td>Zgoda marketingowa</td><td>Tak</td></tr>"
            "<tr><td>Wiadomość</td><td>Proszę o kontakt</td></tr></table>",
        )
        self.assertEqual(
            (lead.contact_name, lead.email_from), ("Jan Nowak", "jan@nowak.test")
        )
        self.assertEqual(lead.phone_sanitized, "+48600700800")
        self.assertEqual((lead.listing_id, lead.source_id), (listing, portal))
        self.assertEqual(lead.consent_purpose_ids, purpose)
        self.assertIn("Proszę o kontakt", lead.description)
        self.assertIn("Imię i nazwisko", lead.intake_read)

    def test_unknown_listing_and_source(self):
        """A listing that nobody knows is kept as words; strangers make no sources."""
        lead = self._mail(
            "noreply@portal.test",
            "Name: Kai Kunde\nEmail: kai@kunde.test\nProperty ref: ZZ-1\n"
            "Portal: Nowhere",
        )
        self.assertIn("ZZ-1", lead.description)
        self.assertFalse(lead.source_id)
        self.assertFalse(self.env["utm.source"].search([("name", "=", "Nowhere")]))

    def test_ours_is_never_the_customers(self):
        """Part 12, 2: a colleague's signature, our number, our alias."""
        self.clara.phone = "+48 22 555 01 00"
        self.company.write(
            {"email": "office@house-of-ours.test", "phone": "22 5550199"}
        )
        lead = self._mail(
            "noreply@portal.test",
            "Lead for Clara\nName: Kai Kunde\nEmail: clara@sales.test\n"
            "Tel: +48 22 555 01 00, 22 5550199\nEmail: other@house-of-ours.test\n"
            f"Email: desk@{self.domain.name}\nEmail: kai@kunde.test\nTel: 600 700 800",
        )
        self.assertEqual(
            (lead.email_from, lead.phone_sanitized), ("kai@kunde.test", "+48600700800")
        )

    def test_attachments(self):
        """Part 12, 2: data in a file of the mail; the file stays in the chatter."""
        lead = self._mail(
            "leads@cars.test",
            "New lead attached",
            attachments=[
                (
                    "lead.xml",
                    "<adf><prospect><vehicle><stock>K-9</stock></vehicle><customer>"
                    "<contact><name part='full'>Kai Kunde</name><email>kai@kunde.test"
                    "</email></contact></customer></prospect></adf>",
                )
            ],
        )
        self.assertEqual(
            (lead.contact_name, lead.email_from), ("Kai Kunde", "kai@kunde.test")
        )
        self.assertIn("K-9", lead.description)
        self.assertEqual(lead.message_ids.attachment_ids.mapped("name"), ["lead.xml"])

    def test_parser_of_another_addon(self):
        """Part 12, 2: one method adds a portal's parser."""
        reader = type(self.env["lead.distribution.reading"])
        theirs = reader._parsers
        mine = Parser(
            "Mine",
            r"@mine\.test$",
            lambda letter, lines: {"name": lines[0].text, "email": "kai@kunde.test"},
        )
        self.patch(reader, "_parsers", lambda self: [mine, *theirs(self)])
        lead = self._mail("x@mine.test", "Kai Kunde\nwants it")
        self.assertEqual(
            (lead.contact_name, lead.email_from), ("Kai Kunde", "kai@kunde.test")
        )
        self.assertEqual(lead.source_id.name, "Mine")

    def test_a_mail_that_cannot_be_read(self):
        """Whatever goes wrong, it becomes a lead."""

        def broken(self):
            raise ZeroDivisionError

        self.patch(type(self.env["lead.distribution.reading"]), "_parsers", broken)
        with self.assertLogs("odoo.addons.lead_distribution", "ERROR"):
            lead = self._mail("Kai <kai@kunde.test>")
        self.assertEqual(lead.email_normalized, "kai@kunde.test")
        self.assertTrue(lead.user_id)


@tagged("post_install", "-at_install")
class TestForwarded(MailCase):
    def test_customer_inside(self):
        """Part 12, 4: a colleague passes a customer's mail on."""
        for text in (
            "FYI\nClara\n\nVon: Kai Kunde <kai@kunde.test>\nGesendet: heute\n"
            "An: Clara\n"
            "Betreff: Wohnung\n\nBitte um Rückruf: +49 171 1234567",
            "> From: Kai Kunde <kai@kunde.test>\n> Date: today\n> Subject: Flat\n>\n"
            "> Call +49 171 1234567",
        ):
            lead = self._mail("Clara <clara@sales.test>", text, subject="Fwd: Wohnung")
            self.assertEqual(lead.email_normalized, "kai@kunde.test")
            self.assertEqual(lead.contact_name, "Kai Kunde")
            self.assertEqual(lead.phone_sanitized, "+491711234567")
            self.assertIn("clara@sales.test", lead.intake_read)

    def test_attached_mail(self):
        """The same as an attachment, which stays in the chatter."""
        inside = EmailMessage()
        inside["From"] = "Kai Kunde <kai@kunde.test>"
        inside["Subject"] = "Wohnung"
        inside.set_content("Bitte um Rückruf: +49 171 1234567")
        message = EmailMessage()
        message["From"] = "Clara <clara@sales.test>"
        message["To"] = f"desk@{self.domain.name}"
        message["Subject"] = "WG: Wohnung"
        message["Message-Id"] = "<attached@mails.test>"
        message.set_content("FYI")
        message.add_attachment(inside)
        lead = self._deliver(message.as_bytes())
        self.assertEqual(lead.email_normalized, "kai@kunde.test")
        self.assertEqual(lead.phone_sanitized, "+491711234567")
        self.assertEqual(len(lead.message_ids.attachment_ids), 1)

    def test_nobody_inside(self):
        """A colleague's own words are nobody's inquiry: no address rather than hers."""
        lead = self._mail("Clara <clara@sales.test>", "Somebody called about a flat")
        self.assertFalse(lead.email_from)


@tagged("post_install", "-at_install")
class TestMachines(MailCase):
    def test_no_lead(self):
        """Part 12, 3: answers, reports and newsletters are put aside, once."""
        for headers, subject, reason in (
            (AWAY, "Automatic reply: Flat", "automatic"),
            ({}, "Abwesenheitsnotiz: Wohnung", "automatic"),
            ({"List-Unsubscribe": "<https://shop.test/u>"}, "Our news", "list"),
            ({"Precedence": "bulk"}, "Our news", "list"),
            ({"X-Auto-Response-Suppress": "All"}, "Ticket 5", "automatic"),
        ):
            kept = self._aside()
            leads = self._mail("Shop <hi@shop.test>", headers=headers, subject=subject)
            self.assertFalse(leads, headers)
            aside = self._aside() - kept
            self.assertEqual((aside.reason, aside.name), (reason, subject))
            self.assertEqual(aside.company_id, self.company)
            self.assertIn("Hello", aside.body)

    def test_customers_answers_that_only_look_so(self):
        """What a customer answers is told like any answer, whatever the subject."""
        lead = self._mail("Kai <kai@kunde.test>", subject="Im Urlaub")
        self.assertFalse(lead)
        lead = self._mail("Kai <kai@kunde.test>")
        self._in_thread(lead, "Kai <kai@kunde.test>", None, "Re: Urlaub")
        self._in_thread(
            lead, "Kai <kai@kunde.test>", {"X-Auto-Response-Suppress": "All"}
        )
        kinds = lead.message_ids.mapped("message_type")
        self.assertEqual((kinds.count("email"), kinds.count("auto_comment")), (3, 0))

    def test_made_a_lead_after_all(self):
        """A manager makes a lead of one: it is the team's whose alias it came to, and
        of whom the answer goes to."""
        self._mail(
            "Kais Shop <news@shop.test>",
            "Please call me",
            headers={"Precedence": "list", "Reply-To": "Kai <kai@shop.test>"},
            attachments=[("plan.txt", "plan")],
        )
        aside = self._aside()
        aside.with_user(self.manager).action_make_lead()
        lead = aside.lead_id
        self.assertEqual(lead.email_normalized, "kai@shop.test")
        self.assertEqual(aside.sudo().values["team_id"], self.desk.id)
        self.assertTrue(lead.user_id)
        self.assertEqual(lead.message_ids.attachment_ids.mapped("name"), ["plan.txt"])

    def test_forms_and_portals_are_leads(self):
        """Part 12, 3: what programs mark as theirs, with a person in it, is a lead."""
        headers = {
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "Precedence": "bulk",
            "List-Unsubscribe": "<https://portal.test/u>",
        }
        lead = self._mail(
            "noreply@portal.test",
            "Name: Kai Kunde\nTel: +49 171 1234567",
            headers=headers,
        )
        self.assertEqual(lead.contact_name, "Kai Kunde")
        lead = self._mail(
            "Form <form@site.test>", headers={**headers, "Reply-To": "kai@kunde.test"}
        )
        self.assertEqual(lead.email_normalized, "kai@kunde.test")
        self.company.lead_distribution_shared_senders = "portal2.test"
        lead = self._mail("hi@portal2.test", "Call Kai", headers=headers)
        self.assertEqual(len(lead), 1)
        self.assertFalse(self._aside())

    def test_group_of_ours(self):
        """A group of addresses at our own domain passes on what people write."""
        lead = self._mail(
            "Kai <kai@kunde.test>",
            headers={"List-Id": f"<desk.{self.domain.name}>", "Precedence": "list"},
        )
        self.assertEqual(lead.email_normalized, "kai@kunde.test")

    def _in_thread(self, lead, sender, headers=None, subject="Re: Question"):
        sent = lead.message_ids.filtered(lambda x: x.message_type == "email")[:1]
        return self._mail(
            sender,
            "I am away until Monday.",
            f"catchall@{self.domain.name}",
            {"In-Reply-To": sent.message_id, "References": sent.message_id}
            | (headers or {}),
            subject=subject,
        )

    def test_in_the_thread(self):
        """Part 12, 3: whoever is away, it is a note, no follow-up, and sets back no
        clock."""
        self.company.lead_follow_up_email = True
        lead = self._mail("Kai <kai@kunde.test>")
        lead.message_subscribe(
            self.env["res.partner"]
            .create({"name": "Kai", "email": "kai@kunde.test"})
            .ids
        )
        idle = lead.distribution_idle_since
        outgoing = self.env["mail.mail"].search_count([])
        owner = f"{lead.user_id.name} <{lead.user_id.email}>"
        self.assertFalse(self._in_thread(lead, owner, AWAY))
        self.assertFalse(
            self._in_thread(lead, owner, None, "Automatic reply: Question")
        )
        self.assertFalse(self._in_thread(lead, "Kai <kai@kunde.test>", AWAY))
        notes = lead.message_ids.filtered(lambda x: x.message_type == "auto_comment")
        self.assertEqual(len(notes), 3)
        self.assertTrue(all(notes.mapped("is_internal")))
        self.assertEqual(self.env["mail.mail"].search_count([]), outgoing)
        self.assertFalse(lead.first_follow_up_date)
        self.assertFalse(lead.date_first_email)
        self.assertEqual(lead.distribution_idle_since, idle)
        self.assertFalse(self._aside())
        self.assertFalse(self._in_thread(lead, owner))
        self.assertTrue(lead.first_follow_up_date)

    def test_backfilled(self):
        """Found in the chatter later, it is no follow-up either."""
        lead = self._mail("Kai <kai@kunde.test>")
        self._in_thread(lead, f"{lead.user_id.name} <{lead.user_id.email}>", AWAY)
        self.env["lead.distribution.backfill"]._compute_follow_ups(lead.ids, True)
        lead.invalidate_recordset()
        self.assertFalse(lead.first_follow_up_date)

    def test_delivery_reports(self):
        """Part 12, 3: noted on the lead that could not be written to; of unknown mails
        put aside."""
        lead = self._mail("Kai <kai@kunde.test>")
        sent = lead.message_post(
            body="Our offer", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        report = (
            "From: Mail Delivery System <MAILER-DAEMON@relay.test>\n"
            f"To: {{to}}@{self.domain.name}\nSubject: Undelivered Mail\n"
            "Message-Id: <{n}@relay.test>\n"
            "Content-Type: multipart/report; boundary=B\n\n"
            "--B\nContent-Type: text/plain\n\nMailbox full.\n"
            "--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
            "Final-Recipient: rfc822; kai@kunde.test\nAction: failed\n\n"
            "--B\nContent-Type: text/rfc822-headers\n\nMessage-Id: {id}\n\n--B--\n"
        )
        self.assertFalse(
            self._deliver(report.format(to="desk", n=1, id=sent.message_id).encode())
        )
        self.assertIn("Mailbox full", str(lead.message_ids.mapped("body")))
        self.assertFalse(self._aside())
        self.assertFalse(
            self._deliver(report.format(to="desk", n=2, id="<z@z.test>").encode())
        )
        self.assertEqual(self._aside().reason, "bounce")
        mailbox = self.env["fetchmail.server"].create(
            {"name": "M", "object_id": self.env["ir.model"]._get_id("crm.lead")}
        )
        self.env["mail.thread"].with_context(
            default_fetchmail_server_id=mailbox.id
        ).message_process(
            "crm.lead", report.format(to="unknown", n=3, id="<z@z.test>").encode()
        )
        self.assertEqual(len(self._aside()), 2)
        self.assertFalse(lead.first_follow_up_date)
