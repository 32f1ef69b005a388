from odoo import api, models


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        if self.env["lead.distribution.follow.up"]._watching(self):
            self.env["lead.distribution.follow.up"]._mails_created(mails)
        return mails
