"""Names of countries, in the languages in which leads come in."""

from functools import lru_cache

from babel import Locale

from ..engine.identity import fold

#: besides these, whatever languages the database has
LANGUAGES = (
    "en",
    "es",
    "pl",
    "de",
    "fr",
    "it",
    "pt",
    "nl",
    "ru",
    "uk",
    "cs",
    "ro",
    "sv",
)


@lru_cache(maxsize=1)
def codes_by_name():
    """Return ``{name without accents, in small letters: code of ISO 3166}``."""
    found = {}
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha():
                found.setdefault(fold(name), code)
                found.setdefault(fold(code), code)
    return found
