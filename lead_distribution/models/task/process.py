"""Processes: something happened, and some time later a task starts, once while one is
open."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools.batch import safely
from ...tools.redacting_log import redacting_logger
from ...tools.scheduling import trigger_cron
from ...tools.service_context import as_service
from .task import TASKS_PER_BLOCK

_logger = redacting_logger(__name__)


class LeadDistributionProcesses(models.AbstractModel):
    _name = "lead.distribution.processes"
    _description = "Lead Distribution: Processes"

    @api.model
    def _trigger(self, trigger, records):
        """Something happened to these records: the processes that it triggers begin.
        Nothing where there are none, not even a query. Whatever goes wrong with
        processes, what happened stays.

        :param trigger: a value of the process's ``trigger``
        :param records: of a model in the event's ``_record_fields``
        :returns: the new events, as superuser
        """
        ids = self.env["lead.distribution.process"]._of_trigger(trigger)
        if not ids or not records:
            return self._no_events()
        # what the records themselves have still to write fails as it would without us
        self.env.flush_all()
        return self._enqueue_safely(ids, records)

    @api.model
    def _enqueue_safely(self, process_ids, records):
        """Begin, and when something breaks find out which process it is: that one does
        not begin, the others do."""

        def give_up(process_id, error):
            _logger.error("Process %s does not begin", process_id, exc_info=error)
            return self._no_events()

        first, *others = safely(
            self.env.cr, process_ids, lambda ids: self._enqueue(ids, records), give_up
        )
        return first.union(*others)

    @api.model
    def _no_events(self):
        # sudo: events are kept by the processes alone
        return self.env["lead.distribution.process.event"].sudo()

    @api.model
    def _enqueue(self, process_ids, records):
        """Note that processes begin for records, but for those for which they have
        begun already and not ended (S10). The tasks start by the schedule, so that
        whoever sets a process off need not wait.

        :returns: the new events, as superuser
        """
        now = fields.Datetime.now()
        service = as_service(self)
        Event = service.env["lead.distribution.process.event"]
        name = Event._record_fields()[records._name]
        # from memory: one of them may be gone
        processes = service.env["lead.distribution.process"].browse(process_ids)
        processes = processes.exists()
        records = service.env[records._name].browse(records.ids)
        begun = Event.search_fetch(
            Domain("process_id", "in", processes.ids)
            & Domain(name, "in", records.ids)
            & Event._open_domain(),
            ["process_id", name],
        )
        busy = {(event.process_id, event[name]) for event in begun}
        everywhere = service.env["res.company"]
        events = Event.create(
            [
                {
                    "process_id": process.id,
                    name: record.id,
                    "date": now,
                    "due": process.step_ids[0]._start(now),
                }
                for process in processes
                for record in records
                if (process, record) not in busy
                and process.company_id
                in (
                    self.env["lead.distribution.lead.company"]._company_of_record(
                        record
                    ),
                    everywhere,
                )
                and process.step_ids
            ]
        )
        for due in set(events.mapped("due")):
            trigger_cron(self.env, "ir_cron_run_processes", at=due)
        return events

    @api.model
    def _cron_run_processes(self):
        """Look at what has waited for its time, block by block."""
        cron = self.env["ir.cron"]
        Event = as_service(self).env["lead.distribution.process.event"]
        now = fields.Datetime.now()
        domain = [("due", "<=", now)]
        seconds = cron._commit_progress(remaining=Event.search_count(domain))
        while seconds:
            count = self._run_block(now)
            if not count:
                break
            seconds = cron._commit_progress(count)

    @api.model
    def _run_block(self, now):
        """Look at a block of what is due, without committing.

        :param now: naive UTC datetime; what is due later is left alone
        :returns: how many events were looked at; those that somebody else looks at are
            not among them
        """
        Event = as_service(self).env["lead.distribution.process.event"]
        found = Event.search(
            [("due", "<=", now)], limit=TASKS_PER_BLOCK, order="due, id"
        )
        block = found.try_lock_for_update()
        for events in block.grouped("process_id").values():
            self._run_safely(events, now)
        return len(block)

    @api.model
    def _run_safely(self, events, now):
        """Run a process; when something breaks find out for which record: that one
        ends without a task, and a line in the log."""

        def give_up(event, error):
            _logger.warning(
                "Process %s starts no task for %s",
                event.process_id.id,
                event._record(),
                exc_info=error,
            )
            # an error that is none of ours may tell what is not the reader's
            problem = str(error) if isinstance(error, UserError) else ""
            event.write(
                {"due": False, "problem": problem or self.env._("It is broken.")}
            )

        safely(self.env.cr, events, lambda part: self._run_process(part, now), give_up)

    @api.model
    def _run_process(self, events, now):
        """The first step whose condition holds, each looked at in its own time.

        :param events: ``lead.distribution.process.event`` of one process, that are due
        """
        process = events.process_id
        # those that find something to wait for are given another time below
        events.write({"due": False})
        if not process.active:
            return
        for name in events._record_fields().values():
            theirs = events.filtered(name)
            # two visits at the same instant are one
            first = {event[name]: event.id for event in theirs.sorted("id")[::-1]}
            theirs = theirs.browse(sorted(first.values()))
            begun = theirs.search(
                Domain("process_id", "=", process.id)
                & Domain(name, "in", theirs[name].ids)
                & theirs._open_domain()
            )
            theirs = theirs.filtered(
                lambda event, name=name, begun=begun: event[name] not in begun[name]
            )
            for company, ours in (
                theirs._worth_it()
                .grouped(
                    lambda event, name=name: self.env[
                        "lead.distribution.lead.company"
                    ]._company_of_record(event[name])
                )
                .items()
            ):
                self._run_steps(company, process, ours, name, now)

    @api.model
    def _run_steps(self, company, process, events, name, now):
        service = as_service(self, company)
        left = events
        for step in process.step_ids:
            early = left.filtered(lambda x, step=step: step._start(x.date) > now)
            for date, theirs in early.grouped("date").items():
                self._wait(theirs, step._start(date))
            left -= early
            if not left:
                return
            calendar = step.resource_calendar_id
            opening = (
                service.env["lead.distribution.tasks"]._next_opening(
                    company, calendar, now
                )
                if calendar
                else now
            )
            if opening > now:
                self._wait(left, opening)
                return
            holding = step._holding(left)
            if holding:
                tasks = service.env["lead.distribution.tasks"]._start_tasks(
                    holding[name], step._task_spec(), now
                )
                by_record = {task.res_id: task.id for task in tasks}
                for event in holding:
                    event.activity_id = by_record.get(event[name].id)
            left -= holding

    @api.model
    def _wait(self, events, due):
        events.write({"due": due})
        trigger_cron(self.env, "ir_cron_run_processes", at=due)


class LeadDistribution(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _cron_run_processes(self):
        """Schedule: see ``lead.distribution.processes``."""
        return self.env["lead.distribution.processes"]._cron_run_processes()
