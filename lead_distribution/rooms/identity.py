"""Room 1, when it is decided: whose lead is it already? The customer, the open
inquiry of the same person, and the customer's advisors; a few statements for a
whole block."""

import re
from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import SQL, email_normalize_all

from ..engine import identity as same
from ..engine import text as texts
from .codes import COUNTED

#: Senders that nobody reads answers of: never a customer's address.
ANONYMOUS = re.compile(
    r"^(no|do|ne)[-_.]?(not)?[-_.]?(reply|responder|respond|odpowiadaj)|^mailer-daemon",
    re.IGNORECASE,
)

#: Names as the database compares them: accents of Latin letters and case aside.
#: The indexes are made with these very expressions.
_ACCENTS = [
    (char, same.fold(char)[:1])
    for char in map(chr, range(0xC0, 0x180))
    if same.fold(char).isascii() and same.fold(char)[:1].isalpha()
]
_FROM, _TO = ("".join(side) for side in zip(*_ACCENTS, strict=True))
FOLDED = f"lower(translate(%s, '{_FROM}', '{_TO}'))"
# no longer than an entry of an index may be: whoever writes a novel into a field
# still becomes a lead
FOLDED = f"left({FOLDED}, 200)"
WORDS = f"regexp_split_to_array({FOLDED}, '[[:space:][:punct:]]+')"
COMPACT = r"left(upper(regexp_replace(%s, '[^[:alnum:]]', '', 'g')), 200)"
#: addresses are indexed as they are, as far as there can be such a one
EMAIL = "left(%s, 320)"

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

#: How many of the holders of one key are looked at, and in how many steps from
#: one inquiry to the next.
HOLDERS, STEPS = 20, 4
#: A name that more contacts than this have says nothing.
NAMESAKES = 5


@dataclass
class Identity:
    """Whose a lead is.

    :param partner_id: the contact recognised, None when the lead has it already
    :param advisors: ``[(user_id, reason), ...]``, most preferred first
    :param holders: ids of the salespeople who have an open inquiry of the person
    :param keeper: the one of them who takes this one too, whatever the routes
    :param repeats: id of the open inquiry of the same person
    :param same_as: the same, where it is in the block and its salesperson counts
    :param flag: a code of :data:`.codes.IDENTITY_FLAGS` or False
    :param about: ids and codes for the trace, see :meth:`_identify`
    :param waiting: ids of open inquiries of the same person in the pool
    """

    partner_id: int | None = None
    advisors: list = field(default_factory=list)
    keeper: int | None = None
    repeats: int | None = None
    same_as: int | None = None
    flag: str | bool = False
    about: dict = field(default_factory=dict)
    holders: set = field(default_factory=set)
    waiting: list = field(default_factory=list)


@dataclass
class Contact:
    """A contact that holds a key, as far as it matters whose the key is."""

    partner_id: int
    commercial_id: int
    is_company: bool
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
    _inherit = "lead.distribution"

    # addresses that are nobody's --------------------------------------------

    @api.model
    def _is_shared_sender(self, company, address):
        """Whether ``address`` says nothing about who writes: shared by many, or a
        colleague's, who passes on somebody else's mail.

        :param address: normalised email
        """
        return bool(self._nobodys(company, {address}))

    @api.model
    def _nobodys(self, company, addresses):
        """:returns: the set of those normalised ``addresses`` that are no identity:
        shared ones and colleagues'"""
        if not addresses:
            return set()
        users = self.env["res.users"].sudo().with_context(active_test=False)
        colleagues = users.search_fetch(
            [
                ("share", "=", False),
                ("partner_id.email_normalized", "in", list(addresses)),
            ],
            ["email_normalized"],
        )
        return self._shared_of(company, addresses) | set(
            colleagues.mapped("email_normalized")
        )

    @api.model
    def _shared_of(self, company, addresses):
        """:returns: the set of those ``addresses`` that are no identity: listed by
        the company, no-reply ones, our own aliases and their domains"""
        listed, domains = (company or self.env.company)._lead_shared_senders()
        own = self.env["mail.alias.domain"].sudo().search_fetch([], ["name"])
        domains |= set(own.mapped("name"))
        found = set()
        for address in addresses:
            local, _at, domain = address.rpartition("@")
            if (
                address in listed
                or any(domain == d or domain.endswith(f".{d}") for d in domains)
                or ANONYMOUS.match(local)
            ):
                found.add(address)
        return found

    # the walk's question ---------------------------------------------------

    @api.model
    def _identify(self, company, leads):
        """Recognise the people behind a block of leads.

        The lead's contact, else the one with exactly the normalised email, else
        the number, else the tax number; what several people share recognises
        nobody, a name alone never does. An inquiry that shares a key with another
        is the same person's, over any number of inquiries in between.

        The ``about`` of a lead is a dictionary for the trace, of what there is::

            partner     id of the contact
            lead        id of the open inquiry that this one repeats
            by          kinds of keys that agree: vat, email, phone, partner
            flag        see :data:`.codes.IDENTITY_FLAGS`
            candidates  [[partner or lead, id, score, [kind, ...]], ...] best first

        :returns: ``{lead_id: Identity}`` of the leads that there is something to
            say of
        """
        fresh, known = self._inquiries(company, leads), {}
        dismissed = [
            lead.id for lead in leads if (lead.identity_about or {}).get("dismissed")
        ]
        # a person said that it is somebody else
        fresh.update({lead_id: same.Inquiry(lead_id) for lead_id in dismissed})
        keys = {key for inquiry in fresh.values() for key in inquiry.keys}
        self._known_inquiries(company, leads, keys, known)
        contacts = self._contacts_by(company, keys)
        shared = same.shared_keys(
            [k.inquiry for k in known.values()] + list(fresh.values())
        )
        identities = {lead.id: Identity() for lead in leads}
        people = set()
        for lead in leads:
            identity = identities[lead.id]
            person = self._recognise_contact(
                lead, fresh[lead.id], contacts, shared, identity
            )
            if person:
                fresh[lead.id] = fresh[lead.id].with_key(("partner", person))
                people.add(("partner", person))
        self._known_inquiries(company, leads, people, known)
        self._join(company, leads, fresh, known, shared, identities)
        self._add_advisors(company, leads, identities)
        self._add_namesakes(company, leads, fresh, identities)
        for identity in identities.values():
            if identity.flag:
                identity.about["flag"] = identity.flag
        return {
            lead_id: identity
            for lead_id, identity in identities.items()
            if identity.about or identity.advisors or identity.keeper
        }

    @api.model
    def _inquiries(self, company, leads):
        """:returns: ``{lead_id: Inquiry}``, what each lead says of who asks"""
        emails = {
            lead.id: self._emails_of(lead.email_from)
            for lead in leads
            if lead.email_from
        }
        nobodys = self._nobodys(
            company, {e for found in emails.values() for e in found}
        )
        found = {}
        for lead in leads:
            keys = {("email", e) for e in emails.get(lead.id, ()) if e not in nobodys}
            keys |= {("phone", number) for number in self._phones_of(lead)}
            vat = self._vat_of(company, lead.vat)
            if vat:
                keys.add(("vat", vat))
            name = lead.contact_name or lead.partner_name
            found[lead.id] = same.Inquiry(
                lead.id, frozenset(keys), same.words_of(name) if name else ()
            )
        return found

    @api.model
    def _emails_of(self, text):
        """:returns: the normalised addresses in the field of a lead, a handful"""
        found = [text] if texts.is_line(text) else texts.addresses_in(text)[:5]
        return [email for each in found for email in email_normalize_all(each)][:5]

    @api.model
    def _phones_of(self, lead):
        """The numbers of a lead; those who write several, or a label, into the
        field have them all read."""
        text = lead.phone or ""
        if lead.phone_sanitized and len(text) <= 18:
            return [lead.phone_sanitized]
        return same.phones_of(text, lead._lead_phone_countries())[:5]

    # contacts --------------------------------------------------------------

    @api.model
    def _vat_of(self, company, text):
        """:returns: a tax number as the key that it is, without the prefix of the
        company's own country; None when it tells nobody"""
        value = same.vat_of(text)
        code = (company or self.env.company).country_id.code
        return value[2:] if value and code and value.startswith(code) else value

    @api.model
    def _spellings(self, company, kind, value):
        """:returns: how a key may be stored"""
        if kind != "vat":
            return [value]
        code = (company or self.env.company).country_id.code or ""
        return {value, code + value, value[2:] if value[:2].isalpha() else value}

    @api.model
    def _contacts_by(self, company, keys):
        """:returns: ``{key: [Contact, ...]}``, oldest first, a handful each"""
        by_kind = {"email": {}, "phone": {}, "vat": {}}
        for kind, value in keys:
            for spelled in self._spellings(company, kind, value):
                by_kind[kind][spelled] = (kind, value)
        self.env["res.partner"].flush_model(
            ["email_normalized", "phone_sanitized", "vat", "company_registry"]
            + ["commercial_partner_id", "active", "company_id", "user_id", "name"]
        )
        found = {}
        for kind, expression in CONTACT_KEYS:
            for row in self._holders(company, expression, list(by_kind[kind])):
                holders = found.setdefault(by_kind[kind][row["value"]], [])
                if all(contact.partner_id != row["id"] for contact in holders):
                    own = (("email", row["email"]), ("phone", row["phone"]))
                    holders.append(
                        Contact(
                            row["id"],
                            row["commercial_partner_id"] or row["id"],
                            bool(row["is_company"]),
                            same.words_of(row["name"]),
                            row["user_id"],
                            frozenset(key for key in own if key[1]),
                        )
                    )
        return found

    @api.model
    def _holders(self, company, expression, values):
        """:returns: a dictionary for each contact that has one of the values; never
        colleagues"""
        if not values:
            return []
        return self.env.execute_query_dict(
            SQL(
                """SELECT k.value, p.*
                     FROM unnest(%(values)s) AS k(value)
                    CROSS JOIN LATERAL (
                          SELECT p.id, p.commercial_partner_id, p.is_company, p.name,
                                 p.user_id, p.email_normalized AS email,
                                 p.phone_sanitized AS phone
                            FROM res_partner p
                           WHERE %(expression)s = k.value
                             AND p.active
                             AND (p.company_id IS NULL OR p.company_id = %(company)s)
                             AND NOT EXISTS (
                                 SELECT FROM res_users u
                                  WHERE u.partner_id = p.id AND NOT u.share)
                        ORDER BY p.id
                           LIMIT %(most)s) AS p""",
                values=values,
                expression=SQL(expression),
                company=company.id or None,
                most=HOLDERS,
            )
        )

    @api.model
    def _recognise_contact(self, lead, inquiry, contacts, shared, identity):
        """Which contact the lead is from, by what agrees; several people behind one
        key are a flag.

        :returns: the contact's id if it is a person's, None if there is none or it
            is a company's, behind which there are many
        """
        votes, refused = {}, self._refused(lead)
        for key in sorted(inquiry.keys):
            holders = contacts.get(key)
            if holders and refused:
                # somebody took the lead off this client
                holders = [c for c in holders if c.partner_id not in refused]
            if not holders:
                continue
            one = self._one_person(holders, inquiry.words)
            if (
                one
                and key not in shared
                # behind a company there are many people, and it may be any of them
                and (
                    one.is_company
                    or key[0] == "vat"
                    or not same.contradict(inquiry, one.as_inquiry(), key[0])
                )
            ):
                votes.setdefault(one, []).append(key[0])
            else:
                if not one:
                    shared.add(key)  # joins no inquiries either
                identity.flag = "shared"
                for contact in holders[:NAMESAKES]:
                    self._add_candidate(identity, inquiry, contact, key[0])
        if lead.partner_id:
            identity.flag = False
            identity.about = {"partner": lead.partner_id.id}
            return None if lead.partner_id.is_company else lead.partner_id.id
        if not votes:
            return None
        best = sorted(votes, key=lambda c: (-same.score(votes[c]), c.partner_id))
        if len({contact.commercial_id for contact in best}) > 1:
            identity.flag = "conflict"
            for contact in best:
                for kind in votes[contact]:
                    self._add_candidate(identity, inquiry, contact, kind)
        identity.partner_id = best[0].partner_id
        identity.about.update(partner=best[0].partner_id, by=votes[best[0]])
        return None if best[0].is_company else best[0].partner_id

    @api.model
    def _one_person(self, holders, words):
        """Who of the contacts with the same email or number it is: the only one;
        the only one with the inquiry's name; or one of several records of the same
        person, rather the one that has a salesperson.

        :returns: a :class:`Contact` or None
        """
        if len({contact.commercial_id for contact in holders}) > 1:
            named = [
                c for c in holders if same.name_score(c.words, words) >= same.ALIKE
            ]
            first = holders[0].words
            if len({c.commercial_id for c in named}) == 1:
                holders = named
            elif not all(
                same.name_score(c.words, first) >= same.ALIKE for c in holders[1:]
            ):
                return None
        return min(
            holders,
            key=lambda c: (
                -same.name_score(c.words, words),
                not c.user_id,
                c.partner_id,
            ),
        )

    @api.model
    def _add_candidate(self, identity, inquiry, contact, kind):
        found = identity.about.setdefault("candidates", [])
        likeness = same.name_score(inquiry.words, contact.words)
        for line in found:
            if line[:2] == ["partner", contact.partner_id]:
                line[3].append(kind)
                line[2] = same.score(line[3], likeness)
                return
        score = same.score([kind], likeness)
        found.append(["partner", contact.partner_id, score, [kind]])

    # inquiries that are here already ------------------------------------------

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
        """:param ours: ids of the leads that are asking
        :returns: a dictionary for each other lead with one of the keys,
            :data:`HOLDERS` of each, open ones first, then the newest"""
        by_kind = {}
        for kind, value in sorted(keys):
            by_kind.setdefault(kind, []).extend(self._spellings(company, kind, value))
        Lead = self.env["crm.lead"]
        Lead.flush_model(
            ["email_normalized", "phone_sanitized", "vat", "partner_id", "company_id"]
            + ["user_id", "contact_name", "partner_name", "active", "won_status"]
            + ["intake_status", "distribution_state"]
        )
        found = {}
        for kind, values in by_kind.items():
            rows = self.env.execute_query_dict(
                SQL(
                    """SELECT l.id, l.user_id, l.partner_id, l.open, l.state, l.name,
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
                                        AND h.active AND h.won_status = 'pending'""",
                    ours=list(ours),
                    known=self._before_horizon(SQL("l.create_date")),
                    values=values,
                    expression=SQL(LEAD_KEYS[kind]),
                    ours_only=self._sql_of_company("l", company),
                    most=HOLDERS,
                )
            )
            for row in rows:
                row["vat"] = self._vat_of(company, row["vat"])
                found[row["id"]] = row
        return list(found.values())

    @api.model
    def _join(self, company, leads, fresh, known, shared, identities):
        """Which leads are the same person's: the open one that was here first, one
        with a salesperson before one without, is what the others repeat."""
        order = sorted(
            known.values(),
            key=lambda k: (not k.user_id, bool(k.head), k.inquiry.lead_id),
        )
        # whoever is repeated by others already stays the first
        heads = {k.head for k in order if k.open and k.head}
        ours = [fresh[lead.id] for lead in leads.sorted("id")]
        inquiries = [inquiry for inquiry in ours if inquiry.lead_id in heads]
        inquiries += [k.inquiry for k in order if k.open]
        inquiries += [inquiry for inquiry in ours if inquiry.lead_id not in heads]
        inquiries += [k.inquiry for k in order if not k.open]
        group_of = same.groups_of(inquiries, shared)
        groups = {}
        for lead_id, root in group_of.items():
            groups.setdefault(root, []).append(lead_id)
        intake = company.lead_distribution_intake_user_ids.ids
        follows = (company or self.env.company).lead_duplicate_policy != "flag"
        by_id = {inquiry.lead_id: inquiry for inquiry in inquiries}
        for lead in leads.sorted("id"):
            identity, root = identities[lead.id], group_of[lead.id]
            others = [
                known[i] for i in sorted(groups[root], reverse=True) if i in known
            ]
            if root != lead.id:
                identity.repeats = root
                identity.flag = "duplicate"
                both = fresh[lead.id].keys & by_id[root].keys
                identity.about.update(lead=root, by=sorted({kind for kind, _v in both}))
                if follows and root not in known:
                    identity.same_as = root
            if not follows:
                continue
            identity.waiting = [
                k.inquiry.lead_id
                for k in others
                if k.open and not k.user_id and k.state == "pool"
            ]
            holders = [k for k in others if k.user_id and k.user_id not in intake]
            # the open inquiry that was here first, then the newest of the others
            holders.sort(key=lambda k: (k.inquiry.lead_id != root, not k.open))
            identity.advisors = [
                (k.user_id, "duplicate" if k.open else "former_advisor")
                for k in holders
            ]
            identity.holders = {k.user_id for k in holders if k.open}
            if not lead.partner_id and not identity.partner_id:
                partner_ids = {k.partner_id for k in others if k.partner_id}
                if root != lead.id and root in identities:
                    partner_ids.add(identities[root].partner_id)
                partner_ids -= {None, *self._refused(lead)}
                if len(partner_ids) == 1:
                    identity.partner_id = partner_ids.pop()
                    identity.about.setdefault("partner", identity.partner_id)

    # advisors --------------------------------------------------------------

    @api.model
    def _add_advisors(self, company, leads, identities):
        """The customer's salesperson, who had the customer before, newest first,
        and who has, or had, inquiries of the same person."""
        customers = {
            lead.id: lead.partner_id.id or identities[lead.id].partner_id
            for lead in leads
        }
        customers = {lead_id: found for lead_id, found in customers.items() if found}
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
        """:returns: ``{partner_id: user_id}`` of the contacts that have a salesperson,
        or whose company has"""
        owners = {}
        for partner in partners:
            owner = partner.user_id or partner.commercial_partner_id.user_id
            if owner:
                owners[partner.id] = owner.id
        return owners

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
                ours_only=self._sql_of_company("l", company),
                but=list(but_lead_ids),
                before=self._before_horizon(SQL("a.date")),
                arrived=self._before_horizon(SQL("l.create_date")),
            )
        )
        found = {}
        for commercial_id, user_id in rows:
            found.setdefault(commercial_id, []).append(user_id)
        return found

    # names, which only hint ----------------------------------------------------

    @api.model
    def _add_namesakes(self, company, leads, fresh, identities):
        """Contacts and open inquiries of the same name, for leads that nothing else
        is known of: a flag, nobody is recognised by it."""
        named = {
            lead.id: fresh[lead.id].words
            for lead in leads
            if len(fresh[lead.id].words) > 1
            and not lead.partner_id
            and not identities[lead.id].partner_id
            and not identities[lead.id].flag
        }
        if not named:
            return
        self.env["res.partner"].flush_model(["name", "active", "company_id"])
        contacts = self.env.execute_query(
            SQL(
                """SELECT k.id, 'partner', p.id, p.name
                     FROM unnest(%(ids)s, %(words)s) AS k(id, words)
                    CROSS JOIN LATERAL (
                          SELECT p.id, p.name FROM res_partner p
                           WHERE %(split)s @> string_to_array(k.words, ' ')
                             AND p.active
                             AND (p.company_id IS NULL OR p.company_id = %(company)s)
                             AND NOT EXISTS (
                                 SELECT FROM res_users u
                                  WHERE u.partner_id = p.id AND NOT u.share)
                           LIMIT %(most)s) AS p""",
                ids=list(named),
                words=[" ".join(words) for words in named.values()],
                split=SQL(WORDS % "p.name"),
                company=company.id or None,
                most=NAMESAKES + 1,
            )
        )
        spelled = [
            (lead_id, spelling)
            for lead_id, words in named.items()
            for spelling in same.spellings(words)
        ]
        others = self.env.execute_query(
            SQL(
                """SELECT k.id, 'lead', l.id, l.contact_name
                     FROM unnest(%(ids)s, %(spellings)s) AS k(id, spelling)
                    CROSS JOIN LATERAL (
                          SELECT l.id, l.contact_name FROM crm_lead l
                           WHERE %(folded)s = k.spelling
                             AND l.active AND l.won_status = 'pending'
                             AND l.id <> k.id
                             AND %(ours_only)s
                           LIMIT %(most)s) AS l""",
                ids=[lead_id for lead_id, _spelling in spelled],
                spellings=[spelling for _lead_id, spelling in spelled],
                folded=SQL(FOLDED % "l.contact_name"),
                ours_only=self._sql_of_company("l", company),
                most=NAMESAKES + 1,
            )
        )
        found = {}
        for lead_id, kind, other_id, name in contacts + others:
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
                identities[lead_id].about["candidates"] = lines[:NAMESAKES]
