"""Which leads a salesperson sees."""

from odoo import api, models
from odoo.fields import Domain

from .res_users import MANAGER


class ResUsers(models.Model):
    _inherit = "res.users"

    def _lead_pool_domain(self):
        """What a salesperson with "own documents only" sees of the pool and of the
        offered leads (K10): those of routes they are on, of their teams, and offered
        to them; what no route wanted is everybody's. What still waits to be
        distributed is its team leader's, its salesperson's, and theirs who made it. A
        record rule asks, and keeps the answer, so it depends on nothing but routes'
        companies and groups.

        :returns: a domain on ``crm.lead``
        """
        self.ensure_one()
        on = self.env["lead.distribution.route"]._distributing()
        if (
            not on
            or self.share
            or self.has_group("sales_team.group_sale_salesman_all_leads")
            or self.has_group(MANAGER)
        ):
            return Domain.TRUE
        mine = Domain("user_id", "=", self.id)
        to_claim = (
            Domain("distribution_route_id", "=", False)
            | self.env["lead.distribution.route"]._pool_of(self)
            | Domain("team_id.crm_team_member_ids.user_id", "in", self.ids)
            | Domain(
                "distribution_assignment_ids",
                "any",
                mine & Domain("state", "=", "offered"),
            )
        )
        free = Domain("distribution_state", "in", ["pool", "offered"])
        waits = Domain("distribution_state", "=", "pending")
        return (
            Domain("distribution_state", "not in", ["pool", "offered", "pending"])
            | self._lead_elsewhere_domain(on)
            | mine
            | Domain("team_id.user_id", "=", self.id)
            | (free & to_claim)
            | (waits & Domain("create_uid", "=", self.id))
        )

    def _lead_told_domain(self):
        """Which leads of others somebody reads since they are told of them: those of
        which they have a task, those of their customers, and those that they follow;
        managers of the distribution also what somebody left behind. A record rule asks,
        and keeps the answer.

        :returns: a domain on ``crm.lead``
        """
        self.ensure_one()
        if self.share or not self.env["lead.distribution.route"]._distributing():
            return Domain.FALSE
        mine = Domain("user_id", "=", self.id)
        customer = mine | Domain("commercial_partner_id.user_id", "=", self.id)
        told = (
            Domain("activity_ids", "any!", mine & self._lead_given_domain())
            | Domain(
                "message_follower_ids",
                "any!",
                Domain("partner_id", "=", self.partner_id.id),
            )
            | Domain("partner_id", "any!", customer)
        )
        if self.has_group(MANAGER):
            told |= Domain("user_id", "any!", Domain("active", "=", False))
        return told

    @api.model
    def _lead_given_domain(self):
        """Hook: which activities open the record behind them to who has them.

        :returns: a domain on ``mail.activity``
        """
        return Domain("active", "=", True)

    @api.model
    def _lead_elsewhere_domain(self, on):
        """Select the leads of companies that do not distribute.

        :param on: ids of the companies that distribute
        :returns: a domain on leads that are of no such company, see
            ``lead.distribution._company_of_lead``; what waits for a salesperson has
            none that could tell its company
        """
        only, alone = self.env["res.company"]._lead_only_company()
        if alone and only in on:
            return Domain.FALSE
        on = [company_id for company_id in on if company_id]
        without = Domain("company_id", "=", False)
        by_team = Domain("team_id.company_id", "!=", False)
        by_customer = ~by_team & Domain("partner_id.company_id", "!=", False)
        elsewhere = by_team & Domain("team_id.company_id", "not in", on)
        elsewhere |= by_customer & Domain("partner_id.company_id", "not in", on)
        if only not in on:
            elsewhere |= ~by_team & ~by_customer
        return (~without & Domain("company_id", "not in", on)) | (without & elsewhere)

    def _lead_readable_domain(self, company_ids, managers=False):
        """Which leads somebody reads, for record rules of what hangs on a lead: by all
        the rules that leads have, whoever made them.

        :param company_ids: of the companies that are switched on
        :param managers: whether it is the managers' of the distribution to see, be the
            leads theirs or not
        :returns: a domain on ``crm.lead``
        """
        self.ensure_one()
        if managers and self.has_group("lead_distribution.group_manager"):
            return Domain.TRUE
        env = self.env(
            user=self.id, su=False, context={"allowed_company_ids": company_ids}
        )
        if not env["crm.lead"].has_access("read"):
            return Domain.FALSE
        return env["ir.rule"]._compute_domain("crm.lead", "read")
