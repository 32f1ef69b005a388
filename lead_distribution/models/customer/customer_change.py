"""Leads whose customer is written by hand, by Odoo or by a merge."""

from dataclasses import dataclass, field

from markupsafe import escape

from odoo import api, models

from ...tools.service_context import as_service
from ..pipeline.apply import ADDRESS_FIELDS, PARTNER_FIELDS


@dataclass
class CustomerChange:
    """What is known of leads before somebody writes their customer.

    :param left: ``{lead_id: id of the customer that it leaves}``
    :param before: ``{lead_id: {name: what the lead said itself}}``
    """

    left: dict = field(default_factory=dict)
    before: dict = field(default_factory=dict)


class LeadDistributionCustomerLink(models.AbstractModel):
    _inherit = "lead.distribution.customer.link"

    @api.model
    def _before_customer(self, leads, vals):
        """Somebody writes another customer on leads: where that takes them off one,
        it is an unlinking, with its permission and all that goes back.

        The customer is the one that the lead was tied to: a contact that has been
        given to another company since is no way round.

        :param vals: what is to be written
        :returns: a :class:`CustomerChange`
        """
        change = CustomerChange()
        # sudo: whose customer it is, to decide; who may write the lead was checked
        partner = self.env["res.partner"].browse(vals["partner_id"] or []).sudo()
        commercial = partner.commercial_partner_id or partner
        on = self.env["lead.distribution.route"]._distributing()
        # sudo: the lead's customer until now, to decide; who may write the lead was
        # checked
        for lead in leads.sudo():
            had = lead.partner_id
            if had and had != partner and self._guards_customer(lead):
                tied = (lead.customer_evidence or {}).get("customer")
                tied = had.browse(tied or []).exists() or had.commercial_partner_id
                if tied != commercial:
                    change.left[lead.id] = had.id
        if change.left:
            self._check_unlink_customer()
            service = as_service(self)
            service._leave_customer(service.env["crm.lead"].browse(change.left))
        # sudo: what the lead itself says, to give it back; who may write it was checked
        for lead in leads.sudo():
            company = self.env["lead.distribution.lead.company"]._company_of_lead(lead)
            if lead.id in change.left or (partner and company.id in on):
                change.before[lead.id] = self._said_by_lead(lead)
        return change

    @api.model
    def _said_by_lead(self, lead):
        """Return ``{name: value}`` of what a customer could say as well, for JSON."""
        return {
            name: lead._fields[name].convert_to_write(lead[name], lead)
            for name in (*PARTNER_FIELDS, *ADDRESS_FIELDS)
        }

    @api.model
    def _said_by_customer(self, partner):
        """Return ``{name: value}`` of what a customer says for its leads."""
        # of no lead: of one, core adds what the lead says where the customer is silent
        gave = self.env["crm.lead"]._prepare_values_from_partner(partner)
        # which core has left out: it keeps the two alike by other means
        gave.update(email_from=partner.email, phone=partner.phone)
        return {name: value for name, value in gave.items() if value}

    @api.model
    def _remember_filled(self, leads, change):
        """What the customer filled in goes with it, however it was set, and what it
        replaced comes back.

        :param leads: as the service
        """
        for lead in leads.filtered(lambda x: x.partner_id and x.id in change.before):
            customer_id = lead.partner_id.commercial_partner_id.id
            evidence = lead.customer_evidence or {}
            of_customer = self._said_by_customer(lead.partner_id)
            had, now = change.before[lead.id], self._said_by_lead(lead)
            filled = {
                name
                for name, value in now.items()
                if value == of_customer.get(name, False) and value != had[name]
            }
            # what the customer does not say yet, it may say later
            filled.update(name for name, value in now.items() if not value)
            own = {name: had[name] for name in filled if had[name]}
            if evidence.get("customer") == customer_id:
                # another contact of the same customer
                filled.update(evidence.get("filled", ()))
                own.update(evidence.get("own", {}))
            lead.write(
                {
                    "customer_evidence": {
                        "customer": customer_id,
                        "filled": sorted(filled),
                        "own": own,
                        "refused": sorted(
                            self.env["lead.distribution.apply"]._refused(lead)
                        ),
                    }
                }
            )

    @api.model
    def _keep_names(self, leads, change):
        """Odoo empties the names of a lead that has lost its customer; what the inquiry
        said stays.

        :param leads: as the service, without their customers
        """
        for lead in leads.filtered(lambda lead: lead.id in change.before):
            values = {
                name: change.before[lead.id][name]
                for name in ("contact_name", "partner_name")
                if change.before[lead.id][name] and not lead[name]
            }
            if values:
                lead.write(values)

    @api.model
    def _remember_created(self, leads, given, screen):
        """The same for leads that were made with their customer.

        :param leads: as the service
        :param given: values of each, as whoever made the lead gave them
        :param screen: whether they come from a form, which sends what the customer
            filled in as if somebody had typed it
        """
        for lead, vals in zip(leads, given, strict=True):
            partner = lead.partner_id
            company = self.env["lead.distribution.lead.company"]._company_of_lead(lead)
            on = company._lead_distribution_on()
            if not partner or lead.customer_evidence or not on:
                continue
            of_customer = self._said_by_customer(partner)
            filled = [
                name
                for name, value in self._said_by_lead(lead).items()
                if not value
                or (value == of_customer.get(name) and (screen or name not in vals))
            ]
            evidence = {"customer": partner.commercial_partner_id.id, "filled": filled}
            lead.write({"customer_evidence": evidence})

    @api.model
    def _notify_customer_change(self, leads, change):
        """Both customers' chatter, of leads that went from one to another by being
        written; Odoo itself tells it on the lead."""
        _ = self.env._
        for lead in leads.filtered(lambda lead: lead.id in change.left):
            former = lead.partner_id.browse(change.left[lead.id])
            values = {
                "user": self.env.user.name,
                "lead": lead._get_html_link(title=lead.name),
            }
            former._message_log(
                body=escape(
                    _("%(user)s unlinked the lead %(lead)s from this customer.")
                )
                % values
            )
            if lead.partner_id:
                lead.partner_id._message_log(
                    body=escape(
                        _("%(user)s linked the lead %(lead)s to this customer.")
                    )
                    % values
                )

    @api.model
    def _check_merge_customers(self, leads):
        """Merged into a lead of another customer, a lead leaves its own."""
        # sudo: whether they have the same customer, to decide and not to tell
        leads = leads.sudo()
        if any(self._guards_customer(lead) for lead in leads):
            if len(leads.partner_id.commercial_partner_id) > 1:
                self._check_unlink_customer()
