"""Waking the workers of schedules: once for all that a transaction wants to run."""

from odoo import api, models

#: key of what the callbacks after a commit know
_TOLD_KEY = "lead_distribution.cron_workers_told"


class IrCron(models.Model):
    _inherit = "ir.cron"

    @api.model
    def _notifydb(self):
        # Odoo opens a connection of its own for each schedule that is to run soon; the
        # workers look at all of them when they wake up
        told = self.env.cr.postcommit.data
        if _TOLD_KEY in told:
            return None
        told[_TOLD_KEY] = True
        return super()._notifydb()
