"""Parsers of portals whose mails say in sentences who asks.

Most mails need none: labels, tables and data are read by themselves. To add one, make a
:class:`Parser` and return it from ``lead.distribution.reading._parsers()``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..text import addresses_in

#: lines of a letter in which sentences are looked for
_LINES = 60


@dataclass(frozen=True)
class Parser:
    """What knows the mails of one portal.

    :param name: of the portal: the source of its leads
    :param sender: pattern of its addresses, "" when any may send it
    :param read: ``read(letter, lines)`` -> ``{field of Reading: value}``, for what the
        labels do not say
    :param marks: pattern that its subject or text has, where the sender says nothing
    """

    name: str
    sender: str
    read: Callable
    marks: str = ""

    def is_sender(self, address):
        """Whether an address is the portal's."""
        return bool(self.sender and re.search(self.sender, address, re.IGNORECASE))

    def knows(self, letter):
        """Whether a letter is one of the portal's, by its sender or its structure."""
        if self.is_sender(letter.sender):
            return True
        if not self.marks:
            return False
        text = f"{letter.subject}\n{letter.text[:20_000]}\n{letter.html[:50_000]}"
        return bool(re.search(self.marks, text, re.IGNORECASE))


def sentences(*patterns):
    """Read by patterns of a sentence.

    :param patterns: with groups called ``name``, ``email``, ``phone``, ``listing`` or
        ``comment``; tried on the subject and on each line, the first that fits wins
    :returns: a function for :class:`Parser`
    """
    compiled = [re.compile(pattern, re.IGNORECASE) for pattern in patterns]

    def read(letter, lines):
        found = {}
        texts = [letter.subject, *(line.text for line in lines[:_LINES])]
        for text in texts:
            for pattern in compiled:
                match = pattern.search(text[:500])
                if match:
                    for what, value in match.groupdict().items():
                        if value and value.strip():
                            found.setdefault(what, value.strip(" .,\"'«»“”"))
        return found

    return read


def block_under(*patterns):
    """Read a block of lines without labels below a sentence: a name, then a number and
    an address in any order.

    :param patterns: of the sentence above, see :func:`sentences`
    :returns: a function for :class:`Parser`
    """
    above = sentences(*patterns)
    heading = [re.compile(pattern, re.IGNORECASE) for pattern in patterns]

    def read(letter, lines):
        found = above(letter, lines)
        for at, line in enumerate(lines[:_LINES]):
            if any(pattern.search(line.text[:500]) for pattern in heading):
                for below in lines[at + 1 : at + 8]:
                    _read_bare(below.text, found)
                break
        return found

    return read


def _read_bare(text, found):
    addresses = addresses_in(text)
    digits = sum(char.isdigit() for char in text)
    if addresses:
        found.setdefault("email", addresses[0])
    elif 7 <= digits <= 15 and len(text) <= 30:
        found.setdefault("phone", text)


_NAME = r"(?P<name>[^\W\d_][^,:;<>()]{1,60}?)"

PARSERS = (
    Parser(
        "idealista",
        r"@(?:[\w-]+\.)?idealista\.(?:com|pt|it)$",
        block_under(
            rf"(?:nuevo mensaje|contacto|mensaje) de {_NAME} (?:sobre|por|para) .*?"
            r"\bref(?:erencia)?\b[:.]? ?(?P<listing>[\w/.-]+)",
            rf"^{_NAME} (?:está interesad[oa] en|te ha escrito|quiere saber más)",
        ),
    ),
    Parser(
        "Zillow",
        r"@(?:[\w-]+\.)?zillow\.com$",
        block_under(
            rf"^{_NAME} is (?:requesting|asking for) (?:information|more info\w*|an "
            r"application) (?:about|on|for) (?P<listing>[^\n]{3,80}?)$",
            rf"^new contact:? {_NAME}$",
        ),
    ),
    Parser(
        "Otodom",
        r"@(?:[\w-]+\.)?(?:otodom|olx)\.pl$",
        block_under(
            rf"^{_NAME} (?:jest zainteresowan[ya]|wysłał\(?a?\)? (?:Ci )?wiadomość"
            rf"|pyta o)"
            r"(?:.*?(?:nr|numer|id)[:.]? ?(?P<listing>[\w/-]+))?",
            rf"(?:wiadomość|zapytanie) od:? {_NAME}(?: w sprawie| do ogłoszenia|$)",
            r"(?:ogłoszeni[ea]|ofert[ay]) (?:nr|numer|id)[:.]? ?(?P<listing>[\w/-]+)",
        ),
    ),
    Parser(
        "leboncoin",
        r"@(?:[\w-]+\.)?(?:leboncoin|seloger)\.(?:fr|com)$",
        block_under(
            rf"(?:reçu un message|nouveau message|demande de contact) de {_NAME} "
            r"(?:pour|concernant|sur|au sujet de) (?:votre |l['’])?annonce"
            r"(?:.*?(?:réf(?:érence)?|n°)[.:]? ?(?P<listing>[\w/-]+))?",
            rf"^{_NAME} (?:souhaite être (?:rappelé|contacté)e?|est intéressée? par)",
        ),
    ),
    Parser(
        "AutoScout24",
        r"@(?:[\w-]+\.)?(?:autoscout24|mobile)\.(?:de|com|at|ch|it|es)$",
        block_under(
            rf"(?:anfrage|nachricht) von {_NAME} (?:zu|für|über) (?:ihrem|ihr|dem|das) "
            r"(?:fahrzeug|inserat)"
            r"(?:.*?(?:nr\.?|nummer|id)[:.]? ?(?P<listing>[\w/-]+))?",
            rf"^{_NAME} (?:interessiert sich für|hat eine frage zu) ihr(?:em)? "
            r"(?:fahrzeug|inserat)"
            r"(?:.*?(?:nr\.?|nummer|id)[:.]? ?(?P<listing>[\w/-]+))?",
        ),
    ),
)
