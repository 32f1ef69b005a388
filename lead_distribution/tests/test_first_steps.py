"""From an empty database to the first lead that is distributed."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form
from odoo.tests.common import tagged

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestFirstSteps(DistributionCase):
    """K14: what a manager does first, with the manager's own rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Route = cls.env["lead.distribution.route"].with_user(cls.manager)
        cls.Template = cls.env["lead.distribution.template"].with_user(cls.manager)
        cls.team.user_id = cls.manager

    def _start(self, key):
        return self.Template.browse(self.Template.action_start(key)["res_id"])

    def test_leads_from_before_the_first_route(self):
        """They wait, are counted once there is a route, and are distributed with one
        press; those that a route could not place are not counted."""
        before = self._lead(2, user_id=False, company_id=self.company.id)
        before |= self._lead()  # a script's: it stays with the system
        kept = self._lead(user_id=self.clara.id)
        self.assertEqual(self.Route.first_steps()["waiting"], 0)
        route = self._route(self.anna | self.boris)
        self.assertEqual(self.Route.first_steps()["waiting"], 3)
        action = self.Route.action_distribute_waiting()
        self.assertIn("3", action["params"]["message"])
        self.assertEqual(before.user_id, self.anna | self.boris)
        self.assertEqual(kept.user_id, self.clara)
        self.assertEqual(self.Route.first_steps()["waiting"], 0)
        route.member_ids.unlink()
        self.assertEqual(self._lead().distribution_state, "pool")
        self.assertEqual(self.Route.first_steps()["waiting"], 0)
        self.Route.action_distribute_waiting()

    def test_steps_until_they_are_done_or_dismissed(self):
        """One after the other; gone for good when dismissed, for all of the company."""

        def left():
            steps = self.Route.first_steps()["steps"]
            return [step["key"] for step in steps if not step["done"]]

        self.env["lead.distribution.absence"].search([]).unlink()
        self.assertEqual(left(), ["route", "lead", "hours", "absences", "fallback"])
        for step in self.Route.first_steps()["steps"]:
            self.env.ref(step["action"])
        self._route(self.anna)
        self.company.lead_distribution_fallback_email = "lost@sales.test"
        self.assertEqual(left(), ["lead", "hours", "absences"])
        self.Route.action_dismiss_steps()
        self.assertEqual(left(), [])
        other = self._user("second", "sales_team.group_sale_manager")
        self.assertFalse(self.Route.with_user(other).first_steps()["steps"])

    def test_steps_are_the_managers(self):
        Route = self.Route.with_user(self.anna)
        self.assertEqual(Route.first_steps(), {})
        for method in ("action_dismiss_steps", "action_distribute_waiting"):
            with self.assertRaises(AccessError):
                getattr(Route, method)()
        with self.assertRaises(AccessError):
            self.Template.with_user(self.anna).action_start("workload")

    def test_templates_are_there_until_there_is_a_route(self):
        keys = {one["key"] for one in self.Route.first_steps()["templates"]}
        self.assertEqual(keys, set(dict(self.Template._templates())))
        self._route(self.anna)
        self.assertFalse(self.Route.first_steps()["templates"])

    def test_each_template_makes_a_route_that_works(self):
        """Two presses: open it, make it; the next lead has somebody."""
        for key in dict(self.Template._templates()):
            with self.subTest(key):
                wizard = self._start(key)
                self.assertFalse(wizard.problem)
                if key == "one_person":
                    wizard.user_id = self.boris
                action = wizard.action_confirm()
                route = self.Route.browse(action["res_id"])
                self.assertTrue(route.active)
                route.sudo().schedule = "always"
                lead = self._lead()
                state = "offered" if key == "offer_all" else "assigned"
                self.assertEqual(lead.distribution_state, state)
                if key == "one_person":
                    self.assertEqual(lead.user_id, self.boris)
                route.active = False

    def test_preview_tells_who_would_have_got_the_leads(self):
        """Yesterday's and today's leads, through the route as it would be; nothing of
        it stays."""
        self._lead(4, user_id=False, company_id=self.company.id)
        routes = self.Route.with_context(active_test=False).search_count([])
        wizard = self._start("round_robin")
        for name in ("Anna", "Boris", "Clara"):
            self.assertIn(name, wizard.preview)
        self.assertEqual(
            self.Route.with_context(active_test=False).search_count([]), routes
        )
        self.assertFalse(
            self.env["lead.distribution.assignment"].search_count(
                [("user_id", "=", self.anna.id)]
            )
        )
        wizard.write({"team_id": False, "user_ids": [(6, 0, self.anna.ids)]})
        wizard.action_preview()
        self.assertIn("Anna", wizard.preview)
        self.assertNotIn("Boris", wizard.preview)

    def test_template_shows_who_is_in_the_team(self):
        """A salesperson outside of the team is seen to be missing; without the team
        all salespeople are proposed, and go on the route."""
        newcomer = self._user("newcomer", "sales_team.group_sale_salesman")
        wizard = self._start("round_robin")
        self.assertEqual(wizard.user_ids, wizard._people())
        self.assertNotIn(newcomer, wizard.user_ids)
        team = wizard.team_id
        with Form(wizard) as form:
            form.team_id = self.env["crm.team"]
        self.assertIn(newcomer, wizard.user_ids)
        route = self.Route.browse(wizard.action_confirm()["res_id"])
        self.assertIn(newcomer, route.member_ids.user_id)
        with Form(wizard) as form:
            form.team_id = team
        self.assertEqual(wizard.user_ids, wizard._people())
        self.assertNotIn(newcomer, wizard.user_ids)

    def test_who_gets_nothing_is_said_at_once(self):
        """A colleague without sales rights, on template and route; nobody at all."""
        guest = self._user("guest", "base.group_user")
        with Form(self._start("workload")) as form:
            form.team_id = self.env["crm.team"]
            form.user_ids.clear()
            self.assertIn("Nobody", form.problem)
            form.user_ids.add(guest)
            form.user_ids.add(self.anna)
            self.assertIn("Guest (without sales rights)", form.problem)
            self.assertNotIn("Anna", form.problem)
        wizard = self._start("workload")
        wizard.write({"team_id": False, "user_ids": False})
        with self.assertRaises(UserError):
            wizard.action_confirm()
        route = self._route(self.anna | guest).with_user(self.manager)
        self.assertEqual(
            route.member_ids.mapped("why_not"), [False, "without sales rights"]
        )

    def test_why_offers_to_distribute(self):
        """B1: from the explanation, for those who may hand out the lead."""
        lead = self._lead()
        self._route(self.anna)
        action = lead.with_user(self.manager).action_explain_distribution()
        Wizard = self.env[action["res_model"]]
        wizard = Wizard.with_user(self.manager).browse(action["res_id"])
        self.assertTrue(wizard.can_distribute)
        wizard.action_distribute()
        self.assertEqual(lead.user_id, self.anna)
        action = lead.with_user(self.anna).action_explain_distribution()
        wizard = Wizard.with_user(self.anna).browse(action["res_id"])
        self.assertFalse(wizard.can_distribute)
        with self.assertRaises(AccessError):
            wizard.action_distribute()
