"""Step 1, intake, before the record exists: self-assigned by a salesperson, or to be
distributed; new, or the same inquiry delivered again."""

from dataclasses import dataclass, field

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine import text as texts
from ...engine.identity import phones_of
from ...engine.moments import moment_of
from ...tools.constants import KEPT, SERVICE_FIELDS
from ...tools.redacting_log import redacting_logger
from ...tools.scheduling import trigger_cron
from ...tools.service_context import GATEWAY as _GATEWAY
from ...tools.service_context import GATEWAY_KEY, SCREEN_KEY, as_service
from ...tools.service_context import SCREEN as _SCREEN

_logger = redacting_logger(__name__)


@dataclass
class Intake:
    """What :meth:`_intake_values` found out about a call of ``create``.

    :param to_create: values for the records to be made
    :param positions: for each value given, ``(True, index in to_create)`` or
        ``(False, id of the lead that is here already)``
    :param owners: ``{(company_id, user_id): Owner}`` of the own channels so far
    :param channels: ``{id() of values: (user_id, code)}`` of leads that came through
        somebody's own channel; code of what kept them from it, or ""
    :param found: ``{(kind, text): what a name in the values stands for}``
    :param arrivals: ``{index in to_create: when it arrived}`` of those that say so
    :param countries: ``{country_id: ISO code}``
    """

    to_create: list = field(default_factory=list)
    positions: list = field(default_factory=list)
    repeated_ids: list = field(default_factory=list)
    repeated_new: set = field(default_factory=set)
    consents: list = field(default_factory=list)
    owners: dict = field(default_factory=dict)
    channels: dict = field(default_factory=dict)
    found: dict = field(default_factory=dict)
    arrivals: dict = field(default_factory=dict)
    countries: dict = field(default_factory=dict)
    gateway: bool = False
    screen: bool = False

    def in_order(self, fresh):
        """Return a lead for each of the values, in their order."""
        ids = fresh.ids
        return fresh.browse(
            ids[where] if new else where for new, where in self.positions
        )


class LeadDistributionIntake(models.AbstractModel):
    _name = "lead.distribution.intake"
    _description = "Lead Distribution: Intake"

    # before the record exists ----------------------------------------------

    @api.model
    def _without_kept_defaults(self, leads):
        """Where a lead stands is no default of whoever makes it. Odoo would refuse the
        lead for some of them.

        :returns: ``leads`` with a context that says nothing of it
        """
        context = leads.env.context
        stray = [k for k in context if k.startswith("default_") and k[8:] in KEPT]
        if not stray:
            return leads
        context = {k: v for k, v in context.items() if k not in stray}
        return leads.with_context(context)  # pylint: disable=context-overridden

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
        companies, default, source = {}, None, None
        prepared = []
        for given in vals_list:
            vals = dict(given)
            if context.get("default_external_ref"):
                vals.setdefault("external_ref", context["default_external_ref"])
            self._clean_values(vals, context, intake)
            self._note_reading(vals, context)
            company = self._company_of(vals, context, companies)
            self._resolve_names(vals, company, intake.found)
            if "user_id" not in vals and default is None:
                default = leads.default_get(["user_id"]).get("user_id") or False
            on = company._lead_distribution_on()
            if on and not intake.gateway and self._by_own_tool(vals, context):
                vals["user_id"] = self.env.uid
            if on:
                self._clean_contact(vals, company, intake.countries)
            if on and (intake.gateway or not vals.get("user_id")):
                self._own_channel(vals, company, leads, intake)
            self_assigned = on and self._is_self_assigned(
                vals, company, intake.screen, default
            )
            if self_assigned or not on:
                has_user = self._holder(vals, company, default)
                vals["distribution_state"] = "none" if has_user else "pool"
                if self_assigned and "user_id" not in vals:
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
                if "source_id" not in vals:
                    if source is None:
                        source = leads.default_get(["source_id"]).get("source_id", 0)
                    vals["source_id"] = source or False
            prepared.append(vals)
        self._sort_repeated(prepared, intake)
        self._note_arrivals(intake)
        return intake

    @api.model
    def _note_arrivals(self, intake):
        """Hook: take out of the values when inquiries were made, where they say it."""
        now = fields.Datetime.now()
        for place, vals in enumerate(intake.to_create):
            arrival = moment_of(vals.pop("arrival_date", None))
            if arrival and arrival < now:
                intake.arrivals[place] = arrival

    @api.model
    def _holder(self, vals, company, default):
        """Tell whose a lead is that is not distributed now: the pool's, should somebody
        have it who only brings leads.

        :param vals: of a lead, to be completed
        :returns: id of the user, False for nobody
        """
        user_id = vals.get("user_id", default)
        if user_id not in company.lead_distribution_intake_user_ids.ids:
            return user_id
        vals.update(user_id=False, company_id=company.id)
        return False

    @api.model
    def _clean_values(self, vals, context, intake):
        """What would make the database refuse a lead is put right: characters it
        cannot hold, and a missing subject. On screen Odoo asks for the subject."""
        # whoever writes a mail is no superuser, though the gateway is one
        trusted = self.env.su and not intake.gateway
        for name in SERVICE_FIELDS if trusted else KEPT:
            vals.pop(name, None)
        for name in ("user_id", "team_id", "company_id"):
            if isinstance(vals.get(name), str):  # as some scripts give them
                vals[name] = texts.id_of(vals[name]) or False
        vals.update(self._harmless(vals))
        if vals.get("external_ref"):
            # as long as an entry of its index may be
            vals["external_ref"] = str(vals["external_ref"]).strip()[:500] or False
        if not intake.screen and not (vals.get("name") or context.get("default_name")):
            vals["name"] = self._subject_of(vals, context)
        self._shorten(vals)

    @api.model
    def _subject_of(self, vals, context):
        """Return what a lead without a subject is called."""
        names = ("contact_name", "partner_name", "email_from", "phone", "external_ref")
        given = next(filter(None, (vals.get(name) for name in names)), None)
        partner_id = vals.get("partner_id") or context.get("default_partner_id")
        if not given and type(partner_id) is int:
            partner = self.env["res.partner"].browse(partner_id).exists()
            given = partner.name if partner and partner.has_access("read") else None
        return texts.one_line(str(given or "")) or self.env._("New lead")

    @api.model
    def _harmless(self, vals):
        """A newline in a name breaks the header of every mail that tells of it, and
        other control characters the database or whoever reads it.

        :param vals: of a lead
        :returns: those of the values that have to be others
        """
        fields_ = self.env["crm.lead"]._fields
        found = {}
        for name, value in vals.items():
            kind = fields_[name].type if name in fields_ else "char"
            if isinstance(value, str):
                several = kind in ("text", "html")
                clean = (texts.several_lines if several else texts.one_line)(value)
            elif kind == "properties" and value:
                clean = _cleaned(value)
            else:
                continue
            if clean != value:
                found[name] = clean
        return found

    @api.model
    def _shorten(self, vals):
        """A letter in a field of one line is kept in the description: names are indexed
        by every three characters whenever anything of the lead is written, and Odoo
        looks for addresses in the time of the length squared, as deep as there are
        brackets.

        :param vals: of a lead, to be completed
        """
        _ = self.env._
        kept = []
        said = {
            "name": _("Subject: %s"),
            "contact_name": _("Contact: %s"),
            "partner_name": _("Company: %s"),
        }
        for name, words in said.items():
            text = vals.get(name)
            if isinstance(text, str) and len(text) > texts.LINE:
                kept.append(words % text)
                vals[name] = f"{text[: texts.LINE - 1]}…"
        email, phone = vals.get("email_from"), vals.get("phone")
        if isinstance(email, str) and not texts.is_line(email):
            kept.append(_("Email: %s", email))
            found = ", ".join(texts.addresses_in(email)[:5])
            vals["email_from"] = found if len(found) <= texts.LINE else False
        if isinstance(phone, str) and not texts.is_line(phone):
            kept.append(_("Phone: %s", phone))
            vals["phone"] = next(iter(phones_of(phone)), False)
        self._keep_in_description(vals, kept)

    @api.model
    def _keep_in_description(self, vals, lines):
        """For a person to see.

        :param vals: of a lead, to be completed
        :param lines: plain texts
        """
        if lines:
            text = Markup("").join(Markup("<p>%s</p>") % line for line in lines)
            vals["description"] = Markup(vals.get("description") or "") + text

    @api.model
    def _company_of(self, vals, context, cache):
        """The company in which a lead comes in: given; its team's; its salesperson's,
        where they work for one only; or the one the call was made in."""
        company_id = vals.get("company_id")
        team_id = vals.get("team_id") or context.get("default_team_id")
        if not company_id and team_id:
            if team_id not in cache:
                # sudo: the company of a team, whoever creates the lead
                team = self.env["crm.team"].sudo().browse(team_id)
                cache[team_id] = team.company_id.id
            company_id = cache[team_id]
        company_id = company_id or context.get("default_company_id")
        user_id = vals.get("user_id")
        if not company_id and user_id:
            key = ("user", user_id)
            if key not in cache:
                # sudo: for which companies they work, nothing else of them
                user = self.env["res.users"].sudo().browse(user_id)
                works_for = user.with_context(active_test=True).company_ids
                cache[key] = works_for.id if len(works_for) == 1 else False
            company_id = cache[key]
        # sudo: how the company takes in leads, whoever makes one
        return self.env["res.company"].sudo().browse(company_id or self.env.company.id)

    @api.model
    def _is_self_assigned(self, vals, company, screen, default):
        """Whether a person gave the lead to a salesperson (K12): given
        explicitly, or created on screen by one; never for an intake user (O22).
        A value that only came from the default does not count."""
        user_id = vals["user_id"] if "user_id" in vals else screen and default
        if not user_id or user_id in company.lead_distribution_intake_user_ids.ids:
            return False
        if "user_id" in vals:
            return True
        # sudo: whether a default user is a salesperson, to decide and not to tell
        user = self.env["res.users"].sudo().browse(default)
        return user.has_group("sales_team.group_sale_salesman")

    @api.model
    def _after_create(self, fresh, intake):
        """Say on the old ones that they came again; distribute the new ones,
        those of the mail gateway once their message is there, those of a screen
        whose user could not see them any more in the background."""
        self._note_channels(fresh, intake)
        twice = {fresh.ids[where] for where in intake.repeated_new}
        again = as_service(self).env["crm.lead"]
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
        # sudo: the state of leads that were just created by this user
        self_assigned = fresh.sudo().filtered(
            lambda x: (
                x.distribution_state == "none"
                and x.active
                and self.env["lead.distribution.lead.company"]
                ._company_of_lead(x)
                ._lead_distribution_on()
            )
        )
        if self_assigned:
            self._recognise_self_assigned(self_assigned)
        # sudo: the state of leads that were just created by this user
        pending = fresh.sudo().filtered(lambda x: x.distribution_state == "pending")
        if not pending or intake.gateway:
            return
        if intake.screen and not self.env.user.has_group(
            "sales_team.group_sale_salesman_all_leads"
        ):
            # the screen reads the lead right after it is saved, and who sees the
            # own documents only could not, were it a colleague's by then
            trigger_cron(self.env, "ir_cron_distribute_pending")
        else:
            self.env["lead.distribution"]._distribute_created(pending, "create")

    @api.model
    def _recognise_self_assigned(self, leads):
        """Self-assigned leads keep their salesperson; whose they are is noted on them.
        Should that go wrong, they are what they were."""
        try:
            with self.env.cr.savepoint():
                for company, ours in (
                    self.env["lead.distribution.lead.company"]
                    ._leads_by_company(leads)
                    .items()
                ):
                    service = as_service(self, company)
                    ours = service.env["crm.lead"].browse(ours.ids)
                    service.env["lead.distribution.apply"]._recognise(
                        ours,
                        service.env["lead.distribution.identity"]._identify(
                            company, ours
                        ),
                    )
        except Exception:
            _logger.exception("Nobody recognised behind the leads %s", leads.ids)

    @api.model
    def _check_complete(self, leads):
        """V1: on screen, a lead names its source and a way to reach the person, where
        the company wants it so.

        :raises UserError: saying what is missing
        """
        _ = self.env._
        # sudo: what is missing in leads that were just created by this user
        for lead in leads.sudo():
            company = lead.company_id or self.env.company
            if company.lead_intake_policy != "refuse" or not lead.intake_incomplete:
                continue
            missing = []
            if not lead.source_id:
                missing.append(_("the source"))
            if not lead._is_reachable():
                missing.append(_("an email or a phone number"))
            raise UserError(
                _(
                    "The lead is not saved, since it lacks %s.",
                    _(" and ").join(missing),
                )
            )


def _cleaned(value):
    """Clean the texts in a value of a JSON field.

    :returns: what JSON holds, its texts as the database can hold them
    """
    if isinstance(value, str):
        return texts.several_lines(value)
    if isinstance(value, dict):
        return {key: _cleaned(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_cleaned(each) for each in value]
    return value


def _ids_in(command):
    """Return the ids that a command of a many2many, without its code, links."""
    if len(command) > 1 and isinstance(command[1], (list, tuple)):
        return command[1]
    return [command[0]] if command and command[0] else []
