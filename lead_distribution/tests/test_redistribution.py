"""Leads that an outcome distributes again."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from odoo.addons.lead_distribution.tools.task_spec import TaskSpec

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestRedistribution(DistributionCase):
    """S4: never the finisher again, if wanted; the lead says when nothing happens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["lead.distribution.rule"].search([]).active = False
        cls.kind = cls.env["mail.activity.type"].create(
            {"name": "Visit", "lead_with_outcomes": True}
        )
        cls.route = cls._route(cls.anna | cls.boris, strategy="workload")
        # whose turn it is, always
        cls.route.member_ids[0].write({"target_mode": "individual", "target": 1000})
        cls.outcome = cls.env["lead.activity.outcome"].create(
            {
                "activity_type_id": cls.kind.id,
                "name": "Wants another",
                "redistribute": "routes",
            }
        )

    def _finish(self, lead, user=None):
        task = self.env["lead.distribution.tasks"]._start_tasks(
            lead, TaskSpec(activity_type_id=self.kind.id, user_id=lead.user_id.id)
        )
        task.with_user(user or lead.user_id).action_feedback_outcome(self.outcome.id)
        self.env.invalidate_all()

    def _last(self, lead):
        return lead.message_ids.sorted("id")[-1].body

    def test_to_somebody_else(self):
        """S4: whoever finished the task is left out, and the explanation says so."""
        lead = self._lead(user_id=self.anna.id)
        self.outcome.redistribute_to_others = True
        self.assertIn("to somebody else", self.outcome.summary)
        self._finish(lead)
        self.assertEqual(lead.user_id, self.boris)
        self.assertFalse(lead.distribution_not_user_id)
        self.assertEqual(self._rows(lead)[-1].trigger, "outcome")

    def test_the_turn_of_the_same(self):
        """S4: without the option it may be the same one's turn; the lead says so."""
        lead = self._lead(user_id=self.anna.id)
        self._finish(lead)
        self.assertEqual(lead.user_id, self.anna)
        self.assertIn("the turn of Anna again", self._last(lead))

    def test_nobody_else(self):
        """S4: nobody but the finisher could take it: it stays, and the lead says so."""
        self.boris.lead_distribution_paused = True
        self.outcome.redistribute_to_others = True
        lead = self._lead(user_id=self.anna.id)
        self._finish(lead)
        self.assertEqual(lead.user_id, self.anna)
        self.assertIn("nobody but Anna could take it", self._last(lead))

    @mute_logger("odoo.addons.lead_distribution.models.task.outcome_follow")
    def test_paused_route(self):
        """S4: a paused route takes nothing, and the lead says so."""
        other = self._route(self.clara, name="Seniors", domain="[('id', '=', 0)]")
        self.outcome.write({"redistribute": "route", "route_id": other.id})
        other.active = False
        lead = self._lead(user_id=self.anna.id)
        self._finish(lead)
        self.assertEqual(lead.user_id, self.anna)
        self.assertIn("“Seniors” is paused", self._last(lead))
        other.active = True
        self._finish(lead)
        self.assertEqual(lead.user_id, self.clara)

    def test_when_somebody_distributes_now(self):
        """S4: what has to wait is not the finisher's then, either."""
        self.outcome.redistribute_to_others = True
        self.route.write({"delay_number": 10, "delay_unit": "minutes"})
        lead = self._lead(user_id=self.anna.id)
        self._finish(lead)
        self.assertEqual(lead.distribution_state, "pending")
        self.assertEqual(lead.distribution_not_user_id, self.anna)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=11)):
            self._run_cron()
        self.assertEqual(lead.user_id, self.boris)

    def test_offered_to_others(self):
        """S4 K9: an offering route offers it to somebody else, and after them not to
        the finisher."""
        self.outcome.redistribute_to_others = True
        self.route.delivery = "offer"
        lead = self._lead(user_id=self.anna.id)
        self._finish(lead)
        self.assertFalse(lead.user_id)
        self.assertEqual(lead.offer_user_id, self.boris)
        lead.with_user(self.boris).action_decline()
        self.env.invalidate_all()
        self.assertEqual(lead.distribution_state, "pool")
