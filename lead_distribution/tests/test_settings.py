"""The settings page of managers of the distribution."""

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form
from odoo.tests.common import tagged

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestManagerSettings(DistributionCase):
    """O6 O16 O17 O22 V1 V10: set up without Settings rights."""

    def _open(self, user):
        Settings = self.env["lead.distribution.settings"].with_user(user)
        return Settings.browse(Settings.action_open()["res_id"])

    def test_manager_changes_the_settings(self):
        """The page shows what holds, and saving it saves it on the company."""
        self.assertFalse(self.manager.has_group("base.group_system"))
        self.company.lead_distribution_fallback_email = "old@sales.test"
        settings = self._open(self.manager)
        self.assertEqual(settings.lead_standard_target, 30)
        with Form(settings) as form:
            self.assertEqual(form.lead_distribution_fallback_email, "old@sales.test")
            form.lead_standard_target = 12
            form.lead_distribution_fallback_email = "new@sales.test"
            form.lead_distribution_tracking = "digest"
            form.lead_distribution_intake_user_ids.add(self.clara)
            form.lead_duplicate_policy = "flag"
            form.lead_follow_up_note = False
        self.assertRecordValues(
            self.company,
            [
                {
                    "lead_standard_target": 12,
                    "lead_distribution_fallback_email": "new@sales.test",
                    "lead_distribution_tracking": "digest",
                    "lead_distribution_intake_user_ids": self.clara.ids,
                    "lead_duplicate_policy": "flag",
                    "lead_follow_up_note": False,
                }
            ],
        )
        self.assertEqual(settings.lead_standard_target, 12)
        with Form(settings) as form:
            form.lead_distribution_intake_user_ids.clear()
        self.assertFalse(self.company.lead_distribution_intake_user_ids)

    def test_same_checks_as_the_settings_page(self):
        """What the company refuses is refused here."""
        alias = self.env["mail.alias.domain"].create({"name": "sales.test"})
        self.company.alias_domain_id = alias
        self.env["mail.alias"].create(
            {
                "alias_name": "leads",
                "alias_domain_id": alias.id,
                "alias_model_id": self.env["ir.model"]._get_id("crm.lead"),
            }
        )
        settings = self._open(self.manager)
        with self.assertRaises(ValidationError):
            settings.lead_distribution_fallback_email = "leads@sales.test"

    def test_only_managers_and_only_of_the_company(self):
        """Neither salespeople, nor for another company, nor anything else of one."""
        with self.assertRaises(AccessError):
            self._open(self.anna)
        Settings = self.env["lead.distribution.settings"].with_user(self.manager)
        with self.assertRaises(AccessError):
            Settings.create(
                {"company_id": self.company_2.id, "lead_standard_target": 1}
            )
        self.env.invalidate_all()
        settings = self._open(self.manager)
        settings.write({"lead_distribution_mode": "off"})
        self.assertEqual(self.company.lead_distribution_mode, "immediate")
        with self.assertRaises(AccessError):
            settings.write(
                {
                    "lead_distribution_intake_user_ids": [
                        Command.create({"name": "New", "login": "made_by_the_way"})
                    ]
                }
            )
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.company.with_user(self.manager).lead_standard_target = 3


@tagged("post_install", "-at_install")
class TestMenus(DistributionCase):
    """Daily tools where people work, few entries to set up, one heading of reports."""

    def _children(self, name):
        return self.env.ref(f"lead_distribution.{name}").child_id

    def test_setting_up(self):
        self.assertLessEqual(len(self._children("lead_distribution_menu_config")), 8)

    def test_daily(self):
        sales = self.env.ref("crm.crm_menu_sales")
        for name in ("pool", "runs", "health", "board"):
            menu = self.env.ref(f"lead_distribution.lead_distribution_menu_{name}")
            self.assertEqual(menu.parent_id, sales)
        self.assertEqual(
            self.env.ref("lead_distribution.lead_task_menu").parent_id, sales
        )

    def test_reports(self):
        names = self._children("lead_distribution_menu_reports").mapped("name")
        self.assertEqual(len(set(names)), len(names))
        self.assertGreater(len(names), 7)
