"""Phone numbers as people, files and portals write them.

Plain Python. :func:`read` looks at the field of a lead or a file: labels, formulas,
blanks that nobody sees, numbers that a spreadsheet made of it, several numbers, and
prefixes that a country has given up.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

try:
    import phonenumbers
except ImportError:  # Odoo itself works without it, with numbers as they come
    phonenumbers = None

from .text import LINE, SEARCHED, unwrapped

#: how many numbers of one field are looked at
MOST_NUMBERS = 5

_LABEL = re.compile(
    r"""^[\W_]*(?:
        (?:https?://)?(?:wa\.me/|api\.whatsapp\.com/send/?\?phone=)
      | (?:p|t|m|f|h|w
        | t[eé]l(?:[eé]fono|efon|ephone|ef|[eé]f|f|fn)?|tlf|tfno|phone|fon
        | mob(?:ile|il)?|m[oó]vil|cell?(?:ular|phone)?|gsm|kom(?:[oó]rka)?|handy
        | whats\s?app|wa|viber|telegram|signal|sms|call(?:to)?|fax
        | n(?:umm?er|umber|[uú]m(?:ero)?|r|o)
        )
        (?:[\s_-]*(?:n(?:umm?er|umber|[uú]m(?:ero)?|r|o)|kom(?:[oó]rkowy)?))?
        (?:[\s.:\#=°º]+|(?=\+))
    )(?=[\s+(0-9]|[a-z]{1,8}[\s.:]{0,2}[+(0-9])""",
    re.IGNORECASE | re.VERBOSE,
)
#: an extension as phonenumbers does not know it
_EXTENSION = re.compile(
    r"(?<=\d)[\s,;.(-]*(?:ext(?:ensi[oó]n)?|wewn?|int(?:erno)?|anexo|poste|durchwahl|"
    r"dw|app|klapp?e|linka|toestel|interne)[\s.:)]*\d{1,6}\)?$",
    re.IGNORECASE,
)
_FLOAT = re.compile(r"^(\+?\d{6,})[.,]0+$")
_POWER = re.compile(r"^\+?(\d)(?:[.,](\d+))?E\+?(\d{1,2})$", re.IGNORECASE)
#: between two numbers of one field
_BETWEEN = re.compile(
    r"[;,|\n]+|\s+/\s+|(?<=\d{7})/(?=[+(]?\d{7})"
    r"|\s+(?:or|and|o|y|oder|und|lub|albo|i|ou|et|e|of|nebo)\s+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Phones:
    """What a field says.

    :param shown: the text as a person wants to see it
    :param numbers: E.164, as they come
    :param damaged: whether a spreadsheet rounded the number, so that nobody knows it
    """

    shown: str = ""
    numbers: tuple = ()
    damaged: bool = False


def tidy(text):
    """Take off what surrounds a number: formulas, quotes, labels, blanks and marks
    that nobody sees, the decimals of a spreadsheet.

    >>> tidy('="+49 151 23456789"'), tidy("p:+48601601601"), tidy("4915123456789.0")
    ('+49 151 23456789', '+48601601601', '4915123456789')
    """
    text = unwrapped(text[:LINE])
    text = re.sub(r"[\u2010-\u2015\u2212]", "-", text)
    if not text.isascii():
        text = "".join(_ascii_digit(char) for char in text)
    for _again in range(2):  # "Tel.: WhatsApp +48 ..."
        text = _LABEL.sub("", text, count=1).strip()
    text = text.rstrip(" .,;:/\\|-_'\"*")
    found = _FLOAT.match(text)
    return found[1] if found else text


def read(text, country_codes=()):
    """Read a phone field, whatever the notation.

    :param country_codes: ISO codes to try for numbers without country code
    :returns: :class:`Phones`; without numbers when the library is missing

    >>> read("044 55 1234 5678", ["MX"]).shown
    '+52 55 1234 5678'
    >>> read("4.91512E+11").damaged
    True
    """
    return _read(text[:LINE], tuple(country_codes)) if text else Phones()


@lru_cache(maxsize=4096)
def _read(text, country_codes):
    """Do what :func:`read` does, once for what is asked of one field several times:
    as it is shown, as it is compared, as Odoo dials it."""
    shown = tidy(text)
    power = _POWER.match(shown)
    if power:
        first, decimals, exponent = power[1], power[2] or "", int(power[3])
        if len(decimals) < exponent and exponent > 5:
            return Phones(shown, (), True)
        if len(decimals) == exponent:
            shown = f"{first}{decimals}"
    if phonenumbers is None or sum(map(str.isdigit, shown)) < 6:
        return Phones(shown)
    plain = True
    numbers = []
    for piece in _pieces(shown):
        found, repaired = _numbers_of(piece, country_codes)
        numbers += [number for number in found if number not in numbers]
        plain = plain and not (found and repaired)
    if not plain:
        shown = ", ".join(map(international, numbers))
    return Phones(shown, tuple(numbers[:MOST_NUMBERS]))


def phones_of(text, country_codes=()):
    """The valid numbers in a phone field, whatever the notation: with 00 or +,
    trunk zero, without country code, labels, extensions, several of them.

    :param country_codes: ISO codes to try for numbers without country code
    :returns: list of E.164 strings, as they come; empty without the library

    >>> phones_of("tel. 00 48 22 555 01 00")
    ['+48225550100']
    >>> phones_of("(0)20 7946 0018", ["PL", "GB"])
    ['+442079460018']
    """
    return list(read(text, country_codes).numbers)


def phones_in(text, country_code=None, most=2):
    """Find the phone numbers in a text.

    :param most: how many different ones are looked for, since several say nothing
    :returns: the set of valid phone numbers in a text, as people write them
        internationally; none without the library
    """
    found = set()
    if phonenumbers is None:
        return found
    matches = phonenumbers.PhoneNumberMatcher(text[:SEARCHED], country_code or None)
    for match in matches:
        found.add(
            phonenumbers.format_number(
                match.number, phonenumbers.PhoneNumberFormat.INTERNATIONAL
            )
        )
        if len(found) == most:
            break
    return found


def _ascii_digit(char):
    """Return the digit that a digit of whatever script is, other characters as they
    are."""
    return str(unicodedata.digit(char)) if char.isdecimal() else char


def international(number):
    """Return an E.164 number as people write it internationally."""
    return phonenumbers.format_number(
        phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )


def _pieces(text):
    """Split a field into its numbers, when it holds several."""
    pieces = [piece.strip() for piece in _BETWEEN.split(text)]
    pieces = [piece for piece in pieces if piece]
    if len(pieces) > 1 and all(
        sum(map(str.isdigit, piece)) > 6 for piece in pieces[:MOST_NUMBERS]
    ):
        return pieces[:MOST_NUMBERS]
    return [text]


def _numbers_of(text, country_codes):
    """Read one number; more where they follow without anything between.

    :returns: ``(E.164 strings, whether the number had to be put right)``
    """
    text = tidy(text)
    text = _EXTENSION.sub("", text)
    digits = re.sub(r"\D", "", text)
    # 00 is how most of the world dials a country code, wherever the lead is from
    whole = re.sub(r"^\D*00(?=[\s().-]*[1-9])", "+", text)
    # the trunk zero that is not dialled from abroad, where it does not belong
    bare = re.sub(r"^(\D*\+[\s\d]+)\(0\)", r"\1", whole)
    lost_plus = not whole.lstrip(" (").startswith("+") and digits[:1] != "0"
    if lost_plus and any(_begins_with_code(digits, code) for code in country_codes):
        # whoever leaves the zero out at home does not begin with the country's code
        number = _parse(f"+{digits}", None)
        if number:
            return [number], True
    for spelling in dict.fromkeys((whole, bare)):
        for region in (*country_codes, None):
            number = _parse(spelling, region)
            if number:
                return [number], False
    if lost_plus and 10 < len(digits) < 16:
        number = _parse(f"+{digits}", None)
        if number:
            return [number], True
    number = _put_right(whole, digits, country_codes, lost_plus)
    if number:
        return [number], not number.endswith(digits)
    for region in (*country_codes, None):
        found = phonenumbers.PhoneNumberMatcher(whole, region)
        numbers = list(dict.fromkeys(_e164(match.number) for match in found))
        if numbers:
            return numbers, False
    return [], False


def _begins_with_code(digits, region):
    """Whether a number begins with the code of a country where a zero is dialled
    before the area, and that takes numbers of any length."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    return bool(
        metadata
        and metadata.national_prefix == "0"
        and digits.startswith(str(metadata.country_code))
        and len(digits) > 10
    )


def _put_right(whole, digits, country_codes, lost_plus):
    """Try the prefixes that countries have given up.

    :returns: E.164, or None
    """
    asked = []
    if whole.lstrip(" (").startswith("+") or (lost_plus and len(digits) > 10):
        for length in (1, 2, 3):
            code = int(digits[:length] or 0)
            if code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
                asked.append((code, digits[length:]))
                break
    if not whole.lstrip(" (").startswith("+"):
        for region in country_codes:
            code = phonenumbers.country_code_for_region(region)
            if code:
                asked.append((code, digits))
    for code, national in asked:
        for candidate in _spellings(code, national):
            number = _parse(f"+{code}{candidate}", None)
            if number:
                return number
    return None


def _spellings(code, national):
    """Yield what a national number may be without its old prefixes."""
    bare = national.lstrip("0")
    if code == 52:  # Mexico: 01, 044, 045, and 1 from abroad, until 2019
        bare = re.sub(r"^(?:1|44|45)(?=\d{10}$)", "", bare)
    elif code == 54:  # Argentina: 15 after the area at home, 9 before it from abroad
        bare = re.sub(r"^9(?=\d{12}$)", "", bare)
        found = re.match(r"^(11|\d{3}|\d{4})15(\d{6,8})$", bare)
        if found and len(found[1] + found[2]) == 10:
            yield f"9{found[1]}{found[2]}"
    elif code == 55:  # Brazil: mobile numbers have a ninth digit since 2016
        bare = re.sub(r"^(?:1[2457]|2[13]|31|41)(?=\d{10,11}$)", "", bare)
        found = re.match(r"^([1-9]\d)([6-9]\d{7})$", bare)
        if found:
            yield f"{found[1]}9{found[2]}"
    if bare != national or national[:1] != "0":
        yield bare


def _parse(text, region):
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return _e164(number)


def _e164(number):
    number = phonenumbers.PhoneNumber(
        country_code=number.country_code,
        national_number=number.national_number,
        italian_leading_zero=number.italian_leading_zero,
        number_of_leading_zeros=number.number_of_leading_zeros,
    )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
