"""Leads whose client is written by hand, by Odoo or by a merge."""

from dataclasses import dataclass, field

from markupsafe import escape

from odoo import api, models

from ...tools.service_context import as_service
from ..pipeline.apply import ADDRESS_FIELDS, PARTNER_FIELDS


@dataclass
class CustomerChange:
    """What is known of leads before somebody writes their client.

    :param left: ``{lead_id: id of the client that it leaves}``
    :param empty: ``{lead_id: names of the fields that the client is to fill}``
    """

    left: dict = field(default_factory=dict)
    empty: dict = field(default_factory=dict)


class LeadDistributionCustomerLink(models.AbstractModel):
    _inherit = "lead.distribution.customer.link"

    @api.model
    def _before_customer(self, leads, vals):
        """Somebody writes another client on leads: where that takes them off one,
        it is an unlinking, with its permission and all that goes back.

        The client is the one that the lead was tied to: a contact that has been
        given to another company since is no way round.

        :param vals: what is to be written
        :returns: a :class:`CustomerChange`
        """
        change = CustomerChange()
        # sudo: whose client it is, to decide; who may write the lead was checked
        partner = self.env["res.partner"].browse(vals["partner_id"] or []).sudo()
        commercial = partner.commercial_partner_id or partner
        on = self.env["lead.distribution.route"]._distributing()
        # sudo: the lead's client until now, to decide; who may write the lead was
        # checked
        for lead in leads.sudo():
            had = lead.partner_id
            if had and had != partner and self._guards_customer(lead):
                tied = (lead.customer_about or {}).get("client")
                tied = had.browse(tied or []).exists() or had.commercial_partner_id
                if tied != commercial:
                    change.left[lead.id] = had.id
            if (
                partner
                and self.env["lead.distribution.lead.company"]._company_of_lead(lead).id
                in on
            ):
                change.empty[lead.id] = [
                    name
                    for name in (*PARTNER_FIELDS, *ADDRESS_FIELDS)
                    if name not in vals and not lead[name]
                ]
        if change.left:
            self._check_unlink_customer()
            service = as_service(self)
            service._leave_customer(service.env["crm.lead"].browse(change.left))
        return change

    @api.model
    def _remember_filled(self, leads, change):
        """What the client filled in goes with it, however it was set.

        :param leads: as the service
        """
        for lead in leads.filtered(lambda lead: lead.id in change.empty):
            lead.write(
                {
                    "customer_about": {
                        "client": lead.partner_id.commercial_partner_id.id,
                        "filled": change.empty[lead.id],
                        "refused": sorted(
                            self.env["lead.distribution.apply"]._refused(lead)
                        ),
                    }
                }
            )

    @api.model
    def _notify_customer_change(self, leads, change):
        """Both clients' chatter, of leads that went from one to another by being
        written; Odoo itself tells it on the lead."""
        _ = self.env._
        for lead in leads.filtered(lambda lead: lead.id in change.left):
            former = lead.partner_id.browse(change.left[lead.id])
            values = {
                "user": self.env.user.name,
                "lead": lead._get_html_link(title=lead.name),
            }
            former._message_log(
                body=escape(_("%(user)s took the lead %(lead)s off this client."))
                % values
            )
            if lead.partner_id:
                lead.partner_id._message_log(
                    body=escape(_("%(user)s linked the lead %(lead)s to this client."))
                    % values
                )

    @api.model
    def _check_merge_customers(self, leads):
        """Merged into a lead of another client, a lead leaves its own."""
        # sudo: whether they have the same client, to decide and not to tell
        leads = leads.sudo()
        if any(self._guards_customer(lead) for lead in leads):
            if len(leads.partner_id.commercial_partner_id) > 1:
                self._check_unlink_customer()
