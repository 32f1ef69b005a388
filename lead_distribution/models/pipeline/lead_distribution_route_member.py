"""Rates of the members of a route."""

from odoo import api, fields, models


class LeadDistributionRouteMember(models.Model):
    _inherit = "lead.distribution.route.member"

    rate = fields.Char(
        string="Closing Rate and Speed",
        compute="_compute_rate",
        groups="lead_distribution.group_manager",
        help="For the chosen period: share of received leads that were won, and hours "
        "to the first follow-up. With few leads, the average of all is used as "
        "well.",
    )

    @api.depends("user_id", "route_id.company_id")
    @api.depends_context("lang", "company")
    def _compute_why_not(self):
        candidates = self.env["lead.distribution.candidates"]
        explanation = self.env["lead.distribution.explanation"]
        for company, members in self.grouped(
            lambda member: member.route_id.company_id or self.env.company
        ).items():
            out = candidates._excluded(company, members.user_id)
            for member in members:
                code = out.get(member.user_id.id)
                member.why_not = explanation._why_not(code) if code else False

    @api.depends("user_id", "route_id.rate_period_days", "route_id.member_ids.user_id")
    def _compute_rate(self):
        self.env["lead.distribution.rates"]._describe_rates(self, "route_id")
