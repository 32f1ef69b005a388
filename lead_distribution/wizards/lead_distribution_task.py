from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.task_spec import TaskSpec

#: records that the dialog names
RECORDS_NAMED = 5


class LeadDistributionTask(models.TransientModel):
    """A task made manually: for a person, a department, or whom a route chooses."""

    _name = "lead.distribution.task"
    _description = "New Task"
    _inherit = "lead.distribution.guard"

    res_model = fields.Char(default="crm.lead", required=True)
    res_ids = fields.Json(help="Its records; otherwise the chosen lead.")
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
            ("team", "A department: the first to take it"),
            ("route", "Chosen by a route"),
        ],
        string="Assign to",
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

    # what it is about ------------------------------------------------------

    def _records(self):
        """Return the records that the task is about, with the caller's rights."""
        self.ensure_one()
        if not self.res_ids:
            return self.lead_id
        return self._found(self.res_model, self.res_ids)

    @api.model
    def _found(self, model, ids):
        """Find the records that the form names.

        :raises UserError: for what can be no records with tasks
        """
        ids = ids if isinstance(ids, (list, tuple)) else [ids]
        if model not in self.env or any(type(each) is not int for each in ids):
            raise UserError(self.env._("Choose the record of the task."))
        if "activity_ids" not in self.env[model]._fields:
            raise UserError(
                self.env._("There are no tasks for records of “%s”.", model)
            )
        return self.env[model].browse(ids)

    @api.model
    def _check_about(self, values):
        """Rights come first: nothing is told of what the caller may not read.

        :param values: of the wizard, some of them
        """
        self.browse().check_access("create")
        lead_id = values.get("lead_id")
        if isinstance(lead_id, dict):  # as the web client sends it
            lead_id = lead_id.get("id")
        if lead_id:
            self._found("crm.lead", lead_id).check_access("read")
        if values.get("res_ids"):
            model = values.get("res_model") or "crm.lead"
            self._found(model, values["res_ids"]).check_access("read")

    @api.model
    def default_get(self, fields_list):
        self.browse().check_access("create")
        values = super().default_get(fields_list)
        context = self.env.context
        model = values.get("res_model") or context.get("default_res_model")
        self._check_about({**values, "res_model": model})
        return values

    def onchange(self, values, field_names, fields_spec):
        self._check_about(values)
        return super().onchange(values, field_names, fields_spec)

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards._check_records()
        return wizards

    def write(self, vals):
        result = super().write(vals)
        self._check_records()
        return result

    def _check_records(self):
        for wizard in self:
            records = wizard._records()
            if records:
                records.check_access("read")

    # computes --------------------------------------------------------------

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
        self._check_records()
        for task in self:
            records = task._records()[:RECORDS_NAMED]
            names = self.env["lead.distribution.filters"]._names_of(records)
            task.record_names = ", ".join(names)

    def action_confirm(self):
        """Make the task, for records that the user may write.

        :returns: the action that closes the wizard and reloads what is behind it
        """
        self.ensure_one()
        self.check_access("read")
        _ = self.env._
        # sudo: whether they are still there
        records = self._records().sudo().exists().sudo(self.env.su)
        if not records:
            raise UserError(_("Choose the record of the task."))
        records.check_access("write")
        chosen = {
            "user": self.user_id,
            "team": self.team_id,
            "route": self.route_id,
        }[self.assignee]
        if not chosen:
            raise UserError(_("Choose who gets the task."))
        # made as superuser: of what is theirs to read
        whose = self.env["lead.distribution.values"]._vetted(
            self, {f"{self.assignee}_id": chosen}
        )
        self.env["lead.distribution.tasks"]._start_tasks(
            records,
            TaskSpec(
                activity_type_id=self.activity_type_id.id,
                summary=self.summary or "",
                note=self.note or "",
                **whose,
                origin="hand",
                date_deadline=self.date_deadline,
            ),
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
