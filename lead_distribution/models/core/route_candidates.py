"""Where a route draws its candidates from, eligible or not; found by the source's key.

A source is a value of ``pool_source``, whose label it is, with three methods:
``_users_from_<key>(listing)``, the candidates in their order; ``_who_from_<key>()``,
who they are, in the route's sentence; ``_pool_from_<key>(user)``, which pool and
offered leads of such routes a salesperson sees.
"""

from odoo import api, models
from odoo.fields import Domain


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
        :returns: ``res.users``, inactive ones included; nobody where the source is not
            installed any more
        """
        self.ensure_one()
        route = self.with_context(active_test=False)
        users_from = getattr(route, f"_users_from_{route.pool_source}", None)
        return users_from(listing) if users_from else self.env["res.users"]

    def _who(self):
        """Return who the candidates are, in the reader's words."""
        self.ensure_one()
        own = getattr(self, f"_who_from_{self.pool_source}", None)
        if own:
            return own()
        labels = dict(self._fields["pool_source"]._description_selection(self.env))
        return labels.get(self.pool_source) or self.env._("nobody yet")

    @api.model
    def _pool_of(self, user):
        """Which pool and offered leads somebody sees since they are a candidate of the
        lead's route, eligible or not.

        :returns: a domain on ``crm.lead``. It is kept: it may only ask what the
            database answers anew, no ids that may change. A source that says nothing
            shows nothing.
        """
        found = Domain.FALSE
        for source in self._fields["pool_source"].get_values(self.env):
            pool_from = getattr(self, f"_pool_from_{source}", None)
            if pool_from:
                ours = Domain("distribution_route_id.pool_source", "=", source)
                found |= ours & pool_from(user)
        return found

    def _names(self, names):
        """Return a few of many names."""
        who = ", ".join(names[:4]) or self.env._("nobody yet")
        if len(names) > 4:
            who = self.env._(
                "%(names)s and %(count)s more", names=who, count=len(names) - 4
            )
        return who

    # one salesperson, a direct route -------------------------------------

    def _users_from_user(self, listing):
        return self.user_id

    def _who_from_user(self):
        return self.user_id.name or self.env._("nobody yet")

    def _pool_from_user(self, user):
        return Domain("distribution_route_id.user_id", "=", user.id)

    # members -------------------------------------------------------------

    def _users_from_members(self, listing):
        return self.member_ids.user_id

    def _who_from_members(self):
        return self._names(self.member_ids.user_id.mapped("name"))

    def _pool_from_members(self, user):
        return Domain("distribution_route_id.member_ids.user_id", "in", user.ids)

    # contact persons of the lead's listing -------------------------------

    def _users_from_listing(self, listing):
        if not listing:
            return self.env["res.users"]
        return listing.with_context(active_test=False)._receivers()

    def _who_from_listing(self):
        return self.env._("the contact persons of their listing")

    def _pool_from_listing(self, user):
        return Domain("listing_id.contact_ids.user_ids", "in", user.ids)

    # sales teams ---------------------------------------------------------

    def _users_from_teams(self, listing):
        # sudo: who is in the teams that the reader knows
        teams = self.team_ids._filtered_access("read").sudo()
        members = teams.crm_team_member_all_ids
        return members.filtered("active").sorted("id").user_id

    def _who_from_teams(self):
        filters = self.env["lead.distribution.filters"]
        return ", ".join(filters._names_of(self.team_ids._origin)) or self.env._(
            "no team yet"
        )

    def _pool_from_teams(self, user):
        return Domain(
            "distribution_route_id.team_ids.crm_team_member_ids.user_id", "in", user.ids
        )
