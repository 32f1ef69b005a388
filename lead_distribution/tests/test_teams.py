"""Odoo's own assignment rules become routes, and the other way round (Part 15, 18)."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests.common import tagged

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestTeams(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.north = cls.env["crm.team"].create(
            {
                "name": "North",
                "company_id": cls.company.id,
                "assignment_domain": "[('country_id.code', '=', 'PL')]",
                "crm_team_member_ids": [
                    Command.create({"user_id": cls.anna.id, "assignment_max": 20}),
                    Command.create({"user_id": cls.boris.id, "assignment_max": 40}),
                    Command.create(
                        {
                            "user_id": cls.clara.id,
                            "assignment_max": 10,
                            "assignment_domain": "[('city', '=', 'Gdynia')]",
                        }
                    ),
                ],
            }
        )
        cls.poland = cls.env.ref("base.pl")

    def _wizard(self, **values):
        values.setdefault("team_ids", [Command.set(self.north.ids)])
        return (
            self.env["lead.distribution.teams"]
            .with_user(self.manager)
            .with_company(self.company)
            .create(values)
        )

    def test_routes_of_a_team(self):
        """The filters, capacities and members' filters of a team, as paused routes;
        who gives leads out as Odoo did."""
        wizard = self._wizard()
        for text in ("Country", "Gdynia", "40", "Clara"):
            self.assertIn(text, wizard.preview)
        action = wizard.action_confirm()
        routes = self.env["lead.distribution.route"].search(
            action["domain"] + [("active", "=", False)]
        )
        self.assertRecordValues(
            routes,
            [
                {"pool_source": "teams", "team_ids": self.north.ids, "active": False},
                {"pool_source": "teams", "team_ids": self.north.ids, "active": False},
            ],
        )
        targets = [
            user.with_company(self.company).lead_target
            for user in (self.anna, self.boris, self.clara)
        ]
        self.assertEqual(targets, [20, 40, 10])
        routes.with_user(self.manager).action_unarchive()
        poland = {"country_id": self.poland.id, "company_id": self.company.id}
        leads = self._lead(6, city="Warszawa", **poland)
        self.assertEqual(len(leads.filtered(lambda x: x.user_id == self.anna)), 2)
        self.assertEqual(len(leads.filtered(lambda x: x.user_id == self.boris)), 4)
        # she is furthest behind, and may take this one
        self.assertEqual(self._lead(city="Gdynia", **poland).user_id, self.clara)
        self.assertFalse(self._lead(city="Gdynia").user_id, "of another country")

    def test_back_to_the_team(self):
        """The last route's filter and the salespeople's targets are the team's."""
        self._route(
            pool_source="teams",
            team_ids=[Command.set(self.north.ids)],
            domain="[('city', '=', 'Poznań')]",
        )
        self.anna.with_company(self.company).write(
            {"lead_target_mode": "individual", "lead_target": 7}
        )
        wizard = self._wizard(direction="to_teams")
        self.assertIn("Anna: a capacity of 7 in 30 days.", wizard.preview)
        wizard.action_confirm()
        self.assertEqual(self.north.assignment_domain, "[('city', '=', 'Poznań')]")
        members = self.north.crm_team_member_ids
        self.assertEqual([m.assignment_max for m in members.sorted("id")], [7, 40, 10])

    def test_broken_filter_makes_no_route(self):
        """It is said, and nothing is made."""
        # of an app that is gone; Odoo lets nobody write it
        self.env.cr.execute(
            """UPDATE crm_team SET assignment_domain = '[("no_such_field", "=", 1)]'
                WHERE id = %s""",
            [self.north.id],
        )
        self.north.invalidate_recordset()
        wizard = self._wizard()
        self.assertIn("no_such_field", wizard.preview)
        with self.assertRaises(UserError):
            wizard.action_confirm()

    def test_teams_with_a_route_are_not_proposed(self):
        """Teams that routes take care of, and those of other companies, stay out."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        far = self.north.copy({"company_id": other.id})
        fields = ["team_ids"]
        wizard = self._wizard().with_company(self.company)
        proposed = wizard.default_get(fields)["team_ids"]
        ids = proposed[0][2] if isinstance(proposed[0], (list, tuple)) else proposed
        self.assertIn(self.north.id, ids)
        self.assertNotIn(far.id, ids)
        self._route(pool_source="teams", team_ids=[Command.set(self.north.ids)])
        proposed = wizard.default_get(fields)["team_ids"]
        self.assertNotIn(self.north.id, proposed and proposed[0][2] or [])
