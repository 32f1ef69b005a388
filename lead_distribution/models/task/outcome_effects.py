"""What follows from an outcome (S4): effects, found by their key.

An effect is a key and its label in :meth:`_effects`, and three methods of the outcome:
``_follows_<key>(model)``, whether it takes effect on records of that model;
``_describe_<key>()``, its part of the sentence "What Follows", "" if there is none;
``_apply_<key>(activities)``, which does it for tasks of one model that are done, as
superuser.
"""

from odoo import Command, api, models
from odoo.exceptions import UserError

from ...tools.locale import duration
from ...tools.service_context import outside
from ...tools.task_spec import TaskSpec


class LeadActivityOutcome(models.Model):
    _inherit = "lead.activity.outcome"

    @api.model
    def _effects(self):
        """Hook: what may follow, in the order in which it is done.

        :returns: ``{key: label}``, in the reader's language
        """
        _ = self.env._
        return {
            "mail": _("Email"),
            "next": _("Next task"),
            "stage": _("Stage"),
            "tags": _("Tags"),
            "lost": _("Lost reason"),
            "removal": _("Removal reason"),
            "redistribute": _("Distribution"),
            "action": _("Server action"),
        }

    def _steps(self, model):
        """List what follows from this outcome.

        :param model: name of the model of the records behind the tasks
        :returns: keys of :meth:`_effects`, in order; one that does not say when it
            follows always does
        """
        self.ensure_one()
        steps = []
        for key in self._effects():
            follows = getattr(self, f"_follows_{key}", None)
            if not follows or follows(model):
                steps.append(key)
        return steps

    def _describe(self):
        """Return what follows, in one sentence."""
        self.ensure_one()
        parts = []
        for key in self._effects():
            describe = getattr(self, f"_describe_{key}", None)
            part = describe() if describe else ""
            if part:
                parts.append(part)
        return "; ".join(parts)

    def _apply_effect(self, key, activities):
        """Do what follows, by its key.

        :raises UserError: when nothing does it: its addon is not whole
        """
        apply = getattr(self, f"_apply_{key}", None)
        if not apply:
            raise UserError(self.env._("No action is set for it."))
        return apply(activities)

    def _name_of(self, records):
        """Return the names of records as far as the reader may know them."""
        names = self.env["lead.distribution.filters"]._names_of(records._origin)
        return ", ".join(names)

    def _records_of(self, activities):
        """Collect the records on which outcomes take effect.

        :returns: the records behind tasks of one model, each once. As superuser:
            whoever finishes a task sets off what managers decided, on records that they
            may not see themselves
        """
        ids = list(dict.fromkeys(activities.mapped("res_id")))
        # sudo: what managers decided is done on records that the user may not see
        return self.env[activities[0].res_model].sudo().browse(ids)

    # an email ------------------------------------------------------------

    def _follows_mail(self, model):
        # a template for other records has nothing to say of these
        return self.mail_template_id and self.mail_template_id.model == model

    def _describe_mail(self):
        if not self.mail_template_id:
            return ""
        return self.env._("email “%s”", self._name_of(self.mail_template_id))

    def _apply_mail(self, activities):
        # sudo: the template is the manager's choice, sent for everybody
        template = self.mail_template_id.sudo()
        template.send_mail_batch(self._records_of(activities).ids)

    # the next task -------------------------------------------------------

    def _follows_next(self, model):
        return bool(self.next_activity_type_id)

    def _describe_next(self):
        if not self.next_activity_type_id:
            return ""
        _ = self.env._
        task = self._name_of(self.next_activity_type_id)
        if self.next_delay_number:
            time = duration(self.env, self.next_delay_number, self.next_delay_unit)
            task = _("%(task)s after %(time)s", task=task, time=time)
        who = {"user": self.next_user_id, "team": self.next_team_id}
        if who.get(self.next_assignee):
            who = self._name_of(who[self.next_assignee])
            task = _("%(task)s for %(who)s", task=task, who=who)
        return task

    def _apply_next(self, activities):
        team = self.next_team_id if self.next_assignee == "team" else None
        for user, theirs in activities.grouped(self._next_user).items():
            self.env["lead.distribution.tasks"]._start_tasks(
                self._records_of(theirs),
                TaskSpec(
                    activity_type_id=self.next_activity_type_id.id,
                    user_id=user.id,
                    team_id=team.id if team else None,
                    delay_number=self.next_delay_number,
                    delay_unit=self.next_delay_unit,
                    resource_calendar_id=self.next_calendar_id.id,
                    origin="outcome",
                ),
            )

    # the lead's stage and tags -------------------------------------------

    def _follows_stage(self, model):
        return model == "crm.lead" and self.stage_id

    def _describe_stage(self):
        if not self.stage_id:
            return ""
        return self.env._("stage %s", self._name_of(self.stage_id))

    def _apply_stage(self, activities):
        leads = self._records_of(activities)
        leads.filtered(lambda lead: lead.stage_id != self.stage_id).write(
            {"stage_id": self.stage_id.id}
        )

    def _follows_tags(self, model):
        return model == "crm.lead" and self.tag_ids

    def _describe_tags(self):
        # sudo: whoever manages tasks without sales rights may not read tags
        tags = self.sudo().tag_ids
        return self.env._("tags %s", self._name_of(tags.sudo(False))) if tags else ""

    def _apply_tags(self, activities):
        self._records_of(activities).write(
            {"tag_ids": [Command.link(tag.id) for tag in self.tag_ids]}
        )

    # the end of a lead ---------------------------------------------------

    def _follows_lost(self, model):
        return model == "crm.lead" and self.lost_reason_id

    def _describe_lost(self):
        if not self.lost_reason_id:
            return ""
        return self.env._("lost: %s", self._name_of(self.lost_reason_id))

    def _apply_lost(self, activities):
        leads = self._records_of(activities).filtered("active")
        leads.action_set_lost(lost_reason_id=self.lost_reason_id.id)

    def _follows_removal(self, model):
        return model == "crm.lead" and self.removal_reason_id

    def _describe_removal(self):
        if not self.removal_reason_id:
            return ""
        return self.env._("removed: %s", self._name_of(self.removal_reason_id))

    def _apply_removal(self, activities):
        leads = self._records_of(activities)
        self.env["lead.distribution.removal.service"]._remove(
            leads.filtered(lambda lead: lead.intake_status != "removed"),
            self.removal_reason_id,
        )

    # distributed again ---------------------------------------------------

    def _follows_redistribute(self, model):
        return model == "crm.lead" and self.redistribute != "no"

    def _describe_redistribute(self):
        _, others = self.env._, self.redistribute_to_others
        if self.redistribute == "routes":
            return (
                _("distributed again, to somebody else")
                if others
                else _("distributed again")
            )
        if self.redistribute == "route":
            route = self._name_of(self.route_id)
            return (
                _("through the route %s, to somebody else", route)
                if others
                else _("through the route %s", route)
            )
        return ""

    def _apply_redistribute(self, activities):
        leads = self._records_of(activities)
        for company in self.env["lead.distribution.lead.company"]._leads_by_company(
            leads
        ):
            if not company:
                raise UserError(self.env._("The company of the lead is unknown."))
            if not company._lead_distribution_on():
                raise UserError(self.env._("The distribution is switched off."))
        route = self.route_id if self.redistribute == "route" else None
        if route and not route.active:
            raise UserError(
                self.env._("The route “%s” is paused: the lead stays.", route.name)
            )
        but = {}
        if self.redistribute_to_others:
            but = {x.res_id: (x.user_id or self.env.user).id for x in activities}
        before = {lead: (lead.user_id, lead.distribution_state) for lead in leads}
        rows = self.env["lead.distribution"]._distribute(
            leads, "outcome", route=route, but=but
        )
        self._say_unmoved(leads - rows.lead_id, before)

    def _say_unmoved(self, leads, before):
        """Say on leads that were to be distributed again, and stay where they are.

        :param leads: about which the ledger has nothing new
        :param before: ``{lead: (salesperson, state)}``
        """
        stay = leads.filtered(
            lambda lead: (
                (lead.user_id, lead.distribution_state) == before[lead]
                and lead.distribution_state not in ("pending", "offered")
            )
        )
        _ = self.env._
        bodies = {}
        for lead in stay:
            if not lead.active or lead.won_status != "pending":
                why = _("it is over")
            elif lead.user_id and self.redistribute_to_others:
                why = _("nobody but %s could take it", lead.user_id.name)
            elif lead.user_id:
                why = _("it was the turn of %s again", lead.user_id.name)
            else:
                why = _("nobody could take it")
            bodies[lead.id] = _(
                "The outcome “%(outcome)s” distributes the lead again; it stays where "
                "it is: %(why)s.",
                outcome=self.name,
                why=why,
            )
        stay._message_log_batch(bodies=bodies)

    # a server action -----------------------------------------------------

    def _follows_action(self, model):
        # an action takes the ids of whatever it is given for those of its own model
        return self.server_action_id and self.server_action_id.model_name == model

    def _describe_action(self):
        # sudo: the name, which who chooses the action sees too; nothing of what it does
        return self.sudo().server_action_id.name or ""

    def _apply_action(self, activities):
        records = self._records_of(activities)
        # sudo: an administrator allowed it for outcomes, whoever finishes the task;
        # whom an action is for, it still checks itself
        action = self.server_action_id.sudo()
        if not action.filtered_domain(action._allowed_for_outcomes()):
            raise UserError(
                self.env._(
                    "The action is not allowed for outcomes. An administrator allows "
                    "it in its form."
                )
            )
        outside(action).with_context(
            active_model=records._name, active_ids=records.ids, active_id=records[:1].id
        ).run()
