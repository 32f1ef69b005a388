"""A clock on every lead (P5): it starts when somebody gets a lead of a route that has
one, and stops with the first follow-up, whoever does it."""

from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.clock import plan
from ...tools.constants import LENDING
from ...tools.scheduling import trigger_cron

#: what a lead without a clock has
STOPPED = {
    "clock_start": False,
    "clock_deadline": False,
    "clock_state": False,
    "clock_next": False,
    "clock_plan": False,
}
WRITTEN = ["clock_state", "clock_next", "clock_plan"]


class LeadDistributionClock(models.AbstractModel):
    _name = "lead.distribution.clock"
    _description = "Lead Distribution: Follow-up Deadline"

    # starting ---------------------------------------------------------------

    @api.model
    def _moment(self, company, route, at, minutes, working_time):
        """Tell what time it is so many minutes later, or earlier.

        :param at: naive UTC datetime
        :param minutes: negative for earlier
        :param working_time: whether only the route's working hours count
        :returns: naive UTC datetime
        """
        calendar = route.resource_calendar_id or company.resource_calendar_id
        if working_time and calendar and minutes:
            # sudo: opening hours, which salespeople may not read
            found = calendar.sudo().plan_hours(
                minutes / 60.0, pytz.utc.localize(at), compute_leaves=True
            )
            if found:
                found = found.astimezone(pytz.utc).replace(tzinfo=None)
                return found.replace(microsecond=0)
        return at + timedelta(minutes=minutes)

    @api.model
    def _values(self, company, route, at):
        """Return what is written on leads that somebody gets through a route now."""
        deadline = self._moment(
            company, route, at, route.clock_minutes, route.clock_working_time
        )
        steps = [
            (
                self._moment(
                    company,
                    route,
                    deadline,
                    step._minutes() * (-1 if step.when == "before" else 1),
                    step.working_time,
                ),
                step.id,
            )
            for step in route.clock_step_ids
        ]
        planned = [
            [fields.Datetime.to_string(moment), step_id]
            for moment, step_id in plan(at, deadline, steps)
        ]
        return {
            "clock_start": at,
            "clock_deadline": deadline,
            "clock_state": "running",
            "clock_next": planned[0][0],
            "clock_plan": planned,
        }

    @api.model
    def _start(self, context, assignments):
        """Start the clocks of leads that salespeople got, and stop those of before.

        :param assignments: list of :class:`AssignmentValues`, which are told the end
        """
        routes = self.env["lead.distribution.apply"]._policy_routes(assignments)
        leads = self.env["crm.lead"].browse([p.lead_id for p in assignments])
        groups = {}
        for p, lead in zip(assignments, leads, strict=True):
            route = routes[p.policy_route_id]
            if context.trigger in LENDING and lead.clock_next:
                # nobody followed it up so far: whoever has it now begins anew
                route = lead.distribution_route_id
            groups.setdefault(route if route.clock_minutes else None, []).append(p)
        for route, group in groups.items():
            ours = leads.browse([p.lead_id for p in group])
            if route is None:
                self._forget(ours)
                continue
            values = self._values(context.company, route, context.at)
            for p in group:
                p.clock_deadline = values["clock_deadline"]
            ours.write(values)
            next_step = fields.Datetime.to_datetime(values["clock_next"])
            trigger_cron(self.env, "ir_cron_run_clocks", at=next_step)

    @api.model
    def _forget(self, leads):
        """Nobody is to follow these up by a clock any more."""
        leads = leads.filtered("clock_state")
        if leads:
            leads.write(STOPPED)

    # stopping ---------------------------------------------------------------

    @api.model
    def _followed_up(self, events):
        """Stop the clocks of leads that were followed up, by what counts in their
        company.

        :param events: list of :class:`.follow_up.Event`
        """
        follow_up = self.env["lead.distribution.follow.up"]
        watched = follow_up._watched(event.lead_id for event in events)
        company_of = self.env["lead.distribution.lead.company"]._company_of_lead
        first = {}
        for event in events:
            lead = watched.get(event.lead_id)
            if not lead or not (lead.clock_next or lead.clock_state == "running"):
                continue
            at = event.at.replace(microsecond=0)
            if at < lead.clock_start:
                continue
            if follow_up._is_follow_up(company_of(lead), event.kind):
                first[lead.id] = min(first.get(lead.id, at), at)
        if first:
            # should somebody hold a lead right now, it is written afterwards
            follow_up._write_unless_held(
                sorted(first.items()), self._write_stopped, WRITTEN
            )
            rows = self.env["lead.distribution.assignment"]
            rows.invalidate_model(["clock_result"], flush=False)

    @api.model
    def _write_stopped(self, cr, moments):
        """Write that leads were followed up, by SQL as the dates of follow-ups are.

        :param moments: ``[(lead_id, moment), ...]``
        """
        ids, ats = map(list, zip(*moments, strict=True))
        cr.execute(
            SQL(
                """UPDATE lead_distribution_assignment a
                      SET clock_result = CASE WHEN d.at <= a.clock_deadline
                                              THEN 'kept' ELSE 'missed' END
                     FROM unnest(%s::int[], %s::timestamp[]) AS d(id, at)
                    WHERE a.lead_id = d.id AND a.state = 'assigned'
                      AND a.clock_deadline IS NOT NULL AND a.clock_result IS NULL""",
                ids,
                ats,
            ),
            log_exceptions=False,  # whoever calls tries again
        )
        cr.execute(
            SQL(
                """UPDATE crm_lead l
                      SET clock_next = NULL, clock_plan = NULL,
                          clock_state = CASE
                              WHEN l.clock_state <> 'running' THEN l.clock_state
                              WHEN d.at <= l.clock_deadline THEN 'kept'
                              ELSE 'missed' END
                     FROM unnest(%s::int[], %s::timestamp[]) AS d(id, at)
                    WHERE l.id = d.id""",
                ids,
                ats,
            ),
            log_exceptions=False,
        )


class LeadDistributionEvents(models.AbstractModel):
    _inherit = "lead.distribution.follow.up"

    @api.model
    def _on_events(self, events):
        result = super()._on_events(events)
        self.env["lead.distribution.clock"]._followed_up(events)
        return result


class LeadDistributionApply(models.AbstractModel):
    _inherit = "lead.distribution.apply"

    @api.model
    def _after_assign(self, context, assignments):
        result = super()._after_assign(context, assignments)
        self.env["lead.distribution.clock"]._start(context, assignments)
        return result

    @api.model
    def _after_take_away(self, context, former):
        result = super()._after_take_away(context, former)
        leads = self.env["crm.lead"].browse(former)
        self.env["lead.distribution.clock"]._forget(leads)
        return result

    @api.model
    def _after_give_back(self, context, holders):
        result = super()._after_give_back(context, holders)
        leads = self.env["crm.lead"].browse(holders)
        self.env["lead.distribution.clock"]._forget(leads)
        return result
