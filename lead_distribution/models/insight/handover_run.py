"""A handover is a run: at once, or in the background, block by block (P6)."""

from datetime import timedelta
from functools import partial

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError

from ...tools.batch import in_blocks, safely
from ...tools.redacting_log import redacting_logger
from ...tools.scheduling import trigger_cron
from ...tools.service_context import as_service, as_task
from ..pipeline.lead_distribution import BUTTON_LIMIT
from ..pipeline.values import AssignmentValues, DistributionContext
from .handover import PARTS, Handover

_logger = redacting_logger(__name__)


def handed_over(_, by, user, why):
    """Say who handed over what whose was, and why if that is known.

    :param _: of the reader's language
    :param by, user: names
    """
    values = {"by": by, "user": user}
    if why:
        return _(
            "%(by)s handed over the leads, customers and tasks of %(user)s: %(why)s",
            why=why,
            **values,
        )
    return _("%(by)s handed over the leads, customers and tasks of %(user)s.", **values)


class LeadDistributionRun(models.Model):
    _inherit = "lead.distribution.run"

    handed_from_id = fields.Many2one(
        "res.users", string="Handed Over from", readonly=True, ondelete="set null"
    )
    handed_to_ids = fields.Many2many(
        "res.users", string="Handed Over to", readonly=True
    )
    handover_why = fields.Char(string="Reason for Handover", readonly=True)
    handover_open = fields.Boolean(
        string="Being Handed Over", readonly=True, index="btree_not_null"
    )
    handover_total = fields.Integer(
        string="To Be Handed Over",
        readonly=True,
        help="Leads, offers, customers and tasks.",
    )
    handover_done = fields.Integer(string="Checked", readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    task_count = fields.Integer(string="Tasks", readonly=True)
    handover_left = fields.Json(readonly=True, copy=False, groups="base.group_system")
    handover_tasks = fields.Json(readonly=True, copy=False, groups="base.group_system")


class LeadDistributionHandover(models.AbstractModel):
    _inherit = "lead.distribution.handover.service"

    @api.model
    def _hand_over(self, handover, why):
        """Hand over, a run for each company; much of it in the background.

        :param why: text, read by whoever gets a lead
        :returns: ``lead.distribution.run``
        :raises UserError: when there is nothing to hand over
        """
        self._check_handover(handover)
        found, runs = self._found(handover), self.env["lead.distribution.run"]
        if not found:
            raise UserError(
                self.env._(
                    "%s has no leads, customers or tasks of this kind.",
                    handover.user.name,
                )
            )
        why = str(why or "").strip()[:500]
        for company, parts in found.items():
            run = self.env["lead.distribution"]._open_run("handover", company)
            left = {part: parts[part].ids for part in PARTS if part in parts}
            run.write(
                {
                    "handed_from_id": handover.user.id,
                    "handed_to_ids": handover.people.ids,
                    "handover_why": why,
                    "handover_left": left,
                    "handover_tasks": [],
                    "handover_total": sum(len(ids) for ids in left.values()),
                    "handover_open": True,
                    "note": f"{handover.user.name}: {why}"
                    if why
                    else handover.user.name,
                }
            )
            runs |= run.with_env(self.env)
            if run.handover_total > BUTTON_LIMIT:
                trigger_cron(self.env, "ir_cron_hand_over")
            else:
                while self._hand_over_block(run, BUTTON_LIMIT):
                    pass
        return runs

    @api.model
    def _cron_hand_over(self):
        """What was asked for in the background, block by block."""
        seconds, all_done = self.env["ir.cron"]._commit_progress(remaining=0), True
        runs = as_service(self).env["lead.distribution.run"]
        for run in runs.search([("handover_open", "=", True)], order="id"):
            step = partial(self._hand_over_block, run)
            seconds, done = in_blocks(self.env, step, BUTTON_LIMIT, seconds)
            all_done = all_done and done
        if not all_done:
            trigger_cron(self.env, "ir_cron_hand_over", timedelta(minutes=1))

    @api.model
    def _hand_over_block(self, run, size):
        """Hand over some of what is left of a run.

        :returns: how many were looked at; 0 when nothing is left, or all that is left
            is somebody's work at this moment: that is looked at again in a minute
        :raises ConcurrencyError: while somebody distributes
        """
        company = run.company_id
        service = as_service(self, company)
        run = run.with_env(service.env)
        left = dict(run.handover_left or {})
        part = next((part for part in PARTS if left.get(part)), None)
        if part is None or not run.handed_from_id:
            run.write({"handover_open": False, "handover_left": False})
            return 0
        if not service.env["lead.distribution.lock"]._acquire(company):
            raise ConcurrencyError(
                self.env._("Another distribution is under way; try again.")
            )
        ids, rest = left[part][:size], left[part][size:]
        handover = Handover(run.handed_from_id, run.handed_to_ids)
        context = DistributionContext(
            company,
            "handover",
            fields.Datetime.now(),
            run,
            by=run.user_id,
            evidence={"handover": [run.user_id.id, run.handed_from_id.id]},
        )
        hand_on = getattr(service, f"_hand_over_{part}")

        def work(some):
            context.stored_snapshot = None
            held = hand_on(context, handover, some)
            # as the service: who asked need not read what a lead has become
            service.env.flush_all()
            return held or []

        def give_up(some, _error):
            _logger.warning("%s of %s stay: %s", part, run, some, exc_info=True)
            return []

        found = safely(self.env.cr, ids, work, give_up)
        held = [each for some in found for each in some]
        looked = len(ids) - len(held)
        run.write(
            {
                "handover_left": {**left, part: [*rest, *held]},
                "handover_done": run.handover_done + looked,
                "date_end": fields.Datetime.now(),
            }
        )
        if not looked:
            trigger_cron(self.env, "ir_cron_hand_over", timedelta(minutes=1))
        return looked

    # leads and offers ------------------------------------------------------

    @api.model
    def _hand_over_leads(self, context, handover, ids):
        """Hand over leads, but those that somebody works on at this moment.

        :returns: ids of these
        """
        leads = self.env["crm.lead"].browse(ids).exists()
        leads = leads.filtered(self._still_open(handover))
        free = leads.try_lock_for_update(allow_referencing=True)
        self._hand_on(context, handover, free)
        return (leads - free).ids

    @api.model
    def _hand_over_offers(self, context, handover, ids):
        """Leads that were offered to them alone are distributed; where colleagues are
        asked as well, only their own offer ends.

        :returns: ids of leads that somebody works on at this moment
        """
        Assignment = self.env["lead.distribution.assignment"]
        rows = Assignment.search(
            [("lead_id", "in", ids), ("state", "=", "offered")], order="id"
        )
        theirs = rows.filtered(lambda row: row.user_id == handover.user)
        asked = (rows - theirs).lead_id
        Assignment._close_offers(
            theirs.filtered(lambda row: row.lead_id in asked), "taken", "taken"
        )
        leads = theirs.lead_id - asked
        free = leads.try_lock_for_update(allow_referencing=True)
        self._hand_on(context, handover, free.sorted("id"))
        return (leads - free).ids

    @api.model
    def _still_open(self, handover):
        """Return what tells whether a lead is still to be handed over."""
        return lambda lead: (
            lead.user_id == handover.user
            and lead.active
            and lead.won_status == "pending"
        )

    @api.model
    def _hand_on(self, context, handover, leads):
        if not leads:
            return
        distribution = self.env["lead.distribution"]
        if handover.people:
            self._give_to_people(context, handover, leads)
        else:
            context.skip.update(self._skips(leads, handover.user))
            distribution._set_requested(
                leads, but=dict.fromkeys(leads.ids, handover.user.id)
            )
            distribution._process_safely(context, leads)
        distribution._close_run(context.run, leads)

    @api.model
    def _give_to_people(self, context, handover, leads):
        """Give leads to those who are named; who is at a limit gets none."""
        apply = self.env["lead.distribution.apply"]
        decisions, snapshot = self._decided(
            context.company, leads, handover, context.at
        )
        context.note_rule(decisions)
        none, by_id = self.env["lead.distribution.route"], dict(leads.grouped("id"))
        given = []
        for decision in decisions:
            if decision.user_id:
                lead = by_id[decision.lead_id]
                decision.trace["routes"] = []
                team_id = apply._team_for(lead, decision.user_id, none, snapshot)
                given.append(
                    AssignmentValues(
                        lead.id,
                        decision.user_id,
                        "handover",
                        None,
                        team_id,
                        decision.units,
                        decision.trace,
                    )
                )
        context.stored_snapshot = apply._store_snapshot(context, snapshot)
        apply._assign(context, given)

    # customers -------------------------------------------------------------

    @api.model
    def _hand_over_customers(self, context, handover, ids):
        """Customers change hands as when a rule moves them: with the contacts that
        have the same salesperson, and a row of the ledger.

        :returns: ids of those that somebody works on at this moment
        """
        run, user = context.run, handover.user
        Assignment = self.env["lead.distribution.assignment"]
        theirs = self.env["res.partner"].browse(ids).exists()
        theirs = theirs.filtered(lambda partner: partner.user_id == user)
        partners = theirs.try_lock_for_update(allow_referencing=True)
        rows = Assignment.search([("run_id", "=", run.id), ("state", "=", "assigned")])
        rows = rows.filtered("lead_id").sorted(lambda row: row.lead_id.id)
        by_partner = {row.lead_id.partner_id.id: row.user_id.id for row in rows}
        to = self._customers_to(handover, context.company, partners, by_partner)
        moving = partners.filtered(lambda partner: to[partner.id])
        if moving:
            evidence = {"v": 1, "routes": [], **context.evidence}
            self.env["lead.distribution.apply"]._assign_customers(
                context,
                {partner.id: to[partner.id] for partner in moving},
                dict.fromkeys(moving.ids, evidence),
                lambda env: lambda _partner_id: self._told(run, env._),
            )
            run.customer_count += len(moving)
        return (theirs - partners).ids

    @api.model
    def _told(self, run, _):
        """Say who handed over what whose was, and why.

        :param _: of the reader's language
        """
        names = run.user_id.name, run.handed_from_id.name
        return handed_over(_, *names, run.handover_why)

    # tasks -----------------------------------------------------------------

    @api.model
    def _hand_over_tasks(self, context, handover, ids):
        run = context.run
        tasks = self.env["mail.activity"].browse(ids).exists()
        tasks = tasks.filtered(
            lambda task: task.user_id == handover.user and task.active
        )
        to = self._tasks_to(handover, context.company, tasks)
        going = tasks.filtered(lambda task: to[task.id])
        for user_id, ours in going.grouped(lambda task: to[task.id]).items():
            as_task(ours).write({"user_id": user_id})
        run.write(
            {
                "handover_tasks": [
                    *(run.handover_tasks or []),
                    *([task.id, to[task.id]] for task in going),
                ],
                "task_count": run.task_count + len(going),
            }
        )

    @api.model
    def _tasks_to_give_back(self, run):
        """Find the open tasks that a run handed over and that are still with whom they
        were given to; who left for good gets none back."""
        # sudo: what the run did, which whoever may undo it may undo
        run = run.sudo()
        moves = dict(run.handover_tasks or ())
        tasks = as_service(self).env["mail.activity"].browse(moves).exists()
        if not run.handed_from_id.active:
            return tasks.browse()
        return tasks.filtered(
            lambda task: task.active and task.user_id.id == moves[task.id]
        )

    @api.model
    def _give_back_tasks(self, run):
        """Undo what a run did with tasks.

        :returns: how many there were
        """
        tasks = self._tasks_to_give_back(run)
        # sudo: nobody writes runs; whoever asks was allowed to undo it
        run = run.sudo()
        as_task(tasks).write({"user_id": run.handed_from_id.id})
        run.write(
            {
                "handover_tasks": [],
                "undone_count": run.undone_count + len(tasks),
                "undone_by_id": self.env.uid,
                "date_undone": fields.Datetime.now(),
            }
            if tasks
            else {"handover_tasks": []}
        )
        return len(tasks)


class LeadDistribution(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _cron_hand_over(self):
        """Schedule: see ``lead.distribution.handover.service``."""
        return self.env["lead.distribution.handover.service"]._cron_hand_over()


class LeadDistributionExplanation(models.AbstractModel):
    _inherit = "lead.distribution.explanation"

    @api.model
    def _explain_more(self, row, trace):
        """Say who handed the lead over, from whom, and why."""
        parts = super()._explain_more(row, trace)
        if not trace.get("handover"):
            return parts
        by, user_id = trace["handover"]
        name_of = self.env["lead.distribution.filters"]._name_of
        names = name_of("res.users", by), name_of("res.users", user_id)
        # sudo: why, which is written for whoever gets the lead
        text = handed_over(self.env._, *names, row.sudo().run_id.handover_why)
        return [*parts, Markup("<p>%s</p>") % text]
