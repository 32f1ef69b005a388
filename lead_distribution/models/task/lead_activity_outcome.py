from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.constants import TASK_DELAYS


class LeadActivityOutcome(models.Model):
    """How a task of a type may end, and what follows from that.

    What follows is found by its key (``outcome_effects.py``); other addons add theirs.
    """

    _name = "lead.activity.outcome"
    _inherit = ["lead.distribution.shared", "lead.distribution.guard"]
    _description = "Outcome of a Task"
    _order = "activity_type_id, sequence, id"

    activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="Type",
        required=True,
        ondelete="cascade",
        index=True,
    )
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    icon = fields.Char(
        help="A Font Awesome icon, such as fa-check, fa-phone or fa-calendar."
    )
    color = fields.Integer()
    is_success = fields.Boolean(string="Success", help="Counts as a successful task.")
    # what follows
    mail_template_id = fields.Many2one(
        "mail.template", string="Send Email", ondelete="restrict"
    )
    next_activity_type_id = fields.Many2one(
        "mail.activity.type", string="Next Task", ondelete="restrict", index=True
    )
    next_delay_number = fields.Integer(
        string="After",
        help="Minutes and hours: the task appears after this time. Days, weeks and "
        "months: the task appears at once and is due after this time.",
    )
    next_delay_unit = fields.Selection(TASK_DELAYS, default="days", required=True)
    next_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Only within Hours",
        ondelete="set null",
        help="Outside of these hours the next task waits for the next opening; days "
        "are working days.",
    )
    next_assignee = fields.Selection(
        [
            ("same", "The same person"),
            ("user", "A person"),
            ("team", "A department: the first to take it"),
        ],
        string="For",
        default="same",
        required=True,
    )
    next_user_id = fields.Many2one(
        "res.users",
        string="Person",
        domain=[("share", "=", False)],
        ondelete="set null",
    )
    next_team_id = fields.Many2one(
        "crm.team", string="Department", ondelete="restrict", index="btree_not_null"
    )
    stage_id = fields.Many2one(
        "crm.stage", string="Move to Stage", ondelete="restrict", index="btree_not_null"
    )
    tag_ids = fields.Many2many("crm.tag", string="Add Tags")
    lost_reason_id = fields.Many2one("crm.lost.reason", ondelete="restrict")
    removal_reason_id = fields.Many2one(
        "lead.distribution.removal.reason",
        ondelete="restrict",
        help="It was not a lead. It is not counted anywhere.",
    )
    redistribute = fields.Selection(
        [
            ("no", "Stays where it is"),
            ("routes", "Through all routes"),
            ("route", "Through one route"),
        ],
        string="Distribute Again",
        default="no",
        required=True,
    )
    route_id = fields.Many2one("lead.distribution.route", ondelete="restrict")
    redistribute_to_others = fields.Boolean(
        string="To Somebody Else",
        help="The person who finished the task does not get the lead again.",
    )
    server_action_id = fields.Many2one(
        "ir.actions.server",
        string="Run Action",
        ondelete="restrict",
        help="One that an administrator allowed for outcomes.",
    )
    summary = fields.Char(
        string="Next Steps", compute="_compute_summary", help="In one sentence."
    )

    _delay_positive = models.Constraint(
        "CHECK (next_delay_number >= 0)", "A delay cannot be negative."
    )

    # computes --------------------------------------------------------------

    @api.depends_context("lang", "uid", "allowed_company_ids")
    @api.depends(
        "mail_template_id",
        "next_activity_type_id",
        "next_delay_number",
        "next_delay_unit",
        "next_assignee",
        "next_user_id",
        "next_team_id",
        "stage_id",
        "tag_ids",
        "lost_reason_id",
        "removal_reason_id",
        "redistribute",
        "route_id",
        "redistribute_to_others",
        "server_action_id",
    )
    def _compute_summary(self):
        for outcome in self:
            outcome.summary = outcome._describe()

    # checks ----------------------------------------------------------------

    @api.constrains("next_assignee", "next_user_id", "next_team_id", "redistribute")
    def _check_chosen(self):
        _ = self.env._
        for outcome in self:
            if outcome.next_activity_type_id:
                if outcome.next_assignee == "user" and not outcome.next_user_id:
                    raise ValidationError(
                        _("Outcome “%s”: choose who gets the next task.", outcome.name)
                    )
                if outcome.next_assignee == "team" and not outcome.next_team_id:
                    raise ValidationError(
                        _(
                            "Outcome “%s”: choose the department of the next task.",
                            outcome.name,
                        )
                    )
            if outcome.redistribute == "route" and not outcome.route_id:
                raise ValidationError(
                    _("Outcome “%s”: choose the route.", outcome.name)
                )

    @api.constrains("lost_reason_id", "removal_reason_id", "redistribute")
    def _check_one_end(self):
        for outcome in self:
            ends = [
                outcome.lost_reason_id,
                outcome.removal_reason_id,
                outcome.redistribute != "no",
            ]
            if len([end for end in ends if end]) > 1:
                raise ValidationError(
                    self.env._(
                        "Outcome “%s”: a lead is lost, or removed, or distributed "
                        "again; choose one of these.",
                        outcome.name,
                    )
                )

    @api.constrains("server_action_id")
    def _check_server_action(self):
        for action in self.server_action_id:
            if not action.filtered_domain(action._allowed_for_outcomes()):
                raise ValidationError(
                    self.env._(
                        "An outcome runs actions that an administrator has allowed "
                        "for outcomes."
                    )
                )

    @api.constrains(
        "company_id",
        "activity_type_id",
        "next_activity_type_id",
        "next_team_id",
        "route_id",
        "removal_reason_id",
    )
    def _check_companies(self):
        for outcome in self.filtered("company_id"):
            companies = (
                outcome.activity_type_id.lead_company_id
                | outcome.next_activity_type_id.lead_company_id
                | outcome.next_team_id.company_id
                | outcome.route_id.company_id
                | outcome.removal_reason_id.company_id
            )
            if companies - outcome.company_id:
                raise ValidationError(
                    self.env._(
                        "Outcome “%(outcome)s” belongs to %(company)s, but uses "
                        "records of another company.",
                        outcome=outcome.name,
                        company=outcome.company_id.name,
                    )
                )

    # CRUD ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._with_outcome(vals) for vals in vals_list]
        vals_list = [self._with_company(vals) for vals in vals_list]
        self._allow_actions(vals_list)
        outcomes = super().create(vals_list)
        if not self.env.context.get("install_mode"):
            # who adds an outcome to a type wants it to be chosen
            # sudo: which types have outcomes; written with the own rights
            outcomes.activity_type_id.sudo().filtered(
                lambda kind: not kind.lead_with_outcomes
            ).sudo(self.env.su).write({"lead_with_outcomes": True})
        self.env.registry.clear_cache()
        return outcomes

    @api.model
    def _allow_actions(self, vals_list):
        """An administrator who chooses an action for an outcome allows it."""
        if self.env.is_system():
            ids = [
                vals["server_action_id"]
                for vals in vals_list
                if vals.get("server_action_id")
            ]
            chosen = self.env["ir.actions.server"].browse(ids).exists()
            chosen.filtered(lambda x: not x.lead_outcome_allowed).write(
                {"lead_outcome_allowed": True}
            )

    @api.model
    def _with_company(self, vals):
        """Complete an outcome's values by its company.

        :returns: values of an outcome; by default it is the company's whose type it
            ends
        """
        kind_id = vals.get(
            "activity_type_id", self.env.context.get("default_activity_type_id")
        )
        if "company_id" in vals or not kind_id:
            return vals
        # sudo: whose type it is, whatever the companies at hand
        kind = self.env["mail.activity.type"].sudo().browse(kind_id)
        if kind.lead_company_id:
            return {**vals, "company_id": kind.lead_company_id.id}
        return vals

    def write(self, vals):
        if "activity_type_id" in vals:
            self.filtered(lambda x: not x.step_id)._check_unused(
                self.env._("moved to another type")
            )
        vals = self._with_outcome(vals)
        self._allow_actions([vals])
        result = super().write(vals)
        if not {"active", "activity_type_id", "company_id"}.isdisjoint(vals):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def _check_unused(self, what):
        used = (
            self.env["mail.activity"]
            .sudo()  # sudo: a number, for the message
            .with_context(active_test=False)
            ._read_group(
                [("outcome_id", "in", self.ids)], ["outcome_id"], ["__count"], limit=1
            )
        )
        for outcome, count in used:
            raise UserError(
                self.env._(
                    "Tasks that ended with “%(outcome)s”: %(count)s. It cannot be "
                    "%(what)s; archive it instead.",
                    count=count,
                    outcome=outcome.name,
                    what=what,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_unused(self.env._("deleted"))

    # business --------------------------------------------------------------

    def _next_user(self, activity):
        """Tell whose the next task is.

        :returns: who has the next task after ``activity``, ``res.users``; nobody when
            it is a department's
        """
        self.ensure_one()
        if self.next_assignee == "same":
            return activity.user_id or self.env.user
        if self.next_assignee == "user":
            return self.next_user_id
        return self.env["res.users"]

    def _usable(self, company):
        """Keep the outcomes that the current user may choose.

        :param company: of the record that a task is about, ``res.company``; empty for
            a record of no company
        :returns: those with which the current user may end such a task: shared ones,
            and those of a company at hand, if it is the record's
        """
        if self.env.uid == SUPERUSER_ID:
            mine = self
        else:
            mine = self.filtered(lambda x: x.company_id in self.env.companies)
            mine |= self.filtered(lambda x: not x.company_id)
        return mine.filtered(
            lambda x: not (company and x.company_id) or x.company_id == company
        )

    def _as_choice(self):
        """Return what a person needs to choose it, a dictionary each."""
        return [
            {
                "id": outcome.id,
                "name": outcome.name,
                "icon": outcome.icon or "",
                "color": outcome.color,
                "success": outcome.is_success,
            }
            for outcome in self
        ]
