"""Fields of a webhook: what a key of its payload means."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.lead_labels import target_of

TARGETS = [
    ("contact_name", "Contact Name"),
    ("first_name", "First name"),
    ("last_name", "Last name"),
    ("email_from", "Email"),
    ("phone", "Phone"),
    ("mobile", "Mobile phone"),
    ("partner_name", "Company Name"),
    ("function", "Job position"),
    ("street", "Street"),
    ("city", "City"),
    ("zip", "Postcode"),
    ("state", "State or Province"),
    ("country", "Country"),
    ("website", "Website"),
    ("vat", "Tax ID"),
    ("name", "Subject"),
    ("message", "Message"),
    ("listing_id", "Listing"),
    ("consent_purpose_ids", "Consents"),
    ("source_id", "Source"),
    ("medium_id", "Medium"),
    ("campaign_id", "Campaign"),
    ("external_ref", "Number of the inquiry"),
    ("arrival", "Time of arrival"),
    ("note", "Line of the description"),
    ("ignore", "Nothing"),
]


class LeadDistributionIntakeField(models.Model):
    """Where a value of a payload goes, if its key does not tell."""

    _name = "lead.distribution.intake.field"
    _description = "Field of a Webhook"
    _inherit = "lead.distribution.guard"
    _order = "intake_id, sequence, id"

    intake_id = fields.Many2one(
        "lead.distribution.intake.source",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    path = fields.Char(
        string="Key in the Payload",
        required=True,
        help="As in the last call, with dots between the levels: customer.contact.mail",
    )
    target = fields.Selection(TARGETS, string="Field of the Lead")
    understood = fields.Char(
        string="Default Field",
        compute="_compute_understood",
        help="Field that is filled automatically when none is chosen.",
    )

    _path_uniq = models.UniqueIndex(
        "(intake_id, path)", "There is a line for this key already."
    )

    @api.depends("path")
    @api.depends_context("lang")
    def _compute_understood(self):
        labels = dict(self._fields["target"]._description_selection(self.env))
        for line in self:
            target = target_of((line.path or "").rpartition(".")[2])
            line.understood = labels.get(target) or labels["note"]

    @api.constrains("path")
    def _check_path(self):
        for line in self:
            if not line.path.strip() or len(line.path) > 500:
                raise ValidationError(self.env._("The key is empty, or too long."))
