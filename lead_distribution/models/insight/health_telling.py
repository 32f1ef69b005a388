"""Health check: whether those who are to be told of leads can be told (P10)."""

from odoo import api, models

from ...engine import telling
from .health_finding import Finding


class LeadDistributionHealthChecks(models.AbstractModel):
    _inherit = "lead.distribution.health.checks"

    @api.model
    def _health_checks(self):
        return [*super()._health_checks(), "channels", "texts"]

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
                    "%(what)s posts to the Discuss channel “%(channel)s”, which is "
                    "archived, so nobody reads its news. Choose another channel, or "
                    "none.",
                    what=self._health_title(route),
                    channel=route.channel_id.name,
                ),
                route.company_id,
                route,
            )

    @api.model
    def _health_texts(self, setup):
        """Salespeople to be told by SMS who have no number."""
        company, users = setup.company, self.env["res.users"]
        for route in setup.mine(setup.routes):
            users |= setup.taking(route)
        silent = users.filtered(
            lambda user: (
                not user._lead_sms_number()
                and any(
                    user._lead_way_wanted(event, company) == telling.SMS
                    for event in ("assigned", "offered")
                )
            )
        )
        if silent:
            yield Finding(
                "nobody",
                "warning",
                self.env._(
                    "Cannot be notified of leads by SMS, because the phone number or "
                    "Odoo SMS is missing: %s. They get an email instead. Enter a "
                    "number on their contact, or choose another way.",
                    self._health_names(silent.mapped("name")),
                ),
                company,
                silent,
            )
