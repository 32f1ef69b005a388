from odoo import api, fields, models


class LeadDistributionUndo(models.TransientModel):
    """Says what undoing a batch would revert, before it does."""

    _name = "lead.distribution.undo"
    _description = "Undo a Distribution"
    _inherit = "lead.distribution.guard"

    run_id = fields.Many2one(
        "lead.distribution.run", required=True, readonly=True, ondelete="cascade"
    )
    back_count = fields.Integer(string="Will Be Taken Back", compute="_compute_counts")
    stay_count = fields.Integer(
        string="Will Stay as They Are", compute="_compute_counts"
    )
    redistribute = fields.Boolean(
        string="Distribute Again",
        help="Leads that were nobody's before are distributed again at once, by the "
        "routes as they are now. Otherwise they wait in the pool.",
    )

    @api.depends("run_id")
    def _compute_counts(self):
        for wizard in self:
            wizard.back_count, wizard.stay_count = (
                self.env["lead.distribution.undo.service"]._count_undo(wizard.run_id)
                if wizard.run_id
                else (0, 0)
            )

    def action_confirm(self):
        """Undo, with the rights of whoever asks.

        :returns: the action that says how many went back and reloads what is behind
        """
        self.ensure_one()
        count = self.run_id.action_undo(self.redistribute)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Being taken back in the background: %s", count)
                if self.run_id.undo_asked_by_id
                else self.env._("Taken back: %s", count),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
