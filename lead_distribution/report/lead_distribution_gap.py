from odoo import fields, models

from ..tools.constants import REASONS

WEEKDAYS = [
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
]

_QUERY = """
    SELECT g.id,
           g.route_id,
           g.source_id,
           g.company_id,
           g.reason,
           g.date,
           EXTRACT(ISODOW FROM g.arrival)::int::varchar AS weekday,
           EXTRACT(HOUR FROM g.arrival)::int AS hour,
           g.still_waiting
      FROM (SELECT a.id,
                   a.route_id,
                   l.source_id,
                   a.company_id,
                   a.reason,
                   a.date,
                   COALESCE(l.create_date, a.date) AT TIME ZONE 'UTC'
                       AT TIME ZONE COALESCE(c.lead_distribution_tz, w.tz, 'UTC')
                    AS arrival,
                   CASE WHEN l.distribution_state = 'pool'
                         AND l.active
                         AND l.user_id IS NULL
                         AND l.won_status = 'pending'
                         AND NOT EXISTS (
                             SELECT 1 FROM lead_distribution_assignment n
                              WHERE n.lead_id = a.lead_id AND n.id > a.id
                                AND n.state = 'unplaced')
                        THEN 1 ELSE 0
                    END AS still_waiting
              FROM lead_distribution_assignment a
         LEFT JOIN crm_lead l ON l.id = a.lead_id
         LEFT JOIN res_company c ON c.id = a.company_id
         LEFT JOIN resource_calendar w ON w.id = c.resource_calendar_id
             WHERE a.state = 'unplaced') g
"""


class LeadDistributionGap(models.Model):
    """What found nobody: a line for each row of the ledger without a salesperson.

    Route, reason, company and date (when nobody was found, UTC) are the ledger's, the
    source that of the lead as it is today. Weekday and hour are those of the lead's
    arrival, its creation, in the time zone of the company's distribution, else of its
    working hours, else UTC; those of the ledger's row once the lead is deleted.
    """

    _name = "lead.distribution.gap"
    _description = "Lead Distribution Gap"
    _auto = False
    _order = "date desc, id desc"
    _depends = {
        "lead.distribution.assignment": [
            "company_id",
            "date",
            "lead_id",
            "reason",
            "route_id",
            "state",
        ],
        "crm.lead": [
            "active",
            "create_date",
            "distribution_state",
            "source_id",
            "user_id",
            "won_status",
        ],
        "res.company": ["lead_distribution_tz", "resource_calendar_id"],
        "resource.calendar": ["tz"],
    }

    route_id = fields.Many2one(
        "lead.distribution.route",
        readonly=True,
        help="The first that matched; empty if none did.",
    )
    source_id = fields.Many2one("utm.source", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    reason = fields.Selection(REASONS, readonly=True)
    date = fields.Datetime(readonly=True)
    weekday = fields.Selection(
        WEEKDAYS,
        readonly=True,
        help="When the lead arrived, in the company's time zone.",
    )
    hour = fields.Integer(
        aggregator=None,
        readonly=True,
        help="When the lead arrived, from 0 to 23, in the company's time zone.",
    )
    still_waiting = fields.Integer(
        readonly=True, help="Leads that are in the pool now, each counted once."
    )

    @property
    def _table_query(self):
        return _QUERY
