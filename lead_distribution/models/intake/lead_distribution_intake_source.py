"""Webhooks: addresses to which other programs send leads."""

import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import consteq, hmac

#: scopes of what is signed
ADDRESS_SCOPE = "lead_distribution-intake"
VERIFY_SCOPE = "lead_distribution-intake-verify"
#: where webhooks are
PATH = "/lead_distribution/intake/"
#: for how long a replaced address still works
OVERLAP = timedelta(days=1)
_TOKEN = re.compile(r"([0-9a-f]{1,8})-([0-9a-f]{1,8})-([0-9a-f]{40})")
#: calls shown on the form
LAST_CALLS = 30
#: most calls a minute that can be allowed
MOST_A_MINUTE = 10_000


class LeadDistributionIntakeSource(models.Model):
    """An address that takes leads from one other program.

    The address is not kept: it is signed with the key of the database. A copy of the
    database with a key of its own therefore has other addresses.
    """

    _name = "lead.distribution.intake.source"
    _description = "Webhook for Leads"
    _inherit = ["lead.distribution.guard", "lead.distribution.kept"]
    _order = "name, id"
    _lead_kept_fields = frozenset({"generation", "previous_until"})

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
        help="Its leads belong to this company.",
    )
    source_id = fields.Many2one(
        "utm.source",
        ondelete="set null",
        help="For leads without a source. Empty: the source of the format, such as "
        "Google.",
    )
    medium_id = fields.Many2one("utm.medium", ondelete="set null")
    campaign_id = fields.Many2one("utm.campaign", ondelete="set null")
    rate_limit = fields.Integer(
        string="Calls a Minute",
        default=120,
        help="Further calls are refused with “too many requests”; senders usually try "
        "again.",
    )
    signing_secret = fields.Char(
        copy=False,
        groups="lead_distribution.group_manager",
        help="For senders that sign their data (Meta's app secret, Typeform's secret, "
        "Google's key). Data without this signature is refused.",
    )
    address = fields.Char(compute="_compute_address")
    verify_token = fields.Char(
        compute="_compute_address",
        help="Meta asks for it when the address is entered there.",
    )
    generation = fields.Integer(
        readonly=True, copy=False, help="How often the address was replaced."
    )
    previous_until = fields.Datetime(
        string="Old Address Works until", readonly=True, copy=False
    )
    field_ids = fields.One2many(
        "lead.distribution.intake.field", "intake_id", string="Fields", copy=True
    )
    call_ids = fields.One2many(
        "lead.distribution.intake.call", compute="_compute_calls", string="Last Calls"
    )
    last_call = fields.Datetime(compute="_compute_calls")
    call_count = fields.Integer(compute="_compute_calls", string="Calls")
    waiting_count = fields.Integer(compute="_compute_calls", string="Could not be Read")

    _rate_limit_range = models.Constraint(
        f"CHECK (rate_limit > 0 AND rate_limit <= {MOST_A_MINUTE})",
        "Calls a minute: at least 1.",
    )

    # the address -------------------------------------------------------------------

    @api.depends("generation")
    def _compute_address(self):
        for source in self:
            source.address = source.verify_token = False
            if source._origin.id:
                base = source.get_base_url()
                source.address = f"{base}{PATH}{source._origin._token()}"
                source.verify_token = source._origin._verify_token()

    def _token(self, generation=None):
        """Return what the address ends with: who it is, how often it was replaced, and
        a signature of both.

        :param generation: of an earlier address
        """
        self.ensure_one()
        generation = self.generation if generation is None else generation
        signature = self._signature(ADDRESS_SCOPE, generation)[:40]
        return f"{self.id:x}-{generation:x}-{signature}"

    def _verify_token(self):
        """Return what Meta is given beside the address."""
        return self._signature(VERIFY_SCOPE)[:32]

    def _signature(self, scope, generation=None):
        # sudo: the key of the database, which signs; managers see the address
        env = self.sudo().env
        generation = self.generation if generation is None else generation
        return hmac(env, scope, [self.id, generation])

    @api.model
    def _from_token(self, token):
        """Find the webhook of an address.

        The signature is compared first, in a time that does not depend on it.

        :returns: the webhook, as superuser; nothing for what is forged, too old, or
            switched off, which look alike from outside
        """
        # sudo: whoever sends leads has no rights; the signature is the right
        sources = self.sudo()
        match = _TOKEN.fullmatch(token if isinstance(token, str) else "")
        if not match:
            return sources.browse()
        record_id, generation = int(match[1], 16), int(match[2], 16)
        if not 0 < record_id < 2**31:
            return sources.browse()
        source = sources.browse(record_id)
        wanted = hmac(source.env, ADDRESS_SCOPE, [record_id, generation])[:40]
        if not consteq(match[3], wanted):
            return sources.browse()
        source = source.exists()
        if not source.active or not source.company_id.active:
            return sources.browse()
        late = source.previous_until and fields.Datetime.now() < source.previous_until
        if generation != source.generation and not (
            late and generation == source.generation - 1
        ):
            return sources.browse()
        return source

    def action_rotate(self):
        """Replace the address. The old one works for another day, so that the sender
        can be changed over.

        :returns: True
        """
        return self._rotate(fields.Datetime.now() + OVERLAP)

    def action_rotate_at_once(self):
        """Replace the address. The old one ends now, for it fell into wrong hands.

        :returns: True
        """
        return self._rotate(False)

    def _rotate(self, until):
        self.check_access("write")
        # sudo: the number of the address, which is written in no other way
        for source in self.sudo():
            source.write({"generation": source.generation + 1, "previous_until": until})
        return True

    # calls -------------------------------------------------------------------------

    def _compute_calls(self):
        Call = self.env["lead.distribution.intake.call"]
        counts = {
            source.id: (number, last)
            for source, number, last in Call._read_group(
                [("intake_id", "in", self.ids)],
                ["intake_id"],
                ["__count", "date:max"],
            )
        }
        waiting = dict(
            Call._read_group(
                [("intake_id", "in", self.ids), ("outcome", "=", "waiting")],
                ["intake_id"],
                ["__count"],
            )
        )
        for source in self:
            own = [("intake_id", "=", source._origin.id)]
            source.call_ids = Call.search(own, limit=LAST_CALLS)
            source.call_count, source.last_call = counts.get(
                source._origin.id, (0, False)
            )
            source.waiting_count = waiting.get(source._origin, 0)

    def action_open_calls(self):
        """List the calls of these addresses."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_distribution.lead_distribution_intake_call_action"
        )
        return dict(action, domain=[("intake_id", "in", self.ids)], context={})

    def action_open_waiting(self):
        """List what came in by these addresses and could not be read."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_distribution.lead_distribution_not_lead_action"
        )
        return dict(action, domain=[("intake_id", "in", self.ids)], context={})

    def action_add_fields(self):
        """Add a line for each key of the last call that has none, for a person to say
        where it goes.

        :returns: True
        """
        self.ensure_one()
        self.check_access("write")
        last = self.env["lead.distribution.intake.call"].search(
            [("intake_id", "=", self.id), ("paths", "!=", False)], limit=1
        )
        known = set(self.field_ids.mapped("path"))
        paths = [path for path in (last.paths or "").splitlines() if path not in known]
        self.env["lead.distribution.intake.field"].create(
            [{"intake_id": self.id, "path": path} for path in paths]
        )
        return True

    @api.constrains("signing_secret")
    def _check_signing_secret(self):
        for source in self:
            if source.signing_secret and len(source.signing_secret) < 8:
                raise ValidationError(
                    self.env._("The secret needs at least 8 characters.")
                )
