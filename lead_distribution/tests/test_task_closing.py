"""Tasks of leads that are over."""

from odoo import fields
from odoo.tests.common import tagged

from odoo.addons.lead_distribution.tools.task_spec import TaskSpec

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestTaskClosing(DistributionCase):
    """S8: tasks of lost, removed, merged and won leads are closed with the reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._route(cls.anna)
        cls.visit = cls.env["mail.activity.type"].create(
            {"name": "Visit", "lead_with_outcomes": True}
        )
        cls.reason = cls.env["crm.lost.reason"].create({"name": "Too small"})

    def _task(self, lead, kind=None, origin="process", **spec):
        return self.env["lead.distribution.tasks"]._start_tasks(
            lead,
            TaskSpec(activity_type_id=(kind or self.visit).id, origin=origin, **spec),
        )

    def test_lost(self):
        """S8: of a lost lead, with the reason, though the type asks for an outcome; it
        is no follow-up."""
        lead = self._lead()
        task = self._task(lead)
        lead.with_user(self.anna).action_set_lost(lost_reason_id=self.reason.id)
        self.assertFalse(task.active)
        self.assertFalse(task.outcome_id)
        self.assertEqual(task.feedback, "the lead is lost: Too small")
        self.assertEqual(task.date_done, fields.Date.today())
        self.assertFalse(lead.last_follow_up_date)
        self.assertIn("Too small", lead.message_ids.sorted("id").mapped("body")[-1])

    def test_won(self):
        """S8: of a won lead; not what its type says is to stay open."""
        offer = self.env["mail.activity.type"].create(
            {"name": "Contract", "lead_close": "lost"}
        )
        lead = self._lead()
        visit, contract = self._task(lead), self._task(lead, offer)
        lead.with_user(self.anna).action_set_won()
        self.assertEqual(visit.feedback, "the lead is won")
        self.assertTrue(contract.active)
        lost = self._lead()
        contract = self._task(lost, offer)
        lost.action_set_lost()
        self.assertFalse(contract.active)

    def test_by_moving_the_card(self):
        """S8: a card moved to the stage of won leads is won, too."""
        lead = self._lead()
        task = self._task(lead)
        won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        lead.with_user(self.anna).stage_id = won
        self.assertFalse(task.active)

    def test_removed(self):
        """S8: of a lead that was none, with the reason; what was to come comes no
        more."""
        lead = self._lead()
        task = self._task(lead)
        self._task(lead, delay_number=3, delay_unit="hours")
        waiting = self.env["lead.activity.waiting"].search([("res_id", "=", lead.id)])
        self.assertTrue(waiting)
        reason = self.env["lead.distribution.removal.reason"].create({"name": "A test"})
        lead.with_user(self.anna).action_remove(reason.id)
        self.assertEqual(task.feedback, "the lead was removed: A test")
        self.assertFalse(waiting.exists())

    def test_never(self):
        """S8: a type may stay open whatever happens."""
        self.visit.lead_close = "never"
        lead = self._lead()
        task = self._task(lead)
        lead.action_set_lost()
        self.assertTrue(task.active)

    def test_archived_is_not_over(self):
        """S8: a lead that is archived and not lost keeps its tasks."""
        lead = self._lead(probability=20)
        task = self._task(lead)
        lead.active = False
        self.assertTrue(task.active)

    def test_what_an_outcome_starts_stays(self):
        """S4 S8: an outcome that loses the lead and plans a call closes the others, not
        that call."""
        lead = self._lead()
        task, other = self._task(lead), self._task(lead, self.call)
        outcome = self.env["lead.activity.outcome"].create(
            {
                "activity_type_id": self.visit.id,
                "name": "Next year",
                "next_activity_type_id": self.call.id,
                "next_delay_number": 12,
                "next_delay_unit": "months",
                "lost_reason_id": self.reason.id,
            }
        )
        task.with_user(self.anna).action_feedback_outcome(outcome.id)
        self.assertFalse(other.active)
        left = self.env["mail.activity"].search([("res_id", "=", lead.id)])
        self.assertEqual(left.lead_origin, "outcome")

    def test_merged(self):
        """V10 S8: of merged leads, nobody does the same twice; what only the merged one
        had goes on."""
        lead, other = self._lead(2)
        kept, twice = self._task(lead), self._task(other)
        only = self._task(other, self.call)
        merged = (lead | other)._merge_opportunity(auto_unlink=False)
        gone = (lead | other) - merged
        tasks = kept | twice
        closed = tasks.filtered(lambda task: not task.active)
        self.assertEqual(len(closed), 1)
        self.assertIn("the lead was merged with", closed.feedback)
        self.assertEqual((kept | twice | only).mapped("res_id"), [merged.id] * 3)
        self.assertTrue(only.active)
        self.assertTrue(gone)

    def test_merged_with_several_of_a_type(self):
        """V10 S8: what is to be done on the merged lead is no double of itself, nor is
        what a colleague does a double of what the salesperson does."""
        lead, other = self._lead(2, user_id=self.anna.id)
        mine = self._task(lead)
        twice = self._task(other)
        colleagues = self._task(other, user_id=self.boris.id)
        team = self._task(other, team_id=self.team.id)
        again = self._task(other)
        self.env["lead.distribution.tasks"]._close_merged(lead, other)
        self.assertFalse((twice | again).filtered("active"))
        self.assertTrue(all(task.active for task in mine | colleagues | team))
        nothing, busy = self._lead(2, user_id=self.anna.id)
        tasks = self._task(busy) | self._task(busy, summary="And the cellar")
        self.env["lead.distribution.tasks"]._close_merged(nothing, busy)
        self.assertEqual(tasks.filtered("active"), tasks)

    def test_where_nothing_is_distributed(self):
        """B8: without a route tasks stay as Odoo leaves them."""
        self.env["lead.distribution.route"].search([]).active = False
        lead = self._lead(user_id=self.anna.id)
        task = self._task(lead)
        lead.action_set_lost()
        self.assertTrue(task.active)
