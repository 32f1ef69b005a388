"""Limits of salespeople, and of members of routes, in words."""

from odoo import api, fields, models
from odoo.tools import format_amount

from ...tools.limits import DAYS_FIELD, LIMIT_FIELDS, LIMITS
from ...tools.locale import duration
from .res_users import GROUP


def limits_in_words(record, company):
    """Return the limits of a salesperson or member in the reader's words, "" for none.

    :param company: ``res.company`` whose limits these are
    """
    _ = record.env._
    words = {
        "hour": _("%s an hour"),
        "day": _("%s a day"),
        "week": _("%s a week"),
        "month": _("%s a month"),
        "days": _("%(number)s in %(days)s"),
        "open": _("%s open"),
    }
    days = max(record[DAYS_FIELD], 1)
    parts = []
    for limit in LIMITS:
        number = record[limit.field]
        if number <= 0:
            continue
        if limit.by_value:
            number = format_amount(record.env, number, company.currency_id)
        text = words[limit.span]
        if limit.span == "days":
            parts.append(
                text % {"number": number, "days": duration(record.env, days, "days")}
            )
        else:
            parts.append(text % number)
    return ", ".join(parts)


class ResUsers(models.Model):
    _inherit = "res.users"

    lead_limits = fields.Char(
        string="At Most",
        compute="_compute_lead_limits",
        groups=GROUP,
        help="Limits: leads that would exceed one are not assigned to them.",
    )

    @api.depends(*LIMIT_FIELDS)
    @api.depends_context("company", "lang")
    def _compute_lead_limits(self):
        # sudo: the currency of the company that is looked at
        company = self.env.company.sudo()
        for user in self:
            # sudo: computed for colleagues, too, who are not read
            user.lead_limits = limits_in_words(user.sudo(), company) or False


class LeadDistributionRouteMember(models.Model):
    _inherit = "lead.distribution.route.member"

    @api.depends(*LIMIT_FIELDS, "route_id.company_id")
    @api.depends_context("company", "lang")
    def _compute_lead_limits(self):
        for member in self:
            company = member.route_id.company_id or self.env.company
            # sudo: the currency of the route's company
            member.lead_limits = limits_in_words(member, company.sudo()) or False
