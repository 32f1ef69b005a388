from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase
from odoo.tests.common import tagged
from odoo.tools import SQL, mute_logger

from ..models.insight import lead_distribution_simulation as models_simulation
from .common import DistributionCase, tour_user

#: what a simulation must leave alone
UNTOUCHED = (
    "bus_bus",
    "crm_lead",
    "ir_cron_trigger",
    "lead_distribution_assignment",
    "lead_distribution_inquiry",
    "lead_distribution_lock",
    "lead_distribution_route",
    "lead_distribution_route_member",
    "lead_distribution_route_state",
    "lead_distribution_run",
    "lead_distribution_snapshot",
    "mail_activity",
    "mail_followers",
    "mail_mail",
    "mail_message",
    "res_partner",
    "res_users",
)


@tagged("post_install", "-at_install")
class TestSimulation(DistributionCase):
    """B2: the past once more, by today's routes. September 2025 begins on a Monday."""

    def _came(self, moment, count=1, **values):
        """Leads that came, and were distributed, at a moment (UTC)."""
        with freeze_time(moment):
            leads = self._lead(count, **values)
        self._arrive(leads, moment)
        return leads

    def _arrive(self, leads, moment):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_lead SET create_date = %s WHERE id = ANY(%s)",
                moment,
                leads.ids,
            )
        )
        leads.invalidate_recordset(["create_date"])

    def _month(self):
        """A month of leads, one or two at a time.

        :returns: those that came from the 10th on"""
        for day in (1, 2, 3, 4, 5, 8, 9):
            self._came(f"2025-09-{day:02} 08:00:00")
        later = self.env["crm.lead"]
        for day in range(10, 31):
            for hour in (7, 15):
                later |= self._came(f"2025-09-{day:02} {hour:02}:30:00")
        return later

    def _simulate(self, routes=None, **values):
        values.setdefault("date_from", date(2025, 9, 1))
        values.setdefault("date_to", date(2025, 9, 30))
        if routes is not None:
            values["route_ids"] = [Command.set(routes.ids)]
        Simulation = self.env["lead.distribution.simulation"].with_user(self.manager)
        simulation = Simulation.create(values)
        self.assertIs(simulation.action_run(), True)
        return simulation

    def _figures(self, simulation):
        """:returns: ``{user or no user: (then, now)}``"""
        return {
            line.user_id.with_env(self.env): (line.actual, line.simulated)
            for line in simulation.line_ids
        }

    def _absence(self, user, begin, end):
        self.env["lead.distribution.absence"].create(
            {"user_id": user.id, "date_from": begin, "date_to": end}
        )

    # the figures ---------------------------------------------------------------

    def test_unchanged(self):
        """B2: nothing changed, so now is then, for each; the whole month, and a part
        that begins with what the month had before."""
        route = self._route(self.anna | self.boris | self.clara)
        for target, member in zip((10, 20, 30), route.member_ids, strict=True):
            member.write({"target_mode": "individual", "target": target})
        self._came("2025-08-31 12:00:00", 5)
        later = self._month()
        whole = self._simulate()
        figures = self._figures(whole)
        self.assertEqual(set(figures), {self.anna, self.boris, self.clara})
        for then, now in figures.values():
            self.assertEqual(then, now)
        self.assertEqual(sum(now for _then, now in figures.values()), 49)
        self.assertEqual((whole.lead_count, whole.elsewhere_count), (49, 0))
        self.assertFalse(whole.elsewhere_ids)
        part = self._simulate(date_from=date(2025, 9, 10))
        self.assertEqual((part.lead_count, part.elsewhere_count), (len(later), 0))
        for then, now in self._figures(part).values():
            self.assertEqual(then, now)

    def test_changed_target_and_one_more(self):
        """B2: what the changes would have done, worked out by hand; the leads that
        would have gone elsewhere, from whom to whom and why."""
        route = self._route(self.anna | self.boris)
        for day in range(1, 13):
            self._came(f"2025-09-{day:02} 08:00:00")
        anna, boris = route.member_ids
        anna.write({"target_mode": "individual", "target": 10})
        boris.write({"target_mode": "individual", "target": 20})
        simulation = self._simulate()
        self.assertEqual(
            self._figures(simulation), {self.anna: (6, 4), self.boris: (6, 8)}
        )
        line = simulation.line_ids[0]
        self.assertEqual((line.name, line.difference), ("Anna", -2))
        self.assertEqual((line.actual_units, line.simulated_units), (6, 4))
        self.assertAlmostEqual(line.simulated_percent, 100 / 3, 3)
        moved = simulation.elsewhere_ids
        self.assertEqual(len(moved), simulation.elsewhere_count)
        gained = moved.filtered(lambda m: m.simulated_user_id == self.boris)
        lost = moved.filtered(lambda m: m.simulated_user_id == self.anna)
        self.assertEqual(len(gained) - len(lost), 2)
        self.assertEqual(moved.route_id, route)
        self.assertEqual(set(moved.mapped("reason")), {"strategy"})
        self.assertEqual(moved[0].actual_user_id, moved[0].lead_id.user_id)
        self.assertIn("of 12;", simulation.summary)

        (anna | boris).target_mode = "user"
        route.member_ids = [Command.create({"user_id": self.clara.id})]
        simulation.action_run()
        self.assertEqual(
            self._figures(simulation),
            {self.anna: (6, 4), self.boris: (6, 4), self.clara: (0, 4)},
        )

    def test_month_change(self):
        """B2 O9: a new month begins at nothing, by the company's clock."""
        self._route(self.anna | self.boris)
        self.boris.lead_distribution_paused = True
        self._came("2025-08-20 08:00:00", 4)
        self._came("2025-08-28 08:00:00", 2)
        self._came("2025-08-31 22:30:00", 4)  # in Warsaw it is September
        self.boris.lead_distribution_paused = False
        # anna had 4 before, so boris gets 2; then 2 each, anna not being behind
        self.assertEqual(
            self._figures(self._simulate(date_from=date(2025, 8, 25))),
            {self.anna: (6, 2), self.boris: (0, 4)},
        )
        self.assertEqual(self._simulate().lead_count, 4, "the days are the company's")

    def test_absence(self):
        """B2 O10: the absent get nothing from when they leave until they return, to
        the hour."""
        route = self._route(self.anna | self.boris)
        for moment, count in (
            ("2025-09-09 08:00:00", 2),
            ("2025-09-10 08:00:00", 2),
            ("2025-09-11 08:00:00", 2),
            ("2025-09-12 09:00:00", 1),
            ("2025-09-12 11:00:00", 1),
        ):
            self._came(moment, count)
        self._absence(self.anna, datetime(2025, 9, 9, 20), datetime(2025, 9, 12, 10, 0))
        self.assertEqual(
            self._figures(self._simulate()), {self.anna: (4, 2), self.boris: (4, 6)}
        )
        route.absence_lookahead_days = 1
        self.assertEqual(
            self._figures(self._simulate()),
            {self.anna: (4, 1), self.boris: (4, 7)},
            "on the 9th she was about to leave",
        )
        route.write({"absence_lookahead_days": 0, "skip_absent": False})
        self.assertEqual(
            self._figures(self._simulate()), {self.anna: (4, 4), self.boris: (4, 4)}
        )

    def test_hours(self):
        """B2 K1: each lead meets the routes that were open when it came; the clocks
        go back on the 26th of October."""
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Day",
                "tz": "Europe/Warsaw",
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Day",
                                "dayofweek": str(day),
                                "hour_from": 8,
                                "hour_to": 18,
                                "day_period": "morning",
                            }
                        )
                        for day in range(7)
                    ),
                ],
            }
        )
        self._route(self.clara)
        for moment in (
            "2025-10-24 06:30:00",  # 8:30
            "2025-10-24 16:30:00",  # 18:30
            "2025-10-27 06:30:00",  # 7:30
            "2025-10-27 16:30:00",  # 17:30
            "2025-10-27 23:30:00",
        ):
            self._came(moment)
        hours = {"resource_calendar_id": calendar.id}
        day = self._route(self.anna, sequence=1, schedule="within", **hours)
        night = self._route(self.boris, sequence=2, schedule="outside", **hours)
        period = {"date_from": date(2025, 10, 1), "date_to": date(2025, 10, 31)}
        simulation = self._simulate(day | night, **period)
        self.assertEqual(
            self._figures(simulation),
            {self.anna: (0, 2), self.boris: (0, 3), self.clara: (5, 0)},
        )
        nobody = self.env["res.users"]
        simulation = self._simulate(night, **period)
        self.assertEqual(
            self._figures(simulation),
            {self.boris: (0, 3), self.clara: (5, 0), nobody: (0, 2)},
        )
        last = simulation.line_ids[-1]
        self.assertEqual((last.name, last.simulated), ("Nobody", 2))
        self.assertIn("0 then, 2 now", simulation.summary)
        self.assertIn("no_route", simulation.elsewhere_ids.mapped("reason"))

    def test_draft(self):
        """B2: a paused route that is chosen counts, an active one that is not does
        not; in the routes' order, whatever the order of choosing."""
        active = self._route(self.anna, sequence=5)
        self._came("2025-09-03 08:00:00", 3, priority="3")
        self._came("2025-09-04 08:00:00", 2, priority="0")
        draft = self._route(
            self.clara,
            name="Draft",
            active=False,
            sequence=1,
            domain="[('priority', '=', '3')]",
        )
        simulation = self._simulate()
        self.assertEqual(simulation.route_ids, active)
        self.assertEqual(self._figures(simulation), {self.anna: (5, 5)})
        simulation.route_ids = [Command.link(draft.id)]
        self.assertFalse(simulation.date_run, "found with other routes")
        self.assertFalse(simulation.line_ids)
        simulation.action_run()
        self.assertEqual(simulation.route_ids, draft | active)
        self.assertEqual(
            self._figures(simulation), {self.anna: (5, 2), self.clara: (0, 3)}
        )
        simulation.route_ids = [Command.set(draft.ids)]
        simulation.action_run()
        self.assertEqual(
            self._figures(simulation),
            {self.anna: (5, 0), self.clara: (0, 3), self.env["res.users"]: (0, 2)},
        )
        self.assertFalse(draft.active)

    def test_limits(self):
        """B2: limits of the day and of the month hold, with what the month had
        before; of open leads nobody knows the past."""
        self._route(self.anna | self.boris)
        self._came("2025-09-01 08:00:00", 2)
        for day in (10, 11, 12):
            self._came(f"2025-09-{day} 08:00:00", 4)
        self.anna.write({"lead_max_day": 1, "lead_max_open": 1})
        period = {"date_from": date(2025, 9, 10)}
        self.assertEqual(
            self._figures(self._simulate(**period)),
            {self.anna: (6, 3), self.boris: (6, 9)},
        )
        self.anna.lead_max_month = 3  # one of them she had before the 10th
        self.assertEqual(
            self._figures(self._simulate(**period)),
            {self.anna: (6, 2), self.boris: (6, 10)},
        )

    def test_turns_go_on(self):
        """B2: turns and credits go on from day to day, and those of today are not
        touched."""
        route = self._route(self.anna | self.boris | self.clara, strategy="round_robin")
        for day in range(1, 8):
            self._came(f"2025-09-{day:02} 08:00:00")
        for strategy in ("round_robin", "fair_share"):
            route.strategy = strategy
            self.assertEqual(
                self._figures(self._simulate()),
                {self.anna: (3, 3), self.boris: (2, 2), self.clara: (2, 2)},
            )
        for strategy in ("closing_rate", "follow_up_speed"):
            route.strategy = strategy  # in rounds, by what they really did
            found = self._figures(self._simulate()).values()
            self.assertEqual(sorted(now for _then, now in found), [2, 2, 3])

    def test_measures(self):
        """B2 O5: a load in open leads or activities begins with what was there when
        the period began."""
        route = self._route(self.anna | self.boris)
        before = self._came("2025-08-05 08:00:00", 6)
        before[:4].user_id = self.anna
        before[4:].user_id = self.boris
        self._came("2025-09-03 08:00:00", 4)
        self._came("2025-09-04 08:00:00", 4)
        route.workload_measure = "open_leads"
        # 4 and 2 to begin with: 7 each in the end
        self.assertEqual(
            self._figures(self._simulate()), {self.anna: (4, 3), self.boris: (4, 5)}
        )
        route.write(
            {
                "workload_measure": "activities",
                "workload_activity_type_id": self.call.id,
            }
        )
        self.assertEqual(
            self._figures(self._simulate()), {self.anna: (4, 4), self.boris: (4, 4)}
        )

    def test_delay(self):
        """B2 O19: decided when the route starts."""
        route = self._route(self.anna | self.boris)
        self._came("2025-09-09 08:00:00", 4)
        self._absence(self.anna, datetime(2025, 9, 10), datetime(2025, 9, 20))
        self.assertEqual(
            self._figures(self._simulate()), {self.anna: (2, 2), self.boris: (2, 2)}
        )
        route.write({"delay_number": 3, "delay_unit": "days"})
        self.assertEqual(
            self._figures(self._simulate()), {self.anna: (2, 0), self.boris: (2, 4)}
        )

    def test_listings(self):
        """B2 O1: the contact persons of the lead's listing."""
        self._route(self.clara)
        listing = self.env["lead.distribution.listing"].create(
            {
                "name": "Flat at the river",
                "contact_ids": [Command.set((self.anna | self.boris).partner_id.ids)],
            }
        )
        self._came("2025-09-09 08:00:00", 2, listing_id=listing.id)
        self._came("2025-09-10 08:00:00", 3, listing_id=listing.id)
        self._came("2025-09-11 08:00:00", 1)
        route = self._route(pool_source="listing", active=False)
        found = self._figures(self._simulate(route))
        self.assertEqual(found.pop(self.clara), (6, 0))
        self.assertEqual(found.pop(self.env["res.users"]), (0, 1))
        self.assertEqual(sorted(now for _then, now in found.values()), [2, 3])

    def test_offers(self):
        """B2 K8: to whom it would be offered first; then: who received it at last."""
        self._route(self.anna | self.boris)
        self._came("2025-09-03 08:00:00", 4)
        draft = self._route(
            self.anna | self.clara, active=False, delivery="offer", name="Offers"
        )
        self.assertEqual(
            self._figures(self._simulate(draft)),
            {self.anna: (2, 2), self.boris: (2, 0), self.clara: (0, 2)},
        )

    # whose customers -------------------------------------------------------------

    def test_customers(self):
        """B2 O13 O14: a customer goes to whom it belonged when the period began, not
        to whom these very leads gave it."""
        self._route(self.anna | self.boris, contact_owner_policy="always")
        Partner = self.env["res.partner"]
        known, new, made = Partner.create(
            [
                {"name": "Known", "is_company": True, "user_id": self.clara.id},
                {"name": "New", "is_company": True},
                {"name": "Made", "is_company": True},
            ]
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET create_date = '2025-01-01' WHERE id = ANY(%s)",
                (known | new).ids,
            )
        )
        self.env.invalidate_all()
        draft = self._route(self.clara | self.boris, active=False)
        self.boris.lead_distribution_paused = True
        self._came("2025-09-03 08:00:00", partner_id=known.id)
        self._came("2025-09-04 08:00:00", partner_id=new.id)
        made.user_id = self.anna
        self._came("2025-09-05 08:00:00", partner_id=made.id)
        self.boris.lead_distribution_paused = False
        self.assertEqual((known | new | made).user_id, self.anna)
        simulation = self._simulate(draft)
        # clara by right, boris as the one behind, clara as the one who waits longer
        self.assertEqual(
            [row.simulated_user_id.name for row in simulation.elsewhere_ids],
            ["Clara", "Boris", "Clara"],
        )
        self.assertEqual(
            simulation.elsewhere_ids.mapped("reason"),
            ["known_advisor", "strategy", "strategy"],
        )

    def test_same_person(self):
        """B2 V10: whoever asks again, days later, meets the salesperson of the
        simulation; later inquiries say nothing of earlier ones."""
        self._route(self.anna | self.boris)
        again = {"email_from": "again@customers.test"}
        self._came("2025-09-02 08:00:00", 1, **again)
        self._came("2025-09-03 08:00:00", 2)
        self._came("2025-09-15 08:00:00", 1, **again)
        self._came("2025-10-15 08:00:00", 1, **again)
        draft = self._route(self.clara | self.boris | self.anna, active=False)
        simulation = self._simulate(draft)
        rows = simulation.elsewhere_ids.filtered(
            lambda row: row.lead_id.email_from == again["email_from"]
        )
        self.assertEqual(len(rows), 2)
        self.assertEqual(rows.simulated_user_id, self.clara)
        self.assertEqual(rows.mapped("reason"), ["strategy", "duplicate"])

    # which leads -------------------------------------------------------------------

    def test_which_leads(self):
        """B2: won, lost and archived ones are replayed; removed ones and captured
        ones are not; then is who received it first."""
        self._route(self.anna)
        won, lost, passed_on, spam, waits, left = (
            self._came("2025-09-03 08:00:00", type="opportunity") for _n in range(6)
        )
        won.action_set_won()
        lost.action_set_lost()
        passed_on.user_id = self.boris
        reason = self.env["lead.distribution.removal.reason"].search([], limit=1)
        spam.with_user(self.manager).action_remove(reason.id)
        waits.with_user(self.manager).action_release_to_pool()
        left.write({"user_id": False, "team_id": False})
        left.company_id = False
        self_assigned = self.env["crm.lead"].create(
            {"name": "Own", "user_id": self.boris.id}
        )
        self._arrive(self_assigned, "2025-09-03 09:00:00")
        self._arrive(
            self_assigned.copy({"user_id": self.boris.id}), "2025-09-03 09:00:00"
        )
        self.assertEqual(self._figures(self._simulate()), {self.anna: (5, 5)})

    # rights and bad input ----------------------------------------------------------

    def test_nothing_is_written(self):
        """B2: but the simulation itself; with two companies, as their manager."""
        other = self._user("other", company_id=self.company_2.id)
        self._route(self.anna | self.boris, strategy="fair_share")
        self._route(
            self.clara, sequence=1, delivery="offer", domain="[('name', 'like', '7')]"
        )
        self._route(other, company_id=self.company_2.id, strategy="round_robin")
        partner = self.env["res.partner"].create(
            {"name": "Zoe", "email": "zoe@customers.test"}
        )
        with freeze_time("2025-09-03 08:00:00"):
            ours = self._lead(12) | self._lead(2, email_from=partner.email)
            theirs = self._lead(3, company_id=self.company_2.id)
        self._arrive(ours | theirs, "2025-09-03 08:00:00")
        placed = ours.filtered("user_id")[:2]
        self.assertTrue(placed)
        placed.with_user(self.manager).action_release_to_pool()
        self.manager.company_ids |= self.company_2
        Simulation = self.env["lead.distribution.simulation"].with_user(self.manager)
        made = Simulation.with_context(
            allowed_company_ids=[self.company.id, self.company_2.id]
        ).create(
            [
                {
                    "company_id": company.id,
                    "date_from": date(2025, 9, 1),
                    "date_to": date(2025, 9, 30),
                }
                for company in (self.company, self.company_2)
            ]
        )

        def contents():
            self.env.flush_all()
            found = {}
            for table in UNTOUCHED:
                self.env.cr.execute(
                    SQL(
                        "SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM %s t",
                        SQL.identifier(table),
                    )
                )
                found[table] = self.env.cr.fetchone()[0]
            return found

        self.flush_tracking()  # bells of what was handed out before
        before = contents()
        self.assertTrue(before["lead_distribution_route_state"])
        made.action_run()
        self.assertEqual(contents(), before)
        self.assertEqual(made.mapped("lead_count"), [14, 3])
        self.assertEqual(made[1].line_ids.user_id, other)
        self.assertEqual(made[1].route_ids.company_id, self.company_2)

    def test_companies_do_not_see_each_other(self):
        """B2: neither the simulations nor the routes of another company."""
        other = self._user("other", company_id=self.company_2.id)
        theirs = self._route(other, company_id=self.company_2.id)
        self._route(self.anna)
        self._came("2025-09-03 08:00:00", company_id=self.company_2.id)
        self._came("2025-09-03 08:00:00")
        mine = self._simulate()
        self.assertEqual(mine.lead_count, 1)
        with self.assertRaises(UserError):
            mine.route_ids = [Command.link(theirs.id)]
        boss = self._user(
            "boss", "sales_team.group_sale_manager", company_id=self.company_2.id
        )
        for record in (mine, mine.line_ids):
            with self.assertRaises(AccessError):
                record.with_user(boss).read(["display_name"])
        with self.assertRaises(AccessError):
            mine.with_user(boss).action_run()
        Chart = self.env["lead.distribution.simulation.chart"]
        self.assertEqual(len(Chart.with_user(self.manager).search([])), 2)
        self.assertFalse(Chart.with_user(boss).search([]))

    def test_managers_only(self):
        """B2: salespeople neither make, see nor run simulations; what was found not
        even managers write."""
        self._route(self.anna)
        self._came("2025-09-03 08:00:00")
        simulation = self._simulate()
        Simulation = self.env["lead.distribution.simulation"].with_user(self.anna)
        for refused in (
            lambda: Simulation.create({"name": "Mine"}),
            lambda: Simulation.search([]),
            lambda: Simulation.browse(simulation.id).action_run(),
            lambda: Simulation.browse(simulation.id).write(
                {"date_from": date(2025, 9, 2)}
            ),
            lambda: simulation.line_ids.write({"actual": 7}),
            lambda: simulation.line_ids.unlink(),
            lambda: simulation.elsewhere_ids.create({"simulation_id": simulation.id}),
        ):
            with self.assertRaises(AccessError):
                refused()
        self.assertTrue(simulation.line_ids)

    def test_bad_input(self):
        """B2: said in the user's words."""
        route = self._route(self.anna)
        Simulation = self.env["lead.distribution.simulation"].with_user(self.manager)
        period = {"date_from": date(2025, 9, 1), "date_to": date(2025, 9, 30)}
        simulation = Simulation.create(period)
        with self.assertRaisesRegex(UserError, "from 09/01/2025 to 09/30/2025: choose"):
            simulation.action_run()
        self._came("2025-09-03 08:00:00")
        simulation.action_run()
        simulation.route_ids = False
        with self.assertRaisesRegex(UserError, "at least one route"):
            simulation.action_run()
        simulation.route_ids = route
        self._came("2025-09-04 08:00:00")
        self.patch(models_simulation, "MOST_LEADS", 1)
        with self.assertRaisesRegex(UserError, "Choose a shorter period"):
            simulation.action_run()
        with self.assertRaisesRegex(ValidationError, "must not be before"):
            simulation.date_to = date(2025, 8, 30)

    def test_broken_filter(self):
        """B2: a route whose filter is broken is passed over, as ever."""
        broken = self._route(self.anna, sequence=1)
        self._route(self.boris)
        self._came("2025-09-03 08:00:00", 2)
        self.env.cr.execute(
            "UPDATE lead_distribution_route SET domain = %s WHERE id = %s",
            ["[('no_such_field', '=', 1)]", broken.id],
        )
        self.env.invalidate_all()
        with mute_logger("odoo.addons.lead_distribution.models.pipeline.matching"):
            simulation = self._simulate()
        self.assertEqual(
            self._figures(simulation), {self.anna: (2, 0), self.boris: (0, 2)}
        )

    # the record ----------------------------------------------------------------

    def test_defaults(self):
        """B2: last month by the company's clock, and its active routes in order."""
        second = self._route(self.anna, sequence=20)
        first = self._route(self.boris, sequence=3)
        self._route(self.clara, active=False)
        Simulation = self.env["lead.distribution.simulation"].with_user(self.manager)
        with freeze_time("2025-09-30 22:30:00"):  # in Warsaw it is October
            simulation = Simulation.create({})
        self.assertEqual(
            (simulation.date_from, simulation.date_to),
            (date(2025, 9, 1), date(2025, 9, 30)),
        )
        self.assertEqual(list(simulation.route_ids), [first, second])
        self.assertEqual(simulation.company_id, self.company)

    def test_kept_for_a_while(self):
        """B2 B10: changed periods and copies carry no result; old ones go, and a
        deleted user takes the figures along."""
        self._route(self.anna | self.boris)
        self._came("2025-09-03 08:00:00", 2)
        simulation = self._simulate()
        copied = simulation.copy()
        self.assertEqual(copied.route_ids, simulation.route_ids)
        self.assertFalse(copied.date_run or copied.line_ids)
        line = simulation.line_ids[0]
        line.sudo().user_id.unlink()
        self.assertFalse(line.exists())
        simulation.date_to = date(2025, 9, 29)
        self.assertFalse(simulation.date_run or simulation.line_ids)
        self.env.flush_all()
        long_ago = datetime.now() - timedelta(days=91)
        self.env.cr.execute(
            "UPDATE lead_distribution_simulation SET write_date = %s WHERE id = %s",
            [long_ago, simulation.id],
        )
        self.env.invalidate_all()
        done, remaining = self.env["lead.distribution.simulation"]._gc_simulations()
        self.assertEqual((done, remaining), (1, False))
        self.assertFalse(simulation.exists())
        self.assertTrue(copied.exists())

    def test_queries_do_not_grow_with_leads(self):
        """B2: a statement more for each day, none for each lead."""
        users = self.anna | self.boris | self.clara
        for number in range(3):
            self._route(users, name=f"Route {number}", sequence=number)
        self.company.lead_distribution_mode = "queued"

        def cost(month, count):
            leads = self._lead(count)
            for day in (3, 4):
                half = leads[::2] if day == 3 else leads[1::2]
                self._arrive(half, f"2025-{month:02}-{day:02} 08:00:00")
            simulation = (
                self.env["lead.distribution.simulation"]
                .with_user(self.manager)
                .create(
                    {
                        "date_from": date(2025, month, 1),
                        "date_to": date(2025, month, 28),
                    }
                )
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            simulation.action_run()
            spent = self.env.cr.sql_log_count - before
            self.assertEqual(simulation.lead_count, count)
            return spent

        cost(1, 10)  # warm caches
        few, many = cost(2, 20), cost(3, 400)
        # the leads that would have gone elsewhere are written a hundred at a time
        self.assertLess(many - few, 20, f"{few} for 20 leads, {many} for 400")


@tagged("post_install", "-at_install")
class TestSimulationScreens(HttpCase):
    """What a manager sees of simulations, in the browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["lead.distribution.route"].search([]).active = False
        cls.env.company.write(
            {"lead_distribution_mode": "immediate", "lead_standard_target": 30}
        )

        cls.anna, cls.boris = tour_user(cls.env, "anna"), tour_user(cls.env, "boris")
        cls.manager = tour_user(cls.env, "manager", "group_sale_manager")

    def test_simulation(self):
        """B2: last month through today's routes and a draft: run, chart, figures,
        leads gone elsewhere."""
        Route = self.env["lead.distribution.route"]
        main = Route.create(
            {
                "name": "Main route",
                "member_ids": [Command.create({"user_id": self.anna.id})],
            }
        )
        draft = Route.create(
            {
                "name": "Draft for Boris",
                "active": False,
                "sequence": 1,
                "domain": "[('name', 'like', 'Villa')]",
                "member_ids": [Command.create({"user_id": self.boris.id})],
            }
        )
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": f"{kind} {number}",
                    "email_from": f"{kind}{number}@tour.test",
                    "type": "opportunity",
                }
                for kind, count in (("Villa", 3), ("Flat", 5))
                for number in range(count)
            ]
        )
        self.assertEqual(leads.user_id, self.anna)
        self.env.flush_all()
        middle = date.today().replace(day=1) - timedelta(days=10)
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = ANY(%s)",
            [datetime.combine(middle, datetime.min.time()), leads.ids],
        )
        self.env.invalidate_all()
        self.start_tour(
            "/odoo/lead-simulations",
            "lead_distribution_simulation",
            login="tour_manager",
        )
        made = self.env["lead.distribution.simulation"].search([], limit=1)
        self.assertEqual(made.name, "Villas to Boris")
        self.assertEqual(made.route_ids, draft | main)
        figures = {line.name: (line.actual, line.simulated) for line in made.line_ids}
        self.assertEqual(figures, {"Anna Tour": (8, 5), "Boris Tour": (0, 3)})
        self.assertFalse(draft.active)
        self.assertEqual(leads.user_id, self.anna)
