from odoo import fields, models


class LeadDistributionConsentPurpose(models.Model):
    """What people may consent to, such as being called or getting offers."""

    _name = "lead.distribution.consent.purpose"
    _description = "Lead Consent Purpose"
    _order = "sequence, id"
    _rec_names_search = ["name", "reference"]

    name = fields.Char(required=True, translate=True)
    reference = fields.Char(
        help="The code that portals and scripts use for this consent."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _reference_uniq = models.UniqueIndex(
        "(reference) WHERE reference IS NOT NULL",
        "The reference of a consent is used once.",
    )


class LeadDistributionConsent(models.Model):
    """A consent given with an inquiry: what, when, and from which source."""

    _name = "lead.distribution.consent"
    _description = "Lead Consent"
    _order = "date desc, id desc"
    _rec_name = "purpose_id"

    lead_id = fields.Many2one(
        "crm.lead", required=True, ondelete="cascade", index=True, readonly=True
    )
    purpose_id = fields.Many2one(
        "lead.distribution.consent.purpose",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now, readonly=True)
    source_id = fields.Many2one("utm.source", ondelete="set null", readonly=True)
