"""Step 5, apply: the one place where a lead gets a salesperson, loses one, is offered
or goes to the pool, whoever asks for it: routes, a claim, a person, a rule, a merge.

What follows hangs on :meth:`_assign` and :meth:`_take_away`: rows of the ledger,
followers, tags, the contact's salesperson, chatter lines, and what other packages do in
the hooks :meth:`_after_assign` and :meth:`_after_take_away`. All is done in blocks: the
number of statements does not grow with the leads.
"""

from odoo import Command, api, models

from odoo.addons.crm.models.crm_lead import PARTNER_ADDRESS_FIELDS_TO_SYNC

from ...tools.columns import column, columns
from ...tools.constants import ALONE, LENDING
from ...tools.scheduling import trigger_cron
from .values import AssignmentValues, Unplaced

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
            {d.route_id for d in decisions if d.route_id}
        )
        routes = {route.id: route for route in routes}
        by_id = {lead.id: lead for lead in leads}
        holders = dict(zip(leads._ids, column(leads, "user_id"), strict=True))
        there = self.env["res.users"].browse(set(holders.values()) - {None})
        there = set(there.filtered("active")._ids)
        team_of = dict(zip(leads._ids, column(leads, "team_id"), strict=True))
        assignments, offers, unplaced, teams = [], [], [], {}
        kept = self.env["crm.lead"]
        capacity = self._capacity_left(snapshot, decisions)
        none = self.env["lead.distribution.route"]
        for decision in decisions:
            lead = by_id[decision.lead_id]
            held = holders[lead.id] if holders[lead.id] in there else None
            route = routes.get(decision.route_id, none)
            offered = context.offer or route.delivery in ("offer", "offer_all")
            offered = offered and route.pool_source != "user"
            # what is somebody's is not offered to others, unless it is stale
            stays = decision.user_id in (None, held)
            if held and (stays or offered and not context.takes(lead)):
                kept |= lead  # nobody else was found: nobody loses it
                continue
            if not decision.user_id:
                unplaced.append((lead, decision))
                continue
            key = (team_of[lead.id], decision.user_id, route.id)
            if key not in teams:
                teams[key] = self._team_for(lead, decision.user_id, route, snapshot)
            assignment = AssignmentValues(
                lead.id,
                decision.user_id,
                decision.reason,
                route.id,
                teams[key],
                decision.units,
                decision.trace,
            )
            if not offered or decision.reason == "duplicate":
                assignments.append(assignment)
            elif route.delivery != "offer_all" or decision.reason in ALONE:
                offers.append(assignment)  # a known customer's advisor is asked alone
            else:
                skip = {*context.skip.get(lead.id, ()), *decision.unfit}
                offers += self._offers_for_all(
                    assignment, lead.listing_id.id, snapshot, capacity, skip
                )
        context.stored_snapshot = self._store_snapshot(context, snapshot)
        self.env["lead.distribution"]._settle(kept)
        made = self._assign(context, assignments)
        made |= self._offer(context, offers)
        made |= self._to_pool(context, unplaced)
        self.env["lead.distribution.route.state"]._remember(state)
        return made

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
    def _values_of_rows(self, context, leads):
        """What every new row of the ledger has; to be extended with the rest.

        :returns: ``{lead_id: values}``
        """
        shared = {
            **context.of_row(),
            "date_told": False,
            "decline_reason": False,
            "deadline": False,
            "date_response": False,
            "tag_ids_added": False,
        }
        of_leads = columns(leads, "partner_id", "listing_id", "expected_revenue")
        return {
            lead_id: {
                **shared,
                "lead_id": lead_id,
                "partner_id": partner_id,
                "listing_id": listing_id,
                "expected_revenue": revenue or 0.0,
            }
            for lead_id, (partner_id, listing_id, revenue) in zip(
                leads._ids, of_leads, strict=True
            )
        }

    # somebody --------------------------------------------------------------

    @api.model
    def _assign(self, context, assignments, tell=True, written=False):
        """Give leads to salespeople, with all that follows.

        :param assignments: list of :class:`AssignmentValues`; an offer that is claimed
            becomes the assignment
        :param tell: whether the salespeople get an email of ours
        :param written: whether a person wrote the salespeople already: the leads are
            left as they are, and the assignments say who had them before
        :returns: the ledger's new rows
        """
        Assignment = self.env["lead.distribution.assignment"]
        if not assignments:
            return Assignment
        leads = self.env["crm.lead"].browse([p.lead_id for p in assignments])
        by_id = {lead.id: lead for lead in leads}
        claimed = Assignment.union(*(p.offer for p in assignments if p.offer))
        self._close(context, leads, claimed)
        had = columns(leads, "user_id", "team_id", "distribution_route_id")
        for p, (user_id, team_id, route_id) in zip(assignments, had, strict=True):
            if not written:
                p.previous_user_id = user_id or False
                p.previous_team_id = team_id or False
            # no policy of a route holds for a loan
            lent = context.trigger in LENDING
            p.policy_route_id = not lent and (p.route_id or route_id) or False
        if written:
            leads.write(
                {"distribution_state": "assigned", "distribution_retry_after": False}
            )
        else:
            self._write_leads(context.company, leads, assignments)
        # an automation rule may have given one to somebody else, with a row of its own
        assignments = [
            p
            for p, user_id in zip(assignments, column(leads, "user_id"), strict=True)
            if user_id == p.user_id
        ]
        self._subscribe(leads, assignments)
        self._add_tags(context, assignments)
        self._set_partner_salesperson(context.company, assignments)
        self._after_assign(context, assignments)
        if not written:
            self._log(context, assignments)
        made = self._write_rows(context, assignments, tell)
        if not context.is_new:
            self._drop_escalations(leads)
            self._notify_former(
                context, {p.lead_id: p.previous_user_id for p in assignments}
            )
        if tell:
            trigger_cron(self.env, "ir_cron_send_mail")
            self._notify(by_id, assignments)
        return made

    @api.model
    def _after_assign(self, context, assignments):
        """Hook: do what follows when salespeople got leads, before the ledger says so.

        :param assignments: list of :class:`AssignmentValues`; ``activity_id`` is to be
            set to what was made for the new salesperson alone
        """

    @api.model
    def _write_rows(self, context, assignments, tell):
        """Write into the ledger who got leads; the only place where rows become so."""
        done, values = self.env["lead.distribution.assignment"], []
        told = tell and context.told()
        ringing = self._ringing(assignments) if told else ()
        leads = self.env["crm.lead"].browse([p.lead_id for p in assignments])
        of_lead = self._values_of_rows(context, leads)
        for p in assignments:
            vals = {
                "previous_user_id": p.previous_user_id,
                "previous_team_id": p.previous_team_id,
                "partner_previous_user_id": p.partner_previous_user_id,
                "partner_owned": p.partner_owned,
                "activity_id": p.activity_id,
                "clock_deadline": p.clock_deadline,
                "tag_ids_added": [Command.set(p.tag_ids)] if p.tag_ids else False,
                "state": "assigned",
            }
            if p.offer:
                if not p.previous_user_id:
                    del vals["previous_user_id"]  # whom the offer was taken from
                p.offer._claim_offer({**vals, "date": context.at})
                done |= p.offer
                continue
            values.append(
                {
                    **of_lead[p.lead_id],
                    **vals,
                    "user_id": p.user_id,
                    "route_id": p.route_id,
                    "reason": p.reason,
                    "trace": p.trace,
                    "units": p.units,
                    "date_told": told if p.user_id in ringing else False,
                    "mail_pending": tell,
                }
            )
        return done | done._create_alike(values)

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
                    "distribution_retry_after": False,
                }
            )
        for route_id, ids in by_route.items():
            leads.browse(ids).write({"distribution_route_id": route_id})

    # nobody ----------------------------------------------------------------

    @api.model
    def _close(self, context, leads, kept=None):
        """Close the ledger's open rows of leads that somebody else gets, or nobody.

        Who had a lead for a moment of this transaction only, for other code decided at
        once, never had it: nothing of that is left.

        :param kept: rows that stay as they are, if any
        """
        if context.is_new:
            return
        Assignment = self.env["lead.distribution.assignment"]
        rows = Assignment.search(
            [("lead_id", "in", leads.ids), ("state", "in", ["assigned", "offered"])]
        )
        rows -= kept or Assignment
        fresh = self._of_this_transaction(rows)
        fresh = fresh.filtered(lambda row: row.state == "assigned")
        self._revert_rows(fresh, context.at)
        by = context.by.name if context.by and context.trigger == "button" else ""
        Assignment._close_rows(rows - fresh, context.at, by)

    @api.model
    def _of_this_transaction(self, rows):
        """Pick the rows that were made in the transaction that is under way."""
        now = self.env.cr.now()
        return rows.filtered(lambda row: row.create_date == now)

    @api.model
    def _decided_just_now(self, leads):
        """Return those of some leads that this very transaction distributed."""
        # sudo: when the leads were distributed, whoever's they are
        rows = self.env["lead.distribution.assignment"].sudo()
        rows = rows.search([("lead_id", "in", leads.ids)])
        return leads.browse(self._of_this_transaction(rows).lead_id.ids)

    @api.model
    def _take_away(self, context, leads, former=None):
        """Take leads from whoever has them, or an offer of them, with all that follows.

        :param former: ``{lead_id: user_id}`` of who had them, when a person wrote it
            already
        """
        self._close(context, leads)
        if former is None:
            held = leads.filtered("user_id")
            former = {lead.id: lead.user_id.id for lead in held}
            # the company along, since core takes it away from a lead without
            # salesperson whose team has none
            held.write({"user_id": False, "company_id": context.company.id})
        if not former:
            return
        self._unsubscribe(leads, former)
        self._notify_former(context, former)
        self._after_take_away(context, former)

    @api.model
    def _after_take_away(self, context, former):
        """Hook: do what follows when salespeople lost leads and nobody has them yet.

        :param former: ``{lead_id: user_id}`` of who had them
        """

    @api.model
    def _release(self, context, leads, former=None):
        """Put leads into the pool because a person wants it so.

        :param former: see :meth:`_take_away`
        """
        self._take_away(context, leads, former)
        leads.write({"distribution_state": "pool", "distribution_retry_after": False})

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
        holders = {lead.id: lead.user_id.id for lead in leads if lead.user_id}
        self._take_away(context, leads)
        by_route = {}
        for lead, decision in unplaced:
            after = self.env["lead.distribution.drain"]._retry_after(context, decision)
            by_route.setdefault((decision.route_id, after), []).append(lead.id)
        for (route_id, after), ids in by_route.items():
            leads.browse(ids).write(
                {
                    "distribution_state": "pool",
                    "distribution_route_id": route_id,
                    "distribution_retry_after": after,
                }
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
        of_lead = self._values_of_rows(context, leads)
        rows = Assignment._create_alike(
            [
                {
                    **of_lead[lead.id],
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
        decision = Unplaced("error", error=type(error).__name__)
        self.env["lead.distribution"]._set_requested(lead)
        if lead.user_id.active and context.rule:
            self.env["lead.distribution"]._settle(lead)
            return self.env["lead.distribution.assignment"]
        return self._to_pool(context, [(lead, decision)])
