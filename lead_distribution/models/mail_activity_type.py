from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import ormcache


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    lead_with_outcomes = fields.Boolean(
        string="With Outcomes",
        default=lambda self: self._default_lead_with_outcomes(),
        help="Whoever finishes such a task says how it ended.",
    )
    lead_outcome_ids = fields.One2many(
        "lead.activity.outcome", "activity_type_id", string="Outcomes"
    )
    lead_color = fields.Integer(string="Color")

    @api.model
    def _default_lead_with_outcomes(self):
        # what managers add is for tasks (S2); what modules and scripts add is as ever
        if self.env.su or self.env.context.get("default_res_model", "crm.lead") not in (
            False,
            "crm.lead",
        ):
            return False
        return self.env.user.has_group("lead_distribution.group_manager")

    @api.model
    @ormcache()
    def _with_outcomes(self):
        """:returns: frozenset of ids of the types that nobody finishes without saying
        how the task ended"""
        # sudo: the same for everybody, for it is cached
        types = self.sudo().with_context(active_test=False)
        found = types.search([("lead_with_outcomes", "=", True)])
        outcomes = self.env["lead.activity.outcome"].sudo()
        groups = outcomes._read_group(
            [("activity_type_id", "in", found.ids)], ["activity_type_id"]
        )
        return frozenset(kind.id for (kind,) in groups)

    def _add_outcomes(self):
        """Done and Failed, for types that have outcomes and none yet (S2)."""
        Outcome = self.env["lead.activity.outcome"].with_context(active_test=False)
        used = Outcome.search([("activity_type_id", "in", self.ids)]).activity_type_id
        for kind in self - used:
            kind.lead_outcome_ids = [
                Command.create(
                    {
                        "name": self.env._("Done"),
                        "sequence": 1,
                        "icon": "fa-check",
                        "color": 10,
                        "is_success": True,
                    }
                ),
                Command.create(
                    {
                        "name": self.env._("Failed"),
                        "sequence": 2,
                        "icon": "fa-times",
                        "color": 1,
                    }
                ),
            ]

    @api.model_create_multi
    def create(self, vals_list):
        types = super().create(vals_list)
        with_outcomes = types.filtered("lead_with_outcomes")
        if with_outcomes:
            with_outcomes._add_outcomes()
            self.env.registry.clear_cache()
        return types

    def write(self, vals):
        result = super().write(vals)
        if "lead_with_outcomes" in vals:
            if vals["lead_with_outcomes"]:
                self._add_outcomes()
            self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_history(self):
        """Deleting a type deletes its outcomes; not those that tasks ended with."""
        outcomes = (
            self.env["lead.activity.outcome"]
            .with_context(active_test=False)
            .search([("activity_type_id", "in", self.ids)])
        )
        used = (
            self.env["mail.activity"]
            .sudo()  # whether there is one, whoever's it is
            .with_context(active_test=False)
            .search([("outcome_id", "in", outcomes.ids)], limit=1)
        )
        if used:
            raise UserError(
                self.env._(
                    "Tasks of type “%s” have ended with its outcomes: it cannot be "
                    "deleted. Archive it instead.",
                    used.activity_type_id.name,
                )
            )
        self.env.registry.clear_cache()
