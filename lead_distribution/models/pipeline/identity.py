"""Step 1, identity: when it is decided, whose lead is it already? The customer, the
open inquiry of the same person, and the customer's advisors; a few statements for
a whole block."""

import re
from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import SQL, email_normalize_all

from ...engine import emails
from ...engine import identity as same
from ...engine import text as texts
from ...engine.phones import phones_of
from ...tools.columns import column, columns
from .history import history_of

#: Senders that nobody reads answers of: never a customer's address.
ANONYMOUS = re.compile(
    r"^(no|do|ne)[-_.]?(not)?[-_.]?(reply|responder|respond|odpowiadaj)|^mailer-daemon",
    re.IGNORECASE,
)


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
    :param flag: a code of :data:`.constants.IDENTITY_FLAGS` or False
    :param evidence: ids and codes for the trace, see :meth:`_identify`
    :param waiting: ids of open inquiries of the same person in the pool
    """

    partner_id: int | None = None
    advisors: list = field(default_factory=list)
    keeper: int | None = None
    repeats: int | None = None
    same_as: int | None = None
    flag: str | bool = False
    evidence: dict = field(default_factory=dict)
    holders: set = field(default_factory=set)
    waiting: list = field(default_factory=list)


class LeadDistributionIdentity(models.AbstractModel):
    _name = "lead.distribution.identity"
    _description = "Lead Distribution: Identity"

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
        """Find the addresses by which nobody is recognised.

        :returns: the set of those normalised ``addresses`` that are no identity: shared
            ones and colleagues'
        """
        if not addresses:
            return set()
        self.env["res.users"].flush_model(["partner_id", "share"])
        self.env["res.partner"].flush_model(["email_normalized"])
        colleagues = SQL(
            """SELECT p.email_normalized FROM res_users u
                 JOIN res_partner p ON p.id = u.partner_id
                WHERE NOT u.share AND p.email_normalized = ANY(%s)""",
            list(addresses),
        )
        return self._shared_of(company, addresses, colleagues)

    @api.model
    def _shared_of(self, company, addresses, others=None):
        """Find the addresses that many people share.

        :param others: ``SQL`` of more that are nobody's
        :returns: the set of those ``addresses`` that are no identity: listed by the
            company, no-reply ones, our own aliases and their domains, and those from
            which mails of several people came
        """
        listed, domains = (company or self.env.company)._lead_shared_senders()
        domains |= self.env["mail.alias.domain"]._lead_domains()
        learned = self.env["lead.distribution.sender"]
        query = learned._sql_shared_of(company or self.env.company, addresses)
        if others:
            query = SQL("%s UNION ALL %s", query, others)
        found = {address for (address,) in self.env.execute_query(query)}
        for address in addresses:
            local, _at, domain = address.rpartition("@")
            if (
                address in listed
                or any(domain == d or domain.endswith(f".{d}") for d in domains)
                or ANONYMOUS.match(local)
            ):
                found.add(address)
        return found

    # asked by the pipeline -------------------------------------------------

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
            unlike      True when the two have unlike names
            by          kinds of keys that agree: vat, email, phone, partner
            flag        see :data:`.constants.IDENTITY_FLAGS`
            candidates  [[partner or lead, id, score, [kind, ...]], ...] best first

        :returns: ``{lead_id: Identity}`` of the leads that there is something to
            say of
        """
        fresh, known = self._inquiries(company, leads), {}
        dismissed = [
            lead_id
            for lead_id, evidence in zip(
                leads._ids, column(leads, "identity_evidence"), strict=True
            )
            if (evidence or {}).get("dismissed")
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
        self._match_accounts(company, leads, fresh, shared, identities)
        self._add_advisors(company, leads, identities)
        if history_of(self.env).hints_by_name:
            self._add_namesakes(company, leads, fresh, identities)
        for identity in identities.values():
            if identity.flag:
                identity.evidence["flag"] = identity.flag
        return {
            lead_id: identity
            for lead_id, identity in identities.items()
            if identity.evidence or identity.advisors or identity.keeper
        }

    @api.model
    def _inquiries(self, company, leads):
        """Return ``{lead_id: Inquiry}``, what each lead says of who asks."""
        addresses = {
            lead_id: self._emails_of(text)
            for lead_id, text in zip(
                leads._ids, column(leads, "email_from"), strict=True
            )
            if text
        }
        nobodys = self._nobodys(
            company, {e for found in addresses.values() for e in found}
        )
        keys = {}
        for lead, phone in zip(
            leads, columns(leads, "phone", "phone_sanitized"), strict=True
        ):
            mine = {
                ("email", e) for e in addresses.get(lead.id, ()) if e not in nobodys
            }
            mine.update(("phone", number) for number in self._phones_of(lead, *phone))
            keys[lead.id] = mine
        # once for all, for the company's list has to be read
        nothing = self._placeholders(company, set().union(*keys.values()))
        found, names = {}, columns(leads, "contact_name", "partner_name")
        for (lead_id, mine), (contact, firm), vat in zip(
            keys.items(), names, column(leads, "vat"), strict=True
        ):
            mine -= nothing
            vat = vat and self._vat_of(company, vat)
            if vat:
                mine.add(("vat", vat))
            name = contact or firm
            found[lead_id] = same.Inquiry(
                lead_id, frozenset(mine), same.words_of(name) if name else ()
            )
        return found

    @api.model
    def _emails_of(self, text):
        """Return the normalised addresses in the field of a lead, a handful."""
        plain = emails.plain(text)
        if plain:
            return [plain]  # nearly all, and parsing takes its time
        line = texts.is_line(text)
        found = [emails.read(text)] if line else texts.addresses_in(text)[:5]
        return [email for each in found for email in email_normalize_all(each)][:5]

    @api.model
    def _phones_of(self, lead, text, sanitized):
        """The numbers of a lead; those who write several, or a label, into the
        field have them all read.

        :param text, sanitized: its phone, as it is written and as Odoo reads it
        """
        if not text:
            return [sanitized] if sanitized else []
        if sanitized and len(text) <= 18:
            return [sanitized]
        return phones_of(text, lead._lead_phone_countries())

    # contacts --------------------------------------------------------------

    @api.model
    def _vat_of(self, company, text):
        """Bring a tax number into the form by which people are recognised.

        :returns: a tax number as the key that it is, without the prefix of the
            company's own country; None when it tells nobody
        """
        value = same.vat_of(text)
        if not value:
            return value
        code = (company or self.env.company)._lead_country_code()
        return value[2:] if code and value.startswith(code) else value

    @api.model
    def _spellings(self, company, kind, value):
        """Return the ways in which a key may be stored."""
        if kind != "vat":
            return [value]
        code = (company or self.env.company)._lead_country_code()
        return {value, code + value, value[2:] if value[:2].isalpha() else value}

    @api.model
    def _recognise_contact(self, lead, inquiry, contacts, shared, identity):
        """Which contact the lead is from, by what agrees; several people behind one
        key are a flag.

        :returns: the contact's id if it is a person's, None if there is none or it
            is a company's, behind which there are many
        """
        votes, refused = {}, None
        for key in sorted(inquiry.keys):
            holders = contacts.get(key)
            if holders and refused is None:
                refused = self.env["lead.distribution.apply"]._refused(lead)
            if holders and refused:
                # somebody took the lead off this customer
                holders = [c for c in holders if c.partner_id not in refused]
            if not holders:
                continue
            one = self._one_person(holders, inquiry.words)
            if (
                one
                # from a firm's general address many write, and all are the firm
                and (one.is_firm or key not in shared)
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
            identity.evidence = {"partner": lead.partner_id.id}
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
        identity.evidence.update(partner=best[0].partner_id, by=votes[best[0]])
        return None if best[0].is_company else best[0].partner_id

    @api.model
    def _one_person(self, holders, words):
        """Who of the contacts with the same email or number it is: the only one;
        the only one with the inquiry's name; the only firm that there is business with;
        or one of several records of the same person, rather the one that has a
        salesperson.

        :returns: a :class:`Contact` or None
        """
        if len({contact.commercial_id for contact in holders}) > 1:
            named = [
                c for c in holders if same.name_score(c.words, words) >= same.ALIKE
            ]
            first = holders[0].words
            firms = [c for c in holders if c.is_firm]
            if len({c.commercial_id for c in named}) == 1:
                holders = named
            elif len({c.commercial_id for c in firms}) == 1:
                holders = firms
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
        found = identity.evidence.setdefault("candidates", [])
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
                known[i] for i in sorted(known.keys() & groups[root], reverse=True)
            ]
            if root != lead.id:
                identity.repeats = root
                identity.flag = "duplicate"
                both = fresh[lead.id].keys & by_id[root].keys
                identity.evidence.update(
                    lead=root, by=sorted({kind for kind, _v in both})
                )
                if same.unlike(fresh[lead.id].words, by_id[root].words):
                    identity.evidence["unlike"] = True  # linked, and never merged
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
            if not identity.partner_id:
                partner_ids = {k.partner_id for k in others}
                if root != lead.id and root in identities:
                    partner_ids.add(identities[root].partner_id)
                partner_ids -= {None, False}
                if not partner_ids or lead.partner_id:
                    continue
                partner_ids -= self.env["lead.distribution.apply"]._refused(lead)
                if len(partner_ids) == 1:
                    identity.partner_id = partner_ids.pop()
                    identity.evidence.setdefault("partner", identity.partner_id)

    # advisors --------------------------------------------------------------

    # names, which only hint ----------------------------------------------------
