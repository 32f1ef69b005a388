"""How much everybody has, and should have: loads, targets, units."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.constants import LENDING, WEIGHED
from ...tools.periods import month_span
from .history import history_of

#: the fewest and the most units that a lead counts by its value
UNITS_OF_A_LEAD = (0.1, 10.0)


class LeadDistributionCandidates(models.AbstractModel):
    _inherit = "lead.distribution.candidates"

    @api.model
    def _weight(self, lead):
        """What a lead counts as load from now on (B7): one, or in companies that weigh
        by value its expected revenue in units, within bounds, for a typing error must
        not keep its salesperson from all others of the month, nor a small lead count
        as none.

        :returns: units
        """
        value = self.env.company.lead_value_per_unit
        if not value or lead.expected_revenue <= 0:
            return 1.0
        lightest, heaviest = UNITS_OF_A_LEAD
        return round(min(max(lead.expected_revenue / value, lightest), heaviest), 4)

    @api.model
    def _loads(self, company, route, users, at, listings, measured):
        """Load by the route's measure (O5), for all listings together and, where
        the route wants it, for each (O8).

        :param measured: what was asked already, to be filled
        :returns: ``{None or listing_id: {user_id: load}}``
        """
        count = getattr(self, f"_count_{route.workload_measure}", None)
        count = count or self._count_assignments
        base = key = self._measured_by(route)
        if route.delivery != "assign":
            # of two routes only those that count the same offers are counted once
            key = (*key, route.offer_refused_counts and route.id)
        if key not in measured:
            if ("rows", base) not in measured:
                measured["rows", base] = count(company, route, users, at)
            rows = measured["rows", base]
            if route.delivery != "assign":
                rows = [*rows, *self._offers_of_month(company, route, users, at)]
            found = {None: {}, **{listing.id: {} for listing in listings}}
            for user_id, listing_id, load in rows:
                found[None][user_id] = found[None].get(user_id, 0.0) + load
                if listing_id in found and listing_id:
                    found[listing_id][user_id] = load
            measured[key] = found
        return history_of(self.env).loads(measured[key], company, route, at)

    @api.model
    def _measured_by(self, route):
        """Hook: what a load depends on besides salespeople and time.

        :returns: a tuple; routes with the same one are counted once
        """
        measure, kind = route.workload_measure, None
        if measure == "activities":
            kind = route.workload_activity_type_id
        return measure, kind, route.workload_per_listing

    # what is counted, by the measure's key: _count_<key>(company, route, users, at)
    # returns [(user_id, listing_id or None, load), ...], by listing where the route
    # wants it

    @api.model
    def _count_assignments(self, company, route, users, at):
        per = route.workload_per_listing
        return self._assignments_of_month(company, users.ids, at, per)

    @api.model
    def _count_activities(self, company, route, users, at):
        kind, per = route.workload_activity_type_id, route.workload_per_listing
        return self._activities_of_month(company, users, at, kind, per)

    @api.model
    def _count_open_leads(self, company, route, users, at):
        return self._open_leads_of(company, users, route.workload_per_listing)

    @api.model
    def _offers_of_month(self, company, route, users, at):
        """Sum up the units of open offers of all routes, for whose turn it is, and
        where the route wants it of its own offers that were declined or ended.

        :returns: see :meth:`_assignments_of_month`
        """
        start, end = month_span(company, at)
        states = Domain("state", "=", "offered")
        if route.offer_refused_counts:
            states |= Domain("state", "in", ["declined", "expired"]) & Domain(
                "route_id", "=", route.id
            )
        per = route.workload_per_listing
        # sudo: numbers of offers, to decide and not to tell
        groups = (
            self.env["lead.distribution.assignment"]
            .sudo()
            ._read_group(
                Domain("company_id", "=", company.id)
                & Domain("user_id", "in", users.ids)
                & Domain("date", ">=", start)
                & Domain("date", "<", min(end, history_of(self.env).as_of))
                & states,
                ["user_id", "listing_id"] if per else ["user_id"],
                ["units:sum"],
            )
        )
        return [
            (group[0].id, group[1].id if per else None, group[-1]) for group in groups
        ]

    @api.model
    def _assignments_of_month(self, company, user_ids, at, per_listing=False):
        """Sum up the units that salespeople received in a month.

        :returns: ``[(user_id, listing_id or None, units), ...]``
        """
        start, end = month_span(company, at)
        # sudo: a number that the salesperson's own screens show as well
        groups = (
            self.env["lead.distribution.assignment"]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", company.id),
                    ("user_id", "in", user_ids),
                    ("state", "in", WEIGHED),
                    ("date", ">=", start),
                    ("date", "<", min(end, history_of(self.env).as_of)),
                ],
                ["user_id", "listing_id"] if per_listing else ["user_id"],
                ["units:sum"],
            )
        )
        return [
            (group[0].id, group[1].id if per_listing else None, group[-1])
            for group in groups
        ]

    @api.model
    def _activities_of_month(self, company, users, at, kind, per_listing, *columns):
        """Activities of a type created this month, whoever created them, open and
        done, once each.

        :param columns: ``SQL`` of what else tells them apart
        :returns: ``[(user_id, listing_id or None, *columns, number), ...]``
        """
        if not kind:
            return []
        start, end = month_span(company, at)
        self.env["mail.activity"].flush_model()
        self.env["crm.lead"].flush_model(["listing_id", "company_id"])
        listing = SQL("l.listing_id") if per_listing else SQL("NULL::int")
        selected = [SQL("a.user_id"), listing, *columns]
        return self.env.execute_query(
            SQL(
                """SELECT %(columns)s, count(*)
                     FROM mail_activity a
                LEFT JOIN crm_lead l ON a.res_model = 'crm.lead' AND l.id = a.res_id
                    WHERE a.activity_type_id = %(kind)s
                      AND a.user_id = ANY(%(users)s)
                      AND a.create_date >= %(start)s AND a.create_date < %(end)s
                      AND a.lead_distribution_unplaced IS NOT TRUE
                      AND (l.company_id IS NULL OR l.company_id = %(company)s)
                 GROUP BY %(groups)s""",
                columns=SQL(", ").join(selected),
                groups=SQL(", ").join(SQL(str(n + 1)) for n in range(len(selected))),
                kind=kind.id,
                users=users.ids,
                start=start,
                end=min(end, history_of(self.env).as_of),
                company=company.id or None,
            )
        )

    @api.model
    def _open_leads_of(self, company, users, per_listing):
        """Count the open leads of salespeople.

        :returns: ``[(user_id, listing_id or None, number), ...]``
        """
        # sudo: how many leads people have open: numbers, to decide
        groups = (
            self.env["crm.lead"]
            .sudo()
            ._read_group(
                history_of(self.env).open_leads(
                    [
                        ("user_id", "in", users.ids),
                        ("company_id", "in", [False, company.id]),
                    ]
                ),
                ["user_id", "listing_id"] if per_listing else ["user_id"],
                ["__count"],
            )
        )
        return [
            (group[0].id, group[1].id if per_listing else None, group[-1])
            for group in groups
        ]

    @api.model
    def _targets_on(self, route, company, users):
        """Member line, else individual, else the route's standard, else the
        company's (O6).

        :param users: the route's
        :returns: ``{user_id: units of a month}``
        """
        company = company or self.env.company
        standard = route.standard_target or company.lead_standard_target
        lines = {
            line.user_id.id: line.target
            for line in route.member_ids
            if route.pool_source == "members" and line.target_mode == "individual"
        }
        targets = {}
        for user in users.with_company(company):
            if user.id in lines:
                targets[user.id] = lines[user.id]
            elif user.lead_target_mode == "individual":
                targets[user.id] = user.lead_target
            else:
                targets[user.id] = standard
        return targets

    @api.model
    def _units_of_month(self, company, user_ids, at):
        """Units of the calendar month in the company's time zone, all routes
        together (O9).

        :returns: ``{user_id: units}``
        """
        rows = self._assignments_of_month(company, user_ids, at)
        return {user_id: units for user_id, _listing, units in rows}

    @api.model
    def _corrections_of(self, company, user_ids, start, row):
        """Sum up the corrections of a month before a row of the ledger.

        :param start: naive UTC datetime, of the month
        :param row: ``lead.distribution.assignment``, maybe one that is not written
        :returns: ``{user_id: units}``
        """
        # sudo: numbers, for explanations that are told to whom they concern
        groups = (
            self.env["lead.distribution.assignment"]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", company.id),
                    ("user_id", "in", list(user_ids)),
                    ("state", "=", "corrected"),
                    ("date", ">=", start),
                    ("id", "<", row.id) if row.id else ("date", "<=", row.date),
                ],
                ["user_id"],
                ["units:sum"],
            )
        )
        return {user.id: units for user, units in groups if units}

    @api.model
    def _last_rows(self, user_ids):
        """When each got the last lead, as the id of the ledger's row.

        :returns: ``{user_id: id}``
        """
        if not user_ids:
            return {}
        self.env["lead.distribution.assignment"].flush_model(["user_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT u.id, a.id
                     FROM unnest(%s) AS u(id)
                    CROSS JOIN LATERAL (
                          SELECT id FROM lead_distribution_assignment
                           WHERE user_id = u.id AND state <> 'corrected'
                             AND COALESCE(trigger, '') <> ALL(%s) AND %s
                           ORDER BY id DESC LIMIT 1) AS a""",
                list(user_ids),
                list(LENDING),
                history_of(self.env).before(SQL("date")),
            )
        )
        return history_of(self.env).last_rows(dict(rows))

    @api.model
    def _route_states(self, routes):
        """Read what the strategies remember.

        :returns: ``{(route_id, listing_id, user_id): (credit, turn)}``
        """
        states = self.env["lead.distribution.route.state"].search_fetch(
            [("route_id", "in", routes.ids)],
            ["route_id", "listing_id", "user_id", "credit", "turn"],
        )
        return history_of(self.env).route_states(
            {
                (s.route_id.id, s.listing_id.id, s.user_id.id): (s.credit, s.turn)
                for s in states
            }
        )
