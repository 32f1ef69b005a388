"""Salespeople who are archived or deleted."""

from odoo import api, models

from ...tools.scheduling import trigger_cron
from ...tools.service_context import as_service


class LeadDistributionManual(models.AbstractModel):
    _inherit = "lead.distribution.manual"

    @api.model
    def _leads_of(self, users):
        """Return the open leads that these users hold, as the service."""
        return (
            as_service(self)
            .env["crm.lead"]
            .search([("user_id", "in", users.ids), ("won_status", "=", "pending")])
        )

    @api.model
    def _people_deleted(self, users):
        """The open leads of users about to be deleted go to the pool."""
        if self.env["lead.distribution.assignment"]._in_use():
            self._release(
                self._leads_of(users).filtered(
                    lambda lead: lead.distribution_state == "assigned"
                )
            )

    @api.model
    def _people_left(self, users):
        """Who is archived keeps their leads until somebody hands them on: the
        manager of distribution is told how many, and whose."""
        offers = (
            as_service(self)
            .env["lead.distribution.assignment"]
            .search([("user_id", "in", users.ids), ("state", "=", "offered")])
        )
        self.env["lead.distribution.assignment"]._close_offers(
            offers, "expired", "expired"
        )
        if offers:
            trigger_cron(self.env, "ir_cron_expire_offers")
        leads = self._leads_of(users)
        model_id = self.env["ir.model"]._get_id("res.partner")
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        values = []
        for user, mine in leads.grouped("user_id").items():
            for company, ours in (
                self.env["lead.distribution.lead.company"]
                ._leads_by_company(mine)
                .items()
            ):
                manager = company.lead_distribution_manager_id
                if manager and company._lead_distribution_on():
                    _ = self.with_context(lang=manager.lang or self.env.lang).env._
                    values.append(
                        {
                            "activity_type_id": todo.id if todo else False,
                            "summary": _(
                                "%(user)s no longer works here. Open leads to hand "
                                "over: %(count)s",
                                user=user.name,
                                count=len(ours),
                            ),
                            "user_id": manager.id,
                            "res_model_id": model_id,
                            "res_id": user.partner_id.id,
                            "automated": True,
                        }
                    )
        as_service(self).env["mail.activity"].create(values)
