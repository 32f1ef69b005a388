from odoo import api, models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    @api.model
    def _lead_distribution_managed(self):
        """Teams whose leads are distributed by routes.

        :returns: ``crm.team``
        """
        routes = self.env["lead.distribution.route"].sudo().search([])
        return routes.filtered(
            lambda route: (
                not route.company_id or route.company_id.lead_distribution_mode != "off"
            )
        ).team_ids

    def _action_assign_leads(self, force_quota=False, creation_delta_days=7):
        """Core's own assignment works on for the teams that no route manages, and
        on leads that are not ours (see :meth:`crm.lead._search`)."""
        managed = self._lead_distribution_managed()
        teams = (self - managed).with_context(lead_distribution_core_assignment=True)
        return super(CrmTeam, teams)._action_assign_leads(
            force_quota=force_quota, creation_delta_days=creation_delta_days
        )
