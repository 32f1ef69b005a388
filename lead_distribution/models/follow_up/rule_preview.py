"""What a rule would move now, shown before it does: how long each was idle, and who
would receive it. Nothing is written."""

from dataclasses import replace

from odoo import api, fields, models

from ...engine import Request
from ...tools.constants import ALONE
from ...tools.locale import time_since
from ...tools.service_context import as_service
from ..pipeline.values import DistributionContext
from .rule_runner import RULE

#: so many records of a company are decided for a preview, those that come first
PREVIEWED = 500


class LeadDistributionRulePreview(models.AbstractModel):
    """What a list shows of records that a rule would move.

    The list's context names the rule; without one the fields are empty.
    """

    _name = "lead.distribution.rule.preview"
    _description = "Lead Distribution: Preview of a Rule"

    lead_rule_idle = fields.Char(
        string="Idle for",
        compute="_compute_lead_rule_preview",
        groups="lead_distribution.group_user",
    )
    lead_rule_receiver = fields.Char(
        string="Would Go to",
        compute="_compute_lead_rule_preview",
        groups="lead_distribution.group_user",
    )

    @api.depends_context("lead_rule_preview", "uid", "allowed_company_ids", "lang")
    def _compute_lead_rule_preview(self):
        self.lead_rule_idle = self.lead_rule_receiver = False
        rule_id = self.env.context.get("lead_rule_preview")
        rules = self.env["lead.distribution.rule"].with_context(active_test=False)
        rule = rules.search([("id", "=", rule_id)]) if rule_id else rules
        if not rule or rule.entity_model != self._name:
            return
        outcomes = rule._preview()
        now = fields.Datetime.now()
        for record in self:
            since, receiver = outcomes.get(record._origin.id, (False, ""))
            record.lead_rule_idle = since and time_since(self.env, since, now)
            record.lead_rule_receiver = receiver


class LeadDistributionRule(models.Model):
    _inherit = "lead.distribution.rule"

    def _preview(self):
        """Say how long what the rule would move now was idle, and where it would go.

        :returns: ``{record id: (naive UTC datetime since when it is idle, where it
            would go, in words)}``; where is empty for who may not change the rule
        """
        self.ensure_one()
        now, found = fields.Datetime.now(), {}
        if self.env["lead.distribution.rule.runner"]._half_filled(self):
            return found
        tells = self.has_access("write")
        for company in self._companies_of(self):
            service = as_service(self, company)
            # the lists of the preview show it to whoever may read the record
            rule = self.with_env(service.env)
            records, _place = rule._stale_from(company, rule, now, None, PREVIEWED)
            context = DistributionContext(company, "rule", now, rule=rule)
            runner = service.env["lead.distribution.rule.runner"]
            for record_id, (since, code, user_id) in runner._preview_of(
                context, records
            ).items():
                where = self._preview_words(code, user_id) if tells else ""
                found[record_id] = (since, where)
        return found

    def _preview_words(self, code, user_id):
        """Say where something would go.

        :param code: see ``lead.distribution.rule.runner._preview_of``
        """
        _ = self.env._
        name = ""
        if user_id:
            name = self.env["lead.distribution.filters"]._name_of("res.users", user_id)
        if code == "offer":
            return _("offered to %s", name)
        return {
            "user": name,
            "all": _("offered to all of the route"),
            "stays": _("stays: nobody can take it now"),
            "over": _("nobody is left: another rule, or the pool"),
        }[code]


class LeadDistributionRuleRunner(models.AbstractModel):
    _inherit = "lead.distribution.rule.runner"

    @api.model
    def _preview_of(self, context, records):
        """Decide without writing where a rule would hand records over.

        :param context: ``DistributionContext`` with the rule
        :param records: leads or customers, in the order of their turn
        :returns: ``{record id: (since when it is idle, code, user id or None)}``, the
            code one of user, offer, all, stays, over
        """
        rule, found = context.rule, {}
        if rule.entity == "customer":
            had, moves, since = self._customer_history(context, records)
        else:
            had, moves = self.env["lead.distribution.assignment"]._lead_history(records)
            since = {x.id: x.distribution_idle_since or x.create_date for x in records}
        context.skip.update({x.id: dict.fromkeys(had[x.id], "had_it") for x in records})
        over = self._exhausted(context, records, had, moves)
        for record in over:
            found[record.id] = (since[record.id], "over", None)
        rest = records - over
        decide = (
            self._preview_by_routes
            if rule.target_mode == "routes" and rule.entity == "lead"
            else self._preview_by_members
        )
        for record_id, (code, user_id) in decide(context, rest).items():
            found[record_id] = (since[record_id], code, user_id)
        return found

    @api.model
    def _preview_by_members(self, context, records):
        """Decide among the rule's salespeople.

        :returns: ``{record id: (code, user id or None)}``
        """
        users = context.rule.member_ids.user_id
        if not users or not records:
            return dict.fromkeys(records.ids, ("stays", None))
        weight = self.env["lead.distribution.candidates"]._weight
        requests = [
            Request(
                record.id,
                ((RULE, ""),),
                skip=context.skip[record.id],
                **({"weight": weight(record)} if record._name == "crm.lead" else {}),
            )
            for record in records.sorted("id")
        ]
        decisions, _state = self.env["lead.distribution.decision"]._decide(
            self._rule_snapshot(context, users), requests
        )
        return {
            decision.lead_id: ("user", decision.user_id)
            if decision.user_id
            else ("stays", None)
            for decision in decisions
        }

    @api.model
    def _preview_by_routes(self, context, leads):
        """Decide through the routes, or through the one that the rule names.

        :returns: ``{lead id: (code, user id or None)}``
        """
        if not leads:
            return {}
        company, leads = context.company, leads.sorted("id")
        routes = self.env["lead.distribution.route"]._routes_of(company)
        matching = self.env["lead.distribution.matching"]
        matches = matching._match(routes, leads, matching._moments(context, leads))
        if context.rule.route_id:
            asked = dict.fromkeys(leads.ids, context.rule.route_id.id)
            matches = replace(matches, asked=asked)
        decisions, _snapshot = self.env["lead.distribution.decision"]._through_routes(
            company, routes, leads, context.at, matches, context.skip
        )
        found = {}
        for decided in decisions:
            route = routes.browse(decided.route_id)
            delivery = "direct" if route.pool_source == "user" else route.delivery
            if not decided.user_id:
                code = "stays"
            elif delivery == "offer" or (
                delivery == "offer_all" and decided.reason in ALONE
            ):
                code = "offer"
            else:
                code = "all" if delivery == "offer_all" else "user"
            user_id = None if code == "all" else decided.user_id
            found[decided.lead_id] = (code, user_id)
        return found


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "lead.distribution.rule.preview"]


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "lead.distribution.rule.preview"]
