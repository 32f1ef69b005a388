"""Account match: whoever writes from the domain of a company that is a contact."""

from odoo import api, models
from odoo.tools import SQL

from ...engine.mail_domains import domains_of
from ...tools.columns import column
from ...tools.sql_text import DOMAIN, HOST
from .identity import HOLDERS, NAMESAKES

#: how sure it is that an address is a company's, by its domain
SCORE = 0.5
#: where a company has its domain
DOMAINS = (DOMAIN % "p.email_normalized", HOST % "p.website")


class LeadDistributionIdentity(models.AbstractModel):
    _inherit = "lead.distribution.identity"

    @api.model
    def _match_accounts(self, company, leads, fresh, shared, identities):
        """The salesperson of the company whose domain the address has, or of its parent
        company, is the known advisor of somebody unknown. It is a flag, nobody is
        linked by it.

        :param fresh: ``{lead_id: Inquiry}``
        :param shared: keys that are nobody's
        """
        if not (company or self.env.company).lead_account_match:
            return
        asked = {}
        for lead_id, linked in zip(
            leads._ids, column(leads, "partner_id"), strict=True
        ):
            identity = identities[lead_id]
            known = linked or identity.partner_id or identity.advisors
            if known or identity.flag:
                continue
            domains = [
                domain
                for key in sorted(fresh[lead_id].keys - shared)
                if key[0] == "email"
                for domain in domains_of(key[1])
            ]
            if domains:
                asked[lead_id] = domains
        if not asked:
            return
        accounts = self._accounts(company, {d for ds in asked.values() for d in ds})
        partners = self.env["res.partner"].browse(
            {partner_id for ids in accounts.values() for partner_id in ids}
        )
        owners = self._owners(partners | partners.parent_id)
        for lead_id, domains in asked.items():
            ids = next((accounts[d] for d in domains if d in accounts), None)
            if not ids:
                continue
            found = partners.browse(ids)
            users = {
                owners.get(partner.id) or owners.get(partner.parent_id.id)
                for partner in found
            } - {None}
            identity = identities[lead_id]
            identity.flag = "account"
            identity.evidence["candidates"] = [
                ["partner", partner_id, SCORE, ["domain"]]
                for partner_id in ids[:NAMESAKES]
            ]
            if len(users) == 1:  # of several, a person has to choose
                identity.advisors = [(users.pop(), "known_advisor")]

    @api.model
    def _accounts(self, company, domains):
        """Find the companies that have these domains, for their address or website.

        :returns: ``{domain: [partner_id, ...]}``, oldest first; not our own companies
        """
        self.env["res.partner"].flush_model(
            ["email_normalized", "website", "is_company", "active", "company_id"]
        )
        found = {}
        by_each = [
            SQL(
                """(SELECT p.id FROM res_partner p
                     WHERE p.is_company AND p.active AND %(expression)s = k.domain
                       AND (p.company_id IS NULL OR p.company_id = %(company)s)
                       AND NOT EXISTS (
                           SELECT FROM res_company c WHERE c.partner_id = p.id)
                  ORDER BY p.id LIMIT %(most)s)""",
                expression=SQL(expression),
                company=company.id or None,
                most=HOLDERS,
            )
            for expression in DOMAINS
        ]
        rows = self.env.execute_query(
            SQL(
                """SELECT k.domain, p.id FROM unnest(%s) AS k(domain)
                    CROSS JOIN LATERAL (%s) AS p""",
                sorted(domains),
                SQL(" UNION ").join(by_each),
            )
        )
        for domain, partner_id in rows:
            found.setdefault(domain, set()).add(partner_id)
        return {domain: sorted(ids) for domain, ids in found.items()}
