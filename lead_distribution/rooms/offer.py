"""Offers: a lead is somebody's to take until a deadline, then the next one's; at
last it is the pool's. They leave apply and come back to it."""

from dataclasses import replace
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError

from ..engine import Engine, Request
from .data import Occasion, Placement

#: ledger rows that one transaction of the schedule closes
OFFERS_PER_BLOCK = 500


class LeadDistributionOffer(models.AbstractModel):
    _inherit = "lead.distribution"

    # making ----------------------------------------------------------------

    @api.model
    def _offer(self, occasion, placements, new_round=True):
        """Offer leads: each to one, or on routes that offer to all at once to
        several.

        :param placements: list of :class:`Placement`, several for one lead where it
            is offered to several
        :param new_round: whether the leads enter the route now
        :returns: the ledger's new rows
        """
        Assignment = self.env["lead.distribution.assignment"]
        if not placements:
            return Assignment
        leads = self.env["crm.lead"].browse(
            dict.fromkeys(p.lead_id for p in placements)
        )
        by_id = {lead.id: lead for lead in leads}
        routes = self.env["lead.distribution.route"]
        by_route = {}
        for p in placements:
            by_route.setdefault(p.route_id, []).append(p.lead_id)
        deadlines = {}
        for route_id, ids in by_route.items():
            route = routes.browse(route_id)
            deadlines[route_id] = self._deadline(occasion, route)
            leads.browse(ids).write(
                {
                    "distribution_state": "offered",
                    "distribution_route_id": route_id,
                    "company_id": occasion.company.id,
                }
            )
        if new_round:
            for number, ours in leads.grouped("offer_round").items():
                ours.write({"offer_round": number + 1})
        rows = Assignment.create(
            [
                {
                    **self._row_values(occasion, by_id[p.lead_id]),
                    "user_id": p.user_id,
                    "previous_user_id": p.previous_user_id,
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
                for p in placements
            ]
        )
        self._log_offers(occasion.company, rows)
        for row in rows:
            row.user_id._bus_send("lead_distribution.offer", self._offer_payload(row))
        self._call_cron("ir_cron_send_mail")
        self._call_cron("ir_cron_expire_offers", at=min(deadlines.values()))
        return rows

    @api.model
    def _deadline(self, occasion, route):
        """:returns: naive UTC datetime; working minutes where the route says so"""
        at = occasion.at
        calendar = route.resource_calendar_id or (
            (occasion.company or self.env.company).resource_calendar_id
        )
        if route.offer_working_time and calendar:
            found = calendar.sudo().plan_hours(
                route.offer_minutes / 60.0, pytz.utc.localize(at), compute_leaves=True
            )
            if found:
                return found.astimezone(pytz.utc).replace(tzinfo=None)
        return at + timedelta(minutes=route.offer_minutes)

    @api.model
    def _offer_payload(self, row):
        """:returns: what the web client shows of an offer"""
        lead = row.lead_id
        return {
            "id": lead.id,
            "name": lead.name,
            "contact": lead.contact_name or lead.partner_name or "",
            "source": lead.source_id.name or "",
            "deadline": fields.Datetime.to_string(row.deadline),
            "url": f"/odoo/crm/{lead.id}",
        }

    @api.model
    def _log_offers(self, company, rows):
        service = self.with_context(lang=company.partner_id.lang or self.env.lang)
        _ = service.env._
        zone = (company or self.env.company)._lead_timezone()
        bodies = {}
        for lead, ours in rows.grouped("lead_id").items():
            until = pytz.utc.localize(ours[0].deadline).astimezone(zone)
            bodies[lead.id] = _(
                "Offered to %(users)s until %(until)s",
                users=", ".join(ours.user_id.mapped("name")),
                until=until.strftime("%Y-%m-%d %H:%M"),
            )
        self.env["crm.lead"].browse(list(bodies))._message_log_batch(bodies=bodies)

    @api.model
    def _room_left(self, picture, decisions):
        """:returns: ``{user_id: how many more leads the hard limits allow}`` after
        these decisions, of those who have any"""
        room = {p.user_id: p.room for p in picture.people if p.room is not None}
        for decision in decisions:
            if decision.user_id in room:
                room[decision.user_id] -= 1
        return room

    @api.model
    def _offers_for_all(self, placement, picture, room, skip=()):
        """A placement for each candidate of the route who could take the lead now
        (K15); the one whose turn it is first.

        :param room: see :meth:`_room_left`; what is offered here is taken from it
        :param skip: ids of users who are not to have it
        """
        key = (placement.route_id, 0)
        engine_ids = [picture.ids[key]] if key in picture.ids else []
        engine_ids += [i for k, i in picture.ids.items() if k[0] == placement.route_id]
        users = [placement.user_id]
        for route in picture.routes:
            if route.route_id in engine_ids:
                users += [
                    c.user_id
                    for c in route.candidates
                    if not c.exclusion
                    and c.user_id not in skip
                    and room.get(c.user_id, 1) > 0
                    and c.target > 0
                ]
        for user_id in set(users) - {placement.user_id}:
            if user_id in room:
                room[user_id] -= 1
        return [
            Placement(
                placement.lead_id,
                user_id,
                placement.reason,
                placement.route_id,
                placement.team_id,
                placement.units,
                placement.trace,
            )
            for user_id in dict.fromkeys(users)
        ]

    # answers ---------------------------------------------------------------

    @api.model
    def _check_asked(self, leads):
        """Whoever was asked whether they want a lead may answer, late as it may be; of
        other leads nobody is told anything who may not read them."""
        self.env["crm.lead"].check_access("write")
        asked = (
            self._as_service()
            .env["lead.distribution.assignment"]
            .search([("lead_id", "in", leads.ids), ("user_id", "=", self.env.uid)])
        )
        (leads - asked.lead_id.with_env(leads.env)).check_access("read")

    @api.model
    def _open_offers(self, leads, user=None):
        """:returns: the ledger's open offers of these leads, as the service"""
        domain = [("lead_id", "in", leads.ids), ("state", "=", "offered")]
        if user:
            domain.append(("user_id", "=", user.id))
        return self._as_service().env["lead.distribution.assignment"].search(domain)

    @api.model
    def _close_offers(self, rows, state, reason, values=None, by=""):
        """:param state: what becomes of the rows
        :param reason: what the web client is told
        """
        if not rows:
            return
        now = fields.Datetime.now()
        rows.write({"state": state, "date_response": now, **(values or {})})
        rows.flush_recordset()
        for row in rows:
            row.user_id._bus_send(
                "lead_distribution.offer_closed",
                {"id": row.lead_id.id, "reason": reason, "by": by},
            )

    @api.model
    def _decline(self, leads, reason):
        """The current user does not want these leads; they are the next one's.

        :returns: True
        """
        offers = self._open_offers(leads, self.env.user)
        if len(offers) != len(leads):
            raise UserError(self.env._("This lead is not offered to you any more."))
        for company, rows in offers.grouped("company_id").items():
            service = self._as_service(company)
            if not service.env["lead.distribution.lock"]._acquire(company):
                raise ConcurrencyError(
                    self.env._("Another distribution is under way; try again.")
                )
            rows = service.env["lead.distribution.assignment"].browse(rows.ids)
            text = str(reason or "").strip()[:500] or False
            service._close_offers(
                rows, "declined", "declined", {"decline_reason": text}
            )
            service._continue_offers(
                Occasion(company, "cron", fields.Datetime.now()),
                service.env["crm.lead"].browse(rows.lead_id.ids),
            )
        return True

    # going on --------------------------------------------------------------

    @api.model
    def _cron_expire_offers(self):
        """What nobody claimed in time goes to the next one, or to the pool."""
        cron = self.env["ir.cron"]
        seconds = 1
        busy = False
        for company in self._companies_with_offers():
            while seconds:
                done = self._expire_block(company)
                if done is None:
                    busy = True
                    break
                if not done:
                    break
                seconds = cron._commit_progress(done)
        if busy:
            self._call_cron("ir_cron_expire_offers", timedelta(minutes=1))

    @api.model
    def _companies_with_offers(self):
        # sudo: which companies there is something to do for
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        offered = [("distribution_state", "=", "offered")]
        found = self.env["res.company"].sudo()
        for (company,) in leads._read_group(offered, ["company_id"]):
            found |= company
        lost = leads.search([*offered, ("company_id", "=", False)])
        # of an offer the ledger knows the company, whatever became of the lead's
        found |= lost.distribution_assignment_ids.company_id
        return [
            *(found | self._lead_companies(lost)),
            *([found.browse()] if lost else []),
        ]

    @api.model
    def _expire_block(self, company):
        """:returns: how many leads went on; None when the company is busy"""
        service = self._as_service(company)
        if not service.env["lead.distribution.lock"]._acquire(company):
            return None
        Assignment = service.env["lead.distribution.assignment"]
        now = fields.Datetime.now()
        due = Assignment.search(
            [
                ("state", "=", "offered"),
                ("company_id", "=", company.id),
                "|",
                ("deadline", "<=", now),
                ("user_id", "=", False),
            ],
            limit=OFFERS_PER_BLOCK,
        )
        service._close_offers(due, "expired", "expired")
        leads = service.env["crm.lead"].with_context(active_test=False)
        stranded = leads.search(
            [
                ("distribution_state", "=", "offered"),
                # of an offer the ledger knows the company, should the lead have lost it
                "|",
                ("id", "in", due.lead_id.ids),
                ("distribution_company_id", "=", company.id),
                ("distribution_assignment_ids.state", "!=", "offered"),
            ],
            limit=OFFERS_PER_BLOCK,
        )
        stranded = stranded.filtered(
            lambda lead: (
                "offered" not in lead.distribution_assignment_ids.mapped("state")
            )
        )
        found = stranded.try_lock_for_update(allow_referencing=True)
        service._continue_offers(Occasion(company, "cron", now), found)
        return len(found)

    @api.model
    def _continue_offers(self, occasion, leads):
        """The next one on the same route, never twice the same in a round, at most
        ``offer_max``; then the pool, not the next route.

        :param leads: of one company, whose offers are over
        """
        leads = leads.filtered(lambda lead: lead.distribution_state == "offered")
        leads -= self._open_offers(leads).lead_id
        settled = leads.filtered(
            lambda x: not x.active or x.won_status != "pending" or x.user_id
        )
        self._settle(settled)
        leads = (leads - settled).sorted("id")
        if not leads:
            return
        if not occasion.company:
            self._refuse_undecided(occasion, leads)
            return
        self._adopt(occasion.company, leads)
        rows = self.env["lead.distribution.assignment"].search(
            [("lead_id", "in", leads.ids), ("offer_round", ">", 0)], order="id"
        )
        tried, rules = {}, {}
        for row in rows:
            if row.offer_round == row.lead_id.offer_round:
                tried.setdefault(row.lead_id.id, []).append(row.user_id.id)
                rules[row.lead_id.id] = row.rule_id
        # what a rule took goes back to nobody who had it
        had, _moves = self._lead_history(leads.filtered(lambda x: rules.get(x.id)))
        routes = leads.distribution_route_id.filtered("active")
        going = leads.filtered(
            lambda lead: (
                lead.distribution_route_id in routes
                and lead.distribution_route_id.delivery == "offer"
                and len(tried.get(lead.id, ())) < lead.distribution_route_id.offer_max
                and occasion.company._lead_distribution_on()
            )
        )
        identities = self._identify(occasion.company, going) if going else {}
        picture = self._snapshot(occasion.company, routes, occasion.at, (), going)
        engine = Engine(picture.routes, picture.people)
        placements, unplaced = [], []
        for lead in leads:
            route = lead.distribution_route_id
            decision = None
            if lead in going:
                codes = picture.codes(((route.id, ""),), lead.listing_id.id)
                identity = identities.get(lead.id)
                decision = picture.decided(
                    engine.decide(
                        Request(
                            lead.id,
                            codes,
                            tuple(identity.advisors) if identity else (),
                            skip=dict.fromkeys(
                                {*tried.get(lead.id, ()), *had.get(lead.id, ())},
                                "had_it",
                            ),
                            weight=self._weight(lead),
                            scope=lead.listing_id.id or None,
                        )
                    )
                )
            if decision and decision.user_id:
                placements.append(
                    Placement(
                        lead.id,
                        decision.user_id,
                        decision.reason,
                        route.id,
                        self._team_for(lead, decision.user_id, route, picture),
                        decision.units,
                        decision.trace,
                    )
                )
            else:
                unplaced.append(
                    (lead, _Unclaimed(route.id, len(tried.get(lead.id, ()))))
                )
        occasion.snapshot = self._store_picture(occasion, picture)
        for rule in {rules.get(p.lead_id) for p in placements}:
            self._offer(
                replace(occasion, rule=rule),
                [p for p in placements if rules.get(p.lead_id) == rule],
                new_round=False,
            )
        self._to_pool(occasion, unplaced)
        self.env["lead.distribution.route.state"]._remember(
            picture.remembered(engine.state())
        )
        self.env.flush_all()


class _Unclaimed:
    """What :meth:`_to_pool` reads of a decision, for a lead nobody claimed."""

    reason = "unclaimed"

    def __init__(self, route_id, offers):
        self.route_id = route_id or None
        self.trace = {"v": 1, "routes": [], "offers": offers}
