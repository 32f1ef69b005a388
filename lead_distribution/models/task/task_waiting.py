"""Tasks that start later."""

from dataclasses import asdict
from dataclasses import fields as fields_of
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models

from ...tools.batch import CONFLICTS, safely
from ...tools.redacting_log import redacting_logger
from ...tools.scheduling import trigger_cron
from ...tools.service_context import as_service, outside
from ...tools.task_spec import TaskSpec
from .task import TASKS_PER_BLOCK

_logger = redacting_logger(__name__)


class LeadDistributionTasks(models.AbstractModel):
    _inherit = "lead.distribution.tasks"

    @api.model
    def _defer_tasks(self, company, records, spec, due):
        self.env["lead.activity.waiting"].create(
            [
                {
                    **asdict(spec),
                    "res_model": records._name,
                    "res_id": record.id,
                    "company_id": company.id,
                    "due": due,
                }
                for record in records
            ]
        )
        trigger_cron(self.env, "ir_cron_start_tasks", at=due)

    @api.model
    def _cron_start_tasks(self):
        """Start what waited for its time, block by block."""
        cron = self.env["ir.cron"]
        Waiting = as_service(self).env["lead.activity.waiting"]
        domain = [("due", "<=", fields.Datetime.now())]
        seconds = cron._commit_progress(remaining=Waiting.search_count(domain))
        while seconds:
            try:
                count = self._start_block()
            except CONFLICTS as conflict:
                self.env.cr.rollback()
                _logger.info("Tasks to come wait on: %s", conflict)
                trigger_cron(self.env, "ir_cron_start_tasks", timedelta(minutes=1))
                cron._commit_progress(remaining=0)  # until then
                break
            if not count:
                if count is None:  # somebody else starts them
                    trigger_cron(self.env, "ir_cron_start_tasks", timedelta(minutes=1))
                break
            seconds = cron._commit_progress(count)

    @api.model
    def _start_block(self):
        """Start a block of what is due, without committing.

        :returns: how many were due; None when somebody else starts all of them
        :raises CONFLICTS: all of it is to be tried again
        """
        Waiting = as_service(self).env["lead.activity.waiting"]
        found = Waiting.search(
            [("due", "<=", fields.Datetime.now())], limit=TASKS_PER_BLOCK
        )
        block = found.try_lock_for_update()
        if found and not block:
            return None
        self._start_waiting(block)
        return len(block)

    @api.model
    def _start_waiting(self, block):
        """Start a block of tasks whose time has come.

        :param block: ``lead.activity.waiting`` that are due; gone afterwards: what
            could not be started is said on its record
        :raises CONFLICTS: all of it is to be tried again
        """
        now = fields.Datetime.now()
        groups = {}
        for row in block:
            spec = TaskSpec(
                **{
                    field.name: self._plain(row, field.name)
                    for field in fields_of(TaskSpec)
                }
            )
            key = (row.company_id, row.res_model, spec)
            groups.setdefault(key, []).append(row.res_id)
        for (company, model, spec), ids in groups.items():
            if model not in self.env:
                continue  # uninstalled meanwhile
            service = as_service(self, company)
            records = outside(service.env[model].browse(ids).exists())
            if "active" in records._fields:
                # lost, removed or archived meanwhile: there is nothing to do
                records = records.filtered("active")
            if records:
                service._start_safely(company, records, spec, now)
        block.unlink()

    @api.model
    def _start_safely(self, company, records, spec, at):
        def give_up(record, error):
            _logger.warning("Task of %s could not start", record, exc_info=True)
            self._say_not_started(record, spec, error)

        def start(part):
            self._start_now(company, part, spec, at)

        safely(self.env.cr, records, start, give_up)

    @api.model
    def _say_not_started(self, record, spec, error):
        if "message_ids" not in record._fields:
            return
        # sudo: the name of the type, for the message
        kind = self.env["mail.activity.type"].sudo().browse(spec.activity_type_id)
        body = Markup("<p>%s</p>") % self.env._(
            "The task “%(task)s” could not be started: %(error)s",
            task=": ".join(filter(None, [kind.exists().name, spec.summary])),
            error=str(error) or type(error).__name__,
        )
        record._message_log(body=body + Markup(spec.note or ""))

    @api.model
    def _start_now(self, company, records, spec, at):
        self._check_task_type(records, spec)
        self._notify_tasks(self._create_tasks(company, records, spec, at))

    @api.model
    def _plain(self, row, name):
        value = row[name]
        return value.id or None if isinstance(value, models.BaseModel) else value
