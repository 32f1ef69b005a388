"""The pipeline's entry: who may distribute, the lock, blocks, failures, runs."""

from dataclasses import replace
from datetime import datetime

from odoo import api, fields, models

from ...tools.batch import CONFLICTS, safely
from ...tools.columns import column, columns
from ...tools.redacting_log import redacting_logger
from ...tools.scheduling import notification, trigger_cron
from ...tools.service_context import as_service
from ...tools.under_way import started
from .values import DistributionContext

_logger = redacting_logger(__name__)


#: Up to here a button distributes at once; more leads go to the background.
BUTTON_LIMIT = 500


class LeadDistribution(models.AbstractModel):
    """The service. :meth:`_distribute` is the only way in for leads that want a
    salesperson, whoever asks: creation, mail, schedule, button."""

    _name = "lead.distribution"
    _description = "Lead Distribution"

    # the way in ------------------------------------------------------------

    @api.model
    def _distribute(
        self, leads, trigger, at=None, run=None, route=None, rule=None, but=None
    ):
        """Take ``leads`` through the pipeline, in this transaction.

        Never waits: leads of a company in which somebody else distributes now
        stay pending, and the schedule is told to take them.

        :param leads: ``crm.lead``, any state, any companies
        :param trigger: a code of :data:`.constants.TRIGGERS`
        :param at: naive UTC datetime of the decision, now by default
        :param run: ``lead.distribution.run`` that this belongs to
        :param route: ``lead.distribution.route``: through this one alone, whatever
            its filter and hours say, for somebody chose it; paused, it takes nothing
        :param but: ``{lead_id: user_id}`` of who is not to get it
        :returns: the ledger's new rows, ``lead.distribution.assignment`` as
            superuser
        """
        at = at or fields.Datetime.now()
        rows = as_service(self).env["lead.distribution.assignment"]
        for company, ours in (
            self.env["lead.distribution.lead.company"]._leads_by_company(leads).items()
        ):
            service = as_service(self, company)
            ours = service.env["crm.lead"].browse(ours.ids)
            context = DistributionContext(company, trigger, at, run, by=self.env.user)
            if not company:
                rows |= service.env["lead.distribution.lead.company"]._refuse_undecided(
                    context, ours
                )
                continue
            if not company._lead_distribution_on():
                service._settle(ours)
                continue
            service._set_requested(ours, route, rule, but)
            if not service.env["lead.distribution.lock"]._acquire(company):
                service._set_pending(ours)
                trigger_cron(service.env, "ir_cron_distribute_pending")
            else:
                rows |= service._process_safely(context, ours)
        return rows

    @api.model
    def _set_requested(self, leads, route=None, rule=None, but=None):
        """Kept on the leads until they are placed, for some have to wait."""
        but = but or {}
        by_user = leads.grouped(lambda x: but.get(x.id, False)) if but else {}
        for user_id, ours in (by_user or {False: leads}).items():
            wanted = {
                "distribution_asked_route_id": route.id if route else False,
                "distribution_asked_rule_id": rule.id if rule else False,
                "distribution_not_user_id": user_id,
            }
            values = tuple(value or None for value in wanted.values())
            asked = [
                lead_id
                for lead_id, found in zip(
                    ours._ids, columns(ours, *wanted), strict=True
                )
                if found != values
            ]
            if asked:
                ours.browse(asked).write(wanted)

    @api.model
    def _distribute_created(self, leads, trigger):
        """Distribute leads made in this very transaction: at once when they are
        few and the company wants it so, else by the schedule. What goes wrong
        is logged and left pending: whoever created the leads is not bothered."""
        for company, ours in (
            self.env["lead.distribution.lead.company"]._leads_by_company(leads).items()
        ):
            # sudo: whoever makes leads need not see the company's settings
            settings = company or self.env.company.sudo()
            now = (
                company.lead_distribution_mode != "queued"
                and len(ours) <= settings.lead_distribution_immediate_limit
                and not self.env.context.get("import_file")
            )
            if now:
                try:
                    with self.env.cr.savepoint():
                        self._distribute(ours, trigger)
                    self._come_next(company, ours)
                    continue
                except CONFLICTS as conflict:
                    _logger.info("Leads %s left pending: %s", ours.ids, conflict)
                except Exception:
                    _logger.exception("Leads %s left pending", ours.ids)
                self._come_next(company, ours)
            trigger_cron(self.env, "ir_cron_distribute_pending")

    @api.model
    def _come_next(self, company, leads):
        """Who came by itself while somebody else distributed does not wait for the
        whole backlog: such leads are the next block."""
        waiting = leads.filtered(
            lambda lead: (
                lead.distribution_state == "pending" and not lead.distribution_due
            )
        )
        if waiting:
            service = as_service(self, company)
            waiting = service.env["crm.lead"].browse(waiting.ids)
            waiting.write({"distribution_next": True})
            if company:
                self._turns_after_commit().add(company.id)

    @api.model
    def _distribute_by_hand(self, leads):
        """What the button does; rights are checked by the button.

        :returns: a notification action; of many leads the run, which says how far it is
        """
        _ = self.env._
        leads = leads.filtered(lambda x: x.active and x.won_status == "pending")
        if len(leads) > BUTTON_LIMIT:
            return self._distribute_in_background(leads)
        run = self._open_run("button", self.env.company)
        rows = self._distribute(leads, "button", run=run)
        self._close_run(run, leads)
        # sudo: how many still wait: a number, for the message
        waiting = leads.sudo().filtered(lambda x: x.distribution_state == "pending")
        held = waiting.filtered(lambda x: x.distribution_due)
        if held:
            message = _("Leads that wait until somebody is on shift: %s", len(held))
            return notification(message, "warning")
        if waiting:
            message = _(
                "Another distribution is under way. Leads that are next: %s",
                len(waiting),
            )
            return notification(message, "warning")
        placed = len(rows.filtered("user_id"))
        # sudo: how many went to the pool: a number, for the message
        pooled = leads.sudo().filtered(lambda lead: lead.distribution_state == "pool")
        nobodys = (
            self.env["lead.distribution.lead.company"]
            ._leads_by_company(leads)
            .get(self.env["res.company"])
        )
        if nobodys:
            message = _(
                "Leads distributed: %(placed)s. Leads without a company: %(nobodys)s; "
                "choose their company, or a team that has one.",
                placed=placed,
                nobodys=len(nobodys),
            )
            return notification(message, "warning")
        if not pooled:
            return notification(_("Leads distributed: %s", placed), "success")
        message = _(
            "Leads distributed: %(placed)s. In the pool: %(pooled)s. Open one to see "
            "why.",
            placed=placed,
            pooled=len(pooled),
        )
        return notification(message, "warning")

    @api.model
    def _distribute_in_background(self, leads):
        """Leave many leads to the schedule, and show how far it is."""
        run = self.env["lead.distribution.run"]._begin_work(leads)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Distribution"),
            "res_model": "lead.distribution.run",
            "res_id": run.id,
            "views": [(False, "form")],
        }

    @api.model
    def _distribute_later(self, leads, route=None, rule=None):
        """Leave it to the schedule, for they are many."""
        service = as_service(self)
        leads = service.env["crm.lead"].browse(leads.ids)
        service._set_requested(leads, route, rule)
        service._set_pending(leads)
        trigger_cron(service.env, "ir_cron_distribute_pending")

    # the schedule ----------------------------------------------------------

    # the pipeline ----------------------------------------------------------

    @api.model
    def _process_safely(self, context, leads):
        """Distribute, and when something breaks find out which lead it is: that one
        goes to the pool with the reason, the others go on.

        :returns: the ledger's new rows
        """
        with started(self.env.cr, leads.ids):
            return self._safely(context, leads, self._process)

    @api.model
    def _safely(self, context, records, work):
        """Do the work; what breaks it is set aside and marked as failed.

        :param work: takes the context and records, returns records
        :returns: what ``work`` returned for all of them, less those that break it
        """

        def attempt(part):
            context.stored_snapshot = None  # of a block that broke nothing is left
            return work(context, part)

        def give_up(record, error):
            _logger.warning("%s cannot be distributed", record, exc_info=True)
            context.stored_snapshot = None
            return self.env["lead.distribution.apply"]._apply_failure(
                context, record, error
            )

        first, *others = safely(self.env.cr, records, attempt, give_up)
        return first.union(*others)

    @api.model
    def _process(self, context, leads):
        # whatever was won, lost or archived meanwhile wants nobody any more
        standing = columns(leads, "active", "won_status")
        settled = leads.browse(
            lead_id
            for lead_id, stands in zip(leads._ids, standing, strict=True)
            if stands != (True, "pending")
        )
        self._settle(settled)
        # as they came: who repeats an inquiry is decided after it
        leads = (leads - settled).sorted("id")
        self.env["lead.distribution.lead.company"]._adopt(context.company, leads)
        if context.rule:
            return context.rule._move(context, leads)
        rows = self.env["lead.distribution.assignment"]
        asked = leads.browse()
        if any(column(leads, "distribution_asked_rule_id")):
            asked = leads.filtered("distribution_asked_rule_id")
        for rule, ours in asked.grouped("distribution_asked_rule_id").items():
            rows |= rule._move(replace(context, rule=rule), ours)
            self._set_requested(ours)
            # nobody of the rule could take these; routes are another matter
            self._settle(ours.filtered(lambda x: x.distribution_state == "pending"))
        return rows | self._process_routes(context, leads - asked)

    @api.model
    def _process_routes(self, context, leads):
        routes = self.env["lead.distribution.route"]._routes_of(context.company)
        leads = self.env["lead.distribution.matching"]._defer(context, routes, leads)
        if not leads:
            return self.env["lead.distribution.assignment"]
        identities = self.env["lead.distribution.identity"]._identify(
            context.company, leads
        )
        waiting = {i for identity in identities.values() for i in identity.waiting}
        if waiting:
            # the same person's inquiry in the pool goes where this one goes
            twins = leads.browse(sorted(waiting)).try_lock_for_update(
                allow_referencing=True
            )
            leads = (twins | leads).sorted("id")
            self.env["lead.distribution.lead.company"]._adopt(context.company, leads)
            context.is_new = context.is_new and not twins
            identities = self.env["lead.distribution.identity"]._identify(
                context.company, leads
            )
        matches = self.env["lead.distribution.matching"]._match(
            routes,
            leads,
            self.env["lead.distribution.matching"]._moments(context, leads),
        )
        drain, latest = self.env["lead.distribution.drain"], {}
        if context.trigger == "drain":
            latest = drain._before_decision(context, routes, leads, matches)
        keepers = {identity.keeper for identity in identities.values()} - {None}
        snapshot = self.env["lead.distribution.candidates"]._snapshot(
            context.company, routes, context.at, keepers, leads
        )
        for lead_id, kept_off in self._kept_off(leads).items():
            skip = context.skip.setdefault(lead_id, {})
            skip.update({**kept_off, **skip})
        decision = self.env["lead.distribution.decision"]
        if context.trigger in ("button", "handover"):
            snapshot.at = datetime.max  # whoever asks for it does not wait
        priority = self.env["lead.distribution.priority"]
        leads, places = priority._ranked(context.company, leads, context.at, identities)
        requests = decision._requests(
            leads, matches, identities, snapshot, context.skip
        )
        decisions, state = decision._decide(snapshot, requests)
        priority._note(decisions, places)
        if context.trigger == "drain":
            leads, decisions = drain._after_decision(context, leads, decisions, latest)
            if not leads:
                return self.env["lead.distribution.assignment"]
        leads, decisions = self._hold(context, leads, decisions)
        context.note_rule(decisions)
        self._say_passed(leads, decisions)
        rows = self.env["lead.distribution.apply"]._apply(
            context,
            leads.sorted("id"),
            identities,
            snapshot,
            decisions,
            state,
        )
        self._set_requested(leads)
        if any(column(leads, "distribution_own_channel")):
            told = leads.filtered("distribution_own_channel")
            told.write({"distribution_own_channel": False})
        # here and not at the end of the transaction: what is recomputed then is
        # tracked field by field
        self.env.flush_all()
        return rows

    @api.model
    def _kept_off(self, leads):
        """Hook: tell to whom routes do not give leads, whatever else is said of them.

        :returns: ``{lead_id: {user_id: code}}``
        """
        not_again = column(leads, "distribution_not_user_id")
        return {
            lead_id: {user_id: "not_again"}
            for lead_id, user_id in zip(leads._ids, not_again, strict=True)
            if user_id
        }

    @api.model
    def _say_passed(self, leads, decisions):
        """Put into the explanations whose own channel a lead came through, and why it
        was not theirs."""
        channels = column(leads, "distribution_own_channel")
        for channel, decision in zip(channels, decisions, strict=True):
            if channel:
                decision.trace["passed"] = channel

    @api.model
    def _settle(self, leads):
        """Leads that are not decided now, for they are closed, have somebody already
        or their company does not distribute, stand where their salesperson and
        their ledger row say."""
        if not leads:
            return
        held = self.env["lead.distribution.assignment"].search(
            [("lead_id", "in", leads.ids), ("state", "=", "assigned")]
        )
        for lead in leads:
            state = "none" if lead.user_id else "pool"
            if lead.user_id and lead in held.lead_id:
                state = "assigned"
            if lead.distribution_state != state:
                lead.distribution_state = state

    # runs ------------------------------------------------------------------

    @api.model
    def _open_run(self, trigger, company, rule=None):
        """Begin a batch.

        :param rule: ``lead.distribution.rule`` that moves its leads, or None
        """
        return (
            as_service(self, company)
            .env["lead.distribution.run"]
            .create(
                {
                    "trigger": trigger,
                    "user_id": self.env.uid,
                    "rule_id": rule.id if rule else False,
                    "company_id": company.id,
                    "date_start": fields.Datetime.now(),
                }
            )
        )

    @api.model
    def _close_run(self, run, leads):
        """Count what a run did, on top of its earlier blocks."""
        now = datetime.utcnow()
        # sudo: the states of the run's leads, to count them
        states = leads.sudo().mapped("distribution_state")
        run.write(
            {
                "date_end": now.replace(microsecond=0),
                "duration": (now - (run.create_date or now)).total_seconds(),
                "lead_count": run.lead_count + len(leads),
                "assigned_count": run.assigned_count + states.count("assigned"),
                "pool_count": run.pool_count + states.count("pool"),
            }
        )

    # helpers --------------------------------------------------------------

    @api.model
    def _set_pending(self, leads):
        leads.filtered(lambda lead: lead.distribution_state != "pending").write(
            {"distribution_state": "pending"}
        )
