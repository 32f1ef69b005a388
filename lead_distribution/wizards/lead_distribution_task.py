from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rooms.task import TaskSpec

#: records that the dialog names
RECORDS_NAMED = 5


class LeadDistributionTask(models.TransientModel):
    """A task made by hand: for a person, a department, or whom a route chooses."""

    _name = "lead.distribution.task"
    _description = "New Task"
    _inherit = "lead.distribution.guard"

    res_model = fields.Char(default="crm.lead", required=True)
    res_ids = fields.Json(help="The records that it is about; else the lead chosen.")
    lead_id = fields.Many2one("crm.lead", string="About", ondelete="cascade")
    record_names = fields.Char(string="For", compute="_compute_record_names")
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="Type",
        required=True,
        default=lambda self: self._default_activity_type_id(),
        domain="['|', ('res_model', '=', False), ('res_model', '=', res_model)]",
    )
    summary = fields.Char(
        compute="_compute_from_type", store=True, readonly=False, precompute=True
    )
    note = fields.Html()
    date_deadline = fields.Date(
        string="Due",
        required=True,
        compute="_compute_from_type",
        store=True,
        readonly=False,
        precompute=True,
    )
    assignee = fields.Selection(
        [
            ("user", "A person"),
            ("team", "A department: whoever takes it"),
            ("route", "Whom a route chooses"),
        ],
        string="Whose It Is",
        default="user",
        required=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    team_id = fields.Many2one("crm.team", string="Department")
    route_id = fields.Many2one("lead.distribution.route")

    @api.model
    def _default_activity_type_id(self):
        model = self.env.context.get("default_res_model", "crm.lead")
        types = self.env["mail.activity.type"].search(
            ["|", ("res_model", "=", False), ("res_model", "=", model)]
        )
        # one with outcomes, where there is one
        return types.sorted(lambda kind: not kind.lead_with_outcomes)[:1]

    @api.depends("activity_type_id")
    def _compute_from_type(self):
        for task in self:
            kind = task.activity_type_id
            task.summary = kind.summary or task.summary
            task.date_deadline = (
                kind._get_date_deadline() if kind else fields.Date.context_today(task)
            )

    @api.depends("res_model", "res_ids")
    def _compute_record_names(self):
        for task in self:
            records = task._records()[:RECORDS_NAMED]
            names = self.env["lead.distribution"]._names_of(records)
            task.record_names = ", ".join(names)

    @api.model_create_multi
    def create(self, vals_list):
        tasks = super().create(vals_list)
        for task in tasks:
            task._records()
        return tasks

    def _records(self):
        """:returns: what the task is about, as far as it is there
        :raises AccessError: for what is not the current user's to change
        :raises UserError: for what there are no tasks on
        """
        self.ensure_one()
        if not self.res_ids:
            self.lead_id._origin.check_access("write")
            return self.lead_id
        ids, model = self.res_ids, self.env.get(self.res_model)
        if model is None or "activity_ids" not in model:
            raise UserError(self.env._("Choose what the task is about."))
        if not isinstance(ids, list) or any(type(i) is not int for i in ids):
            raise UserError(self.env._("Choose what the task is about."))
        records = model.browse(i for i in ids if 0 < i < 2**31).exists()
        # rights before answers: not even the names are told
        records.check_access("write")
        return records

    def action_confirm(self):
        """Make the task, for records that the user may write.

        :returns: the action that closes the wizard and reloads what is behind it
        """
        self.ensure_one()
        _ = self.env._
        records = self._records()
        if not records:
            raise UserError(_("Choose what the task is about."))
        chosen = {
            "user": self.user_id,
            "team": self.team_id,
            "route": self.route_id,
        }[self.assignee]
        if not chosen:
            raise UserError(_("Choose whose the task is."))
        self.env["lead.distribution"]._start_tasks(
            records,
            TaskSpec(
                activity_type_id=self.activity_type_id.id,
                summary=self.summary or "",
                note=self.note or "",
                **{f"{self.assignee}_id": chosen.id},
                origin="hand",
                date_deadline=self.date_deadline,
            ),
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
