"""Offer leads until a deadline."""

from contextlib import contextmanager
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import format_amount, format_datetime

from ...engine import Capacity
from ...tools.scheduling import trigger_cron
from ..pipeline.values import AssignmentValues


@contextmanager
def offered_to(lead, user):
    """The route's template speaks of the lead's salesperson: in an offer that is who it
    is offered to. Nothing of it is written."""
    lead.flush_recordset()
    lead._fields["user_id"]._update_cache(lead, user.id)
    try:
        yield
    finally:
        lead.invalidate_recordset(["user_id"], flush=False)


class LeadDistributionApply(models.AbstractModel):
    _inherit = "lead.distribution.apply"

    @api.model
    def _capacity_left(self, snapshot, decisions):
        """Tell what hard limits still allow after some decisions.

        :returns: the engine's ``Capacity``
        """
        capacity = Capacity(snapshot.routes, snapshot.people)
        leads = self.env["crm.lead"].browse([d.lead_id for d in decisions])
        for lead, decision in zip(leads, decisions, strict=True):
            if decision.user_id:
                capacity.take(
                    decision.user_id, decision.route_id, lead.expected_revenue
                )
        return capacity

    @api.model
    def _offer(self, context, assignments, new_round=True):
        """Offer leads: each to one, or on routes that offer to all at once to
        several.

        :param assignments: list of :class:`AssignmentValues`, several for one lead
            where it is offered to several
        :param new_round: whether the leads enter the route now
        :returns: the ledger's new rows
        """
        Assignment = self.env["lead.distribution.assignment"]
        if not assignments:
            return Assignment
        leads = self.env["crm.lead"].browse(
            dict.fromkeys(p.lead_id for p in assignments)
        )
        by_id = {lead.id: lead for lead in leads}
        former = {lead.id: lead.user_id.id for lead in leads}
        self._take_away(context, leads)
        routes = self.env["lead.distribution.route"]
        by_route = {}
        for p in assignments:
            by_route.setdefault(p.route_id, []).append(p.lead_id)
        deadlines = {}
        for route_id, ids in by_route.items():
            route = routes.browse(route_id)
            deadlines[route_id] = self._deadline(context, route)
            leads.browse(ids).write(
                {
                    "distribution_state": "offered",
                    "distribution_retry_after": False,
                    "distribution_route_id": route_id,
                    "company_id": context.company.id,
                }
            )
        if context.trigger == "drain":
            # the round goes on in which some have been asked already
            fresh = leads.filtered(lambda lead: not lead.offer_round)
        else:
            fresh = leads if new_round else leads.browse()
        if fresh:
            for number, ours in fresh.grouped("offer_round").items():
                ours.write({"offer_round": number + 1})
        told = context.told()
        quiet = {
            (p.user_id, p.route_id): self.env["res.users"]
            .browse(p.user_id)
            ._lead_is_quiet(self.env.company, deadlines[p.route_id])
            for p in assignments
        }
        of_lead = self._values_of_rows(context, leads)
        rows = Assignment._create_alike(
            [
                {
                    **of_lead[p.lead_id],
                    "date_told": False if quiet[p.user_id, p.route_id] else told,
                    "user_id": p.user_id,
                    "previous_user_id": former[p.lead_id],
                    "previous_team_id": by_id[p.lead_id].team_id.id,
                    "route_id": p.route_id,
                    "state": "offered",
                    "reason": p.reason,
                    "trace": p.trace,
                    "units": p.units,
                    "deadline": deadlines[p.route_id],
                    "offer_round": by_id[p.lead_id].offer_round,
                    "mail_pending": True,
                }
                for p in assignments
            ]
        )
        self._log_offers(context.company, rows)
        for row in rows:
            silent = quiet[row.user_id.id, row.route_id.id]
            payload = {**self._offer_payload(row), "silent": silent}
            row.user_id._bus_send("lead_distribution.offer", payload)
        trigger_cron(self.env, "ir_cron_send_mail")
        trigger_cron(self.env, "ir_cron_expire_offers", at=min(deadlines.values()))
        return rows

    @api.model
    def _deadline(self, context, route):
        """Tell until when an offer may be claimed.

        :returns: naive UTC datetime; working minutes where the route says so
        """
        at = context.at
        calendar = route.resource_calendar_id or (
            (context.company or self.env.company).resource_calendar_id
        )
        if route.offer_working_time and calendar:
            # sudo: opening hours, which salespeople may not read
            found = calendar.sudo().plan_hours(
                route.offer_minutes / 60.0, pytz.utc.localize(at), compute_leaves=True
            )
            if found:
                return found.astimezone(pytz.utc).replace(tzinfo=None)
        return at + timedelta(minutes=route.offer_minutes)

    @api.model
    def _offer_payload(self, row):
        """Return what the web client shows of an offer."""
        lead = row.lead_id
        return {
            "id": lead.id,
            "name": lead.name,
            "contact": lead.contact_name or lead.partner_name or "",
            "source": lead.source_id.name or "",
            "facts": self._offer_facts(lead),
            "deadline": fields.Datetime.to_string(row.deadline),
            "url": f"/odoo/crm/{lead.id}",
        }

    @api.model
    def _offer_facts(self, lead):
        """List what one needs to know of a lead to take it: who, phone, listing, place,
        value, source; what is not there is left out.

        :returns: list of str
        """
        value = ""
        if lead.expected_revenue:
            value = format_amount(
                self.env, lead.expected_revenue, lead.company_currency
            )
        place = [part for part in (lead.zip, lead.city) if part]
        found = (
            lead.contact_name or lead.partner_name,
            lead.phone,
            lead.listing_id.name,
            " ".join(place) or lead.country_id.name,
            value,
            lead.source_id.name,
        )
        return [fact for fact in found if fact]

    @api.model
    def _log_offers(self, company, rows):
        service = self.with_context(lang=company.partner_id.lang or self.env.lang)
        _ = service.env._
        zone = (company or self.env.company)._lead_timezone()
        bodies = {}
        for lead, ours in rows.grouped("lead_id").items():
            until = format_datetime(
                service.env, ours[0].deadline, tz=str(zone), dt_format="short"
            )
            bodies[lead.id] = _(
                "Offered to %(users)s until %(until)s",
                users=", ".join(ours.user_id.mapped("name")),
                until=until,
            )
        self.env["crm.lead"].browse(list(bodies))._message_log_batch(bodies=bodies)

    @api.model
    def _offers_for_all(self, assignment, listing_id, snapshot, capacity, skip=()):
        """An assignment for each candidate of the route who could take the lead now
        (K15); the one whose turn it is first.

        :param listing_id: the lead's, for routes whose people depend on it
        :param capacity: see :meth:`_capacity_left`; what is offered here is taken
            from it
        :param skip: ids of users who are not to have it
        """
        engine_id = snapshot.ids.get(
            (assignment.route_id, listing_id or 0),
            snapshot.ids.get((assignment.route_id, 0)),
        )
        value = self.env["crm.lead"].browse(assignment.lead_id).expected_revenue
        users = [assignment.user_id]
        for route in snapshot.routes:
            if route.route_id == engine_id:
                users += [
                    c.user_id
                    for c in route.candidates
                    if not c.exclusion
                    and c.user_id not in skip
                    and not capacity.why_not(c.user_id, route.whole, value)
                    and c.target > 0
                ]
        for user_id in set(users) - {assignment.user_id}:
            capacity.take(user_id, assignment.route_id, value)
        return [
            AssignmentValues(
                assignment.lead_id,
                user_id,
                assignment.reason,
                assignment.route_id,
                assignment.team_id,
                assignment.units,
                assignment.trace,
            )
            for user_id in dict.fromkeys(users)
        ]
