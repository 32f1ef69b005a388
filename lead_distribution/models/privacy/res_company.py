from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    lead_trace_months = fields.Integer(
        string="Keep Explanations for Months",
        default=24,
        help="After this time, answers to “Why?” lose their details, and merged "
        "inquiries of closed leads lose their text. Figures stay. 0: keep "
        "forever.",
        groups="base.group_user",
    )

    _lead_trace_months_positive = models.Constraint(
        "CHECK (lead_trace_months >= 0)", "A number of months cannot be negative."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    lead_trace_months = fields.Integer(
        related="company_id.lead_trace_months", readonly=False
    )
