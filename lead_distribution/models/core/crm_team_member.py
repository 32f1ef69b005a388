from odoo import api, fields, models

GROUP = "lead_distribution.group_user"
FIGURES = (
    "lead_workload_units",
    "lead_workload_target",
    "lead_absence_compensation",
    "lead_workload_percent",
)


class CrmTeamMember(models.Model):
    _inherit = "crm.team.member"

    lead_workload_units = fields.Float(
        string="Leads Distributed this Month",
        compute="_compute_lead_workload",
        groups=GROUP,
    )
    lead_workload_target = fields.Integer(
        string="Leads a Month", compute="_compute_lead_workload", groups=GROUP
    )
    lead_absence_compensation = fields.Float(
        string="Counts as Received",
        compute="_compute_lead_workload",
        groups=GROUP,
    )
    lead_workload_percent = fields.Float(
        string="Workload %", compute="_compute_lead_workload", groups=GROUP
    )

    @api.depends("user_id")
    @api.depends_context("company", "uid")
    def _compute_lead_workload(self):
        """The user's, as far as the reader may know them; else nothing."""
        known = self.user_id._lead_known()
        for member in self:
            user = member.user_id if member.user_id in known else None
            for name in FIGURES:
                member[name] = user[name] if user else 0
