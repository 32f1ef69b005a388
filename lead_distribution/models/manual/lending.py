"""Open leads of who is absent: lent to the deputy, and given back afterwards (P6).

Both ways are batches of the one transition. What was lent is what stands in the ledger
as assigned by the batch: whoever else changed a lead closed that row, and it stays.
"""

from datetime import timedelta
from functools import partial

from odoo import api, fields, models

from ...engine import ABSENT, Person, stand_in
from ...tools.batch import in_blocks, isolated, safely
from ...tools.constants import COUNTED, OPEN_LEAD
from ...tools.locale import short_date
from ...tools.periods import company_date
from ...tools.redacting_log import redacting_logger
from ...tools.scheduling import trigger_cron
from ...tools.service_context import as_service
from ..pipeline.values import AssignmentValues, DistributionContext

_logger = redacting_logger(__name__)

#: why somebody cannot have their leads back
GONE = ("archived", "no_rights", "company")
#: what says whose leads are lent, to whom and when
LENDS = {"lend", "user_id", "deputy_id", "date_from", "date_to"}
#: leads that one transaction lends or gives back
LEADS_PER_BLOCK = 500
#: answers of a block that is done, and not the last one
MORE = "more"


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
        """Do a block of one of the things that are due.

        :param tried: set of names and ids of what is done in this run, to be filled
        :param busy: what has to wait for somebody else, the same, to be filled
        :returns: 1, or 0 when nothing is left
        """
        service = as_service(self)
        for found, work in (
            (service._runs_to_return(), service._return),
            (service._absences_to_lend(), service._lend),
        ):
            for record in found:
                if (record._name, record.id) in tried:
                    continue
                done = None
                with isolated(self.env.cr, _logger.error, "%s was left", record):
                    done = work(record)
                if done is not MORE:
                    tried.add((record._name, record.id))
                if done is False:
                    busy.append((record._name, record.id))
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
        """Lend the open leads of who is absent, company by company: a block of them.

        :returns: False while somebody else distributes, or works on one of them;
            ``MORE`` for what is not all
        """
        user = absence.user_id
        leads = self.env["crm.lead"].search(
            [
                ("user_id", "=", user.id),
                *OPEN_LEAD,
            ],
            order="id",
        )
        companies = self.env["lead.distribution.lead.company"]._leads_by_company(leads)
        now, left, someone = fields.Datetime.now(), LEADS_PER_BLOCK, not leads
        for company, ours in companies.items():
            if not company or not company._lead_distribution_on():
                continue
            service = as_service(self, company)
            deputy_id, trace = service._deputy_for(company, user, now)
            if not deputy_id:
                continue
            if not left:
                return MORE
            someone = True
            ours = service.env["crm.lead"].browse(ours.ids)
            block = service._held(company, ours[:left])
            if not block:
                return False
            left -= len(block)
            run = service._open_lending_run("deputy", company, absence, deputy_id)
            context = DistributionContext(company, "deputy", now, run)
            given = [(lead, deputy_id, False) for lead in block]
            failed = service._give(context, given, "deputy", trace)
            if len(block) < len(ours) and failed < len(block):
                return MORE
        # where nobody could take them, somebody may be back tomorrow
        if someone:
            absence.lent_to_id = absence.deputy_id
        return True

    @api.model
    def _held(self, company, leads):
        """Return leads whose rows, and whose company's lock, are ours now; none while
        somebody else distributes, or works on one of them."""
        if not self.env["lead.distribution.lock"]._acquire(company):
            return leads.browse()
        free = leads.try_lock_for_update(allow_referencing=True)
        return leads if free == leads else leads.browse()

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
        """Give back what a batch lent and the deputy still has: a block of it.

        :returns: False while somebody else distributes, or works on one of them;
            ``MORE`` for what is not all
        """
        company = run.company_id
        service = as_service(self, company)
        now = fields.Datetime.now()
        run = run.with_env(service.env)
        rows = service._still_lent(run.assignment_ids)
        codes = service.env["lead.distribution.candidates"]._excluded(
            company, rows.previous_user_id
        )
        rows = rows.filtered(lambda row: codes.get(row.previous_user_id.id) not in GONE)
        block = rows[:LEADS_PER_BLOCK]
        leads = service._held(company, block.lead_id)
        if leads != block.lead_id:
            return False
        if block:
            back = service._open_lending_run(
                "return", company, run.absence_id, run.deputy_id.id, run.note
            )
            context = DistributionContext(company, "return", now, back)
            given = [
                (row.lead_id, row.previous_user_id.id, row.previous_team_id.id)
                for row in block
            ]
            failed = service._give(context, given, "return")
            if len(block) < len(rows) and failed < len(block):
                return MORE
        run.date_returned = now
        # what is still to be lent, say to another deputy, is due again
        owners = run.assignment_ids.previous_user_id
        due = run.absence_id | service.env["lead.distribution.absence"].search(
            [("user_id", "in", owners.ids), ("lend", "=", True), ("current", "=", True)]
        )
        due.lent_to_id = False
        return True

    @api.model
    def _still_lent(self, rows):
        """Pick, of rows of the ledger that lent a lead, those whose lead is still where
        lending put it: with the deputy, with the deputy's own whom it was lent on to,
        or with who was handed what the deputy had. Whoever else changed a lead
        meanwhile, or closed it, keeps it so.

        :param rows: ``lead.distribution.assignment``
        """
        leads = rows.lead_id.filtered(
            lambda lead: lead.active and lead.won_status == "pending"
        )
        later = self.env["lead.distribution.assignment"].search(
            [
                ("lead_id", "in", leads.ids),
                ("id", ">", min(rows.ids, default=0)),
                ("state", "not in", ["undone", "removed"]),
            ],
            order="id",
        )
        later = later.grouped("lead_id")
        found = rows.browse()
        for row in rows:
            lead = row.lead_id
            if lead not in leads or lead in found.lead_id:
                continue  # of two that were merged the first one counts
            if row.state not in COUNTED or not row.previous_user_id:
                continue
            last, borrowers = row, {row.user_id}
            for after in later.get(lead, ()):
                if after.id <= row.id:
                    continue
                last = after
                lends = after.trigger in ("deputy", "handover")
                if lends and after.previous_user_id in borrowers:
                    borrowers.add(after.user_id)
                elif after.trigger != "return" or after.user_id not in borrowers:
                    break  # given by somebody, or back to who lent it earlier
            else:
                if last.state == "assigned" and last.user_id == lead.user_id:
                    found |= row
        return found

    @api.model
    def _give(self, context, given, reason, trace=None):
        """Lend leads, or give them back: no units, and the route stays. One that cannot
        be written stays where it is, and the others go.

        :param given: ``[(lead, user_id, team_id or False for the user's), ...]``
        :returns: how many stayed
        """
        users = self.env["res.users"].browse({user_id for _l, user_id, _t in given})
        teams = self.env["lead.distribution.candidates"]._teams_of(
            context.company, users
        )

        def work(part):
            values = [
                self._values_of(one, teams, reason, trace and {**trace, "routes": []})
                for one in part
            ]
            self.env["lead.distribution.apply"]._assign(context, values)
            return part

        def give_up(part, _error):
            _logger.warning("%s stays where it is", part[0][0], exc_info=True)
            return []

        done = [
            one for part in safely(self.env.cr, given, work, give_up) for one in part
        ]
        leads = self.env["crm.lead"].browse([lead.id for lead, _u, _t in done])
        self.env["lead.distribution"]._close_run(context.run, leads)
        return len(given) - len(done)

    @api.model
    def _values_of(self, one, teams, reason, trace):
        lead, user_id, team_id = one
        mine = teams.get(user_id, [])
        if not team_id:
            team_id = lead.team_id.id
            if team_id not in mine:
                team_id = mine[0] if mine else team_id
        return AssignmentValues(
            lead.id,
            user_id,
            reason,
            lead.distribution_route_id.id,
            team_id,
            0.0,
            trace or None,
        )

    @api.model
    def _open_lending_run(self, trigger, company, absence, deputy_id, note=None):
        if note is None:
            lang = company.partner_id.lang or self.env.lang
            _ = self.with_context(lang=lang).env._
            env = self.with_context(lang=lang).env
            values = {
                "deputy": self.env["res.users"].browse(deputy_id).name,
                "user": absence.user_id.name,
                "start": short_date(env, company_date(company, absence.date_from)),
            }
            if absence.date_to:
                # the last day, where it ends with one
                last = absence.date_to - timedelta(seconds=1)
                values["end"] = short_date(env, company_date(company, last))
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
        lending = not LENDS.isdisjoint(vals)
        # sudo: before, too: what was lent goes back when it is switched off
        before = self.sudo().filtered("lend")
        if "user_id" in vals:
            # sudo: what was lent was somebody else's, and goes back to them
            moved = before.filtered(lambda x: x.user_id.id != vals["user_id"])
            moved.run_ids.write({"absence_id": False})
            moved.lent_to_id = False
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
