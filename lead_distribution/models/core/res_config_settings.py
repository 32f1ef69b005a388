from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    lead_distribution_mode = fields.Selection(
        related="company_id.lead_distribution_mode", readonly=False, required=True
    )
    lead_distribution_immediate_limit = fields.Integer(
        related="company_id.lead_distribution_immediate_limit", readonly=False
    )
    lead_distribution_tz = fields.Selection(
        related="company_id.lead_distribution_tz", readonly=False
    )
    lead_undo_seconds = fields.Integer(
        related="company_id.lead_undo_seconds", readonly=False
    )
    lead_standard_target = fields.Integer(
        related="company_id.lead_standard_target", readonly=False
    )
    lead_value_per_unit = fields.Monetary(
        related="company_id.lead_value_per_unit",
        readonly=False,
        currency_field="lead_currency_id",
    )
    lead_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of Leads"
    )
    lead_distribution_fallback_email = fields.Char(
        related="company_id.lead_distribution_fallback_email", readonly=False
    )
    lead_distribution_tracking = fields.Selection(
        related="company_id.lead_distribution_tracking", readonly=False, required=True
    )
    lead_distribution_intake_user_ids = fields.Many2many(
        related="company_id.lead_distribution_intake_user_ids", readonly=False
    )
    lead_distribution_shared_senders = fields.Text(
        related="company_id.lead_distribution_shared_senders", readonly=False
    )
    lead_placeholders = fields.Text(
        related="company_id.lead_placeholders", readonly=False
    )
    lead_account_match = fields.Boolean(
        related="company_id.lead_account_match", readonly=False
    )
    lead_duplicate_policy = fields.Selection(
        related="company_id.lead_duplicate_policy", readonly=False, required=True
    )
    lead_intake_policy = fields.Selection(
        related="company_id.lead_intake_policy", readonly=False, required=True
    )
    lead_customer_call = fields.Boolean(
        related="company_id.lead_customer_call", readonly=False
    )
    lead_distribution_manager_id = fields.Many2one(
        related="company_id.lead_distribution_manager_id", readonly=False
    )
    lead_pool_bell = fields.Boolean(related="company_id.lead_pool_bell", readonly=False)
    lead_told_within = fields.Float(
        related="company_id.lead_told_within", readonly=False
    )
    lead_follow_up_activity = fields.Boolean(
        related="company_id.lead_follow_up_activity", readonly=False
    )
    lead_follow_up_email = fields.Boolean(
        related="company_id.lead_follow_up_email", readonly=False
    )
    lead_follow_up_note = fields.Boolean(
        related="company_id.lead_follow_up_note", readonly=False
    )
    lead_follow_up_meeting = fields.Boolean(
        related="company_id.lead_follow_up_meeting", readonly=False
    )
    lead_follow_up_stage = fields.Boolean(
        related="company_id.lead_follow_up_stage", readonly=False
    )
    lead_rule_confirm_above = fields.Integer(
        related="company_id.lead_rule_confirm_above", readonly=False
    )
