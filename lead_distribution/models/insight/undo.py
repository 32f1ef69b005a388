"""A batch undone: the ledger read backwards, for the leads nobody touched since.

Whoever had a lead before has it again, with the ledger row that the batch had closed;
what was nobody's goes into the pool, or is distributed again. Units are given back, and
so are tags, activities and the contact's salesperson that came with the assignment.
"""

from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError

from ...tools.batch import in_blocks, safely
from ...tools.redacting_log import redacting_logger
from ...tools.scheduling import trigger_cron
from ...tools.service_context import as_service
from ..pipeline.lead_distribution import BUTTON_LIMIT
from ..pipeline.values import DistributionContext

_logger = redacting_logger(__name__)

#: what a batch left that can be reverted
STANDING = ("assigned", "offered", "unplaced")


class LeadDistributionUndo(models.AbstractModel):
    _name = "lead.distribution.undo.service"
    _description = "Lead Distribution: Undo Service"

    @api.model
    def _undo(self, run, again=False):
        """Revert what a batch did, where nobody touched it since; many leads in
        the background.

        :param run: ``lead.distribution.run``
        :param again: whether what was nobody's before is distributed again, else it
            stays in the pool
        :returns: the number of leads, customers and tasks that are reverted
        :raises AccessError: for who is neither manager of the distribution nor leader
            of the leads' teams
        :raises UserError: when nothing is left that nobody touched
        """
        self._check_undo(run)
        rows = self._rows_to_undo(run)
        count = len(self._subjects_of(rows))
        if count > BUTTON_LIMIT:
            # sudo: nobody writes runs; whoever asks was allowed to above
            run.sudo().write(
                {
                    "undo_asked_by_id": self.env.uid,
                    "undo_again": again,
                    "undo_total": run.undone_count + count,
                    "undo_stopped_by_id": False,
                }
            )
            trigger_cron(self.env, "ir_cron_undo")
        else:
            count = self._undo_block(run, rows, again, self.env.user)
        count += self.env["lead.distribution.handover.service"]._give_back_tasks(run)
        if not count:
            raise UserError(
                self.env._(
                    "Nothing to undo: everything was changed since, or is already "
                    "undone."
                )
            )
        return count

    @api.model
    def _check_undo(self, run):
        if run.trigger == "handover":
            self.env["lead.distribution.handover.service"]._check_manager()
        rows = self._rows_of_run(run).filtered(lambda row: row.state in STANDING)
        leads = rows.lead_id
        if rows._of_customers():
            leads = leads.browse()  # customers have no leader but the managers
        if rows and not self.env["lead.distribution.access"]._is_leader(leads):
            raise AccessError(
                self.env._(
                    "Only managers and the leaders of the leads' teams can undo a "
                    "distribution."
                )
            )

    @api.model
    def _stop(self, run):
        """Let an undo in the background end after the block that is under way.

        :raises AccessError: for who may not undo the run
        :raises UserError: when none is under way
        """
        self._check_undo(run)
        if not run.undo_asked_by_id:
            raise UserError(self.env._("It is not being undone any more."))
        # sudo: nobody writes runs; whoever stops it was allowed to undo it above
        run.sudo().write(
            {"undo_asked_by_id": False, "undo_stopped_by_id": self.env.uid}
        )

    @api.model
    def _cron_undo(self):
        """What was asked for in the background, block by block."""
        cron = self.env["ir.cron"]
        seconds, all_done = cron._commit_progress(remaining=0), True
        # sudo: nobody writes runs, whoever's name the schedule has
        runs = self.env["lead.distribution.run"].sudo()
        for run in runs.search([("undo_asked_by_id", "!=", False)], order="id"):
            if not seconds:
                all_done = False
                break
            by = run.undo_asked_by_id
            if not by:
                continue  # stopped meanwhile
            companies = by.company_ids.ids
            asker = self.with_user(by).with_context(allowed_company_ids=companies)
            rows = asker._rows_to_undo(run)
            left = [rows.lead_id.ids, rows._of_customers().partner_id.ids]
            step = partial(self._undo_step, run, rows, left)
            seconds, done = in_blocks(self.env, step, BUTTON_LIMIT, seconds)
            if done:
                run.undo_asked_by_id = False
                seconds = cron._commit_progress(1)
            all_done = all_done and done
        if not all_done:
            trigger_cron(self.env, "ir_cron_undo", timedelta(minutes=1))

    @api.model
    def _undo_step(self, run, rows, left, size):
        """Undo one block of a run.

        :param left: lists of the ids of leads and of customers still to come
        :returns: how many rows were looked at; none once somebody stopped it
        """
        run.invalidate_recordset(["undo_asked_by_id", "undone_count"])
        if not run.undo_asked_by_id:
            return 0
        leads, partners = (set(ids[:size]) for ids in left)
        ours = rows.filtered(
            lambda row: (
                row.lead_id.id in leads
                or (not row.lead_id and row.partner_id.id in partners)
            )
        )
        if not ours:
            return 0
        again, by = run.undo_again, run.undo_asked_by_id

        def work(some):
            return self._undo_block(run, rows.browse().union(*some), again, by)

        def give_up(some, _error):
            _logger.warning("%s could not be undone", some[0], exc_info=True)

        of_each = ours.grouped(lambda row: row.lead_id or row.partner_id)
        safely(self.env.cr, list(of_each.values()), work, give_up)
        left[:] = [ids[size:] for ids in left]
        return len(ours)

    @api.model
    def _undo_block(self, run, rows, again, by):
        """Undo rows of a run, company by company.

        :param rows: some of the run's, all of each lead
        :param by: ``res.users`` who asked for it
        :returns: the number of leads and customers reverted
        :raises ConcurrencyError: while somebody distributes
        """
        done = rows.browse()
        for company, ours in rows.grouped("company_id").items():
            service = as_service(self, company)
            if not service.env["lead.distribution.lock"]._acquire(company):
                raise ConcurrencyError(
                    self.env._("Another distribution is under way; try again.")
                )
            done |= service._revert(company, ours.with_env(service.env), again, by)
        count = len(self._subjects_of(done))
        if count:
            run.sudo().write(  # sudo: nobody writes runs, whatever their rights
                {
                    "undone_count": run.undone_count + count,
                    "date_undone": fields.Datetime.now(),
                    "undone_by_id": by.id,
                }
            )
        return count

    @api.model
    def _count_undo(self, run):
        """Count what undoing a run would change.

        :returns: ``(leads, customers and tasks that would be reverted, those that were
            touched since and stay)``
        """
        self._check_undo(run)
        back = self._subjects_of(self._rows_to_undo(run))
        handover = self.env["lead.distribution.handover.service"]
        tasks = len(handover._tasks_to_give_back(run))
        stay = self._subjects_of(self._rows_of_run(run)) - back
        return len(back) + tasks, len(stay)

    # who touched what ------------------------------------------------------

    # reverting -------------------------------------------------------------

    @api.model
    def _revert(self, company, rows, again, by):
        """Give back what is still as the run left it.

        :param rows: those of one company, in the service's environment
        :param by: ``res.users`` who asks for it
        :returns: those that were reverted
        """
        leads, partners = rows.lead_id, rows._of_customers().partner_id
        # who works on one right now keeps it
        free = leads.try_lock_for_update(allow_referencing=True)
        free_partners = partners.try_lock_for_update(allow_referencing=True)
        rows = rows.filtered(
            lambda x: x.lead_id in free if x.lead_id else x.partner_id in free_partners
        )
        rows -= self._touched_rows(rows)
        now = fields.Datetime.now()
        of_leads = rows.filtered("lead_id")
        self._revert_leads(company, of_leads, now, again)
        self._revert_customers(rows - of_leads, now)
        rows.write({"taken_back": True})
        lang = company.partner_id.lang or self.env.lang
        _ = self.with_context(lang=lang).env._
        for records in (of_leads.lead_id, (rows - of_leads).partner_id):
            bodies = {}
            for record in records:
                owner = record.user_id.name
                bodies[record.id] = (
                    _(
                        "%(user)s undid the distribution; %(owner)s is the "
                        "salesperson again.",
                        user=by.name,
                        owner=owner,
                    )
                    if owner
                    else _("%s undid the distribution.", by.name)
                )
            records._message_log_batch(bodies=bodies)
        self._notify_reverted(rows, by)
        self.env.flush_all()
        return rows

    @api.model
    def _revert_leads(self, company, rows, now, again):
        if not rows:
            return
        apply = self.env["lead.distribution.apply"]
        apply._revert_rows(rows, now)
        holders = self._restore_holders(company, rows)
        apply._give_back(
            DistributionContext(company, "button", now), rows, holders, again
        )

    @api.model
    def _restore_holders(self, company, rows):
        """Tell who gets the leads back.

        :param rows: of the ledger, those that are undone
        :returns: ``{lead_id: user_id}`` of who had it, and may have it still
        """
        users = self.env["lead.distribution.tasks"]._allowed_in(
            rows.previous_user_id.filtered("active"), company
        )
        return {
            row.lead_id.id: row.previous_user_id.id
            for row in rows
            if row.previous_user_id in users
        }

    @api.model
    def _revert_customers(self, rows, now):
        """Customers that a rule moved, and their contacts that went with them."""
        if not rows:
            return
        since = {row.partner_id: row.partner_id.lead_salesperson_since for row in rows}
        contacts = self.env["res.partner"].search(
            [
                ("commercial_partner_id", "in", rows.partner_id.ids),
                ("id", "not in", rows.partner_id.ids),
            ]
        )
        rows.write({"state": "undone", "date_response": now, "mail_pending": False})
        before = {row.partner_id: row for row in rows}
        closed = self.env["lead.distribution.assignment"].search(
            [("partner_id", "in", rows.partner_id.ids), ("state", "=", "released")]
        )
        closed._of_customers().filtered(
            lambda row: row._closed_by(before[row.partner_id])
        )._reopen()
        for (user, former), ours in rows.grouped(
            lambda row: (row.user_id, row.previous_user_id)
        ).items():
            partners = ours.partner_id
            along = contacts.filtered(
                lambda c, partners=partners, user=user: (
                    c.commercial_partner_id in partners
                    and c.user_id == user
                    and c.lead_salesperson_since == since[c.commercial_partner_id]
                )
            )
            (partners | along).write({"user_id": former.id})

    @api.model
    def _notify_reverted(self, rows, by):
        """Whoever loses some is told which, once, and so is who has them again."""
        again = rows.filtered(
            lambda row: (
                row.previous_user_id
                and (row.lead_id or row.partner_id).user_id == row.previous_user_id
            )
        )
        for users, lost in (
            (rows.grouped("user_id"), True),
            (again.grouped("previous_user_id"), False),
        ):
            for user, ours in users.items():
                if not user.active:
                    continue
                _ = self.with_context(lang=user.lang or self.env.lang).env._
                names = [(row.lead_id or row.partner_id).display_name for row in ours]
                values = {"user": by.name, "count": len(ours)}
                subject = (
                    _(
                        "%(user)s undid a distribution. Leads no longer yours: "
                        "%(count)s",
                        **values,
                    )
                    if lost
                    else _(
                        "%(user)s undid a distribution. Leads yours again: %(count)s",
                        **values,
                    )
                )
                self.env["lead.distribution.rule"]._notify_changed(
                    user, _("Distribution undone"), subject, names
                )


class LeadDistribution(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _cron_undo(self):
        """Schedule: see ``lead.distribution.undo.service``."""
        return self.env["lead.distribution.undo.service"]._cron_undo()
