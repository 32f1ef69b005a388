from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools.service_context import as_service

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class LeadDistributionHours(models.TransientModel):
    """Makes working hours for a route, or a step of a process: core lets only the
    administrator of the system create them. Hours of a day run from one time to
    another, without a break; from 0 to 24 is the whole day."""

    _name = "lead.distribution.hours"
    _description = "Hours of a Route or Process"
    _inherit = "lead.distribution.guard"

    route_id = fields.Many2one("lead.distribution.route")
    step_id = fields.Many2one("lead.distribution.process.step")
    name = fields.Char(required=True)
    tz = fields.Char(
        string="Time Zone",
        compute="_compute_tz",
        help="Time zone of the company, used for the hours. It can be changed under "
        "Working Hours.",
    )
    monday = fields.Boolean(default=True)
    tuesday = fields.Boolean(default=True)
    wednesday = fields.Boolean(default=True)
    thursday = fields.Boolean(default=True)
    friday = fields.Boolean(default=True)
    saturday = fields.Boolean()
    sunday = fields.Boolean()
    whole_day = fields.Boolean()
    hour_from = fields.Float(string="From", default=9.0)
    hour_to = fields.Float(string="To", default=17.0)

    def _for_what(self):
        """Return the route or the step that gets the hours."""
        return self.route_id or self.step_id

    @api.depends("route_id", "step_id")
    def _compute_tz(self):
        for hours in self:
            company = hours._for_what().company_id or self.env.company
            hours.tz = str(company._lead_timezone())

    @api.constrains("hour_from", "hour_to", "whole_day")
    def _check_hours(self):
        for hours in self:
            if not hours.whole_day and not 0 <= hours.hour_from < hours.hour_to <= 24:
                raise ValidationError(
                    self.env._("Hours run from a time to a later one of the same day.")
                )

    def action_confirm(self):
        """Make the hours and set them on the route, or the step.

        :returns: the action that closes the wizard
        :raises AccessError: for who is no manager of the distribution
        """
        self.ensure_one()
        if not self.env.user.has_group("lead_distribution.group_manager"):
            raise AccessError(self.env._("Only managers can create hours of routes."))
        target = self._for_what()
        if not target:
            raise UserError(
                self.env._("Hours can be created for a route or for a process.")
            )
        target.check_access("write")
        company = target.company_id or self.env.company
        begin, end = (0.0, 24.0) if self.whole_day else (self.hour_from, self.hour_to)
        values = {
            "name": self.name,
            "company_id": company.id,
            "lead_distribution": True,
            "tz": str(company._lead_timezone()),
            "attendance_ids": [(5, 0, 0)]
            + [
                (
                    0,
                    0,
                    {
                        "name": self._fields[day].string,
                        "dayofweek": str(number),
                        "hour_from": begin,
                        "hour_to": end,
                        "day_period": "full_day",
                    },
                )
                for number, day in enumerate(DAYS)
                if self[day]
            ],
        }
        # as the service: new hours for a route of theirs, nobody's existing ones, and
        # nothing that the manager has set as a default of their own
        service = as_service(self.env["lead.distribution"], company)
        calendar = service.env["resource.calendar"].create(values)
        target.resource_calendar_id = calendar.id
        return {"type": "ir.actions.act_window_close"}
