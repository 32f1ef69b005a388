"""Explanations are dropped when they are old."""

from odoo import api, models


class LeadDistributionAssignment(models.Model):
    _inherit = "lead.distribution.assignment"

    @api.autovacuum
    def _gc_explanations(self):
        """Drop the details of old decisions, a block at a time.

        :returns: ``(number dropped, whether more remain)``
        """
        return self.env["lead.distribution.retention"]._drop_explanations()
