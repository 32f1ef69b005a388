"""Intake: addresses, numbers and postcodes are shown clean; what came is kept."""

from odoo import api, models

from ...engine import emails, phones, placeholders, postcodes
from ...engine.text import fold, is_line


class LeadDistributionIntake(models.AbstractModel):
    _inherit = "lead.distribution.intake"

    @api.model
    def _clean_contact(self, vals, company, countries):
        """Put how somebody can be reached as a person wants to see it, and keep what
        came beside it.

        :param vals: of a lead, to be completed
        :param company: whose list of placeholders and country count
        :param countries: ``{country_id: ISO code}`` of this call so far
        """
        given = {
            name: vals[name]
            for name in ("email_from", "phone", "zip")
            if isinstance(vals.get(name), str) and is_line(vals[name])
        }
        if not any(given.values()):
            return
        _ = self.env._
        code = self._country_code(vals.get("country_id"), countries)
        _addresses, _numbers, words = company._lead_placeholders()
        shown, notes = {}, {}
        for name, text in given.items():
            if name == "zip":
                shown[name] = postcodes.read(text, code)
            elif placeholders.is_nothing(text) or fold(text).strip() in words:
                shown[name] = ""
            elif name == "email_from":
                shown[name] = emails.read(text)
            else:
                codes = [code, company._lead_country_code()]
                found = phones.read(text, [c for c in dict.fromkeys(codes) if c])
                shown[name] = found.shown
                if found.damaged:
                    notes[name] = _("a spreadsheet has rounded it, the number is lost")
        labels = {
            "email_from": _("Email"),
            "phone": _("Phone"),
            "zip": _("Postcode"),
        }
        lines = []
        for name, text in given.items():
            if shown[name] != text:
                vals[name] = shown[name] or False
            if name in notes:
                lines.append(f"{labels[name]}: {text} ({notes[name]})")
            elif shown[name] != text.strip() and text.strip():
                lines.append(f"{labels[name]}: {text.strip()}")
        if lines:
            vals["contact_as_written"] = "\n".join(lines)

    @api.model
    def _country_code(self, country_id, countries):
        """Look up the ISO code of the country that a lead names, once a call."""
        if type(country_id) is not int:
            return ""
        if country_id not in countries:
            country = self.env["res.country"].browse(country_id).exists()
            countries[country_id] = country.code or ""
        return countries[country_id]
