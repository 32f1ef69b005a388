"""Who may hand out which leads."""

from odoo import api, models
from odoo.exceptions import AccessError

#: states of leads that are for somebody else to give, or for some to claim
WAITING = ("pool", "offered", "pending")


class LeadDistributionAccess(models.AbstractModel):
    _name = "lead.distribution.access"
    _description = "Lead Distribution: Access"

    @api.model
    def _is_leader(self, leads):
        """Managers of the distribution, and the leaders of the leads' teams."""
        if self.env.su or self.env.user.has_group("lead_distribution.group_manager"):
            return True
        # sudo: whose team a lead is in, to decide and not to tell
        led = leads.sudo().team_id.filtered(lambda team: team.user_id == self.env.user)
        # sudo: whose team a lead is in, to decide and not to tell
        return bool(leads) and all(lead.team_id in led for lead in leads.sudo())

    @api.model
    def _check_leader(self, leads):
        if leads and not self._is_leader(leads):
            raise AccessError(
                self.env._(
                    "Only managers and the leaders of the leads' teams can distribute "
                    "leads."
                )
            )

    @api.model
    def _not_free(self, leads):
        """Return those that are not free to be moved about by salespeople."""
        # sudo: the state and route of leads, to decide and not to tell
        return leads.sudo().filtered(
            lambda lead: (
                lead.distribution_state in WAITING
                and (
                    company := self.env[
                        "lead.distribution.lead.company"
                    ]._company_of_lead(lead)
                )
                and company._lead_distribution_on()
            )
        )
