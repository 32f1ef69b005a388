"""Orders: those of a lead's customer, and what they are worth as sales."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class LeadDistributionOrder(models.AbstractModel):
    _name = "lead.distribution.sale.order"
    _description = "Lead Distribution: Sale Order"

    @api.model
    def _orders_of(self, leads):
        """The orders of the leads' customers in the leads' companies, cancelled ones
        aside: made for the lead, for its customer, or for somebody with its email
        address (who orders on the website is a contact of its own).

        :param leads: ``crm.lead`` with the rights to see all orders
        :returns: ``{lead: sale.order}``; one query for each company
        """
        result = {lead: self.env["sale.order"] for lead in leads}
        for company, ours in leads.grouped(
            self.env["lead.distribution.lead.company"]._company_of_lead
        ).items():
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


class LeadDistributionIdentity(models.AbstractModel):
    _inherit = "lead.distribution.identity"

    @api.model
    def _sql_business(self):
        """A company that has ordered is a firm that there is business with."""
        self.env["sale.order"].flush_model(["partner_id", "state"])
        return [
            *super()._sql_business(),
            SQL(
                """EXISTS (SELECT FROM sale_order o
                             JOIN res_partner c ON c.id = o.partner_id
                            WHERE c.commercial_partner_id = p.id
                              AND o.state = 'sale')"""
            ),
        ]


class LeadDistributionRates(models.AbstractModel):
    _inherit = "lead.distribution.rates"

    @api.model
    def _sales_of(self, users, since):
        """Won leads, and leads received since then whose customer has ordered: for the
        lead, or, unless one of the customer's leads is won already, whatever was
        ordered after it came. One sale a lead and an order at most, so that nobody
        sells more than they had: renewals, which are of no lead, say nothing of how
        leads are handled (U6)."""
        found = super()._sales_of(users, since)
        self.env["sale.order"].flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """WITH had AS (%(had)s), mine AS (
                       SELECT h.user_id, h.lead_id, h.since, l.user_id AS owner_id,
                              p.commercial_partner_id AS customer_id
                         FROM had h
                         JOIN crm_lead l ON l.id = h.lead_id
                    LEFT JOIN res_partner p ON p.id = l.partner_id
                        WHERE l.won_status IS DISTINCT FROM 'won'
                   ), sold AS (
                       SELECT o.id, o.user_id, o.opportunity_id, o.date_order,
                              p.commercial_partner_id AS customer_id
                         FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
                        WHERE o.company_id = %(company)s AND o.state = 'sale'
                          AND o.date_order >= %(since)s
                   ), pairs AS (
                       SELECT m.user_id, m.owner_id, m.lead_id, m.customer_id,
                              o.id AS order_id, o.user_id AS seller_id
                         FROM mine m JOIN sold o ON o.opportunity_id = m.lead_id
                   UNION ALL
                       SELECT m.user_id, m.owner_id, m.lead_id, m.customer_id,
                              o.id, o.user_id
                         FROM mine m JOIN sold o ON o.customer_id = m.customer_id
                        WHERE o.opportunity_id IS NULL AND o.date_order >= m.since
                          AND NOT EXISTS (
                              SELECT FROM crm_lead l
                                     JOIN res_partner p ON p.id = l.partner_id
                               WHERE p.commercial_partner_id = m.customer_id
                                 AND l.won_status = 'won'
                                 AND l.date_closed >= %(since)s)
                   ), sales AS (
                       SELECT user_id, LEAST(count(DISTINCT lead_id),
                                             count(DISTINCT order_id)) AS number
                         FROM pairs
                        WHERE COALESCE(seller_id, owner_id) = user_id
                     GROUP BY user_id, COALESCE(customer_id, -lead_id)
                   )
                   SELECT user_id, sum(number)::int4 FROM sales GROUP BY user_id""",
                had=self._count_received(
                    self.env.company, users, since, fields.Datetime.now()
                ),
                company=self.env.company.id,
                since=since,
            )
        )
        for user_id, number in rows:
            found[user_id] = found.get(user_id, 0) + number
        return found

    @api.model
    def _last_sales(self, partners):
        """The later of the last won lead and the last confirmed order (U4)."""
        found = super()._last_sales(partners)
        # sudo: the firm behind each contact, of which a date is told
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
                      AND %s
                 GROUP BY 1""",
                entities.ids,
                self._of_companies_seen(SQL("o.company_id")),
            )
        )
        for partner_id, date in rows:
            found[partner_id] = max(date, found.get(partner_id, date))
        return found


class LeadDistributionPrivacy(models.AbstractModel):
    _inherit = "lead.distribution.privacy"

    @api.model
    def _anonymize_partners(self, partners):
        """Orders are kept, as the law wants; what our tasks say about them goes."""
        result = super()._anonymize_partners(partners)
        orders = self.env["sale.order"].search([("partner_id", "in", partners.ids)])
        here = [("res_model", "=", "sale.order"), ("res_id", "in", orders.ids)]
        self.env["lead.activity.waiting"].search(here).write(
            {"summary": False, "note": False}
        )
        self._anonymize_done(
            self.env["mail.activity"].search(
                [*here, ("lead_origin", "!=", False), ("active", "=", False)]
            )
        )
        return result
