"""Leads that people claim, hand over and give back."""

from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def action_claim(self):
        """Take these leads out of the pool for oneself.

        :returns: True
        :raises UserError: when somebody else has one of them, naming who, or when
            a pause or a limit forbids it
        """
        leads = self.browse(self.ids).exists()
        self.env["lead.distribution.manual"]._check_claimable(leads)
        return self.env["lead.distribution.manual"]._claim(leads)

    def action_release_to_pool(self):
        """Give these leads back to the pool; their units stay with who had them.

        :returns: True
        :raises AccessError: for a lead that is neither one's own nor one's team's
        """
        leads = self.browse(self.ids).exists()
        leads.check_access("write")
        self.env["lead.distribution.access"]._check_leader(
            leads.filtered(lambda lead: lead.user_id != self.env.user)
        )
        return self.env["lead.distribution.manual"]._release(leads)

    def action_hand_over(self):
        """:returns: the action that asks for the salesperson of these leads"""
        self.check_access("write")
        self.env["lead.distribution.access"]._check_leader(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Assign to"),
            "res_model": "lead.distribution.hand",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lead_ids": self.ids},
        }
