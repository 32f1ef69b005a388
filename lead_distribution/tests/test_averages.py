"""Averages and shares are computed from the sums (V11 V12)."""

from datetime import datetime

from odoo.tests.common import tagged

from ..tools.service_context import as_service
from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestAverages(DistributionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portals = cls.env["utm.source"].create(
            [{"name": "Portal A"}, {"name": "Portal B"}]
        )

    def _groups(self, model, groupby, *aggregates, domain=()):
        self.env.flush_all()
        rows = self.env[model].with_user(self.manager)
        return rows.formatted_read_group(list(domain), groupby, list(aggregates))

    def test_merged_inquiries_count_for_their_source(self):
        """V12 V10: two portals delivered, one lead stays: each received one; what
        became of the person counts once."""
        self.company.lead_duplicate_policy = "merge"
        self._route(self.anna)
        one, two = (
            self._lead(
                contact_name="Zoe Moss",
                email_from="zoe@moss.test",
                source_id=portal.id,
                expected_revenue=100,
            )
            for portal in self.portals
        )
        self._run_cron("ir_cron_merge_duplicates")
        stays = (one | two).exists()
        self.assertEqual(len(stays), 1)
        stays.action_set_won()
        groups = self._groups(
            "lead.distribution.effectiveness",
            ["source_id"],
            "received:sum",
            "won:sum",
            "revenue:sum",
            "won_percent:avg",
            domain=[("source_id", "in", self.portals.ids)],
        )
        found = {group["source_id"][1]: group for group in groups}
        self.assertEqual(len(found), 2)
        self.assertEqual({g["received:sum"] for g in groups}, {1})
        self.assertEqual(sum(g["won:sum"] for g in groups), 1)
        self.assertEqual(sum(g["revenue:sum"] for g in groups), 100)
        self.assertEqual(found[stays.source_id.name]["won_percent:avg"], 100)
        rows = self.env["lead.distribution.effectiveness"].with_user(self.anna)
        mine = rows.search([("source_id", "in", self.portals.ids)])
        self.assertEqual(mine.lead_id, stays)
        self.assertEqual(len(mine), 2)
        self.assertFalse(
            rows.with_user(self.boris).search_count([("id", "in", mine.ids)])
        )
        # removed as spam, it is in no figure, however often it was sent
        stays.stage_id = self.env["crm.stage"].search([("is_won", "=", False)], limit=1)
        stays.with_user(self.manager).action_remove(
            self.env["lead.distribution.removal.reason"].search([], limit=1).id
        )
        (total,) = self._groups(
            "lead.distribution.effectiveness",
            [],
            "received:sum",
            "removed:sum",
            domain=[("source_id", "in", self.portals.ids)],
        )
        self.assertEqual((total["received:sum"], total["removed:sum"]), (0, 2))

    def test_share_of_all_is_of_the_sums(self):
        """V12: the total is won of 100 received, whatever the groups' shares are."""
        first, second = self.portals
        self._lead(source_id=first.id).action_set_won()
        self._lead(3, source_id=second.id)
        domain = [("source_id", "in", self.portals.ids)]
        spec = ("lead.distribution.effectiveness", "won_percent:avg")
        groups = self._groups(spec[0], ["source_id"], spec[1], domain=domain)
        self.assertEqual([g[spec[1]] for g in groups], [100, 0])
        (total,) = self._groups(spec[0], [], spec[1], domain=domain)
        self.assertEqual(total[spec[1]], 25)
        for model in ("lead.distribution.effectiveness", "lead.distribution.report"):
            arch = self.env[model].get_view(view_type="list")["arch"]
            self.assertIn('js_class="lead_distribution_averages"', arch)
            self.assertIn('avg="Won %"', arch)

    def test_recognised_customers_are_in_no_average(self):
        """V11: who was a customer before took nobody any time; and nothing that has not
        happened counts as 0 minutes."""
        self._route(self.anna)
        self.env["res.partner"].create({"name": "Zoe", "email": "zoe@known.test"})
        known = self._lead(email_from="zoe@known.test", source_id=self.portals[0].id)
        self.assertTrue(known.customer_recognised)
        other = self._lead(source_id=self.portals[0].id)
        self._lead(source_id=self.portals[0].id)
        customer = self.env["res.partner"].create({"name": "Later"})
        other.with_user(self.manager).action_link_customer(customer.id)
        self.assertFalse(other.customer_recognised)
        self.env.cr.execute(
            "UPDATE crm_lead SET minutes_to_customer = 40 WHERE id = %s",
            (other.ids[0],),
        )
        self.env.invalidate_all()
        domain = [("source_id", "in", self.portals.ids)]
        for model in ("crm.lead", "lead.distribution.effectiveness"):
            self.env[model].invalidate_model()
            (total,) = (
                self.env[model]
                .sudo()
                .formatted_read_group(domain, [], ["minutes_to_customer:avg"])
            )
            self.assertEqual(total["minutes_to_customer:avg"], 40, model)
        # taken off and tied to another by a person
        another = self.env["res.partner"].create({"name": "Another"})
        known.partner_id = another
        self.assertFalse(known.customer_recognised)

    def test_from_the_portals_own_date(self):
        """V11 G7: the time begins when the person asked, where the file says when."""
        lead = self._lead(inquiry_date=datetime(2025, 9, 1, 10))
        as_service(lead).date_customer = datetime(2025, 9, 1, 11, 30)
        self.assertEqual(lead.minutes_to_customer, 90)
        lead.inquiry_date = False
        self.assertEqual(lead.minutes_to_customer, 0)
        result = (
            self.env["crm.lead"]
            .with_user(self.manager)
            .load(
                ["name", "email_from", "inquiry_date"],
                [["From a file", "file@portal.test", "2025-09-01 08:15:00"]],
            )
        )
        self.assertFalse(result["messages"])
        found = self.env["crm.lead"].browse(result["ids"])
        self.assertEqual(found.inquiry_date, datetime(2025, 9, 1, 8, 15))
