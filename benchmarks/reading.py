"""How much of what arrives is read right: pure Python, without a database.

A mail is taken apart as Odoo's gateway does, and read by ``engine/reading``; a row is
read as a webhook reads it. Who works here, and which listings there are, is what the
databases of the benchmark are told, too.
"""

import json
from email import message_from_bytes, policy
from email.utils import getaddresses

import letters
from engine.identity import words_of
from engine.listings import listings_in
from engine.payloads import read_payload
from engine.phones import phones_of
from engine.reading import Letter, Own, read_letter
from engine.reading.parsers import PARSERS

FIELDS = ("name", "email", "phone", "listing")
_LISTINGS = {reference.lower(): reference for reference in letters.LISTINGS}


def measure(count):
    """Read mails and rows.

    :returns: see :meth:`Tally.figures`
    """
    tally = Tally()
    for each in letters.arrivals(count):
        tally.add(each, **_read(each))
    return tally.figures()


class Tally:
    """Counts what was read right, and what is somebody else's."""

    def __init__(self):
        self.right, self.wrong, self.missed = {}, {}, []

    def add(self, arrival, **got):
        """Judge a mail, or a row.

        :param arrival: :class:`letters.Arrival`
        :param got: a value for each of :data:`FIELDS`, falsy for nothing
        """
        said, shape = arrival.said, arrival.shape
        numbers = phones_of(got["phone"] or "", [arrival.country])
        got["phone"] = numbers[0] if numbers else got["phone"]
        for name in FIELDS:
            value, wanted = got[name] or "", said[name]
            if name == "name":
                value, wanted = words_of(value), words_of(wanted)
            right = self.right.setdefault((shape, name), [0, 0])
            right[0] += value == wanted
            right[1] += 1
            if value != wanted:
                self.missed.append((arrival.number, shape, name, value, wanted))
            strange = value and value != wanted
            if name == "name" and strange:  # a part of the name is nobody else's
                strange = set(value).isdisjoint(wanted)
            self.wrong.setdefault(name, 0)
            self.wrong[name] += bool(strange)

    def figures(self):
        """:returns: ``{"right": [[shape, field, right, of how many], ...], "wrong":
        {field: how many have somebody else's}, "missed": the first ones, each
        ``(number, shape, field, what was read, what it says)``}``"""
        return {
            "right": [[*key, *value] for key, value in sorted(self.right.items())],
            "wrong": self.wrong,
            "missed": self.missed[:20],
        }


def _read(arrival):
    """:returns: ``{field: what was read}``"""
    if arrival.source is None:
        (lead,) = read_payload(json.loads(arrival.row))
        text, values = "", lead.values
        names = ("contact_name", "email_from", "phone", "listing_id")
        found = dict(zip(FIELDS, map(values.get, names), strict=True))
    else:
        letter = _letter(message_from_bytes(arrival.source, policy=policy.SMTP))
        own = Own(
            addresses=frozenset({letters.COLLEAGUE[1], letters.DESK}),
            domains=frozenset({letters.DESK.partition("@")[2]}),
            names=frozenset({words_of(letters.COLLEAGUE[0])}),
            country=arrival.country,
        )
        reading = read_letter(letter, own, PARSERS)
        text = f"{letter.subject}\n{letter.text or letter.html}"
        found = {name: getattr(reading, name) for name in FIELDS}
    # as intake does: the listing that is named, else the one whose reference is there
    named = _LISTINGS.get((found["listing"] or "").lower())
    anywhere = listings_in(text, _LISTINGS)
    found["listing"] = named or (anywhere.pop() if len(anywhere) == 1 else "")
    return found


def _letter(message):
    """:returns: :class:`engine.reading.Letter` of a mail"""
    for part in message.walk():
        if part.get_content_maintype() == "text" and not part.get_param("charset"):
            part.set_charset("utf-8")  # as Odoo takes it
    name, sender = _address(message["From"])
    reply_name, reply = _address(message["Reply-To"])
    html, plain = message.get_body(("html",)), message.get_body(("plain",))
    return Letter(
        sender=sender,
        sender_name=name,
        reply_to=reply,
        reply_name=reply_name,
        subject=message["Subject"],
        text=plain.get_content() if plain and not html else "",
        html=html.get_content() if html else "",
        attachments=tuple(
            (part.get_filename(), part.get_content())
            for part in message.iter_attachments()
        ),
    )


def _address(header):
    found = getaddresses([str(header)]) if header else []
    name, address = found[0] if found else ("", "")
    return name, address.lower()
