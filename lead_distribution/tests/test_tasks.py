"""Starting tasks: by whom, for whom, when; departments; who sees which."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests.common import tagged

from ..tools.task_spec import TaskSpec
from .common import DistributionCase


@tagged("post_install", "-at_install")
class TaskCase(DistributionCase):
    """Types of a chain, a department, own documents only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.visit = cls._type("Visit")
        cls.done, cls.failed = cls.visit.lead_outcome_ids
        cls.department = cls.env["crm.team"].create(
            {
                "name": "Call Centre",
                "company_id": cls.company.id,
                "member_ids": [Command.set((cls.boris | cls.clara).ids)],
            }
        )

    @classmethod
    def _type(cls, name, **values):
        """A type as a manager adds it."""
        kinds = cls.env["mail.activity.type"].with_user(cls.manager)
        return kinds.create({"name": name, **values}).with_env(cls.env)

    @classmethod
    def _task(cls, lead, user, kind=None, **values):
        """A task that a process made."""
        return lead.activity_schedule(
            activity_type_id=(kind or cls.visit).id,
            user_id=user.id if user else False,
            **values,
        )

    def _start(self, records, kind=None, **values):
        spec = TaskSpec((kind or self.visit).id, **values)
        return self.env["lead.distribution.tasks"]._start_tasks(records, spec)


class TestTasks(TaskCase):
    # for whom --------------------------------------------------------------

    def test_for_a_person_or_the_salesperson(self):
        """S1: for a person, else for the record's salesperson; marked as a process's"""
        lead = self._lead(user_id=self.anna.id)
        named = self._start(lead, user_id=self.boris.id, summary="Ring twice")
        self.assertRecordValues(
            named,
            [
                {
                    "user_id": self.boris.id,
                    "summary": "Ring twice",
                    "res_id": lead.id,
                    "res_name": lead.name,
                    "automated": True,
                    "lead_origin": "action",
                    "lead_team_id": False,
                }
            ],
        )
        self.assertEqual(named.create_uid, self.env.ref("base.user_root"))
        self.assertTrue(named.lead_date_assigned)
        self.assertEqual(self._start(lead).user_id, self.anna)

    def test_for_contacts(self):
        """S1: tasks of any records that have activities"""
        partners = self.env["res.partner"].create(
            [{"name": "One", "user_id": self.anna.id}, {"name": "Two"}]
        )
        tasks = self._start(partners, team_id=None, user_id=self.clara.id)
        self.assertEqual(tasks.mapped("res_id"), partners.ids)
        self.assertEqual(tasks.user_id, self.clara)

    def test_a_route_chooses(self):
        """S1: a route chooses the person at once, in turn, without the lead moving"""
        route = self._route(self.anna | self.boris, strategy="round_robin")
        route.domain = "[('id', '=', 0)]"  # its filter is for leads, not for tasks
        leads = self._lead(4, user_id=self.clara.id)
        tasks = self._start(leads, route_id=route.id)
        self.assertEqual(
            [task.user_id for task in tasks],
            [self.anna, self.boris, self.anna, self.boris],
        )
        self.assertEqual(leads.user_id, self.clara)
        self.assertFalse(self._rows(leads).filtered("route_id"))

    def test_a_route_finds_nobody(self):
        """S1: then it is its team's, else the manager of distribution's"""
        (self.anna | self.boris | self.clara).lead_distribution_paused = True
        route = self._route(pool_source="teams", team_ids=self.department.ids)
        lead = self._lead()
        task = self._start(lead, route_id=route.id)
        self.assertEqual(task.lead_team_id, self.department)
        self.assertFalse(task.user_id)
        self.company.lead_distribution_manager_id = self.manager
        alone = self._route(self.anna, name="Alone")
        task = self._start(self._lead(team_id=False), route_id=alone.id)
        self.assertEqual(task.user_id, self.manager)

    def test_person_left(self):
        """S1: a person who left gets none; it is the team's of the lead"""
        self.anna.active = False
        lead = self._lead(user_id=False, team_id=self.team.id)
        task = self._start(lead, user_id=self.anna.id)
        self.assertFalse(task.user_id)
        self.assertEqual(task.lead_team_id, self.team)

    def test_type_gone(self):
        """S1: a clear message when the type is archived or for other records"""
        other = self._type("For contacts", res_model="res.partner")
        with self.assertRaisesRegex(UserError, "is not for records of"):
            self._start(self._lead(), other)
        self.visit.active = False
        with self.assertRaisesRegex(UserError, "archived"):
            self._start(self._lead())

    def test_many_at_once(self):
        """S1: the number of statements does not grow with the leads"""
        few, many = self._lead(10), self._lead(60)
        self._start(self._lead(), user_id=self.anna.id)

        def count(leads):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._start(leads, user_id=self.anna.id)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        self.assertLessEqual(count(many), count(few) + 3)

    # when ------------------------------------------------------------------

    def _hours(self):
        """Monday to Friday, 9 to 17, Warsaw."""
        return self.env["resource.calendar"].create(
            {
                "name": "Nine to five",
                "tz": "Europe/Warsaw",
                "company_id": self.company.id,
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": "Day",
                            "dayofweek": str(day),
                            "hour_from": 9,
                            "hour_to": 17,
                            "day_period": "morning",
                        }
                    )
                    for day in range(5)
                ],
            }
        )

    def _waiting(self):
        return self.env["lead.activity.waiting"].search([])

    @freeze_time("2024-05-03 18:00:00")  # Friday, 20:00 in Warsaw
    def test_outside_hours_waits(self):
        """S5: outside of its hours a task waits for the next opening, then it starts"""
        lead = self._lead(user_id=self.anna.id)
        hours = self._hours()
        self.assertFalse(self._start(lead, resource_calendar_id=hours.id))
        waiting = self._waiting()
        self.assertEqual(waiting.due, datetime(2024, 5, 6, 7))  # Monday 9:00
        self.assertEqual(waiting.res_name, lead.name)
        with freeze_time("2024-05-06 06:59:00"):
            self._run_cron("ir_cron_start_tasks")
            self.assertFalse(lead.activity_ids)
        with freeze_time("2024-05-06 07:01:00"):
            self._run_cron("ir_cron_start_tasks")
            task = lead.activity_ids
            self.assertEqual(task.date_deadline, date(2024, 5, 6))
            self.assertEqual(task.user_id, self.anna)
        self.assertFalse(self._waiting())

    @freeze_time("2024-05-03 10:00:00")  # Friday noon
    def test_within_hours(self):
        """S5: within its hours it starts at once; its days are working days"""
        hours = self._hours()
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": hours.id,
                "date_from": "2024-05-06 00:00:00",
                "date_to": "2024-05-06 22:00:00",
            }
        )
        task = self._start(self._lead(), resource_calendar_id=hours.id, delay_number=2)
        # Monday is a holiday: Tuesday is the first working day, Wednesday the second
        self.assertEqual(task.date_deadline, date(2024, 5, 8))
        task = self._start(self._lead(), delay_number=2)
        self.assertEqual(task.date_deadline, date(2024, 5, 5))
        task = self._start(self._lead(), delay_number=1, delay_unit="weeks")
        self.assertEqual(task.date_deadline, date(2024, 5, 10))
        task = self._start(
            self._lead(),
            delay_number=1,
            delay_unit="months",
            resource_calendar_id=hours.id,
        )
        self.assertEqual(task.date_deadline, date(2024, 6, 3))

    @freeze_time("2024-05-03 10:00:00")
    def test_minutes_later(self):
        """S4 S5: minutes and hours are how much later the task appears; what was lost,
        deleted or archived meanwhile gets none"""
        leads = self._lead(4, user_id=self.anna.id)
        self._start(leads, delay_number=20, delay_unit="minutes", summary="Ring")
        self.assertEqual(len(self._waiting()), 4)
        leads[1].action_set_lost()
        leads[2].unlink()
        self._waiting().filtered(lambda row: row.res_id == leads[3].id).with_user(
            self.manager
        ).unlink()
        with self.assertRaises(AccessError):
            self._waiting().with_user(self.anna).read(["summary"])
        with freeze_time("2024-05-03 10:21:00"):
            self._run_cron("ir_cron_start_tasks")
        tasks = self.env["mail.activity"].search([("summary", "=", "Ring")])
        self.assertEqual(tasks.mapped("res_id"), leads[0].ids)
        self.assertFalse(self._waiting())

    @freeze_time("2024-05-03 10:00:00")
    def test_type_archived_while_waiting(self):
        """S5: one kind of task that cannot start does not hold up the others"""
        lead = self._lead(user_id=self.anna.id)
        other = self._type("Another")
        for kind in (self.visit, other):
            self._start(lead, kind, delay_number=5, delay_unit="minutes")
        self.visit.active = False
        with freeze_time("2024-05-03 10:06:00"):
            with self.assertLogs(
                "odoo.addons.lead_distribution.models.task.task_waiting", "WARNING"
            ):
                self._run_cron("ir_cron_start_tasks")
        self.assertEqual(lead.activity_ids.activity_type_id, other)
        self.assertIn("“Visit” could not be started", lead.message_ids[0].body)

    def _broken(self, what):
        """Starting fails while ``what(records)`` says how."""
        real = type(self.env["lead.distribution.tasks"])._create_tasks

        def create(self, company, records, *args, **kwargs):
            error = what(records)
            if error:
                raise error
            return real(self, company, records, *args, **kwargs)

        return patch.object(
            type(self.env["lead.distribution.tasks"]), "_create_tasks", create
        )

    @freeze_time("2024-05-03 10:00:00")
    def test_one_bad_record_while_waiting(self):
        """S5: what cannot start for one record starts for all others, and is said on
        the one"""
        leads = self._lead(5, user_id=self.anna.id)
        self._start(
            leads,
            delay_number=5,
            delay_unit="minutes",
            summary="Ring",
            note="<p>Key is under the mat</p>",
        )
        bad = leads[2]
        with (
            freeze_time("2024-05-03 10:06:00"),
            self._broken(lambda x: ValueError("No paper") if bad.id in x.ids else None),
            self.assertLogs(
                "odoo.addons.lead_distribution.models.task.task_waiting", "WARNING"
            ),
        ):
            self._run_cron("ir_cron_start_tasks")
        for lead in leads - bad:
            self.assertEqual(lead.activity_ids.summary, "Ring")
        self.assertFalse(bad.activity_ids)
        said = bad.message_ids[0].body
        for part in ("Visit: Ring", "No paper", "Key is under the mat"):
            self.assertIn(part, said)
        self.assertFalse(self._waiting())

    @freeze_time("2024-05-03 10:00:00")
    def test_conflict_while_waiting(self):
        """S5: a conflict loses nothing: all of it is tried again"""
        lead = self._lead(user_id=self.anna.id)
        self._start(lead, delay_number=5, delay_unit="minutes")
        rows = self._waiting()
        with (
            freeze_time("2024-05-03 10:06:00"),
            self._broken(lambda x: SerializationFailure("try again")),
            self.assertRaises(SerializationFailure),
        ):
            self.env["lead.distribution.tasks"]._start_waiting(rows)
        self.assertEqual(rows.exists(), rows)
        with (
            freeze_time("2024-05-03 10:06:00"),
            self._broken(lambda x: SerializationFailure("try again")),
        ):
            self._run_cron("ir_cron_start_tasks")
        self.assertEqual(rows.exists(), rows)
        self.assertFalse(lead.message_ids.filtered(lambda x: "started" in x.body))
        self.env["lead.distribution.tasks"]._start_waiting(rows)
        self.assertTrue(lead.activity_ids)

    def test_never_open(self):
        """S5: a schedule that never opens does not swallow the task"""
        hours = self.env["resource.calendar"].create(
            {"name": "Never", "attendance_ids": [Command.clear()]}
        )
        self.assertTrue(self._start(self._lead(), resource_calendar_id=hours.id))

    # departments -----------------------------------------------------------

    def _department_task(self, **values):
        lead = self._lead(user_id=self.anna.id)
        return self._start(lead, team_id=self.department.id, **values)

    def test_department(self):
        """S1 S6: its members see the task and take it, whoever's the lead is; others
        do not"""
        task = self._department_task()
        self.assertFalse(task.user_id)
        Activity = self.env["mail.activity"]
        domain = [("id", "=", task.id)]
        lead = self.env["crm.lead"].browse(task.res_id)
        self.assertFalse(lead.with_user(self.boris).has_access("read"))
        self.assertEqual(Activity.with_user(self.boris).search(domain), task)
        self.assertEqual(Activity.with_user(self.boris).search_count(domain), 1)
        self.assertEqual(task.with_user(self.boris).read(["summary"])[0]["id"], task.id)
        self.assertTrue(task.with_user(self.boris).lead_task["can_take"])
        outsider = self._user("outsider")
        self.assertFalse(Activity.with_user(outsider).search(domain))
        with self.assertRaises(AccessError):
            task.with_user(outsider).read(["summary"])
        with self.assertRaises(AccessError):
            task.with_user(outsider).action_take()
        self.assertTrue(task.with_user(self.boris).action_take())
        self.assertEqual(task.user_id, self.boris)
        self.assertTrue(task.lead_date_assigned)
        with self.assertRaisesRegex(UserError, "Boris has taken"):
            task.with_user(self.clara).action_take()
        self.assertFalse(Activity.with_user(self.clara).search(domain))
        with self.assertRaises(AccessError):
            task.with_user(self.clara).read(["summary"])
        task.with_user(self.boris).action_feedback_outcome(self.done.id)
        with self.assertRaisesRegex(UserError, "finished already"):
            task.with_user(self.clara).action_take()

    def test_searching_costs_the_same_for_many(self):
        """Part 10: what one may take is a condition of the query, however much it is;
        nothing is added for who may take nothing."""
        Activity = self.env["mail.activity"].with_user(self.boris)
        self._department_task()

        def cost(model):
            model.search([])  # what is kept in memory is there
            before = self.cr.sql_log_count
            query = model._search([])
            model.env.execute_query(query.select())
            return self.cr.sql_log_count - before, len(query.select().params)

        few = cost(Activity)
        seen = len(Activity.search([]))
        for _number in range(10):
            self._department_task()
        self.assertEqual(len(Activity.search([])), seen + 10)
        self.assertEqual(cost(Activity), few)
        outsider = self.env["mail.activity"].with_user(self._user("outsider"))
        with_teams = cost(outsider)[0]
        with patch.object(type(outsider), "_lead_any", lambda model, name: False):
            plain = cost(outsider)[0]
        self.assertLessEqual(with_teams - plain, 1, "one looks for one's teams")

    def test_pages(self):
        """S6: pages and orders of one's tasks and the untaken ones together"""
        mine = self._task(self._lead(3, user_id=self.boris.id), self.boris)
        for number, task in enumerate(mine):
            task.date_deadline = date(2030, 1, 1 + 2 * number)
        theirs = self._department_task() | self._department_task()
        for number, task in enumerate(theirs):
            task.date_deadline = date(2030, 1, 2 + 2 * number)
        Activity = self.env["mail.activity"].with_user(self.boris)
        domain = [("id", "in", (mine | theirs).ids)]
        order = "date_deadline desc"
        everything = Activity.search(domain, order=order)
        wanted = (mine | theirs).sorted("date_deadline", reverse=True)
        self.assertEqual(everything.ids, wanted.ids)
        pages = [
            Activity.search(domain, offset=n, limit=2, order=order) for n in (0, 2, 4)
        ]
        self.assertEqual([i for page in pages for i in page.ids], wanted.ids)
        groups = Activity._read_group(domain, ["lead_team_id"], ["__count"])
        self.assertEqual(sorted(count for _team, count in groups), [2, 3])

    def test_two_companies(self):
        """S1: the department of another company shows nothing"""
        team = self.env["crm.team"].create(
            {"name": "There", "company_id": self.company_2.id}
        )
        self.boris.company_ids |= self.company_2
        self.env["crm.team.member"].create(
            {"user_id": self.boris.id, "crm_team_id": team.id}
        )
        lead = self._lead(company_id=self.company_2.id, user_id=False)
        task = self._start(lead, team_id=team.id)
        Activity = self.env["mail.activity"].with_user(self.boris)
        here = Activity.with_context(allowed_company_ids=self.company.ids)
        there = Activity.with_context(
            allowed_company_ids=(self.company | self.company_2).ids
        )
        self.assertFalse(here.search([("id", "=", task.id)]))
        self.assertEqual(there.search([("id", "=", task.id)]), task)

    def test_team_of_two_companies(self):
        """S1 S6: a team of all companies: members see, take and are told of what is of
        companies they may work for, and of nothing else"""
        team = self.env["crm.team"].create({"name": "Everywhere", "company_id": False})
        dan = self._user(
            "dan", company_ids=[Command.set((self.company | self.company_2).ids)]
        )
        team.member_ids = self.boris | dan
        lead = self._lead(company_id=self.company_2.id, team_id=False, user_id=False)
        told = []
        users = type(self.env["res.users"])
        with patch.object(
            users, "_bus_send", lambda user, *args, **kwargs: told.append(user.login)
        ):
            task = self._start(lead, team_id=team.id)
        self.assertEqual(task.lead_team_id, team)
        self.assertEqual(task.lead_company_id, self.company_2)
        self.assertIn(dan.login, told)
        self.assertNotIn(self.boris.login, told)
        domain = [("id", "=", task.id)]
        Activity = self.env["mail.activity"]
        both = dict(allowed_company_ids=(self.company | self.company_2).ids)
        his = Activity.with_user(dan).with_context(**both)
        here = his.with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(his.search(domain), task)
        self.assertTrue(his.browse(task.id).lead_task["can_take"])
        for other in (Activity.with_user(self.boris), here):
            self.assertFalse(other.search(domain))
            self.assertFalse(other.search([("lead_task_mine", "=", True), *domain]))
            self.assertEqual(other.lead_task_counts(domain)["all"], 0)
            with self.assertRaises(AccessError):
                other.browse(task.id).read(["summary"])
            with self.assertRaises(AccessError):
                other.browse(task.id).action_take()
        lead.write({"company_id": self.company.id})
        self.assertEqual(task.lead_company_id, self.company, "it goes with its lead")
        self.assertEqual(Activity.with_user(self.boris).search(domain), task)
        lead.user_id = self._user("eve", company_id=self.company_2.id)
        self.assertEqual(lead.company_id, self.company_2)
        self.assertEqual(task.lead_company_id, self.company_2)
        his.browse(task.id).action_take()
        self.assertEqual(task.user_id, dan)

    def test_choice_of_another_company(self):
        """S1: neither the team, nor the route's team, nor a person of another company
        gets a task of ours: then it is the manager of distribution's"""
        self.company_2.lead_distribution_manager_id = self.manager
        lead = self._lead(company_id=self.company_2.id, team_id=False, user_id=False)
        route = self._route(pool_source="teams", team_ids=self.department.ids)
        mixed = self._route(
            pool_source="teams", team_ids=self.department.ids, company_id=False
        )
        for chosen in (
            {"team_id": self.department.id},
            {"route_id": route.id},
            {"route_id": mixed.id},
            {"user_id": self.clara.id},
        ):
            (self.boris | self.clara).lead_distribution_paused = True
            task = self._start(lead, **chosen)
            self.assertFalse(task.lead_team_id, chosen)
            self.assertEqual(task.user_id, self.manager, chosen)
        with self.assertRaisesRegex(UserError, "another company"):
            self._start(lead, team_id=self.department.id, origin="hand")
        with self.assertRaisesRegex(UserError, "no access to the company"):
            self._start(lead, user_id=self.clara.id, origin="hand")

    def test_conflict_while_reminding(self):
        """S1: nor is a task called told of when a conflict kept it from being told"""
        self.company.lead_task_reminder_hours = 5
        task = self._department_task()
        with (
            freeze_time(fields.Datetime.now() + timedelta(hours=6)),
            patch.object(
                type(self.env["lead.distribution.tasks"]),
                "_remind",
                side_effect=SerializationFailure,
            ),
            self.assertRaises(SerializationFailure),
        ):
            self.env["lead.distribution.tasks"]._cron_remind_tasks()
        self.assertFalse(task.lead_reminded)

    def test_reminders_of_companies(self):
        """S1: each company's own hours, 0: never; for a team of all companies those of
        the record's company, told to members with that company"""
        self.company.lead_task_reminder_hours = 0
        self.company_2.lead_task_reminder_hours = 5
        dan = self._user("dan", company_id=self.company_2.id)
        team = self.env["crm.team"].create({"name": "Everywhere", "company_id": False})
        team.member_ids = self.boris | dan
        never = self._department_task()
        lead = self._lead(user_id=self.anna.id, company_id=self.company.id)
        never |= self._start(lead, team_id=team.id)
        lead = self._lead(company_id=self.company_2.id, team_id=False, user_id=False)
        task = self._start(lead, team_id=team.id)
        with (
            freeze_time(fields.Datetime.now() + timedelta(days=400)),
            patch(
                "odoo.addons.lead_distribution.models.task.task_team.TASKS_PER_BLOCK", 1
            ),
        ):
            # what is not told is not in the way of what is
            self._run_cron("ir_cron_remind_tasks")
        self.assertTrue(task.lead_reminded)
        self.assertEqual(never.mapped("lead_reminded"), [False] * 2)
        message = self.env["mail.message"].search(
            [("model", "=", "crm.team"), ("res_id", "=", team.id)]
        )
        self.assertEqual(message.notified_partner_ids, dan.partner_id)

    def test_reminder(self):
        """S1: what nobody takes is told to the team, once"""
        self.company.lead_task_reminder_hours = 5
        self.department.user_id = self.clara
        task = self._department_task(summary="Ring about the roof")
        notified = self.env["mail.message"].search_count([])
        self._run_cron("ir_cron_remind_tasks")
        self.assertFalse(task.lead_reminded)
        with freeze_time(fields.Datetime.now() + timedelta(hours=6)):
            self._run_cron("ir_cron_remind_tasks")
        message = self.env["mail.message"].search(
            [("model", "=", "crm.team"), ("res_id", "=", self.department.id)],
            limit=1,
        )
        self.assertIn("Ring about the roof", message.body)
        people = (self.boris | self.clara).partner_id
        self.assertEqual(message.notified_partner_ids, people)
        self.assertTrue(task.lead_reminded)
        with freeze_time(fields.Datetime.now() + timedelta(hours=9)):
            self._run_cron("ir_cron_remind_tasks")
        self.assertEqual(self.env["mail.message"].search_count([]), notified + 1)

    # the list --------------------------------------------------------------

    def _mine(self, user, domain=(), **context):
        Activity = self.env["mail.activity"].with_user(user)
        Activity = Activity.with_context(active_test=False, **context)
        return Activity.search([("lead_task_mine", "=", True), *domain])

    def test_who_sees_which(self):
        """S6: managers all; salespeople theirs and the untaken ones of their teams;
        done ones, and those that processes made, included"""
        lead = self._lead(user_id=self.anna.id)
        hers = self._task(lead, self.anna)
        his = self._task(lead, self.boris)
        open_one = self._department_task()
        done = self._task(lead, self.anna, self.call)
        done.with_user(self.anna).action_feedback("seen")
        tasks = hers | his | open_one | done
        self.assertEqual(self._mine(self.anna) & tasks, hers | done)
        self.assertEqual(self._mine(self.boris) & tasks, his | open_one)
        self.assertEqual(self._mine(self.manager) & tasks, tasks)
        self.assertTrue(hers.with_user(self.anna).lead_task_mine)
        self.assertFalse(his.with_user(self.anna).lead_task_mine)

    def test_counts(self):
        """S6: all, open, done, overdue"""
        lead = self._lead(user_id=self.anna.id)
        late = self._task(lead, self.anna, date_deadline=date(2020, 1, 1))
        self._task(lead, self.anna)
        done = self._task(lead, self.anna)
        done.with_user(self.anna).action_feedback_outcome(self.done.id)
        Activity = self.env["mail.activity"].with_user(self.anna)
        self.assertEqual(
            Activity.lead_task_counts(),
            {"all": 3, "open": 2, "done": 1, "overdue": 1},
        )
        self.assertEqual(
            Activity.lead_task_counts([["id", "=", late.id]]),
            {"all": 1, "open": 1, "done": 0, "overdue": 1},
        )
        self.assertEqual((late.state, done.state), ("overdue", "done"))

    def test_counts_of_all(self):
        """S6: the numbers are those of the list, for salespeople and for managers;
        salespeople's cost one statement and look at no document"""
        lead = self._lead(user_id=self.anna.id)
        other = self._lead(user_id=self.clara.id)
        theirs = self._lead(user_id=False, team_id=False, company_id=self.company_2.id)
        partner = self.env["res.partner"].create({"name": "Somebody"})
        tasks = self._task(lead, self.anna) | self._task(lead, self.boris)
        tasks |= self._task(lead, self.boris, date_deadline=date(2020, 1, 1))
        tasks |= self._task(other, self.clara)
        tasks |= self._task(theirs, self.manager) | self._task(theirs, self.anna)
        tasks |= self._start(partner, user_id=self.boris.id)
        tasks |= self._department_task() | self._department_task()
        tasks[1].with_user(self.boris).action_feedback_outcome(self.done.id)
        domain = [("id", "in", tasks.ids)]
        for user in (self.anna, self.boris, self.clara, self.manager):
            listed = self._mine(user, domain)
            still = listed.filtered("active")
            overdue = still.filtered(lambda task: task.state == "overdue")
            Activity = self.env["mail.activity"].with_user(user)
            self.assertEqual(
                Activity.lead_task_counts(domain),
                {
                    "all": len(listed),
                    "open": len(still),
                    "done": len(listed - still),
                    "overdue": len(overdue),
                },
                user.name,
            )
        self.assertEqual(len(self._mine(self.boris, domain)), 5)
        with patch.object(
            type(self.env["crm.lead"]), "_filtered_access", side_effect=AssertionError
        ):
            self.env["mail.activity"].with_user(self.boris).lead_task_counts()

    def test_filters(self):
        """S7: number, name, type, person, creator, outcome, and the three dates"""
        lead = self._lead(name="Villa with a pond", user_id=self.anna.id)
        task = self._task(lead, self.anna, summary="Ring twice")
        other = self._task(self._lead(user_id=self.anna.id), self.anna, self.call)
        task.with_user(self.anna).action_feedback_outcome(self.done.id)
        view = self.env.ref("lead_distribution.lead_task_view_search")
        arch = self.env["mail.activity"].get_view(view.id, "search")["arch"]
        for name in (
            "res_name",
            "activity_type_id",
            "user_id",
            "create_uid",
            "outcome_id",
            "lead_date_assigned",
            "create_date",
            "date_done",
            "task_open",
            "task_done",
            "task_overdue",
        ):
            self.assertIn(f'"{name}"', arch)

        def found(*leaf):
            return self._mine(self.anna, [leaf]) & (task | other)

        for number in (str(task.id), f"#{task.id}"):
            self.assertEqual(found("lead_number", "ilike", number), task)
        self.assertFalse(found("lead_number", "ilike", "pond"))
        self.assertEqual(found("res_name", "ilike", "pond"), task)
        self.assertEqual(found("outcome_id", "ilike", "Done"), task)
        self.assertEqual(found("create_uid", "=", self.env.uid), task | other)
        today = fields.Date.today()
        self.assertEqual(found("date_done", "=", today), task)
        self.assertEqual(found("lead_date_assigned", ">=", today), task | other)

    def test_outcomes_reported(self):
        """S6: figures of outcomes by type, person and month"""
        leads = self._lead(3, user_id=self.anna.id)
        tasks = self._task(leads, self.anna)
        tasks[:2].with_user(self.anna).action_feedback_outcome(self.done.id)
        tasks[2].with_user(self.anna).action_feedback_outcome(self.failed.id)
        action = self.env.ref("lead_distribution.lead_task_report_action")
        self.assertEqual(action.view_mode, "graph,pivot,list")
        groups = (
            self.env["mail.activity"]
            .with_user(self.manager)
            .with_context(active_test=False)
            ._read_group(
                [("lead_task_mine", "=", True), ("id", "in", tasks.ids)],
                ["activity_type_id", "user_id", "outcome_id", "date_done:month"],
                ["__count"],
            )
        )
        month = fields.Date.today().replace(day=1)
        self.assertEqual(
            groups,
            [
                (self.visit, self.anna, self.done, month, 2),
                (self.visit, self.anna, self.failed, month, 1),
            ],
        )

    def test_history_on_the_lead(self):
        """S8: the tab holds open and done tasks with their outcomes"""
        lead = self._lead(user_id=self.anna.id)
        tasks = self._task(lead, self.anna) | self._task(lead, self.anna)
        tasks[0].with_user(self.anna).action_feedback_outcome(self.failed.id)
        self.assertEqual(lead.with_user(self.anna).lead_task_ids, tasks)
        self.assertEqual(lead.activity_ids, tasks[1])

    # by hand ---------------------------------------------------------------

    def _wizard(self, user, lead, **values):
        return (
            self.env["lead.distribution.task"]
            .with_user(user)
            .create({"lead_id": lead.id, "activity_type_id": self.visit.id, **values})
        )

    def test_by_hand(self):
        """S1 S8: for oneself, a colleague, a department, or whom a route chooses"""
        route = self._route(self.clara)
        lead = self._lead(user_id=self.anna.id, name="By hand")
        self._wizard(self.anna, lead, date_deadline="2030-05-05").action_confirm()
        task = lead.activity_ids
        self.assertRecordValues(
            task,
            [
                {
                    "user_id": self.anna.id,
                    "create_uid": self.anna.id,
                    "automated": False,
                    "lead_origin": "hand",
                    "date_deadline": date(2030, 5, 5),
                }
            ],
        )
        task.with_user(self.anna).unlink()  # one's own
        for values, user, team in (
            ({"user_id": self.boris.id}, self.boris, False),
            ({"assignee": "team", "team_id": self.department.id}, False, True),
            ({"assignee": "route", "route_id": route.id}, self.clara, False),
        ):
            before = lead.activity_ids
            self._wizard(self.anna, lead, **values).action_confirm()
            self.env.invalidate_all()
            task = lead.activity_ids - before
            self.assertEqual(task.user_id, user or self.env["res.users"])
            self.assertEqual(bool(task.lead_team_id), team)
        with self.assertRaisesRegex(UserError, "who gets the task"):
            self._wizard(self.anna, lead, assignee="team").action_confirm()
        with self.assertRaises(AccessError):
            self._wizard(self.boris, lead).action_confirm()

    def test_finish_several(self):
        """S3: several at once, of one type"""
        leads = self._lead(2, user_id=self.anna.id)
        tasks = self._task(leads, self.anna)
        action = tasks.with_user(self.anna).action_ask_outcome()
        Finish = self.env["lead.distribution.task.finish"].with_user(self.anna)
        wizard = Finish.with_context(**action["context"]).create({})
        self.assertEqual(wizard.activity_type_id, self.visit)
        with self.assertRaisesRegex(UserError, "How did"):
            wizard.action_confirm()
        wizard.write({"outcome_id": self.failed.id, "feedback": "Rain"})
        wizard.action_confirm()
        self.assertEqual(tasks.outcome_id, self.failed)
        mixed = self._task(leads, self.anna)
        mixed |= self._task(leads, self.anna, self._type("Offer"))
        wizard = Finish.create({"activity_ids": [Command.set(mixed.ids)]})
        with self.assertRaisesRegex(UserError, "one type at a time"):
            wizard.action_confirm()
        self.assertEqual(len(mixed.filtered("active")), 4)

    def test_finish_plain_ones(self):
        """S3 B8: several activities without outcomes, of any types, are done at once,
        in any app; beside tasks of one type they are done with these"""
        worker = self._user("worker", "base.group_user,base.group_partner_manager")
        partner = self.env["res.partner"].create({"name": "Somebody"})
        email = self.env.ref("mail.mail_activity_data_email")
        plain = self.env["mail.activity"]
        for kind in (self.call, email):
            plain |= self._task(partner, worker, kind)
        answer = plain.with_user(worker).action_ask_outcome()
        self.assertNotIsInstance(answer, dict)
        self.assertFalse(plain.filtered("active"))
        lead = self._lead(user_id=self.anna.id)
        visit = self._task(lead, self.anna)
        mixed = visit | self._task(lead, self.anna, self.call)
        mixed |= self._task(lead, self.anna, email)
        action = mixed.with_user(self.anna).action_ask_outcome()
        Finish = self.env["lead.distribution.task.finish"].with_user(self.anna)
        wizard = Finish.with_context(**action["context"]).create({})
        self.assertEqual((wizard.count, wizard.activity_type_id), (3, self.visit))
        wizard.outcome_id = self.failed
        wizard.action_confirm()
        self.assertFalse(mixed.filtered("active"))
        self.assertEqual(mixed.outcome_id, self.failed)

    # processes -------------------------------------------------------------

    def _action(self, **values):
        return self.env["ir.actions.server"].create(
            {
                "name": "Start",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "lead_task",
                "lead_task_type_id": self.visit.id,
                **values,
            }
        )

    def test_server_action(self):
        """S1: the server action, as automation rules run it"""
        action = self._action(
            lead_task_assignee="team",
            lead_task_team_id=self.department.id,
            lead_task_summary="Ring",
            lead_task_delay_number=2,
        )
        leads = self._lead(2)
        action.with_context(
            active_model="crm.lead", active_ids=leads.ids, active_id=leads[0].id
        ).run()
        self.assertRecordValues(
            leads.activity_ids,
            [
                {
                    "summary": "Ring",
                    "lead_team_id": self.department.id,
                    "lead_origin": "action",
                    "date_deadline": fields.Date.today() + timedelta(days=2),
                }
            ]
            * 2,
        )
        with self.assertRaisesRegex(ValidationError, "who gets the task"):
            action.lead_task_team_id = False
        with self.assertRaisesRegex(ValidationError, "type of the task"):
            action.lead_task_type_id = False
        action.write(
            {
                "lead_task_type_id": self.visit.id,
                "lead_task_team_id": self.department.id,
            }
        )
        with self.assertRaisesRegex(UserError, "The action “Start” uses"):
            self.visit.unlink()

    def test_server_action_of_an_outcome(self):
        """S4: a server action that starts a task is what follows an outcome, too"""
        self.done.server_action_id = self._action(
            lead_task_assignee="user", lead_task_user_id=self.clara.id
        )
        lead = self._lead(user_id=self.anna.id)
        task = self._task(lead, self.anna)
        task.with_user(self.anna).action_feedback_outcome(self.done.id)
        self.assertEqual(lead.activity_ids.user_id, self.clara)

    def test_route_activity_is_a_task(self):
        """S1 S9: what a route schedules is a process's task"""
        self._route(self.anna, activity_type_id=self.visit.id)
        task = self._lead().activity_ids
        self.assertEqual((task.user_id, task.lead_origin), (self.anna, "route"))
        with self.assertRaises(AccessError):
            task.with_user(self.anna).unlink()


@tagged("post_install", "-at_install")
class TestTasksUnused(DistributionCase):
    """B8: while nobody uses tasks, Odoo's activities are as they were."""

    def test_costs_nothing(self):
        """B8: no type with outcomes, no task started: not a query more"""
        self.env["mail.activity.type"].search([]).lead_with_outcomes = False
        self.assertFalse(self.env["mail.activity"]._lead_tasks_in_use())
        lead = self._lead(user_id=self.anna.id).with_user(self.anna)

        def never(*args, **kwargs):
            raise AssertionError("nobody uses tasks")

        tasks = self.env["mail.activity"]
        for _round in range(2):
            tasks |= lead.activity_schedule(
                "mail.mail_activity_data_call", user_id=self.anna.id
            )
        names = {
            "_task_teams": "lead.distribution.tasks",
            "_outcome_safely": "lead.distribution.outcomes",
            "_set_outcome": "lead.distribution.outcomes",
        }
        patches = [
            patch.object(type(self.env[model]), name, never)
            for name, model in names.items()
        ]
        for each in patches:
            each.start()
            self.addCleanup(each.stop)
        tasks.search([("res_id", "=", lead.id)])
        tasks[0].write({"summary": "Mine to change", "date_deadline": "2030-01-01"})
        self.assertFalse(tasks[0].lead_task)
        tasks[0].action_feedback("seen")
        tasks[1].unlink()
        self.assertFalse(lead.activity_ids)
