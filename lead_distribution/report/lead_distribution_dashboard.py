"""Received, times, kept clocks, fairness and gaps of a period, for the dashboard."""

from datetime import date, time, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools.misc import format_time

from ..engine.dashboard import EVEN, Bucket, balances, fold, total, unit_of
from ..tools.constants import COUNTED
from ..tools.locale import month, plain_number, short_date
from ..tools.periods import company_midnight, company_today

#: the longest period, in days
LONGEST = 3 * 366

#: what each reason of the ledger is called where it explains who is ahead
KINDS = {
    "claim": "claim",
    "correction": "correction",
    "direct": "direct",
    "duplicate": "repeated",
    "former_advisor": "customer",
    "known_advisor": "customer",
    "manual": "manual",
    "merge": "merge",
    "missed": "missed",
    "rule": "rule",
    "strategy": "turn",
}


class LeadDistributionDashboard(models.AbstractModel):
    """The figures behind the dashboard: what the reports say, of one company and one
    period, as far as the reader may read them. Managers see everybody, salespeople
    themselves.
    """

    _name = "lead.distribution.dashboard"
    _description = "Lead Distribution Dashboard"

    @api.model
    def figures(self, period="month", first=False, last=False):
        """All that the dashboard shows, in a handful of queries.

        :param period: ``today``, ``week`` (the last seven days), ``month``, ``quarter``
            or ``free``
        :param first: date, of a free period
        :param last: date, included, of a free period
        :returns: dictionary of ``period`` (``key``, ``first``, ``last``, ``start``,
            ``end``, ``unit``), ``company``, ``everybody`` (whether the reader sees
            all), ``received``, ``claim`` and ``follow_up`` (minutes on average, or
            False), ``kept`` and ``missed`` (clocks), ``bars`` (label, received, claim,
            follow_up), ``people`` (name, received, kept, missed), ``fairness`` (name,
            ahead, text), ``gaps`` (weekday from 1, hour, number; None for who may not
            read them), ``waiting`` and ``next`` (text, action; False unless nothing
            was received)
        :raises AccessError: for who has nothing to do with the distribution
        :raises UserError: when a free period ends before it begins, or is too long
        """
        if not self.env.user.has_group("lead_distribution.group_user"):
            raise AccessError(
                self.env._(
                    "Only salespeople and their managers can open the dashboard."
                )
            )
        company = self.env.company
        first, last = self._days(company, period, first, last)
        bounds = (
            company_midnight(company, first),
            company_midnight(company, last + timedelta(days=1)),
        )
        domain = (
            Domain("company_id", "=", company.id)
            & Domain("date", ">=", bounds[0])
            & Domain("date", "<", bounds[1])
        )
        buckets = self._buckets(company, domain, first, last)
        people = self._people(domain)
        whole = total(buckets)
        gaps, waiting = self._gaps(domain)
        return {
            "period": {
                "key": period,
                "first": fields.Date.to_string(first),
                "last": fields.Date.to_string(last),
                "start": fields.Datetime.to_string(bounds[0]),
                "end": fields.Datetime.to_string(bounds[1]),
                "unit": unit_of(first, last),
            },
            "company": company.name,
            "everybody": gaps is not None,
            "received": whole.received,
            "claim": self._minutes(whole.claim),
            "follow_up": self._minutes(whole.follow_up),
            "kept": sum(person["kept"] for person in people),
            "missed": sum(person["missed"] for person in people),
            "bars": self._bars(buckets, first, last),
            "people": people,
            "fairness": self._fairness(domain),
            "gaps": gaps,
            "waiting": waiting,
            "next": False if whole.received else self._next_step(waiting),
        }

    # periods ----------------------------------------------------------------------

    @api.model
    def _days(self, company, period, first, last):
        """Return the first and the last day of a period, in the company's time zone."""
        _ = self.env._
        today = company_today(company)
        if period == "today":
            return today, today
        if period == "week":
            return today - timedelta(days=6), today
        if period == "month":
            return today.replace(day=1), today
        if period == "quarter":
            begin = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
            return begin, today
        if period != "free":
            raise UserError(_("There is no such period."))
        try:
            last = fields.Date.to_date(last) or today
            first = fields.Date.to_date(first) or last - relativedelta(months=1)
        except (TypeError, ValueError) as error:
            raise UserError(_("This is not a date.")) from error
        if last < first:
            raise UserError(_("The end of the period is before its start."))
        if (last - first).days > LONGEST:
            raise UserError(_("Choose three years at most."))
        return first, last

    # what was received ------------------------------------------------------------

    @api.model
    def _buckets(self, company, domain, first, last):
        """What was received, and how soon, in the steps in which the period is shown.

        :returns: list of :class:`~..engine.dashboard.Bucket`
        """
        hours = unit_of(first, last) == "hour"
        zone = str(company._lead_timezone())
        groups = (
            self.env["lead.distribution.report"]
            .with_context(tz=zone)
            ._read_group(
                domain,
                ["date:hour" if hours else "date:day"],
                [
                    "received:sum",
                    "minutes_to_claim:count",
                    "minutes_to_claim:sum",
                    "minutes_to_follow_up:count",
                    "minutes_to_follow_up:sum",
                ],
            )
        )
        rows = [
            Bucket(moment.hour if hours else moment.date(), *(n or 0 for n in numbers))
            for moment, *numbers in groups
        ]
        return fold(rows, first, last)

    @api.model
    def _bars(self, buckets, first, last):
        """Describe the buckets in the reader's words, with their figures."""
        unit = unit_of(first, last)

        def label(start):
            if unit == "hour":
                return format_time(self.env, time(start), time_format="short")
            return (month if unit == "month" else short_date)(self.env, start)

        return [
            {
                "label": label(bucket.start),
                "received": bucket.received,
                "claim": self._minutes(bucket.claim),
                "follow_up": self._minutes(bucket.follow_up),
            }
            for bucket in buckets
        ]

    @api.model
    def _minutes(self, number):
        return False if number is None else round(number, 1)

    @api.model
    def _people(self, domain):
        """What each received, and how many clocks were kept, by name."""
        groups = self.env["lead.distribution.report"]._read_group(
            domain & Domain("state", "in", COUNTED),
            ["user_id"],
            ["received:sum", "clock_kept:sum", "clock_missed:sum"],
        )
        people = [
            {"id": user.id, "name": user.name, "received": n, "kept": k, "missed": m}
            for user, n, k, m in groups
        ]
        return sorted(people, key=lambda person: (-person["received"], person["name"]))

    # fairness ---------------------------------------------------------------------

    @api.model
    def _fairness(self, domain):
        """Who is ahead, and through what, who is most ahead first."""
        found = self._balances(domain)
        return [
            {
                "id": user.id,
                "name": user.name,
                "ahead": round(balance.ahead, 1),
                "text": self._balance_text(balance),
            }
            for user, balance in found.items()
        ]

    @api.model
    def _balances(self, domain):
        """Add up, in one query, what made salespeople ahead or behind.

        :param domain: of ``lead.distribution.fairness``
        :returns: ``{res.users: Balance}``
        """
        groups = self.env["lead.distribution.fairness"]._read_group(
            domain, ["user_id", "reason"], ["ahead:sum", "otherwise:sum"]
        )
        rows = [
            (user, reason, (ahead or 0.0) + (otherwise or 0.0))
            for user, reason, ahead, otherwise in groups
        ]
        return balances(rows, KINDS)

    @api.model
    def _kind_words(self):
        _ = self.env._
        return {
            "claim": _("claimed"),
            "correction": _("corrections"),
            "customer": _("own customers"),
            "direct": _("direct routes"),
            "manual": _("manually"),
            "merge": _("merged leads"),
            "missed": _("after missed follow-ups"),
            "other": _("other"),
            "repeated": _("repeated inquiries"),
            "rule": _("by rules"),
            "turn": _("by turn"),
        }

    @api.model
    def _balance_text(self, balance):
        """Say how far somebody is ahead or behind, and what made it so."""
        _ = self.env._
        words = self._kind_words()
        parts = ", ".join(
            _("%(what)s: %(units)s", what=words[kind], units=self._signed(units))
            for kind, units in balance.parts
        )
        number = plain_number(self.env, abs(balance.ahead))
        if abs(balance.ahead) < EVEN:
            return _("Even (%s)", parts) if parts else _("Even")
        if balance.ahead > 0:
            return _("Ahead by %(units)s (%(parts)s)", units=number, parts=parts)
        return _("Behind by %(units)s (%(parts)s)", units=number, parts=parts)

    @api.model
    def _signed(self, units):
        number = plain_number(self.env, abs(units))
        return f"−{number}" if units < 0 else f"+{number}"

    # gaps -------------------------------------------------------------------------

    @api.model
    def _gaps(self, domain):
        """When leads came that found nobody, and how many of them wait still.

        :returns: ``([{"weekday", "hour", "number"}, ...], number)``; ``(None, 0)`` for
            who may not read that
        """
        model = self.env["lead.distribution.gap"]
        if not model.has_access("read"):
            return None, 0
        groups = model._read_group(
            domain, ["weekday", "hour"], ["__count", "still_waiting:sum"]
        )
        gaps = [
            {"weekday": int(weekday), "hour": hour, "number": number}
            for weekday, hour, number, _waiting in groups
        ]
        return gaps, sum(waiting for *_keys, waiting in groups)

    @api.model
    def _next_step(self, waiting):
        """Say what to do where nothing was received."""
        _ = self.env._
        here = "lead_distribution.lead_distribution"
        manager = self.env.user.has_group("lead_distribution.group_manager")
        if manager and not self.env["lead.distribution.route"]._routes_of(
            self.env.company
        ):
            return {
                "text": _("There is no route yet: leads wait until there is one."),
                "label": _("Create the first route"),
                "action": f"{here}_route_action",
            }
        if waiting:
            return {
                "text": _(
                    "Leads in the pool for which nobody was found: %s",
                    plain_number(self.env, waiting),
                ),
                "label": _("Open the pool"),
                "action": f"{here}_pool_action",
            }
        return {
            "text": _("Choose a longer period, or look for leads that wait."),
            "label": _("Open the pool"),
            "action": f"{here}_pool_action",
        }
