from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache


class LeadDistributionProcess(models.Model):
    """What starts tasks by itself: something happens, and some time later the first
    step whose condition holds starts its task.

    To extend: add a value to ``trigger`` and call
    ``lead.distribution._trigger(trigger, records)`` where it happens; for records
    other than leads, override ``_model_of_trigger``, and add a field to the event
    and to ``_record_fields``. A condition of a step: override
    ``lead.distribution.process.step._holding``; what it does not go with:
    ``_find_mistake``.
    """

    _name = "lead.distribution.process"
    _description = "Task Process"
    _inherit = "lead.distribution.filtered"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, help="A paused process starts nothing.")
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    trigger = fields.Selection(
        [("lead", "A lead arrived")], string="When", default="lead", required=True
    )
    res_model = fields.Char(compute="_compute_res_model", help="Records of its tasks.")
    domain = fields.Char(
        string="Only Leads",
        default="[]",
        required=True,
        help="Checked when the task is about to start.",
    )
    step_ids = fields.One2many(
        "lead.distribution.process.step", "process_id", string="Steps", copy=True
    )
    event_ids = fields.One2many("lead.distribution.process.event", "process_id")
    task_count = fields.Integer(string="Tasks Started", compute="_compute_task_count")
    problem = fields.Char(compute="_compute_problem", help="Why it starts nothing.")
    summary = fields.Char(string="Summary in One Sentence", compute="_compute_summary")

    # computes --------------------------------------------------------------

    @api.depends("trigger")
    def _compute_res_model(self):
        for process in self:
            process.res_model = process._model_of_trigger()

    def _model_of_trigger(self):
        """Return the name of the model of the records that trigger it."""
        return "crm.lead"

    def _compute_task_count(self):
        counts = dict(
            self.env["lead.distribution.process.event"]._read_group(
                [("process_id", "in", self.ids), ("activity_id", "!=", False)],
                ["process_id"],
                ["__count"],
            )
        )
        for process in self:
            process.task_count = counts.get(process, 0)

    @api.depends(
        "trigger",
        "domain",
        "step_ids.activity_type_id.active",
        "step_ids.activity_type_id.res_model",
    )
    def _compute_problem(self):
        for process in self:
            process.problem = process._find_problem()

    def _find_problem(self):
        """Return what is wrong, in words; "" if nothing is."""
        self.ensure_one()
        _ = self.env._
        if not self.step_ids:
            return _("It has no step: add one.")
        gone = self.step_ids.activity_type_id.filtered(lambda kind: not kind.active)
        if gone:
            return _("The task type “%s” is archived.", gone[0].name)
        for step in self.step_ids:
            mistake = step._find_mistake()
            if mistake:
                return mistake
        return self._domain_problem() or self._domain_refusal()

    @api.depends_context("lang")
    @api.depends("trigger", "step_ids.summary")
    def _compute_summary(self):
        for process in self:
            steps = [step.summary for step in process.step_ids if step.summary]
            process.summary = ": ".join(
                filter(None, [process._describe_trigger(), "; ".join(steps)])
            )

    def _describe_trigger(self):
        self.ensure_one()
        labels = dict(self._fields["trigger"]._description_selection(self.env))
        return labels.get(self.trigger, "")

    # checks ----------------------------------------------------------------

    @api.constrains("domain")
    def _check_domain(self):
        for process in self:
            problem = process._domain_problem()
            if problem:
                raise ValidationError(
                    self.env._(
                        "Process “%(name)s”: its filter of leads cannot be used. "
                        "%(why)s",
                        name=process.name,
                        why=problem,
                    )
                )

    @api.constrains("trigger")
    def _check_steps(self):
        self.step_ids._check_mistake()

    # CRUD ------------------------------------------------------------------

    def copy_data(self, default=None):
        return [
            dict(vals, name=self.env._("%s (copy)", process.name), active=False)
            for process, vals in zip(
                self, super().copy_data(default=default), strict=True
            )
        ]

    @api.model_create_multi
    def create(self, vals_list):
        processes = super().create(vals_list)
        self._forget()
        return processes

    def write(self, vals):
        result = super().write(vals)
        self._forget()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget()
        return result

    def _forget(self):
        """What is remembered of processes is looked up again."""
        self.env.registry.clear_cache()
        # again when all can see it, should somebody have looked meanwhile
        self.env.cr.postcommit.add(self.env.registry.clear_cache)

    # business --------------------------------------------------------------

    @api.model
    @ormcache("trigger")
    def _of_trigger(self, trigger):
        """Find the processes that something triggers.

        :returns: ids of the active processes of all companies, in order; from memory,
            so that nothing costs a query where there is none
        """
        # sudo: whoever triggers it need not see the processes
        return self.sudo().search([("trigger", "=", trigger)]).ids

    def action_open_events(self):
        """List the events of this process.

        :returns: the action that lists what set this process off, and what it started
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_distribution.lead_distribution_process_event_action"
        )
        return dict(action, domain=[("process_id", "=", self.id)], context={})

    def _origin_code(self):
        """Return a code of :data:`.constants.TASK_ORIGINS`."""
        return "process"
