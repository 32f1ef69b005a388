"""Mails and rows as they arrive: made-up people, in twelve shapes and ten countries.

The same ones every time. What each says is known, and so is what is somebody else's in
it: the agent's, the provider's, a colleague's.
"""

import json
import random
import re
import unicodedata
from dataclasses import dataclass, field
from email.message import EmailMessage
from html import escape

import people

#: ours, in the database of the benchmark, and so never the customer's
COLLEAGUE = ("Colleague", "colleague@sales.example")
DESK = "leads@in.example"
LISTINGS = [f"{x}-{number}" for x in ("HH", "B/12", "WE7", "K") for number in range(40)]

#: labels by language: name, first and last name, email, phone, listing, message
LABELS = {
    "en": (
        "Name",
        "First name",
        "Last name",
        "Email",
        "Phone",
        "Property ref",
        "Message",
    ),
    "de": (
        "Name",
        "Vorname",
        "Nachname",
        "E-Mail",
        "Telefon",
        "Objekt-Nr.",
        "Nachricht",
    ),
    "es": (
        "Nombre completo",
        "Nombre",
        "Apellidos",
        "Correo electrónico",
        "Teléfono",
        "Ref. inmueble",
        "Mensaje",
    ),
    "pl": (
        "Imię i nazwisko",
        "Imię",
        "Nazwisko",
        "Adres e-mail",
        "Numer telefonu",
        "Nr oferty",
        "Wiadomość",
    ),
    "fr": (
        "Nom et prénom",
        "Prénom",
        "Nom",
        "Courriel",
        "Téléphone",
        "Référence",
        "Votre message",
    ),
    "it": (
        "Nome e cognome",
        "Nome",
        "Cognome",
        "Indirizzo email",
        "Telefono",
        "Rif.",
        "Messaggio",
    ),
    "cs": (
        "Jméno a příjmení",
        "Křestní jméno",
        "Příjmení",
        "E-mail",
        "Telefonní číslo",
        "Reference",
        "Zpráva",
    ),
    "nl": (
        "Naam",
        "Voornaam",
        "Achternaam",
        "E-mailadres",
        "Telefoonnummer",
        "Referentie",
        "Bericht",
    ),
}
#: of each country of people.py
LANGUAGE = {
    "PL": "pl",
    "DE": "de",
    "ES": "es",
    "FR": "fr",
    "GB": "en",
    "IT": "it",
    "US": "en",
    "MX": "es",
    "CZ": "cs",
    "NL": "nl",
}
FORWARDED = {
    "en": "From: {who}\nSent: Monday\nTo: Colleague\nSubject: {subject}",
    "de": "-----Ursprüngliche Nachricht-----\nVon: {who}\nGesendet: Montag\n"
    "An: Colleague\nBetreff: {subject}",
    "es": "De: {who}\nEnviado el: lunes\nPara: Colleague\nAsunto: {subject}",
    "pl": "Od: {who}\nWysłano: poniedziałek\nDo: Colleague\nTemat: {subject}",
    "fr": "De : {who}\nEnvoyé : lundi\nÀ : Colleague\nObjet : {subject}",
    "it": "Da: {who}\nInviato: lunedì\nA: Colleague\nOggetto: {subject}",
    "cs": "From: {who}\nDate: 1.1.2026\nSubject: {subject}",
    "nl": "Van: {who}\nVerzonden: maandag\nAan: Colleague\nOnderwerp: {subject}",
}
FOOTER = {
    "en": "Best regards\nYour Portal Team\nHotline: {phone}\n{email}",
    "de": "Mit freundlichen Grüßen\nIhr Portal-Team\nFragen? Tel. {phone}\n{email}",
    "es": "Un saludo\nEl equipo del portal\nAtención al cliente: {phone}\n{email}",
    "pl": "Pozdrawiamy\nZespół portalu\nInfolinia: {phone}\n{email}",
    "fr": "Cordialement\nL'équipe du portail\nAssistance : {phone}\n{email}",
    "it": "Cordiali saluti\nIl team\nAssistenza: {phone}\n{email}",
    "cs": "-- \nPortal s.r.o.\nHotline: {phone}\n{email}",
    "nl": "Met vriendelijke groet\nHelpdesk: {phone}\n{email}",
}
AGENT = {
    "en": "Agent", "de": "Makler", "es": "Asesor", "pl": "Doradca", "fr": "Conseiller",
    "it": "Agente", "cs": "Broker", "nl": "Makelaar",
}  # fmt: skip
SHAPES = (
    "lines",
    "bold",
    "table",
    "header",
    "below",
    "adf",
    "json",
    "card",
    "forwarded",
    "portal",
    "letter",
    "row",
)
GREETING = {
    "en": "Is it still free?", "de": "Ist es noch frei?", "es": "¿Sigue disponible?",
    "pl": "Czy jest jeszcze wolne?", "fr": "Est-ce encore libre ?",
    "it": "È ancora libero?", "cs": "Je to ještě volné?", "nl": "Is het nog vrij?",
}  # fmt: skip


@dataclass
class Arrival:
    """A mail, or a row, and what is to be read of it.

    :param source: the mail's bytes, None for a row
    :param row: what another program sends, None for a mail
    :param said: ``{"name", "email", "phone" (E.164), "listing"}``, what it says alone
    :param others: addresses and numbers (E.164) that are somebody else's
    """

    number: int
    shape: str
    country: str
    source: bytes | None = None
    row: str | None = None
    said: dict = field(default_factory=dict)
    others: set = field(default_factory=set)


def arrivals(count, seed=12):
    """:returns: list of :class:`Arrival`, every shape in every country in turn"""
    draw, crowd = random.Random(seed), people.Crowd(0, seed)
    return [_Writer(number, draw, crowd).arrival() for number in range(count)]


class _Writer:
    """Writes one of them."""

    def __init__(self, number, draw, crowd):
        self.number, self.draw = number, draw
        self.shape = SHAPES[number % len(SHAPES)]
        self.country = people.COUNTRIES[number // len(SHAPES) % len(people.COUNTRIES)]
        self.language = LANGUAGE[self.country]
        self.name = people.name(number * 7919 % 5000).replace("-", " ")
        self.first, self.last = self.name.split(" ", 1)
        self.email = (
            f"{_ascii(self.first)}.{_ascii(self.last)}{number}@mail{number % 9}.example"
        )
        self.phone = crowd._phone(self.country, number // 10)
        self.hotline = crowd._phone(self.country, number // 10 + 1)
        self.agents = crowd._phone(self.country, number // 10)
        self.listing = draw.choice(LISTINGS)
        self.portal = f"portal{number % 11}.example"
        self.agent_email = f"agent{number % 7}@agency{number % 5}.example"

    def arrival(self):
        """:returns: :class:`Arrival`"""
        found = Arrival(self.number, self.shape, self.country)
        found.said = {
            "name": self.name,
            "email": self.email,
            "phone": self.phone.e164,
            "listing": self.listing,
        }
        found.others = {
            self.hotline.e164,
            self.agents.e164,
            self.agent_email,
            f"help@{self.portal}",
            COLLEAGUE[1],
            DESK,
        }
        getattr(self, f"_{self.shape}")(found)
        return found

    # what stands in it ------------------------------------------------------------

    def number_written(self):
        phone = self.phone
        return self.draw.choice(
            (
                phone.written(),
                phone.at_home(),
                phone.e164,
                phone.written("-"),
                phone.at_home(""),
            )
        )

    def pairs(self, apart=False):
        name, first, last, email, phone, listing, message = LABELS[self.language]
        whole = [(name, self.name)]
        if apart or self.draw.random() < 0.3:
            whole = [(first, self.first), (last, self.last)]
            self.draw.shuffle(whole)
        return [
            *whole,
            (email, self.email),
            (phone, self.number_written()),
            (listing, self.listing),
            (message, GREETING[self.language]),
        ]

    def footer(self):
        return FOOTER[self.language].format(
            phone=self.hotline.written(), email=f"help@{self.portal}"
        )

    def agent(self):
        label, email, phone = AGENT[self.language], *LABELS[self.language][3:5]
        return [
            (label, "Bob Agent"),
            (f"{label} {phone}", self.agents.written()),
            (f"{label} {email}", self.agent_email),
        ]

    def mail(self, found, text, html=None, **values):
        message = EmailMessage()
        sender = self.draw.choice(
            (
                f"noreply@{self.portal}",
                f"Portal <leads@{self.portal}>",
                f"wordpress@{self.portal}",
            )
        )
        message["From"] = values.get("sender", sender)
        if values.get("reply"):
            message["Reply-To"] = values["reply"]
        if values.get("bulk"):
            message["Precedence"] = "bulk"
            message["List-Unsubscribe"] = f"<https://{self.portal}/u>"
        message["To"] = DESK
        message["Subject"] = values.get("subject", f"Lead {self.number}")
        message["Message-Id"] = f"<{self.number}@{self.portal}>"
        message["Date"] = "Mon, 02 Nov 2026 10:00:00 +0000"
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
        for name, content, kind in values.get("attached", ()):
            message.add_attachment(content.encode(), "text", kind, filename=name)
        found.source = message.as_bytes()

    # the shapes -------------------------------------------------------------------

    def _lines(self, found):
        """Lines of a web form; half of them name the address as the one to answer."""
        pairs = self.pairs()
        reply = None
        if self.draw.random() < 0.5:
            reply = f"{self.name} <{self.email}>"
            pairs = [pair for pair in pairs if pair[1] != self.email]
        text = "\n".join(f"{label}: {value}" for label, value in pairs)
        self.mail(found, f"{text}\n\n{self.footer()}\n", reply=reply, bulk=True)

    def _bold(self, found):
        pairs = self.pairs() + self.agent()
        html = "".join(f"<b>{label}:</b> {escape(value)}<br>" for label, value in pairs)
        self.mail(found, "See HTML", f"<div>{html}</div>{_html(self.footer())}")

    def _table(self, found):
        rows = self.agent() + self.pairs()
        html = "".join(
            f"<tr><td><b>{label}</b></td><td>{escape(value)}</td></tr>"
            for label, value in rows
        )
        layout = f"<table><tr><td><table>{html}</table></td></tr></table>"
        self.mail(found, "See HTML", layout + _html(self.footer()), bulk=True)

    def _header(self, found):
        pairs = self.pairs()
        heads = "".join(f"<th>{label}</th>" for label, _value in pairs)
        cells = "".join(f"<td>{escape(value)}</td>" for _label, value in pairs)
        html = f"<p>Lead</p><table><tr>{heads}</tr><tr>{cells}</tr></table>"
        self.mail(found, "See HTML", html + _html(self.footer()))

    def _below(self, found):
        text = "\n\n".join(f"{label}\n{value}" for label, value in self.pairs())
        self.mail(found, f"{text}\n\n{self.footer()}\n")

    def _adf(self, found):
        first, last = escape(self.first), escape(self.last)
        xml = f"""<?xml version="1.0" encoding="UTF-8"?><?adf version="1.0"?>
<adf><prospect>
<requestdate>2026-11-02T10:00:00</requestdate>
<vehicle interest="trade-in"><stock>OLD</stock></vehicle>
<vehicle interest="buy"><make>Kia</make><model>Rio</model>
<stock>{self.listing}</stock></vehicle>
<customer><contact><name part="first">{first}</name><name part="last">{last}</name>
<email>{self.email}</email><phone type="voice">{self.number_written()}</phone></contact>
<comments>{GREETING[self.language]}</comments></customer>
<vendor><contact><name part="full">Bob Agent</name><email>{self.agent_email}</email>
<phone>{self.agents.written()}</phone></contact></vendor>
<provider><name part="full">Portal</name><email>help@{self.portal}</email>
<phone>{self.hotline.written()}</phone></provider></prospect></adf>"""
        if self.draw.random() < 0.5:
            self.mail(found, xml)
        else:
            self.mail(found, "A new lead", attached=[("lead.adf", xml, "plain")])

    def _json(self, found):
        value = {
            "agent": {
                "name": "Bob Agent",
                "email": self.agent_email,
                "phone": self.agents.e164,
            },
            "lead": {
                "first_name": self.first,
                "lastName": self.last,
                "email": self.email,
                "phone_number": self.number_written(),
                "property_ref": self.listing,
            },
        }
        text = json.dumps(value, indent=2, ensure_ascii=self.draw.random() < 0.5)
        self.mail(found, f"New lead:\n{text}\n\n{self.footer()}\n")

    def _card(self, found):
        card = (
            f"BEGIN:VCARD\r\nVERSION:3.0\r\nN:{self.last};{self.first};;;\r\n"
            f"FN:{self.name}\r\nTEL;TYPE=CELL:{self.phone.written()}\r\n"
            f"EMAIL;TYPE=INTERNET:{self.email}\r\nEND:VCARD\r\n"
        )
        label = LABELS[self.language][5]
        self.mail(
            found,
            f"{label}: {self.listing}\nColleague",
            sender=f"{COLLEAGUE[0]} <{COLLEAGUE[1]}>",
            attached=[("card.vcf", card, "x-vcard")],
        )

    def _forwarded(self, found):
        header = FORWARDED[self.language].format(
            who=f"{self.name} <{self.email}>", subject=f"Ref {self.listing}"
        )
        phone = LABELS[self.language][4]
        text = (
            f"FYI\nColleague\nTel. {self.hotline.written()}\n\n{header}\n\n"
            f"{GREETING[self.language]}\n{phone}: {self.number_written()}\n"
            f"{self.name}\n"
        )
        self.mail(
            found, text, sender=f"{COLLEAGUE[0]} <{COLLEAGUE[1]}>", subject="Fwd: lead"
        )

    def _portal(self, found):
        which = self.number // len(SHAPES) // len(people.COUNTRIES) % len(PORTALS)
        sender, subject, above = PORTALS[which]
        values = {"name": self.name, "listing": self.listing}
        lines = [self.number_written(), self.email]
        self.draw.shuffle(lines)
        text = "\n".join([above.format(**values), *lines, "", GREETING[self.language]])
        self.mail(
            found, text, sender=sender, subject=subject.format(**values), bulk=True
        )

    def _letter(self, found):
        phone = LABELS[self.language][4]
        text = (
            f"{GREETING[self.language]} ({self.listing})\n\n{self.name}\n"
            f"{phone}: {self.number_written()}\n"
        )
        self.mail(found, text, sender=f"{self.name} <{self.email}>")

    def _row(self, found):
        columns = ("full_name", "email", "phone_number", "listing", "agent_email")
        values = (
            self.name,
            self.email,
            self.number_written(),
            self.listing,
            self.agent_email,
        )
        found.row = json.dumps(dict(zip(columns, values, strict=True)))


#: of portals: sender, subject, first line
PORTALS = (
    (
        "noreply@idealista.com",
        "Nuevo mensaje de {name} sobre tu inmueble con ref: {listing}",
        "{name} te ha escrito",
    ),
    (
        "rentals@convo.zillow.com",
        "{name} is requesting information about {listing}",
        "New contact: {name}",
    ),
    (
        "noreply@otodom.pl",
        "Zapytanie do ogłoszenia nr {listing}",
        "{name} jest zainteresowany Twoim ogłoszeniem nr {listing}",
    ),
    (
        "noreply@messagerie.leboncoin.fr",
        "Nouveau message de {name} pour votre annonce réf. {listing}",
        "{name} souhaite être rappelé",
    ),
    (
        "no-reply@autoscout24.de",
        "Anfrage von {name} zu Ihrem Fahrzeug Nr. {listing}",
        "{name} interessiert sich für Ihr Fahrzeug Nr. {listing}",
    ),
)


def _ascii(text):
    text = text.translate(str.maketrans("łŁøØ", "lLoO"))
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]", "", plain.lower())


def _html(text):
    return "<p>" + "<br>".join(map(escape, text.splitlines())) + "</p>"
