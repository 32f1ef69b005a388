"""Room 1: whose lead is it already?

Before the record exists: captured by a salesperson, or ours to distribute; new,
or the same inquiry delivered again. When it is decided: the customer, and the
customer's advisors.
"""

import re
from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import SQL, email_normalize, email_normalize_all, html2plaintext

try:
    import phonenumbers
except ImportError:  # Odoo itself works without it, with numbers as they come
    phonenumbers = None

from .codes import COUNTED, SERVICE_FIELDS

#: Carried in the context from where a person, or the mail gateway, makes a lead;
#: objects, so that no remote call can pretend to be either.
SCREEN_KEY, GATEWAY_KEY = "lead_distribution_screen", "lead_distribution_gateway"
_SCREEN, _GATEWAY = object(), object()

#: Senders that nobody reads answers of: never a customer's address.
ANONYMOUS = re.compile(
    r"^(no|do|ne)[-_.]?(not)?[-_.]?(reply|responder|respond|odpowiadaj)|^mailer-daemon",
    re.IGNORECASE,
)


@dataclass
class Intake:
    """What :meth:`_intake_values` found out about a call of ``create``.

    :param to_create: values for the records to be made
    :param positions: for each value given, ``(True, index in to_create)`` or
        ``(False, id of the lead that is here already)``
    """

    to_create: list = field(default_factory=list)
    positions: list = field(default_factory=list)
    repeated_ids: list = field(default_factory=list)
    repeated_new: set = field(default_factory=set)
    gateway: bool = False
    screen: bool = False

    def in_order(self, fresh):
        """:returns: a lead for each of the values, in their order"""
        ids = fresh.ids
        return fresh.browse(
            ids[where] if new else where for new, where in self.positions
        )


@dataclass
class Identity:
    """Whose customer a lead is.

    :param partner_id: the contact recognised, None when the lead has it already
    :param advisors: ``[(user_id, reason), ...]``, most preferred first
    """

    partner_id: int | None = None
    advisors: list = field(default_factory=list)


class LeadDistributionIntake(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _on_screen(self, records):
        return records.with_context(**{SCREEN_KEY: _SCREEN})

    @api.model
    def _from_gateway(self, records):
        return records.with_context(**{GATEWAY_KEY: _GATEWAY})

    # before the record exists ----------------------------------------------

    @api.model
    def _intake_values(self, leads, vals_list):
        """Sort out what ``crm.lead.create`` was asked for.

        :param leads: the recordset ``create`` was called on, for its context
        :returns: an :class:`Intake`; ``vals_list`` is left as it was
        """
        context = leads.env.context
        intake = Intake(
            gateway=context.get(GATEWAY_KEY) is _GATEWAY,
            screen=context.get(SCREEN_KEY) is _SCREEN,
        )
        companies, default = {}, None
        prepared = []
        for given in vals_list:
            vals = dict(given)
            self._clean_values(vals, context, intake.screen)
            company = self._company_of(vals, context, companies)
            if "user_id" not in vals and default is None:
                default = leads.default_get(["user_id"]).get("user_id") or False
            on = company._lead_distribution_on()
            captured = on and self._is_captured(vals, company, intake.screen, default)
            if captured or not on:
                has_user = vals.get("user_id", default)
                vals["distribution_state"] = "none" if has_user else "pool"
                if captured and "user_id" not in vals:
                    vals["user_id"] = default
            else:
                vals["user_id"] = False
                # closed history waits in the pool, should it ever be opened again
                vals["distribution_state"] = (
                    "pool" if vals.get("active") is False else "pending"
                )
                vals["company_id"] = company.id
            if vals.get("external_ref"):
                vals["company_id"] = company.id
                vals.setdefault(
                    "source_id", leads.default_get(["source_id"]).get("source_id")
                )
            prepared.append(vals)
        self._sort_repeated(prepared, intake)
        return intake

    @api.model
    def _clean_values(self, vals, context, screen):
        """What would make the database refuse a lead is put right: characters it
        cannot hold, and a missing subject. On screen Odoo asks for the subject."""
        for name in SERVICE_FIELDS:
            vals.pop(name, None)
        for name, value in vals.items():
            if isinstance(value, str) and "\0" in value:
                vals[name] = value.replace("\0", "")
        if vals.get("external_ref"):
            vals["external_ref"] = str(vals["external_ref"]).strip() or False
        if not screen and not any(
            vals.get(name) or context.get(f"default_{name}")
            for name in ("name", "partner_id")
        ):
            names = ("contact_name", "partner_name", "email_from", "phone")
            given = (vals.get(name) for name in (*names, "external_ref"))
            vals["name"] = next(filter(None, given), None) or self.env._("New lead")

    @api.model
    def _company_of(self, vals, context, cache):
        """The company in which a lead comes in: given, its team's, or the one the
        call was made in."""
        company_id = vals.get("company_id")
        team_id = vals.get("team_id") or context.get("default_team_id")
        if not company_id and team_id:
            if team_id not in cache:
                team = self.env["crm.team"].sudo().browse(team_id)
                cache[team_id] = team.company_id.id
            company_id = cache[team_id]
        company_id = company_id or context.get("default_company_id")
        return self.env["res.company"].sudo().browse(company_id or self.env.company.id)

    @api.model
    def _is_captured(self, vals, company, screen, default):
        """Whether a person captured the lead for a salesperson (K12): given
        explicitly, or created on screen by one; never for an intake user (O22).
        A value that only came from the default does not count."""
        intake = company.lead_distribution_intake_user_ids.ids
        if "user_id" in vals:
            return bool(vals["user_id"]) and vals["user_id"] not in intake
        if not screen or not default or default in intake:
            return False
        user = self.env["res.users"].sudo().browse(default)
        return user.has_group("sales_team.group_sale_salesman")

    @api.model
    def _sort_repeated(self, prepared, intake):
        """The same reference from the same source is one lead (V2), whether it is
        here already or comes twice in one call."""
        refs = {vals["external_ref"] for vals in prepared if vals.get("external_ref")}
        known = {}
        if refs:
            # sudo: the one it repeats may be a colleague's; only its id is told
            found = (
                self.env["crm.lead"]
                .sudo()
                .with_context(active_test=False)
                .search([("external_ref", "in", list(refs))], order="id")
            )
            for lead in found:
                key = (lead.company_id.id, lead.source_id.id, lead.external_ref)
                known.setdefault(key, (False, lead.id))
        for vals in prepared:
            key = None
            if vals.get("external_ref"):
                source = vals["source_id"] or False
                key = (vals["company_id"], source, vals["external_ref"])
            if key in known:
                where = known[key]
                if where[0]:
                    intake.repeated_new.add(where[1])
                else:
                    intake.repeated_ids.append(where[1])
            else:
                where = (True, len(intake.to_create))
                intake.to_create.append(vals)
                if key:
                    known[key] = where
            intake.positions.append(where)

    @api.model
    def _after_create(self, fresh, intake):
        """Say on the old ones that they came again; distribute the new ones,
        those of the mail gateway once their message is there, those of a screen
        whose user could not see them any more in the background."""
        twice = {fresh.ids[where] for where in intake.repeated_new}
        again = self._as_service().env["crm.lead"]
        again = again.browse(sorted(twice.union(intake.repeated_ids)))
        if again:
            text = self.env._("The source delivered this inquiry again.")
            again._message_log_batch(bodies=dict.fromkeys(again.ids, text))
        pending = fresh.sudo().filtered(lambda x: x.distribution_state == "pending")
        if not pending or intake.gateway:
            return
        if intake.screen and not self.env.user.has_group(
            "sales_team.group_sale_salesman_all_leads"
        ):
            # the screen reads the lead right after it is saved, and who sees the
            # own documents only could not, were it a colleague's by then
            self._call_cron("ir_cron_distribute_pending")
        else:
            self._distribute_created(pending, "create")

    # mail ------------------------------------------------------------------

    @api.model
    def _intake_message(self, msg_dict, custom_values):
        """A shared sender is nobody's identity: what a portal's mail says in its
        text is, if it is unambiguous.

        :param msg_dict: see ``mail.thread.message_parse``
        :returns: ``(msg_dict, custom_values)``, the same or changed copies
        """
        company = self._company_of(custom_values or {}, self.env.context, {})
        sender = email_normalize(msg_dict.get("from") or "")
        if (
            not sender
            or not company._lead_distribution_on()
            or not self._is_shared_sender(company, sender)
        ):
            return msg_dict, custom_values
        text = html2plaintext(msg_dict.get("body") or "")
        domain = sender.rpartition("@")[2]
        addresses = {
            address
            for found in re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", text)
            for address in email_normalize_all(found)
            if not address.endswith(domain)
        }
        addresses -= self._shared_of(company, addresses)
        customer = addresses.pop() if len(addresses) == 1 else False
        numbers = self._phones_in(text, company.country_id.code)
        if len(numbers) == 1:
            custom_values = {"phone": numbers.pop(), **(custom_values or {})}
        msg_dict = dict(
            msg_dict, **{"from": customer, "email_from": customer, "author_id": False}
        )
        return msg_dict, custom_values

    @api.model
    def _phones_in(self, text, country_code):
        """:returns: the set of valid phone numbers in a text, international; none
        where the library is not installed"""
        if phonenumbers is None:
            return set()
        found = phonenumbers.PhoneNumberMatcher(text, country_code or None)
        international = phonenumbers.PhoneNumberFormat.INTERNATIONAL
        return {phonenumbers.format_number(m.number, international) for m in found}

    # who is it -------------------------------------------------------------

    @api.model
    def _is_shared_sender(self, company, address):
        """Whether ``address`` says nothing about who writes: shared by many, or a
        colleague's, who passes on somebody else's mail.

        :param address: normalised email
        """
        if self._shared_of(company, [address]):
            return True
        users = self.env["res.users"].sudo().with_context(active_test=False)
        return bool(
            users.search_count(
                [("share", "=", False), ("partner_id.email_normalized", "=", address)],
                limit=1,
            )
        )

    @api.model
    def _shared_of(self, company, addresses):
        """:returns: the set of those ``addresses`` that are no identity: listed by
        the company, no-reply ones, our own aliases"""
        listed, domains = (company or self.env.company)._lead_shared_senders()
        aliases = self.env["mail.alias"].sudo()
        own = aliases.search([("alias_full_name", "in", list(addresses))])
        own = set(own.mapped("alias_full_name"))
        own.update(
            self.env["mail.alias.domain"].sudo().search([]).mapped("catchall_email")
        )
        found = set()
        for address in addresses:
            local, _at, domain = address.rpartition("@")
            if (
                address in listed
                or address in own
                or any(domain == d or domain.endswith(f".{d}") for d in domains)
                or ANONYMOUS.match(local)
            ):
                found.add(address)
        return found

    @api.model
    def _identify(self, company, leads):
        """Recognise the customers of a block, a few queries for all of them.

        The lead's contact, else the one with exactly the normalised email, else
        the one with exactly the number; what several customers share recognises
        nobody, a name alone never does.

        :returns: ``{lead_id: Identity}`` of the leads that have a customer
        """
        found = {lead.id: lead.partner_id.id for lead in leads if lead.partner_id}
        unknown = leads.filtered(lambda lead: not lead.partner_id)
        emails = {e for e in unknown.mapped("email_normalized") if e}
        emails -= self._shared_of(company, emails) if emails else set()
        by_email = self._customers_by(company, "email_normalized", emails)
        phones = {
            lead.phone_sanitized
            for lead in unknown
            if lead.phone_sanitized and lead.email_normalized not in by_email
        }
        by_phone = self._customers_by(company, "phone_sanitized", phones)
        recognised = {}
        for lead in unknown:
            partner_id = by_email.get(lead.email_normalized)
            if partner_id is None:
                partner_id = by_phone.get(lead.phone_sanitized)
            if partner_id:
                found[lead.id] = recognised[lead.id] = partner_id
        customers = self.env["res.partner"].browse(set(found.values()))
        customers.fetch(["commercial_partner_id", "user_id"])
        customers = {customer.id: customer for customer in customers}
        commercial = {c.commercial_partner_id.id for c in customers.values()}
        former = self._former_advisors(company, commercial)
        intake = company.lead_distribution_intake_user_ids
        identities = {}
        for lead_id, partner_id in found.items():
            partner = customers[partner_id]
            owner = partner.user_id or partner.commercial_partner_id.user_id
            advisors = []
            if owner and owner not in intake:
                advisors.append((owner.id, "known_advisor"))
            for user_id in former.get(partner.commercial_partner_id.id, ()):
                if user_id != owner.id and user_id not in intake.ids:
                    advisors.append((user_id, "former_advisor"))
            identities[lead_id] = Identity(recognised.get(lead_id), advisors)
        return identities

    @api.model
    def _customers_by(self, company, column, values):
        """:returns: ``{value: partner_id}``, 0 for a value that several customers
        share"""
        if not values:
            return {}
        self.env["res.partner"].flush_model([column, "commercial_partner_id", "active"])
        rows = self.env.execute_query(
            SQL(
                """SELECT p.%(column)s, min(p.id),
                          count(DISTINCT COALESCE(p.commercial_partner_id, p.id))
                     FROM res_partner p
                    WHERE p.%(column)s = ANY(%(values)s)
                      AND p.active
                      AND (p.company_id IS NULL OR p.company_id = %(company)s)
                      AND NOT EXISTS (SELECT FROM res_users u
                                       WHERE u.partner_id = p.id AND NOT u.share)
                 GROUP BY 1""",
                column=SQL.identifier(column),
                values=list(values),
                company=company.id or None,
            )
        )
        return {
            value: first if customers == 1 else 0 for value, first, customers in rows
        }

    @api.model
    def _former_advisors(self, company, commercial_ids):
        """Who had leads of these customers, by the ledger (O14).

        :returns: ``{commercial_partner_id: [user_id, ...]}``, newest first
        """
        if not commercial_ids:
            return {}
        self.env["lead.distribution.assignment"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT p.commercial_partner_id, a.user_id
                     FROM lead_distribution_assignment a
                     JOIN res_partner p ON p.id = a.partner_id
                    WHERE p.commercial_partner_id = ANY(%(ids)s)
                      AND a.user_id IS NOT NULL
                      AND a.state = ANY(%(counted)s)
                      AND a.company_id IS NOT DISTINCT FROM %(company)s
                 GROUP BY 1, 2
                 ORDER BY max(a.id) DESC""",
                ids=list(commercial_ids),
                counted=list(COUNTED),
                company=company.id or None,
            )
        )
        found = {}
        for commercial_id, user_id in rows:
            found.setdefault(commercial_id, []).append(user_id)
        return found
