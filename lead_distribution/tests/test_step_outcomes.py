"""What follows from an outcome, per step of a process."""

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form
from odoo.tests.common import tagged

from odoo.addons.lead_distribution.tools.task_spec import TaskSpec

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestStepOutcomes(DistributionCase):
    """S4 (G3): a process step may set what follows over the type's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["lead.distribution.process"].search([]).active = False
        cls._route(cls.anna)
        cls.kind = cls.env["mail.activity.type"].create(
            {"name": "Visit", "lead_with_outcomes": True}
        )
        cls.done, cls.failed = cls.kind.lead_outcome_ids
        cls.tag, cls.own_tag = cls.env["crm.tag"].create(
            [{"name": "Visited"}, {"name": "Visited after the form"}]
        )
        cls.done.tag_ids = cls.tag
        cls.process = (
            cls.env["lead.distribution.process"]
            .with_user(cls.manager)
            .create(
                {
                    "name": "New leads",
                    "step_ids": [
                        Command.create(
                            {
                                "activity_type_id": cls.kind.id,
                                "outcome_ids": [
                                    Command.create(
                                        {
                                            "of_outcome_id": cls.done.id,
                                            "tag_ids": [Command.set(cls.own_tag.ids)],
                                        }
                                    )
                                ],
                            }
                        )
                    ],
                }
            )
        )
        cls.step = cls.process.step_ids

    def _task(self):
        lead = self._lead()
        self._run_cron("ir_cron_run_processes")
        return lead, self.env["mail.activity"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)]
        )

    def test_over_the_type(self):
        """S4: what follows for this step's tasks follows in place of the type's; the
        outcome is the type's, for lists and figures."""
        lead, task = self._task()
        self.assertEqual(task.lead_step_id, self.step)
        names = [x["name"] for x in task.with_user(self.anna).lead_task["outcomes"]]
        self.assertEqual(names, ["Done", "Failed"])
        task.with_user(self.anna).action_feedback_outcome(self.done.id)
        self.assertEqual(lead.tag_ids, self.own_tag)
        self.assertEqual(task.outcome_id, self.done)

    def test_other_outcomes_and_tasks(self):
        """S4: other outcomes of the step, and the type's other tasks, are as ever."""
        self.failed.tag_ids = self.tag
        lead, task = self._task()
        task.with_user(self.anna).action_feedback_outcome(self.failed.id)
        self.assertEqual(lead.tag_ids, self.tag)
        other = self._lead()
        mine = other.with_user(self.anna).activity_schedule(
            activity_type_id=self.kind.id, user_id=self.anna.id
        )
        mine.action_feedback_outcome(self.done.id)
        self.assertEqual(other.tag_ids, self.tag)

    def test_waits_for_its_hours(self):
        """S4 S5: a task that starts later is the step's all the same."""
        lead = self._lead()
        spec = TaskSpec(
            activity_type_id=self.kind.id,
            delay_number=1,
            delay_unit="hours",
            step_id=self.step.id,
        )
        self.env["lead.distribution.tasks"]._start_tasks(lead, spec)
        waiting = self.env["lead.activity.waiting"].search([("res_id", "=", lead.id)])
        self.assertEqual(waiting.step_id, self.step)
        waiting.due = "2020-01-01"
        self._run_cron("ir_cron_start_tasks")
        task = self.env["mail.activity"].search(
            [("res_id", "=", lead.id), ("activity_type_id", "=", self.kind.id)], limit=1
        )
        self.assertEqual(task.lead_step_id, self.step)

    def test_not_to_be_chosen(self):
        """S4: it is not among the type's outcomes, and nobody ends a task with it."""
        own = self.step.outcome_ids
        self.assertEqual(own.name, "Done")
        self.assertEqual(self.kind.lead_outcome_ids, self.done | self.failed)
        _lead, task = self._task()
        with self.assertRaises(UserError):
            task.with_user(self.anna).action_feedback_outcome(own.id)

    def test_of_its_type_and_once(self):
        """S4: an outcome of another type is refused; the step's type moves on only
        without the outcomes of the old one."""
        other = self.env["mail.activity.type"].create(
            {"name": "Offer", "lead_with_outcomes": True}
        )
        with self.assertRaises(ValidationError):
            self.step.activity_type_id = other
        self.step.write(
            {"activity_type_id": other.id, "outcome_ids": [Command.clear()]}
        )
        with self.assertRaises(ValidationError):
            self.step.outcome_ids = [Command.create({"of_outcome_id": self.done.id})]

    def test_copy_and_form(self):
        """S4: a copy of the process has them, too; a manager sets them on the form."""
        copy = self.process.copy()
        self.assertEqual(copy.step_ids.outcome_ids.tag_ids, self.own_tag)
        with (
            Form(self.process) as form,
            form.step_ids.edit(0) as step,
            step.outcome_ids.new() as outcome,
        ):
            outcome.of_outcome_id = self.failed
            outcome.redistribute = "routes"
        own = self.step.outcome_ids.filtered(lambda x: x.of_outcome_id == self.failed)
        self.assertEqual(own.summary, "distributed again")
        self.assertEqual(own.activity_type_id, self.kind)
