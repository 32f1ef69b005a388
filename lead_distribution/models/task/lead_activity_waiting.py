from odoo import api, fields, models

from ...tools.constants import TASK_DELAYS, TASK_ORIGINS


class LeadActivityWaiting(models.Model):
    """A task whose time has not come: the fields of ``TaskSpec``, for one record."""

    _name = "lead.activity.waiting"
    _description = "Scheduled Task"
    _order = "due, id"

    due = fields.Datetime(string="Starts", required=True, index=True)
    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    res_name = fields.Char(string="About", compute="_compute_res_name")
    company_id = fields.Many2one("res.company", ondelete="cascade")
    activity_type_id = fields.Many2one(
        "mail.activity.type", string="Type", required=True, ondelete="cascade"
    )
    summary = fields.Char()
    note = fields.Html()
    user_id = fields.Many2one("res.users", string="Person", ondelete="set null")
    team_id = fields.Many2one("crm.team", string="Department", ondelete="set null")
    route_id = fields.Many2one("lead.distribution.route", ondelete="set null")
    delay_number = fields.Integer()
    delay_unit = fields.Selection(TASK_DELAYS, default="days", required=True)
    resource_calendar_id = fields.Many2one("resource.calendar", ondelete="set null")
    origin = fields.Selection(TASK_ORIGINS, required=True)
    date_deadline = fields.Date()

    _record_idx = models.Index("(res_model, res_id)")

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_res_name(self):
        for model, rows in self.grouped("res_model").items():
            names = {}
            if model in self.env:
                found = self.env[model].browse(rows.mapped("res_id")).exists()
                told = self.env["lead.distribution.filters"]._names_of(found)
                names = dict(zip(found.ids, told, strict=True))
            for row in rows:
                row.res_name = names.get(row.res_id, False)
