"""P5: a clock on every lead."""

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form
from odoo.tests.common import tagged

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestClock(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.start = datetime(2026, 3, 2, 9, 0)  # a Monday

    def setUp(self):
        super().setUp()
        frozen = freeze_time(self.start)
        frozen.start()
        self.addCleanup(frozen.stop)

    def _clock(self, users=None, steps=(), **values):
        """A route with an hour for the first follow-up, in plain minutes."""
        values = {"clock_minutes": 60, "clock_working_time": False, **values}
        return self._route(
            users or self.anna | self.boris,
            strategy="round_robin",
            clock_step_ids=[Command.create(step) for step in steps],
            **values,
        )

    def _after(self, minutes):
        """Let the schedule run so many minutes after the start."""
        with freeze_time(self.start + timedelta(minutes=minutes)):
            self._run_cron("ir_cron_run_clocks")

    def _call(self, lead, user, minutes=0):
        with freeze_time(self.start + timedelta(minutes=minutes)):
            activity = lead.with_user(user).activity_schedule(
                "mail.mail_activity_data_call", user_id=user.id
            )
            activity.with_user(user).action_feedback("reached")
        self.env.invalidate_all()

    def _row(self, lead):
        return self._rows(lead).filtered(lambda row: row.state == "assigned")

    def _why(self, lead, user):
        lead = lead.with_user(user)
        return lead.env["lead.distribution.explanation"]._explain_lead(lead)

    def test_switched_off(self):
        """P5: where the distribution is switched off, no clock takes a lead away, nor
        does it when it is switched on again."""
        self._clock(steps=[{"action": "pool", "number": 10}])
        lead = self._lead()
        self.assertEqual(lead.user_id, self.anna)
        self.company.lead_distribution_mode = "off"
        self._after(75)
        self.assertEqual(lead.user_id, self.anna)
        self.company.lead_distribution_mode = "immediate"
        self._after(80)
        self.assertEqual(lead.user_id, self.anna)
        self.assertFalse(self._row(lead).clock_result)

    def test_not_back_from_the_backlog(self):
        """P5 P2: offered to the next, whom it does not suit, and in the backlog then:
        whoever missed its time does not get it back, and somebody else does."""
        self._clock(
            self.anna | self.boris,
            [{"action": "next", "number": 10}],
            drain=True,
            offer_minutes=30,
        )
        lead = self._lead()
        self.assertEqual(lead.user_id, self.anna)
        self._after(75)
        self.assertEqual(lead.offer_user_id, self.boris)
        lead.with_user(self.boris).action_decline("no time")
        self.assertEqual(lead.distribution_state, "pool")
        with freeze_time(self.start + timedelta(hours=3)):
            self.anna.lead_max_day = 50
            self._run_cron()
            self.assertEqual(lead.distribution_state, "pool")
            self._route(self.clara, drain=True)
            self._run_cron()
        self.assertEqual(lead.user_id, self.clara)

    def test_kept(self):
        """P5: a call in time stops it; salesperson with own documents, ledger, Why."""
        self._clock()
        lead = self._lead()
        self.assertEqual(lead.user_id, self.anna)
        self.assertEqual(lead.clock_state, "running")
        deadline = self.start + timedelta(hours=1)
        self.assertEqual(lead.with_user(self.anna).clock_deadline, deadline)
        self.assertEqual(self._row(lead).clock_deadline, deadline)
        self._call(lead, self.anna, 59)
        self.assertEqual((lead.clock_state, lead.clock_next), ("kept", False))
        self.assertEqual(self._row(lead).clock_result, "kept")
        self._after(90)
        self.assertEqual(lead.clock_state, "kept")
        self.assertIn("met", self._why(lead, self.anna))

    def test_missed(self):
        """P5 P10: noted when it is over, on the ledger, to other programs; a call that
        comes too late changes nothing but that the steps end."""
        hook = self.env["lead.distribution.outgoing"].create(
            {"name": "Chat", "url": "https://chat.test", "on_assigned": False}
        )
        self.assertTrue(hook.on_missed)
        self._clock(steps=[{"number": 2, "unit": "hours", "action": "pool"}])
        lead = self._lead()
        self._after(59)
        self.assertEqual(lead.clock_state, "running")
        self._after(60)
        self.assertEqual(lead.clock_state, "missed")
        self.assertEqual(self._row(lead).clock_result, "missed")
        self.assertEqual(hook.delivery_ids.mapped("event"), ["missed"])
        self.assertEqual(hook.delivery_ids.data["salesperson"], self.anna.id)
        self.assertIn("missed", self._why(lead, self.anna))
        self._call(lead, self.anna, 70)
        self.assertEqual((lead.clock_state, lead.clock_next), ("missed", False))
        self._after(500)
        self.assertEqual(lead.user_id, self.anna)

    def test_late_before_the_schedule_looks(self):
        """P5: a call after the end is a miss, though the schedule has not run yet."""
        self._clock()
        lead = self._lead()
        self._call(lead, self.anna, 61)
        self.assertEqual(lead.clock_state, "missed")
        self.assertEqual(self._row(lead).clock_result, "missed")

    def test_only_what_counts_in_the_company(self):
        """P5 U4: an activity stops it only where activities count as follow-ups."""
        self.company.lead_follow_up_activity = False
        self._clock()
        lead = self._lead()
        self._call(lead, self.anna, 10)
        self.assertEqual(lead.clock_state, "running")

    def test_working_time(self):
        """P5: minutes of the route's hours; steps in theirs."""
        hours = self.env["resource.calendar"].create(
            {
                "name": "Mornings",
                "tz": "UTC",
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": day,
                                "dayofweek": day,
                                "hour_from": 8,
                                "hour_to": 10,
                                "day_period": "morning",
                            }
                        )
                        for day in "01234"
                    ),
                ],
            }
        )
        self._clock(
            clock_minutes=90,
            clock_working_time=True,
            resource_calendar_id=hours.id,
            steps=[
                {"number": 20, "when": "before", "working_time": True},
                {"number": 1, "unit": "hours", "action": "leader"},
            ],
        )
        lead = self._lead()
        # an hour of Monday is left, half an hour on Tuesday
        self.assertEqual(lead.clock_deadline, datetime(2026, 3, 3, 8, 30))
        moments = [moment for moment, _step in lead.clock_plan]
        self.assertEqual(
            moments,
            ["2026-03-03 08:10:00", "2026-03-03 08:30:00", "2026-03-03 09:30:00"],
        )

    def _told(self, lead, user):
        return self.env["mail.message"].search(
            [
                ("model", "=", "crm.lead"),
                ("res_id", "=", lead.id),
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", user.partner_id.ids),
            ]
        )

    def test_reminder_and_leader(self):
        """P5: who is told, once each, with nothing taken from anybody; telling is no
        follow-up."""
        self.team.user_id = self.manager
        self._clock(
            steps=[
                {"number": 15, "when": "before", "action": "remind"},
                {"number": 30, "action": "leader"},
            ]
        )
        lead = self._lead()
        lead.team_id = self.team
        self._after(44)
        self.assertFalse(self._told(lead, self.anna))
        self._after(45)
        self._after(50)
        self.assertEqual(len(self._told(lead, self.anna)), 1)
        self.assertEqual(lead.clock_state, "running")
        self._after(95)
        self.assertEqual(len(self._told(lead, self.manager)), 1)
        self.assertIn("Anna", self._told(lead, self.manager).body)
        self.assertEqual((lead.clock_state, lead.user_id), ("missed", self.anna))
        self.assertFalse(lead.first_follow_up_date)

    def test_reassigned_and_undone(self):
        """P5 B4 B1: to somebody else of the route, never to who missed it; a run that
        can be undone, and an explanation that says why."""
        route = self._clock(steps=[{"number": 0, "action": "reassign"}])
        lead = self._lead()
        self._after(60)
        self.assertEqual(lead.user_id, self.boris)
        row = self._row(lead)
        self.assertEqual((row.trigger, row.route_id), ("clock", route))
        self.assertEqual((row.run_id.trigger, row.run_id.lead_count), ("clock", 1))
        self.assertEqual(lead.clock_deadline, self.start + timedelta(minutes=120))
        self.assertEqual(lead.clock_state, "running")
        self.assertIn(
            "did not follow up before the deadline", self._why(lead, self.boris)
        )
        runs = self.env["lead.distribution.run"].search_count([])
        # neither anna nor boris once more: it stays, and is a miss of both
        self._after(121)
        self.assertEqual((lead.user_id, lead.clock_state), (self.boris, "missed"))
        results = self._rows(lead).mapped("clock_result")
        self.assertEqual(results, ["missed", "missed"])
        self.assertEqual(self.env["lead.distribution.run"].search_count([]), runs)
        # core notes the stage with the time of the database, which is not frozen
        self.env.flush_all()
        self.cr.execute(
            "UPDATE crm_lead SET date_last_stage_update = %s WHERE id = %s",
            [self.start, lead.id],
        )
        self.env.invalidate_all()
        with freeze_time(self.start + timedelta(minutes=125)):
            row.run_id.with_user(self.manager).action_undo()
        self.assertEqual(lead.user_id, self.anna)
        self.assertFalse(lead.clock_state)

    def test_offered_to_the_next(self):
        """P5: on a route that assigns, the next one is asked; of who did not follow up
        it is no more."""
        self._clock(
            self.anna | self.boris | self.clara,
            steps=[{"number": 0, "action": "next"}],
        )
        lead = self._lead()
        self._after(60)
        self.assertEqual(lead.distribution_state, "offered")
        self.assertEqual(lead.offer_user_id, self.boris)
        self.assertFalse(lead.user_id or lead.clock_state)
        with freeze_time(self.start + timedelta(minutes=65)):
            lead.with_user(self.boris).action_decline("no time")
            self.assertEqual(lead.offer_user_id, self.clara)
            lead.with_user(self.clara).action_claim()
        self.assertEqual(lead.user_id, self.clara)
        self.assertEqual(lead.clock_deadline, self.start + timedelta(minutes=125))

    def test_offered_to_nobody_else(self):
        """P5: who declined ends with the pool, not with who missed it."""
        self._clock(steps=[{"number": 0, "action": "next"}])
        lead = self._lead()
        self._after(60)
        lead.with_user(self.boris).action_decline("no time")
        self.assertEqual(lead.distribution_state, "pool")

    def test_pool(self):
        """P5 O16: with the reason, and the responsible decides."""
        self.company.lead_distribution_manager_id = self.manager
        self._clock(steps=[{"number": 30, "action": "pool"}], drain=True)
        lead = self._lead()
        self._after(90)
        self.assertEqual((lead.distribution_state, lead.user_id.id), ("pool", False))
        row = self._rows(lead)[-1]
        self.assertEqual((row.state, row.reason), ("unplaced", "missed"))
        self.assertEqual(row.previous_user_id, self.anna)
        self.assertFalse(lead.clock_state or lead.distribution_retry_after)
        self.assertIn("a person must decide", self._why(lead, self.manager))
        activity = lead.activity_ids.filtered("lead_distribution_unplaced")
        self.assertEqual(activity.user_id, self.manager)

    def test_closed_in_time(self):
        """P5: a lead that is won or lost in time is no miss."""
        self._clock()
        lead = self._lead()
        self.company.lead_follow_up_stage = False
        with freeze_time(self.start + timedelta(minutes=10)):
            lead.with_user(self.anna).action_set_lost()
        self._after(60)
        self.assertEqual(self._row(lead).clock_result, "kept")
        self.assertFalse(lead.clock_next)

    def test_pause_after_misses_in_a_row(self):
        """P5: paused and told; a manager ends it, and the count begins anew."""
        self.company.lead_clock_pause_after = 2
        self.company.lead_distribution_manager_id = self.manager
        self._clock(self.anna)
        first = self._lead()
        self._after(60)
        self.assertFalse(self.anna.lead_distribution_paused)
        with freeze_time(self.start + timedelta(minutes=61)):
            second = self._lead()
        self._after(130)
        self.assertTrue(self.anna.lead_distribution_paused)
        self.assertTrue(self._told(second, self.anna))
        self.assertTrue(self._told(second, self.manager))
        self.assertFalse(self._told(first, self.anna))
        with freeze_time(self.start + timedelta(minutes=200)):
            self.anna.with_user(self.manager).lead_distribution_paused = False
            self._lead()
        self._after(300)
        self.assertFalse(self.anna.lead_distribution_paused)

    def test_off_by_default(self):
        """P5: no clock, nobody is paused, nothing is written."""
        self._route(self.anna)
        lead = self._lead()
        self.assertFalse(lead.clock_state or self._row(lead).clock_deadline)
        self.assertEqual(self.company.lead_clock_pause_after, 0)

    def test_changes_hands(self):
        """P5: a lead given by hand begins anew; in the pool nobody has to follow up."""
        self._clock()
        lead = self._lead()
        with freeze_time(self.start + timedelta(minutes=30)):
            lead.with_user(self.manager).user_id = self.clara
        self.assertEqual(lead.clock_deadline, self.start + timedelta(minutes=90))
        lead.with_user(self.manager).action_release_to_pool()
        self.assertFalse(lead.clock_state or lead.clock_next or lead.clock_deadline)
        self._after(200)
        self.assertFalse(any(self._rows(lead).mapped("clock_result")))

    def test_statistics(self):
        """P5 K13: kept and missed per salesperson and source."""
        self._clock(self.anna)
        leads = self._lead(3, source_id=self.source.id)
        self._call(leads[0], self.anna, 10)
        self._after(60)
        self.env.flush_all()
        Report = self.env["lead.distribution.report"].with_user(self.manager)
        found = Report._read_group(
            [("user_id", "=", self.anna.id), ("source_id", "=", self.source.id)],
            ["user_id", "source_id"],
            ["clock_kept:sum", "clock_missed:sum", "clock_percent:avg"],
        )
        _user, _source, kept, missed, percent = found[0]
        self.assertEqual((kept, missed, round(percent)), (1, 2, 33))

    def test_each_company(self):
        """P5: a clock runs in its company, by its settings."""
        olga = self._user("olga", company_id=self.company_2.id)
        self._route(
            [olga],
            company_id=self.company_2.id,
            clock_minutes=30,
            clock_working_time=False,
            clock_step_ids=[Command.create({"number": 0, "action": "pool"})],
        )
        self.company_2.lead_clock_pause_after = 1
        self._clock()
        ours, theirs = self._lead(), self._lead(company_id=self.company_2.id)
        self._after(30)
        self.assertEqual(theirs.distribution_state, "pool")
        self.assertTrue(olga.with_company(self.company_2).lead_distribution_paused)
        self.assertEqual((ours.user_id, ours.clock_state), (self.anna, "running"))

    def test_later_changes_of_the_route(self):
        """P5: what runs already goes on as it began; steps that are gone do nothing."""
        route = self._clock(steps=[{"number": 0, "action": "pool"}])
        lead = self._lead()
        route.clock_step_ids.unlink()
        route.clock_minutes = 5
        self._after(30)
        self.assertEqual(lead.clock_state, "running")
        self._after(60)
        self.assertEqual((lead.clock_state, lead.user_id), ("missed", self.anna))

    def test_manager_sets_it_up(self):
        """P5: in the form; a lead is taken from nobody before the time is over."""
        route = self._route(self.anna)
        with Form(route.with_user(self.manager)) as form:
            form.clock_minutes = 20
            with form.clock_step_ids.new() as step:
                step.number = 5
                step.when = "before"
            with form.clock_step_ids.new() as step:
                step.number = 1
                step.unit = "hours"
                step.action = "reassign"
        self.assertEqual(route.clock_step_ids.mapped("action"), ["remind", "reassign"])
        self.assertIn("followed up within 20 working minutes", route.summary)
        copied = route.copy()
        self.assertEqual(len(copied.clock_step_ids), 2)
        with self.assertRaises(ValidationError):
            route.clock_step_ids[0].action = "pool"
        with self.assertRaises(AccessError):
            route.clock_step_ids[0].with_user(self.anna).number = 1
        other = route.clock_step_ids.with_user(
            self._user("eva", company_id=self.company_2.id)
        )
        with self.assertRaises(AccessError):
            other.read(["number"])

    def test_kept_by_the_service(self):
        """P5: nobody stops a clock by writing it."""
        self._clock()
        lead = self._lead()
        for vals in ({"clock_state": "kept"}, {"clock_next": False}):
            with self.assertRaises(AccessError):
                lead.with_user(self.anna).write(vals)

    def test_health(self):
        """P5 B3: a clock that is over before anybody works again."""
        route = self._clock()
        Health = self.env["lead.distribution.health"].with_user(self.manager)

        def told():
            self.env.flush_all()
            return Health.search([("name", "ilike", "first follow-up")])

        self.assertEqual(len(told()), 1)
        route.clock_working_time = True
        self.assertFalse(told())
        route.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Never", "attendance_ids": [Command.clear()]}
        )
        self.assertEqual(told().severity, "danger")

    def test_many(self):
        """P5: a batch costs no query a lead."""
        self._clock(self.anna)
        self.company.lead_distribution_immediate_limit = 100
        leads = self._lead(3)
        self.env.flush_all()
        now = fields.Datetime.now()
        clock = self.env["lead.distribution.clock"]
        self.assertEqual(len(leads.filtered("clock_next")), 3)
        self.assertEqual(now, self.start)
        with freeze_time(self.start + timedelta(minutes=61)):
            few = self.cr.sql_log_count
            clock._run_block(self.company)
            self.env.flush_all()
            few = self.cr.sql_log_count - few
        more = self._lead(30)
        self.env.flush_all()
        with freeze_time(self.start + timedelta(minutes=122)):
            many = self.cr.sql_log_count
            clock._run_block(self.company)
            self.env.flush_all()
            many = self.cr.sql_log_count - many
        self.assertEqual(set(more.mapped("clock_state")), {"missed"})
        self.assertLessEqual(many, few + 10)

    def test_starting_costs_no_query_a_lead(self):
        """P2 P3 P5: order, backlog and clocks of a batch, by its routes alone."""
        self._clock(steps=[{"number": 5, "when": "before"}], drain=True)
        self.company.lead_distribution_mode = "queued"
        self.company.lead_priority_order = "mix"

        def cost(count):
            leads = self._lead(count)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["lead.distribution"]._distribute_block(self.company)
            self.env.flush_all()
            self.assertEqual(set(leads.mapped("clock_state")), {"running"})
            return self.cr.sql_log_count - before

        cost(3), cost(30)  # what is looked up once
        few = cost(4)
        self.assertLessEqual(cost(60), few + 15)
