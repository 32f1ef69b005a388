"""Workload of salespeople."""

from odoo import api, fields, models

from ...tools.limits import LIMIT_FIELDS
from ..core.res_users import GROUP


class ResUsers(models.Model):
    _inherit = "res.users"

    lead_workload_target = fields.Integer(
        string="Leads a Month",
        compute="_compute_lead_workload",
        groups=GROUP,
        help="The individual target, else the company's standard one.",
    )

    lead_workload_units = fields.Float(
        string="Leads this Month", compute="_compute_lead_workload", groups=GROUP
    )

    lead_workload_percent = fields.Float(
        string="Workload %", compute="_compute_lead_workload", groups=GROUP
    )

    lead_absence_compensation = fields.Float(
        string="Credited for Absence",
        compute="_compute_lead_workload",
        groups=GROUP,
        help="Units credited for time this month without leads or with fewer: the "
        "same as colleagues received meanwhile.",
    )

    lead_compensation_text = fields.Char(
        string="Credit Details", compute="_compute_lead_workload", groups=GROUP
    )

    @api.depends(
        "active",
        "lead_distribution_paused",
        *LIMIT_FIELDS,
        "lead_target",
        "lead_target_mode",
    )
    @api.depends_context("company")
    def _compute_lead_workload(self):
        company = self.env.company
        now = fields.Datetime.now()
        units = self.env["lead.distribution.candidates"]._units_of_month(
            company, self.ids, now
        )
        made_up = self.env["lead.distribution.candidates"]._compensation_of(
            company, self, now
        )
        for user in self:
            # sudo: computed for colleagues, too, who are not read
            target = user.sudo()._lead_target(company)
            extra, text = made_up.get(user.id, (0.0, False))
            had = units.get(user.id, 0.0)
            user.lead_workload_target = target
            user.lead_workload_units = had
            user.lead_absence_compensation = extra
            user.lead_compensation_text = text
            user.lead_workload_percent = (
                100.0 * (had + extra) / target if target else 0.0
            )
