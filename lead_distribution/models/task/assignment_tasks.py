"""The activity that comes with a lead (O18)."""

from datetime import timedelta

from odoo import api, fields, models

from ...tools.periods import company_today
from ...tools.task_spec import TaskSpec


class LeadDistributionApply(models.AbstractModel):
    _inherit = "lead.distribution.apply"

    @api.model
    def _schedule(self, company, assignments):
        """An activity of the route's type for each salesperson (O18).

        :returns: ``{lead_id: activity_id}``
        """
        found = super()._schedule(company, assignments)
        today = company_today(company)
        by_route = {}
        for p in assignments:
            by_route.setdefault(p.route_id, {})[p.lead_id] = p.user_id
        routes = self.env["lead.distribution.route"]
        for route in routes.browse(route_id for route_id in by_route if route_id):
            kind = route.activity_type_id
            if not kind:
                continue
            users = by_route[route.id]
            activities = self.env["lead.distribution.tasks"]._create_tasks(
                company,
                self.env["crm.lead"].browse(users),
                TaskSpec(
                    activity_type_id=kind.id,
                    summary=route.activity_summary,
                    note=route.activity_note,
                    origin="route",
                ),
                fields.Datetime.now(),
                users,
                today + timedelta(days=route.activity_days)
                if route.activity_days
                else kind._get_date_deadline(),
                followed=True,
            )
            found.update({activity.res_id: activity.id for activity in activities})
        return found
