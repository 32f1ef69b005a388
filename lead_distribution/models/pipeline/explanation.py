"""Why? A stored trace in the words and the language of who reads it."""

from markupsafe import Markup

from odoo import api, models
from odoo.tools import format_datetime

from ...engine import readable
from ...tools.constants import PRIVATE
from ...tools.limits import ON_ROUTE
from ...tools.locale import signed_number


class LeadDistributionExplain(models.AbstractModel):
    _name = "lead.distribution.explanation"
    _description = "Lead Distribution: Explanation"

    @api.model
    def _why_not(self, code, lang=None):
        """Return what an exclusion's or a route's code means, in words."""
        _ = self.with_context(lang=lang or self.env.lang).env._
        words = {
            # people
            "archived": _("no longer active"),
            "no_rights": _("without sales rights"),
            "company": _("of another company"),
            "intake": _("an intake user"),
            "paused": _("paused for leads"),
            "paused_here": _("paused on this route"),
            "team_pause": _("assignment paused on the team"),
            "no_user": _("without a user of their own"),
            "listing_over": _("contact of a listing that has ended or not started"),
            "absent_soon": _("about to be absent"),
            "off_shift": _("not on shift"),
            "no_language": _("does not speak the lead's language"),
            "no_skill": _("does not have any of the lead's tags"),
            "no_territory": _("does not cover the lead's address"),
            "tag": _("without the tags that the route asks for"),
            "absent": _("absent"),
            "no_target": _("with a target of 0"),
            "limit": _("at the limit of leads"),
            "not_candidate": _("not on this route"),
            "had_it": _("had the lead before"),
            "declined": _("was offered it and declined"),
            "let_expire": _("was offered it today and did not answer"),
            "missed": _("did not follow up in time"),
            "handed_over": _("hands over leads, customers and tasks"),
            "not_again": _("finished its task, which is for somebody else now"),
            "reported": _("said that it is not theirs, and a manager agreed"),
            "unavailable": _("not available"),
            # routes
            "taken": _("took the lead"),
            "nobody": _("nobody eligible"),
            "hold": _("deferred until somebody is on shift"),
            "no_match": _("the lead does not match its filter"),
            "no_listing": _("the lead has no listing"),
            "not_asked": _("another route was chosen"),
            "closed": _("was closed when the lead arrived"),
            "broken": _("its filter is broken"),
            "no_drain": _("takes nothing from the backlog"),
            "too_old": _("takes nothing that old from the backlog"),
        }
        if code.startswith(ON_ROUTE):
            here = self._limit_words(_, code.removeprefix(ON_ROUTE))
            return _("%s on this route", here)
        return words.get(code) or self._limit_words(_, code)

    @staticmethod
    def _limit_words(_, code):
        """Return what a limit's code means; other codes as they are.

        :param _: translates
        """
        words = {
            "limit_hour": _("at the limit of leads an hour"),
            "limit_day": _("at the limit of leads a day"),
            "limit_week": _("at the limit of leads a week"),
            "limit_month": _("at the limit of leads a month"),
            "limit_days": _("at the limit of leads in some days"),
            "limit_open": _("at the limit of open leads"),
            "limit_hour_value": _("at the limit of value an hour"),
            "limit_day_value": _("at the limit of value a day"),
            "limit_week_value": _("at the limit of value a week"),
            "limit_month_value": _("at the limit of value a month"),
            "limit_days_value": _("at the limit of value in some days"),
            "limit_open_value": _("at the limit of open value"),
        }
        return words.get(code, code)

    @api.model
    def _moment(self, at):
        """A moment in the reader's format and time zone.

        :param at: naive UTC datetime
        """
        return format_datetime(self.env, at, tz=str(self.env.tz), dt_format="short")

    @api.model
    def _known_people(self):
        """Of whom the current user may know absence, pause, limits and targets: of
        themselves, of the teams that they lead, as a manager of everybody.

        :returns: set of user ids, None for everybody
        """
        user = self.env.user
        if self.env.su or user.has_group("lead_distribution.group_manager"):
            return None
        # sudo: who is in the teams that one leads
        led = self.env["crm.team"].sudo().search([("user_id", "=", user.id)])
        members = led.crm_team_member_all_ids.filtered("active")
        return {user.id, *members.user_id.ids}

    @api.model
    def _why_not_told(self, code, user_id, known):
        """As :meth:`_why_not`, as far as the reader may know it of that colleague.

        :param known: of :meth:`_known_people`
        """
        if code in PRIVATE and known is not None and user_id not in known:
            code = "unavailable"
        return self._why_not(code)

    @api.model
    def _explain_lead(self, lead):
        """The explanation of a lead for the current user: its newest ledger row,
        and the earlier ones in a line each.

        :returns: Markup
        """
        lead.check_access("read")
        _ = self.env._
        if not lead.id:
            return Markup("")
        # sudo: whoever may read the lead may know why it is where it is
        rows = (
            self.env["lead.distribution.assignment"]
            .sudo()
            .search([("lead_id", "=", lead.id)], order="id desc")
        )
        more = self._explain_lead_more(lead)
        if not rows:
            words = {
                "none": self._why_left_alone(lead),
                "pending": self._explain_waiting(lead)
                or _("This lead is about to be distributed."),
                "pool": _(
                    "No route was set up when this lead arrived: it is in the pool."
                ),
            }
            text = words.get(lead.distribution_state or "none", "")
            return Markup("<p class='lead_distribution_empty'>%s</p>%s") % (text, more)
        parts = [self._explain(rows[0])]
        waiting = self._explain_waiting(lead)
        if waiting:
            parts.insert(0, Markup("<p>%s</p>") % waiting)
        if len(rows) > 1:
            parts.append(Markup("<h4>%s</h4><ul>") % _("Before that"))
            parts += [Markup("<li>%s</li>") % self._headline(row) for row in rows[1:]]
            parts.append(Markup("</ul>"))
        return Markup("").join([*parts, more])

    @api.model
    def _explain_lead_more(self, lead):
        """Hook: what is to be said of a lead besides what the ledger says.

        :returns: Markup
        """
        return Markup("")

    @api.model
    def _headline(self, row):
        """Return one line of Markup: when, who, by which route, why."""
        _ = self.env._
        # sudo: whoever may read the lead may know why it is where it is
        row = row.sudo()
        labels = dict(row._fields["reason"]._description_selection(self.env))
        states = dict(row._fields["state"]._description_selection(self.env))
        values = {
            "date": self._moment(row.date),
            "user": Markup("<b>%s</b>")
            % self.env["lead.distribution.filters"]._name_of(
                "res.users", row.user_id.id
            )
            if row.user_id
            else Markup("<b>%s</b>")
            % (_("nobody") if row.state == "unplaced" else _("a former salesperson")),
            "state": states[row.state],
            "reason": labels[row.reason],
            "route": self.env["lead.distribution.filters"]._name_of(
                row.route_id._name, row.route_id.id
            )
            if row.route_id
            else "",
        }
        if row.state == "corrected":
            values["units"] = signed_number(self.env, row.units)
            values["reason"] = row.note or ""
            return _("%(date)s: %(user)s, %(units)s units (%(reason)s)", **values)
        if row.state == "declined" and row.decline_reason:
            values["reason"] = _("the reason given: %s", row.decline_reason)
        if row.route_id:
            return _(
                "%(date)s: %(user)s, %(state)s by the route “%(route)s” (%(reason)s)",
                **values,
            )
        return _("%(date)s: %(user)s, %(state)s (%(reason)s)", **values)

    @api.model
    def _explain(self, row, headline=None):
        """One ledger row in full.

        :param headline: what stands above it; by default what the row did
        :returns: Markup
        """
        if not row:
            return Markup("")
        # sudo: whoever may read the lead may know why it is where it is
        row = row.sudo()
        trace = readable(row.trace or {})
        parts = [
            Markup("<div class='lead_distribution_why'><p class='lead'>%s</p>")
            % (headline or self._headline(row))
        ]
        parts.append(self._explain_reason(row, trace))
        dropped = self._explain_dropped(row)
        if dropped:
            parts.append(
                Markup("<p class='lead_distribution_dropped lead_muted'>%s</p>")
                % dropped
            )
        parts.append(self._explain_identity(trace.get("identity") or {}))
        parts.append(self._explain_passed(trace))
        parts.append(self._explain_drain(trace))
        parts.append(self._explain_shift(row, trace))
        parts.append(self._explain_priority(row, trace))
        parts.append(self._explain_deputies(trace))
        parts.append(self._explain_advisors(trace))
        parts += self._explain_more(row, trace)
        parts.append(self._explain_candidates(row, trace))
        parts.append(self._explain_excluded(row, trace))
        parts.append(self._explain_routes(trace, row.lead_id.sudo(False)))
        parts.append(Markup("</div>"))
        return Markup("").join(parts)

    @api.model
    def _explain_more(self, row, trace):
        """Hook: what later packages have to say of a decision.

        :returns: list of Markup
        """
        return []

    @api.model
    def _explain_reason(self, row, trace):
        _ = self.env._
        words = self.env["lead.distribution.route"]._strategy_words(
            trace.get("strategy")
        )
        reasons = {
            "duplicate": _(
                "The same person has an open inquiry already: one salesperson for both."
            ),
            "direct": _("A direct route wins over all others."),
            "known_advisor": _(
                "The customer's salesperson comes first, even past the target."
            ),
            "former_advisor": _(
                "The customer's salesperson could not take it; a former one could."
            ),
            "deputy": _("The customer's salesperson is away: their deputy comes next."),
            "handover": _("It was divided among the chosen people."),
            "return": _("The absence is over: the lead goes back to its salesperson."),
            "strategy": words.reason,
            "no_route": _("The lead matches no route that is switched on."),
            "no_company": _(
                "The company of the lead is unknown: neither the lead nor its team, "
                "salesperson or customer has one. So no route applies. Choose its "
                "company, or a team that has one, and distribute it."
            ),
            "nobody": _("No matching route has an eligible salesperson."),
            "unclaimed": _(
                "It was offered to %s people; nobody claimed it in time.",
                trace["offers"],
            )
            if trace.get("offers", 1) != 1
            else _("It was offered; nobody claimed it in time."),
            "correction": _("A manager added or removed units. They count this month."),
            "claim": _("Taken from the pool by the salesperson."),
            "rule": words.reason,
            "exhausted": _(
                "It was moved as often as the rule allows, or everybody in the rule "
                "has already had it. A person must decide."
            ),
            "missed": _("Nobody followed up in time: a person must decide."),
            "manual": _("Somebody chose the salesperson manually."),
            "merge": _(
                "Inquiries of the same person were merged, and the salesperson was "
                "chosen with it."
            ),
            "error": _(
                "The distribution of this lead failed (%s). See the system log for "
                "details.",
                trace["error"],
            )
            if "error" in trace
            else _("The distribution of this lead failed."),
        }
        texts = [
            row.rule_id._explain_rule(row, trace),
            reasons.get(row.reason),
        ]
        return Markup("").join(Markup("<p>%s</p>") % text for text in texts if text)

    @api.model
    def _explain_identity(self, evidence):
        """Whose the lead is, in the words of who reads it.

        :param evidence: see :meth:`_identify`
        :returns: Markup
        """
        _ = self.env._
        kinds = {
            "email": _("email"),
            "phone": _("phone"),
            "vat": _("tax number"),
            "partner": _("customer"),
            "name": _("the person's name"),
            "domain": _("domain"),
        }
        by = ", ".join(kinds[kind] for kind in evidence.get("by") or ())
        lines = []
        if evidence.get("lead"):
            name = self._link_to("crm.lead", evidence["lead"])
            lines.append(
                _(
                    "The same person as in the lead “%(lead)s” (%(by)s)",
                    lead=name,
                    by=by,
                )
                if by
                else _(
                    "The same person as in the lead “%s”, by other inquiries in "
                    "between",
                    name,
                )
            )
        if evidence.get("unlike"):
            lines.append(_("The names differ: the two are not merged automatically."))
        if evidence.get("partner"):
            name = self._link_to("res.partner", evidence["partner"])
            lines.append(
                _("Customer: %(name)s (%(by)s)", name=name, by=by)
                if by
                else _("Customer: %s", name)
            )
        flags = {
            "conflict": _("The contact data match several customers."),
            "shared": _(
                "The email or phone number is shared by several people, so it does "
                "not identify a customer."
            ),
            "name": _(
                "Only the name is the same. That is not enough to recognise a customer."
            ),
            "account": _(
                "The address is unknown, but its domain belongs to a company."
            ),
        }
        if evidence.get("flag") in flags:
            lines.append(flags[evidence["flag"]])
        for kind, record_id, score, matched in evidence.get("candidates") or ():
            model = "crm.lead" if kind == "lead" else "res.partner"
            lines.append(
                _(
                    "Maybe %(name)s: %(score)s %% (%(by)s)",
                    name=self._link_to(model, record_id),
                    score=round(100 * score),
                    by=", ".join(kinds[kind] for kind in matched),
                )
            )
        if not lines:
            return Markup("")
        return Markup("<ul class='mb-0'>%s</ul>") % Markup("").join(
            Markup("<li>%s</li>") % line for line in lines
        )

    @api.model
    def _link_to(self, model, record_id):
        """Name a record and link to it.

        :returns: Markup, the name as a link where the reader may follow it; of a lead,
            who asks as well
        """
        name = self.env["lead.distribution.filters"]._name_of(model, record_id)
        record = self.env[model].with_context(active_test=False).browse(record_id)
        if not record.exists() or not record.has_access("read"):
            return name
        who = record.contact_name if model == "crm.lead" else ""
        return Markup("<a href='/odoo/%s/%s'>%s</a>") % (
            model,
            record_id,
            f"{name} ({who})" if who else name,
        )

    @api.model
    def _explain_passed(self, trace):
        """Explain why a lead passed the owner of its channel by.

        :returns: Markup, why the lead is not whose own channel it came through; the
            reason for whom it concerns
        """
        if not trace.get("passed"):
            return Markup("")
        _ = self.env._
        user_id, code = trace["passed"]
        user = self.env["res.users"].browse(user_id)
        known = user.exists() and user == user._lead_known()
        return Markup("<p>%s</p>") % _(
            "It arrived through %(name)s's own source or address. It was distributed "
            "as usual, because %(name)s was %(why)s.",
            name=self.env["lead.distribution.filters"]._name_of("res.users", user_id),
            why=self._why_not(code) if known else _("not available"),
        )

    @api.model
    def _explain_routes(self, trace, lead):
        """Name the routes that were tried, and why each was passed over."""
        _ = self.env._
        routes = self.env["lead.distribution.route"].with_context(active_test=False)
        lines = []
        for route_id, code in trace.get("routes", ()):
            why = self._why_not(code)
            if code == "no_match":
                told = self._why_no_match(routes.browse(route_id), lead)
                why = f"{why} ({told})" if told else why
            name = self.env["lead.distribution.filters"]._name_of(
                "lead.distribution.route", route_id
            )
            lines.append(Markup("<li>%s: %s</li>") % (name, why))
        if not lines:
            return Markup("")
        return Markup("<h4>%s</h4><ol>%s</ol>") % (
            _("Routes tried, in order"),
            Markup("").join(lines),
        )
