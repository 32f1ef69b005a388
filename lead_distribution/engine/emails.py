"""Email addresses as people, files and portals write them."""

import re

from .placeholders import is_email, is_nothing
from .text import LINE, addresses_in, is_line, unwrapped

_LABEL = re.compile(r"^(?:e-?mail|mailto|correo|mail|e)\s*[:=]\s*", re.IGNORECASE)
#: what a link says besides the address
_QUERY = re.compile(r"(?<=\w)\?[\w-]+=\S*$")
_AT = re.compile(
    r"\s*[\[({<]\s*(?:at|arroba|ma[lł]pa|chiocciola|ät|a)\s*[\])}>]\s*"
    r"|\s+(?:at|arroba|ma[lł]pa|chiocciola)\s+",
    re.IGNORECASE,
)
_DOT = re.compile(
    r"\s*[\[({<]\s*(?:dot|punto|kropka|punkt|point)\s*[\])}>]\s*"
    r"|\s+(?:dot|punto|kropka|punkt)\s+",
    re.IGNORECASE,
)
_MARKS, _NO_WORD = re.compile(r"\W*"), re.compile(r"[\W_]*")
_COMMA = re.compile(r"(@[\w-]{1,63}(?:\.[\w-]{1,63})?),(?=[a-z]{2,4}$)", re.IGNORECASE)


#: an address, with or without a name, that leaves nothing to be understood
_PLAIN_ADDRESS = (
    r"[a-z0-9_]+(?:[.+-][a-z0-9_]+)*@[a-z0-9]+(?:-[a-z0-9]+)*"
    r"(?:\.[a-z0-9]+(?:-[a-z0-9]+)*){0,5}\.[a-z]{2,10}"
)
_NAME = r"[a-z][a-z0-9 ]*"
_PLAIN = re.compile(
    rf"""({_PLAIN_ADDRESS})|(?:"{_NAME}"|{_NAME})[ ]<({_PLAIN_ADDRESS})>""",
    re.IGNORECASE | re.ASCII,
)


def plain(text):
    """Read an address that is written as usual.

    :returns: it, in small letters; None when it takes :func:`read` to understand it

    >>> plain("Ann Lee <Ann@acme.pl>"), plain("ann@acme.pl"), plain("ann(at)acme.pl")
    ('ann@acme.pl', 'ann@acme.pl', None)
    """
    found = _PLAIN.fullmatch(text) if len(text) <= 100 else None
    if not found or (found[1] and is_nothing(found[1])):
        return None
    return (found[1] or found[2]).lower()


def read(text):
    """Read an email field, whatever the notation; a name in it stays.

    :returns: the text as a person, and Odoo, wants to see it: one address, or several
        with commas; empty when it says that there is none

    >>> read("mailto:jan@acme.pl."), read("jan (at) acme (dot) pl"), read("jan@acme,pl")
    ('jan@acme.pl', 'jan@acme.pl', 'jan@acme.pl')
    >>> read("noemail@x.com; jan@acme.pl"), read("N/A")
    ('jan@acme.pl', '')
    """
    found = _PLAIN.fullmatch(text) if len(text) <= 100 else None
    if found and found[1]:
        return "" if is_nothing(text) else text
    if not is_line(text):
        return text
    shown = unwrapped(text[:LINE], quotes="<" not in text)
    if "<" in shown and "@" in shown:
        return shown
    shown = _QUERY.sub("", _LABEL.sub("", shown)).strip(" .,;:")
    if "@" not in shown:
        shown = _DOT.sub(".", _AT.sub("@", shown, count=1))
    shown = re.sub(r"\s*@\s*", "@", shown)
    shown = _COMMA.sub(r"\1.", re.sub(r"\.{2,}", ".", shown))
    # marks may have hidden a quotation mark, and the other way around
    while (bare := unwrapped(shown, quotes="<" not in shown).strip(" .,;:")) != shown:
        shown = bare
    if is_nothing(shown):
        return ""
    found = addresses_in(shown)
    if len(found) > 1:
        real = [address for address in found if not is_email(address.lower())]
        return ", ".join((real or found)[:5])
    if len(found) == 1:
        # nothing but marks beside it, however often it is there
        before, *between, after = shown.split(found[0])
        marks = [_MARKS.fullmatch(each) for each in (*between, after)]
        if _NO_WORD.fullmatch(before) and all(marks) and all(between):
            return found[0]
    return shown
