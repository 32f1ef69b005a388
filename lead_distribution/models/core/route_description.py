"""A route in one sentence (K14)."""

from odoo import api, models
from odoo.tools import format_date

from ...tools.locale import duration


class LeadDistributionRoute(models.Model):
    _inherit = "lead.distribution.route"

    @api.depends_context("lang", "uid", "allowed_company_ids")
    @api.depends(
        "domain",
        "pool_source",
        "user_id",
        "member_ids.user_id",
        "team_ids",
        "strategy",
        "workload_measure",
        "skip_absent",
        "prefer_known",
        "category_ids",
        "absence_lookahead_days",
        "delay_number",
        "delay_unit",
        "schedule",
        "resource_calendar_id.tz",
        "date_from",
        "date_to",
        "delivery",
        "offer_minutes",
        "offer_max",
        "own_hours",
        "own_hours_fallback",
        "own_hours_within",
        "match_language",
        "match_skill",
        "match_territory",
        "relax_minutes",
    )
    def _compute_summary(self):
        for route in self:
            route.summary = route._describe()

    def _describe(self):
        """Return the route in one sentence, in the reader's language."""
        self.ensure_one()
        _ = self.env._
        if self.problem:
            leads = _("Skipped, because its filter is broken")
        elif (self.domain or "[]").strip() in ("[]", ""):
            leads = _("Every lead")
        else:
            leads = self._describe_domain()
        if self.pool_source == "user":
            return _(
                "%(leads)s: straight to %(user)s, before every other route.",
                leads=leads,
                user=self._who(),
            )
        how = self._strategy_words(self.strategy).sentence
        parts = [
            _("%(leads)s: to %(who)s, %(how)s", leads=leads, who=self._who(), how=how)
        ]
        if self.by_load and self._measure().sentence:
            parts.append(self._measure().sentence)
        if self.prefer_known:
            parts.append(_("known customers to their advisor"))
        if self.skip_absent:
            parts.append(_("absent people are skipped"))
        if self.absence_lookahead_days:
            parts.append(
                _(
                    "also those away within %s",
                    duration(self.env, self.absence_lookahead_days, "days"),
                )
            )
        if self.schedule != "always" or self.date_from or self.date_to:
            hours = self._describe_hours()
            parts.append(hours[:1].lower() + hours[1:])
        minutes = duration(self.env, self.offer_minutes, "minutes")
        if self.delivery == "offer" and self.offer_max == 1:
            parts.append(_("offered to one person for %s", minutes))
        elif self.delivery == "offer":
            parts.append(
                _(
                    "offered for %(time)s each, to %(max)s people at most",
                    time=minutes,
                    max=self.offer_max,
                )
            )
        elif self.delivery == "offer_all":
            parts.append(_("offered to all for %s, first to claim", minutes))
        if self.delay_number:
            time = duration(self.env, self.delay_number, self.delay_unit)
            parts.append(_("%s after arrival", time))
        parts += self._describe_more()
        return "; ".join(parts) + "."

    def _describe_more(self):
        """Hook: what else the route does, each a part of its sentence."""
        return []

    def _describe_hours(self):
        """Put into words when the route is open, with the time zone of its hours."""
        self.ensure_one()
        parts = []
        if self.schedule != "always" or not (self.date_from or self.date_to):
            hours = dict(self._fields["schedule"]._description_selection(self.env))
            zone = f" ({self._zone()})" if self.schedule != "always" else ""
            parts.append(f"{hours[self.schedule]}{zone}")
        if self.date_from or self.date_to:
            parts.append(
                self.env._(
                    "from %(begin)s to %(end)s",
                    begin=format_date(self.env, self.date_from) or "…",
                    end=format_date(self.env, self.date_to) or "…",
                )
            )
        return "; ".join(parts)

    def _describe_domain(self):
        """Put the filter into words."""
        return self.env._(
            "Leads with %s",
            self.env["lead.distribution.filters"]._filter_in_words(
                "crm.lead", self.domain
            ),
        )
