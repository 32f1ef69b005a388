from odoo import fields, models
from odoo.tools import SQL

from ..engine import STRATEGIES
from ..tools.constants import REASONS

#: What each received, and what each was owed: of what the strategy of a route gave out
#: in a block, everybody who could have had it is owed a share by target, on round
#: robin routes an equal one. Who could is what the block's snapshot says, looked into
#: once a block: those on shift, all of the route where it gave out leads while nobody
#: was. Round robin goes by turns, so there each lead counts as one. Routes
#: that prefer the best by figures owe nothing to anybody, nor does the strategy choose
#: who claims first.
_QUERY = """
    SELECT a.id::bigint * 10000 AS id,
           a.route_id,
           a.user_id,
           a.company_id,
           a.date,
           a.reason,
           0.0::numeric AS owed,
           CASE WHEN %(decided)s THEN %(units)s ELSE 0.0 END AS received,
           CASE WHEN %(decided)s THEN %(units)s ELSE 0.0 END AS ahead,
           CASE WHEN %(decided)s THEN 0.0 ELSE a.units END AS otherwise
      FROM lead_distribution_assignment a
 LEFT JOIN lead_distribution_route r ON r.id = a.route_id
     WHERE a.state IN ('assigned', 'released', 'corrected')
       AND a.user_id IS NOT NULL
       AND (a.reason != 'strategy' OR %(fair)s)
 UNION ALL
    SELECT o.id, o.route_id, u.id, o.company_id, o.date, 'strategy',
           o.owed, 0.0, -o.owed, 0.0
      FROM (SELECT b.id * 10000 + c.place AS id,
                   b.route_id,
                   (c.data ->> 0)::int AS user_id,
                   b.company_id,
                   b.date,
                   b.units * CASE WHEN b.strategy = ANY(%(equal)s)
                                  THEN 1.0 / count(*) OVER block
                                  ELSE (c.data ->> 1)::numeric
                                       / sum((c.data ->> 1)::numeric) OVER block
                              END AS owed
              FROM (SELECT min(a.id)::bigint AS id,
                           a.snapshot_id,
                           a.route_id,
                           a.listing_id,
                           a.company_id,
                           a.date,
                           a.trace ->> 'strategy' AS strategy,
                           sum(%(units)s) AS units
                      FROM lead_distribution_assignment a
                      JOIN lead_distribution_route r ON r.id = a.route_id
                     WHERE a.state IN ('assigned', 'released')
                       AND %(decided)s
                       AND %(fair)s
                  GROUP BY 2, 3, 4, 5, 6, 7) b
              JOIN lead_distribution_snapshot s ON s.id = b.snapshot_id
                 , jsonb_extract_path(
                       s.data, 'routes',
                       CASE WHEN s.data -> 'routes'
                                 ? (b.route_id || ':' || b.listing_id)
                            THEN b.route_id || ':' || b.listing_id
                            ELSE b.route_id::varchar END,
                       'candidates') AS candidates
                 , jsonb_array_elements(candidates) WITH ORDINALITY AS c(data, place)
             WHERE (c.data ->> 3 = ''
                    OR c.data ->> 3 = 'off_shift'
                       AND NOT jsonb_path_exists(candidates, '$[*] ? (@[3] == "")'))
               AND (c.data ->> 0)::int > 0
               AND (c.data ->> 1)::numeric > 0
               AND COALESCE(
                       (s.data -> 'people' -> (c.data ->> 0) ->> 1)::numeric, 1) > 0
            WINDOW block AS (PARTITION BY b.id, b.date, b.company_id, b.route_id)) o
      JOIN res_users u ON u.id = o.user_id
"""


class LeadDistributionFairness(models.Model):
    """Who was owed how many leads by the strategy of a route, and who received how
    many, in units: a line for what each received, and one for what each was owed in
    each block. Made to be summed up, per route, salesperson and month.

    The date is that of the assignment, UTC; months are those of whoever looks. What
    was decided longer ago than explanations are kept is not owed any more. Whoever
    declined an offer, or reached a limit within a batch, is owed their share of it.
    """

    _name = "lead.distribution.fairness"
    _description = "Fairness of Lead Distribution"
    _auto = False
    _order = "date desc, id desc"
    _depends = {
        "lead.distribution.assignment": [
            "company_id",
            "date",
            "listing_id",
            "reason",
            "route_id",
            "snapshot_id",
            "state",
            "trace",
            "units",
            "user_id",
        ],
        "lead.distribution.route": ["delivery"],
        "lead.distribution.snapshot": ["data"],
    }

    route_id = fields.Many2one("lead.distribution.route", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Datetime(readonly=True)
    reason = fields.Selection(
        REASONS,
        readonly=True,
        help="Why they are ahead. “Next in line” is what the strategy assigned minus "
        "the expected share. Everything else counts as workload.",
    )
    owed = fields.Float(
        string="Expected",
        readonly=True,
        digits=(16, 2),
        help="Expected share of the leads that the strategy assigned while they were "
        "available: by target, or an equal share on Round Robin routes.",
    )
    received = fields.Float(
        readonly=True, digits=(16, 2), help="Assigned by the strategy."
    )
    ahead = fields.Float(
        readonly=True,
        digits=(16, 2),
        help="Received minus expected. In a stable group that receives leads only "
        "through this route, nobody is more than one lead ahead. By value: the "
        "heaviest lead. Workload counts all routes.",
    )
    otherwise = fields.Float(
        string="Received Otherwise",
        readonly=True,
        digits=(16, 2),
        help="Own customers, repeated inquiries, claims, manual assignments and "
        "corrections. They count as workload, so the strategy assigns less to "
        "people with many of them.",
    )

    @property
    def _table_query(self):
        fair = {key: cls for key, cls in STRATEGIES.items() if cls.owes}
        equal = [key for key, cls in fair.items() if not cls.by_target]
        return SQL(
            _QUERY,
            decided=SQL("(a.reason = 'strategy' AND r.delivery != 'offer_all')"),
            equal=equal,
            fair=SQL("a.trace ->> 'strategy' = ANY(%s)", list(fair)),
            units=SQL(
                "CASE WHEN a.trace ->> 'strategy' = ANY(%s) THEN 1.0 ELSE a.units END",
                equal,
            ),
        )
