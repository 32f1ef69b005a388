"""In which order leads are taken where not all can be at once (P3)."""

from odoo import fields, models

PRIORITY_ORDERS = [
    ("stars", "Stars, then probability, then the oldest"),
    ("probability", "Probability of a sale"),
    ("revenue", "Expected revenue"),
    ("waiting", "Waiting time: the oldest first"),
    ("mix", "A mix of all of them"),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    lead_priority_order = fields.Selection(
        PRIORITY_ORDERS,
        string="Most Urgent Leads",
        default="stars",
        required=True,
        help="Which leads come first when many are distributed at once, or limits are "
        "nearly reached. Equal priority: in the order of arrival.",
        groups="base.group_user",
    )
    lead_priority_stars = fields.Integer(
        string="Weight of the Stars", default=40, groups="base.group_user"
    )
    lead_priority_probability = fields.Integer(
        string="Weight of the Probability", default=30, groups="base.group_user"
    )
    lead_priority_revenue = fields.Integer(
        string="Weight of the Expected Revenue", default=20, groups="base.group_user"
    )
    lead_priority_waiting = fields.Integer(
        string="Weight of the Waiting Time", default=10, groups="base.group_user"
    )
    lead_priority_full_revenue = fields.Monetary(
        string="Revenue for All Points",
        currency_field="currency_id",
        default=10_000,
        help="From this expected revenue on a lead gets all points for revenue.",
        groups="base.group_user",
    )
    lead_priority_full_hours = fields.Integer(
        string="Waiting Hours for All Points",
        default=24,
        help="After this many hours a lead gets all points for waiting time.",
        groups="base.group_user",
    )

    _lead_priority_weights = models.Constraint(
        "CHECK (LEAST(lead_priority_stars, lead_priority_probability,"
        " lead_priority_revenue, lead_priority_waiting) >= 0)",
        "A weight cannot be negative.",
    )
    _lead_priority_full = models.Constraint(
        "CHECK (lead_priority_full_revenue > 0 AND lead_priority_full_hours > 0)",
        "The revenue and the hours that give all points have to be above 0.",
    )
