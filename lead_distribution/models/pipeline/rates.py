"""Closing rate and follow-up speed of salespeople, from the real past."""

from dataclasses import dataclass
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, ormcache

from ...engine import STRATEGIES, closing_rates, follow_up_hours, known_strategy
from ...tools.constants import LENDING
from ...tools.locale import plain_number
from .history import LIVE, history_of

#: days of history where nobody says how many
PERIOD = 180
#: with so many leads in that time they are counted every few minutes only
MANY, MINUTES = 20_000, 5


@dataclass
class Rate:
    """What somebody did with the leads received in a period.

    :param closing: estimated share of leads won, None without history
    :param hours: estimated hours to a first follow-up, None without history
    """

    won: int = 0
    had: int = 0
    waited: float = 0.0
    followed: int = 0
    closing: float | None = None
    hours: float | None = None


class LeadDistributionRates(models.AbstractModel):
    _name = "lead.distribution.rates"
    _description = "Lead Distribution: Rates"

    @api.model
    def _rates(self, company, users, days, at, counts=None):
        """Estimate what each did with the leads received, by what all of them did.

        :param days: length of the period that ends at ``at``
        :param counts: of these users and others, where they are counted already, see
            :meth:`_counts`
        :returns: ``{user_id: Rate}``, of all ``users``
        """
        if counts is None:
            counts = self._counts(company, users, days, at)
        found = {}
        for user_id in users.ids:
            had, waited, followed, won = counts.get(user_id, (0, 0.0, 0, 0))
            found[user_id] = Rate(won, max(had, won), waited, followed)
        closing = closing_rates({i: (r.won, r.had) for i, r in found.items()})
        hours = follow_up_hours(
            {i: (r.waited, r.followed, r.had) for i, r in found.items()}
        )
        for user_id, rate in found.items():
            rate.closing, rate.hours = closing[user_id], hours[user_id]
        return found

    @api.model
    def _counts(self, company, users, days, at):
        """Count what each received and sold: two queries for everybody.

        :returns: ``{user_id: (leads received, hours waited, followed up, sales)}``
        """
        since = at - timedelta(days=days)
        # sudo: numbers of colleagues, for the decision and for managers' screens
        service = self.sudo().with_company(company or self.env.company)
        counts = {
            user_id: (had, float(waited or 0), followed, 0)
            for user_id, had, waited, followed in service._received_leads(
                company, users, since, at
            )
        }
        for user_id, won in service._sales_of(users, since).items():
            counts[user_id] = (*counts.get(user_id, (0, 0.0, 0))[:3], won)
        return counts

    @api.model
    def _counts_of_routes(self, company, candidates, at):
        """Count for all routes together that go by rates.

        :param candidates: ``{(route, listing): [(id, res.users, code), ...]}``
        :returns: ``{days: counts}``, see :meth:`_counts`
        """
        together, nobody = {}, self.env["res.users"]
        for (route, _listing), found in candidates.items():
            if STRATEGIES[known_strategy(route.strategy)].by_rate:
                days = route.rate_period_days or PERIOD
                users = nobody.union(*(user for _id, user, _code in found))
                together[days] = together.get(days, nobody) | users
        return {
            days: self._counts_lately(company, users.sorted("id"), days, at)
            for days, users in together.items()
        }

    @api.model
    def _counts_lately(self, company, users, days, at):
        """As :meth:`_counts`; of companies with many leads of the last few minutes, for
        counting them takes a second, and they hardly change from lead to lead."""
        hour = at.replace(minute=0, second=0, microsecond=0)
        if history_of(self.env) is not LIVE or not self._many(company.id, days, hour):
            return self._counts(company, users, days, at)
        # what was received is counted up to the same moment in all processes
        moment = at.replace(
            minute=at.minute - at.minute % MINUTES, second=0, microsecond=0
        )
        return self._kept_counts(company.id, users._ids, days, moment)

    @api.model
    @ormcache("company_id", "user_ids", "days", "moment")
    def _kept_counts(self, company_id, user_ids, days, moment):
        company = self.env["res.company"].browse(company_id)
        users = self.env["res.users"].browse(user_ids)
        return self._counts(company, users, days, moment)

    @api.model
    @ormcache("company_id", "days", "moment")
    def _many(self, company_id, days, moment):
        """Whether a company received so many leads that counting them takes long."""
        self.env["lead.distribution.assignment"].flush_model(["company_id", "date"])
        ((number,),) = self.env.execute_query(
            SQL(
                """SELECT count(*) FROM (
                       SELECT FROM lead_distribution_assignment
                        WHERE company_id IS NOT DISTINCT FROM %s AND date >= %s
                        LIMIT %s) AS received""",
                company_id or None,
                moment - timedelta(days=days),
                MANY,
            )
        )
        return number >= MANY

    @api.model
    def _rates_for(self, strategy, company, users, days, at, counted=None):
        """Gather the rates that a strategy needs.

        :param counted: see :meth:`_counts_of_routes`
        :returns: ``{user_id: what the strategy goes by}``; empty for strategies that
            need no rate
        """
        name = STRATEGIES[known_strategy(strategy)].by_rate
        if not name:
            return {}
        days = days or PERIOD
        rates = self._rates(company, users, days, at, (counted or {}).get(days))
        return {user_id: getattr(rate, name) for user_id, rate in rates.items()}

    @api.model
    def _sales_of(self, users, since):
        """How much each has sold; to be extended by what sells. As superuser, see
        :meth:`_rates`.

        :returns: ``{user_id: number of sales}``, here won leads
        """
        groups = (
            self.env["crm.lead"]
            .with_context(active_test=False)
            ._read_group(
                [
                    ("user_id", "in", users.ids),
                    ("company_id", "in", [False, self.env.company.id]),
                    ("won_status", "=", "won"),
                    ("date_closed", ">=", since),
                ],
                ["user_id"],
                ["__count"],
            )
        )
        return {user.id: count for user, count in groups}

    @api.model
    def _last_sales(self, partners):
        """When each customer last bought; to be extended by what sells.

        :param partners: ``res.partner``, any of a commercial entity
        :returns: ``{commercial_partner_id: naive UTC datetime}`` of those who did
        """
        # sudo: the firm behind each contact, of which a date is told
        entities = partners.sudo().commercial_partner_id
        if not entities:
            return {}
        self.env["crm.lead"].flush_model(["partner_id", "won_status", "date_closed"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT p.commercial_partner_id, max(l.date_closed)
                         FROM res_partner p
                         JOIN crm_lead l ON l.partner_id = p.id
                        WHERE p.commercial_partner_id = ANY(%s)
                          AND l.won_status = 'won' AND l.date_closed IS NOT NULL
                          AND %s
                     GROUP BY 1""",
                    entities.ids,
                    self._of_companies_seen(SQL("l.company_id")),
                )
            )
        )

    @api.model
    def _of_companies_seen(self, column):
        """Limit a query to the companies that the reader may know of.

        :param column: a company, ``SQL``
        :returns: ``SQL``, whether whoever asks may know of what is that company's: the
            schedule of all, a person of those chosen
        """
        if self.env.su:
            return SQL("TRUE")
        return SQL(
            "(%s IS NULL OR %s = ANY(%s))", column, column, self.env.companies.ids
        )

    @api.model
    def _received_leads(self, company, users, since, at):
        """What each received since then, and how long it waited for a first follow-up
        (or still waits, or waited until it was taken away or closed).

        :returns: ``[(user_id, leads, hours, followed), ...]``
        """
        return self.env.execute_query(
            SQL(
                """WITH had AS (%(had)s), seen AS (
                       SELECT h.user_id, h.since,
                              COALESCE(h.until, l.date_closed, %(at)s) AS until,
                              CASE WHEN l.first_follow_up_date >= h.since
                                   THEN l.first_follow_up_date
                                   WHEN l.last_follow_up_date >= h.since
                                   THEN l.last_follow_up_date END AS touched
                         FROM had h JOIN crm_lead l ON l.id = h.lead_id
                   )
                   SELECT user_id, count(*),
                          sum(GREATEST(extract(epoch FROM
                              LEAST(touched, until) - since), 0) / 3600.0),
                          count(*) FILTER (WHERE touched <= until)
                     FROM seen GROUP BY user_id""",
                had=self._count_received(company, users, since, at),
                at=at,
            )
        )

    @api.model
    def _count_received(self, company, users, since, at):
        """Query what salespeople received.

        :returns: a query of what each received from ``since`` to ``at``: ``user_id,
            lead_id, since, until``, the last one NULL while it is theirs; ``SQL``
        """
        self.env["lead.distribution.assignment"].flush_model()
        self.env["crm.lead"].flush_model()
        return SQL(
            """SELECT a.user_id, a.lead_id, min(a.date) AS since,
                      CASE WHEN bool_or(a.state = 'assigned') THEN NULL
                           ELSE max(a.date_response) END AS until
                 FROM lead_distribution_assignment a
                WHERE a.user_id = ANY(%(users)s) AND a.lead_id IS NOT NULL
                  AND a.company_id IS NOT DISTINCT FROM %(company)s
                  AND a.state IN ('assigned', 'released')
                  AND a.date >= %(since)s AND a.date <= %(at)s
             GROUP BY 1, 2
               -- what is lent was received by who lent it
               HAVING bool_or(COALESCE(a.trigger, '') <> ALL(%(lending)s))
            UNION ALL
               SELECT l.user_id, l.id, COALESCE(l.date_open, l.create_date), NULL
                 FROM crm_lead l
                WHERE l.user_id = ANY(%(users)s)
                  AND %(of_company)s
                  AND l.intake_status IS DISTINCT FROM 'removed'
                  AND COALESCE(l.date_open, l.create_date)
                      BETWEEN %(since)s AND %(at)s
                  AND NOT EXISTS (
                      SELECT FROM lead_distribution_assignment a
                       WHERE a.lead_id = l.id AND a.user_id = l.user_id
                         AND a.state IN ('assigned', 'released'))""",
            users=users.ids,
            company=company.id or None,
            of_company=self.env["lead.distribution.lead.company"]._sql_of_company(
                "l", company
            ),
            since=since,
            at=at,
            lending=list(LENDING),
        )

    @api.model
    def _describe_rates(self, members, name):
        """Fill in ``rate`` of the members of routes or rules.

        :param name: of the field that leads there
        """
        for owner, ours in members.grouped(name).items():
            company = owner.company_id or self.env.company
            users = ours.user_id._origin
            if not self.env.su:
                # of people of companies that the reader has chosen, no others
                company &= self.env.companies
                users = users.filtered(lambda u, c=company: c and c in u.company_ids)
            if not users:
                ours.rate = False
                continue
            days, now = owner.rate_period_days or PERIOD, fields.Datetime.now()
            counts = self._counts_lately(company, users.sorted("id"), days, now)
            rates = self._rates(company, users, days, now, counts)
            for member in ours:
                rate = rates.get(member.user_id._origin.id)
                member.rate = self._describe_rate(rate) if rate else False

    @api.model
    def _describe_rate(self, rate):
        """Return a rate in words, with the numbers behind."""
        _ = self.env._
        if not rate.had:
            return _("no history: first")
        return _(
            "%(closing)s %% (%(won)s won of %(had)s), %(hours)s h (%(followed)s "
            "followed up)",
            closing=plain_number(self.env, 100 * rate.closing, 0),
            won=rate.won,
            had=rate.had,
            hours=plain_number(self.env, rate.hours),
            followed=rate.followed,
        )
