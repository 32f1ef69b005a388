"""Odoo's own assignment rules become routes, and the other way round."""

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.service_context import as_service


class LeadDistributionTeams(models.TransientModel):
    """Makes paused routes of what sales teams say of their leads (filter, members,
    capacities, members' filters); or writes routes of teams back to them."""

    _name = "lead.distribution.teams"
    _description = "Odoo's Teams and Routes"
    _inherit = "lead.distribution.guard"

    direction = fields.Selection(
        [
            ("to_routes", "Create routes from the teams"),
            ("to_teams", "Write routes back to the teams"),
        ],
        default="to_routes",
        required=True,
    )
    team_ids = fields.Many2many(
        "crm.team",
        "lead_distribution_teams_rel",
        string="Sales Teams",
        domain="['|', ('company_id', '=', False), "
        "('company_id', 'in', allowed_company_ids)]",
        default=lambda self: self._default_teams(),
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.model
    def _default_teams(self):
        """Teams with members that no route takes care of yet."""
        company = self.env.company
        taken = as_service(self, company).env["lead.distribution.route"]
        taken = taken.with_context(active_test=False).search(
            [("pool_source", "=", "teams"), ("company_id", "in", [False, company.id])]
        )
        return self.env["crm.team"].search(
            [
                ("company_id", "in", [False, company.id]),
                ("crm_team_member_ids", "!=", False),
                ("id", "not in", taken.team_ids.ids),
            ]
        )

    # what would come of it --------------------------------------------------

    @api.depends("direction", "team_ids")
    @api.depends_context("lang", "company")
    def _compute_preview(self):
        for wizard in self:
            lines = []
            for team in wizard.team_ids._origin:
                _work, said = (
                    wizard._routes_of_team(team)
                    if wizard.direction == "to_routes"
                    else wizard._team_of_routes(team)
                )
                lines.append(
                    Markup("<h5>%s</h5><ul>%s</ul>")
                    % (
                        team.name,
                        Markup("").join(Markup("<li>%s</li>") % text for text in said),
                    )
                )
            wizard.preview = Markup("").join(lines)

    def _routes_of_team(self, team):
        """The routes that do what Odoo's assignment does for a team.

        A member with a filter of their own takes only what matches it: such leads have
        a route before the team's, on which all members are that take them; on the
        team's own route the member is paused.

        :returns: ``(values, texts)``: of routes, in their order; the same in words
        """
        _ = self.env._
        # sudo: members of the team that the manager chose, with their capacities
        members = team.sudo().crm_team_member_ids
        broken = [text for text in self._broken(team, members) if text]
        if broken:
            return [], [
                _("Its filter cannot be used, so no route is created:"),
                *broken,
            ]
        says = self.env["lead.distribution.filters"]._filter_in_words
        base = {
            "company_id": (team.company_id or self.env.company).id,
            "pool_source": "teams",
            "team_ids": [Command.set(team.ids)],
            "strategy": "workload",
            "active": False,
        }
        values, texts = [], []
        own = members.filtered("assignment_domain").grouped("assignment_domain")
        for domain, theirs in own.items():
            others = members.filtered(
                lambda member, domain=domain: (
                    member.assignment_domain not in (False, domain)
                )
            )
            names = ", ".join(theirs.mapped("user_id.name"))
            values.append(
                {
                    **base,
                    "name": _("%(team)s, with %(names)s", team=team.name, names=names),
                    "domain": self._both(team.assignment_domain, domain),
                    "paused_user_ids": [Command.set(others.user_id.ids)],
                }
            )
            texts.append(
                _(
                    "A route for leads that %(names)s may receive (%(condition)s), "
                    "shared with salespeople who receive every lead.",
                    names=names,
                    condition=says("crm.lead", domain),
                )
            )
        picky = members.filtered("assignment_domain")
        if members - picky:
            values.append(
                {
                    **base,
                    "name": team.name,
                    "domain": team.assignment_domain or "[]",
                    "paused_user_ids": [Command.set(picky.user_id.ids)],
                }
            )
            texts.append(
                _(
                    "A route for %s.",
                    says("crm.lead", team.assignment_domain)
                    if team.assignment_domain
                    else _("every lead"),
                )
            )
        targets = self._targets(members)
        texts += [
            _(
                "%(name)s: a target of %(target)s a month.",
                name=user.name,
                target=target,
            )
            for user, target in targets.items()
        ]
        preferred = members.filtered("assignment_domain_preferred")
        if preferred:
            texts.append(
                _(
                    "Not carried over: the preferences of %s.",
                    ", ".join(preferred.mapped("user_id.name")),
                )
            )
        if not members:
            texts.append(_("It has no members: no route is created."))
        return values, texts

    @api.model
    def _targets(self, members):
        """The capacities of salespeople in all their teams, as targets of those who
        have the standard one.

        :returns: ``{res.users: leads a month}``
        """
        # sudo: capacities of the members, in all their teams
        all_of = members.sudo().user_id.crm_team_member_ids
        found = {}
        for user, theirs in all_of.grouped("user_id").items():
            here = user.with_company(self.env.company)
            if here.lead_target_mode == "standard":
                found[user] = sum(theirs.mapped("assignment_max"))
        return found

    @api.model
    def _both(self, one, other):
        """Two filters in one.

        :raises ValueError, SyntaxError: when one of them is none
        """
        parsed = self.env["lead.distribution.filters"]._filter
        return str(list(Domain.AND([parsed(one), parsed(other)])))

    @api.model
    def _broken(self, team, members):
        """The filters of a team and its members that nobody can read, in words."""
        problem = self.env["lead.distribution.filters"]._filter_problem
        domains = {team.assignment_domain, *members.mapped("assignment_domain")}
        return [problem("crm.lead", text) for text in domains if text]

    def _team_of_routes(self, team):
        """What a team's own assignment needs to do as its routes do, as far as it can.

        :returns: ``(values, texts)``: ``(of the team, {member: values})``, in words
        """
        _ = self.env._
        routes = self.env["lead.distribution.route"].search(
            [
                ("pool_source", "=", "teams"),
                ("team_ids", "=", team.id),
                ("company_id", "in", [False, self.env.company.id]),
            ]
        )
        if not routes:
            return None, [
                _("No active route takes its leads, so there is nothing to write.")
            ]
        last = routes[-1:]
        texts = [
            _("The filter of the route “%s” is copied to the team.", last.name),
            *(
                _("Not carried over: the route “%s”.", route.name)
                for route in routes - last
            ),
        ]
        # sudo: targets of the members of the team that the manager chose
        members = team.sudo().crm_team_member_ids
        capacities = {}
        for member in members:
            user = member.user_id.with_company(self.env.company)
            if user.lead_target_mode == "individual":
                capacities[member] = {"assignment_max": user.lead_target}
                texts.append(
                    _(
                        "%(name)s: a capacity of %(number)s in 30 days.",
                        name=user.name,
                        number=user.lead_target,
                    )
                )
        texts.append(
            _("Pause or delete the routes afterwards; Odoo then assigns these leads.")
        )
        return ({"assignment_domain": last.domain or "[]"}, capacities), texts

    # doing it ---------------------------------------------------------------

    def action_confirm(self):
        """Make the routes, paused; or write the teams.

        :returns: the action that opens the paused routes, or the teams
        """
        self.ensure_one()
        self.check_access("write")
        teams = self.team_ids
        teams.check_access("read")
        if not teams:
            raise UserError(self.env._("Choose the teams."))
        Route = self.env["lead.distribution.route"]
        if self.direction == "to_teams":
            Route.check_access("write")
            for team in teams:
                work, _said = self._team_of_routes(team)
                if work:
                    values, capacities = work
                    team.write(values)
                    for member, capacity in capacities.items():
                        member.sudo(False).write(capacity)
            return self._open(teams)
        values, targets = [], {}
        for team in teams:
            values += self._routes_of_team(team)[0]
            # sudo: members of the team that the manager chose
            targets.update(self._targets(team.sudo().crm_team_member_ids))
        if not values:
            raise UserError(self.env._("These teams have no members."))
        routes = Route.create(values)
        for user, target in targets.items():
            user.sudo(False).write(
                {"lead_target_mode": "individual", "lead_target": target}
            )
        return self._open(routes)

    def _open(self, records):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Teams")
            if records._name == "crm.team"
            else self.env._("Routes to Look at"),
            "res_model": records._name,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", records.ids)],
            "context": {"active_test": False},
            "target": "current",
        }
