"""What begins and ends a time without leads: pauses, memberships, targets, limits."""

from odoo import api, models

from ...tools.limits import LIMIT_FIELDS, limits_raised
from ...tools.opt_out import opt_out_in, opted_out

WATCHED = {
    *LIMIT_FIELDS,
    "active",
    "lead_distribution_paused",
    "lead_paused_route_ids",
    "lead_target",
    "lead_target_mode",
}


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        if WATCHED.isdisjoint(vals):
            return super().write(vals)
        before = self._lead_availability()
        result = super().write(vals)
        self._lead_note_availability(before)
        return result

    def _lead_availability(self):
        """Read what decides how many leads these users may take, in this company.

        :returns: ``{user: values}``
        """
        company = self.env.company
        return {
            user: {
                "active": user.active,
                "paused": user.lead_distribution_paused,
                "routes": user.lead_paused_route_ids,
                "mode": user.lead_target_mode or "standard",
                "target": user._lead_target(company),
                "limits": [user[name] for name in LIMIT_FIELDS],
            }
            # sudo: read to be compared, whoever writes it
            for user in self.sudo()
        }

    def _lead_note_availability(self, before):
        """Keep what a write changed.

        :param before: see :meth:`_lead_availability`
        """
        Unavailable = self.env["lead.distribution.unavailable"]
        here = {"company_id": self.env.company.id}
        for user, now in self._lead_availability().items():
            was = before[user]
            for name, kind, where in (
                ("active", "archived", {}),
                ("paused", "paused", here),
            ):
                if was[name] != now[name]:
                    begins = now[name] == (name == "paused")
                    note = Unavailable._begin if begins else Unavailable._end
                    note(kind, user, **where)
            for route in now["routes"] - was["routes"]:
                Unavailable._begin("paused_here", user, route_id=route.id)
            for route in was["routes"] - now["routes"]:
                Unavailable._end("paused_here", user, route_id=route.id)
            if now["target"] > was["target"]:
                Unavailable._until_now(
                    "target",
                    user,
                    target=was["target"],
                    standard=was["mode"] == "standard",
                    **here,
                )
            if limits_raised(was["limits"], now["limits"]):
                Unavailable._until_now("limit", user, **here)


class LeadDistributionRoute(models.Model):
    _inherit = "lead.distribution.route"

    def write(self, vals):
        if {"paused_user_ids", "team_ids"}.isdisjoint(vals):
            return super().write(vals)
        # sudo: read to be compared, whoever writes it
        before = {r: (r.paused_user_ids, r._users()) for r in self.sudo()}
        result = super().write(vals)
        Unavailable = self.env["lead.distribution.unavailable"]
        # sudo: read to be compared, whoever writes it
        for route in self.sudo():
            paused, users = before[route]
            here = {"route_id": route.id}
            Unavailable._begin("paused_here", route.paused_user_ids - paused, **here)
            Unavailable._end("paused_here", paused - route.paused_user_ids, **here)
            if "team_ids" in vals and route.pool_source == "teams" and users:
                Unavailable._join(route._users() - users, **here)
                Unavailable._begin("joined", users - route._users(), **here)
        return result


class LeadDistributionRouteMember(models.Model):
    _inherit = "lead.distribution.route.member"

    @api.model_create_multi
    def create(self, vals_list):
        # who comes with the first ones joins nobody: the route is new
        ids = {vals.get("route_id") for vals in vals_list} - {None, False}
        # sudo: who is there already, whoever adds to them
        routes = self.env["lead.distribution.route"].sudo().browse(ids)
        old = routes.filtered("member_ids")
        members = super().create(vals_list)
        for route, ours in members.grouped("route_id").items():
            if route in old:
                self.env["lead.distribution.unavailable"]._join(
                    ours.user_id, route_id=route.id
                )
        return members

    def write(self, vals):
        # sudo: read to be compared, whoever writes it
        before = {
            m: (m.user_id, m._lead_target(), [m[name] for name in LIMIT_FIELDS])
            # sudo: read to be compared, whoever writes it
            for m in self.sudo()
        }
        result = super().write(vals)
        Unavailable = self.env["lead.distribution.unavailable"]
        # sudo: read to be compared, whoever writes it
        for member in self.sudo():
            user, target, limits = before[member]
            here = {"route_id": member.route_id.id}
            if member.user_id != user:
                Unavailable._begin("joined", user, **here)
                Unavailable._join(member.user_id, **here)
                continue
            if member._lead_target() > target:
                Unavailable._until_now("target", user, target=target, **here)
            if limits_raised(limits, [member[name] for name in LIMIT_FIELDS]):
                Unavailable._until_now("limit", user, **here)
        return result

    def unlink(self):
        for route, ours in self.grouped("route_id").items():
            self.env["lead.distribution.unavailable"]._begin(
                "joined", ours.user_id, route_id=route.id
            )
        return super().unlink()

    def _lead_target(self):
        """Return the units of a month that make 100 % on this route."""
        self.ensure_one()
        if self.target_mode == "individual":
            return self.target
        company = self.route_id.company_id or self.env.company
        user = self.user_id.with_company(company)
        if user.lead_target_mode == "individual":
            return user.lead_target
        return self.route_id.standard_target or company.lead_standard_target


class CrmTeamMember(models.Model):
    _inherit = "crm.team.member"

    @api.model_create_multi
    def create(self, vals_list):
        teams = self.env["crm.team"].browse(
            filter(None, (vals.get("crm_team_id") for vals in vals_list))
        )
        old = teams.filtered("crm_team_member_ids")
        members = super().create(vals_list)
        for team, ours in members.filtered("active").grouped("crm_team_id").items():
            if team in old and team._lead_on_route():
                self.env["lead.distribution.unavailable"]._join(
                    ours.user_id, team_id=team.id
                )
        return members

    def write(self, vals):
        if "active" not in vals and not opt_out_in(vals):
            return super().write(vals)
        before = {m: (m.active, opted_out(m)) for m in self}
        result = super().write(vals)
        Unavailable = self.env["lead.distribution.unavailable"]
        for member in self.filtered(lambda m: m.crm_team_id._lead_on_route()):
            active, paused = before[member]
            here = {"team_id": member.crm_team_id.id}
            if active and not member.active:
                Unavailable._begin("joined", member.user_id, **here)
            elif member.active and not active:
                Unavailable._join(member.user_id, **here)
            if opted_out(member) and not paused:
                Unavailable._begin("team_pause", member.user_id, **here)
            elif paused and not opted_out(member):
                Unavailable._end("team_pause", member.user_id, **here)
        return result

    def unlink(self):
        for team, ours in self.filtered("active").grouped("crm_team_id").items():
            if team._lead_on_route():
                self.env["lead.distribution.unavailable"]._begin(
                    "joined", ours.user_id, team_id=team.id
                )
        return super().unlink()


class CrmTeam(models.Model):
    _inherit = "crm.team"

    def _lead_on_route(self):
        """Whether a route draws from this team."""
        # sudo: whether there is one, not which
        routes = self.env["lead.distribution.route"].sudo()
        return bool(
            routes.with_context(active_test=False).search_count(
                [("team_ids", "in", self.ids), ("pool_source", "=", "teams")], limit=1
            )
        )


class LeadDistributionListing(models.Model):
    _inherit = "lead.distribution.listing"

    def write(self, vals):
        if "contact_ids" not in vals:
            return super().write(vals)
        before = {listing: listing._receivers() for listing in self}
        result = super().write(vals)
        Unavailable = self.env["lead.distribution.unavailable"]
        for listing, users in before.items():
            if users:
                here = {"listing_id": listing.id}
                Unavailable._join(listing._receivers() - users, **here)
                Unavailable._begin("joined", users - listing._receivers(), **here)
        return result
