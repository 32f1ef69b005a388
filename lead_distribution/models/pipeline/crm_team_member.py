"""Odoo's own assignment keeps pause and limits, too."""

from odoo import models


class CrmTeamMember(models.Model):
    _inherit = "crm.team.member"

    def _get_assignment_quota(self, force_quota=False):
        # Odoo's own assignment keeps pause and limits, too
        quota = super()._get_assignment_quota(force_quota=force_quota)
        user = self.user_id
        company = self.crm_team_id.company_id or user.company_id
        capacity = self.env["lead.distribution.candidates"]._capacity_of(company, user)
        return quota if capacity is None else min(quota, capacity)
