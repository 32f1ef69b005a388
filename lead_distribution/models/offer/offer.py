"""Offers: a lead is somebody's to take until a deadline, then the next one's; at
last it is the pool's. They leave apply and come back to it."""

from dataclasses import replace
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError

from ...tools.constants import ALONE
from ...tools.scheduling import trigger_cron
from ...tools.service_context import as_service
from ..pipeline.values import AssignmentValues, DistributionContext, Unplaced

#: ledger rows that one transaction of the schedule closes
OFFERS_PER_BLOCK = 500


class LeadDistributionOffer(models.AbstractModel):
    _name = "lead.distribution.offer"
    _description = "Lead Distribution: Offer"

    # making ----------------------------------------------------------------

    # answers ---------------------------------------------------------------

    @api.model
    def _check_asked(self, leads):
        """Whoever was asked whether they want a lead may answer, late as it may be; of
        other leads nobody is told anything who may not read them."""
        self.env["crm.lead"].check_access("write")
        asked = (
            as_service(self)
            .env["lead.distribution.assignment"]
            .search([("lead_id", "in", leads.ids), ("user_id", "=", self.env.uid)])
        )
        (leads - asked.lead_id.with_env(leads.env)).check_access("read")

    @api.model
    def _decline(self, leads, reason):
        """The current user does not want these leads; they are the next one's.

        :returns: True
        """
        offers = self.env["lead.distribution.assignment"]._open_offers(
            leads, self.env.user
        )
        if len(offers) != len(leads):
            raise UserError(self.env._("This lead is not offered to you any more."))
        for company, rows in offers.grouped("company_id").items():
            service = as_service(self, company)
            if not service.env["lead.distribution.lock"]._acquire(company):
                raise ConcurrencyError(
                    self.env._("Another distribution is under way; try again.")
                )
            rows = service.env["lead.distribution.assignment"].browse(rows.ids)
            text = str(reason or "").strip()[:500] or False
            service.env["lead.distribution.assignment"]._close_offers(
                rows, "declined", "declined", {"decline_reason": text}
            )
            self._log_declined(
                company, service.env["crm.lead"].browse(rows.lead_id.ids), text
            )
            service._continue_offers(
                DistributionContext(company, "cron", fields.Datetime.now()),
                service.env["crm.lead"].browse(rows.lead_id.ids),
            )
        return True

    @api.model
    def _log_declined(self, company, leads, reason):
        """A chatter line, in the company's language, that the current user declined.

        :param leads: with the rights of the service
        :param reason: str, or False
        """
        # sudo: the company's language
        lang = company.sudo().partner_id.lang or self.env.lang
        _ = leads.with_context(lang=lang).env._
        user = Markup("<b>%s</b>") % self.env.user.name
        # the translation stays a template: its values are escaped, it is not
        text = (
            Markup(_("Declined by %(user)s: %(reason)s"))
            % {"user": user, "reason": reason}
            if reason
            else Markup(_("Declined by %s")) % user
        )
        leads._message_log_batch(bodies=dict.fromkeys(leads.ids, text))

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
            trigger_cron(self.env, "ir_cron_expire_offers", timedelta(minutes=1))

    @api.model
    def _companies_with_offers(self):
        # sudo: which companies there is something to do for
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        offered = [("distribution_state", "=", "offered")]
        # sudo: which companies there is something to do for
        found = self.env["res.company"].sudo()
        for (company,) in leads._read_group(offered, ["company_id"]):
            found |= company
        lost = leads.search([*offered, ("company_id", "=", False)])
        # of an offer the ledger knows the company, whatever became of the lead's
        found |= lost.distribution_assignment_ids.company_id
        return [
            *(found | self.env["lead.distribution.lead.company"]._lead_companies(lost)),
            *([found.browse()] if lost else []),
        ]

    @api.model
    def _expire_block(self, company):
        """Expire a block of offers and pass their leads on.

        :returns: how many leads went on; None when the company is busy
        """
        service = as_service(self, company)
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
        running = Assignment.search(
            [
                ("state", "=", "offered"),
                ("company_id", "=", company.id),
                ("deadline", ">", now),
                ("user_id", "!=", False),
            ],
            limit=OFFERS_PER_BLOCK,
        )
        due |= service._unavailable_offers(company, running, now)
        service.env["lead.distribution.assignment"]._close_offers(
            due, "expired", "expired"
        )
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
        if found:
            service.env["lead.distribution"]._safely(
                DistributionContext(company, "cron", now), found, service._go_on
            )
        return len(found)

    @api.model
    def _go_on(self, context, leads):
        """As :meth:`_continue_offers`, for work that is done lead by lead when one of
        them breaks it.

        :returns: none of the ledger's rows
        """
        self._continue_offers(context, leads)
        return self.env["lead.distribution.assignment"]

    @api.model
    def _continue_offers(self, context, leads):
        """The next one on the same route, never twice the same in a round, at most
        ``offer_max``; then the pool, not the next route. Where all are asked at once, a
        known customer's advisor was asked alone before them.

        :param leads: of one company, whose offers are over
        """
        leads = leads.filtered(lambda lead: lead.distribution_state == "offered")
        leads -= self.env["lead.distribution.assignment"]._open_offers(leads).lead_id
        settled = leads.filtered(
            lambda x: not x.active or x.won_status != "pending" or x.user_id
        )
        self.env["lead.distribution"]._settle(settled)
        leads = (leads - settled).sorted("id")
        if not leads:
            return
        if not context.company:
            self.env["lead.distribution.lead.company"]._refuse_undecided(context, leads)
            return
        self.env["lead.distribution.lead.company"]._adopt(context.company, leads)
        rows = self.env["lead.distribution.assignment"].search(
            [("lead_id", "in", leads.ids), ("offer_round", ">", 0)], order="id"
        )
        tried, rules, others, alone = {}, {}, {}, set()
        for row in rows:
            if row.offer_round == row.lead_id.offer_round:
                tried.setdefault(row.lead_id.id, []).append(row.user_id.id)
                rules[row.lead_id.id] = row.rule_id
                if row.trigger in ("outcome", "clock") and row.previous_user_id:
                    # whoever finished its task asked for somebody else, and whoever
                    # did not follow up in time has lost it
                    others[row.lead_id.id] = row.previous_user_id.id
                if row.reason in ALONE:
                    alone.add(row.lead_id.id)
        # what a rule took goes back to nobody who had it
        had, _moves = self.env["lead.distribution.assignment"]._lead_history(
            leads.filtered(lambda x: rules.get(x.id))
        )
        routes = leads.distribution_route_id.filtered("active")
        going = leads.filtered(
            lambda lead: (
                lead.distribution_route_id in routes
                and context.company._lead_distribution_on()
                and self._goes_on(lead, tried.get(lead.id, ()), lead.id in alone)
            )
        )
        identities = (
            self.env["lead.distribution.identity"]._identify(context.company, going)
            if going
            else {}
        )
        snapshot = self.env["lead.distribution.candidates"]._snapshot(
            context.company, routes, context.at, (), going
        )
        priority = self.env["lead.distribution.priority"]
        going, places = priority._ranked(context.company, going, context.at)
        kept_off = self.env["lead.distribution"]._kept_off(going)
        requests = [
            replace(
                self.env["lead.distribution.decision"]._request(
                    lead,
                    ((lead.distribution_route_id.id, ""),),
                    identities.get(lead.id),
                    snapshot,
                    {
                        **dict.fromkeys(
                            {
                                *tried.get(lead.id, ()),
                                *had.get(lead.id, ()),
                                others.get(lead.id),
                            }
                            - {None},
                            "had_it",
                        ),
                        **kept_off.get(lead.id, {}),
                    },
                ),
                # it was not theirs when the round began, and the round goes on
                keeper=None,
                same_as=None,
                evidence=None,
                age=None,
            )
            for lead in going
        ]
        decisions, state = self.env["lead.distribution.decision"]._decide(
            snapshot, requests
        )
        priority._note(decisions, places)
        found = {decision.lead_id: decision for decision in decisions}
        apply = self.env["lead.distribution.apply"]
        capacity = apply._capacity_left(snapshot, decisions)
        assignments, unplaced = [], []
        for lead in leads:
            route = lead.distribution_route_id
            decision = found.get(lead.id)
            if decision and decision.user_id:
                assignment = AssignmentValues(
                    lead.id,
                    decision.user_id,
                    decision.reason,
                    route.id,
                    apply._team_for(lead, decision.user_id, route, snapshot),
                    decision.units,
                    decision.trace,
                )
                if route.delivery != "offer_all":
                    assignments.append(assignment)
                    continue
                skip = {*tried.get(lead.id, ()), *had.get(lead.id, ())}
                skip |= decision.unfit.keys() | kept_off.get(lead.id, {}).keys()
                skip.add(others.get(lead.id))
                assignments += apply._offers_for_all(
                    assignment, lead.listing_id.id, snapshot, capacity, skip
                )
            else:
                unplaced.append(
                    (
                        lead,
                        Unplaced(
                            "unclaimed", route.id, offers=len(tried.get(lead.id, ()))
                        ),
                    )
                )
        context.stored_snapshot = self.env["lead.distribution.apply"]._store_snapshot(
            context, snapshot
        )
        for rule in {rules.get(p.lead_id) for p in assignments}:
            self.env["lead.distribution.apply"]._offer(
                replace(context, rule=rule),
                [p for p in assignments if rules.get(p.lead_id) == rule],
                new_round=False,
            )
        self.env["lead.distribution.apply"]._to_pool(context, unplaced)
        self.env["lead.distribution.route.state"]._remember(state)
        self.env.flush_all()

    @api.model
    def _goes_on(self, lead, tried, alone):
        """Tell whether a lead is offered on, within its route.

        :param tried: ids of those to whom it was offered in this round
        :param alone: whether one of them was asked as the known customer's advisor
        """
        route = lead.distribution_route_id
        if route.delivery != "offer_all":
            # of a route that assigns, offers are those of its clock
            return len(tried) < route.offer_max
        return alone and len(tried) == 1


class LeadDistribution(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _cron_expire_offers(self):
        """Schedule: see ``lead.distribution.offer``."""
        return self.env["lead.distribution.offer"]._cron_expire_offers()
