from odoo import models


class PrivacyLookupWizard(models.TransientModel):
    _inherit = "privacy.lookup.wizard"

    def _get_query_models_blacklist(self):
        # its rows are kept, and forget a contact that is deleted by themselves
        return super()._get_query_models_blacklist() + ["lead.distribution.assignment"]
