"""Reports of salespeople (P8): made in one click, decided by managers; the units go
back by a correction, and the lead is removed or distributed again."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ...engine import reported as engine
from ...tools.constants import COUNTED
from ...tools.periods import company_today
from ...tools.service_context import as_service
from ..pipeline.values import DistributionContext


class LeadDistributionReports(models.AbstractModel):
    _name = "lead.distribution.reports"
    _description = "Lead Distribution: Reports"

    # reporting -----------------------------------------------------------------

    @api.model
    def _check_reportable(self, leads):
        """Check that leads are the current user's, open, and not reported yet.

        :raises UserError: saying what they are instead
        """
        leads.check_access("write")
        _ = self.env._
        if leads.filtered(lambda lead: lead.user_id != self.env.user):
            raise UserError(_("Only the salesperson of a lead can report it."))
        if leads.filtered(lambda lead: not lead.active or lead.won_status != "pending"):
            raise UserError(_("This lead is closed already."))
        again = self._open_of(leads, self.env.user).lead_id
        if again:
            raise UserError(
                _("You have reported the lead “%s” already.", again[0].name)
            )

    @api.model
    def _open_of(self, leads, users=None):
        """Return the open reports of leads, as superuser.

        :param users: ``res.users``, of whom alone
        """
        domain = [("lead_id", "in", leads.ids), ("state", "=", "open")]
        if users:
            domain.append(("user_id", "in", users.ids))
        # sudo: whether there are some, to decide and not to tell
        return self.env["lead.distribution.reported"].sudo().search(domain)

    @api.model
    def _report(self, leads, kind, reason):
        """Write reports of the current user, and have the responsible told.

        :param leads: of whoever asks, checked
        :returns: the reports, as superuser
        """
        made = as_service(self).env["lead.distribution.reported"]
        for company, ours in (
            self.env["lead.distribution.lead.company"]._leads_by_company(leads).items()
        ):
            service = as_service(self, company)
            ours = service.env["crm.lead"].browse(ours.ids)
            rows = service.env["lead.distribution.assignment"].search(
                [("lead_id", "in", ours.ids), ("state", "=", "assigned")]
            )
            row_of = {row.lead_id: row for row in rows}
            reports = service.env["lead.distribution.reported"].create(
                [
                    {
                        "lead_id": lead.id,
                        "user_id": self.env.uid,
                        "kind": kind,
                        "reason": reason,
                        "date": fields.Datetime.now(),
                        "assignment_id": row_of[lead].id if lead in row_of else False,
                        "company_id": (company or self.env.company).id,
                    }
                    for lead in ours
                ]
            )
            service.env["lead.distribution.reports"]._tell_responsible(
                company or self.env.company, reports
            )
            made |= reports.with_env(made.env)
        return made

    @api.model
    def _tell_responsible(self, company, reports):
        """An activity on each lead for the responsible of its route, or else for the
        company's manager of distribution, whoever may decide: it rings the bell, and
        Odoo mails it."""
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        apply, values, told = self.env["lead.distribution.apply"], [], []
        for report in reports:
            lead = report.lead_id
            responsible = apply._responsible(company, lead.distribution_route_id, lead)
            user = (responsible + company.lead_distribution_manager_id).filtered(
                lambda user, reporter=report.user_id: (
                    user.active
                    and user != reporter
                    and user.has_group("lead_distribution.group_manager")
                )
            )[:1]
            if not user:
                continue
            env = self.with_context(lang=user.lang or self.env.lang).env
            told.append(report)
            values.append(
                {
                    "activity_type_id": todo.id if todo else False,
                    "summary": env._(
                        "Reported by %(name)s: %(kind)s",
                        name=report.user_id.name,
                        kind=self._kind_words(report, env),
                    ),
                    "date_deadline": company_today(company),
                    "user_id": user.id,
                    "res_model_id": env["ir.model"]._get_id("crm.lead"),
                    "res_id": lead.id,
                    "automated": True,
                }
            )
        # somebody is waiting for it: the mail that tells of it is not left out
        loud = self.env["mail.activity"].with_context(mail_activity_quick_update=False)
        for report, activity in zip(told, loud.create(values), strict=True):
            report.activity_id = activity.id

    @api.model
    def _kind_words(self, report, env):
        """Return what was reported, in the language of an environment."""
        return (
            env._("not real")
            if report.kind == "not_real"
            else env._("wrong salesperson")
        )

    # deciding ------------------------------------------------------------------

    @api.model
    def _accept(self, reports, answer):
        """Carry out what :func:`~.engine.reported.accept` decides.

        :returns: what was done, in words
        """
        counts, units = {}, 0.0
        for company, ours in reports.grouped("company_id").items():
            service = as_service(self, company)
            theirs = service.env["lead.distribution.reported"].browse(ours.ids)
            theirs.lock_for_update()
            theirs.activity_id.filtered("active").unlink()
            worker = service.env["lead.distribution.reports"]
            for report in theirs:
                accepted = worker._carry_out(report, by=self.env.user)
                result = accepted.why or accepted.lead
                counts[result] = counts.get(result, 0) + 1
                units += accepted.units
                report.write({"result": result})
            worker._decided(theirs, "accepted", answer, self.env.user)
        _ = self.env._
        words = {
            "remove": _("removed: %s"),
            "redistribute": _("distributed again: %s"),
            "moved": _("unchanged, because now assigned to somebody else: %s"),
            "closed": _("unchanged, because closed now: %s"),
        }
        told = [words[result] % number for result, number in sorted(counts.items())]
        return _(
            "Units given back: %(units)s. Leads %(leads)s.",
            units=formatLang(self.env, units, digits=2),
            leads=", ".join(told),
        )

    @api.model
    def _carry_out(self, report, by):
        """Give the units back, and remove the lead or distribute it again.

        :param report: as the service, in its company
        :param by: ``res.users`` who accepts
        :returns: :class:`~.engine.reported.Acceptance`
        """
        lead, row, user = report.lead_id, report.assignment_id, report.user_id
        holder = self.env["lead.distribution.assignment"].search(
            [("lead_id", "=", lead.id), ("state", "=", "assigned")]
        )
        accepted = engine.accept(
            engine.Reported(
                report.kind,
                held=bool(user) and lead.user_id == user and holder == row,
                open=lead.active and lead.won_status == "pending",
                counts=bool(user) and row.user_id == user and row.state in COUNTED,
                made_up=bool(row.correction_ids),
                units=row.units,
            )
        )
        if accepted.units:
            env = self.with_context(lang=user.lang or self.env.lang).env
            correction = self.with_user(by).env["lead.distribution.correction"]
            report.correction_id = correction._correct(
                report.company_id,
                user,
                -accepted.units,
                env._("Reported, and accepted: %s", self._kind_words(report, env)),
                corrects=row,
                tell=False,
            )
            row.invalidate_recordset(["correction_ids"])
        if accepted.lead == engine.REMOVE:
            self._remove_reported(report, by)
        elif accepted.lead == engine.REDISTRIBUTE:
            context = DistributionContext(
                report.company_id, "button", fields.Datetime.now(), by=by
            )
            self.env["lead.distribution.apply"]._take_away(context, lead)
            # sudo: a manager decided; whether they see leads is another matter
            service = self.env["lead.distribution"].with_user(by).sudo()
            service._distribute(lead, "button", but={lead.id: user.id})
        return accepted

    @api.model
    def _remove_reported(self, report, by):
        """Remove a lead as none, with the reason that stands for reports."""
        reason = self.env.ref(
            "lead_distribution.removal_reason_reported", raise_if_not_found=False
        )
        reasons = self.env["lead.distribution.removal.reason"]
        # sudo: a manager decided; whether they see leads is another matter
        service = self.env["lead.distribution.removal.service"].with_user(by).sudo()
        service._remove(report.lead_id, reason or reasons.search([], limit=1))

    @api.model
    def _refuse(self, reports, answer):
        """Leave the leads where they are.

        :returns: what was done, in words
        """
        service = as_service(self)
        theirs = service.env["lead.distribution.reported"].browse(reports.ids)
        theirs.lock_for_update()
        theirs.activity_id.filtered("active").unlink()
        service.env["lead.distribution.reports"]._decided(
            theirs, "refused", answer, self.env.user
        )
        return self.env._("Reported leads refused: %s", len(reports))

    @api.model
    def _decided(self, reports, state, answer, by):
        """Write down what was decided, and tell who reported: by the bell, by a
        message, and in the chatter.

        :param reports: as the service
        :param by: ``res.users`` who decided
        """
        reports.write(
            {
                "state": state,
                "answer": answer or False,
                "by_user_id": by.id,
                "date_decided": fields.Datetime.now(),
            }
        )
        bodies = {}
        for report in reports:
            lang = report.company_id.partner_id.lang or self.env.lang
            line = self._line(report, self.with_context(lang=lang).env)
            body = bodies.get(report.lead_id.id)
            bodies[report.lead_id.id] = f"{body} / {line}" if body else line
        reports.lead_id._message_log_batch(bodies=bodies)
        for user, theirs in reports.grouped("user_id").items():
            if user.active and user != by:
                self._tell_reporter(user, theirs)

    @api.model
    def _line(self, report, env, in_full=True):
        """Return a report in one line of plain text, in the words of an environment.

        :param in_full: whether the answer is told along
        """
        values = {
            "user": report.user_id.name or env._("a former salesperson"),
            "kind": self._kind_words(report, env),
            "by": report.by_user_id.name or "",
        }
        line = {
            "open": env._("%(user)s: %(kind)s", **values),
            "accepted": env._("%(user)s: %(kind)s; accepted by %(by)s", **values),
            "refused": env._("%(user)s: %(kind)s; refused by %(by)s", **values),
        }[report.state]
        return f"{line}: {report.answer}" if in_full and report.answer else line

    @api.model
    def _tell_reporter(self, user, reports):
        """Tell who reported what was decided: one message for all of them."""
        env = self.with_context(lang=user.lang or self.env.lang).env
        lines = [
            Markup("<li>%s<br/>%s</li>")
            % (report.lead_id.name, self._line(report, env))
            for report in reports
        ]
        title = env._("Your reported leads were reviewed")
        user.partner_id.message_notify(
            partner_ids=user.partner_id.ids,
            subject=title,
            body=Markup("<ul>%s</ul>") % Markup("").join(lines),
            **user._lead_message_waits(),
        )
        states = dict(reports._fields["state"]._description_selection(env))
        user._lead_ring(
            "simple_notification",
            {
                "type": "info",
                "title": title,
                "message": ", ".join(
                    f"{report.lead_id.name}: {states[report.state]}"
                    for report in reports[:5]
                ),
            },
        )

    @api.model
    def _ask(self, records, method, title, placeholder, args=(), required=False):
        """Open the dialog that asks for one line, and calls a method with it.

        :param args: what the method is given before that line
        :param required: whether the line may not be empty
        :returns: its action
        """
        return {
            "type": "ir.actions.client",
            "tag": "lead_distribution_ask",
            "params": {
                "model": records._name,
                "ids": records.ids,
                "method": method,
                "args": list(args),
                "title": title,
                "placeholder": placeholder,
                "required": required,
            },
        }


class LeadDistribution(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _kept_off(self, leads):
        found = super()._kept_off(leads)
        reports = self.env["lead.distribution.reported"]
        if reports._in_use():
            # sudo: who said of a lead that it is not theirs, to keep it from them
            for report in reports.sudo().search(
                [
                    ("lead_id", "in", leads.ids),
                    ("kind", "=", "not_mine"),
                    ("state", "=", "accepted"),
                    ("user_id", "!=", False),
                ]
            ):
                kept_off = found.setdefault(report.lead_id.id, {})
                kept_off[report.user_id.id] = "reported"
        return found


class LeadDistributionExplanation(models.AbstractModel):
    _inherit = "lead.distribution.explanation"

    @api.model
    def _explain_lead_more(self, lead):
        """Reports of the lead, in a line each; the words of who reported, and of who
        answered, for those two and for managers."""
        more = super()._explain_lead_more(lead)
        reports = self.env["lead.distribution.reported"]
        if not reports._in_use():
            return more
        # sudo: whoever may read the lead may know why it is where it is
        rows = reports.sudo().search([("lead_id", "=", lead.id)])
        if not rows:
            return more
        readable = set(reports.browse(rows.ids)._filtered_access("read").ids)
        lines = Markup("").join(
            Markup("<li>%s</li>") % self._explain_report(row, row.id in readable)
            for row in rows
        )
        title = self.env._("Reported by salespeople")
        return more + Markup("<h4>%s</h4><ul>%s</ul>") % (title, lines)

    @api.model
    def _explain_report(self, report, in_full):
        """Return one line of plain text.

        :param in_full: whether the reader may know what people wrote
        """
        _ = self.env._
        words = self.env["lead.distribution.reports"]._line(report, self.env, in_full)
        line = f"{self._moment(report.date)}: {words}"
        if in_full and report.reason:
            line += f" ({report.reason})"
        if report.correction_id:
            number = formatLang(self.env, -report.correction_id.units, digits=2)
            line += "; " + _("units given back: %s", number)
        return line
