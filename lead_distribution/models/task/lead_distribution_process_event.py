from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.batch import drop_some

#: finished events are forgotten so many days later, so many at a time
DAYS_KEPT, DROPPED_AT_ONCE = 90, 1000


class LeadDistributionProcessEvent(models.Model):
    """Something happened that sets a process off for a record: waiting for its time,
    then with the task that started, or without one."""

    _name = "lead.distribution.process.event"
    _description = "Event of a Task Process"
    _order = "date desc, id desc"
    _log_access = False

    process_id = fields.Many2one(
        "lead.distribution.process",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="process_id.company_id")
    date = fields.Datetime(string="Happened", required=True, readonly=True)
    lead_id = fields.Many2one(
        "crm.lead", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    due = fields.Datetime(string="Deferred until", readonly=True)
    activity_id = fields.Many2one(
        "mail.activity",
        string="Task",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    task_user_id = fields.Many2one(related="activity_id.user_id", string="Task of")
    outcome_id = fields.Many2one(related="activity_id.outcome_id")
    problem = fields.Char(
        string="Why Not", readonly=True, help="Why no task could be started."
    )
    status = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("open", "Task Open"),
            ("done", "Task Done"),
            ("nothing", "Nothing to Do"),
            ("failed", "Not Started"),
        ],
        compute="_compute_status",
    )

    _due_idx = models.Index("(due) WHERE due IS NOT NULL")
    _date_idx = models.Index("(date)")

    @api.depends("due", "activity_id.active", "problem")
    def _compute_status(self):
        for event in self:
            task = event.sudo().activity_id  # sudo: whether it is open, no more
            if event.due:
                event.status = "waiting"
            elif task:
                event.status = "open" if task.active else "done"
            else:
                event.status = "failed" if event.problem else "nothing"

    @api.model
    def _record_fields(self):
        """Return ``{model: field of the event that points to such a record}``."""
        return {"crm.lead": "lead_id"}

    def _record(self):
        """Return the records that these events, of one model, are about."""
        for name in self._record_fields().values():
            if self[name]:
                return self[name]
        return self.env["crm.lead"]

    @api.model
    def _open_domain(self):
        """Return the domain of those that wait, or whose task is open."""
        return Domain("due", "!=", False) | Domain("activity_id.active", "=", True)

    @api.model
    def _domain_of_companies(self, company_ids):
        """Limit events to the companies of their records.

        :returns: the domain of the events whose record is of one of these companies, or
            of none; whatever a glue addon adds to :meth:`_record_fields` counts, and an
            event without a record, such as after its addon is gone, is nobody's to see
        """
        allowed = [*company_ids, False]
        return list(
            Domain.OR(
                Domain(name, "!=", False) & Domain(f"{name}.company_id", "in", allowed)
                for name in self._record_fields().values()
            )
        )

    def _worth_it(self):
        """Return those whose record still wants a task."""
        process = self.process_id
        leads = self.lead_id.filtered(
            lambda lead: lead.active and lead.won_status == "pending"
        )
        service, wanted = self.env["lead.distribution"], leads.browse()
        for company, ours in leads.grouped("company_id").items():
            domain = service.env["lead.distribution.filters"]._filter_within(
                leads, process._parsed_domain(), process.company_id or company
            )
            wanted |= leads.search(domain & Domain("id", "in", ours.ids))
        return self.filtered(lambda event: event.lead_id in wanted)

    @api.autovacuum
    def _gc_events(self):
        """Drop old events, a block at a time.

        :returns: ``(number dropped, whether more remain)``
        """
        long_ago = fields.Datetime.now() - timedelta(days=DAYS_KEPT)
        old = Domain("date", "<", long_ago) & ~self._open_domain()
        return drop_some(self, old, DROPPED_AT_ONCE)
