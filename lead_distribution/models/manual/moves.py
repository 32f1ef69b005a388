"""Leads that people move to another team, company or listing, which decides who may
claim them."""

from odoo import api, models
from odoo.exceptions import AccessError

from ...tools.service_context import as_service

#: what decides who may claim a lead
MOVING = ("team_id", "company_id", "listing_id")


class LeadDistributionManual(models.AbstractModel):
    _inherit = "lead.distribution.manual"

    @api.model
    def _check_move(self, leads, vals):
        """Who may claim a lead of the pool depends on its team and company, and on
        routes by listing on its listing, so these are not the salesperson's to
        change; and nobody moves a lead to a company that they do not work for."""
        names = [name for name in MOVING if name in vals]
        if self.env.su or not names:
            return
        if not self.env["lead.distribution.route"]._distributing():
            return
        self._check_company_moved_to(vals)
        if vals.get("user_id") == self.env.uid:
            return  # who may claim it may do so as well
        guarded = (
            self.env["lead.distribution.access"]
            ._not_free(leads)
            .filtered(
                lambda lead: any(
                    lead[name].id != (vals[name] or False)
                    and (
                        name != "listing_id"
                        or lead.distribution_route_id.pool_source == "listing"
                    )
                    for name in names
                )
            )
        )
        if guarded and not self.env["lead.distribution.access"]._is_leader(guarded):
            raise AccessError(
                self.env._(
                    "Only managers and team leaders can move leads of the pool to "
                    "another team, company or listing."
                )
            )

    @api.model
    def _check_company_moved_to(self, vals):
        # sudo: only whether it is one of the user's own companies
        team = self.env["crm.team"].sudo().browse(vals.get("team_id") or [])
        company_id = vals.get("company_id") or team.company_id.id
        if company_id and company_id not in self.env.user.company_ids.ids:
            raise AccessError(
                self.env._("You can only move a lead to a company that you work for.")
            )

    @api.model
    def _before_move(self, leads, vals):
        """Odoo takes the company away from a lead without salesperson whose team has
        none. Those that wait for a salesperson keep it.

        :returns: ``{company: leads}`` of those whose company is to be seen to
        """
        if "company_id" in vals or {"user_id", "team_id", "partner_id"}.isdisjoint(
            vals
        ):
            return {}
        on = self.env["lead.distribution.route"]._distributing()
        if not on or vals.get("user_id"):
            return {}
        # sudo: which company it is, nothing else
        found = leads.sudo().filtered(lambda lead: lead.company_id.id in on)
        return found.grouped("company_id")

    @api.model
    def _after_move(self, companies):
        for company, leads in companies.items():
            lost = leads.filtered(lambda lead: not (lead.company_id or lead.user_id))
            if lost:
                found = as_service(self, company).env["crm.lead"].browse(lost.ids)
                found.write({"company_id": company.id})
