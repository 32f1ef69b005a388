from odoo import api, fields, models
from odoo.tools import ormcache


class ResCompany(models.Model):
    _inherit = "res.company"

    lead_task_reminder_hours = fields.Integer(
        string="Remind Departments after Hours",
        default=24,
        help="A department task that nobody has taken for so long is told to its team, "
        "once. 0: never.",
        groups="base.group_user",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env.registry.clear_cache()
        # again when all can see it, should somebody have looked meanwhile
        self.env.cr.postcommit.add(self.env.registry.clear_cache)
        return companies

    @api.model
    @ormcache()
    def _lead_several(self):
        """Whether there are several companies."""
        # sudo: a number, the same for everybody
        return self.sudo().search_count([], limit=2) > 1

    @api.model
    def _lead_shared_is_guarded(self):
        """Whether the current user leaves alone what all companies share."""
        return not self.env.is_system() and self._lead_several()


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    lead_task_reminder_hours = fields.Integer(
        related="company_id.lead_task_reminder_hours", readonly=False
    )
