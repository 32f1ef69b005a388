from odoo import fields, models


class LeadDistributionInquiry(models.Model):
    """An inquiry that was merged into a lead: what it said and where from.

    Made by merging alone; it goes with the lead. ``values`` holds every column of
    the merged lead that had a value, by its name; it is dropped with who asked when
    the lead is closed and explanations are not kept any longer.
    """

    _name = "lead.distribution.inquiry"
    _description = "Merged Inquiry"
    _order = "date desc, id desc"

    lead_id = fields.Many2one(
        "crm.lead", required=True, ondelete="cascade", index=True, readonly=True
    )
    merged_id = fields.Integer(string="Merged Lead", readonly=True)
    name = fields.Char(string="Subject", readonly=True)
    date = fields.Datetime(string="Received on", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    source_id = fields.Many2one("utm.source", ondelete="set null", readonly=True)
    medium_id = fields.Many2one("utm.medium", ondelete="set null", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", ondelete="set null", readonly=True)
    listing_id = fields.Many2one(
        "lead.distribution.listing", ondelete="set null", readonly=True
    )
    external_ref = fields.Char(string="External Reference", readonly=True)
    delivered_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        ondelete="set null",
        help="Who may deliver it again.",
    )
    contact_name = fields.Char(readonly=True)
    email_from = fields.Char(string="Email", readonly=True)
    phone = fields.Char(readonly=True)
    values = fields.Json(readonly=True, groups="base.group_system")

    _external_ref_idx = models.Index("(external_ref) WHERE external_ref IS NOT NULL")
