"""Leads that are offered."""

from odoo import api, fields, models
from odoo.fields import Domain


class CrmLead(models.Model):
    _inherit = "crm.lead"

    offer_user_ids = fields.Many2many(
        "res.users",
        string="Offered to",
        compute="_compute_offer",
        groups="base.group_user",
    )

    offer_user_id = fields.Many2one(
        "res.users",
        string="Offered to One Person",
        compute="_compute_offer",
        groups="base.group_user",
    )

    offer_deadline = fields.Datetime(
        string="Claim until", compute="_compute_offer", groups="base.group_user"
    )

    offer_is_mine = fields.Boolean(
        string="Offered to Me",
        compute="_compute_offer",
        search="_search_offer_is_mine",
        groups="base.group_user",
    )

    @api.depends("distribution_assignment_ids.state")
    @api.depends_context("uid")
    def _compute_offer(self):
        # sudo: who a lead is offered to, for who may read the lead
        Assignment = self.env["lead.distribution.assignment"].sudo()
        offers = Assignment.search(
            [("lead_id", "in", self.ids), ("state", "=", "offered")]
        ).grouped("lead_id")
        for lead in self:
            # sudo: the key of the offers found above
            rows = offers.get(lead.sudo(), Assignment)
            lead.offer_user_ids = rows.user_id
            lead.offer_user_id = rows.user_id if len(rows) == 1 else False
            mine = rows.filtered(lambda row: row.user_id == self.env.user)
            lead.offer_is_mine = bool(mine)
            lead.offer_deadline = min((mine or rows).mapped("deadline"), default=False)

    @api.model
    def _search_offer_is_mine(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        if not self.env["lead.distribution.assignment"]._in_use():
            return Domain.FALSE
        # sudo: one's own offers, nobody else's
        rows = (
            self.env["lead.distribution.assignment"]
            .sudo()
            .search([("user_id", "=", self.env.uid), ("state", "=", "offered")])
        )
        return [("id", "in", rows.lead_id.ids)]

    def action_decline(self, reason=False):
        """Decline what is offered to the current user; the next one gets the offer.

        :param reason: why, in the salesperson's words
        :returns: True
        :raises UserError: when it is not offered to them (any more)
        """
        leads = self.browse(self.ids).exists()
        self.env["lead.distribution.offer"]._check_asked(leads)
        return self.env["lead.distribution.offer"]._decline(leads, reason)

    def action_ask_decline(self):
        """Ask why the offers are declined."""
        self.env["lead.distribution.offer"]._check_asked(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decline"),
            "res_model": "lead.distribution.decline",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lead_ids": self.ids},
        }

    @api.model
    def my_offers(self):
        """List the current user's open offers.

        :returns: the current user's open offers, a dictionary each of ``id``, ``name``,
            ``contact``, ``source``, ``deadline`` (UTC) and ``url``; the one that ends
            first comes first. None for who may not see leads (any more).
        """
        if not self.has_access("write"):
            return []
        # sudo: one's own offers, nobody else's
        rows = (
            self.env["lead.distribution.assignment"]
            .sudo()
            .search(
                [
                    ("user_id", "=", self.env.uid),
                    ("state", "=", "offered"),
                    ("deadline", ">", fields.Datetime.now()),
                    ("lead_id", "!=", False),
                ],
                order="deadline, id",
            )
        )
        # of every company they work for, whichever is switched on
        mine = self.with_context(allowed_company_ids=self.env.user.company_ids.ids)
        seen = mine.browse(rows.lead_id.ids)._filtered_access("read")
        return [
            self.env["lead.distribution.apply"]._offer_payload(row)
            for row in rows
            if row.lead_id in seen
        ]
