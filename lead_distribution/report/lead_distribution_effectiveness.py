from odoo import fields, models

from ..tools.constants import INTAKE_STATUSES

#: A month is the company's: a lead of the first of May in Warsaw is one of May,
#: whoever looks at it, from wherever.
_QUERY = """
    SELECT l.id,
           l.id AS lead_id,
           l.create_date AS date,
           (date_trunc('month', l.create_date AT TIME ZONE 'UTC' AT TIME ZONE
               COALESCE(c.lead_distribution_tz, k.tz, 'UTC')))::date AS month,
           l.company_id,
           l.user_id,
           l.team_id,
           l.source_id,
           l.medium_id,
           l.campaign_id,
           l.listing_id,
           l.distribution_route_id AS route_id,
           l.partner_id,
           l.intake_status,
           l.removal_reason_id,
           CASE WHEN removed THEN 0 ELSE 1 END AS received,
           CASE WHEN l.intake_status = 'linked' THEN 1 ELSE 0 END AS linked,
           CASE WHEN l.intake_status = 'converted' THEN 1 ELSE 0 END AS converted,
           CASE WHEN removed THEN 1 ELSE 0 END AS removed,
           CASE WHEN won THEN 1 ELSE 0 END AS won,
           CASE WHEN removed THEN NULL WHEN won THEN 100.0::float ELSE 0.0::float
            END AS won_percent,
           CASE WHEN won THEN COALESCE(l.expected_revenue, 0.0) ELSE 0.0
            END AS revenue,
           c.currency_id,
           CASE WHEN l.date_customer IS NOT NULL AND NOT recognised
                THEN l.minutes_to_customer::float END AS minutes_to_customer,
           CASE WHEN l.date_first_call IS NOT NULL
                THEN l.minutes_to_call::float END AS minutes_to_call,
           CASE WHEN l.date_first_email IS NOT NULL
                THEN l.minutes_to_email::float END AS minutes_to_email,
           CASE WHEN l.date_first_meeting IS NOT NULL
                THEN l.minutes_to_meeting::float END AS minutes_to_meeting,
           CASE WHEN l.date_customer IS NOT NULL AND NOT recognised
                THEN l.work_minutes_to_customer::float END AS work_minutes_to_customer,
           CASE WHEN l.date_first_call IS NOT NULL
                THEN l.work_minutes_to_call::float END AS work_minutes_to_call,
           CASE WHEN l.date_first_email IS NOT NULL
                THEN l.work_minutes_to_email::float END AS work_minutes_to_email,
           CASE WHEN l.date_first_meeting IS NOT NULL
                THEN l.work_minutes_to_meeting::float END AS work_minutes_to_meeting
      FROM crm_lead l
 LEFT JOIN res_company c ON c.id = l.company_id
 LEFT JOIN resource_calendar k ON k.id = c.resource_calendar_id
CROSS JOIN LATERAL (
           SELECT l.intake_status IS NOT DISTINCT FROM 'removed' AS removed,
                  l.won_status IS NOT DISTINCT FROM 'won'
                  AND l.intake_status IS DISTINCT FROM 'removed' AS won,
                  l.customer_recognised IS TRUE AS recognised) AS s
 UNION ALL
    SELECT -i.id,
           l.id AS lead_id,
           i.date,
           (date_trunc('month', i.date AT TIME ZONE 'UTC' AT TIME ZONE
               COALESCE(c.lead_distribution_tz, k.tz, 'UTC')))::date AS month,
           l.company_id,
           l.user_id,
           l.team_id,
           i.source_id,
           i.medium_id,
           i.campaign_id,
           i.listing_id,
           l.distribution_route_id AS route_id,
           l.partner_id,
           CASE WHEN removed THEN l.intake_status END AS intake_status,
           l.removal_reason_id,
           CASE WHEN removed THEN 0 ELSE 1 END AS received,
           0 AS linked,
           0 AS converted,
           CASE WHEN removed THEN 1 ELSE 0 END AS removed,
           0 AS won,
           CASE WHEN removed THEN NULL ELSE 0.0::float END AS won_percent,
           0.0 AS revenue,
           c.currency_id,
           NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
      FROM lead_distribution_inquiry i
      JOIN crm_lead l ON l.id = i.lead_id
 LEFT JOIN res_company c ON c.id = l.company_id
 LEFT JOIN resource_calendar k ON k.id = c.resource_calendar_id
CROSS JOIN LATERAL (
           SELECT l.intake_status IS NOT DISTINCT FROM 'removed' AS removed) AS s
"""


class LeadDistributionEffectiveness(models.Model):
    """What becomes of the leads of each source: a line for each lead, the archived
    ones included, and one for each inquiry that was merged into another lead.

    Received are all but the removed, which have a column of their own. The won % is
    won of 100 received. The revenue is the expected one of won leads, in the lead's
    company's currency. A merged inquiry is received from its own source, at its own
    time; what became of the person counts once, with the lead that stays. Minutes are
    averages over the leads where it happened; a customer that was recognised as the
    lead came took nobody any time.
    """

    _name = "lead.distribution.effectiveness"
    _description = "Effectiveness of Leads"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "lead_id"
    _depends = {
        "crm.lead": [
            "campaign_id",
            "company_id",
            "create_date",
            "customer_recognised",
            "date_customer",
            "date_first_call",
            "date_first_email",
            "date_first_meeting",
            "distribution_route_id",
            "expected_revenue",
            "intake_status",
            "listing_id",
            "medium_id",
            "minutes_to_call",
            "minutes_to_customer",
            "minutes_to_email",
            "minutes_to_meeting",
            "partner_id",
            "removal_reason_id",
            "source_id",
            "team_id",
            "user_id",
            "won_status",
            "work_minutes_to_call",
            "work_minutes_to_customer",
            "work_minutes_to_email",
            "work_minutes_to_meeting",
        ],
        "lead.distribution.inquiry": [
            "campaign_id",
            "date",
            "lead_id",
            "listing_id",
            "medium_id",
            "source_id",
        ],
        "res.company": [
            "currency_id",
            "lead_distribution_tz",
            "resource_calendar_id",
        ],
        "resource.calendar": ["tz"],
    }

    lead_id = fields.Many2one("crm.lead", readonly=True)
    date = fields.Datetime(string="Arrived", readonly=True)
    month = fields.Date(readonly=True, help="In the company's time zone.")
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    medium_id = fields.Many2one("utm.medium", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    listing_id = fields.Many2one("lead.distribution.listing", readonly=True)
    route_id = fields.Many2one("lead.distribution.route", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    intake_status = fields.Selection(INTAKE_STATUSES, string="Intake", readonly=True)
    removal_reason_id = fields.Many2one(
        "lead.distribution.removal.reason", readonly=True
    )
    received = fields.Integer(readonly=True)
    linked = fields.Integer(readonly=True)
    converted = fields.Integer(readonly=True)
    removed = fields.Integer(readonly=True)
    won = fields.Integer(readonly=True)
    won_percent = fields.Float(
        string="Won %",
        aggregator="avg",
        readonly=True,
        digits=(16, 1),
        help="Won of 100 received.",
    )
    revenue = fields.Monetary(readonly=True, help="Expected revenue of won leads.")
    currency_id = fields.Many2one("res.currency", readonly=True)
    minutes_to_customer = fields.Float(
        string="Minutes to Customer", aggregator="avg", readonly=True, digits=(16, 1)
    )
    minutes_to_call = fields.Float(
        string="Minutes to Call", aggregator="avg", readonly=True, digits=(16, 1)
    )
    minutes_to_email = fields.Float(
        string="Minutes to Email", aggregator="avg", readonly=True, digits=(16, 1)
    )
    minutes_to_meeting = fields.Float(
        string="Minutes to Meeting", aggregator="avg", readonly=True, digits=(16, 1)
    )
    work_minutes_to_customer = fields.Float(
        string="Working Minutes to Customer",
        aggregator="avg",
        readonly=True,
        digits=(16, 1),
    )
    work_minutes_to_call = fields.Float(
        string="Working Minutes to Call",
        aggregator="avg",
        readonly=True,
        digits=(16, 1),
    )
    work_minutes_to_email = fields.Float(
        string="Working Minutes to Email",
        aggregator="avg",
        readonly=True,
        digits=(16, 1),
    )
    work_minutes_to_meeting = fields.Float(
        string="Working Minutes to Meeting",
        aggregator="avg",
        readonly=True,
        digits=(16, 1),
    )

    @property
    def _table_query(self):
        # no view in the database: nothing to keep up to date, nothing to leave behind
        return _QUERY
