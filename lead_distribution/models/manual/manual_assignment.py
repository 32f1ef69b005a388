"""Claims, manual changes, releases and merges: they enter at step 5, apply."""

from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError

from ...tools.service_context import as_service
from ..pipeline.values import AssignmentValues, DistributionContext

#: what decides who may claim a lead
MOVING = ("team_id", "company_id", "listing_id")


@dataclass
class ManualChange:
    """What is known of leads before somebody writes their salesperson."""

    before: dict = field(default_factory=dict)
    claim: bool = False
    values: dict = field(default_factory=dict)


class LeadDistributionHand(models.AbstractModel):
    _name = "lead.distribution.manual"
    _description = "Lead Distribution: Manual"

    # rights ----------------------------------------------------------------

    @api.model
    def _check_move(self, leads, vals):
        """Who may claim a lead of the pool depends on its team and company, and on
        routes by listing on its listing, so these are not the salesperson's to
        change; and nobody moves a lead to a company that they do not work for."""
        names = [name for name in MOVING if name in vals]
        if self.env.su or not names:
            return
        if not self.env["lead.distribution.route"]._distributing():
            return
        self._check_company_moved_to(vals)
        if vals.get("user_id") == self.env.uid:
            return  # who may claim it may do so as well
        guarded = (
            self.env["lead.distribution.access"]
            ._not_free(leads)
            .filtered(
                lambda lead: any(
                    lead[name].id != (vals[name] or False)
                    and (
                        name != "listing_id"
                        or lead.distribution_route_id.pool_source == "listing"
                    )
                    for name in names
                )
            )
        )
        if guarded and not self.env["lead.distribution.access"]._is_leader(guarded):
            raise AccessError(
                self.env._(
                    "Leads of the pool are moved to another team, company or listing "
                    "by managers and team leaders."
                )
            )

    @api.model
    def _check_company_moved_to(self, vals):
        # sudo: only whether it is one of the user's own companies
        team = self.env["crm.team"].sudo().browse(vals.get("team_id") or [])
        company_id = vals.get("company_id") or team.company_id.id
        if company_id and company_id not in self.env.user.company_ids.ids:
            raise AccessError(
                self.env._("A lead is not moved to a company that you do not work for.")
            )

    @api.model
    def _before_move(self, leads, vals):
        """Odoo takes the company away from a lead without salesperson whose team has
        none. Those that wait for a salesperson keep it.

        :returns: ``{company: leads}`` of those whose company is to be seen to
        """
        if "company_id" in vals or {"user_id", "team_id", "partner_id"}.isdisjoint(
            vals
        ):
            return {}
        on = self.env["lead.distribution.route"]._distributing()
        if not on or vals.get("user_id"):
            return {}
        # sudo: which company it is, nothing else
        found = leads.sudo().filtered(lambda lead: lead.company_id.id in on)
        return found.grouped("company_id")

    @api.model
    def _after_move(self, companies):
        for company, leads in companies.items():
            lost = leads.filtered(lambda lead: not (lead.company_id or lead.user_id))
            if lost:
                found = as_service(self, company).env["crm.lead"].browse(lost.ids)
                found.write({"company_id": company.id})

    @api.model
    def _check_merge(self, leads):
        """Merging a lead of the pool into one's own is claiming it."""
        if self.env.su:
            return
        guarded = self.env["lead.distribution.access"]._not_free(leads)
        if guarded and not self.env["lead.distribution.access"]._is_leader(guarded):
            for company, ours in (
                self.env["lead.distribution.lead.company"]
                ._leads_by_company(guarded)
                .items()
            ):
                self._check_claim(company, ours)

    @api.model
    def _claim_closed(self, leads, vals):
        """Who wins, loses or archives a lead that is nobody's yet takes it first, with
        a claim's checks and its row of the ledger; managers and team leaders clear up
        without having it.

        :param vals: to be written on leads that the user may write
        """
        if self.env.su or vals.get("user_id") == self.env.uid:
            return
        if not self.env["lead.distribution.route"]._distributing():
            return
        # sudo: which stages are won is no secret
        stage = self.env["crm.stage"].sudo().browse(vals.get("stage_id") or [])
        if not (
            stage.is_won
            or not vals.get("active", True)
            or vals.get("won_status", "pending") != "pending"
            or (vals.get("probability") or 0) >= 100
        ):
            return
        free = (
            self.env["lead.distribution.access"]
            ._not_free(leads)
            .filtered(
                lambda lead: (
                    not lead.user_id and lead.active and lead.won_status == "pending"
                )
            )
        )
        if free and not self.env["lead.distribution.access"]._is_leader(free):
            self._claim(leads.browse(free.ids))

    # claims ----------------------------------------------------------------

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
            now = fields.Datetime.now()
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
                )
                for lead in mine
            ]
            others = service.env["lead.distribution.assignment"]._open_offers(
                mine
            ) - service.env["lead.distribution.assignment"].browse(
                [row.id for row in offers.values()]
            )
            service.env["lead.distribution.assignment"]._close_offers(
                others, "expired", "taken", by=user.name
            )
            service.env["lead.distribution.assignment"]._release_rows(
                mine.filtered(lambda lead, offers=offers: lead.id not in offers), now
            )
            service.env["lead.distribution.apply"]._assign(
                DistributionContext(company, "button", now),
                assignments,
                tell=False,
                accepted=offers,
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
                        "This lead is not yours to take: it is for a route that you "
                        "are not on, or somebody's."
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
            row.state in ("unplaced", "released", "offered", "expired")
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
                    _("This lead waits to be distributed: nobody takes it before.")
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
                until = fields.Datetime.context_timestamp(self, offer.deadline)
                raise UserError(
                    _(
                        "The offer of the lead “%(lead)s” ended at %(until)s.",
                        lead=lead.name,
                        until=until.strftime("%H:%M"),
                    )
                )
        if not lead.active or lead.won_status != "pending":
            raise UserError(_("This lead is closed."))

    @api.model
    def _check_may_take(self, company, leads):
        """The same as for routes, targets and absence aside: who claims is here."""
        self._check_may_have(company, leads, self.env.user)
        leader = self.env["lead.distribution.access"]._is_leader(leads)
        for lead in leads:
            if leader or not company._lead_distribution_on():
                continue
            if lead.distribution_state == "offered":
                continue  # to whom it is offered, that one may
            if not self._entitled(lead, self.env.user):
                # not the lead's name: who may not claim it may not read it either
                raise UserError(
                    self.env._("This lead is for a route that you are not on.")
                )

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

    # manual changes --------------------------------------------------------

    @api.model
    def _before_manual_change(self, leads, vals):
        """Remember who had the leads, and refuse what only leaders may do: writing
        oneself on a lead of the pool is a claim, writing anybody else is not for
        salespeople (core alone lets them write any unassigned lead). Pause and limits
        hold for whoever is written.

        :returns: a :class:`ManualChange`; its ``values`` are to be written along
        """
        change = ManualChange()
        user_id = vals["user_id"] or False
        on = self.env["lead.distribution.route"]._distributing()
        if not on and not self.env["lead.distribution.assignment"]._in_use():
            # nobody distributes, nobody ever did: what follows costs nothing
            change.values["distribution_state"] = "none" if user_id else "pool"
            return change
        # sudo: who had the lead until now; core checks the right to write it
        for lead in leads.sudo():
            if lead.user_id.id != user_id:
                change.before[lead.id] = (lead.user_id.id, lead.team_id.id)
        if self.env.su:
            return change
        changing = leads.browse(change.before)
        guarded = self.env["lead.distribution.access"]._not_free(changing)
        leader = self.env["lead.distribution.access"]._is_leader(guarded)
        if guarded and not leader and user_id != self.env.uid:
            raise AccessError(
                self.env._(
                    "Leads of the pool, and offered ones, are handed out by managers "
                    "and team leaders. You may claim one for yourself."
                )
            )
        if user_id == self.env.uid:
            for company, ours in (
                self.env["lead.distribution.lead.company"]
                ._leads_by_company(guarded)
                .items()
            ):
                if leader:
                    self._hold(company, ours)
                else:
                    self._check_claim(company, ours)
            change.claim = bool(guarded) and not leader
        if user_id:
            self._check_limits(changing, user_id)
        return change

    @api.model
    def _check_limits(self, leads, user_id):
        """Pause and hard limits hold for whatever is assigned manually, too.

        :raises UserError: saying why not, naming the limit
        """
        for company, ours in (
            self.env["lead.distribution.lead.company"]._leads_by_company(leads).items()
        ):
            # sudo: the settings of the user's company
            company = company or self.env.company.sudo()
            if company._lead_distribution_on():
                self._check_may_have(
                    company, ours, ours.env["res.users"].browse(user_id)
                )

    @api.model
    def _after_manual_change(self, change):
        """A salesperson changed manually is a ledger row that counts (O24)."""
        if not change.before:
            return
        service = as_service(self)
        leads = service.env["crm.lead"].browse(change.before)
        leads.flush_recordset()  # the lead's row is the guard: a loser stops here
        for company, ours in (
            self.env["lead.distribution.lead.company"]._leads_by_company(leads).items()
        ):
            service = as_service(self, company)
            service._record_manual_change(
                company, service.env["crm.lead"].browse(ours.ids), change
            )

    @api.model
    def _record_manual_change(self, company, leads, change):
        # whatever was removed counts for nobody, whoever's name is on it
        leads = leads.filtered(lambda lead: lead.intake_status != "removed")
        on = company._lead_distribution_on()
        now = fields.Datetime.now()
        Assignment = self.env["lead.distribution.assignment"]
        held = Assignment.search(
            [("lead_id", "in", leads.ids), ("state", "in", ["assigned", "offered"])]
        )
        # a merge hands the row over with the lead
        kept = held.filtered(
            lambda row: row.state == "assigned" and row.user_id == row.lead_id.user_id
        )
        # writing oneself on a lead that is offered to one is claiming the offer
        accepted = held.filtered(
            lambda row: row.state == "offered" and row.user_id == row.lead_id.user_id
        )
        accepted.write({"state": "assigned", "date_response": now})
        kept |= accepted
        self.env["lead.distribution.assignment"]._close_offers(
            (held - kept).filtered(
                lambda row: row.state == "offered" and row.lead_id in kept.lead_id
            ),
            "expired",
            "taken",
        )
        self.env["lead.distribution.assignment"]._release_rows(
            leads - kept.lead_id, now
        )
        taken = leads.filtered("user_id")
        (leads - taken).write({"distribution_state": "pool"})
        taken.write({"distribution_state": "assigned" if on else "none"})
        self.env["lead.distribution.apply"]._drop_escalations(taken)
        if not on:
            return
        context = DistributionContext(company, "button", now)
        Assignment.create(
            [
                {
                    **self.env["lead.distribution.apply"]._row_values(context, lead),
                    "user_id": lead.user_id.id,
                    "previous_user_id": change.before[lead.id][0],
                    "previous_team_id": change.before[lead.id][1],
                    "route_id": lead.distribution_route_id.id
                    if change.claim
                    else False,
                    "state": "assigned",
                    "reason": "claim" if change.claim else "manual",
                    "units": self.env["lead.distribution.candidates"]._weight(lead),
                }
                for lead in taken - kept.lead_id
            ]
        )

    # people who leave -------------------------------------------------------

    # giving back --------------------------------------------------

    @api.model
    def _release(self, leads):
        """Back into the pool.

        :returns: True
        """
        for company, ours in (
            self.env["lead.distribution.lead.company"]._leads_by_company(leads).items()
        ):
            service = as_service(self, company)
            ours = service.env["crm.lead"].browse(ours.ids)
            if any(lead.won_status != "pending" for lead in ours):
                raise UserError(self.env._("A closed lead does not go to the pool."))
            now = fields.Datetime.now()
            service.env["lead.distribution.assignment"]._release_rows(ours, now)
            held_by = ours.grouped("user_id")
            ours.write(
                {
                    "user_id": False,
                    "distribution_state": "pool",
                    "company_id": company.id,
                }
            )
            for user, mine in held_by.items():
                mine.message_unsubscribe(user.partner_id.ids)
            ours._message_log_batch(
                bodies={
                    lead.id: self.env._(
                        "%s put the lead into the pool.", self.env.user.name
                    )
                    for lead in ours
                }
            )
        return True
