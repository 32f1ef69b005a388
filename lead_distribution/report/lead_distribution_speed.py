from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: days that the report looks back
DAYS = 31

#: Each lead once, by its first row of the ledger, if that told somebody. Left out: what
#: a route kept waiting on purpose, what came in one transaction with more leads than
#: are distributed at once (an import), and older leads that somebody let be distributed
_ARRIVALS = """
    SELECT f.id, f.company_id, f.source_id, f.day, f.seconds, f.later
      FROM (SELECT a.id,
                   a.company_id,
                   l.source_id,
                   (l.create_date AT TIME ZONE 'UTC'
                       AT TIME ZONE COALESCE(c.lead_distribution_tz, w.tz, 'UTC'))::date
                    AS day,
                   GREATEST(EXTRACT(EPOCH FROM a.date_told - l.create_date), 0)::float8
                    AS seconds,
                   (a.trigger = 'cron')::int AS later,
                   count(*) OVER (PARTITION BY a.company_id, l.create_date) AS together,
                   c.lead_distribution_immediate_limit AS most
              FROM lead_distribution_assignment a
              JOIN crm_lead l ON l.id = a.lead_id
              JOIN res_company c ON c.id = a.company_id
         LEFT JOIN resource_calendar w ON w.id = c.resource_calendar_id
             WHERE a.date_told IS NOT NULL AND %(wanted)s
               AND l.create_date > a.date_told - interval '1 day'
               AND l.distribution_due IS NULL
               AND NOT EXISTS (SELECT FROM lead_distribution_assignment e
                                WHERE e.lead_id = a.lead_id AND e.id < a.id)) f
     WHERE f.together <= GREATEST(f.most, 1)
"""

_QUERY = """
    SELECT min(s.id) AS id,
           s.company_id,
           s.source_id,
           s.day,
           count(*)::int AS lead_count,
           sum(s.later)::int AS later_count,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY s.seconds) AS half,
           percentile_cont(0.9) WITHIN GROUP (ORDER BY s.seconds) AS most,
           percentile_cont(0.99) WITHIN GROUP (ORDER BY s.seconds) AS nearly_all
      FROM (%(arrivals)s) s
  GROUP BY s.company_id, s.source_id, s.day
"""


class LeadDistributionSpeed(models.Model):
    """How soon salespeople are told of leads: a line for each source and day, measured
    by the ledger, in seconds from the creation of a lead to the bell of its first
    salesperson, of the last :data:`DAYS` days.

    The moment of the bell is the clock's of the machine that rings it, the creation
    PostgreSQL's: both have to keep the same time.
    """

    _name = "lead.distribution.speed"
    _description = "Speed of Lead Distribution"
    _auto = False
    _order = "day desc, nearly_all desc, id"
    _depends = {
        "lead.distribution.assignment": [
            "company_id",
            "date_told",
            "lead_id",
            "trigger",
        ],
        "crm.lead": ["create_date", "distribution_due", "source_id"],
        "res.company": [
            "lead_distribution_immediate_limit",
            "lead_distribution_tz",
            "resource_calendar_id",
        ],
        "resource.calendar": ["tz"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    day = fields.Date(
        string="Day of Arrival", readonly=True, help="In the company's time zone."
    )
    lead_count = fields.Integer(string="Leads", readonly=True)
    later_count = fields.Integer(
        string="By the Schedule",
        readonly=True,
        help="Leads that had to wait for the schedule, because another distribution "
        "was running or the company distributes by schedule.",
    )
    half = fields.Float(
        string="Half Within (s)",
        readonly=True,
        digits=(16, 2),
        aggregator="max",
        help="Within this many seconds after creation, salespeople were notified of "
        "half of the leads (p50). With several lines, the slowest counts.",
    )
    most = fields.Float(
        string="9 of 10 Within (s)",
        readonly=True,
        digits=(16, 2),
        aggregator="max",
        help="Within this many seconds after creation, salespeople were notified of "
        "90 % of the leads (p90). With several lines, the slowest counts.",
    )
    nearly_all = fields.Float(
        string="99 of 100 Within (s)",
        readonly=True,
        digits=(16, 2),
        aggregator="max",
        help="Within this many seconds after creation, salespeople were notified of "
        "99 % of the leads (p99). With several lines, the slowest counts.",
    )

    @api.model
    def _arrivals(self, wanted):
        """SQL of each lead's way to the bell.

        :param wanted: ``SQL`` condition on rows ``a`` of the ledger
        :returns: ``SQL`` of ``id, company_id, source_id, day, seconds, later``
        """
        return SQL(_ARRIVALS, wanted=wanted)

    @property
    def _table_query(self):
        since = SQL(
            "a.date_told > now() AT TIME ZONE 'UTC' - %s * interval '1 day'", DAYS
        )
        return SQL(_QUERY, arrivals=self._arrivals(since))

    @api.model
    def _slowest(self, company, at, days):
        """How soon a company's salespeople were told in the last days.

        :param at: naive UTC datetime, the end
        :returns: ``[(utm.source, number of leads, p99 in seconds), ...]`` of each
            source, slowest first, and before them of all together, with an empty
            source
        """
        self.env["lead.distribution.assignment"].flush_model()
        self.env["crm.lead"].flush_model(["source_id", "distribution_due"])
        wanted = SQL(
            "a.company_id = %s AND a.date_told > %s AND a.date_told <= %s",
            company.id,
            at - timedelta(days=days),
            at + timedelta(seconds=1),
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT s.source_id, count(*),
                          percentile_cont(0.99) WITHIN GROUP (ORDER BY s.seconds)
                     FROM (%s) s
                 GROUP BY GROUPING SETS ((), (s.source_id))
                 ORDER BY GROUPING(s.source_id) DESC, 3 DESC""",
                self._arrivals(wanted),
            )
        )
        sources = self.env["utm.source"]
        return [(sources.browse(id_ or []), count, p99) for id_, count, p99 in rows]
