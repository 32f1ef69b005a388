"""Own working hours (P1)."""

from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, tagged

from .common import DistributionCase, tour_user

#: a Wednesday, 10:15 in Warsaw
MORNING = "2025-09-10 08:15:00"
#: 20:00 in Warsaw
EVENING = "2025-09-10 18:00:00"


def calendar_of(env, name, begin, end, days=range(5), tz="Europe/Warsaw", **values):
    return env["resource.calendar"].create(
        {
            "name": name,
            "tz": tz,
            "attendance_ids": [(5, 0, 0)]
            + [
                (
                    0,
                    0,
                    {
                        "name": f"{name} {day}",
                        "dayofweek": str(day),
                        "hour_from": begin,
                        "hour_to": end,
                        "day_period": "morning",
                    },
                )
                for day in days
            ],
            **values,
        }
    )


@tagged("post_install", "-at_install")
class TestOwnHours(DistributionCase):
    def setUp(self):
        super().setUp()
        self.early = calendar_of(self.env, "Early", 6, 14)
        self.late = calendar_of(self.env, "Late", 13, 21)
        self.anna.write({"tz": "Europe/Warsaw", "lead_calendar_id": self.early.id})
        self.boris.write({"tz": "Europe/Warsaw", "lead_calendar_id": self.late.id})
        self.route = self._route(self.anna | self.boris, own_hours=True)

    def _at(self, moment, count=None, **values):
        with freeze_time(moment):
            leads = self._lead(count, **values)
            self.env.flush_all()
        return leads

    def _explained(self, lead, user):
        lead = lead.with_user(user)
        return lead.env["lead.distribution.explanation"]._explain_lead(lead)

    def test_only_on_shift(self):
        """P1: outside of their hours they take no lead, whatever the load."""
        leads = self._at(MORNING, 3)
        self.assertEqual(leads.mapped("user_id"), self.anna)
        self.assertEqual(self._at("2025-09-10 15:00:00", 3).user_id, self.boris)
        text = self._explained(leads[0], self.manager)
        self.assertIn("not on shift (Boris)", text)
        text = self._explained(leads[0], self.anna)
        self.assertNotIn("not on shift", text, "of a colleague nobody is told")
        self.assertIn("1 × not available", text)

    def test_own_time_zone(self):
        """P1: the hours run where the salesperson is."""
        self.boris.tz = "America/New_York"
        self.route.own_hours_fallback = "pool"
        # 14:30 in Warsaw, 8:30 in New York
        self.assertFalse(self._at("2025-09-10 12:30:00").user_id)
        # 19:30 in New York
        self.assertEqual(self._at("2025-09-10 23:30:00").user_id, self.boris)

    def test_whose_hours(self):
        """P1: set for leads, else the resource's (an employee's), else the company's;
        without fixed hours always."""
        company = self.company
        company.resource_calendar_id = calendar_of(self.env, "House", 9, 17)
        user = self.clara
        user.tz = "Europe/Warsaw"
        self.assertEqual(
            user._lead_schedules(company)[user.id],
            (company.resource_calendar_id, "Europe/Warsaw"),
        )
        resource = self.env["resource.resource"].create(
            {
                "name": "Clara",
                "user_id": user.id,
                "company_id": company.id,
                "calendar_id": self.late.id,
                "tz": "Europe/Lisbon",
            }
        )
        self.assertEqual(
            user._lead_schedules(company)[user.id], (self.late, "Europe/Lisbon")
        )
        resource.calendar_id = False
        shifts = user._lead_shifts(
            company, datetime(2025, 9, 10), datetime(2025, 9, 11)
        )
        self.assertTrue(shifts[user.id].always)
        user.lead_calendar_id = self.early
        self.assertEqual(
            user._lead_schedules(company)[user.id], (self.early, "Europe/Warsaw")
        )
        # another company's value is its own
        self.assertFalse(user.with_company(self.company_2).lead_calendar_id)

    def test_holidays(self):
        """P1: on a public holiday of their calendar nobody is on shift."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.early.id,
                "date_from": "2025-09-10 00:00:00",
                "date_to": "2025-09-10 21:59:59",
            }
        )
        self.route.own_hours_fallback = "pool"
        self.assertFalse(self._at(MORNING).user_id)

    def test_early_stop(self):
        """P1: minutes before the end of the day."""
        self.route.write({"own_hours_stop": 30, "own_hours_fallback": "pool"})
        self.assertEqual(self._at("2025-09-10 18:29:00").user_id, self.boris)
        self.assertFalse(self._at("2025-09-10 18:31:00").user_id)

    def test_next_shift(self):
        """P1: nobody is on shift: whoever begins first, if it is soon; said so."""
        lead = self._at("2025-09-10 20:00:00")
        self.assertEqual(lead.user_id, self.anna)
        text = self._explained(lead, self.manager)
        self.assertIn(
            "No salesperson who could take it was on shift. The next shift is that of "
            "Anna",
            text,
        )
        self.route.own_hours_within = 5
        lead = self._at("2025-09-10 20:00:00")
        self.assertFalse(lead.user_id)
        self.assertEqual(self._rows(lead).sudo().trace["excluded"], {"off_shift": 2})
        # a Saturday: not before Monday
        self.route.own_hours_within = 0
        self.assertEqual(self._at("2025-09-13 09:00:00").user_id, self.anna)

    def test_pool(self):
        """P1: the next route, else the pool."""
        self.route.own_hours_fallback = "pool"
        self.assertEqual(self._at("2025-09-10 20:00:00").distribution_state, "pool")
        self._route(self.clara, name="Night")
        self.assertEqual(self._at("2025-09-10 20:00:00").user_id, self.clara)

    def test_hold(self):
        """P1: held until somebody's shift begins: pending with a date, and then theirs;
        no other route takes it meanwhile."""
        self.route.own_hours_fallback = "hold"
        self._route(self.clara, name="Night")
        lead = self._at("2025-09-10 20:00:00")
        self.assertEqual(lead.distribution_state, "pending")
        self.assertEqual(str(lead.distribution_due), "2025-09-11 04:00:00")
        self.assertEqual(lead.distribution_route_id, self.route)
        self.assertIn(
            "somebody of the route Route is on shift",
            self._explained(lead, self.manager),
        )
        with freeze_time("2025-09-11 03:59:00"):
            self._run_cron()
            self.assertEqual(lead.distribution_state, "pending")
        with freeze_time("2025-09-11 04:00:30"):
            self._run_cron()
        self.assertEqual(
            (lead.user_id, lead.distribution_state), (self.anna, "assigned")
        )
        # nobody begins soon enough: the next route
        self.route.own_hours_within = 3
        self.assertEqual(self._at("2025-09-10 20:00:00").user_id, self.clara)

    def test_hold_by_hand(self):
        """P1: the button says that they wait."""
        self.route.own_hours_fallback = "hold"
        self.route.active = False
        lead = self._at(EVENING)
        self.route.active = True
        with freeze_time("2025-09-10 20:00:00"):
            action = lead.with_user(self.manager).action_distribute()
        self.assertIn("wait until somebody is on shift: 1", action["params"]["message"])
        self.assertEqual(lead.distribution_state, "pending")

    def test_offers(self):
        """P1: offered to who is on shift, else to who begins first; to all who are."""
        self.route.delivery = "offer"
        self.assertEqual(self._at(MORNING).offer_user_ids, self.anna)
        self.assertEqual(self._at("2025-09-10 20:00:00").offer_user_ids, self.anna)
        self.route.delivery = "offer_all"
        self.route.member_ids = [(0, 0, {"user_id": self.clara.id})]
        self.clara.write({"tz": "Europe/Warsaw", "lead_calendar_id": self.early.id})
        lead = self._at(MORNING)
        self.assertEqual(lead.offer_user_ids, self.anna | self.clara)

    def test_claims_and_hands(self):
        """P1: who is here may take leads; a manager may give them."""
        self.route.own_hours_fallback = "pool"
        one, two = self._at("2025-09-10 20:00:00", 2)
        with freeze_time("2025-09-10 20:30:00"):
            one.with_user(self.anna).action_claim()
            two.with_user(self.manager).user_id = self.boris
        self.assertEqual((one.user_id, two.user_id), (self.anna, self.boris))

    def test_direct_route(self):
        """P1: a direct route whose salesperson is off shift is passed over."""
        direct = self._route(
            pool_source="user",
            user_id=self.boris.id,
            own_hours=True,
            own_hours_fallback="pool",
            name="Direct",
        )
        self.assertEqual(self._at(MORNING).user_id, self.anna)
        self.assertEqual(self._at("2025-09-10 15:00:00").distribution_route_id, direct)

    def test_no_flood_from_other_hours(self):
        """P1 O11: what came in the hours of others counts as had: when both are here
        they share evenly."""
        for minute in range(6):
            self._at(f"2025-09-10 08:0{minute}:00")
        both = [
            self._at(f"2025-09-10 11:{minute}:00").user_id for minute in range(10, 16)
        ]
        self.assertEqual((both.count(self.anna), both.count(self.boris)), (3, 3))

    def test_simulation(self):
        """P1 B2: a replay keeps own hours, and decides held leads when it would be."""
        moments = (MORNING, "2025-09-10 15:00:00", "2025-09-10 20:00:00")
        leads = self.env["crm.lead"]
        for moment in moments:
            lead = self._at(moment)
            self.env.cr.execute(
                "UPDATE crm_lead SET create_date = %s WHERE id = %s", [moment, lead.id]
            )
            leads |= lead
        self.env.invalidate_all()
        replay = self.env["lead.distribution.replay"]
        for fallback in ("next_shift", "hold"):
            self.route.own_hours_fallback = fallback
            found = replay._replay(
                self.company,
                self.route,
                datetime(2025, 9, 10),
                datetime(2025, 9, 11),
                9,
            )
            self.assertEqual(
                [self.env["res.users"].browse(d.user_id).name for _l, d in found],
                ["Anna", "Boris", "Anna"],
            )
        self.assertFalse(leads.filtered(lambda x: x.distribution_state == "pending"))

    def test_board(self):
        """P1: who is on shift now and the week at a glance; of colleagues nobody is
        told."""
        board = self.anna.with_user(self.manager).with_context(tz="Europe/Warsaw")
        with freeze_time(MORNING):
            self.env.invalidate_all()
            self.assertTrue(board.lead_on_shift)
            self.assertEqual(board.lead_shift_text, "on shift until 14:00")
            self.assertEqual(
                board.lead_shift_week, "Wed–Fri 06:00–14:00 · Mon–Tue 06:00–14:00"
            )
            found = board.search([("lead_on_shift", "=", True)])
            self.assertIn(self.anna, found)
            self.assertNotIn(self.boris, found)
            with self.assertRaises(AccessError):
                self.anna.with_user(self.boris).read(["name"]) and self.anna.with_user(
                    self.boris
                ).lead_shift_text
        with freeze_time("2025-09-12 20:00:00"):
            self.env.invalidate_all()
            self.assertFalse(board.lead_on_shift)
            self.assertEqual(board.lead_shift_text, "not on shift until Mon 06:00")
        self.route.own_hours = False
        self.env.invalidate_all()
        self.assertFalse(board.lead_shift_week)

    def test_health(self):
        """P1 B3: a shift that nobody has."""
        health = self.env["lead.distribution.health"].with_user(self.manager)

        def found():
            self.env.invalidate_all()
            return health.search([("kind", "=", "week")]).filtered(
                lambda x: "without a salesperson on shift" in x.name
            )

        with freeze_time(MORNING):
            self.route.own_hours_within = 0
            self.assertFalse(found())
            self.route.own_hours_within = 10
            self.assertIn("Fri 21:00–Sun 20:00", found().name)
            self.route.own_hours_fallback = "pool"
            self.assertIn("Wed 21:00–Thu 06:00", found().name)
            self.route.own_hours = False
            self.assertFalse(found())

    def test_sentence_and_form(self):
        """P1 K14: the route says so; a manager sets it, a salesperson does not."""
        with Form(self.route.with_user(self.manager)) as form:
            form.own_hours_fallback = "hold"
            form.own_hours_within = 8
            form.own_hours_stop = 15
        self.assertIn(
            "each within their own working hours; deferred while nobody is on shift "
            "and somebody begins within 8 hours",
            self.route.summary,
        )
        with self.assertRaises(AccessError):
            self.route.with_user(self.anna).own_hours = False
        with self.assertRaises(AccessError):
            self.anna.with_user(self.anna).lead_calendar_id = False
        self.anna.with_user(self.manager).lead_calendar_id = self.late
        self.assertEqual(self.anna.lead_calendar_id, self.late)
        view = "lead_distribution.res_users_view_form_salesperson"
        with Form(self.anna.with_user(self.manager), view=view) as form:
            form.lead_calendar_id = self.early

    def test_two_companies(self):
        """P1: each company's hours for its own routes."""
        self.anna.company_ids |= self.company_2
        here = self.anna.with_company(self.company_2)
        here.lead_calendar_id = self.late
        self._route(
            self.anna,
            company_id=self.company_2.id,
            own_hours=True,
            own_hours_fallback="pool",
        )
        lead = self._at(MORNING, company_id=self.company_2.id)
        self.assertEqual(lead.distribution_state, "pool")
        lead = self._at("2025-09-10 15:00:00", company_id=self.company_2.id)
        self.assertEqual(lead.user_id, self.anna)

    def test_queries_do_not_grow(self):
        """P1: a few statements a block, none a lead."""
        self.company.lead_distribution_mode = "queued"

        def cost(count):
            with freeze_time(MORNING):
                leads = self._lead(count)
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.env["lead.distribution"]._distribute_block(self.company, count)
                self.env.flush_all()
            self.assertEqual(leads.mapped("user_id"), self.anna)
            return self.env.cr.sql_log_count - before

        cost(10)
        few, many = cost(20), cost(200)
        self.assertLess(many - few, 40)


@tagged("post_install", "-at_install")
class TestOwnHoursInTheBrowser(HttpCase):
    def test_board(self):
        """P1: a manager switches it on, and the board shows who is on shift."""
        tour_user(self.env, "shifts", "group_sale_manager")
        anna = tour_user(self.env, "early")
        hours = calendar_of(self.env, "Whole day", 0, 24, range(7), tz="UTC")
        anna.write({"tz": "UTC", "lead_calendar_id": hours.id})
        route = self.env["lead.distribution.route"].create(
            {"name": "Route of shifts", "member_ids": [(0, 0, {"user_id": anna.id})]}
        )
        self.start_tour(
            f"/odoo/lead-routes/{route.id}",
            "lead_distribution_own_hours",
            login="tour_shifts",
        )
        self.assertEqual((route.own_hours, route.own_hours_fallback), (True, "hold"))
