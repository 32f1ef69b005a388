"""Salespeople who leave."""

from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            self.env["lead.distribution.manual"]._people_left(self)
        return result

    def unlink(self):
        self.env["lead.distribution.manual"]._people_deleted(self)
        return super().unlink()
