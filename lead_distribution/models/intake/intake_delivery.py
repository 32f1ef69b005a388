"""A delivery to a webhook: checked, read, made into leads, answered."""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import consteq

from ...engine import text as texts
from ...engine.payloads import Unreadable, parsed, paths_of, read_payload
from ...tools.batch import CONFLICTS
from ...tools.redacting_log import redacting_logger

_logger = redacting_logger(__name__)

#: headers by which senders number what they send
KEY_HEADERS = ("Idempotency-Key", "X-Idempotency-Key")
#: headers with a signature of the body
SIGNATURE_HEADERS = ("X-Hub-Signature-256", "Typeform-Signature", "X-Lead-Signature")
#: the same body within so many hours is the same inquiry, where nothing numbers it
HOURS = 1
#: keys of a payload that are kept for the mapping
MOST_PATHS = 100


@dataclass
class Delivery:
    """A request, without Odoo's wrapping.

    :param body: bytes; empty for a form
    :param form: ``{name: text, or list of texts}`` of a form, None for other bodies
    :param charset: of the body
    :param headers: with ``get``
    """

    body: bytes = b""
    form: dict | None = None
    charset: str = "utf-8"
    headers: dict = dataclass_field(default_factory=dict)

    def raw(self):
        """Return what identifies the delivery, as bytes."""
        if self.form is None:
            return self.body
        return json.dumps(self.form, sort_keys=True).encode()

    def data(self):
        """Parse it.

        :raises Unreadable: when it is neither a form nor JSON
        """
        return self.form if self.form is not None else parsed(self.body, self.charset)

    def text(self):
        """Return it as text, whatever it is."""
        if self.form is not None:
            return json.dumps(self.form, indent=1, ensure_ascii=False)
        return self.body.decode("utf-8", "replace")

    def number(self):
        """Return the sender's own number of the delivery, "" for none."""
        for name in KEY_HEADERS:
            value = self.headers.get(name)
            if value and value.strip():
                return texts.one_line(value.strip())[:200]
        return ""


class LeadDistributionIntakeSource(models.Model):
    _inherit = "lead.distribution.intake.source"

    def _receive(self, delivery):
        """Take a delivery.

        :param delivery: :class:`Delivery`
        :returns: ``(status, answer)`` of HTTP, the answer a dictionary; empty where the
            delivery is refused
        """
        self.ensure_one()
        # what is kept is read by the company's people, not by who sends
        self = self.with_context(lang=self.company_id.partner_id.lang or "en_US")
        calls = self.env["lead.distribution.intake.call"]
        recent = fields.Datetime.now() - timedelta(minutes=1)
        own = [("intake_id", "=", self.id)]
        if calls.search_count([*own, ("date", ">", recent)], self.rate_limit) >= (
            self.rate_limit
        ):
            return 429, {}
        if not self._is_signed(delivery):
            calls._begin(self, None).outcome = "unsigned"
            return 403, {}
        keys = self._keys(delivery)
        known = calls.search([*own, ("key", "in", keys)], limit=1)
        call = known or calls._begin(self, keys[0])
        if known or not call:
            return self._answer_again(known)
        call.invalidate_recordset()
        return self._take(delivery, call)

    def _answer_again(self, call):
        """Answer what was answered before."""
        return 200, {
            "status": "repeated",
            "reference": call.reference or "",
        }

    def _keys(self, delivery):
        """Return the keys by which a repeated delivery is known, the present one first:
        the sender's number, else what is in it, within the hour."""
        number = delivery.number()
        if number:
            return [f"number:{hashlib.sha256(number.encode()).hexdigest()}"]
        digest = hashlib.sha256(delivery.raw()).hexdigest()
        hour = int(fields.Datetime.now().timestamp() // 3600)
        return [f"body:{digest}:{hour - back}" for back in range(HOURS + 1)]

    def _is_signed(self, delivery):
        """Whether it is signed with the secret, where there is one."""
        secret = self.signing_secret
        if not secret:
            return True
        digest = hmac.new(secret.encode(), delivery.body, hashlib.sha256).digest()
        wanted = (digest.hex(), base64.b64encode(digest).decode())
        good = False
        for name in SIGNATURE_HEADERS:
            given = (delivery.headers.get(name) or "").removeprefix("sha256=")
            for each in wanted if delivery.form is None else ():
                good |= consteq(given.encode(), each.encode())
        try:
            data = delivery.data()
        except Unreadable:
            return good
        key = data.get("google_key") if isinstance(data, dict) else None
        return good | consteq(str(key or "").encode(), secret.encode())

    def _take(self, delivery, call):
        """Read a delivery and make its leads; what cannot be read waits for a person.

        :param call: ``lead.distribution.intake.call``, its row
        :returns: see :meth:`_receive`
        """
        number = delivery.number()
        try:
            data = delivery.data()
        except Unreadable:
            return self._wait(
                delivery, call, self.env._("It is neither JSON nor a form.")
            )
        call.paths = "\n".join(paths_of(data)[:MOST_PATHS]) or False
        try:
            with self.env.cr.savepoint():
                return self._make_leads(delivery, data, call, number)
        except CONFLICTS:
            raise
        except Exception as error:
            _logger.exception("Webhook %s: a delivery waits for a person", self.id)
            return self._wait(delivery, call, type(error).__name__)

    def _make_leads(self, delivery, data, call, number):
        leads = self._read(data)
        people = [lead for lead in leads if lead.is_somebody]
        if any(lead.is_test for lead in leads):
            people = [lead for lead in people if not lead.is_test]
            if not people:
                call.write({"outcome": "test", "reference": "test"})
                return 200, {"status": "test", "reference": "test"}
        if not people:
            announced = [lead.announced for lead in leads if lead.announced]
            if announced:
                why = self.env._(
                    "It only mentions the lead %s and does not say who is asking.",
                    ", ".join(announced[:10]),
                )
            else:
                why = self.env._("It does not say who is asking or how to reach them.")
            return self._wait(delivery, call, why, announced[:1])
        for place, lead in enumerate(people):
            if not lead.values.get("external_ref"):
                own = number or f"W-{secrets.token_hex(8)}"
                lead.values["external_ref"] = f"{own}-{place}" if place else own
        last = self.env["crm.lead"]._last_number()
        made = self._create_leads(people)
        answers = [
            {
                "status": "new" if lead.id > last else "repeated",
                "reference": lead.external_ref or values.values["external_ref"],
            }
            for lead, values in zip(made, people, strict=True)
        ]
        fresh = [answer for answer in answers if answer["status"] == "new"]
        call.write(
            {
                "outcome": "new" if fresh else "repeated",
                "reference": answers[0]["reference"],
                "lead_number": made[0].id,
                "lead_count": len(fresh),
            }
        )
        self._settle_announced(people, made)
        answer = dict((fresh or answers)[0])
        if len(answers) > 1:
            answer["leads"] = answers
        return 200, answer

    def _read(self, data):
        """Read a payload with the mapping of this address.

        :returns: list of :class:`.lead_values.LeadValues`
        """
        mapping = {line.path: line.target for line in self.field_ids if line.target}
        defaults = {
            "source_id": self.source_id.name,
            "medium_id": self.medium_id.name,
            "campaign_id": self.campaign_id.name,
        }
        zone = str(self.company_id._lead_timezone())
        return read_payload(data, zone, mapping, defaults)

    def _create_leads(self, people):
        """Make leads, which are then distributed like any other.

        :param people: list of :class:`.lead_values.LeadValues`
        :returns: ``crm.lead``, one for each; a lead that is here already for what was
            delivered before
        """
        company = self.company_id
        places = self.env["lead.distribution.intake"]._places(people, company)
        vals_list = []
        for lead, (country, state) in zip(people, places, strict=True):
            vals = {
                **lead.values,
                "user_id": False,
                "company_id": company.id,
                "description": lead.description() or False,
                "country_id": country.id,
                "state_id": state.id,
            }
            if lead.arrival:
                vals["arrival_date"] = lead.arrival
            vals_list.append(vals)
        # sudo: whoever sends leads has no rights; what is written is named above
        leads = self.env["crm.lead"].with_user(SUPERUSER_ID).with_company(company)
        context = {
            "lang": company.partner_id.lang or self.env.lang,
            "allowed_company_ids": company.ids,
            "mail_create_nosubscribe": True,
        }
        leads = leads.with_context(context)  # pylint: disable=context-overridden
        return leads.create(vals_list).with_env(self.env)

    def _wait(self, delivery, call, why, announced=()):
        """Keep what cannot be read, for a person.

        :returns: see :meth:`_receive`
        """
        reference = f"{self.id}:{announced[0]}" if announced else f"call:{call.id}"
        kept = self.env["lead.distribution.not.lead"]._keep(
            self.company_id,
            {
                "channel": "webhook",
                "reason": "unread",
                "name": self.name,
                "detail": why,
                "payload": delivery.text(),
                "source_id": self.source_id.id,
                "reference": reference,
                "intake_id": self.id,
            },
        )
        call.write({"outcome": "waiting", "reference": f"N-{kept.id}", "note": why})
        return 202, {"status": "waiting", "reference": f"N-{kept.id}"}

    def _settle_announced(self, people, made):
        """What was only announced before is here now: nobody has to look at it."""
        leads = {
            f"{self.id}:{values.values['external_ref']}": lead
            for values, lead in zip(people, made, strict=True)
        }
        waiting = self.env["lead.distribution.not.lead"].search(
            [
                ("reference", "in", list(leads)),
                ("intake_id", "=", self.id),
                ("state", "=", "open"),
            ]
        )
        for each in waiting:
            each.write({"state": "lead", "lead_id": leads[each.reference].id})

    # the answer to Meta's question --------------------------------------------------

    def _verify(self, given):
        """Whether somebody who enters this address elsewhere has its token.

        :param given: what they say it is
        """
        wanted = self._verify_token()
        return consteq(str(given or "").encode(), wanted.encode())

    @api.model
    def _is_challenge(self, text):
        """Whether a text may be sent back: letters and digits alone."""
        return (
            isinstance(text, str)
            and text.isascii()
            and text.isalnum()
            and (len(text) <= 200)
        )
