from odoo import api, fields, models
from odoo.tools import ormcache

from ...tools.constants import COUNTED, LENDING
from ...tools.periods import month_span


class LeadDistributionRoute(models.Model):
    """Who gets a lead, and how.

    The routes of a company form a list; the first that matches and has somebody
    eligible takes the lead, after the direct ones (see ``engine/decide.py``).
    Strategies, sources of candidates and measures of the workload are found by their
    key: ``route_words.py``, ``route_candidates.py``; other addons add theirs.
    """

    _name = "lead.distribution.route"
    _description = "Lead Route"
    _inherit = ["lead.distribution.filtered", "mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, index=True)
    active = fields.Boolean(
        default=True, tracking=True, help="A paused route takes no lead."
    )
    status = fields.Selection(
        [("active", "Active"), ("paused", "Paused")],
        compute="_compute_status",
        store=True,
    )
    color = fields.Integer()
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    # which leads
    domain = fields.Char(string="Leads", default="[]", required=True, tracking=True)
    problem = fields.Char(compute="_compute_problem", help="Why the route is skipped.")
    # who
    pool_source = fields.Selection(
        [
            ("members", "Salespeople, in order"),
            ("teams", "Sales teams"),
            ("listing", "Contact persons of the lead's listing"),
            ("user", "One salesperson (direct)"),
        ],
        string="Candidates",
        default="members",
        required=True,
        tracking=True,
        help="A direct route wins over every other route that matches, whatever "
        "its place in the list.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        tracking=True,
        domain=[("share", "=", False)],
        help="Assign to this salesperson.",
    )
    member_ids = fields.One2many(
        "lead.distribution.route.member", "route_id", string="Members", copy=True
    )
    team_ids = fields.Many2many("crm.team", string="Sales Teams")
    category_ids = fields.Many2many(
        "res.partner.category",
        string="Only with Tags",
        help="Only salespeople whose contact carries any of these tags.",
    )
    paused_user_ids = fields.Many2many(
        "res.users",
        "lead_distribution_route_paused_user_rel",
        "route_id",
        "user_id",
        string="Paused Here",
        domain=[("share", "=", False)],
        groups="lead_distribution.group_manager",
        help="Salespeople who get nothing from this route for the time being.",
    )
    skip_absent = fields.Boolean(
        string="Skip Absent Salespeople",
        default=True,
        tracking=True,
        help="Absent salespeople receive nothing; otherwise they receive as usual.",
    )
    absence_lookahead_days = fields.Integer(
        string="Look Ahead Days",
        tracking=True,
        help="People who will be absent within this many calendar days, today "
        "included, get no new leads.",
    )
    # when
    delay_number = fields.Integer(
        string="Delay", help="0: at once. Counted from the arrival of the lead."
    )
    delay_unit = fields.Selection(
        [("minutes", "Minutes"), ("hours", "Hours"), ("days", "Days")],
        default="minutes",
        required=True,
    )
    # how
    strategy = fields.Selection(
        [
            ("workload", "Workload: evenly towards the targets"),
            ("round_robin", "Round Robin: one lead each, in order"),
            (
                "fair_share",
                "Fair share: by target, among those available for each lead",
            ),
            ("closing_rate", "Closing rate: one lead each, the highest rate first"),
            ("follow_up_speed", "Follow-up speed: one lead each, the fastest first"),
        ],
        default="workload",
        required=True,
        tracking=True,
    )
    rate_period_days = fields.Integer(
        string="Rates of the Last Days",
        default=180,
        help="The past from which closing rate and follow-up speed come.",
    )
    workload_measure = fields.Selection(
        [
            ("assignments", "Assignments of the month"),
            ("activities", "Activities of the month"),
            ("open_leads", "Open leads now"),
        ],
        default="assignments",
        required=True,
        tracking=True,
    )
    workload_activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="Activities Counted",
        ondelete="set null",
        help="Created this month for the salesperson by anybody, open or done.",
    )
    workload_per_listing = fields.Boolean(
        string="Balance per Listing",
        help="Only leads of the same listing count. For a lead without a listing, all "
        "leads count.",
    )
    standard_target = fields.Integer(
        tracking=True,
        help="Leads per month that make a workload of 100 % for salespeople with the "
        "standard target. 0: the company's target.",
    )
    prefer_known = fields.Boolean(
        string="Known Customers to Their Advisor",
        default=True,
        tracking=True,
        help="A lead of a known customer goes first to the customer's salesperson, "
        "then to former ones, even past the target.",
    )
    delivery = fields.Selection(
        [
            ("assign", "Assign at once"),
            ("offer", "Offer to one after the other"),
            ("offer_all", "Offer to all: the first to claim"),
        ],
        default="assign",
        required=True,
        tracking=True,
    )
    offer_minutes = fields.Integer(
        string="Minutes to Claim", default=30, help="How long an offer is valid."
    )
    offer_working_time = fields.Boolean(
        string="Working Minutes Only",
        help="The minutes run in the working hours of the route, else the company's.",
    )
    offer_max = fields.Integer(
        string="Offers at Most",
        default=5,
        help="Offers to this many people one after the other, then the pool.",
    )
    offer_refused_counts = fields.Boolean(
        string="Declined Offers Count as Turns",
        help="Offers that somebody declined or let expire this month count like "
        "leads. So people who decline are not always asked first.",
    )
    schedule = fields.Selection(
        [
            ("always", "Always"),
            ("within", "Within working hours"),
            ("outside", "Outside working hours"),
            ("holidays", "On public holidays"),
        ],
        string="Opening Hours",
        default="always",
        required=True,
        tracking=True,
        help="Checked when the lead arrives. Public holidays count as outside working "
        "hours.",
    )
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        ondelete="set null",
        help="Empty: the company's. The usual ones are closed at lunch.",
    )
    date_from = fields.Date(string="Open from")
    date_to = fields.Date(string="Open until", help="The last day included.")
    # what else happens
    contact_owner_policy = fields.Selection(
        [
            ("always", "Always"),
            ("if_empty", "Only if the contact has none"),
            ("never", "Never"),
        ],
        string="Becomes the Contact's Salesperson",
        default="if_empty",
        required=True,
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="Schedule Activity",
        domain=["|", ("res_model", "=", False), ("res_model", "=", "crm.lead")],
        ondelete="set null",
        help="Scheduled for the salesperson with each lead. Empty: none.",
    )
    activity_summary = fields.Char(translate=True)
    activity_note = fields.Html(translate=True)
    activity_days = fields.Integer(
        string="Due in Days", help="Deadline of the activity, from the assignment."
    )
    tag_ids = fields.Many2many(
        "crm.tag", string="Add Tags", help="Added to each lead that the route assigns."
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="Email to the Salesperson",
        domain=[("model", "=", "crm.lead")],
        ondelete="set null",
        help="One email per lead from this template. Empty: one email for all new "
        "leads together.",
    )
    fallback_email = fields.Char(
        help="Gets an email when no salesperson is found. Empty: the address of the "
        "company."
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
        help="Gets an activity when a lead of this route could not be assigned.",
    )
    responsible_id = fields.Many2one(
        "res.users",
        string="Responsible User",
        domain=[("share", "=", False)],
        help="Empty: the company's manager of distribution.",
    )
    # what it does
    summary = fields.Char(string="Summary in One Sentence", compute="_compute_summary")
    candidate_count = fields.Integer(compute="_compute_candidate_count")
    month_count = fields.Integer(
        string="Leads this Month", compute="_compute_month_count"
    )

    _target_positive = models.Constraint(
        "CHECK (standard_target >= 0)", "A target cannot be negative."
    )
    _days_positive = models.Constraint(
        "CHECK (activity_days >= 0)", "An activity cannot be due in the past."
    )

    _offer_positive = models.Constraint(
        "CHECK (offer_minutes > 0 AND offer_max > 0)",
        "An offer must last at least one minute and go to at least one person.",
    )
    _opening_order = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_to >= date_from)",
        "The end of a route must be after its start.",
    )
    _delay_positive = models.Constraint(
        "CHECK (delay_number >= 0 AND absence_lookahead_days >= 0)",
        "Days and delays cannot be negative.",
    )

    # computes --------------------------------------------------------------

    @api.depends("active")
    def _compute_status(self):
        for route in self:
            route.status = "active" if route.active else "paused"

    @api.depends("domain")
    def _compute_problem(self):
        for route in self:
            route.problem = route._domain_problem() or route._domain_refusal() or False

    @api.depends_context("company", "allowed_company_ids")
    def _compute_month_count(self):
        start, end = month_span(self.env.company, fields.Datetime.now())
        companies = [False, *self.env.companies.ids]
        # sudo: a number, no content: salespeople see it on the card too
        counts = dict(
            self.env["lead.distribution.assignment"]
            .sudo()
            ._read_group(
                [
                    ("route_id", "in", self.ids),
                    ("company_id", "in", companies),
                    ("state", "in", COUNTED),
                    ("trigger", "not in", LENDING),
                    ("date", ">=", start),
                    ("date", "<", end),
                ],
                ["route_id"],
                ["__count"],
            )
        )
        for route in self:
            route.month_count = counts.get(route, 0)

    # CRUD ------------------------------------------------------------------

    def copy_data(self, default=None):
        return [
            dict(vals, name=self.env._("%s (copy)", route.name), active=False)
            for route, vals in zip(
                self, super().copy_data(default=default), strict=True
            )
        ]

    @api.model_create_multi
    def create(self, vals_list):
        before = self._distributing()
        routes = super().create(vals_list)
        self.env.registry.clear_cache()
        self._started(before)
        return routes

    def write(self, vals):
        matters = {"active", "company_id", "pool_source", "team_ids", "own_hours"}
        matters &= set(vals)
        before = self._distributing() if matters else None
        result = super().write(vals)
        if matters:
            self.env.registry.clear_cache()
            self._started(before)
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    @ormcache()
    def _distributing(self):
        """Which companies distribute their leads: not switched off, and with a
        route or a rule of their own or one of all companies.

        :returns: frozenset of company ids, False among them if there is a route or
            a rule of all companies
        """
        owners = self._distributing_owners()
        if not owners:
            return frozenset()
        # sudo: which companies distribute, to decide and not to tell
        on = self.env["res.company"].sudo().with_context(active_test=False)
        on = set(on.search([("lead_distribution_mode", "!=", "off")]).ids)
        return frozenset(on | {False} if False in owners else on & owners)

    @api.model
    def _distributing_owners(self):
        """Hook: whose routes, or what else distributes, are switched on.

        :returns: set of company ids, False for what is of all companies
        """
        # sudo: a route that the creator of a lead cannot read counts too
        return {route.company_id.id for route in self.sudo().search([])}

    @api.model
    def _started(self, before):
        """Companies that distribute from now on: what happened with their leads until
        now nobody noted. It is found in the records, in the background.

        :param before: what :meth:`_distributing` said until now
        """
        fresh = self._distributing() - before - {False}
        if fresh:
            companies = self.env["res.company"].browse(fresh)
            self.env["res.company"]._schedule_backfill(companies, anew=True)

    # actions ---------------------------------------------------------------

    def action_open_fairness(self):
        """Open the fairness report of this route.

        :returns: the action that shows what this route's strategy owed to whom, and
            what they received
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_distribution.lead_distribution_fairness_action"
        )
        context = {"search_default_this_month": 1, "pivot_row_groupby": ["user_id"]}
        return dict(action, domain=[("route_id", "=", self.id)], context=context)

    def action_open_assignments(self):
        """List what this route assigned."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_distribution.lead_distribution_assignment_action"
        )
        return dict(action, domain=[("route_id", "=", self.id)], context={})

    def action_new_hours(self):
        """Ask for working hours to be made for this route."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Working Hours"),
            "res_model": "lead.distribution.hours",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_route_id": self.id,
                "default_name": self.env._("Hours of %s", self.name),
            },
        }
