"""Leads that people claim: who may have which, and how many."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError

from ...tools.locale import moment
from ...tools.service_context import as_service
from ..pipeline.values import AssignmentValues, DistributionContext


class LeadDistributionManual(models.AbstractModel):
    _inherit = "lead.distribution.manual"

    # claiming --------------------------------------------------------------

    @api.model
    def _claim(self, leads):
        """Give the leads to the current user, all or none of them.

        :returns: True
        """
        user = self.env.user
        for company, ours in (
            self.env["lead.distribution.lead.company"]._leads_by_company(leads).items()
        ):
            # what is of no company becomes the claimant's, as in Odoo
            # sudo: the settings of the claimant's company
            company = company or self.env.company.sudo()
            mine = self._check_claim(company, ours)
            service = as_service(self, company)
            offers = {
                row.lead_id.id: row
                for row in service.env["lead.distribution.assignment"]._open_offers(
                    ours, user
                )
            }
            teams = (
                service.env["lead.distribution.candidates"]
                ._teams_of(company, user)
                .get(user.id, [])
            )
            assignments = [
                AssignmentValues(
                    lead.id,
                    user.id,
                    offers[lead.id].reason if lead.id in offers else "claim",
                    lead.distribution_route_id.id or None,
                    lead.team_id.id
                    if lead.team_id.id in teams or not teams
                    else teams[0],
                    service.env["lead.distribution.candidates"]._weight(lead),
                    offer=offers.get(lead.id),
                )
                for lead in mine
            ]
            service.env["lead.distribution.apply"]._assign(
                DistributionContext(company, "button", fields.Datetime.now(), by=user),
                assignments,
                tell=False,
            )
            for lead_id in offers:
                user._bus_send(
                    "lead_distribution.offer_closed",
                    {"id": lead_id, "reason": "claimed", "by": user.name},
                )
        return True

    @api.model
    def _check_claimable(self, leads):
        """One reads what one claims; but whoever could have had a lead that a
        colleague has by now, and so may not read it any more, is to be told who was
        faster. All others hear the same, wherever the lead stands.

        :raises AccessError: for everybody else
        """
        self.env["crm.lead"].check_access("write")
        unseen = leads - leads._filtered_access("read")
        for lead in unseen:
            if not self._could_have_had(lead):
                raise AccessError(
                    self.env._(
                        "You cannot claim this lead. Only people on its route can, "
                        "as long as nobody has it."
                    )
                )

    @api.model
    def _could_have_had(self, lead):
        """Tell whether the current user was too late for a lead.

        :returns: whether a lead that somebody has was once free, and the current user
            among those who could have claimed it
        """
        user = self.env.user
        lead = as_service(self).env["crm.lead"].browse(lead.id)
        company = self.env["lead.distribution.lead.company"]._company_of_lead(lead)
        if not lead.user_id or company not in user.company_ids:
            return False
        rows = lead.distribution_assignment_ids
        if not any(
            row.state in ("unplaced", "released", "offered", "expired", "taken")
            or row.reason == "claim"
            or row.offer_round
            for row in rows
        ):
            return False
        return user in rows.user_id or self._entitled(lead, user)

    @api.model
    def _entitled(self, lead, user):
        """Tell who may claim a lead of the pool.

        :param lead: as the service
        :returns: whether somebody may claim a lead of the pool: of no route, or of one
            that they are on, or of their team
        """
        route, team = lead.distribution_route_id, lead.team_id
        return (
            not route
            or user in route._users(lead.listing_id)
            or user in team.member_ids
            or user == team.user_id
        )

    @api.model
    def _check_claim(self, company, leads):
        """Hold the company's lock and the leads' rows, and see whether the current
        user may have the leads.

        :returns: the leads, as the service
        :raises ConcurrencyError: when somebody decides right now, for the request
            to be tried again on a fresh snapshot
        :raises UserError: with the sentence that the loser is to read
        """
        service = as_service(self, company)
        # whoever comes too late is told so without asking for the lock: many who
        # claim at once would keep each other from it
        for lead in service.env["crm.lead"].browse(leads.ids):
            self._check_in_pool(lead)
        found = self._hold(company, leads)
        for lead in found:
            self._check_in_pool(lead)
        self._check_may_take(company, found)
        return found

    @api.model
    def _hold(self, company, leads):
        """The company's lock and the leads' rows: nobody else decides on the same
        snapshot, and of two claims of the same person each sees the other.

        :returns: the leads, as the service
        :raises ConcurrencyError: when somebody decides right now, for the request
            to be tried again on a fresh snapshot
        """
        service = as_service(self, company)
        if not service.env["lead.distribution.lock"]._acquire(company):
            raise ConcurrencyError(
                self.env._("Another distribution is under way; try again.")
            )
        found = service.env["crm.lead"].browse(leads.ids)
        locked = found.try_lock_for_update(allow_referencing=True)
        if locked != found:
            raise ConcurrencyError(
                self.env._("Somebody is changing this lead right now; try again.")
            )
        found.invalidate_recordset(["user_id", "distribution_state", "team_id"])
        return found

    @api.model
    def _check_in_pool(self, lead):
        _ = self.env._
        if lead.user_id:
            # not the lead's name: who lost it may not read it any more
            raise UserError(_("%s has the lead already.", lead.user_id.name))
        if lead.distribution_state == "pending" and not self.env[
            "lead.distribution.access"
        ]._is_leader(lead):
            if self.env["lead.distribution.access"]._not_free(lead):
                raise UserError(
                    _("This lead is about to be distributed; it cannot be claimed.")
                )
        if lead.distribution_state == "offered":
            offer = self.env["lead.distribution.assignment"]._open_offers(
                lead, self.env.user
            )
            if not offer:
                raise UserError(
                    _("This lead is offered to somebody else at the moment.")
                )
            if offer.deadline <= fields.Datetime.now():
                raise UserError(
                    _(
                        "The offer of the lead “%(lead)s” ended at %(until)s.",
                        lead=lead.name,
                        until=moment(self.env, offer.deadline),
                    )
                )
        if not lead.active or lead.won_status != "pending":
            raise UserError(_("This lead is closed."))

    @api.model
    def _check_may_take(self, company, leads):
        """The same as for routes, targets and absence aside: who claims is here."""
        self._check_may_have(company, leads, self.env.user)
        self._refuse_paused(leads)
        leader = self.env["lead.distribution.access"]._is_leader(leads)
        for lead in leads:
            if leader or not company._lead_distribution_on():
                continue
            if lead.distribution_state == "offered":
                continue  # to whom it is offered, that one may
            if not self._entitled(lead, self.env.user):
                # not the lead's name: who may not claim it may not read it either
                raise UserError(self.env._("This lead is for a route without you."))

    @api.model
    def _check_may_have(self, company, leads, user):
        """Pause and hard limits hold for whatever comes to somebody, whichever way.

        :param leads: as many as they are about to get
        :raises UserError: saying why not, and which limit it is
        """
        _ = self.env._
        service = as_service(self, company)
        someone = service.env["res.users"].browse(user.id)
        code = (
            service.env["lead.distribution.candidates"]
            ._excluded(company, someone)
            .get(user.id)
        )
        if code == "no_rights" and self.env.su:
            code = None
        code = code or service.env["lead.distribution.candidates"]._limit_passed(
            company, someone, leads
        )
        if not code:
            return
        why = self.env["lead.distribution.explanation"]._why_not_told(
            code, user.id, self.env["lead.distribution.explanation"]._known_people()
        )
        if user == self.env.user:
            raise UserError(_("You cannot take leads: %s.", why))
        if len(leads) == 1:
            raise UserError(
                _("%(user)s cannot take the lead: %(why)s.", user=user.name, why=why)
            )
        raise UserError(
            _(
                "%(user)s cannot take %(count)s more leads: %(why)s.",
                user=user.name,
                count=len(leads),
                why=why,
            )
        )
