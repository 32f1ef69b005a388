"""Health check: rules, tasks, other engines."""

from odoo import api, models
from odoo.fields import Domain

from ...tools.opt_out import not_opted_out
from .health_finding import Finding


class LeadDistributionHealthChecks(models.AbstractModel):
    _inherit = "lead.distribution.health.checks"

    @api.model
    def _health_engines(self, setup):
        """Odoo's own assignment takes, from the pool, what no route took; it leaves
        teams alone that a route manages."""
        _ = self.env._
        if not self.env["crm.lead"]._is_rule_based_assignment_activated():
            return
        teams = self.env["crm.team"].search(
            [
                ("company_id", "in", [False, setup.company.id]),
                *not_opted_out(self.env["crm.team"]),
                "|",
                ("use_leads", "=", True),
                ("use_opportunities", "=", True),
            ]
        )
        managed = self.env["crm.team"]._lead_distribution_managed()
        idle = (teams & managed).filtered("assignment_domain")
        if idle:
            yield Finding(
                "engines",
                "info",
                _(
                    "The leads of %s are assigned by a route, so Odoo's rule-based "
                    "assignment skips the team. Its domain there has no effect.",
                    self._health_names(idle.mapped("name")),
                ),
                setup.company,
                idle,
            )
        rivals = (teams - managed).filtered("assignment_max")
        if not rivals or any(self._health_takes_all(setup, r) for r in setup.routes):
            return
        cron = self.env.ref("crm.ir_cron_crm_lead_assign", raise_if_not_found=False)
        if cron and cron.active:
            severity, text = (
                "warning",
                _(
                    "Odoo also assigns these leads: its rule-based assignment is on "
                    "for %s. It takes leads from the pool that no route took, before "
                    "somebody claims them or a rule moves them. Skip the assignment "
                    "for these teams, or let a route manage them."
                ),
            )
        else:
            severity, text = (
                "info",
                _(
                    "Odoo's rule-based assignment is set up on %s. When started "
                    "manually, it takes leads from the pool that no route took."
                ),
            )
        yield Finding(
            "engines",
            severity,
            text % self._health_names(rivals.mapped("name")),
            setup.company,
            rivals,
        )

    @api.model
    def _health_rules(self, setup):
        """Rules that move nothing."""
        _ = self.env._
        for rule in setup.rules:
            mine = bool(setup.mine(rule))
            what = self._health_title(rule)
            if rule.waiting_count and not rule.confirmed and mine:
                yield Finding(
                    "rule",
                    "warning",
                    _(
                        "%(what)s is waiting for a manager to confirm that it may "
                        "move %(count)s at once. Until then it moves nothing.",
                        what=what,
                        count=rule.waiting_count,
                    ),
                    rule.company_id,
                    rule,
                )
            if rule.target_mode == "members":
                yield from self._health_rule_members(setup, rule, mine)
            elif rule.route_id and not rule.route_id.active:
                if mine:
                    yield Finding(
                        "rule",
                        "danger",
                        _(
                            "%(what)s hands over through the route “%(route)s”, which "
                            "is paused: nothing is handed over.",
                            what=what,
                            route=rule.route_id.name,
                        ),
                        rule.company_id,
                        rule,
                    )
            elif not setup.routes:
                yield Finding(
                    "rule",
                    "danger",
                    _(
                        "%s hands over through the routes, but there is no route: "
                        "nothing is handed over.",
                        what,
                    ),
                    setup.company,
                    rule,
                )

    @api.model
    def _health_rule_members(self, setup, rule, mine):
        _ = self.env._
        users = rule.member_ids.user_id
        if not users:
            if mine:
                yield Finding(
                    "rule",
                    "danger",
                    _(
                        "%s does not say who to hand over to: it moves nothing.",
                        self._health_title(rule),
                    ),
                    rule.company_id,
                    rule,
                )
            return
        codes = self.env["lead.distribution.candidates"]._away_on(
            rule, users, setup.absent, setup.at, {}
        )
        codes.update(setup.excluded)
        if not all(codes.get(user.id) for user in users):
            return
        yield Finding(
            "rule",
            self._health_severity({codes[user.id] for user in users}),
            _(
                "%(what)s has nobody to hand over to at the moment: %(names)s. Leads "
                "and customers keep their salesperson.",
                what=self._health_title(rule),
                names=self._health_people(setup, users, codes),
            ),
            setup.company,
            rule,
        )

    @api.model
    def _health_chosen(self, setup):
        """Outcomes and processes that choose a route which is paused."""
        _ = self.env._
        outcomes = self.env["lead.activity.outcome"].search(
            [("redistribute", "=", "route"), ("route_id.active", "=", False)]
        )
        for outcome in outcomes:
            if setup.mine(outcome.route_id):
                yield Finding(
                    "process",
                    "danger",
                    _(
                        "Outcome “%(outcome)s” distributes leads again through the "
                        "route “%(route)s”, which is paused: nobody gets them.",
                        outcome=outcome.name,
                        route=outcome.route_id.name,
                    ),
                    outcome.route_id.company_id,
                    outcome,
                )
        allowed = self.env["ir.actions.server"]._allowed_for_outcomes()
        outcomes = self.env["lead.activity.outcome"].search(
            Domain("server_action_id", "!=", False)
            & ~Domain("server_action_id", "any", allowed)
        )
        for outcome in setup.mine(outcomes):
            yield Finding(
                "process",
                "danger",
                _(
                    "Outcome “%s” does not run its action: no administrator has "
                    "allowed it for outcomes.",
                    outcome.name,
                ),
                outcome.company_id,
                outcome,
            )
        steps = self.env["lead.distribution.process.step"].search(
            [
                ("assignee", "=", "route"),
                ("route_id.active", "=", False),
                ("process_id.active", "=", True),
                ("process_id.company_id", "in", [False, setup.company.id]),
            ]
        )
        for process, mine in steps.grouped("process_id").items():
            if setup.mine(process):
                yield Finding(
                    "process",
                    "warning",
                    _(
                        "%(what)s lets paused routes choose who gets a task. A paused "
                        "route chooses nobody: %(routes)s.",
                        what=self._health_title(process),
                        routes=self._health_names(mine.route_id.mapped("name")),
                    ),
                    process.company_id,
                    process,
                )

    @api.model
    def _health_nobody(self, setup):
        """Routes that tell no one when they find nobody."""
        _ = self.env._
        company = setup.company
        if company.lead_distribution_fallback_email:
            return
        if company.lead_distribution_manager_id.filtered("active"):
            return
        silent = setup.routes.filtered(
            lambda route: (
                not route.fallback_email
                and route.responsible_type == "user"
                and not route.responsible_id.filtered("active")
            )
        )
        if silent:
            yield Finding(
                "nobody",
                "info",
                _(
                    "On these routes nobody is notified of leads without a "
                    "salesperson: %s. Choose a responsible or an address there, or a "
                    "manager of distribution in the settings.",
                    self._health_names(silent.mapped("name")),
                ),
                company,
                silent,
            )
