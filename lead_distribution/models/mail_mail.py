from odoo import api, models


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        service = self.env["lead.distribution"]
        if service._watching(self):
            service._mails_created(mails)
        return mails
