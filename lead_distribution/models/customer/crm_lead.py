"""Leads and their customers: who it is, links, consents, removals."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.constants import (
    IDENTITY_FLAGS,
    INTAKE_STATUSES,
)
from ...tools.service_context import MASTER_KEY, as_task


class CrmLead(models.Model):
    _inherit = "crm.lead"

    intake_status = fields.Selection(
        INTAKE_STATUSES,
        string="Intake",
        default="new",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Linked: a customer was recognised. Converted: a customer was created "
        "from it. Removed: it was not a lead.",
    )

    removal_reason_id = fields.Many2one(
        "lead.distribution.removal.reason",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
    )

    duplicate_lead_id = fields.Many2one(
        "crm.lead",
        string="Repeats",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="lead_distribution.group_manager",
        help="The open lead of the same person.",
    )

    has_duplicate = fields.Boolean(
        compute="_compute_has_duplicate", groups="base.group_user"
    )

    identity_flag = fields.Selection(
        IDENTITY_FLAGS,
        string="Identity",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Possible known customer, for a person to check.",
    )

    identity_evidence = fields.Json(
        readonly=True, copy=False, groups="base.group_system"
    )
    identity_hint = fields.Html(
        compute="_compute_identity_hint", sanitize=False, groups="base.group_user"
    )

    inquiry_ids = fields.One2many(
        "lead.distribution.inquiry",
        "lead_id",
        string="Merged Inquiries",
        readonly=True,
        groups="base.group_user",
    )

    consent_ids = fields.One2many(
        "lead.distribution.consent",
        "lead_id",
        string="Consents",
        readonly=True,
        groups="base.group_user",
    )

    consent_purpose_ids = fields.Many2many(
        "lead.distribution.consent.purpose",
        string="Consents Given",
        compute="_compute_consent_purpose_ids",
        inverse="_inverse_consent_purpose_ids",
        search="_search_consent_purpose_ids",
        groups="base.group_user",
        help="Names or references, for files and scripts.",
    )

    customer_user_id = fields.Many2one(
        "res.users",
        string="Customer Set by",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups="base.group_user",
        help="Who last linked the lead to its customer, or unlinked it.",
    )

    customer_activity_id = fields.Many2one(
        "mail.activity",
        string="First Call of the Customer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )

    customer_evidence = fields.Json(
        readonly=True, copy=False, groups="base.group_system"
    )
    date_customer = fields.Datetime(
        string="Customer Since",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the lead was linked to its customer, or the customer was created "
        "from it.",
    )

    customer_recognised = fields.Boolean(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Linked to its customer by the system, not by a person.",
    )

    @api.depends("intake_status")
    def _compute_won_status(self):
        # spam is no lost opportunity: whatever was removed is in no figure
        removed = self.filtered(lambda lead: lead.intake_status == "removed")
        removed.won_status = "pending"
        return super(CrmLead, self - removed)._compute_won_status()

    @api.depends("duplicate_lead_id")
    @api.depends_context("uid")
    def _compute_has_duplicate(self):
        for lead in self:
            # sudo: whether there is one, and whether it may be opened, no more
            found = lead.sudo().duplicate_lead_id.sudo(False)
            lead.has_duplicate = bool(found) and found.has_access("read")

    @api.depends("identity_flag", "duplicate_lead_id")
    @api.depends_context("lang", "uid")
    def _compute_identity_hint(self):
        for lead in self:
            # sudo: ids and codes, told as far as the reader may read those records
            evidence = lead.sudo().identity_evidence if lead.identity_flag else {}
            lead.identity_hint = self.env[
                "lead.distribution.explanation"
            ]._explain_identity(evidence or {})

    @api.depends("consent_ids.purpose_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_consent_purpose_ids(self):
        # of a lead that came from another company some are that company's
        seen = self.consent_ids.purpose_id._filtered_access("read")
        for lead in self:
            lead.consent_purpose_ids = lead.consent_ids.purpose_id & seen

    def _inverse_consent_purpose_ids(self):
        # sudo: whoever may write the lead may note what the customer agreed to;
        # the records themselves are kept, nobody edits them
        Consent = self.env["lead.distribution.consent"].sudo()
        missing, gone = [], Consent
        # sudo: the lead's purposes; what one may not read is taken out again
        seen = self.sudo().consent_ids.purpose_id.sudo(self.env.su)
        seen = seen._filtered_access("read")
        # sudo: the consents of a lead that its user may write
        for mine, lead in zip(self, self.sudo(), strict=True):
            wanted = mine.consent_purpose_ids
            # of the lead's company, and of all
            # sudo: which company a purpose is of, to decide and not to tell
            fitting = wanted.sudo().filtered(
                lambda purpose, lead=lead: (
                    not (lead.company_id and purpose.company_id)
                    or purpose.company_id == lead.company_id
                )
            )
            missing += [
                {
                    "lead_id": lead.id,
                    "purpose_id": purpose.id,
                    "source_id": lead.source_id.id,
                }
                for purpose in fitting - lead.consent_ids.purpose_id
            ]
            # what the writer does not see stays
            gone |= lead.consent_ids.filtered(
                lambda consent, wanted=wanted: consent.purpose_id in seen - wanted
            )
        gone.unlink()
        Consent.create(missing)

    @api.model
    def _search_consent_purpose_ids(self, operator, value):
        return [("consent_ids.purpose_id", operator, value)]

    def _before_write(self, change):
        """Whoever restores a removed lead may; a customer written is linked."""
        if not change.by_service:
            if change.vals.get("active"):
                removed = self.filtered(lambda x: x.intake_status == "removed")
                self.env["lead.distribution.removal.service"]._check_may_remove(removed)
                change.kept["removed"] = removed
            if "partner_id" in change.vals:
                links = self.env["lead.distribution.customer.link"]
                change.kept["customer"] = links._before_customer(self, change.vals)
        return super()._before_write(change)

    def _after_write(self, change):
        result = super()._after_write(change)
        service = self.env["lead.distribution.removal.service"]
        if "customer" in change.kept:
            service._after_customer(
                self, change.vals["partner_id"], change.kept["customer"]
            )
        if change.kept.get("removed"):
            service._after_restore(change.kept["removed"])
        return result

    def action_set_won(self):
        removed = self.filtered(lambda lead: lead.intake_status == "removed")
        if removed:
            # no spam after all, and nobody else's to have: it stays with who won it
            self.env["lead.distribution.removal.service"]._reinstate(removed)
        return super().action_set_won()

    def _merge_dependences(self, opportunities):
        self.env["lead.distribution.customer.link"]._check_merge_customers(
            self | opportunities
        )
        # tasks go along, whoever made them
        result = super()._merge_dependences(as_task(opportunities))
        self.env["lead.distribution.merge"]._merge_duplicates_into(self, opportunities)
        return result

    def _merge_get_fields(self):
        return super()._merge_get_fields() + ["listing_id", "vat"]

    def _sort_by_confidence_level(self, reverse=False):
        found = super()._sort_by_confidence_level(reverse=reverse)
        master = found.filtered(
            lambda lead: lead.id == self.env.context.get(MASTER_KEY)
        )
        return master + (found - master)

    def _handle_partner_assignment(
        self, force_partner_id=False, create_missing=True, with_parent=None
    ):
        without = self.filtered(lambda lead: not lead.partner_id)
        result = super()._handle_partner_assignment(
            force_partner_id=force_partner_id,
            create_missing=create_missing,
            with_parent=with_parent,
        )
        if not force_partner_id:
            self.env["lead.distribution.removal.service"]._set_converted(without)
        return result

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        values = super()._prepare_customer_values(
            partner_name, is_company=is_company, parent_id=parent_id
        )
        if self.vat and (is_company or not parent_id):
            values["vat"] = self.vat
        return values

    def action_remove(self, reason_id):
        """Take these leads out of everything, for they are none.

        :param reason_id: a ``lead.distribution.removal.reason``, or its id
        :returns: True
        :raises AccessError: for a lead of somebody else, leaders aside
        :raises UserError: for a won lead, or without a reason
        """
        leads = self.browse(self.ids).exists()
        self.env["lead.distribution.removal.service"]._check_may_remove(leads)
        Reason = self.env["lead.distribution.removal.reason"]
        reason = reason_id if isinstance(reason_id, type(Reason)) else Reason
        if type(reason_id) is int:
            reason = Reason.browse(reason_id)
        if len(reason.exists()) != 1:
            raise UserError(self.env._("Choose why the lead is removed."))
        reason.check_access("read")
        return self.env["lead.distribution.removal.service"]._remove(leads, reason)

    def action_ask_removal(self):
        """Ask why these leads are to be removed."""
        self.env["lead.distribution.removal.service"]._check_may_remove(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Remove"),
            "res_model": "lead.distribution.removal",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lead_ids": self.ids},
        }

    def action_restore(self):
        """Removed by mistake: new again, and distributed.

        :returns: True; the action that opens the pipeline, for who may not read what
            waits for its route
        :raises AccessError: for a lead of somebody else, leaders aside
        """
        leads = self.browse(self.ids).exists()
        leads.check_access("write")
        leads = leads.filtered(lambda lead: lead.intake_status == "removed")
        self.env["lead.distribution.removal.service"]._check_may_remove(leads)
        leads.write({"active": True})
        if len(leads) == 1 and not leads.has_access("read"):
            return self.env["ir.actions.act_window"]._for_xml_id(
                "crm.crm_lead_action_pipeline"
            )
        return True

    def action_link_customer(self, partner_id, notify=False):
        """Tie the lead to a customer; it keeps its salesperson.

        :param partner_id: a ``res.partner``, or its id
        :param notify: whether the customer's salesperson is told
        :returns: True
        :raises UserError: when it has another customer, naming who tied it
        """
        self.ensure_one()
        self.check_access("write")
        Partner = self.env["res.partner"]
        partner = partner_id if isinstance(partner_id, type(Partner)) else Partner
        if type(partner_id) is int:
            partner = Partner.browse(partner_id)
        if len(partner.exists()) != 1:
            raise UserError(self.env._("Choose the customer."))
        partner.check_access("read")
        self.env["lead.distribution.customer.link"]._check_customer_company(
            self, partner
        )
        return self.env["lead.distribution.customer.link"]._link_customer(
            self, partner.with_env(self.env), notify
        )

    def action_convert_customer(self, values=False):
        """Make a customer from the lead.

        :param values: of ``res.partner``, instead of what the lead says
        :returns: the customer's id
        :raises UserError: without email and phone, or when it has a customer
        """
        self.ensure_one()
        self.check_access("write")
        return (
            self.env["lead.distribution.customer.link"]
            ._convert_customer(self, values)
            .id
        )

    def action_unlink_customer(self, redistribute=False, reason=False):
        """Take the leads off their customers; they are new again.

        :param redistribute: whether they are handed out again, instead of staying
            with their salespeople
        :param reason: why, for the chatter
        :returns: True
        :raises AccessError: without the permission to unlink
        :raises UserError: for a lead without a customer, naming who was faster
        """
        leads = self.browse(self.ids).exists()
        leads.check_access("write")
        self.env["lead.distribution.customer.link"]._check_unlink_customer()
        for lead in leads:
            self.env["lead.distribution.customer.link"]._unlink_customer(
                lead, bool(redistribute), str(reason or "")[:500]
            )
        return True

    def action_ask_customer(self):
        """Ask for the lead's customer.

        :returns: the action that asks which customer the lead belongs to, or, for one
            that has a customer, whether it is the wrong one
        """
        self.ensure_one()
        self.check_access("write")
        if self.partner_id:
            self.env["lead.distribution.customer.link"]._check_unlink_customer()
        wizard = self.env["lead.distribution.customer"]
        wizard = wizard.with_context(default_lead_id=self.id).create({})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Unlink from Customer")
            if self.partner_id
            else self.env._("Assign to Customer or Create Customer"),
            "res_model": "lead.distribution.customer",
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_open_duplicate(self):
        """Open the lead that this one repeats."""
        self.ensure_one()
        self.check_access("read")
        # sudo: which lead it is; whether it may be read is checked with the own rights
        found = self.sudo().duplicate_lead_id.sudo(False)
        found.check_access("read")
        return found.get_formview_action()

    def action_dismiss_identity(self):
        """Somebody looked: this is not the person that it seemed to be. A customer that
        came with that other inquiry goes, too, for who may unlink customers.

        :returns: True
        """
        leads = self.browse(self.ids).exists()
        leads.check_access("write")
        return self.env["lead.distribution.removal.service"]._dismiss(leads)
