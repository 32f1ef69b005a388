"""Orders: those of a lead's customer, and what they are worth as sales."""

from odoo import api, models
from odoo.fields import Domain


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
