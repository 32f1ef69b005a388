"""Processes: what sets them off, when and on which condition their tasks start."""

from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from .test_tasks import TaskCase

MONDAY = datetime(2026, 11, 23, 9, 0)


@tagged("post_install", "-at_install")
class ProcessCase(TaskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # other modules' demo data must not take part
        cls.env["lead.distribution.process"].search([]).active = False

    @classmethod
    def _process(cls, *steps, **values):
        """A process as a manager makes it, with a step for each dictionary."""
        values.setdefault("name", "Process")
        values.setdefault("company_id", cls.company.id)
        return (
            cls.env["lead.distribution.process"]
            .with_user(cls.manager)
            .create(
                {
                    **values,
                    "step_ids": [
                        Command.create({"activity_type_id": cls.visit.id, **step})
                        for step in steps or [{}]
                    ],
                }
            )
            .with_env(cls.env)
        )

    def _run_processes(self):
        if not isinstance(self, HttpCase):
            self._run_cron("ir_cron_run_processes")
            return
        # the registry is in test mode already
        self.env.ref("lead_distribution.ir_cron_run_processes").method_direct_trigger()
        self.env.invalidate_all()

    def _tasks(self, records):
        return (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search(
                [
                    ("res_model", "=", records._name),
                    ("res_id", "in", records.ids),
                    ("lead_origin", "not in", [False, "route"]),
                ],
                order="id",
            )
        )


class TestProcesses(ProcessCase):
    def test_some_time_after_a_lead_came_in(self):
        """S1, S9: ten minutes later, not before, its salesperson has a task that a
        process made"""
        process = self._process({"delay_number": 10, "task_summary": "Greet"})
        with freeze_time(MONDAY):
            lead = self._lead(user_id=self.anna.id)
            self._run_processes()
            self.assertFalse(self._tasks(lead))
            self.assertEqual(process.event_ids.status, "waiting")
        with freeze_time(MONDAY + timedelta(minutes=11)):
            self._run_processes()
        task = self._tasks(lead)
        self.assertRecordValues(
            task,
            [
                {
                    "user_id": self.anna.id,
                    "summary": "Greet",
                    "activity_type_id": self.visit.id,
                    "lead_origin": "process",
                    "automated": True,
                    "date_deadline": MONDAY.date(),
                }
            ],
        )
        self.assertEqual(process.event_ids.status, "open")
        self.assertEqual(process.task_count, 1)
        task.with_user(self.anna).action_feedback_outcome(self.done.id)
        self.assertEqual(process.event_ids.status, "done")
        self.assertEqual(process.event_ids.outcome_id, self.done)

    def test_once_while_one_is_open(self):
        """S10: once while one waits or is open, again after it is done"""
        process = self._process({"delay_number": 0})
        lead = self._lead(user_id=self.anna.id)
        self.assertFalse(
            self.env["lead.distribution.processes"]._enqueue(process.ids, lead)
        )
        self._run_processes()
        self.assertEqual(len(self._tasks(lead)), 1)
        self.assertFalse(
            self.env["lead.distribution.processes"]._enqueue(process.ids, lead)
        )
        # two requests at the same instant, neither of which sees the other
        for _n in range(2):
            process.event_ids.sudo().copy({"due": MONDAY, "activity_id": False})
        self._run_processes()
        self.assertEqual(len(self._tasks(lead)), 1)
        self._tasks(lead).with_user(self.anna).action_feedback_outcome(self.failed.id)
        self.assertTrue(
            self.env["lead.distribution.processes"]._enqueue(process.ids, lead)
        )
        self._run_processes()
        self.assertEqual(len(self._tasks(lead)), 2)

    def test_only_leads_that_still_want_it(self):
        """S1: the filter is looked at when the task starts; lost leads want none"""
        process = self._process({"delay_number": 5}, domain="[('priority', '=', '2')]")
        with freeze_time(MONDAY):
            leads = self._lead(3, user_id=self.anna.id, priority="2")
        leads[0].priority = "0"
        leads[1].action_set_lost()
        self._run_processes()
        self.assertEqual(self._tasks(leads).mapped("res_id"), leads[2].ids)
        self.assertEqual(
            process.event_ids.sorted("id").mapped("status"),
            ["nothing", "nothing", "open"],
        )

    def test_outside_of_its_hours(self):
        """S5: what falls outside of the hours waits for the next opening"""
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Mornings",
                "tz": "Europe/Warsaw",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": "Tuesday",
                            "dayofweek": "1",
                            "hour_from": 9,
                            "hour_to": 12,
                        }
                    )
                ],
            }
        )
        process = self._process({"resource_calendar_id": calendar.id})
        with freeze_time(MONDAY):
            lead = self._lead(user_id=self.anna.id)
            self._run_processes()
            self.assertFalse(self._tasks(lead))
            self.assertEqual(process.event_ids.due, datetime(2026, 11, 24, 8, 0))
        with freeze_time(datetime(2026, 11, 24, 8, 30)):
            self._run_processes()
        self.assertEqual(len(self._tasks(lead)), 1)

    def test_for_a_department(self):
        """S1: for a department, until one of them takes it"""
        self._process({"assignee": "team", "team_id": self.department.id})
        lead = self._lead(user_id=self.anna.id)
        self._run_processes()
        task = self._tasks(lead)
        self.assertEqual(task.lead_team_id, self.department)
        self.assertFalse(task.user_id)
        task.with_user(self.boris).action_take()
        self.assertEqual(task.user_id, self.boris)

    def test_steps_in_their_order(self):
        """S11: the first step whose condition holds, each in its own time"""
        process = self._process(
            {"delay_number": 10, "sequence": 1, "task_summary": "First"},
            {"delay_number": 1, "sequence": 2, "task_summary": "Second"},
        )
        with freeze_time(MONDAY):
            lead = self._lead(user_id=self.anna.id)
        with freeze_time(MONDAY + timedelta(minutes=5)):
            self._run_processes()
            self.assertFalse(self._tasks(lead))
        with freeze_time(MONDAY + timedelta(minutes=10)):
            self._run_processes()
        self.assertEqual(self._tasks(lead).mapped("summary"), ["First"])
        self.assertIn("First after 10 minutes", process.summary)

    def test_a_broken_process_hurts_nobody(self):
        """S1: a type archived, a filter that no longer parses: the lead is there,
        the others go on, and the process says what is wrong"""
        broken = self._process({})
        other = self._process({})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE lead_distribution_process SET domain = %s WHERE id = %s",
            ["[('nothing', '=', 1)]", broken.id],
        )
        broken.invalidate_recordset()
        lead = self._lead(user_id=self.anna.id)
        with mute_logger("odoo.addons.lead_distribution.models.task.process"):
            self._run_processes()
        self.assertEqual(len(self._tasks(lead)), 1)
        self.assertEqual(broken.event_ids.status, "failed")
        self.assertEqual(other.event_ids.status, "open")
        self.assertTrue(broken.problem)
        self.visit.active = False
        self.assertIn("Visit", other.problem)
        with mute_logger("odoo.addons.lead_distribution.models.task.process"):
            lead = self._lead(user_id=self.anna.id)
            self._run_processes()
        self.assertFalse(self._tasks(lead))
        event = other.event_ids.filtered(lambda x: x.lead_id == lead)
        self.assertEqual(event.status, "failed")
        self.assertIn("archived", event.with_user(self.manager).problem)

    def test_a_type_for_something_else(self):
        """S1: a task type for other records is refused, and said when it became one
        later; it does not just start nothing"""
        other = self._type("Visit a company", res_model="res.partner")
        with self.assertRaisesRegex(ValidationError, "is not for records of"):
            self._process({"activity_type_id": other.id})
        process = self._process({})
        with (
            self.assertRaisesRegex(ValidationError, "Visit a company"),
            self.cr.savepoint(),
        ):
            process.with_user(self.manager).step_ids.activity_type_id = other
        self.assertFalse(process.problem)
        self.visit.res_model = "crm.lead"
        self.assertFalse(process.problem)
        self.visit.res_model = "res.partner"
        self.assertIn("is not for records of", process.problem)

    def test_what_happened_stays(self):
        """S1: a process that cannot begin, one that is gone, a schedule that is gone:
        the lead is there, the other processes begin"""
        broken, gone, other = (self._process({}) for _n in range(3))
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE lead_distribution_process_step
                  SET delay_number = 2000000000, delay_unit = 'days'
                WHERE process_id = %s""",
            [broken.id],
        )
        self.env.invalidate_all()
        with mute_logger("odoo.addons.lead_distribution.models.task.process"):
            lead = self._lead(user_id=self.anna.id)
        self.assertFalse(broken.event_ids)
        self.assertEqual((gone | other).event_ids.lead_id, lead)
        broken.active = False
        # elsewhere, so that here it is still remembered
        self.assertIn(gone.id, gone._of_trigger("lead"))
        self.env.cr.execute(
            "DELETE FROM lead_distribution_process WHERE id = %s", [gone.id]
        )
        self.env.invalidate_all()
        lead = self._lead(user_id=self.anna.id)
        self.assertIn(lead, other.event_ids.lead_id)
        self.env.ref("lead_distribution.ir_cron_run_processes").unlink()
        with mute_logger("odoo.addons.lead_distribution.models.task.process"):
            lead = self.env["crm.lead"].with_user(self.anna).create({"name": "Mine"})
        self.assertEqual(lead.user_id, self.anna)

    def test_longest_delay(self):
        """S1: a delay beyond the calendar is refused with a clear message"""
        process = self._process({"delay_number": 3650, "delay_unit": "days"})
        with self.assertRaisesRegex(ValidationError, "3650 days"):
            process.step_ids.delay_number = 3651
        with self.assertRaisesRegex(ValidationError, "at the latest"):
            process.step_ids.write(
                {"delay_number": 2000000000, "delay_unit": "minutes"}
            )

    def test_looked_up_again_after_the_commit(self):
        """S1: a process paused while others look is paused for them, too"""
        process = self._process({})
        Process = self.env["lead.distribution.process"]
        self.env.cr.postcommit.clear()
        process.active = False
        with patch.object(type(Process), "search", lambda *_args: process):
            # somebody who does not see it yet
            self.assertEqual(Process._of_trigger("lead"), process.ids)
        self.env.cr.postcommit.run()
        self.assertFalse(Process._of_trigger("lead"))

    def test_nothing_costs_a_query_without_one(self):
        """B8: without a process nothing costs a query"""
        lead = self._lead()
        self.env["lead.distribution.processes"]._trigger("lead", lead)
        with self.assertQueryCount(0):
            self.env["lead.distribution.processes"]._trigger("lead", lead)

    def test_statements_do_not_grow_with_leads(self):
        """S1: the number of statements does not grow with the leads"""
        process = self._process({})
        few = self._lead(10, user_id=self.anna.id)
        many = self._lead(60, user_id=self.anna.id)
        process.event_ids.sudo().unlink()

        def count(leads):
            events = self.env["lead.distribution.processes"]._enqueue(
                process.ids, leads
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["lead.distribution.processes"]._run_safely(
                events, datetime.now() + timedelta(minutes=1)
            )
            self.env.flush_all()
            return self.cr.sql_log_count - before

        first = count(few)
        self.assertLessEqual(count(many), first + 3)

    def test_managers_only_and_of_one_company(self):
        """S1: processes are made by managers, and see leads of their company only"""
        with self.assertRaises(AccessError):
            self.env["lead.distribution.process"].with_user(self.anna).create(
                {"name": "Mine"}
            )
        process = self._process({})
        lead = self._lead(company_id=self.company_2.id, team_id=False)
        self.assertFalse(process.event_ids)
        stranger = self._user("stranger", company_id=self.company_2.id)
        with self.assertRaisesRegex(ValidationError, "does not belong to"):
            process.step_ids.write({"assignee": "user", "user_id": stranger.id})
        with self.assertRaisesRegex(ValidationError, "cannot be used"):
            process.domain = "[('nothing', '=', 1)]"
        self.assertFalse(self._tasks(lead))

    def test_old_events_are_forgotten(self):
        """S1: finished events go after some months, those that wait do not"""
        process = self._process({})
        with freeze_time(MONDAY - timedelta(days=200)):
            self._lead(2, user_id=self.anna.id)
        done, waiting = process.event_ids.sorted("id")
        done.sudo().due = False
        process.event_ids._gc_events()
        self.assertEqual(process.event_ids.exists(), waiting)
