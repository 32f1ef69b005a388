"""Deleted users leave no personal data behind."""

from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def unlink(self):
        self.env["lead.distribution.privacy"]._users_deleted(self)
        return super().unlink()
