"""A route in one sentence (K14)."""

from ast import literal_eval

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
    )
    def _compute_summary(self):
        for route in self:
            route.summary = route._describe()

    def _describe(self):
        """Return the route in one sentence, in the reader's language."""
        self.ensure_one()
        _ = self.env._
        if self.problem:
            leads = _("Passed over, because its filter is broken")
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
            parts.append(_("the absent are skipped"))
        if self.absence_lookahead_days:
            parts.append(
                _("also those away within %s days", self.absence_lookahead_days)
            )
        if self.schedule != "always":
            hours = dict(self._fields["schedule"]._description_selection(self.env))
            parts.append(f"{hours[self.schedule].lower()} ({self._zone()})")
        if self.date_from or self.date_to:
            parts.append(
                _(
                    "from %(begin)s to %(end)s",
                    begin=format_date(self.env, self.date_from) or "…",
                    end=format_date(self.env, self.date_to) or "…",
                )
            )
        if self.delivery == "offer":
            parts.append(
                _(
                    "offered for %(minutes)s minutes each, to %(max)s people at most",
                    minutes=self.offer_minutes,
                    max=self.offer_max,
                )
            )
        elif self.delivery == "offer_all":
            parts.append(
                _("offered to all for %s minutes, first to claim", self.offer_minutes)
            )
        if self.delay_number:
            time = duration(self.env, self.delay_number, self.delay_unit)
            parts.append(_("%s after arrival", time))
        return "; ".join(parts) + "."

    def _describe_domain(self):
        """Put the filter into words.

        :returns: the filter in words if it is a short list of conditions, else that
            there is one
        """
        _ = self.env._
        conditions = []
        for leaf in self._parsed_domain().iter_conditions():
            conditions.append(self._describe_condition(leaf))
        words = literal_eval(self.domain.strip())
        if len(conditions) > 3 or not all(conditions) or "!" in words or "|" in words:
            return _("Leads that match the filter")
        return _("Leads with %s", _(" and ").join(conditions))

    def _describe_condition(self, leaf):
        """Return one condition in words, "" if it has no simple ones."""
        field = self.env["crm.lead"]._fields.get(leaf.field_expr)
        if not field:
            return ""
        label = field._description_string(self.env)
        value = leaf.value
        values = list(value) if isinstance(value, (list, tuple, set)) else [value]
        if field.relational:
            ids = [v for v in values if isinstance(v, int) and v is not False]
            records = self.env[field.comodel_name].browse(ids)
            named = self.env["lead.distribution.filters"]._names_of(records)
            named += [v for v in values if isinstance(v, str)]
        elif field.type == "selection":
            options = dict(field._description_selection(self.env))
            named = [str(options.get(v, v)) for v in values]
        else:
            named = [str(v) for v in values if v not in (False, None)]
        if values in ([False], []):
            words = {"=": "%s: –", "in": "%s: –", "!=": "%s ≠ –", "not in": "%s ≠ –"}
            return (
                (words.get(leaf.operator) or "") % label
                if words.get(leaf.operator)
                else ""
            )
        sign = {"=": ":", "in": ":", "!=": " ≠", "not in": " ≠", "ilike": " ~"}.get(
            leaf.operator, f" {leaf.operator}"
        )
        shown = ", ".join(named[:3]) + ("…" if len(named) > 3 else "")
        return f"{label}{sign} {shown}" if named else ""
