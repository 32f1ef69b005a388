from odoo import api, fields, models
from odoo.exceptions import UserError


class LeadDistributionTaskFinish(models.TransientModel):
    """Asks how tasks ended, several at once: one outcome for all that need one, which
    are of one type; the others are done."""

    _name = "lead.distribution.task.finish"
    _description = "Finish Tasks"
    _inherit = "lead.distribution.guard"

    activity_ids = fields.Many2many("mail.activity", string="Tasks", required=True)
    count = fields.Integer(compute="_compute_type")
    activity_type_id = fields.Many2one("mail.activity.type", compute="_compute_type")
    outcome_id = fields.Many2one(
        "lead.activity.outcome",
        domain="[('activity_type_id', '=', activity_type_id)]",
    )
    feedback = fields.Text(string="Comment")

    @api.model
    def default_get(self, fields_list):
        self.browse().check_access("create")
        values = super().default_get(fields_list)
        tasks = self.new({"activity_ids": values.get("activity_ids")}).activity_ids
        tasks._origin.check_access("read")
        return values

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards._check_tasks()
        return wizards

    def write(self, vals):
        result = super().write(vals)
        self._check_tasks()
        return result

    def _check_tasks(self):
        """Rights come first: nothing is told of tasks that the caller may not read."""
        # sudo: all of them, those that the caller does not see, too
        self.sudo().activity_ids.sudo(self.env.su)._origin.check_access("read")

    @api.depends("activity_ids")
    def _compute_type(self):
        self._check_tasks()
        for wizard in self:
            kinds = wizard._needing().activity_type_id
            wizard.activity_type_id = kinds if len(kinds) == 1 else False
            wizard.count = len(wizard.activity_ids)

    def _needing(self):
        return self.env["lead.distribution.outcomes"]._need_outcome(self.activity_ids)

    def action_confirm(self):
        """Finish the tasks, with the rights of whoever asks.

        :returns: the action that closes the wizard and reloads what is behind it
        """
        self.ensure_one()
        self.check_access("read")
        self._check_tasks()
        needing = self._needing()
        if len(needing.activity_type_id) > 1:
            raise UserError(
                self.env._("Finish tasks of one type at a time: they end differently.")
            )
        if needing:
            if self.outcome_id:
                needing.action_feedback_outcome(
                    self.outcome_id.id, feedback=self.feedback
                )
            else:
                needing.action_feedback(feedback=self.feedback)  # says what is missing
        others = self.activity_ids - needing
        if others:
            others.action_feedback(feedback=self.feedback)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
