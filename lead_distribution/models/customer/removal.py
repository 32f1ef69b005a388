"""Whose a lead is, as people say it: a customer set or taken away, a likeness
dismissed, a lead that was none removed and brought back."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.scheduling import trigger_cron
from ...tools.service_context import as_service
from ..pipeline.values import DistributionContext
from .customer_link import TIMES


class LeadDistributionStatus(models.AbstractModel):
    _name = "lead.distribution.removal.service"
    _description = "Lead Distribution: Removal Service"

    @api.model
    def _check_may_remove(self, leads):
        """One's own leads, those of the pool that one might claim, and any for
        leaders."""
        leads.check_access("write")
        if self.env.su:
            return
        others = leads.filtered(lambda lead: lead.user_id != self.env.user)
        if not others or self.env["lead.distribution.access"]._is_leader(others):
            return
        waiting = self.env["lead.distribution.access"]._not_free(others)
        # sudo: whose route a lead waits on, to decide and not to tell
        for lead in others.sudo():
            route = lead.distribution_route_id
            entitled = not route or self.env.user in (
                route._users(lead.listing_id) | lead.team_id.member_ids
            )
            removed = lead.intake_status == "removed"
            if (
                lead.user_id
                or (removed and not entitled)
                or (
                    lead in waiting
                    and not (entitled and lead.distribution_state == "pool")
                )
            ):
                raise AccessError(
                    self.env._(
                        "Only managers and team leaders can remove the leads of others."
                    )
                )

    @api.model
    def _remove(self, leads, reason):
        """Archive leads as no leads at all.

        :param reason: ``lead.distribution.removal.reason``
        :returns: True
        """
        won = leads.filtered(lambda lead: lead.won_status == "won")
        if won:
            raise UserError(
                self.env._("The lead “%s” is won: it cannot be removed.", won[0].name)
            )
        text = self.env._(
            "%(user)s removed the lead: %(reason)s",
            user=self.env.user.name,
            reason=reason.name,
        )
        for company, ours in (
            self.env["lead.distribution.lead.company"]._leads_by_company(leads).items()
        ):
            service = as_service(self, company)
            ours = service.env["crm.lead"].browse(ours.ids)
            ours.write(
                {
                    "active": False,
                    "intake_status": "removed",
                    "removal_reason_id": reason.id,
                    "lost_reason_id": False,
                    "distribution_state": "none",
                }
            )
            service.env["lead.distribution.apply"]._remove_rows(ours)
            ours.activity_ids.filtered("automated").unlink()
            ours._message_log_batch(bodies=dict.fromkeys(ours.ids, text))
        return True

    @api.model
    def _after_restore(self, leads):
        """Whatever was removed and is active again is new, and distributed."""
        text = self.env._("%s restored the lead.", self.env.user.name)
        for company, ours in (
            self.env["lead.distribution.lead.company"]._leads_by_company(leads).items()
        ):
            service = as_service(self, company)
            ours = service.env["crm.lead"].browse(ours.ids)
            on = company._lead_distribution_on()
            values = {
                "intake_status": "new",
                "removal_reason_id": False,
                "distribution_due": False,
            }
            if on:
                values["distribution_state"] = "pending"
                service.env["lead.distribution.apply"]._take_away(
                    DistributionContext(
                        company, "button", fields.Datetime.now(), by=self.env.user
                    ),
                    ours,
                )
            ours.write({**values, "company_id": company.id})
            if on:
                trigger_cron(service.env, "ir_cron_distribute_pending")
            else:
                service.env["lead.distribution"]._settle(ours)
            ours._message_log_batch(bodies=dict.fromkeys(ours.ids, text))

    @api.model
    def _reinstate(self, leads):
        """Active again with the salesperson they had, without distribution."""
        self._check_may_remove(leads)
        as_service(self).env["crm.lead"].browse(leads.ids).write(
            {"active": True, "intake_status": "new", "removal_reason_id": False}
        )

    # customers -------------------------------------------------------------

    @api.model
    def _after_customer(self, leads, partner_id, change):
        """The intake status follows the customer that somebody set or took away.

        :param change: :class:`.customer_change.CustomerChange`
        """
        ours = as_service(self).env["crm.lead"].browse(leads.ids)
        left = ours.filtered(lambda lead: lead.id in change.left)
        left.write({"customer_user_id": self.env.uid})
        self.env["lead.distribution.customer.link"]._notify_customer_change(
            left, change
        )
        if not partner_id:
            self.env["lead.distribution.customer.link"]._keep_names(left, change)
            ours.filtered(
                lambda lead: lead.intake_status in ("linked", "converted")
            ).write({"intake_status": "new", **dict.fromkeys(TIMES, False)})
            return
        ours.filtered(
            lambda lead: lead.intake_status == "new" or lead.id in change.left
        ).write(
            {
                "intake_status": "linked",
                "date_customer": fields.Datetime.now(),
                "customer_recognised": False,
            }
        )
        self.env["lead.distribution.customer.link"]._remember_filled(ours, change)
        self.env["lead.distribution.customer.link"]._answer_who(ours)
        if self.env["lead.distribution.route"]._distributing():
            as_service(self).env["lead.distribution.apply"]._share_customers(ours)

    @api.model
    def _set_converted(self, leads):
        made = (
            as_service(self)
            .env["crm.lead"]
            .browse(leads.ids)
            .filtered(lambda lead: lead.partner_id and lead.intake_status != "removed")
        )
        made.write({"intake_status": "converted"})
        for company, ours in (
            self.env["lead.distribution.lead.company"]._leads_by_company(made).items()
        ):
            if company._lead_distribution_on():
                service = as_service(self, company)
                ours = service.env["crm.lead"].browse(ours.ids)
                ours.write({"customer_user_id": self.env.uid})
                service.env["lead.distribution.customer.link"]._converted(ours)

    @api.model
    def _dismiss(self, leads):
        """Note that leads are not of whom they seemed to be. A customer that came with
        the other inquiry goes, too, if whoever says so may unlink customers."""
        links = self.env["lead.distribution.customer.link"]
        text = self.env._("%s: this is a different person.", self.env.user.name)
        wrong = leads.browse()
        for lead in as_service(self).env["crm.lead"].browse(leads.ids):
            if lead.identity_flag:
                if links._came_with_twin(lead):
                    wrong |= leads.browse(lead.id)
                evidence = {**(lead.identity_evidence or {}), "dismissed": self.env.uid}
                lead.write(
                    {
                        "identity_flag": False,
                        "duplicate_lead_id": False,
                        "identity_evidence": evidence,
                    }
                )
                lead._message_log(body=text)
        if links._may_unlink_customer():
            for lead in wrong:
                links._unlink_customer(lead)
        return True
