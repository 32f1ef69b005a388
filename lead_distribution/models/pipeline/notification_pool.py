"""Who may claim a lead hears of it when it comes into the pool."""

from odoo import api, fields, models


class LeadDistributionNotification(models.AbstractModel):
    _inherit = "lead.distribution.notification"

    @api.model
    def _tell_pool(self, leads):
        """Tell by the bell, once each, whatever the number of leads.

        :param leads: of one company, in the pool
        """
        claimers = {}
        alike = leads.grouped(
            lambda lead: (
                lead.distribution_route_id,
                lead.team_id,
                lead.listing_id,
                lead.distribution_company_id,
            )
        )
        for group in alike.values():
            for user in self._claimers(group[:1]):
                claimers.setdefault(user, []).extend(group)
        for user, mine in claimers.items():
            _ = self.with_context(lang=user.lang or self.env.lang).env._
            user._lead_ring(
                "lead_distribution.pool",
                {
                    "title": _("Lead Pool"),
                    "message": _("You can claim: %s", mine[0].name)
                    if len(mine) == 1
                    else _("New leads to claim: %s", len(mine)),
                },
            )

    @api.model
    def _claimers(self, lead):
        """The salespeople who see a lead of the pool and may claim it: of its route and
        of its team, neither paused nor absent.

        :returns: ``res.users``
        """
        users = lead.team_id.crm_team_member_ids.user_id
        if lead.distribution_route_id:
            users |= lead.distribution_route_id._users(lead.listing_id)
        company = lead.distribution_company_id or self.env.company
        out = self.env["lead.distribution.candidates"]._excluded(company, users)
        away = users._lead_absent_at(fields.Datetime.now())
        return users.filtered(lambda user: not out.get(user.id) and user.id not in away)
