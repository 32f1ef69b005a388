"""Health check: hours that run in another time zone than their company."""

from odoo import api, models

from .health_finding import SYSTEM, Finding

#: what else than a route uses hours: its model, the field, and whose it is
USES = (
    ("lead.distribution.process.step", "resource_calendar_id", "process_id.company_id"),
    ("lead.activity.outcome", "next_calendar_id", "company_id"),
)


class LeadDistributionHealthChecks(models.AbstractModel):
    _inherit = "lead.distribution.health.checks"

    @api.model
    def _health_zones(self, setup):
        """Hours of another time zone open and close at other moments than people of the
        company expect."""
        zone, used = str(setup.company._lead_timezone()), {}
        for route in setup.routes:
            if route.schedule != "always" or route.offer_working_time:
                used.setdefault(route._calendar(), []).append(route.name)
        for model, name, owner in USES:
            companies = [False, setup.company.id]
            found = self.env[model].search(
                [(f"{name}.tz", "!=", zone), (owner, "in", companies)]
            )
            for record in found:
                used.setdefault(record[name], []).append(record.display_name)
        for calendar, names in used.items():
            if calendar and calendar.tz != zone:
                yield self._health_zone(setup, calendar, names, zone)

    @api.model
    def _health_zone(self, setup, calendar, names, zone):
        ours = calendar.lead_distribution
        return Finding(
            "hours",
            "warning",
            self.env._(
                "The hours “%(hours)s” are in the time zone %(zone)s, the company in "
                "%(own)s: %(users)s may open and close at unexpected times. Change "
                "the time zone of the hours, unless this is intended.",
                hours=calendar.name,
                zone=calendar.tz,
                own=zone,
                users=self._health_names(names),
            ),
            setup.company,
            calendar,
            action="lead_distribution.lead_distribution_calendar_action"
            if ours
            else "resource.action_resource_calendar_form",
            group="" if ours else SYSTEM,
        )
