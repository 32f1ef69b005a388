"""What comes in from outside: forged, overlong, or made to break what follows.

Called as a remote caller does it, by ``call_kw``.
"""

import time
from functools import partial
from unittest.mock import patch

import psycopg2
from psycopg2 import errors

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.models import LOG_ACCESS_COLUMNS
from odoo.service.model import call_kw
from odoo.tests import Form, HttpCase, new_test_user
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from ..engine import identity as same
from ..engine import text as texts
from ..tools.constants import FOLLOW_UP_FIELDS, SERVICE_FIELDS
from .common import MANAGER, DistributionCase, tour_user

LOG = "odoo.addons.lead_distribution"


class IntakeCase(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna | cls.boris)
        cls.robot = cls._user("robot")  # sees the own documents only, like any other

    def _call(self, user, model, method, *args, **kwargs):
        """A call as it comes over RPC."""
        found = call_kw(self.env[model].with_user(user), method, list(args), kwargs)
        self.env.flush_all()
        return found

    def _made(self, user, values, **kwargs):
        """:returns: the lead that a remote caller's ``create`` answers"""
        lead_id = self._call(user, "crm.lead", "create", values, **kwargs)
        return self.env["crm.lead"].browse(lead_id)


@tagged("post_install", "-at_install")
class TestMergeAnything(IntakeCase):
    """Part 9, a: what other modules point with is no reason not to merge."""

    def test_only_what_can_be_searched(self):
        """Part 9, a: a reference whose model is a mere computation is left alone, as
        that of Odoo's own automations."""
        field = self.env["mail.scheduled.message"]._fields["model"]
        found = [
            line[0] for line in self.env["lead.distribution.merge"]._lead_references()
        ]
        self.assertIn("mail.scheduled.message", found)
        self.addCleanup(self.env.registry.clear_cache)
        self.env.registry.clear_cache()
        with patch.object(field, "store", False):
            left = [
                line[0]
                for line in self.env["lead.distribution.merge"]._lead_references()
            ]
        self.assertNotIn("mail.scheduled.message", left)

    def test_every_reference_can_be_searched(self):
        """Part 9, a: whatever is installed here"""
        self.assertTrue(self.env["lead.distribution.merge"]._lead_references())
        for model, name, model_name in self.env[
            "lead.distribution.merge"
        ]._lead_references():
            domain = [(name, "!=", False)]
            if model_name == "reference":
                domain = [(name, "in", ["crm.lead,0"])]
            elif model_name:
                domain.append((model_name, "=", "crm.lead"))
            self.env[model].search(domain, limit=1)

    def _pair(self):
        leads = self._lead(2, user_id=self.anna.id, type="opportunity")
        for lead in leads:
            self.env["calendar.event"].create(
                {
                    "name": "Visit",
                    "start": fields.Datetime.now(),
                    "stop": fields.Datetime.now(),
                    "opportunity_id": lead.id,
                }
            )
            lead.message_post(body=f"About {lead.id}")
        return leads

    def test_one_model_stops_nothing(self):
        """Part 9, a: what a model refuses stays, with a line in the log"""
        leads = self._pair()
        said = leads.message_ids
        purpose = self.env["lead.distribution.consent.purpose"].create({"name": "P"})
        leads.consent_purpose_ids = purpose
        Consent = type(self.env["lead.distribution.consent"])

        def write(consents, vals):
            raise UserError("not to be moved")  # pylint: disable=translation-required

        with patch.object(Consent, "write", write), self.assertLogs(LOG, "WARNING"):
            merged = self.env["crm.lead"].browse(
                leads.with_user(self.anna).merge_opportunity().id
            )
        self.assertEqual(len(leads.exists()), 1)
        self.assertLessEqual(said, merged.message_ids)
        self.assertEqual(len(merged.inquiry_ids), 1)

    def test_conflicts_are_tried_again(self):
        """Part 9, a: neither a conflict nor a lost connection is a model's refusal"""
        master, duplicates = self._pair()
        for kind in (errors.SerializationFailure, psycopg2.InterfaceError):

            def fail(*args, kind=kind):
                raise kind()

            with (
                patch.object(
                    type(self.env["lead.distribution.merge"]), "_move_references", fail
                ),
                self.assertRaises(kind),
                self.env.cr.savepoint(),
            ):
                self.env["lead.distribution.merge"]._merge_duplicates_into(
                    master, duplicates
                )

    def test_erasing_goes_on(self):
        """Part 9, a: nor is a dialog that another module keeps a reason not to forget
        somebody"""
        partner = self.env["res.partner"].create({"name": "Zed"})
        lead = self._lead(partner_id=partner.id)
        self.env["lead.distribution.explain"].create({"lead_id": lead.id})
        Explain = type(self.env["lead.distribution.explain"])

        def unlink(dialogs):
            raise UserError("kept")  # pylint: disable=translation-required

        with patch.object(Explain, "unlink", unlink), self.assertLogs(LOG, "WARNING"):
            self.env["lead.distribution.privacy"]._anonymize(partner)
        self.assertEqual(lead.name, "Anonymised")


@tagged("post_install", "-at_install")
class TestOwnContactData(IntakeCase):
    """Part 9, d; V7: the lead's and the customer's phone and email stay apart until a
    person takes one over."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer_ = cls.env["res.partner"].create(
            {
                "name": "Zoe Customer",
                "email": "zoe@client.test",
                "phone": "+48 601 100 200",
                "street": "Long Street 1",
                "city": "Warsaw",
                "function": "Director",
                "website": "https://zoe.test",
                "lang": "en_US",
            }
        )
        cls.salesperson = cls.anna

    def _linked(self, **values):
        values = {
            "email_from": "other@mail.test",
            "phone": "+48 777 777 777",
            "user_id": self.anna.id,
            **values,
        }
        lead = self._lead(**values)
        lead.with_user(self.anna).action_link_customer(self.customer_.id)
        return lead

    def _says(self, record, *names):
        record.invalidate_recordset()
        return [record[name] for name in names]

    def test_saving_tells_the_customer_nothing(self):
        """Part 9, d: as Odoo's form saves a lead whose own data differ: it sends them
        whether anybody typed them or not"""
        lead = self._linked()
        self.assertFalse(lead.partner_email_update)
        self.assertFalse(lead.partner_phone_update)
        self._call(
            self.anna,
            "crm.lead",
            "web_save",
            lead.ids,
            {
                "description": "<p>Called</p>",
                "email_from": "other@mail.test",
                "phone": "+48 777 777 777",
            },
            specification={"email_from": {}},
        )
        self.assertEqual(
            self._says(self.customer_, "email", "phone"),
            ["zoe@client.test", "+48 601 100 200"],
        )
        self.assertEqual(
            self._says(lead, "email_from", "phone"),
            ["other@mail.test", "+48 777 777 777"],
        )

    def test_nothing_reaches_the_customer_by_any_field(self):
        """Part 9, d: whatever is written on the lead, by whichever way"""
        lead = self._linked()
        before = self.customer_.read()[0]
        values = {
            "contact_name": "Somebody",
            "partner_name": "A Firm",
            "email_from": "new@mail.test",
            "phone": "+48 22 555 01 00",
            "function": "Buyer",
            "website": "https://elsewhere.test",
            "street": "Short Street",
            "street2": "2",
            "city": "Gdansk",
            "zip": "80-001",
            "country_id": self.env.ref("base.de").id,
            "state_id": False,
            "lang_id": False,
        }
        self._call(self.anna, "crm.lead", "write", lead.ids, values)
        with Form(lead.with_user(self.anna)) as form:
            form.email_from = "typed@mail.test"
            self.assertFalse(form.partner_email_update)
        self._lead(partner_id=self.customer_.id, phone="1", email_from="a@b.test")
        self.customer_.invalidate_recordset()
        changed = {
            name
            for name, value in self.customer_.read()[0].items()
            if value != before[name]
        }
        said = {"name", "email", "email_normalized", "phone_sanitized", "lang"}
        self.assertFalse(changed & {*values, *said})

    def test_the_customer_does_not_overwrite_the_lead(self):
        """Part 9, d: nor does what becomes of the customer replace what was asked with;
        what the lead has from the customer follows it"""
        lead = self._linked()
        bare = self._linked(phone=False, email_from="second@mail.test")
        self.assertEqual(bare.phone, "+48 601 100 200")
        self.customer_.write({"email": "new@client.test", "phone": "+48 601 100 299"})
        self.assertEqual(
            self._says(lead, "email_from", "phone"),
            ["other@mail.test", "+48 777 777 777"],
        )
        self.assertEqual(
            self._says(bare, "email_from", "phone"),
            ["second@mail.test", "+48 601 100 299"],
        )
        self._call(self.anna, "crm.lead", "write", bare.ids, {"phone": "+48 1234567"})
        self.customer_.phone = "+48 601 100 300"
        self.assertEqual(bare.phone, "+48 1234567", "typed by a person")

    def test_merging_tells_the_customer_nothing(self):
        """Part 9, d: core writes what it gathered of both"""
        lead = self._linked(type="opportunity")
        other = self._lead(
            user_id=self.anna.id, type="opportunity", phone="+48 5555555"
        )
        (lead | other).with_user(self.anna).merge_opportunity()
        self.assertEqual(
            self._says(self.customer_, "email", "phone"),
            ["zoe@client.test", "+48 601 100 200"],
        )

    def test_a_person_takes_one_over(self):
        """Part 9, d: either way, one or both, with the rights of who does it"""
        lead = self._linked()
        mine = lead.with_user(self.anna)
        self.assertTrue(mine.customer_email_differs and mine.customer_phone_differs)
        self._call(
            self.anna, "crm.lead", "action_take_to_customer", lead.ids, ["email_from"]
        )
        self.assertEqual(
            self._says(self.customer_, "email", "phone"),
            ["other@mail.test", "+48 601 100 200"],
        )
        self.assertFalse(mine.customer_email_differs)
        self._call(self.anna, "crm.lead", "action_take_from_customer", lead.ids)
        self.assertEqual(self._says(lead, "phone"), ["+48 601 100 200"])
        self.assertFalse(mine.customer_phone_differs)
        with self.assertRaises(UserError):
            self._call(
                self.anna, "crm.lead", "action_take_to_customer", lead.ids, ["name"]
            )
        alone = self._lead(user_id=self.anna.id)
        with self.assertRaises(UserError):
            self._call(self.anna, "crm.lead", "action_take_to_customer", alone.ids)

    def test_nobody_takes_over_what_is_not_theirs(self):
        """Part 9, d: a colleague with own documents, another company, a portal user,
        and who may not write customers"""
        lead = self._linked()
        other = self._user("other", company_id=self.company_2.id)
        portal = new_test_user(self.env, "ld_portal_d", groups="base.group_portal")
        for user in (self.boris, other, portal):
            for method in ("action_take_to_customer", "action_take_from_customer"):
                with self.assertRaises(AccessError):
                    self._call(user, "crm.lead", method, lead.ids)
        self.env["ir.rule"].create(
            {
                "name": "Nobody writes customers",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": "[(0, '=', 1)]",
                "perm_read": False,
                "perm_create": False,
                "perm_unlink": False,
            }
        )
        with self.assertRaises(AccessError):
            self._call(self.anna, "crm.lead", "action_take_to_customer", lead.ids)

    def test_without_distribution_odoo_does_as_it_did(self):
        """B8: where nobody distributes, Odoo's form keeps both alike"""
        self.route.active = False
        lead = self._lead(
            email_from="other@mail.test",
            user_id=self.anna.id,
            partner_id=self.customer_.id,
        )
        with Form(lead.with_user(self.anna)) as form:
            form.email_from = "typed@mail.test"
            self.assertTrue(form.partner_email_update)
        self.assertEqual(self.customer_.email, "typed@mail.test")

    def test_switched_off_later(self):
        """Part 9, d: what was tied while the company distributed stays apart"""
        lead = self._lead(
            email_from="zoe@client.test", phone="+48 777 777 777", contact_name="Zoe"
        )
        self.assertEqual(lead.partner_id, self.customer_)
        self.company.lead_distribution_mode = "off"
        lead.phone = "+48 777 777 778"
        self.assertEqual(self.customer_.phone, "+48 601 100 200")


#: pieces that the patterns of parsers get stuck on
WORST = (
    "a", "@", "a@", "a.", "x@a.", "-", "<", ">", "<a", "<br ", "&#", "&#9", "<!--",
    "href=", 'href="', "1", "1 ", "+", "(", "(1) ", "22 555 01 00 ", " ", "\n", ",",
    "\0", "é", "\ufdfa", "[", "=", "a b ", "#",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestLongTexts(IntakeCase):
    """Part 9, 4: no text stalls the house."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.lead_distribution_shared_senders = "portal.test"
        cls.env["lead.distribution.listing"].create(
            [
                {"name": "Flat", "reference": "R-77"},
                {"name": "House", "reference": "House at the river"},
            ]
        )

    def _seconds(self, work, text):
        started = time.process_time()
        work(text)
        return time.process_time() - started

    def _parsers(self):
        """:returns: ``{name: what takes a text from outside}``"""

        def letter(text):
            self.env["lead.distribution.intake"]._intake_message(
                {"from": "info@portal.test", "subject": text, "body": text}, {}
            )

        def html(text):
            letter(f"<html><body><p>{text}</p></body></html>")

        def sender(text):
            # as far as it is ours; Odoo itself reads it before
            self.env["lead.distribution.intake"]._intake_message(
                {"from": text, "body": "x"}, {}
            )

        def harmless(text):
            self.env["lead.distribution.intake"]._harmless(
                {"name": text, "description": text, "phone": text}
            )

        def shorten(text):
            self.env["lead.distribution.intake"]._shorten(
                {"email_from": text, "phone": text}
            )

        def listing(text):
            self.env["lead.distribution.intake"]._listing_named(text, self.company)

        return {
            "letter": letter,
            "html": html,
            "sender": sender,
            "harmless": harmless,
            "shorten": shorten,
            "listing": listing,
            "phones_of": partial(same.phones_of, country_codes=["PL", "GB"]),
            "phones_in": partial(same.phones_in, country_code="PL"),
            "vat_of": same.vat_of,
            "words_of": same.words_of,
            "id_of": texts.id_of,
            "header": texts.header,
        }

    def test_time_grows_with_the_length_at_most(self):
        """Part 9, 4: each parser, 250 kB and 1 MB of its worst input: four times the
        text, and no more than eight times the time"""
        slow = []
        for name, parse in self._parsers().items():
            for piece in WORST:
                few, many = (
                    self._seconds(parse, piece * (size // len(piece)))
                    for size in (250_000, 1_000_000)
                )
                if many > 0.25 and many > 8 * few or many > 3:
                    slow.append((name, piece, round(few, 2), round(many, 2)))
        self.assertFalse(slow)

    def test_a_letter_of_one_character(self):
        """Part 9, 4: by the gateway, from a shared sender, as it was done: 40 kB of one
        letter took eight seconds"""
        mail = (
            "From: info@portal.test\nTo: leads@in.test\nSubject: Long\n"
            "Message-Id: <long@portal.test>\n"
            f"Content-Type: text/plain; charset=utf-8\n\n{'a' * 1_000_000}\n"
        )
        started = time.process_time()
        self.env["mail.thread"].message_process("crm.lead", mail)
        self.assertLess(time.process_time() - started, 10)

    def test_what_is_found_in_a_letter(self):
        """Part 9, 4: bounded, the addresses are still found wherever a portal writes
        them"""
        for body, found in (
            ("<p>From <b>Jan.K+x@mail.test</b></p>", "jan.k+x@mail.test"),
            ('<a href="mailto:jan@mail.test?subject=x">write</a>', "jan@mail.test"),
            ("<div>jan@mail.test<br>jan@mail.test</div>", "jan@mail.test"),
            ("x" * 15_000 + " jan@mail.test", "jan@mail.test"),
            ("a@b.test, c@d.test", False),
            ("<<<<", False),
            ("<!-- -->", False),
            (f"&#{'9' * 5000}; jan@mail.test", "jan@mail.test"),
        ):
            msg, _values = self.env["lead.distribution.intake"]._intake_message(
                {"from": "info@portal.test", "body": body}, {}
            )
            self.assertEqual(msg["from"], found, body[:40])

    def test_odd_texts_are_no_reason_to_refuse(self):
        """Part 9, 4: nor are cells of a file that hold a letter"""
        long = "x" * 1_000_000
        for values in (
            {"name": "<"},
            {"name": "<!-- -->", "description": "<<<"},
            {"name": long},
            {"name": "A", "email_from": "(" * 5000},
            {"name": "A", "email_from": f"jan@mail.test {long}", "phone": long},
            {"name": "A", "user_id": "9" * 5000, "team_id": "²"},
            {"name": "A", "listing_id": long, "source_id": "100 %"},
            {"name": "A", "consent_purpose_ids": ",".join(map(str, range(5000)))},
            {"name": "A", "contact_name": long, "partner_name": long, "vat": long},
        ):
            lead = self._made(self.manager, values)
            self.assertTrue(lead.name)
            self.assertNotEqual(lead.distribution_state, "pending")
        lead = self._made(
            self.manager,
            {
                "name": f"Flat {long}",
                "email_from": f"see jan@mail.test {long}",
                "phone": f"+48 22 555 01 00 {long}",
            },
        )
        self.assertEqual(lead.email_from, "jan@mail.test")
        self.assertTrue(lead.name.startswith("Flat xxx"))
        self.assertLessEqual(len(lead.name), texts.LINE)
        self.assertEqual(lead.description.count(long), 3, "nothing is lost")

    def test_a_percent_sign_is_no_source(self):
        """Part 9, 4: names are compared as they are, not as patterns"""
        lead = self._made(self.manager, {"name": "A", "source_id": "Portal%"})
        self.assertEqual(lead.source_id.name, "Portal%")
        again = self._made(self.manager, {"name": "B", "source_id": "portal%"})
        self.assertEqual(again.source_id, lead.source_id)

    def test_rights_before_work(self):
        """Part 9, 4: who may make no leads has no letter read and no source made"""
        portal = new_test_user(self.env, "ld_portal_4", groups="base.group_portal")
        inside = new_test_user(self.env, "ld_inside_4", groups="base.group_user")
        letter = {"from": "info@portal.test", "subject": "x", "body": "a" * 50_000}
        values = {"name": "A", "source_id": "Made by nobody"}
        calls = (
            ("message_new", [letter]),
            ("create", [values]),
            ("create", [[values]]),
            ("name_create", ["A"]),
            ("web_save", [[], values, {}]),
            ("copy", [self._lead().ids]),
        )
        for user in (portal, inside):
            for method, args in calls:
                with (
                    patch.object(
                        type(self.env["lead.distribution.intake"]), "_intake_message"
                    ) as read,
                    patch.object(
                        type(self.env["lead.distribution.intake"]), "_intake_values"
                    ) as looked,
                    self.assertRaises(AccessError),
                ):
                    self._call(user, "crm.lead", method, *args)
                self.assertFalse(read.called or looked.called, method)


@tagged("post_install", "-at_install")
class TestRepeatedDelivery(IntakeCase):
    """Part 9, 14: a known reference opens nobody else's lead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.purpose = cls.env["lead.distribution.consent.purpose"].create(
            {"name": "Calls", "reference": "tel"}
        )
        cls.known = {
            "name": "From the portal",
            "external_ref": "A-1",
            "source_id": cls.source.id,
            "email_from": "eve@customers.test",
        }
        cls.more = {**cls.known, "consent_purpose_ids": "tel"}

    def _untouched(self, lead, messages):
        lead.invalidate_recordset()
        self.assertFalse(lead.consent_ids)
        self.assertEqual(lead.message_ids, messages)

    def test_the_deliverer_delivers_again(self):
        """Part 9, 14; V2: an integration that sees the own documents only, whoever has
        the lead by now"""
        lead = self._made(self.robot, self.known)
        self.assertIn(lead.user_id, self.anna | self.boris)
        self.assertFalse(lead.with_user(self.robot).has_access("read"))
        self.assertEqual(self._made(self.robot, self.more), lead)
        self.assertEqual(lead.consent_purpose_ids, self.purpose)
        self.assertIn("again", lead.message_ids[0].body)

    def test_a_colleague_adds_nothing(self):
        """Part 9, 14: who may not write the lead has one of their own, in which the
        reference is kept for a person to see"""
        lead = self._made(self.robot, self.known)
        messages = lead.message_ids
        new = self._made(self.clara, self.more)
        self.assertNotEqual(new, lead)
        self.assertFalse(new.external_ref)
        self.assertIn("A-1", new.description)
        self.assertEqual(new.consent_purpose_ids, self.purpose)
        self._untouched(lead, messages)
        self.assertEqual(new.duplicate_lead_id, lead, "and is known by who asks")

    def test_who_may_write_it(self):
        """Part 9, 14: managers, intake users, whose lead it is, and the server"""
        lead = self._made(self.robot, self.known)
        self.assertEqual(self._made(self.manager, self.known), lead)
        self.assertEqual(self._made(lead.user_id, self.known), lead)
        self.assertEqual(self.env["crm.lead"].create(self.known), lead)
        mailbox = self._user("mailbox")
        self.assertNotEqual(self._made(mailbox, self.known), lead)
        self.company.lead_distribution_intake_user_ids = mailbox
        self.assertEqual(self._made(mailbox, self.more), lead)
        self.assertEqual(lead.consent_purpose_ids, self.purpose)

    def test_another_company(self):
        """Part 9, 14: neither by naming the company, nor its team; and the answer says
        nothing about whether the reference is known there"""
        lead = self._made(self.robot, self.known)
        messages = lead.message_ids
        other = self._user("other", MANAGER, company_id=self.company_2.id)
        self.company_2.lead_distribution_intake_user_ids = other
        for way in ({"company_id": self.company.id}, {"team_id": self.team.id}):
            for ref in ("A-1", "unknown"):
                with (
                    mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_rule"),
                    self.assertRaises(AccessError),
                    self.env.cr.savepoint(),
                ):
                    self._made(other, {**self.more, **way, "external_ref": ref})
        mine = self._made(other, self.more)
        self.assertEqual((mine.company_id, mine.external_ref), (self.company_2, "A-1"))
        self._untouched(lead, messages)

    def test_merged_inquiries(self):
        """Part 9, 14: what was merged is delivered again by who delivered it, and by
        nobody else"""
        master = self._lead(email_from="eve@customers.test", name="By mail")
        duplicates = self._made(self.robot, self.known)
        (master | duplicates).write({"type": "opportunity"})
        self.env["lead.distribution.merge"]._merge_into(master.id, duplicates.ids)
        self.assertFalse(duplicates.exists())
        messages = master.message_ids
        self.assertNotEqual(self._made(self.clara, self.more), master)
        self._untouched(master, messages)
        self.assertEqual(self._made(self.robot, self.more), master)
        self.assertEqual(master.consent_purpose_ids, self.purpose)

    def test_a_mail_repeats_nothing(self):
        """Part 9, 14: values that come with a mail are anybody's"""
        lead = self._made(self.robot, self.known)
        messages = lead.message_ids
        inside = new_test_user(self.env, "ld_inside_14", groups="base.group_user")
        mail = "From: x@y.test\nTo: l@in.test\nMessage-Id: <f14@x>\n\nHi"
        self._call(
            inside,
            "crm.lead",
            "message_process",
            "crm.lead",
            mail,
            custom_values={**self.more, "last_follow_up_date": "2020-01-01 00:00:00"},
        )
        self._untouched(lead, messages)
        new = self.env["crm.lead"].search([], order="id desc", limit=1)
        self.assertFalse(new.last_follow_up_date)

    def test_reference_from_the_context(self):
        """Part 9, 14; V2: a reference that is a default is one all the same"""
        context = {"default_external_ref": "A-1", "default_source_id": self.source.id}
        lead = self._made(self.robot, {"name": "One"}, context=context)
        self.assertEqual(lead.external_ref, "A-1")
        self.assertEqual(self._made(self.robot, {"name": "Two"}, context=context), lead)

    def test_many_at_once(self):
        """Part 9, 14: the same few questions for many references"""
        leads = [
            {"name": f"N{n}", "external_ref": f"N-{n}", "source_id": self.source.id}
            for n in range(200)
        ]
        self.company.lead_distribution_mode = "queued"
        made = self._call(self.robot, "crm.lead", "create", leads)
        before = self.env.cr.sql_log_count
        self.assertEqual(self._call(self.robot, "crm.lead", "create", leads), made)
        self.assertLess(self.env.cr.sql_log_count - before, 60)


@tagged("post_install", "-at_install")
class TestServiceFields(IntakeCase):
    """Part 9, 16: where a lead stands is nobody's to say, by whichever way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._lead(user_id=cls.clara.id)
        cls.kept = sorted(SERVICE_FIELDS | FOLLOW_UP_FIELDS)

    def _forged(self, name):
        """:returns: a value that no new lead has"""
        field = self.env["crm.lead"]._fields[name]
        if field.type == "selection":
            return field.get_values(self.env)[-2]
        if field.type == "many2one":
            return {
                "lead.distribution.route": self.route,
                "res.users": self.manager,
                "crm.lead": self.first,
            }.get(field.comodel_name, self.env[field.comodel_name].browse(1)).id
        return {
            "one2many": [Command.create({})],
            "datetime": "2001-01-01 00:00:00",
            "integer": 12345,
            "boolean": True,
            "char": "forged",
            "json": {"dismissed": 1},
        }[field.type]

    def _make(self, way, forged):
        """:param way: how a lead is made
        :param forged: values of service fields that go along"""
        Lead = partial(self._call, self.clara, "crm.lead")
        context = {f"default_{name}": value for name, value in forged.items()}
        plain = {"name": "X", "user_id": self.clara.id}
        if way == "create with values":
            return Lead("create", {**plain, **forged})
        if way == "create with defaults":
            return Lead("create", plain, context=context)
        if way == "screen with values":
            return Lead("web_save", [], {**plain, **forged}, {})[0]["id"]
        if way == "screen with defaults":
            return Lead("web_save", [], {"name": "X"}, {}, context=context)[0]["id"]
        if way == "quick create":
            return Lead("name_create", "X", context=context)[0]
        if way == "copy with values":
            return Lead("copy", self.first.ids, forged)[0]
        if way == "copy with defaults":
            return Lead("copy", self.first.ids, context=context)[0]
        if way == "import":
            found = Lead("load", ["name"], [["X"]], context=context)
            self.assertTrue(found["ids"], found["messages"])
            return found["ids"][0]
        if way == "mail with values":
            return Lead("message_new", {"subject": "X"}, dict(forged))[0]
        assert way == "mail with defaults"
        return Lead("message_new", {"subject": "X"}, context=context)[0]

    WAYS = (
        "create with values",
        "create with defaults",
        "screen with values",
        "screen with defaults",
        "quick create",
        "copy with values",
        "copy with defaults",
        "import",
        "mail with values",
        "mail with defaults",
    )

    def _differences(self, way, forged):
        lead, plain = (
            self.env["crm.lead"].browse(self._make(way, values))
            for values in (forged, {})
        )
        same_ = []
        for name in forged:
            field = lead._fields[name]
            found, usual = lead[name], plain[name]
            if field.type == "one2many":
                found, usual = len(found), len(usual)
            elif name == "distribution_idle_since":  # when it was made
                found, usual = bool(found) and found.year == 2001, False
            if found != usual:
                same_.append(f"{way}: {name} is {found}")
        return same_

    def test_every_field_by_every_way(self):
        """Part 9, 16: all of them at once, by every way of making a lead, as a
        salesperson with own documents"""
        forged = {name: self._forged(name) for name in self.kept}
        wrong = [line for way in self.WAYS for line in self._differences(way, forged)]
        self.assertFalse(wrong)

    def test_every_field_alone(self):
        """Part 9, 16: none hides behind another"""
        wrong = []
        for name in self.kept:
            forged = {name: self._forged(name)}
            wrong += self._differences("create with defaults", forged)
            context = {f"default_{name}": forged[name]}
            found = self._call(
                self.clara, "crm.lead", "default_get", [name], context=context
            )
            if found.get(name) and found != {"intake_status": "new"}:
                wrong.append(f"default_get: {found}")
        self.assertFalse(wrong)

    def test_no_default_of_ones_own(self):
        """Part 9, 16: what users set as their own defaults is none either"""
        Default = partial(self._call, self.clara, "ir.default", "set", "crm.lead")
        Default("intake_status", "converted", True)
        Default("first_follow_up_date", "2001-01-01 00:00:00", True)
        lead = self._made(self.clara, {"name": "X"})
        self.assertNotEqual(lead.intake_status, "converted")
        self.assertFalse(lead.first_follow_up_date)

    def test_nobody_writes_them(self):
        """Part 9, 16: nor afterwards, the Sales Administrator included"""
        for name in self.kept:
            for user in (self.clara, self.manager):
                with self.assertRaises(AccessError):
                    self._call(
                        user,
                        "crm.lead",
                        "write",
                        self.first.ids,
                        {name: self._forged(name)},
                    )

    def test_the_other_models(self):
        """Part 9, 16: a rule confirms itself by no value and no default; nor do turns
        and results of simulations come from outside"""
        Rule = partial(self._call, self.manager, "lead.distribution.rule", "create")
        values = {"name": "R", "company_id": self.company.id, "domain": "[]"}
        rule = self.env["lead.distribution.rule"].browse(Rule(values))
        member = {"user_id": self.anna.id, "rule_id": rule.id}
        forged = (
            ("lead.distribution.rule", values, {"confirmed": True}),
            ("lead.distribution.rule", values, {"waiting_count": 9}),
            ("lead.distribution.rule.member", member, {"turn": 9}),
            ("lead.distribution.simulation", {"name": "S"}, {"lead_count": 9}),
            (
                "lead.distribution.simulation",
                {"name": "S"},
                {"date_run": "2001-01-01 00:00:00"},
            ),
        )
        for model, given, kept in forged:
            context = {f"default_{name}": value for name, value in kept.items()}
            create = partial(self._call, self.manager, model, "create")
            with self.assertRaises(AccessError):
                create({**given, **kept})
            with self.assertRaises(AccessError):
                create(dict(given), context=context)
            names = list(kept)
            found = self._call(
                self.manager, model, "default_get", names, context=context
            )
            self.assertFalse(found)
        with self.assertRaises(AccessError):
            nested = [Command.create({"user_id": self.anna.id, "turn": 9})]
            Rule({**values, "member_ids": nested})

    def test_every_kept_field_of_ours(self):
        """Part 9, 16: what is readonly on a model of ours, and that users may make
        records of, is kept: a new such field has to be looked at"""
        managers = (
            self.env["res.groups"]
            .search([])
            .filtered(
                lambda group: group.get_external_id()[group.id].startswith(
                    ("lead_distribution.", "base.group_user", "sales_team.")
                )
            )
        )
        open_ = []
        for name, model in self.env.registry.items():
            if not name.startswith("lead.") or model._abstract or model._transient:
                continue
            access = self.env["ir.model.access"].search(
                [
                    ("model_id.model", "=", name),
                    ("perm_create", "=", True),
                    ("group_id", "in", managers.ids),
                ]
            )
            if not access:
                continue
            kept = getattr(model, "_lead_kept_fields", ())
            open_ += [
                str(field)
                for field in model._fields.values()
                if field.store
                and field.readonly
                and not field.compute
                and field.name not in kept
                and field.name not in ("id", *LOG_ACCESS_COLUMNS)
            ]
        self.assertFalse(open_)


@tagged("post_install", "-at_install")
class TestOneLine(IntakeCase):
    """Part 9, 20: no lead's text breaks a mail."""

    BAD = "Flat\r\nBcc: all@x.test\u2028\x85\t\x07\u202eend\ud800\0"
    GOOD = "Flat Bcc: all@x.test end"

    def _mails(self):
        before = self.env["mail.mail"].search([])
        self._run_cron("ir_cron_send_mail")
        return self.env["mail.mail"].search([]) - before

    def _send(self, mail):
        """:returns: the message as a mail server gets it"""
        return self.env["ir.mail_server"]._build_email__(
            email_from="a@b.test",
            email_to=["c@d.test"],
            subject=mail.subject,
            body=mail.body_html or "",
            subtype="html",
            reply_to=mail.reply_to,
        )

    def test_every_field_of_one_line(self):
        """Part 9, 20: at creation and when it is written, by everybody"""
        Lead = self.env["crm.lead"]
        names = [
            name
            for name, field in Lead._fields.items()
            if field.type == "char" and field.store and not field.readonly
        ]
        self.assertIn("name", names)
        values = dict.fromkeys(names, self.BAD)
        context = {f"default_{name}": self.BAD for name in names}
        context["default_external_ref"] = "Other\n1"
        for lead in (
            self._made(self.manager, dict(values)),
            self._made(self.manager, {}, context=context),
        ):
            for name in names:
                self.assertNotRegex(lead[name] or "", r"[\x00-\x1f\x85\u2028\u202e]")
            self.assertEqual(lead.contact_name, self.GOOD)
        lead = self._lead()
        values["external_ref"] = "Third\n1"
        self._call(self.manager, "crm.lead", "write", lead.ids, dict(values))
        for name in names:
            self.assertNotRegex(lead[name] or "", r"[\x00-\x1f\x85\u2028\u202e]")
        self._call(
            self.manager, "crm.lead", "write", lead.ids, {"description": "a\0\x07b\nc"}
        )
        self.assertIn("ab\nc", lead.description)

    def test_named_after_its_customer(self):
        """Part 9, 20: a customer's name may be written in several lines"""
        partner = self.env["res.partner"].create({"name": "Zoe\nCustomer"})
        lead = self._made(self.manager, {"partner_id": partner.id})
        self.assertEqual(lead.name, "Zoe Customer")

    def _spoil(self, leads):
        """As they were before anybody looked at what comes in."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET name = %s WHERE id = ANY(%s)",
            ["Flat\nBcc: all@x.test", leads.ids],
        )
        self.env.invalidate_all()

    def test_every_mail_has_a_header(self):
        """Part 9, 20: the salesperson's, by template too, the offer, the fallback's,
        the one for each assignment, and the one a day"""
        template = self.env["mail.template"].create(
            {
                "name": "New",
                "model_id": self.env.ref("crm.model_crm_lead").id,
                "subject": "About {{ object.name }}",
                "body_html": "<p>Now</p>",
            }
        )
        self.company.write(
            {
                "lead_distribution_fallback_email": "all@sales.test",
                "lead_distribution_tracking": "each",
            }
        )
        self.route.domain = "[('priority', '=', '0')]"
        self._route(
            self.clara, domain="[('priority', '=', '1')]", mail_template_id=template.id
        )
        offer = {"delivery": "offer", "offer_minutes": 60}
        self._route(self.clara, domain="[('priority', '=', '2')]", **offer)
        self._route(self.clara.browse(), domain="[('priority', '=', '3')]")
        leads = self.env["crm.lead"]
        for priority in "0123":
            leads |= self._lead(priority=priority)
        self._spoil(leads)
        mails = self._mails()
        self.assertGreaterEqual(len(mails), 5)
        for mail in mails:
            self.assertEqual(mail.subject, " ".join(mail.subject.split()))
            self.assertTrue(self._send(mail)["Subject"])
            self.assertFalse(self._send(mail)["Bcc"])
        self.assertTrue([m for m in mails if "Flat Bcc" in m.subject])

    def test_a_customer_of_several_lines(self):
        """Part 9, 20: what the customer's salesperson is told"""
        partner = self.env["res.partner"].create(
            {"name": "Zoe\nCustomer", "user_id": self.boris.id}
        )
        lead = self._lead(user_id=self.anna.id)
        lead.with_user(self.anna).action_link_customer(partner.id, notify=True)
        message = self.env["mail.message"].search(
            [("model", "=", "res.partner"), ("res_id", "=", partner.id)]
        )
        self.assertTrue(message.filtered("subject"))
        for subject in message.filtered("subject").mapped("subject"):
            self.assertNotIn("\n", subject)

    def test_one_lead_stops_no_mail(self):
        """Part 9, 20: whose text breaks a template is left out, the others are told of
        as ever, and so are the other salespeople"""
        template = self.env["mail.template"].create(
            {
                "name": "First word",
                "model_id": self.env.ref("crm.model_crm_lead").id,
                "subject": "{{ object.contact_name.split()[1] }}",
                "body_html": "<p>Now</p>",
            }
        )
        self.route.mail_template_id = template
        good = self._lead(3, contact_name="Ann Two")
        bad = self._lead(contact_name="One")
        with mute_logger("odoo.addons.mail.models.mail_render_mixin"):
            with self.assertLogs(LOG, "ERROR"):
                mails = self._mails()
        self.assertEqual(mails.mapped("subject"), ["Two"] * len(good))
        self.assertTrue(bad.user_id)

    def test_one_lead_in_a_list_stops_no_mail(self):
        """Part 9, 20: nor does it when one email tells of many"""
        leads = self._lead(8)
        broken = leads[2]
        original = type(self.env["lead.distribution.notification"])._send

        def send(self, company, template, values, *args, **mail):
            if any(row.lead_id == broken for row in values.get("rows", ())):
                raise ValueError("cannot be shown")
            return original(self, company, template, values, *args, **mail)

        with (
            patch.object(
                type(self.env["lead.distribution.notification"]), "_send", send
            ),
            self.assertLogs(LOG, "ERROR"),
        ):
            mails = self._mails()
        told = "".join(mails.mapped("body_html"))
        for lead in leads - broken:
            self.assertIn(f'/odoo/crm/{lead.id}"', told)

    def test_long_names(self):
        """Part 9, 20: a letter in the subject is a lead, and its mail can be sent"""
        self._lead(name="long " * 200_000)
        mail = self._mails()
        self.assertLessEqual(len(mail.subject), texts.HEADER)
        self.assertLess(len(mail.body_html), 10_000)


@tagged("post_install", "-at_install")
class TestApartOnScreen(HttpCase):
    """Part 9, d: in the browser, as Odoo's form saves."""

    def test_saved_and_taken_over(self):
        anna = tour_user(self.env, "anna")
        self.env["lead.distribution.route"].create(
            {"name": "Route", "member_ids": [Command.create({"user_id": anna.id})]}
        )
        customer = self.env["res.partner"].create(
            {"name": "Zoe", "email": "zoe@client.test", "phone": "+48 601 100 200"}
        )
        lead = self.env["crm.lead"].create(
            {
                "name": "Apart",
                "type": "opportunity",
                "user_id": anna.id,
                "email_from": "other@mail.test",
                "phone": "+48 777 777 777",
            }
        )
        lead.with_user(anna).action_link_customer(customer.id)
        url = f"/odoo/crm.lead/{lead.id}"
        self.start_tour(url, "lead_distribution_apart", login=anna.login)
        self.assertEqual(lead.name, "Called back")
        self.assertEqual(
            (customer.email, customer.phone), ("zoe@client.test", "+48 601 100 200")
        )
        self.start_tour(url, "lead_distribution_take_over", login=anna.login)
        self.assertEqual(customer.email, "other@mail.test")
        self.assertEqual(lead.phone, "+48 601 100 200")
        self.assertEqual(customer.phone, "+48 601 100 200")
