"""A lead's own contact data beside its customer's."""

from odoo import api, fields, models

from ...tools.service_context import as_service


class CrmLead(models.Model):
    _inherit = "crm.lead"

    customer_email = fields.Char(
        string="Customer's Email",
        compute="_compute_customer_differs",
        groups="base.group_user",
    )
    customer_phone = fields.Char(
        string="Customer's Phone",
        compute="_compute_customer_differs",
        groups="base.group_user",
    )
    customer_email_differs = fields.Boolean(
        compute="_compute_customer_differs",
        groups="base.group_user",
        help="The customer has another email address, or none.",
    )

    customer_phone_differs = fields.Boolean(
        compute="_compute_customer_differs",
        groups="base.group_user",
        help="The customer has another phone number, or none.",
    )

    def _after_intake(self, intake):
        result = super()._after_intake(intake)
        links = as_service(self).env["lead.distribution.customer.link"]
        links._remember_created(
            links.env["crm.lead"].browse(self.ids), intake.to_create, intake.screen
        )
        return result

    @api.depends("company_id", "customer_user_id", "customer_evidence")
    def _compute_partner_email_update(self):
        return super()._compute_partner_email_update()

    @api.depends("company_id", "customer_user_id", "customer_evidence")
    def _compute_partner_phone_update(self):
        return super()._compute_partner_phone_update()

    def _get_partner_email_update(self, force_void=True):
        # void comes from the customer only, see core
        if self.partner_id and self.env["lead.distribution.customer.link"]._stays_apart(
            self, "email_from", force_void
        ):
            return False
        return super()._get_partner_email_update(force_void=force_void)

    def _get_partner_phone_update(self, force_void=True):
        if self.partner_id and self.env["lead.distribution.customer.link"]._stays_apart(
            self, "phone", force_void
        ):
            return False
        return super()._get_partner_phone_update(force_void=force_void)

    def _inverse_email_from(self):
        self.env["lead.distribution.customer.link"]._said_by_person(self, "email_from")
        return super()._inverse_email_from()

    def _inverse_phone(self):
        self.env["lead.distribution.customer.link"]._said_by_person(self, "phone")
        return super()._inverse_phone()

    @api.depends("email_from", "phone", "partner_id.email", "partner_id.phone")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_customer_differs(self):
        for lead in self:
            names = self.env["lead.distribution.customer.link"]._different_contact(lead)
            lead.customer_email_differs = "email_from" in names
            lead.customer_phone_differs = "phone" in names
            lead.customer_email = lead.partner_id.email if "email_from" in names else ""
            lead.customer_phone = lead.partner_id.phone if "phone" in names else ""

    def action_take_to_customer(self, names=False):
        """Write the lead's email and phone to its customer, who keeps what the lead
        does not say.

        :param names: ``email_from``, ``phone``, or a list of them; those that differ
            if not given
        :returns: True
        :raises AccessError: for who may not write the customer
        """
        self.ensure_one()
        self.check_access("read")
        self.partner_id.check_access("write")
        return self.env["lead.distribution.customer.link"]._take_over(
            self, names, to_customer=True
        )

    def action_take_from_customer(self, names=False):
        """Write the customer's email and phone to the lead, which keeps what the
        customer does not have.

        :param names: see :meth:`action_take_to_customer`
        :returns: True
        :raises AccessError: for who may not write the lead or read its customer
        """
        self.ensure_one()
        self.check_access("write")
        self.partner_id.check_access("read")
        return self.env["lead.distribution.customer.link"]._take_over(
            self, names, to_customer=False
        )
