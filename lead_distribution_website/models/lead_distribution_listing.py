from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .website_visit import parts_of, without_language


class LeadDistributionListing(models.Model):
    _inherit = "lead.distribution.listing"

    website_path = fields.Char(
        string="Page on the Website",
        index="btree_not_null",
        help="Address of its page, such as /flats/river. Leads from a form on that "
        "page ask about this listing.",
    )

    @api.constrains("website_path")
    def _check_website_path(self):
        for listing in self.filtered("website_path"):
            if not listing.website_path.startswith("/"):
                raise ValidationError(
                    self.env._(
                        "Listing “%(name)s”: the address of a page begins with /, not "
                        "with “%(path)s”.",
                        name=listing.name,
                        path=listing.website_path,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_plain_path(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_plain_path(vals))

    @api.model
    def _with_plain_path(self, vals):
        """People paste whole addresses: the path is what is kept, whatever the
        language they looked at the page in."""
        if vals.get("website_path"):
            path = parts_of(vals["website_path"].strip())[0]
            vals = {**vals, "website_path": without_language(self.env, path)}
        return vals
