"""The door: who may start a walk, the lock, blocks, failures, runs."""

import contextlib
import time
from dataclasses import replace
from datetime import datetime, timedelta

import psycopg2
import pytz
from psycopg2 import errors

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL, clean_context

from ..engine import Engine
from .data import Occasion
from .log import discreet_logger

_logger = discreet_logger(__name__)

#: Carried in the context by what the service itself writes. An object and not
#: a value, so that no remote call can pretend to be the service.
_SERVICE = object()
SERVICE_KEY = "lead_distribution_service"

#: bulk: chatter lines, followers and activities are made in blocks
SERVICE_CONTEXT = {
    SERVICE_KEY: _SERVICE,
    "tracking_disable": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_quick_update": True,
    "mail_create_nosubscribe": True,
    "active_test": True,
}

#: what makes a record's name tell more than a name, such as a contact's address
TELLING = ("show_", "display_", "partner_show_", "formatted_", "bin_size", "hide_")

CONFLICTS = (
    errors.SerializationFailure,
    errors.DeadlockDetected,
    errors.LockNotAvailable,
    ConcurrencyError,
)

#: A block holds at least so many leads per salesperson, which is what makes bulk
#: writes worth it, within these bounds; and the lock no longer than that.
LEADS_PER_SALESPERSON = 10
SMALLEST_BLOCK, LARGEST_BLOCK = 200, 10_000
SECONDS_PER_BLOCK = 3.0

#: Up to here a button distributes at once; more leads go to the background.
BUTTON_LIMIT = 500


def telling_nothing(context):
    """:returns: a context in which the name of a record is a name and nothing more"""
    return {key: value for key, value in context.items() if not key.startswith(TELLING)}


def safely(cr, items, work, give_up):
    """Do some work for all of the items together; when something breaks find out for
    which one, and do it for the others.

    :param items: records or a list, not empty
    :param work: takes items
    :param give_up: takes one item, as a slice, and the exception; logs it
    :returns: list of what ``work`` and ``give_up`` returned, in the order of the items
    :raises CONFLICTS: all of it is to be tried again
    """
    try:
        with cr.savepoint():
            return [work(items)]
    except CONFLICTS:
        raise
    except Exception as error:
        if isinstance(error, psycopg2.InterfaceError):
            raise  # the connection is gone, no item is to blame
        if len(items) > 1:
            middle = len(items) // 2
            return [
                *safely(cr, items[:middle], work, give_up),
                *safely(cr, items[middle:], work, give_up),
            ]
        with cr.savepoint():
            return [give_up(items, error)]


@contextlib.contextmanager
def isolated(cr, log, message, *args):
    """Work that fails without stopping what is around it: it is taken back, with a
    line in the log.

    :param log: method of a logger
    :param message: says what is left undone, with ``args``
    :raises CONFLICTS: all of it is to be tried again
    """
    try:
        with cr.savepoint():
            yield
    except CONFLICTS:
        raise
    except Exception as error:
        if isinstance(error, psycopg2.InterfaceError):
            raise  # the connection is gone, this work is not to blame
        log(message, *args, exc_info=True)


class LeadDistribution(models.AbstractModel):
    """The service. :meth:`_distribute` is the only way in for leads that want a
    salesperson, whoever asks: creation, mail, schedule, button."""

    _name = "lead.distribution"
    _description = "Lead Distribution"

    # the way in ------------------------------------------------------------

    @api.model
    def _distribute(self, leads, trigger, at=None, run=None, route=None, rule=None):
        """Walk ``leads`` through the rooms, in this transaction.

        Never waits: leads of a company in which somebody else distributes now
        stay pending, and the schedule is told to take them.

        :param leads: ``crm.lead``, any state, any companies
        :param trigger: a code of :data:`.codes.TRIGGERS`
        :param at: naive UTC datetime of the decision, now by default
        :param run: ``lead.distribution.run`` that this belongs to
        :param route: ``lead.distribution.route``: through this one alone, whatever
            its filter and hours say, for somebody chose it; paused, it takes nothing
        :returns: the ledger's new rows, ``lead.distribution.assignment`` as
            superuser
        """
        at = at or fields.Datetime.now()
        rows = self._as_service().env["lead.distribution.assignment"]
        for company, ours in self._leads_by_company(leads).items():
            service = self._as_service(company)
            ours = service.env["crm.lead"].browse(ours.ids)
            occasion = Occasion(company, trigger, at, run)
            if not company:
                rows |= service._refuse_undecided(occasion, ours)
                continue
            if not company._lead_distribution_on():
                service._settle(ours)
                continue
            service._ask_for(ours, route, rule)
            if not service.env["lead.distribution.lock"]._acquire(company):
                service._set_pending(ours)
                service._call_cron("ir_cron_distribute_pending")
            else:
                rows |= service._walk_safely(occasion, ours)
        return rows

    @api.model
    def _ask_for(self, leads, route=None, rule=None):
        """Kept on the leads until they are placed, for some have to wait."""
        wanted = {
            "distribution_asked_route_id": route.id if route else False,
            "distribution_asked_rule_id": rule.id if rule else False,
        }
        asked = leads.filtered(
            lambda lead: any(lead[name].id != value for name, value in wanted.items())
        )
        if asked:
            asked.write(wanted)

    @api.model
    def _distribute_created(self, leads, trigger):
        """Distribute leads made in this very transaction: at once when they are
        few and the company wants it so, else by the schedule. What goes wrong
        is logged and left pending: whoever created the leads is not bothered."""
        for company, ours in self._leads_by_company(leads).items():
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
                    continue
                except CONFLICTS as conflict:
                    _logger.info("Leads %s left pending: %s", ours.ids, conflict)
                except Exception:
                    _logger.exception("Leads %s left pending", ours.ids)
            self._call_cron("ir_cron_distribute_pending")

    @api.model
    def _distribute_by_hand(self, leads):
        """What the button does; rights are checked by the button.

        :returns: a notification action
        """
        _ = self.env._
        leads = leads.filtered(lambda x: x.active and x.won_status == "pending")
        if len(leads) > BUTTON_LIMIT:
            self._distribute_later(leads)
            message = _("%s leads are being distributed in the background.", len(leads))
            return self._notification(message, "info")
        run = self._open_run("button", self.env.company)
        rows = self._distribute(leads, "button", run=run)
        self._close_run(run, leads)
        waiting = leads.sudo().filtered(lambda x: x.distribution_state == "pending")
        if waiting:
            message = _(
                "Another distribution is under way; %s leads are next.", len(waiting)
            )
            return self._notification(message, "warning")
        placed = len(rows.filtered("user_id"))
        pooled = leads.sudo().filtered(lambda lead: lead.distribution_state == "pool")
        nobodys = self._leads_by_company(leads).get(self.env["res.company"])
        if nobodys:
            message = _(
                "%(placed)s leads distributed. Of %(nobodys)s nothing says which "
                "company they are of: choose their company, or a team that has one.",
                placed=placed,
                nobodys=len(nobodys),
            )
            return self._notification(message, "warning")
        if not pooled:
            return self._notification(_("%s leads distributed.", placed), "success")
        message = _(
            "%(placed)s leads distributed, %(pooled)s in the pool: open one and ask "
            "why.",
            placed=placed,
            pooled=len(pooled),
        )
        return self._notification(message, "warning")

    @api.model
    def _distribute_later(self, leads, route=None, rule=None):
        """Leave it to the schedule, for they are many."""
        service = self._as_service()
        leads = service.env["crm.lead"].browse(leads.ids)
        service._ask_for(leads, route, rule)
        service._set_pending(leads)
        service._call_cron("ir_cron_distribute_pending")

    # the schedule ----------------------------------------------------------

    @api.model
    def _cron_distribute_pending(self):
        """Distribute what is pending, block by block, each in a transaction of its
        own; what this run cannot place stays pending for the next one."""
        cron = self.env["ir.cron"]
        seconds = cron._commit_progress(remaining=self._pending_count())
        seconds, sorted_out = self._in_blocks(
            self._sort_out_pending, SMALLEST_BLOCK, seconds
        )
        companies = self._pending_companies()
        left = self._pending_count()
        if seconds:
            seconds = cron._commit_progress(remaining=left)
        busy = bool(seconds) and not sorted_out
        for company_id in companies:
            company = self.env["res.company"].browse(company_id)
            run, stuck, size = None, set(), None
            while seconds:
                started = time.monotonic()
                try:
                    block = self._distribute_block(company, size, stuck, run)
                except CONFLICTS as conflict:
                    self.env.cr.rollback()
                    size = max((size or SMALLEST_BLOCK) // 2, 1)
                    _logger.info("Conflict, next block is %s leads: %s", size, conflict)
                    if size == 1:
                        busy = True
                        break
                    continue
                if block is None:
                    busy = True
                    break
                if not block["leads"]:
                    break
                run = block["run"]
                # whatever could not even be put into the pool waits for the next run
                stuck.update(
                    block["leads"]
                    .filtered(lambda x: x.distribution_state == "pending")
                    .ids
                )
                size = self._next_size(block, time.monotonic() - started)
                left = max(left - len(block["leads"]), 0)
                seconds = cron._commit_progress(len(block["leads"]), remaining=left)
        if busy:
            # who is busy now is not in a minute; nothing remains for this call
            cron._commit_progress(remaining=0)
            self._call_cron("ir_cron_distribute_pending", timedelta(minutes=1))

    @api.model
    def _sort_out_pending(self, size):
        """Pending leads without a company become the company's that they are of; those
        of which nothing tells go to the pool, with the reason.

        :param size: how many at most
        :returns: how many
        """
        service = self._as_service()
        found = (
            service.env["crm.lead"]
            .with_context(active_test=False)
            .search(
                [*self._pending_domain(), ("company_id", "=", False)],
                limit=size,
                order="id",
            )
        )
        leads = found.try_lock_for_update(allow_referencing=True)
        for company, ours in service._leads_by_company(leads).items():
            ours = leads.browse(ours.ids)
            if not company:
                now = fields.Datetime.now()
                service._refuse_undecided(Occasion(company, "cron", now), ours)
            elif company._lead_distribution_on():
                service._adopt(company, ours)
            else:
                service._settle(ours)
        return len(leads)

    @api.model
    def _distribute_block(self, company, size=None, stuck=(), run=None):
        """One block of a company's pending leads, without committing.

        :param size: number of leads, by the number of salespeople if not given
        :param stuck: ids that this run has tried already, in vain
        :returns: None when the company is busy, else a dictionary of ``leads``,
            ``size`` and ``run``
        """
        service = self._as_service(company)
        if not service.env["lead.distribution.lock"]._acquire(company):
            return None
        size = size or service._first_size(company)
        found = (
            service.env["crm.lead"]
            .with_context(active_test=False)
            .search(
                [
                    *self._pending_domain(),
                    ("company_id", "=", company.id),
                    ("id", "not in", list(stuck)),
                ],
                limit=size,
                order="id",
            )
        )
        leads = found.try_lock_for_update(allow_referencing=True)
        if leads:
            run = run or service._open_run("cron", company)
            if company._lead_distribution_on():
                service._walk_safely(
                    Occasion(company, "cron", fields.Datetime.now(), run), leads
                )
            else:
                service._settle(leads)
            service._close_run(run, leads)
        return {"leads": leads, "size": size, "run": run}

    @api.model
    def _first_size(self, company):
        routes = self._routes_of(company)
        people = len({user for route in routes for user in route._users().ids})
        return min(max(LEADS_PER_SALESPERSON * people, SMALLEST_BLOCK), LARGEST_BLOCK)

    @api.model
    def _next_size(self, block, seconds):
        """Keep the time for which the lock is held near, and below, its bound."""
        per_lead = max(seconds, 0.001) / len(block["leads"])
        fits = int(0.8 * SECONDS_PER_BLOCK / per_lead)
        return min(max(block["size"], 1), max(fits, 10))

    @api.model
    def _pending_domain(self):
        """:returns: the domain of what is pending and due"""
        return [
            ("distribution_state", "=", "pending"),
            "|",
            ("distribution_due", "=", False),
            ("distribution_due", "<=", fields.Datetime.now()),
        ]

    @api.model
    def _pending_companies(self):
        groups = (
            self.env["crm.lead"]
            .sudo()
            .with_context(active_test=False)
            ._read_group(self._pending_domain(), ["company_id"])
        )
        return [company.id for (company,) in groups]

    @api.model
    def _pending_count(self):
        return (
            self.env["crm.lead"]
            .sudo()
            .with_context(active_test=False)
            .search_count(self._pending_domain())
        )

    # the walk --------------------------------------------------------------

    @api.model
    def _walk_safely(self, occasion, leads):
        """Walk, and when something breaks find out which lead it is: that one goes
        to the pool with the reason, the others go on.

        :returns: the ledger's new rows
        """
        return self._safely(occasion, leads, self._walk)

    @api.model
    def _safely(self, occasion, records, work):
        """:param work: takes the occasion and records, returns records
        :returns: what ``work`` returned for all of them, less those that break it
        """

        def attempt(part):
            occasion.snapshot = None  # of a block that broke nothing is left
            return work(occasion, part)

        def give_up(record, error):
            _logger.warning("%s cannot be distributed", record, exc_info=True)
            occasion.snapshot = None
            return self._apply_failure(occasion, record, error)

        first, *others = safely(self.env.cr, records, attempt, give_up)
        return first.union(*others)

    @api.model
    def _walk(self, occasion, leads):
        # whatever was won, lost or archived meanwhile wants nobody any more
        settled = leads.filtered(lambda x: not x.active or x.won_status != "pending")
        self._settle(settled)
        # as they came: who repeats an inquiry is decided after it
        leads = (leads - settled).sorted("id")
        self._adopt(occasion.company, leads)
        if occasion.rule:
            return self._move(occasion, leads)
        rows = self.env["lead.distribution.assignment"]
        asked = leads.filtered("distribution_asked_rule_id")
        for rule, ours in asked.grouped("distribution_asked_rule_id").items():
            rows |= self._move(replace(occasion, rule=rule), ours)
            self._ask_for(ours)
            # nobody of the rule could take these; routes are another matter
            self._settle(ours.filtered(lambda x: x.distribution_state == "pending"))
        return rows | self._walk_routes(occasion, leads - asked)

    @api.model
    def _walk_routes(self, occasion, leads):
        routes = self._routes_of(occasion.company)
        leads = self._hold_back(occasion, routes, leads)
        if not leads:
            return self.env["lead.distribution.assignment"]
        identities = self._identify(occasion.company, leads)
        waiting = {i for identity in identities.values() for i in identity.waiting}
        if waiting:
            # the same person's inquiry in the pool goes where this one goes
            twins = leads.browse(sorted(waiting)).try_lock_for_update(
                allow_referencing=True
            )
            leads = (twins | leads).sorted("id")
            self._adopt(occasion.company, leads)
            occasion.is_new = occasion.is_new and not twins
            identities = self._identify(occasion.company, leads)
        matches = self._match(routes, leads, self._moments(occasion, leads))
        keepers = {identity.keeper for identity in identities.values()} - {None}
        picture = self._snapshot(occasion.company, routes, occasion.at, keepers, leads)
        engine = Engine(picture.routes, picture.people)
        decisions = self._decisions(
            engine, picture, leads, matches, identities, occasion.skip
        )
        self._say_rule(occasion, decisions)
        self._say_passed(leads, decisions)
        rows = self._apply(
            occasion,
            leads,
            identities,
            picture,
            decisions,
            picture.remembered(engine.state()),
        )
        self._ask_for(leads)
        told = leads.filtered("distribution_own_channel")
        if told:
            told.write({"distribution_own_channel": False})
        # here and not at the end of the transaction: what is recomputed then is
        # tracked field by field
        self.env.flush_all()
        return rows

    @api.model
    def _say_passed(self, leads, decisions):
        """Put into the explanations whose own channel a lead came through, and why it
        was not theirs."""
        for lead, decision in zip(leads, decisions, strict=True):
            if lead.distribution_own_channel:
                decision.trace["passed"] = lead.distribution_own_channel

    @api.model
    def _decisions(self, engine, picture, leads, matches, identities, skip):
        """Room 4, for leads in the order given.

        :param skip: ``{lead_id: {user_id: code}}`` of who does not get which
        :returns: list of the engine's ``Decision``, in the routes' own ids
        """
        return [
            picture.decided(
                engine.decide(
                    replace(
                        self._request(lead, matches, identities, picture),
                        skip=skip.get(lead.id, {}),
                    )
                )
            )
            for lead in leads
        ]

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
    def _open_run(self, trigger, company):
        return (
            self._as_service(company)
            .env["lead.distribution.run"]
            .create(
                {
                    "trigger": trigger,
                    "user_id": self.env.uid,
                    "company_id": company.id,
                    "date_start": fields.Datetime.now(),
                }
            )
        )

    @api.model
    def _close_run(self, run, leads):
        """Count what a run did, on top of its earlier blocks."""
        now = datetime.utcnow()
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

    # helpers of the house --------------------------------------------------

    @api.model
    def _is_service(self, records):
        """Whether ``records`` are being written by the service itself."""
        return records.env.context.get(SERVICE_KEY) is _SERVICE

    @api.model
    def _as_service(self, company=None):
        """The service with the rights it needs: it decides for salespeople, leads
        and companies that whoever triggered it may not see. Its log lines are
        the system's, not the visitor's who filled a form."""
        service = self.with_user(SUPERUSER_ID)
        if company:
            service = service.with_company(company)
        # without the defaults that whoever triggered it put into the context, nor what
        # makes names tell more than names
        context = telling_nothing(clean_context(service.env.context))
        context = {**context, **SERVICE_CONTEXT}
        return service.with_context(context)  # pylint: disable=context-overridden

    @api.model
    def _outside(self, records):
        """:returns: ``records`` without the service's context, for code that is not
        the service's: what it writes is a change like any other"""
        context = dict(records.env.context)
        for key in SERVICE_CONTEXT:
            context.pop(key, None)
        return records.with_context(context)  # pylint: disable=context-overridden

    @api.model
    def _call_cron(self, name, delay=None, at=None):
        at = fields.Datetime.now() + delay if delay else at
        # sudo: whoever creates a lead may not touch crons, yet needs them to run
        self.env.ref(f"lead_distribution.{name}").sudo()._trigger(at)

    @api.model
    def _set_pending(self, leads):
        leads.filtered(lambda lead: lead.distribution_state != "pending").write(
            {"distribution_state": "pending"}
        )

    @api.model
    def _notification(self, message, kind):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": kind,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _horizon(self):
        """:returns: naive UTC datetime; what the records say of later is not looked at.
        There is none but in a replay (``simulate``)"""
        return datetime.max

    @api.model
    def _before_horizon(self, column):
        """:param column: a moment, ``SQL``
        :returns: the condition of a query, ``SQL``"""
        horizon = self._horizon()
        if horizon == datetime.max:
            return SQL("TRUE")
        return SQL("%s < %s", column, horizon)

    @api.model
    def _day(self, company, at):
        """:returns: naive UTC ``(start, end)`` of the company's day around ``at``"""
        return self._span(company, at, "%Y-%m-%d", timedelta(days=1))

    @api.model
    def _month(self, company, at):
        """:returns: naive UTC ``(start, end)`` of the company's month around ``at``"""
        return self._span(company, at, "%Y-%m-01", timedelta(days=32))

    @api.model
    def _span(self, company, at, first, length):
        zone = (company or self.env.company)._lead_timezone()
        local = pytz.utc.localize(at).astimezone(zone)
        start = datetime.strptime(local.strftime(first), "%Y-%m-%d")
        end = datetime.strptime((start + length).strftime(first), "%Y-%m-%d")
        return tuple(
            zone.localize(moment).astimezone(pytz.utc).replace(tzinfo=None)
            for moment in (start, end)
        )
