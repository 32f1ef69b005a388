from odoo import models

from ...engine.phones import phones_of


class MailThreadPhone(models.AbstractModel):
    """Numbers that Odoo cannot read (00 without a country, labels, a trunk zero,
    two numbers in one field) get a sanitized form too, for leads and contacts."""

    _inherit = "mail.thread.phone"

    def _lead_phone_countries(self):
        """Tell in which countries' notation a record's number may be.

        :returns: ISO codes in whose notation a number may be: the record's, its
            customer's, its company's
        """
        countries = self._phone_get_country().get(self.id) or self.env["res.country"]
        company = self.company_id or self.env.company
        codes = [*countries.mapped("code"), company._lead_country_code()]
        return [code for code in dict.fromkeys(codes) if code]

    def _phone_format(
        self,
        fname=False,
        number=False,
        country=False,
        force_format="E164",
        raise_exception=False,
    ):
        ours = (
            len(self) == 1
            and force_format == "E164"
            and self._name in ("crm.lead", "res.partner")
        )
        if ours and not country and not self._phone_get_country().get(self.id):
            # core takes the country of the company that is being looked at
            # sudo: a country, for the number's prefix
            country = self.company_id.sudo().country_id
        if ours:
            names = [fname] if fname else self._phone_get_number_fields()
            text = number or next((self[name] for name in names if self[name]), "")
            codes = [country.code] if country else self._lead_phone_countries()
            # first, since it knows a country code without a plus from an area
            numbers = phones_of(text, codes)
            if numbers:
                return numbers[0]
        return super()._phone_format(
            fname=fname,
            number=number,
            country=country,
            force_format=force_format,
            raise_exception=raise_exception,
        )
