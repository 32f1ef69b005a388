"""Email and phone of a lead and of its customer: they stay apart until a person says
which is right (V7)."""

from odoo import api, models
from odoo.exceptions import UserError

from ...tools.service_context import as_service

#: of the lead, and of the customer: each has its own until a person takes one over
CONTACT_FIELDS = {"email_from": "email", "phone": "phone"}


class LeadDistributionCustomerLink(models.AbstractModel):
    _inherit = "lead.distribution.customer.link"

    @api.model
    def _stays_apart(self, lead, name, from_customer):
        """Whether a phone or email stays where it is, instead of being copied by Odoo
        whenever the lead, or the customer, is saved (V7). So it is for leads that were
        tied while the company distributed, and for all where it does; Odoo alone does
        as it did.

        What the customer filled in is the customer's, and follows them.

        :param lead: ``crm.lead``, maybe one of a form
        :param name: of :data:`CONTACT_FIELDS`
        :param from_customer: whether the customer's would come to the lead, else the
            lead's to the customer
        """
        # sudo: the lead's own link, no content
        lead = lead.sudo()
        evidence = lead.customer_evidence or {}
        if not (
            lead.customer_user_id
            or evidence.get("customer")
            or self.env["lead.distribution.lead.company"]
            ._company_of_lead(lead)
            ._lead_distribution_on()
        ):
            return False
        if not from_customer:
            return True
        # a lead that is being typed in says nothing of its own yet
        return bool(
            lead._origin and lead[name] and name not in evidence.get("filled", ())
        )

    @api.model
    def _said_by_person(self, leads, name):
        """Typed in, it is not the customer's any more.

        :param name: of :data:`CONTACT_FIELDS`
        """
        # sudo: what the customer filled in is kept by the service
        for lead in leads.sudo().filtered("customer_evidence"):
            filled = lead.customer_evidence.get("filled", ())
            if name in filled and lead[name] != lead.partner_id[CONTACT_FIELDS[name]]:
                evidence = {
                    **lead.customer_evidence,
                    "filled": [n for n in filled if n != name],
                    "own": {
                        key: value
                        for key, value in lead.customer_evidence.get("own", {}).items()
                        if key != name
                    },
                }
                as_service(self).env["crm.lead"].browse(lead.id).write(
                    {"customer_evidence": evidence}
                )

    @api.model
    def _different_contact(self, lead):
        """Compare the lead's contact data with its customer's.

        :returns: names of :data:`CONTACT_FIELDS` in which the lead and its customer
            differ, as far as the current user may read the customer; notation is no
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
    def _take_over(self, lead, names, to_customer):
        """A person takes the lead's phone or email over to its customer, or the
        customer's to the lead, with their own rights.

        :param names: of :data:`CONTACT_FIELDS`, those that differ if none are given
        :param to_customer: the direction
        :returns: True
        """
        names = [names] if isinstance(names, str) else list(names or ())
        _ = self.env._
        partner = lead.partner_id
        if not partner:
            raise UserError(_("The lead “%s” has no customer.", lead.name))
        if set(names) - set(CONTACT_FIELDS):
            raise UserError(_("Only the email and the phone number are taken over."))
        names = names or self._different_contact(lead)
        if to_customer:
            # an empty field is no news about the customer
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
            # sudo: what it said itself, should it be the wrong customer
            evidence = dict(lead.sudo().customer_evidence or {})
            evidence.setdefault("customer", partner.commercial_partner_id.id)
            evidence["filled"] = sorted({*evidence.get("filled", ()), *values})
            evidence["own"] = {**own, **evidence.get("own", {})}
            as_service(self).env["crm.lead"].browse(
                lead.id
            ).customer_evidence = evidence
        return True
