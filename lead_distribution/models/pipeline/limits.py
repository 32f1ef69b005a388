"""Hard limits: how many more leads somebody may get."""

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import Person
from ...tools.constants import COUNTED
from ...tools.periods import day_span, month_span
from ...tools.service_context import as_service
from .history import history_of


class LeadDistributionCandidates(models.AbstractModel):
    _inherit = "lead.distribution.candidates"

    @api.model
    def _persons(self, company, users, last, at, excluded=(), absent=()):
        """Describe salespeople to the engine.

        :param excluded: ``{user_id: code}``, see :meth:`_excluded`
        :param absent: ids of who is away; what they have open is answered by others
        :returns: the engine's :class:`Person` for each, hard limits as capacity
        """
        excluded = dict(excluded)
        away = dict.fromkeys(absent, "absent")
        limits = self._limits(company, users)
        used = self._limits_used(company, limits, at)
        people = []
        for user in users:
            capacity, code = None, "limit"
            for name, limit in limits.get(user.id, {}).items():
                left = max(limit - used[name].get(user.id, 0), 0)
                if capacity is None or left < capacity:
                    capacity, code = left, name
            exclusion = excluded.get(user.id) or away.get(user.id, "")
            people.append(
                Person(user.id, last.get(user.id, 0), capacity, code, exclusion)
            )
        return people

    @api.model
    def _limits(self, company, users):
        """Return ``{user_id: {limit's code: leads at most}}``, of those with any."""
        limits = {}
        # sudo: decides for everybody; whoever tells it looks who may know
        for user in users.sudo().with_company(company or self.env.company):
            found = {
                "limit_day": user.lead_max_day,
                "limit_month": user.lead_max_month,
                "limit_open": user.lead_max_open,
            }
            found = {code: limit for code, limit in found.items() if limit}
            if found:
                limits[user.id] = found
        return history_of(self.env).limits(limits)

    @api.model
    def _limits_used(self, company, limits, at, offers=True):
        """Count the leads that the limits count.

        :param offers: whether open offers count
        :returns: ``{limit's code: {user_id: leads}}``
        """
        used = {"limit_day": {}, "limit_month": {}, "limit_open": {}}
        if not limits:
            return used
        # sudo: numbers of leads, to hold them against the limits
        Assignment = self.env["lead.distribution.assignment"].sudo()
        states = [*COUNTED, "offered"] if offers else COUNTED
        for name, (start, end) in (
            ("limit_day", day_span(company, at)),
            ("limit_month", month_span(company, at)),
        ):
            groups = Assignment._read_group(
                [
                    ("company_id", "=", company.id),
                    ("user_id", "in", list(limits)),
                    ("state", "in", states),
                    ("date", ">=", start),
                    ("date", "<", min(end, history_of(self.env).as_of)),
                    # customers that a rule moved are no leads
                    "|",
                    ("lead_id", "!=", False),
                    ("units", ">", 0),
                ],
                ["user_id"],
                ["__count"],
            )
            used[name] = {user.id: count for user, count in groups}
        self._add_self_assigned(company, limits, used, at)
        # sudo: how many leads people were given: numbers, to decide
        groups = (
            self.env["crm.lead"]
            .sudo()
            ._read_group(
                [
                    ("user_id", "in", list(limits)),
                    ("company_id", "in", [False, company.id]),
                    ("won_status", "=", "pending"),
                ],
                ["user_id"],
                ["__count"],
            )
        )
        used["limit_open"] = {user.id: count for user, count in groups}
        if offers and any("limit_open" in found for found in limits.values()):
            groups = Assignment._read_group(
                [
                    ("company_id", "=", company.id),
                    ("user_id", "in", list(limits)),
                    ("state", "=", "offered"),
                    ("lead_id", "!=", False),
                ],
                ["user_id"],
                ["__count"],
            )
            for user, count in groups:
                used["limit_open"][user.id] = used["limit_open"].get(user.id, 0) + count
        return history_of(self.env).limits_used(used, company, at)

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
        return service._persons(company, user, {}, fields.Datetime.now())[0].capacity

    @api.model
    def _limit_passed(self, company, user, leads):
        """Whether hard limits forbid that somebody gets these leads now. What is
        offered to them counts as had, except that taking an offer makes one less of
        them.

        :returns: the limit's code, "" where there is capacity for all of the leads
        """
        limits = self._limits(company, user)
        if not limits:
            return ""
        at = fields.Datetime.now()
        held = self._limits_used(company, limits, at, offers=False)
        asked = self._limits_used(company, limits, at)
        fresh = len(leads) - len(
            self.env["lead.distribution.assignment"]._open_offers(leads, user).lead_id
        )
        for code, limit in limits[user.id].items():
            if held[code].get(user.id, 0) + len(leads) > limit:
                return code
            if fresh and asked[code].get(user.id, 0) + fresh > limit:
                return code
        return ""

    @api.model
    def _add_self_assigned(self, company, limits, used, at):
        """Leads of their own sources and mail aliases are in no ledger, and count
        against the limits of the day and the month all the same.

        :param used: see :meth:`_limits_used`, to be added to
        """
        people = [
            user_id
            for user_id, found in limits.items()
            if "limit_day" in found or "limit_month" in found
        ]
        if not people:
            return
        self.env["crm.lead"].flush_model(
            ["user_id", "company_id", "distribution_state", "distribution_own_channel"]
        )
        start, end = month_span(company, at)
        today, tomorrow = day_span(company, at)
        rows = self.env.execute_query(
            SQL(
                """SELECT user_id, count(*) FILTER (WHERE create_date >= %(today)s
                                              AND create_date < %(tomorrow)s),
                          count(*)
                     FROM crm_lead
                    WHERE distribution_own_channel IS NOT NULL
                      AND distribution_state = 'none' AND user_id = ANY(%(people)s)
                      AND company_id = %(company)s
                      AND create_date >= %(start)s AND create_date < %(end)s
                 GROUP BY 1""",
                today=today,
                tomorrow=tomorrow,
                people=people,
                company=company.id or None,
                start=start,
                end=min(end, history_of(self.env).as_of),
            )
        )
        for user_id, of_day, of_month in rows:
            for name, count in (("limit_day", of_day), ("limit_month", of_month)):
                used[name][user_id] = used[name].get(user_id, 0) + count
