from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests.common import tagged

from ..models.pipeline import lead_distribution, lead_distribution_run
from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestByHand(DistributionCase):
    """P15: many leads distributed by hand show how far it is, and can be cancelled."""

    def setUp(self):
        super().setUp()
        self.company.lead_distribution_mode = "queued"
        self.route = self._route(self.anna | self.boris, strategy="round_robin")
        self.leads = self._lead(7)
        self.leads._write({"distribution_state": "pool"})
        self.env.invalidate_all()
        self.patch(lead_distribution, "BUTTON_LIMIT", 3)
        self.patch(lead_distribution_run, "SMALLEST_BLOCK", 3)

    def _begin(self):
        action = self.leads.with_user(self.manager).action_distribute()
        self.assertEqual(action["res_model"], "lead.distribution.run")
        return self.env["lead.distribution.run"].browse(action["res_id"])

    def test_all_of_them(self):
        """Block by block, in one run that can be undone."""
        run = self._begin()
        self.assertEqual(run.work_asked_by_id, self.manager)
        self.assertEqual((run.work_done, run.work_total), (0, 7))
        self.assertFalse(self.leads.user_id)
        self._run_cron("ir_cron_distribute_pending")
        self.assertFalse(run.work_asked_by_id)
        self.assertEqual((run.work_done, run.work_total), (7, 7))
        self.assertEqual((run.lead_count, run.assigned_count), (7, 7))
        self.assertEqual(set(self.leads.mapped("distribution_state")), {"assigned"})
        self.assertEqual(self._rows(self.leads).run_id, run)
        self.assertEqual(run.with_user(self.manager).action_undo(), 7)

    def test_cancelled_between_blocks(self):
        """What is distributed stays so, the rest is as it was; who may not see the run
        may not cancel it."""
        run = self._begin()
        with self.assertRaises(AccessError):
            run.with_user(self.boris).action_stop_work()
        Run = type(self.env["lead.distribution.run"])
        step = Run._work_step

        def stopping(run_, size):
            count = step(run_, size)
            if run_.work_asked_by_id:
                run_.with_user(self.manager).action_stop_work()
            return count

        with patch.object(Run, "_work_step", stopping):
            self._run_cron("ir_cron_distribute_pending")
        self.assertEqual((run.work_done, run.work_total), (3, 7))
        self.assertEqual(run.work_stopped_by_id, self.manager)
        self.assertEqual(len(self.leads.filtered("user_id")), 3)
        left = self.leads.filtered(lambda lead: not lead.user_id)
        self.assertEqual(set(left.mapped("distribution_state")), {"pool"})
        with self.assertRaises(UserError):
            run.with_user(self.manager).action_stop_work()
        self._run_cron("ir_cron_distribute_pending")
        self.assertFalse(left.user_id)

    def test_what_happened_meanwhile_stays(self):
        """Who claimed one keeps it, closed ones are left alone, and who asked needs
        the right still when it is done."""
        run = self._begin()
        claimed, lost = self.leads[0], self.leads[1]
        run._write({"date_start": "2026-01-01 00:00:00"})
        run.invalidate_recordset()
        claimed.with_user(self.clara).action_claim()
        lost.action_set_lost()
        self._run_cron("ir_cron_distribute_pending")
        self.assertEqual(claimed.user_id, self.clara)
        self.assertFalse(lost.user_id)
        self.assertEqual(run.lead_count, 5)
        self.assertEqual((run.work_done, run.work_total), (7, 7))

    def test_who_comes_meanwhile_is_next(self):
        """A lead that comes by itself does not wait for all of these."""
        run = self._begin()
        came = self._lead()
        came._write({"distribution_state": "pending", "distribution_next": True})
        self.env.invalidate_all()
        run._work_step(3)
        self.assertTrue(came.user_id)
        self.assertEqual(run.work_done, 3)

    def test_busy(self):
        """Somebody else distributes: nothing is lost, it is tried again."""
        run = self._begin()
        Lock = type(self.env["lead.distribution.lock"])
        with patch.object(Lock, "_acquire", lambda *args: False):
            self._run_cron("ir_cron_distribute_pending")
        self.assertEqual(run.work_asked_by_id, self.manager)
        self.assertFalse(self.leads.user_id)
        self._run_cron("ir_cron_distribute_pending")
        self.assertTrue(all(self.leads.mapped("user_id")))
