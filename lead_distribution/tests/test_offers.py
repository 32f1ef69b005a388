import json
import re
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase
from odoo.tests.common import tagged

from odoo.addons.mail.models import mail_thread

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestOpening(DistributionCase):
    """K1 K2: hours, holidays and dates of routes, judged at arrival."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Nine to five",
                "tz": "Europe/Warsaw",
                "company_id": cls.company.id,
                "attendance_ids": [(5, 0, 0)]
                + [
                    (
                        0,
                        0,
                        {
                            "name": f"Day {day}",
                            "dayofweek": str(day),
                            "hour_from": 9,
                            "hour_to": 17,
                            "day_period": "full_day",
                        },
                    )
                    for day in range(5)
                ],
            }
        )

    def _open(self, route, *moments):
        moments = [datetime(*moment) for moment in moments]
        opening = route._opening(min(moments), max(moments))
        return [opening(moment) for moment in moments]

    def _scheduled(self, schedule, **values):
        return self._route(
            self.anna,
            schedule=schedule,
            resource_calendar_id=self.calendar.id,
            **values,
        )

    def test_within_and_outside(self):
        """K1: in the time zone of the working schedule; weekends are outside."""
        monday_8, monday_10 = (2025, 9, 1, 6), (2025, 9, 1, 8)  # 8:00, 10:00 in Warsaw
        monday_17, sunday = (2025, 9, 1, 15), (2025, 9, 7, 10)
        moments = (monday_8, monday_10, monday_17, sunday)
        within, outside = self._scheduled("within"), self._scheduled("outside")
        self.assertEqual(self._open(within, *moments), [False, True, False, False])
        self.assertEqual(self._open(outside, *moments), [True, False, True, True])

    def test_public_holidays(self):
        """K2: the schedule's global time off; a holiday is outside the hours."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "All Saints",
                "calendar_id": self.calendar.id,
                "date_from": datetime(2025, 9, 1, 22),
                "date_to": datetime(2025, 9, 2, 22),
            }
        )
        holiday, workday = (2025, 9, 2, 10), (2025, 9, 3, 10)
        self.assertEqual(
            self._open(self._scheduled("holidays"), holiday, workday), [True, False]
        )
        self.assertEqual(
            self._open(self._scheduled("within"), holiday, workday), [False, True]
        )
        self.assertEqual(
            self._open(self._scheduled("outside"), holiday, workday), [True, False]
        )

    def test_clock_changes(self):
        """K1: nine o'clock is nine o'clock on both sides of a clock change."""
        route = self._scheduled("within")
        cases = (
            ("Europe/Warsaw", (2025, 3, 28, 8, 30), True),  # Friday, UTC+1
            ("Europe/Warsaw", (2025, 3, 31, 7, 30), True),  # Monday, UTC+2
            ("Europe/Warsaw", (2025, 3, 28, 7, 30), False),
            ("Europe/Warsaw", (2025, 10, 24, 7, 30), True),
            ("Europe/Warsaw", (2025, 10, 27, 7, 30), False),
            ("Europe/Warsaw", (2025, 10, 27, 8, 30), True),
            # no daylight saving since 2022; before, UTC-5 in summer
            ("America/Mexico_City", (2025, 7, 7, 14, 30), False),
            ("America/Mexico_City", (2025, 7, 7, 15, 30), True),
            ("America/Mexico_City", (2022, 4, 1, 15, 30), True),
            ("America/Mexico_City", (2022, 4, 4, 14, 30), True),
            ("America/Mexico_City", (2022, 10, 28, 14, 30), True),
            ("America/Mexico_City", (2022, 10, 31, 14, 30), False),
        )
        for zone, moment, expected in cases:
            self.calendar.tz = zone
            self.assertEqual(self._open(route, moment), [expected], (zone, moment))

    def test_dates(self):
        """K2: made ahead, over by itself; the last day counts, in local time."""
        route = self._route(self.anna, date_from="2025-12-24", date_to="2025-12-26")
        moments = ((2025, 12, 23, 22, 30), (2025, 12, 23, 23, 30), (2025, 12, 26, 22))
        self.company.resource_calendar_id.tz = "Europe/Warsaw"
        self.assertEqual(self._open(route, *moments), [False, True, True])
        self.assertEqual(self._open(route, (2025, 12, 26, 23, 30)), [False])

    def test_judged_at_arrival(self):
        """K1: processed later, decided by when it came; by hand, by now."""
        self._scheduled("within", sequence=1)
        self._route(self.boris)
        self.company.lead_distribution_mode = "queued"
        leads = self._lead(2)
        self.env.flush_all()
        for lead, moment in zip(
            leads, ("2025-09-01 08:00", "2025-09-01 02:00"), strict=True
        ):
            self.env.cr.execute(
                "UPDATE crm_lead SET create_date = %s WHERE id = %s", [moment, lead.id]
            )
        self.env.invalidate_all()
        self._run_cron()
        self.assertEqual([lead.user_id for lead in leads], [self.anna, self.boris])
        codes = self._rows(leads[1]).sudo().trace["routes"]
        self.assertEqual(codes[0][1], "closed")
        text = str(self.env["lead.distribution.explanation"]._explain_lead(leads[1]))
        self.assertIn("closed when the lead arrived", text)
        lead = self._lead()
        self.env["lead.distribution"]._distribute(
            lead, "button", at=datetime(2025, 9, 1, 8)
        )
        self.assertEqual(lead.user_id, self.anna)

    def test_deleted_calendar(self):
        """Bad input: the company's hours take its place."""
        route = self._scheduled("within")
        self.calendar.unlink()
        self.assertFalse(route.resource_calendar_id)
        self.assertEqual(len(self._open(route, (2025, 9, 7, 10))), 1)

    def test_two_week_calendar(self):
        """K1: even and odd weeks."""
        self.calendar.switch_calendar_type()
        odd = self.calendar.attendance_ids.filtered(
            lambda line: line.week_type == "1" and not line.display_type
        )
        odd.unlink()
        route = self._scheduled("within")
        weeks = self._open(route, (2025, 9, 1, 8), (2025, 9, 8, 8))
        self.assertEqual(sorted(weeks), [False, True])

    def test_managers_make_hours(self):
        """K1: without a break; core alone lets the administrator make them."""
        route = self._route(self.anna, schedule="within")
        Hours = self.env["lead.distribution.hours"]
        values = {"route_id": route.id, "name": "Evenings", "hour_from": 18}
        values["hour_to"] = 22
        with self.assertRaises(AccessError):
            Hours.with_user(self.anna).create(values)
        Hours.with_user(self.manager).create(values).action_confirm()
        self.assertEqual(route.resource_calendar_id.name, "Evenings")
        evening, noon = (2025, 9, 1, 17), (2025, 9, 1, 10)
        self.assertEqual(self._open(route, evening, noon), [True, False])
        Hours.with_user(self.manager).create(
            {**values, "whole_day": True, "sunday": True}
        ).action_confirm()
        self.assertEqual(self._open(route, (2025, 9, 7, 20, 30)), [True])

    def test_managers_make_hours_of_a_process(self):
        """S5 K1: for a step of a process as for a route, from its form."""
        process = self.env["lead.distribution.process"].create(
            {
                "name": "Welcome",
                "trigger": "lead",
                "company_id": self.company.id,
                "step_ids": [Command.create({"activity_type_id": self.call.id})],
            }
        )
        action = self.env.ref("lead_distribution.lead_distribution_hours_action")
        Hours = self.env[action.res_model].with_context(
            default_step_id=process.step_ids.id
        )
        form = Form(Hours.with_user(self.manager), action.views[0][0] or None)
        form.name = "Evenings"
        form.hour_from, form.hour_to = 18, 22
        form.save().action_confirm()
        calendar = process.step_ids.resource_calendar_id
        self.assertEqual(calendar.name, "Evenings")
        self.assertEqual(calendar.tz, "Europe/Warsaw")
        self.assertTrue(calendar.lead_distribution)
        with self.assertRaises(AccessError):
            Hours.with_user(self.anna).create({"name": "Nights"})
        with self.assertRaises(UserError):
            Hours.with_context(default_step_id=False).with_user(self.manager).create(
                {"name": "Of nothing"}
            ).action_confirm()

    def test_week(self):
        """K1: which route is open when, and the hours that none covers."""
        self._scheduled("within", name="Days")
        Week = self.env["lead.distribution.week"]
        with self.assertRaises(AccessError):
            Week.with_user(self.anna).create({"date": "2025-09-03"})
        week = Week.with_user(self.manager).create({"date": "2025-09-03"})
        self.assertIn(f"no route covers: {7 * 24 - 5 * 8}<", week.table)
        self._scheduled("outside")
        week.invalidate_recordset()
        self.assertIn("Every hour", week.table)

    def test_board_changes_routes(self):
        """K13: a manager adds, removes and pauses members on the board."""
        route = self._route(self.anna)
        boris = self.boris.with_user(self.manager)
        boris.write({"lead_route_ids": [(4, route.id)]})
        self.assertEqual(route.member_ids.user_id, self.anna | self.boris)
        boris.write({"lead_paused_route_ids": [(4, route.id)]})
        self.assertEqual(route.paused_user_ids, self.boris)
        boris.write({"lead_max_day": 3, "lead_distribution_paused": True})
        self.anna.with_user(self.manager).write({"lead_route_ids": [(3, route.id)]})
        self.assertEqual(route.member_ids.user_id, self.boris)
        with self.assertRaises(AccessError):
            self.anna.with_user(self.anna).write({"lead_route_ids": [(4, route.id)]})


@tagged("post_install", "-at_install")
class TestOffers(DistributionCase):
    """K7 to K10, K15: offered, claimed, declined, expired, pooled."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(
            cls.anna | cls.boris | cls.clara,
            delivery="offer",
            offer_minutes=15,
            offer_max=2,
            activity_type_id=cls.call.id,
            tag_ids=cls.env["crm.tag"].create({"name": "Offered"}).ids,
        )

    def _expire(self, minutes=16):
        with freeze_time(fields.Datetime.now() + timedelta(minutes=minutes)):
            self._run_cron("ir_cron_expire_offers")

    def test_one_that_breaks(self):
        """What somebody's automation refuses goes to the pool; the offers of all others
        go on."""
        leads = self._lead(3)
        broken, original = leads[1], type(leads).write

        def write(records, vals):
            if vals.get("distribution_state") == "offered" and broken in records:
                raise UserError("Not this one")  # pylint: disable=translation-required
            return original(records, vals)

        logger = "odoo.addons.lead_distribution.models.pipeline.lead_distribution"
        with (
            patch.object(type(leads), "write", write),
            self.assertLogs(logger, "WARNING"),
        ):
            self._expire()
        states = [lead.distribution_state for lead in leads]
        self.assertEqual(states, ["offered", "pool", "offered"])
        self.assertEqual(self._rows(broken)[-1].reason, "error")

    def test_offered(self):
        """K8: nobody has the lead yet; the one it is offered to sees until when."""
        lead = self._lead()
        self.assertEqual(lead.distribution_state, "offered")
        self.assertFalse(lead.user_id)
        self.assertFalse(lead.activity_ids)
        row = self._rows(lead)
        self.assertEqual((row.state, row.user_id), ("offered", self.anna))
        self.assertEqual(row.deadline, row.date + timedelta(minutes=15))
        mine = lead.with_user(self.anna)
        self.assertEqual(mine.offer_user_id, self.anna)
        self.assertTrue(mine.offer_is_mine)
        self.assertFalse(lead.with_user(self.boris).offer_is_mine)
        offers = self.env["crm.lead"].with_user(self.anna).my_offers()
        self.assertEqual([offer["id"] for offer in offers], lead.ids)
        self.assertFalse(self.env["crm.lead"].with_user(self.boris).my_offers())
        found = self.env["crm.lead"].with_user(self.anna)
        self.assertEqual(found.search([("offer_is_mine", "=", True)]), mine)
        self.assertEqual(self.anna.with_company(self.company).lead_workload_units, 0)

    def test_claimed(self):
        """K8: with activity, tag, follower and unit; the row becomes the assignment."""
        lead = self._lead()
        lead.with_user(self.anna).action_claim()
        self.assertEqual(
            (lead.user_id, lead.distribution_state), (self.anna, "assigned")
        )
        row = self._rows(lead)
        self.assertEqual((row.state, row.units), ("assigned", 1))
        self.assertTrue(row.date_response)
        self.assertEqual(lead.activity_ids.user_id, self.anna)
        self.assertEqual(lead.tag_ids, self.route.tag_ids)
        self.assertIn(self.anna.partner_id, lead.message_partner_ids)
        with self.assertRaisesRegex(UserError, "Anna has the lead already"):
            lead.with_user(self.boris).action_claim()

    def test_written_on_screen(self):
        """K8: writing oneself on it is claiming; others may not."""
        lead = self._lead()
        with self.assertRaises(UserError):
            lead.with_user(self.boris).user_id = self.boris
        with self.assertRaises(AccessError):
            lead.with_user(self.anna).user_id = self.boris
        lead.with_user(self.anna).user_id = self.anna
        self.assertEqual(self._rows(lead).mapped("state"), ["assigned"])

    def test_declined(self):
        """K9: with a reason; the next one gets it at once, never the same twice."""
        lead = self._lead()
        with self.assertRaises(UserError):
            lead.with_user(self.boris).action_decline()
        lead.with_user(self.anna).action_decline("No time")
        rows = self._rows(lead)
        self.assertEqual(rows.mapped("state"), ["declined", "offered"])
        self.assertEqual(rows[0].decline_reason, "No time")
        self.assertEqual(rows[1].user_id, self.boris)
        lead.with_user(self.boris).action_decline()
        # two at most, then the pool; not the next route
        self.assertEqual(lead.distribution_state, "pool")
        rows = self._rows(lead)
        self.assertEqual(rows.mapped("state"), ["declined", "declined", "unplaced"])
        self.assertEqual(rows[-1].reason, "unclaimed")
        text = str(self.env["lead.distribution.explanation"]._explain_lead(lead))
        self.assertIn("offered to 2 people", text)

    def test_expired(self):
        """K8 K9: refused after the deadline at once; the next offer within one run."""
        lead = self._lead()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=15, seconds=5)):
            with self.assertRaisesRegex(UserError, "ended at"):
                lead.with_user(self.anna).action_claim()
            self.assertFalse(self.env["crm.lead"].with_user(self.anna).my_offers())
        self._expire()
        rows = self._rows(lead)
        self.assertEqual(rows.mapped("state"), ["expired", "offered"])
        self.assertEqual(rows[1].user_id, self.boris)
        self._expire(40)
        self.assertEqual(lead.distribution_state, "pool")
        lead.with_user(self.clara).action_claim()
        self.assertEqual(self._rows(lead)[-1].reason, "claim")

    def test_new_round_by_hand(self):
        """A round ends when it is distributed again by hand: everybody may be asked."""
        lead = self._lead()
        lead.with_user(self.anna).action_decline()
        lead.with_user(self.boris).action_decline()
        lead.with_user(self.manager).action_distribute()
        self.assertEqual(lead.distribution_state, "offered")
        self.assertEqual(lead.offer_round, 2)
        lead.with_user(lead.offer_user_id).action_decline()
        self.assertEqual(lead.distribution_state, "offered")

    def test_nobody_left_is_not_the_next_route(self):
        """The pool, not the next route."""
        self._route(self.clara, sequence=99)
        self.route.offer_max = 9
        lead = self._lead()
        for _n in range(3):
            lead.with_user(lead.offer_user_id).action_decline()
        self.assertEqual(lead.distribution_state, "pool")

    def test_first_to_claim(self):
        """K15: to all at once; the first claim wins, the other offers close."""
        self.route.delivery = "offer_all"
        self.boris.lead_distribution_paused = True
        lead = self._lead()
        self.assertEqual(lead.offer_user_ids, self.anna | self.clara)
        self.assertFalse(lead.offer_user_id)
        lead.with_user(self.clara).action_claim()
        self.assertEqual(lead.user_id, self.clara)
        states = {row.user_id: row.state for row in self._rows(lead)}
        self.assertEqual(states, {self.clara: "assigned", self.anna: "taken"})
        with self.assertRaisesRegex(UserError, "Clara has the lead"):
            lead.with_user(self.anna).action_claim()
        other = self._lead()
        self._expire()
        self.assertEqual(other.distribution_state, "pool")

    def test_open_offers_count_against_limits(self):
        """Units: an open offer counts against limits only; claiming it does not."""
        self.anna.lead_max_day = 1
        first, second = self._lead(), self._lead()
        self.assertEqual(first.offer_user_id, self.anna)
        self.assertEqual(second.offer_user_id, self.boris)
        first.with_user(self.anna).action_claim()
        self.assertEqual(first.user_id, self.anna)
        self.assertNotEqual(self._lead().offer_user_id, self.anna)

    def test_paused_route_ends_its_offers(self):
        """K6: a paused route takes no lead, its running offers end normally."""
        self._route(self.boris, domain="[('priority', '=', '3')]")
        one, two = self._lead(2)
        self.route.active = False
        one.with_user(one.offer_user_id).action_claim()
        self.assertEqual(one.distribution_state, "assigned")
        self._expire()
        self.assertEqual(two.distribution_state, "pool")

    def test_known_advisor_is_asked_first(self):
        """O13: then the others."""
        self.env["res.partner"].create(
            {"name": "Zoe", "email": "z@z.test", "user_id": self.clara.id}
        )
        lead = self._lead(email_from="z@z.test")
        self.assertEqual(lead.offer_user_id, self.clara)
        lead.with_user(self.clara).action_decline()
        self.assertNotEqual(lead.offer_user_id, self.clara)

    def test_manager_takes_it_out_of_the_offer(self):
        """O24: a salesperson set by hand closes the open offer."""
        lead = self._lead()
        lead.with_user(self.manager).user_id = self.clara
        self.assertEqual(self._rows(lead).mapped("state"), ["taken", "assigned"])
        with self.assertRaisesRegex(UserError, "Clara"):
            lead.with_user(self.anna).action_claim()

    def test_working_minutes(self):
        """K8: the minutes run in working hours."""
        calendar = self.env["resource.calendar"].create(
            {"name": "W", "tz": "UTC", "company_id": self.company.id}
        )
        calendar.attendance_ids = [(5, 0, 0)] + [
            (
                0,
                0,
                {
                    "name": "d",
                    "dayofweek": str(day),
                    "hour_from": 8,
                    "hour_to": 16,
                    "day_period": "full_day",
                },
            )
            for day in range(5)
        ]
        self.route.write(
            {"offer_working_time": True, "resource_calendar_id": calendar.id}
        )
        lead = self._lead(user_id=False)
        friday = datetime(2025, 9, 5, 15, 50)
        self.env["lead.distribution"]._distribute(lead, "button", at=friday)
        row = self._rows(lead)[-1]
        self.assertEqual(row.deadline, datetime(2025, 9, 8, 8, 5))

    def test_who_leaves(self):
        """Archiving a user ends the offers; the next one is asked."""
        lead = self._lead()
        self.anna.active = False
        self.assertEqual(self._rows(lead).state, "expired")
        self._run_cron("ir_cron_expire_offers")
        self.assertEqual(lead.offer_user_id, self.boris)

    def test_two_companies(self):
        """Two companies: neither sees nor expires the other's offers."""
        dan = self._user("dan", company_id=self.company_2.id)
        self._route(dan, company_id=self.company_2.id, delivery="offer")
        lead = self._lead(company_id=self.company_2.id)
        self.assertEqual(lead.offer_user_id, dan)
        self.assertFalse(lead.with_user(self.anna).has_access("read"))
        self.assertTrue(
            self.env["lead.distribution.offer"]._expire_block(self.company) == 0
        )
        self.assertEqual(lead.distribution_state, "offered")

    def test_thousand_offers(self):
        """Offers of a block in bulk: statements grow with routes, not leads."""
        self.company.lead_distribution_mode = "queued"
        counts = []
        for number in (50, 300):
            leads = self._lead(number)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["lead.distribution"]._distribute(leads, "cron")
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(leads.mapped("distribution_state")), {"offered"})
        self.assertLess(counts[1], counts[0] * 1.5 + 30, counts)


@tagged("post_install", "-at_install")
class TestOfferLinks(HttpCase):
    """K7: the links in the email."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["lead.distribution.route"].search([]).active = False
        user = DistributionCase._user.__func__
        cls.company = cls.env.company
        cls.company.lead_distribution_mode = "immediate"
        cls.anna, cls.boris = (user(cls, f"link_{name}") for name in ("anna", "boris"))
        cls.route = cls.env["lead.distribution.route"].create(
            {
                "name": "Offers",
                "delivery": "offer",
                "member_ids": [
                    (0, 0, {"user_id": person.id}) for person in (cls.anna, cls.boris)
                ],
            }
        )
        cls.lead = cls.env["crm.lead"].create(
            {"name": "Flat with a view", "email_from": "p@link.test"}
        )
        cls.row = cls.lead.distribution_assignment_ids

    def _post(self, answer, token=None, **values):
        page = self.url_open(
            f"/lead_distribution/offer/{token or self.row._offer_token()}"
        )
        # every page of ours has the visitor's own token against forged requests
        found = re.search(r'csrf_token: "([^"]+)"', page.text)
        values["csrf_token"] = found.group(1)
        return self.url_open(
            f"/lead_distribution/offer/{token or self.row._offer_token()}/{answer}",
            data=values,
        )

    def _state(self):
        self.env.invalidate_all()
        return self.row.state

    def test_email_and_claim(self):
        """K7: the mail carries the link; looking changes nothing, the button does."""
        self.env["lead.distribution.notification"]._send_mail_step(100)
        mail = self.env["mail.mail"].search(
            [("recipient_ids", "=", self.anna.partner_id.id)], limit=1
        )
        self.assertIn("/lead_distribution/offer/", mail.body_html)
        page = self.url_open(f"/lead_distribution/offer/{self.row._offer_token()}")
        self.assertIn("Flat with a view", page.text)
        self.assertEqual(self._state(), "offered")
        page = self._post("claim")
        self.assertIn("The lead is yours", page.text)
        self.assertEqual(self._state(), "assigned")
        self.assertEqual(self.lead.user_id, self.anna)
        self.assertIn("already", self._post("claim").text)

    def test_what_one_needs_to_decide(self):
        """P15: mail, page and bell of an offer show customer, phone, listing, place,
        value, source and until when; nothing where the lead has nothing."""
        listing = self.env["lead.distribution.listing"].create({"name": "Mill house"})
        source = self.env["utm.source"].create({"name": "Harbour fair"})
        self.lead.write(
            {
                "contact_name": "Kai Kunde",
                "phone": "+34 600 111 222",
                "listing_id": listing.id,
                "city": "Valencia",
                "expected_revenue": 123456,
                "source_id": source.id,
            }
        )
        shown = ("Kai Kunde", "600 111 222", "Mill house", "Valencia", "123,456")
        shown = (*shown, "Harbour fair")
        self.env["lead.distribution.notification"]._send_mail_step(100)
        mail = self.env["mail.mail"].search(
            [("recipient_ids", "=", self.anna.partner_id.id)], limit=1
        )
        page = self.url_open(f"/lead_distribution/offer/{self.row._offer_token()}")
        (bell,) = self.env["crm.lead"].with_user(self.anna).my_offers()
        for word in shown:
            self.assertIn(word, mail.body_html)
            self.assertIn(word, page.text)
            self.assertIn(word, " ".join(bell["facts"]))
        self.assertIn("You can claim it until", mail.body_html)
        self.assertRegex(page.text, r"lead_distribution_time_left\">30 minutes<")
        self.assertEqual(bell["deadline"], str(self.row.deadline))
        self.assertRegex(page.text, "(?s)Claim.*Decline")
        page = self._post("claim")
        self.assertIn(f'href="/odoo/crm/{self.lead.id}"', page.text)

    def test_cards_show_what_one_needs_to_decide(self):
        """P15: the cards of leads and of the pipeline, beside Claim and Decline."""
        lead = self.env["crm.lead"].with_user(self.anna)
        for view_id in ("crm_case_kanban_view_leads", "view_crm_lead_kanban"):
            view = self.env.ref(f"crm.{view_id}")
            arch = etree.fromstring(lead.get_view(view.id, "kanban")["arch"])
            (card,) = arch.xpath("//t[@t-name='card']")
            names = {node.get("name") for node in card.iter("field", "a", "button")}
            facts = {"phone", "listing_id", "city", "source_id", "expected_revenue"}
            self.assertLessEqual({*facts, "offer_deadline"}, names, view_id)
            self.assertTrue({"partner_id", "contact_name"} & names, view_id)
            self.assertTrue({"action_claim", "action_claim_here"} & names, view_id)

    def test_push(self):
        """K7: to the browsers that allow it; a new lead, too."""
        device = self.env["mail.push.device"]
        device.get_web_push_vapid_public_key()
        device.create(
            {
                "endpoint": "https://push.test/anna",
                "keys": "{}",
                "partner_id": self.anna.partner_id.id,
            }
        )
        with patch.object(mail_thread, "push_to_end_point") as push:
            self.env["lead.distribution.notification"]._send_mail_step(100)
            payload = json.loads(push.call_args.kwargs["payload"])
        self.assertEqual(payload["title"], "Lead offered to you")
        self.assertEqual(payload["options"]["body"], "Flat with a view")
        self.assertEqual(payload["options"]["data"]["res_id"], self.lead.id)
        self.route.delivery = "assign"
        self.boris.lead_distribution_paused = True
        self.env["crm.lead"].create({"name": "House", "email_from": "h@link.test"})
        with patch.object(mail_thread, "push_to_end_point") as push:
            self.env["lead.distribution.notification"]._send_mail_step(100)
            payload = json.loads(push.call_args.kwargs["payload"])
        self.assertEqual(payload["title"], "New lead: House")

    def test_decline(self):
        page = self._post("decline", reason="On holiday")
        self.assertIn("You declined", page.text)
        self.assertEqual(self._state(), "declined")
        self.assertEqual(self.row.decline_reason, "On holiday")
        self.assertEqual(self.lead.offer_user_id, self.boris)

    def test_forged_and_expired(self):
        """K7: does nothing, says so, tells nothing of the lead."""
        token = self.row._offer_token()
        for forged in (token[:-4] + "AAAA", "x", token[:20]):
            page = self.url_open(f"/lead_distribution/offer/{forged}")
            self.assertIn("not valid", page.text)
            self.assertNotIn("Flat with a view", page.text)
            self.assertIn("not valid", self._post("claim", forged).text)
        self.assertEqual(self._state(), "offered")
        with self.assertLogs("odoo.http", "WARNING"):
            no_token = self.url_open(
                f"/lead_distribution/offer/{token}/claim", data={"csrf_token": "x"}
            )
        self.assertEqual(no_token.status_code, 400)
        self.assertEqual(self._state(), "offered")
        self.env.cr.execute(
            "UPDATE lead_distribution_assignment SET deadline = '2020-01-01'"
            " WHERE id = %s",
            [self.row.id],
        )
        self.env.invalidate_all()
        self.assertIn("has ended", self._post("claim", token).text)
        self.assertEqual(self._state(), "offered")
        self.assertFalse(self.lead.user_id)

    def test_who_left_cannot_claim(self):
        """K7: an offer sent to somebody who left the company."""
        token = self.row._offer_token()
        self.anna.active = False
        self.assertIn("does not work here", self._post("claim", token).text)
        self.assertFalse(self.lead.user_id)
