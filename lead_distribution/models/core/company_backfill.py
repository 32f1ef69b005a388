"""Two helpers of companies: looking at leads again, and the fallback address."""

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize_all

from ...tools.scheduling import trigger_cron


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _schedule_backfill(self, companies, anew=False):
        """Let the schedule look at all leads of these companies.

        :param anew: also at what is known already, since it may be wrong
        """
        # sudo: two marks for the schedule; who makes a first route writes no companies
        companies = companies.sudo().with_context(active_test=False)
        if anew:
            companies.write({"lead_follow_up_anew": True})
        companies.write({"lead_follow_up_next": 1})
        trigger_cron(self.env, "ir_cron_apply_rules")

    @api.model
    def _check_fallback_address(self, address):
        """Check the address that is told of leads that nobody could take.

        :raises ValidationError: when it is none, or answers would make leads
        """
        found = email_normalize_all(address or "")
        if not found:
            raise ValidationError(self.env._("“%s” is not an email address.", address))
        # sudo: which addresses are ours, of whatever company; compared, not told
        aliases = self.env["mail.alias"].sudo().search([("alias_name", "!=", False)])
        own = set(aliases.mapped("alias_full_name"))
        for one in found:
            if one in own:
                raise ValidationError(
                    self.env._(
                        "“%s” is one of our own aliases: its mail would come back as "
                        "new leads.",
                        one,
                    )
                )
