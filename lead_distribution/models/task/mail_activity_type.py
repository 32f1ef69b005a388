from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import frozendict, ormcache

from ...tools.constants import TASK_MODELS


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    lead_with_outcomes = fields.Boolean(
        string="With Outcomes",
        default=lambda self: self._default_lead_with_outcomes(),
        help="The person who finishes such a task chooses its outcome.",
    )
    lead_outcome_ids = fields.One2many(
        "lead.activity.outcome",
        "activity_type_id",
        string="Outcomes",
        domain=[("step_id", "=", False)],
    )
    lead_color = fields.Integer(string="Color")
    lead_company_id = fields.Many2one(
        "res.company",
        string="Company",
        default=lambda self: self._default_lead_company_id(),
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: for all companies. With several companies, administrators change "
        "shared records and managers those of their company.",
    )

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
    def _default_lead_company_id(self):
        # what managers add is theirs; what modules, scripts and administrators add,
        # and what is for records of other apps, is for all, as ever
        manager = self.env.user.has_group("lead_distribution.group_manager")
        if (
            not manager
            or self.env.is_system()
            or not self._lead_model(self.env.context.get("default_res_model"))
        ):
            return False
        return self.env.company

    @api.model
    @ormcache()
    def _outcome_companies(self):
        """Tell which types have outcomes, and of which companies.

        :returns: ``{type id: frozenset of company ids}`` of the types that nobody
            finishes without saying how the task ended, and of whose outcomes there are;
            False for those that all companies share
        """
        # sudo: the same for everybody, for it is cached
        types = self.sudo().with_context(active_test=False)
        found = types.search([("lead_with_outcomes", "=", True)])
        # sudo: of which companies the outcomes are, no content
        outcomes = self.env["lead.activity.outcome"].sudo()
        groups = outcomes._read_group(
            [("activity_type_id", "in", found.ids), ("step_id", "=", False)],
            ["activity_type_id", "company_id"],
        )
        companies = {}
        for kind, company in groups:
            companies.setdefault(kind.id, set()).add(company.id)
        return frozendict({k: frozenset(ids) for k, ids in companies.items()})

    @api.model
    def _with_outcomes(self):
        """Return the ids of the types that have outcomes in some company."""
        return self._outcome_companies().keys()

    # access ----------------------------------------------------------------

    @api.model
    def _lead_model(self, model):
        """Whether a type for such records is one of tasks."""
        return not model or model in TASK_MODELS

    def _check_access(self, operation):
        """Managers of the distribution add types, and change those of their companies;
        what all companies share, only where there is one. Types for records of other
        apps are theirs to change if Odoo says so without us."""
        result = super()._check_access(operation)
        if operation == "read" or not any(self._ids) or self.env.is_system():
            return result
        if not self.env.user.has_group("lead_distribution.group_manager"):
            return result
        Shared = self.env["lead.distribution.shared"]
        kinds = self.sudo()  # sudo: of whom and for what they are
        others = kinds.filtered(lambda kind: not self._lead_model(kind.res_model))
        ours = kinds - others
        guarded = self.env["res.company"]._lead_shared_is_guarded()
        forbidden = ours.filtered(
            lambda kind: (
                kind.lead_company_id not in self.env.companies
                if kind.lead_company_id
                else guarded
            )
        )
        if others and not self._lead_may_without_us(operation):
            forbidden |= others
        return Shared._forbid(result, forbidden.sudo(False))

    @api.model
    def _lead_may_without_us(self, operation):
        """Whether another app gives the current user such a right."""
        own = self.env.ref(
            "lead_distribution.access_activity_type_manager", raise_if_not_found=False
        )
        # sudo: nobody but administrators reads rights
        return bool(
            self.env["ir.model.access"]
            .sudo()
            .search_count(
                [
                    ("model_id.model", "=", self._name),
                    (f"perm_{operation}", "=", True),
                    ("group_id", "in", [False, *self.env.user.all_group_ids.ids]),
                    ("id", "!=", own.id if own else False),
                ],
                limit=1,
            )
        )

    @api.model
    def _lead_at_hand(self, domain):
        """Leave types of other companies out of what is to be chosen from.

        :returns: the domain, without types of other companies: on tasks they are read
            as ever, but nobody chooses them
        """
        if self.env.su or not self.env["res.company"]._lead_several():
            return domain
        return Domain(domain) & Domain(
            "lead_company_id", "in", [False, *self.env.companies.ids]
        )

    @api.model
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        domain = self._lead_at_hand(domain)
        return super().search_fetch(domain, field_names, offset, limit, order)

    @api.model
    def search_count(self, domain, limit=None):
        return super().search_count(self._lead_at_hand(domain), limit)

    @api.model
    def _lead_check_written(self, vals):
        """Leave it to managers to make types of tasks.

        :raises AccessError: when somebody who manages no tasks writes what makes them
            tasks
        """
        written = {"lead_with_outcomes", "lead_company_id", "lead_outcome_ids"}
        if written.isdisjoint(k for k, v in vals.items() if v):
            return
        manages = self.env["lead.distribution.outcomes"]._manages_tasks()
        if not manages and not self.env.is_system():
            raise AccessError(
                self.env._("Only managers of the distribution can set up outcomes.")
            )

    # outcomes --------------------------------------------------------------

    def _add_outcomes(self):
        """Done and Failed, for types that have outcomes and none yet (S2)."""
        Outcome = self.env["lead.activity.outcome"].with_context(active_test=False)
        used = Outcome.search([("activity_type_id", "in", self.ids)]).activity_type_id
        for kind in self - used.with_env(self.env):
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
        for vals in vals_list:
            self._lead_check_written(vals)
        vals_list = [
            vals
            if self._lead_model(vals.get("res_model"))
            else {"lead_company_id": False, **vals}
            for vals in vals_list
        ]
        types = super().create(vals_list)
        with_outcomes = types.filtered("lead_with_outcomes")
        if with_outcomes:
            with_outcomes._add_outcomes()
            self.env.registry.clear_cache()
        return types

    def write(self, vals):
        self._lead_check_written(dict.fromkeys(vals, True))
        result = super().write(vals)
        if not {"lead_company_id", "res_model"}.isdisjoint(vals):
            # neither given away to all, nor to a company that is not the writer's
            self.check_access("write")
        if vals.get("lead_company_id"):
            # sudo: the outcomes go with their type
            outcomes = self.sudo().with_context(active_test=False).lead_outcome_ids
            outcomes.filtered(lambda x: not x.company_id).write(
                {"company_id": vals["lead_company_id"]}
            )
            outcomes._check_companies()
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
            .sudo()  # sudo: whether there are any, of whatever company
            .with_context(active_test=False)
            .search([("activity_type_id", "in", self.ids)])
        )
        used = (
            self.env["mail.activity"]
            .sudo()  # sudo: whether there is one, whoever's it is
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
