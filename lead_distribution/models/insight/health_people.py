"""Health check: candidates, targets, listings."""

from odoo import api, models

from .health_finding import AWAY, SALESPEOPLE, SETTINGS, SYSTEM, Finding

#: reasons that stay until a manager does something about it
GONE = {"archived", "no_rights", "company"}


class LeadDistributionHealthChecks(models.AbstractModel):
    _inherit = "lead.distribution.health.checks"

    @api.model
    def _health_pools(self, setup):
        """Routes with nobody who could take a lead."""
        for route in setup.routes:
            if route.pool_source == "listing":
                continue
            users, codes = setup.users[route.id], setup.codes[route.id]
            shared = not route.company_id
            if not users:
                if setup.first or not shared:
                    yield from self._health_without_people(setup, route)
            elif all(codes.get(user.id) for user in users):
                yield self._health_nobody_free(setup, route, users, codes)
            elif route.pool_source == "members" and not shared:
                gone = users.filtered(lambda user, c=codes: c.get(user.id) in GONE)
                if gone:
                    yield Finding(
                        "pool",
                        "info",
                        self.env._(
                            "%(what)s lists people who can never receive a lead from "
                            "it: %(names)s.",
                            what=self._health_title(route),
                            names=self._health_people(setup, gone, codes),
                        ),
                        setup.company,
                        route,
                    )
            if route.pool_source == "teams" and users:
                yield from self._health_teams(setup, route)

    @api.model
    def _health_without_people(self, setup, route):
        _ = self.env._
        teams = route.team_ids if route.pool_source == "teams" else None
        if teams:
            text = _(
                "%(what)s has nobody to assign leads to: its teams have no members "
                "(%(teams)s). Its leads go to the next route, or to the pool.",
                what=self._health_title(route),
                teams=self._health_names(teams.mapped("name")),
            )
        else:
            text = _(
                "%s has nobody to assign leads to. Its leads go to the next route, or "
                "to the pool.",
                self._health_title(route),
            )
        yield Finding("pool", "danger", text, route.company_id, teams or route)

    @api.model
    def _health_severity(self, reasons):
        """Tell how bad it is that nobody can take leads.

        :param reasons: codes of why each of those there are gets nothing
        """
        if reasons & AWAY:
            return "warning"  # it passes
        if reasons == {"company"}:
            return "info"  # something of all companies, with nobody of this one
        return "danger"

    @api.model
    def _health_nobody_free(self, setup, route, users, codes):
        _ = self.env._
        return Finding(
            "pool",
            self._health_severity({codes[user.id] for user in users}),
            _(
                "%(what)s: nobody can take a lead at the moment: %(names)s. Its leads "
                "go to the next route, or to the pool.",
                what=self._health_title(route),
                names=self._health_people(setup, users, codes),
            ),
            setup.company,
            route,
        )

    @api.model
    def _health_teams(self, setup, route):
        """Teams of a route that add nobody to it."""
        empty = route.team_ids.filtered(
            lambda team: not team.crm_team_member_all_ids.filtered("active")
        )
        if empty and (setup.first or route.company_id):
            yield Finding(
                "pool",
                "warning",
                self.env._(
                    "%(what)s assigns leads to teams without members: %(teams)s.",
                    what=self._health_title(route),
                    teams=self._health_names(empty.mapped("name")),
                ),
                route.company_id,
                empty,
            )

    @api.model
    def _health_targets(self, setup):
        """Targets of 0: none but the own customers' leads (O6)."""
        _ = self.env._
        users = self.env["res.users"]
        by_user, by_company = users, users
        for route in setup.routes.filtered(lambda r: r.pool_source != "user"):
            taking = setup.taking(route)
            targets = setup.targets[route.id]
            zero = taking.filtered(lambda user, t=targets: not t[user.id])
            if not zero:
                continue
            lines = users
            if route.pool_source == "members":
                lines = route.member_ids.filtered(
                    lambda line: line.target_mode == "individual"
                ).user_id
            own = (zero - lines).with_company(setup.company)
            own = own.filtered(lambda user: user.lead_target_mode == "individual")
            by_user |= own
            by_company |= zero - lines - own
            if zero == taking:
                yield Finding(
                    "target",
                    "danger",
                    _(
                        "%s: everybody on it has a target of 0, so it only assigns "
                        "leads of known customers.",
                        self._health_title(route),
                    ),
                    setup.company,
                    own if own == zero else route,
                )
            elif zero & lines:
                yield Finding(
                    "target",
                    "info",
                    _(
                        "%(what)s: some salespeople have a target of 0 here and only "
                        "get leads of their own customers: %(names)s.",
                        what=self._health_title(route),
                        names=self._health_names((zero & lines).mapped("name")),
                    ),
                    setup.company,
                    route,
                )
        if by_user:
            yield Finding(
                "target",
                "info",
                _(
                    "These salespeople have a target of 0, and get their own "
                    "customers' leads only: %s.",
                    self._health_names(by_user.mapped("name")),
                ),
                setup.company,
                by_user,
            )
        if by_company:
            yield Finding(
                "target",
                "warning",
                _(
                    "The standard target is 0. People without another target only get "
                    "leads of their own customers: %s. An administrator can change it "
                    "in the settings; or set individual targets.",
                    self._health_names(by_company.mapped("name")),
                ),
                setup.company,
                action=SETTINGS,
                group=SYSTEM,
                instead=SALESPEOPLE,
            )

    @api.model
    def _health_listings(self, setup):
        """Listings on offer whose leads find nobody."""
        _ = self.env._
        none = self.env["lead.distribution.listing"]
        bare, deaf, why = none, none, []
        for listing, found in setup.receivers.items():
            if not found:
                bare |= listing
                continue
            codes = {
                candidate_id: code or setup.excluded.get(user.id, "")
                for candidate_id, user, code in found
            }
            if all(codes.values()):
                deaf |= listing
                reasons = sorted(
                    {
                        self.env["lead.distribution.explanation"]._why_not(code)
                        for code in codes.values()
                    }
                )
                why.append(f"{listing.display_name} ({', '.join(reasons)})")
        bare = setup.mine(bare)
        if bare:
            yield Finding(
                "listing",
                "warning",
                _(
                    "Current listings without a contact person, so the route by "
                    "listing finds nobody for their leads: %s.",
                    self._health_names(bare.mapped("display_name")),
                ),
                setup.company,
                bare,
            )
        if deaf:
            yield Finding(
                "listing",
                "warning",
                _(
                    "Current listings whose contact persons cannot receive leads: %s.",
                    self._health_names(why),
                ),
                setup.company,
                deaf,
            )
