"""Salespeople on the board: their routes, and what became of their leads."""

from odoo import api, fields, models

from ...tools.periods import month_span
from ..core.res_users import GROUP


class ResUsers(models.Model):
    _inherit = "res.users"

    lead_found_route_ids = fields.Many2many(
        "lead.distribution.route",
        string="Through a Team, a Listing or a Direct Route",
        compute="_compute_lead_found_route_ids",
        groups=GROUP,
        help="Routes of this salesperson through a sales team, as contact person of a "
        "listing, or as the only salesperson.",
    )
    lead_intake = fields.Boolean(
        string="Intake User",
        compute="_compute_lead_intake",
        groups=GROUP,
        help="Only receives mail or forms: gets no leads. Set in the settings of lead "
        "distribution.",
    )
    lead_month_figures = fields.Char(
        string="This Month",
        compute="_compute_lead_month_figures",
        groups=GROUP,
        help="Results of the leads and offers of this month.",
    )
    lead_balance_text = fields.Char(
        string="Ahead or Behind",
        compute="_compute_lead_balance_text",
        groups=GROUP,
        help="How far they are ahead of their share this month, and why.",
    )

    @api.depends_context("allowed_company_ids")
    def _compute_lead_found_route_ids(self):
        routes = self.env["lead.distribution.route"].search(
            [("pool_source", "!=", "members")]
        )
        listed = routes.filtered(lambda route: route.pool_source == "listing")
        listings = (
            self.env["lead.distribution.listing"].search(
                [("contact_ids", "in", self.partner_id.ids)]
            )
            if listed
            else self.env["lead.distribution.listing"]
        )
        found = {route: route._users() for route in routes - listed}
        for user in self:
            mine = routes.filtered(
                lambda route, user=user: user in found.get(route, self.browse())
            )
            if user.partner_id in listings.contact_ids:
                mine |= listed
            user.lead_found_route_ids = mine

    @api.depends_context("company")
    def _compute_lead_intake(self):
        intake = self.env.company.lead_distribution_intake_user_ids
        for user in self:
            user.lead_intake = user in intake

    @api.depends_context("company", "lang")
    def _compute_lead_month_figures(self):
        company = self.env.company
        start, end = month_span(company, fields.Datetime.now())
        # sudo: numbers, for the board
        groups = (
            self.env["lead.distribution.report"]
            .sudo()
            ._read_group(
                [
                    ("user_id", "in", self.ids),
                    ("company_id", "in", [False, company.id]),
                    ("date", ">=", start),
                    ("date", "<", end),
                ],
                ["user_id"],
                [f"{name}:sum" for name, _text in self._figures_in_words()],
            )
        )
        found = {user.id: numbers for user, *numbers in groups}
        for user in self:
            parts = [
                text % number
                for number, (_name, text) in zip(
                    found.get(user.id, ()), self._figures_in_words(), strict=False
                )
                if number
            ]
            user.lead_month_figures = ", ".join(parts) or False

    @api.depends_context("company", "lang")
    def _compute_lead_balance_text(self):
        company = self.env.company
        start, end = month_span(company, fields.Datetime.now())
        dashboard = self.env["lead.distribution.dashboard"]
        # sudo: figures of those of whom the reader may know, see _has_field_access
        found = dashboard.sudo()._balances(
            [
                ("user_id", "in", self.ids),
                ("company_id", "=", company.id),
                ("date", ">=", start),
                ("date", "<", end),
            ]
        )
        texts = {
            user.id: dashboard._balance_text(balance) for user, balance in found.items()
        }
        for user in self:
            user.lead_balance_text = texts.get(user.id, False)

    @api.model
    def _figures_in_words(self):
        """Figures of the statistics that the board shows, each with its words."""
        _ = self.env._
        return (
            ("received", _("received: %s")),
            ("claimed", _("claimed: %s")),
            ("declined", _("declined: %s")),
            ("expired", _("expired: %s")),
            ("won", _("won: %s")),
        )

    def action_open_lead_statistics(self):
        """Open the statistics of this salesperson.

        :returns: the action that shows this month's figures by route
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_distribution.lead_distribution_report_action"
        )
        context = {"search_default_this_month": 1, "pivot_row_groupby": ["route_id"]}
        return dict(
            action,
            name=self.env._("Statistics of %s", self.name),
            domain=[("user_id", "=", self.id)],
            context=context,
        )

    def action_ask_handover(self):
        """Open the dialog that hands over what somebody has.

        :returns: its action
        :raises AccessError: for everybody but managers of distribution
        """
        self.env["lead.distribution.handover.service"]._check_manager()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hand Over"),
            "res_model": "lead.distribution.handover",
            "view_mode": "form",
            "target": "new",
            "context": {"default_user_id": self[:1].id},
        }
