from odoo import api, fields, models


class LeadDistributionExplain(models.TransientModel):
    _name = "lead.distribution.explain"
    _description = "Why a Lead Is Where It Is"
    _inherit = "lead.distribution.guard"

    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade")
    explanation = fields.Html(compute="_compute_explanation", sanitize=False)

    @api.depends("lead_id")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_explanation(self):
        for wizard in self:
            # rights before answers: it refuses whoever may not read the lead
            wizard.explanation = self.env[
                "lead.distribution.explanation"
            ]._explain_lead(wizard.lead_id)
