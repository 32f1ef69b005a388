from odoo import fields, models


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

    _user_uniq = models.UniqueIndex(
        "(route_id, user_id)", "A salesperson stands on a route only once."
    )
    _target_positive = models.Constraint(
        "CHECK (target >= 0)", "A target cannot be negative."
    )
