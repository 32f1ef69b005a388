"""Which customers a lead may belong to (V6)."""

from dataclasses import dataclass

from odoo import api, models
from odoo.tools import SQL, email_normalize, parse_contact_from_email

from ...engine import identity as same
from ...engine import phones, placeholders
from ...engine import text as texts
from ...engine.phones import phones_of
from ...tools.service_context import as_service
from ...tools.sql_text import WORDS

#: customers shown to choose from
MOST_MATCHES = 20


@dataclass
class Match:
    """A customer that a lead may belong to.

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
        """The customers that a lead may belong to (V6): by phone and email in any
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
        return self._contacts_like(company, inquiry)

    @api.model
    def _matches_of(self, lead, name, email, phone):
        """The known customers that somebody may be whose record is about to be made.

        :param lead: whose company and country count
        :returns: list of :class:`Match`, best first
        """
        company = self.env["lead.distribution.lead.company"]._company_of_lead(lead)
        identity = as_service(self, company).env["lead.distribution.identity"]
        emails = identity._emails_of(email) if email else []
        keys = {("email", e) for e in emails} - {
            ("email", e) for e in identity._nobodys(company, set(emails))
        }
        # sudo: in which country's notation the number is
        countries = lead.sudo()._lead_phone_countries() if lead else []
        keys |= {("phone", number) for number in phones_of(phone, countries)}
        keys -= identity._placeholders(company, keys)
        inquiry = same.Inquiry(lead.id, frozenset(keys), same.words_of(name))
        return self._contacts_like(company, inquiry)

    @api.model
    def _tell_match(self, match):
        """Say whom something matches, and by what."""
        _ = self.env._
        kinds = {
            "email": _("email"),
            "phone": _("phone"),
            "vat": _("tax number"),
            "name": _("name"),
        }
        return _(
            "%(customer)s matches by %(score)s %% (%(by)s). Is it the same?",
            customer=self.env["res.partner"].browse(match.partner_id).display_name,
            score=round(100 * match.score),
            by=", ".join(kinds[kind] for kind in match.by),
        )

    @api.model
    def _prefilled_customer(self, lead, names):
        """What a customer that is made from a lead would be, clean: the address without
        the name, the name of the sender where the inquiry has none, the number without
        what surrounds it; nothing that another customer filled in.

        :param names: of the lead's fields
        :returns: values for the lead's fields
        """
        # sudo: which fields the customer filled in, and what the lead said before
        mine = lead.sudo()
        strangers = self._filled_by_customer(mine) if lead.partner_id else ()
        own = (mine.customer_evidence or {}).get("own", {})
        values = {}
        for name in names:
            value = lead._fields[name].convert_to_write(lead[name], lead)
            value = own.get(name, False) if name in strangers else value
            if value:
                values[name] = value
        sender = values.get("email_from") or ""
        if texts.is_line(sender):
            name, address = parse_contact_from_email(sender)
            if address:
                values["email_from"] = address
            if name and name != address and not values.get("contact_name"):
                values["contact_name"] = name
        if values.get("phone"):
            shown = phones.read(values["phone"], lead._lead_phone_countries()).shown
            values["phone"] = False if placeholders.is_nothing(shown) else shown
        if placeholders.is_email(email_normalize(values.get("email_from")) or "x@x.x"):
            values["email_from"] = False
        return values

    @api.model
    def _contacts_like(self, company, inquiry):
        """Find the customers that an inquiry matches, as far as the current user may
        read them.

        :param inquiry: :class:`..engine.identity.Inquiry`
        :returns: list of :class:`Match`, best first
        """
        service = as_service(self, company)
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
