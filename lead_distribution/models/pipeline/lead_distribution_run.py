"""Many leads distributed by hand: in the background, block by block, until somebody
cancels it."""

from odoo import api, models
from odoo.exceptions import ConcurrencyError, UserError

from ...tools.batch import in_blocks
from ...tools.scheduling import notification, trigger_cron
from ...tools.service_context import as_service
from .pending import SMALLEST_BLOCK


class LeadDistributionRun(models.Model):
    _inherit = "lead.distribution.run"

    def action_stop_work(self):
        """Stop distributing after the block that is under way; what is distributed
        stays so, the other leads stay as they are.

        :returns: the action that says how far it came, and reloads what is behind
        :raises AccessError: for who may not read the run: another's, and no manager
        :raises UserError: when none is under way
        """
        self.ensure_one()
        self.check_access("read")
        if not self.work_asked_by_id:
            raise UserError(self.env._("Its leads are not being distributed any more."))
        # sudo: nobody writes runs; who may read this one started it, or is a manager
        self.sudo().write(
            {
                "work_asked_by_id": False,
                "work_left": False,
                "work_stopped_by_id": self.env.uid,
            }
        )
        message = self.env._(
            "Stopped. Distributed: %(done)s of %(total)s; the rest stays as it is.",
            done=self.work_done,
            total=self.work_total,
        )
        return notification(message, "info")

    @api.model
    def _begin_work(self, leads):
        """Leave leads that somebody distributes by hand to the schedule.

        :param leads: ``crm.lead`` that the current user may distribute
        :returns: the run, which says how far it is
        """
        service = self.env["lead.distribution"]
        run = service._open_run("button", self.env.company)
        run.write(
            {
                "work_asked_by_id": self.env.uid,
                "work_total": len(leads),
                "work_left": leads.ids,
            }
        )
        trigger_cron(self.env, "ir_cron_distribute_pending")
        return run

    @api.model
    def _under_way(self):
        """Return the runs whose leads are being distributed by hand."""
        # sudo: nobody writes runs, whoever's name the schedule has
        return self.sudo().search([("work_asked_by_id", "!=", False)], order="id")

    @api.model
    def _work_on(self, seconds):
        """Distribute what was asked for by hand, block by block.

        :param seconds: left for this call of the schedule
        :returns: ``(seconds left, whether somebody else has to be waited for)``
        """
        busy = False
        for run in self._under_way():
            if not seconds:
                break
            seconds, done = in_blocks(self.env, run._work_step, SMALLEST_BLOCK, seconds)
            busy = busy or not done
        return seconds, busy

    def _work_step(self, size):
        """Distribute one block of a run, with the rights of who asked for it.

        :param size: how many leads at most
        :returns: how many were looked at; none once it is done, or was cancelled
        :raises ConcurrencyError: while somebody else distributes
        """
        self.ensure_one()
        self.invalidate_recordset(["work_asked_by_id", "work_left"])
        by, left = self.work_asked_by_id, self.work_left or []
        if not by:
            return 0
        block, rest = left[:size], left[size:]
        asker = self.env["crm.lead"].with_user(by)
        asker = asker.with_context(allowed_company_ids=by.company_ids.ids)
        leads = self._still_wanted(asker.browse(block).exists())
        self._let_in_who_came(leads)
        leads.env["lead.distribution"]._distribute(leads, "button", run=self)
        service = self.env["lead.distribution"]
        service._close_run(self, leads)
        self.write(
            {
                "work_left": rest,
                "work_done": self.work_total - len(rest),
                "work_asked_by_id": by.id if rest else False,
            }
        )
        return len(block)

    def _still_wanted(self, leads):
        """Drop leads that are closed now, that who asked may not read any more, or that
        somebody got since it was asked for."""
        leads = leads._filtered_access("read")
        leads = leads.filtered(lambda x: x.active and x.won_status == "pending")
        # sudo: whether others decided about these leads meanwhile
        since = self.env["lead.distribution.assignment"].sudo()
        decided = since.search(
            [
                ("lead_id", "in", leads.ids),
                ("date", ">", self.date_start),
                ("run_id", "!=", self.id),
                ("state", "in", ["assigned", "offered"]),
            ]
        )
        return leads - leads.browse(decided.lead_id.ids)

    def _let_in_who_came(self, leads):
        """Leads that come by themselves meanwhile do not wait for all of these.

        :raises ConcurrencyError: while somebody else distributes
        """
        companies = self.env["lead.distribution.lead.company"]._leads_by_company(leads)
        for company in companies:
            if not company:
                continue
            service = as_service(self, company)
            if not service.env["lead.distribution.lock"]._acquire(company):
                raise ConcurrencyError(
                    self.env._("Another distribution is under way; try again.")
                )
            distribution = service.env["lead.distribution"]
            if distribution._any_next(company):
                distribution._distribute_block(company)
