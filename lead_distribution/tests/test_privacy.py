"""B10: what is known of somebody goes when they are forgotten; what is old goes by
itself; figures stay."""

import logging
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase
from odoo.tests.common import new_test_user, tagged

from ..tools.redacting_log import redacting_logger
from ..tools.service_context import as_service
from ..tools.task_spec import TaskSpec
from .common import DistributionCase

#: found nowhere else in a database
NAME, EMAIL, REFERENCE = "Ulryka Unikatowska", "unikat@osobny.test", "UNIKAT-77"
WORDS = ("Unikatowska", "unikat@osobny", "601234567", "601 234 567", REFERENCE)

#: messages on their way to browsers, which Odoo drops within a day
PASSING = {"bus_bus"}


class PrivacyCase(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["lead.distribution.rule"].search([]).active = False
        cls.admin = cls._user(
            "master",
            "base.group_system,sales_team.group_sale_manager"
            ",lead_distribution.group_unlink_customer",
        )

    def _found(self, *words):
        """Where words are written, in whatever table of the database.

        :returns: ``{(table, column, word), ...}``
        """
        self.env.flush_all()
        cr = self.env.cr
        cr.execute(
            """SELECT c.table_name, c.column_name
                 FROM information_schema.columns c
                 JOIN information_schema.tables t USING (table_schema, table_name)
                WHERE c.table_schema = current_schema()
                  AND t.table_type = 'BASE TABLE'
                  AND c.data_type IN ('character varying', 'text', 'jsonb', 'json')"""
        )
        by_table = {}
        for table, column in cr.fetchall():
            if table not in PASSING:
                by_table.setdefault(table, []).append(column)
        found = set()
        for table, columns in by_table.items():
            tests = [
                f"bool_or(\"{column}\"::text ILIKE '%{word}%')"
                for column in columns
                for word in words
            ]
            cr.execute(f'SELECT {", ".join(tests)} FROM "{table}"')  # noqa: S608
            pairs = [(column, word) for column in columns for word in words]
            for (column, word), here in zip(pairs, cr.fetchone(), strict=True):
                if here:
                    found.add((table, column, word))
        return found

    def _tables(self, *words):
        return {table for table, _column, _word in self._found(*words)}

    def _anonymize(self, people, user=None):
        action = "lead_distribution.lead_distribution_anonymize_action"
        if people._name == "res.users":
            action += "_users"
        wizard = (
            self.env[self.env.ref(action).res_model]
            .with_user(user or self.admin)
            .with_context(active_model=people._name, active_ids=people.ids)
            .create({"understood": True})
        )
        wizard.action_confirm()
        self.env.invalidate_all()
        return wizard

    def _figures(self):
        """What the reports say, by all that they are grouped by."""
        self.env.flush_all()
        self.env.invalidate_all()
        Report = self.env["lead.distribution.report"]
        received = Report._read_group(
            [],
            ["route_id", "user_id", "source_id", "state", "reason", "date:month"],
            ["received:sum", "offered:sum", "claimed:sum", "declined:sum", "units:sum"],
        )
        effective = self.env["lead.distribution.effectiveness"]._read_group(
            [], ["source_id"], ["__count"]
        )
        people = (self.anna | self.boris | self.clara).with_company(self.company)
        loads = [
            (user.lead_workload_units, user.lead_workload_percent) for user in people
        ]
        return received, effective, loads


@tagged("post_install", "-at_install")
class TestPrivacy(PrivacyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(
            cls.anna | cls.boris, name="Offers", delivery="offer", offer_max=3
        )
        cls.company.lead_duplicate_policy = "merge"
        cls.purpose = cls.env["lead.distribution.consent.purpose"].create(
            {"name": "Calls of B10"}
        )

    def _customer(self, **values):
        return self.env["res.partner"].create(
            {
                "name": NAME,
                "email": EMAIL,
                "phone": "+48 601 234 567",
                "street": "Unikatowska 1",
                "comment": f"<p>{NAME} likes tea</p>",
                "ref": REFERENCE,
                "country_id": self.env.ref("base.pl").id,
                "barcode": REFERENCE,
                **values,
            }
        )

    def _inquiry(self, **values):
        return self._lead(
            **{
                "name": f"{NAME} asks",
                "contact_name": NAME,
                "email_from": EMAIL,
                "phone": "601 234 567",
                "description": f"<p>I am {NAME}</p>",
                "street": "Unikatowska 1",
                "source_id": self.source.id,
                **values,
            }
        )

    def _story(self):
        """Somebody asks, is offered, declined, claimed, asks again, is merged, called,
        met, moved by a rule, and spoken of everywhere.

        :returns: the contact and the lead
        """
        partner = self._customer()
        lead = self._inquiry(consent_purpose_ids=[(6, 0, self.purpose.ids)])
        self.assertEqual(lead.partner_id, partner)
        first = lead.offer_user_id
        lead.with_user(first).action_decline(f"{NAME} is my aunt")
        second = lead.offer_user_id
        self.assertTrue(second and second != first)
        lead.with_user(second).action_claim()
        lead.team_id.lead_properties_definition = [
            {"name": "nick", "string": "Nickname", "type": "char"}
        ]
        lead.lead_properties = {"nick": NAME}
        again = self._inquiry(name=f"{NAME} again", external_ref=REFERENCE)
        self._run_cron("ir_cron_merge_duplicates")
        self.assertFalse(again.exists())
        self.assertTrue(lead.inquiry_ids)
        for record in (lead, partner):
            record.message_post(
                body=f"Talked to {NAME}",
                message_type="comment",
                attachments=[(f"{NAME}.txt", b"a file")],
            )
            record.activity_schedule(
                "mail.mail_activity_data_call", summary=f"Call {NAME}", note=NAME
            )
            record.activity_schedule(
                "mail.mail_activity_data_call", summary=f"Call {NAME}"
            ).action_feedback(f"{NAME} was away")
        lead.with_context(tracking_disable=False).write({"contact_name": f"Mrs {NAME}"})
        self.flush_tracking()
        self.env["calendar.event"].create(
            {
                "name": f"Visit to {NAME}",
                "description": NAME,
                "start": fields.Datetime.now(),
                "stop": fields.Datetime.now() + timedelta(hours=1),
                "opportunity_id": lead.id,
                "partner_ids": [Command.set(partner.ids)],
            }
        )
        for record in (lead, partner):
            self.env["lead.distribution.tasks"]._start_tasks(
                record,
                TaskSpec(
                    self.call.id,
                    f"Call {NAME}",
                    NAME,
                    delay_number=5,
                    delay_unit="hours",
                ),
            )
        rule = self.env["lead.distribution.rule"].create(
            {
                "name": "Neglected",
                "active": True,
                "company_id": self.company.id,
                "member_ids": [Command.create({"user_id": self.clara.id})],
            }
        )
        self.company.lead_follow_up_next = 0
        lead.write(
            {"distribution_idle_since": fields.Datetime.now() - timedelta(days=9)}
        )
        self._run_cron("ir_cron_apply_rules")
        self.assertEqual(lead.user_id, self.clara)
        self.assertIn(rule, self._rows(lead).rule_id)
        self._run_cron("ir_cron_send_mail")
        self.env["mail.mail"].search([]).write({"state": "exception"})
        lead.with_user(self.admin).action_ask_customer()
        self.env["lead.distribution.task"].create(
            {
                "lead_id": lead.id,
                "activity_type_id": self.call.id,
                "summary": f"Call {NAME}",
                "note": NAME,
            }
        )
        return partner, lead

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.flush()

    def test_anonymised_contact_is_found_nowhere(self):
        """B10: every text of every table, before and after; the figures stay."""
        partner, lead = self._story()
        before = self._tables(*WORDS)
        self.assertLessEqual(
            {
                "crm_lead",
                "res_partner",
                "mail_message",
                "mail_activity",
                "mail_tracking_value",
                "calendar_event",
                "ir_attachment",
                "lead_activity_waiting",
                "lead_distribution_assignment",
                "lead_distribution_customer",
                "lead_distribution_inquiry",
                "lead_distribution_task",
            },
            before,
        )
        figures = self._figures()
        rows = self._rows(lead)
        kept = [
            (row.id, row.user_id, row.units, row.date, row.state, row.route_id)
            for row in rows
        ]
        self._anonymize(partner)
        self.assertEqual(self._found(*WORDS), set())
        self.assertEqual(
            [
                (row.id, row.user_id, row.units, row.date, row.state, row.route_id)
                for row in rows
            ],
            kept,
        )
        self.assertFalse(rows.partner_id)
        self.assertEqual(self._figures(), figures)
        self.assertEqual((partner.name, partner.active), ("Anonymised", False))
        self.assertRecordValues(
            lead,
            [
                {
                    "name": "Anonymised",
                    "source_id": self.source.id,
                    "user_id": self.clara.id,
                    "partner_id": partner.id,
                    "won_status": "lost",
                    "intake_status": "linked",
                }
            ],
        )
        inquiry = lead.inquiry_ids
        self.assertRecordValues(
            inquiry, [{"source_id": self.source.id, "email_from": False}]
        )
        explained = lead.with_user(self.admin).action_explain_distribution()
        wizard = self.env[explained["res_model"]].browse(explained["res_id"])
        self.assertIn("Clara", wizard.explanation)
        log = self.env["privacy.log"].search([("user_id", "=", self.admin.id)])
        self.assertEqual(log.anonymized_name, "U***** U**********")

    def test_deleted_by_the_privacy_lookup(self):
        """B10: Odoo's own lookup finds contact, leads and inquiries, and deletes all
        of it."""
        partner, lead = self._story()
        rows = self._rows(lead)
        wizard = (
            self.env["privacy.lookup.wizard"]
            .with_user(self.admin)
            .create({"name": NAME, "email": EMAIL})
        )
        wizard.action_lookup()
        found = set(wizard.line_ids.mapped("res_model"))
        self.assertLessEqual(
            {"res.partner", "crm.lead", "lead.distribution.inquiry"}, found
        )
        self.assertNotIn("lead.distribution.assignment", found)
        wizard.line_ids.action_unlink_all()
        wizard.unlink()
        self.env.invalidate_all()
        self.assertFalse(partner.exists())
        self.assertFalse(lead.exists())
        self.assertTrue(all(row.user_id for row in rows))
        self.assertFalse(rows.partner_id or rows.lead_id)
        self.assertFalse([row for row in rows if row.decline_reason])
        # meetings are in the calendars of colleagues, emails are Odoo's to send
        ours = {t for t in self._tables(*WORDS) if t.startswith("lead_")}
        self.assertEqual(ours, set())
        self.assertFalse(
            self._tables(*WORDS) & {"crm_lead", "res_partner", "mail_activity"}
        )

    def test_deleted_contact_leaves_the_ledger(self):
        """B10: Odoo's own delete, with the rights it asks for; leads stay as Odoo
        leaves them."""
        partner, lead = self._story()
        rows = self._rows(lead)
        self.assertTrue(rows.partner_id)
        self.env["lead.distribution.tasks"]._start_tasks(
            partner, TaskSpec(self.call.id, NAME, delay_number=5, delay_unit="hours")
        )
        partner.unlink()
        self.env.invalidate_all()
        self.assertFalse(rows.partner_id)
        self.assertFalse([row for row in rows if row.decline_reason])
        self.assertNotIn("identity", str(rows.sudo().mapped("trace")))
        self.assertEqual(lead.email_from, EMAIL)
        waiting = self.env["lead.activity.waiting"].search([])
        self.assertEqual(set(waiting.mapped("res_model")), {"crm.lead"})

    def test_merging_contacts_forgets_nothing(self):
        """B10: Odoo's merge deletes a contact, too, but it is the same person."""
        partner, lead = self._story()
        rows = self._rows(lead)
        reasons = rows.mapped("decline_reason")
        partner.barcode = False  # core merges none
        twin = self.env["res.partner"].create({"name": NAME})
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((partner | twin).ids, twin, extra_checks=False)
        self.env.invalidate_all()
        self.assertFalse(partner.exists())
        self.assertEqual((lead.partner_id, lead.email_from), (twin, EMAIL))
        self.assertEqual(rows.partner_id, twin)
        self.assertEqual(rows.mapped("decline_reason"), reasons)
        self.assertTrue(lead.inquiry_ids.email_from)

    def test_deleted_lead(self):
        """B10: by a manager who may delete leads; the ledger keeps units alone."""
        _partner, lead = self._story()
        rows = self._rows(lead)
        lead.with_user(self.manager).unlink()
        self.env.invalidate_all()
        self.assertFalse(rows.lead_id)
        self.assertEqual(rows.mapped("units"), [1.0] * len(rows))
        self.assertFalse(
            {t for t in self._tables("Unikatowska") if t.startswith("lead_")}
            - {"lead_activity_waiting"}
        )
        waiting = self.env["lead.activity.waiting"].search([])
        self.assertEqual(set(waiting.mapped("res_model")), {"res.partner"})

    def test_which_leads_are_theirs(self):
        """B10: of theirs, what is tied to them or sent from an address that is theirs
        alone; never what others sent."""
        partner = self._customer()
        tied = self._inquiry()
        self.company.lead_duplicate_policy = "flag"
        loose = self._inquiry(contact_name="U. Unikatowska")
        loose.partner_id = False
        called = self._lead(email_from=False, phone="+48601234567")
        called.partner_id = False
        family = self._lead(email_from="other@osobny.test", phone="601 234 567")
        family.partner_id = False
        office, _colleague = self.env["res.partner"].create(
            [
                {"name": "Office", "email": "office@osobny.test"},
                {"name": "Colleague", "email": "office@osobny.test"},
            ]
        )
        shared = self._lead(email_from="office@osobny.test")
        other_company = self._inquiry(company_id=self.company_2.id)
        firm = self.env["res.partner"].create(
            {
                "name": "Firm",
                "is_company": True,
                "email": "office@firm.test",
                "phone": "22 555 00 01",
            }
        )
        partner.parent_id = firm
        others = self._lead(partner_id=firm.id)
        of_firm = self._inquiry()
        service = as_service(self.env["lead.distribution"], self.company)
        service.env["lead.distribution.apply"]._link(
            {service.env["crm.lead"].browse(of_firm.id): firm.id}
        )
        self.assertEqual((of_firm.partner_id, of_firm.email_from), (firm, EMAIL))
        service = self.env["lead.distribution"]
        leads = service.env["lead.distribution.privacy"]._people_and_leads(partner)[2]
        self.assertEqual(
            set(leads.ids), set((tied | loose | called | other_company | of_firm).ids)
        )
        self.assertNotIn(others, leads)
        before = (firm.name, firm.email, firm.phone, others.name, family.email_from)
        self._anonymize(partner)
        self.assertFalse(of_firm.email_from)
        self.assertEqual(
            (firm.name, firm.email, firm.phone, others.name, family.email_from), before
        )
        self.assertNotIn(
            shared.id,
            service.env["lead.distribution.privacy"]._people_and_leads(office)[2].ids,
        )

    def test_names_inside_names(self):
        """B10: an address or a name that is a part of somebody else's is not theirs."""
        people = self.env["res.partner"].create(
            {"name": "Ann", "email": "ann@people.test"}
        )
        lead = self._lead(email_from="third@people.test", contact_name="Third")
        mine, theirs = self.env["lead.distribution.inquiry"].create(
            [
                {"lead_id": lead.id, "email_from": '"Ann" <ann@people.test>'},
                {"lead_id": lead.id, "email_from": '"Jo" <joann@people.test>'},
            ]
        )
        team = self.env["crm.team"].create({"name": "Told"})
        told, other = self.env["mail.message"].create(
            [
                {
                    "model": "crm.team",
                    "res_id": team.id,
                    "message_type": "user_notification",
                    "body": Markup("<p>%s</p>") % body,
                }
                for body in ("Ann waits for you.", "Joanna waits for the annual sum.")
            ]
        )
        self._anonymize(people)
        self.assertFalse(mine.email_from)
        self.assertEqual(theirs.email_from, '"Jo" <joann@people.test>')
        self.assertFalse(told.exists())
        self.assertTrue(other.exists())

    def test_hints_on_others(self):
        """B10: what others' leads say about likeness would tell who it was."""
        self.company.lead_duplicate_policy = "link"
        partner = self._customer()
        namesake = self._lead(contact_name=NAME, email_from="else@where.test")
        self.assertEqual(namesake.identity_flag, "name")
        row = self._rows(namesake)[-1:]
        self.assertIn("candidates", row.sudo().trace["identity"])
        self._anonymize(partner)
        self.assertFalse(namesake.identity_flag)
        self.assertFalse(namesake.sudo().identity_evidence)
        self.assertNotIn("identity", row.sudo().trace)
        self.assertEqual(namesake.contact_name, NAME, "somebody else's")

    def test_merged_into_anothers(self):
        """B10: what they sent, and somebody merged into a lead of another."""
        partner = self._customer()
        service = as_service(self.env["lead.distribution"], self.company)
        master, duplicates = service.env["crm.lead"].browse(
            (self._lead() | self._inquiry()).ids
        )
        service.env["lead.distribution.merge"]._keep_inquiries(master, duplicates)
        duplicates.partner_id = False
        duplicates.unlink()
        self.assertIn("lead_distribution_inquiry", self._tables(*WORDS))
        self._anonymize(partner)
        self.assertEqual(self._found(*WORDS), set())
        self.assertTrue(master.email_from, "somebody else's")

    def test_open_offer_is_closed(self):
        """B10: nobody is left with an offer of a lead that is nobody's."""
        partner = self._customer()
        lead = self._inquiry()
        self.assertEqual(lead.distribution_state, "offered")
        self._anonymize(partner)
        self.assertEqual(self._rows(lead).mapped("state"), ["expired"])
        self.assertEqual(lead.distribution_state, "pool")
        self.assertFalse(lead.active)
        self._run_cron("ir_cron_expire_offers")
        self.assertEqual(len(self._rows(lead)), 1)

    def test_administrators_only(self):
        """B10: neither a salesperson nor a manager; not through the wizard either."""
        partner = self._customer()
        for user in (self.anna, self.manager):
            with self.assertRaises(AccessError):
                self._anonymize(partner, user)
            actions = (
                self.env["ir.actions.actions"]
                .with_user(user)
                .get_bindings("res.partner")
            )
            self.assertNotIn(
                "lead.distribution.anonymize",
                [action.get("res_model") for action in actions.get("action", ())],
            )
        self.assertEqual(partner.name, NAME)
        wizard = (
            self.env["lead.distribution.anonymize"]
            .with_user(self.admin)
            .create({"partner_ids": [Command.set(partner.ids)]})
        )
        self.assertIn("all companies (0)", wizard.about)
        with self.assertRaisesRegex(UserError, "cannot be undone"):
            wizard.action_confirm()

    def test_contacts_that_are_needed(self):
        """B10: neither the company's own contact nor a colleague at work."""
        for partner in (
            self.company.partner_id,
            self.anna.partner_id,
            self.env.ref("base.public_partner"),
            self.env.ref("base.partner_root"),
        ):
            with self.assertRaises(UserError):
                self._anonymize(partner)

    def test_portal_user_of_a_contact(self):
        """B10: a customer's login goes with them."""
        user = new_test_user(
            self.env, EMAIL, groups="base.group_portal", name=NAME, email=EMAIL
        )
        self._anonymize(user.partner_id)
        self.assertFalse(user.active)
        self.assertEqual(self._found(*WORDS), set())

    def test_colleague_who_left(self):
        """B10: the ledger keeps units and dates, and nobody's name."""
        gone = new_test_user(
            self.env,
            EMAIL,
            groups="sales_team.group_sale_salesman",
            name=NAME,
            email=EMAIL,
            signature=f"<p>{NAME}</p>",
            company_id=self.company.id,
        )
        self.env["lead.distribution.absence"].create(
            {
                "user_id": gone.id,
                "reason": f"{NAME} is ill",
                "date_to": "2020-01-02",
                "date_from": "2020-01-01",
            }
        )
        self.route.active = False
        route = self._route(gone, name="Theirs")
        lead, won = self._lead(2)
        won.action_set_won()
        rows = self._rows(lead | won)
        self.assertEqual(rows.user_id, gone)
        units = rows.mapped("units")
        with self.assertRaisesRegex(UserError, "archive the user first"):
            self._anonymize(gone)
        gone.active = False
        self._anonymize(gone)
        # what Odoo, too, writes into the history of leads, which belongs to them
        self.assertEqual(
            self._found("Unikatowska", "unikat@osobny"),
            {("mail_message", "body", "Unikatowska")},
        )
        told = self.env["mail.message"].search([("body", "ilike", "Unikatowska")])
        self.assertEqual(set(told.mapped("model")), {"crm.lead"})
        self.assertFalse(rows.user_id)
        self.assertEqual(rows.mapped("units"), units)
        self.assertEqual(lead.distribution_state, "pool")
        self.assertFalse(route.member_ids)
        self.assertEqual(won.user_id, gone)
        self.assertFalse(
            self.env["lead.distribution.absence"].search([("user_id", "=", gone.id)])
        )
        self.assertTrue(rows[0].explanation)

    def test_deleted_user(self):
        """B10: why they declined was in their words; the row and its unit stay."""
        gone = self._user("gone")
        self.route.active = False
        self._route(gone | self.anna, name="Theirs", delivery="offer")
        lead = self._lead()
        if lead.offer_user_id != gone:
            lead.with_user(lead.offer_user_id).action_decline("no time")
        lead.with_user(gone).action_decline("I have the flu")
        row = self._rows(lead).filtered(lambda x: x.user_id == gone)
        self.assertEqual(row.decline_reason, "I have the flu")
        gone.unlink()
        self.env.invalidate_all()
        self.assertRecordValues(
            row, [{"user_id": False, "decline_reason": False, "state": "declined"}]
        )
        self.assertIn("(deleted)", row.explanation)


@tagged("post_install", "-at_install")
class TestRetention(PrivacyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(cls.anna | cls.boris, name="Main")

    def _age(self, rows, months):
        """As if the rows, and their pictures, were so old."""
        long_ago = fields.Datetime.now() - relativedelta(months=months, days=1)
        self.env.flush_all()
        for record in (rows, rows.snapshot_id):
            if record:
                self.env.cr.execute(
                    f"UPDATE {record._table} SET date = %s"  # noqa: S608
                    " WHERE id = ANY(%s)",
                    [long_ago, record.ids],
                )
        self.env.invalidate_all()

    def _clean(self):
        return self.env["lead.distribution.assignment"]._gc_explanations()

    def _explanation(self, lead, user, lang="en_US"):
        lead = lead.with_user(user).with_context(lang=lang)
        action = lead.action_explain_distribution()
        return lead.env[action["res_model"]].browse(action["res_id"]).explanation

    def test_dropped_after_so_many_months(self):
        """B10: two companies, two retentions; figures before and after are the same,
        and Why? says what happened."""
        other = self._user("other", company_id=self.company_2.id)
        self._route(other, company_id=self.company_2.id)
        leads = self._lead(3)
        theirs = self._lead(company_id=self.company_2.id)
        rows, row_2 = self._rows(leads), self._rows(theirs)
        self.assertTrue(row_2.user_id)
        self.company.lead_trace_months = 12
        self.company_2.lead_trace_months = 36
        self._age(rows[:2] | row_2, 13)
        snapshots = rows[:2].snapshot_id
        figures = self._figures()
        self._clean()
        self.env.invalidate_all()
        rows, row_2 = rows.sudo(), row_2.sudo()
        self.assertEqual([bool(r.trace) for r in rows], [False, False, True])
        self.assertTrue(row_2.trace)
        self.assertFalse((snapshots - rows[2].snapshot_id).exists())
        self.assertTrue(rows[2].snapshot_id)
        self.assertEqual(self._figures(), figures)
        text = self._explanation(leads[0], leads[0].user_id)
        self.assertIn("deleted after 12 months", text)
        self.assertIn("Main", text)
        self.assertNotIn("deleted after", self._explanation(leads[2], leads[2].user_id))
        self.company_2.lead_trace_months = 0
        self._age(row_2, 500)
        self._clean()
        self.env.invalidate_all()
        self.assertTrue(row_2.trace, "0: kept for ever")

    def test_said_whatever_the_setting(self):
        """B10: also after the setting was changed, and never of what had no details."""
        lead = self._lead()
        self._age(self._rows(lead), 25)
        self._clean()
        self.company.lead_trace_months = 0
        text = self._explanation(lead, lead.user_id)
        self.assertIn("are no longer kept", text)
        lead.user_id = self.clara
        self._age(self._rows(lead), 25)
        text = self._explanation(lead, self.clara)
        self.assertIn("manually", text)
        self.assertNotIn("no longer kept", text)

    def test_in_steps(self):
        """B10: bounded, resumable, until nothing remains."""
        leads = self._lead(5)
        rows = self._rows(leads)
        self._age(rows, 30)
        self.assertEqual(
            self.env["lead.distribution.retention"]._drop_explanations(limit=2),
            (2, True),
        )
        self.env.invalidate_all()
        self.assertEqual(sum(bool(r.trace) for r in rows.sudo()), 3)
        steps = 0
        while self.env["lead.distribution.retention"]._drop_explanations(limit=2)[1]:
            steps += 1
            self.assertLess(steps, 50)
        self.env.invalidate_all()
        self.assertFalse(any(r.trace for r in rows.sudo()))
        self.assertFalse(rows.snapshot_id)

    def test_by_the_nightly_clean_up(self):
        """B10: Odoo's own schedule does it."""
        lead = self._lead()
        self._age(self._rows(lead), 25)
        with self.enter_registry_test_mode():
            self.env.ref("base.autovacuum_job").method_direct_trigger()
        self.env.invalidate_all()
        self.assertFalse(self._rows(lead).sudo().trace)

    def test_inquiries(self):
        """B10: what merged inquiries said goes when the lead is closed; the number
        under which the source knows them stays."""
        self.company.lead_duplicate_policy = "merge"
        master = self._lead(email_from="a@person.test")
        self._lead(
            email_from="a@person.test",
            phone="22 555 01 00",
            external_ref="P-9",
            source_id=self.source.id,
        )
        self._run_cron("ir_cron_merge_duplicates")
        inquiry = master.inquiry_ids.sudo()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE lead_distribution_inquiry SET date = date - INTERVAL '25 months'"
        )
        Inquiry = self.env["lead.distribution.inquiry"]
        Inquiry._gc_inquiries()
        self.env.invalidate_all()
        self.assertTrue(inquiry.values and inquiry.phone, "the lead is open")
        master.action_set_lost()
        Inquiry._gc_inquiries()
        self.env.invalidate_all()
        self.assertRecordValues(
            inquiry,
            [
                {
                    "values": False,
                    "phone": False,
                    "email_from": False,
                    "external_ref": "P-9",
                    "source_id": self.source.id,
                }
            ],
        )

    def test_setting(self):
        """B10: an administrator's, for one company."""
        Settings = self.env["res.config.settings"].with_user(self.admin)
        Settings.create({"lead_trace_months": 7}).execute()
        self.assertEqual(self.company.lead_trace_months, 7)
        self.assertEqual(self.company_2.lead_trace_months, 24)
        with self.assertRaises(AccessError):
            self.company.with_user(self.anna).lead_trace_months = 1


@tagged("post_install", "-at_install")
class TestLog(DistributionCase):
    def test_errors_tell_their_place_only(self):
        """B10: an error's text may quote what people wrote."""
        route = self._route(self.anna)
        original = type(self.env["lead.distribution"])._process_routes

        def broken(service, context, leads):
            original(service, context, leads)
            raise ValueError(f"cannot write to {EMAIL}")

        self.patch(type(self.env["lead.distribution"]), "_process_routes", broken)
        with self.assertLogs("odoo.addons.lead_distribution", "WARNING") as logged:
            lead = self._lead(email_from=EMAIL)
        texts = "\n".join(
            logging.Formatter("%(message)s").format(record) for record in logged.records
        )
        self.assertIn("ValueError", texts)
        self.assertIn("in broken", texts)
        self.assertIn(str(lead.id), texts)
        self.assertNotIn(EMAIL, texts)
        self.assertTrue(route)

    def test_the_databases_own_words(self):
        """B10: a constraint's name helps, the value that it refused does not."""
        logger = redacting_logger(
            "odoo.addons.lead_distribution.models.pipeline.lead_distribution"
        )
        Source = self.env["lead.distribution.consent.purpose"]
        with self.assertLogs(logger, "ERROR") as logged:
            try:
                with self.env.cr.savepoint():
                    self.env.cr.execute(
                        """INSERT INTO lead_distribution_consent_purpose
                                       (name, reference)
                                VALUES ('{"en_US": "x"}', %(email)s),
                                       ('{"en_US": "y"}', %(email)s)""",
                        {"email": EMAIL},
                        log_exceptions=False,
                    )
            except Exception:
                logger.exception("Not written")
        text = logging.Formatter("%(message)s").format(logged.records[0])
        self.assertIn("reference_uniq", text)
        self.assertNotIn(EMAIL, text)
        self.assertFalse(Source.search([("reference", "=", EMAIL)]))


@tagged("post_install", "-at_install")
class TestPrivacyScreens(HttpCase):
    def test_anonymise(self):
        """B10: an administrator sets the retention, and forgets a contact from the
        action menu."""
        new_test_user(
            self.env,
            login="tour_head",
            groups="base.group_system,sales_team.group_sale_manager"
            ",base.group_partner_manager",
            name="Head Tour",
            tour_enabled=False,
        )
        partner = self.env["res.partner"].create(
            {"name": NAME, "email": EMAIL, "phone": "+48 601 234 567"}
        )
        lead = self.env["crm.lead"].create(
            {"name": f"{NAME} asks", "partner_id": partner.id, "type": "opportunity"}
        )
        self.start_tour(
            f"/odoo/res.partner/{partner.id}",
            "lead_distribution_anonymise",
            login="tour_head",
        )
        self.assertEqual((partner.name, partner.active), ("Anonymised", False))
        self.assertEqual((lead.name, lead.won_status), ("Anonymised", "lost"))
        self.assertFalse(lead.email_from or lead.phone)
