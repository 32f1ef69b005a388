"""Open leads of who is absent: lent to the deputy, and given back afterwards (P6).

Both ways are batches of the one transition. What was lent is what stands in the ledger
as assigned by the batch: whoever else changed a lead closed that row, and it stays.
"""

from datetime import timedelta
from functools import partial

from odoo import api, fields, models

from ...engine import ABSENT, Person, stand_in
from ...tools.batch import in_blocks
from ...tools.locale import short_date
from ...tools.scheduling import trigger_cron
from ...tools.service_context import as_service
from ..pipeline.values import AssignmentValues, DistributionContext

#: why somebody cannot have their leads back
GONE = ("archived", "no_rights", "company")


class LeadDistributionLending(models.AbstractModel):
    _name = "lead.distribution.lending"
    _description = "Lead Distribution: Lending"

    @api.model
    def _cron_lend(self):
        """Give back what is due, and lend what is due, one absence a transaction."""
        cron = self.env["ir.cron"]
        seconds = cron._commit_progress(remaining=0)
        busy = []
        step = partial(self._lend_step, set(), busy)
        _seconds, done = in_blocks(self.env, step, 1, seconds)
        if busy or not done:
            trigger_cron(self.env, "ir_cron_lend_leads", timedelta(minutes=1))

    @api.model
    def _lend_step(self, tried, busy, _size):
        """Do one of the things that are due.

        :param tried: what was looked at in this run, to be filled
        :param busy: companies in which somebody else distributes, to be filled
        :returns: 1, or 0 when nothing is left
        """
        service = as_service(self)
        for run in service._runs_to_return():
            if run not in tried:
                tried.add(run)
                if not service._return(run):
                    busy.append(run.company_id)
                return 1
        for absence in service._absences_to_lend():
            if absence not in tried:
                tried.add(absence)
                if not service._lend(absence):
                    busy.append(absence)
                return 1
        return 0

    @api.model
    def _runs_to_return(self):
        """Find the loans that are over: the absence ended, moved or was deleted, names
        another deputy or lends no more."""
        runs = self.env["lead.distribution.run"].search(
            [("trigger", "=", "deputy"), ("date_returned", "=", False)], order="id"
        )
        return runs.filtered(
            lambda run: (
                not (
                    run.absence_id.current
                    and run.absence_id.lend
                    and run.absence_id.deputy_id == run.deputy_id
                )
            )
        )

    @api.model
    def _absences_to_lend(self):
        """Find the absences that began and whose leads are still to be lent."""
        absences = self.env["lead.distribution.absence"].search(
            [("lend", "=", True), ("deputy_id", "!=", False), ("current", "=", True)],
            order="id",
        )
        return absences.filtered(
            lambda absence: absence.lent_to_id != absence.deputy_id
        )

    @api.model
    def _lend(self, absence):
        """Lend the open leads of who is absent, company by company.

        :returns: False while somebody else distributes
        """
        user = absence.user_id
        leads = self.env["crm.lead"].search(
            [
                ("user_id", "=", user.id),
                ("won_status", "=", "pending"),
                ("intake_status", "!=", "removed"),
            ],
            order="id",
        )
        companies = self.env["lead.distribution.lead.company"]._leads_by_company(leads)
        companies = {
            company: ours
            for company, ours in companies.items()
            if company and company._lead_distribution_on()
        }
        lock = self.env["lead.distribution.lock"]
        if not all(lock._acquire(company) for company in companies):
            return False
        now = fields.Datetime.now()
        for company, ours in companies.items():
            service = as_service(self, company)
            ours = service.env["crm.lead"].browse(ours.ids)
            ours = ours.try_lock_for_update(allow_referencing=True)
            deputy_id, trace = service._deputy_for(company, user, now)
            if not ours or not deputy_id:
                continue
            run = service._open_lending_run("deputy", company, absence, deputy_id)
            context = DistributionContext(company, "deputy", now, run)
            service._give(
                context, [(lead, deputy_id, False) for lead in ours], "deputy", trace
            )
            service.env["lead.distribution"]._close_run(run, ours)
        absence.lent_to_id = absence.deputy_id
        return True

    @api.model
    def _deputy_for(self, company, user, at):
        """Choose who stands in for somebody in a company: the deputy or, away too, the
        deputy's own. Limits do not hold: it is for a time.

        :returns: ``(user id or None, {"deputies": ...} for the trace)``
        """
        deputies = user._lead_deputies(at)
        users = user | user.browse({deputy for deputy, _until in deputies.values()})
        away = users._lead_absent_at(at)
        codes = self.env["lead.distribution.candidates"]._excluded(company, users)
        people = {}
        for one in users:
            deputy, until = deputies.get(one.id, (None, None))
            people[one.id] = Person(
                one.id,
                exclusion=codes.get(one.id) or (ABSENT if one.id in away else ""),
                deputy=deputy,
                until=fields.Datetime.to_string(until) or None,
            )
        trace = {}
        deputy_id, _tried = stand_in(
            people, user.id, lambda user_id: people[user_id].exclusion, trace
        )
        return deputy_id, trace

    @api.model
    def _return(self, run):
        """Give back what a batch lent and the deputy still has.

        :returns: False while somebody else distributes
        """
        company = run.company_id
        service = as_service(self, company)
        if not service.env["lead.distribution.lock"]._acquire(company):
            return False
        now = fields.Datetime.now()
        run = run.with_env(service.env)
        rows = run.assignment_ids.filtered(
            lambda row: (
                row.state == "assigned"
                and row.lead_id.active
                and row.lead_id.won_status == "pending"
                and row.lead_id.user_id == row.user_id
                and row.previous_user_id
            )
        )
        codes = service.env["lead.distribution.candidates"]._excluded(
            company, rows.previous_user_id
        )
        rows = rows.filtered(lambda row: codes.get(row.previous_user_id.id) not in GONE)
        free = rows.lead_id.try_lock_for_update(allow_referencing=True)
        if rows.lead_id - free:
            return False  # somebody works on one right now: all of them in a minute
        if rows:
            back = service._open_lending_run(
                "return", company, run.absence_id, run.deputy_id.id, run.note
            )
            context = DistributionContext(company, "return", now, back)
            service._give(
                context,
                [
                    (row.lead_id, row.previous_user_id.id, row.previous_team_id.id)
                    for row in rows
                ],
                "return",
            )
            service.env["lead.distribution"]._close_run(back, free)
        run.date_returned = now
        # what is still to be lent, say to another deputy, is due again
        run.absence_id.lent_to_id = False
        return True

    @api.model
    def _give(self, context, given, reason, trace=None):
        """Lend leads, or give them back: no units, and the route stays.

        :param given: ``[(lead, user_id, team_id or False for the user's), ...]``
        """
        users = self.env["res.users"].browse({user_id for _l, user_id, _t in given})
        teams = self.env["lead.distribution.candidates"]._teams_of(
            context.company, users
        )
        values = []
        for lead, user_id, team_id in given:
            mine = teams.get(user_id, [])
            if not team_id:
                team_id = lead.team_id.id
                if team_id not in mine:
                    team_id = mine[0] if mine else team_id
            values.append(
                AssignmentValues(
                    lead.id,
                    user_id,
                    reason,
                    lead.distribution_route_id.id,
                    team_id,
                    0.0,
                    {**trace, "routes": []} if trace else None,
                )
            )
        self.env["lead.distribution.apply"]._assign(context, values)

    @api.model
    def _open_lending_run(self, trigger, company, absence, deputy_id, note=None):
        if note is None:
            lang = company.partner_id.lang or self.env.lang
            _ = self.with_context(lang=lang).env._
            env = self.with_context(lang=lang).env
            values = {
                "deputy": self.env["res.users"].browse(deputy_id).name,
                "user": absence.user_id.name,
                "start": short_date(env, absence.date_from),
            }
            if absence.date_to:
                values["end"] = short_date(env, absence.date_to)
                note = _("%(deputy)s for %(user)s, %(start)s – %(end)s", **values)
            else:
                note = _("%(deputy)s for %(user)s, from %(start)s", **values)
        run = self.env["lead.distribution"]._open_run(trigger, company)
        run.write(
            {
                "absence_id": absence.id,
                "deputy_id": absence.deputy_id.id if trigger == "deputy" else deputy_id,
                "note": note,
            }
        )
        return run


class LeadDistribution(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _cron_lend_leads(self):
        """Schedule: see ``lead.distribution.lending``."""
        return self.env["lead.distribution.lending"]._cron_lend()


class LeadDistributionAbsence(models.Model):
    _inherit = "lead.distribution.absence"

    @api.model_create_multi
    def create(self, vals_list):
        absences = super().create(vals_list)
        absences._wake_lending()
        return absences

    def write(self, vals):
        lending = not {"lend", "deputy_id", "date_from", "date_to"}.isdisjoint(vals)
        # sudo: before, too: what was lent goes back when it is switched off
        before = self.sudo().filtered("lend")
        result = super().write(vals)
        if lending:
            if not vals.get("lend", True):
                # sudo: a kept field: switched on again, they are lent again
                self.sudo().lent_to_id = False
            self._wake_lending()
            if before:
                trigger_cron(self.env, "ir_cron_lend_leads")
        return result

    def unlink(self):
        lent = any(absence.lend for absence in self)
        result = super().unlink()
        if lent:
            trigger_cron(self.env, "ir_cron_lend_leads")
        return result

    def _wake_lending(self):
        """Let the schedule run when an absence that lends begins, and when it ends."""
        for absence in self.filtered(lambda x: x.lend and x.deputy_id):
            trigger_cron(self.env, "ir_cron_lend_leads", at=absence.date_from)
            if absence.date_to:
                trigger_cron(self.env, "ir_cron_lend_leads", at=absence.date_to)
