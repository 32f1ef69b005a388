"""Explanations of the ledger."""

from odoo import api, fields, models


class LeadDistributionAssignment(models.Model):
    _inherit = "lead.distribution.assignment"

    explanation = fields.Html(compute="_compute_explanation", sanitize=False)

    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_explanation(self):
        for row in self:
            # of what is in the ledger, not of a row that somebody made up
            kept = row._origin._filtered_access("read")
            row.explanation = self.env["lead.distribution.explanation"]._explain(kept)
