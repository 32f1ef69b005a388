"""What clocks do when their time comes: people are told, misses are noted, leads go to
others. They go the way of every lead: through the walk and apply, in a run."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import format_datetime

from ...engine.clock import DEADLINE, MISSED, due, missed_in_row
from ...tools.batch import CONFLICTS, safely
from ...tools.redacting_log import redacting_logger
from ...tools.scheduling import trigger_cron
from ...tools.service_context import as_service
from ..pipeline.values import DistributionContext, Unplaced

_logger = redacting_logger(__name__)

#: leads whose clocks one transaction looks at
CLOCKS_PER_BLOCK = 200
#: what takes a lead from its salesperson
MOVES = ("next", "reassign", "pool")


class LeadDistributionClock(models.AbstractModel):
    _inherit = "lead.distribution.clock"

    @api.model
    def _cron_run(self):
        """Do what is due, company by company, block by block."""
        cron, busy = self.env["ir.cron"], False
        seconds = cron._commit_progress(remaining=self._due_count())
        for company in self._companies_due():
            while seconds:
                try:
                    done = self._run_block(company)
                except CONFLICTS as conflict:
                    self.env.cr.rollback()
                    _logger.info("Clocks of %s wait: %s", company.id, conflict)
                    done = None
                if done is None:
                    busy = True
                    break
                if not done:
                    break
                seconds = cron._commit_progress(done)
        if busy:
            cron._commit_progress(remaining=0)
            trigger_cron(self.env, "ir_cron_run_clocks")

    @api.model
    def _due_domain(self):
        return [
            ("clock_next", "<=", fields.Datetime.now()),
            ("company_id", "!=", False),
        ]

    @api.model
    def _due_count(self):
        # sudo: how many clocks are due, for the schedule
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        return leads.search_count(self._due_domain())

    @api.model
    def _companies_due(self):
        # sudo: where there is something to do
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        groups = leads._read_group(self._due_domain(), ["company_id"])
        return [company for (company,) in groups]

    @api.model
    def _run_block(self, company):
        """Do what is due with some leads of a company, without committing.

        :returns: how many; None when the company is busy
        """
        service = as_service(self, company)
        if not service.env["lead.distribution.lock"]._acquire(company):
            return None
        found = (
            service.env["crm.lead"]
            .with_context(active_test=False)
            .search(
                [*self._due_domain(), ("company_id", "=", company.id)],
                limit=CLOCKS_PER_BLOCK,
                order="clock_next, id",
            )
        )
        leads = found.try_lock_for_update(allow_referencing=True)
        if not leads:
            return None if found else 0
        context = DistributionContext(company, "clock", fields.Datetime.now())

        def work(part):
            if context.run and not context.run.exists():
                context.run = None  # of what broke nothing is left
            context.stored_snapshot = None
            service._run_clocks(context, part)

        def give_up(lead, _error):
            _logger.warning("The clock of %s is stopped", lead, exc_info=True)
            service._forget(lead)

        safely(self.env.cr, leads, work, give_up)
        if context.run and context.run.assignment_ids:
            moved = context.run.assignment_ids.lead_id
            service.env["lead.distribution"]._close_run(context.run, moved)
        elif context.run:
            context.run.unlink()  # nobody else could take them
        return len(leads)

    @api.model
    def _run_clocks(self, context, leads):
        """Do what is due with leads whose rows are held; nothing where distribution is
        off by now."""
        if not context.company._lead_distribution_on():
            self._forget(leads)
            return
        over = leads.filtered(
            lambda lead: (
                not lead.active or lead.won_status != "pending" or not lead.user_id
            )
        )
        self._closed(over)
        leads -= over
        if not leads:
            return
        steps, by_rest = defaultdict(list), defaultdict(list)
        for lead in leads:
            planned = [
                (fields.Datetime.to_datetime(moment), step_id)
                for moment, step_id in lead.clock_plan or ()
            ]
            found, rest = due(planned, context.at)
            by_rest[tuple(rest)].append(lead.id)
            for step_id in found:
                steps[step_id].append(lead.id)
        for rest, ids in by_rest.items():
            plan = [[fields.Datetime.to_string(m), step_id] for m, step_id in rest]
            leads.browse(ids).write(
                {"clock_plan": plan or False, "clock_next": plan and plan[0][0]}
            )
        if DEADLINE in steps:
            self._miss(context, leads.browse(steps.pop(DEADLINE)))
        moving = {}
        for step in self.env["lead.distribution.clock.step"].browse(steps).exists():
            ours = leads.browse(steps[step.id])
            if step.action in MOVES:
                for lead in ours:
                    moving.setdefault(lead.id, step.action)
            elif step.action == "remind":
                self._remind(context, ours)
            else:
                self._tell_leaders(context, ours)
        for action in MOVES:
            ids = [lead_id for lead_id, wanted in moving.items() if wanted == action]
            if ids:
                self._move(context, leads.browse(ids), action)

    @api.model
    def _closed(self, leads):
        """Whoever won, lost or archived a lead in time has kept its clock."""
        for lead in leads.filtered(lambda lead: lead.clock_state == "running"):
            closed = lead.date_closed
            if closed and closed <= lead.clock_deadline:
                self._rows_of(lead).write({"clock_result": "kept"})
        self._forget(leads)

    @api.model
    def _rows_of(self, leads):
        """Return the rows of the ledger of who has these leads, with an open clock."""
        return self.env["lead.distribution.assignment"].search(
            [
                ("lead_id", "in", leads.ids),
                ("state", "=", "assigned"),
                ("clock_deadline", "!=", False),
                ("clock_result", "=", False),
            ]
        )

    # the time is over -------------------------------------------------------

    @api.model
    def _miss(self, context, leads):
        """Note that nobody followed up in time, tell other programs, and pause whoever
        misses again and again."""
        leads = leads.filtered(lambda lead: lead.clock_state == "running")
        if not leads:
            return
        leads.write({"clock_state": "missed"})
        rows = self._rows_of(leads)
        rows.write({"clock_result": "missed"})
        self.env["lead.distribution.outgoing"]._tell("missed", rows)
        number = context.company.lead_clock_pause_after
        for user, ours in rows.grouped("user_id").items() if number else ():
            if user.active and self._missed_too_often(context.company, user, number):
                self._pause(context, user, ours.lead_id, number)

    @api.model
    def _missed_too_often(self, company, user, number):
        """Whether somebody missed so many in a row since the last pause."""
        paused = self.env["lead.distribution.unavailable"].search(
            [
                ("user_id", "=", user.id),
                ("kind", "=", "paused"),
                ("company_id", "=", company.id),
                ("date_to", "!=", False),
            ],
            order="date_to desc",
            limit=1,
        )
        domain = [
            ("user_id", "=", user.id),
            ("company_id", "=", company.id),
            ("clock_result", "!=", False),
            ("state", "not in", ["undone", "removed"]),
        ]
        if paused:
            domain.append(("clock_deadline", ">", paused.date_to))
        rows = self.env["lead.distribution.assignment"].search(
            domain, order="clock_deadline desc, id desc", limit=number
        )
        return missed_in_row(rows.mapped("clock_result"), number)

    @api.model
    def _pause(self, context, user, leads, number):
        """No more leads for somebody who missed too often; the manager hears of it."""
        user = user.with_company(context.company)
        if user.lead_distribution_paused:
            return
        user.lead_distribution_paused = True
        manager = context.company.lead_distribution_manager_id.filtered("active")
        for one in user | manager:
            _ = self.with_context(lang=one.lang or self.env.lang).env._
            self._tell(
                leads[-1:],
                one,
                _("Paused for leads"),
                _(
                    "%(name)s is paused for leads: the deadline of the first "
                    "follow-up was missed %(number)s times in a row. A manager ends "
                    "the pause.",
                    name=user.name,
                    number=number,
                ),
            )

    # telling ----------------------------------------------------------------

    @api.model
    def _tell(self, leads, user, subject, body, deadline=None):
        """Tell somebody about leads by a message and the bell, which wait for the end
        of their quiet hours.

        :param leads: ``crm.lead``, one or several
        :param deadline: naive UTC, until when it is of use
        """
        for lead in leads:
            lead.with_context(lang=user.lang or self.env.lang).message_notify(
                partner_ids=user.partner_id.ids,
                subject=subject,
                body=body,
                **user._lead_message_waits(deadline),
            )
        user._lead_ring(
            "simple_notification",
            {"type": "warning", "title": subject, "message": body, "sticky": True},
            deadline,
        )

    @api.model
    def _until(self, context, lead, user):
        """Return the end of a lead's time, as somebody reads it."""
        zone = user.tz or str(context.company._lead_timezone())
        return format_datetime(
            self.with_context(lang=user.lang or self.env.lang).env,
            lead.clock_deadline,
            tz=zone,
            dt_format="short",
        )

    @api.model
    def _remind(self, context, leads):
        for lead in leads.filtered("user_id.active"):
            user = lead.user_id
            _ = self.with_context(lang=user.lang or self.env.lang).env._
            self._tell(
                lead,
                user,
                _("Follow up: %s", lead.name),
                _(
                    "The first follow-up is due by %s.",
                    self._until(context, lead, user),
                ),
                lead.clock_deadline,
            )

    @api.model
    def _tell_leaders(self, context, leads):
        apply = self.env["lead.distribution.apply"]
        for lead in leads:
            leader = lead.team_id.user_id.filtered("active") or apply._responsible(
                context.company, lead.distribution_route_id, lead
            )
            if not leader:
                continue
            _ = self.with_context(lang=leader.lang or self.env.lang).env._
            self._tell(
                lead,
                leader,
                _("Not followed up: %s", lead.name),
                _(
                    "%(name)s has until %(deadline)s for the first follow-up. No "
                    "follow-up yet.",
                    name=lead.user_id.name,
                    deadline=self._until(context, lead, leader),
                ),
            )

    # to others --------------------------------------------------------------

    @api.model
    def _move(self, context, leads, action):
        """Take leads from who did not follow up.

        :param action: one of :data:`MOVES`
        """
        service = self.env["lead.distribution"]
        context.run = context.run or service._open_run("clock", context.company)
        evidence = {
            lead.id: [
                lead.user_id.id,
                fields.Datetime.to_string(lead.clock_deadline),
            ]
            for lead in leads
        }
        if action == "pool":
            self.env["lead.distribution.apply"]._to_pool(
                context,
                [
                    (
                        lead,
                        Unplaced(
                            "missed",
                            lead.distribution_route_id.id,
                            clock=evidence[lead.id],
                        ),
                    )
                    for lead in leads
                ],
            )
            lang = context.company.partner_id.lang or self.env.lang
            _ = self.with_context(lang=lang).env._
            text = _("Nobody followed up in time: it is in the pool.")
            leads._message_log_batch(bodies=dict.fromkeys(leads.ids, text))
            return
        missed = self.env["lead.distribution.assignment"].search(
            [("lead_id", "in", leads.ids), ("clock_result", "=", MISSED)]
        )
        context.skip = {lead.id: {lead.user_id.id: "missed"} for lead in leads}
        for row in missed:
            context.skip[row.lead_id.id][row.user_id.id] = "missed"
        context.offer, context.clock_evidence = action == "next", evidence
        for route, ours in leads.grouped("distribution_route_id").items():
            # through its own route, open or not; through all where that one is paused
            service._set_requested(ours, route.filtered("active"))
            service._process(context, ours)
        context.offer, context.clock_evidence, context.skip = False, {}, {}


class LeadDistribution(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _cron_run_clocks(self):
        """Schedule: see ``lead.distribution.clock``."""
        return self.env["lead.distribution.clock"]._cron_run()
