"""Email and phone of a lead and of its client: they stay apart until a person says
which is right (V7)."""

from odoo import api, models
from odoo.exceptions import UserError

from ...tools.service_context import as_service

#: of the lead, and of the client: each has its own until a person takes one over
CONTACT_FIELDS = {"email_from": "email", "phone": "phone"}


class LeadDistributionCustomerLink(models.AbstractModel):
    _inherit = "lead.distribution.customer.link"

    @api.model
    def _stays_apart(self, lead, name, from_client):
        """Whether a phone or email stays where it is, instead of being copied by Odoo
        whenever the lead, or the client, is saved (V7). So it is for leads that were
        tied while the company distributed, and for all where it does; Odoo alone does
        as it did.

        What the client filled in is the client's, and follows them.

        :param lead: ``crm.lead``, maybe one of a form
        :param name: of :data:`CONTACT_FIELDS`
        :param from_client: whether the client's would come to the lead, else the
            lead's to the client
        """
        # sudo: the lead's own link, no content
        lead = lead.sudo()
        about = lead.customer_about or {}
        if not (
            lead.customer_user_id
            or about.get("client")
            or self.env["lead.distribution.lead.company"]
            ._company_of_lead(lead)
            ._lead_distribution_on()
        ):
            return False
        if not from_client:
            return True
        # a lead that is being typed in says nothing of its own yet
        return bool(lead._origin and lead[name] and name not in about.get("filled", ()))

    @api.model
    def _said_by_person(self, leads, name):
        """Typed in, it is not the client's any more.

        :param name: of :data:`CONTACT_FIELDS`
        """
        # sudo: what the client filled in is kept by the service
        for lead in leads.sudo().filtered("customer_about"):
            filled = lead.customer_about.get("filled", ())
            if name in filled and lead[name] != lead.partner_id[CONTACT_FIELDS[name]]:
                about = {
                    **lead.customer_about,
                    "filled": [n for n in filled if n != name],
                    "own": {
                        key: value
                        for key, value in lead.customer_about.get("own", {}).items()
                        if key != name
                    },
                }
                as_service(self).env["crm.lead"].browse(lead.id).write(
                    {"customer_about": about}
                )

    @api.model
    def _different_contact(self, lead):
        """Compare the lead's contact data with its client's.

        :returns: names of :data:`CONTACT_FIELDS` in which the lead and its client
            differ, as far as the current user may read the client; notation is no
            difference
        """
        partner = lead.partner_id
        if not partner or not partner.has_access("read"):
            return []
        keys = {"email_from": "email_normalized", "phone": "phone_sanitized"}
        found = []
        for name, theirs in CONTACT_FIELDS.items():
            key = keys[name]
            if (lead[name] or "") == (partner[theirs] or ""):
                continue
            if not lead[key] or lead[key] != partner[key]:
                found.append(name)
        return found

    @api.model
    def _take_over(self, lead, names, to_client):
        """A person takes the lead's phone or email over to its client, or the client's
        to the lead, with their own rights.

        :param names: of :data:`CONTACT_FIELDS`, those that differ if none are given
        :param to_client: the direction
        :returns: True
        """
        names = [names] if isinstance(names, str) else list(names or ())
        _ = self.env._
        partner = lead.partner_id
        if not partner:
            raise UserError(_("The lead “%s” has no client.", lead.name))
        if set(names) - set(CONTACT_FIELDS):
            raise UserError(_("Only the email and the phone number are taken over."))
        names = names or self._different_contact(lead)
        if to_client:
            # an empty field is no news about the client
            values = {CONTACT_FIELDS[name]: lead[name] for name in names if lead[name]}
            if values:
                partner.write(values)
            return True
        values = {
            name: partner[CONTACT_FIELDS[name]]
            for name in names
            if partner[CONTACT_FIELDS[name]]
        }
        if values:
            own = {name: lead[name] for name in values if lead[name]}
            lead.write(values)
            # sudo: what it said itself, should it be the wrong client
            about = dict(lead.sudo().customer_about or {})
            about.setdefault("client", partner.commercial_partner_id.id)
            about["filled"] = sorted({*about.get("filled", ()), *values})
            about["own"] = {**own, **about.get("own", {})}
            as_service(self).env["crm.lead"].browse(lead.id).customer_about = about
        return True
