from odoo import api, models


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        service = self.env["lead.distribution"]
        if service._watching(self):
            service._messages_created(messages)
        return messages
