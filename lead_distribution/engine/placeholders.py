"""What people and forms write where they have nothing to say.

Plain Python, but for the patterns, which the database searches with as well. Nobody is
recognised by a placeholder, and nobody is reached at one.
"""

import re

from .text import LINE, fold, unwrapped

try:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE as CODES
except ImportError:  # Odoo itself works without it
    CODES = ()

#: what stands before the @ at any domain
_NO_ADDRESS = (
    r"no[-_.]?(?:e[-_.]?mail|mail|correo|tiene|tengo|aplica|existe|address|one)"
    r"|not?[-_.]?(?:provided|available|given|known)"
    r"|(?:sin|sem|senza|sans|pas[-_.]?de|bez|brak|ohne|kein|keine|geen|without)"
    r"[-_.]?(?:e[-_.]?)?(?:maila?|correo|adresu|adresse)"
    r"|desconocido|nieznany|unbekannt|notengocorreo|nomeacuerdo|niepodano|nie[-_.]?ma"
)
#: what is one only when both sides of the @ are
_EITHER = (
    r"n[-_.]?a|none|nil|null|void|empty|nothing|no|nada|ninguno|brak|nic|"
    r"tests?|testing|tester|prueba|proba|probe|abcd?|asdf?|asdasd|qwerty?|xx+|xyz|aa+|"
    r"fake|foo|bar|unknown|nobody|e?mail|correo|demo|sample|ejemplo|user|name|"
    r"nombre|imie|dummy|invalid|keine?"
)
#: domains at which nobody is
_NO_DOMAIN = r"no[-_]?e?mail|sin[-_]?(?:e?mail|correo)|brak[-_]?e?maila?|noaplica"

#: of a normalised address. Without a dot in the domain there is none
EMAIL = (
    rf"^(?:(?:{_NO_ADDRESS})[0-9]*@.*"
    rf"|(?:{_EITHER})@(?:{_EITHER})(?:[.].*)?"
    rf"|.*@(?:{_NO_DOMAIN})[.].*"
    r"|[^@]*@[^.]*)$"
)
_SEQUENCES = "01234567890?|1234567890?|12345678|1234567|9?87654321?0?|102030405"
#: of an E.164 number: one digit repeated, at most one other before; nothing but zeros
#: after an area; or counting
PHONE = (
    rf"^[+](?:{'|'.join(sorted(map(str, CODES))) or '[0-9]{1,3}'})"
    rf"(?:([0-9])\1{{5,}}|[0-9]0{{6,}}|[0-9]([0-9])\2{{7,}}|[0-9]{{2,5}}0{{7,}}"
    rf"|{_SEQUENCES})$"
)
#: what is one with its signs alone: without, it is a name
_SHORT = re.compile(r"^\W*(?:k\s?[./]\s?a|s\s?[./]\s?[nd]|o\s?[./]\s?a)[\s.]*$")
_EMAIL, _PHONE = re.compile(EMAIL), re.compile(PHONE)

#: words and signs instead of a value, without what stands between letters
NOTHING = set(
    """
    na none no non nil null void nan undefined empty blank unknown notprovided notgiven
    notavailable notapplicable tbd tba nothing nophone noemail noname withoutname
    notiene notengo noaplica nodisponible nosabe nocontesta ninguno ninguna nada sd
    sindato sindatos sinnombre sintelefono sincorreo sinemail vacio desconocido
    brak bd nd niema niepodano niepodal niepodala nieznany nie nic brakdanych
    brakmaila brakemaila braktelefonu bezimienny keine kein keins keiner keineangabe
    unbekannt ohne leer nichtvorhanden nichtangegeben aucun aucune inconnu neant pasde
    nonrenseigne nonrenseignee noncommunique pasdemail pasdadresse pasdetelephone
    pasdetel nessuno nessuna sconosciuto nonfornito nondisponibile geen onbekend nvt
    nenhum nenhuma naotem naoinformado semtelefone sememail entfallt keinemail
    keintelefon neni nema nezadano neuvedeno nedostupne nimic ingen ingenting eioo yok
    belirtilmedi нет немає нету неуказано няма x xx xxx xxxx
    p t tel phone email mail l ag
    """.split()
)


def is_nothing(text):
    """Tell whether a field says that there is no value.

    >>> [is_nothing(x) for x in ("N/A", " - ", "no tiene", "brak", "p:", "Ana")]
    [True, True, True, True, True, False]
    """
    folded = fold(unwrapped((text or "")[:LINE]))
    if _SHORT.match(folded):
        return True
    compact = re.sub(r"[\W_]", "", folded)
    return not compact or compact in NOTHING or set(compact) == {"0"}


def is_email(address):
    """Tell whether a normalised address is a placeholder.

    >>> [is_email(x) for x in ("noemail@x.com", "na@na.com", "test@test", "na@ibm.com")]
    [True, True, True, False]
    """
    return bool(_EMAIL.match(address[:LINE]))


def is_phone(number):
    """Tell whether an E.164 number is a placeholder.

    >>> [is_phone(x) for x in ("+34600000000", "+48123456789", "+4915123456789")]
    [True, True, False]
    """
    return bool(_PHONE.match(number[:LINE]))


def is_number(digits):
    """Tell whether a tax number, letters aside, is a placeholder."""
    digits = re.sub(r"\D", "", digits)
    return len(set(digits)) == 1 or bool(re.fullmatch(_SEQUENCES, digits))
