"""Step 5, apply: in blocks: lead, chatter line, follower, activity, contact,
tag, ledger. The number of statements does not grow with the leads."""

from odoo import Command, api, models

from odoo.addons.crm.models.crm_lead import PARTNER_ADDRESS_FIELDS_TO_SYNC

from ...tools.scheduling import trigger_cron
from .values import AssignmentValues

#: what core copies from a lead's customer: one by one, and all or none
PARTNER_FIELDS = (
    "email_from",
    "phone",
    "contact_name",
    "partner_name",
    "function",
    "website",
    "lang_id",
)
ADDRESS_FIELDS = PARTNER_ADDRESS_FIELDS_TO_SYNC


class LeadDistributionApply(models.AbstractModel):
    _name = "lead.distribution.apply"
    _description = "Lead Distribution: Apply"

    @api.model
    def _apply(self, context, leads, identities, snapshot, decisions, state):
        """Carry out the decisions of a block.

        :param context: :class:`DistributionContext`
        :param decisions: list of the engine's ``Decision``, one for each lead
        :param state: what the engine wants remembered
        :returns: the ledger's new rows
        """
        self._recognise(leads, identities)
        routes = self.env["lead.distribution.route"].browse(
            [d.route_id for d in decisions if d.route_id]
        )
        by_id = {lead.id: lead for lead in leads}
        assignments, offers, unplaced = [], [], []
        kept = self.env["crm.lead"]
        capacity = self._capacity_left(snapshot, decisions)
        for decision in decisions:
            lead = by_id[decision.lead_id]
            held = lead.user_id.filtered("active")
            route = routes.browse(decision.route_id)
            offered = (
                route.delivery in ("offer", "offer_all") and route.pool_source != "user"
            )
            # what is somebody's is not offered to others, unless it is stale
            stays = decision.user_id in (None, held.id)
            if held and (stays or offered and not context.rule):
                kept |= lead  # nobody else was found: nobody loses it
                continue
            if not decision.user_id:
                unplaced.append((lead, decision))
                continue
            assignment = AssignmentValues(
                lead.id,
                decision.user_id,
                decision.reason,
                route.id,
                self._team_for(lead, decision.user_id, route, snapshot),
                decision.units,
                decision.trace,
            )
            if not offered or decision.reason == "duplicate":
                assignments.append(assignment)
            elif route.delivery == "offer":
                offers.append(assignment)
            else:
                skip = context.skip.get(lead.id, ())
                offers += self._offers_for_all(assignment, snapshot, capacity, skip)
        context.stored_snapshot = self._store_snapshot(context, snapshot)
        self.env["lead.distribution"]._settle(kept)
        if not context.is_new:
            self.env["lead.distribution.assignment"]._release_rows(
                leads - kept, context.at
            )
        rows = self._assign(context, assignments)
        if context.rule:
            taken = leads.browse({p.lead_id for p in offers}).filtered("user_id")
            holders = {lead.id: lead.user_id.id for lead in taken}
            for assignment in offers:
                assignment.previous_user_id = holders.get(assignment.lead_id)
            for user, ours in taken.grouped("user_id").items():
                ours.message_unsubscribe(user.partner_id.ids)
            taken.write({"user_id": False, "company_id": context.company.id})
        rows |= self._offer(context, offers)
        rows |= self._to_pool(context, unplaced)
        self.env["lead.distribution.route.state"]._remember(state)
        return rows

    @api.model
    def _team_for(self, lead, user_id, route, snapshot):
        """The lead's team if the salesperson is in it, else one of the route's,
        else the salesperson's first; never one of another company."""
        teams = snapshot.teams.get(user_id, [])
        if lead.team_id.id in teams:
            return lead.team_id.id
        if route.pool_source == "teams":
            for team in route.team_ids:
                if team.id in teams:
                    return team.id
        return teams[0] if teams else lead.team_id.id or None

    @api.model
    def _store_snapshot(self, context, snapshot):
        return self.env["lead.distribution.snapshot"].create(
            {
                "company_id": context.company.id,
                "date": context.at,
                "data": snapshot.as_json(),
            }
        )

    @api.model
    def _row_values(self, context, lead):
        """What every new row of the ledger has; to be extended with the rest."""
        return {
            "lead_id": lead.id,
            "partner_id": lead.partner_id.id,
            "listing_id": lead.listing_id.id,
            "company_id": context.company.id,
            "trigger": context.trigger,
            "date": context.at,
            "decline_reason": False,
            "deadline": False,
            "date_response": False,
            "tag_ids_added": False,
            "rule_id": context.rule.id if context.rule else False,
            "run_id": context.run.id if context.run else False,
            "snapshot_id": context.stored_snapshot.id
            if context.stored_snapshot
            else False,
        }

    # somebody --------------------------------------------------------------

    @api.model
    def _assign(self, context, assignments, tell=True, accepted=None):
        """Give leads to salespeople.

        :param assignments: list of :class:`AssignmentValues`
        :param tell: whether the salespeople get an email
        :param accepted: ``{lead_id: the offer that was claimed}``; its row becomes
            the assignment
        :returns: the ledger's new rows
        """
        Assignment = self.env["lead.distribution.assignment"]
        if not assignments:
            return Assignment
        leads = self.env["crm.lead"].browse([p.lead_id for p in assignments])
        by_id = {lead.id: lead for lead in leads}
        for assignment in assignments:
            lead = by_id[assignment.lead_id]
            assignment.previous_user_id = lead.user_id.id
            assignment.previous_team_id = lead.team_id.id
        self._write_leads(context.company, leads, assignments)
        # an automation rule may have given one to somebody else, with a row of its own
        assignments = [
            p for p in assignments if by_id[p.lead_id].user_id.id == p.user_id
        ]
        self._subscribe(leads, assignments)
        self._add_tags(assignments, context.rule)
        activities = self._schedule(context.company, assignments)
        self._set_partner_salesperson(by_id, assignments)
        self._log(context, assignments)
        done, values = Assignment, []
        for p in assignments:
            vals = {
                "previous_user_id": p.previous_user_id,
                "previous_team_id": p.previous_team_id,
                "partner_previous_user_id": p.partner_previous_user_id,
                "partner_owned": p.partner_owned,
                "activity_id": activities.get(p.lead_id),
                "tag_ids_added": [Command.set(p.tag_ids)] if p.tag_ids else False,
                "state": "assigned",
            }
            offer = (accepted or {}).get(p.lead_id)
            if offer:
                if not p.previous_user_id:
                    del vals["previous_user_id"]  # whom the offer was taken from
                offer.write({**vals, "date_response": context.at})
                offer.flush_recordset()
                done |= offer
                continue
            values.append(
                {
                    **self._row_values(context, by_id[p.lead_id]),
                    **vals,
                    "user_id": p.user_id,
                    "route_id": p.route_id,
                    "reason": p.reason,
                    "trace": p.trace,
                    "units": p.units,
                    "mail_pending": tell,
                }
            )
        rows = done | Assignment.create(values)
        if not context.is_new:
            self._drop_escalations(leads)
        if tell:
            trigger_cron(self.env, "ir_cron_send_mail")
            self._notify(by_id, assignments)
        return rows

    @api.model
    def _write_leads(self, company, leads, assignments):
        """A write per salesperson and team, one per route, whatever the leads. The
        company is written along, so that core does not derive it anew."""
        groups, by_route = {}, {}
        for p in assignments:
            groups.setdefault((p.user_id, p.team_id), []).append(p.lead_id)
            by_route.setdefault(p.route_id, []).append(p.lead_id)
        for (user_id, team_id), ids in groups.items():
            leads.browse(ids).write(
                {
                    "user_id": user_id,
                    "team_id": team_id,
                    "company_id": company.id,
                    "distribution_state": "assigned",
                }
            )
        for route_id, ids in by_route.items():
            leads.browse(ids).write({"distribution_route_id": route_id})

    # nobody ----------------------------------------------------------------

    @api.model
    def _to_pool(self, context, unplaced):
        """Leads for whom nobody was found: the pool, and a ledger row when the
        reason is a new one.

        :param unplaced: list of ``(lead, Decision)``
        :returns: the ledger's new rows
        """
        Assignment = self.env["lead.distribution.assignment"]
        if not unplaced:
            return Assignment
        leads = self.env["crm.lead"].browse([lead.id for lead, _decision in unplaced])
        held = leads.filtered("user_id")
        holders = {lead.id: lead.user_id.id for lead in held}
        # the company along, since core takes it away from a lead without salesperson
        # whose team has none
        held.write({"user_id": False, "company_id": context.company.id})
        by_route = {}
        for lead, decision in unplaced:
            by_route.setdefault(decision.route_id, []).append(lead.id)
        for route_id, ids in by_route.items():
            leads.browse(ids).write(
                {"distribution_state": "pool", "distribution_route_id": route_id}
            )
        latest = (
            {}
            if context.is_new
            else self.env["lead.distribution.assignment"]._latest_rows(leads)
        )
        new = [
            (lead, decision)
            for lead, decision in unplaced
            if not (
                (row := latest.get(lead.id))
                and row.state == "unplaced"
                and (row.reason, row.route_id.id or None)
                == (decision.reason, decision.route_id)
            )
        ]
        rows = Assignment.create(
            [
                {
                    **self._row_values(context, lead),
                    "route_id": decision.route_id,
                    "previous_user_id": holders.get(lead.id),
                    "state": "unplaced",
                    "reason": decision.reason,
                    "trace": decision.trace,
                    "units": 0.0,
                    "mail_pending": True,
                }
                for lead, decision in new
            ]
        )
        self._escalate(
            context.company,
            rows.filtered(lambda row: row.route_id or row.reason == "exhausted"),
        )
        if rows:
            trigger_cron(self.env, "ir_cron_send_mail")
        return rows

    @api.model
    def _apply_failure(self, context, lead, error):
        """The one lead that cannot be distributed: the pool, with the error's
        kind in the trace (its text may hold personal data). What is somebody's stays
        with them, as when nobody else is found.

        :param lead: or another record that a rule moves
        """
        if lead._name != "crm.lead":
            return lead.browse()
        decision = _Failure(type(error).__name__)
        self.env["lead.distribution"]._set_requested(lead)
        if lead.user_id.active and context.rule:
            self.env["lead.distribution"]._settle(lead)
            return self.env["lead.distribution.assignment"]
        return self._to_pool(context, [(lead, decision)])

    # the ledger's old rows -------------------------------------------------


class _Failure:
    """What :meth:`_to_pool` reads of a decision, for a lead without one."""

    route_id = None
    reason = "error"

    def __init__(self, kind):
        self.trace = {"v": 1, "routes": [], "error": kind}
