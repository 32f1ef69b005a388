"""Health check: whether salespeople are told of leads in time."""

from odoo import api, models

from ...tools.locale import plain_number
from .health_finding import Finding

#: days that are looked at, and leads below which one late lead says nothing
SPEED_DAYS, SPEED_LEAST = 7, 20


class LeadDistributionHealthChecks(models.AbstractModel):
    _inherit = "lead.distribution.health.checks"

    @api.model
    def _health_speed(self, setup):
        """99 of 100 leads that are distributed immediately reach the bell in time."""
        company = setup.company
        wanted = company.lead_told_within
        if company.lead_distribution_mode != "immediate" or wanted <= 0:
            return
        found = self.env["lead.distribution.speed"]._slowest(
            company, setup.at, SPEED_DAYS
        )
        total, *by_source = found or [(None, 0, 0.0)]
        _none, count, seconds = total
        if count < SPEED_LEAST or seconds <= wanted:
            return
        _ = self.env._
        worst, _count, _seconds = by_source[0]
        yield Finding(
            "speed",
            "warning",
            _(
                "Salespeople should be notified of 99 of 100 leads within %(wanted)s "
                "s. In the last %(days)s days it took %(seconds)s s (leads: "
                "%(count)s). Slowest source: %(slowest)s. More workers for scheduled "
                "actions, or smaller imports, make it faster.",
                wanted=plain_number(self.env, wanted, 2),
                days=SPEED_DAYS,
                seconds=plain_number(self.env, seconds),
                count=count,
                slowest=worst.name or _("leads without a source"),
            ),
            company,
            action="lead_distribution.lead_distribution_speed_action",
        )
