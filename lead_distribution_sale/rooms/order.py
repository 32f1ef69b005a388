"""Orders: those of a lead's customer, and what they are worth as sales."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class LeadDistributionOrder(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _orders_of(self, leads):
        """The orders of the leads' customers in the leads' companies, cancelled ones
        aside: made for the lead, for its customer, or for somebody with its email
        address (who orders on the website is a contact of its own).

        :param leads: ``crm.lead`` with the rights to see all orders
        :returns: ``{lead: sale.order}``; one query for each company
        """
        result = {lead: self.env["sale.order"] for lead in leads}
        for company, ours in leads.grouped("company_id").items():
            customers = ours.partner_id.commercial_partner_id
            emails = [email for email in ours.mapped("email_normalized") if email]
            found = self.env["sale.order"].search(
                (
                    Domain("opportunity_id", "in", ours.ids)
                    | Domain("partner_id.commercial_partner_id", "in", customers.ids)
                    | Domain("partner_id.email_normalized", "in", emails)
                )
                & Domain("company_id", "in", company.ids or self.env.companies.ids)
                & Domain("state", "!=", "cancel")
            )
            by_lead = found.grouped("opportunity_id")
            by_customer = found.grouped(lambda x: x.partner_id.commercial_partner_id)
            by_email = found.grouped(lambda x: x.partner_id.email_normalized)
            for lead in ours:
                result[lead] |= by_lead.get(lead, found.browse())
                customer = lead.partner_id.commercial_partner_id
                if customer:
                    result[lead] |= by_customer.get(customer, found.browse())
                if lead.email_normalized:
                    result[lead] |= by_email.get(lead.email_normalized, found.browse())
        return result

    @api.model
    def _sales_of(self, users, since):
        """Won leads, and confirmed orders; an order made for a won lead is that one
        sale (U4, U6)."""
        found = super()._sales_of(users, since)
        groups = (
            self.env["sale.order"]
            .sudo()  # numbers of colleagues, as for leads
            ._read_group(
                [
                    ("user_id", "in", users.ids),
                    ("company_id", "=", self.env.company.id),
                    ("state", "=", "sale"),
                    ("date_order", ">=", since),
                    "|",
                    ("opportunity_id", "=", False),
                    ("opportunity_id.won_status", "!=", "won"),
                ],
                ["user_id"],
                ["__count"],
            )
        )
        for user, count in groups:
            found[user.id] = found.get(user.id, 0) + count
        return found

    @api.model
    def _last_sales(self, partners):
        """The later of the last won lead and the last confirmed order (U4)."""
        found = super()._last_sales(partners)
        entities = partners.sudo().commercial_partner_id
        if not entities:
            return found
        self.env["sale.order"].flush_model(["partner_id", "state", "date_order"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT p.commercial_partner_id, max(o.date_order)
                     FROM res_partner p
                     JOIN sale_order o ON o.partner_id = p.id
                    WHERE p.commercial_partner_id = ANY(%s) AND o.state = 'sale'
                 GROUP BY 1""",
                entities.ids,
            )
        )
        for partner_id, date in rows:
            found[partner_id] = max(date, found.get(partner_id, date))
        return found
