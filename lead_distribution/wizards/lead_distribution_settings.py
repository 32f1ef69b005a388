from odoo import api, fields, models
from odoo.exceptions import AccessError

#: settings of a company that managers of the distribution change. Switching it on and
#: off, and for how long what was said is kept, is the administrator's.
SETTINGS = (
    "lead_distribution_fallback_email",
    "lead_distribution_intake_user_ids",
    "lead_distribution_manager_id",
    "lead_distribution_shared_senders",
    "lead_distribution_tracking",
    "lead_distribution_tz",
    "lead_account_match",
    "lead_clock_pause_after",
    "lead_customer_call",
    "lead_duplicate_policy",
    "lead_follow_up_activity",
    "lead_follow_up_email",
    "lead_follow_up_meeting",
    "lead_follow_up_note",
    "lead_follow_up_stage",
    "lead_intake_policy",
    "lead_placeholders",
    "lead_pool_bell",
    "lead_priority_full_hours",
    "lead_priority_full_revenue",
    "lead_priority_order",
    "lead_priority_probability",
    "lead_priority_revenue",
    "lead_priority_stars",
    "lead_priority_waiting",
    "lead_rule_confirm_above",
    "lead_standard_target",
    "lead_task_reminder_hours",
    "lead_told_within",
    "lead_value_per_unit",
)


class LeadDistributionSettings(models.TransientModel):
    """The settings of a company as its manager of distribution sees and changes them,
    without the rights that Odoo's own settings page asks for.

    The values are the company's; saving the page saves them there. To extend: a field
    that is related to ``company_id``, and its name in :meth:`_settings`.
    """

    _name = "lead.distribution.settings"
    _description = "Settings of Lead Distribution"
    _inherit = "lead.distribution.guard"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    lead_distribution_mode = fields.Selection(
        related="company_id.lead_distribution_mode"
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
    lead_clock_pause_after = fields.Integer(
        related="company_id.lead_clock_pause_after", readonly=False
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
        currency_field="currency_id",
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
    lead_task_reminder_hours = fields.Integer(
        related="company_id.lead_task_reminder_hours", readonly=False
    )
    lead_value_per_unit = fields.Monetary(
        related="company_id.lead_value_per_unit",
        readonly=False,
        currency_field="currency_id",
    )

    @api.model
    def _settings(self):
        """Hook: names of the company's fields that managers change."""
        return set(SETTINGS)

    @api.depends("company_id")
    def _compute_display_name(self):
        for settings in self:
            settings.display_name = self.env._(
                "Lead distribution of %s", settings.company_id.name
            )

    @api.model_create_multi
    def create(self, vals_list):
        names, left, given = self._settings(), [], []
        for vals in vals_list:
            left.append({k: v for k, v in vals.items() if k not in names})
            given.append({k: v for k, v in vals.items() if k in names})
        found = super().create(left)
        for settings, vals in zip(found, given, strict=True):
            settings._set(vals)
        return found

    def write(self, vals):
        names = self._settings()
        result = super().write({k: v for k, v in vals.items() if k not in names})
        self._set({k: v for k, v in vals.items() if k in names})
        return result

    def _set(self, vals):
        """Keep settings on the company.

        :raises AccessError: for who is no manager of the distribution, or does not
            work for that company
        """
        if not vals:
            return
        self.check_access("write")
        for settings in self:
            company = settings.company_id
            allowed = company in self.env.user.company_ids
            if not allowed or not self.env.user.has_group(
                "lead_distribution.group_manager"
            ):
                raise AccessError(
                    self.env._("The distribution of leads is set up by its managers.")
                )
            values = self.env["lead.distribution.values"]._vetted(company, vals, "read")
            # sudo: managers change what concerns leads, and nothing else of a company
            company.sudo().write(values)
        self.invalidate_recordset(list(vals))

    @api.model
    def action_open(self):
        """Open the settings of the current company.

        :returns: the action that shows them
        """
        self.browse().check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Settings"),
            "res_model": self._name,
            "res_id": self.create({}).id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
        }
