from odoo import api, fields, models


class LeadDistributionRuleMember(models.Model):
    _name = "lead.distribution.rule.member"
    _description = "Lead Rule Member"
    _inherit = ["lead.distribution.guard", "lead.distribution.kept"]
    _order = "sequence, id"
    _lead_kept_fields = frozenset({"turn"})

    rule_id = fields.Many2one(
        "lead.distribution.rule", required=True, ondelete="cascade", index=True
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
    turn = fields.Integer(
        readonly=True, copy=False, help="Number of the last turn received."
    )
    rate = fields.Char(
        string="Closing Rate and Speed",
        compute="_compute_rate",
        groups="lead_distribution.group_manager",
        help="For the chosen period: share of received leads that were won, and hours "
        "to the first follow-up. With few leads, the average of all is used as "
        "well.",
    )

    _user_uniq = models.UniqueIndex(
        "(rule_id, user_id)", "A salesperson can be in a rule only once."
    )

    @api.depends("user_id", "rule_id.rate_period_days", "rule_id.member_ids.user_id")
    def _compute_rate(self):
        self.env["lead.distribution.rates"]._describe_rates(self, "rule_id")
