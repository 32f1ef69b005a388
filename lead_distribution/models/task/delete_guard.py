"""What an outcome uses is not deleted from under it; it says which one uses it."""

from odoo import api, models
from odoo.exceptions import UserError


class LeadActivityOutcome(models.Model):
    _inherit = "lead.activity.outcome"

    @api.model
    def _refuse_if_used(self, records, name, action_name=None):
        """Keep what outcomes use from being deleted.

        :param name: the field of the outcome that points to such records
        :param action_name: the field of the server action that does
        :raises UserError: naming the outcome or the action that uses one of them
        """
        # sudo: whoever deletes a team or a template may not read outcomes
        outcomes = self.sudo().with_context(active_test=False)
        found = outcomes.search([(name, "in", records.ids)])
        # the outcomes of a type go with it
        if name == "next_activity_type_id":
            found = found.filtered(lambda x: x.activity_type_id not in records)
        # sudo: what uses it, told only to who may read it
        if found and not found[0].sudo(self.env.su).has_access("read"):
            raise UserError(
                self.env._(
                    "An outcome of another company uses “%s”: ask an administrator.",
                    records[:1].display_name,
                )
            )
        if found:
            raise UserError(
                self.env._(
                    "The outcome “%(outcome)s” of the task type “%(type)s” uses "
                    "“%(record)s”. Change the outcome first.",
                    outcome=found[0].name,
                    type=found[0].activity_type_id.name,
                    record=found[0][name].display_name,
                )
            )
        # sudo: what uses it, told only to who may read it
        actions = self.env["ir.actions.server"].sudo()
        if action_name:
            actions = actions.search([(action_name, "in", records.ids)], limit=1)
        # sudo: what uses it, told only to who may read it
        if actions and not actions.sudo(self.env.su).has_access("read"):
            raise UserError(
                self.env._(
                    "A server action uses “%s”: ask an administrator.",
                    actions[action_name].display_name,
                )
            )
        if actions:
            raise UserError(
                self.env._(
                    "The action “%(action)s” uses “%(record)s”. Change the action "
                    "first.",
                    action=actions.name,
                    record=actions[action_name].display_name,
                )
            )

    @api.model
    def _refuse_if_awaited(self, records, name):
        """Keep what tasks to come need from being deleted.

        :param name: the field of the tasks to come that points to such records
        :raises UserError: with how many tasks to come would be lost, or somebody else's
        """
        awaited = (
            self.env["lead.activity.waiting"]
            .sudo()  # sudo: a number, for the message
            .search_count([(name, "in", records.ids)])
        )
        if awaited:
            raise UserError(
                self.env._(
                    "Scheduled tasks that use “%(record)s”: %(count)s. Let them "
                    "start first, or delete them from Scheduled Tasks.",
                    count=awaited,
                    record=", ".join(records.mapped("display_name")),
                )
            )


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_guarded(self):
        self.env["lead.activity.outcome"]._refuse_if_used(
            self, "next_activity_type_id", "lead_task_type_id"
        )
        self.env["lead.activity.outcome"]._refuse_if_awaited(self, "activity_type_id")


class MailTemplate(models.Model):
    _inherit = "mail.template"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_guarded(self):
        self.env["lead.activity.outcome"]._refuse_if_used(self, "mail_template_id")


class CrmTeam(models.Model):
    _inherit = "crm.team"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_guarded(self):
        self.env["lead.activity.outcome"]._refuse_if_used(
            self, "next_team_id", "lead_task_team_id"
        )
        self.env["lead.activity.outcome"]._refuse_if_awaited(self, "team_id")
        waiting = (
            self.env["mail.activity"]
            .sudo()  # sudo: a number, for the message
            .search_count([("lead_team_id", "in", self.ids), ("user_id", "=", False)])
        )
        if waiting:
            raise UserError(
                self.env._(
                    "Tasks of this team without a person: %s. Assign them.",
                    waiting,
                )
            )


class CrmStage(models.Model):
    _inherit = "crm.stage"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_guarded(self):
        self.env["lead.activity.outcome"]._refuse_if_used(self, "stage_id")


class CrmLostReason(models.Model):
    _inherit = "crm.lost.reason"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_guarded(self):
        self.env["lead.activity.outcome"]._refuse_if_used(self, "lost_reason_id")


class LeadDistributionRemovalReason(models.Model):
    _inherit = "lead.distribution.removal.reason"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_guarded(self):
        self.env["lead.activity.outcome"]._refuse_if_used(self, "removal_reason_id")


class LeadDistributionRoute(models.Model):
    _inherit = "lead.distribution.route"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_guarded(self):
        self.env["lead.activity.outcome"]._refuse_if_used(
            self, "route_id", "lead_task_route_id"
        )


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_guarded(self):
        self.env["lead.activity.outcome"]._refuse_if_used(self, "server_action_id")
