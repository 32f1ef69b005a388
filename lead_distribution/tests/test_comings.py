"""Fair when people come and go: nobody comes to a flood of leads (O11)."""

from collections import Counter
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.tests.common import tagged
from odoo.tools import SQL

from ..models.pipeline.compensation import position, sql_position
from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestComings(DistributionCase):
    """O11: joined, paused, archived, with a higher target or limit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = cls.anna | cls.boris | cls.clara
        cls.company.resource_calendar_id.tz = "Europe/Warsaw"

    @contextmanager
    def _on(self, day, hour=9):
        """A moment of September 2025, in UTC."""
        self.env.flush_all()
        self.env.invalidate_all()
        with freeze_time(datetime(2025, 9, day, hour)):
            yield
            self.env.flush_all()
        self.env.invalidate_all()

    def _days(self, first, last, each, **values):
        """Leads on each working day, one by one."""
        leads = self.env["crm.lead"]
        for day in range(first, last + 1):
            if datetime(2025, 9, day).weekday() < 5:
                with self._on(day):
                    for _n in range(each):
                        leads |= self._lead(**values)
        return leads

    def _of(self, leads):
        return Counter(lead.user_id.name for lead in leads)

    def _figures(self, user):
        """What somebody reads of themselves."""
        mine = user.with_user(user)
        return mine.lead_absence_compensation, mine.lead_compensation_text or ""

    def test_joins_a_route(self):
        """O11: 18 leads after somebody joined: six, not seventeen."""
        route = self._route(self.anna | self.boris)
        self._days(1, 12, 4)
        with self._on(15, 6):  # before the office opens
            route.with_user(self.manager).member_ids = [
                Command.create({"user_id": self.clara.id})
            ]
            units, text = self._figures(self.clara)
            self.assertEqual(units, 20)
            self.assertIn("not on the route", text)
            self.assertIn("(not on the route): 10;", text)
            leads = self.env["crm.lead"]
            for _n in range(18):
                leads |= self._lead()
            self.assertEqual(self._of(leads)["Clara"], 6)
            # and what came since changes nothing of what is past
            self.assertEqual(self._figures(self.clara)[0], 20)
        with freeze_time("2025-10-02 09:00:00"):
            self.clara.invalidate_recordset()
            self.assertEqual(self._figures(self.clara), (0, ""))

    def test_leaves_a_route_and_joins_again(self):
        """O11: only the time in between counts, with what was had before."""
        route = self._route(self.users)
        self._days(1, 5, 3)
        member = route.member_ids.filtered(lambda m: m.user_id == self.clara)
        with self._on(5, 12):
            member.with_user(self.manager).unlink()
        self._days(8, 12, 4)
        with self._on(15):
            route.with_user(self.manager).member_ids = [
                Command.create({"user_id": self.clara.id})
            ]
            self.assertEqual(self._figures(self.clara)[0], 10)
            self.assertEqual(self._of(self._lead(9)), Counter(Anna=3, Boris=3, Clara=3))

    def test_a_new_route_is_new_for_all(self):
        """O11: units of all routes count together, also where a route begins."""
        self._route(self.anna, domain="[('name', '=', 'first')]")
        with self._on(3):
            self._lead(4, name="first")
        with self._on(4):
            self._route(self.anna | self.boris)
            self.assertEqual(self._figures(self.boris)[0], 0)
            self.assertEqual(self._of(self._lead(4)), Counter(Boris=4))

    def test_returns_from_a_pause(self):
        """O11: on all routes, or on one."""
        route = self._route(self.users)
        with self._on(1, 6):
            self.clara.with_user(self.manager).lead_distribution_paused = True
        self._days(1, 12, 4)
        with self._on(15):
            self.clara.with_user(self.manager).lead_distribution_paused = False
            units, text = self._figures(self.clara)
            self.assertEqual(units, 20)
            self.assertIn("pause", text)
            self.assertEqual(self._of(self._lead(9))["Clara"], 3)
            route.with_user(self.manager).paused_user_ids = self.boris
        self._days(16, 19, 4)
        with self._on(22):
            boris = self.boris.with_user(self.manager)
            boris.lead_paused_route_ids = [Command.unlink(route.id)]
            self.assertEqual(self._figures(self.boris)[0], 8)
            self.assertEqual(self._of(self._lead(9))["Boris"], 3)
            mine = self.env["lead.distribution.unavailable"].search(
                [("user_id", "in", self.users.ids)]
            )
            self.assertEqual(mine.mapped("kind"), ["paused", "paused_here"])
            self.assertTrue(all(mine.mapped("date_to")))

    def test_pressed_by_mistake(self):
        """O11: a pause of a minute costs nobody leads, and gives none."""
        self._route(self.anna | self.boris)
        with freeze_time("2025-09-10 09:00:00"):
            self.anna.lead_distribution_paused = True
            self._lead(3)
        with freeze_time("2025-09-10 09:01:00"):
            self.anna.lead_distribution_paused = False
            self.assertEqual(self._figures(self.anna)[0], 0)
            self.assertEqual(self._of(self._lead(3)), Counter(Anna=3))

    def test_in_teams(self):
        """O11: joins the team, or is paused in it; in two teams of a route one is out
        only while out in both."""
        self.env["ir.config_parameter"].set_param("sales_team.membership_multi", True)
        other = self.env["crm.team"].create(
            {"name": "Other", "member_ids": [Command.set(self.boris.ids)]}
        )
        self.team.member_ids = self.anna | self.boris
        self._route(pool_source="teams", team_ids=(self.team | other).ids)
        self._days(1, 5, 4)
        with self._on(8):
            self.team.member_ids |= self.clara
            self.assertEqual(self._figures(self.clara)[0], 10)
            member = self.team.crm_team_member_ids.filtered(
                lambda m: m.user_id == self.clara
            )
            member.assignment_optout = True
            self.team.crm_team_member_ids.filtered(
                lambda m: m.user_id == self.boris
            ).assignment_optout = True
        self._days(8, 12, 4)
        with self._on(15):
            self.team.crm_team_member_ids.assignment_optout = False
            self.assertEqual(self._figures(self.boris)[0], 0)
            self.assertEqual(self._figures(self.clara)[0], 20)

    def test_listing_shown(self):
        """O11: also on routes of contact persons, and by activities."""
        listing = self.env["lead.distribution.listing"].create(
            {
                "name": "House",
                "contact_ids": [Command.set((self.anna | self.boris).partner_id.ids)],
            }
        )
        route = self._route(
            pool_source="listing",
            workload_measure="activities",
            workload_activity_type_id=self.call.id,
            activity_type_id=self.call.id,
        )
        self.env["lead.distribution.absence"].create(
            {
                "user_id": self.anna.id,
                "date_from": datetime(2025, 8, 30),
                "date_to": datetime(2025, 9, 8),
            }
        )
        leads = self._days(1, 5, 2, listing_id=listing.id)
        self.assertEqual(self._of(leads), Counter(Boris=10))
        # the clock of a test's database does not stand still
        self.env.cr.execute(
            "UPDATE mail_activity SET create_date = %s WHERE res_id = ANY(%s)",
            (datetime(2025, 9, 3), leads.ids),
        )
        with self._on(8):
            units, text = self._figures(self.anna)
            self.assertEqual(units, 10)
            self.assertIn("(absence): 5;", text)
            lead = self._lead(listing_id=listing.id)
            (line,) = (
                line
                for line in self.env["lead.distribution.explanation"]._candidates_of(
                    self._rows(lead).sudo()
                )
                if line[0] == self.anna.id
            )
            self.assertEqual(line[4], 10)
            route.workload_measure = "open_leads"
            self.anna.invalidate_recordset()
            self.assertEqual(self._figures(self.anna)[0], 0)
        with self._on(8, 10):
            route.workload_measure = "assignments"
            listing.with_user(self.manager).contact_ids |= self.clara.partner_id
            self.assertGreaterEqual(self._figures(self.clara)[0], 5)
            self.assertIn("not on the route", self._figures(self.clara)[1])

    def test_higher_target(self):
        """O11: who gets a higher target is asked for more from now on."""
        self.clara.write({"lead_target_mode": "individual", "lead_target": 10})
        self._route(self.users)
        self._days(1, 12, 7)
        before = self.clara.lead_workload_units
        with self._on(12, 12):
            self.assertEqual(self.clara.lead_workload_units, 10)
            self.clara.with_user(self.manager).lead_target = 30
            units, text = self._figures(self.clara)
            self.assertEqual(units, 20)
            self.assertIn("a target, since raised", text)
            self.assertEqual(self._of(self._lead(9))["Clara"], 3)
        self.assertEqual(before, 0)

    def test_higher_target_on_a_route(self):
        """O11: by the line of the member as well; a target of 0 was none at all."""
        route = self._route(self.users)
        member = route.member_ids.filtered(lambda m: m.user_id == self.clara)
        member.write({"target_mode": "individual", "target": 0})
        self._days(1, 12, 4)
        with self._on(12, 12):
            member.with_user(self.manager).target_mode = "user"
            self.assertEqual(self._figures(self.clara)[0], 20)
            self.assertEqual(self._of(self._lead(9))["Clara"], 3)

    def test_higher_limit(self):
        """O11: who stood at a limit does not catch up all at once."""
        self._route(self.users)
        self.clara.lead_max_month = 2
        self._days(1, 12, 4)
        with self._on(12, 12):
            self.assertEqual(self.clara.lead_workload_units, 2)
            self.clara.with_user(self.manager).lead_max_month = 0
            units, text = self._figures(self.clara)
            self.assertEqual(units, 17)
            self.assertIn("a limit, since raised", text)
            self.assertEqual(self._of(self._lead(9))["Clara"], 3)

    def test_part_timer(self):
        """O11: two days a week, 12 of 30, after two weeks of vacation: 2 of 12."""
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Two days",
                "tz": "Europe/Warsaw",
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": "Day",
                            "dayofweek": day,
                            "hour_from": 9,
                            "hour_to": 17,
                            "day_period": "morning",
                        }
                    )
                    for day in "01"
                ],
            }
        )
        self.env["resource.resource"].create(
            {
                "name": "Clara",
                "user_id": self.clara.id,
                "calendar_id": calendar.id,
                "company_id": self.company.id,
            }
        )
        self.clara.write({"lead_target_mode": "individual", "lead_target": 12})
        self._route(self.users)
        self.env["lead.distribution.absence"].with_user(self.clara).create(
            {"date_from": datetime(2025, 8, 31), "date_to": datetime(2025, 9, 14)}
        )
        self._days(1, 12, 6)
        with self._on(15):
            units, text = self._figures(self.clara)
            self.assertEqual(units, 12)
            self.assertIn("(absence): 4;", text)
            leads = self.env["crm.lead"]
            for _n in range(12):
                leads |= self._lead()
            self.assertEqual(self._of(leads)["Clara"], 2)

    def _away(self, user, first, last):
        """Somebody is absent from one day of the month to another."""
        return self.env["lead.distribution.absence"].create(
            {
                "user_id": user.id,
                "date_from": datetime(2025, 9, first) - timedelta(hours=2),
                "date_to": datetime(2025, 9, last) + timedelta(hours=22),
            }
        )

    def test_nothing_came_meanwhile(self):
        """O11: who was away in quiet days missed nothing, however much comes later."""
        self._route(self.users)
        with self._on(1):
            self._lead()
        self._away(self.anna, 2, 7)
        self._days(8, 10, 6)
        with self._on(10, 20):
            self.assertEqual(self._figures(self.anna)[0], 0)
            self.assertEqual(self.anna.lead_workload_units, 7)

    def test_nobody_to_compare_with(self):
        """O11: of two who both missed what a third had, who is away now, neither is
        behind the other; the third has had it when they come back."""
        route = self._route(self.anna | self.boris)
        self._away(self.anna, 1, 5)
        self._days(1, 5, 2)
        self._away(self.boris, 8, 12)
        with self._on(8, 5):
            route.with_user(self.manager).member_ids = [
                Command.create({"user_id": self.clara.id})
            ]
        with self._on(8):
            self.assertEqual(self._figures(self.anna)[0], 0)
            self.assertEqual(self._figures(self.clara)[0], 0)
            self.assertEqual(self._of(self._lead(6)), Counter(Anna=3, Clara=3))
        with self._on(15):
            found = [self._figures(user)[0] for user in self.users]
            self.assertEqual(found, [10, 3, 10])
            self.assertEqual(self._of(self._lead(3)), Counter(Anna=1, Boris=1, Clara=1))

    def test_first_day_of_the_month(self):
        """O11: what others have before somebody comes counts, and nothing else."""
        self._route(self.users)
        self._away(self.anna, 1, 1)
        with self._on(1, 12):
            self.assertEqual(self._of(self._lead(4)), Counter(Boris=2, Clara=2))
        with self._on(2):
            self.assertEqual(self._figures(self.anna)[0], 2)
            self.assertEqual(self._of(self._lead(3)), Counter(Anna=1, Boris=1, Clara=1))

    def test_a_measure_that_does_not_tell_when(self):
        """O11: days away times what the others have a day, by target."""
        self._route(self.users)
        self.clara.write({"lead_target_mode": "individual", "lead_target": 15})
        candidates = self.registry["lead.distribution.candidates"]
        self.patch(candidates, "_stretches_assignments", None)
        with self._on(1):
            self._lead()
        self._away(self.anna, 2, 5)
        self._days(8, 12, 3)
        with self._on(12, 20):
            days, units = 10, self.boris.lead_workload_units
            rate = (units + self.clara.lead_workload_units) / 2 / days
            wanted = 4 * rate * 30 / ((30 + 15) / 2)
            self.assertAlmostEqual(self._figures(self.anna)[0], wanted, 4)

    def test_place_of_a_row(self):
        """O11: what came before a change and after it, to the row, also of the last
        ids and moments that the database knows."""
        moments = (datetime(2025, 9, 1), datetime(2025, 9, 30, 23, 59, 59))
        for moment in (*moments, datetime(2100, 12, 31, 23, 59, 59)):
            for row_id in (2, 2**31 - 1):
                edges = [
                    position(moment - timedelta(seconds=1), row_id),
                    position(moment, row_id - 1),
                    position(moment, row_id),
                    position(moment + timedelta(seconds=1)),
                ]
                self.assertEqual(edges, sorted(edges))
                ((stretch,),) = self.env.execute_query(
                    SQL(
                        """SELECT width_bucket(%s, %s::bigint[])
                             FROM (VALUES (%s::timestamp, %s::int)) AS a(date, id)""",
                        sql_position("a.date", "a.id"),
                        edges,
                        moment,
                        row_id,
                    )
                )
                self.assertEqual(stretch, 2, (moment, row_id))

    def test_month_is_read_from_the_index(self):
        """Part 13: what everybody had this month, for loads and limits, is added up
        before each decision, and reads no row of the ledger; with 100,000 rows it took
        0.46 s."""
        route = self._route(self.users)
        self._lead(3)
        self.anna.write({"lead_max_day": 9, "lead_max_month_value": 9000})
        route.member_ids[:1].lead_max_week = 9
        env, asked = self.env(su=True), []
        candidates = env["lead.distribution.candidates"]
        original = self.env.cr.execute

        def execute(query, *args, **kwargs):
            asked.append(query)
            return original(query, *args, **kwargs)

        now, edges = datetime.now(), [position(datetime(2025, 9, 1))]
        with patch.object(self.env.cr, "execute", execute):
            candidates._assignments_of_month(self.company, self.users.ids, now)
            candidates._stretches_assignments(
                self.company, None, self.users, now, edges
            )
            candidates._hard_limits(self.company, self.users, now, route)
        sums = [query for query in asked if "units" in getattr(query, "code", "")]
        self.assertEqual(len(sums), 3, asked)
        # a table as small as this one may be read in any way: leave it this one
        for way in ("seqscan", "bitmapscan"):
            self.env.cr.execute(SQL("SET LOCAL enable_%s = off", SQL(way)))
        others = self.env.execute_query(
            SQL(
                """SELECT indexname FROM pg_indexes
                    WHERE tablename = 'lead_distribution_assignment'
                      AND indexname !~ '_(pkey|units_idx)$'"""
            )
        )
        for (name,) in others:
            self.env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
        for query in sums:
            plan = self.env.execute_query(SQL("EXPLAIN %s", query))
            text = "\n".join(line for (line,) in plan)
            self.assertIn("Index Only Scan using", text)
            self.assertIn("lead_distribution_assignment_units_idx", text)

    def test_returns_to_work(self):
        """O11: archived for some time; and what one had all the same counts."""
        self._route(self.users)
        with self._on(1, 6):
            self.clara.active = False
        self._days(1, 5, 4)
        with self._on(8):
            self.clara.active = True
            given = self._lead(user_id=False)
            given.with_user(self.manager).user_id = self.clara
            self.assertEqual(self._figures(self.clara)[0], 10)
            self.assertIn("archived", self._figures(self.clara)[1])

    def test_two_companies(self):
        """O11: paused in one company is not paused in the other."""
        both = (self.company | self.company_2).ids
        self.clara.write({"company_ids": [Command.set(both)]})
        self._route(self.anna | self.clara)
        with self._on(1, 6):
            other = self.clara.with_company(self.company_2)
            other.lead_distribution_paused = True
        self._days(1, 5, 2)
        with self._on(8):
            other.lead_distribution_paused = False
            self.assertEqual(self._figures(self.clara)[0], 0)

    def test_own_preferences(self):
        """O11 O23: salespeople read their own workload, target, what counts as had, and
        that they are paused, in their preferences; not a colleague's."""
        self._route(self.users)
        view = self.env.ref("base.view_users_form_simple_modif")
        User = self.env["res.users"].with_user(self.clara)
        arch = User.get_view(view.id, "form")["arch"]
        names = [
            "lead_workload_units",
            "lead_workload_target",
            "lead_workload_percent",
            "lead_absence_compensation",
            "lead_compensation_text",
            "lead_distribution_paused",
        ]
        for name in names:
            self.assertIn(f'name="{name}"', arch)
        self.assertIn("o_lead_pause_means", arch)
        self.clara.lead_distribution_paused = True
        (mine,) = User.browse(self.clara.id).web_read({name: {} for name in names})
        self.assertEqual((mine["lead_workload_target"], mine[names[-1]]), (30, True))
        (theirs,) = User.browse(self.anna.id).web_read({name: {} for name in names})
        self.assertFalse(any(theirs[name] for name in names))

    def test_kept_for_some_time(self):
        """What is over is dropped when nobody looks back so far any more."""
        Unavailable = self.env["lead.distribution.unavailable"]
        with freeze_time("2025-09-01 09:00:00"):
            self.anna.lead_distribution_paused = True
        with freeze_time("2025-09-03 09:00:00"):
            self.anna.lead_distribution_paused = False
            self.boris.lead_distribution_paused = True
            Unavailable._gc_over()
            self.assertEqual(Unavailable.search_count([]), 2)
        with freeze_time(datetime(2025, 9, 3) + timedelta(days=500)):
            Unavailable._gc_over()
            self.assertEqual(Unavailable.search([]).user_id, self.boris)
