from odoo import models


class LeadDistributionSimulation(models.Model):
    """Simulations are replayed by jobs, with the rights of who asks."""

    _inherit = "lead.distribution.simulation"

    def _at_once(self, count):
        """However few leads: nobody waits for it."""
        return False

    def _begin_work(self, count):
        """Queued at once, and not when the schedule comes to it."""
        result = super()._begin_work(count)
        self.env["lead.distribution.job"]._enqueue_simulation(self)
        return result
