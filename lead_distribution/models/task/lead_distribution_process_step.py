from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.locale import duration
from ...tools.task_spec import TaskSpec

#: longer ones are slips of the keyboard, or end past the calendar
LONGEST_DELAY = timedelta(days=3650)


class LeadDistributionProcessStep(models.Model):
    """The task that a process starts, when, for whom, and on which condition."""

    _name = "lead.distribution.process.step"
    _description = "Step of a Task Process"
    _inherit = "lead.distribution.guard"
    _order = "sequence, id"

    process_id = fields.Many2one(
        "lead.distribution.process", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="process_id.company_id")
    process_trigger = fields.Selection(related="process_id.trigger")
    sequence = fields.Integer(default=10)
    delay_number = fields.Integer(
        string="After",
        help="Delay after the event before the condition is checked and the task "
        "starts. 0: immediately.",
    )
    delay_unit = fields.Selection(
        [("minutes", "Minutes"), ("hours", "Hours"), ("days", "Days")],
        default="minutes",
        required=True,
    )
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Only within Hours",
        ondelete="set null",
        help="Outside of these hours it waits for the next opening.",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="Task",
        required=True,
        ondelete="restrict",
        index=True,
    )
    task_summary = fields.Char(string="Summary", translate=True)
    task_note = fields.Html(string="Note", translate=True)
    assignee = fields.Selection(
        [
            ("owner", "The salesperson"),
            ("user", "A person"),
            ("team", "A department: the first to take it"),
            ("route", "Chosen by a route"),
        ],
        string="For",
        default="owner",
        required=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        domain=[("share", "=", False)],
        ondelete="set null",
    )
    team_id = fields.Many2one(
        "crm.team", string="Department", ondelete="restrict", index="btree_not_null"
    )
    route_id = fields.Many2one("lead.distribution.route", ondelete="restrict")
    summary = fields.Char(string="Summary in Words", compute="_compute_summary")

    _delay_positive = models.Constraint(
        "CHECK (delay_number >= 0)", "A delay cannot be negative."
    )

    # computes --------------------------------------------------------------

    @api.depends_context("lang", "uid", "allowed_company_ids")
    @api.depends(
        "delay_number",
        "delay_unit",
        "activity_type_id",
        "task_summary",
        "assignee",
        "user_id",
        "team_id",
        "route_id",
    )
    def _compute_summary(self):
        for step in self:
            step.summary = step._describe()

    def _describe(self):
        self.ensure_one()
        _ = self.env._
        text = self.task_summary or self.activity_type_id.name or ""
        chosen = {"user": self.user_id, "team": self.team_id, "route": self.route_id}
        chosen = chosen.get(self.assignee)
        if chosen:
            who = self.env["lead.distribution.filters"]._names_of(chosen._origin)
            text = _("%(task)s for %(who)s", task=text, who=who[0])
        if self.delay_number:
            time = duration(self.env, self.delay_number, self.delay_unit)
            text = _("%(task)s after %(time)s", task=text, time=time)
        condition = self._describe_condition()
        if condition:
            text = _("%(task)s, if %(condition)s", task=text, condition=condition)
        return text

    def _describe_condition(self):
        """Return the condition in words, "" without one."""
        return ""

    # checks ----------------------------------------------------------------

    @api.constrains("assignee", "user_id", "team_id", "route_id", "process_id")
    def _check_assignee(self):
        _ = self.env._
        for step in self:
            chosen = {
                "user": step.user_id,
                "team": step.team_id,
                "route": step.route_id,
            }.get(step.assignee)
            if chosen is None:
                continue
            company = step.process_id.company_id
            if not chosen:
                raise ValidationError(
                    _("Process “%s”: choose who gets the task.", step.process_id.name)
                )
            # sudo: for which company they are, to compare
            elsewhere = company and (
                company not in chosen.sudo().company_ids
                if step.assignee == "user"
                else chosen.sudo().company_id not in (company, company.browse())
            )
            if elsewhere:
                raise ValidationError(
                    _(
                        "Process “%(process)s”: %(who)s does not belong to "
                        "%(company)s.",
                        process=step.process_id.name,
                        who=", ".join(
                            self.env["lead.distribution.filters"]._names_of(chosen)
                        ),
                        company=company.name,
                    )
                )

    @api.constrains("activity_type_id", "process_id")
    def _check_mistake(self):
        for step in self:
            mistake = step._find_mistake()
            if mistake:
                raise ValidationError(
                    self.env._(
                        "Process “%(process)s” cannot work. %(why)s",
                        process=step.process_id.name,
                        why=mistake,
                    )
                )

    def _find_mistake(self):
        """Check that the step fits its process.

        :returns: why it does not go with what sets its process off, in words; "" if it
            does
        """
        self.ensure_one()
        kind, model = self.activity_type_id, self.process_id.res_model
        if kind.res_model and model and kind.res_model != model:
            return self.env._(
                "The task type “%(type)s” is not for records of %(model)s.",
                type=kind.name,
                # sudo: its name, no more
                model=self.env["ir.model"].sudo()._get(model).name,
            )
        return ""

    @api.constrains("delay_number", "delay_unit")
    def _check_delay(self):
        for step in self:
            number, unit = step.delay_number, step.delay_unit
            if number > LONGEST_DELAY // timedelta(**{unit: 1}):
                raise ValidationError(
                    self.env._(
                        "Process “%(process)s”: a task starts %(days)s days after it "
                        "happened at the latest.",
                        process=step.process_id.name,
                        days=LONGEST_DELAY.days,
                    )
                )

    # business --------------------------------------------------------------

    def _start(self, at):
        """Tell when an event is due.

        :returns: naive UTC datetime at which what happened at ``at`` is looked at,
            opening hours aside
        """
        self.ensure_one()
        return at + timedelta(**{self.delay_unit: self.delay_number})

    def _holding(self, events):
        """Those for which this step's condition holds now; without a condition, all.

        :param events: ``lead.distribution.process.event`` of one company
        """
        self.ensure_one()
        return events

    def _task_spec(self):
        """Specify the task that this step starts.

        :returns: :class:`TaskSpec`; the delay is over when it is used
        """
        self.ensure_one()
        chosen = {"user": self.user_id, "team": self.team_id, "route": self.route_id}
        who = {
            f"{name}_id": record.id
            for name, record in chosen.items()
            if name == self.assignee
        }
        return TaskSpec(
            activity_type_id=self.activity_type_id.id,
            summary=self.task_summary or "",
            note=self.task_note or "",
            resource_calendar_id=self.resource_calendar_id.id or None,
            origin=self.process_id._origin_code(),
            step_id=self.id,
            **who,
        )
