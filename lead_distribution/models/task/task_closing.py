"""Tasks of leads that are over: won, lost, removed, merged."""

from odoo import api, fields, models

from ...tools.service_context import as_service, as_task

#: fields by which a lead that is over is told
ENDS = {"active", "probability", "stage_id"}


def may_end(vals):
    """Whether a lead may be over once this is written. What a batch writes on leads of
    known customers does not: how they stand is computed for each."""
    return not ENDS.isdisjoint(vals) or vals.get("intake_status") == "removed"


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    lead_close = fields.Selection(
        [
            ("ended", "Is won, lost, removed or merged"),
            ("lost", "Is lost, removed or merged"),
            ("never", "Never: it stays open"),
        ],
        string="Closed When the Lead",
        default="ended",
        required=True,
        help="Open tasks of this type are then closed, with the reason. For merged "
        "leads: only if the remaining lead has such a task.",
    )


class LeadDistributionTasks(models.AbstractModel):
    _inherit = "lead.distribution.tasks"

    @api.model
    def _standing(self, leads):
        """Tell how leads stand: ``{lead: "open", "won", "lost" or "removed"}``."""
        # sudo: whether a lead is over, whoever writes to it
        return {
            lead: "removed"
            if lead.intake_status == "removed"
            else {"won": "won", "lost": "lost"}.get(lead.won_status, "open")
            for lead in leads.sudo()
        }

    @api.model
    def _close_ended(self, before):
        """Close the tasks of leads that were open and are over now.

        :param before: of :meth:`_standing`, before something was written
        """
        leads = self.env["crm.lead"].union(*before)
        now = self._standing(leads)
        ended = {x: how for x, how in now.items() if how not in ("open", before[x])}
        on = self.env["lead.distribution.route"]._distributing() if ended else ()
        company_of = self.env["lead.distribution.lead.company"]._company_of_lead
        ended = {lead: how for lead, how in ended.items() if company_of(lead).id in on}
        if not ended:
            return
        service = as_service(self)
        tasks = service._open_tasks_of(ended)
        # what an outcome that loses the lead starts besides is what is to be done then
        tasks = tasks.filtered(
            lambda task: (
                task.lead_origin != "outcome" or task.create_date < self.env.cr.now()
            )
        )
        how = {lead.id: how for lead, how in ended.items()}
        service._close_tasks(
            tasks.filtered(
                lambda task: (
                    task.activity_type_id.lead_close == "ended"
                    or task.activity_type_id.lead_close == "lost"
                    and how[task.res_id] != "won"
                )
            )
        )

    @api.model
    def _open_tasks_of(self, leads):
        """Return the open activities of leads, calls for help included."""
        ids = [lead.id for lead in leads]
        return self.env["mail.activity"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "in", ids)]
        )

    @api.model
    def _close_tasks(self, tasks, reason=None):
        """Close tasks without an outcome, and say why on each and on its lead.

        :param tasks: ``mail.activity`` of leads, as superuser
        :param reason: ``{lead_id: why}``, by default how the lead ended
        """
        leads = self.env["crm.lead"].browse(set(tasks.mapped("res_id")))
        reason = reason or {lead.id: self._why_ended(lead) for lead in leads}
        for text, theirs in tasks.grouped(lambda task: reason[task.res_id]).items():
            as_task(theirs).write({"active": False, "feedback": text})
        self.env["lead.activity.waiting"].search(
            [
                ("res_model", "=", "crm.lead"),
                ("res_id", "in", leads.ids),
                ("activity_type_id.lead_close", "!=", "never"),
                ("origin", "!=", "outcome"),
            ]
        ).unlink()
        by_lead = tasks.grouped("res_id")
        leads._message_log_batch(
            bodies={
                lead.id: self.env._(
                    "Closed, for %(why)s: %(tasks)s",
                    why=reason[lead.id],
                    tasks=", ".join(task.display_name for task in by_lead[lead.id]),
                )
                for lead in leads
            }
        )

    @api.model
    def _why_ended(self, lead):
        """Return how a lead ended, in words."""
        _ = self.env._
        if lead.intake_status == "removed":
            why = lead.removal_reason_id.name
            return (
                _("the lead was removed: %s", why) if why else _("the lead was removed")
            )
        if lead.won_status == "won":
            return _("the lead is won")
        why = lead.lost_reason_id.name
        return _("the lead is lost: %s", why) if why else _("the lead is lost")

    @api.model
    def _work_of(self, lead, tasks):
        """Tell what is to be done, and whose work that is.

        :param tasks: open tasks of a lead
        :returns: ``{(type, department, user): tasks}``; no user for what is the
            salesperson's of the lead, whoever that is
        """
        # sudo: whose the lead is, to compare with whose the tasks are
        owner = lead.sudo().user_id
        return tasks.grouped(
            lambda task: (
                task.activity_type_id,
                task.lead_team_id,
                task.user_id - owner,
            )
        )

    @api.model
    def _close_merged(self, lead, others):
        """Of leads about to be merged, close the tasks of which the one that stays has
        one already: nobody is called twice for the same.

        :param lead: that stays
        :param others: that are merged into it
        """
        on = self.env["lead.distribution.route"]._distributing()
        company_of = self.env["lead.distribution.lead.company"]._company_of_lead
        if company_of(lead).id not in on:
            return
        service = as_service(self)
        has = service._work_of(lead, service._open_tasks_of(lead)).keys()
        twice = self.env["mail.activity"].browse()
        by_lead = service._open_tasks_of(others).sorted("id").grouped("res_id")
        for other in others:
            # the tasks of one lead are not each other's doubles
            work = service._work_of(other, by_lead.get(other.id, twice.browse()))
            for key, tasks in work.items():
                if key in has and key[0].lead_close != "never":
                    twice |= tasks
            has |= work.keys()
        if twice:
            text = service.env._("the lead was merged with “%s”", lead.name)
            service._close_tasks(
                twice.with_env(service.env), dict.fromkeys(others.ids, text)
            )
