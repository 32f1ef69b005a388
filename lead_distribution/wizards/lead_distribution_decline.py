from odoo import fields, models


class LeadDistributionDecline(models.TransientModel):
    """Asks why an offered lead is declined."""

    _name = "lead.distribution.decline"
    _description = "Decline Offered Leads"
    _inherit = "lead.distribution.guard"

    lead_ids = fields.Many2many("crm.lead", string="Leads", required=True)
    reason = fields.Char(string="Why (optional)")

    def action_confirm(self):
        """Decline the offers to the current user.

        :returns: the action that goes back to the pipeline
        """
        self.ensure_one()
        self.lead_ids.action_decline(self.reason)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm.crm_lead_action_pipeline"
        ) | {"target": "main"}
