from odoo import fields, models
from odoo.exceptions import UserError


class LeadDistributionHandOver(models.TransientModel):
    """A leader hands leads to a salesperson, one or many."""

    _name = "lead.distribution.hand"
    _description = "Assign Leads by Hand"
    _inherit = "lead.distribution.guard"

    lead_ids = fields.Many2many("crm.lead", string="Leads", required=True)
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        required=True,
        domain=[("share", "=", False)],
    )

    def action_confirm(self):
        """Write the salesperson on the leads, with the rights of whoever asks.

        :returns: the action that closes the wizard
        """
        self.ensure_one()
        self.lead_ids.check_access("write")
        self.env["lead.distribution.access"]._check_leader(self.lead_ids)
        if not self.user_id.has_group("sales_team.group_sale_salesman"):
            raise UserError(self.env._("%s has no sales rights.", self.user_id.name))
        self.lead_ids.write({"user_id": self.user_id.id})
        return {"type": "ir.actions.act_window_close"}
