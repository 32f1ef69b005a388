from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools.public_holidays import (
    known_countries,
    public_holidays,
    region_code,
    regions_of,
)
from ..tools.scheduling import notification

#: for so many years ahead they are proposed
YEARS_AHEAD = 10


class LeadDistributionHolidays(models.TransientModel):
    """Puts holidays into working hours of the distribution: the public ones of a
    country, which are proposed line by line, and any others."""

    _name = "lead.distribution.holidays"
    _description = "Add Holidays"
    _inherit = "lead.distribution.guard"

    calendar_ids = fields.Many2many(
        "resource.calendar",
        string="Working Hours",
        required=True,
        domain="[('lead_distribution', '=', True)]",
        default=lambda self: self._default_calendar_ids(),
        help="Closed on these days. Each in its own time zone.",
    )
    country_id = fields.Many2one(
        "res.country", default=lambda self: self.env.company.country_id
    )
    region = fields.Char(
        help="A region has holidays that the rest of its country works on. Empty: "
        "those of the whole country."
    )
    regions = fields.Char(string="Regions Known", compute="_compute_regions")
    year_from = fields.Integer(
        string="From Year",
        required=True,
        default=lambda self: fields.Date.context_today(self).year,
    )
    year_to = fields.Integer(
        string="To Year",
        required=True,
        default=lambda self: fields.Date.context_today(self).year + 1,
    )
    line_ids = fields.One2many(
        "lead.distribution.holidays.line",
        "wizard_id",
        string="Holidays",
    )
    problem = fields.Char(compute="_compute_regions")

    @api.model
    def _default_calendar_ids(self):
        context, found = self.env.context, [("lead_distribution", "=", True)]
        if context.get("active_model") == "resource.calendar":
            found.append(("id", "in", context.get("active_ids") or []))
        companies = [False, *self.env.companies.ids]
        return self.env["resource.calendar"].search(
            [*found, ("company_id", "in", companies)]
        )

    @api.depends("country_id", "region")
    @api.depends_context("lang")
    def _compute_regions(self):
        _ = self.env._
        known = known_countries()
        for wizard in self:
            code = wizard.country_id.code
            regions = regions_of(code)
            wizard.regions = ", ".join(
                name if name == region else f"{name} ({region})"
                for region, name in regions.items()
            )
            wizard.problem = False
            if not known:
                wizard.problem = _(
                    "Public holidays are not known here: the Python library "
                    "“holidays” is not installed. Add the days manually."
                )
            elif code and code not in known:
                wizard.problem = _(
                    "The public holidays of %s are not known. Add the days manually.",
                    wizard.country_id.name,
                )
            elif wizard.region and not region_code(code, wizard.region):
                wizard.problem = _("There is no region “%s” there.", wizard.region)

    @api.onchange("country_id", "region", "year_from", "year_to")
    def _onchange_country_id(self):
        self.line_ids = self._proposed()

    def _proposed(self):
        """The public holidays to come, as commands that replace the lines."""
        self.ensure_one()
        today, lines = fields.Date.context_today(self), [Command.clear()]
        code = self.country_id.code
        region = region_code(code, self.region) if self.region else None
        first, last = self.year_from, self.year_to
        usable = code in known_countries() and (region or not self.region)
        if usable and 0 < last - first + 1 <= YEARS_AHEAD and first > 1900:
            found = public_holidays(code, range(first, last + 1), region, self.env.lang)
            lines += [
                Command.create({"date": day, "name": name})
                for day, name in found
                if day >= today
            ]
        return lines

    @api.constrains("year_from", "year_to")
    def _check_years(self):
        for wizard in self:
            if not 0 < wizard.year_to - wizard.year_from + 1 <= YEARS_AHEAD:
                raise ValidationError(
                    self.env._(
                        "From one year to a later one, %s years at most.", YEARS_AHEAD
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        for wizard, vals in zip(wizards, vals_list, strict=True):
            if "line_ids" not in vals:
                wizard.line_ids = wizard._proposed()
        return wizards

    def action_confirm(self):
        """Add the holidays to the hours, those that are there already left out.

        :returns: the action that says how many were added, and lists them
        :raises AccessError: for who is no manager of the distribution, and for hours
            that are not theirs to change
        """
        self.ensure_one()
        if not self.env.user.has_group("lead_distribution.group_manager"):
            raise AccessError(self.env._("Only managers can enter holidays."))
        if not self.line_ids:
            raise UserError(self.env._("There is no day to add."))
        self.calendar_ids.check_access("write")
        Leave = self.env["resource.calendar.leaves"]
        values = []
        for calendar in self.calendar_ids:
            there = Leave.search(
                [("resource_id", "=", False), ("calendar_id", "=", calendar.id)]
            )
            spans = [(leave.date_from, leave.date_to) for leave in there]
            for line in self.line_ids:
                start, stop = calendar._lead_day_span(line.date, line.date)
                last = fields.Datetime.subtract(stop, seconds=1)
                if any(begin <= start and last <= end for begin, end in spans):
                    continue
                spans.append((start, stop))
                values.append(
                    {
                        "name": line.name,
                        "calendar_id": calendar.id,
                        "date_from": start,
                        "date_to": stop,
                        "time_type": "leave",
                    }
                )
        Leave.create(values)
        action = notification(
            self.env._("Holidays added: %s.", len(values)),
            "success" if values else "info",
        )
        action["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return action


class LeadDistributionHolidaysLine(models.TransientModel):
    """A day that is to become a holiday."""

    _name = "lead.distribution.holidays.line"
    _description = "Holiday to Add"
    _inherit = "lead.distribution.guard"
    _order = "date, id"

    wizard_id = fields.Many2one(
        "lead.distribution.holidays", required=True, ondelete="cascade"
    )
    date = fields.Date(required=True)
    name = fields.Char(required=True)
