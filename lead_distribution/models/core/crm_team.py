from odoo import Command, api, models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        self._lead_sync_leaders(teams.user_id)
        return teams

    def write(self, vals):
        matters = not {"active", "user_id"}.isdisjoint(vals)
        # sudo: who leads the teams, whoever may read users
        users = self.sudo().user_id if matters else None
        result = super().write(vals)
        if matters:
            # sudo: who leads the teams, whoever may read users
            self._lead_sync_leaders(users | self.sudo().user_id)
        return result

    def unlink(self):
        users = self.sudo().user_id  # sudo: who leads the teams
        result = super().unlink()
        self._lead_sync_leaders(users)
        return result

    @api.model
    def _lead_sync_leaders(self, users=None):
        """Leaders of teams find on screen what is theirs to do; who leads none does
        not.

        :param users: ``res.users`` to look at, everybody by default
        """
        group = self.env.ref("lead_distribution.group_leader", raise_if_not_found=False)
        if not group or users is not None and not users:
            return
        # sudo: whoever names a team's leader gives the buttons that go with it
        group = group.sudo()
        # sudo: all teams, whoever changes one of them
        teams = self.sudo().with_context(active_test=True)
        leaders = teams.search([("user_id", "!=", False)]).user_id
        leaders = leaders.filtered(lambda user: not user.share)
        users = leaders | group.user_ids if users is None else users
        commands = [
            *(Command.link(user.id) for user in (users & leaders) - group.user_ids),
            *(Command.unlink(user.id) for user in (users - leaders) & group.user_ids),
        ]
        if commands:
            group.write({"user_ids": commands})

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
