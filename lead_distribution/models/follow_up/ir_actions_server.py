from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ...tools.service_context import AUTOMATIC_KEY, as_service, outside
from ...tools.under_way import under_way
from ..pipeline.lead_distribution import BUTTON_LIMIT


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("lead_distribute", "Distribute Leads")],
        ondelete={"lead_distribute": "cascade"},
    )
    lead_distribute_through = fields.Selection(
        [
            ("routes", "The routes, as for a new lead"),
            ("route", "One route"),
            ("rule", "The salespeople of a rule"),
        ],
        string="Distribute through",
        default="routes",
    )
    lead_distribution_route_id = fields.Many2one(
        "lead.distribution.route", string="Lead Route", ondelete="restrict"
    )
    lead_distribution_rule_id = fields.Many2one(
        "lead.distribution.rule",
        string="Lead Rule",
        ondelete="restrict",
        domain=[("entity", "=", "lead")],
        context={"active_test": False},  # one that is off names people, too
    )
    lead_outcome_allowed = fields.Boolean(
        string="Allowed for Outcomes",
        copy=False,
        help="Managers of the distribution can use it in the outcome of a task. It "
        "then runs on the record of the task with all rights, for every user who "
        "finishes the task. An administrator who chooses it for an outcome "
        "allows it, too.",
    )
    lead_distribute_domain = fields.Char(
        string="Leads",
        default="[('user_id', '=', False)]",
        help="What a scheduled action distributes, when no leads are given.",
    )

    @api.constrains(
        "state",
        "model_id",
        "lead_distribute_through",
        "lead_distribution_route_id",
        "lead_distribution_rule_id",
        "lead_distribute_domain",
    )
    def _check_lead_distribute(self):
        _ = self.env._
        for action in self.filtered(lambda x: x.state == "lead_distribute"):
            if action.model_id.model != "crm.lead":
                raise ValidationError(_("Only leads can be distributed."))
            through = action.lead_distribute_through
            if through == "route" and not action.lead_distribution_route_id:
                raise ValidationError(_("Choose the route to distribute through."))
            rule = action.lead_distribution_rule_id
            if through == "rule" and rule.entity != "lead":
                raise ValidationError(
                    _("Choose the rule whose salespeople get the leads.")
                )
            problem = self.env["lead.distribution.filters"]._filter_problem(
                "crm.lead", action.lead_distribute_domain
            )
            if problem:
                raise ValidationError(
                    _("The filter of leads cannot be used. %s", problem)
                )

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        if any(vals.get("lead_distribute_domain") for vals in vals_list):
            actions._check_lead_filter()
        if not self.env.is_system():
            # sudo: whatever a default or a copy brings
            self._check_outcome_allowed(actions.sudo().mapped("lead_outcome_allowed"))
        return actions

    def write(self, vals):
        if not self.env.is_system():
            self._check_outcome_allowed([vals.get("lead_outcome_allowed")])
        result = super().write(vals)
        if "lead_distribute_domain" in vals:
            self._check_lead_filter()
        return result

    def _check_lead_filter(self):
        """Refuse filters that would tell users what they may not read.

        :raises AccessError: when the current user may not filter like this; Odoo runs
            constraints with all rights
        """
        for domain in set(self.mapped("lead_distribute_domain")) - {False}:
            refusal = self.env["lead.distribution.filters"]._filter_refusal(
                "crm.lead", domain
            )
            if refusal:
                raise AccessError(refusal)

    # access ----------------------------------------------------------------

    @api.model
    def _check_outcome_allowed(self, marks):
        """Leave it to administrators to allow actions for outcomes.

        :raises AccessError: when somebody else allows an action for outcomes
        """
        if any(marks):
            raise AccessError(
                self.env._("Only administrators allow an action for outcomes.")
            )

    @api.model
    def _allowed_for_outcomes(self):
        """Return the domain of what an outcome may run."""
        return Domain("lead_outcome_allowed", "=", True) & Domain(
            "usage", "=", "ir_actions_server"
        )

    @api.model
    def _lead_may_be_named(self, ids):
        # sudo: which of them are allowed, no more
        found = self.sudo().browse(ids).exists()
        return found.filtered_domain(self._allowed_for_outcomes()).ids

    @api.model
    @api.readonly
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Managers, who read no actions, choose by name among those that an
        administrator allowed. Their domain is not looked at: it could ask about what
        they may not read."""
        if self.has_access("read") or not self.env.user.has_group(
            "lead_distribution.group_manager"
        ):
            return super().name_search(name, domain, operator, limit)
        if operator not in ("ilike", "like", "=ilike", "=like", "="):
            operator = "ilike"
        # sudo: names of what was allowed for them, no more
        allowed = self.browse().sudo()
        named = Domain("name", operator, name) if name else Domain.TRUE
        found = allowed.search(allowed._allowed_for_outcomes() & named, limit=limit)
        return [(action.id, action.display_name) for action in found]

    # running ---------------------------------------------------------------

    def _records_at_hand(self):
        """Take the records that the context names.

        :returns: the records of the context, if they are of this action's model, with
            the rights of whoever runs it
        """
        # sudo: whoever runs an action may not read it
        model = self.env[self.sudo().model_name]
        context = self.env.context
        if context.get("active_model") != model._name:
            return model
        return model.browse(context.get("active_ids") or context.get("active_id") or [])

    def _states_of_all(self):
        """Return the states of this action and of all that it runs, a set."""
        found, new = self, self
        while new := new.child_ids - found:
            found |= new
        return set(found.mapped("state"))

    def _check_may_run(self):
        """What this addon's actions do, they do as superuser: whoever runs one may
        write the records at hand, and distributes by the same right as the button,
        whatever the groups of the action say."""
        for action in self:
            # sudo: whoever runs an action may not read it
            states = action.sudo()._states_of_all()
            if states.isdisjoint({"lead_distribute", "lead_task"}):
                continue
            records = action._records_at_hand()
            if "lead_task" in states:
                records.check_access("write")
            if "lead_distribute" not in states:
                continue
            records.check_access("read")
            if not records and not self.env.user.has_group(
                "lead_distribution.group_manager"
            ):
                raise AccessError(
                    self.env._(
                        "Only managers can let scheduled actions distribute leads."
                    )
                )
            if records._name == "crm.lead":
                self.env["lead.distribution.access"]._check_leader(records)

    def run(self):
        # what an automation rule does to a lead that is being distributed is the
        # rule's doing, with a ledger row of its own; it is nobody's work either
        actions = outside(self)
        # sudo: whoever opens the pipeline runs one, and may not read it
        if any(action.usage != "ir_cron" for action in self.sudo()):
            # mails that a schedule sends for somebody are work all the same
            actions = actions.with_context(**{AUTOMATIC_KEY: True})
        if not self.env.su:
            self._check_may_run()
        return super(IrActionsServer, actions).run()

    @api.model
    def _records_checked(self, eval_context, operation):
        """Check the rights of whoever runs the action on its records.

        :returns: the records of an evaluation context, which Odoo has looked at, and
            whoever runs the action has access to, whatever its groups say
        """
        context = eval_context or {}
        records = context.get("records") or context.get("record")
        if records:
            records.check_access(operation)
        return records

    def _run_action_lead_distribute_multi(self, eval_context=None):
        leads = self._records_checked(eval_context, "read")
        if not leads and self.usage == "ir_cron":
            # scheduled: the system's own, whoever's the leads are
            domain = self.env["lead.distribution.filters"]._filter(
                self.lead_distribute_domain
            )
            leads = (
                as_service(self.env["lead.distribution"]).env["crm.lead"].search(domain)
            )
        if not leads:
            return False
        # sudo: which of the leads, checked above, are open
        leads = leads.sudo().filtered(
            lambda lead: lead.active and lead.won_status == "pending"
        )
        through = self.lead_distribute_through
        # on saving a lead, say: its distribution writes it as well
        leads -= leads.browse(under_way(self.env.cr))
        if through == "routes":
            # or it was distributed in this very transaction
            leads -= self.env["lead.distribution.apply"]._decided_just_now(leads)
        if not leads:
            return False
        asked = {
            "route": self.lead_distribution_route_id if through == "route" else None,
            "rule": self.lead_distribution_rule_id if through == "rule" else None,
        }
        if len(leads) > BUTTON_LIMIT:
            self.env["lead.distribution"]._distribute_later(leads, **asked)
        else:
            self.env["lead.distribution"]._distribute(leads, "action", **asked)
        return False
