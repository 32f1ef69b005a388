"""Leads that a rule moves."""

from dataclasses import replace

from odoo import api, fields, models
from odoo.fields import Domain

from ...engine import Candidate, Request, Route, known_strategy
from ..pipeline.values import AssignmentValues, Snapshot, Unplaced
from .rule_runner import RULE


class LeadDistributionRuleRunner(models.AbstractModel):
    _inherit = "lead.distribution.rule.runner"

    @api.model
    def _move_by_rule(self, context, leads):
        """Hand leads to those whom the rule names: never back to one who had it, at
        most so often until somebody follows up. For whom nobody of the rule is left,
        the other rules of the list are asked; the pool when they have nobody, either.

        :param context: with its rule
        :returns: the ledger's new rows
        """
        rows = self.env["lead.distribution.assignment"]
        if not leads:
            return rows
        rule = context.rule
        had, moves = self.env["lead.distribution.assignment"]._lead_history(leads)
        for lead in leads:
            context.skip[lead.id] = dict.fromkeys(had[lead.id], "had_it")
            since = lead.distribution_idle_since
            context.rule_evidence[lead.id] = [
                rule.id,
                rule.kind,
                fields.Datetime.to_string(since) if since else False,
                moves[lead.id],
            ]
        owners = {lead.id: lead.user_id for lead in leads}
        if rule.target_mode == "routes":
            self.env["lead.distribution"]._set_requested(leads, rule.route_id)
        exhausted = self._exhausted(context, leads, had, moves)
        over = exhausted - self._left_to_others(context, exhausted, had, moves)
        rows |= self._pool_exhausted(context, over)
        rest = leads - exhausted
        if rule.target_mode == "routes":
            rows |= self.env["lead.distribution"]._process_routes(context, rest)
            leads.write({"distribution_asked_route_id": False})
        else:
            rows |= self._assign_members(context, rest)
        self.env["lead.distribution.rule"]._notify_losers(context, leads, owners)
        self.env.flush_all()
        return rows

    @api.model
    def _exhausted(self, context, records, had, moves):
        """Pick what the rule has nobody left for: it does not match these.

        :param had: ``{record id: ids of who had it}``
        :param moves: ``{record id: how often rules moved it}``
        """
        rule = context.rule
        receivers = self._receivers(context, records)
        return records.filtered(
            lambda x: (
                x.user_id
                and (
                    moves[x.id] >= rule.max_moves
                    or (receivers[x.id] and receivers[x.id] <= had[x.id])
                )
            )
        )

    @api.model
    def _left_to_others(self, context, records, had, moves):
        """Pick what another rule of the list has somebody for, now or when its time
        comes: there is no need to give up yet.

        :param had: ``{record id: ids of who had it}``
        :param moves: ``{record id: how often rules moved it}``
        """
        found, wanted = records.browse(), context.rule.route_id
        if context.rule.target_mode != "routes":
            wanted = wanted.browse()
        for rule in self._rules_of(context.company):
            left = records - found
            if not left:
                break
            if rule == context.rule or not rule._moves_on(records):
                continue
            scope = rule._scope(context.company) & Domain("id", "in", left.ids)
            left = left.search(scope)
            if rule.target_mode == "routes":
                self.env["lead.distribution"]._set_requested(left, rule.route_id)
            receivers = self._receivers(replace(context, rule=rule), left)
            found |= left.filtered(
                lambda x, rule=rule, receivers=receivers: (
                    moves[x.id] < rule.max_moves and receivers[x.id] - had[x.id]
                )
            )
        if context.rule.entity == "lead":
            self.env["lead.distribution"]._set_requested(records, wanted)
        return found

    @api.model
    def _receivers(self, context, records):
        """Find who may get records by the rule.

        :returns: ``{record id: ids of those to whom the rule may hand it over at
            all}``, absent or at a limit though they may be now
        """
        rule, company = context.rule, context.company
        if rule.target_mode == "members":
            users = rule.member_ids.user_id
            ids = set(users.ids) - set(self._excluded_for_good(company, users))
            return dict.fromkeys(records.ids, ids)
        routes = self.env["lead.distribution.route"]._routes_of(company)
        matches = self.env["lead.distribution.matching"]._match(
            routes,
            records,
            self.env["lead.distribution.matching"]._moments(context, records),
        )
        snapshot = self.env["lead.distribution.candidates"]._snapshot(
            company, routes, context.at, (), records
        )
        candidates = {
            # under a negative id stand contacts who are no users
            route.route_id: {c.user_id for c in route.candidates if c.user_id > 0}
            for route in snapshot.routes
        }
        users = self.env["res.users"].browse(set().union(*candidates.values()))
        gone = set(self._excluded_for_good(company, users))
        found, codes = {}, matches.codes_of(records._ids)
        for lead in records:
            routes = snapshot.codes(codes[lead.id], lead.listing_id.id)
            found[lead.id] = {
                user_id
                for route_id, code in routes
                if code in ("", "closed")  # a closed one opens again
                for user_id in candidates.get(route_id, ())
            } - gone
        return found

    @api.model
    def _excluded_for_good(self, company, users):
        codes = self.env["lead.distribution.candidates"]._excluded(company, users)
        return [user_id for user_id, code in codes.items() if code != "paused"]

    @api.model
    def _pool_exhausted(self, context, leads):
        """Nobody is left who could have it: the pool, and the responsible decides."""
        if not leads:
            return self.env["lead.distribution.assignment"]
        rows = self.env["lead.distribution.apply"]._to_pool(
            context,
            [
                (lead, Unplaced("exhausted", rule=about))
                for lead in leads
                if (about := context.rule_evidence[lead.id])
            ],
        )
        text = self.env._(
            "The rule %s moved the lead to the pool: nobody is left who could receive "
            "it.",
            context.rule.name,
        )
        leads._message_log_batch(bodies=dict.fromkeys(leads.ids, text))
        return rows

    @api.model
    def _assign_members(self, context, leads):
        rule = context.rule
        users = rule.member_ids.user_id
        if not leads or not users:
            return self.env["lead.distribution.assignment"]
        snapshot = self._rule_snapshot(context, users)
        priority = self.env["lead.distribution.priority"]
        leads, places = priority._ranked(context.company, leads, context.at)
        requests = [
            Request(
                lead.id,
                ((RULE, ""),),
                skip=context.skip[lead.id],
                weight=self.env["lead.distribution.candidates"]._weight(lead),
                value=lead.expected_revenue,
            )
            for lead in leads
        ]
        decisions, state = self.env["lead.distribution.decision"]._decide(
            snapshot, requests
        )
        priority._note(decisions, places)
        assignments = []
        for lead, decision in zip(leads, decisions, strict=True):
            if not decision.user_id:
                continue  # everybody is away or full: it stays, until the next run
            context.note_rule([decision])
            decision.trace["routes"] = []
            team_id = self.env["lead.distribution.apply"]._team_for(
                lead,
                decision.user_id,
                self.env["lead.distribution.route"],
                snapshot,
            )
            assignments.append(
                AssignmentValues(
                    lead.id,
                    decision.user_id,
                    "rule",
                    None,
                    team_id,
                    decision.units,
                    decision.trace,
                )
            )
        moving = leads.browse([p.lead_id for p in assignments])
        if not moving:
            return self.env["lead.distribution.assignment"]
        context.stored_snapshot = self.env["lead.distribution.apply"]._store_snapshot(
            context, snapshot
        )
        rows = self.env["lead.distribution.apply"]._assign(context, assignments)
        self._remember_turns(rule, state)
        return rows

    @api.model
    def _rule_snapshot(self, context, users):
        """Take the snapshot for a rule that names its salespeople.

        :returns: a :class:`Snapshot` with the rule's members as its one route
        """
        rule, company, at = context.rule, context.company, context.at
        excluded = self.env["lead.distribution.candidates"]._excluded(company, users)
        absent = users._lead_absent_at(at)
        codes = self.env["lead.distribution.candidates"]._away_on(
            rule, users, absent, at, {}
        )
        codes.update(excluded)
        rates = self.env["lead.distribution.rates"]._rates_for(
            rule.strategy, company, users, rule.rate_period_days, at
        )
        loads = self.env["lead.distribution.candidates"]._units_of_month(
            company, users.ids, at
        )
        snapshot = Snapshot(
            people=self.env["lead.distribution.candidates"]._persons(
                company,
                users,
                self.env["lead.distribution.candidates"]._last_rows(users.ids),
                at,
                excluded,
                absent,
            ),
            teams=self.env["lead.distribution.candidates"]._teams_of(company, users),
        )
        snapshot.add(RULE, None)
        snapshot.routes.append(
            Route(
                RULE,
                tuple(
                    Candidate(
                        member.user_id.id,
                        order,
                        load=loads.get(member.user_id.id, 0.0),
                        turn=member.turn,
                        exclusion=codes.get(member.user_id.id, ""),
                        rate=rates.get(member.user_id.id),
                    )
                    for order, member in enumerate(rule.member_ids)
                ),
                known_strategy(rule.strategy),
                prefer_known=False,
            )
        )
        return snapshot

    @api.model
    def _remember_turns(self, rule, state):
        """Keep whose turn is next among the rule's members.

        :param state: see ``lead.distribution.decision._decide``
        """
        turns = state.get((RULE, None), {})
        for member in rule.member_ids:
            if member.user_id.id in turns:
                member.turn = turns[member.user_id.id][1]
