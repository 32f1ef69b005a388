from odoo import api, fields, models

from ...tools.constants import TRIGGERS
from ...tools.locale import moment


class LeadDistributionRun(models.Model):
    """A batch: who let how many leads be distributed, and when. Made and closed
    by the service only; a single creation needs none."""

    _name = "lead.distribution.run"
    _description = "Lead Distribution Run"
    _order = "id desc"

    trigger = fields.Selection(TRIGGERS, required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Started by", readonly=True, ondelete="set null"
    )
    rule_id = fields.Many2one(
        "lead.distribution.rule", readonly=True, ondelete="set null"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    date_start = fields.Datetime(string="Start", required=True, readonly=True)
    date_end = fields.Datetime(string="End", readonly=True)
    duration = fields.Float(string="Seconds", readonly=True, digits=(16, 2))
    lead_count = fields.Integer(string="Leads", readonly=True)
    assigned_count = fields.Integer(string="Assigned", readonly=True)
    pool_count = fields.Integer(string="To the Pool", readonly=True)
    absence_id = fields.Many2one(
        "lead.distribution.absence",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    deputy_id = fields.Many2one(
        "res.users", string="Lent to", readonly=True, ondelete="set null"
    )
    date_returned = fields.Datetime(string="Given Back on", readonly=True)
    note = fields.Char(readonly=True)
    assignment_ids = fields.One2many(
        "lead.distribution.assignment", "run_id", string="Assignments", readonly=True
    )

    undone_count = fields.Integer(string="Undone", readonly=True)
    date_undone = fields.Datetime(string="Undone on", readonly=True)
    undone_by_id = fields.Many2one(
        "res.users", string="Undone by", readonly=True, ondelete="set null"
    )

    # distributed by hand in the background, block by block
    work_asked_by_id = fields.Many2one(
        "res.users",
        string="Being Distributed for",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    work_total = fields.Integer(string="To Be Distributed", readonly=True)
    work_done = fields.Integer(string="Distributed So Far", readonly=True)
    work_left = fields.Json(readonly=True, help="Ids of the leads still to come.")
    work_stopped_by_id = fields.Many2one(
        "res.users", string="Stopped by", readonly=True, ondelete="set null"
    )

    undo_asked_by_id = fields.Many2one(
        "res.users",
        string="Being Undone for",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    undo_again = fields.Boolean(readonly=True)
    undo_total = fields.Integer(
        string="To Be Taken Back",
        readonly=True,
        help="Number of leads and customers that will be returned.",
    )
    undo_stopped_by_id = fields.Many2one(
        "res.users", string="Undo Stopped by", readonly=True, ondelete="set null"
    )

    @api.depends("trigger", "rule_id", "date_start", "note")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        triggers = dict(self._fields["trigger"]._description_selection(self.env))
        for run in self:
            # sudo: a name alone, of a rule of the run's company
            what = run.sudo().rule_id.name or triggers.get(run.trigger, "")
            what = f"{what}: {run.note}" if run.note else what
            at = run.date_start and moment(self.env, run.date_start)
            run.display_name = f"{what}, {at}" if at else what

    def action_open_assignments(self):
        """List what this run decided."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lead_distribution.lead_distribution_assignment_action"
        )
        return dict(action, domain=[("run_id", "=", self.id)], context={})
