"""Activities as tasks: how they ended, whose department's they are, who made them."""

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, ormcache
from odoo.tools.sql import column_exists

from ...tools.constants import TASK_ORIGINS
from ...tools.service_context import as_task, is_task
from .given import HANDS, MOVES


class MailActivity(models.Model):
    _inherit = "mail.activity"

    outcome_id = fields.Many2one(
        "lead.activity.outcome",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="How the task ended.",
    )
    lead_team_id = fields.Many2one(
        "crm.team",
        string="Department",
        index="btree_not_null",
        ondelete="set null",
        help="Without a person: anybody of the team can take it.",
    )
    lead_company_id = fields.Many2one(
        "res.company",
        string="Company of the Task",
        compute="_compute_lead_company_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="For a department task: the company of its record, otherwise of its "
        "team. Only members of that company can see and take it.",
    )
    lead_origin = fields.Selection(
        TASK_ORIGINS,
        string="Origin",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="What started the task.",
    )
    lead_date_assigned = fields.Datetime(
        string="Assigned on",
        compute="_compute_lead_date_assigned",
        store=True,
        precompute=True,
    )
    lead_reminded = fields.Datetime(
        string="Reminded on",
        readonly=True,
        copy=False,
        help="When the department was reminded that nobody has taken it.",
    )
    lead_given_model = fields.Char(
        string="Given for Records of",
        readonly=True,
        copy=False,
        groups="base.group_system",
    )
    lead_given_id = fields.Many2oneReference(
        string="Given for",
        model_field="lead_given_model",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="The record on which the person with the task may end it and comment, "
        "even without access to it. On another record they need their own access.",
    )
    lead_given_by = fields.Many2one(
        "res.users",
        string="Given by",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups="base.group_system",
    )
    lead_type_color = fields.Integer(related="activity_type_id.lead_color")
    lead_number = fields.Char(
        string="Number", compute="_compute_lead_number", search="_search_lead_number"
    )
    lead_task = fields.Json(
        compute="_compute_lead_task",
        help="Shown of a task: its outcomes to choose from, and what the reader may "
        "do with it.",
    )
    lead_needs_outcome = fields.Boolean(
        compute="_compute_lead_task",
        help="Finish it by choosing an outcome. A task without a person must be taken "
        "first.",
    )
    lead_task_mine = fields.Boolean(
        compute="_compute_lead_task_mine",
        search="_search_lead_task_mine",
        help="Managers: every task. Salespeople: their own tasks, and those of their "
        "teams that nobody took.",
    )

    # computes --------------------------------------------------------------

    @api.depends("user_id")
    def _compute_lead_date_assigned(self):
        now = fields.Datetime.now()
        for activity in self:
            activity.lead_date_assigned = now if activity.user_id else False

    @api.depends("lead_team_id", "res_model", "res_id")
    def _compute_lead_company_id(self):
        self.lead_company_id = False
        tasks = self.filtered("lead_team_id")
        companies = tasks._record_companies()
        for task in tasks:
            # sudo: a team of which the reader is no member
            team = task.lead_team_id.sudo()
            task.lead_company_id = companies[task] or team.company_id

    def _record_companies(self):
        """Look up the companies of the records of tasks.

        :returns: ``{activity: res.company}`` of the records that these are about, empty
            where there is none
        """
        found = dict.fromkeys(self, self.env["res.company"])
        for model, theirs in self.grouped("res_model").items():
            if not model or model not in self.env:
                continue
            if "company_id" not in self.env[model]._fields:
                continue
            # sudo: whoever has the task may not see the record
            records = (
                self.env[model]
                .sudo()
                .with_context(active_test=False)
                .search_fetch([("id", "in", theirs.mapped("res_id"))], ["company_id"])
            )
            companies = {record.id: record.company_id for record in records}
            for task in theirs:
                found[task] = companies.get(task.res_id, found[task])
        return found

    def _compute_lead_number(self):
        for activity in self:
            activity.lead_number = f"#{activity.id}" if activity.id else ""

    @api.model
    def _search_lead_number(self, operator, value):
        if operator not in ("=", "like", "ilike", "=like", "=ilike", "in"):
            return NotImplemented
        values = value if operator == "in" else [value]
        numbers = [str(each or "").strip(" #%") for each in values]
        # longer ones are nothing that the database could look for
        return [
            ("id", "in", [int(n) for n in numbers if n.isdecimal() and len(n) < 10])
        ]

    @api.depends("active", "activity_type_id", "lead_team_id", "user_id", "outcome_id")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_lead_task(self):
        self.lead_task = self.lead_needs_outcome = False
        if not self._lead_tasks_in_use():
            return
        manages = self.env["lead.distribution.outcomes"]._manages_tasks()
        # sudo: names of outcomes and teams, on tasks that the reader may read
        tasks = self.sudo()
        choices = self.env["lead.distribution.outcomes"]._outcomes_to_choose(tasks)
        need = tasks.filtered(lambda task: task in choices)
        others = led = tasks.browse()
        if not manages:
            others = self.env["lead.distribution.outcomes"]._of_others(tasks)
            led = self.env["lead.distribution.tasks"]._led(tasks)
        untaken = tasks.filtered(
            lambda task: task.active and task.lead_team_id and not task.user_id
        )
        takeable = (
            untaken
            if manages
            else self.env["lead.distribution.tasks"]._of_my_teams(untaken)
        )
        shown = need | others | tasks.filtered(lambda x: x.outcome_id or x.lead_team_id)
        for activity, task in zip(self, tasks, strict=True):
            if task not in shown:
                continue
            can_take = task in takeable
            activity.lead_needs_outcome = task.active and (task in need or can_take)
            activity.lead_task = {
                "outcomes": choices[task]._as_choice()
                if task.active and task in need
                else [],
                "outcome": task.outcome_id._as_choice()[0]
                if task.outcome_id
                else False,
                "can_edit": task not in others,
                "can_take": can_take,
                "can_hand_out": task.active and (manages or task in led),
                "team": task.lead_team_id.name or "",
            }
        self.env["lead.activity.pending"]._show_on(self)

    def _compute_lead_task_mine(self):
        mine = self.filtered_domain(self._search_lead_task_mine("in", [True]))
        for activity in self:
            activity.lead_task_mine = activity in mine

    @api.model
    def _search_lead_task_mine(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        tasks = Domain("res_model", "=", "crm.lead") | Domain(
            "lead_origin", "!=", False
        )
        tasks |= Domain("outcome_id", "!=", False)
        tasks |= Domain(
            "activity_type_id",
            "in",
            list(self.env["mail.activity.type"]._with_outcomes()),
        )
        if self.env["lead.distribution.outcomes"]._manages_tasks():
            return tasks
        return tasks & (
            Domain("user_id", "=", self.env.uid)
            | self.env["lead.distribution.tasks"]._of_departments()
        )

    @api.onchange("lead_team_id")
    def _onchange_lead_team_id(self):
        if self.lead_team_id:
            self.user_id = False

    # checks ----------------------------------------------------------------

    @api.constrains("outcome_id", "activity_type_id")
    def _check_outcome_type(self):
        for activity in self.filtered("outcome_id"):
            if activity.outcome_id.activity_type_id != activity.activity_type_id:
                raise UserError(
                    self.env._(
                        "“%(outcome)s” is no outcome of “%(type)s”.",
                        outcome=activity.outcome_id.name,
                        type=activity.activity_type_id.name,
                    )
                )

    # access ----------------------------------------------------------------

    @api.model
    @ormcache()
    def _lead_tasks_in_use(self):
        """Whether any type has outcomes, or any task was started or given to a
        department: until then nothing of this costs a query."""
        return bool(self.env["mail.activity.type"]._outcome_companies()) or any(
            self._lead_any(name) for name in ("lead_origin", "lead_team_id")
        )

    @api.model
    def _lead_gives(self):
        """Whether it is remembered for which record somebody gives a task.

        What comes with it is looked at only where there are tasks of ours, or leads are
        distributed and so not everybody's to read.
        """
        return bool(
            self._lead_tasks_in_use()
            or self.env["lead.distribution.route"]._distributing()
        )

    @api.model
    @ormcache("name")
    def _lead_any(self, name):
        """Whether any activity has this field set."""
        # sudo: whether there is any at all, no content
        activities = self.sudo().with_context(active_test=False)
        return bool(activities.search_count([(name, "!=", False)], limit=1))

    def _lead_first(self, values):
        """The first of its kind: from now on it is looked for."""
        for name in ("lead_origin", "lead_team_id"):
            if any(vals.get(name) for vals in values) and not self._lead_any(name):
                self.env.registry.clear_cache()
                # again when all can see it, should somebody have looked meanwhile
                self.env.cr.postcommit.add(self.env.registry.clear_cache)

    def _check_access(self, operation):
        # untaken tasks of one's teams are read whoever's the record behind them is; a
        # leader reads all of the department, and hands them out
        result = super()._check_access(operation)
        if (
            operation not in ("read", "write")
            or not result
            or not result[0]
            or not self._lead_any("lead_team_id")
            or not self.env["ir.model.access"].check(self._name, operation, False)
        ):
            return result
        forbidden = result[0]
        # sudo: which of them are a department's
        hidden = forbidden.sudo().filtered("lead_team_id")
        if not hidden:
            return result
        tasks = self.env["lead.distribution.tasks"]
        open_to_me = tasks._led(hidden)
        if operation == "read":
            open_to_me |= tasks._of_my_teams(hidden.filtered(lambda x: not x.user_id))
        if not open_to_me:
            return result
        still = forbidden - open_to_me.sudo(False)
        return (still, lambda: still._make_access_error(operation)) if still else None

    @api.model
    def _search(
        self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs
    ):
        if self.env.su or bypass_access or not self._lead_any("lead_team_id"):
            return super()._search(
                domain, offset, limit, order, bypass_access=bypass_access, **kwargs
            )
        untaken = self.env["lead.distribution.tasks"]._of_departments()
        if untaken.is_false():
            return super()._search(domain, offset, limit, order, **kwargs)
        # what Odoo shows anyway, as far as the page reaches, or what one may take
        last = offset + limit if limit else None
        seen = super()._search(domain, 0, last, order, **kwargs)
        return super()._search(
            Domain(domain) & (Domain("id", "in", seen) | untaken),
            offset,
            limit,
            order,
            bypass_access=True,
            **kwargs,
        )

    # CRUD ------------------------------------------------------------------

    def _auto_init(self):
        fresh = not column_exists(self.env.cr, self._table, "lead_given_id")
        result = super()._auto_init()
        if fresh:
            self._fill_given()
        return result

    @api.model
    def _fill_given(self):
        """What superusers had given before it was remembered stays given. What people
        made is theirs to end where they may write."""
        self.env.cr.execute(
            SQL(
                """UPDATE mail_activity
                      SET lead_given_model = res_model, lead_given_id = res_id,
                          lead_given_by = create_uid
                    WHERE active AND create_uid = %s AND res_model IS NOT NULL""",
                SUPERUSER_ID,
            )
        )
        self.invalidate_model()

    @api.model_create_multi
    def create(self, vals_list):
        activities, vals_list = self.env["lead.distribution.given"]._task_values(
            self, vals_list
        )
        self._lead_first(vals_list)
        activities = super(MailActivity, activities).create(vals_list)
        if not self.env.su and self._lead_gives():
            self.env["lead.distribution.given"]._give(activities)
        return activities

    def write(self, vals):
        self.env["lead.distribution.outcomes"]._check_task_change(self, vals)
        self._lead_first([vals])
        if not self.env.su:
            vals = self.env["lead.distribution.given"]._without_computed(vals)
        if vals.get("active") and self._lead_tasks_in_use():
            # open again: it has not ended
            vals = {**vals, "outcome_id": False}
        moved, handed = not MOVES.isdisjoint(vals), not HANDS.isdisjoint(vals)
        if not moved and not handed:
            return super().write(vals)
        itself = is_task(self)
        person = not self.env.su and not itself
        given = self.browse()
        if moved and person:
            self.env["lead.distribution.given"]._check_documents(self)
        elif moved:
            given = self.env["lead.distribution.given"]._as_given(self)
        writer = self._as_handed_out(vals) if person else self
        result = super(MailActivity, writer).write(vals)
        if moved and person:
            self.env["lead.distribution.given"]._check_documents(self)
        if person and self._lead_gives() or handed and self.env.su and not itself:
            self.env["lead.distribution.given"]._give(self)
        elif given:
            # whoever had it has it where the product moved it to, such as by merging
            for model, theirs in given.grouped("res_model").items():
                for record_id, some in theirs.grouped("res_id").items():
                    as_task(some).write(
                        {"lead_given_model": model, "lead_given_id": record_id}
                    )
        return result

    def _as_handed_out(self, vals):
        """Return the tasks as they are written: a leader hands out the department's,
        also on leads that they may not change."""
        if not HANDS.issuperset(vals):
            return self
        tasks = self.sudo()  # sudo: whose department's they are, to decide
        if tasks - self.env["lead.distribution.tasks"]._led(tasks):
            return self
        self.check_access("write")
        return as_task(tasks)

    def unlink(self):
        self.env["lead.distribution.outcomes"]._check_task_removal(self)
        return super().unlink()
