"""Hard limits: how many more leads somebody may get, and worth how much (P7)."""

from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import Person
from ...tools.columns import columns
from ...tools.constants import COUNTED, LENDING
from ...tools.limits import LIMIT_FIELDS, LIMIT_OF, ON_ROUTE, limits_of
from ...tools.periods import day_span, days_span, hour_span, month_span, week_span
from ...tools.service_context import as_service
from .history import history_of

#: spans of the company's calendar
CALENDAR = {
    "hour": hour_span,
    "day": day_span,
    "week": week_span,
    "month": month_span,
}


@dataclass
class HardLimits:
    """Limits of salespeople and of members of routes, and what is used of them.

    A key is the id of a salesperson, or ``(route_id, user_id)`` of a member.

    :param most: ``{key: {limit's code: most of it}}``, of those with any
    :param days: ``{key: of how many days the rolling ones are}``
    :param used: ``{limit's code: {key: number of leads, or their value}}``
    """

    most: dict = field(default_factory=dict)
    days: dict = field(default_factory=dict)
    used: dict = field(default_factory=dict)

    def add(self, key, values):
        """Add the limits of a salesperson or member, if there are any.

        :param values: those of :data:`..tools.limits.LIMIT_FIELDS`
        """
        most = limits_of(values)
        if most:
            self.most[key] = most
            self.days[key] = max(values[-1] or 0, 1)  # of how many days

    @property
    def users(self):
        """Ids of those whose leads are to be counted."""
        return sorted({k[1] if isinstance(k, tuple) else k for k in self.most})

    @property
    def by_value(self):
        """Whether any limit is of what leads are worth."""
        return any(
            LIMIT_OF[code].by_value for most in self.most.values() for code in most
        )

    @property
    def by_route(self):
        """Whether any limit is of one route alone."""
        return any(isinstance(key, tuple) for key in self.most)

    def spans(self, company, at):
        """Return ``{(span, days or 0): naive UTC (start, end)}`` that are counted."""
        asked = {}
        for key, most in self.most.items():
            for code in most:
                span = LIMIT_OF[code].span
                asked[span, self.days[key] if span == "days" else 0] = None
        return {
            (span, number): days_span(company, at, number)
            if span == "days"
            else CALENDAR[span](company, at)
            for span, number in asked
            if span != "open"
        }

    def count(self, span, days, user_id, route_id, number, value):
        """Count leads that somebody had.

        :param span: one of :data:`..tools.limits.SPANS`
        :param days: of a rolling one, else 0
        :param route_id: through which they came, or None
        """
        for key in (user_id, (route_id, user_id)):
            if key not in self.most or days and self.days[key] != days:
                continue
            for code, amount in (
                (f"limit_{span}", number),
                (f"limit_{span}_value", value),
            ):
                if code in self.most[key]:
                    had = self.used.setdefault(code, {})
                    had[key] = had.get(key, 0) + (amount or 0)

    def left(self, key):
        """What the limits of somebody still allow: of each kind the least.

        :returns: values of the engine's ``Person`` and ``Candidate``
        """
        found = {}
        prefix = ON_ROUTE if isinstance(key, tuple) else ""
        for code, most in self.most.get(key, {}).items():
            rest = max(most - self.used.get(code, {}).get(key, 0), 0)
            name = "value" if LIMIT_OF[code].by_value else "capacity"
            amount = "value_left" if name == "value" else name
            if amount not in found or rest < found[amount]:
                found[amount], found[f"{name}_code"] = rest, prefix + code
        return found

    def passed(self, key, number, value):
        """Code of a limit that forbids so many more leads of that value, "" for none.

        Whoever is at a limit by value gets nothing more, whatever it is worth.
        """
        for code, most in self.most.get(key, {}).items():
            had = self.used.get(code, {}).get(key, 0)
            by_value = LIMIT_OF[code].by_value
            if had + (value if by_value else number) > most or (
                by_value and number and had >= most
            ):
                return (ON_ROUTE if isinstance(key, tuple) else "") + code
        return ""


class LeadDistributionCandidates(models.AbstractModel):
    _inherit = "lead.distribution.candidates"

    @api.model
    def _persons(
        self, company, users, last, at, excluded=(), absent=(), hard_limits=None
    ):
        """Describe salespeople to the engine.

        :param excluded: ``{user_id: code}``, see :meth:`_excluded`
        :param absent: ids of who is away; what they have open is answered by others
        :param hard_limits: :class:`HardLimits`, where they are counted already
        :returns: the engine's :class:`Person` for each, hard limits as capacity
        """
        excluded = dict(excluded)
        away = dict.fromkeys(absent, "absent")
        limits = hard_limits or self._hard_limits(company, users, at)
        return [
            Person(
                user.id,
                last.get(user.id, 0),
                exclusion=excluded.get(user.id) or away.get(user.id, ""),
                **limits.left(user.id),
            )
            for user in users
        ]

    @api.model
    def _hard_limits(self, company, users, at, routes=None, offers=True):
        """Find limits, and count what is used of them: a few statements, however many
        salespeople and leads.

        :param routes: ``lead.distribution.route`` whose members' limits count, too
        :param offers: whether open offers count
        :returns: :class:`HardLimits`
        """
        limits = HardLimits()
        # sudo: decides for everybody; whoever tells it looks who may know
        everybody = users.sudo().with_company(company or self.env.company)
        for user, values in zip(users, columns(everybody, *LIMIT_FIELDS), strict=True):
            limits.add(user.id, values)
        known = set(users._ids)
        # sudo: decides for everybody; whoever tells it looks who may know
        for route in (routes or self.env["lead.distribution.route"]).sudo():
            if route.pool_source == "members":
                members = route.member_ids
                for user_id, *values in columns(members, "user_id", *LIMIT_FIELDS):
                    if user_id in known:
                        limits.add((route.id, user_id), values)
        history_of(self.env).limits(limits)
        if limits.most:
            self._count_ledger(company, limits, at, offers)
            self._count_self_assigned(company, limits, at)
            self._count_open(company, limits, offers)
            history_of(self.env).limits_used(limits, limits.spans(company, at))
        return limits

    @api.model
    def _count_ledger(self, company, limits, at, offers):
        """Count what the ledger says of the spans that have limits.

        :param limits: :class:`HardLimits`, to be filled
        """
        spans = limits.spans(company, at)
        if not spans:
            return
        self.env["lead.distribution.assignment"].flush_model()
        self.env["crm.lead"].flush_model(["distribution_route_id"])
        # what a person gave by hand counts on the route through which the lead came
        route = SQL("NULL::int")
        if limits.by_route:
            route = SQL(
                """COALESCE(a.route_id, (SELECT l.distribution_route_id
                                           FROM crm_lead l WHERE l.id = a.lead_id))"""
            )
        as_of = history_of(self.env).as_of
        rows = self.env.execute_query(
            SQL(
                """SELECT a.user_id, %(route)s, %(columns)s
                     FROM lead_distribution_assignment a
                    WHERE a.company_id = %(company)s AND a.user_id = ANY(%(users)s)
                      AND a.state = ANY(%(states)s)
                      AND a.date >= %(start)s AND a.date < %(end)s
                      -- customers that a rule moved are no leads
                      AND (a.lead_id IS NOT NULL OR a.units > 0)
                      AND COALESCE(a.trigger, '') <> ALL(%(lending)s)
                 GROUP BY 1, 2""",
                route=route,
                lending=list(LENDING),
                columns=self._sums(
                    limits, spans, SQL("a.date"), SQL("a.expected_revenue"), as_of
                ),
                company=company.id or None,
                users=limits.users,
                states=[*COUNTED, *(["offered"] if offers else [])],
                start=min(start for start, _end in spans.values()),
                end=min(max(end for _start, end in spans.values()), as_of),
            )
        )
        self._count_rows(limits, spans, rows)

    @api.model
    def _sums(self, limits, spans, moment, value, as_of):
        """Columns of a number of leads and their value, for each span.

        :param moment, value: ``SQL`` of when a lead counts, and of what it is worth;
            that is asked for only where a limit is by value
        """
        if not limits.by_value:
            value = SQL("NULL::float")
        return SQL(", ").join(
            SQL(
                "count(*) FILTER (WHERE %(in)s), sum(%(value)s) FILTER (WHERE %(in)s)",
                **{
                    "in": SQL(
                        "%s >= %s AND %s < %s", moment, start, moment, min(end, as_of)
                    ),
                    "value": value,
                },
            )
            for start, end in spans.values()
        )

    @api.model
    def _count_rows(self, limits, spans, rows):
        for user_id, route_id, *sums in rows:
            for (span, days), number, value in zip(
                spans, sums[::2], sums[1::2], strict=True
            ):
                if number:
                    limits.count(span, days, user_id, route_id, number, value)

    @api.model
    def _count_self_assigned(self, company, limits, at):
        """Leads of their own sources and mail aliases are in no ledger, and count
        against the limits of time spans all the same.

        :param limits: :class:`HardLimits`, to be filled
        """
        spans = limits.spans(company, at)
        if not spans:
            return
        self.env["crm.lead"].flush_model(
            [
                "user_id",
                "company_id",
                "distribution_state",
                "distribution_own_channel",
                "expected_revenue",
            ]
        )
        as_of = history_of(self.env).as_of
        rows = self.env.execute_query(
            SQL(
                """SELECT user_id, NULL::int, %(columns)s
                     FROM crm_lead
                    WHERE distribution_own_channel IS NOT NULL
                      AND distribution_state = 'none' AND user_id = ANY(%(people)s)
                      AND company_id = %(company)s
                      AND create_date >= %(start)s AND create_date < %(end)s
                 GROUP BY 1""",
                columns=self._sums(
                    limits, spans, SQL("create_date"), SQL("expected_revenue"), as_of
                ),
                people=limits.users,
                company=company.id or None,
                start=min(start for start, _end in spans.values()),
                end=min(max(end for _start, end in spans.values()), as_of),
            )
        )
        self._count_rows(limits, spans, rows)

    @api.model
    def _count_open(self, company, limits, offers):
        """Count what is open now, open offers with it.

        :param limits: :class:`HardLimits`, to be filled
        """
        if not any(
            LIMIT_OF[code].span == "open"
            for most in limits.most.values()
            for code in most
        ):
            return
        # sudo: how many leads people were given: numbers, to decide
        groups = (
            self.env["crm.lead"]
            .sudo()
            ._read_group(
                [
                    ("user_id", "in", limits.users),
                    ("company_id", "in", [False, company.id]),
                    ("won_status", "=", "pending"),
                ],
                ["user_id", "distribution_route_id"],
                ["__count", "expected_revenue:sum"],
            )
        )
        if offers:
            # sudo: how many offers people have open: numbers, to decide
            groups += (
                self.env["lead.distribution.assignment"]
                .sudo()
                ._read_group(
                    [
                        ("company_id", "=", company.id),
                        ("user_id", "in", limits.users),
                        ("state", "=", "offered"),
                        ("lead_id", "!=", False),
                    ],
                    ["user_id", "route_id"],
                    ["__count", "expected_revenue:sum"],
                )
            )
        for user, route, number, value in groups:
            limits.count("open", 0, user.id, route.id, number, value)

    @api.model
    def _capacity_of(self, company, user):
        """Tell how much capacity somebody has left.

        :returns: how many more leads somebody may have now by pause and limits; None
            for no limit, and where nobody distributes
        """
        # sudo: a switch of the company, to decide and not to tell
        if not company.sudo()._lead_distribution_on():
            return None
        service = as_service(self, company)
        user = service.env["res.users"].browse(user.id)
        if service._excluded(company, user):
            return 0
        person = service._persons(company, user, {}, fields.Datetime.now())[0]
        if person.value_left is not None and person.value_left <= 0:
            return 0
        return person.capacity

    @api.model
    def _limit_passed(self, company, user, leads):
        """Whether hard limits forbid that somebody gets these leads now: their own, and
        those that they have on the leads' routes. What is offered to them counts as
        had, except that taking an offer makes one less of them.

        :returns: the limit's code, "" where there is capacity for all of the leads
        """
        at, routes = fields.Datetime.now(), leads.distribution_route_id
        held = self._hard_limits(company, user, at, routes, offers=False)
        if not held.most:
            return ""
        asked = self._hard_limits(company, user, at, routes)
        offers = self.env["lead.distribution.assignment"]._open_offers(leads, user)
        for key in held.most:
            ours = leads
            if isinstance(key, tuple):
                ours = leads.filtered(
                    lambda x, key=key: x.distribution_route_id.id == key[0]
                )
            fresh = ours - ours.browse(offers.lead_id.ids)
            for limits, more in ((held, ours), (asked, fresh)):
                value = sum(more.mapped("expected_revenue"))
                code = limits.passed(key, len(more), value) if more else ""
                if code:
                    return code
        return ""
