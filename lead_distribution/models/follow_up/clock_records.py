"""The clock, on the records: what a route wants, what runs on a lead, what the ledger
keeps of it."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError

RESULTS = [("kept", "Met"), ("missed", "Missed")]


class LeadDistributionRoute(models.Model):
    _inherit = "lead.distribution.route"

    clock_minutes = fields.Integer(
        string="Minutes for the First Follow-up",
        tracking=True,
        help="Counted from the assignment of the lead. 0: no deadline.",
    )
    clock_working_time = fields.Boolean(
        string="Deadline in Working Hours",
        default=True,
        help="The minutes run in the working hours of the route, else the company's.",
    )
    clock_step_ids = fields.One2many(
        "lead.distribution.clock.step", "route_id", string="Steps", copy=True
    )

    _clock_positive = models.Constraint(
        "CHECK (clock_minutes >= 0)", "Minutes cannot be negative."
    )

    def _describe_more(self):
        parts = super()._describe_more()
        if self.clock_minutes:
            parts.append(
                self.env._("followed up within %s working minutes", self.clock_minutes)
                if self.clock_working_time
                else self.env._("followed up within %s minutes", self.clock_minutes)
            )
        return parts


class LeadDistributionClockStep(models.Model):
    """What happens before or after the time for the first follow-up is over."""

    _name = "lead.distribution.clock.step"
    _description = "Deadline Step of a Lead"
    _inherit = "lead.distribution.guard"
    _order = "sequence, id"

    route_id = fields.Many2one(
        "lead.distribution.route", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    number = fields.Integer(string="Time", default=10, required=True)
    unit = fields.Selection(
        [("minutes", "Minutes"), ("hours", "Hours")], default="minutes", required=True
    )
    when = fields.Selection(
        [("before", "before the end"), ("after", "after the end")],
        default="after",
        required=True,
    )
    working_time = fields.Boolean(
        help="The time of this step runs in working hours only."
    )
    action = fields.Selection(
        [
            ("remind", "Remind the salesperson"),
            ("leader", "Notify the leader"),
            ("next", "Offer it to the next"),
            ("reassign", "Assign it to somebody else"),
            ("pool", "Move it to the pool"),
        ],
        default="remind",
        required=True,
        help="The leader of the team, otherwise the responsible of the route. "
        "Salespeople who missed the deadline of this lead do not get it back. If "
        "nobody else can take it, it stays.",
    )

    _number_positive = models.Constraint(
        "CHECK (number >= 0)", "A time cannot be negative."
    )

    @api.constrains("when", "action")
    def _check_action(self):
        for step in self:
            if step.when == "before" and step.action not in ("remind", "leader"):
                raise ValidationError(
                    self.env._(
                        "People can be notified before the deadline. The lead stays "
                        "with its salesperson."
                    )
                )

    def _minutes(self):
        """Return the time of the step in minutes."""
        self.ensure_one()
        return self.number * (60 if self.unit == "hours" else 1)

    @api.depends("number", "unit", "when", "action")
    def _compute_display_name(self):
        def label(step, name):
            labels = dict(step._fields[name]._description_selection(self.env))
            return labels.get(step[name], "")

        for step in self:
            step.display_name = self.env._(
                "%(number)s %(unit)s %(when)s: %(action)s",
                number=step.number,
                unit=label(step, "unit"),
                when=label(step, "when"),
                action=label(step, "action"),
            )


class CrmLead(models.Model):
    _inherit = "crm.lead"

    clock_start = fields.Datetime(
        string="Deadline Start",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When it began.",
    )
    clock_deadline = fields.Datetime(
        string="Follow Up until",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Until then the salesperson has to follow up for the first time.",
    )
    clock_state = fields.Selection(
        [("running", "Running"), *RESULTS],
        string="Follow-up in Time",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    clock_next = fields.Datetime(
        string="Next Deadline Step",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the next step of the deadline is due.",
    )
    clock_plan = fields.Json(
        string="Deadline Plan",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="What is due when: [[moment, step], ...], step 0 for the end.",
    )

    _clock_next_idx = models.Index(
        "(company_id, clock_next) WHERE clock_next IS NOT NULL"
    )


class LeadDistributionAssignment(models.Model):
    _inherit = "lead.distribution.assignment"

    clock_deadline = fields.Datetime(
        string="Follow Up until",
        readonly=True,
        help="See the follow-up deadline of the route.",
    )
    clock_result = fields.Selection(RESULTS, string="Follow-up", readonly=True)

    _clock_idx = models.Index(
        "(user_id, clock_deadline) WHERE clock_result IS NOT NULL"
    )


class ResCompany(models.Model):
    _inherit = "res.company"

    lead_clock_pause_after = fields.Integer(
        string="Pause after Missed Follow-ups",
        help="Salespeople who miss the deadline of the first follow-up this many "
        "times in a row are paused. They and the manager of distribution are "
        "notified. 0: never.",
        groups="base.group_user",
    )

    _lead_clock_pause_positive = models.Constraint(
        "CHECK (lead_clock_pause_after >= 0)", "A number cannot be negative."
    )


class LeadDistributionCompanySettings(models.AbstractModel):
    _inherit = "lead.distribution.company.settings"

    lead_clock_pause_after = fields.Integer(
        related="company_id.lead_clock_pause_after", readonly=False
    )


class LeadDistributionExplanation(models.AbstractModel):
    _inherit = "lead.distribution.explanation"

    @api.model
    def _explain_more(self, row, trace):
        """What the clock of an assignment was, and who lost the lead by one."""
        _ = self.env._
        parts = super()._explain_more(row, trace)
        texts = []
        if trace.get("clock"):
            user_id, deadline = trace["clock"]
            texts.append(
                _(
                    "%(name)s did not follow up before the deadline: %(deadline)s.",
                    name=self.env["lead.distribution.filters"]._name_of(
                        "res.users", user_id
                    ),
                    deadline=self._moment(fields.Datetime.to_datetime(deadline)),
                )
            )
        if row.clock_deadline:
            values = {"deadline": self._moment(row.clock_deadline)}
            texts.append(
                {
                    "kept": _("To be followed up by %(deadline)s: met.", **values),
                    "missed": _("To be followed up by %(deadline)s: missed.", **values),
                }.get(
                    row.clock_result,
                    _("To be followed up by %(deadline)s.", **values),
                )
            )
        return parts + [
            Markup("<p class='lead_distribution_clock'>%s</p>") % text for text in texts
        ]
