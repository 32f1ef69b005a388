"""Take leads off wrong customers (V13)."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.service_context import as_service
from ..pipeline.apply import ADDRESS_FIELDS, PARTNER_FIELDS
from ..pipeline.values import DistributionContext
from .customer_link import TIMES

UNLINK_GROUP = "lead_distribution.group_unlink_customer"


class LeadDistributionCustomerLink(models.AbstractModel):
    _inherit = "lead.distribution.customer.link"

    @api.model
    def _may_unlink_customer(self):
        return self.env.su or self.env.user.has_group(UNLINK_GROUP)

    @api.model
    def _came_with_twin(self, lead):
        """Whether a lead has its customer from the inquiry that it seems to repeat.

        :param lead: as the service
        """
        twin = lead.duplicate_lead_id.partner_id.commercial_partner_id
        return bool(
            twin
            and lead.customer_recognised
            and lead.partner_id.commercial_partner_id == twin
        )

    @api.model
    def _check_unlink_customer(self):
        """Check the permission to unlink leads from customers.

        :raises AccessError: for who has not that permission, which no other group gives
        """
        if not self._may_unlink_customer():
            raise AccessError(
                self.env._(
                    "Unlinking a lead from its customer needs the permission “Unlink "
                    "Leads from Customers”. Ask your administrator."
                )
            )

    @api.model
    def _unlink_customer(self, lead, redistribute=False, reason=""):
        """V13: the lead leaves its customer, is new again, and is handed out again or
        stays with its salesperson.

        :returns: True
        """
        self._check_unlink_customer()
        found = self._lock_customer(lead)
        _ = self.env._
        partner = found.partner_id
        if not partner:
            if found.customer_user_id and found.customer_user_id != self.env.user:
                raise UserError(
                    _(
                        "%s has already unlinked the lead from its customer.",
                        found.customer_user_id.name,
                    )
                )
            raise UserError(_("The lead “%s” has no customer.", found.name))
        if redistribute and not (found.active and found.won_status == "pending"):
            raise UserError(
                _("The lead “%s” is closed: it is not distributed again.", found.name)
            )
        self._leave_customer(found)
        # what the inquiry says stays: core would empty the names
        said = [found._fields[name] for name in (*PARTNER_FIELDS, *ADDRESS_FIELDS)]
        with self.env.protecting(said, found):
            found.write(
                {
                    "partner_id": False,
                    "company_id": found.company_id.id,
                    "intake_status": "new",
                    "customer_user_id": self.env.uid,
                }
            )
        self._log_customer(
            found,
            partner,
            _("%(user)s unlinked the lead from the customer %(customer)s."),
            _("%(user)s unlinked the lead %(lead)s from this customer."),
            reason,
        )
        if redistribute:
            self._hand_out_again(found)
        return True

    @api.model
    def _leave_customer(self, leads):
        """Undo what came with the customer: the call (V9), the salesperson that the
        contact got (O15), having been an advisor, what the customer filled in, and
        the times (V11).

        :param leads: as the service, still with their customers
        """
        Assignment = as_service(self).env["lead.distribution.assignment"]
        for lead in leads:
            partner = lead.partner_id
            rows = Assignment.search([("lead_id", "=", lead.id)], order="id desc")
            self._return_contact(partner, rows)
            rows.filtered("partner_id").write({"partner_id": False})
            lead.customer_activity_id.filtered("active").unlink()
            own = (lead.customer_evidence or {}).get("own", {})
            values = {
                name: own.get(name, False) for name in self._filled_by_customer(lead)
            }
            refused = self.env["lead.distribution.apply"]._refused(lead)
            refused |= {partner.id, partner.commercial_partner_id.id}
            values.update(
                dict.fromkeys(TIMES, False),
                customer_activity_id=False,
                customer_evidence={"refused": sorted(refused)},
            )
            with self.env.protecting(
                [lead._fields[name] for name in values if name in lead._fields], lead
            ):
                lead.write({**values, "company_id": lead.company_id.id})

    @api.model
    def _filled_by_customer(self, lead):
        """Find what was filled in on a lead from its customer.

        :returns: names of the lead's fields that say what its customer says, and that
            the inquiry did not
        """
        gave, says = self._said_by_customer(lead.partner_id), self._said_by_lead(lead)
        return [
            name
            for name in (lead.customer_evidence or {}).get("filled", ())
            if says[name] and says[name] == gave.get(name)
        ]

    @api.model
    def _return_contact(self, partner, rows):
        """The contact's salesperson goes back to who it was before these rows, if
        nobody changed it since.

        :param rows: of the ledger, newest first
        """
        for row in rows:
            if row.partner_owned and row.partner_id == partner:
                if partner.user_id == row.user_id:
                    partner.user_id = row.partner_previous_user_id
                row.write({"partner_owned": False})

    @api.model
    def _hand_out_relinked(self, lead):
        """After the right customer is known: its salesperson comes first."""
        self._check_unlink_customer()
        self._hand_out_again(
            as_service(
                self, self.env["lead.distribution.lead.company"]._company_of_lead(lead)
            )
            .env["crm.lead"]
            .browse(lead.id)
        )

    @api.model
    def _hand_out_again(self, lead):
        """The units follow: whoever had it gives the unit back."""
        company = self.env["lead.distribution.lead.company"]._company_of_lead(lead)
        service = as_service(self, company)
        if not company._lead_distribution_on():
            return
        rows = service.env["lead.distribution.assignment"].search(
            [("lead_id", "=", lead.id), ("state", "in", ["assigned", "offered"])]
        )
        now = fields.Datetime.now()
        apply = service.env["lead.distribution.apply"]
        apply._revert_rows(rows, now)
        context = DistributionContext(company, "button", now, by=self.env.user)
        apply._take_away(context, lead)
        lead.write({"distribution_state": "pending"})
        service.env["lead.distribution"]._distribute(lead, "button")

    @api.model
    def _customers_deleted(self, partners):
        """Deleting a customer takes its leads off it."""
        if not self.env["lead.distribution.route"]._distributing():
            return
        leads = as_service(self).env["crm.lead"].with_context(active_test=False)
        leads = leads.search([("partner_id", "in", partners.ids)])
        leads = leads.filtered(self._guards_customer)
        if leads:
            self._check_unlink_customer()
            self._leave_customer(leads)
            leads.filtered(lambda lead: lead.intake_status != "removed").write(
                {"intake_status": "new", "customer_user_id": self.env.uid}
            )

    @api.model
    def _unlink_preview(self, lead):
        """What taking the lead off its customer changes, and what it does not.

        :returns: Markup
        """
        _ = self.env._
        reader, readers = self.env, lead.sudo(False)
        # sudo: what happens to its customer; names and words are told with the reader's
        # own rights below
        lead = lead.sudo()
        partner = lead.partner_id
        back, stays = [], []

        def named(user):
            if not user:
                return _("nobody")
            return self.env["lead.distribution.filters"]._name_of("res.users", user.id)

        call = lead.customer_activity_id.filtered("active")
        if call and call.with_env(reader).sudo(False).has_access("read"):
            back.append(
                _(
                    "The call “%(call)s” of %(user)s is cancelled.",
                    call=call.summary or call.activity_type_id.name,
                    user=named(call.user_id),
                )
            )
        elif call:
            back.append(_("The call of the new customer is cancelled."))
        rows = lead.distribution_assignment_ids.sorted("id", reverse=True)
        owner = partner.user_id
        for row in rows:
            if row.partner_owned and row.partner_id == partner and owner == row.user_id:
                owner = row.partner_previous_user_id
        if owner != partner.user_id:
            back.append(
                _(
                    "The customer's salesperson changes back from %(now)s to "
                    "%(before)s.",
                    now=named(partner.user_id),
                    before=named(owner),
                )
            )
        advisors = rows.filtered(lambda row: row.partner_id == partner).user_id
        if advisors:
            back.append(
                _(
                    "%s is no longer an advisor of the customer because of this lead.",
                    ", ".join(map(named, advisors)),
                )
            )
        back.append(
            _("The lead is new again, and its times are measured from the start.")
        )
        stays.append(_("The customer itself, with its messages, meetings and notes."))
        # those that the reader may read, whatever more the customer has
        others = readers.with_context(active_test=False).search_count(
            [("partner_id", "=", partner.id), ("id", "!=", lead.id)]
        )
        if others:
            stays.append(_("Other leads of the customer: %s.", others))
        if lead.user_id:
            stays.append(
                _(
                    "The lead's salesperson %s, unless it is distributed again: then "
                    "the unit goes with it.",
                    named(lead.user_id),
                )
            )
        parts = [
            Markup("<h5>%s</h5><ul>%s</ul>")
            % (title, Markup("").join(Markup("<li>%s</li>") % line for line in lines))
            for title, lines in ((_("Will be reverted"), back), (_("Stays"), stays))
        ]
        return Markup("").join(parts)
