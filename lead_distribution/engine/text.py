"""Text from outside: made harmless before it is kept, and searched in time that
grows with its length and has a bound.

Plain Python. Whatever looks into a letter, a name, a number or a cell of a file looks
through here, so that nobody stalls the server with one of them.
"""

import re
import unicodedata
from html import unescape

#: characters of a letter in which addresses, numbers and references are looked for,
#: and of the HTML that it is taken from
SEARCHED, SEARCHED_HTML = 20_000, 100_000
#: a field of one line that is longer than this, or has more brackets, holds no address
#: and no number
LINE, BRACKETS = 500, 20
#: in the header of a mail
HEADER = 200
#: how many different addresses or words of one text are looked at
MOST = 100

#: ends a line somewhere, in headers of mails too
_BREAKS = re.compile("[\t\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]+")
#: other control characters, halves of characters, and marks that turn around the
#: direction of what follows, so that a name reads as another
_NOTHING = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]"
)
#: what neither the database nor HTML holds, in texts of several lines
_IN_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_PAGE_BREAKS = re.compile("[\x0b\x0c]")

#: every run of characters is tried once, from its beginning
_ADDRESS = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?![\w-])"
)
_TAG = re.compile(r"<[^<>]*>")
_LINE_END = re.compile(r"<(?:br|/?p|/?div|/?tr|/?li|/?h[1-6])\b[^<>]*>", re.IGNORECASE)
_LINK = re.compile(r"""\b(?:href|src)\s?=\s?["']([^"'<>]{1,2000})""", re.IGNORECASE)
#: What Unicode does not decompose.
_LETTERS = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ı": "i",
        "ħ": "h",
        "ŧ": "t",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)
_BLANKS = re.compile(r"[^\S\n]+")
#: how a spreadsheet is kept from calculating with a number
_FORMULA = re.compile(r"""^=\s*(?:T\()?["']([^"']*)["']\)?$""")
#: a number that no character has, and too long to be read as one
_NO_CHARACTER = re.compile(r"&#[xX]?[0-9a-fA-F]{8,};?")


def one_line(text):
    """Clean a text for a field of one line.

    :returns: ``text`` as a field of one line, and a header of a mail, may hold it

    >>> one_line("Flat\\r\\nBcc: all@example.com")
    'Flat Bcc: all@example.com'
    """
    if text.isprintable():
        return text
    return type(text)(_NOTHING.sub("", _BREAKS.sub(" ", text)).strip())


def several_lines(text):
    """Return ``text``, plain or HTML, as the database can hold it."""
    if _IN_TEXT.search(text) or _PAGE_BREAKS.search(text):
        return type(text)(_IN_TEXT.sub("", _PAGE_BREAKS.sub("\n", text)))
    return text


def fold(text):
    """Return ``text`` in small letters without accents."""
    text = (text or "").casefold()
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text).translate(_LETTERS)
    if text.isascii():
        return text
    return "".join(char for char in text if not unicodedata.combining(char))


def unwrapped(text, quotes=True):
    """Take off what a spreadsheet, a web page or a keyboard put around a value: marks
    that nobody sees, wide characters, formulas and quotes.

    :param quotes: whether quotes around it are no part of it

    >>> unwrapped('="\u200b+48\xa0601"')
    '+48 601'
    """
    text = unicodedata.normalize("NFKC", text)
    text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    text = _BLANKS.sub(" ", text).strip()
    found = _FORMULA.match(text)
    text = found[1] if found else text
    return text.strip("\"'`´‘’“”„ ") if quotes else text


def is_line(text):
    """Tell whether a text is short and simple enough to be parsed as addresses.

    :returns: whether an address may be looked for in a field, by what takes the time of
        the length squared and goes as deep as there are brackets
    """
    return len(text) <= LINE and text.count("(") <= BRACKETS


def header(text):
    """Return ``text`` for a header of a mail, cut when it is too long."""
    text = one_line(str(text or "")[: 2 * HEADER])
    return text if len(text) <= HEADER else f"{text[: HEADER - 1]}…"


def plain(text):
    """The beginning of a text in plain words, the addresses of its links and pictures
    included; what it looks like is lost.

    :param text: plain or HTML

    >>> plain("<p>Ann<br>&amp; Bob</p>").split()
    ['Ann', '&', 'Bob']
    """
    text = (text or "")[:SEARCHED_HTML]
    if "<" not in text:
        return text[:SEARCHED]
    first, *others = text.split("<!--")
    text = " ".join([first, *(other.partition("-->")[2] for other in others)])
    links = [link for link in _LINK.findall(text) if not link.startswith("data:")]
    text = _TAG.sub(" ", _LINE_END.sub("\n", text))
    text = "\n".join([text[:SEARCHED], *links])
    return unescape(_NO_CHARACTER.sub(" ", text))[: 2 * SEARCHED]


def addresses_in(text):
    """Find the email addresses in a text.

    :returns: the email addresses in a text, as they are written, one each,
    :data:`MOST` at most
    """
    found = {}
    for match in _ADDRESS.finditer(text[: 2 * SEARCHED]):
        found[match[0]] = True
        if len(found) == MOST:
            break
    return list(found)


def id_of(text):
    """Return the id that a text is, None when it is none that a database has."""
    text = text.strip()[:20]
    known = text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if known else None
