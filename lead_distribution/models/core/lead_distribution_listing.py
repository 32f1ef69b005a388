from odoo import api, fields, models
from odoo.tools import ormcache

from ...engine.listings import spaced

#: so many done activities are shown on a listing
DONE_AT_MOST = 80


class LeadDistributionListing(models.Model):
    """The property, project or product that leads ask about."""

    _name = "lead.distribution.listing"
    _description = "Lead Listing"
    _inherit = ["lead.distribution.guard", "mail.thread", "mail.activity.mixin"]
    _order = "reference, name, id"
    # its salespeople note what happens with it; they change nothing of it
    _mail_post_access = "read"
    _rec_names_search = ["name", "reference"]

    name = fields.Char(required=True, translate=True)
    reference = fields.Char(
        index="btree_not_null", help="Reference number of the listing on portals."
    )
    active = fields.Boolean(default=True)
    date_from = fields.Date(string="Listed from", tracking=True)
    date_to = fields.Date(string="Listed until", tracking=True)
    contact_ids = fields.Many2many(
        "res.partner", string="Contact Persons", tracking=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        domain=[("share", "=", False)],
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    lead_ids = fields.One2many("crm.lead", "listing_id", string="Leads")
    lead_count = fields.Integer(compute="_compute_lead_count")
    lead_activity_ids = fields.Many2many(
        "mail.activity",
        string="Activities of Leads",
        compute="_compute_lead_activity_ids",
    )
    lead_done_activity_ids = fields.Many2many(
        "mail.activity",
        string="Done for Leads",
        compute="_compute_lead_activity_ids",
        context={"active_test": False},
        help="The newest activities that were done for its leads.",
    )

    _reference_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), reference) WHERE reference IS NOT NULL",
        "The reference of a listing is used once per company.",
    )
    _dates_order = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_to >= date_from)",
        "The end of a listing must be after its start.",
    )

    @api.depends("lead_ids")
    def _compute_lead_count(self):
        if not self.env["crm.lead"].has_access("read"):
            self.lead_count = 0  # a manager of distribution without sales rights
            return
        counts = dict(
            self.env["crm.lead"]._read_group(
                [("listing_id", "in", self.ids)], ["listing_id"], ["__count"]
            )
        )
        for listing in self:
            listing.lead_count = counts.get(listing, 0)

    @api.depends("lead_ids")
    @api.depends_context("uid")
    def _compute_lead_activity_ids(self):
        if not self.env["crm.lead"].has_access("read"):
            self.lead_activity_ids = self.lead_done_activity_ids = False
            return
        Lead = self.env["crm.lead"].with_context(active_test=False)
        Activity = self.env["mail.activity"].with_context(active_test=False)
        for listing in self:
            leads = Lead.search([("listing_id", "in", listing.ids)])
            of_leads = [("res_model", "=", "crm.lead"), ("res_id", "in", leads.ids)]
            listing.lead_activity_ids = Activity.search(
                [*of_leads, ("active", "=", True)]
            )
            listing.lead_done_activity_ids = Activity.search(
                [*of_leads, ("active", "=", False)],
                limit=DONE_AT_MOST,
                order="date_done desc, id desc",
            )

    @api.depends("name", "reference")
    def _compute_display_name(self):
        for listing in self:
            listing.display_name = (
                f"[{listing.reference}] {listing.name}"
                if listing.reference
                else listing.name
            )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if not {"reference", "active", "company_id"}.isdisjoint(vals):
            self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    @ormcache("company_id")
    def _references(self, company_id):
        """Look up listings by their references.

        :returns: ``{reference in small letters: listing id}`` of a company and of all
            companies
        """
        # sudo: the same for everybody, for it is cached; a lead's sender sees none
        listings = self.sudo().search_fetch(
            [("reference", "!=", False), ("company_id", "in", [False, company_id])],
            ["reference"],
        )
        return {listing.reference.lower(): listing.id for listing in listings}

    @api.model
    @ormcache("company_id")
    def _spaced_references(self, company_id):
        """Pick the references that consist of several words.

        :returns: ``((its first word, reference), ...)`` of the references of several
            words
        """
        return spaced(self._references(company_id))

    def _receivers(self):
        """Find who receives the leads of these listings.

        :returns: the users of the contact persons, ``res.users``, inactive ones
            included, one each
        """
        # sudo: who could receive; the creator of a lead may not read those people
        users = self.env["res.users"].sudo()
        # sudo: the same
        for contact in self.sudo().contact_ids:
            own = contact.with_context(active_test=False).user_ids
            users |= own.sorted(lambda u: (not u.active, u.share, u.id))[:1]
        return users

    def action_open_leads(self):
        """List the leads of this listing."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_all_leads")
        return dict(action, domain=[("listing_id", "=", self.id)], context={})
