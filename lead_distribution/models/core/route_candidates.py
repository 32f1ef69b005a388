"""Who a route draws from, eligible or not."""

from odoo import api, models


class LeadDistributionRoute(models.Model):
    _inherit = "lead.distribution.route"

    @api.depends("pool_source", "user_id", "member_ids.user_id", "team_ids")
    def _compute_candidate_count(self):
        for route in self:
            route.candidate_count = len(route._users())

    def _users(self, listing=None):
        """The salespeople of the route in their order, eligible or not.

        :param listing: ``lead.distribution.listing`` of the lead, for routes that
            draw from its contact persons
        :returns: ``res.users``, inactive ones included
        """
        self.ensure_one()
        route = self.with_context(active_test=False)
        return getattr(route, f"_users_from_{route.pool_source}")(listing)

    def _users_from_user(self, listing):
        return self.user_id

    def _users_from_members(self, listing):
        return self.member_ids.user_id

    def _users_from_listing(self, listing):
        if not listing:
            return self.env["res.users"]
        return listing.with_context(active_test=False)._receivers()

    def _users_from_teams(self, listing):
        # sudo: who is in the teams that the reader knows
        teams = self.team_ids._filtered_access("read").sudo()
        members = teams.crm_team_member_all_ids
        return members.filtered("active").sorted("id").user_id
