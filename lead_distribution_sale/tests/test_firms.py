"""Firms: whoever writes from the general address of a company that has ordered."""

from odoo import Command
from odoo.tests.common import tagged

from odoo.addons.lead_distribution.tests.common import DistributionCase


@tagged("post_install", "-at_install")
class TestFirms(DistributionCase):
    def test_ordered_before(self):
        """P11 22: a confirmed order of somebody of the company makes it a firm, a
        quotation does not."""
        self._route(self.anna | self.boris, contact_owner_policy="never")
        product = self.env["product.product"].create(
            {"name": "Course", "type": "service"}
        )
        firm = self.env["res.partner"].create(
            {"name": "ACME", "is_company": True, "email": "office@acme.test"}
        )
        person = self.env["res.partner"].create({"name": "P", "parent_id": firm.id})
        order = self.env["sale.order"].create(
            {
                "partner_id": person.id,
                "company_id": self.company.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )

        def write_in(at):
            names = ("Jan Kowalski", "Ewa Lis", "Olga Wilk", "Adam Sowa", "Piotr Kos")
            return self.env["crm.lead"].create(
                [
                    {
                        "name": name,
                        "contact_name": name,
                        "email_from": "office@acme.test",
                        "phone": f"22 555 {at} 0{n}",
                    }
                    for n, name in enumerate(names)
                ]
            )

        self.assertFalse(write_in("01").partner_id, "nothing but a quotation")
        order.action_confirm()
        leads = write_in("02")
        self.assertEqual(len(leads.filtered(lambda x: x.partner_id == firm)), 5)
