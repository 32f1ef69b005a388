"""What is to be told to which address, and whether it was."""

import json
import time
from datetime import timedelta

import requests

from odoo import api, fields, models

from ...tools.batch import drop_some
from ...tools.redacting_log import redacting_logger

_logger = redacting_logger(__name__)

#: minutes until it is tried again, the first time, the second ...; then it has failed
RETRIES = (1, 5, 30, 120, 720, 1440)
#: seconds that an address may take
TIMEOUT = 10
#: for how long what was sent is kept, and what failed
DAYS = 30
ROWS_PER_STEP = 1000
#: deliveries looked at in one go
BLOCK = 50


class LeadDistributionOutgoingDelivery(models.Model):
    """Something that an address is told. Sent at least once, each with a number of its
    own, so that a receiver knows a repeated one. Kept by the distribution alone."""

    _name = "lead.distribution.outgoing.delivery"
    _description = "Delivery of an Outgoing Webhook"
    _order = "id desc"
    _rec_name = "event"

    outgoing_id = fields.Many2one(
        "lead.distribution.outgoing",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    event = fields.Char(required=True, readonly=True)
    assignment_id = fields.Many2one(
        "lead.distribution.assignment", ondelete="set null", readonly=True
    )
    data = fields.Json(readonly=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("sent", "Sent"), ("failed", "Failed")],
        default="waiting",
        required=True,
        readonly=True,
    )
    attempts = fields.Integer(readonly=True)
    next_try = fields.Datetime(
        default=fields.Datetime.now, required=True, readonly=True
    )
    date_sent = fields.Datetime(readonly=True)
    error = fields.Char(readonly=True)

    _waiting_idx = models.Index("(next_try, id) WHERE state = 'waiting'")
    _assignment_idx = models.Index("(assignment_id) WHERE assignment_id IS NOT NULL")

    @api.model
    def _cron_send(self):
        """Send what waits, one after the other; each is kept as soon as it is sent."""
        cron = self.env["ir.cron"]
        due = [("state", "=", "waiting"), ("next_try", "<=", fields.Datetime.now())]
        due.append(("outgoing_id.active", "=", True))
        cron._commit_progress(remaining=self.search_count(due))
        while block := self.search(due, order="next_try, id", limit=BLOCK):
            for delivery in block:
                delivery = delivery.try_lock_for_update()
                if delivery and delivery.state == "waiting":
                    delivery._send()
                if not cron._commit_progress(1):
                    return

    def _body(self):
        """Return the body, as bytes: what happened, and the names as they are now."""
        self.ensure_one()
        data = dict(self.data or {})
        lead = self.env["crm.lead"].browse(data.get("lead") or []).exists()
        hook = self.outgoing_id
        data["delivery"] = self.id
        data["company"] = hook.company_id.id
        for name, model in (
            ("salesperson", "res.users"),
            ("previous_salesperson", "res.users"),
            ("route", "lead.distribution.route"),
        ):
            record = self.env[model].browse(data.get(name) or []).exists()
            data[name] = {"id": record.id, "name": record.name} if record else None
            if record and model == "res.users":
                data[name]["email"] = record.email or None
        if lead:
            data["url"] = f"{hook.get_base_url()}/odoo/crm/{lead.id}"
            if hook.with_contact:
                data["contact"] = {
                    "subject": lead.name,
                    "name": lead.contact_name or None,
                    "email": lead.email_from or None,
                    "phone": lead.phone or None,
                }
        return json.dumps(data, ensure_ascii=False).encode()

    def _send(self):
        """Send one, and write down what came of it."""
        self.ensure_one()
        hook, body = self.outgoing_id, self._body()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Odoo-Lead-Distribution",
            "X-Lead-Event": self.event,
            "X-Lead-Delivery": str(self.id),
            "X-Lead-Signature": hook._signature(int(time.time()), body),
        }
        error = ""
        try:
            answer = requests.post(
                hook.url,
                data=body,
                headers=headers,
                timeout=TIMEOUT,
                allow_redirects=False,
            )
            if not 200 <= answer.status_code < 300:
                error = f"HTTP {answer.status_code}"
        except requests.RequestException as problem:
            error = type(problem).__name__
        now = fields.Datetime.now()
        if not error:
            self.write({"state": "sent", "date_sent": now, "error": False})
            return
        values = {"attempts": self.attempts + 1, "error": error}
        if self.attempts < len(RETRIES):
            minutes = RETRIES[self.attempts]
            values["next_try"] = now + timedelta(minutes=minutes)
            self.env.ref("lead_distribution.ir_cron_send_outgoing")._trigger(
                values["next_try"]
            )
        else:
            values["state"] = "failed"
            _logger.warning("Outgoing webhook %s: delivery %s failed", hook.id, self.id)
        self.write(values)

    def action_retry(self):
        """Send these again, soon.

        :returns: True
        """
        self.outgoing_id.check_access("write")
        # sudo: nobody writes deliveries but this
        failed = self.sudo().filtered(lambda each: each.state == "failed")
        failed.write(
            {"state": "waiting", "attempts": 0, "next_try": fields.Datetime.now()}
        )
        # sudo: to wake the schedule
        self.env.ref("lead_distribution.ir_cron_send_outgoing").sudo()._trigger()
        return True

    @api.autovacuum
    def _gc_old(self):
        """Delete what was kept long enough, a block at a time.

        :returns: ``(number deleted, whether more remain)``
        """
        before = fields.Datetime.now() - timedelta(days=DAYS)
        return drop_some(self, [("create_date", "<", before)], ROWS_PER_STEP)
