from datetime import datetime, timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from ..tools.periods import month_span
from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestWorkload(DistributionCase):
    """O1, O5, O8, O11, O12, O17 to O20: measures, listings, absence, delay."""

    def _excluded(self, lead):
        return self._rows(lead)[-1].sudo().trace.get("excluded")

    def _listing(self, contacts=(), **values):
        values.setdefault("name", "Flat at the river")
        partners = [user.partner_id.id for user in contacts]
        return self.env["lead.distribution.listing"].create(
            {"contact_ids": [(6, 0, partners)], **values}
        )

    def _give_boris(self, count):
        others = self.anna | self.clara
        others.lead_distribution_paused = True
        self.assertEqual(self._lead(count).user_id, self.boris)
        others.lead_distribution_paused = False

    # by value ----------------------------------------------------------------

    def _of_value(self, *revenues, **values):
        leads = self.env["crm.lead"]
        for revenue in revenues:
            leads |= self._lead(expected_revenue=revenue, **values)
        return leads

    def test_balance_by_value(self):
        """B7: in units of expected revenue, at the moment of the decision; in this
        company only, within bounds, and told."""
        self.company.lead_value_per_unit = 1000
        self._route(self.anna | self.boris)
        leads = self._of_value(3000, 1000, 1000, 500, 0, 1000)
        self.assertEqual(
            [lead.user_id.name for lead in leads],
            ["Anna", "Boris", "Boris", "Boris", "Boris", "Anna"],
        )
        self.assertEqual(self._rows(leads).mapped("units"), [3, 1, 1, 0.5, 1, 1])
        leads[0].expected_revenue = 5
        self.assertEqual(self.anna.lead_workload_units, 4)
        text = self.env["lead.distribution.explanation"]._explain_lead(leads[0])
        self.assertIn("this lead counts as 3 leads.", text)
        wild = self._of_value(10**9, 0.01)
        self.assertEqual(self._rows(wild).mapped("units"), [10, 0.1])
        self.company_2.lead_distribution_mode = "immediate"
        stranger = self._user("stranger", company_id=self.company_2.id)
        self._route(stranger, company_id=self.company_2.id)
        other = self._of_value(3000, company_id=self.company_2.id)
        self.assertEqual(other.user_id, stranger)
        self.assertEqual(self._rows(other).units, 1)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.company.lead_value_per_unit = -1
            self.env.flush_all()

    def test_value_by_hand_and_by_rules(self):
        """B7 O24: claimed, given by hand, offered or moved: it weighs the same."""
        self.company.lead_value_per_unit = 1000
        self._route(self.anna, domain="[('id', '=', 0)]")
        pooled, given = self._of_value(2000, 2000)
        pooled.with_user(self.anna).action_claim()
        given.with_user(self.manager).user_id = self.boris
        self.assertEqual(self._rows(pooled)[-1].units, 2)
        self.assertEqual(self._rows(given)[-1].units, 2)
        route = self._route(self.clara, delivery="offer")
        offered = self._of_value(4000)
        self.assertEqual(self._rows(offered).units, 4)
        offered.with_user(self.clara).action_claim()
        self.assertEqual(self.clara.lead_workload_units, 4)
        route.active = False
        rule = self.env["lead.distribution.rule"].create(
            {
                "name": "Neglected",
                "active": True,
                "company_id": self.company.id,
                "member_ids": [(0, 0, {"user_id": self.boris.id})],
            }
        )
        self.company.lead_follow_up_next = 0
        offered.distribution_idle_since = fields.Datetime.now() - timedelta(days=9)
        self._run_cron("ir_cron_apply_rules")
        self.assertEqual(self._rows(offered)[-1].rule_id, rule)
        self.assertEqual(self._rows(offered)[-1].units, 4)

    # listings ----------------------------------------------------------------

    def test_contact_persons_of_the_listing(self):
        """O1: the candidates are the listing's contact persons; who has no user is
        shown as such, on the listing and in the explanation."""
        stranger = self.env["res.partner"].create({"name": "Paul Nouser"})
        one = self._listing(self.anna | self.boris, name="One", reference="L-1")
        one.contact_ids |= stranger
        two = self._listing(self.clara, name="Two")
        route = self._route(pool_source="listing")
        leads = self.env["crm.lead"].create(
            [
                {"name": f"{n}", "email_from": f"l{n}@x.test", "listing_id": listing.id}
                for n, listing in enumerate((one, two, one, two, one))
            ]
        )
        users = leads.mapped(lambda lead: lead.user_id)
        self.assertEqual(leads[1].user_id, self.clara)
        self.assertEqual(leads[3].user_id, self.clara)
        self.assertEqual(users - self.clara, self.anna | self.boris)
        self.assertNotEqual(leads[0].user_id, leads[2].user_id)
        self.assertEqual(leads.distribution_route_id, route)
        self.assertEqual(self._excluded(leads[0]), {"no_user": 1})
        text = str(
            self.env["lead.distribution.explanation"]
            .with_user(self.manager)
            ._explain_lead(leads[0].with_user(self.manager))
        )
        self.assertIn("Paul Nouser", text)
        self.assertIn("without a user", text)
        shown = str(one.with_user(self.manager).receivers)
        self.assertIn("Paul Nouser", shown)
        self.assertIn("without a user", shown)
        self.assertIn("can receive", shown)

    def test_listing_route_without_listing(self):
        """O1: passed over for a lead without listing, a listing that is over or has
        nobody; the next route takes it."""
        self._route(pool_source="listing")
        self._route(self.clara)
        self.assertEqual(self._lead().user_id, self.clara)
        codes = dict(self._rows(self._lead()).sudo().trace["routes"])
        self.assertIn("no_listing", codes.values())
        over = self._listing(self.anna, date_to="2020-01-01")
        lead = self._lead(listing_id=over.id)
        self.assertEqual(lead.user_id, self.clara)
        empty = self._listing()
        self.assertEqual(self._lead(listing_id=empty.id).user_id, self.clara)

    def test_archived_user_of_a_listing(self):
        """O1 O4: shown with the reason, never silently dropped."""
        self._route(pool_source="listing")
        listing = self._listing(self.anna | self.boris)
        self.boris.active = False
        lead = self._lead(listing_id=listing.id)
        self.assertEqual(lead.user_id, self.anna)
        self.assertEqual(self._excluded(lead), {"archived": 1})

    def test_claim_from_a_listings_pool(self):
        """K11 O1: the listing's contact persons may claim, others not."""
        self._route(pool_source="listing")
        listing = self._listing(self.anna)
        self.anna.lead_distribution_paused = True
        lead = self._lead(listing_id=listing.id)
        self.assertEqual(lead.distribution_state, "pool")
        self.anna.lead_distribution_paused = False
        with self.assertRaises(UserError):
            lead.with_user(self.boris).action_claim()
        lead.with_user(self.anna).action_claim()
        self.assertEqual(lead.user_id, self.anna)

    def test_listing_read_from_the_text(self):
        """V2: the portal's reference in subject or text; several: flagged."""
        self._route(self.anna)
        one = self._listing(name="One", reference="AB-100")
        two = self._listing(name="Two", reference="AB-200")
        other = self._listing(name="Theirs", reference="ZZ-9")
        other.company_id = self.company_2
        mail = (
            "From: p{0}@x.test\nTo: y@in.test\nSubject: {1}\n"
            "Message-Id: <{0}@listing>\n\n{2}\n"
        )

        def receive(number, subject, body):
            process = self.env["mail.thread"].message_process
            text = mail.format(number, subject, body)
            return self.env["crm.lead"].browse(process("crm.lead", text))

        self.assertEqual(receive(1, "Inquiry [ab-100]", "see AB-200").listing_id, one)
        self.assertEqual(receive(2, "Inquiry", "about AB-200, please").listing_id, two)
        unclear = receive(3, "Inquiry", "AB-100 or AB-200?")
        self.assertFalse(unclear.listing_id)
        self.assertTrue(unclear.listing_unclear)
        self.assertFalse(receive(4, "Inquiry ZZ-9", "AB-1000").listing_id)
        unclear.with_user(self.anna).listing_id = one
        self.assertFalse(unclear.listing_unclear)
        lead = self._lead(name="Call about AB-200")
        self.assertEqual(lead.listing_id, two)

    # measures ------------------------------------------------------------------

    def test_balance_per_listing(self):
        """O8: only the same listing's leads count; one without listing counts all."""
        self._route(self.anna | self.boris, workload_per_listing=True)
        one, two = self._listing(name="One"), self._listing(name="Two")
        self.env["crm.lead"].create(
            {"name": "By hand", "user_id": False, "listing_id": one.id}
        ).user_id = self.anna
        first = self._lead(4, listing_id=two.id)
        self.assertEqual(len(first.filtered(lambda x: x.user_id == self.anna)), 2)
        second = self._lead(3, listing_id=one.id)
        self.assertEqual(len(second.filtered(lambda x: x.user_id == self.boris)), 2)
        self.assertEqual(first.user_id | second.user_id, self.anna | self.boris)
        table = self._rows(second[0]).snapshot_id.sudo().data["routes"]
        self.assertTrue(any(f":{one.id}" in key for key in table))

    def test_measure_activities(self):
        """O5: activities of the type created this month, open and done, once each,
        whoever created them, whatever type the route schedules."""
        visit = self.env["mail.activity.type"].create({"name": "Visit"})
        with self.assertRaises(ValidationError):
            self._route(self.anna, workload_measure="activities")
        self._route(
            self.anna | self.boris,
            workload_measure="activities",
            workload_activity_type_id=visit.id,
            activity_type_id=self.call.id,
        )
        partner = self.env["res.partner"].create({"name": "Somebody"})
        done = partner.activity_schedule(
            activity_type_id=visit.id, user_id=self.anna.id
        )
        done.action_feedback("seen")
        partner.activity_schedule(activity_type_id=visit.id, user_id=self.anna.id)
        old = partner.activity_schedule(
            activity_type_id=visit.id, user_id=self.boris.id
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_activity SET create_date = create_date - interval '40 days'"
            " WHERE id = %s",
            [old.id],
        )
        leads = self._lead(3)
        users = [lead.user_id for lead in leads]
        self.assertEqual(users[:2], [self.boris, self.boris])
        self.assertEqual(self._rows(leads[0]).sudo().trace["chosen"][1], 0)
        self.assertEqual(self._rows(leads[0]).sudo().trace["next"][0][1], 2)

    def test_measure_open_leads(self):
        """O5: a stock: what is open now, whenever it came."""
        self._route(self.anna | self.boris, workload_measure="open_leads")
        leads = self._lead(4, user_id=self.anna.id)
        self.assertEqual(set(self._lead(3).mapped("user_id")), {self.boris})
        leads.action_set_lost()
        self.assertEqual(self._lead().user_id, self.anna)

    # absence -------------------------------------------------------------------

    def test_look_ahead(self):
        """O12: whoever becomes absent within N days receives nothing new."""
        self._route(self.anna | self.boris, absence_lookahead_days=3)
        now = fields.Datetime.now()
        absence = self.env["lead.distribution.absence"].create(
            {
                "user_id": self.anna.id,
                "date_from": now + timedelta(days=2),
                "date_to": now + timedelta(days=9),
            }
        )
        lead = self._lead()
        self.assertEqual(lead.user_id, self.boris)
        self.assertEqual(self._excluded(lead), {"absent_soon": 1})
        absence.date_from = now + timedelta(days=4)
        self.assertEqual(self._lead().user_id, self.anna)

    def test_compensation(self):
        """O11: who returns counts as having had what the colleagues had a day, by
        own target; in words and figures; gone with the month."""
        self._route(self.anna | self.boris | self.clara)
        self.clara.write({"lead_target_mode": "individual", "lead_target": 15})
        with freeze_time("2025-09-12 06:00:00"):  # a Friday, ten working days
            self.env["lead.distribution.absence"].create(
                [
                    {
                        "user_id": user.id,
                        "date_from": datetime(2025, 8, 30),
                        "date_to": datetime(2025, 9, 6),
                    }
                    for user in (self.anna, self.clara)
                ]
            )
            self._give_boris(20)
            self.assertEqual(self.boris.lead_workload_units, 20)
            anna = self.anna.with_user(self.anna)
            # boris: 20 in 10 days; anna was away for 5 of the 10, clara too, whose
            # target is half
            self.assertAlmostEqual(anna.lead_absence_compensation, 20 / 3, 4)
            self.assertIn("(absence): 5;", anna.lead_compensation_text)
            self.assertAlmostEqual(anna.lead_workload_percent, 100 * 20 / 3 / 30, 3)
            lead = self._lead()
            data = self._rows(lead).snapshot_id.sudo().data["routes"]
            (route,) = data.values()
            made_up = {line[0]: line[4] for line in route["candidates"]}
            self.assertAlmostEqual(made_up[self.anna.id], 6.67, 2)
            self.assertAlmostEqual(made_up[self.clara.id], 5 * 1 * 15 / 30, 2)
            self.assertEqual(made_up[self.boris.id], 0)
        with freeze_time("2025-10-02 06:00:00"):
            self.anna.invalidate_recordset()
            self.assertEqual(self.anna.lead_absence_compensation, 0)

    def test_compensation_of_part_days_and_holidays(self):
        """O11: half a day is half a day; a public holiday is no working day."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": datetime(2025, 9, 2),
                "date_to": datetime(2025, 9, 3),
            }
        )
        self.env["lead.distribution.absence"].create(
            {
                "user_id": self.anna.id,
                "date_from": datetime(2025, 9, 1, 11),  # 13:00 in Warsaw
                "date_to": datetime(2025, 9, 3, 0),
            }
        )
        self.company.resource_calendar_id.tz = "Europe/Warsaw"
        candidates, people = self.env["lead.distribution.candidates"], {}
        for user in self.anna | self.boris:
            times = candidates._times_out(self.company, user, datetime(2025, 9, 4, 6))
            spans = times.spans.get(user.id, ())
            people[user] = candidates._days_out(self.company, user, spans, times)
        self.assertEqual(people[self.boris], (3, 0))
        self.assertAlmostEqual(people[self.anna][1], 0.5)

    def test_no_flood_after_return(self):
        """O11: the one who returns takes turns with the others at once."""
        self._route(self.anna | self.boris)
        with freeze_time("2025-09-10 06:00:00"):
            self.env["lead.distribution.absence"].create(
                {
                    "user_id": self.anna.id,
                    "date_from": datetime(2025, 9, 1),
                    "date_to": datetime(2025, 9, 9),
                }
            )
            self._give_boris(8)
            leads = self._lead(6)
            mine = leads.filtered(lambda lead: lead.user_id == self.anna)
            self.assertLessEqual(len(mine), 4)
            self.assertGreaterEqual(len(mine), 3)

    def test_daylight_saving_and_month_end(self):
        """O9: months begin at local midnight, also when the clock changes."""
        for zone, at, start, end in (
            (
                "Europe/Warsaw",
                (2025, 3, 31, 22, 30),
                (2025, 3, 31, 22),
                (2025, 4, 30, 22),
            ),
            (
                "Europe/Warsaw",
                (2025, 10, 31, 22, 30),
                (2025, 9, 30, 22),
                (2025, 10, 31, 23),
            ),
            ("America/Mexico_City", (2025, 1, 1, 5), (2024, 12, 1, 6), (2025, 1, 1, 6)),
        ):
            self.company.lead_distribution_tz = zone
            self.assertEqual(
                month_span(self.company, datetime(*at)),
                (datetime(*start), datetime(*end)),
                zone,
            )

    # limits --------------------------------------------------------------------

    def test_limits_hold_by_hand(self):
        """O13, hard limits: whoever hands out by hand is told which limit."""
        self._route(self.anna)
        self.boris.lead_max_day = 1
        leads = self._lead(3, user_id=False)
        leads[0].with_user(self.manager).user_id = self.boris
        with self.assertRaisesRegex(UserError, "limit of leads a day"):
            leads[1].with_user(self.manager).user_id = self.boris
        wizard = (
            self.env["lead.distribution.hand"]
            .with_user(self.manager)
            .create({"lead_ids": leads[1:].ids, "user_id": self.boris.id})
        )
        with self.assertRaisesRegex(UserError, "Boris cannot take 2 more leads"):
            wizard.action_confirm()
        self.boris.with_company(self.company_2).lead_max_month = 1
        self.boris.lead_max_day = 0
        leads[1].with_user(self.manager).user_id = self.boris

    # mails ---------------------------------------------------------------------

    def test_follow_each(self):
        """O17: one email for each assignment, claims and hand changes included."""
        self.company.write(
            {
                "lead_distribution_fallback_email": "boss@house.test",
                "lead_distribution_tracking": "each",
            }
        )
        self._route(self.anna)
        leads = self._lead(2)
        leads[0].with_user(self.manager).user_id = self.boris
        self.env["mail.mail"].search([]).unlink()
        self._run_cron("ir_cron_send_mail")
        mails = self.env["mail.mail"].search([("email_to", "=", "boss@house.test")])
        self.assertEqual(len(mails), 3)
        self.assertTrue(any("Boris" in mail.subject for mail in mails))
        self._run_cron("ir_cron_send_mail")
        self.assertEqual(
            self.env["mail.mail"].search_count([("email_to", "=", "boss@house.test")]),
            3,
        )

    def test_follow_by_digest(self):
        """O17: the day before in one email, in the company's time zone, once."""
        self.company.lead_distribution_fallback_email = "boss@house.test"
        self._route(self.anna | self.boris)
        with freeze_time("2025-09-10 08:00:00"):
            self.company.lead_distribution_tracking = "digest"
            self._lead(3)
        domain = [("email_to", "=", "boss@house.test")]
        with freeze_time("2025-09-10 21:30:00"):
            self.env["lead.distribution.notification"]._send_digests()
            self.assertFalse(self.env["mail.mail"].search(domain))
        with freeze_time("2025-09-10 22:30:00"):  # after midnight in Warsaw
            self.env["lead.distribution.notification"]._send_digests()
            self.env["lead.distribution.notification"]._send_digests()
        mail = self.env["mail.mail"].search(domain)
        self.assertEqual(len(mail), 1)
        self.assertIn("assigned: 3", mail.subject)
        self.assertIn("Anna", mail.body_html)

    # activity, responsible, delay ---------------------------------------------------

    def test_activity_on_contact_and_listing(self):
        """O18: shows on the lead, the contact and the listing, as far as one may
        see it."""
        self._route(self.anna, activity_type_id=self.call.id)
        listing = self._listing()
        partner = self.env["res.partner"].create({"name": "Zoe", "email": "z@z.test"})
        lead = self._lead(email_from="z@z.test", listing_id=listing.id)
        self.assertEqual(lead.partner_id, partner)
        activity = lead.activity_ids
        self.assertEqual(partner.with_user(self.anna).lead_activity_ids, activity)
        self.assertEqual(listing.with_user(self.anna).lead_activity_ids, activity)
        self.assertFalse(partner.with_user(self.boris).lead_activity_ids)

    def test_responsible_of_the_listing(self):
        """O20: the listing's responsible is told of a lead that found nobody."""
        listing = self._listing(user_id=self.boris.id)
        self._route(pool_source="listing", responsible_type="listing")
        lead = self._lead(listing_id=listing.id)
        self.assertEqual(lead.distribution_state, "pool")
        self.assertEqual(lead.activity_ids.user_id, self.boris)

    def test_delay(self):
        """O19: the lead waits from its arrival; the cron takes it when it is due."""
        self._route(self.anna, delay_number=2, delay_unit="hours")
        self._route(self.boris, domain="[('priority', '=', '3')]", sequence=1)
        lead = self._lead(priority="0")
        self.assertEqual(lead.distribution_state, "pending")
        self.assertEqual(lead.distribution_due, lead.create_date + timedelta(hours=2))
        self.assertIn(
            "is deferred until",
            str(self.env["lead.distribution.explanation"]._explain_lead(lead)),
        )
        self.assertEqual(self._lead(priority="3").user_id, self.boris)
        self._run_cron()
        self.assertEqual(lead.distribution_state, "pending")
        with freeze_time(lead.create_date + timedelta(hours=2, minutes=1)):
            self._run_cron()
        self.assertEqual(lead.user_id, self.anna)

    def test_delay_from_a_step(self):
        """O19: from that step, when an action asks; by hand at once."""
        self._route(self.anna, delay_number=1, delay_unit="days")
        lead = self._lead()
        at = lead.create_date.replace(microsecond=0) + timedelta(days=5)
        with freeze_time(at):
            self.env["lead.distribution"]._distribute(lead, "action")
            self.assertEqual(lead.distribution_due, at + timedelta(days=1))
            lead.with_user(self.manager).action_distribute()
        self.assertEqual(lead.user_id, self.anna)

    # rights --------------------------------------------------------------------------

    def test_absences_are_private(self):
        """O23: one's own, managers everybody's; the reason is nobody else's."""
        mine = (
            self.env["lead.distribution.absence"]
            .with_user(self.anna)
            .create({"reason": "Surgery"})
        )
        self.assertTrue(self.anna.lead_absent)
        with self.assertRaises(AccessError):
            mine.with_user(self.boris).read(["reason"])
        with self.assertRaises(AccessError):
            self.env["lead.distribution.absence"].with_user(self.boris).create(
                {"user_id": self.anna.id}
            )
        self.assertEqual(mine.with_user(self.manager).reason, "Surgery")
        self.assertTrue(self.anna.with_user(self.manager).lead_absent)
        with self.assertRaises(AccessError):
            self.anna.with_user(self.boris).lead_absent  # noqa: B018

    def test_thousand_in_one_call(self):
        """Everything also for a thousand leads at once, without more statements."""
        listings = self._listing(self.anna | self.boris, name="A") | self._listing(
            self.boris | self.clara, name="B"
        )
        self._route(
            pool_source="listing",
            workload_per_listing=True,
            absence_lookahead_days=2,
            activity_type_id=self.call.id,
        )
        self.company.lead_distribution_tracking = "each"

        def leads(count):
            return self.env["crm.lead"].create(
                [
                    {
                        "name": f"{n}",
                        "email_from": f"t{count}.{n}@x.test",
                        "listing_id": listings[n % 2].id,
                    }
                    for n in range(count)
                ]
            )

        found = []
        for count in (100, 1000):
            some = leads(count)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["lead.distribution"]._distribute(some, "cron")
            found.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(some.mapped("distribution_state")), {"assigned"})
        self.assertLess(found[1], found[0] * 1.3 + 20, found)
        counts = [
            len(some.filtered(lambda x, u=user: x.user_id == u))
            for user in (self.anna, self.boris, self.clara)
        ]
        self.assertLessEqual(abs(counts[0] - counts[2]), 1)
