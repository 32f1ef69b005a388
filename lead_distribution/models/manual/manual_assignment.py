"""Leads that people give to somebody, or back to the pool, by writing the salesperson,
by a button or by a merge: what they may do, and the way into step 5, apply."""

from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.service_context import MERGE_KEY, Merge, as_service
from ..pipeline.values import AssignmentValues, DistributionContext


@dataclass
class ManualChange:
    """What is known of leads before somebody writes their salesperson."""

    before: dict = field(default_factory=dict)
    claim: bool = False
    merge: bool = False
    values: dict = field(default_factory=dict)


class LeadDistributionManual(models.AbstractModel):
    _name = "lead.distribution.manual"
    _description = "Lead Distribution: Manual"

    # rights ----------------------------------------------------------------

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

    # manual changes --------------------------------------------------------

    @api.model
    def _before_manual_change(self, leads, vals):
        """Remember who had the leads, and refuse what only leaders may do: writing
        oneself on a lead of the pool is a claim, writing anybody else is not for
        salespeople (core alone lets them write any unassigned lead). Pause and limits
        hold for whoever is written.

        :returns: a :class:`ManualChange`; its ``values`` are to be written along
        """
        change = ManualChange(merge=isinstance(leads.env.context.get(MERGE_KEY), Merge))
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
                    "Only managers and team leaders can assign leads that are offered "
                    "or in the pool. You can claim one for yourself."
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
                company, service.env["crm.lead"].browse(ours.ids), change, self.env.user
            )

    @api.model
    def _record_manual_change(self, company, leads, change, by):
        """Let all follow from salespeople that somebody wrote on leads.

        :param leads: of one company, as the service
        :param change: :class:`ManualChange`
        :param by: ``res.users`` who wrote them
        """
        # whatever was removed counts for nobody, whoever's name is on it
        leads = leads.filtered(lambda lead: lead.intake_status != "removed")
        if not leads:
            return
        on = company._lead_distribution_on()
        apply = self.env["lead.distribution.apply"]
        context = DistributionContext(company, "button", fields.Datetime.now(), by=by)
        held = self.env["lead.distribution.assignment"].search(
            [("lead_id", "in", leads.ids), ("state", "in", ["assigned", "offered"])]
        )
        theirs = held.filtered(lambda row: row.user_id == row.lead_id.user_id)
        # a merge hands the row over with the lead
        kept = theirs.filtered(lambda row: row.state == "assigned")
        # writing somebody on a lead that is offered to them is claiming the offer
        offers = {row.lead_id.id: row for row in theirs - kept}
        former = {lead.id: change.before[lead.id][0] for lead in leads}
        taken = leads.filtered("user_id")
        if on:
            apply._assign(
                context,
                self._written(taken - kept.lead_id, change, offers),
                tell=False,
                written=True,
            )
            apply._close(context, kept.lead_id, kept)
            kept.lead_id.write({"distribution_state": "assigned"})
        else:
            apply._take_away(
                context, taken - kept.lead_id, {i: former[i] for i in taken.ids}
            )
            taken.write({"distribution_state": "none"})
        gone = leads - taken
        if gone:
            apply._release(context, gone, {i: former[i] for i in gone.ids})
        apply._drop_escalations(taken)

    @api.model
    def _written(self, leads, change, offers):
        """Describe what somebody wrote as assignments.

        :param offers: ``{lead_id: the offer that is claimed by it}``
        :returns: list of :class:`AssignmentValues`
        """
        reason = "manual"
        if change.claim:
            reason = "claim"
        elif change.merge:
            reason = "merge"
        return [
            AssignmentValues(
                lead.id,
                lead.user_id.id,
                offers[lead.id].reason if lead.id in offers else reason,
                lead.distribution_route_id.id if change.claim else None,
                lead.team_id.id,
                self.env["lead.distribution.candidates"]._weight(lead),
                previous_user_id=change.before[lead.id][0],
                previous_team_id=change.before[lead.id][1],
                offer=offers.get(lead.id),
            )
            for lead in leads
        ]

    # giving back -----------------------------------------------------------

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
            service.env["lead.distribution.apply"]._release(
                DistributionContext(
                    company, "button", fields.Datetime.now(), by=self.env.user
                ),
                ours,
            )
            ours._message_log_batch(
                bodies={
                    lead.id: self.env._(
                        "%s moved the lead to the pool.", self.env.user.name
                    )
                    for lead in ours
                }
            )
        return True
