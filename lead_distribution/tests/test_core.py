from odoo.tests.common import tagged

from ..hooks import uninstall_hook
from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestCore(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("crm.lead.auto.assignment", True)
        cls.other = cls.env["crm.team"].create(
            {
                "name": "Core's own",
                "company_id": cls.company.id,
                "assignment_domain": "[('name', 'like', 'Lead')]",
                "crm_team_member_ids": [
                    (0, 0, {"user_id": cls._user("core").id, "assignment_max": 3000})
                ],
            }
        )
        cls.env["crm.team"].search(
            [("id", "not in", (cls.other | cls.team).ids)]
        ).write({"active": False})

    def _assign(self):
        self.env["crm.team"].search([])._action_assign_leads(force_quota=True)

    def test_teams_without_routes_are_cores(self):
        """B8: core's assignment works on for teams that no route manages."""
        self._route(
            pool_source="teams", team_ids=self.team.ids, domain="[('id', '=', 0)]"
        )
        lead = self._lead(team_id=self.other.id)
        self.assertEqual(lead.distribution_state, "pool")
        self._assign()
        self.assertEqual(lead.user_id, self.other.crm_team_member_ids.user_id)
        self.assertEqual(lead.distribution_state, "assigned")
        self.assertEqual(self._rows(lead)[-1].reason, "manual")

    def test_core_keeps_away_from_what_is_ours(self):
        """B8: pending leads, leads of managed teams, leads a route put aside."""
        route = self._route(pool_source="teams", team_ids=self.team.ids)
        (self.anna | self.boris | self.clara).lead_distribution_paused = True
        ours = self._lead()  # the route found nobody
        self.assertEqual(ours.distribution_route_id, route)
        self.company.lead_distribution_mode = "queued"
        pending = self._lead()
        self._assign()
        self.assertFalse((ours | pending).user_id)
        self.assertFalse((ours | pending).team_id)

    def test_switched_off_core_has_everything(self):
        """B8"""
        self._route(pool_source="teams", team_ids=self.team.ids)
        self.company.lead_distribution_mode = "off"
        lead = self._lead(user_id=False)
        self._assign()
        self.assertTrue(lead.team_id)

    def test_team_leader_does_not_take_what_routes_will(self):
        """B8: core gives a mail's lead to the team leader unless we distribute."""
        self.env["ir.config_parameter"].set_param("crm.lead.auto.assignment", False)
        self.team.user_id = self.clara
        mail = (
            "From: x{0}@customers.test\nTo: y@in.test\nSubject: S\n"
            "Message-Id: <{0}@x>\n\nHi"
        )
        receive = self.env["mail.thread"].message_process
        values = {"team_id": self.team.id}
        lead = self.env["crm.lead"].browse(
            receive("crm.lead", mail.format(1), custom_values=values)
        )
        self.assertEqual(lead.user_id, self.clara, "no route: as ever")
        self._route(self.anna)
        lead = self.env["crm.lead"].browse(
            receive("crm.lead", mail.format(2), custom_values=values)
        )
        self.assertEqual(lead.user_id, self.anna)

    def test_uninstall_leaves_plain_leads(self):
        """Pending and pooled leads are unassigned ones; no call for help stays."""
        self._route(self.anna.browse(), responsible_id=self.manager.id)
        lead = self._lead()
        self.assertTrue(lead.activity_ids)
        uninstall_hook(self.env)
        self.assertTrue(lead.exists())
        self.assertFalse(lead.user_id)
        self.assertFalse(lead.activity_ids)
