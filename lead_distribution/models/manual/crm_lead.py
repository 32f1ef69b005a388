"""Leads that people claim, hand over and give back."""

from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _before_write(self, change):
        """A manual change of salesperson is a claim, or a leader's; so is a lead that
        is closed or moved."""
        if not change.by_service:
            manual = self.env["lead.distribution.manual"]
            manual._check_move(self, change.vals)
            manual._claim_closed(self, change.vals)
            change.kept["companies"] = manual._before_move(self, change.vals)
            if "user_id" in change.vals:
                manual_change = manual._before_manual_change(self, change.vals)
                change.kept["manual"] = manual_change
                change.vals = {**change.vals, **manual_change.values}
        return super()._before_write(change)

    def _after_write(self, change):
        super()._after_write(change)
        if change.by_service:
            return
        manual = self.env["lead.distribution.manual"]
        manual._after_move(change.kept["companies"])
        if "manual" in change.kept:
            manual._after_manual_change(change.kept["manual"])

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
        """Ask for the salesperson of these leads."""
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

    def _merge_dependences(self, opportunities):
        self.env["lead.distribution.manual"]._check_merge(self | opportunities)
        return super()._merge_dependences(opportunities)
