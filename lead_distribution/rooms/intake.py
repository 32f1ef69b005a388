"""Room 1, before the record exists: captured by a salesperson, or ours to
distribute; new, or the same inquiry delivered again; what a mail says of who
writes."""

import re
from dataclasses import dataclass, field

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, email_normalize_all, html2plaintext

from ..engine.identity import phones_in
from .codes import FOLLOW_UP_FIELDS, SERVICE_FIELDS
from .log import discreet_logger

_logger = discreet_logger(__name__)

#: Carried in the context from where a person, or the mail gateway, makes a lead;
#: objects, so that no remote call can pretend to be either.
SCREEN_KEY, GATEWAY_KEY = "lead_distribution_screen", "lead_distribution_gateway"
_SCREEN, _GATEWAY = object(), object()


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
    consents: list = field(default_factory=list)
    gateway: bool = False
    screen: bool = False

    def in_order(self, fresh):
        """:returns: a lead for each of the values, in their order"""
        ids = fresh.ids
        return fresh.browse(
            ids[where] if new else where for new, where in self.positions
        )


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
            self._resolve_names(vals, company)
            if "user_id" not in vals and default is None:
                default = leads.default_get(["user_id"]).get("user_id") or False
            on = company._lead_distribution_on()
            if on and not vals.get("user_id"):
                self._own_channel(vals, company, leads)
            captured = on and self._is_captured(vals, company, intake.screen, default)
            if captured or not on:
                has_user = vals.get("user_id", default)
                vals["distribution_state"] = "none" if has_user else "pool"
                if captured and "user_id" not in vals:
                    vals["user_id"] = default
                if has_user:
                    vals.setdefault("distribution_idle_since", fields.Datetime.now())
            else:
                vals["user_id"] = False
                # closed history waits in the pool, should it ever be opened again
                vals["distribution_state"] = (
                    "pool" if vals.get("active") is False else "pending"
                )
                vals["company_id"] = company.id
                if not vals.get("listing_id") and not intake.gateway:
                    self._read_listing(
                        vals, company, [vals.get("name"), vals.get("description")]
                    )
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
        for name in (
            SERVICE_FIELDS if self.env.su else SERVICE_FIELDS | FOLLOW_UP_FIELDS
        ):
            vals.pop(name, None)
        for name in ("user_id", "team_id", "company_id"):
            if isinstance(vals.get(name), str):  # as some scripts give them
                vals[name] = int(vals[name]) if vals[name].isdigit() else False
        for name, value in vals.items():
            if isinstance(value, str) and "\0" in value:
                vals[name] = value.replace("\0", "")
        if vals.get("external_ref"):
            # as long as an entry of its index may be
            vals["external_ref"] = str(vals["external_ref"]).strip()[:500] or False
        if not screen and not any(
            vals.get(name) or context.get(f"default_{name}")
            for name in ("name", "partner_id")
        ):
            names = ("contact_name", "partner_name", "email_from", "phone")
            given = (vals.get(name) for name in (*names, "external_ref"))
            vals["name"] = next(filter(None, given), None) or self.env._("New lead")

    @api.model
    def _own_channel(self, vals, company, leads):
        """A source of a salesperson's own captures its leads for that one (K12)."""
        source_id = vals.get("source_id") or leads.env.context.get("default_source_id")
        owner = self.env["utm.source"]._owners().get(source_id)
        if owner:
            user = self.env["res.users"].sudo().browse(owner)
            if user.active and company in user.company_ids:
                vals["user_id"] = owner

    @api.model
    def _resolve_names(self, vals, company):
        """Scripts and portals know names and references, not ids: sources, media and
        campaigns are found or made, listings and consents found. What is not found
        is kept in the description, for a person to see."""
        for name in ("source_id", "medium_id", "campaign_id"):
            if isinstance(vals.get(name), str):
                model = self.env["crm.lead"]._fields[name].comodel_name
                text = vals[name].strip()
                # sudo: the same as importing UTM parameters of a visited page
                found = text and self.env["utm.mixin"].sudo()._find_or_create_record(
                    model, text
                )
                vals[name] = found.id if found else False
        lost = []
        if isinstance(vals.get("listing_id"), str):
            text = vals.pop("listing_id").strip()
            found = self._listing_named(text, company) if text else None
            if found:
                vals["listing_id"] = found.id
            elif text:
                lost.append(self.env._("Listing: %s", text))
        consents = vals.get("consent_purpose_ids")
        if isinstance(consents, str):
            consents = consents.split(",")
        if isinstance(consents, (list, tuple)) and any(
            isinstance(item, str) for item in consents
        ):
            Purpose = self.env["lead.distribution.consent.purpose"]
            found = Purpose._of_company(
                [item for item in consents if type(item) is int], company
            )
            for text in (x.strip() for x in consents if isinstance(x, str)):
                purpose = Purpose._named(text, company)
                found |= purpose
                if text and not purpose:
                    lost.append(self.env._("Consent: %s", text))
            vals["consent_purpose_ids"] = [Command.set(found.ids)]
        if lost:
            text = Markup("").join(Markup("<p>%s</p>") % line for line in lost)
            vals["description"] = Markup(vals.get("description") or "") + text

    @api.model
    def _read_listing(self, vals, company, texts):
        """Find the listing whose reference the texts name: the first text that names
        any decides. Where it names several, a person has to choose (flagged).

        :param vals: of the lead, to be completed
        :param texts: plain or HTML, most telling first
        """
        references = self.env["lead.distribution.listing"]._references(company.id)
        if not references:
            return
        for text in texts:
            if not text:
                continue
            text = (html2plaintext(text) if "<" in text else text).lower()
            words = set(re.findall(r"[^\s,;:()\[\]<>\"'#|?!=*]+", text))
            words |= {word.strip("./-_") for word in words}
            found = {references[word] for word in words if word in references}
            for reference, listing_id in references.items():
                if " " in reference and reference in text:
                    found.add(listing_id)
            if len(found) == 1:
                vals["listing_id"] = found.pop()
                return
            if found:
                vals["listing_unclear"] = True
                return

    @api.model
    def _literally(self, text):
        """:returns: a pattern of ``=ilike`` that finds this very text"""
        return re.sub(r"([\\%_])", r"\\\1", text)

    @api.model
    def _listing_named(self, text, company):
        """:returns: the company's one listing with this reference, else with this
        name; nothing when there are several"""
        # sudo: whoever sends leads need not see the listings
        Listing = self.env["lead.distribution.listing"].sudo()
        pattern = self._literally(text)
        for name in ("reference", "name"):
            found = Listing.search(
                [
                    (name, "=ilike", pattern),
                    ("company_id", "in", [False, company.id]),
                ],
                limit=2,
            )
            if found:
                return found if len(found) == 1 else None
        return None

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
            merged = (
                self.env["lead.distribution.inquiry"]
                .sudo()
                .search([("external_ref", "in", list(refs))])
            )
            for record in [*found, *merged]:
                key = (record.company_id.id, record.source_id.id, record.external_ref)
                lead_id = record.lead_id.id if "lead_id" in record else record.id
                known.setdefault(key, (False, lead_id))
        for vals in prepared:
            key = None
            if vals.get("external_ref"):
                source = vals["source_id"] or False
                key = (vals["company_id"], source, vals["external_ref"])
            if key in known:
                where = known[key]
                if vals.get("consent_purpose_ids"):
                    intake.consents.append((where, vals["consent_purpose_ids"]))
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
        for (new, where), commands in intake.consents:
            # a repeated delivery may tell of more consents, it takes none back
            lead = again.browse(fresh.ids[where] if new else where)
            given = [c if type(c) is int else c[1:] for c in commands]
            lead.consent_purpose_ids |= lead.consent_purpose_ids.browse(
                {i for x in given for i in ([x] if type(x) is int else _ids_in(x))}
            )
        captured = fresh.sudo().filtered(
            lambda x: (
                x.distribution_state == "none"
                and x.active
                and x.company_id._lead_distribution_on()
            )
        )
        if captured:
            self._note_captured(captured)
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

    @api.model
    def _note_captured(self, leads):
        """Captured leads keep their salesperson; whose they are is noted on them.
        Should that go wrong, they are what they were."""
        try:
            with self.env.cr.savepoint():
                for company, ours in leads.grouped("company_id").items():
                    service = self._as_service(company)
                    ours = service.env["crm.lead"].browse(ours.ids)
                    service._recognise(ours, service._identify(company, ours))
        except Exception:
            _logger.exception("Nobody recognised behind the leads %s", leads.ids)

    @api.model
    def _check_complete(self, leads):
        """V1: on screen, a lead names its source and a way to reach the person, where
        the company wants it so.

        :raises UserError: saying what is missing
        """
        _ = self.env._
        for lead in leads.sudo():
            company = lead.company_id or self.env.company
            if company.lead_intake_policy != "refuse" or not lead.intake_incomplete:
                continue
            missing = []
            if not lead.source_id:
                missing.append(_("the source"))
            if not (lead.email_from or lead.phone):
                missing.append(_("an email or a phone number"))
            raise UserError(
                _(
                    "The lead is not saved, since it lacks %s.",
                    _(" and ").join(missing),
                )
            )

    # mail ------------------------------------------------------------------

    @api.model
    def _intake_message(self, msg_dict, custom_values):
        """A shared sender is nobody's identity: what a portal's mail says in its
        text is, if it is unambiguous.

        :param msg_dict: see ``mail.thread.message_parse``
        :returns: ``(msg_dict, custom_values)``, the same or changed copies
        """
        company = self._company_of(custom_values or {}, self.env.context, {})
        if company._lead_distribution_on() and not (custom_values or {}).get(
            "listing_id"
        ):
            custom_values = dict(custom_values or {})
            self._read_listing(
                custom_values,
                company,
                [msg_dict.get("subject"), msg_dict.get("body")],
            )
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
        numbers = phones_in(text, company.country_id.code)
        if len(numbers) == 1:
            custom_values = {"phone": numbers.pop(), **(custom_values or {})}
        msg_dict = dict(
            msg_dict, **{"from": customer, "email_from": customer, "author_id": False}
        )
        return msg_dict, custom_values


def _ids_in(command):
    """:returns: the ids that a command of a many2many, without its code, links"""
    if len(command) > 1 and isinstance(command[1], (list, tuple)):
        return command[1]
    return [command[0]] if command and command[0] else []
