"""Reading a letter: who the customer is, and what they want."""

import re

from ..identity import name_score, words_of
from ..mail_domains import is_free
from ..phones import phones_in, phones_of
from ..text import addresses_in, one_line
from .data import cards_in, data_in
from .forwarded import inside, person
from .labels import OTHERS, is_fax, is_providers
from .lines import lines_of
from .pairs import Pair, Pairs
from .types import (
    CARD,
    FORWARDED,
    PORTAL,
    REPLY_TO,
    SENDER,
    TEXT,
    Found,
    Letter,
    Own,
    Reading,
)

#: what programs call themselves as senders
MACHINE = re.compile(
    r"^(?:(?:no|do|ne|nie)[-_.]?(?:not[-_.]?)?(?:reply|responder|respond|odpowiadaj"
    r"|antworten)"
    r"|wordpress|wp|www-?data|apache|nobody|nginx|web-?(?:form|master|site|server"
    r"|mail)?"
    r"|(?:contact|kontakt)[-_.]?form\w*|form(?:s|ular|ulario|ularz|mail|ulaire)?|mailer"
    r"|notif\w*|alerts?|leads?|system|robot|bot|server|daemon|typo3|joomla|drupal"
    r"|shopify|wix|postmaster|mailer-daemon|automat\w*|bounce\w*)(?:[-_.+\d].*)?$",
    re.IGNORECASE,
)
#: of these, those that nobody reads answers at
UNREAD = re.compile(
    r"^(?:(?:no|do|ne|nie)[-_.]?(?:not[-_.]?)?(?:reply|responder|respond|odpowiadaj"
    r"|antworten)|wordpress|www-?data|apache|nobody|nginx|mailer-daemon|postmaster"
    r"|(?:contact|kontakt)[-_.]?form\w*)(?:[-_.+\d].*)?$",
    re.IGNORECASE,
)
#: addresses of a provider's own people
_GENERIC = re.compile(
    r"^(?:info|service|support|kontakt|contact\w*|hello|hola|hallo|sales|ventas|biuro"
    r"|office"
    r"|help\w*|hilfe|ayuda|pomoc|kundenservice|admin\w*|team|mail|news\w*|marketing"
    r"|feedback|hi|reply|replies)$",
    re.IGNORECASE,
)
_PERSON = ("contact_name", "first_name", "last_name", "card_name")
#: roles whose values are kept as they are
_PLAIN = (
    ("partner_name", "company"),
    ("listing_id", "listing"),
    ("source_id", "source"),
    ("message", "comment"),
)
#: where a mail program wrote the target of a link beside its words
_LINK = re.compile(r"\s?[<\[(](?:tel|callto|whatsapp):[^<>\[\]()]{0,40}[>\])]", re.I)
_VIA = re.compile(r"(?<=\w) (?:via|on behalf of|im Auftrag von|w imieniu) (?=\w)")
_NO_VALUE = re.compile(r"^[\W_]*$|^(?:n/?a|none|null|keine?|brak|no tiene|-+)$", re.I)


def read(text="", html="", attachments=(), own=None, parsers=()):
    """Read who asks for what from a text, HTML, or data.

    :param own: :class:`.types.Own`
    :returns: :class:`.types.Reading`
    """
    letter = Letter(text=text, html=html, attachments=tuple(attachments))
    return read_letter(letter, own or Own(), parsers)


def read_letter(letter, own, parsers=()):
    """Read who wrote a letter, whoever sent it.

    :param letter: :class:`.types.Letter`
    :param parsers: those of :class:`.parsers.Parser` that may know its shape
    :returns: :class:`.types.Reading`
    """
    inside = letter.inside
    if inside and (own.is_address(letter.sender) or own.is_shared(letter.sender)):
        reading = read_letter(inside, own, parsers)
        if reading.person:
            reading.relayed = True
            reading.found = [
                Found(x.what, FORWARDED, x.label) if x.where == SENDER else x
                for x in reading.found
            ]
            return reading
    return _Reader(letter, own, parsers).reading


class _Reader:
    def __init__(self, letter, own, parsers):
        self.letter, self.own, self.reading = letter, own, Reading()
        self.lines = lines_of(letter.text, letter.html)
        self.colleague = bool(letter.sender) and own.is_address(letter.sender)
        local = letter.sender.partition("@")[0]
        self.parser = next((each for each in parsers if each.knows(letter)), None)
        portal = self.parser and self.parser.is_sender(letter.sender)
        self.shared = own.is_shared(letter.sender) or bool(portal)
        self.machine = bool(MACHINE.match(local))
        #: whether the sender is nobody's address
        self.nobody = not letter.sender or self.colleague or self.shared or self.machine
        self.provider = letter.sender.rpartition("@")[2] if self.nobody else ""
        self.base_name, self.base_email, self.base_where = "", "", ""
        self._read()

    def _read(self):
        self._find_base()
        if self.parser:
            self._take_parsed(self.parser)
        pairs = self._pairs()
        structured = self._is_structured(pairs)
        if structured:
            self._take_pairs(pairs)
        self._take_base(structured)
        self._take_rest(pairs, structured)
        reading = self.reading
        if not reading.person and self.machine and not (self.colleague or self.shared):
            # perhaps somebody's after all
            if not UNREAD.match(self.letter.sender.partition("@")[0]):
                reading.take("email", self.letter.sender, SENDER)
        reading.structured = structured or bool(self.parser and reading.person)
        reading.known = self.colleague or self.own.is_shared(self.letter.sender)
        reading.relayed = bool(self.letter.sender) and (
            self.nobody or reading.email != self.letter.sender
        )

    # who it is from -----------------------------------------------------------

    def _find_base(self):
        """Who wrote, before the text is looked at; whose lines the lines are."""
        letter = self.letter
        if self._is_reply_to_customer():
            self.base_name, self.base_email = letter.reply_name, letter.reply_to
            self.base_where = REPLY_TO
            if _domain(letter.reply_to) != _domain(letter.sender):
                self.provider = _domain(letter.sender)
        depth = 0
        found = inside(self.lines)
        if not self.nobody or self.base_email and not self.colleague:
            if found:
                self.lines = found.above  # what they write, not what they pass on
            if not self.base_email:
                self.base_name, self.base_email = letter.sender_name, letter.sender
                self.base_where = SENDER
            return
        while found and depth < 5:
            depth += 1
            self.lines = found.below
            sender = self._is_customer(found.address)
            if self._is_customer(found.reply_to):
                # a program's name is not the name of who asks
                name = found.reply_name or (found.name if sender else "")
                self.base_name, self.base_email = name, found.reply_to
                self.base_where = FORWARDED
                return
            if sender:
                self.base_name, self.base_email = found.name, found.address
                self.base_where = FORWARDED
                return
            if found.address and not self.own.is_address(found.address):
                self.provider = _domain(found.address)
                return
            found = inside(self.lines)

    def _is_reply_to_customer(self):
        reply = self.letter.reply_to
        if not reply or reply == self.letter.sender or not self._is_customer(reply):
            return False
        if _domain(reply) == _domain(self.letter.sender):
            return not is_generic(reply)
        return True

    def _is_customer(self, address):
        """Whether an address can be a customer's."""
        return (
            "@" in address
            and not self.own.is_address(address)
            and not self.own.is_shared(address)
            and not MACHINE.match(address.partition("@")[0])
        )

    # what it says ---------------------------------------------------------------

    def _pairs(self):
        """Return the labels and values of attachments, data and text, best first."""
        found = []
        for name, content in self.letter.attachments[:20]:
            found += self._attached(str(name or "").lower(), content)
        text = "\n".join(_plain(line) for line in self.lines)
        if "<" in text or "{" in text:
            found += [Pair(*each) for each in data_in(text)]
        if "BEGIN:VCARD" in text:
            found += [Pair(*each) for each in cards_in(text)]
        lines = Pairs(self.lines, self.nobody or self.base_where == REPLY_TO)
        self.free = lines.free
        return found + lines.found

    def _attached(self, name, content):
        if isinstance(content, bytes):
            if len(content) > 200_000 or b"\0" in content[:100]:
                return []
            content = content.decode("utf-8", "replace")
        if not isinstance(content, str):
            return []
        start = content[:300].lstrip("\ufeff \r\n\t")
        if name.endswith(".vcf") or start.upper().startswith("BEGIN:VCARD"):
            pairs = [Pair(*each) for each in cards_in(content)]
            return [] if self._is_ours(pairs) else pairs
        if name.endswith((".xml", ".adf", ".json")) or start[:1] in ("<", "{"):
            return [Pair(*each) for each in data_in(content)]
        return []

    def _is_ours(self, card):
        """Whether a card is a colleague's, who forwards a mail with their own."""
        return any(
            pair.role == "email_from"
            and self.own.is_address(pair.value.lower())
            or pair.role == "phone"
            and self.own.is_phone(pair.value)
            or pair.role == "contact_name"
            and self.own.is_name(pair.value)
            for pair in card
        )

    def _is_structured(self, pairs):
        """Whether labels say who it is, and not just a signature."""
        roles = {pair.role for pair in pairs}
        named = bool(roles.intersection((*_PERSON, "from")))
        reach = any(
            self._phone(pair.value)
            if pair.role in ("phone", "mobile")
            else pair.role == "email_from" and _addresses(pair.value)
            for pair in pairs
        )
        if self.nobody or self.base_where == REPLY_TO:
            return named or reach
        return named and reach

    def _take_pairs(self, pairs):
        reading = self.reading
        emails = [p for p in pairs if p.role in ("email_from", "reply", "from")]
        emails.sort(key=lambda pair: pair.role == "from")
        for pair in emails:
            email = next(filter(self._may_be, _addresses(pair.value)), "")
            reading.take("email", email, pair.where, pair.label)
        self._take_name(pairs)
        for pair in pairs:
            if pair.role in ("phone", "mobile"):
                reading.take("phone", self._phone(pair.value), pair.where, pair.label)
        self._take_words(pairs)

    def _may_be(self, address):
        """Whether an address in the text can be the customer's."""
        if not self._is_customer(address):
            return False
        domain = _domain(address)
        return not self.provider or not (
            domain == self.provider
            or domain.endswith(f".{self.provider}")
            or self.provider.endswith(f".{domain}")
        )

    def _take_name(self, pairs):
        reading = self.reading
        whole = [p for p in pairs if p.role == "contact_name"]
        whole += [p for p in pairs if p.role == "card_name"]
        first = next((p for p in pairs if p.role == "first_name"), None)
        last = next((p for p in pairs if p.role == "last_name"), None)
        if first and last:
            both = f"{_name(first.value)} {_name(last.value)}".strip()
            whole.insert(0, Pair("contact_name", first.label, both, first.where))
        whole += [p for p in (first, last) if p]
        for pair in whole:
            name = _name(pair.value)
            if name and not self.own.is_name(name):
                reading.take("name", name, pair.where, pair.label)
        for pair in pairs:
            if pair.role == "from":
                name = person(pair.value)[0]
                if name and not self.own.is_name(name):
                    reading.take("name", name, pair.where, pair.label)

    def _phone(self, value):
        """Return the number in a value as it was written; of several, the first that
        is not ours."""
        country = self.own.country
        value = _LINK.sub("", one_line(value[:200])).strip()
        found = phones_in(value, country or None, most=3)
        if len(found) > 1:
            ours = {number for number in found if self.own.is_phone(number)}
            order = sorted(found - ours, key=lambda x: value.find(x[-2:]))
            return order[0] if order else ""
        digits = sum(char.isdigit() for char in value)
        if not 6 <= digits <= 20 or "@" in value or self.own.is_phone(value):
            return ""
        if any(self.own.is_phone(number) for number in found):
            return ""
        if len(value) <= 40:
            return value
        return next(iter(found or phones_of(value, [country] if country else ())), "")

    def _take_words(self, pairs):
        reading = self.reading
        for role, what in _PLAIN:
            for pair in pairs:
                value = pair.value if role == "message" else one_line(pair.value)
                if pair.role == role and not _NO_VALUE.match(value):
                    reading.take(what, value[:5000], pair.where, pair.label)
        agreed = [pair.value for pair in pairs if pair.role == "agreed"]
        for pair in pairs:
            if pair.role == "consent_purpose_ids":
                agreed += re.split(r"\s*[,;|\n]\s*", pair.value)
        agreed = [one_line(x)[:200] for x in agreed if not _NO_VALUE.match(x)]
        reading.take("consents", tuple(dict.fromkeys(agreed))[:20], "label")

    def _take_parsed(self, parser):
        for what, value in parser.read(self.letter, self.lines).items():
            if what == "email" and not self._may_be(value.lower()):
                continue
            if what == "email":
                value = value.lower()
            if what == "phone":
                value = self._phone(value)
            if what == "name":
                value = _name(value)
            self.reading.take(what, value, PORTAL, parser.name)

    # what is not labelled ---------------------------------------------------------

    def _take_base(self, structured):
        """Who sent it, or whom to answer, where the text says nothing else."""
        reading, email = self.reading, self.base_email
        if not email:
            return
        if self.base_where == REPLY_TO and reading.email:
            # an address of the provider's, that passes answers on or is its desk's, is
            # the second best
            other = _domain(email) != _domain(self.letter.sender)
            if other and not is_generic(email):
                self._replace_email(email)
        elif self.base_where == SENDER and structured:
            if not reading.email and self._may_be_sender():
                reading.take("email", email, SENDER)
        else:
            if self.base_where == SENDER:
                self._replace_email(email)
            reading.take("email", email, self.base_where)
        if email == reading.email or not structured:
            name = _name(self.base_name)
            if name and not self.own.is_name(name):
                reading.take("name", name, self.base_where)

    def _replace_email(self, email):
        reading = self.reading
        if reading.email != email:
            reading.found = [each for each in reading.found if each.what != "email"]
            reading.email = ""
            reading.take("email", email, self.base_where)

    def _may_be_sender(self):
        """Whether the sender of a form's text can be the person in it: the name is in
        who sent it, or everybody may have an address there."""
        words, letter = words_of(self.reading.name), self.letter
        if not words:
            return True
        local, _at, domain = letter.sender.partition("@")
        if any(len(word) > 2 and word in local for word in words):
            return True
        if name_score(words, words_of(letter.sender_name)) > 0.4:
            return True
        return is_free(domain)

    def _take_rest(self, pairs, structured):
        """The only number and, from a sender that is nobody's, the only address."""
        reading = self.reading
        for pair in pairs:
            if pair.role in ("phone", "mobile") and pair.where != CARD:
                reading.take("phone", self._phone(pair.value), pair.where, pair.label)
        if not structured:
            self._take_words([p for p in pairs if p.role in ("listing_id", "agreed")])
        provided = self.base_where in ("", REPLY_TO)
        free = [
            x for x in self.free if not (is_providers(x) if provided else is_fax(x))
        ]
        text = "\n".join(free)
        if not reading.email and self.nobody:
            every = [*free, *(p.value for p in pairs if p.role == "message")]
            found = set(filter(self._may_be, _addresses("\n".join(every))))
            if len(found) == 1:
                reading.take("email", found.pop(), TEXT)
        if not reading.phone and any(map(str.isdigit, text)):
            others = [p.value for p in pairs if p.role == OTHERS]
            theirs = phones_in("\n".join(others), self.own.country or None, most=20)
            found = phones_in(text, self.own.country or None, most=3)
            found = {x for x in found if not self.own.is_phone(x)} - theirs
            if len(found) == 1:
                reading.take("phone", found.pop(), TEXT)


def is_generic(address):
    """Whether an address is that of a desk, by what it is called."""
    return bool(_GENERIC.match(address.partition("@")[0]))


def _plain(line):
    return line.text if line.value is None else f"{line.text}: {line.value}"


def _domain(address):
    return address.rpartition("@")[2]


def _addresses(text):
    return [found.lower().rstrip(".") for found in addresses_in(text)]


def _name(text):
    """Return a name as people write it, "" for what is none."""
    text = person(one_line(text))[0] if "@" in text else one_line(text)
    text = _VIA.split(text)[0]  # through whom it came is no part of it
    text = " ".join(text.strip(" \"',;:*").split())[:100]
    if _NO_VALUE.match(text) or not any(map(str.isalpha, text)) or "://" in text:
        return ""
    last, comma, first = text.partition(", ")
    if comma and "," not in first and 0 < len(first.split()) < 3:
        text = f"{first} {last}"
    return text
