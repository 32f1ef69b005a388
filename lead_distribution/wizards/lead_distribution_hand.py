from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.scheduling import notification


class LeadDistributionHandOver(models.TransientModel):
    """A leader hands leads, or tasks of the department, to a salesperson."""

    _name = "lead.distribution.hand"
    _description = "Assign Leads Manually"
    _inherit = "lead.distribution.guard"

    lead_ids = fields.Many2many("crm.lead", string="Leads")
    activity_ids = fields.Many2many("mail.activity", string="Tasks")
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        required=True,
        domain=[("share", "=", False)],
    )

    def action_confirm(self):
        """Write the salesperson on leads and tasks, with the rights of whoever asks.

        :returns: the action that closes the wizard
        """
        self.ensure_one()
        if self.activity_ids:
            self.activity_ids.check_access("write")
            self.activity_ids._check_leader()
            self.activity_ids.write({"user_id": self.user_id.id})
        if not self.lead_ids:
            return self._said(len(self.activity_ids))
        self.lead_ids.check_access("write")
        self.env["lead.distribution.access"]._check_leader(self.lead_ids)
        if not self.user_id.has_group("sales_team.group_sale_salesman"):
            raise UserError(self.env._("%s has no sales rights.", self.user_id.name))
        self.lead_ids.write({"user_id": self.user_id.id})
        return self._said(len(self.lead_ids))

    def _said(self, count):
        """The action that closes the dialog and says what was done."""
        action = notification(
            self.env._(
                "Assigned to %(user)s: %(count)s", user=self.user_id.name, count=count
            ),
            "success",
        )
        action["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return action
