"""Who asks, read from letters of many shapes; no database. The people are invented."""

import doctest
import json
import time

import pytest
from engine.reading import (
    Letter,
    Own,
    Parser,
    data,
    forwarded,
    labels,
    phone_key,
    read,
    read_letter,
    types,
)
from engine.reading.parsers import PARSERS, sentences
from hypothesis import given, settings
from hypothesis import strategies as st

OWN = Own(
    addresses=frozenset({"anna@sales.example", "desk@in.example"}),
    domains=frozenset({"in.example"}),
    shared=frozenset({"leads@portal.example"}),
    phones=frozenset({phone_key("+49 30 1234567")}),
    names=frozenset({("anna", "beispiel"), ("haus", "sonnenschein")}),
    country="DE",
)


def letter(text="", **values):
    return read_letter(Letter(text=text, **values), OWN, PARSERS)


def form(text, **values):
    return letter(text, sender="wordpress@shop.example", **values)


def who(reading):
    return reading.name, reading.email, reading.phone


@pytest.mark.parametrize("module", [data, forwarded, labels, types])
def test_examples_in_the_documentation(module):
    assert doctest.testmod(module).failed == 0


# who wrote -----------------------------------------------------------------------


def test_reply_to_is_who_wrote():
    """Part 12, 1: a form's mail is its visitor's."""
    found = form("Hallo", reply_to="uwe@kunde.example", reply_name="Uwe Kunde")
    assert who(found) == ("Uwe Kunde", "uwe@kunde.example", "")
    assert found.relayed and not found.structured


@pytest.mark.parametrize(
    "reply",
    ["anna@sales.example", "desk@in.example", "x@in.example", "", "kai@gmx.example"],
)
def test_reply_to_of_our_own_is_nobodys(reply):
    """Part 12, 1: an alias, a colleague, an address of our own or the sender's own
    leaves it the sender's."""
    found = letter("Hallo", sender="kai@gmx.example", reply_to=reply)
    assert found.email == "kai@gmx.example"
    assert not found.relayed


def test_reply_to_at_the_senders_domain():
    """What passes on answers is the customer's address; the provider's desk is not."""
    assert form("Hi", reply_to="r-77a1@shop.example").email == "r-77a1@shop.example"
    found = form("Name: Kai Kunde\nTel: 0171 1234567", reply_to="info@shop.example")
    assert who(found) == ("Kai Kunde", "", "0171 1234567")


def test_labelled_address_before_one_that_passes_on():
    found = letter(
        "Name: Kai Kunde\nEmail: kai@kunde.example",
        sender="reply@zz.example",
        reply_to="reply+12@zz.example",
    )
    assert found.email == "kai@kunde.example"


def test_labelled_address_before_the_providers_desk():
    found = letter(
        "Name: Kai Kunde\nEmail: kai@kunde.example",
        sender="noreply@portal.example",
        reply_to="service@portal-gmbh.example",
    )
    assert found.email == "kai@kunde.example"


def test_program_that_nobody_knows():
    """The name in the text is not the sender's: the sender's address is not theirs."""
    found = letter(
        "Name: Pia Sechs\nTelefon: 0171 1234567",
        sender="versand@dritte.example",
        sender_name="Dritte GmbH",
    )
    assert who(found) == ("Pia Sechs", "", "0171 1234567")


def test_person_who_signs():
    """A letter is its sender's, whatever the signature says besides."""
    found = letter(
        "Guten Tag,\nich suche etwas.\n\nKai Kunde\nTel. 0171 1234567\n"
        "Fax: 030 7654321\nE-Mail: kai@firma.example",
        sender="kai@gmx.example",
        sender_name="Kunde, Kai",
    )
    assert who(found) == ("Kai Kunde", "kai@gmx.example", "+49 171 1234567")
    assert not found.relayed


# labels in many languages ------------------------------------------------------------

LABELLED = {
    "en": ("Name", "Email address", "Phone number", "Property ref", "Your message"),
    "de": (
        "Vor- und Nachname",
        "E-Mail-Adresse",
        "Telefonnummer",
        "Objekt-Nr.",
        "Nachricht",
    ),
    "es": (
        "Nombre y apellidos",
        "Correo electrónico",
        "Teléfono",
        "Referencia",
        "Mensaje",
    ),
    "pl": (
        "Imię i nazwisko",
        "Adres e-mail",
        "Nr telefonu",
        "Numer oferty",
        "Treść wiadomości",
    ),
    "fr": (
        "Nom et prénom",
        "Courriel",
        "Téléphone",
        "Référence annonce",
        "Votre message",
    ),
    "it": (
        "Nome e cognome",
        "Indirizzo email",
        "Cellulare",
        "Rif. annuncio",
        "Messaggio",
    ),
    "pt": ("Nome completo", "E-mail", "Telemóvel", "Referência do imóvel", "Mensagem"),
    "nl": ("Uw naam", "E-mailadres", "Telefoonnummer", "Referentie", "Uw bericht"),
    "cs": ("Jméno a příjmení", "E-mail", "Telefonní číslo", "Ref.", "Zpráva"),
    "sv": ("Namn", "E-post", "Mobil", "Ref", "Meddelande"),
}
VALUES = (
    "Zoë Ávila-Żak",
    "zoe.avila@kunde.example",
    "+34 612 345 678",
    "B/12-7",
    "Hi\nyou",
)


def written(pairs, way):
    if way == "lines":
        return "\n".join(f"{label}: {value}" for label, value in pairs)
    if way == "below":
        return "\n".join(f"{label}\n{value}\n" for label, value in pairs)
    if way == "marked":
        return "\n".join(f"* {label}  :  {value}" for label, value in pairs)
    if way == "table":
        rows = "".join(
            f"<tr><td><b>{label}</b></td><td>{value}</td></tr>"
            for label, value in pairs
        )
        return f"<p>Hello</p><table>{rows}</table>"
    if way == "header":
        heads = "".join(f"<th>{label}</th>" for label, _value in pairs)
        cells = "".join(f"<td>{value}</td>" for _label, value in pairs)
        return f"<table><tr>{heads}</tr><tr>{cells}</tr></table>"
    return "<div>" + "".join(f"<b>{x}:</b> {y}<br>" for x, y in pairs) + "</div>"


@pytest.mark.parametrize("way", ["lines", "below", "marked", "table", "header", "bold"])
@pytest.mark.parametrize("language", LABELLED)
def test_labels(language, way):
    """Part 12, 2: lines and tables in the commonest languages."""
    pairs = zip(LABELLED[language], VALUES, strict=True)
    text = written(list(pairs), way)
    html = way in ("table", "header", "bold")
    found = form("" if html else text, html=text if html else "")
    assert who(found) == VALUES[:3]
    assert found.listing == VALUES[3]
    assert found.comment.split() == VALUES[4].split()
    assert found.structured
    assert {each.what for each in found.found} == {
        "name",
        "email",
        "phone",
        "listing",
        "comment",
    }


@pytest.mark.parametrize(
    "text",
    [
        "Vorname: Kai\nNachname: Kunde",
        "Apellidos: Kunde\nNombre: Kai",
        "Imię: Kai | Nazwisko: Kunde",
        "Nom : Kunde\nPrénom : Kai",
        "First name Kai\nName: Kai Kunde, Phone: 0171 1234567, Email: k@k.example",
        "Name: Kunde, Kai",
        "Von: Kai Kunde <kai@kunde.example>\nBetreff: Hallo",
        "Name: Kai Kunde Email: kai@kunde.example Tel: 0171 1234567",
    ],
)
def test_names(text):
    assert form(text).name == "Kai Kunde"


def test_consents():
    """What somebody agreed to, and not what they were asked."""
    found = form(
        "Name: Kai Kunde\nEmail: k@k.example\nIch willige in den Newsletter ein: ja\n"
        "Zgoda marketingowa: tak\nConsentimiento comercial: no\nConsents: Phone; Email"
    )
    assert found.consents[:2] == ("Zgoda marketingowa", "Phone") or found.consents == (
        "Ich willige in den Newsletter ein",
        "Zgoda marketingowa",
        "Phone",
        "Email",
    )


# what is ours, or the provider's ------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Name: Kai Kunde\nTel: 0171 1234567\nMakler: Bob Bau\n"
        "Telefon Makler: 030 999 8888",
        "Agent:\nName: Bob Bau\nEmail: bob@bau.example\nTel: 030 999 8888\n\n"
        "Kunde:\nName: Kai Kunde\nTel: 0171 1234567",
        "Hotline: 0800 123 4567\nName: Kai Kunde\nMobil: 0171 1234567",
        "Name: Kai Kunde\nTel: 0171 1234567\n\nMit freundlichen Grüßen\n"
        "Ihr Portal-Team\n"
        "Tel: 030 555 4444\nE-Mail: hilfe@portal-hilfe.example",
        "Name: Kai Kunde\nTel: 030 1234567 / 0171 1234567",
        "Name: Anna Beispiel\nName: Kai Kunde\nTel: 0171 1234567",
    ],
)
def test_others_are_never_the_customer(text):
    """Part 12, 2: agents, hotlines, our own numbers and names."""
    found = form(text)
    assert (found.name, phone_key(found.phone)) == (
        "Kai Kunde",
        phone_key("01711234567"),
    )
    assert not found.email


@pytest.mark.parametrize(
    "text",
    [
        "Neue Anfrage von Kai.\nFragen? Rufen Sie uns an: 030 555 4444",
        "Nowe zapytanie.\nInfolinia: 22 555 01 00",
        "Nueva solicitud.\n-- \nPortal S.L., Tel. 900 123 123, soporte@ayuda.example",
        "Name: Kai Kunde\nE-Mail: anna@sales.example\nTel: +49 30 1234567",
    ],
)
def test_no_number_is_better_than_the_providers(text):
    found = form(text)
    assert (found.email, found.phone) == ("", "")


def test_only_number_and_address():
    """A portal that says it in a sentence: the only ones in it."""
    found = letter(
        "Guten Tag, Kai bittet um Rückruf unter 0171 1234567 oder kai@kunde.example.",
        sender="leads@portal.example",
    )
    assert (found.email, phone_key(found.phone)) == (
        "kai@kunde.example",
        phone_key("01711234567"),
    )
    two = letter("a@kunde.example oder b@kunde.example", sender="leads@portal.example")
    assert two.email == ""


# data ---------------------------------------------------------------------------------

ADF = """<?xml version="1.0" encoding="UTF-8"?><?adf version="1.0"?>
<adf><prospect status="new"><id source="CarPortal">77</id>
<requestdate>2026-11-02T10:00:00+01:00</requestdate>
<vehicle interest="trade-in" status="used"><stock>OLD-1</stock></vehicle>
<vehicle interest="buy"><year>2024</year><make>Kia</make><model>Rio</model>%s</vehicle>
<vendor><vendorname>Autohaus</vendorname><contact><name part="full">Bob Bau</name>
<email>bob@haus.example</email><phone>030 999 8888</phone></contact></vendor>
<customer><contact primarycontact="1"><name part="first">Kai</name>
<name part="last">Kunde</name><email>kai@kunde.example</email>
<phone type="voice" time="day">0171 1234567</phone></contact>
<comments><![CDATA[Can I try it?]]></comments></customer>
<provider><name part="full">CarPortal</name><service>Leads</service>
<email>help@carportal.example</email><phone>0800 1</phone></provider>
</prospect></adf>"""


@pytest.mark.parametrize("stock", ["<stock>K-9</stock>", ""])
@pytest.mark.parametrize("place", ["text", "attachment", "html", "bytes"])
def test_adf(place, stock):
    """Part 12, 2: the customer, not the vendor nor the provider; the vehicle that is
    wanted, not the one given in payment."""
    text = ADF % stock
    if place == "text":
        found = letter("New lead\n" + text, sender="leads@carportal.example")
    elif place == "html":
        shown = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        html = f"<pre>{shown}</pre>"
        found = letter(sender="leads@carportal.example", html=html)
    else:
        content = text.encode() if place == "bytes" else text
        attachments = (("lead.adf", content),)
        found = letter("New lead", sender="x@y.example", attachments=attachments)
    assert who(found) == ("Kai Kunde", "kai@kunde.example", "0171 1234567")
    assert found.listing == ("K-9" if stock else "2024 Kia Rio")
    assert found.source == "CarPortal"
    assert found.comment == "Can I try it?"


def test_feedback_of_german_portals():
    """The same with tags in German."""
    found = form(
        """<?xml version="1.0"?><openimmo_feedback><sender><name>Portal</name>
        <email_zentrale>zentrale@portal.example</email_zentrale></sender>
        <objekt><portal_obj_id>4711</portal_obj_id><oobj_id>WE 12</oobj_id>
        <interessent><anrede>Herr</anrede><vorname>Kai</vorname><nachname>Kunde</nachname>
        <tel>0171 1234567</tel><email>kai@kunde.example</email>
        <anfrage>Bitte Exposé</anfrage></interessent></objekt></openimmo_feedback>"""
    )
    assert who(found) == ("Kai Kunde", "kai@kunde.example", "0171 1234567")
    assert (found.listing, found.comment) == ("4711", "Bitte Exposé")


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        "<adf><prospect><customer><contact><name>&x;</name><email>k@k.example</email>"
        "</contact></customer></prospect></adf>",
        "<adf><prospect><customer>" * 200,
        "<adf>" + "<a>" * 20_000 + "</a>" * 20_000 + "</adf>",
        "<adf \0><\ud800></adf>",
    ],
)
def test_hostile_xml(text):
    """Entities are not looked at, depth has a bound, nothing fails."""
    assert "root:" not in repr(form(text))


@pytest.mark.parametrize(
    "value",
    [
        {
            "lead": {
                "firstName": "Kai",
                "lastName": "Kunde",
                "email": "kai@kunde.example",
            }
        },
        {
            "agent": {"email": "b@b.example", "name": "Bob"},
            "customer": {"name": "Kai Kunde", "email": "kai@kunde.example"},
        },
        {
            "answers": [
                {"label": "Your name", "value": "Kai Kunde"},
                {"label": "E-mail", "value": "kai@kunde.example"},
            ]
        },
        [{"full_name": "Kai Kunde", "email_address": ["kai@kunde.example"]}],
    ],
)
def test_json(value):
    """Part 12, 2: a block of JSON, with words around it."""
    found = form(f"New lead:\n{json.dumps(value, indent=1)}\nBye {{name}}")
    assert (found.name, found.email) == ("Kai Kunde", "kai@kunde.example")


CARD = (
    "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=utf-8:%s\r\nFN:%s\r\nORG:Kunde;Sales\r\n"
    "TEL;WORK;FAX:030 111\r\nTEL;CELL:%s\r\nitem1.EMAIL;INTERNET:%s\r\nEND:VCARD\r\n"
)


def test_card():
    """Part 12, 2: a business card of the customer; a colleague's is none."""
    theirs = CARD % ("Kunde;Kai", "Kai Kunde", "0171 1234567", "kai@kunde.example")
    ours = CARD % (
        "Beispiel;Anna",
        "Anna Beispiel",
        "030 1234567",
        "anna@sales.example",
    )
    cards = (("anna.vcf", ours), ("kai.vcf", theirs.encode()))
    found = letter("See the card", sender="anna@sales.example", attachments=cards)
    assert who(found) == ("Kai Kunde", "kai@kunde.example", "0171 1234567")
    assert found.company == "Kunde"


# forwarded ----------------------------------------------------------------------------

HEADERS = {
    "en": "---------- Forwarded message ---------\nFrom: {}\nDate: Mon, 2 Nov 2026\n"
    "Subject: Flat\nTo: Anna",
    "de": "-----Ursprüngliche Nachricht-----\nVon: {}\n"
    "Gesendet: Montag, 2. November\nAn: Anna\nBetreff: Wohnung",
    "es": "De: {}\nEnviado el: lunes, 2 de noviembre\nPara: Anna\nAsunto: Piso",
    "pl": "Od: {}\nWysłano: poniedziałek\nDo: Anna\nTemat: Mieszkanie",
    "fr": "De : {}\nEnvoyé : lundi\nÀ : Anna\nObjet : Appart",
    "it": "Da: {}\nInviato: lunedì\nA: Anna\nOggetto: Casa",
    "pt": "De: {}\nEnviado: segunda-feira\nPara: Anna\nAssunto: Casa",
    "nl": "Van: {}\nVerzonden: maandag\nAan: Anna\nOnderwerp: Huis",
    "quoted": "> From: {}\n> Date: 2 Nov\n> Subject: Flat",
    "wrote": "On Mon, Nov 2, 2026 at 10:00 AM {} wrote:",
    "schrieb": "Am 02.11.2026 um 10:00 schrieb {}:",
    "napisal": "W dniu 2.11.2026 o 10:00, {} napisał(a):",
}


@pytest.mark.parametrize("language", HEADERS)
@pytest.mark.parametrize(
    "sender",
    ["Kai Kunde <kai@kunde.example>", '"Kunde, Kai" [mailto:kai@kunde.example]'],
)
def test_forwarded_by_a_colleague(language, sender):
    """Part 12, 4: the customer is in the forwarded part, the colleague's signature is
    not."""
    header = HEADERS[language].format(sender)
    found = letter(
        f"Bitte übernehmen!\nAnna Beispiel\nTel. 030 1234567\nMobil 0160 7777777\n\n"
        f"{header}\n\nHallo, mein Tel.: 0171 1234567\nKai",
        sender="anna@sales.example",
        sender_name="Anna Beispiel",
    )
    assert found.email == "kai@kunde.example"
    assert found.name == "Kai Kunde"
    assert phone_key(found.phone) == phone_key("01711234567")


def test_forwarded_form():
    """A portal's mail that a colleague passes on, twice."""
    found = letter(
        "Zur Info\n\nVon: Desk <desk@in.example>\nGesendet: heute\nAn: Anna\n"
        "Betreff: WG: Lead\n\nVon: Portal <noreply@portal.example>\nGesendet: heute\n"
        "An: Desk\nBetreff: Lead\n\nName: Kai Kunde\nE-Mail: kai@kunde.example",
        sender="anna@sales.example",
    )
    assert (found.name, found.email) == ("Kai Kunde", "kai@kunde.example")


def test_forwarded_as_an_attachment():
    """A colleague attaches the customer's mail."""
    inside = Letter("kai@kunde.example", "Kai Kunde", text="Call 0171 1234567")
    for sender in ("anna@sales.example", "leads@portal.example"):
        found = letter("FYI\nTel. 0160 7777777", sender=sender, inside=inside)
        assert (found.name, found.email) == ("Kai Kunde", "kai@kunde.example")
        assert phone_key(found.phone) == phone_key("01711234567")
        assert {x.where for x in found.found if x.what == "email"} == {"forward"}
    found = letter("See this", sender="eva@else.example", inside=inside)
    assert found.email == "eva@else.example"


def test_forwarded_by_a_customer():
    """What somebody outside passes on is theirs all the same."""
    found = letter(
        "Is this still free?\nKai\n\nFrom: Portal <bob@bau.example>\nSent: today\n"
        "To: Kai\nSubject: Flat\n\nName: Bob Bau\nEmail: bob@bau.example\n"
        "Tel: 030 999 8888",
        sender="kai@kunde.example",
        sender_name="Kai Kunde",
    )
    assert who(found) == ("Kai Kunde", "kai@kunde.example", "")


# portals ------------------------------------------------------------------------------

PORTALS = {
    "idealista": (
        "idealista",
        "noreply@idealista.com",
        "Nuevo mensaje de Kai Kunde sobre tu inmueble con ref: A-12",
        "Kai Kunde te ha escrito\n+34 612 345 678\nkai@kunde.example\n\nHola",
        "A-12",
    ),
    "zillow": (
        "Zillow",
        "rentals@convo.zillow.com",
        "Kai Kunde is requesting information about 12 Main St, Springfield",
        "New contact: Kai Kunde\n(212) 555-0123\nkai@kunde.example",
        "12 Main St, Springfield",
    ),
    "otodom": (
        "Otodom",
        "noreply@otodom.pl",
        "Zapytanie do ogłoszenia nr 66123",
        "Kai Kunde jest zainteresowany Twoim ogłoszeniem nr 66123\n600 700 800\n"
        "kai@kunde.example",
        "66123",
    ),
    "leboncoin": (
        "leboncoin",
        "noreply@messagerie.leboncoin.fr",
        "Nouveau message de Kai Kunde pour votre annonce réf. LB-9",
        "Kai Kunde souhaite être rappelé\n06 12 34 56 78\nkai@kunde.example",
        "LB-9",
    ),
    "autoscout": (
        "AutoScout24",
        "no-reply@autoscout24.de",
        "Anfrage von Kai Kunde zu Ihrem Fahrzeug Nr. 5512",
        "Kai Kunde interessiert sich für Ihr Fahrzeug Nr. 5512\n0171 1234567\n"
        "kai@kunde.example",
        "5512",
    ),
}


@pytest.mark.parametrize("portal", PORTALS)
def test_portals(portal):
    """Part 12, 2: parsers by sender, for sentences without labels."""
    name, sender, subject, text, listing = PORTALS[portal]
    found = letter(text, sender=sender, subject=subject)
    assert (found.name, found.email) == ("Kai Kunde", "kai@kunde.example")
    assert found.phone == text.splitlines()[1]
    assert found.listing == listing
    assert found.structured
    assert ("name", "portal", name) in {(x.what, x.where, x.label) for x in found.found}


def test_parser_of_ones_own():
    """A parser is one object, found by the structure where the sender says nothing."""
    mine = Parser("Mine", "", sentences(r"Wanted by (?P<name>[\w ]+)"), r"Wanted by")
    found = read_letter(
        Letter(text="Wanted by Kai Kunde", sender="a@b.example"), OWN, [mine]
    )
    assert found.name == "Kai Kunde"


# and nothing breaks it ----------------------------------------------------------------

_PIECES = st.sampled_from(
    ["Name:", "E-Mail:", "<table><tr><td>", "</td>", "</tr>", "</table>", "<br>",
     "From: ", "a@b.example", "+49 171 1234567", "{", "}", '"a":', "<adf>", "</adf>",
     "BEGIN:VCARD\n",
     "\n", "-- ", "| ", "<!--", "&#99999999999;", "\0", "ﬀ", "\u202e"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES | st.text(max_size=20), max_size=60), st.booleans())
def test_any_text(pieces, html):
    """Whatever comes is read without an error; what is ours is never the customer."""
    text = "".join(pieces) + "\nMail: anna@sales.example"
    found = read("" if html else text, text if html else "", [("a.vcf", text)], OWN)
    assert found.email != "anna@sales.example"
    assert "\n" not in found.name + found.email + found.phone + found.listing


@pytest.mark.parametrize(
    "text",
    ["<table><tr><td>" * 8000, "<!--" * 20_000, "Name: " * 20_000, "a@" * 40_000,
     "From: x\nTo: y\n" * 3000, "{" * 60_000, "[" * 60_000, "Tel " * 20_000, ""
     "|:" * 30_000,
     "On a " * 20_000, "BEGIN:VCARD\nN:" * 5000, "<a href='mailto:" * 6000,
     ":" * 80_000, "&#" + "9" * 6000 + ";"],
)  # fmt: skip
def test_time_is_bounded(text):
    """No letter takes long, whatever is in it."""
    started = time.perf_counter()
    read(text, "", (), OWN)
    read("", text + "<p>", (), OWN)
    assert time.perf_counter() - started < 3


@pytest.mark.parametrize(
    "text",
    [
        "Caller: Kai Kunde\nPhone: +49 171 1234567\n\nYour call center team",
        "<h3>Anbieter</h3><p>Name: Bob Bau<br>E-Mail: bob@bau.example</p>"
        "<h3>Interessent</h3><p>Name: Kai Kunde<br>Tel: +49 171 1234567</p>",
    ],
)
def test_sender_who_is_not_the_person(text):
    """A business that passes on a caller's number is not the caller."""
    html = text if "<" in text else ""
    found = letter("" if html else text, html=html, sender="desk@calls.example")
    assert who(found) == ("Kai Kunde", "", "+49 171 1234567")
    assert found.relayed


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "You received a message\n\nName:\nKai Kunde\n\nEmail:\nkai@kunde.example",
            "",
        ),
        ("First name\nKai\n\nLast name\nKunde\n\nEmail\nkai@kunde.example", ""),
        ("Name\tKai Kunde\nE-Mail\tkai@kunde.example", ""),
        ("What is your name?: Kai Kunde\nWhat's your e-mail?: kai@kunde.example", ""),
        ("👤 Name: Kai Kunde\n📧 Email: kai@kunde.example", ""),
        (
            "",
            "<dl><dt>Name<dd>Kai Kunde</dd><dt>Email<dd>kai@kunde.example</dl>",
        ),
        ("", "<ul><li><b>Name</b>: Kai Kunde<li><b>Email</b>: kai@kunde.example</ul>"),
        (
            "",
            "<table><tr><td>Name<td>:<td>Kai Kunde<tr><td>Email<td>:"
            "<td>kai@kunde.example</table>",
        ),
        (
            "",
            "<table><tr><td>Name</td><td>Kai Kunde</td><td>Email</td>"
            "<td><a href='mailto:kai@kunde.example'>write</a></td></tr></table>",
        ),
        (
            "",
            "<table><tr><td colspan=2><b>Name</b></td></tr><tr><td>&nbsp;</td>"
            "<td>Kai Kunde</td></tr><tr><td colspan=2><b>Email</b></td></tr>"
            "<tr><td>&nbsp;</td><td>kai@kunde.example</td></tr></table>",
        ),
    ],
)
def test_forms_as_programs_write_them(text, html):
    found = form(text, html=html)
    assert (found.name, found.email) == ("Kai Kunde", "kai@kunde.example")


def test_letter_with_labels_that_say_nothing():
    """Words that look like labels do not take a person's address away."""
    found = letter(
        "My name: see below. Please note: Tel: none\nEmail: me",
        sender="kai@kunde.example",
        sender_name="Kai",
    )
    assert (found.name, found.email) == ("Kai", "kai@kunde.example")
