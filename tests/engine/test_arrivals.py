"""What arrives, as people and programs write it: one line of a table for each. No
database; the people are invented."""

import json
from html import escape

import pytest
from engine.phones import phones_of
from engine.reading import Letter, Own, phone_key, read_letter
from engine.reading.parsers import PARSERS

OWN = Own(
    addresses=frozenset({"anna@sales.example", "desk@in.example"}),
    domains=frozenset({"in.example"}),
    shared=frozenset({"leads@portal.example"}),
    phones=frozenset({phone_key("+49 30 1234567")}),
    names=frozenset({("anna", "beispiel"), ("haus", "sonnenschein")}),
    country="DE",
)
FORM = {"sender": "wordpress@shop.example"}
PORTAL = {"sender": "leads@portal.example"}
COLLEAGUE = {"sender": "anna@sales.example", "sender_name": "Anna Beispiel"}
KAI, MAIL, PHONE = "Kai Kunde", "kai@kunde.example", "+491711234567"


def read(how, country="DE"):
    own = Own(**{**vars(OWN), "country": country})
    return read_letter(Letter(**how), own, PARSERS)


def told(reading, country="DE"):
    """:returns: ``(name, email, phone in E.164)``"""
    numbers = phones_of(reading.phone, [country])
    return reading.name, reading.email, numbers[0] if numbers else reading.phone


# who wrote: Reply-To, sender, colleague -----------------------------------------------

WROTE = {
    "reply-to of a shop": (
        {"sender": "shop@shop.example", "reply_to": MAIL, "reply_name": KAI},
        (KAI, MAIL, ""),
    ),
    "reply-to without a name, the text has it": (
        {**FORM, "reply_to": MAIL, "text": "Name: Kai Kunde\nNachricht: Hallo"},
        (KAI, MAIL, ""),
    ),
    "reply-to is the address as a name": (
        {**FORM, "reply_to": MAIL, "reply_name": MAIL},
        ("", MAIL, ""),
    ),
    "reply-to is a colleague": (
        {**FORM, "reply_to": "anna@sales.example", "text": f"E-Mail: {MAIL}"},
        ("", MAIL, ""),
    ),
    "reply-to is our desk on our domain": (
        {**FORM, "reply_to": "info@in.example", "text": f"Name: {KAI}\nE-Mail: {MAIL}"},
        (KAI, MAIL, ""),
    ),
    "reply-to is a no-reply": (
        {
            **FORM,
            "reply_to": "no-reply@mailer.example",
            "text": f"Name: {KAI}\nE-Mail: {MAIL}",
        },
        (KAI, MAIL, ""),
    ),
    "reply-to is the provider's support": (
        {
            "sender": "leads@cars.example",
            "reply_to": "support@cars.example",
            "text": f"Name: {KAI}\nE-Mail: {MAIL}",
        },
        (KAI, MAIL, ""),
    ),
    "reply-to of a relay, the address is in the text": (
        {
            "sender": "noreply@market.example",
            "reply_to": "reply+8f7a@market.example",
            "text": f"Name: {KAI}\nE-Mail: {MAIL}\nTel: 0171 1234567",
        },
        (KAI, MAIL, PHONE),
    ),
    "a person writes from home, answers go to work": (
        {
            "sender": "kai@gmail.com",
            "sender_name": KAI,
            "reply_to": MAIL,
            "reply_name": KAI,
            "text": "Ist die Wohnung frei?",
        },
        (KAI, MAIL, ""),
    ),
    "reply-to repeats the sender": (
        {"sender": MAIL, "sender_name": KAI, "reply_to": MAIL, "text": "Hallo"},
        (KAI, MAIL, ""),
    ),
    "name last, comma, first": (
        {"sender": MAIL, "sender_name": "Kunde, Kai", "text": "Hallo"},
        (KAI, MAIL, ""),
    ),
    "telephone service": (
        {
            "sender": "service@calls.example",
            "text": "Anruf vom 02.11.2026 10:00\nAnrufer: Kai Kunde\n"
            "Rufnummer: 0171 1234567\nAnliegen: Rückruf\n\nIhr Calls-Team\n"
            "Tel. 0800 555 4444",
        },
        (KAI, "", PHONE),
    ),
    "a person with a signature of a firm": (
        {
            "sender": MAIL,
            "sender_name": KAI,
            "text": "Guten Tag,\nist HH-2 frei?\n\nKai Kunde\nKunde GmbH\n"
            "Tel. +49 171 1234567\nFax +49 30 999 8888\nwww.kunde.example",
        },
        (KAI, MAIL, PHONE),
    ),
    "a person who quotes us": (
        {
            "sender": MAIL,
            "sender_name": KAI,
            "text": "Ja, gern.\n0171 1234567\n\nAm 01.11.2026 um 10:00 schrieb "
            "Anna Beispiel <anna@sales.example>:\n> Hallo\n> Tel: 030 7654321",
        },
        (KAI, MAIL, PHONE),
    ),
    "a person who answers below": (
        {
            "sender": MAIL,
            "sender_name": KAI,
            "text": "> Passt Ihnen Montag?\n> Tel. 030 1234567\n\nJa, 0171 1234567\n"
            "Kai",
        },
        (KAI, MAIL, PHONE),
    ),
    "shared sender with nothing in it": ({**PORTAL, "text": "Hallo"}, ("", "", "")),
    "a program that somebody may read": (
        {"sender": "leads@agency.example", "text": "Bitte um Rückruf."},
        ("", "leads@agency.example", ""),
    ),
    "our own form, sent from our own address": (
        {
            "sender": "desk@in.example",
            "text": f"Name: {KAI}\nE-Mail: {MAIL}\nTelefon: 0171-1234567",
        },
        (KAI, MAIL, PHONE),
    ),
    "a name that is an address": (
        {"sender": MAIL, "sender_name": MAIL, "text": "Hallo"},
        ("", MAIL, ""),
    ),
    "answer above, a quote in HTML below": (
        {
            "sender": MAIL,
            "sender_name": KAI,
            "html": "<div>Ja, 0171 1234567</div><div class='gmail_quote'>"
            "<div>On Mon, Nov 2, 2026 at 10:00 AM Anna Beispiel &lt;anna@sales.example"
            "&gt; wrote:<br></div><blockquote>Tel. 030 7654321<br>Mobil 0160 7777777"
            "</blockquote></div>",
        },
        (KAI, MAIL, PHONE),
    ),
    "a person with a fax and a phone": (
        {
            "sender": MAIL,
            "sender_name": KAI,
            "text": "Bitte um Exposé.\n\nKai Kunde\nTel: 0171 1234567\n"
            "Fax: 030 999 8888",
        },
        (KAI, MAIL, PHONE),
    ),
    "a person who names our number": (
        {
            "sender": MAIL,
            "sender_name": KAI,
            "text": "Unter 030 1234567 geht niemand ran. Rufen Sie 0171 1234567 an.",
        },
        (KAI, MAIL, PHONE),
    ),
    "an assistant of a customer": (
        {
            "sender": "eva@kunde.example",
            "sender_name": "Eva Amt",
            "text": "Herr Kunde bittet um Rückruf.\n\nEva Amt\nTel. 0171 1234567",
        },
        ("Eva Amt", "eva@kunde.example", PHONE),
    ),
    "a marketplace's own address a buyer": (
        {
            "sender": "buyer-8812@reply.market.example",
            "sender_name": "Kai Kunde via Market",
            "text": "Noch da?",
        },
        (KAI, "buyer-8812@reply.market.example", ""),
    ),
    "name in another script": (
        {"sender": MAIL, "sender_name": "Мария Иванова", "text": "Здравствуйте"},
        ("Мария Иванова", MAIL, ""),
    ),
    "a title before the name": (
        {"sender": MAIL, "sender_name": "Dr. Kai Kunde", "text": "Hallo"},
        ("Dr. Kai Kunde", MAIL, ""),
    ),
    "a name in quotes": (
        {"sender": MAIL, "sender_name": "'Kai Kunde'", "text": "Hallo"},
        (KAI, MAIL, ""),
    ),
    "reply-to of a customer beside a person of a call centre": (
        {
            "sender": "ines@calls.example",
            "sender_name": "Ines Ruf",
            "reply_to": MAIL,
            "reply_name": KAI,
            "text": "Bitte zurückrufen: 0171 1234567",
        },
        (KAI, MAIL, PHONE),
    ),
    "capitals in addresses": (
        {**FORM, "text": f"Name: {KAI}\nE-Mail: KAI@Kunde.Example"},
        (KAI, MAIL, ""),
    ),
    "no sender at all": (
        {"text": f"Name: {KAI}\nE-Mail: {MAIL}"},
        (KAI, MAIL, ""),
    ),
    "an empty letter": ({"sender": MAIL}, ("", MAIL, "")),
    "via a group of ours": (
        {
            "sender": "desk@in.example",
            "sender_name": "Kai Kunde via Desk",
            "reply_to": MAIL,
            "reply_name": KAI,
            "text": "Hallo",
        },
        (KAI, MAIL, ""),
    ),
}


@pytest.mark.parametrize("case", WROTE)
def test_who_wrote(case):
    """Part 12, 1."""
    how, wanted = WROTE[case]
    assert told(read(how)) == wanted


# structured text ----------------------------------------------------------------------

STRUCTURED = {
    "labels in another order": (
        f"Nachricht: Hallo\nTelefon: 0171 1234567\nE-Mail: {MAIL}\nName: {KAI}",
        (KAI, MAIL, PHONE),
    ),
    "German with a star and brackets": (
        f"Ihr Name (Pflichtfeld)*: {KAI}\nIhre E-Mail-Adresse (Pflichtfeld)*: {MAIL}\n"
        "Ihre Telefonnummer: 0171/1234567",
        (KAI, MAIL, PHONE),
    ),
    "Anrede, Titel": (
        f"Anrede: Herr\nTitel: Dr.\nVorname: Kai\nNachname: Kunde\nE-Mail: {MAIL}\n"
        "Telefon: 0171 / 123 45 67",
        (KAI, MAIL, PHONE),
    ),
    "Spanish with usted": (
        f"Su nombre: {KAI}\nSu correo: {MAIL}\nSu teléfono: +49 171 1234567\n"
        "Comentarios: Quiero verlo",
        (KAI, MAIL, PHONE),
    ),
    "Polish in one line": (
        f"Imię: Kai, Nazwisko: Kunde, E-mail: {MAIL}, Telefon: +49 171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "French with blanks before colons": (
        f"Nom : Kunde\nPrénom : Kai\nCourriel : {MAIL}\nTéléphone : +49 171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "Italian": (
        f"Nome: Kai\nCognome: Kunde\nIndirizzo e-mail: {MAIL}\n"
        "Cellulare: +49 171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "Portuguese": (
        f"Nome completo: {KAI}\nE-mail: {MAIL}\nTelemóvel: +49 171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "Danish": (
        f"Navn: {KAI}\nE-mail: {MAIL}\nTelefon: +49 171 1234567\nBesked: Hej",
        (KAI, MAIL, PHONE),
    ),
    "Norwegian": (
        f"Fornavn: Kai\nEtternavn: Kunde\nE-post: {MAIL}\nMobil: +49 171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "Finnish": (
        f"Nimi: {KAI}\nSähköposti: {MAIL}\nPuhelin: +49 171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "Hungarian": (
        f"Név: {KAI}\nE-mail: {MAIL}\nTelefonszám: +49 171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "Romanian": (
        f"Nume: {KAI}\nEmail: {MAIL}\nTelefon: +49 171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "Turkish": (
        f"Ad Soyad: {KAI}\nE-posta: {MAIL}\nTelefon: +49 171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "Slovak": (
        f"Meno a priezvisko: {KAI}\nE-mail: {MAIL}\nTelefónne číslo: +49 171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "Russian": (
        f"Имя: {KAI}\nТелефон: +49 171 1234567\nЭл. почта: {MAIL}\nСообщение: "
        f"Здравствуйте",
        (KAI, MAIL, PHONE),
    ),
    "Ukrainian": (
        f"Ім'я та прізвище: {KAI}\nНомер телефону: +49 171 1234567\nПошта: {MAIL}",
        (KAI, MAIL, PHONE),
    ),
    "Bulgarian": (
        f"Име и фамилия: {KAI}\nИмейл: {MAIL}\nТелефон: +49 171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "Greek": (
        f"Ονοματεπώνυμο: {KAI}\nEmail: {MAIL}\nΤηλέφωνο: +49 171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "Croatian": (
        f"Ime i prezime: {KAI}\nE-mail adresa: {MAIL}\nBroj telefona: +49 171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "the agent in the middle of one block": (
        f"Name: {KAI}\nMakler: Bob Bau\nTelefon: 0171 1234567\nE-Mail: {MAIL}",
        (KAI, MAIL, PHONE),
    ),
    "the agent's block, the customer without a number": (
        f"Name: {KAI}\nE-Mail: {MAIL}\n\nMakler: Bob Bau\nTelefon: 030 999 8888",
        (KAI, MAIL, ""),
    ),
    "equal signs": (
        f"name={KAI}\nemail={MAIL}\nphone=+491711234567",
        (KAI, MAIL, PHONE),
    ),
    "dashes": (
        f"Name - {KAI}\nEmail - {MAIL}\nPhone - +49 171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "arrows": (
        f"Name => {KAI}\nEmail => {MAIL}\nPhone => 0171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "dots that lead to the value": (
        f"Name........: {KAI}\nE-Mail......: {MAIL}\nTelefon.....: 0171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "brackets around labels": (
        f"[Name] {KAI}\n[E-Mail] {MAIL}\n[Telefon] 0171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "numbered": (
        f"1. Name: {KAI}\n2. E-Mail: {MAIL}\n3. Telefon: 0171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "quoted with >": (
        f"> Name: {KAI}\n> E-Mail: {MAIL}\n> Telefon: 0171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "number with an extension": (
        f"Name: {KAI}\nE-Mail: {MAIL}\nTel: 0171 1234567 ext. 12",
        (KAI, MAIL, PHONE),
    ),
    "two addresses, the first is ours": (
        f"Name: {KAI}\nE-Mail: anna@sales.example, {MAIL}\nTel: 0171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "two numbers, the first is ours": (
        f"Name: {KAI}\nE-Mail: {MAIL}\nTel: 030 1234567; 0171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "telephone and mobile, the first is empty": (
        f"Name: {KAI}\nE-Mail: {MAIL}\nTelefon: -\nMobil: 0171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "address with a link": (
        f"Name: {KAI}\nE-Mail: {MAIL}<mailto:{MAIL}>\nTel: 0171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "number with a link": (
        f"Name: {KAI}\nE-Mail: {MAIL}\nTel: 0171 1234567<tel:+491711234567>",
        (KAI, MAIL, PHONE),
    ),
    "non-breaking blanks": (
        f"Name:\u00a0{KAI}\nE-Mail:\u00a0{MAIL}\nTel:\u00a00171\u00a01234567",
        (KAI, MAIL, PHONE),
    ),
    "zero-width marks": (
        f"\ufeffName:\u200b {KAI}\n\u200eE-Mail: {MAIL}\u200b\nTel: \u202a0171 "
        f"1234567\u202c",
        (KAI, MAIL, PHONE),
    ),
    "a message that quotes labels": (
        f"Name: {KAI}\nE-Mail: {MAIL}\nTel: 0171 1234567\nNachricht: Ich habe "
        "Ihre Mail bekommen:\nName: Bob Bau\nE-Mail: bob@bau.example",
        (KAI, MAIL, PHONE),
    ),
    "our agent before": (
        "Ihr Makler: Bob Bau\nTelefon: 030 999 8888\nE-Mail: bob@bau.example\n\n"
        f"Interessent\nName: {KAI}\nE-Mail: {MAIL}\nTelefon: 0171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "the customer before, the agent after": (
        f"Interessent\nName: {KAI}\nE-Mail: {MAIL}\nTelefon: 0171 1234567\n\n"
        "Anbieter\nName: Bob Bau\nTelefon: 030 999 8888\nE-Mail: bob@bau.example",
        (KAI, MAIL, PHONE),
    ),
    "capitals": (
        f"NAME: {KAI}\nEMAIL: {MAIL.upper()}\nPHONE: 0171 1234567",
        (KAI, MAIL, PHONE),
    ),
    "Windows lines": (
        f"Name: {KAI}\r\nE-Mail: {MAIL}\r\nTel: 0171 1234567\r\n",
        (KAI, MAIL, PHONE),
    ),
}


@pytest.mark.parametrize("case", STRUCTURED)
def test_structured_text(case):
    """Part 12, 2."""
    text, wanted = STRUCTURED[case]
    assert told(read({**FORM, "text": text})) == wanted


def rows(*pairs, cell="<tr><td>{}</td><td>{}</td></tr>"):
    return "<table>" + "".join(cell.format(*pair) for pair in pairs) + "</table>"


THREE = (("Name", KAI), ("E-Mail", MAIL), ("Telefon", "0171 1234567"))
HTML = {
    "open cells": "<table>"
    + "".join(f"<tr><td>{x}<td>{y}" for x, y in THREE)
    + "</table>",
    "unclosed tags": "".join(f"<p><b>{x}:</b> {y}" for x, y in THREE),
    "headings and texts": "".join(f"<h4>{x}</h4><p>{y}</p>" for x, y in THREE),
    "spans in one line": "".join(
        f"<div><span>{x}</span><span>: </span><span>{y}</span></div>" for x, y in THREE
    ),
    "label and value in spans side by side": "".join(
        f"<div><span>{x}:</span>&nbsp;<span>{y}</span></div>" for x, y in THREE
    ),
    "table in a table": rows(("<table><tr><td>x</td></tr></table>", rows(*THREE))),
    "strong in cells": rows(
        *((f"<strong>{x}</strong>", f"<i>{y}</i>") for x, y in THREE)
    ),
    "links": rows(
        ("Name", KAI),
        ("E-Mail", f"<a href='mailto:{MAIL}'>{MAIL}</a>"),
        ("Telefon", "<a href='tel:+491711234567'>0171 1234567</a>"),
    ),
    "three columns": rows(
        *((x, ":", y) for x, y in THREE),
        cell="<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
    ),
    "empty rows between": rows(
        *(each for pair in THREE for each in (pair, ("&nbsp;", "")))
    ),
    "breaks": "<br/>".join(f"{x}: {y}" for x, y in THREE),
    "breaks in a paragraph with a style": "<style>p{color:red}</style><p>"
    + "<br>".join(f"{x}: {y}" for x, y in THREE)
    + "</p><script>var Name='x'</script>",
    "definition list": "<dl>"
    + "".join(f"<dt>{x}</dt><dd>{y}</dd>" for x, y in THREE)
    + "</dl>",
    "list": "<ul>" + "".join(f"<li>{x}: {y}</li>" for x, y in THREE) + "</ul>",
    "pre": "<pre>" + "\n".join(f"{x}: {y}" for x, y in THREE) + "</pre>",
    "entities": "".join(
        f"<p>{x}&#58;&#160;{y.replace('@', '&#64;')}</p>" for x, y in THREE
    ),
    "comments of Word": "<!--[if mso]><p>Name: Bob</p><![endif]-->"
    + "".join(f"<p class=MsoNormal>{x}: {y}<o:p></o:p></p>" for x, y in THREE),
    "head over cells": "<table><thead><tr>"
    + "".join(f"<th>{x}</th>" for x, _y in THREE)
    + "</tr></thead><tbody><tr>"
    + "".join(f"<td>{y}</td>" for _x, y in THREE)
    + "</tr></tbody></table>",
    "label above value in a cell": rows(
        *((f"{x}<br>{y}",) for x, y in THREE), cell="<tr><td>{}</td></tr>"
    ),
    "two pairs a row": rows(
        (*THREE[0], *THREE[1]),
        (*THREE[2], "Ref", "HH-2"),
        cell="<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
    ),
    "agent's table beside": rows(*THREE)
    + "<p><b>Ihr Makler</b></p>"
    + rows(("Name", "Bob Bau"), ("Telefon", "030 999 8888")),
}


@pytest.mark.parametrize("case", HTML)
def test_structured_html(case):
    """Part 12, 2: tables and marks, broken ones too."""
    assert told(read({**FORM, "html": HTML[case]})) == (KAI, MAIL, PHONE)


# data in a mail -----------------------------------------------------------------------

NAMED = {
    "first_name": "Kai",
    "last_name": "Kunde",
    "email": MAIL,
    "phone": "0171 1234567",
}
DATA = {
    "flat": json.dumps(NAMED),
    "lead inside": json.dumps({"event": "lead", "data": {"lead": NAMED}}),
    "list": json.dumps([NAMED]),
    "names of variables": json.dumps(
        {"fullName": KAI, "emailAddress": MAIL, "phoneNumber": "0171 1234567"}
    ),
    "questions": json.dumps(
        {
            "answers": [
                {"question": "Name", "answer": KAI},
                {"question": "Email", "answer": MAIL},
                {"question": "Phone", "answer": "0171 1234567"},
            ]
        }
    ),
    "fields with names and values": json.dumps(
        {
            "fields": [
                {"name": "full_name", "value": KAI},
                {"name": "email", "value": MAIL},
                {"name": "phone", "value": "0171 1234567"},
            ]
        }
    ),
    "agent before": json.dumps(
        {"agent": {"name": "Bob Bau", "phone": "030 999 8888"}, "customer": NAMED}
    ),
    "several values": json.dumps(
        {"name": KAI, "emails": [MAIL], "email": [MAIL], "phone": ["0171 1234567"]}
    ),
    "escaped": json.dumps({**NAMED, "message": "\u00e4 \u20ac\n{}"}),
    "own words around it": "New lead: " + json.dumps(NAMED) + " -- CRM",
    "German": json.dumps(
        {
            "Vorname": "Kai",
            "Nachname": "Kunde",
            "E-Mail": MAIL,
            "Telefon": "0171 1234567",
        }
    ),
    "ADF in small pieces": f"""<adf><prospect><customer><contact>
<name part='first'>Kai</name><name part='middle'>M</name><name part='last'>Kunde</name>
<email preferredcontact='1'>{MAIL}</email><phone type='fax'>030 1</phone>
<phone type='voice' time='day'>0171 1234567</phone></contact></customer>
<vendor><contact><name>Bob Bau</name><phone>030 999 8888</phone></contact></vendor>
</prospect></adf>""",
    "ADF with name spaces": f"""<a:adf xmlns:a="urn:x"><a:prospect><a:customer>
<a:contact><a:name part="full">Kai Kunde</a:name><a:email>{MAIL}</a:email>
<a:phone>0171 1234567</a:phone></a:contact></a:customer></a:prospect></a:adf>""",
    "a lead of XML": f"""<?xml version="1.0"?><lead><firstname>Kai</firstname>
<lastname>Kunde</lastname><email>{MAIL}</email><phone>0171 1234567</phone>
<agent><name>Bob Bau</name><email>bob@bau.example</email></agent></lead>""",
    "broken XML": f"""<lead><name>Kai Kunde</name><email>{MAIL}</email>
<phone>0171 1234567</phone><comment>A & B < C</comment></lead>""",
    "a card": f"BEGIN:VCARD\nVERSION:4.0\nN:Kunde;Kai;;;\nFN:Kai Kunde\n"
    f"TEL;VALUE=uri;TYPE=cell:tel:+49-171-1234567\nEMAIL:{MAIL}\nEND:VCARD",
    "a card of an old phone": f"BEGIN:VCARD\nVERSION:2.1\n"
    f"N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Kunde;Kai\nTEL;CELL:01711234567\n"
    f"EMAIL;INTERNET:{MAIL}\nEND:VCARD",
    "a card with groups": f"BEGIN:VCARD\nVERSION:3.0\nitem1.EMAIL;"
    f"type=INTERNET:{MAIL}\n"
    "item1.X-ABLabel:work\nFN:Kai Kunde\nitem2.TEL;type=FAX:030 1111111\n"
    "item3.TEL;type=CELL:0171 1234567\nEND:VCARD",
}


@pytest.mark.parametrize("place", ["text", "attachment"])
@pytest.mark.parametrize("case", DATA)
def test_data(case, place):
    """Part 12, 2: JSON, XML and cards, in the text and attached."""
    text = DATA[case]
    name = "lead.json" if "{" in text else "lead.xml"
    how = {**FORM, "text": text}
    if place == "attachment":
        content = text.removeprefix("New lead: ").encode()
        name = "card.vcf" if "card" in case else name
        how = {**FORM, "text": "A new lead", "attachments": ((name, content),)}
    found = told(read(how))
    assert found[1:] == (MAIL, PHONE)
    assert {"Kai", "Kunde"} <= set(found[0].split())


# passed on ----------------------------------------------------------------------------

BELOW = "Hallo, ist HH-2 frei? Tel. 0171 1234567\nKai"
ABOVE = "Bitte übernehmen!\n\nAnna Beispiel\nTel. 030 7654321\nMobil 0160 7777777"
FORWARDED = {
    "Outlook": f"{ABOVE}\n\nVon: {KAI} <{MAIL}>\nGesendet: Montag, 2. November 2026 "
    f"10:00\n"
    f"An: Anna Beispiel <anna@sales.example>\nBetreff: Frage\n\n{BELOW}",
    "Outlook with a line": f"{ABOVE}\n________________________________\n"
    f"From: {KAI} <{MAIL}>\nSent: Monday\nTo: Anna\nSubject: Question\n\n{BELOW}",
    "Gmail": f"{ABOVE}\n\n---------- Forwarded message ---------\nFrom: {KAI} <{MAIL}>"
    f"\n"
    f"Date: Mon, Nov 2, 2026 at 10:00 AM\nSubject: Question\nTo: <anna@sales.example>"
    f"\n\n\n"
    f"{BELOW}",
    "Gmail in Spanish": f"---------- Forwarded message ---------\nDe: {KAI} <{MAIL}>\n"
    f"Date: lun, 2 nov 2026 a las 10:00\nSubject: Piso\nTo: <anna@sales.example>\n\n"
    f"{BELOW}",
    "Apple": f"{ABOVE}\n\n> Begin forwarded message:\n> \n> From: {KAI} <{MAIL}>\n"
    f"> Subject: Question\n> Date: 2 November 2026\n> To: anna@sales.example\n> \n> "
    f"Hallo, ist "
    "HH-2 frei? Tel. 0171 1234567\n> Kai",
    "Apple in German": f"Anfang der weitergeleiteten Nachricht:\n\nVon: {KAI} <{MAIL}>"
    f"\n"
    f"Betreff: Frage\nDatum: 2. November 2026 um 10:00:00 MEZ\nAn: "
    f"anna@sales.example\n\n"
    f"{BELOW}",
    "Thunderbird": f"{ABOVE}\n\n-------- Weitergeleitete Nachricht --------\nBetreff: "
    f"Frage\n"
    f"Datum: Mon, 2 Nov 2026 10:00:00 +0100\nVon: {KAI} <{MAIL}>\nAn: "
    f"anna@sales.example\n\n"
    f"{BELOW}",
    "Thunderbird in Polish": f"-------- Treść przekazanej wiadomości --------\n"
    f"Temat: \tPytanie\nData: \tMon, 2 Nov 2026\nNadawca: \t{KAI} <{MAIL}>\n"
    f"Adresat: \tanna@sales.example\n\n{BELOW}",
    "Outlook in French": f"{ABOVE}\n\nDe : {KAI} <{MAIL}>\nEnvoyé : lundi 2 novembre "
    f"2026\n"
    f"À : Anna\nObjet : Question\n\n{BELOW}",
    "Outlook in Dutch": f"{ABOVE}\n\nVan: {KAI} <{MAIL}>\nVerzonden: maandag\nAan: "
    f"Anna\n"
    f"Onderwerp: Vraag\n\n{BELOW}",
    "Outlook in Danish": f"{ABOVE}\n\nFra: {KAI} <{MAIL}>\nSendt: 2. november\nTil: "
    f"Anna\n"
    f"Emne: Spørgsmål\n\n{BELOW}",
    "Outlook in Czech": f"{ABOVE}\n\nOd: {KAI} <{MAIL}>\nOdesláno: pondělí\nKomu: "
    f"Anna\n"
    f"Předmět: Dotaz\n\n{BELOW}",
    "Outlook in Hungarian": f"{ABOVE}\n\nFeladó: {KAI} <{MAIL}>\nElküldve: hétfő\n"
    f"Címzett: Anna\nTárgy: Kérdés\n\n{BELOW}",
    "address in another line": f"{ABOVE}\n\nFrom: {KAI}\n<{MAIL}>\nSent: Monday\nTo: "
    f"Anna\n"
    f"Subject: Question\n\n{BELOW}",
    "long list of recipients": f"{ABOVE}\n\nFrom: {KAI} <{MAIL}>\nTo: Anna "
    f"<anna@sales.example>,\n"
    " Desk <desk@in.example>,\n Bob <bob@bau.example>\nCc: Eva <eva@else.example>\n"
    f"Subject: Question\n\n{BELOW}",
    "through two colleagues": f"FYI\n\nVon: Desk <desk@in.example>\nGesendet: heute\n"
    f"An: Anna\n"
    f"Betreff: WG: Frage\n\nzur Info\nTel. 030 1234567\n\nVon: {KAI} <{MAIL}>\n"
    f"Gesendet: gestern\nAn: Desk\nBetreff: Frage\n\n{BELOW}",
    "of a form": f"{ABOVE}\n\nVon: Website <wordpress@shop.example>\nGesendet: heute\n"
    f"An: Anna\n"
    f"Betreff: Neu\n\nName: {KAI}\nE-Mail: {MAIL}\nTelefon: 0171 1234567",
    "of a form with an address for answers": f"Von: Website <wordpress@shop.example>\n"
    f"Antwort an: {KAI} <{MAIL}>\nDatum: 2. November 2026\nAn: Anna\nBetreff: Neu\n\n"
    f"{BELOW}",
    "with an answer of ours inside": f"Bitte übernehmen\n\nVon: {KAI} <{MAIL}>\n"
    f"Gesendet: heute\n"
    f"An: Anna\nBetreff: AW: Frage\n\n{BELOW}\n\nVon: Anna Beispiel "
    f"<anna@sales.example>\n"
    "Gesendet: gestern\nAn: Kai\nBetreff: Frage\n\nTel. 030 1234567",
    "marks of bold": f"{ABOVE}\n\n*Von:* {KAI} <{MAIL}>\n*Gesendet:* Montag\n*An:* "
    f"Anna\n"
    f"*Betreff:* Frage\n\n{BELOW}",
    "quoted twice": f">> From: {KAI} <{MAIL}>\n>> Sent: Monday\n>> To: Anna\n>> "
    f"Subject: Q\n>>\n"
    ">> Hallo, Tel. 0171 1234567\n>> Kai",
    "on a date somebody wrote": f"{ABOVE}\n\nOn Mon, Nov 2, 2026 at 10:00 AM {KAI} "
    f"<{MAIL}>\n"
    "wrote:\n\n> Hallo, ist HH-2 frei? Tel. 0171 1234567\n> Kai",
    "el lunes escribió": f"{ABOVE}\n\nEl lun, 2 nov 2026 a las 10:00, {KAI} (<{MAIL}>"
    f") escribió:\n"
    "\n> Hola, tel. +49 171 1234567\n> Kai",
    "napisał": f"{ABOVE}\n\npon., 2 lis 2026 o 10:00 {KAI} <{MAIL}> napisał(a):\n\n"
    "> Dzień dobry, tel. +49 171 1234567\n> Kai",
    "a écrit": f"{ABOVE}\n\nLe lun. 2 nov. 2026 à 10:00, {KAI} <{MAIL}> a écrit :\n\n"
    "> Bonjour, tél. +49 171 1234567\n> Kai",
    "ha scritto": f"{ABOVE}\n\nIl giorno lun 2 nov 2026 alle ore 10:00 {KAI} <{MAIL}> "
    f"ha scritto:\n"
    "\n> Salve, tel. +49 171 1234567\n> Kai",
}


@pytest.mark.parametrize("case", FORWARDED)
def test_forwarded(case):
    """Part 12, 4: the customer is in the forwarded part, and not the colleague's own
    signature."""
    assert told(read({**COLLEAGUE, "text": FORWARDED[case]})) == (KAI, MAIL, PHONE)


@pytest.mark.parametrize("case", FORWARDED)
def test_forwarded_as_html(case):
    """The same as mail programs write it in HTML."""
    lines = [escape(line) for line in FORWARDED[case].splitlines()]
    html = "<div>" + "<br>".join(lines) + "</div>"
    assert told(read({**COLLEAGUE, "html": html})) == (KAI, MAIL, PHONE)
