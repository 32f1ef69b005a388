"""Health check: leads that wait in the pool for something to return (P2)."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .health_finding import POOLED_FOR, Finding

POOL = "lead_distribution.lead_distribution_pool_action"


class LeadDistributionHealthChecks(models.AbstractModel):
    _inherit = "lead.distribution.health.checks"

    @api.model
    def _health_backlog(self, setup):
        """Leads that a route could take by itself, and those that it takes no more."""
        _ = self.env._
        waiting = self.env["lead.distribution.drain"]._waiting_domain(setup.company)
        for route in setup.mine(setup.routes):
            mine = waiting & Domain("distribution_route_id", "=", route.id)
            days = route.drain_max_days
            if route.drain and not days:
                continue
            since = timedelta(days=days) if route.drain else POOLED_FOR
            before = fields.Datetime.to_string(setup.at - since)
            mine &= Domain("create_date", "<", before)
            count = self.env["crm.lead"].search_count(mine)
            if not count:
                continue
            text = (
                _(
                    "%(what)s takes leads of up to %(days)s days from the backlog. "
                    "Older leads that a person must assign: %(count)s.",
                    what=self._health_title(route),
                    days=days,
                    count=count,
                )
                if route.drain
                else _(
                    "%(what)s: unclaimed leads in the pool for more than a day: "
                    "%(count)s. Assign them, or enable “Take from the Backlog” on the "
                    "route to distribute them automatically.",
                    what=self._health_title(route),
                    count=count,
                )
            )
            yield Finding(
                "leads",
                "info",
                text,
                setup.company,
                action=POOL,
                domain=list(mine),
                context={"health_route": route.id},
            )
