from odoo import fields, models

from ...tools.limits import LIMIT_FIELDS

#: no limit is negative, in SQL
LIMIT_CHECKS = " AND ".join(f"COALESCE({name}, 0) >= 0" for name in LIMIT_FIELDS)


class LeadDistributionRouteMember(models.Model):
    _name = "lead.distribution.route.member"
    _description = "Lead Route Member"
    _inherit = "lead.distribution.guard"
    _order = "sequence, id"

    route_id = fields.Many2one(
        "lead.distribution.route", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        required=True,
        ondelete="cascade",
        index=True,
        domain=[("share", "=", False)],
    )
    target_mode = fields.Selection(
        [("user", "As on the salesperson"), ("individual", "On this route")],
        string="Target from",
        default="user",
        required=True,
        groups="lead_distribution.group_manager",
    )
    why_not = fields.Char(
        string="Gets Nothing",
        compute="_compute_why_not",
        groups="lead_distribution.group_manager",
        help="What keeps this salesperson off every route.",
    )
    target = fields.Integer(
        groups="lead_distribution.group_manager",
        help="Leads of a month that make a workload of 100 % on this route. "
        "0: nothing from this route except the own customers' leads.",
    )
    # limits of what comes by this route, besides the salesperson's own (P7)
    lead_max_hour = fields.Integer(
        string="Leads an Hour at Most",
        groups="lead_distribution.group_manager",
        help="Of the company's clock. 0: no limit.",
    )
    lead_max_day = fields.Integer(
        string="Leads a Day at Most",
        groups="lead_distribution.group_manager",
        help="0: no limit.",
    )
    lead_max_week = fields.Integer(
        string="Leads a Week at Most",
        groups="lead_distribution.group_manager",
        help="The week begins as the company's language has it. 0: no limit.",
    )
    lead_max_month = fields.Integer(
        string="Leads a Month at Most",
        groups="lead_distribution.group_manager",
        help="0: no limit.",
    )
    lead_max_days = fields.Integer(
        string="Leads in Some Days at Most",
        groups="lead_distribution.group_manager",
        help="In the last so many days, today included. 0: no limit.",
    )
    lead_max_open = fields.Integer(
        string="Open Leads at Most",
        groups="lead_distribution.group_manager",
        help="0: no limit.",
    )
    lead_max_hour_value = fields.Float(
        string="Value an Hour at Most",
        groups="lead_distribution.group_manager",
        help="Expected revenue, in the company's currency. Of the company's clock. 0: "
        "no limit.",
    )
    lead_max_day_value = fields.Float(
        string="Value a Day at Most",
        groups="lead_distribution.group_manager",
        help="Expected revenue, in the company's currency. 0: no limit.",
    )
    lead_max_week_value = fields.Float(
        string="Value a Week at Most",
        groups="lead_distribution.group_manager",
        help="Expected revenue, in the company's currency. The week begins as the "
        "company's language has it. 0: no limit.",
    )
    lead_max_month_value = fields.Float(
        string="Value a Month at Most",
        groups="lead_distribution.group_manager",
        help="Expected revenue, in the company's currency. 0: no limit.",
    )
    lead_max_days_value = fields.Float(
        string="Value in Some Days at Most",
        groups="lead_distribution.group_manager",
        help="Expected revenue, in the company's currency. In the last so many days, "
        "today included. 0: no limit.",
    )
    lead_max_open_value = fields.Float(
        string="Open Value at Most",
        groups="lead_distribution.group_manager",
        help="Expected revenue of what is open, in the company's currency. 0: no "
        "limit.",
    )
    lead_max_days_number = fields.Integer(
        string="Days That Are Counted",
        groups="lead_distribution.group_manager",
        help="Of the limit of some days; today is one of them.",
    )
    lead_limits = fields.Char(
        string="At Most",
        compute="_compute_lead_limits",
        groups="lead_distribution.group_manager",
        help="Limits on this route, besides the salesperson's own.",
    )

    _user_uniq = models.UniqueIndex(
        "(route_id, user_id)", "A salesperson stands on a route only once."
    )
    _target_positive = models.Constraint(
        "CHECK (target >= 0)", "A target cannot be negative."
    )
    _limits_positive = models.Constraint(
        f"CHECK ({LIMIT_CHECKS})",
        "A limit cannot be negative.",
    )

    def action_edit_limits(self):
        """Open the limits of a salesperson on this route.

        :returns: the action that lets a manager change them, in a dialog
        :raises AccessError: for everybody else
        """
        self.ensure_one()
        self.check_access("write")
        view = "lead_distribution.lead_distribution_route_member_view_form_limits"
        return {
            "type": "ir.actions.act_window",
            "name": self.user_id.name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref(view).id, "form")],
            "target": "new",
        }
