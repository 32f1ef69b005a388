from odoo import api, models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    @api.model
    def _lead_distribution_managed(self):
        """Teams whose leads are distributed by routes.

        :returns: ``crm.team``
        """
        # sudo: whether a team has a route, whoever may read routes
        Route = self.env["lead.distribution.route"].sudo()
        on = Route._distributing()
        if not on:
            return self.browse()
        routes = Route.search([("pool_source", "=", "teams")])
        return self.browse(
            routes.filtered(
                lambda route: not route.company_id or route.company_id.id in on
            ).team_ids.ids
        )

    def _action_assign_leads(self, force_quota=False, creation_delta_days=7):
        """Core's own assignment works on for the teams that no route manages, and
        on leads that are not ours (see :meth:`crm.lead._search`)."""
        teams = self
        if self.env["lead.distribution.route"]._distributing():
            managed = self._lead_distribution_managed()
            teams = (self - managed).with_context(
                lead_distribution_managed_teams=tuple(managed.ids)
            )
        return super(CrmTeam, teams)._action_assign_leads(
            force_quota=force_quota, creation_delta_days=creation_delta_days
        )
