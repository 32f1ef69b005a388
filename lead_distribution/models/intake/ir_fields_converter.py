"""Names in files: sources, listings and consents as scripts may give them."""

from odoo import api, models

#: fields of a lead whose names the intake finds, and makes or keeps
NAMED = ("source_id", "medium_id", "campaign_id", "listing_id", "consent_purpose_ids")


class IrFieldsConverter(models.AbstractModel):
    _inherit = "ir.fields.converter"

    def _lead_name(self, model, field, values):
        """Return the text in a column of a file of leads that intake looks up itself,
        so that an unknown listing does not stop the file; None for all else.

        :param values: one record, as Odoo's converters take them
        """
        if model._name != "crm.lead" or field.name not in NAMED:
            return None
        return values[0].get(None) if set(values[0]) == {None} else None

    @api.model
    def _str_to_many2one(self, model, field, values, savepoint):
        name = self._lead_name(model, field, values)
        if name:
            return name, []
        return super()._str_to_many2one(model, field, values, savepoint)

    @api.model
    def _str_to_many2many(self, model, field, value, savepoint):
        names = self._lead_name(model, field, value)
        if names:
            return names, []
        return super()._str_to_many2many(model, field, value, savepoint)
