from odoo import models


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def run(self):
        # what an automation rule does to a lead that is being distributed is the
        # rule's doing, with a ledger row of its own
        actions = self.env["lead.distribution"]._outside(self)
        return super(IrActionsServer, actions).run()
