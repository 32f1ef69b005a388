"""Leads that files and webhooks bring."""

from odoo import api, models
from odoo.exceptions import UserError


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _load_records_write(self, values):
        # what a file says of a lead that is here: names as in new ones
        intake = self.env["lead.distribution.intake"]
        company = self.company_id or self.env.company
        values = dict(values)
        values.pop("arrival_date", None)
        intake._resolve_names(values, company, {})
        return super()._load_records_write(values)

    def _clean_properties(self):
        # sudo: Odoo tidies the properties of leads that it has just imported, which may
        # be somebody else's by now; nothing of them is told
        return super(CrmLead, self.sudo())._clean_properties()

    @api.model
    def _open_by_number(self, number):
        """Open a lead that a summary names by its number.

        :returns: the action that opens it
        :raises UserError: where it is not there (any more), or not the user's to read
        """
        lead = self.browse(number).exists() if number else self.browse()
        if not lead or not lead.has_access("read"):
            raise UserError(
                self.env._("The lead no longer exists, or you may not read it.")
            )
        return lead.get_formview_action()

    @api.model
    def _last_number(self):
        """Return the highest id of a lead by now: what is higher later is new."""
        # sudo: a number, of whatever lead
        leads = self.sudo().with_context(active_test=False)
        return leads.search([], order="id desc", limit=1).id or 0
