from odoo import api, models


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        if self.env["lead.distribution.follow.up"]._watching(self):
            # what Odoo notes by itself, such as that a lead was made, and the mail that
            # made a lead are not even read
            said = [
                message.id
                for message, vals in zip(messages, vals_list, strict=True)
                if (kind := vals.get("message_type", "comment")) == "comment"
                or (kind == "email" and vals.get("parent_id"))
            ]
            if said:
                self.env["lead.distribution.follow.up"]._messages_created(
                    messages.browse(said)
                )
        return messages
