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
        [("user", "Same as the salesperson's"), ("individual", "On this route")],
        string="Target from",
        default="user",
        required=True,
        groups="lead_distribution.group_manager",
    )
    why_not = fields.Char(
        string="Gets Nothing",
        compute="_compute_why_not",
        groups="lead_distribution.group_manager",
        help="Why no route assigns leads to this salesperson.",
    )
    target = fields.Integer(
        groups="lead_distribution.group_manager",
        help="Leads per month that make a workload of 100 % on this route. 0: only "
        "leads of their own customers.",
    )
    # limits of what comes by this route, besides the salesperson's own (P7)
    lead_max_hour = fields.Integer(
        string="Leads an Hour at Most",
        groups="lead_distribution.group_manager",
        help="In the company's time zone. 0: no limit.",
    )
    lead_max_day = fields.Integer(
        string="Leads a Day at Most",
        groups="lead_distribution.group_manager",
        help="0: no limit.",
    )
    lead_max_week = fields.Integer(
        string="Leads a Week at Most",
        groups="lead_distribution.group_manager",
        help="The first day of the week depends on the company's language. 0: no "
        "limit.",
    )
    lead_max_month = fields.Integer(
        string="Leads a Month at Most",
        groups="lead_distribution.group_manager",
        help="0: no limit.",
    )
    lead_max_days = fields.Integer(
        string="Leads within Several Days at Most",
        groups="lead_distribution.group_manager",
        help="Counted over the chosen number of days, including today. 0: no limit.",
    )
    lead_max_open = fields.Integer(
        string="Open Leads at Most",
        groups="lead_distribution.group_manager",
        help="0: no limit.",
    )
    lead_max_hour_value = fields.Float(
        string="Value an Hour at Most",
        groups="lead_distribution.group_manager",
        help="Expected revenue, in the company's currency. In the company's time "
        "zone. 0: no limit.",
    )
    lead_max_day_value = fields.Float(
        string="Value a Day at Most",
        groups="lead_distribution.group_manager",
        help="Expected revenue, in the company's currency. 0: no limit.",
    )
    lead_max_week_value = fields.Float(
        string="Value a Week at Most",
        groups="lead_distribution.group_manager",
        help="Expected revenue, in the company's currency. The first day of the week "
        "depends on the company's language. 0: no limit.",
    )
    lead_max_month_value = fields.Float(
        string="Value a Month at Most",
        groups="lead_distribution.group_manager",
        help="Expected revenue, in the company's currency. 0: no limit.",
    )
    lead_max_days_value = fields.Float(
        string="Value within Several Days at Most",
        groups="lead_distribution.group_manager",
        help="Expected revenue, in the company's currency. Counted over the chosen "
        "number of days, including today. 0: no limit.",
    )
    lead_max_open_value = fields.Float(
        string="Open Value at Most",
        groups="lead_distribution.group_manager",
        help="Expected revenue of open leads, in the company's currency. 0: no limit.",
    )
    lead_max_days_number = fields.Integer(
        string="Days That Are Counted",
        groups="lead_distribution.group_manager",
        help="Number of days of the limit above, including today.",
    )
    lead_limits = fields.Char(
        string="At Most",
        compute="_compute_lead_limits",
        groups="lead_distribution.group_manager",
        help="Limits on this route, besides the salesperson's own.",
    )

    _user_uniq = models.UniqueIndex(
        "(route_id, user_id)", "A salesperson can be on a route only once."
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
