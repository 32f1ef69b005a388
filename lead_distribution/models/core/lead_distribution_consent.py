from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.text import literal_pattern


class LeadDistributionConsentPurpose(models.Model):
    """What people may consent to, such as being called or getting offers."""

    _name = "lead.distribution.consent.purpose"
    _inherit = "lead.distribution.shared"
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
        "(reference, COALESCE(company_id, 0)) WHERE reference IS NOT NULL",
        "The reference of a consent is used once in a company.",
    )

    @api.model
    def _named(self, text, company):
        """Find a purpose by its reference or name.

        :param text: a reference, else a name, whatever its case
        :returns: the company's purpose, else the one that all companies share
        """
        # sudo: whoever sends leads need not see the purposes
        return self.sudo().search(
            Domain("company_id", "in", [False, company.id])
            & (
                Domain("reference", "=", text)
                | Domain("name", "=ilike", literal_pattern(text))
            ),
            order="company_id, sequence, id",
            limit=1,
        )

    @api.model
    def _of_company(self, ids, company):
        """Keep the purposes that a company may use.

        :returns: those with these ids that are there, and are the company's or shared
        """
        # sudo: whoever sends leads need not see the purposes
        found = self.sudo().browse(ids).exists()
        return found.filtered(lambda x: not x.company_id or x.company_id == company)


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
