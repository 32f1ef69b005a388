"""Rules for stale leads and customers: left too long, they go to another.

The schedule looks for them under the company's lock, in a transaction that began with
it, and takes their rows before it decides: whoever followed up meanwhile either is seen
or holds the row, and the lead stays. A rule enters the pipeline like anybody who asks
for a distribution (:meth:`LeadDistribution._process`); customers, which no route takes,
have their own short way to the ledger.
"""

from datetime import timedelta
from functools import partial

import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain

from ...engine import Limits
from ...tools.batch import in_blocks
from ...tools.redacting_log import redacting_logger
from ...tools.scheduling import trigger_cron
from ...tools.service_context import as_service, outside
from ..pipeline.values import DistributionContext
from .backfill import LEADS_PER_STEP
from .follow_up import MEETINGS_PER_STEP

_logger = redacting_logger(__name__)

#: leads or customers that one transaction moves
MOVES_PER_BLOCK = 500
#: id of the one route that the engine knows of when a rule hands over to members
RULE = 0


class LeadDistributionRules(models.AbstractModel):
    _name = "lead.distribution.rule.runner"
    _description = "Lead Distribution: Rule Runner"

    # the schedule -----------------------------------------------------------

    @api.model
    def _cron_apply_rules(self):
        """Meetings that were held, follow-up dates of older leads, then the rules of
        each company in their order, block by block."""
        cron = self.env["ir.cron"]
        seconds = cron._commit_progress(remaining=0)
        seconds, held = in_blocks(
            self.env,
            self.env["lead.distribution.follow.up"]._hold_meetings,
            MEETINGS_PER_STEP,
            seconds,
        )
        # sudo: the schedule works for all companies
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        read = True
        for company in companies.search([("lead_follow_up_next", ">", 0)]):
            step = partial(
                self.env["lead.distribution.backfill"]._backfill_step, company
            )
            seconds, done = in_blocks(self.env, step, LEADS_PER_STEP, seconds)
            read = read and done
        if not seconds:
            cron._commit_progress(remaining=1)  # the rules are still to come
            return
        if not (held and read):
            trigger_cron(self.env, "ir_cron_apply_rules", timedelta(minutes=1))
        busy = False
        for company in self._companies_with_rules():
            if company.lead_follow_up_next:
                continue  # what is stale is not known yet
            if not seconds:
                busy = True
                break
            seconds, free = self._apply_rules(company, seconds)
            busy = busy or not free
        if busy:
            trigger_cron(self.env, "ir_cron_apply_rules", timedelta(minutes=1))

    @api.model
    def _companies_with_rules(self):
        """Return a list of the companies for which rules are to run."""
        # sudo: the schedule looks at all rules, whoever runs it
        rules = self.env["lead.distribution.rule"].sudo().search([])
        found = list(rules.company_id)
        if any(not rule.company_id for rule in rules):
            # sudo: the schedule works for all companies
            found = [*self.env["res.company"].sudo().search([])]
        return [c for c in found if c.lead_distribution_mode != "off"]

    @api.model
    def _rules_of(self, company):
        """Return the rules of a company in their order."""
        # sudo: the schedule obeys all rules of the company
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
        # sudo: the lock and its places are the schedule's alone
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
        :param place: where to begin, see :meth:`_stale_from`
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

        seconds, done = in_blocks(self.env, step, MOVES_PER_BLOCK, seconds)
        return seconds, free and done, place

    @api.model
    def _rule_block(self, company, rule, moved, place, size, run=None, may_run=None):
        """Some of what a rule finds, without committing.

        :param may_run: whether it may, where that was asked before
        :returns: None when the company is busy, else ``(how many were looked at, place
            reached, run)``; 0 and None when nothing is left
        """
        service = as_service(self, company)
        rule = service.env["lead.distribution.rule"].browse(rule.id)
        if not service.env["lead.distribution.lock"]._acquire(company):
            return None
        if not rule.active or rule.problem:
            return 0, None, run
        if not may_run and not service._is_confirmed(company, rule):
            return 0, None, run
        now = fields.Datetime.now()
        found, place = service.env["lead.distribution.rule"]._stale_from(
            company, rule, now, place, size, but_ids=moved[rule.entity_model]
        )
        if place is None:
            return 0, None, run
        records = found.try_lock_for_update(allow_referencing=True)
        if records:
            had_run = run
            steps = service.env["lead.distribution"]
            run = run or steps._open_run("rule", company, rule)
            context = DistributionContext(company, "rule", now, run, rule=rule)
            owners = {record.id: record.user_id.id for record in records}
            if rule.entity == "lead":
                service.env["lead.distribution"]._process_safely(context, records)
                service.env["lead.distribution"]._close_run(run, records)
            else:
                service.env["lead.distribution"]._safely(
                    context, records, service._move_customers
                )
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
                if not service._has_receivers(context):
                    return 0, None, run
        return len(found) or 1, place, run

    @api.model
    def _has_receivers(self, context):
        """Whether one of those whom the rule names could have something."""
        users = context.rule.member_ids.user_id
        if context.rule.target_mode == "routes":
            return True
        snapshot = self._rule_snapshot(context, users)
        limits = Limits(snapshot.people)
        return any(
            not candidate.exclusion and not limits.reached(candidate.user_id)
            for route in snapshot.routes
            for candidate in route.candidates
        )

    @api.model
    def _is_confirmed(self, company, rule):
        """A rule that would move a crowd at its first run waits for a manager."""
        if rule.confirmed:
            return True
        # a rule of all companies is confirmed for all of them
        companies = [company] if rule.company_id else self._companies_with_rules()
        count = sum(
            self.env["lead.distribution.rule"]._count_stale(rule, one)
            for one in companies
        )
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
        # in the language of who reads it, else of the company
        lang = user.lang or company.partner_id.lang or self.env.lang
        _ = self.with_context(lang=lang).env._
        text = _("The rule would move %s at once: confirm it.", count)
        rule._message_log(body=text)
        if user:
            outside(rule).activity_schedule(
                "mail.mail_activity_data_todo", summary=text, user_id=user.id
            )

    # what is stale ----------------------------------------------------------

    @api.model
    def _stale_of_company(self, company):
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
    def _half_filled(self, rule):
        return rule.problem or not rule.kind

    @api.model
    def _count_stale_of(self, rule):
        """Count what :meth:`_stale_of` finds."""
        if rule._sorts_out():
            return len(self.env["lead.distribution.rule"]._stale_of(rule))
        Model = self.env[rule._filter_model()].with_context(active_test=True)
        if self._half_filled(rule) or not Model.has_access("read"):
            return 0
        now = fields.Datetime.now()
        domains = [
            self.env["lead.distribution.rule"]._stale_domain(company, rule, now)
            for company in self.env["lead.distribution.rule"]._companies_of(rule)
        ]
        return sum(Model.search_count(domain) for domain in domains)

    # leads ------------------------------------------------------------------

    # saying why -------------------------------------------------------------

    # customers --------------------------------------------------------------


class LeadDistribution(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _cron_apply_rules(self):
        """Schedule: see ``lead.distribution.rule.runner``."""
        return self.env["lead.distribution.rule.runner"]._cron_apply_rules()
