"""Leads that are held until somebody is on shift (P1)."""

from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models

from ...engine import HOLD
from ...tools.scheduling import trigger_cron


class LeadDistribution(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _hold(self, context, leads, decisions):
        """Let leads wait whose route has nobody on shift: pending until the first shift
        begins. What a rule moves stays where it is until its next run.

        :param decisions: list of the engine's ``Decision``, one for each lead
        :returns: ``(leads, decisions)`` of those that do not wait
        """
        held = [decision for decision in decisions if decision.reason == HOLD]
        if not held:
            return leads, decisions
        groups = {}
        for decision in held:
            due = context.at + timedelta(seconds=decision.begins)
            groups.setdefault((decision.route_id, due), []).append(decision.lead_id)
        waiting = leads.browse([decision.lead_id for decision in held])
        if context.rule:
            self._settle(waiting)
        else:
            for (route_id, due), ids in groups.items():
                leads.browse(ids).write(
                    {
                        "distribution_state": "pending",
                        "distribution_due": due,
                        "distribution_route_id": route_id,
                    }
                )
            due = min(due for _route_id, due in groups)
            trigger_cron(self.env, "ir_cron_distribute_pending", at=due)
        return leads - waiting, [d for d in decisions if d.reason != HOLD]


class LeadDistributionExplanation(models.AbstractModel):
    _inherit = "lead.distribution.explanation"

    @api.model
    def _explain_waiting(self, lead):
        """Say until when a lead waits, and for what; "" for one that does not.

        :param lead: that the reader may read
        """
        # sudo: whoever may read the lead may know why it waits, and for which route
        lead = lead.sudo()
        if lead.distribution_state != "pending" or not lead.distribution_due:
            return ""
        until = self._moment(lead.distribution_due)
        route = lead.distribution_route_id
        if route.relax_minutes and "should" in dict(route._matching()).values():
            return self.env._(
                "This lead is deferred until %(until)s, for somebody of the route "
                "%(route)s who matches it, or is on shift.",
                until=until,
                route=route.name,
            )
        if route.own_hours and route.own_hours_fallback == HOLD:
            return self.env._(
                "This lead is deferred until %(until)s, when somebody of the route "
                "%(route)s is on shift.",
                until=until,
                route=route.name,
            )
        return self.env._(
            "This lead is deferred until %s, because its route starts some time after "
            "arrival.",
            until,
        )

    @api.model
    def _explain_shift(self, row, trace):
        """Say that nobody was on shift, and when that of the salesperson begins.

        :returns: Markup; empty where somebody was
        """
        if trace.get("relaxed"):
            text = self.env._(
                "Nobody met all the preferred criteria. Assigned to: %s.",
                self._why_not(trace["relaxed"]),
            )
            return Markup("<p class='lead_distribution_relaxed'>%s</p>") % text
        if trace.get("begins") is None or not row.user_id:
            return Markup("")
        begins = fields.Datetime.add(row.date, seconds=trace["begins"])
        text = self.env._(
            "No salesperson who could take it was on shift. The next shift is that of "
            "%(user)s, at %(moment)s.",
            user=self.env["lead.distribution.filters"]._name_of(
                "res.users", row.user_id.id
            ),
            moment=self._moment(begins),
        )
        return Markup("<p class='lead_distribution_shift'>%s</p>") % text
