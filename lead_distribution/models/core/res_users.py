"""Targets and pause of salespeople."""

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools.constants import COUNTED
from ...tools.limits import LIMIT_FIELDS
from ...tools.periods import day_span
from ...tools.service_context import is_service

#: what salespeople are good at, which colleagues may know
TALENT_FIELDS = {"lead_language_ids", "lead_skill_ids", "lead_territory_ids"}
#: what a manager of distribution may set on a colleague without being an
#: administrator of users
MANAGED_FIELDS = {
    "lead_target_mode",
    "lead_target",
    "lead_distribution_paused",
    "lead_absent",
    *LIMIT_FIELDS,
    "lead_calendar_id",
    *TALENT_FIELDS,
    "lead_route_ids",
    "lead_paused_route_ids",
}
GROUP = "lead_distribution.group_user"
MANAGER = "lead_distribution.group_manager"


class ResUsers(models.Model):
    _inherit = "res.users"

    lead_target_mode = fields.Selection(
        [("standard", "Standard"), ("individual", "Individual")],
        string="Target",
        company_dependent=True,
        groups=GROUP,
    )
    lead_target = fields.Integer(
        string="Individual Target",
        company_dependent=True,
        groups=GROUP,
        help="Leads per month that make a workload of 100 %. 0: only leads of their "
        "own customers.",
    )
    lead_distribution_paused = fields.Boolean(
        string="Paused for Leads",
        company_dependent=True,
        groups=GROUP,
        help="No leads from any route, and no claims. Open offers pass to the next "
        "salesperson. The leads that colleagues receive meanwhile are credited.",
    )

    lead_route_ids = fields.Many2many(
        "lead.distribution.route",
        string="Routes",
        compute="_compute_lead_route_ids",
        inverse="_inverse_lead_route_ids",
        domain=[("pool_source", "=", "members")],
        groups=GROUP,
        help="Routes with this salesperson.",
    )
    lead_paused_route_ids = fields.Many2many(
        "lead.distribution.route",
        "lead_distribution_route_paused_user_rel",
        "user_id",
        "route_id",
        string="Paused on",
        groups=GROUP,
        help="Receives nothing from these routes for the time being.",
    )
    lead_offer_count = fields.Integer(
        string="Open Offers", compute="_compute_lead_offer_count", groups=GROUP
    )
    lead_offers_today = fields.Char(
        string="Offers Today",
        compute="_compute_lead_offers_today",
        groups=GROUP,
        help="Offers of today in the company's time zone, and their results.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_lead_route_ids(self):
        members = self.env["lead.distribution.route.member"].search(
            [("user_id", "in", self.ids), ("route_id.pool_source", "=", "members")]
        )
        found = members.grouped("user_id")
        for user in self:
            user.lead_route_ids = found.get(user, members.browse()).route_id

    def _inverse_lead_route_ids(self):
        Member = self.env["lead.distribution.route.member"]
        # whoever may change routes may; being written by a manager is not enough
        Member.check_access("create")
        for user in self:
            have = Member.search(
                [("user_id", "=", user.id), ("route_id.pool_source", "=", "members")]
            )
            wanted = user.lead_route_ids
            new = wanted - have.route_id
            gone = have.filtered(lambda m, wanted=wanted: m.route_id not in wanted)
            (new | gone.route_id).sudo(False).check_access("write")
            gone.unlink()
            Member.create([{"route_id": route.id, "user_id": user.id} for route in new])

    @api.depends_context("company")
    def _compute_lead_offer_count(self):
        # sudo: a number, for the board
        counts = dict(
            self.env["lead.distribution.assignment"]
            .sudo()
            ._read_group(
                [
                    ("user_id", "in", self.ids),
                    ("state", "=", "offered"),
                    ("company_id", "in", [False, self.env.company.id]),
                ],
                ["user_id"],
                ["__count"],
            )
        )
        for user in self:
            # sudo: the count's key; nothing of the user is read
            user.lead_offer_count = counts.get(user.sudo(), counts.get(user, 0))

    @api.depends_context("company", "lang")
    def _compute_lead_offers_today(self):
        company = self.env.company
        start, end = day_span(company, fields.Datetime.now())
        # sudo: numbers, for the board
        groups = (
            self.env["lead.distribution.assignment"]
            .sudo()
            ._read_group(
                [
                    ("user_id", "in", self.ids),
                    ("company_id", "in", [False, company.id]),
                    ("offer_round", ">", 0),
                    ("date", ">=", start),
                    ("date", "<", end),
                ],
                ["user_id", "state"],
                ["__count"],
            )
        )
        found = {}
        for user, state, count in groups:
            # a claimed one counts as claimed even if it changed hands since
            state = "claimed" if state in COUNTED else state
            mine = found.setdefault(user.id, {})
            mine[state] = mine.get(state, 0) + count
        for user in self:
            user.lead_offers_today = self._offers_in_words(found.get(user.id, {}))

    @api.model
    def _offers_in_words(self, counts):
        """Put the numbers of a salesperson's offers into a sentence.

        :param counts: ``{state of the ledger or "claimed": number}``
        :returns: a sentence, or False for none
        """
        _ = self.env._
        words = (
            ("offered", _("%s open")),
            ("claimed", _("%s claimed")),
            ("declined", _("%s declined")),
            ("expired", _("%s expired")),
            ("taken", _("%s taken by colleagues")),
        )
        parts = [text % counts[state] for state, text in words if counts.get(state)]
        return ", ".join(parts) or False

    def action_edit_lead_distribution(self):
        """Open what a manager sets for this salesperson.

        :returns: the action that lets a manager change this salesperson's limits,
            target, routes and pauses, in a dialog
        :raises AccessError: for everybody else
        """
        self.ensure_one()
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Limits and routes are set by managers of distribution.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "res.users",
            "res_id": self.id,
            "views": [
                (
                    self.env.ref(
                        "lead_distribution.res_users_view_form_salesperson"
                    ).id,
                    "form",
                )
            ],
            "target": "new",
        }

    def action_open_lead_offers_today(self):
        """List what was offered to them today."""
        self.ensure_one()
        start, _end = day_span(self.env.company, fields.Datetime.now())
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_distribution.lead_distribution_assignment_action"
        )
        return dict(
            action,
            name=self.env._("Offers Today"),
            domain=[
                ("user_id", "=", self.id),
                ("offer_round", ">", 0),
                ("date", ">=", fields.Datetime.to_string(start)),
            ],
            context={},
        )

    def write(self, vals):
        if (
            vals
            and set(vals) <= MANAGED_FIELDS
            and not self.env.su
            and self.env.user.has_group(MANAGER)
        ):
            companies = self.env.companies
            # sudo: whom they work for, to decide
            strangers = self.sudo().filtered(
                lambda user: not user.company_ids & companies
            )
            if strangers:
                raise AccessError(
                    self.env._("These users work for companies that you cannot see.")
                )
            talents = {name: vals[name] for name in TALENT_FIELDS.intersection(vals)}
            others = {name: vals[name] for name in vals if name not in talents}
            values = self.env["lead.distribution.values"]
            vals = {
                **values._vetted(self, others),
                # languages, tags and territories are read by whoever gives them
                **values._vetted(self, talents, access="read"),
            }
            # sudo: core lets only administrators of users write users; these fields
            # alone, vetted, are the manager's business
            return super(ResUsers, self.sudo()).write(vals)
        return super().write(vals)

    def _notify_security_setting_update(self, subject, content, *args, **kwargs):
        # nobody is written to about being forgotten
        if is_service(self):
            return None
        return super()._notify_security_setting_update(
            subject, content, *args, **kwargs
        )

    def _lead_target(self, company):
        """Return the units of a month that make 100 % in ``company``."""
        self.ensure_one()
        user = self.with_company(company)
        if user.lead_target_mode == "individual":
            return user.lead_target
        return company.lead_standard_target
