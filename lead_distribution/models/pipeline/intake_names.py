"""Intake: what values name by words: sources, listings, consents. What nothing is
found for is kept in the description."""

import re

from odoo import Command, api, models

from ...engine import text as texts
from ...engine.listings import listings_in
from ...tools.text import literal_pattern


class LeadDistributionIntake(models.AbstractModel):
    _inherit = "lead.distribution.intake"

    @api.model
    def _resolve_names(self, vals, company, found_before):
        """Scripts and portals know names and references, not ids: sources, media and
        campaigns are found or made, listings and consents found. What is not found
        is kept in the description, for a person to see.

        :param found_before: in this call, to be completed: see :class:`Intake`
        """
        for name in ("source_id", "medium_id", "campaign_id"):
            if isinstance(vals.get(name), str):
                key = (name, vals[name].strip()[: texts.LINE])
                if key not in found_before:
                    found_before[key] = self._utm_named(*key)
                vals[name] = found_before[key]
        lost = []
        if isinstance(vals.get("listing_id"), str):
            text = vals.pop("listing_id").strip()
            key = ("listing_id", company.id, text)
            if key not in found_before:
                found = self._listing_named(text, company)
                found_before[key] = found.id if found else None
            if found_before[key]:
                vals["listing_id"] = found_before[key]
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
            words = dict.fromkeys(x.strip() for x in consents if isinstance(x, str))
            words.pop("", None)
            for text in list(words)[: texts.MOST]:
                key = ("consent", company.id, text)
                if key not in found_before:
                    found_before[key] = Purpose._named(text, company)
                found |= found_before[key]
                if not found_before[key]:
                    lost.append(self.env._("Consent: %s", text))
            if len(words) > texts.MOST:
                # nobody agrees to so much: for a person to see, not looked for
                lost.append(self.env._("Consent: %s", ", ".join(words)))
            vals["consent_purpose_ids"] = [Command.set(found.ids)]
        self._keep_in_description(vals, lost)

    @api.model
    def _utm_named(self, field_name, text):
        """Find or make what UTM fields name.

        :returns: id of the source, medium or campaign of this very name, made where
            there is none; False for no name
        """
        if not text:
            return False
        model = self.env["crm.lead"]._fields[field_name].comodel_name
        # sudo: the same as importing UTM parameters of a visited page
        Model = self.env[model].sudo().with_context(active_test=False)
        # not Odoo's own way alone: for that one a % is any name
        named = [("name", "=ilike", literal_pattern(text))]
        found = Model.search(named, limit=1)
        if not found and re.search(r"[\\%_]", text):
            found = Model.create({"name": text})
        # sudo: as above
        mixin = self.env["utm.mixin"].sudo()
        return (found or mixin._find_or_create_record(model, text)).id

    @api.model
    def _read_listing(self, vals, company, said):
        """Find the listing whose reference the texts name: the first text that names
        any decides. Where it names several, a person has to choose (flagged).

        :param vals: of the lead, to be completed
        :param said: plain or HTML, most telling first
        """
        Listing = self.env["lead.distribution.listing"]
        references = Listing._references(company.id)
        if not references:
            return
        spaced = Listing._spaced_references(company.id)
        for text in said:
            if not text or not isinstance(text, str):
                continue
            found = listings_in(text, references, spaced)
            if len(found) == 1:
                vals["listing_id"] = found.pop()
                return
            if found:
                vals["listing_unclear"] = True
                return

    @api.model
    def _listing_named(self, text, company):
        """Find the listing that a lead names.

        :returns: the company's one listing with this reference, else with this name;
            nothing when there are several
        """
        if not text or len(text) > texts.LINE:
            return None
        # sudo: whoever sends leads need not see the listings
        Listing = self.env["lead.distribution.listing"].sudo()
        pattern = literal_pattern(text)
        for name in ("reference", "name"):
            # with its company, which every lead's listing is checked by
            found = Listing.search_fetch(
                [
                    (name, "=ilike", pattern),
                    ("company_id", "in", [False, company.id]),
                ],
                ["company_id"],
                limit=2,
            )
            if found:
                return found if len(found) == 1 else None
        return None
