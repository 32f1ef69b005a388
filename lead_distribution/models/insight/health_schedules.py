"""Health check: hours, order, and what waits."""

from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import format_date

from ...tools.periods import company_date
from .health_finding import (
    HOLIDAYS_AHEAD,
    HOURS_AHEAD,
    OPENED_BY,
    PENDING_FOR,
    POOLED_FOR,
    SYSTEM,
    Finding,
)

#: the schedules of the distribution, and how bad it is without each
SCHEDULES = {
    "ir_cron_distribute_pending": "danger",
    "ir_cron_expire_offers": "danger",
    "ir_cron_run_clocks": "danger",
    "ir_cron_apply_rules": "danger",
    "ir_cron_run_processes": "danger",
    "ir_cron_start_tasks": "danger",
    "ir_cron_finish_tasks": "danger",
    "ir_cron_undo": "warning",
    "ir_cron_hand_over": "warning",
    "ir_cron_simulate": "warning",
    "ir_cron_remind_tasks": "warning",
    "ir_cron_merge_duplicates": "warning",
    "ir_cron_send_mail": "danger",
}

#: offers that stand so long last until the morning
NIGHT_MINUTES = 12 * 60


class LeadDistributionHealthChecks(models.AbstractModel):
    _inherit = "lead.distribution.health.checks"

    @api.model
    def _health_schedules(self, setup):
        _ = self.env._
        if not setup.first:
            return
        for name, severity in SCHEDULES.items():
            cron = self.env.ref(f"lead_distribution.{name}", raise_if_not_found=False)
            if cron and not cron.active:
                yield Finding(
                    "schedule",
                    severity,
                    _(
                        "The scheduled action “%s” is switched off, so its work is "
                        "not done. An administrator can switch it on again.",
                        cron.name,
                    ),
                    setup.company.browse(),
                    cron,
                    group=SYSTEM,
                )

    @api.model
    def _health_waiting(self, setup):
        """Leads that nothing happens with."""
        _ = self.env._
        Lead, company = self.env["crm.lead"], setup.company
        if not company._lead_distribution_on():
            return  # rules for customers only
        yield from self._health_undecided(setup)
        ours = [("distribution_company_id", "=", company.id)]
        before = fields.Datetime.to_string(setup.at - PENDING_FOR)
        domain = [
            *ours,
            ("distribution_state", "=", "pending"),
            ("write_date", "<=", before),
            "|",
            ("distribution_due", "=", False),
            ("distribution_due", "<=", before),
        ]
        count = Lead.search_count(domain)
        if count:
            yield Finding(
                "leads",
                "danger",
                _(
                    "Leads waiting for more than an hour to be distributed: %s. The "
                    "schedule does not run, or fails. Distribute them manually, and "
                    "ask an administrator.",
                    count,
                ),
                setup.company,
                action="crm.crm_lead_all_leads",
                domain=domain,
            )
        domain = [
            *ours,
            ("distribution_state", "=", "pool"),
            ("user_id", "=", False),
            ("won_status", "=", "pending"),
            (
                "create_date",
                "<=",
                fields.Datetime.to_string(setup.at - POOLED_FOR),
            ),
        ]
        count = Lead.search_count(domain)
        if count:
            yield Finding(
                "leads",
                "warning",
                _(
                    "Leads of more than a day ago that are still in the pool: %s. "
                    "Nobody has claimed them. Assign them, or create a route that "
                    "takes them.",
                    count,
                ),
                setup.company,
                action="lead_distribution.lead_distribution_pool_action",
                domain=domain,
            )

    @api.model
    def _health_hours(self, setup):
        """Routes that are over, or whose schedule never opens."""
        _ = self.env._
        today, known = company_date(setup.company, setup.at), {}
        for route in setup.mine(setup.routes):
            if route.date_to and route.date_to < today:
                yield Finding(
                    "hours",
                    "warning",
                    _(
                        "%(what)s ended on %(date)s and no longer takes leads. Change "
                        "its dates, or pause it.",
                        what=self._health_title(route),
                        date=format_date(self.env, route.date_to),
                    ),
                    route.company_id,
                    route,
                )
            elif route.id not in setup.chosen and not self._health_opens(
                route, setup.at, known
            ):
                texts = {
                    "within": _(
                        "%(what)s is only open within the hours of “%(hours)s”, and "
                        "there are none in the next %(days)s days. The route takes no "
                        "leads."
                    ),
                    "outside": _(
                        "%(what)s is only open outside the hours of “%(hours)s”, and "
                        "these hours do not end in the next %(days)s days. The route "
                        "takes no leads."
                    ),
                    "holidays": _(
                        "%(what)s is only open on the public holidays of “%(hours)s”, "
                        "and there are none in the next %(days)s days. The route "
                        "takes no leads. Add holidays under Holidays."
                    ),
                }
                yield Finding(
                    "hours",
                    "warning" if route.schedule == "holidays" else "danger",
                    texts[route.schedule]
                    % {
                        "what": self._health_title(route),
                        "hours": route._calendar().name or _("nobody"),
                        "days": self._health_ahead(route).days,
                    },
                    route.company_id,
                    route,
                )

    @api.model
    def _health_night(self, setup):
        """Offers of the night that end before anybody is there."""
        _ = self.env._
        for route in setup.mine(setup.routes):
            if (
                route.delivery != "assign"
                and route.schedule == "always"
                and not route.offer_working_time
                and route.offer_minutes < NIGHT_MINUTES
            ):
                yield Finding(
                    "hours",
                    "warning",
                    _(
                        "%(what)s is always open and offers leads for %(minutes)s "
                        "minutes, also at night, when nobody claims them. Count the "
                        "minutes in working hours only, or limit the route to working "
                        "hours and add another route for the night.",
                        what=self._health_title(route),
                        minutes=route.offer_minutes,
                    ),
                    route.company_id,
                    route,
                )

    @api.model
    def _health_ahead(self, route):
        return HOLIDAYS_AHEAD if route.schedule == "holidays" else HOURS_AHEAD

    @api.model
    def _health_opens(self, route, at, known):
        """Tell whether a route opens soon.

        :param known: spans that were asked for already, to be filled
        :returns: whether its schedule opens it at all, within its dates
        """
        if route.schedule == "always":
            return True
        zone = route._zone()

        def midnight(day):
            found = zone.localize(datetime.combine(day, time.min))
            return found.astimezone(pytz.utc).replace(tzinfo=None)

        first, last = at, at + self._health_ahead(route)
        if route.date_from:
            first = max(first, midnight(route.date_from))
        if route.date_to:
            last = min(last, midnight(route.date_to + timedelta(days=1)))
        if first >= last:
            return True  # too far away to be judged
        holidays = route.schedule == "holidays"
        key = (route._calendar(), route.company_id, holidays, first, last)
        if key not in known:
            known[key] = route._spans(first, last)
        if route.schedule != "outside":
            return bool(known[key])
        # a day that ends at 24:00 ends a moment before, as the database has it
        end, moment = first, timedelta(minutes=1)
        for start, stop in known[key]:
            if start - end >= moment:
                return True
            end = max(end, stop)
        return last - end >= moment

    @api.model
    def _health_order(self, setup):
        """Routes that stand behind one that takes everything. One that takes everything
        as well is a reserve, and meant to stand there."""
        _ = self.env._
        direct = setup.routes.filtered(lambda route: route.pool_source == "user")
        for routes in (direct, setup.routes - direct):
            greedy = routes.filtered(lambda r: self._health_takes_all(setup, r))[:1]
            if not greedy:
                continue
            behind = routes[routes.ids.index(greedy.id) + 1 :]
            if greedy in direct:
                behind |= setup.routes - direct
            behind = behind.filtered(
                lambda route: route.id not in setup.chosen and not setup.for_all(route)
            )
            if behind:
                yield Finding(
                    "order",
                    "warning",
                    _(
                        "%(what)s takes every lead at all hours. Routes after it get "
                        "a lead only when nobody on it is free: %(routes)s. Move them "
                        "before it, or add a filter to it.",
                        what=self._health_title(greedy),
                        routes=self._health_names(behind.mapped("name")),
                    ),
                    setup.company,
                    action=OPENED_BY["lead.distribution.route"],
                    context={
                        "active_test": False,
                        "searchpanel_default_status": "active",
                    },
                )
            return

    @api.model
    def _health_takes_all(self, setup, route):
        """Whether every lead that comes to the route ends there."""
        if route.pool_source == "listing" or not setup.for_all(route):
            return False
        targets = setup.targets[route.id]
        return any(
            route.pool_source == "user" or targets[user.id]
            for user in setup.taking(route)
        )

    @api.model
    def _health_week(self, setup):
        """Hours of this week, or of the next one, in which no route is open."""
        _ = self.env._
        if not setup.routes or any(route._always_open() for route in setup.routes):
            return
        today = company_date(setup.company, setup.at)
        for ahead in (timedelta(0), timedelta(days=7)):
            day = today - timedelta(days=today.weekday()) + ahead
            week = self.env["lead.distribution.week"].new(
                {"date": day, "company_id": setup.company.id}
            )
            count = sum(week._uncovered(week._hours()[1]))
            if count:
                yield Finding(
                    "week",
                    "warning",
                    _(
                        "Hours of the week of %(date)s without a route: %(hours)s. "
                        "Leads that arrive then go to the pool. Create a route for "
                        "these hours.",
                        hours=count,
                        date=format_date(self.env, day),
                    ),
                    setup.company,
                    action="lead_distribution.lead_distribution_week_action",
                    context={
                        "dialog_size": "extra-large",
                        "default_date": fields.Date.to_string(day),
                        "default_company_id": setup.company.id,
                    },
                )
                return
