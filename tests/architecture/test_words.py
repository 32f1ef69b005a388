"""Plain words on the screens, and one word for one thing in each language.

A text of the screen is in the templates of the translations (``*.pot``). What is
refused here was read as a riddle, or is a second word for something that has one.
"""

import re
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
#: longer sentences are read twice
WORDS_IN_A_SENTENCE = 35
LANGUAGES = ("es", "pl")

#: what is not said, and the word for it
RIDDLES = (
    (r"\bwho(m)?(so)?ever\b", "the person who, salespeople who, anybody"),
    (r"\bwhatever (was|is|would)\b", "everything that"),
    (r"\bnobody's\b", "without a salesperson"),
    (r"\bsomebody else's\b", "assigned to somebody else"),
    (r"\bnot yours to\b", "you cannot, you have no access"),
    (r"\b(is|are|was) theirs\b", "assigned to them"),
    (r"\bof (their|your) making\b", "created by them"),
    (r"\bstands?\b", "is, is set, is valid"),
    (r"\bmend(ed|s)?\b", "fix"),
    (r"\b(is|are|was|were|be|hears?) told\b", "notified"),
    (r"^Tell\b|\btells? (of|about|it)\b", "notify"),
    (r"\bbell\b", "notification in Odoo"),
    (r"\bclocks?\b", "deadline, time zone"),
    (r"\b(hand|hands|handed|handing) out\b", "assign"),
    (r"\b(give|gives|gave|given|giving) out\b", "assign"),
    (r"\bgave this lead\b", "assigned"),
    (r"\b(put|puts) (it |the lead )?into (the )?pool\b", "move to the pool"),
    (r"\bby hand\b", "manually"),
    (r"\b(came|comes?|coming) in\b", "arrive"),
    (r"\bpass(ed|es)? over\b", "skipped"),
    (r"\belsewhere\b", "differently, to another salesperson"),
    (r"\bclients?\b", "customer"),
    (r"\brevolver\b", "Round Robin"),
    (r"\bcaptured\b", "self-assigned"),
    (r"\basked for\b", "requested"),
    (r"\bwaits until\b", "deferred until"),
    (r"\bfor ever\b", "forever"),
    (r"\bso (many|long|much|often)\b", "this many, this long"),
    (r"\bat hand\b|\bin one go\b|\ball the same\b", "a plain phrase"),
    (r"\bis at it\b|\bset it off\b", "is working on it, triggered it"),
    (r"\bleft alone\b", "unchanged, skipped"),
    (r"\bcounts? as had\b|\bhad ahead\b|\bturn had\b", "received"),
    (r"\bunplaced\b|\bplace a lead\b|\bcould (not )?place\b", "assign"),
    (r"\b(is|are) for managers\b", "only managers can"),
    (r"\b(is|are) set up by\b", "only ... can set up"),
    (r"^Make (a|the|your|these|hours)\b", "create"),
    (r"\bow(e|es|ed)\b", "expected share"),
    (r"\b(take|takes|took|taking) \S+( \S+)? off\b", "unlink"),
    (r"\bties?\b|\btied\b", "link"),
    (r"\bsuch a one\b|\bunlike\b|\bupon which\b|\banew\b", "a plain phrase"),
    (r"\bhear of\b|\bhears of\b", "notified of"),
    (r"\bon offer\b", "current (an offer is a lead offered to a salesperson)"),
    (r"\bpeople are to\b|\bperson is to\b|\bmanager is to\b", "must"),
    (r"\bnone (of|but)\b", "no, only"),
    (r"\bmade (from|by|of)\b", "created"),
    (r"\bgoes on\b", "continues"),
    (r"\bwhat (becomes?|became|comes?|came)\b", "results, how ... is handled"),
    (r"\bthe neglected\b|\bthe absent\b(?! salesp)", "neglected leads, absent people"),
)
#: a label says the thing itself; a question ends with a question mark
LABEL = re.compile(
    r"^(What|Whom?|Whose|Which|Where|How) [^?.…]*$|^(What|Who|Where|Which)$"
)
#: two denials in one clause
DENIAL = r"(?:not|no|never|nobody|none|nothing|neither|cannot)"
DOUBLE = re.compile(rf"\b{DENIAL}\b[^.:;,()]*\b{DENIAL}\b", re.I)

#: what is right all the same, and why
RIGHT = (
    # two kinds of reported leads
    "not real or not theirs",
    # headings of a form
    "Where",
    "Who",
)

#: an English word, and what its translation has and has not: in Spanish, in Polish
TERMS = (
    (r"\blistings?\b", r"anuncio", r"\bofert|listad", r"ogłosze", r"\bofert|listing"),
    (
        r"\boffer(s|ed)?\b",
        r"ofert|ofrec",
        r"anuncio",
        r"ofert|ofero|oferu",
        r"ogłosze|propozycj",
    ),
    (r"\bsalespe(rson|ople)\b", r"comercial", r"vendedor", r"handlow", r"sprzedawc"),
    (r"\bcustomers?\b", r"client", r"comprador", r"klien", r"kontrahen"),
    (r"\bpool\b", r"bolsa", r"\bpool\b", r"\bpul[aięą]", r"\bpool\b"),
    (r"\broutes?\b", r"\brutas?\b", r"\bvías?\b", r"\btras", r"ścieżk"),
    (
        r"\bmanagers?\b",
        r"responsable",
        r"gerente|gestor|encargad",
        r"menedżer",
        r"kierowni",
    ),
    (r"\bteam leaders?\b", r"líder", r"\bjefe", r"lider", r"kierowni"),
    (r"\btargets?\b", r"objetivo", r"\bmeta\b", r"\bcel", None),
    (r"\b(claim(s|ed)?)\b", r"reclam", None, r"przej", None),
    (r"\bdeclined?\b", r"rechaz", None, r"odrzu[cć]|odm[oó]w", None),
    (r"\b(is|are|been) lost\b|^lost\b", r"perd|pérd|pierd", None, r"utra", r"przegra"),
    (
        r"\bremov(e|ed|al|ing)\b",
        r"retir|quit",
        r"elimin|borr(?!ador)",
        r"usu|odejm|odj",
        None,
    ),
    (r"\bactivit(y|ies)\b", r"actividad", None, r"czynno", r"aktywno"),
    (r"\bdeput(y|ies)\b", r"sustitut", None, r"zastęp", None),
    (r"\babsences?\b", r"ausencia", None, r"nieobecno", None),
    (r"\bpaused?\b", r"pausa|páus", None, r"wstrzym|pauz", None),
    (r"\bworkload\b", r"carga", None, r"obciąż", None),
    (r"\bledger\b", r"registro", r"libro", r"rejestr", r"księg"),
    (r"\bundo\b", r"deshac|deshag", None, r"cof", None),
    (r"\boutcomes?\b", r"resultado", None, r"wynik", None),
    (r"\btasks?\b", r"tarea", None, r"zada", None),
    (r"\brules?\b", r"\bregla", None, r"regu[lł]", None),
    (r"\binquir(y|ies)\b", r"consulta", None, r"zapyta", None),
    (r"\bterritor(y|ies)\b", r"territorio", None, r"teryto", None),
    (r"\bholidays?\b", r"festivo", None, r"świ[ęą]t|\bświ", None),
    (
        r"\bworking hours\b",
        r"horario|laborable",
        None,
        r"godzin\w* pracy|czas\w* pracy",
        None,
    ),
    (r"\bfollow(s|ed)?[ -]ups?\b", r"seguimiento", None, r"kontak", None),
    (r"\bbacklog\b", r"pendiente", None, r"zaleg", None),
    (r"\bneglected\b", r"desatendid", None, r"zaniedb", None),
    (r"\bhand(ed|s|ing)? over\b", r"traspas", r"entreg", r"przeka[zż]", None),
    (
        r"\bdistribut(e|es|ed|ion)\b",
        r"distrib[uú]",
        None,
        r"rozdziel|dystrybu",
        r"\brozdział",
    ),
    (r"\bdeferred\b", r"aplazad", None, r"odroczon", None),
    (r"\bskill", r"habilidad", None, r"umiejętno", None),
    (r"\btags?\b", r"etiqueta", None, r"\btag", None),
    (r"\bnotifi", r"avis", None, r"powiad|dostaj|dowiad|dowiedz", None),
    (
        r"\bcolleagues?\b",
        r"compañero",
        r"colega",
        r"koleg|koledz|współprac|innych os|inny",
        None,
    ),
)
#: of these the words of a term mean something else
OTHER = (
    "As in the last call, with dots between the levels: customer.contact.mail",
    "Font awesome icon e.g. fa-tasks",
    "a spreadsheet has rounded it, the number is lost",
    "e.g. Offer the spring discount",
)
#: who says one says the other: an offer is a lead offered to a salesperson, a listing
#: is what leads ask about
BACK = {
    "es": ((r"\bofert|\bofrec", r"\boffer"), (r"\banuncio", r"\blisting")),
    "pl": ((r"\bofer|\bzaofer", r"\boffer|quotation"), (r"ogłosze", r"\blisting")),
}

#: the same in a language as in English
SAME = {
    "es": {"Base", "Color", "Error", "Individual", "Leads", "Leads: X", "No", "Total"}
    | {"Webhooks"},
    "pl": {"Format", "Medium", "Moment", "Newsletter", "Problem", "Region", "Status"}
    | {"Test"},
}
BOTH = {"28001-28055, 08*, SW1A 1AA", "ID", "Lead", "Lead X", "Qweb", "Spam", "Webhook"}
#: codes and addresses, no words
CODE = re.compile(r"^[a-z]+([_-][a-z]+)+$|^\S*(\.example|://)$|^X min$")
#: words that only English has
ENGLISH = re.compile(
    r"\b(the|and|with|without|which|where|when|this|that|these|from|have|your|lead's)\b",
    re.I,
)
PLACEHOLDER = re.compile(r"%\(\w+\)s|%s|%d|</?\w+")
#: texts of Odoo, in fields that we extend
ODOO = ("Type of server action.", "Status based on activities", "Font awesome icon")


def catalogues(kind):
    """Yield the addon and its catalogue: "pot", or a language."""
    for folder in sorted(ROOT.glob("lead_distribution*/i18n")):
        addon = folder.parent.name
        name = f"{addon}.pot" if kind == "pot" else f"{kind}.po"
        yield addon, polib.pofile(str(folder / name))


def terms():
    """:returns: the texts of all addons, each once"""
    found = {entry.msgid for _addon, pot in catalogues("pot") for entry in pot}
    return sorted(text for text in found if not text.startswith(ODOO))


def pairs(lang):
    """Yield ``(place, text, translation)`` of all addons."""
    for addon, catalogue in catalogues(lang):
        for entry in catalogue:
            if not entry.msgid.startswith(ODOO):
                yield f"{addon} {lang}: {entry.msgid}", entry.msgid, entry.msgstr


def said(text):
    """A text as it is read: without placeholders and tags, but with their titles."""
    text = re.sub(r"%\(\w+\)s|%[sd]", "X", text)
    text = re.sub(r'<[^>]*\btitle="([^"]*)"[^>]*>', r" \1 ", text)
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def riddles(text):
    """:returns: what is wrong with an English text, in words"""
    text = said(text)
    found = [
        f"“{match.group()}”: say {use}"
        for pattern, use in RIDDLES
        if (match := re.search(pattern, text, re.I))
    ]
    for sentence in re.split(r"(?<=[.?!:;])\s", text):
        if len(sentence.split()) > WORDS_IN_A_SENTENCE:
            found.append(f"{len(sentence.split())} words in a sentence")
    if LABEL.search(text):
        found.append("a label says the thing itself, as Deadline, Recipients")
    if match := DOUBLE.search(text):
        found.append(f"two denials: “{match.group()}”")
    return found


def foreign(lang, text, translation):
    """:returns: what is wrong with a translation, in words"""
    read, english = said(translation), said(text)
    found = []
    if not read:
        return ["not translated"]
    if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(translation)):
        found.append("other placeholders")
    if (
        read == english
        and re.search(r"[A-Za-z]{2}", english.replace("X", ""))
        and english not in SAME[lang] | BOTH
        and not CODE.search(english)
    ):
        found.append("left in English")
    if match := ENGLISH.search(read):
        found.append(f"English: “{match.group()}”")
    if text in OTHER:
        return found
    for term, *words in TERMS:
        has, has_not = words[:2] if lang == "es" else words[2:]
        if not re.search(term, english, re.I):
            continue
        if has and not re.search(has, read, re.I):
            found.append(f"{term} without {has}")
        if has_not and re.search(has_not, read, re.I):
            found.append(f"{term} as “{re.search(has_not, read, re.I).group()}”")
    for word, term in BACK[lang]:
        if re.search(word, read, re.I) and not re.search(term, english, re.I):
            found.append(f"“{re.search(word, read, re.I).group()}” without {term}")
    return found


def test_english():
    """Each text is understood at first reading, in the field's words."""
    found = [
        f"{text}: {'; '.join(wrong)}"
        for text in terms()
        if not any(right == text or len(right) > 9 and right in text for right in RIGHT)
        and (wrong := riddles(text))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_languages(lang):
    """Each text is translated, and a thing has one word."""
    found = [
        f"{place}: {'; '.join(wrong)}"
        for place, text, translation in pairs(lang)
        if (wrong := foreign(lang, text, translation))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_complete(lang):
    """A language has the terms of the template, and no others."""
    for (addon, pot), (_addon, catalogue) in zip(
        catalogues("pot"), catalogues(lang), strict=True
    ):
        assert {e.msgid for e in pot} == {e.msgid for e in catalogue}, addon
        assert not [e.msgid for e in catalogue if e.fuzzy or e.obsolete], addon


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Whoever gets a lead reads it.", True),
        ("Senders that are nobody's identity", True),
        ("Whose It Is", True),
        ("The Neglected", True),
        ("5.8 count as had", True),
        ("It is not here, and nobody", False),
        ("Nobody has no lead", True),
        (" ".join(["word"] * 36), True),
        ("Shared Sender Addresses", False),
        ("Why?", False),
    ],
)
def test_what_is_a_riddle(text, wrong):
    assert bool(riddles(text)) is wrong


@pytest.mark.parametrize(
    ("lang", "text", "translation", "wrong"),
    [
        ("pl", "Listing: %s", "Oferta: %s", True),
        ("pl", "Listing: %s", "Ogłoszenie: %s", False),
        ("es", "Offers", "Anuncios", True),
        ("es", "Offers", "Ofertas", False),
        ("es", "Open %s", "Abierto", True),
        ("es", "Open it", "", True),
        ("es", "Open it", "Open it", True),
        ("es", "Leads in the pool", "Leads en el pool", True),
    ],
)
def test_what_is_foreign(lang, text, translation, wrong):
    assert bool(foreign(lang, text, translation)) is wrong
