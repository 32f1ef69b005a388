"""What can be called from outside through this addon, and by whom."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests.common import new_test_user
from odoo.tools import mute_logger

from odoo.addons.lead_distribution.tests import access
from odoo.addons.queue_job.tests.common import trap_jobs

from .common import JobCase

SIMULATION = "lead.distribution.simulation"


class TestAccessOfJobs(JobCase):
    def test_nothing_else_is_public(self):
        """Of this addon no method can be called from outside, least of all the jobs."""
        found = {
            (name, method)
            for name in self.env.registry
            for method in access.public_methods(
                self.env[name], ("odoo.addons.lead_distribution_queue_job.",)
            )
        }
        self.assertEqual(found, set())

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_who_may_queue_a_simulation(self):
        """Managers of the company; nobody else queues anything."""
        today = fields.Date.today()
        simulation = self.env[SIMULATION].create(
            {
                "name": "Try",
                "company_id": self.company.id,
                "date_from": today - timedelta(days=1),
                "date_to": today + timedelta(days=1),
            }
        )
        self._lead()
        second = self._user(
            "second", "sales_team.group_sale_manager", company_id=self.company_2.id
        )
        portal = new_test_user(self.env, "ld_jobs_portal", "base.group_portal")
        clerk = new_test_user(self.env, "ld_jobs_clerk", "base.group_user")
        for user in (portal, clerk, self.anna, second):
            with self.subTest(user=user.login), trap_jobs() as trap:
                model = self.env(user=user.id, su=False)[SIMULATION]
                with self.assertRaises(AccessError):
                    call_kw(model, "action_run", [simulation.ids], {})
                trap.assert_jobs_count(0)
        with trap_jobs() as trap:
            model = self.env(user=self.manager.id, su=False)[SIMULATION]
            call_kw(model, "action_run", [simulation.ids], {})
            trap.assert_jobs_count(1)
