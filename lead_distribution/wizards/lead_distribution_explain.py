from odoo import api, fields, models


class LeadDistributionExplain(models.TransientModel):
    _name = "lead.distribution.explain"
    _description = "Why a Lead Is Where It Is"
    _inherit = "lead.distribution.guard"

    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade")
    explanation = fields.Html(compute="_compute_explanation", sanitize=False)

    intake_read = fields.Text(
        string="Read from",
        compute="_compute_intake_read",
        help="Part of the email that names the sender.",
    )
    can_distribute = fields.Boolean(compute="_compute_can_distribute")

    @api.depends("lead_id")
    @api.depends_context("lang", "uid")
    def _compute_intake_read(self):
        for wizard in self:
            wizard.lead_id.check_access("read")
            wizard.intake_read = wizard.lead_id.intake_read

    @api.depends("lead_id")
    @api.depends_context("uid")
    def _compute_can_distribute(self):
        access = self.env["lead.distribution.access"]
        for wizard in self:
            lead = wizard.lead_id
            wizard.can_distribute = bool(
                lead
                and lead.has_access("read")
                and lead.active
                and lead.won_status == "pending"
                and access._is_leader(lead)
            )

    def action_distribute(self):
        """Distribute the lead, for who may.

        :returns: the action that says what happened
        """
        self.ensure_one()
        action = self.lead_id.action_distribute()
        if action.get("tag") == "display_notification":
            action["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return action

    @api.depends("lead_id")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_explanation(self):
        for wizard in self:
            # rights before answers: it refuses whoever may not read the lead
            wizard.explanation = self.env[
                "lead.distribution.explanation"
            ]._explain_lead(wizard.lead_id)
