"""Open offers of people who cannot take them any more go on at once."""

from odoo import api, fields, models

from ...tools.limits import LIMIT_FIELDS
from ...tools.opt_out import opt_out_in, opted_out
from ...tools.scheduling import trigger_cron
from ...tools.service_context import as_service

#: why an offer does not wait for its end; what else keeps people off a route, such as
#: an absence to come, lets them answer what they were asked
GOES_ON = {
    "absent",
    "archived",
    "company",
    "intake",
    "no_rights",
    "paused",
    "paused_here",
    "team_pause",
}


class LeadDistributionOffer(models.AbstractModel):
    _inherit = "lead.distribution.offer"

    @api.model
    def _pass_on(self, users):
        """These users may have become unavailable: what is offered to them goes on, in
        this very moment if nobody else distributes, else within a minute."""
        if not users:
            return
        offers = (
            as_service(self)
            .env["lead.distribution.assignment"]
            .search([("user_id", "in", users.ids), ("state", "=", "offered")])
        )
        for company, rows in offers.grouped("company_id").items():
            if not self._unavailable_offers(company, rows, fields.Datetime.now()):
                continue
            if self._expire_block(company) is None:
                trigger_cron(self.env, "ir_cron_expire_offers")

    @api.model
    def _unavailable_offers(self, company, offers, at):
        """Find the open offers that their people cannot take any more: paused, absent,
        archived, or at a limit.

        :param offers: rows of the ledger, of one company
        :returns: those of them
        """
        found = offers.browse()
        users = offers.user_id
        if not users:
            return found
        candidates = as_service(self, company).env["lead.distribution.candidates"]
        users = users.with_env(candidates.env)
        excluded = candidates._excluded(company, users)
        absent, soon = users._lead_absent_at(at), {}
        limits = candidates._hard_limits(
            company, users, at, offers.route_id.with_env(candidates.env), offers=False
        )
        full = {key for key in limits.most if limits.passed(key, 1, 0)}
        for route, rows in offers.grouped("route_id").items():
            codes = dict(excluded)
            if route:
                route = route.with_env(candidates.env)
                mine = rows.user_id.with_env(candidates.env)
                codes = candidates._codes_on(route, mine, excluded, absent, at, soon)
            found |= rows.filtered(
                lambda row, codes=codes: (
                    not full.isdisjoint(
                        (row.user_id.id, (row.route_id.id, row.user_id.id))
                    )
                    or codes.get(row.user_id.id) in GOES_ON
                )
            )
        return found


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if not {
            "lead_distribution_paused",
            "lead_paused_route_ids",
            *LIMIT_FIELDS,
            "out_of_office_from",
            "out_of_office_to",
        }.isdisjoint(vals):
            self.env["lead.distribution.offer"]._pass_on(self)
        return result


class LeadDistributionAbsence(models.Model):
    _inherit = "lead.distribution.absence"

    @api.model_create_multi
    def create(self, vals_list):
        absences = super().create(vals_list)
        self.env["lead.distribution.offer"]._pass_on(absences.user_id)
        return absences

    def write(self, vals):
        result = super().write(vals)
        self.env["lead.distribution.offer"]._pass_on(self.user_id)
        return result


class LeadDistributionRouteMember(models.Model):
    _inherit = "lead.distribution.route.member"

    def write(self, vals):
        result = super().write(vals)
        if not set(LIMIT_FIELDS).isdisjoint(vals):
            self.env["lead.distribution.offer"]._pass_on(self.user_id)
        return result


class LeadDistributionRoute(models.Model):
    _inherit = "lead.distribution.route"

    def write(self, vals):
        result = super().write(vals)
        if "paused_user_ids" in vals:
            # sudo: whose offers go on, whoever pauses them
            paused = self.sudo().paused_user_ids
            self.env["lead.distribution.offer"]._pass_on(paused)
        return result


class CrmTeamMember(models.Model):
    _inherit = "crm.team.member"

    def write(self, vals):
        result = super().write(vals)
        if opt_out_in(vals):
            paused = self.filtered(opted_out)
            self.env["lead.distribution.offer"]._pass_on(paused.user_id)
        return result


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        # sudo: whose time off it is, that their offers go on
        users = leaves.sudo().resource_id.user_id
        self.env["lead.distribution.offer"]._pass_on(users)
        return leaves
