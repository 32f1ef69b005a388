"""The backlog, on the records: what a route says of it, since when a lead waits, what
was seen at the last look, and how an explanation tells it."""

from markupsafe import Markup

from odoo import api, fields, models

from ...tools.locale import duration


class LeadDistributionExplanation(models.AbstractModel):
    _inherit = "lead.distribution.explanation"

    @api.model
    def _explain_drain(self, trace):
        """Say that a lead came from the backlog, and why it had waited there.

        :returns: Markup; empty for the others
        """
        if not trace.get("drain"):
            return Markup("")
        reason, since = trace["drain"]
        labels = dict(
            self.env["lead.distribution.assignment"]
            ._fields["reason"]
            ._description_selection(self.env)
        )
        text = self.env._(
            "It waited in the pool from %(since)s (%(reason)s) until somebody could "
            "take it.",
            since=self._moment(fields.Datetime.to_datetime(since)),
            reason=labels.get(reason, reason),
        )
        return Markup("<p class='lead_distribution_backlog'>%s</p>") % text


class CrmLead(models.Model):
    _inherit = "crm.lead"

    distribution_retry_after = fields.Datetime(
        string="Waits for a Change since",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="No salesperson was found. It is tried again when something changes "
        "after this moment. Empty: a person decides.",
    )

    _distribution_backlog_idx = models.Index(
        "(company_id, distribution_retry_after)"
        " WHERE distribution_state = 'pool' AND distribution_retry_after IS NOT NULL"
    )


class LeadDistributionLock(models.Model):
    _inherit = "lead.distribution.lock"

    drain_seen = fields.Json(
        string="Backlog Checked on",
        help="Who could take leads at the last look at the backlog, and since when "
        "nothing has changed.",
    )


class LeadDistributionRoute(models.Model):
    _inherit = "lead.distribution.route"

    drain = fields.Boolean(
        string="Take from the Backlog",
        tracking=True,
        help="Leads without a salesperson are distributed again automatically when "
        "somebody is back, a limit is free again, or the route opens. The most "
        "urgent come first, and never to somebody who declined. Off: they stay "
        "in the pool.",
    )
    drain_max_days = fields.Integer(
        string="Not Older than Days",
        default=7,
        tracking=True,
        help="Older leads stay in the pool until a person assigns them. 0: no age "
        "limit.",
    )
    backlog_count = fields.Integer(
        string="Waiting in the Pool",
        compute="_compute_backlog_count",
        groups="lead_distribution.group_manager",
        help="Leads for which nobody was found on this route, or which nobody claimed.",
    )

    _drain_days_positive = models.Constraint(
        "CHECK (drain_max_days >= 0)", "Days cannot be negative."
    )

    @api.depends_context("allowed_company_ids")
    def _compute_backlog_count(self):
        counts = dict(
            # sudo: a number, for the board
            self.env["crm.lead"]
            .sudo()
            ._read_group(self._backlog_domain(), ["distribution_route_id"], ["__count"])
        )
        for route in self:
            # sudo: the count's key; nothing of the route is read
            route.backlog_count = counts.get(route._origin.sudo(), 0)

    def _describe_more(self):
        parts = super()._describe_more()
        if self.drain and self.drain_max_days:
            parts.append(
                self.env._(
                    "takes leads of up to %s from the backlog",
                    duration(self.env, self.drain_max_days, "days"),
                )
            )
        elif self.drain:
            parts.append(self.env._("takes leads from the backlog"))
        return parts

    def _backlog_domain(self):
        """Return the domain of what waits in the pool of these routes."""
        return [
            ("distribution_route_id", "in", self._origin.ids),
            ("distribution_company_id", "in", self.env.companies.ids),
            ("distribution_state", "=", "pool"),
            ("distribution_retry_after", "!=", False),
            ("user_id", "=", False),
            ("won_status", "=", "pending"),
        ]

    def action_open_backlog(self):
        """List the leads that wait in the pool of this route."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_distribution.lead_distribution_pool_action"
        )
        return dict(action, domain=self._backlog_domain(), context={})

    @api.model_create_multi
    def create(self, vals_list):
        routes = super().create(vals_list)
        routes.env["lead.distribution.drain"]._wake()
        return routes

    def write(self, vals):
        if not {"drain", "active"}.isdisjoint(vals):
            self.env.registry.clear_cache()
        result = super().write(vals)
        self.env["lead.distribution.drain"]._wake()
        return result
