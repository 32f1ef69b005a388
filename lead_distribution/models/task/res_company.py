from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    lead_task_reminder_hours = fields.Integer(
        string="Remind Departments after Hours",
        default=24,
        help="The team is reminded once of a department task that nobody took within "
        "this time. 0: never.",
        groups="base.group_user",
    )


class LeadDistributionCompanySettings(models.AbstractModel):
    _inherit = "lead.distribution.company.settings"

    lead_task_reminder_hours = fields.Integer(
        related="company_id.lead_task_reminder_hours", readonly=False
    )
