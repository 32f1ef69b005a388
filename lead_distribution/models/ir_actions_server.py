from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..rooms.entry import BUTTON_LIMIT
from ..rooms.events import AUTOMATIC_KEY


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
    lead_distribute_domain = fields.Char(
        string="Leads",
        default="[('user_id', '=', False)]",
        help="What a scheduled action distributes, since it has no leads at hand.",
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
            service = self.env["lead.distribution"]
            problem = service._filter_problem("crm.lead", action.lead_distribute_domain)
            if problem:
                raise ValidationError(
                    _("The filter of leads cannot be used. %s", problem)
                )

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        if any(vals.get("lead_distribute_domain") for vals in vals_list):
            actions._check_lead_filter()
        return actions

    def write(self, vals):
        result = super().write(vals)
        if "lead_distribute_domain" in vals:
            self._check_lead_filter()
        return result

    def _check_lead_filter(self):
        """
        :raises AccessError: when the current user may not filter like this; Odoo runs
            constraints with all rights
        """
        service = self.env["lead.distribution"]
        for domain in set(self.mapped("lead_distribute_domain")) - {False}:
            refusal = service._filter_refusal("crm.lead", domain)
            if refusal:
                raise AccessError(refusal)

    def _distributes(self):
        """:returns: whether one of these, or of what they run, distributes leads"""
        found, new = self, self
        while new := new.child_ids - found:
            found |= new
        return "lead_distribute" in found.mapped("state")

    def run(self):
        # what an automation rule does to a lead that is being distributed is the
        # rule's doing, with a ledger row of its own; it is nobody's work either
        actions = self.env["lead.distribution"]._outside(self)
        # sudo: whoever opens the pipeline runs one, and may not read it
        if any(action.usage != "ir_cron" for action in self.sudo()):
            # mails that a schedule sends for somebody are work all the same
            actions = actions.with_context(**{AUTOMATIC_KEY: True})
        if not self.env.su and self.sudo()._distributes():
            # from the Action menu: the same right as the button
            leads = self.env["crm.lead"]
            if self.env.context.get("active_model") == "crm.lead":
                ids = self.env.context.get("active_ids")
                leads = leads.browse(ids or self.env.context.get("active_id"))
            if not leads and not self.env.user.has_group(
                "lead_distribution.group_manager"
            ):
                raise AccessError(
                    self.env._("Only managers let scheduled actions distribute leads.")
                )
            self.env["lead.distribution"]._check_leader(leads)
        return super(IrActionsServer, actions).run()

    def _run_action_lead_distribute_multi(self, eval_context=None):
        service = self.env["lead.distribution"]
        context = eval_context or {}
        leads = context.get("records") or context.get("record")
        if not leads and self.usage == "ir_cron":
            # scheduled: the system's own, whoever's the leads are
            domain = service._filter(self.lead_distribute_domain)
            leads = service._as_service().env["crm.lead"].search(domain)
        if not leads:
            return False
        leads = leads.sudo().filtered(
            lambda lead: lead.active and lead.won_status == "pending"
        )
        through = self.lead_distribute_through
        asked = {
            "route": self.lead_distribution_route_id if through == "route" else None,
            "rule": self.lead_distribution_rule_id if through == "rule" else None,
        }
        if len(leads) > BUTTON_LIMIT:
            service._distribute_later(leads, **asked)
        else:
            service._distribute(leads, "action", **asked)
        return False
