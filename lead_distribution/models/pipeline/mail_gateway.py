"""Mails on their way to leads: who wrote, read before the lead is made; what machines
wrote is put into the thread that it answers to, or aside."""

from ast import literal_eval
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from email.message import EmailMessage

from odoo import api, models
from odoo.tools import formataddr

from ...engine import text as texts
from ...engine.reading import Letter, Reading, automatic_kind, is_generic
from ...tools.redacting_log import redacting_logger
from ...tools.service_context import AUTOMATIC_KEY, MAIL, MAIL_KEY

_logger = redacting_logger(__name__)

#: headers by which mails of machines are known
_HEADERS = {
    "from",
    "return-path",
    "content-type",
    "auto-submitted",
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-reply-from",
    "x-auto-response-suppress",
    "x-failed-recipients",
    "precedence",
    "list-unsubscribe",
    "list-id",
    "list-post",
    "list-help",
    "feedback-id",
}


#: the mail that a lead is being made of. It is not in Odoo's context itself: each
#: context is an environment, which stays for a while, and Odoo looks through them all
_current = ContextVar("lead_distribution_mail", default=None)


@dataclass
class Mail:
    """What is known of a mail while its lead is made.

    :param sender: normalised address of who sent it
    :param is_described: whether the lead's fields are told of in full, see
        ``crm.lead.fields_get``
    """

    letter: Letter
    reading: Reading | None
    is_described: bool = True

    @property
    def sender(self):
        return self.letter.sender


@contextmanager
def making_lead_of(mail):
    """Make a lead of a mail, which :func:`mail_of` tells as long as the block lasts.

    :param mail: :class:`Mail`, or None
    """
    token = _current.set(mail)
    try:
        yield
    finally:
        _current.reset(token)


def mail_of(context):
    """Return the :class:`Mail` that a lead is being made of, None for other leads.

    :param context: of an environment; the gateway's carries ``MAIL_KEY``
    """
    return _current.get() if context.get(MAIL_KEY) is MAIL else None


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        routes = list(routes or ())
        if not any(route[0] == "crm.lead" for route in routes):
            return super()._message_route_process(message, message_dict, routes)
        gateway, thread_id = self.env["lead.distribution.gateway"], False
        for route in routes:
            # what is changed for a lead is no other record's affair
            values, context, mail = dict(message_dict), {}, None
            if route[0] == "crm.lead":
                values, context, mail = gateway._prepare(message, values, route)
            if values is None:
                continue
            with making_lead_of(mail):
                thread_id = super(
                    MailThread, self.with_context(**context)
                )._message_route_process(message, values, [route])
        return thread_id

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        result = super()._routing_handle_bounce(email_message, message_dict)
        gateway = self.env["lead.distribution.gateway"]
        gateway._keep_report(email_message, message_dict)
        return result


class LeadDistributionGateway(models.AbstractModel):
    _name = "lead.distribution.gateway"
    _description = "Lead Distribution: Mail Gateway"

    @api.model
    def _prepare(self, message, msg_dict, route):
        """Read a mail before its lead is made, or before it goes into a lead's thread.

        :param msg_dict: see ``mail.thread.message_parse``; a copy of one's own
        :param route: see ``mail.thread.message_route``
        :returns: ``(msg_dict, context)`` for core and what was read, a :class:`Mail` or
            None; ``(None, {}, None)`` when it is no lead
        """
        _model, thread_id, values, user_id, _alias = route
        # sudo: whoever the gateway takes the writer for; the company of what comes in
        intake = self.env["lead.distribution.intake"].with_user(user_id).sudo()
        lead = intake.env["crm.lead"].browse(thread_id or 0).exists()
        if lead:
            company = intake.env["lead.distribution.lead.company"]._company_of_lead(
                lead
            )
            company = company or intake.env.company
        else:
            company = intake._company_of(values or {}, self.env.context, {})
        if not company._lead_distribution_on():
            return msg_dict, {}, None
        kind = self._kind(message, msg_dict)
        if lead:
            return self._prepare_answer(msg_dict, kind)
        return self._prepare_new(message, msg_dict, route, company, kind)

    @api.model
    def _kind(self, message, msg_dict):
        """Return the :class:`.engine.reading.Automatic` of a mail, or None."""
        # as they came: parsed, each is taken apart for its comments and groups
        headers = {}
        for name, value in message.raw_items():
            if name.lower() in _HEADERS:
                headers.setdefault(name.lower(), texts.one_line(str(value)))
        text = texts.plain(str(msg_dict.get("body") or "")[:2000])
        domains = self.env["mail.alias.domain"]._lead_domains()
        return automatic_kind(headers, msg_dict.get("subject") or "", text, domains)

    @api.model
    def _prepare_answer(self, msg_dict, kind):
        """What a machine answers is a note in the thread: nobody's work, no mail to the
        customer. What a customer's answer only looks like, is an answer."""
        author = msg_dict.get("author_id")
        # sudo: whether a colleague is away, or the customer
        author = self.env["res.partner"].sudo().browse(author or 0).exists()
        colleague = bool(author) and not author.partner_share
        if colleague:
            machines = kind and (kind.answer or kind.reason == "automatic")
        else:
            machines = kind and kind.answer and kind.by == "header"
        if not machines:
            return msg_dict, {}, None
        if colleague:
            msg_dict.pop("parent_id", None)  # whose writer would be told
        msg_dict.update(is_internal=True, message_type="auto_comment")
        return msg_dict, {AUTOMATIC_KEY: True}, None

    @api.model
    def _prepare_new(self, message, msg_dict, route, company, kind):
        reader = self.env["lead.distribution.reading"]
        letter = reader._letter(msg_dict, message)
        if kind and kind.answer:
            return self._put_aside(msg_dict, letter, route, company, kind)
        reading = reader._read(letter, company)
        if kind and not self._is_persons(letter, reading, company):
            return self._put_aside(msg_dict, letter, route, company, kind)
        if reading and self._learn(company, letter, reading):
            reading = reader._read(letter, company)
        if reading and reading.relayed and reading.email:
            # whom the answer goes to
            name = texts.header(reading.name) or False
            msg_dict["email_from"] = formataddr((name, reading.email))
            author = self.env["crm.lead"]._partner_find_from_emails_single(
                [reading.email], no_create=True
            )
            msg_dict["author_id"] = author.id
        return msg_dict, {MAIL_KEY: MAIL}, Mail(letter, reading)

    @api.model
    def _is_persons(self, letter, reading, company):
        """Whether somebody asks in what a program sent, as forms and portals do."""
        if not reading:
            return True
        listed, domains = company._lead_shared_senders()
        domain = letter.sender.rpartition("@")[2]
        if letter.sender in listed or domain in domains:
            return True
        where = {found.where for found in reading.found if found.what == "email"}
        return reading.structured or bool(
            "forward" in where
            or ("reply" in where and letter.reply_to.rpartition("@")[2] != domain)
        )

    @api.model
    def _put_aside(self, msg_dict, letter, route, company, kind):
        """Keep a mail among those that are no leads.

        :returns: see :meth:`_prepare`
        """
        attachments = [
            (a[0], a[1].as_bytes() if isinstance(a[1], EmailMessage) else a[1])
            for a in msg_dict.get("attachments") or ()
        ]
        self.env["lead.distribution.not.lead"]._keep(
            company,
            {
                "channel": "mail",
                "reason": kind.reason,
                "detail": kind.detail,
                "name": msg_dict.get("subject") or False,
                "email_from": msg_dict.get("email_from") or False,
                "reply_to": letter.reply_to or False,
                "body": msg_dict.get("body") or False,
                "reference": msg_dict.get("message_id") or False,
                "values": {
                    name: value
                    for name, value in (route[2] or {}).items()
                    if isinstance(value, str | int | bool)
                },
            },
            [each for each in attachments if isinstance(each[1], str | bytes)],
        )
        return None, {}, None

    @api.model
    def _keep_report(self, message, msg_dict):
        """Core passes on what could not be delivered to nobody: what concerns a lead is
        noted on it; what was sent to where leads come in is put aside."""
        bounced = msg_dict.get("bounced_message")
        kind = self._kind(message, msg_dict)
        if not kind:
            return
        # sudo: the lead that could not be written to, whoever receives the report
        lead = self.env["crm.lead"].sudo()
        if bounced and bounced.model == "crm.lead":
            lead = lead.browse(bounced.res_id).exists()
        if lead:
            lead.with_context(**{AUTOMATIC_KEY: True})._message_log(
                body=msg_dict.get("body") or "",
                subject=msg_dict.get("subject"),
                email_from=msg_dict.get("email_from"),
                author_id=False,
                message_type="auto_comment",
            )
            return
        if bounced:
            return  # it concerns something else
        for values in self._ways_in(msg_dict):
            intake = self.env["lead.distribution.intake"]
            company = intake._company_of(values, self.env.context, {})
            if company._lead_distribution_on():
                route = ("crm.lead", 0, values, self.env.uid, None)
                reader = self.env["lead.distribution.reading"]
                letter = reader._letter(msg_dict, message)
                self._put_aside(msg_dict, letter, route, company, kind)
                return

    @api.model
    def _ways_in(self, msg_dict):
        """Return the values that leads of a mail get, of each way by which it came: the
        aliases it was sent to, and the mailbox it was fetched from."""
        found = [
            literal_eval(alias.alias_defaults or "{}")
            for alias in self._lead_aliases(msg_dict)
        ]
        # sudo: of what the mails of a mailbox become records
        servers = self.env["fetchmail.server"].sudo()
        server = servers.browse(self.env.context.get("default_fetchmail_server_id"))
        if server.object_id.model == "crm.lead":
            found.append({})
        return found

    @api.model
    def _lead_aliases(self, msg_dict):
        """Return the aliases for leads that a mail was sent to."""
        addresses = texts.addresses_in((msg_dict.get("recipients") or "")[:5000])
        # sudo: which aliases make leads
        return (
            self.env["mail.alias"]
            .sudo()
            .search(
                [
                    ("alias_full_name", "in", [each.lower() for each in addresses]),
                    ("alias_model_id.model", "=", "crm.lead"),
                ]
            )
        )

    @api.model
    def _learn(self, company, letter, reading):
        """Remember for whom somebody sends mails.

        :returns: whether the sender turned out to send them for several people
        """
        if not letter.sender or not (reading.structured or reading.relayed):
            return False
        senders = self.env["lead.distribution.sender"]
        desk = letter.reply_to if is_generic(letter.reply_to) else ""
        if desk and desk == reading.email and reading.name:
            # perhaps the provider's own, and not the customer's
            if senders._learn(company, desk, "", reading.name):
                return True
        if reading.known:
            return False
        email = reading.email if reading.email != letter.sender else ""
        if not email and not reading.name:
            return False
        return senders._learn(company, letter.sender, email, reading.name)
