"""Explanations: the people of a decision."""

from functools import partial

from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models

from ...engine import STRATEGIES, known_strategy, readable
from ...tools.constants import PRIVATE
from ...tools.locale import duration, plain_number, signed_number
from ...tools.periods import month_span
from ...tools.service_context import as_service

UNTRACED = {"claim", "correction", "manual", "merge", "return"}


class LeadDistributionExplanation(models.AbstractModel):
    _inherit = "lead.distribution.explanation"

    @api.model
    def _explain_advisors(self, trace):
        _ = self.env._
        lines, known = [], self._known_people()
        if trace.get("keeper") and trace["keeper"][1]:
            user_id, code = trace["keeper"]
            line = _(
                "%(name)s, who has the open inquiry: %(why)s",
                name=self.env["lead.distribution.filters"]._name_of(
                    "res.users", user_id
                ),
                why=self._why_not_told(code, user_id, known),
            )
            lines.append(Markup("<li>%s</li>") % line)
        for user_id, reason, code in trace.get("advisors", ()):
            name = self.env["lead.distribution.filters"]._name_of("res.users", user_id)
            kind = (
                _("the customer's salesperson")
                if reason == "known_advisor"
                else _("salesperson of the same person's open inquiry")
                if reason == "duplicate"
                else _("the deputy")
                if reason == "deputy"
                else _("a former salesperson of the customer")
            )
            if code:
                line = _(
                    "%(name)s, %(kind)s: %(why)s",
                    name=name,
                    kind=kind,
                    why=self._why_not_told(code, user_id, known),
                )
            else:
                line = _("%(name)s, %(kind)s: receives the lead", name=name, kind=kind)
            lines.append(Markup("<li>%s</li>") % line)
        if not lines:
            return Markup("")
        return Markup("<ul>%s</ul>") % Markup("").join(lines)

    @api.model
    def _explain_deputies(self, trace):
        """For whom a deputy stands in, until when, as far as the reader may know."""
        steps = trace.get("deputies") or ()
        if not steps:
            return Markup("")
        _ = self.env._
        name_of = self.env["lead.distribution.filters"]._name_of
        known = self._known_people()
        told = known is None or self.env.uid in {deputy for *_away, deputy in steps}
        lines = []
        for user_id, until, deputy in steps:
            values = {
                "name": name_of("res.users", user_id),
                "deputy": name_of("res.users", deputy),
            }
            if not told and user_id not in known:
                text = _(
                    "%(name)s is not available; %(deputy)s is the deputy.", **values
                )
            elif until:
                text = _(
                    "%(name)s is absent until %(until)s; %(deputy)s is their deputy.",
                    until=self._moment(fields.Datetime.to_datetime(until)),
                    **values,
                )
            else:
                text = _(
                    "%(name)s is absent until further notice; %(deputy)s is their "
                    "deputy.",
                    **values,
                )
            lines.append(Markup("<p class='lead_distribution_deputy'>%s</p>") % text)
        return Markup("").join(lines)

    @api.model
    def _explain_candidates(self, row, trace):
        chosen = trace.get("chosen")
        if not chosen:
            return Markup("")
        _ = self.env._
        strategy, Route = trace.get("strategy"), self.env["lead.distribution.route"]
        words = Route._strategy_words(strategy)
        by_rate = STRATEGIES[known_strategy(strategy)].by_rate
        measure = self._route_as_it_was(row).get("measure") or "assignments"
        head = Markup("").join(
            Markup("<th class='%s'>%s</th>") % (side, text)
            for side, text in (
                ("", _("Salesperson")),
                ("text-end", Route._measure_words(measure).column),
                ("text-end", _("Target")),
                ("text-end", _("Workload %")),
                ("text-end", words.column or _("Expected")),
            )
        )
        body, known = [], self._known_people()
        corrections = self._corrections_within(
            row, measure, [line[0] for line in [chosen, *trace.get("next", ())]]
        )
        made_up = {line[0]: line[4] for line in self._candidates_of(row) if line[4:]}
        number = words.number or partial(signed_number, self.env)
        for place, (user_id, load, target, deficit) in enumerate(
            [chosen, *trace.get("next", ())]
        ):
            percent = (
                f"{plain_number(self.env, 100 * load / target, 0)} %" if target else "–"
            )
            extra = made_up.get(user_id)
            cells = [
                _(
                    "%(load)s, of these %(extra)s credited for time away",
                    load=plain_number(self.env, load, 2),
                    extra=plain_number(self.env, extra, 2),
                )
                if extra
                else plain_number(self.env, load, 2),
                plain_number(self.env, target, 2),
                percent,
                "–" if deficit is None else number(deficit),
            ]
            if user_id in corrections:
                cells[0] = _(
                    "%(load)s, of these %(units)s by correction",
                    load=cells[0],
                    units=signed_number(self.env, corrections[user_id]),
                )
            if known is not None and user_id not in known:
                # how full colleagues are, not of how much, nor how well they do
                cells = ["…", "…", percent, "…" if by_rate else cells[3]]
            name = self.env["lead.distribution.filters"]._name_of("res.users", user_id)
            if not place:
                name = Markup("<b>%s</b>") % name
            body.append(
                Markup("<tr class='%s'><td>%s</td>%s</tr>")
                % (
                    "table-success" if not place else "",
                    name,
                    Markup("").join(
                        Markup("<td class='text-end'>%s</td>") % cell for cell in cells
                    ),
                )
            )
        title = _("Next in line at that moment") if len(body) > 1 else ""
        weighed = Markup("")
        if row.units not in (0.0, 1.0):
            weighed = Markup("<p>%s</p>") % _(
                "By its expected revenue, this lead counts as %s leads.",
                plain_number(self.env, row.units, 2),
            )
        return Markup(
            "<h4>%s</h4><table class='table table-sm'><thead><tr>%s</tr></thead>"
            "<tbody>%s</tbody></table>%s"
        ) % (title, head, Markup("").join(body), weighed)

    @api.model
    def _corrections_within(self, row, measure, user_ids):
        """Look up what managers had given or taken that month before a decision.

        :param measure: key of what was counted
        :returns: ``{user_id: units}``
        """
        if measure != "assignments" or not row.company_id:
            return {}
        return self.env["lead.distribution.candidates"]._corrections_of(
            row.company_id, user_ids, month_span(row.company_id, row.date)[0], row
        )

    @api.model
    def _route_as_it_was(self, row):
        """Look up the route of a decision in its snapshot.

        :returns: the dictionary of it that :meth:`Snapshot.as_json` made; empty if
            there is none
        """
        table = (row.snapshot_id.data or {}).get("routes", {})
        return table.get(f"{row.route_id.id}:{row.listing_id.id}") or table.get(
            str(row.route_id.id), {}
        )

    @api.model
    def _candidates_of(self, row):
        """Return the candidates of a row's route as they were."""
        return self._route_as_it_was(row).get("candidates", ())

    @api.model
    def _explain_excluded(self, row, trace):
        _ = self.env._
        excluded = trace.get("excluded") or {}
        if not excluded:
            return Markup("")
        names, known = {}, self._known_people()
        candidates = self._candidates_of(row)
        if known and candidates and known.issuperset(c[0] for c in candidates):
            known = None  # all of them are the reader's people
        out = [(c[0], c[3]) for c in candidates if c[3]] + trace.get("spent", [])
        for user_id, code in out:
            if known is None or user_id in known:
                name = (
                    self.env["lead.distribution.filters"]._name_of("res.users", user_id)
                    if user_id > 0
                    else self.env["lead.distribution.filters"]._name_of(
                        "res.partner", -user_id
                    )
                )
                names.setdefault(code, []).append(name)
        lines, others = [], 0
        for code, count in excluded.items():
            told = names.get(code, [])
            if code in PRIVATE and known is not None:
                # of the others that they were not available, and no more
                others += max(count - len(told), 0)
                count = min(count, len(told))
            if not count:
                continue
            line = f"{count} × {self._why_not(code)}"
            if told:
                line = f"{line} ({', '.join(told)})"
            lines.append(Markup("<li>%s</li>") % line)
        if others:
            line = f"{others} × {self._why_not('unavailable')}"
            lines.append(Markup("<li>%s</li>") % line)
        return Markup("<h4>%s</h4><ul>%s</ul>") % (
            _("Left out"),
            Markup("").join(lines),
        )

    @api.model
    def _explain_dropped(self, row):
        """Tell that the details of a decision are gone, and why.

        :returns: in the words of who reads it, that the details are not kept any more;
            False where they are, or where there never were any
        """
        if row.trace and not readable(row.trace):
            return self.env._(
                "The details of this decision were written by a later version of the "
                "addon than this one."
            )
        if row.trace or row.reason in UNTRACED:
            return False
        company = row.company_id or as_service(self).env.company
        months = company.lead_trace_months
        if months and row.date < fields.Datetime.now() - relativedelta(months=months):
            return self.env._(
                "The details of this decision were deleted after %s, according to the "
                "settings. Who got the lead and when stays.",
                duration(self.env, months, "months"),
            )
        return self.env._(
            "The details of this decision are no longer kept. Who got the lead and "
            "when stays."
        )
