from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase
from odoo.tests.common import new_test_user, tagged


@tagged("post_install", "-at_install")
class TestRulesScreens(HttpCase):
    """What a manager and a salesperson see of rules, in the browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["lead.distribution.route"].search([]).active = False
        cls.env["lead.distribution.rule"].search([]).active = False

        def user(login, group="group_sale_salesman"):
            return new_test_user(
                cls.env,
                login=f"tour_{login}",
                groups=f"sales_team.{group}",
                name=f"{login.capitalize()} Tour",
                email=f"{login}@tour.test",
                tour_enabled=False,
            )

        cls.anna, cls.boris = user("anna"), user("boris")
        cls.manager = user("manager", "group_sale_manager")
        cls.env.company.write(
            {
                "lead_rule_confirm_above": 2,
                "lead_distribution_manager_id": cls.manager.id,
            }
        )
        cls.rule = cls.env["lead.distribution.rule"].create(
            {
                "name": "Moves a crowd",
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

    def test_settings(self):
        """U4: what counts as a follow-up, on CRM's settings page."""
        self.start_tour(
            "/odoo/settings#crm", "lead_distribution_rules_settings", login="admin"
        )
        self.assertFalse(self.env.company.lead_follow_up_note)
        self.assertEqual(self.env.company.lead_rule_confirm_above, 7)
