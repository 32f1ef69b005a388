"""When people asked: response times begin there."""

from odoo import api, models


class LeadDistributionIntake(models.AbstractModel):
    _inherit = "lead.distribution.intake"

    @api.model
    def _note_arrivals(self, intake):
        result = super()._note_arrivals(intake)
        for place, moment in intake.arrivals.items():
            intake.to_create[place].setdefault("inquiry_date", moment)
        return result
