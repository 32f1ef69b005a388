from datetime import datetime

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ...tools.scheduling import trigger_cron

#: what a rule looks at, by what it moves
MODELS = {"lead": "crm.lead", "customer": "res.partner"}
KINDS = [
    ("new", "New from the website, without a route"),
    ("no_follow_up", "No follow-up"),
    ("no_first_follow_up", "No first follow-up"),
    ("no_sales", "No sales"),
]
#: a rule that changes in these is a new rule, and asks before it moves a crowd
ASKS_AGAIN = {
    "entity",
    "kind",
    "delay_number",
    "delay_unit",
    "domain",
    "leave_planned",
    "company_id",
}


class LeadDistributionRule(models.Model):
    """When a lead or a customer that is stale moves on, and to whom.

    The rules of a company form a list, obeyed from the first on; see
    ``rule_runner.py``. To extend: a value of ``kind``, and two methods of this model
    that return domains: ``_stale_<value>`` for leads, ``_stale_customers_<value>`` for
    customers. What no domain can say sorts :meth:`_still_stale` out.
    """

    _name = "lead.distribution.rule"
    _description = "Lead Rule"
    _inherit = [
        "lead.distribution.filtered",
        "lead.distribution.kept",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "sequence, id"
    _lead_kept_fields = frozenset({"confirmed", "waiting_count"})

    name = fields.Char(required=True, translate=True)
    number = fields.Integer(
        string="No.", compute="_compute_number", help="Its place in the list of rules."
    )
    sequence = fields.Integer(default=10, index=True)
    active = fields.Boolean(
        string="On",
        default=False,
        tracking=True,
        help="A rule that is off moves nothing. New rules are off.",
    )
    status = fields.Selection(
        [("on", "On"), ("off", "Off")], compute="_compute_status", store=True
    )
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    # what
    entity = fields.Selection(
        [("lead", "Leads"), ("customer", "Customers")],
        string="Moves",
        default="lead",
        required=True,
        tracking=True,
    )
    kind = fields.Selection(
        KINDS,
        string="When",
        default="no_follow_up",
        required=True,
        tracking=True,
        help="Time counts from the last follow-up or the last sale, otherwise from "
        "the creation. It starts again with every salesperson. “New” means leads "
        "that no route took, and customers without a salesperson who came with "
        "such a lead.",
    )
    delay_number = fields.Integer(string="For at Least", default=3, tracking=True)
    delay_unit = fields.Selection(
        [
            ("hours", "Hours"),
            ("days", "Days"),
            ("weeks", "Weeks"),
            ("months", "Months"),
        ],
        default="days",
        required=True,
        tracking=True,
    )
    delay_working_time = fields.Boolean(
        string="Working Time Only",
        help="Hours and days of the company's working schedule.",
    )
    leave_planned = fields.Boolean(
        string="Skip with Planned Activities",
        tracking=True,
        help="Leads and customers with a planned call or meeting are skipped. The "
        "activity that the route planned for the lead does not count.",
    )
    domain = fields.Char(string="Filter", default="[]", required=True, tracking=True)
    entity_model = fields.Char(compute="_compute_entity_model")
    problem = fields.Char(compute="_compute_problem", help="Why the rule is skipped.")
    # to whom
    target_mode = fields.Selection(
        [("members", "Salespeople, in order"), ("routes", "Through the routes")],
        string="Hand Over to",
        default="members",
        required=True,
        tracking=True,
    )
    route_id = fields.Many2one(
        "lead.distribution.route",
        string="Through One Route",
        ondelete="set null",
        help="Empty: all routes, as for a new lead.",
    )
    member_ids = fields.One2many(
        "lead.distribution.rule.member", "rule_id", string="Members", copy=True
    )
    strategy = fields.Selection(
        [
            ("round_robin", "Round Robin: one lead each, in order"),
            ("closing_rate", "Closing rate: one lead each, the highest rate first"),
            ("follow_up_speed", "Follow-up speed: one lead each, the fastest first"),
        ],
        default="round_robin",
        required=True,
        tracking=True,
    )
    rate_period_days = fields.Integer(
        string="Rates of the Last Days",
        default=180,
        help="The past from which closing rate and follow-up speed come.",
    )
    absence_lookahead_days = fields.Integer(
        string="Look Ahead Days",
        help="People who will be absent within this many days get no leads.",
    )
    max_moves = fields.Integer(
        string="Moves at Most",
        default=3,
        help="For all rules together, until somebody follows up. Then the lead goes "
        "to the pool.",
    )
    # what else happens
    tag_ids = fields.Many2many(
        "crm.tag", string="Add Tags", help="Added to each lead that the rule moves."
    )
    partner_tag_ids = fields.Many2many(
        "res.partner.category",
        string="Add Contact Tags",
        help="Added to each customer that the rule moves.",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="Email to the Salesperson",
        ondelete="set null",
        help="One email for each from this template. Empty: one email for all new "
        "leads together.",
    )
    responsible_type = fields.Selection(
        [
            ("user", "A user"),
            ("listing", "The listing's responsible"),
            ("team_leader", "The team leader"),
            ("contact_owner", "The contact's salesperson"),
        ],
        string="Responsible",
        default="user",
        required=True,
        help="Gets an activity when nobody is left to receive the lead.",
    )
    responsible_id = fields.Many2one(
        "res.users",
        string="Responsible Person",
        domain=[("share", "=", False)],
        help="Empty: the company's manager of distribution.",
    )
    # what it does
    confirmed = fields.Boolean(
        readonly=True,
        copy=False,
        help="It may move everything it finds.",
    )
    waiting_count = fields.Integer(
        string="Waiting for Confirmation",
        readonly=True,
        copy=False,
        help="Number that would move at the first run. A manager must confirm it.",
    )
    would_move_count = fields.Integer(
        string="Would Move Now", compute="_compute_would_move_count"
    )
    moved_count = fields.Integer(string="Moved", compute="_compute_moved_count")
    summary = fields.Char(string="Summary in One Sentence", compute="_compute_summary")

    _delay_positive = models.Constraint(
        "CHECK (delay_number >= 0 AND absence_lookahead_days >= 0)",
        "Days and delays cannot be negative.",
    )
    _moves_positive = models.Constraint(
        "CHECK (max_moves > 0)", "To move nothing, switch the rule off."
    )
    _period_positive = models.Constraint(
        "CHECK (rate_period_days > 0)", "Rates need at least one day of history."
    )

    # computes --------------------------------------------------------------

    @api.depends("sequence", "company_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_number(self):
        rules = self.with_context(active_test=False).search([])
        for rule in self:
            company = rule.company_id or self.env.company
            listed = rules.filtered(
                lambda x, company=company: x.company_id in (company, company.browse())
            ).ids
            rule.number = listed.index(rule._origin.id) + 1 if rule._origin else 0

    @api.depends("active")
    def _compute_status(self):
        for rule in self:
            rule.status = "on" if rule.active else "off"

    @api.depends("entity")
    def _compute_entity_model(self):
        for rule in self:
            rule.entity_model = rule._filter_model()

    @api.depends("domain", "entity")
    def _compute_problem(self):
        for rule in self:
            rule.problem = rule._domain_problem() or rule._domain_refusal() or False

    @api.depends(
        "domain",
        "entity",
        "kind",
        "delay_number",
        "delay_unit",
        "delay_working_time",
        "leave_planned",
        "company_id",
    )
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_would_move_count(self):
        for rule in self:
            rule.would_move_count = self.env[
                "lead.distribution.rule.runner"
            ]._count_stale_of(rule)

    @api.depends_context("allowed_company_ids")
    def _compute_moved_count(self):
        companies = [False, *self.env.companies.ids]
        counts = dict(
            self.env["lead.distribution.assignment"]
            .sudo()  # sudo: a number of the companies chosen, no content
            ._read_group(
                [
                    ("rule_id", "in", self.ids),
                    ("user_id", "!=", False),
                    ("company_id", "in", companies),
                ],
                ["rule_id"],
                ["__count"],
            )
        )
        for rule in self:
            rule.moved_count = counts.get(rule, 0)

    # CRUD ------------------------------------------------------------------

    @api.onchange("entity")
    def _onchange_entity(self):
        if self.entity == "customer":
            self.kind, self.target_mode = "no_sales", "members"
            self.delay_number, self.delay_unit = 6, "months"
        elif self.kind == "no_sales":
            self.kind, self.delay_number, self.delay_unit = "no_follow_up", 3, "days"
        self.domain = "[]"

    def copy_data(self, default=None):
        return [
            dict(vals, name=self.env._("%s (copy)", rule.name), active=False)
            for rule, vals in zip(self, super().copy_data(default=default), strict=True)
        ]

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.setdefault("entity", "lead")
            if vals["entity"] == "customer":
                vals.setdefault("kind", "no_sales")
        Route = self.env["lead.distribution.route"]
        before = Route._distributing()
        rules = super().create(vals_list)
        self.env.registry.clear_cache()
        Route._started(before)
        return rules

    def write(self, vals):
        if not self.env.su and not {"confirmed", "waiting_count"}.isdisjoint(vals):
            vals = {
                name: value
                for name, value in vals.items()
                if name not in ("confirmed", "waiting_count")
            }
        asks = self.browse()
        if not ASKS_AGAIN.isdisjoint(vals):
            asks = self
        elif vals.get("active"):
            asks = self.filtered(lambda rule: not rule.active)
        Route = self.env["lead.distribution.route"]
        matters = not {"active", "company_id", "entity"}.isdisjoint(vals)
        before = Route._distributing() if matters else None
        result = super().write(vals)
        if asks:
            # sudo: kept by the distribution: a changed rule asks again
            super(LeadDistributionRule, asks.sudo()).write(
                {"confirmed": False, "waiting_count": 0}
            )
        if matters:
            self.env.registry.clear_cache()
            Route._started(before)
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # actions ---------------------------------------------------------------

    def action_preview(self):
        """Look at what the rule would move, as far as whoever asks may read it; nothing
        moves for it, and a rule that is off stays off.

        :returns: the action that lists what the rule would move now
        """
        self.ensure_one()
        records = self.env["lead.distribution.rule"]._stale_of(self)
        name = (
            f"lead_distribution.{MODELS[self.entity].replace('.', '_')}_view_list_rule"
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%s: would move now", self.name),
            "res_model": MODELS[self.entity],
            "view_mode": "list,form",
            "views": [(self.env.ref(name).id, "list"), (False, "form")],
            "domain": [("id", "in", records.ids)],
            "context": {"create": False, "lead_rule_preview": self.id},
        }

    def action_confirm(self):
        """A manager lets the rule move as many as it finds; it does so shortly.

        :returns: True
        """
        self.check_access("write")
        # sudo: kept by the distribution; the right was checked above
        self.sudo().write({"confirmed": True, "waiting_count": 0})
        for rule in self:
            rule.activity_unlink(["mail.mail_activity_data_todo"])
            rule.message_post(
                body=self.env._("%s confirmed the rule.", self.env.user.name)
            )
        trigger_cron(self.env, "ir_cron_apply_rules")
        return True

    def action_open_assignments(self):
        """List what this rule moved."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_distribution.lead_distribution_assignment_action"
        )
        return dict(action, domain=[("rule_id", "=", self.id)], context={})

    # business --------------------------------------------------------------

    def _filter_model(self):
        return MODELS[self.entity or "lead"]

    def _filtering(self):
        return super()._filtering() | {"entity"}

    def _reaching(self):
        return super()._reaching() | ASKS_AGAIN

    def _cutoff(self, company, at):
        """Tell before which moment somebody must have been touched last.

        :returns: naive UTC datetime; whoever was touched after it is no case for this
            rule
        """
        self.ensure_one()
        # sudo: working hours, which managers may not read
        calendar = (company or self.env.company).sudo().resource_calendar_id
        if self.delay_working_time and calendar:
            start = pytz.utc.localize(at)
            if self.delay_unit == "hours":
                found = calendar.plan_hours(
                    -self.delay_number, start, compute_leaves=True
                )
            elif self.delay_unit == "days":
                # hours of a day and not whole days: to the minute, like the rest
                hours = calendar.hours_per_day or 8.0
                found = calendar.plan_hours(
                    -self.delay_number * hours, start, compute_leaves=True
                )
            else:
                found = None
            if found:
                return found.astimezone(pytz.utc).replace(tzinfo=None)
        try:
            return at - relativedelta(**{self.delay_unit: self.delay_number})
        except (OverflowError, ValueError):
            return datetime(1, 1, 1)  # nothing is stale for that long


class LeadDistributionRoute(models.Model):
    _inherit = "lead.distribution.route"

    @api.model
    def _distributing_owners(self):
        # sudo: as for routes; a rule for leads takes what no route took
        rules = (
            self.env["lead.distribution.rule"].sudo().search([("entity", "=", "lead")])
        )
        return super()._distributing_owners() | {rule.company_id.id for rule in rules}
