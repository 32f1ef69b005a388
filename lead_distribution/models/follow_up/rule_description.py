"""A rule in one sentence."""

from odoo import api, models

from ...tools.locale import duration


class LeadDistributionRule(models.Model):
    _inherit = "lead.distribution.rule"

    @api.depends_context("lang")
    @api.depends(
        "entity",
        "kind",
        "delay_number",
        "delay_unit",
        "domain",
        "leave_planned",
        "target_mode",
        "route_id",
        "member_ids.user_id",
        "strategy",
        "max_moves",
    )
    def _compute_summary(self):
        for rule in self:
            rule.summary = rule._describe()

    def _describe(self):
        """Return the rule in one sentence, in the reader's language."""
        self.ensure_one()
        _ = self.env._
        if self.problem:
            return _("Skipped, because its filter is broken.")
        what = self._describe_what(
            duration(self.env, self.delay_number, self.delay_unit or "days")
        )
        if (self.domain or "[]").strip() not in ("[]", ""):
            filters = self.env["lead.distribution.filters"]
            what = _(
                "%(what)s, with %(condition)s",
                what=what,
                condition=filters._filter_in_words(self._filter_model(), self.domain),
            )
        if self.leave_planned:
            what = _("%s, with no call or meeting ahead", what)
        if self.target_mode == "routes":
            who = (
                _("through the route %s", self.route_id.name)
                if self.route_id
                else _("through the routes")
            )
        else:
            names = self.member_ids.user_id.mapped("name")
            who = ", ".join(names[:4]) or _("nobody yet")
            if len(names) > 4:
                who = _("%(names)s and %(count)s more", names=who, count=len(names) - 4)
            who = _("to %s", who)
        return _(
            "%(what)s: %(who)s. Moves at most: %(moves)s.",
            what=what,
            who=who,
            moves=self.max_moves,
        )

    def _describe_what(self, time):
        """Return what the rule moves, its filter aside.

        :param time: for how long, in words
        """
        _ = self.env._
        kind = self.kind or "no_follow_up"
        if self.entity == "customer":
            words = {
                "new": _("New customers without a salesperson"),
                "no_follow_up": _("Customers without follow-up for %s", time),
                "no_first_follow_up": _(
                    "Customers without a first follow-up within %s", time
                ),
                "no_sales": _("Customers without sales for %s", time),
            }
        else:
            words = {
                "new": _("New leads that no route took"),
                "no_follow_up": _("Leads without follow-up for %s", time),
                "no_first_follow_up": _(
                    "Leads without a first follow-up within %s", time
                ),
                "no_sales": _("Leads without a sale for %s", time),
            }
        labels = dict(self._fields["kind"]._description_selection(self.env))
        return words.get(kind) or labels[kind]
