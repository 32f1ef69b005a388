"""Merged inquiries are dropped when they are old."""

from odoo import api, models


class LeadDistributionInquiry(models.Model):
    _inherit = "lead.distribution.inquiry"

    @api.autovacuum
    def _gc_inquiries(self):
        """Drop old inquiries, a block at a time.

        :returns: ``(number dropped, whether more remain)``
        """
        return self.env["lead.distribution.retention"]._drop_inquiries()
