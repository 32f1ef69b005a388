"""Domains of our own aliases, known without asking the database for each mail."""

from odoo import api, models
from odoo.tools import ormcache


class MailAliasDomain(models.Model):
    _inherit = "mail.alias.domain"

    @api.model
    @ormcache()
    def _lead_domains(self):
        """Return the names of all domains of aliases, of whatever company."""
        # sudo: which domains are ours, compared and not told
        return frozenset(self.sudo().search_fetch([], ["name"]).mapped("name"))

    @api.model_create_multi
    def create(self, vals_list):
        domains = super().create(vals_list)
        self.env.registry.clear_cache()
        return domains

    def write(self, vals):
        result = super().write(vals)
        if "name" in vals:
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
