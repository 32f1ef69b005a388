"""What was done with leads, and how fast."""

from odoo import api, fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    date_first_call = fields.Datetime(
        string="First Call", readonly=True, copy=False, groups="base.group_user"
    )

    date_first_email = fields.Datetime(
        string="First Email", readonly=True, copy=False, groups="base.group_user"
    )

    date_first_meeting = fields.Datetime(
        string="First Meeting", readonly=True, copy=False, groups="base.group_user"
    )

    minutes_to_customer = fields.Integer(
        string="Minutes to Client",
        compute="_compute_customer_minutes",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="From the lead's arrival to its client.",
    )

    minutes_to_call = fields.Integer(
        string="Minutes to Call",
        compute="_compute_customer_minutes",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="From the client to the first call.",
    )

    minutes_to_email = fields.Integer(
        string="Minutes to Email",
        compute="_compute_customer_minutes",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="From the client to the first email.",
    )

    minutes_to_meeting = fields.Integer(
        string="Minutes to Meeting",
        compute="_compute_customer_minutes",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="From the client to the first meeting.",
    )

    work_minutes_to_customer = fields.Integer(
        string="Working Minutes to Client",
        compute="_compute_customer_minutes",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="In the company's working hours.",
    )

    work_minutes_to_call = fields.Integer(
        string="Working Minutes to Call",
        compute="_compute_customer_minutes",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="In the company's working hours.",
    )

    work_minutes_to_email = fields.Integer(
        string="Working Minutes to Email",
        compute="_compute_customer_minutes",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="In the company's working hours.",
    )

    work_minutes_to_meeting = fields.Integer(
        string="Working Minutes to Meeting",
        compute="_compute_customer_minutes",
        store=True,
        aggregator="avg",
        groups="base.group_user",
        help="In the company's working hours.",
    )

    @api.depends(
        "date_customer", "date_first_call", "date_first_email", "date_first_meeting"
    )
    def _compute_customer_minutes(self):
        self.env["lead.distribution.response.time"]._measure_times(self)
