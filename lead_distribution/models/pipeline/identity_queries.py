"""What the database is asked about who a lead is: whole blocks at once."""

from dataclasses import dataclass

from odoo import api, models
from odoo.tools import SQL

from ...engine import identity as same
from ...tools.columns import column, columns
from ...tools.sql_text import COMPACT, EMAIL, FOLDED, WORDS
from .history import history_of
from .identity import HOLDERS, NAMESAKES, STEPS

#: where a lead, and a contact, has its keys
LEAD_KEYS = {
    "email": EMAIL % "l.email_normalized",
    "phone": "l.phone_sanitized",
    "vat": COMPACT % "l.vat",
    "partner": "l.partner_id",
}

CONTACT_KEYS = [
    ("email", EMAIL % "p.email_normalized"),
    ("phone", "p.phone_sanitized"),
    ("vat", COMPACT % "p.vat"),
    ("vat", COMPACT % "p.company_registry"),
]


@dataclass
class Contact:
    """A contact that holds a key, as far as it matters whose the key is.

    :param is_firm: whether it is a company that there is business with
    """

    partner_id: int
    commercial_id: int
    is_company: bool
    is_firm: bool
    words: tuple
    user_id: int | None
    keys: frozenset

    def as_inquiry(self):
        return same.Inquiry(0, self.keys, self.words)

    def __hash__(self):
        return self.partner_id


@dataclass
class Known:
    """An inquiry that is here already."""

    inquiry: same.Inquiry
    user_id: int | None
    partner_id: int | None
    open: bool
    state: str
    head: int | None


class LeadDistributionIdentity(models.AbstractModel):
    _inherit = "lead.distribution.identity"

    @api.model
    def _contacts_by(self, company, keys):
        """Find contacts by what inquiries say of themselves.

        :returns: ``{key: [Contact, ...]}``, oldest first, a handful each
        """
        by_kind = {"email": {}, "phone": {}, "vat": {}}
        for kind, value in keys:
            for spelled in self._spellings(company, kind, value):
                by_kind[kind][spelled] = (kind, value)
        self.env["res.partner"].flush_model(
            ["email_normalized", "phone_sanitized", "vat", "company_registry", "name"]
            + ["commercial_partner_id", "active", "company_id", "user_id", "is_company"]
        )
        self.env["crm.lead"].flush_model(["partner_id", "won_status", "active"])
        found = {}
        for row in self._holders(company, by_kind):
            holders = found.setdefault(by_kind[row["kind"]][row["value"]], [])
            if all(contact.partner_id != row["id"] for contact in holders):
                own = (("email", row["email"]), ("phone", row["phone"]))
                holders.append(
                    Contact(
                        row["id"],
                        row["commercial_partner_id"] or row["id"],
                        bool(row["is_company"]),
                        bool(row["is_firm"]),
                        same.words_of(row["name"]),
                        row["user_id"],
                        frozenset(key for key in own if key[1]),
                    )
                )
        return found

    @api.model
    def _holders(self, company, by_kind):
        """Query the contacts that have one of some values.

        :param by_kind: ``{kind of key: values}``
        :returns: a dictionary for each contact that has one of the values; never
            colleagues
        """
        queries = [
            self._sql_holders(company, kind, expression, list(by_kind[kind]))
            for kind, expression in CONTACT_KEYS
            if by_kind[kind]
        ]
        if not queries:
            return []
        return self.env.execute_query_dict(SQL(" UNION ALL ").join(queries))

    @api.model
    def _sql_holders(self, company, kind, expression, values):
        return SQL(
            """(SELECT %(kind)s AS kind, k.value, p.*
                     FROM unnest(%(values)s) AS k(value)
                    CROSS JOIN LATERAL (
                          SELECT p.id, p.commercial_partner_id, p.is_company, p.name,
                                 p.user_id, p.email_normalized AS email,
                                 p.phone_sanitized AS phone,
                                 p.is_company AND (
                                     p.user_id IS NOT NULL OR %(business)s) AS is_firm
                            FROM res_partner p
                           WHERE %(expression)s = k.value
                             AND p.active
                             AND (p.company_id IS NULL OR p.company_id = %(company)s)
                             AND NOT EXISTS (
                                 SELECT FROM res_users u
                                  WHERE u.partner_id = p.id AND NOT u.share)
                        ORDER BY p.id
                           LIMIT %(most)s) AS p)""",
            kind=kind,
            values=values,
            expression=SQL(expression),
            company=company.id or None,
            most=HOLDERS,
            business=SQL(" OR ").join(self._sql_business()),
        )

    @api.model
    def _sql_business(self):
        """Hook: what shows that there is business with a company, as SQL conditions on
        the contact ``p``."""
        return [
            SQL(
                """EXISTS (SELECT FROM crm_lead l
                             JOIN res_partner c ON c.id = l.partner_id
                            WHERE c.commercial_partner_id = p.id
                              AND l.won_status = 'won' AND l.active)"""
            )
        ]

    @api.model
    def _known_inquiries(self, company, leads, keys, found):
        """Look up what the same people asked before, over a few steps from key to
        key.

        :param keys: what to begin with
        :param found: ``{lead_id: Known}``, to be filled
        """
        ours, asked, nobodys = set(leads.ids), set(), set()
        for _step in range(STEPS):
            keys = keys - asked
            if not keys:
                return
            asked |= keys
            rows = [
                row
                for row in self._inquiries_with(company, keys, ours)
                if row["id"] not in found
            ]
            # colleagues who pass on mail are no bridge from one to another
            emails = {row["email"] for row in rows if row["email"]}
            emails -= {value for kind, value in asked if kind == "email"}
            nobodys |= {("email", e) for e in self._nobodys(company, emails)}
            # neither is what stands for nothing
            numbers = {("phone", row["phone"]) for row in rows if row["phone"]}
            nobodys |= self._placeholders(
                company, numbers | {("email", email) for email in emails}
            )
            keys = set()
            for row in rows:
                own = {
                    (kind, row[kind])
                    for kind in ("email", "phone", "vat", "partner")
                    if row[kind]
                }
                own -= nobodys
                found[row["id"]] = Known(
                    same.Inquiry(row["id"], frozenset(own), same.words_of(row["name"])),
                    row["user_id"],
                    row["partner_id"],
                    row["open"],
                    row["state"],
                    row["head"],
                )
                keys |= own

    @api.model
    def _inquiries_with(self, company, keys, ours):
        """Find the leads of the same people.

        :param ours: ids of the leads that are asking
        :returns: a dictionary for each other lead with one of the keys,
            :data:`HOLDERS` of each, open ones first, then the newest
        """
        by_kind = {}
        for kind, value in sorted(keys):
            by_kind.setdefault(kind, []).extend(self._spellings(company, kind, value))
        Lead = self.env["crm.lead"]
        Lead.flush_model(
            ["email_normalized", "phone_sanitized", "vat", "partner_id", "company_id"]
            + ["user_id", "contact_name", "partner_name", "active", "won_status"]
            + ["intake_status", "distribution_state"]
        )
        queries = [
            self._sql_inquiries(company, kind, values, ours)
            for kind, values in by_kind.items()
        ]
        found = {}
        for row in self.env.execute_query_dict(SQL(" UNION ALL ").join(queries)):
            row["vat"] = self._vat_of(company, row["vat"])
            found[row["id"]] = row
        return list(found.values())

    @api.model
    def _sql_inquiries(self, company, kind, values, ours):
        return SQL(
            """(SELECT l.id, l.user_id, l.partner_id, l.open, l.state, l.name,
                              h.id AS head,
                              l.email_normalized AS email, l.phone_sanitized AS phone,
                              l.vat,
                              CASE WHEN p.is_company THEN NULL ELSE p.id END AS partner
                         FROM unnest(%(values)s) AS k(value)
                        CROSS JOIN LATERAL (
                              SELECT l.id, l.user_id, l.partner_id, l.email_normalized,
                                     l.phone_sanitized, l.vat, l.duplicate_lead_id,
                                     l.distribution_state AS state,
                                     COALESCE(l.contact_name, l.partner_name) AS name,
                                     l.active AND l.won_status = 'pending' AS open
                                FROM crm_lead l
                               WHERE %(expression)s = k.value
                                 AND %(ours_only)s
                                 AND l.intake_status IS DISTINCT FROM 'removed'
                                 AND l.id <> ALL(%(ours)s)
                                 AND %(known)s
                            ORDER BY l.active AND l.won_status = 'pending' DESC,
                                     l.id DESC
                               LIMIT %(most)s) AS l
                    LEFT JOIN res_partner p ON p.id = l.partner_id
                    LEFT JOIN crm_lead h ON h.id = l.duplicate_lead_id
                                        AND h.active AND h.won_status = 'pending')""",
            ours=list(ours),
            known=history_of(self.env).before(SQL("l.create_date")),
            values=values,
            expression=SQL(LEAD_KEYS[kind]),
            ours_only=self.env["lead.distribution.lead.company"]._sql_of_company(
                "l", company
            ),
            most=HOLDERS,
        )

    @api.model
    def _add_namesakes(self, company, leads, fresh, identities):
        """Contacts and open inquiries of the same name, for leads that nothing else
        is known of: a flag, nobody is recognised by it. Who shares an address or a
        number as well is no namesake: that inquiry says so itself."""
        named = {
            lead_id: fresh[lead_id].words
            for lead_id, linked in zip(
                leads._ids, column(leads, "partner_id"), strict=True
            )
            if len(fresh[lead_id].words) > 1
            and not linked
            and not identities[lead_id].partner_id
            and not identities[lead_id].flag
        }
        if not named:
            return
        self.env["res.partner"].flush_model(
            ["name", "active", "company_id", "email_normalized", "phone_sanitized"]
        )
        of = columns(leads, "email_normalized", "phone_sanitized")
        of = dict(zip(leads._ids, of, strict=True))

        def reach(ids):
            return {
                "ids": ids,
                "emails": [of[id_][0] or None for id_ in ids],
                "phones": [of[id_][1] or None for id_ in ids],
            }

        contacts = SQL(
            """(SELECT k.id, 'partner', p.id, p.name
                     FROM unnest(%(ids)s, %(words)s, %(emails)s::text[],
                                 %(phones)s::text[]) AS k(id, words, email, phone)
                    CROSS JOIN LATERAL (
                          SELECT p.id, p.name FROM res_partner p
                           WHERE %(split)s @> string_to_array(k.words, ' ')
                             AND p.active
                             AND (p.email_normalized = k.email) IS NOT TRUE
                             AND (p.phone_sanitized = k.phone) IS NOT TRUE
                             AND (p.company_id IS NULL OR p.company_id = %(company)s)
                             AND NOT EXISTS (
                                 SELECT FROM res_users u
                                  WHERE u.partner_id = p.id AND NOT u.share)
                           LIMIT %(most)s) AS p)""",
            **reach(list(named)),
            words=[" ".join(words) for words in named.values()],
            split=SQL(WORDS % "p.name"),
            company=company.id or None,
            most=NAMESAKES + 1,
        )
        spelled = [
            (lead_id, spelling)
            for lead_id, words in named.items()
            for spelling in same.spellings(words)
        ]
        others = SQL(
            """(SELECT k.id, 'lead', l.id, l.contact_name
                     FROM unnest(%(ids)s, %(spellings)s, %(emails)s::text[],
                                 %(phones)s::text[])
                          AS k(id, spelling, email, phone)
                    CROSS JOIN LATERAL (
                          SELECT l.id, l.contact_name FROM crm_lead l
                           WHERE %(folded)s = k.spelling
                             AND l.active AND l.won_status = 'pending'
                             AND l.id <> k.id
                             AND (l.email_normalized = k.email) IS NOT TRUE
                             AND (l.phone_sanitized = k.phone) IS NOT TRUE
                             AND %(ours_only)s
                           LIMIT %(most)s) AS l)""",
            **reach([lead_id for lead_id, _spelling in spelled]),
            spellings=[spelling for _lead_id, spelling in spelled],
            folded=SQL(FOLDED % "l.contact_name"),
            ours_only=self.env["lead.distribution.lead.company"]._sql_of_company(
                "l", company
            ),
            most=NAMESAKES + 1,
        )
        found = {}
        for lead_id, kind, other_id, name in self.env.execute_query(
            SQL("%s UNION ALL %s", contacts, others)
        ):
            likeness = same.name_score(named[lead_id], same.words_of(name))
            if likeness >= same.ALIKE:
                found.setdefault(lead_id, {}).setdefault(kind, []).append(
                    [kind, other_id, same.score((), likeness), ["name"]]
                )
        for lead_id, kinds in found.items():
            lines = [
                x for lines in kinds.values() if len(lines) <= NAMESAKES for x in lines
            ]
            if lines:
                lines.sort(key=lambda line: (-line[2], line[0] != "partner", line[1]))
                identities[lead_id].flag = "name"
                identities[lead_id].evidence["candidates"] = lines[:NAMESAKES]
