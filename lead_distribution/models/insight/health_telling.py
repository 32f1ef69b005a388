"""Health check: whether those who are to be told of leads can be told (P10)."""

from odoo import api, models

from .health_finding import Finding


class LeadDistributionHealthChecks(models.AbstractModel):
    _inherit = "lead.distribution.health.checks"

    @api.model
    def _health_checks(self):
        return [*super()._health_checks(), "channels"]

    @api.model
    def _health_channels(self, setup):
        """Routes whose Discuss channel is archived."""
        silent = setup.mine(setup.routes).filtered(
            lambda route: route.channel_id and not route.channel_id.active
        )
        for route in silent:
            yield Finding(
                "nobody",
                "warning",
                self.env._(
                    "%(what)s tells the Discuss channel “%(channel)s”, which is "
                    "archived: nobody reads there what becomes of its leads. Choose "
                    "another channel, or none.",
                    what=self._health_title(route),
                    channel=route.channel_id.name,
                ),
                route.company_id,
                route,
            )
