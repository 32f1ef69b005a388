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

    def _get_assignment_quota(self, force_quota=False):
        # Odoo's own assignment keeps pause and limits, too
        quota = super()._get_assignment_quota(force_quota=force_quota)
        user = self.user_id
        company = self.crm_team_id.company_id or user.company_id
        room = self.env["lead.distribution"]._room_of(company, user)
        return quota if room is None else min(quota, room)
