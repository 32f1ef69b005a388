from odoo import fields, models


class LeadDistributionRemoval(models.TransientModel):
    """Asks why leads are removed."""

    _name = "lead.distribution.removal"
    _description = "Remove Leads"
    _inherit = "lead.distribution.guard"

    lead_ids = fields.Many2many("crm.lead", string="Leads", required=True)
    reason_id = fields.Many2one(
        "lead.distribution.removal.reason", string="Why", required=True
    )

    def action_confirm(self):
        """Remove the leads, with the rights of whoever asks.

        :returns: the action that closes the wizard and reloads what is behind it
        """
        self.ensure_one()
        self.lead_ids.action_remove(self.reason_id.id)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
