"""Addresses of other programs that are told what becomes of leads (P10)."""

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ...tools.scheduling import trigger_cron

EVENTS = ("assigned", "offered", "declined", "expired", "pooled", "released", "missed")


class LeadDistributionOutgoing(models.Model):
    """Whom to tell what. Administrators alone see where it goes."""

    _name = "lead.distribution.outgoing"
    _description = "Outgoing Webhook"
    _inherit = "lead.distribution.guard"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    url = fields.Char(string="Address", required=True)
    secret = fields.Char(
        required=True,
        copy=False,
        default=lambda self: secrets.token_hex(32),
        help="Signs the data sent. The receiver, who knows the secret too, can verify "
        "the sender and the content.",
    )
    route_ids = fields.Many2many(
        "lead.distribution.route",
        "lead_distribution_outgoing_route_rel",
        string="Only from Routes",
        help="Empty: of all.",
    )
    with_contact = fields.Boolean(
        string="With the Person",
        help="Sends name, email and phone of the person as well. Otherwise only "
        "numbers and a link to the lead, which opens for users who may read it.",
    )
    on_assigned = fields.Boolean(string="Assigned", default=True)
    on_offered = fields.Boolean(string="Offered", default=True)
    on_declined = fields.Boolean(string="Declined")
    on_expired = fields.Boolean(string="Expired", default=True)
    on_pooled = fields.Boolean(string="In the Pool", default=True)
    on_released = fields.Boolean(string="Taken Away or Given Back")
    on_missed = fields.Boolean(string="Follow-up Missed", default=True)
    delivery_ids = fields.One2many(
        "lead.distribution.outgoing.delivery", "outgoing_id", string="Deliveries"
    )
    failed_count = fields.Integer(compute="_compute_failed_count", string="Failed")

    def _compute_failed_count(self):
        counts = dict(
            self.env["lead.distribution.outgoing.delivery"]._read_group(
                [("outgoing_id", "in", self.ids), ("state", "=", "failed")],
                ["outgoing_id"],
                ["__count"],
            )
        )
        for hook in self:
            hook.failed_count = counts.get(hook._origin, 0)

    @api.constrains("url")
    def _check_url(self):
        for hook in self:
            parts = urlsplit(hook.url or "")
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValidationError(
                    self.env._("The address begins with https:// (or http://).")
                )

    # who listens -----------------------------------------------------------------

    @api.model
    @ormcache("company_id")
    def _listening(self, company_id):
        """Return ``((id, event names, route ids), ...)`` of a company's addresses."""
        # sudo: whether anybody is to be told; nothing is told here
        hooks = self.sudo().search([("company_id", "=", company_id)])
        return tuple(
            (
                hook.id,
                frozenset(event for event in EVENTS if hook[f"on_{event}"]),
                frozenset(hook.route_ids.ids),
            )
            for hook in hooks
        )

    @api.model
    @ormcache()
    def _anybody(self):
        """Whether anybody at all is to be told anything."""
        # sudo: the same
        return bool(self.sudo().search_count([], limit=1))

    @api.model
    def _tell(self, event, rows):
        """Have the addresses, and the channels of routes, told that something happened
        with leads, in a while and outside of this transaction.

        :param event: one of :data:`EVENTS`
        :param rows: ``lead.distribution.assignment``, what it happened to
        """
        values = []
        if rows:
            self.env["lead.distribution.channel.news"]._note(event, rows)
        if not rows or not self._anybody():
            return
        # sudo: what happened is told to who was set up for it, whoever did it
        for row in rows.sudo():
            for hook_id, events, routes in self._listening(row.company_id.id):
                if event in events and (not routes or row.route_id.id in routes):
                    values.append(
                        {
                            "outgoing_id": hook_id,
                            "event": event,
                            "assignment_id": row.id,
                            "data": row._outgoing_data(event),
                        }
                    )
        if values:
            # sudo: the same
            self.env["lead.distribution.outgoing.delivery"].sudo().create(values)
            trigger_cron(self.env, "ir_cron_send_outgoing")

    def _signature(self, moment, body):
        """Sign a body as receivers check it: HMAC-SHA256 over ``moment.body``.

        :param moment: seconds since 1970
        :param body: bytes
        :returns: the header's value
        """
        signed = f"{moment}.".encode() + body
        digest = hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()
        return f"t={moment},v1={digest}"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
