"""Reading mails: what the engine is told of a letter, and of what is our own."""

from email.message import EmailMessage
from email.utils import getaddresses

from odoo import api, models
from odoo.tools import SQL, email_normalize

from ...engine import text as texts
from ...engine.identity import words_of
from ...engine.mail_domains import is_free
from ...engine.reading import PARSERS, Letter, Own, phone_key, read_letter
from ...tools.redacting_log import redacting_logger

_logger = redacting_logger(__name__)


class LeadDistributionReading(models.AbstractModel):
    """Who asks, and for what: what came by mail, read into a lead.

    To add the mails of a portal, extend :meth:`_parsers` in one file.
    """

    _name = "lead.distribution.reading"
    _description = "Lead Distribution: Reading"

    @api.model
    def _parsers(self):
        """Hook: tell who knows the mails of a portal.

        :returns: list of :class:`.engine.reading.Parser`, the first that knows a mail
            reads it
        """
        return list(PARSERS)

    @api.model
    def _read(self, letter, company):
        """Read a letter. Should that go wrong, its sender is who wrote it.

        :param letter: :class:`.engine.reading.Letter`
        :returns: :class:`.engine.reading.Reading`, None when it went wrong
        """
        try:
            return read_letter(letter, self._own(company, letter), self._parsers())
        except Exception:
            # a mail is never lost for what stands in it
            _logger.exception("A mail could not be read")
            return None

    # what is told of the letter ---------------------------------------------------

    @api.model
    def _letter(self, msg_dict, message=None):
        """Return the :class:`.engine.reading.Letter` of a mail.

        :param msg_dict: see ``mail.thread.message_parse``
        :param message: ``email.message.EmailMessage`` that it was parsed from
        """
        name, sender = self._address(msg_dict.get("email_from") or msg_dict.get("from"))
        reply_name, reply = "", ""
        answers = message.get("Reply-To") if message is not None else None
        answers = answers or msg_dict.get("reply_to")
        if answers:
            reply_name, reply = self._address(str(answers))
        attachments = []
        for attachment in msg_dict.get("attachments") or ():
            attachments.append((attachment[0], attachment[1]))
        body = msg_dict.get("body") or ""
        return Letter(
            sender=sender,
            sender_name=name,
            reply_to=reply,
            reply_name=reply_name,
            subject=texts.one_line(msg_dict.get("subject") or ""),
            html=str(body),
            attachments=tuple(attachments),
            inside=self._inside(attachments),
        )

    @api.model
    def _inside(self, attachments):
        """Return the first mail that is attached to a mail, as
        :class:`.engine.reading.Letter`, or None."""
        for _name, content in attachments:
            if not isinstance(content, EmailMessage):
                continue
            try:
                body = content.get_body(("html", "plain"))
                if body and not body.get_content_charset():
                    # no word of it is taken for ASCII alone, as of the outer mail
                    text = body.get_payload(decode=True).decode("utf-8", "replace")
                else:
                    text = body.get_content() if body else ""
                html = text if body and body.get_content_subtype() == "html" else ""
                text = "" if html else text
            except (LookupError, ValueError, AttributeError):
                text, html = "", ""  # in a script that nobody knows
            name, sender = self._address(content.get("From"))
            reply_name, reply = self._address(content.get("Reply-To"))
            subject = texts.one_line(str(content.get("Subject") or ""))
            return Letter(sender, name, reply, reply_name, subject, text, html)
        return None

    @api.model
    def _address(self, text):
        """Split a header into ``(name, normalised address)``, "" for what is none."""
        text = texts.one_line(str(text or ""))
        if not texts.is_line(text):
            return "", next((x.lower() for x in texts.addresses_in(text)), "")
        for name, address in getaddresses([text]):
            address = email_normalize(address)
            if address:
                return name.strip(), address
        return "", email_normalize(text) or ""

    # what is our own ----------------------------------------------------------------

    @api.model
    def _own(self, company, letter):
        """Return what is the company's own, as :class:`.engine.reading.Own`."""
        addresses = {letter.sender, letter.reply_to}
        text = f"{letter.text[: texts.SEARCHED]}\n{letter.html[: texts.SEARCHED_HTML]}"
        addresses |= {found.lower() for found in texts.addresses_in(text)}
        for _name, content in letter.attachments[:20]:
            if isinstance(content, bytes) and len(content) < texts.SEARCHED_HTML:
                content = content.decode("utf-8", "replace")
            if isinstance(content, str):
                found = texts.addresses_in(content[: texts.SEARCHED])
                addresses |= {address.lower() for address in found}
        addresses.discard("")
        users, aliases = self._ours(addresses)
        identity = self.env["lead.distribution.identity"]
        # sudo: the company's own address and number, compared and not told
        house = company.sudo()
        own = {email for email, _phone, _name in users if email}
        own |= aliases
        domains = set(self.env["mail.alias.domain"]._lead_domains())
        mine = email_normalize(house.email or "") or ""
        if mine:
            own.add(mine)
            if not is_free(mine.rpartition("@")[2]):
                domains.add(mine.rpartition("@")[2])
        phones = {phone_key(phone) for _email, phone, _name in users if phone}
        phones.add(phone_key(house.phone or ""))
        names = {words_of(name) for _email, _phone, name in users}
        names.add(words_of(house.name))
        _listed, shared_domains = company._lead_shared_senders()
        return Own(
            addresses=frozenset(own),
            domains=frozenset(domains),
            shared=frozenset(identity._shared_of(company, addresses - own)),
            shared_domains=frozenset(shared_domains),
            phones=frozenset(filter(None, phones)),
            names=frozenset(filter(None, names)),
            country=company._lead_country_code(),
        )

    @api.model
    def _ours(self, addresses):
        """Find who is one of us, asked of the database at once for each mail.

        :param addresses: that stand in the mail
        :returns: ``[(email, number, name), ...]`` of the internal users, archived ones
            included, and the set of those addresses that are aliases of ours
        """
        self.env["res.partner"].flush_model(["email_normalized", "phone", "name"])
        self.env["res.users"].flush_model(["share", "partner_id"])
        self.env["mail.alias"].flush_model(["alias_full_name"])
        rows = self.env.execute_query(
            SQL(
                """SELECT FALSE, p.email_normalized,
                          COALESCE(p.phone_sanitized, p.phone), p.name
                     FROM res_users u JOIN res_partner p ON p.id = u.partner_id
                    WHERE NOT u.share
                    UNION ALL
                   SELECT TRUE, alias_full_name, NULL, NULL
                     FROM mail_alias WHERE alias_full_name IN %s""",
                tuple(addresses) or (None,),
            )
        )
        users = [row for is_alias, *row in rows if not is_alias]
        return users, {address for is_alias, address, *_row in rows if is_alias}

    # what was read, from where ------------------------------------------------------

    @api.model
    def _about(self, reading, sender):
        """Return what a lead keeps of a reading, False where there is nothing to say.

        :returns: ``{"sender": who sent it, if it was not the customer, "found":
            [[field of the reading, where, label], ...]}``
        """
        found = [[x.what, x.where, x.label[: texts.HEADER]] for x in reading.found]
        about = {"found": found} if found else {}
        if reading.relayed and sender:
            about["sender"] = sender[: texts.HEADER]
        return about or False

    @api.model
    def _told(self, about):
        """Say in words from where a lead was read.

        :param about: see :meth:`_about`
        :returns: plain text, a line for each place
        """
        _ = self.env._
        whats = {
            "name": _("Contact Name"),
            "email": _("Email"),
            "phone": _("Phone"),
            "company": _("Company Name"),
            "listing": _("Listing"),
            "source": _("Source"),
            "consents": _("Consents"),
            "comment": _("Message"),
        }
        places = {
            "sender": _("the sender of the email"),
            "reply": _("the address for answers"),
            "label": _("a line of the mail"),
            "table": _("a table of the mail"),
            "forward": _("the mail that was forwarded"),
            "xml": _("data (XML)"),
            "json": _("data (JSON)"),
            "card": _("a business card"),
            "text": _("the text, the only one in it"),
            "portal": _("the words of a portal"),
        }
        by_place = {}
        for what, where, label in (about or {}).get("found", ()):
            if what in whats and where in places:
                shown = f"{whats[what]} (“{label}”)" if label else whats[what]
                by_place.setdefault(where, []).append(shown)
        lines = [
            _("%(what)s: %(where)s", what=", ".join(shown), where=places[where])
            for where, shown in by_place.items()
        ]
        if (about or {}).get("sender"):
            lines.append(_("Sent by %s", about["sender"]))
        return "\n".join(lines)
