from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import ormcache


class UtmSource(models.Model):
    _inherit = "utm.source"

    lead_user_id = fields.Many2one(
        "res.users",
        string="Salesperson's Own Source",
        domain=[("share", "=", False)],
        ondelete="set null",
        groups="lead_distribution.group_user",
        help="Leads from this source stay with this salesperson: a landing page or a "
        "campaign of their own. Set by managers of distribution.",
    )

    def _has_field_access(self, field, operation):
        if not super()._has_field_access(field, operation):
            return False
        if operation != "write" or field.name != "lead_user_id" or self.env.su:
            return True
        # Odoo lets everybody write sources; whose one is decides who gets its leads
        return self.env.user.has_group("lead_distribution.group_manager")

    @api.model
    def default_get(self, fields):
        # sources are made in passing, even as superuser for a visitor: whose one is,
        # is said of it, and comes from no context nor from a default of the user's
        return super().default_get([name for name in fields if name != "lead_user_id"])

    @api.model
    @ormcache()
    def _owners(self):
        """Return ``{source_id: user_id}`` of the sources that are somebody's own."""
        # sudo: whoever sends a lead need not see whose source it is
        sources = self.sudo().search_fetch(
            [("lead_user_id", "!=", False)], ["lead_user_id"]
        )
        return {source.id: source.lead_user_id.id for source in sources}

    def _check_renamed(self):
        """Keep salespeople from renaming somebody's own source.

        :raises AccessError: for sources that are somebody's own, but for managers:
            whoever delivers leads names the source, so that another name takes other
            leads
        """
        if self.env.su or set(self._owners()).isdisjoint(self.ids):
            return
        if not self.env.user.has_group("lead_distribution.group_manager"):
            raise AccessError(
                self.env._("Only managers can change a salesperson's own source.")
            )

    def _check_owners(self):
        """Check that whoever gets a source of their own works for a company at hand.

        :raises AccessError: where the owner works for none of the companies at hand
        """
        if self.env.su:
            return
        companies = self.env.companies
        # sudo: whom they work for, to decide
        owners = self.sudo().lead_user_id
        if owners.filtered(lambda user: not user.company_ids & companies):
            raise AccessError(
                self.env._("These users work for companies that you cannot see.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        sources = super().create(vals_list)
        if any(vals.get("lead_user_id") for vals in vals_list):
            sources._check_owners()
            self.env.registry.clear_cache()
        return sources

    def write(self, vals):
        self._check_renamed()
        if "lead_user_id" not in vals:
            return super().write(vals)
        self._check_owners()  # nor is one taken from who had it in another company
        result = super().write(vals)
        self._check_owners()
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        if set(self.ids) & set(self._owners()):
            self.env.registry.clear_cache()
        return super().unlink()
