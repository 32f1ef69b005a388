"""Which leads come first, where not all can be distributed at once (P3)."""

from markupsafe import Markup

from odoo import api, models
from odoo.tools import SQL, format_amount

from ...engine.priority import STARS, Mix, Urgency, figures, ranked
from ...tools.columns import columns
from ...tools.locale import length, plain_number

#: what the database orders leads by, the greatest first, as the engine does; the
#: probability has a column of its own
COLUMNS = {
    "stars": "crm_lead.priority DESC NULLS LAST",
    "revenue": "crm_lead.expected_revenue DESC NULLS LAST",
    "waiting": "crm_lead.create_date",
}
#: orders in which the probability counts
BY_PROBABILITY = ("stars", "probability", "mix")


class LeadDistributionPriority(models.AbstractModel):
    _name = "lead.distribution.priority"
    _description = "Lead Distribution: Priority"

    @api.model
    def _mix(self, company):
        """Return the company's weights, for the engine."""
        return Mix(
            company.lead_priority_stars,
            company.lead_priority_probability,
            company.lead_priority_revenue,
            company.lead_priority_waiting,
            company.lead_priority_full_revenue,
            company.lead_priority_full_hours,
        )

    @api.model
    def _predicts(self, order):
        """Whether Odoo's own predictions count: until leads were won and lost there is
        nothing to learn from, and it predicts 0 or 50 % as it happens.

        :param order: of which it is asked
        """
        if order not in BY_PROBABILITY:
            return True
        # sudo: whether there is anything, for users may not read it
        learned = self.env["crm.lead.scoring.frequency"].sudo()
        return all(
            learned.search_count([(name, ">=", 1)], limit=1)
            for name in ("won_count", "lost_count")
        )

    @api.model
    def _urgencies(self, leads, at, predicts):
        """Return what makes leads urgent, for the engine, in their order."""
        known = set(leads._ids)
        if not predicts:
            known = {lead.id for lead in leads if not lead.is_automated_probability}
        read = columns(
            leads, "create_date", "priority", "probability", "expected_revenue"
        )
        return [
            Urgency(
                lead_id,
                int(stars or 0),
                probability if probability and lead_id in known else 0.0,
                revenue or 0.0,
                round(max((at - (came or at)).total_seconds(), 0.0) / 3600, 2),
            )
            for lead_id, (came, stars, probability, revenue) in zip(
                leads._ids, read, strict=True
            )
        ]

    @api.model
    def _ranked(self, company, leads, at, identities=None):
        """Put the leads of a block into the order in which they are decided.

        :param company: whose setting counts
        :param at: naive UTC datetime, until when they have waited
        :param identities: ``{lead_id: Identity}``: who repeats an inquiry of the same
            block is decided right after it
        :returns: ``(leads, notes)``: the leads in their order, and for the explanation
            ``{lead_id: [order, leads of the block, figure, ...]}``; nothing of a lead
            that is alone
        """
        leads = leads.sorted("id")
        if len(leads) < 2:
            return leads, {}
        # sudo: the order of the company, whoever distributes
        company = company.sudo()
        order, mix = company.lead_priority_order or "stars", self._mix(company)
        predicts = self._predicts(order)
        urgencies = self._urgencies(leads, at, predicts)
        after = {
            lead_id: identity.same_as
            for lead_id, identity in (identities or {}).items()
            if identity.same_as
        }
        notes = {
            each.lead_id: [
                order,
                len(urgencies),
                *(round(figure, 2) for figure in figures(order, each, mix)),
                *(
                    (each.stars, each.probability, each.revenue, each.hours)
                    if order == "mix"
                    else ()
                ),
            ]
            for each in urgencies
        }
        return leads.browse(ranked(order, urgencies, mix, after)), notes

    @api.model
    def _note(self, decisions, notes):
        """Put into the explanations what place a lead had, and by what."""
        for decision in decisions:
            if decision.lead_id in notes:
                decision.trace["priority"] = notes[decision.lead_id]

    @api.model
    def _most_urgent(self, company, domain, limit, at):
        """Find the leads that come first, without reading those behind them.

        :param domain: which leads, of one company
        :param limit: how many at most
        :returns: ``crm.lead``, archived ones too where the domain finds them
        """
        Lead = self.env["crm.lead"].with_context(active_test=False)
        # sudo: the order of the company, whoever distributes
        company = company.sudo()
        Lead.flush_model(
            ["priority", "probability", "automated_probability", "expected_revenue"]
        )
        query = Lead._search(domain, limit=limit)
        order = company.lead_priority_order or "stars"
        probability = SQL("COALESCE(crm_lead.probability, 0)")
        if not self._predicts(order):
            probability = SQL(
                "CASE WHEN round(crm_lead.probability::numeric, 2) IS NOT DISTINCT FROM"
                " round(crm_lead.automated_probability::numeric, 2) THEN 0 ELSE %s END",
                probability,
            )
        terms = [SQL(COLUMNS[order])] if order in COLUMNS else []
        if order == "mix":
            terms = [self._score_sql(company, at, probability)]
        elif order in BY_PROBABILITY:
            terms.append(SQL("%s DESC", probability))
        query.order = SQL(", ").join([*terms, SQL("crm_lead.id")])
        return Lead.browse(query.get_result_ids())

    @api.model
    def _score_sql(self, company, at, probability):
        """Say the score of the mix in SQL, the greatest first; see :class:`Mix`.

        :param probability: SQL of the column
        """
        mix = self._mix(company)
        parts = [
            (mix.stars, SQL("COALESCE(crm_lead.priority, '0')::numeric"), STARS),
            (mix.probability, SQL("(%s)::numeric", probability), 100),
            (
                mix.revenue,
                SQL("COALESCE(crm_lead.expected_revenue, 0)"),
                mix.full_revenue,
            ),
            (
                mix.waiting,
                SQL("EXTRACT(EPOCH FROM %s - crm_lead.create_date) / 3600", at),
                mix.full_hours,
            ),
        ]
        terms = [
            SQL(
                "%s::numeric * LEAST(GREATEST(%s / %s::numeric, 0), 1)",
                weight,
                value,
                full,
            )
            for weight, value, full in parts
            if weight and full > 0
        ]
        return SQL("%s DESC NULLS LAST", SQL(" + ").join(terms) if terms else SQL("0"))


class LeadDistributionExplanation(models.AbstractModel):
    _inherit = "lead.distribution.explanation"

    @api.model
    def _explain_priority(self, row, trace):
        """Say what place a lead had among those distributed with it, and by what.

        :returns: Markup; empty for a lead that was alone
        """
        if not trace.get("priority"):
            return Markup("")
        _ = self.env._
        order, count, *found = trace["priority"]
        if order == "mix":
            score, stars, probability, revenue, hours = found
            why = _(
                "%(score)s of 100 points (stars: %(stars)s, probability of a sale: "
                "%(probability)s %%, expected revenue: %(revenue)s, waiting for "
                "%(time)s)",
                score=plain_number(self.env, score, 0),
                stars=stars,
                probability=plain_number(self.env, probability, 0),
                revenue=self._amount(row, revenue),
                time=length(self.env, hours * 60),
            )
        elif order == "stars":
            why = _(
                "stars: %(stars)s, then the probability of a sale: %(probability)s %%",
                stars=found[0],
                probability=plain_number(self.env, found[1], 0),
            )
        elif order == "probability":
            why = _("probability of a sale: %s %%", plain_number(self.env, found[0], 0))
        elif order == "revenue":
            why = _("expected revenue: %s", self._amount(row, found[0]))
        else:
            why = _("waiting for %s", length(self.env, found[0] * 60))
        text = _(
            "Number %(place)s of the %(count)s leads distributed together, the most "
            "urgent first (%(why)s).",
            place=trace.get("place", 0) + 1,
            count=count,
            why=why,
        )
        return Markup("<p class='lead_distribution_place'>%s</p>") % text

    @api.model
    def _amount(self, row, amount):
        # sudo: the currency of the row's company
        currency = (row.company_id or self.env.company).sudo().currency_id
        return format_amount(self.env, amount, currency)
