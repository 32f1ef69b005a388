"""Salespeople are told as they chose, and not in their quiet hours (P10)."""

from odoo import api, fields, models

from ...engine import telling
from ...engine import text as texts
from ...tools.scheduling import trigger_cron


class LeadDistributionNotification(models.AbstractModel):
    _inherit = "lead.distribution.notification"

    @api.model
    def _due(self):
        """Return the domain of the rows of the ledger that are to be told now."""
        return [
            ("mail_pending", "=", True),
            "|",
            ("tell_after", "=", False),
            ("tell_after", "<=", fields.Datetime.now()),
        ]

    @api.model
    def _hold_back(self, rows):
        """Leave for later what waits for the end of quiet hours, or for a digest.

        :param rows: of the ledger, locked
        :returns: those that wait
        """
        held = rows.browse()
        fresh = rows.filtered(
            lambda row: (
                row.lead_id
                and row.user_id
                and row.state in ("assigned", "offered")
                and not row.tell_after
            )
        )
        for (user, company, state, deadline), ours in fresh.grouped(
            lambda row: (row.user_id, row.company_id, row.state, row.deadline)
        ).items():
            company = company or self.env.company
            # of an assignment that was an offer the time is over
            deadline = deadline if state == "offered" else None
            way = user._lead_way(state, company)
            until = user._lead_hold(way, company, deadline)
            if until:
                ours.write({"tell_after": until})
                trigger_cron(self.env, "ir_cron_send_mail", at=until)
                held |= ours
        return held

    @api.model
    def _tell_offer(self, company, row):
        """Tell of an offer: by email or SMS, as its salesperson wants it."""
        user = row.user_id
        way = user._lead_way("offered", company)
        if way == telling.SMS:
            _ = self.with_context(lang=user.lang).env._
            text = _("Lead offered to you: %s", row.lead_id.name)
            self._guarded(self._text, user, text, row.lead_id)
        elif way in telling.SENDING:
            self._guarded(self._mail_offer, company, row)
        if not user._lead_is_quiet(company, row.deadline):
            title = self.with_context(lang=user.lang).env._("Lead offered to you")
            self._guarded(self._push, user, title, row.lead_id)

    @api.model
    def _tell_assigned(self, company, user, rows):
        """Tell of new leads: by email or SMS, as the salesperson wants it."""
        way = user._lead_way("assigned", company)
        title = self._subject_new(user, rows)
        if way == telling.SMS:
            self._guarded(self._text, user, title, rows.lead_id)
        elif way in telling.SENDING:
            self._guarded(self._mail_salesperson, company, user, rows)
        if user._lead_rings("assigned", company):
            self._guarded(self._push, user, title, rows.lead_id[:1])

    @api.model
    def _text(self, user, text, leads):
        """Put one text message into Odoo's queue.

        :param text: what it says; the address of the lead, or of all leads, follows
        """
        path = f"/odoo/crm/{leads.id}" if len(leads) == 1 else "/odoo/crm"
        self.env["sms.sms"].create(
            {
                "number": user._lead_sms_number(),
                "partner_id": user.partner_id.id,
                "body": f"{texts.header(text)[:100]} {leads[:1].get_base_url()}{path}",
            }
        )
