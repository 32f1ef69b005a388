"""P2 P5: the backlog and the clock, in the browser."""

from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase
from odoo.tests.common import tagged

from .common import tour_user


@tagged("post_install", "-at_install")
class TestClockScreens(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["lead.distribution.route"].search([]).active = False
        cls.anna = tour_user(cls.env, "anna")
        cls.manager = tour_user(cls.env, "manager", "group_sale_manager")
        cls.route = cls.env["lead.distribution.route"].create(
            {
                "name": "Main route",
                "member_ids": [(0, 0, {"user_id": cls.anna.id})],
                "clock_working_time": True,
            }
        )

    def test_manager(self):
        """P2 P5: a manager sets up a clock, its steps and the backlog on the route."""
        self.start_tour(
            f"/odoo/lead-routes/{self.route.id}",
            "lead_distribution_clock_manager",
            login="tour_manager",
        )
        step = self.route.clock_step_ids
        self.assertEqual(self.route.clock_minutes, 30)
        self.assertEqual((step.number, step.action), (15, "remind"))
        self.assertEqual((self.route.drain, self.route.drain_max_days), (True, 5))

    def test_salesperson(self):
        """P5: the time left on the card, green to red, for own documents only."""
        self.route.write({"clock_minutes": 50, "clock_working_time": False})
        leads = self.env["crm.lead"].create(
            [
                {"name": name, "type": "opportunity", "user_id": False}
                for name in ("Flat with a clock", "Flat too late")
            ]
        )
        self.assertEqual(leads.user_id, self.anna)
        leads[1].sudo().flush_recordset()
        self.cr.execute(
            "UPDATE crm_lead SET clock_next = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(minutes=1), leads[1].id],
        )
        self.cr.execute(
            "UPDATE crm_lead SET clock_plan = %s WHERE id = %s",
            ['[["2020-01-01 00:00:00", 0]]', leads[1].id],
        )
        self.env.invalidate_all()
        self.env["lead.distribution.clock"]._run_block(self.env.company)
        self.assertEqual(leads.mapped("clock_state"), ["running", "missed"])
        self.start_tour(
            "/odoo/crm", "lead_distribution_clock_salesperson", login="tour_anna"
        )
