"""Which customers a lead may belong to (V6)."""

from dataclasses import dataclass

from odoo import api, models
from odoo.tools import SQL

from ...engine import identity as same
from ...tools.service_context import as_service
from ...tools.sql_text import WORDS

#: clients shown to choose from
MOST_MATCHES = 20


@dataclass
class Match:
    """A client that a lead may belong to.

    :param score: probability of being the same person, see
        :func:`..engine.identity.score`
    :param by: kinds of what agrees: email, phone, vat, name
    """

    partner_id: int
    score: float
    by: list


class LeadDistributionCustomerLink(models.AbstractModel):
    _inherit = "lead.distribution.customer.link"

    @api.model
    def _customer_matches(self, lead):
        """The clients that a lead may belong to (V6): by phone and email in any
        notation, by tax number, and by the words of the name, accents and order
        aside; as far as the current user may read them.

        :returns: list of :class:`Match`, best first
        """
        company = self.env["lead.distribution.lead.company"]._company_of_lead(lead)
        service = as_service(self, company)
        # sudo: what the lead says of its sender, which its reader sees
        inquiry = service.env["lead.distribution.identity"]._inquiries(
            company, lead.sudo()
        )[lead.id]
        kinds, names = {}, {}
        for key, contacts in (
            service.env["lead.distribution.identity"]
            ._contacts_by(company, inquiry.keys)
            .items()
        ):
            for contact in contacts:
                kinds.setdefault(contact.partner_id, set()).add(key[0])
                names[contact.partner_id] = contact.words
        for partner_id, words in service._contacts_named(company, inquiry.words):
            names[partner_id] = words
            kinds.setdefault(partner_id, set())
        found = []
        for partner_id, by in kinds.items():
            likeness = same.name_score(inquiry.words, names[partner_id])
            if likeness < same.ALIKE:
                likeness = 0.0
            if by or likeness:
                kind = sorted(by) + (["name"] if likeness else [])
                found.append(Match(partner_id, same.score(sorted(by), likeness), kind))
        readable = set(
            self.env["res.partner"]
            .search([("id", "in", [match.partner_id for match in found])])
            .ids
        )
        found = [match for match in found if match.partner_id in readable]
        # of two that match alike, the one whose name has fewer words besides
        found.sort(key=lambda m: (-m.score, len(names[m.partner_id]), m.partner_id))
        return found[:MOST_MATCHES]

    @api.model
    def _contacts_named(self, company, words):
        """Find contacts by the words of a name.

        :returns: ``[(partner_id, words), ...]`` of contacts with at least two of the
            words in their name, or with the only one
        """
        if not words:
            return []
        self.env["res.partner"].flush_model(["name", "active", "company_id"])
        pairs = [(one, two) for i, one in enumerate(words) for two in words[i + 1 :]]
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT p.id, p.name
                     FROM unnest(%(sets)s) AS k(words)
                    CROSS JOIN LATERAL (
                          SELECT p.id, p.name FROM res_partner p
                           WHERE %(split)s @> string_to_array(k.words, ' ')
                             AND p.active
                             AND (p.company_id IS NULL OR p.company_id = %(company)s)
                             AND NOT EXISTS (
                                 SELECT FROM res_users u
                                  WHERE u.partner_id = p.id AND NOT u.share)
                           -- the name that has the fewest other words is the nearest
                           ORDER BY cardinality(%(split)s), p.id
                           LIMIT %(most)s) AS p""",
                sets=[" ".join(pair) for pair in pairs[:10] or [tuple(words)]],
                split=SQL(WORDS % "p.name"),
                company=company.id or None,
                most=MOST_MATCHES,
            )
        )
        return [(partner_id, same.words_of(name)) for partner_id, name in rows]
