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
    trigger = fields.Selection(related="run_id.trigger")
    rule_id = fields.Many2one(related="run_id.rule_id")
    rule_is_on = fields.Boolean(related="run_id.rule_is_on")
    may_switch_off = fields.Boolean(compute="_compute_may_switch_off")
    switch_off = fields.Boolean(
        string="Switch the Rule Off",
        help="Otherwise the rule may move the same leads again at its next run.",
    )
    redistribute = fields.Boolean(
        string="Distribute Again",
        help="Leads without a previous salesperson are distributed again at once, "
        "through the current routes. Otherwise they wait in the pool.",
    )

    @api.depends("run_id")
    def _compute_counts(self):
        for wizard in self:
            wizard.back_count, wizard.stay_count = (
                self.env["lead.distribution.undo.service"]._count_undo(wizard.run_id)
                if wizard.run_id
                else (0, 0)
            )

    @api.depends("run_id")
    def _compute_may_switch_off(self):
        for wizard in self:
            wizard.may_switch_off = wizard.rule_id.has_access("write")

    def action_confirm(self):
        """Undo, with the rights of whoever asks.

        :returns: the action that says how many went back and reloads what is behind
        """
        self.ensure_one()
        _ = self.env._
        rule = self.run_id.rule_id
        if self.switch_off and rule:
            # first, so that it moves nothing again meanwhile
            rule.active = False
        count = self.run_id.action_undo(self.redistribute)
        message = (
            _("Being taken back in the background: %s", count)
            if self.run_id.undo_asked_by_id
            else _("Taken back: %s", count)
        )
        if self.rule_is_on:
            message = _(
                "%(done)s. The rule “%(rule)s” is still on and may move them again.",
                done=message,
                rule=rule.name,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if self.rule_is_on else "success",
                "sticky": self.rule_is_on,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
