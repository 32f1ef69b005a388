"""Discuss channels of routes: which, and of what they are told (P10)."""

from odoo import api, fields, models
from odoo.tools import ormcache

MANAGER = "lead_distribution.group_manager"
#: what a channel may be told of, in the order in which a message says it
EVENTS = ("assigned", "offered", "expired", "pooled", "missed")


class LeadDistributionRoute(models.Model):
    _inherit = "lead.distribution.route"

    channel_id = fields.Many2one(
        "discuss.channel",
        string="Discuss Channel",
        domain=[("channel_type", "in", ("channel", "group"))],
        ondelete="set null",
        groups=MANAGER,
        help="It receives news about this route's leads: one message for everything "
        "since the previous one. Its links open for users who may read the lead.",
    )
    channel_on_assigned = fields.Boolean(
        string="Assigned", default=True, groups=MANAGER
    )
    channel_on_offered = fields.Boolean(string="Offered", groups=MANAGER)
    channel_on_expired = fields.Boolean(string="Offer Expired", groups=MANAGER)
    channel_on_pooled = fields.Boolean(
        string="In the Pool", default=True, groups=MANAGER
    )
    channel_on_missed = fields.Boolean(
        string="Follow-up Missed", default=True, groups=MANAGER
    )
    channel_with_name = fields.Boolean(
        string="With the Lead's Name",
        groups=MANAGER,
        help="All members of the channel read it, also those who may not read the "
        "lead. Without it: the lead's number and a link.",
    )

    @api.model
    @ormcache()
    def _channel_events(self):
        """Return ``{route_id: frozenset of events}`` of the routes with a channel."""
        # sudo: whether anybody is to be told, whatever the caller may know of routes
        routes = self.sudo().with_context(active_test=False)
        return {
            route.id: frozenset(name for name in EVENTS if route[f"channel_on_{name}"])
            for route in routes.search([("channel_id", "!=", False)])
        }

    @api.model
    def _channel_fields(self):
        """Return the names of the fields that say who is told of what."""
        return {"channel_id", *(f"channel_on_{name}" for name in EVENTS)}

    @api.model_create_multi
    def create(self, vals_list):
        routes = super().create(vals_list)
        if any(vals.get("channel_id") for vals in vals_list):
            self.env.registry.clear_cache()
        return routes

    def write(self, vals):
        result = super().write(vals)
        if not self._channel_fields().isdisjoint(vals):
            self.env.registry.clear_cache()
        return result


class DiscussChannel(models.Model):
    _inherit = "discuss.channel"

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
