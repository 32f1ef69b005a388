from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase
from odoo.tests.common import tagged

from .common import tour_user


@tagged("post_install", "-at_install")
class TestRulesScreens(HttpCase):
    """What a manager and a salesperson see of rules, in the browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["lead.distribution.route"].search([]).active = False
        cls.env["lead.distribution.rule"].search([]).active = False

        cls.anna, cls.boris = tour_user(cls.env, "anna"), tour_user(cls.env, "boris")
        cls.manager = tour_user(cls.env, "manager", "group_sale_manager")
        cls.env.company.write(
            {
                "lead_rule_confirm_above": 2,
                "lead_distribution_manager_id": cls.manager.id,
            }
        )
        cls.rule = cls.env["lead.distribution.rule"].create(
            {
                "name": "Moves a crowd",
                "active": True,
                "domain": "[('name', 'like', 'Forgotten')]",
                "member_ids": [(0, 0, {"user_id": cls.boris.id})],
            }
        )
        cls.forgotten = cls.env["crm.lead"].create(
            [
                {
                    "name": f"Forgotten {n}",
                    "type": "opportunity",
                    "user_id": cls.anna.id,
                    "distribution_idle_since": fields.Datetime.now()
                    - timedelta(days=5),
                }
                for n in range(1, 4)
            ]
        )
        cls.env.company.lead_follow_up_next = 0  # what was before is read
        cls.forgotten.write(
            {"distribution_idle_since": fields.Datetime.now() - timedelta(days=5)}
        )

    def _apply(self):
        self.env.ref("lead_distribution.ir_cron_apply_rules").method_direct_trigger()
        self.env.invalidate_all()

    def test_rules(self):
        """U1 U2 U4 U6 U9 B1: made, previewed and confirmed by a manager; the one who
        gets the lead, with own documents only, sees who and why."""
        self._apply()
        self.assertEqual(self.rule.waiting_count, 3)
        self.start_tour(
            "/odoo/lead-rules",
            "lead_distribution_rules_manager",
            login="tour_manager",
        )
        self.assertTrue(self.rule.confirmed)
        made = self.env["lead.distribution.rule"].search(
            [("name", "=", "Three weeks without a word")]
        )
        self.assertEqual(made.member_ids.user_id, self.boris)
        self.assertEqual((made.strategy, made.delay_unit), ("closing_rate", "weeks"))
        self._apply()
        self.assertEqual(self.forgotten.user_id, self.boris)
        self.start_tour(
            "/odoo/crm", "lead_distribution_rules_salesperson", login="tour_boris"
        )

    def test_customers(self):
        """U3 U4: a rule for customers is made on screen; the one who gets a customer
        reads why"""
        partners = self.env["res.partner"].create(
            [
                {"name": f"Sleepy {n}", "is_company": True, "user_id": self.anna.id}
                for n in ("One", "Two")
            ]
        )
        others = self.env["res.partner"].search(
            [("user_id", "!=", False), ("id", "not in", partners.ids)]
        )
        others.user_id = False
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = now() - interval '1 year' "
            "WHERE id = ANY(%s)",
            [partners.ids],
        )
        self.env.invalidate_all()
        self.start_tour(
            "/odoo/lead-rules",
            "lead_distribution_rules_customers",
            login="tour_manager",
        )
        self._apply()
        self.assertEqual(partners.user_id, self.boris)
        self.start_tour(
            f"/odoo/action-base.action_partner_form/{partners[0].id}",
            "lead_distribution_rules_customer",
            login="tour_boris",
        )

    def test_action(self):
        """U11: from the list's actions, through one route"""
        route = self.env["lead.distribution.route"].create(
            {
                "name": "Desk",
                "domain": "[('name', '=', 'Nothing')]",
                "member_ids": [(0, 0, {"user_id": self.boris.id})],
            }
        )
        action = self.env["ir.actions.server"].create(
            {
                "name": "To the desk",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "lead_distribute",
                "lead_distribute_through": "route",
                "lead_distribution_route_id": route.id,
            }
        )
        action.create_action()
        self.forgotten.user_id = self.manager
        self.start_tour(
            "/odoo/crm", "lead_distribution_rules_action", login="tour_manager"
        )
        self.assertEqual(self.forgotten[1].user_id, self.boris)
        self.assertEqual(self.forgotten[0].user_id, self.manager)

    def test_settings(self):
        """U4: what counts as a follow-up, on CRM's settings page."""
        self.start_tour(
            "/odoo/settings#crm", "lead_distribution_rules_settings", login="admin"
        )
        self.assertFalse(self.env.company.lead_follow_up_note)
        self.assertEqual(self.env.company.lead_rule_confirm_above, 7)
