"""Intake: what a mail says of who writes."""

from odoo import api, models
from odoo.tools import email_normalize, email_normalize_all

from ...engine import text as texts
from ...engine.identity import phones_in


class LeadDistributionIntake(models.AbstractModel):
    _inherit = "lead.distribution.intake"

    @api.model
    def _intake_message(self, msg_dict, custom_values):
        """A shared sender is nobody's identity: what a portal's mail says in its
        text is, if it is unambiguous.

        :param msg_dict: see ``mail.thread.message_parse``
        :returns: ``(msg_dict, custom_values)``, the same or changed copies
        """
        company = self._company_of(custom_values or {}, self.env.context, {})
        if company._lead_distribution_on() and not (custom_values or {}).get(
            "listing_id"
        ):
            custom_values = dict(custom_values or {})
            self._read_listing(
                custom_values,
                company,
                [msg_dict.get("subject"), msg_dict.get("body")],
            )
        sender = msg_dict.get("from") or ""
        sender = texts.is_line(sender) and email_normalize(sender)
        if (
            not sender
            or not company._lead_distribution_on()
            or not self.env["lead.distribution.identity"]._is_shared_sender(
                company, sender
            )
        ):
            return msg_dict, custom_values
        text = texts.plain(msg_dict.get("body"))
        domain = sender.rpartition("@")[2]
        addresses = {
            address
            for found in texts.addresses_in(text)
            for address in email_normalize_all(found)
            if not address.endswith(domain)
        }
        addresses -= self.env["lead.distribution.identity"]._shared_of(
            company, addresses
        )
        customer = addresses.pop() if len(addresses) == 1 else False
        numbers = phones_in(text, company.country_id.code)
        if len(numbers) == 1:
            custom_values = {"phone": numbers.pop(), **(custom_values or {})}
        msg_dict = dict(
            msg_dict, **{"from": customer, "email_from": customer, "author_id": False}
        )
        return msg_dict, custom_values
