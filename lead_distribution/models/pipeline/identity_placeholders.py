"""What people and forms write for nothing: nobody is recognised by it."""

from odoo import api, models

from ...engine import placeholders


class LeadDistributionIdentity(models.AbstractModel):
    _inherit = "lead.distribution.identity"

    @api.model
    def _placeholders(self, company, keys):
        """Find the keys that stand for nothing.

        :returns: the set of those ``keys`` that are placeholders, of the company's list
            or by their looks
        """
        if not keys:
            return set()
        addresses, numbers, _words = (company or self.env.company)._lead_placeholders()
        asked = {
            "email": (addresses, placeholders.is_email),
            "phone": (numbers, placeholders.is_phone),
        }
        found = set()
        for kind, value in keys:
            listed, looks = asked.get(kind, ((), None))
            if looks and (value in listed or looks(value)):
                found.add((kind, value))
        return found
