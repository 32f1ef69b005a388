"""Known and former advisors of customers."""

from odoo import api, models
from odoo.tools import SQL

from ...tools.columns import column
from ...tools.constants import COUNTED
from .history import history_of


class LeadDistributionIdentity(models.AbstractModel):
    _inherit = "lead.distribution.identity"

    @api.model
    def _add_advisors(self, company, leads, identities):
        """The customer's salesperson, who had the customer before, newest first,
        and who has, or had, inquiries of the same person."""
        customers = {
            lead_id: found
            for lead_id, linked in zip(
                leads._ids, column(leads, "partner_id"), strict=True
            )
            if (found := linked or identities[lead_id].partner_id)
        }
        partners = self.env["res.partner"].browse(set(customers.values()))
        partners.fetch(["commercial_partner_id", "user_id"])
        partners = {partner.id: partner for partner in partners}
        commercial = {p.commercial_partner_id.id or p.id for p in partners.values()}
        former = self._former_advisors(company, commercial, leads.ids)
        owners = self._owners(partners.values())
        intake = company.lead_distribution_intake_user_ids.ids
        for lead_id, partner_id in customers.items():
            identity, partner = identities[lead_id], partners[partner_id]
            owner_id = owners.get(partner_id)
            found = [(owner_id, "known_advisor")] if owner_id else []
            found += [
                (user_id, "former_advisor")
                for user_id in former.get(partner.commercial_partner_id.id, ())
            ]
            found += identity.advisors
            identity.advisors = found
        for identity in identities.values():
            first = {}
            for user_id, reason in identity.advisors:
                if user_id not in intake:
                    first.setdefault(user_id, reason)
            identity.advisors = list(first.items())
            # past the routes only whoever has an open inquiry of the person, and
            # only if the customer has nobody who comes before
            if identity.advisors and identity.advisors[0][0] in identity.holders:
                identity.keeper = identity.advisors[0][0]

    @api.model
    def _owners(self, partners):
        """Look up the salespeople of contacts.

        :returns: ``{partner_id: user_id}`` of the contacts that have a salesperson, or
            whose company has
        """
        owners = {}
        for partner in partners:
            owner = partner.user_id or partner.commercial_partner_id.user_id
            if owner:
                owners[partner.id] = owner.id
        return history_of(self.env).owners(self.env, owners, partners)

    @api.model
    def _former_advisors(self, company, commercial_ids, but_lead_ids=()):
        """Who had leads of these customers (O14): by the ledger, and by the leads
        themselves, those of before the distribution included.

        :param but_lead_ids: leads that do not count
        :returns: ``{commercial_partner_id: [user_id, ...]}``, newest first
        """
        if not commercial_ids:
            return {}
        self.env["lead.distribution.assignment"].flush_model()
        self.env["crm.lead"].flush_model(["partner_id", "user_id", "intake_status"])
        rows = self.env.execute_query(
            SQL(
                """SELECT customer, user_id
                     FROM (SELECT p.commercial_partner_id AS customer, a.user_id,
                                  a.date AS since, a.id AS place
                             FROM lead_distribution_assignment a
                             JOIN res_partner p ON p.id = a.partner_id
                            WHERE p.commercial_partner_id = ANY(%(ids)s)
                              AND a.user_id IS NOT NULL
                              AND a.state = ANY(%(counted)s)
                              AND a.company_id IS NOT DISTINCT FROM %(company)s
                              AND %(before)s
                            UNION ALL
                           SELECT p.commercial_partner_id, l.user_id,
                                  COALESCE(l.date_open, l.create_date), 0
                             FROM crm_lead l
                             JOIN res_partner p ON p.id = l.partner_id
                            WHERE p.commercial_partner_id = ANY(%(ids)s)
                              AND l.user_id IS NOT NULL
                              AND l.id <> ALL(%(but)s)
                              AND l.intake_status IS DISTINCT FROM 'removed'
                              AND %(ours_only)s
                              AND %(arrived)s
                          ) AS had
                 GROUP BY 1, 2
                 ORDER BY max(since) DESC, max(place) DESC""",
                ids=list(commercial_ids),
                counted=list(COUNTED),
                company=company.id or None,
                ours_only=self.env["lead.distribution.lead.company"]._sql_of_company(
                    "l", company
                ),
                but=list(but_lead_ids),
                before=history_of(self.env).before(SQL("a.date")),
                arrived=history_of(self.env).before(SQL("l.create_date")),
            )
        )
        found = {}
        for commercial_id, user_id in rows:
            found.setdefault(commercial_id, []).append(user_id)
        return found
