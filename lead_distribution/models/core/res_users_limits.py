"""Hard limits of salespeople (P7): whatever would pass one does not come to them."""

from odoo import fields, models

from .res_users import GROUP


class ResUsers(models.Model):
    _inherit = "res.users"

    lead_max_hour = fields.Integer(
        string="Leads an Hour at Most",
        company_dependent=True,
        groups=GROUP,
        help="In the company's time zone. 0: no limit.",
    )
    lead_max_day = fields.Integer(
        string="Leads a Day at Most",
        company_dependent=True,
        groups=GROUP,
        help="0: no limit.",
    )
    lead_max_week = fields.Integer(
        string="Leads a Week at Most",
        company_dependent=True,
        groups=GROUP,
        help="The first day of the week depends on the company's language. 0: no "
        "limit.",
    )
    lead_max_month = fields.Integer(
        string="Leads a Month at Most",
        company_dependent=True,
        groups=GROUP,
        help="0: no limit.",
    )
    lead_max_days = fields.Integer(
        string="Leads within Several Days at Most",
        company_dependent=True,
        groups=GROUP,
        help="Counted over the chosen number of days, including today. 0: no limit.",
    )
    lead_max_open = fields.Integer(
        string="Open Leads at Most",
        company_dependent=True,
        groups=GROUP,
        help="0: no limit.",
    )
    lead_max_hour_value = fields.Float(
        string="Value an Hour at Most",
        company_dependent=True,
        groups=GROUP,
        help="Expected revenue, in the company's currency. In the company's time "
        "zone. 0: no limit.",
    )
    lead_max_day_value = fields.Float(
        string="Value a Day at Most",
        company_dependent=True,
        groups=GROUP,
        help="Expected revenue, in the company's currency. 0: no limit.",
    )
    lead_max_week_value = fields.Float(
        string="Value a Week at Most",
        company_dependent=True,
        groups=GROUP,
        help="Expected revenue, in the company's currency. The first day of the week "
        "depends on the company's language. 0: no limit.",
    )
    lead_max_month_value = fields.Float(
        string="Value a Month at Most",
        company_dependent=True,
        groups=GROUP,
        help="Expected revenue, in the company's currency. 0: no limit.",
    )
    lead_max_days_value = fields.Float(
        string="Value within Several Days at Most",
        company_dependent=True,
        groups=GROUP,
        help="Expected revenue, in the company's currency. Counted over the chosen "
        "number of days, including today. 0: no limit.",
    )
    lead_max_open_value = fields.Float(
        string="Open Value at Most",
        company_dependent=True,
        groups=GROUP,
        help="Expected revenue of open leads, in the company's currency. 0: no limit.",
    )
    lead_max_days_number = fields.Integer(
        string="Days That Are Counted",
        company_dependent=True,
        groups=GROUP,
        help="Number of days of the limit above, including today.",
    )
