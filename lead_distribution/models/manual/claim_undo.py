"""Claims that are undone at once: the lead goes back to the offer or the pool that it
came from, and its unit with it."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.scheduling import trigger_cron
from ..pipeline.values import DistributionContext

#: what the way to the server and back may take besides the company's seconds
GRACE = timedelta(seconds=30)


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def action_claim_here(self):
        """Take these leads for oneself, and say so with Undo and a way to the lead.

        :returns: the action that says it and reloads what is on the screen
        :raises UserError: as :meth:`action_claim`
        """
        self.action_claim()
        _ = self.env._
        name = self[:1].name if len(self) == 1 else ""
        return {
            "type": "ir.actions.client",
            "tag": "lead_distribution_claimed",
            "params": {
                "ids": self.ids,
                "seconds": max(self.env.company.lead_undo_seconds, 0),
                "message": _("The lead “%s” is yours.", name)
                if name
                else _("Leads that are yours now: %s", len(self)),
            },
        }

    def action_undo_claim(self):
        """Give back what the current user claimed just now, as if it had not been.

        :returns: True
        :raises UserError: when it is too late, or the lead has gone on
        """
        leads = self.browse(self.ids).exists()
        leads.check_access("write")
        return self.env["lead.distribution.manual"]._undo_claim(leads)


class LeadDistributionManual(models.AbstractModel):
    _inherit = "lead.distribution.manual"

    @api.model
    def _undo_claim(self, leads):
        """Undo the claims of the current user, all or none of them.

        :returns: True
        """
        user = self.env.user
        by_company = self.env["lead.distribution.lead.company"]._leads_by_company(leads)
        for company, ours in by_company.items():
            # sudo: the settings of the claimant's company
            company = company or self.env.company.sudo()
            held = self._hold(company, ours)
            service = held.env["lead.distribution.manual"]
            rows = service._claims_of(held, user, company)
            if rows.lead_id != held:
                raise UserError(
                    self.env._(
                        "It is too late to undo the claim: give the lead back with "
                        "“Give Back to the Pool”."
                    )
                )
            offers = rows.filtered("deadline")
            now = fields.Datetime.now()
            service._back_to_pool(company, rows - offers, now)
            service._back_to_offer(company, offers)
            lang = company.partner_id.lang or self.env.lang
            text = service.with_context(lang=lang).env._(
                "%s undid the claim.", user.name
            )
            held._message_log_batch(bodies=dict.fromkeys(held.ids, text))
        return True

    @api.model
    def _claims_of(self, leads, user, company):
        """Find the claims that can still be undone.

        :param leads: as the service
        :returns: rows of the ledger, one of each lead whose claim can be undone
        """
        seconds = timedelta(seconds=max(company.lead_undo_seconds, 0))
        since = fields.Datetime.now() - seconds - GRACE
        rows = self.env["lead.distribution.assignment"].search(
            [
                ("lead_id", "in", leads.ids),
                ("user_id", "=", user.id),
                ("state", "=", "assigned"),
                ("date", ">=", since),
                ("previous_user_id", "in", [False, user.id]),
                "|",
                ("reason", "=", "claim"),
                ("deadline", "!=", False),
            ]
        )
        return rows.filtered(
            lambda row: (
                row.lead_id.user_id == user
                and row.lead_id.active
                and row.lead_id.won_status == "pending"
                and not (
                    row.lead_id.last_follow_up_date
                    and row.lead_id.last_follow_up_date > row.date
                )
            )
        ).sorted(lambda row: leads.ids.index(row.lead_id.id))

    @api.model
    def _back_to_pool(self, company, rows, now):
        """Put leads back into the pool, of the route they were of."""
        if not rows:
            return
        apply = self.env["lead.distribution.apply"]
        apply._revert_rows(rows, now)
        apply._give_back(DistributionContext(company, "button", now), rows, {}, False)
        for route, ours in rows.grouped("route_id").items():
            if route:
                ours.lead_id.write({"distribution_route_id": route.id})
        self._wait_again(company, rows.lead_id, now)

    @api.model
    def _wait_again(self, company, leads, now):
        """What waited in the backlog before it was claimed waits there again."""
        before = self.env["lead.distribution.assignment"].search(
            [("lead_id", "in", leads.ids), ("state", "!=", "undone")], order="id"
        )
        drain = self.env["lead.distribution.drain"]
        for lead, rows in before.grouped("lead_id").items():
            last = rows[-1]
            if last.state == "unplaced":
                context = DistributionContext(company, "button", now, rule=last.rule_id)
                lead.distribution_retry_after = drain._retry_after(context, last)

    @api.model
    def _back_to_offer(self, company, rows):
        """Offer leads again, to whom they were offered, until when they were."""
        if not rows:
            return
        apply = self.env["lead.distribution.apply"]
        apply._revert_consequences(rows)
        leads = rows.lead_id
        offers = rows._reopen_offers()
        former = {row.lead_id.id: row.user_id.id for row in rows}
        for team, ours in rows.grouped("previous_team_id").items():
            ours.lead_id.write(
                {
                    "user_id": False,
                    "team_id": team.id,
                    "company_id": company.id,
                    "distribution_state": "offered",
                }
            )
        apply._unsubscribe(leads, former)
        apply._after_take_away(
            DistributionContext(company, "button", fields.Datetime.now()), former
        )
        self.env.flush_all()
        for row in offers:
            silent = row.user_id._lead_is_quiet(company, row.deadline)
            payload = {**apply._offer_payload(row), "silent": silent}
            row.user_id._bus_send("lead_distribution.offer", payload)
        trigger_cron(
            self.env, "ir_cron_expire_offers", at=min(offers.mapped("deadline"))
        )
