from odoo import models

from ..rooms.events import AUTOMATIC_KEY


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def run(self):
        # what an automation rule does to a lead that is being distributed is the
        # rule's doing, with a ledger row of its own; it is nobody's work either
        actions = self.env["lead.distribution"]._outside(self)
        # sudo: whoever may run an action need not be able to read it
        if any(action.usage != "ir_cron" for action in self.sudo()):
            # mails that a schedule sends for somebody are work all the same
            actions = actions.with_context(**{AUTOMATIC_KEY: True})
        return super(IrActionsServer, actions).run()
