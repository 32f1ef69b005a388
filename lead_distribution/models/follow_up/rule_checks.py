"""What a rule cannot be."""

from odoo import api, models
from odoo.exceptions import ValidationError

from .lead_distribution_rule import MODELS


class LeadDistributionRule(models.Model):
    _inherit = "lead.distribution.rule"

    @api.constrains("domain", "entity")
    def _check_domain(self):
        for rule in self:
            problem = rule._domain_problem()
            if problem:
                raise ValidationError(
                    self.env._(
                        "Rule “%(name)s”: its filter cannot be used. %(why)s",
                        name=rule.name,
                        why=problem,
                    )
                )

    @api.constrains("entity", "target_mode")
    def _check_entity(self):
        for rule in self:
            if rule.entity == "customer" and rule.target_mode != "members":
                raise ValidationError(
                    self.env._(
                        "Rule “%s”: routes take leads only. Choose the salespeople "
                        "who get the customers.",
                        rule.name,
                    )
                )

    @api.constrains("delay_number", "kind")
    def _check_delay(self):
        for rule in self:
            if rule.kind != "new" and not rule.delay_number:
                raise ValidationError(
                    self.env._(
                        "Rule “%s”: choose the time after which it applies.", rule.name
                    )
                )

    @api.constrains("company_id", "member_ids")
    def _check_companies(self):
        for rule in self.filtered("company_id"):
            # sudo: for whom the members work, to compare
            for user in rule.member_ids.user_id.sudo():
                if rule.company_id not in user.company_ids:
                    raise ValidationError(
                        self.env._(
                            "Rule “%(rule)s”: %(user)s does not work for %(company)s.",
                            rule=rule.name,
                            user=self.env["lead.distribution.filters"]._told(user),
                            company=rule.company_id.name,
                        )
                    )

    @api.constrains("mail_template_id", "entity")
    def _check_template(self):
        for rule in self:
            # sudo: what the template is made for, no content
            model = rule.mail_template_id.sudo().model
            if model and model != MODELS[rule.entity]:
                raise ValidationError(
                    self.env._(
                        "Rule “%s”: the email template is for another model.",
                        rule.name,
                    )
                )
