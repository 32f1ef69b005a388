from odoo import api, fields, models
from odoo.exceptions import AccessError


class LeadDistributionSettings(models.TransientModel):
    """The settings of a company as its manager of distribution sees and changes them,
    without the rights that Odoo's own settings page asks for.

    The values are the company's; saving the page saves them there. Switching the
    distribution on and off, and for how long what was said is kept, is the
    administrator's.
    """

    _name = "lead.distribution.settings"
    _description = "Settings of Lead Distribution"
    _inherit = ["lead.distribution.guard", "lead.distribution.company.settings"]

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    lead_distribution_mode = fields.Selection(
        related="company_id.lead_distribution_mode"
    )

    @api.model
    def _settings(self):
        """Return the names of the company's fields that managers change."""
        return {
            name
            for name, field in self._fields.items()
            if (field.related or "").startswith("company_id.") and not field.readonly
        }

    @api.depends("company_id")
    def _compute_display_name(self):
        for settings in self:
            settings.display_name = self.env._(
                "Lead distribution of %s", settings.company_id.name
            )

    @api.model_create_multi
    def create(self, vals_list):
        names, left, given = self._settings(), [], []
        for vals in vals_list:
            left.append({k: v for k, v in vals.items() if k not in names})
            given.append({k: v for k, v in vals.items() if k in names})
        found = super().create(left)
        for settings, vals in zip(found, given, strict=True):
            settings._set(vals)
        return found

    def write(self, vals):
        names = self._settings()
        result = super().write({k: v for k, v in vals.items() if k not in names})
        self._set({k: v for k, v in vals.items() if k in names})
        return result

    def _set(self, vals):
        """Keep settings on the company.

        :raises AccessError: for who is no manager of the distribution, or does not
            work for that company
        """
        if not vals:
            return
        self.check_access("write")
        for settings in self:
            company = settings.company_id
            allowed = company in self.env.user.company_ids
            if not allowed or not self.env.user.has_group(
                "lead_distribution.group_manager"
            ):
                raise AccessError(
                    self.env._("Only managers of lead distribution can set it up.")
                )
            values = self.env["lead.distribution.values"]._vetted(company, vals, "read")
            # sudo: managers change what concerns leads, and nothing else of a company
            company.sudo().write(values)
        self.invalidate_recordset(list(vals))

    @api.model
    def action_open(self):
        """Open the settings of the current company.

        :returns: the action that shows them
        """
        self.browse().check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Settings"),
            "res_model": self._name,
            "res_id": self.create({}).id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
        }
