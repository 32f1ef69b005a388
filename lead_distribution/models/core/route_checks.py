"""What a route may not be."""

from odoo import api, models
from odoo.exceptions import ValidationError


class LeadDistributionRoute(models.Model):
    _inherit = "lead.distribution.route"

    @api.constrains("domain")
    def _check_domain(self):
        for route in self:
            problem = route._domain_problem()
            if problem:
                raise ValidationError(
                    self.env._(
                        "Route “%(name)s”: its filter of leads cannot be used. %(why)s",
                        name=route.name,
                        why=problem,
                    )
                )

    @api.constrains("pool_source", "user_id")
    def _check_direct_user(self):
        for route in self:
            if route.pool_source == "user" and not route.user_id:
                raise ValidationError(
                    self.env._(
                        "Route “%s” assigns to one salesperson: choose who.", route.name
                    )
                )

    @api.constrains("workload_measure", "workload_activity_type_id")
    def _check_activity_type(self):
        for route in self:
            if (
                route.workload_measure == "activities"
                and not route.workload_activity_type_id
            ):
                raise ValidationError(
                    self.env._(
                        "Route “%s” measures the workload in activities: choose "
                        "their type.",
                        route.name,
                    )
                )

    @api.constrains("company_id", "user_id", "member_ids", "team_ids")
    def _check_companies(self):
        for route in self.filtered("company_id"):
            users = route.user_id | route.member_ids.user_id
            # sudo: the companies of its people, to compare, whoever sees which
            for user in users.sudo():
                if route.company_id not in user.company_ids:
                    raise ValidationError(
                        self.env._(
                            "Route “%(route)s”: %(user)s does not work for "
                            "%(company)s.",
                            route=route.name,
                            user=self.env["lead.distribution.filters"]._told(user),
                            company=route.company_id.name,
                        )
                    )
            # sudo: the companies of its teams, to compare, whoever sees which
            for team in route.team_ids.sudo():
                if team.company_id and team.company_id != route.company_id:
                    raise ValidationError(
                        self.env._(
                            "Route “%(route)s”: the team %(team)s belongs to another "
                            "company.",
                            route=route.name,
                            team=self.env["lead.distribution.filters"]._told(team),
                        )
                    )

    @api.constrains("mail_template_id")
    def _check_template(self):
        for route in self:
            if route.mail_template_id and route.mail_template_id.model != "crm.lead":
                raise ValidationError(
                    self.env._(
                        "Route “%s”: the email template is for another model.",
                        route.name,
                    )
                )

    @api.constrains("fallback_email")
    def _check_fallback_email(self):
        for route in self.filtered("fallback_email"):
            self.env["res.company"]._check_fallback_address(route.fallback_email)
