"""Deleted leads leave no personal data behind."""

from odoo import api, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.ondelete(at_uninstall=False)
    def _unlink_is_forgotten(self):
        self.env["lead.distribution.privacy"]._leads_deleted(self)
