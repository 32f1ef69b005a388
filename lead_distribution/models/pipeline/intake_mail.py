"""Intake: what a mail says of who writes, and of what they want."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ...engine.reading.types import PORTAL
from ...tools.text import literal_pattern
from .mail_gateway import Mail, mail_of


class LeadDistributionIntake(models.AbstractModel):
    _inherit = "lead.distribution.intake"

    @api.model
    def _intake_message(self, msg_dict, custom_values):
        """Complete what core makes of a mail by what was read of it: whoever sent it,
        the customer is who wrote.

        :param msg_dict: see ``mail.thread.message_parse``
        :returns: ``(msg_dict, custom_values)``, the same or changed copies
        """
        mail = self._mail_read(msg_dict, custom_values)
        if not mail:
            return msg_dict, custom_values
        company = self._company_of(custom_values or {}, self.env.context, {})
        given = dict(custom_values or {})
        values = self._values_read(mail, company)
        listing = values.pop("listing_id", None)
        if not given.get("listing_id"):
            self._find_listing(given, company, msg_dict, listing)
        reading = mail.reading
        if reading and reading.email != mail.sender:
            customer = reading.email or False
            if not customer and not reading.relayed:
                customer = msg_dict.get("from")
            msg_dict = dict(
                msg_dict,
                **{"from": customer, "email_from": customer, "author_id": False},
            )
        return msg_dict, {**values, **given}

    @api.model
    def _mail_read(self, msg_dict, custom_values):
        """Read a mail, unless the gateway has done so.

        :returns: :class:`.mail_gateway.Mail`, None where nothing is distributed
        """
        mail = mail_of(self.env.context)
        if mail:
            return mail
        company = self._company_of(custom_values or {}, self.env.context, {})
        if not company._lead_distribution_on():
            return None
        reader = self.env["lead.distribution.reading"]
        letter = reader._letter(msg_dict)
        return Mail(letter, reader._read(letter, company))

    @api.model
    def _find_listing(self, values, company, msg_dict, named):
        """Find the listing that a mail names in a line of its own, else anywhere; what
        is not found is kept for a person to see.

        :param values: of the lead, to be completed
        """
        found = self._listing_named(named, company) if named else None
        if found:
            values["listing_id"] = found.id
            return
        said = [msg_dict.get("subject"), msg_dict.get("body")]
        self._read_listing(values, company, said)
        if named and not values.get("listing_id"):
            values["listing_id"] = named

    @api.model
    def _values_read(self, mail, company):
        """Return the values of a lead that stand in a mail."""
        reading = mail.reading
        if not reading:
            return {}
        values = {
            "contact_name": reading.name,
            "phone": reading.phone,
            "partner_name": reading.company,
            "listing_id": reading.listing,
        }
        if reading.structured:
            values["description"] = reading.comment and plaintext2html(reading.comment)
            values["consent_purpose_ids"] = list(reading.consents)
            values["source_id"] = self._source_read(reading)
        return {name: value for name, value in values.items() if value}

    @api.model
    def _source_read(self, reading):
        """Return the id of the source that a mail names: of a portal that is known, or
        one that is here already. Strangers make no sources."""
        portal = next((x.label for x in reading.found if x.where == PORTAL), None)
        if portal:
            return self._utm_named("source_id", portal)
        if not reading.source:
            return False
        # sudo: which sources there are, whoever writes
        found = self.env["utm.source"].sudo()
        domain = Domain("name", "=ilike", literal_pattern(reading.source))
        return found.search(domain, limit=1).id

    @api.model
    def _note_reading(self, vals, context):
        """Keep on the lead of a mail from where it was read who wrote.

        :param vals: of the lead, to be completed
        """
        mail = mail_of(context)
        # whoever calls message_new from outside writes no such field
        if self.env.su and mail and mail.reading:
            vals["intake_reading"] = self.env["lead.distribution.reading"]._about(
                mail.reading, mail.sender
            )
