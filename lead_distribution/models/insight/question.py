"""Who would get this lead? One lead, or values that are no lead yet, goes through the
steps of a distribution, all but the last: nothing is written."""

from dataclasses import replace
from datetime import date, timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...engine import HOLD
from ...tools.constants import ALONE, KEPT
from ...tools.service_context import HISTORY_KEY, as_service
from ..pipeline.history import LiveHistory
from .replay import ReplayHistory

#: what is found out of a lead that comes in, and not said by it
NOT_SAID = {*KEPT, *models.MAGIC_COLUMNS, "user_id"}
#: moments that can be asked about, in years from today
YEARS = 10
#: whoever asks about a moment this near means now
NOW = timedelta(minutes=2)


class QuestionHistory(LiveHistory):
    """The records as they are; a name alone recognises nobody, so nobody looks."""

    hints_by_name = False


class LeadDistributionQuestion(models.AbstractModel):
    _name = "lead.distribution.question"
    _description = "Lead Distribution: Who Would Get It?"

    # what is asked ---------------------------------------------------------

    @api.model
    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group(
            "lead_distribution.group_manager"
        ):
            raise AccessError(
                self.env._(
                    "Only managers of distribution can see who would get a lead."
                )
            )

    @api.model
    def _moment_of(self, at):
        """Read a moment from outside.

        :param at: datetime or text in UTC, or nothing for now
        :returns: naive UTC datetime
        :raises UserError: for what is no moment, and for one too far away
        """
        now = fields.Datetime.now()
        if not at:
            return now
        try:
            if not isinstance(at, (str, date)):
                raise ValueError
            at = fields.Datetime.to_datetime(at)
            if at.tzinfo:
                at = at.replace(tzinfo=None) - at.utcoffset()
        except (ValueError, OverflowError) as error:
            raise UserError(
                self.env._("This is not a date and time: %s", str(at)[:50])
            ) from error
        if abs((at - now).days) > YEARS * 366:
            raise UserError(
                self.env._("Choose a date at most %s years from today.", YEARS)
            )
        return at.replace(microsecond=0)

    @api.model
    def _lead_of(self, lead_id, values, at):
        """Return the lead that is asked about, or one made up of values.

        :param lead_id: id of a lead that the caller may read, or the lead
        :param values: as for ``crm.lead.create``; they win over nothing: a lead that is
            there is asked about as it is
        :returns: ``crm.lead`` as superuser, without an id if there are values only
        :raises AccessError: for what the caller may not read
        :raises UserError: for neither, for both, and for values that are none
        """
        Lead = self.env["crm.lead"]
        if bool(lead_id) == bool(values) and values != {}:
            raise UserError(self.env._("Choose a lead, or describe one."))
        if lead_id:
            if isinstance(lead_id, models.BaseModel):
                lead_id = lead_id.id
            if type(lead_id) is not int or not 0 < lead_id < 2**31:
                raise UserError(self.env._("There is no such lead."))
            lead = Lead.with_context(active_test=False).browse(lead_id)
            if not lead.exists():
                raise UserError(self.env._("There is no such lead."))
            lead.check_access("read")
            return as_service(lead)
        if not isinstance(values, dict):
            raise UserError(self.env._("Values are a dictionary of fields."))
        for name in values:
            field = Lead._fields.get(name) if isinstance(name, str) else None
            if field is None:
                raise UserError(self.env._("There is no field “%s”.", str(name)[:50]))
            if name in NOT_SAID or not field.store:
                raise UserError(
                    self.env._(
                        "“%s” cannot be set by an incoming lead.",
                        field._description_string(self.env),
                    )
                )
            if not Lead._has_field_access(field, "write"):
                raise AccessError(
                    self.env._(
                        "You cannot fill in “%s”.",
                        field._description_string(self.env),
                    )
                )
        values = self.env["lead.distribution.values"]._vetted(Lead, values, "read")
        Lead = as_service(Lead)
        defaults = Lead.default_get(
            [
                name
                for name, field in Lead._fields.items()
                if name not in {*values, *models.MAGIC_COLUMNS} and field.store
            ]
        )
        made_up = {**defaults, **values, "user_id": False, "create_date": at}
        # by its reference a record without an id is itself, and no other one
        return Lead.new(made_up, ref=object())

    @api.model
    def _company_of(self, lead):
        company = self.env["lead.distribution.lead.company"]._company_of_lead(lead)
        if not company and not lead.id:
            company = self.env.company  # whoever types values in means this one
        if company and company not in self.env.companies and not self.env.su:
            raise AccessError(
                self.env._(
                    "The lead would belong to another company: choose that company."
                )
            )
        return company

    # the walk --------------------------------------------------------------

    @api.model
    def _answer(self, lead, at, draft=None):
        """Walk the routes with a lead, without the step that writes.

        :param lead: of :meth:`_lead_of`
        :param at: naive UTC datetime, when it comes in or is distributed
        :param draft: a :class:`.route_draft.Draft`, which counts instead of its route
        :returns: dictionary, see ``who_would_get`` of the routes
        """
        company = self._company_of(lead)
        if not company:
            return self._told(lead, at, company, None, reason="no_company")
        own = self._own_channel(company, lead)
        if own:
            return own
        past = at < fields.Datetime.now() - NOW
        history = ReplayHistory(at) if past else QuestionHistory()
        service = as_service(self, company).with_context(**{HISTORY_KEY: history})
        routes = service.env["lead.distribution.route"]._routes_of(company)
        lead = lead.with_env(service.env)
        if draft is None:
            decision, at, offer = service._decided(company, routes, lead, at)
        else:
            with draft.instead(routes) as edited:
                decision, at, offer = service._decided(company, edited, lead, at)
        rest = {name: decision[name] for name in decision if name != "snapshot"}
        return self._told(
            lead, at, company, decision["snapshot"], offer=offer, past=past, **rest
        )

    @api.model
    def _decided(self, company, routes, lead, at):
        """Match, identify, take a snapshot and decide, as :meth:`_process_routes` does.

        :returns: ``(decision as a dictionary, moment of it, how the route delivers)``
        """
        steps = self.env["lead.distribution.matching"]
        matches = steps._match(routes, lead, {lead.id: at})
        if lead.distribution_state != "pending":
            # through which route somebody wanted it once is over
            matches = replace(matches, asked={})
        first = steps._firsts(routes, lead, matches).get(lead.id)
        if first:
            at += first._delay()
        skip = self.env["lead.distribution"]._kept_off(lead)
        decisions, snapshot = self.env["lead.distribution.decision"]._through_routes(
            company, routes, lead, at, matches, skip
        )
        self.env["lead.distribution"]._say_passed(lead, decisions)
        (decision,) = decisions
        route = routes.browse(decision.route_id)
        offer = route.pool_source != "user" and decision.reason != "duplicate"
        answer = {
            "user_id": decision.user_id,
            "route_id": decision.route_id,
            "reason": decision.reason,
            "units": decision.units,
            "trace": decision.trace,
            "snapshot": snapshot.as_json(),
        }
        return answer, at, route.delivery if offer else "assign"

    @api.model
    def _own_channel(self, company, lead):
        """Answer for values that name a source of a salesperson's own (K12).

        :returns: the answer; None where the lead goes through the routes
        """
        if lead.id or not lead.source_id:
            return None
        owner_id = self.env["utm.source"]._owners().get(lead.source_id.id)
        if not owner_id or owner_id in company.lead_distribution_intake_user_ids.ids:
            return None
        intake = self.env["lead.distribution.intake"]
        owner = intake._owner_of_channel(company, owner_id)
        value = lead.expected_revenue
        code = owner.code or owner.limits.why_not(owner_id, value)
        if code:
            lead.distribution_own_channel = [owner_id, code]
            return None
        text = self.env._(
            "It arrives through %s's own source, so it goes to them without a route.",
            self.env["lead.distribution.filters"]._name_of("res.users", owner_id),
        )
        return {
            "route_id": False,
            "user_id": owner_id,
            "reason": "own_channel",
            "explanation": str(Markup("<p class='lead'>%s</p>") % text),
        }

    # in words --------------------------------------------------------------

    @api.model
    def _told(self, lead, at, company, snapshot, offer="assign", past=False, **found):
        """Put a decision into the reader's words.

        :param snapshot: the candidates as JSON, or None
        :param found: of the row that the ledger would have
        :returns: dictionary, see ``who_would_get`` of the routes
        """
        # sudo: the reader is a manager; a row like those of the ledger, never written
        ledger = self.env["lead.distribution.assignment"].sudo()
        row = ledger.new(
            {
                "lead_id": lead.id,
                "user_id": found.get("user_id"),
                "route_id": found.get("route_id"),
                "listing_id": lead.listing_id.id,
                "company_id": company.id,
                "state": "assigned" if found.get("user_id") else "unplaced",
                "reason": found["reason"],
                "date": at,
                "units": found.get("units", 0.0),
                "trace": found.get("trace"),
            }
        )
        if snapshot:
            row.snapshot_id = row.snapshot_id.new({"data": snapshot})
        headline = self._headline(row, offer)
        notes = self._notes(lead, company, row, at, past)
        body = self.env["lead.distribution.explanation"]._explain(row, headline)
        parts = [Markup("<p class='lead_muted'>%s</p>") % note for note in notes]
        return {
            "route_id": row.route_id.id or False,
            "user_id": row.user_id.id or False,
            "reason": row.reason,
            "explanation": str(body + Markup("").join(parts)),
        }

    @api.model
    def _headline(self, row, offer):
        _ = self.env._
        filters = self.env["lead.distribution.filters"]
        reasons = dict(row._fields["reason"]._description_selection(self.env))
        values = {"reason": reasons[row.reason]}
        if row.reason == HOLD:
            begins = fields.Datetime.add(row.date, seconds=row.trace["begins"])
            return _(
                "Nobody would get it yet; it would wait until %s.",
                self.env["lead.distribution.explanation"]._moment(begins),
            )
        if not row.user_id:
            return _(
                "Nobody would get it; it would wait in the pool (%s).",
                values["reason"],
            )
        values["user"] = Markup("<b>%s</b>") % filters._name_of(
            "res.users", row.user_id.id
        )
        if not row.route_id:
            return _("%(user)s would get it (%(reason)s).", **values)
        values["route"] = filters._name_of(row.route_id._name, row.route_id.id)
        if offer == "offer_all" and row.reason not in ALONE:
            return _(
                "The route “%(route)s” would offer it to everybody at once; %(user)s "
                "comes first (%(reason)s).",
                **values,
            )
        if offer != "assign":
            return _(
                "%(user)s would be offered it first, by the route “%(route)s” "
                "(%(reason)s).",
                **values,
            )
        return _(
            "%(user)s would get it, by the route “%(route)s” (%(reason)s).", **values
        )

    @api.model
    def _notes(self, lead, company, row, at, past):
        """List what a reader has to know besides.

        :returns: list of texts
        """
        _ = self.env._
        moment = self.env["lead.distribution.explanation"]._moment(at)
        notes = [_("As of %s.", moment)]
        if past:
            notes.append(
                _(
                    "For past dates, workloads, absences and customers are known. The "
                    "number of open leads and the order of turns are not."
                )
            )
        if company and not company._lead_distribution_on():
            notes.append(_("The distribution is off: nothing happens automatically."))
        if lead.id and (not lead.active or lead.won_status != "pending"):
            notes.append(_("The lead is closed and no longer distributed."))
        if lead.id and lead.user_id:
            name = self.env["lead.distribution.filters"]._name_of(
                "res.users", lead.user_id.id
            )
            notes.append(
                _(
                    "Its salesperson is %s. A lead with a salesperson is not offered "
                    "to others. It also stays if no other salesperson is found.",
                    name,
                )
            )
        return notes
