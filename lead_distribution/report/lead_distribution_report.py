from odoo import fields, models

from ..tools.constants import REASONS, STATES

#: Who received, and whose units count, as ``tools/constants.py`` says.
#: What was undone or removed, spam above all, is in no figure. What is lent to a
#: deputy, and given back, nobody receives; it is won by who has it then.
_QUERY = """
    SELECT a.id,
           a.route_id,
           a.user_id,
           a.listing_id,
           a.company_id,
           a.date,
           a.state,
           a.reason,
           CASE WHEN a.state = 'declined' THEN a.decline_reason
            END AS decline_reason,
           l.source_id,
           l.medium_id,
           l.campaign_id,
           t.id AS team_id,
           CASE WHEN a.state IN ('assigned', 'released') AND NOT lent THEN 1 ELSE 0
            END AS received,
           CASE WHEN a.state IN ('offered', 'declined', 'expired', 'taken')
                  OR a.state IN ('assigned', 'released') AND a.deadline IS NOT NULL
                THEN 1 ELSE 0
            END AS offered,
           CASE WHEN a.state IN ('assigned', 'released')
                 AND (a.reason = 'claim' OR a.deadline IS NOT NULL)
                THEN 1 ELSE 0
            END AS claimed,
           CASE WHEN a.state = 'declined' THEN 1 ELSE 0 END AS declined,
           CASE WHEN a.state = 'expired' THEN 1 ELSE 0 END AS expired,
           EXTRACT(EPOCH FROM CASE
               WHEN a.state = 'assigned' AND a.deadline IS NOT NULL
               THEN a.date_response - COALESCE(a.date_offered, a.date)
               WHEN a.state IN ('assigned', 'released') AND a.reason = 'claim'
                AND a.deadline IS NULL
               THEN GREATEST(
                    a.date - COALESCE(
                        (SELECT max(e.moment)
                           FROM (SELECT CASE WHEN p.state = 'unplaced' THEN p.date
                                             ELSE p.date_response
                                         END AS moment
                                   FROM lead_distribution_assignment p
                                  WHERE p.lead_id = a.lead_id
                                    AND p.id < a.id
                                    AND p.state IN ('unplaced', 'released',
                                                    'declined', 'expired',
                                                    'taken')) e
                          WHERE e.moment <= a.date),
                        l.create_date),
                    INTERVAL '0')
           END)::float / 60.0 AS minutes_to_claim,
           CASE WHEN a.state = 'assigned' AND l.first_follow_up_date >= a.date
                THEN EXTRACT(EPOCH FROM l.first_follow_up_date - a.date)::float / 60.0
            END AS minutes_to_follow_up,
           CASE WHEN a.state = 'assigned' AND l.won_status = 'won' THEN 1 ELSE 0
            END AS won,
           CASE WHEN a.state = 'assigned' AND l.won_status = 'won' THEN 100.0::float
                WHEN a.state IN ('assigned', 'released') AND NOT lent THEN 0.0::float
            END AS won_percent,
           CASE WHEN a.state IN ('assigned', 'released', 'corrected') THEN a.units
                ELSE 0.0
            END AS units,
           CASE WHEN a.state IN ('assigned', 'released')
                 AND a.clock_result = 'kept' THEN 1 ELSE 0
            END AS clock_kept,
           CASE WHEN a.state IN ('assigned', 'released')
                 AND a.clock_result = 'missed' THEN 1 ELSE 0
            END AS clock_missed,
           CASE WHEN a.state NOT IN ('assigned', 'released') THEN NULL
                WHEN a.clock_result = 'kept' THEN 100.0::float
                WHEN a.clock_result = 'missed' THEN 0.0::float
            END AS clock_percent
      FROM lead_distribution_assignment a
 LEFT JOIN crm_lead l ON l.id = a.lead_id
 LEFT JOIN crm_team t ON t.id = l.team_id
                     AND (t.company_id IS NULL OR t.company_id = a.company_id)
CROSS JOIN LATERAL (SELECT COALESCE(a.trigger, '') IN ('deputy', 'return') AS lent) s
     WHERE a.user_id IS NOT NULL
       AND NOT (a.lead_id IS NULL AND a.rule_id IS NOT NULL AND a.units = 0.0)
"""


class LeadDistributionReport(models.Model):
    """Who received what from which route: a line for each row of the ledger with a
    salesperson.

    Route, salesperson, listing, company, date, state and reason are the ledger's;
    source, medium, campaign and team those of the lead as it is today, empty once it
    is deleted, and the team too once the lead went to another company. The date is
    that of the assignment or of the offer, UTC; months are those of whoever looks.

    There is no lead here on purpose: of a lead that they lost, salespeople see that
    they had it, and nothing of what it became.
    """

    _name = "lead.distribution.report"
    _description = "Lead Distribution Statistics"
    _auto = False
    _order = "date desc, id desc"
    _depends = {
        "lead.distribution.assignment": [
            "clock_result",
            "company_id",
            "date",
            "date_response",
            "deadline",
            "decline_reason",
            "lead_id",
            "listing_id",
            "reason",
            "route_id",
            "state",
            "trigger",
            "units",
            "user_id",
        ],
        "crm.lead": [
            "campaign_id",
            "create_date",
            "first_follow_up_date",
            "medium_id",
            "source_id",
            "team_id",
            "won_status",
        ],
        "crm.team": ["company_id"],
    }

    route_id = fields.Many2one("lead.distribution.route", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    medium_id = fields.Many2one("utm.medium", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    listing_id = fields.Many2one("lead.distribution.listing", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Datetime(readonly=True)
    state = fields.Selection(STATES, readonly=True)
    reason = fields.Selection(REASONS, readonly=True)
    decline_reason = fields.Char(readonly=True, help="Reason for declining the offer.")
    received = fields.Integer(
        readonly=True,
        help="Leads they received, including those given back or passed on. Not those "
        "that a deputy has temporarily.",
    )
    offered = fields.Integer(
        readonly=True, help="Leads offered to them until a deadline."
    )
    claimed = fields.Integer(
        readonly=True, help="Offers taken, and leads taken out of the pool."
    )
    declined = fields.Integer(readonly=True)
    expired = fields.Integer(
        readonly=True, help="Offers not answered in time, or taken by somebody else."
    )
    minutes_to_claim = fields.Float(
        string="Minutes to Claim",
        aggregator="avg",
        readonly=True,
        digits=(16, 1),
        help="Minutes from the offer, or from when the lead came into the pool, to "
        "the claim. Offers that were taken and given back since are left out.",
    )
    minutes_to_follow_up = fields.Float(
        string="Minutes to First Follow-up",
        aggregator="avg",
        readonly=True,
        digits=(16, 1),
        help="Minutes from the assignment to the first follow-up, for the salesperson "
        "who has the lead and followed it up first.",
    )
    won = fields.Integer(
        readonly=True, help="Won leads, for the salesperson who has them."
    )
    won_percent = fields.Float(
        string="Won %",
        aggregator="avg",
        readonly=True,
        digits=(16, 1),
        help="Won of 100 received.",
    )
    units = fields.Float(
        readonly=True,
        digits=(16, 4),
        help="Leads as they count in the workload: received leads, no open offers.",
    )

    clock_kept = fields.Integer(
        string="Followed Up in Time",
        readonly=True,
        help="Leads whose first follow-up was in the time that the route gives.",
    )
    clock_missed = fields.Integer(
        string="Follow-up Missed",
        readonly=True,
        help="Leads that were not followed up in the time that the route gives.",
    )
    clock_percent = fields.Float(
        string="In Time %",
        aggregator="avg",
        readonly=True,
        digits=(16, 1),
        help="Percentage followed up in time, among leads whose deadline was met or "
        "missed.",
    )

    def action_open_salesperson(self):
        """Open what a manager sets for the salesperson of this line.

        :returns: the action that shows pause, limits and routes
        :raises AccessError: for who is no manager of the distribution
        """
        self.ensure_one()
        self.check_access("read")
        return self.user_id.action_edit_lead_distribution()

    def action_open_route(self):
        """Open the route of this line, with its members."""
        self.ensure_one()
        self.check_access("read")
        self.route_id.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "res_model": "lead.distribution.route",
            "res_id": self.route_id.id,
            "views": [(False, "form")],
        }

    @property
    def _table_query(self):
        # no view in the database: nothing to keep up to date, nothing to leave behind
        return _QUERY
