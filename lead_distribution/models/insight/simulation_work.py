"""Simulations of many leads: in the background, with progress, until somebody cancels
them."""

import time
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tools import SQL

from ...tools.batch import CONFLICTS
from ...tools.redacting_log import redacting_logger
from ...tools.scheduling import notification, trigger_cron

_logger = redacting_logger(__name__)

#: seconds from one look at what a person sees, or wants, to the next
PAUSE = 1.0
#: what breaks off without an error, when the process is killed, is begun so often
TRIES = 3
#: so often one tries to lock a simulation that others write at that moment
LOCK_TRIES = 5


class Cancelled(Exception):
    """Nobody waits for the simulation as it was asked for any more."""


class LeadDistributionSimulation(models.Model):
    _inherit = "lead.distribution.simulation"

    work_asked_by_id = fields.Many2one(
        "res.users",
        string="Asked by",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="Who waits for a simulation that runs in the background.",
    )
    work_total = fields.Integer(string="Leads to Replay", readonly=True, copy=False)
    work_done = fields.Integer(
        string="Leads Replayed so Far", readonly=True, copy=False
    )
    work_problem = fields.Char(
        string="Why There Is No Result", readonly=True, copy=False
    )
    work_number = fields.Integer(
        string="Number of Requests",
        readonly=True,
        copy=False,
        help="Each request has its number; results of earlier ones are dropped.",
    )
    work_tries = fields.Integer(string="Number of Attempts", readonly=True, copy=False)

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
                "work_number": self.work_number + 1,
                "work_tries": 0,
            }
        )
        trigger_cron(self.env, "ir_cron_simulate")

    def _end_work(self, problem=False):
        self.write({"work_asked_by_id": False, "work_problem": problem})

    @api.model
    def _under_way(self):
        """Return the simulations that somebody waits for, of all companies."""
        # sudo: whoever's name the schedule has
        return self.sudo().search([("work_asked_by_id", "!=", False)], order="id")

    @api.model
    def _cron_simulate(self):
        """Replay what somebody waits for, one simulation after the other."""
        cron, found = self.env["ir.cron"], self._under_way()
        seconds = cron._commit_progress(remaining=len(found))
        for number, simulation in enumerate(found, 1):
            if not seconds:
                trigger_cron(self.env, "ir_cron_simulate")
                break
            try:
                simulation._replay_in_background()
            except CONFLICTS as conflict:
                self.env.cr.rollback()
                _logger.info("Simulation %s waits: %s", simulation.id, conflict)
                trigger_cron(self.env, "ir_cron_simulate", timedelta(minutes=1))
            seconds = cron._commit_progress(1, remaining=len(found) - number)

    def _replay_in_background(self):
        """Replay a simulation with the rights of who asked, and tell them. All of it
        is committed.

        :raises CONFLICTS: when others write it all the time; it still waits then
        """
        # cancelled and asked for anew, perhaps of another period, it begins anew
        while self._take_up():
            number, by = self.work_number, self.work_asked_by_id
            try:
                self._check_tries()
                asker = self._as_asker(by)
                asker._check_asker()
                asker._count_leads()
                decided = asker._decided(self._teller(number))
                self._hold(number)
                asker._check_asker()
                asker._keep(decided)
                self._end_work()
                self._ring_who_asked(by, "success", asker.summary)
            except Cancelled:
                self.env.cr.rollback()
            except (*CONFLICTS, psycopg2.InterfaceError):
                raise
            except Exception as error:
                self.env.cr.rollback()
                self._fail(number, by, error)
            self.env["ir.cron"]._commit_progress()

    def _take_up(self):
        """Note that it is begun; that stays if the process is killed.

        :returns: whether anybody waits for it
        """
        if not self._lock_asked():
            return False
        self.write({"work_done": 0, "work_tries": self.work_tries + 1})
        self.env["ir.cron"]._commit_progress()
        return True

    def _check_tries(self):
        if self.work_tries > TRIES:
            raise UserError(
                self.env._(
                    "The server stopped it repeatedly (tries: %s). Choose a shorter "
                    "period.",
                    TRIES,
                )
            )

    def _as_asker(self, by):
        """Return the simulation as it is for who asked."""
        return self.with_user(by).with_context(
            allowed_company_ids=by.company_ids.ids, lang=by.lang, tz=by.tz
        )

    def _check_asker(self):
        """Check that who asked may still simulate.

        :raises AccessError: when not
        """
        if not self.env.user.active:
            raise AccessError(self.env._("%s is archived.", self.env.user.name))
        self._check_manager()

    def _teller(self, number):
        """Return what says from time to time how far it is.

        :param number: of what was asked for
        """
        looked = time.monotonic()

        def tell(done):
            nonlocal looked
            if time.monotonic() > looked + PAUSE:
                self._tell_progress(done)
                if self.work_number != number:
                    raise Cancelled
                looked = time.monotonic()

        return tell

    def _fail(self, number, by, error):
        """Keep what went wrong on the simulation, and tell who asked."""
        _ = self._as_asker(by).env._
        if isinstance(error, MissingError):
            problem = _("Something it needs was deleted. Please run it again.")
        elif isinstance(error, UserError):
            problem = str(error)
        else:
            problem = _(
                "It ended with an error, which is in the log. Please run it again."
            )
            _logger.error("Simulation %s", self.id, exc_info=error)
        try:
            self._hold(number)
        except Cancelled:
            return
        self._end_work(problem)
        self._ring_who_asked(by, "warning", problem)

    def _ring_who_asked(self, by, kind, message):
        by.with_company(self.company_id)._lead_ring(
            "simple_notification",
            {"type": kind, "title": self.name, "message": message, "sticky": True},
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

    def _hold(self, number):
        """Lock it, so that what was found can be kept.

        :param number: of what was asked for
        :raises Cancelled: when nobody waits for that any more
        """
        if not self._lock_asked() or self.work_number != number:
            raise Cancelled

    def _lock_asked(self):
        """Lock it in a new transaction: a replay writes nothing before its end.

        :returns: whether anybody waits for it
        :raises CONFLICTS: when others write it all the time
        """
        for left in reversed(range(LOCK_TRIES)):
            self.env["ir.cron"]._commit_progress()
            try:
                return self._lock_row()
            except CONFLICTS:
                self.env.cr.rollback()
                if not left:
                    raise
        return False

    def _lock_row(self):
        """Lock it for this transaction, once others have written it.

        :returns: whether anybody waits for it
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM lead_distribution_simulation
                    WHERE id = %s AND work_asked_by_id IS NOT NULL
               FOR NO KEY UPDATE""",
                self.id,
            )
        )
        return bool(rows)


class LeadDistribution(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _cron_simulate(self):
        """Schedule: see ``lead.distribution.simulation``."""
        return self.env["lead.distribution.simulation"]._cron_simulate()
