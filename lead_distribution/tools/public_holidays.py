"""Public holidays of countries, from the library `holidays`, where it is installed."""

try:
    import holidays
except ImportError:  # an optional dependency: what needs it says so
    holidays = None


def known_countries():
    """The countries whose public holidays are known.

    :returns: set of ISO codes of two letters, empty without the library
    """
    return set(holidays.list_supported_countries()) if holidays else set()


def regions_of(country):
    """The regions of a country that have holidays of their own.

    :param country: ISO code of two letters
    :returns: ``{code: name, or the code where no name is known}``, by code
    """
    if not holidays or country not in known_countries():
        return {}
    known = holidays.country_holidays(country)
    found = {code: code for code in known.subdivisions}
    for name, code in known.subdivisions_aliases.items():
        if found.get(code) == code:
            found[code] = name
    return dict(sorted(found.items()))


def region_code(country, text):
    """Find a region by what a person writes.

    :param text: its code or its name in any of the spellings known
    :returns: the code; None when there is no such region
    """
    wanted = (text or "").strip().casefold()
    if not holidays or country not in known_countries():
        return None
    known = holidays.country_holidays(country)
    for code in known.subdivisions:
        if code.casefold() == wanted:
            return code
    for name, code in known.subdivisions_aliases.items():
        if name.casefold() == wanted:
            return code
    return None


def public_holidays(country, years, region=None, lang=None):
    """The public holidays of a country in some years.

    :param country: ISO code of two letters, one of :func:`known_countries`
    :param years: iterable of years
    :param region: code of :func:`regions_of`
    :param lang: language of the reader, such as ``pl_PL``; of the country where the
        library does not speak it
    :returns: ``[(date, name), ...]`` by date
    """
    plain = holidays.country_holidays(country)
    spoken = plain.supported_languages or ()
    language = next(
        (one for one in (lang, (lang or "").split("_")[0]) if one in spoken), None
    )
    if language is None and "en_US" in spoken and (lang or "").startswith("en"):
        language = "en_US"
    found = holidays.country_holidays(
        country, subdiv=region, years=list(years), language=language
    )
    return sorted(found.items())
