"""What both settings pages show of a company."""

from odoo import fields, models


class LeadDistributionCompanySettings(models.AbstractModel):
    """Settings of a company that managers of the distribution may change: on their own
    page, and on Odoo's. To extend: a field that is related to ``company_id`` and may be
    written. What is the administrator's alone stands on Odoo's page only.
    """

    _name = "lead.distribution.company.settings"
    _description = "Lead Distribution: Settings of a Company"

    company_id = fields.Many2one("res.company")
    lead_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of Leads"
    )
    lead_distribution_fallback_email = fields.Char(
        related="company_id.lead_distribution_fallback_email", readonly=False
    )
    lead_distribution_intake_user_ids = fields.Many2many(
        related="company_id.lead_distribution_intake_user_ids", readonly=False
    )
    lead_distribution_manager_id = fields.Many2one(
        related="company_id.lead_distribution_manager_id", readonly=False
    )
    lead_distribution_shared_senders = fields.Text(
        related="company_id.lead_distribution_shared_senders", readonly=False
    )
    lead_distribution_tracking = fields.Selection(
        related="company_id.lead_distribution_tracking", readonly=False, required=True
    )
    lead_distribution_tz = fields.Selection(
        related="company_id.lead_distribution_tz", readonly=False
    )
    lead_account_match = fields.Boolean(
        related="company_id.lead_account_match", readonly=False
    )
    lead_placeholders = fields.Text(
        related="company_id.lead_placeholders", readonly=False
    )
    lead_customer_call = fields.Boolean(
        related="company_id.lead_customer_call", readonly=False
    )
    lead_duplicate_policy = fields.Selection(
        related="company_id.lead_duplicate_policy", readonly=False, required=True
    )
    lead_follow_up_activity = fields.Boolean(
        related="company_id.lead_follow_up_activity", readonly=False
    )
    lead_follow_up_email = fields.Boolean(
        related="company_id.lead_follow_up_email", readonly=False
    )
    lead_follow_up_meeting = fields.Boolean(
        related="company_id.lead_follow_up_meeting", readonly=False
    )
    lead_follow_up_note = fields.Boolean(
        related="company_id.lead_follow_up_note", readonly=False
    )
    lead_follow_up_stage = fields.Boolean(
        related="company_id.lead_follow_up_stage", readonly=False
    )
    lead_intake_policy = fields.Selection(
        related="company_id.lead_intake_policy", readonly=False, required=True
    )
    lead_pool_bell = fields.Boolean(related="company_id.lead_pool_bell", readonly=False)
    lead_told_within = fields.Float(
        related="company_id.lead_told_within", readonly=False
    )
    lead_priority_order = fields.Selection(
        related="company_id.lead_priority_order", readonly=False, required=True
    )
    lead_priority_stars = fields.Integer(
        related="company_id.lead_priority_stars", readonly=False
    )
    lead_priority_probability = fields.Integer(
        related="company_id.lead_priority_probability", readonly=False
    )
    lead_priority_revenue = fields.Integer(
        related="company_id.lead_priority_revenue", readonly=False
    )
    lead_priority_waiting = fields.Integer(
        related="company_id.lead_priority_waiting", readonly=False
    )
    lead_priority_full_revenue = fields.Monetary(
        related="company_id.lead_priority_full_revenue",
        readonly=False,
        currency_field="lead_currency_id",
    )
    lead_priority_full_hours = fields.Integer(
        related="company_id.lead_priority_full_hours", readonly=False
    )
    lead_rule_confirm_above = fields.Integer(
        related="company_id.lead_rule_confirm_above", readonly=False
    )
    lead_standard_target = fields.Integer(
        related="company_id.lead_standard_target", readonly=False
    )
    lead_value_per_unit = fields.Monetary(
        related="company_id.lead_value_per_unit",
        readonly=False,
        currency_field="lead_currency_id",
    )
