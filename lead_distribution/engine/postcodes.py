"""Postcodes as spreadsheets and people write them."""

import re

from .text import LINE, unwrapped

#: where a postcode is so many digits, and how they are grouped
_GROUPS = {
    **dict.fromkeys("DE ES FR IT US MX FI EE HR LT UA TR RS MA TH KR".split(), (5,)),
    "PL": (2, "-", 3),
    "CZ": (3, " ", 2),
    "SK": (3, " ", 2),
    "SE": (3, " ", 2),
    "GR": (3, " ", 2),
    "PT": (4, "-", 3),
    "BR": (5, "-", 3),
    "JP": (3, "-", 4),
    **dict.fromkeys("RO RU BY KZ CN IN CO EC SG".split(), (6,)),
    **dict.fromkeys("NO".split(), (4,)),
}


def read(text, country_code):
    """Clean a postcode: blanks, decimals and formulas of a spreadsheet, and the leading
    zeros that it took away.

    :param country_code: ISO code of the country it is in; without, only what surrounds
        it is taken off

    >>> read("1067", "DE"), read("00950", "PL"), read("28 001", "ES")
    ('01067', '00-950', '28001')
    >>> read("sw1a  1aa", "GB"), read("1234ab", "NL")
    ('SW1A 1AA', '1234 AB')
    """
    shown = re.sub(r"\s+", " ", unwrapped(text[:LINE])).strip(" .,;:")
    shown = re.sub(r"^(\d+)[.,]0$", r"\1", shown)
    compact = re.sub(r"[\s.-]", "", shown).upper()
    if country_code == "GB":
        found = re.fullmatch(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})", compact)
        return f"{found[1]} {found[2]}" if found else shown
    if country_code == "NL":
        found = re.fullmatch(r"(\d{4})([A-Z]{2})", compact)
        return f"{found[1]} {found[2]}" if found else shown
    groups = _GROUPS.get(country_code)
    if not groups or not compact.isdigit():
        return shown
    length = sum(part for part in groups if isinstance(part, int))
    # a spreadsheet takes zeros away, and nobody has a postcode of nothing else
    if not length - 3 < len(compact) <= length or not int(compact):
        return shown
    digits = compact.zfill(length)
    parts = []
    for part in groups:
        if isinstance(part, int):
            parts.append(digits[:part])
            digits = digits[part:]
        else:
            parts.append(part)
    return "".join(parts)
