"""What a task gives to whom it is given: to end it, with all that follows, and to
comment on it, on the very record for which it was given, seen or not. On any other
record they need the right of their own."""

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError, UserError

from ...tools.service_context import as_task

#: for which record a task is given, and by whom
GIVEN = ("lead_given_model", "lead_given_id", "lead_given_by")

#: written by the product alone, whoever asks
SERVICE_TASK_FIELDS = {
    "outcome_id",
    "lead_origin",
    "lead_reminded",
    "lead_step_id",
    "lead_distribution_unplaced",
    *GIVEN,
}
#: computed; what a form sends back of them is left out
COMPUTED_TASK_FIELDS = {"lead_company_id", "lead_date_assigned"}

#: by what a task points to its record, and whose it is
MOVES = {"res_id", "res_model", "res_model_id"}
HANDS = {"user_id", "lead_team_id"}


class LeadDistributionGiven(models.AbstractModel):
    _name = "lead.distribution.given"
    _description = "Lead Distribution: Given"

    # values from outside ---------------------------------------------------

    @api.model
    def _task_values(self, activities, vals_list):
        """What ``create`` was asked for, without what is not the caller's to say.

        :param activities: the recordset ``create`` was called on, for its context
        :returns: ``(recordset to create with, values to create)``
        :raises AccessError: when somebody writes what only the product writes
        """
        person = not activities.env.su
        context = activities.env.context
        dropped = {f"default_{name}" for name in COMPUTED_TASK_FIELDS}
        if person:
            values = [dict(vals) for vals in vals_list]
            values.append(
                {
                    name: context.get(f"default_{name}")
                    for name in (*SERVICE_TASK_FIELDS, "calendar_event_id")
                }
            )
            for vals in values:
                self._check_service_fields(name for name in vals if vals[name])
                self._check_meeting(activities, vals)
            vals_list = [self._without_computed(vals) for vals in vals_list]
        else:
            # a caller's context is no order to a superuser
            dropped |= {f"default_{name}" for name in SERVICE_TASK_FIELDS | HANDS}
            vals_list = [
                {**self._given_by_superuser(activities, vals), **vals}
                for vals in vals_list
            ]
        if not dropped.isdisjoint(context):
            context = {k: v for k, v in context.items() if k not in dropped}
            activities = activities.with_context(context)  # pylint: disable=context-overridden
        return activities, vals_list

    @api.model
    def _check_service_fields(self, names):
        """Refuse what nobody but the service writes on a task.

        :raises AccessError: when one of these fields is the product's alone
        """
        written = SERVICE_TASK_FIELDS.intersection(names)
        if "outcome_id" in written:
            raise AccessError(
                self.env._(
                    "Finish the task by choosing its outcome, so that the next "
                    "steps start."
                )
            )
        if written:
            raise AccessError(
                self.env._(
                    "Odoo sets “%s” of a task itself. You cannot change it.",
                    ", ".join(sorted(written)),
                )
            )

    @api.model
    def _without_computed(self, vals):
        if COMPUTED_TASK_FIELDS.isdisjoint(vals):
            return vals
        return {k: v for k, v in vals.items() if k not in COMPUTED_TASK_FIELDS}

    @api.model
    def _check_meeting(self, activities, vals):
        """A meeting writes its text and day on its tasks: they are tied to meetings
        that one may change.

        :raises AccessError: for a meeting that one may not
        """
        if vals.get("calendar_event_id"):
            event = activities.env["calendar.event"].browse(vals["calendar_event_id"])
            event.check_access("write")

    # giving ----------------------------------------------------------------

    @api.model
    def _giver(self, su, user_id, automated):
        """Tell who gives a task.

        :returns: id of the user who gives a task; a superuser's code gives in its own
            name what is automated, and in the caller's what is not; None for what
            somebody gives to themselves: that is no gift
        """
        giver = SUPERUSER_ID if su and automated else self.env.uid
        return None if user_id == giver and giver != SUPERUSER_ID else giver

    @api.model
    def _given_by_superuser(self, activities, vals):
        """Tell for which record, and by whom, a superuser's code gives a task.

        :returns: :data:`GIVEN` of a task about to be made by a superuser, whose code
            has looked at the rights of whoever asked
        """
        context = activities.env.context

        def value(name):
            return vals.get(name, context.get(f"default_{name}"))

        model, model_id = value("res_model"), value("res_model_id")
        if not model and model_id:
            model = activities.env["ir.model"].browse(model_id).model
        giver = self._giver(True, value("user_id"), value("automated"))
        if not model or not value("res_id") or not giver:
            return dict.fromkeys(GIVEN, False)
        return dict(zip(GIVEN, (model, value("res_id"), giver), strict=True))

    @api.model
    def _give(self, activities):
        """Remember for which record these tasks are given to somebody else: by a
        superuser, or by a person who may write it. Otherwise they are no gift.

        :param activities: with the environment of who gives them
        """
        su = activities.env.su
        tasks = activities.sudo()  # sudo: what is remembered is nobody's to write
        gifts = {}
        for model, theirs in tasks.grouped("res_model").items():
            others = theirs.filtered(
                lambda task: self._giver(su, task.user_id.id, task.automated)
            )
            if not others or not model or model not in self.env:
                continue
            records = activities.env[model].browse(set(others.mapped("res_id")))
            allowed = set(records if su else self._writable(records))
            for task in others.filtered(
                lambda task, records=records, allowed=allowed: (
                    records.browse(task.res_id) in allowed
                )
            ):
                giver = self._giver(su, task.user_id.id, task.automated)
                key = (model, task.res_id, giver)
                gifts[key] = gifts.get(key, tasks.browse()) | task
        for key, given in gifts.items():
            as_task(given).write(dict(zip(GIVEN, key, strict=True)))
        rest = tasks - tasks.browse().union(*gifts.values())
        rest = rest.filtered("lead_given_id")
        as_task(rest).write(dict.fromkeys(GIVEN, False))

    @api.model
    def _writable(self, records):
        """Return those of some records that their user may write."""
        # sudo: whether they are still there
        existing = records.sudo().exists().sudo(False)
        return existing._filtered_access("write")

    @api.model
    def _as_given(self, activities):
        """Return those that still point to the record for which they were given."""
        # sudo: for which record it was given, which nobody else writes
        return activities.sudo().filtered(
            lambda task: (
                task.lead_given_id
                and task.lead_given_id == task.res_id
                and task.lead_given_model == task.res_model
            )
        )

    @api.model
    def _given_to_me(self, activities):
        """Pick the tasks that others gave to the current user.

        :returns: those that others gave to the current user, or to the current user's
            department, for the record to which they point
        """
        me = self.env.user
        given = self._as_given(activities).filtered(
            lambda task: task.lead_given_by != me
        )
        untaken = given.filtered(lambda task: not task.user_id)
        return given.filtered(lambda task: task.user_id == me) | self.env[
            "lead.distribution.tasks"
        ]._of_my_teams(untaken)

    # moving ----------------------------------------------------------------

    @api.model
    def _check_documents(self, activities):
        """Whether the current user may put these activities where they are, or take
        them from there.

        :raises AccessError: unless they may write to the record of each, as Odoo asks
            of who makes an activity there
        """
        env = activities.env
        # sudo: to which records the tasks point, to check rights there
        for model, theirs in activities.sudo().grouped("res_model").items():
            if not model or model not in env:
                forbidden = theirs.filtered(lambda task: task.user_id != env.user)
            else:
                ids = set(theirs.mapped("res_id"))
                # sudo: whether they are still there
                ids = set(env[model].sudo().browse(ids).exists()._ids)
                allowed = env["mail.message"]._filter_records_for_message_operation(
                    model, ids, "create"
                )
                forbidden = theirs.filtered(
                    lambda task, ids=ids, allowed=allowed: (
                        task.res_id in ids and task.res_id not in allowed._ids
                    )
                )
            if forbidden:
                raise AccessError(
                    self.env._(
                        "You can only move a task between records that you may edit."
                    )
                )

    @api.model
    def _check_model(self, vals):
        """Check that there are records of the task's model.

        :raises UserError: when a task is to point to records that there are not
        """
        if vals.get("res_model") and vals["res_model"] not in self.env:
            raise UserError(
                self.env._("There are no records of “%s”.", vals["res_model"])
            )

    # acting ----------------------------------------------------------------

    @api.model
    def _check_may_act(self, activities, operation="write"):
        """Check that the current user may act on the records of tasks.

        :param operation: ``write`` to end tasks, ``read`` to comment on them
        :raises AccessError: unless the current user may do that to the record of each
            of these tasks, or was given the task on that record
        """
        if self.env.su:
            return
        # sudo: to which records the tasks point, to check rights there
        tasks = activities.sudo().filtered(
            lambda task: task.res_model and task.res_model in self.env
        )
        for model, theirs in (
            (tasks - self._given_to_me(tasks)).grouped("res_model").items()
        ):
            records = self.env[model].browse(set(theirs.mapped("res_id")))
            # sudo: whether they are still there; nothing happens to those that are not
            records = records.sudo().exists().sudo(False)
            allowed = records._filtered_access(operation)
            forbidden = theirs.filtered(
                lambda task, records=records, allowed=allowed: (
                    task.res_id in (records - allowed)._ids
                )
            )
            if not forbidden:
                continue
            task = forbidden[0].display_name
            raise AccessError(
                self.env._(
                    "You cannot change the record of the task “%s”: ask a manager to "
                    "finish it.",
                    task,
                )
                if operation == "write"
                else self.env._("You cannot see the record of the task “%s”.", task)
            )
