"""What a webhook could not read, read again when a person says so."""

from odoo import fields, models

from ...engine.payloads import Unreadable
from .intake_delivery import Delivery


class LeadDistributionNotLead(models.Model):
    _inherit = "lead.distribution.not.lead"

    intake_id = fields.Many2one(
        "lead.distribution.intake.source",
        string="By the Webhook",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )

    def _make_lead(self):
        # with the fields as they are mapped by now
        if self.channel == "webhook" and self.intake_id:
            delivery = Delivery(body=(self.payload or "").encode())
            try:
                read = self.intake_id._read(delivery.data())
            except Unreadable:
                read = []
            people = [lead for lead in read if lead.is_somebody]
            if people:
                return self.intake_id._create_leads(people)[0]
        return super()._make_lead()
