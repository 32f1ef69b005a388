from odoo import api, fields, models
from odoo.tools import ormcache


class UtmSource(models.Model):
    _inherit = "utm.source"

    lead_user_id = fields.Many2one(
        "res.users",
        string="Salesperson's Own",
        domain=[("share", "=", False)],
        ondelete="set null",
        groups="lead_distribution.group_user",
        help="Leads from this source stay with this salesperson: a landing page or a "
        "campaign of their own.",
    )

    @api.model
    @ormcache()
    def _owners(self):
        """:returns: ``{source_id: user_id}`` of the sources that are somebody's own"""
        # sudo: whoever sends a lead need not see whose source it is
        sources = self.sudo().search_fetch(
            [("lead_user_id", "!=", False)], ["lead_user_id"]
        )
        return {source.id: source.lead_user_id.id for source in sources}

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("lead_user_id") for vals in vals_list):
            self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if "lead_user_id" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        if set(self.ids) & set(self._owners()):
            self.env.registry.clear_cache()
        return super().unlink()
