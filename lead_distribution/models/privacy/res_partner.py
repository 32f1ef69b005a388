"""Deleted contacts leave no personal data behind."""

from odoo import api, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.ondelete(at_uninstall=False)
    def _unlink_is_forgotten(self):
        self.env["lead.distribution.privacy"]._partners_deleted(self)
