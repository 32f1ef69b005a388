"""Leads become the company's that distributes them."""

from odoo import api, models

from ...tools.columns import column
from .values import Unplaced


class LeadDistributionLeadCompany(models.AbstractModel):
    _inherit = "lead.distribution.lead.company"

    @api.model
    def _adopt(self, company, leads):
        """Leads that are distributed in a company are the company's from now on.

        :param leads: as the service
        """
        others = [
            lead_id
            for lead_id, company_id in zip(
                leads._ids, column(leads, "company_id"), strict=True
            )
            if company_id != (company.id or None)
        ]
        leads.browse(others).write({"company_id": company.id})

    @api.model
    def _refuse_undecided(self, context, leads):
        """Leads of which nothing tells the company: no route is theirs, so that they
        wait in the pool, with the reason; what is somebody's stays so.

        :param context: of the empty company
        :param leads: as the service
        :returns: the ledger's new rows
        """
        waiting = leads.filtered(
            lambda lead: (
                lead.active and lead.won_status == "pending" and not lead.user_id
            )
        )
        self.env["lead.distribution"]._settle(leads - waiting)
        self.env["lead.distribution"]._set_requested(leads)
        if not self.env["lead.distribution.route"]._distributing():
            self.env["lead.distribution"]._settle(
                waiting
            )  # nobody distributes: no reason needed
            return self.env["lead.distribution.assignment"]
        return self.env["lead.distribution.apply"]._to_pool(
            context, [(lead, Unplaced("no_company")) for lead in waiting]
        )
