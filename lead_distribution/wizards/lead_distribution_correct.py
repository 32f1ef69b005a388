from odoo import fields, models


class LeadDistributionCorrect(models.TransientModel):
    """Asks for units to give or take, and why."""

    _name = "lead.distribution.correct"
    _description = "Add or Remove Units"
    _inherit = "lead.distribution.guard"

    user_ids = fields.Many2many(
        "res.users",
        string="Salespeople",
        required=True,
        domain=[("share", "=", False)],
    )
    units = fields.Float(
        default=1.0,
        digits=(16, 2),
        required=True,
        help="A negative number removes units. They count this month.",
    )
    reason = fields.Char(
        string="Why", required=True, help="The salesperson is notified and can read it."
    )

    def action_confirm(self):
        """Correct the units, with the rights of whoever asks.

        :returns: the action that closes the dialog
        """
        self.ensure_one()
        self.user_ids.action_correct_units(self.units, self.reason)
        return {"type": "ir.actions.act_window_close"}
