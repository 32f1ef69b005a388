"""Starting tasks: by whom, for whom, when; departments; rights."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests.common import tagged

from ..rooms.task import TaskSpec
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
        return self.env["lead.distribution"]._start_tasks(records, spec)


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
