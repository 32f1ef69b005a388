"""Rules for the neglected: who lies too long with one goes to another.

The schedule looks for them under the company's lock, in a transaction that began with
it, and takes their rows before it decides: whoever followed up meanwhile either is seen
or holds the row, and the lead stays. A rule enters the walk like anybody who asks for a
distribution (:meth:`LeadDistribution._walk`); customers, which no route takes, have
their own short way to the ledger.
"""

from datetime import timedelta
from functools import partial

import psycopg2
from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.fields import Domain

from ..engine import Candidate, Engine, Request, Route
from ..engine import text as texts
from .data import Occasion, Placement
from .entry import CONFLICTS
from .events import MEETINGS_PER_STEP
from .history import LEADS_PER_STEP
from .log import discreet_logger
from .people import Picture

_logger = discreet_logger(__name__)

#: leads or customers that one transaction moves
MOVES_PER_BLOCK = 500
#: customers whose sales are looked at in one go
CUSTOMERS_PER_LOOK = 5000
#: id of the one route that the engine knows of when a rule hands over to members
RULE = 0


class LeadDistributionRules(models.AbstractModel):
    _inherit = "lead.distribution"

    # the schedule -----------------------------------------------------------

    @api.model
    def _cron_apply_rules(self):
        """Meetings that were held, follow-up dates of older leads, then the rules of
        each company in their order, block by block."""
        cron = self.env["ir.cron"]
        seconds = cron._commit_progress(remaining=0)
        seconds, held = self._in_blocks(self._hold_meetings, MEETINGS_PER_STEP, seconds)
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        read = True
        for company in companies.search([("lead_follow_up_next", ">", 0)]):
            step = partial(self._history_step, company)
            seconds, done = self._in_blocks(step, LEADS_PER_STEP, seconds)
            read = read and done
        if not seconds:
            cron._commit_progress(remaining=1)  # the rules are still to come
            return
        if not (held and read):
            self._call_cron("ir_cron_apply_rules", timedelta(minutes=1))
        busy = False
        for company in self._companies_with_rules():
            if company.lead_follow_up_next:
                continue  # who is neglected is not known yet
            if not seconds:
                busy = True
                break
            seconds, free = self._apply_rules(company, seconds)
            busy = busy or not free
        if busy:
            self._call_cron("ir_cron_apply_rules", timedelta(minutes=1))

    @api.model
    def _companies_with_rules(self):
        """:returns: list of companies"""
        # sudo: the schedule looks at all rules, whoever runs it
        rules = self.env["lead.distribution.rule"].sudo().search([])
        found = list(rules.company_id)
        if any(not rule.company_id for rule in rules):
            found = [*self.env["res.company"].sudo().search([])]
        return [c for c in found if c.lead_distribution_mode != "off"]

    @api.model
    def _rules_of(self, company):
        """:returns: the rules of a company in their order"""
        return (
            self.env["lead.distribution.rule"]
            .sudo()
            .search([("company_id", "in", [False, company.id])])
        )

    @api.model
    def _apply_rules(self, company, seconds):
        """The rules of a company in their order, each from where it ran out of time:
        many leads that each cannot move keep no other rule waiting for ever.

        :returns: ``(seconds left, whether nothing is left to do)``
        """
        moved = {"crm.lead": set(), "res.partner": set()}
        locks = self.env["lead.distribution.lock"].sudo()
        begun = locks.search([("company_id", "=", company.id)]).rule_places or {}
        rules, all_free = self._rules_of(company), True
        places = {str(id_): begun[str(id_)] for id_ in rules.ids if str(id_) in begun}
        for rule in rules:
            if not seconds:
                all_free = False
                break
            try:
                seconds, free, place = self._apply_rule(
                    company, rule, moved, places.pop(str(rule.id), None), seconds
                )
            except psycopg2.InterfaceError:
                raise  # the connection is gone, no rule is to blame
            except Exception:
                # the others are not to wait for it
                self.env.cr.rollback()
                _logger.exception("Rule %s of %s failed", rule.id, company.id)
                continue
            all_free = all_free and free
            if place and not seconds:
                places[str(rule.id)] = place
        if places != begun:
            # while somebody distributes it stays as it was: some wait a run longer
            if locks._acquire(company):
                locks.search([("company_id", "=", company.id)]).rule_places = places
            self.env["ir.cron"]._commit_progress()
        return seconds, all_free

    @api.model
    def _apply_rule(self, company, rule, moved, place, seconds):
        """One rule until it finds nothing more.

        :param moved: ``{model: ids}`` that a rule before has moved, to be filled: one
            rule at a time
        :param place: where to begin, see :meth:`_neglected_from`
        :returns: ``(seconds left, whether nothing is left to do, place reached)``, the
            place None when all was looked at
        """
        run, free, may_run = None, True, None

        def step(size):
            nonlocal run, free, place, may_run
            block = self._rule_block(company, rule, moved, place, size, run, may_run)
            if block is None:
                free = False
                return 0
            may_run = True  # it is not asked for every block what all of it would move
            count, place, run = block
            return count

        seconds, done = self._in_blocks(step, MOVES_PER_BLOCK, seconds)
        return seconds, free and done, place

    @api.model
    def _in_blocks(self, step, size, seconds):
        """Some work of the schedule, each block in a transaction of its own; in smaller
        ones where others write the same records.

        :param step: takes the size of a block and does that much
        :returns: ``(seconds left, whether nothing is left to do)``
        """
        cron = self.env["ir.cron"]
        now = size
        while seconds:
            try:
                count = step(now)
            except CONFLICTS as conflict:
                self.env.cr.rollback()
                now //= 2
                _logger.info("Conflict, next block is %s: %s", now, conflict)
                if not now:
                    return seconds, False
                continue
            if not count:
                # what comes next sees what others have committed until then
                return cron._commit_progress(), True
            now = min(size, now * 2)
            seconds = cron._commit_progress(count)
        return seconds, False

    @api.model
    def _rule_block(self, company, rule, moved, place, size, run=None, may_run=None):
        """Some of what a rule finds, without committing.

        :param may_run: whether it may, where that was asked before
        :returns: None when the company is busy, else ``(how many were looked at, place
            reached, run)``; 0 and None when nothing is left
        """
        service = self._as_service(company)
        rule = service.env["lead.distribution.rule"].browse(rule.id)
        if not service.env["lead.distribution.lock"]._acquire(company):
            return None
        if not rule.active or rule.problem:
            return 0, None, run
        if not may_run and not service._may_run(company, rule):
            return 0, None, run
        now = fields.Datetime.now()
        found, place = service._neglected_from(
            company, rule, now, place, size, but_ids=moved[rule.entity_model]
        )
        if place is None:
            return 0, None, run
        records = found.try_lock_for_update(allow_referencing=True)
        if records:
            had_run = run
            run = run or service._open_run("rule", company)
            occasion = Occasion(company, "rule", now, run, rule=rule)
            owners = {record.id: record.user_id.id for record in records}
            if rule.entity == "lead":
                service._walk_safely(occasion, records)
                service._close_run(run, records)
            else:
                service._safely(occasion, records, service._move_customers)
            records.invalidate_recordset(["user_id"])
            changed = records.filtered(lambda x: x.user_id.id != owners[x.id])
            moved[rule.entity_model].update(changed.ids)
            nothing_done = not changed and not service.env[
                "lead.distribution.assignment"
            ].search_count([("run_id", "=", run.id)], limit=1)
            if nothing_done:
                if not had_run:
                    run.unlink()  # nobody needs to read of it every ten minutes
                    run = None
                if not service._anybody(occasion):
                    return 0, None, run
        return len(found) or 1, place, run

    @api.model
    def _anybody(self, occasion):
        """:returns: whether one of those whom the rule names could have something"""
        users = occasion.rule.member_ids.user_id
        if occasion.rule.target_mode == "routes":
            return True
        picture = self._rule_picture(occasion, users)
        room = {person.user_id: person.room for person in picture.people}
        return any(
            not candidate.exclusion and room.get(candidate.user_id) != 0
            for route in picture.routes
            for candidate in route.candidates
        )

    @api.model
    def _may_run(self, company, rule):
        """A rule that would move a crowd at its first run waits for a manager."""
        if rule.confirmed:
            return True
        # a rule of all companies is confirmed for all of them
        companies = [company] if rule.company_id else self._companies_with_rules()
        count = sum(self._count_neglected(rule, one) for one in companies)
        limit = (company or self.env.company).lead_rule_confirm_above
        if not limit or count <= limit:
            # the first that it finds, and there are few: it is known by now
            if count:
                rule.confirmed = True
            return True
        if rule.waiting_count != count:
            if not rule.waiting_count:
                self._ask_confirmation(company, rule, count)
            rule.waiting_count = count
        return False

    @api.model
    def _ask_confirmation(self, company, rule, count):
        user = rule.responsible_id or company.lead_distribution_manager_id
        text = self.env._("The rule would move %s at once: confirm it.", count)
        rule._message_log(body=text)
        if user:
            self._outside(rule).activity_schedule(
                "mail.mail_activity_data_todo", summary=text, user_id=user.id
            )

    # who is neglected -------------------------------------------------------

    @api.model
    def _neglected_domain(self, company, rule, at):
        """:returns: what a rule looks for, its own filter included"""
        find = getattr(self, f"_neglected_{rule.kind}")
        model = self.env[rule._filter_model()]
        domain = self._filter_within(
            model, rule._parsed_domain(), rule.company_id or company
        )
        return find(company, rule, at) & domain

    @api.model
    def _neglected_no_follow_up(self, company, rule, at):
        return (
            self._neglected_of_company(company)
            & Domain("user_id", "!=", False)
            & Domain("active", "=", True)
            & Domain("won_status", "=", "pending")
            & Domain("distribution_idle_since", "<=", rule._cutoff(company, at))
        )

    @api.model
    def _neglected_of_company(self, company):
        """Mostly all leads have a company of their own, and then one index finds them
        in their order; the others are looked for where there are any.

        :returns: the domain of the leads of a company"""
        idle = Domain("distribution_idle_since", "!=", False) & Domain(
            "user_id", "!=", False
        )
        idle &= Domain("active", "=", True) & Domain("won_status", "=", "pending")
        without = Domain("company_id", "=", False)
        if self.env["crm.lead"].search_count(idle & without, limit=1):
            return Domain("distribution_company_id", "=", company.id)
        return Domain("company_id", "=", company.id)

    @api.model
    def _neglected_no_first_follow_up(self, company, rule, at):
        return self._neglected_no_follow_up(company, rule, at) & Domain(
            "first_follow_up_date", "=", False
        )

    @api.model
    def _neglected_new(self, company, rule, at):
        """What came in by itself, was nobody's yet, and no route took."""
        return (
            Domain("distribution_company_id", "=", company.id)
            & Domain("distribution_state", "=", "pool")
            & Domain("distribution_route_id", "=", False)
            & Domain("user_id", "=", False)
            & Domain("won_status", "=", "pending")
            & Domain("create_date", "<=", rule._cutoff(company, at))
            & ~Domain(
                "distribution_assignment_ids",
                "any",
                [
                    "|",
                    ("user_id", "!=", False),
                    ("reason", "not in", ["no_route", "no_company"]),
                ],
            )
        )

    @api.model
    def _neglected_no_sales(self, company, rule, at):
        """Customers that are old enough and somebody's of this company; who bought is
        sorted out by :meth:`_without_sales`."""
        cutoff = rule._cutoff(company, at)
        return (
            Domain("company_id", "in", [False, company.id])
            & Domain("user_id", "!=", False)
            & Domain("user_id.company_ids", "in", company.ids)
            & Domain("active", "=", True)
            # whose contacts go with them
            & (Domain("is_company", "=", True) | Domain("parent_id", "=", False))
            & Domain("create_date", "<=", cutoff)
            & (
                Domain("lead_salesperson_since", "=", False)
                | Domain("lead_salesperson_since", "<=", cutoff)
            )
        )

    @api.model
    def _neglected(self, company, rule, at):
        """:returns: what the rule would move at ``at``"""
        Model = self.env[rule.entity_model]
        found = Model.search(self._neglected_domain(company, rule, at))
        if rule.entity == "lead":
            return found
        return self._without_sales(company, rule, at, found)

    @api.model
    def _neglected_from(self, company, rule, at, place, limit, but_ids=()):
        """Some of what the rule would move, longest neglected leads first.

        :param place: where the block before ended, None for the first one
        :param but_ids: ids of those that are not to be found
        :returns: ``(records, place)``; the place None when nothing is left to look at.
            Customers may be looked at and none be found.
        """
        Model = self.env[rule.entity_model]
        domain = self._neglected_domain(company, rule, at)
        if but_ids:
            domain &= Domain("id", "not in", list(but_ids))
        if rule.kind in ("new", "no_sales"):
            domain &= Domain("id", ">", place or 0)
            if rule.kind == "new":
                found = Model.search(domain, limit=limit, order="id")
                return found, found[-1:].id or None
            seen = Model.search(domain, limit=CUSTOMERS_PER_LOOK, order="id")
            found = self._without_sales(company, rule, at, seen)
            seen = found[:limit] if len(found) > limit else seen
            return found[:limit], seen[-1:].id or None
        since, seen = place or (False, [])
        if since:
            # domains know whole seconds: of the last one, all but those seen
            domain &= Domain("distribution_idle_since", ">=", since)
            domain &= Domain("id", "not in", seen)
        found = Model.search(domain, limit=limit, order="distribution_idle_since, id")
        if not found:
            return found, None
        seconds = [fields.Datetime.to_string(x.distribution_idle_since) for x in found]
        last = seconds[-1]
        same = [
            x.id for x, second in zip(found, seconds, strict=True) if second == last
        ]
        return found, [last, same if last != since else seen + same]

    @api.model
    def _without_sales(self, company, rule, at, partners):
        """The clock of a customer runs from the last sale, else the creation, and anew
        with every salesperson, whoever chose them; only sales are left to look at."""
        cutoff = rule._cutoff(company, at)
        sales = self._last_sales(partners)
        return partners.filtered(lambda p: (sales.get(p.id) or p.create_date) <= cutoff)

    @api.model
    def _companies_of(self, rule):
        """:returns: list of those of the rule's companies that the reader has chosen,
        in which what is of no company belongs, too"""
        companies = self.env.companies
        if rule.company_id:
            return [c for c in rule.company_id if self.env.su or c in companies]
        return list(companies)

    @api.model
    def _half_filled(self, rule):
        return (
            rule.problem
            or not rule.kind
            or (rule.entity == "customer") != (rule.kind == "no_sales")
        )

    @api.model
    def _neglected_of(self, rule):
        """What a rule, on or off, kept or not, would move now, as far as the current
        user may read it: a filter that is only tried looks at nothing else.

        :returns: ``crm.lead`` or ``res.partner``
        """
        found = self.env[rule._filter_model()]
        if self._half_filled(rule) or not found.has_access("read"):
            return found
        now = fields.Datetime.now()
        for company in self._companies_of(rule):
            service = self.with_context(active_test=True)  # rules look at nothing else
            service = service.with_company(company) if company else service
            found |= service._neglected(company, rule, now).with_env(self.env)
        return found

    @api.model
    def _count_neglected_of(self, rule):
        """:returns: how many :meth:`_neglected_of` finds"""
        if rule.entity == "customer":
            return len(self._neglected_of(rule))
        Lead = self.env["crm.lead"].with_context(active_test=True)
        if self._half_filled(rule) or not Lead.has_access("read"):
            return 0
        now = fields.Datetime.now()
        domains = [
            self._neglected_domain(company, rule, now)
            for company in self._companies_of(rule)
        ]
        return sum(Lead.search_count(domain) for domain in domains)

    @api.model
    def _count_neglected(self, rule, company):
        """:returns: how many a rule would move now, whoever's they are"""
        if self._half_filled(rule):
            return 0
        service, now = self._as_service(company), fields.Datetime.now()
        rule = rule.with_env(service.env)
        if rule.entity == "customer":
            return len(service._neglected(company, rule, now))
        domain = service._neglected_domain(company, rule, now)
        return service.env["crm.lead"].search_count(domain)

    # leads ------------------------------------------------------------------

    @api.model
    def _move(self, occasion, leads):
        """Hand leads to those whom the rule names: never back to one who had it, at
        most so often until somebody follows up; then the pool.

        :param occasion: with its rule
        :returns: the ledger's new rows
        """
        rows = self.env["lead.distribution.assignment"]
        if not leads:
            return rows
        rule = occasion.rule
        had, moves = self._lead_history(leads)
        for lead in leads:
            occasion.skip[lead.id] = dict.fromkeys(had[lead.id], "had_it")
            since = lead.distribution_idle_since
            occasion.about[lead.id] = [
                rule.id,
                rule.kind,
                fields.Datetime.to_string(since) if since else False,
                moves[lead.id],
            ]
        owners = {lead.id: lead.user_id for lead in leads}
        if rule.target_mode == "routes":
            self._ask_for(leads, rule.route_id)
        receivers = self._receivers(occasion, leads)
        over = leads.filtered(
            lambda lead: (
                lead.user_id
                and (
                    moves[lead.id] >= rule.max_moves
                    or (receivers[lead.id] and receivers[lead.id] <= had[lead.id])
                )
            )
        )
        rows |= self._exhaust(occasion, over)
        rest = leads - over
        if rule.target_mode == "routes":
            rows |= self._walk_routes(occasion, rest)
            leads.write({"distribution_asked_route_id": False})
        else:
            rows |= self._walk_members(occasion, rest)
        self._tell_losers(occasion, leads, owners)
        self.env.flush_all()
        return rows

    @api.model
    def _lead_history(self, leads):
        """Who had each lead, and how often rules moved it since the last follow-up.

        :returns: ``({lead_id: set of user ids}, {lead_id: number})``
        """
        had = {lead.id: {lead.user_id.id} - {False} for lead in leads}
        moves = dict.fromkeys(leads.ids, 0)
        last = {lead.id: lead.last_follow_up_date for lead in leads}
        rows = self.env["lead.distribution.assignment"].search_fetch(
            [("lead_id", "in", leads.ids)],
            [
                "lead_id",
                "user_id",
                "previous_user_id",
                "rule_id",
                "date",
                "state",
                "taken_back",
            ],
        )
        for row in rows:
            if row.taken_back:
                continue
            lead_id = row.lead_id.id
            had[lead_id] |= {row.previous_user_id.id} - {False}
            if row.state not in ("assigned", "released", "removed", "undone"):
                continue  # an offer that was not taken
            had[lead_id] |= {row.user_id.id} - {False}
            if row.rule_id and not (last[lead_id] and row.date <= last[lead_id]):
                moves[lead_id] += 1
        return had, moves

    @api.model
    def _receivers(self, occasion, records):
        """:returns: ``{record id: ids of those to whom the rule may hand it over at
        all}``, absent or at a limit though they may be now"""
        rule, company = occasion.rule, occasion.company
        if rule.target_mode == "members":
            users = rule.member_ids.user_id
            ids = set(users.ids) - set(self._excluded_for_good(company, users))
            return dict.fromkeys(records.ids, ids)
        routes = self._routes_of(company)
        matches = self._match(routes, records, self._moments(occasion, records))
        picture = self._snapshot(company, routes, occasion.at, (), records)
        candidates = {
            # under a negative id stand contacts who are no users
            route.route_id: {c.user_id for c in route.candidates if c.user_id > 0}
            for route in picture.routes
        }
        users = self.env["res.users"].browse(set().union(*candidates.values()))
        gone = set(self._excluded_for_good(company, users))
        found = {}
        for lead in records:
            routes = self._request(lead, matches, {}, picture).routes
            found[lead.id] = {
                user_id
                for route_id, code in routes
                if code in ("", "closed")  # a closed one opens again
                for user_id in candidates.get(route_id, ())
            } - gone
        return found

    @api.model
    def _excluded_for_good(self, company, users):
        codes = self._excluded(company, users)
        return [user_id for user_id, code in codes.items() if code != "paused"]

    @api.model
    def _exhaust(self, occasion, leads):
        """Nobody is left who could have it: the pool, and the responsible decides."""
        if not leads:
            return self.env["lead.distribution.assignment"]
        self._release_rows(leads, occasion.at)
        for user, mine in leads.grouped("user_id").items():
            mine.message_unsubscribe(user.partner_id.ids)
        rows = self._to_pool(
            occasion,
            [
                (lead, _Exhausted({"v": 1, "routes": [], "rule": about}))
                for lead in leads
                if (about := occasion.about[lead.id])
            ],
        )
        text = self.env._(
            "The rule %s put the lead into the pool: nobody is left who could have it.",
            occasion.rule.name,
        )
        leads._message_log_batch(bodies=dict.fromkeys(leads.ids, text))
        return rows

    @api.model
    def _walk_members(self, occasion, leads):
        rule = occasion.rule
        users = rule.member_ids.user_id
        if not leads or not users:
            return self.env["lead.distribution.assignment"]
        picture = self._rule_picture(occasion, users)
        engine = Engine(picture.routes, picture.people)
        placements = []
        for lead in leads.sorted("id"):
            decision = engine.decide(
                Request(
                    lead.id,
                    ((RULE, ""),),
                    skip=occasion.skip[lead.id],
                    weight=self._weight(lead),
                )
            )
            if not decision.user_id:
                continue  # everybody is away or full: it stays, until the next run
            self._say_rule(occasion, [decision])
            decision.trace["routes"] = []
            team_id = self._team_for(
                lead,
                decision.user_id,
                self.env["lead.distribution.route"],
                picture,
            )
            placements.append(
                Placement(
                    lead.id,
                    decision.user_id,
                    "rule",
                    None,
                    team_id,
                    decision.units,
                    decision.trace,
                )
            )
        moving = leads.browse([p.lead_id for p in placements])
        if not moving:
            return self.env["lead.distribution.assignment"]
        occasion.snapshot = self._store_picture(occasion, picture)
        self._release_rows(moving, occasion.at)
        rows = self._place(occasion, placements)
        self._remember_turns(rule, engine)
        return rows

    @api.model
    def _rule_picture(self, occasion, users):
        """:returns: a :class:`Picture` with the rule's members as its one route"""
        rule, company, at = occasion.rule, occasion.company, occasion.at
        excluded = self._excluded(company, users)
        absent = users._lead_absent_at(at)
        codes = self._away_on(rule, users, absent, at, {})
        codes.update(excluded)
        rates = self._rates_for(
            rule.strategy, company, users, rule.rate_period_days, at
        )
        loads = self._units_of_month(company, users.ids, at)
        picture = Picture(
            people=self._people(
                company, users, self._last_rows(users.ids), at, excluded, absent
            ),
            teams=self._teams_of(company, users),
        )
        picture.add(RULE, None)
        picture.routes.append(
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
                rule.strategy,
                prefer_known=False,
            )
        )
        return picture

    @api.model
    def _remember_turns(self, rule, engine):
        turns = engine.state().get(RULE, {})
        for member in rule.member_ids:
            if member.user_id.id in turns:
                member.turn = turns[member.user_id.id][1]

    # saying why -------------------------------------------------------------

    @api.model
    def _say_rule(self, occasion, decisions):
        """Put into the explanations which rule it was, and why."""
        for decision in decisions:
            if decision.lead_id in occasion.about:
                decision.trace["rule"] = occasion.about[decision.lead_id]

    @api.model
    def _rule_line(self, occasion):
        """:returns: a function of a lead's id, the line about the rule in the chatter;
        None when no rule moves"""
        if not occasion.rule:
            return None
        rule = occasion.rule.with_env(self.env)
        zone = str((occasion.company or self.env.company)._lead_timezone())
        service = self.with_context(tz=zone)

        def line(lead_id):
            return service._rule_in_words(rule, occasion.about.get(lead_id))

        return line

    @api.model
    def _rule_in_words(self, rule, about):
        """:param about: ``[rule_id, kind, untouched since, moves so far]``
        :returns: why a rule moved it, as plain text"""
        _ = self.env._
        _rule_id, kind, since, _moves = about or (None, rule.kind, False, 0)
        values = {"rule": rule.name or _("(deleted)"), "date": "?"}
        if since:
            values["date"] = fields.Datetime.context_timestamp(
                self, fields.Datetime.to_datetime(since)
            ).strftime("%Y-%m-%d %H:%M")
        if kind == "no_follow_up":
            return _(
                "Moved by the rule “%(rule)s”: no follow-up since %(date)s", **values
            )
        if kind == "no_first_follow_up":
            return _(
                "Moved by the rule “%(rule)s”: no first follow-up since %(date)s",
                **values,
            )
        if kind == "no_sales":
            return _("Moved by the rule “%(rule)s”: no sale since %(date)s", **values)
        return _("Moved by the rule “%(rule)s”: no route took it", **values)

    @api.model
    def _explain_rule(self, row, trace):
        """:returns: the rule of a ledger row in the reader's words, "" if none"""
        about = trace.get("rule")
        if not about:
            return ""
        rule = row.rule_id or row.rule_id.browse(about[0]).exists()
        text = self._rule_in_words(rule, about)
        if about[3]:
            text = self.env._(
                "%(why)s (moved %(count)s times before without a follow-up)",
                why=text,
                count=about[3],
            )
        return text

    @api.model
    def _tell_losers(self, occasion, records, owners):
        """Who lost what, and why: one message for each of them.

        :param owners: ``{record id: res.users}`` before
        """
        lost = {}
        for record in records:
            user = owners[record.id]
            if user and record.user_id != user:
                lost.setdefault(user, []).append(record)
        for user, mine in lost.items():
            if not user.active:
                continue
            lang = user.lang or self.env.lang
            rule = occasion.rule.with_context(lang=lang)
            service = self.with_context(lang=lang, tz=user.tz)
            _ = service.env._
            lines = [
                Markup("%s<br/>%s")
                % (
                    record.display_name,
                    service._rule_in_words(rule, occasion.about.get(record.id)),
                )
                for record in mine
            ]
            subject = _("%s went to a colleague or into the pool", len(mine))
            if len(mine) == 1:
                subject = _("“%s” is not yours any more", mine[0].display_name)
            self._tell_changed(user, rule.name, subject, lines, rule)

    @api.model
    def _tell_changed(self, user, title, subject, lines, about=None):
        """A message, and a word on the screen for who looks at it now.

        :param lines: of what is theirs, or is not any more
        :param about: the record that the message is of, one that the user may read
        """
        items = Markup("").join(Markup("<li>%s</li>") % line for line in lines[:100])
        self._outside(self.env["mail.thread"]).with_context(
            lang=user.lang or self.env.lang
        ).message_notify(
            partner_ids=user.partner_id.ids,
            subject=texts.header(subject),
            body=Markup("<p>%s</p><ul>%s</ul>") % (subject, items),
            model=about._name if about else False,
            res_id=about.id if about else False,
        )
        user._bus_send(
            "simple_notification",
            {"type": "warning", "title": title, "message": subject},
        )

    # customers --------------------------------------------------------------

    @api.model
    def _move_customers(self, occasion, partners):
        """Customers go round among the rule's members; a contact of theirs with the
        same salesperson goes with them.

        :returns: those that moved
        """
        rule, company = occasion.rule, occasion.company
        had, moves, since = self._customer_history(partners)
        users = rule.member_ids.user_id
        if not users:
            return partners.browse()
        receivers = self._receivers(occasion, partners)
        over = partners.filtered(
            lambda p: moves[p.id] >= rule.max_moves or receivers[p.id] <= had[p.id]
        )
        self._call_for_customers(occasion, over)
        picture = self._rule_picture(occasion, users)
        engine = Engine(picture.routes, picture.people)
        chosen, traces = {}, {}
        owners = {partner.id: partner.user_id for partner in partners}
        for partner in partners - over:
            occasion.about[partner.id] = [
                rule.id,
                rule.kind,
                fields.Datetime.to_string(since[partner.id]),
                moves[partner.id],
            ]
            decision = engine.decide(
                Request(
                    partner.id,
                    ((RULE, ""),),
                    skip=dict.fromkeys(had[partner.id], "had_it"),
                )
            )
            if decision.user_id:
                decision.trace["routes"] = []
                self._say_rule(occasion, [decision])
                chosen.setdefault(decision.user_id, []).append(partner.id)
                traces[partner.id] = decision.trace
        moved = partners.browse(traces)
        if not moved:
            return moved
        Assignment = self.env["lead.distribution.assignment"]
        open_rows = Assignment.search(
            [
                ("partner_id", "in", moved.ids),
                ("lead_id", "=", False),
                ("rule_id", "!=", False),
                ("units", "=", 0),  # a deleted lead's row has some
                ("state", "=", "assigned"),
            ]
        )
        open_rows.write({"state": "released", "date_response": occasion.at})
        values = []
        occasion.snapshot = self._store_picture(occasion, picture)
        for user_id, ids in chosen.items():
            mine = partners.browse(ids)
            contacts = self.env["res.partner"].search(
                [("commercial_partner_id", "in", ids), ("id", "not in", ids)]
            )
            contacts = contacts.filtered(
                lambda c: c.user_id and c.user_id == owners[c.commercial_partner_id.id]
            )
            (mine | contacts).write({"user_id": user_id})
            if rule.partner_tag_ids:
                mine.write(
                    {"category_id": [Command.link(t) for t in rule.partner_tag_ids.ids]}
                )
            values += [
                {
                    "partner_id": partner.id,
                    "user_id": user_id,
                    "previous_user_id": owners[partner.id].id,
                    "rule_id": rule.id,
                    "run_id": occasion.run.id if occasion.run else False,
                    "snapshot_id": occasion.snapshot.id,
                    "state": "assigned",
                    "reason": "rule",
                    "trigger": occasion.trigger,
                    "trace": traces[partner.id],
                    "date": occasion.at,
                    "units": 0.0,  # units are of leads
                    "company_id": company.id,
                    "mail_pending": bool(rule.mail_template_id),
                }
                for partner in mine
            ]
        Assignment.create(values)
        self._remember_turns(rule, engine)
        self._log_customers(occasion, moved)
        self._tell_losers(occasion, moved, owners)
        if values and rule.mail_template_id:
            self._call_cron("ir_cron_send_mail")
        self.env.flush_all()
        return moved

    @api.model
    def _customer_history(self, partners):
        """:returns: as :meth:`_lead_history`, moves since the last sale; and
        ``{partner_id: datetime}`` of that sale, else the creation"""
        sales = self._last_sales(partners)
        since = {p.id: sales.get(p.id) or p.create_date for p in partners}
        had = {p.id: {p.user_id.id} - {False} for p in partners}
        moves = dict.fromkeys(partners.ids, 0)
        rows = self.env["lead.distribution.assignment"].search_fetch(
            [
                ("partner_id", "in", partners.ids),
                ("lead_id", "=", False),
                ("rule_id", "!=", False),
                ("units", "=", 0),  # a deleted lead's row has some
                ("user_id", "!=", False),
            ],
            ["partner_id", "user_id", "previous_user_id", "date", "taken_back"],
        )
        for row in rows:
            if row.taken_back:
                continue
            partner_id = row.partner_id.id
            had[partner_id] |= {row.user_id.id, row.previous_user_id.id} - {False}
            moves[partner_id] += row.date > since[partner_id]
        return had, moves, since

    @api.model
    def _log_customers(self, occasion, partners):
        company = occasion.company
        lang = company.partner_id.lang or self.env.lang
        service = self.with_context(lang=lang)
        line = service._rule_line(occasion)
        bodies = {}
        for partner in partners:
            bodies[partner.id] = Markup("%s<br/>%s") % (
                service.env._("Assigned to %s", partner.user_id.name),
                line(partner.id),
            )
        partners._message_log_batch(bodies=bodies)
        for user, mine in partners.grouped("user_id").items():
            _ = self.with_context(lang=user.lang or self.env.lang).env._
            user._bus_send(
                "simple_notification",
                {
                    "type": "info",
                    "title": _("New customers"),
                    "message": mine.name
                    if len(mine) == 1
                    else _("%s new customers for you", len(mine)),
                },
            )

    @api.model
    def _call_for_customers(self, occasion, partners):
        """They stay where they are, and the responsible decides: told once."""
        rule = occasion.rule
        user = rule.responsible_id or occasion.company.lead_distribution_manager_id
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        if not partners or not user:
            return
        told = (
            self.env["mail.activity"]
            .with_context(active_test=False)  # what was decided stays decided
            .search(
                [
                    ("res_model", "=", "res.partner"),
                    ("res_id", "in", partners.ids),
                    ("lead_distribution_unplaced", "=", True),
                ]
            )
            .filtered(
                lambda a: (
                    a.create_date
                    >= (
                        partners.browse(a.res_id).lead_salesperson_since
                        or a.create_date
                    )
                )
            )
        )
        self.env["mail.activity"].create(
            [
                {
                    "activity_type_id": todo.id if todo else False,
                    "summary": self.env._("Nobody left by the rule %s", rule.name),
                    "date_deadline": self._today(occasion.company),
                    "user_id": user.id,
                    "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                    "res_id": partner.id,
                    "automated": True,
                    "lead_distribution_unplaced": True,
                }
                for partner in partners
                if partner.id not in told.mapped("res_id")
            ]
        )

    @api.model
    def _mail_customers(self, rows):
        """The rule's email about each customer to the new salesperson (U8)."""
        current = rows.filtered(
            lambda row: (
                not row.lead_id
                and row.partner_id
                and row.user_id
                and row.state == "assigned"
                and row.rule_id.mail_template_id.model == "res.partner"
            )
        )
        for (rule, user), mine in current.grouped(
            lambda row: (row.rule_id, row.user_id)
        ).items():
            self._guarded(
                self._mail_by_template,
                rule.mail_template_id,
                mine.partner_id.ids,
                user,
            )


class _Exhausted:
    """What :meth:`_to_pool` reads of a decision, for a lead that nobody is left for."""

    route_id = None
    reason = "exhausted"

    def __init__(self, trace):
        self.trace = trace
