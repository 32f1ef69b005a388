"""Simulations of many leads: in the background, with progress, until somebody cancels
them."""

import time

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.batch import CONFLICTS
from ...tools.redacting_log import redacting_logger
from ...tools.scheduling import notification, trigger_cron

_logger = redacting_logger(__name__)

#: seconds from one look at what a person sees, or wants, to the next
PAUSE = 1.0


class Cancelled(Exception):
    """Nobody waits for the simulation any more."""


class LeadDistributionSimulation(models.Model):
    _inherit = "lead.distribution.simulation"

    work_asked_by_id = fields.Many2one(
        "res.users",
        string="Asked by",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Who waits for a simulation that runs in the background.",
    )
    work_total = fields.Integer(string="Leads to Replay", readonly=True, copy=False)
    work_done = fields.Integer(
        string="Leads Replayed so Far", readonly=True, copy=False
    )
    work_problem = fields.Char(
        string="Why There Is No Result", readonly=True, copy=False
    )

    def action_stop_work(self):
        """Cancel a simulation that is being replayed in the background.

        :returns: a notification action
        :raises AccessError: for everybody but managers of distribution
        :raises UserError: when none is under way
        """
        self.ensure_one()
        self._check_manager()
        if not self.work_asked_by_id:
            raise UserError(self.env._("The simulation is not running any more."))
        # sudo: where a simulation stands nobody writes; rights are checked above
        self.sudo()._end_work()
        return notification(self.env._("The simulation is cancelled."), "info")

    def _begin_work(self, count):
        """Leave the replay to the schedule.

        :param count: of the leads
        """
        if self.work_asked_by_id:
            raise UserError(self.env._("The simulation is running already."))
        self._forget()
        # sudo: where a simulation stands nobody writes; who may was checked before
        self.sudo().write(
            {
                "work_asked_by_id": self.env.uid,
                "work_total": count,
                "work_done": 0,
                "work_problem": False,
            }
        )
        trigger_cron(self.env, "ir_cron_simulate")

    def _end_work(self, problem=False):
        self.write({"work_asked_by_id": False, "work_problem": problem})

    @api.model
    def _cron_simulate(self):
        """Replay what somebody waits for, one simulation after the other."""
        cron = self.env["ir.cron"]
        # sudo: whoever's name the schedule has
        found = self.sudo().search([("work_asked_by_id", "!=", False)], order="id")
        seconds = cron._commit_progress(remaining=len(found))
        for number, simulation in enumerate(found, 1):
            if not seconds:
                trigger_cron(self.env, "ir_cron_simulate")
                break
            simulation._replay_in_background()
            seconds = cron._commit_progress(1, remaining=len(found) - number)

    def _replay_in_background(self):
        """Replay a simulation with the rights of who asked, and tell them."""
        by, problem = self.exists().work_asked_by_id, None
        if not by:
            return
        asker = self.with_user(by).with_context(
            allowed_company_ids=by.company_ids.ids, lang=by.lang, tz=by.tz
        )
        looked = time.monotonic()

        def tell(done):
            nonlocal looked
            if time.monotonic() > looked + PAUSE:
                self._tell_progress(done)
                looked = time.monotonic()

        try:
            asker._check_manager()
            asker._run(tell)
        except Cancelled:
            self.env.cr.rollback()
            return
        except CONFLICTS:
            raise
        except (AccessError, UserError) as error:
            problem = str(error)
        except Exception:
            problem = asker.env._(
                "It ended with an error, which is in the log. Please run it again."
            )
            _logger.exception("Simulation %s", self.id)
        if problem:
            self.env.cr.rollback()
        # who asked may have lost the right meanwhile, or the simulation may be gone
        if self.exists():
            self._end_work(problem)
            self._ring_who_asked(by, asker, problem)

    def _ring_who_asked(self, by, asker, problem):
        by._lead_ring(
            "simple_notification",
            {
                "type": "warning" if problem else "success",
                "title": self.name,
                "message": problem or asker.summary,
                "sticky": True,
            },
        )

    def _tell_progress(self, done):
        """Write how far it is, for a person to see.

        Nothing else of this transaction is to be written, so it may end here.

        :raises Cancelled: when nobody waits for it any more
        """
        cron = self.env["ir.cron"]
        cron._commit_progress()  # what others wrote meanwhile is seen from now on
        if not self.exists() or not self.work_asked_by_id:
            raise Cancelled
        try:
            self.work_done = done
            cron._commit_progress()
        except CONFLICTS:
            # somebody writes it at this moment, a cancel perhaps: seen the next time
            self.env.cr.rollback()


class LeadDistribution(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _cron_simulate(self):
        """Schedule: see ``lead.distribution.simulation``."""
        return self.env["lead.distribution.simulation"]._cron_simulate()
