"""Leads and customers, as people tie them: linked to a customer, or made one. They
enter at apply."""

from markupsafe import Markup, escape

from odoo import api, models
from odoo.exceptions import ConcurrencyError, UserError

from ...engine import text as texts
from ...tools.periods import company_today
from ...tools.service_context import as_service

#: what is measured from the customer on, see ``times``
TIMES = ("date_customer", "date_first_call", "date_first_email", "date_first_meeting")


class LeadDistributionCustomer(models.AbstractModel):
    _name = "lead.distribution.customer.link"
    _description = "Lead Distribution: Customer Link"

    # rights and locks ------------------------------------------------------

    @api.model
    def _guards_customer(self, lead):
        """Whether the lead's customer is ours to guard: it was tied here, or the
        company distributes; Odoo alone does as it did."""
        if not lead.partner_id:
            return False
        tied = lead.date_customer or lead.intake_status in ("linked", "converted")
        return bool(lead.customer_user_id) or bool(
            tied
            and self.env["lead.distribution.lead.company"]
            ._company_of_lead(lead)
            ._lead_distribution_on()
        )

    @api.model
    def _lock_customer(self, lead):
        """The lead's row, for nobody else to tie or untie it meanwhile.

        :returns: the lead as the service
        :raises ConcurrencyError: when somebody does right now, for the request to
            be tried again on a fresh snapshot
        """
        service = as_service(
            self, self.env["lead.distribution.lead.company"]._company_of_lead(lead)
        )
        found = service.env["crm.lead"].browse(lead.ids)
        if found.try_lock_for_update(allow_referencing=True) != found:
            raise ConcurrencyError(
                self.env._("Somebody is changing this lead right now; try again.")
            )
        found.invalidate_recordset(["partner_id", "customer_user_id"])
        if found.intake_status == "removed":
            raise UserError(
                self.env._("The lead “%s” is removed: restore it first.", found.name)
            )
        return found

    @api.model
    def _check_no_customer(self, lead):
        _ = self.env._
        if not lead.partner_id:
            return
        values = {
            "user": lead.customer_user_id.name,
            "customer": self.env["lead.distribution.filters"]._name_of(
                "res.partner", lead.partner_id.id
            ),
        }
        if lead.customer_user_id and lead.customer_user_id != self.env.user:
            raise UserError(
                _(
                    "%(user)s has already linked the lead to the customer "
                    "%(customer)s.",
                    **values,
                )
            )
        raise UserError(
            _("The lead belongs to the customer %(customer)s already.", **values)
        )

    @api.model
    def _check_customer_company(self, lead, partner):
        """Check that lead and customer may be of one company.

        :raises UserError: for a customer of another company than the lead's
        """
        # sudo: to compare the two, whoever may see which
        company = self.env["lead.distribution.lead.company"]._company_of_lead(lead)
        # sudo: to compare the two, whoever may see which
        if company and partner.sudo().company_id not in (company, company.browse()):
            raise UserError(
                self.env._(
                    "The customer %s belongs to another company.", partner.display_name
                )
            )

    # tying -----------------------------------------------------------------

    @api.model
    def _link_customer(self, lead, partner, notify=False):
        """V7: the lead is the customer's, and keeps its salesperson.

        :param notify: whether the customer's salesperson is told
        :returns: True
        """
        found = self._lock_customer(lead)
        if found.partner_id == partner:
            return True
        self._check_no_customer(found)
        self._tie(found, partner, "linked")
        _ = self.env._
        self._log_customer(
            found,
            partner,
            _("%(user)s linked the lead to the customer %(customer)s."),
            _("%(user)s linked the lead %(lead)s to this customer."),
        )
        if notify:
            self._notify_owner(found, partner)
        return True

    @api.model
    def _convert_customer(self, lead, values):
        """V8: a customer is made from what the lead says.

        :param values: of ``res.partner``, instead of the lead's
        :returns: the customer, ``res.partner``
        """
        _ = self.env._
        found = self._lock_customer(lead)
        self._check_no_customer(found)
        if values and not isinstance(values, dict):
            raise UserError(_("Give the customer's fields by name."))
        values = dict(values or {})
        unknown = set(values) - set(self.env["res.partner"]._fields)
        if unknown:
            raise UserError(_("A customer has no field “%s”.", min(unknown)))
        email = values.get("email", lead.email_from)
        phone = values.get("phone", lead.phone)
        if not str(email or "").strip() and not str(phone or "").strip():
            raise UserError(_("A customer needs an email address or a phone number."))
        # with the rights of whoever asks: core's own way to make a contact
        partner = lead._create_customer()
        if values:
            partner.write(values)
            # what was written may have moved it out of reach
            partner.check_access("write")
            self._check_customer_company(lead, partner)
        self._tie(found, partner, "converted")
        self._log_customer(
            found,
            partner,
            _("%(user)s created the customer %(customer)s from this lead."),
            _("%(user)s created this customer from the lead %(lead)s."),
        )
        return partner

    @api.model
    def _tie(self, lead, partner, status):
        """Link a lead to a customer, as the current user decided.

        :param lead: as the service
        """
        service = as_service(
            self, self.env["lead.distribution.lead.company"]._company_of_lead(lead)
        )
        service.env["lead.distribution.apply"]._link({lead: partner.id})
        lead.write(
            {
                "customer_user_id": self.env.uid,
                "customer_recognised": False,
                "intake_status": status,
            }
        )
        self._answer_who(lead)
        rows = service.env["lead.distribution.assignment"].search(
            [("lead_id", "=", lead.id), ("state", "=", "assigned")]
        )
        # from now on its salesperson is one of the customer's
        rows.write({"partner_id": partner.id})
        if status == "converted":
            service._converted(lead)

    @api.model
    def _answer_who(self, leads):
        """A person said whose leads these are: what was asked about it is answered, but
        that they repeat others.

        :param leads: as the service
        """
        leads.filtered(lambda x: x.identity_flag not in (False, "duplicate")).write(
            {"identity_flag": False, "identity_evidence": False}
        )

    @api.model
    def _converted(self, leads):
        """What follows when customers were made from leads, by our button or by core:
        where they came from, and the call (V9).

        :param leads: as the service, with their new customers
        """
        todo = self.env["crm.lead"]
        for lead in leads:
            partner = lead.partner_id
            values = {
                name: lead[source].id
                for name, source in (
                    ("lead_source_id", "source_id"),
                    ("lead_listing_id", "listing_id"),
                )
                if lead[source] and not partner[name]
            }
            if values:
                partner.write(values)
            company = (
                self.env["lead.distribution.lead.company"]._company_of_lead(lead)
                or self.env.company
            )
            if (
                company.lead_customer_call
                and partner.phone
                and not lead.customer_activity_id
                and (lead.user_id or partner.user_id)
            ):
                todo |= lead
        kind = self.env.ref("mail.mail_activity_data_call", raise_if_not_found=False)
        if not todo or not kind:
            return
        model_id = self.env["ir.model"]._get_id("res.partner")
        owners = [lead.user_id or lead.partner_id.user_id for lead in todo]
        activities = self.env["mail.activity"].create(
            [
                {
                    "activity_type_id": kind.id,
                    "summary": self.with_context(lang=user.lang or self.env.lang).env._(
                        "Call the new customer"
                    ),
                    "date_deadline": company_today(
                        self.env["lead.distribution.lead.company"]._company_of_lead(
                            lead
                        )
                    ),
                    "user_id": user.id,
                    "res_model_id": model_id,
                    "res_id": lead.partner_id.id,
                    "automated": True,
                }
                for lead, user in zip(todo, owners, strict=True)
            ]
        )
        for lead, activity in zip(todo, activities, strict=True):
            lead.write({"customer_activity_id": activity.id})

    @api.model
    def _notify_owner(self, lead, partner):
        """The customer's salesperson hears of another lead of the customer."""
        owner = partner.user_id or partner.commercial_partner_id.user_id
        if not owner.active or owner == self.env.user:
            return
        _ = self.with_context(lang=owner.lang or self.env.lang).env._
        # sudo: whoever ties the lead need not be able to write the customer
        partner.sudo().message_notify(
            author_id=self.env.user.partner_id.id,
            partner_ids=owner.partner_id.ids,
            subject=texts.header(
                _("Another lead of your customer %s", partner.display_name)
            ),
            body=_(
                "%(user)s linked the lead “%(lead)s” to your customer %(customer)s. "
                "Its salesperson is %(salesperson)s.",
                user=self.env.user.name,
                lead=lead.name,
                customer=partner.display_name,
                salesperson=lead.user_id.name or _("nobody"),
            ),
        )

    @api.model
    def _log_customer(self, lead, partner, on_lead, on_customer, reason=""):
        """A line on both (V13: who, when, why).

        :param on_lead, on_customer: translated texts with ``%(user)s`` and
            ``%(customer)s`` or ``%(lead)s``
        """
        values = {
            "user": self.env.user.name,
            "customer": partner._get_html_link(title=partner.display_name),
            "lead": lead._get_html_link(title=lead.name),
        }
        because = Markup("<br/>%s") % reason if reason else ""
        lead._message_log(body=escape(on_lead) % values + because)
        # sudo: whoever ties the lead need not be able to write the customer
        partner.sudo()._message_log(body=escape(on_customer) % values + because)
