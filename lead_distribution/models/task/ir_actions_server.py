from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.constants import TASK_DELAYS
from ...tools.task_spec import TaskSpec


class IrActionsServer(models.Model):
    """The action "Create task": what automation rules, and everything else that runs
    server actions, start tasks with."""

    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("lead_task", "Create Task"), ("code",)],
        ondelete={"lead_task": "cascade"},
    )
    lead_task_type_id = fields.Many2one(
        "mail.activity.type", string="Task", ondelete="restrict"
    )
    lead_task_summary = fields.Char(string="Task Summary", translate=True)
    lead_task_note = fields.Html(string="Task Note", translate=True)
    lead_task_assignee = fields.Selection(
        [
            ("owner", "The record's salesperson"),
            ("user", "A person"),
            ("team", "A department: the first to take it"),
            ("route", "Chosen by a route"),
        ],
        string="Task for",
        default="owner",
    )
    lead_task_user_id = fields.Many2one(
        "res.users",
        string="Task Person",
        domain=[("share", "=", False)],
        ondelete="set null",
    )
    lead_task_team_id = fields.Many2one(
        "crm.team", string="Task Department", ondelete="restrict"
    )
    lead_task_route_id = fields.Many2one(
        "lead.distribution.route", string="Task Route", ondelete="restrict"
    )
    lead_task_delay_number = fields.Integer(
        string="Task Delay",
        help="Minutes and hours: the task appears after this time. Days, weeks and "
        "months: the task appears at once and is due after this time.",
    )
    lead_task_delay_unit = fields.Selection(
        TASK_DELAYS, string="Task Delay Unit", default="days"
    )
    lead_task_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Task only within Hours",
        ondelete="set null",
        help="Outside of these hours the task waits for the next opening; days are "
        "working days.",
    )

    @api.constrains(
        "state",
        "lead_task_type_id",
        "lead_task_assignee",
        "lead_task_user_id",
        "lead_task_team_id",
        "lead_task_route_id",
        "lead_task_delay_number",
    )
    def _check_lead_task(self):
        _ = self.env._
        for action in self.filtered(lambda x: x.state == "lead_task"):
            if not action.lead_task_type_id:
                raise ValidationError(_("Choose the type of the task."))
            chosen = {
                "user": action.lead_task_user_id,
                "team": action.lead_task_team_id,
                "route": action.lead_task_route_id,
            }
            if not chosen.get(action.lead_task_assignee, True):
                raise ValidationError(_("Choose who gets the task."))
            if action.lead_task_delay_number < 0:
                raise ValidationError(_("A delay cannot be negative."))

    def _name_depends(self):
        return [*super()._name_depends(), "lead_task_type_id"]

    def _generate_action_name(self):
        if self.state == "lead_task" and self.lead_task_type_id:
            return self.env._("Create task: %s", self.lead_task_type_id.name)
        return super()._generate_action_name()

    @api.depends("state")
    def _compute_available_model_ids(self):
        tasks = self.filtered(lambda action: action.state == "lead_task")
        if tasks:
            with_activities = self.env["ir.model"].search(
                [("is_mail_activity", "=", True), ("transient", "=", False)]
            )
            tasks.available_model_ids = with_activities.ids
        return super(IrActionsServer, self - tasks)._compute_available_model_ids()

    @api.model
    def _warning_depends(self):
        return super()._warning_depends() + ["lead_task_type_id"]

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "lead_task" and not self.model_id.is_mail_activity:
            warnings.append(
                self.env._("A task can only be created for records with activities.")
            )
        return warnings

    def _task_spec(self):
        """Return the :class:`TaskSpec` of the task that the action gives."""
        self.ensure_one()
        who = self.lead_task_assignee
        return TaskSpec(
            activity_type_id=self.lead_task_type_id.id,
            summary=self.lead_task_summary or "",
            note=self.lead_task_note or "",
            user_id=self.lead_task_user_id.id if who == "user" else None,
            team_id=self.lead_task_team_id.id if who == "team" else None,
            route_id=self.lead_task_route_id.id if who == "route" else None,
            delay_number=self.lead_task_delay_number,
            delay_unit=self.lead_task_delay_unit or "days",
            resource_calendar_id=self.lead_task_calendar_id.id or None,
            origin="action",
        )

    def _run_action_lead_task_multi(self, eval_context=None):
        records = self._records_checked(eval_context, "write")
        if not records or not records.ids or self._is_recompute():
            return False
        self.env["lead.distribution.tasks"]._start_tasks(records, self._task_spec())
        return False
