"""Leads of the website's forms: whose they are, what they ask about, what the visitor
agreed to."""

from odoo import Command, api, models

from odoo.addons.lead_distribution.engine.text import addresses_in, is_line, one_line
from odoo.addons.lead_distribution.tools.batch import CONFLICTS
from odoo.addons.lead_distribution.tools.redacting_log import redacting_logger

from .form_signature import SIGNATURE, is_signed
from .website_visit import parts_of, without_language

_logger = redacting_logger(__name__)

#: names of parameters and of form fields that carry references
LISTING, CONSENTS = "listing", "consents"
#: name of the field of purposes that the website editor offers
PURPOSES = "consent_purpose_ids"


class LeadDistributionForm(models.AbstractModel):
    _name = "lead.distribution.website.form"
    _description = "Lead Distribution: Website Form"

    @api.model
    def _is_chosen(self, request, user_id):
        """Whether the form's page names the salesperson: whoever fills a form can send
        anything, and chooses nobody.

        :param user_id: as it was sent
        """
        # sudo: the secret that pages are signed with
        return bool(user_id) and is_signed(
            self.sudo().env, user_id, request.params.get(SIGNATURE)
        )

    @api.model
    def _form_values(self, request, values, chosen):
        """What a form of the website says, put right before the lead is made. Whatever
        goes wrong here, the visitor's lead is made.

        :param values: of the lead, core's defaults included
        :param chosen: whether the form itself names the salesperson
        :returns: the values to use
        """
        values = dict(values)
        # sudo: the website's company, which visitors may not read
        company = request.website.sudo().company_id
        if not chosen and company._lead_distribution_on():
            # the website's default, its team's leader, or whom a visitor named: not a
            # choice, so that the routes decide
            values.pop("user_id", None)
        try:
            with self.env.cr.savepoint():
                return self._complete_form(request, dict(values), company)
        except CONFLICTS:
            raise  # the visitor's request is tried again
        except Exception:
            _logger.exception("A form's lead is taken as it came")
            return values

    @api.model
    def _complete_form(self, request, values, company):
        self._form_listing(request, values, company)
        self._form_consents(request, values)
        if company._lead_distribution_on() and not values.get("source_id"):
            values["source_id"] = self._form_source(request)
        if values.get("external_ref"):
            self._form_reference(request, values, company)
        return values

    @api.model
    def _form_reference(self, request, values, company):
        """A form may carry a reference where somebody allowed the field. Who sends it
        again is whoever sent it before: to all others the lead is closed, and what
        they say is one of its own."""
        reference = str(values["external_ref"]).strip()
        Lead = self.env["crm.lead"].sudo()  # sudo: visitors see no leads
        known = Lead.with_context(active_test=False).search(
            [
                ("external_ref", "=", reference),
                ("source_id", "=", values.get("source_id") or False),
                ("company_id", "=", company.id),
            ],
            limit=1,
        )
        visitor = self.env["website.visitor"]._get_visitor_from_request()
        if not known or (visitor and visitor in known.visitor_ids):
            return
        lost = self.env._("External reference: %s", values.pop("external_ref"))
        self.env["lead.distribution.intake"]._keep_in_description(values, [lost])

    @api.model
    def _form_references(self, request, values):
        """Ids in a form can be anything, such as a team deleted since the form was
        made: those that are no such record, or not the company's, are left out, for
        core or the database would refuse the lead. Of a listing archived since then
        the name is kept for a person to see.

        :param values: of the request, all of them text
        :returns: the values to go on with
        """
        values = dict(values)
        # sudo: the website's company, which visitors may not read
        company = request.website.sudo().company_id
        for name in ("user_id", "team_id", "listing_id"):
            if name not in values:
                continue
            # sudo: whether there is one
            model = self.env[self.env["crm.lead"]._fields[name].comodel_name].sudo()
            text = str(values[name]).strip()
            record = model.browse(int(text) if self._is_id(text) else []).exists()
            known = bool(record)
            if known and name == "user_id":
                known = not record.share and company in record.company_ids
            elif known:
                known = record.company_id in (company, company.browse())
            if known and record.active:
                continue
            del values[name]
            if known and name == "listing_id":
                # core writes what it does not know into the description
                values[self.env._("Listing")] = record.name
        for name in ("email_from", "phone"):
            text = values.get(name)
            if isinstance(text, str) and not is_line(text):
                # Odoo looks for addresses in it before the lead is made
                values[self.env["crm.lead"]._fields[name].string] = text
                values[name] = ", ".join(addresses_in(text)[:1])
        if isinstance(values.get(PURPOSES), str):
            ids = [word for word in self._words(values[PURPOSES]) if self._is_id(word)]
            values[PURPOSES] = ",".join(ids)
            if not ids:
                del values[PURPOSES]
        return values

    @api.model
    def _is_id(self, text):
        """A number that is no id of PostgreSQL's would end the transaction."""
        return text.isascii() and text.isdigit() and len(text) < 10

    @api.model
    def _words(self, text):
        """:returns: the references that a field carries, ``[str, ...]``"""
        words = text.replace("\0", "").split(",") if isinstance(text, str) else []
        return list(dict.fromkeys(word.strip() for word in words if word.strip()))

    @api.model
    def _form_listing(self, request, values, company):
        """The listing that the form names in a hidden field, else the address of its
        page in a parameter, else the one whose page it is (V2)."""
        path, parameters = parts_of(request.httprequest.headers.get("Referer") or "")
        texts = [request.params.get(LISTING), dict(parameters).get(LISTING)]
        for text in texts:
            text = one_line(text).strip() if isinstance(text, str) else ""
            if values.get("listing_id") or not text:
                continue
            found = self.env["lead.distribution.intake"]._listing_named(text, company)
            if found:
                values["listing_id"] = found.id
            elif text != texts[0]:  # what the form itself says is kept by core
                lost = self.env._("Listing: %s", text)
                self.env["lead.distribution.intake"]._keep_in_description(
                    values, [lost]
                )
        if not values.get("listing_id") and path:
            listing = self._listing_of_page(path, company)
            if listing:
                values["listing_id"] = listing.id

    @api.model
    def _listing_of_page(self, path, company):
        path = without_language(self.env, path)
        # sudo: visitors see no listings
        found = (
            self.env["lead.distribution.listing"]
            .sudo()
            .search(
                [
                    ("website_path", "in", [path, path.rstrip("/"), f"{path}/"]),
                    ("company_id", "in", [False, company.id]),
                ],
                limit=2,
            )
        )
        return found if len(found) == 1 else None

    @api.model
    def _form_consents(self, request, values):
        """What was ticked: purposes by id, from the editor's field, or by reference or
        name, from a field of one's own; in a form written by hand either may carry
        names."""
        ids = []
        for command in values.pop(PURPOSES, None) or []:
            if command[0] == Command.SET:
                ids += command[2]
        Purpose = self.env["lead.distribution.consent.purpose"]
        # sudo: the website's company, which visitors may not read
        given = Purpose._of_company(ids, request.website.sudo().company_id).ids
        named = self._words(request.params.get(CONSENTS))
        named += [
            word
            for word in self._words(request.params.get(PURPOSES))
            if not self._is_id(word)
        ]
        if named:
            values[PURPOSES] = [*given, *named]  # intake knows names
        elif given:
            values[PURPOSES] = [Command.set(given)]

    @api.model
    def _form_source(self, request):
        """:returns: id of the source: of the campaign that brought the visitor here,
        else the website itself"""
        # sudo: as for any lead that a visitor makes
        Lead = self.env["crm.lead"].sudo()
        found = Lead.default_get(["source_id"]).get("source_id")
        return (
            found
            or Lead.env["utm.mixin"]
            ._find_or_create_record("utm.source", request.website.name)
            .id
        )
