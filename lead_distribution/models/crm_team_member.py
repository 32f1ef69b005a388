from odoo import fields, models


class CrmTeamMember(models.Model):
    _inherit = "crm.team.member"

    lead_workload_units = fields.Float(
        related="user_id.lead_workload_units", string="Leads Distributed this Month"
    )
    lead_workload_target = fields.Integer(related="user_id.lead_workload_target")
    lead_absence_compensation = fields.Float(
        related="user_id.lead_absence_compensation"
    )
    lead_workload_percent = fields.Float(related="user_id.lead_workload_percent")
