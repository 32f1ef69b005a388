from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import hash_sign, ormcache, verify_hash_signed

from ...tools.bulk import create_alike
from ...tools.constants import REASONS, STATES, TRANSITIONS, TRIGGERS
from ...tools.service_context import is_service

#: of the signature of the links in emails
OFFER_SCOPE = "lead_distribution.offer"


class LeadDistributionAssignment(models.Model):
    """The ledger: this lead, that salesperson, why.

    Rows are made and changed by the service alone; nobody has more than read
    access. Whatever calls :meth:`write`, only a state may change, along
    :data:`TRANSITIONS`, with the fields of the response to it, and the lead when
    leads are merged.
    """

    _name = "lead.distribution.assignment"
    _description = "Lead Assignment"
    _order = "id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one(
        "crm.lead", index=True, ondelete="set null", readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    user_id = fields.Many2one(
        "res.users", string="Salesperson", ondelete="set null", readonly=True
    )
    previous_user_id = fields.Many2one(
        "res.users", string="Previous Salesperson", ondelete="set null", readonly=True
    )
    previous_team_id = fields.Many2one("crm.team", ondelete="set null", readonly=True)
    partner_previous_user_id = fields.Many2one(
        "res.users",
        string="Customer's Previous Salesperson",
        ondelete="set null",
        readonly=True,
    )
    partner_owned = fields.Boolean(
        string="Became the Customer's Salesperson", readonly=True
    )
    activity_id = fields.Many2one("mail.activity", ondelete="set null", readonly=True)
    tag_ids_added = fields.Many2many("crm.tag", string="Tags Added", readonly=True)
    route_id = fields.Many2one(
        "lead.distribution.route",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    rule_id = fields.Many2one(
        "lead.distribution.rule",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    run_id = fields.Many2one(
        "lead.distribution.run",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    listing_id = fields.Many2one(
        "lead.distribution.listing", ondelete="set null", readonly=True
    )
    snapshot_id = fields.Many2one(
        "lead.distribution.snapshot",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    state = fields.Selection(STATES, required=True, readonly=True)
    reason = fields.Selection(REASONS, required=True, readonly=True)
    trigger = fields.Selection(TRIGGERS, string="Started by", readonly=True)
    decline_reason = fields.Char(readonly=True)
    trace = fields.Json(
        groups="base.group_system",
        help="Ids, codes and numbers; shown through the lead's explanation.",
    )
    date = fields.Datetime(required=True, readonly=True)
    date_told = fields.Datetime(
        string="Notified on",
        readonly=True,
        help="When the salesperson was notified in Odoo, to the microsecond, of leads "
        "that routes distributed on arrival.",
    )
    date_offered = fields.Datetime(
        readonly=True, help="When an offer was claimed. It counts from then on."
    )
    deadline = fields.Datetime(readonly=True)
    note = fields.Char(
        string="Reason for Correction",
        readonly=True,
        help="Reason of the manager for adding or removing units.",
    )
    by_user_id = fields.Many2one(
        "res.users", string="Corrected by", ondelete="set null", readonly=True
    )
    corrects_id = fields.Many2one(
        "lead.distribution.assignment",
        string="Compensates",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    correction_ids = fields.One2many(
        "lead.distribution.assignment", "corrects_id", string="Compensated by"
    )
    taken_back = fields.Boolean(
        readonly=True, help="With its batch: nobody ever had it by this row."
    )
    offer_round = fields.Integer(
        readonly=True,
        help="From entering a route until claimed, moved to the pool or assigned "
        "manually.",
    )
    date_response = fields.Datetime(string="Answered on", readonly=True)
    units = fields.Float(
        default=1.0, readonly=True, digits=(16, 4), help="Workload of the lead."
    )
    expected_revenue = fields.Float(
        readonly=True,
        help="Expected revenue of the lead at that moment, in the company's currency. "
        "Limits by value count it.",
    )
    company_id = fields.Many2one("res.company", readonly=True)
    mail_pending = fields.Boolean(
        readonly=True,
        help="The salesperson or the fallback address has not been notified yet.",
    )
    tell_after = fields.Datetime(
        string="Notify After",
        readonly=True,
        help="The email or SMS to the salesperson is sent then, because of quiet "
        "hours or the daily digest.",
    )
    tracking_pending = fields.Boolean(
        readonly=True,
        help="The address for all assignments has not been notified yet.",
    )

    _assigned_uniq = models.UniqueIndex(
        "(lead_id) WHERE state = 'assigned' AND lead_id IS NOT NULL",
        "A lead has one salesperson at a time.",
    )
    _corrects_uniq = models.UniqueIndex(
        "(corrects_id) WHERE corrects_id IS NOT NULL",
        "A correction that was reversed cannot be reversed again.",
    )
    _offers_idx = models.Index("(company_id, deadline) WHERE state = 'offered'")
    # with what the sums of loads and limits read: they are asked for before each
    # decision, and the rows of one salesperson lie far apart
    _units_idx = models.Index(
        "(company_id, user_id, date) INCLUDE (units, listing_id, id, state,"
        " lead_id, route_id, trigger, expected_revenue) WHERE state IN "
        "('assigned', 'released', 'offered', 'corrected')"
    )
    _last_idx = models.Index("(user_id, id) WHERE user_id IS NOT NULL")
    _mail_idx = models.Index("(id) WHERE mail_pending")
    _tracking_idx = models.Index("(id) WHERE tracking_pending")
    _day_idx = models.Index("(company_id, date)")
    _told_idx = models.Index("(company_id, date_told) WHERE date_told IS NOT NULL")

    @api.model_create_multi
    def create(self, vals_list):
        # superuser mode alone is not enough for a change that nobody asked the
        # service for: imports and other modules' sudo() end here
        if not is_service(self):
            raise AccessError(
                self.env._("Assignments are written by the distribution of leads only.")
            )
        Company = self.env["res.company"]
        for vals in vals_list:
            company = Company.browse(vals.get("company_id") or self.env.company.id)
            vals["tracking_pending"] = (
                vals["state"] == "assigned"
                and company.lead_distribution_tracking == "each"
            )
        first = not self._in_use()
        rows = super().create(vals_list)
        if first:
            self.env.registry.clear_cache()
        rows._created()
        return rows

    def _created(self):
        """Hook: do what follows from new rows, however they were made."""

    @api.model
    def _create_alike(self, vals_list):
        """Make many rows at once, which differ in some values.

        :param vals_list: as :meth:`create` takes them, all with the same keys
        :returns: the rows, in the order of the values
        """
        if not vals_list:
            return self.browse()
        rows, copied = create_alike(self, vals_list)
        copied._created()
        return rows

    @api.model
    @ormcache()
    def _in_use(self):
        """Whether there is any row: until then nobody has to look for one."""
        # sudo: whether there is any row, whoever's
        return bool(self.sudo().search_count([], limit=1))

    def write(self, vals):
        self._check_change(vals)
        return super().write(vals)

    def _reopen(self):
        """The one way back: what released them was undone."""
        if set(self.mapped("state")) - {"released"}:
            raise UserError(
                self.env._("Only released assignments can be assigned again.")
            )
        rows = self.with_context(lead_distribution_reopening=True)
        return rows.write({"state": "assigned", "date_response": False})

    def _check_change(self, vals):
        response = {
            "state",
            "date_response",
            "decline_reason",
            "mail_pending",
            "tell_after",
            "tracking_pending",
            "activity_id",
            "taken_back",
            "clock_deadline",
            "clock_result",
            "lead_id",
            # an offer that is claimed becomes the assignment
            "date",
            "date_offered",
            "previous_user_id",
            "previous_team_id",
            "partner_previous_user_id",
            "partner_owned",
            "tag_ids_added",
            # a lead that is tied to a customer later, or was to the wrong one
            "partner_id",
        }
        if not set(vals) <= response or not is_service(self):
            raise AccessError(
                self.env._("Assignments are written by the distribution of leads only.")
            )
        # a context is anybody's, but this far comes the service only
        if "state" in vals and not self.env.context.get("lead_distribution_reopening"):
            for state in set(self.mapped("state")):
                if vals["state"] not in TRANSITIONS[state]:
                    raise UserError(
                        self.env._(
                            "An assignment cannot go from %(old)s to %(new)s.",
                            old=state,
                            new=vals["state"],
                        )
                    )

    def _of_customers(self):
        """Keep the rows that are about customers and not about leads.

        :returns: those of customers that a rule moved or somebody handed over; a row
            of a lead keeps its customer when the lead is deleted, and its units
        """
        return self.filtered(
            lambda row: (
                not row.lead_id
                and row.partner_id
                and row.user_id
                and (row.rule_id or row.reason == "handover")
                and not row.units
            )
        )

    def _offer_token(self):
        """Sign the token of an offer's links in emails.

        :returns: what an email's links carry: signed, valid until a day after the
            deadline, so that a late click is told what happened
        """
        self.ensure_one()
        # sudo: the key of the database, which signs; the link goes to its salesperson
        return hash_sign(
            self.sudo().env,
            OFFER_SCOPE,
            [self.id, self.user_id.id],
            expiration=self.deadline + timedelta(days=1),
        )

    @api.model
    def _from_token(self, token):
        """Find the offer of a link in an email.

        :returns: the offer of a link, as superuser; nothing for a forged or an expired
            one
        """
        try:
            # sudo: the key of the database, which checks the signature
            found = verify_hash_signed(self.sudo().env, OFFER_SCOPE, token)
        except Exception:  # whatever somebody typed
            found = None
        if not found:
            # sudo: an empty set, for who comes by a link without a session
            return self.sudo().browse()
        # sudo: the signature names the row, which a visitor may not read
        row = self.sudo().browse(found[0]).exists()
        return row.filtered(lambda x: x.user_id.id == found[1] and x.offer_round)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not is_service(self):
            raise UserError(self.env._("The ledger of assignments is kept for good."))
