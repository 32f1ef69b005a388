from odoo.exceptions import AccessError
from odoo.tests.common import tagged
from odoo.tools import SQL

from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestFairness(DistributionCase):
    """B5: what each was owed by the strategy, and what each received."""

    def _figures(self, route, user=None):
        """:returns: ``{salesperson: (owed, received, ahead, otherwise)}``"""
        self.env.flush_all()
        found = (
            self.env["lead.distribution.fairness"]
            .with_user(user or self.manager)
            ._read_group(
                [("route_id", "=", route.id)],
                ["user_id"],
                ["owed:sum", "received:sum", "ahead:sum", "otherwise:sum"],
            )
        )
        return {
            person.name: tuple(round(number, 4) for number in numbers)
            for person, *numbers in found
        }

    def test_by_target(self):
        """B5: shares by target; nobody more than one lead ahead; the sums are those of
        the ledger."""
        self.company.lead_distribution_immediate_limit = 100
        route = self._route(self.anna | self.boris | self.clara)
        for member, target in zip(route.member_ids, (10, 20, 30), strict=True):
            member.write({"target_mode": "individual", "target": target})
        self._lead(50)
        self._lead()
        self._lead()
        figures = self._figures(route)
        for name, target in (("Anna", 10), ("Boris", 20), ("Clara", 30)):
            owed, received, ahead, otherwise = figures[name]
            self.assertAlmostEqual(owed, 52 * target / 60, 3)
            self.assertAlmostEqual(ahead, received - owed, 3)
            self.assertLess(ahead, 1)
            self.assertEqual(otherwise, 0)
        self.assertEqual(sum(figure[1] for figure in figures.values()), 52)

    def test_known_customers_and_absence(self):
        """B5: who is away is owed nothing; own customers are told apart."""
        route = self._route(self.anna | self.boris)
        self._lead(4)
        self.boris.lead_distribution_paused = True
        self._lead(2)
        self.boris.lead_distribution_paused = False
        customer = self.env["res.partner"].create(
            {"name": "Hers", "email": "hers@x.test", "user_id": self.anna.id}
        )
        known = self._lead(partner_id=customer.id)
        self.assertEqual(self._rows(known).reason, "known_advisor")
        self.assertEqual(
            self._figures(route), {"Anna": (4, 4, 0, 1), "Boris": (2, 2, 0, 0)}
        )

    def test_round_robin_listings_and_best(self):
        """B5: equal shares on round robin routes, whatever the targets; by listing; and
        where the best come first nobody is owed anything."""
        route = self._route(self.anna | self.boris, strategy="round_robin")
        route.member_ids[0].write({"target_mode": "individual", "target": 90})
        self._lead(4)
        self.assertEqual(
            self._figures(route), {"Anna": (2, 2, 0, 0), "Boris": (2, 2, 0, 0)}
        )
        route.active = False
        listing = self.env["lead.distribution.listing"].create(
            {"name": "Flat", "contact_ids": [(6, 0, self.clara.partner_id.ids)]}
        )
        by_listing = self._route(pool_source="listing")
        self._lead(3, listing_id=listing.id)
        self.assertEqual(self._figures(by_listing), {"Clara": (3, 3, 0, 0)})
        by_listing.active = False
        best = self._route(self.anna | self.boris, strategy="closing_rate")
        self._lead(3)
        self.assertFalse(self._figures(best))

    def test_undone(self):
        """B4 B5: what was undone was neither owed nor received."""
        route = self._route(self.anna | self.boris)
        leads = self._lead(2, user_id=False)
        leads.with_user(self.manager).action_release_to_pool()
        before = self._figures(route)
        leads.with_user(self.manager).action_distribute()
        run = self.env["lead.distribution.run"].search([], limit=1)
        run.with_user(self.manager).action_undo()
        self.assertEqual(self._figures(route), before)

    def test_rights(self):
        """B5: a salesperson reads their own line, nobody another company's."""
        route = self._route(self.anna | self.boris)
        self._lead(4)
        self.assertEqual(self._figures(route, self.anna), {"Anna": (2, 2, 0, 0)})
        stranger = self._user(
            "stranger", "sales_team.group_sale_manager", company_id=self.company_2.id
        )
        self.assertFalse(self._figures(route, stranger))
        outsider = self._user("outsider", "base.group_user")
        with self.assertRaises(AccessError):
            self._figures(route, outsider)

    def test_screen_looks_at_the_month_only(self):
        """B5: what the pivot asks for is answered, and the month reaches the ledger."""
        self._route(self.anna | self.boris)
        self._lead(2)
        action = self.env.ref("lead_distribution.lead_distribution_fairness_action")
        model = self.env[action.res_model].with_user(self.manager)
        views = model.get_views([(False, "pivot"), (False, "graph"), (False, "search")])
        self.assertEqual(set(views["views"]), {"pivot", "graph", "search"})
        groups = [["route_id", "user_id"], ["route_id"], []]
        self.assertTrue(all(model.formatted_read_grouping_sets([], groups)))
        query = model._search([("date", ">=", "2099-01-01")])
        plan = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        text = "\n".join(line for (line,) in plan)
        self.assertGreaterEqual(text.count("2099-01-01"), 2, text)
