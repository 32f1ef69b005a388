"""A route in one line of the list: place, condition, who is in it, who is next."""

from odoo import api, fields, models

from ...tools.constants import COUNTED, LENDING
from ...tools.periods import day_span
from ...tools.service_context import as_service

MANAGER = "lead_distribution.group_manager"


class LeadDistributionRoute(models.Model):
    _inherit = "lead.distribution.route"

    position = fields.Integer(
        string="No.",
        compute="_compute_position",
        help="Its position among the active routes of the company. Direct routes "
        "always come first.",
    )
    condition = fields.Char(
        compute="_compute_condition", help="Which leads the route takes, in words."
    )
    hours = fields.Char(compute="_compute_hours", help="When the route is open.")
    candidate_ids = fields.Many2many(
        "res.users",
        string="Eligible Salespeople",
        compute="_compute_candidate_ids",
        groups=MANAGER,
        help="Its salespeople, those of its teams included.",
    )
    next_user_id = fields.Many2one(
        "res.users",
        string="Next in Line",
        compute="_compute_next_user_id",
        groups=MANAGER,
        help="Who would get a lead of a new customer now. On routes by listing it "
        "depends on the listing.",
    )
    today_count = fields.Integer(
        string="Today",
        compute="_compute_today_count",
        groups=MANAGER,
        help="Leads that the route gave today.",
    )

    @api.depends("sequence", "active")
    @api.depends_context("company")
    def _compute_position(self):
        places = {
            route.id: place
            for place, route in enumerate(self._routes_of(self.env.company), 1)
        }
        for route in self:
            route.position = places.get(route.id, 0)

    @api.depends("domain")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_condition(self):
        filters = self.env["lead.distribution.filters"]
        for route in self:
            if route.problem:
                route.condition = route.problem
                continue
            words = filters._filter_in_words("crm.lead", route.domain)
            route.condition = words or self.env._("Every lead")

    @api.depends("schedule", "resource_calendar_id.tz", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_hours(self):
        for route in self:
            route.hours = route._describe_hours()

    @api.depends("pool_source", "user_id", "member_ids.user_id", "team_ids")
    def _compute_candidate_ids(self):
        for route in self:
            users = route._origin._users() if route._origin else route.user_id
            route.candidate_ids = users.filtered("active")

    @api.depends("strategy", "pool_source", "user_id", "member_ids", "team_ids")
    @api.depends_context("company")
    def _compute_next_user_id(self):
        self.next_user_id = False
        owners = self._origin.grouped(lambda r: r.company_id or self.env.company)
        for company, routes in owners.items():
            service = as_service(self, company)
            snapshot = service.env["lead.distribution.candidates"]._snapshot(
                company, service.browse(routes.ids), fields.Datetime.now()
            )
            decision = service.env["lead.distribution.decision"]
            following = decision._next_in_line(snapshot)
            for route in self.filtered(lambda r, routes=routes: r._origin in routes):
                route.next_user_id = following.get(route._origin.id)

    @api.depends_context("company", "allowed_company_ids")
    def _compute_today_count(self):
        start, end = day_span(self.env.company, fields.Datetime.now())
        # sudo: numbers, for the list
        counts = dict(
            self.env["lead.distribution.assignment"]
            .sudo()
            ._read_group(
                [
                    ("route_id", "in", self.ids),
                    ("company_id", "in", [False, *self.env.companies.ids]),
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
            # sudo: the count's key; nothing of the route is read
            route.today_count = counts.get(route.sudo(), counts.get(route, 0))
