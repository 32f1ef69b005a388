from odoo import api, fields, models

from ...tools.sql_text import COMPACT, DOMAIN, EMAIL, HOST, WORDS

#: Carried in the context while contacts are merged; an object, so that no remote
#: call can pretend to.
MERGING_KEY, MERGING = "lead_distribution_merging", object()

CAME_BY = ("lead_source_id", "lead_listing_id")


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "lead.distribution.kept"]

    _lead_kept_fields = frozenset(
        {"lead_listing_id", "lead_salesperson_since", "lead_source_id"}
    )

    related_lead_ids = fields.One2many(
        "crm.lead",
        "partner_id",
        string="Related Leads",
        groups="sales_team.group_sale_salesman",
    )
    related_lead_count = fields.Integer(
        compute="_compute_related_lead_count",
        groups="sales_team.group_sale_salesman",
    )
    lead_source_id = fields.Many2one(
        "utm.source",
        string="Came by",
        readonly=True,
        ondelete="set null",
        groups="lead_distribution.group_user",
        help="The source of the lead that the customer was created from.",
    )
    lead_listing_id = fields.Many2one(
        "lead.distribution.listing",
        string="Asked about",
        readonly=True,
        ondelete="set null",
        groups="lead_distribution.group_user",
        help="The listing of the lead that the customer was created from.",
    )
    lead_consent_purpose_ids = fields.Many2many(
        "lead.distribution.consent.purpose",
        string="Consents",
        compute="_compute_lead_consent_purpose_ids",
        groups="sales_team.group_sale_salesman",
        help="Given with the customer's leads.",
    )
    lead_activity_ids = fields.Many2many(
        "mail.activity",
        string="Activities of Leads",
        compute="_compute_lead_activity_ids",
        groups="sales_team.group_sale_salesman",
    )
    lead_salesperson_since = fields.Datetime(
        copy=False,
        readonly=True,
        groups="lead_distribution.group_user",
        help="The rules for customers count from then on.",
    )
    former_advisor_ids = fields.Many2many(
        "res.users",
        string="Former Advisors",
        compute="_compute_former_advisor_ids",
        groups="lead_distribution.group_user",
        help="Who had leads of this customer before, newest first.",
    )

    _lead_email_idx = models.Index(
        f"(({EMAIL % 'email_normalized'})) WHERE email_normalized IS NOT NULL"
    )
    _lead_phone_idx = models.Index(
        "(phone_sanitized) WHERE phone_sanitized IS NOT NULL"
    )

    # which company an address is of
    _lead_domain_idx = models.Index(
        f"(({DOMAIN % 'email_normalized'}))"
        " WHERE is_company AND email_normalized IS NOT NULL"
    )
    _lead_host_idx = models.Index(
        f"(({HOST % 'website'})) WHERE is_company AND website IS NOT NULL"
    )
    _lead_vat_idx = models.Index(f"(({COMPACT % 'vat'})) WHERE vat IS NOT NULL")
    _lead_registry_idx = models.Index(
        f"(({COMPACT % 'company_registry'})) WHERE company_registry IS NOT NULL"
    )
    # without a list of what is still to be sorted in: after contacts are imported each
    # search would read it, until the table is vacuumed
    _lead_words_idx = models.Index(
        f"USING gin (({WORDS % 'name'})) WITH (fastupdate = off) WHERE active"
    )

    @api.depends("related_lead_ids")
    def _compute_related_lead_count(self):
        counts = dict(
            self.env["crm.lead"]
            .with_context(active_test=False)
            ._read_group([("partner_id", "in", self.ids)], ["partner_id"], ["__count"])
        )
        for partner in self:
            partner.related_lead_count = counts.get(partner, 0)

    @api.depends("related_lead_ids.consent_ids.purpose_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_lead_consent_purpose_ids(self):
        leads = self.env["crm.lead"].search([("partner_id", "in", self.ids)])
        seen = leads.consent_ids.purpose_id._filtered_access("read")
        for partner, ours in leads.grouped("partner_id").items():
            partner.lead_consent_purpose_ids = ours.consent_ids.purpose_id & seen
        (self - leads.partner_id).lead_consent_purpose_ids = False

    def write(self, vals):
        came_by = {}
        if self.env.context.get(MERGING_KEY) is MERGING:
            # by whatever of them it came; since when somebody has it, is its own
            came_by = {name: vals[name] for name in CAME_BY if name in vals}
            vals = {k: v for k, v in vals.items() if k not in self._lead_kept_fields}
        fresh = self.browse()
        if "user_id" in vals:
            user_id = self._fields["user_id"].convert_to_write(vals["user_id"], self)
            fresh = self.filtered(lambda p: p.user_id.id != user_id)
        result = super().write(vals)
        if came_by:
            # sudo: kept, and said by the contacts that are merged, not by a person
            super(ResPartner, self.sudo()).write(came_by)
        # sudo: whoever may write the contact says since when, nobody else does
        super(ResPartner, fresh.sudo()).write(
            {"lead_salesperson_since": fields.Datetime.now()}
        )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_takes_leads_off(self):
        self.env["lead.distribution.customer.link"]._customers_deleted(self)

    def action_open_related_leads(self):
        """List the customer's leads."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Related Leads"),
            "res_model": "crm.lead",
            "view_mode": "list,form",
            "domain": [("partner_id", "child_of", self.id)],
            "context": {"active_test": False, "create": False},
        }

    @api.depends("related_lead_ids")
    @api.depends_context("uid")
    def _compute_lead_activity_ids(self):
        for partner in self:
            leads = self.env["crm.lead"].search([("partner_id", "in", partner.ids)])
            partner.lead_activity_ids = self.env["mail.activity"].search(
                [("res_model", "=", "crm.lead"), ("res_id", "in", leads.ids)]
            )

    @api.depends("user_id", "related_lead_ids.user_id")
    @api.depends_context("company")
    def _compute_former_advisor_ids(self):
        former = self.env["lead.distribution.identity"]._former_advisors(
            self.env.company, self.commercial_partner_id.ids
        )
        for partner in self:
            user_ids = former.get(partner.commercial_partner_id.id, [])
            partner.former_advisor_ids = [
                u for u in user_ids if u != partner.user_id.id
            ]
