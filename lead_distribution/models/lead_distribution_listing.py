from odoo import api, fields, models


class LeadDistributionListing(models.Model):
    """The property, project or product that leads ask about."""

    _name = "lead.distribution.listing"
    _description = "Lead Listing"
    _order = "reference, name, id"
    _rec_names_search = ["name", "reference"]

    name = fields.Char(required=True, translate=True)
    reference = fields.Char(
        index="btree_not_null", help="The number under which portals know it."
    )
    active = fields.Boolean(default=True)
    date_from = fields.Date(string="Listed from")
    date_to = fields.Date(string="Listed until")
    contact_ids = fields.Many2many("res.partner", string="Contact Persons")
    user_id = fields.Many2one(
        "res.users", string="Responsible", domain=[("share", "=", False)]
    )
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    lead_ids = fields.One2many("crm.lead", "listing_id", string="Leads")
    lead_count = fields.Integer(compute="_compute_lead_count")

    _reference_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), reference) WHERE reference IS NOT NULL",
        "The reference of a listing is used once per company.",
    )
    _dates_order = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_to >= date_from)",
        "A listing ends after it began.",
    )

    @api.depends("lead_ids")
    def _compute_lead_count(self):
        counts = dict(
            self.env["crm.lead"]._read_group(
                [("listing_id", "in", self.ids)], ["listing_id"], ["__count"]
            )
        )
        for listing in self:
            listing.lead_count = counts.get(listing, 0)

    @api.depends("name", "reference")
    def _compute_display_name(self):
        for listing in self:
            listing.display_name = (
                f"[{listing.reference}] {listing.name}"
                if listing.reference
                else listing.name
            )

    def action_open_leads(self):
        """:returns: the action that lists the leads of this listing"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_all_leads")
        return dict(action, domain=[("listing_id", "=", self.id)], context={})
