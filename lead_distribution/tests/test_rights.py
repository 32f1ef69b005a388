from odoo.exceptions import AccessError
from odoo.tests.common import new_test_user, tagged

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestRights(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._user("other", company_id=cls.company_2.id)
        cls.route = cls._route(cls.anna | cls.boris)
        cls.route_2 = cls._route(cls.other, company_id=cls.company_2.id, name="Theirs")

    def test_own_documents_only(self):
        """A salesperson sees the assignments of their own leads only."""
        leads = self._lead(2)
        Assignment = self.env["lead.distribution.assignment"].with_user(self.anna)
        mine = Assignment.search([("lead_id", "in", leads.ids)])
        self.assertEqual(mine.user_id, self.anna)
        everything = Assignment.with_user(self.manager).search(
            [("lead_id", "in", leads.ids)]
        )
        self.assertEqual(len(everything), 2)

    def test_companies_do_not_see_each_other(self):
        lead = self._lead(company_id=self.company_2.id)
        self.assertEqual(lead.user_id, self.other)
        row = self._rows(lead)
        for user in (self.anna, self.manager):
            with self.assertRaises(AccessError):
                row.with_user(user).read(["user_id"])
            with self.assertRaises(AccessError):
                self.route_2.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                lead.with_user(user).action_explain_distribution()
        with self.assertRaises(AccessError):
            lead.with_user(self.manager).action_distribute()

    def test_portal_users_see_none_of_our_fields(self):
        portal = new_test_user(self.env, "ld_portal", groups="base.group_portal")
        fields = self.env["crm.lead"].with_user(portal).fields_get()
        for name in (
            "distribution_state",
            "distribution_route_id",
            "distribution_assignment_ids",
            "distribution_why",
            "external_ref",
            "listing_id",
            "consent_ids",
            "intake_incomplete",
        ):
            self.assertNotIn(name, fields)
        fields = self.env["res.users"].with_user(portal).fields_get()
        self.assertNotIn("lead_target", fields)
        with self.assertRaises(AccessError):
            portal.with_user(portal).read(["lead_absent"])
        with self.assertRaises(AccessError):
            portal.with_user(portal).write({"lead_absent": True})
        for model in ("route", "assignment", "absence", "listing", "run"):
            with self.assertRaises(AccessError):
                self.env[f"lead.distribution.{model}"].with_user(portal).search([])

    def test_distribute_for_one_company_only(self):
        """The button acts on leads one may see."""
        lead = self._lead()
        with self.assertRaises(AccessError):
            lead.with_user(self.boris).action_distribute()
        lead.with_user(self.manager).action_distribute()

    def test_service_is_not_callable_from_outside(self):
        """Every method of the service is private: RPC refuses them."""
        public = [
            name
            for name in dir(type(self.env["lead.distribution"]))
            if not name.startswith("_")
            and callable(getattr(type(self.env["lead.distribution"]), name))
            and getattr(
                type(self.env["lead.distribution"]), name
            ).__module__.startswith("odoo.addons.lead_distribution")
            and not hasattr(type(self.env["base"]), name)  # every model has these
        ]
        self.assertFalse(public)

    def test_workload_is_visible_to_salespeople(self):
        self._lead()
        self.assertEqual(self.anna.with_user(self.anna).lead_workload_units, 1)
