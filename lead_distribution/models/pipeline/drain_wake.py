"""What lets the schedule look at the backlog at once, instead of at its next turn:
people who return, or get room for leads."""

from odoo import api, models

from ...tools.opt_out import opt_out_in


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        other = {"active", "group_ids", "company_ids"}
        if any(n in other or n.startswith(("lead_", "out_of_office_")) for n in vals):
            self.env["lead.distribution.drain"]._wake()
        return result


class LeadDistributionAbsence(models.Model):
    _inherit = "lead.distribution.absence"

    @api.model_create_multi
    def create(self, vals_list):
        absences = super().create(vals_list)
        absences._wake_at_end()
        return absences

    def write(self, vals):
        result = super().write(vals)
        self._wake_at_end()
        self.env["lead.distribution.drain"]._wake()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["lead.distribution.drain"]._wake()
        return result

    def _wake_at_end(self):
        for absence in self.filtered("date_to"):
            self.env["lead.distribution.drain"]._wake(absence.date_to)


class LeadDistributionRouteMember(models.Model):
    _inherit = "lead.distribution.route.member"

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        self.env["lead.distribution.drain"]._wake()
        return members

    def write(self, vals):
        result = super().write(vals)
        self.env["lead.distribution.drain"]._wake()
        return result


class CrmTeamMember(models.Model):
    _inherit = "crm.team.member"

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        self.env["lead.distribution.drain"]._wake()
        return members

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals or opt_out_in(vals):
            self.env["lead.distribution.drain"]._wake()
        return result


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    def write(self, vals):
        result = super().write(vals)
        self.env["lead.distribution.drain"]._wake()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["lead.distribution.drain"]._wake()
        return result


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _after_write(self, change):
        result = super()._after_write(change)
        # who gives one away, or closes it, has room for another one
        if not change.by_service and not {
            "active",
            "stage_id",
            "user_id",
        }.isdisjoint(change.vals):
            self.env["lead.distribution.drain"]._wake()
        return result
