"""The portal files of the demo: some 400 inquiries, the same ones each time.

Three portals, each with a layout and an encoding of its own; some inquiries are
delivered twice. All people are invented, addresses end in example.com, .org and
.net; the database's customers are among them, their numbers in other notations.
"""

import csv
import io
import random
import re
import unicodedata

import phonenumbers
from phonenumbers import PhoneNumberFormat

CITIES = {
    "north": ["Bilbao", "Santander", "San Sebastián", "Gijón", "A Coruña"],
    "south": ["Málaga", "Marbella", "Sevilla", "Granada", "Cádiz", "Almería"],
    "other": ["", "Madrid", "Valencia", "Lisboa"],
}
LISTINGS = {
    "north": ["N-1001", "N-1002", "N-1003", "N-1004", "", "", "", "N-0999", "ref?"],
    "south": ["S-2001", "S-2002", "S-2003", "S-2004", "", "", "", "S 2001"],
    "premium": ["P-3001", "P-3002", "P-3003"],
    "commercial": ["C-4001", "C-4002"],
    "other": ["", "", "X-7777", "IBZ-12"],
}
#: first names, family names, subjects and message by language
PEOPLE = {
    "es": (
        "Aitana Benjamín Estíbaliz Fermín Irati Jacinto Olalla Pelayo Úrsula Ximena",
        "Abascal Bermúdez Cifuentes Feijoo Goñi Landaluce Mañero Ordóñez Peñalver",
        ["Solicito información", "Visita este fin de semana", "¿Sigue disponible?"],
        "Buenos días: ¿está incluido el garaje?\n\nUn saludo",
    ),
    "pl": (
        "Agnieszka Bożydar Cecylia Gniewomir Jagoda Ludwika Mścisław Róża Świętosław",
        "Bączek Ćwiklińska Gołąb Kłys Łękawska Nędza Ożóg Pszczoła Szczęsna Zięba",
        ["Pytanie o ofertę", "Proszę o kontakt", "Czy oferta jest aktualna?"],
        "Proszę dzwonić po 17:00.\nPozdrawiam",
    ),
    "en": (
        "Alistair Beatrix Callum Fern Harriet Jasper Keira Neville Orla Winifred",
        "Ashdown Birtwhistle Crabtree Entwistle Grimshaw Lockhart O'Rourke Tranter",
        ["Viewing request", "Is it still available?", "Please call me back"],
        'It is "too good to be true", could you send more pictures?',
    ),
    "de": (
        "Annegret Bernward Dörte Friederike Gernot Jörg Kirsten Lothar Amélie Désiré",
        "Bäumler Dünnwald Eßlinger Grünfeld Höfer Krüßmann Rößler Guérin Lefèvre",
        ["Anfrage zum Objekt", "Besichtigungstermin", "Demande de visite"],
        "Ist die Wohnung barrierefrei? L'appartement a-t-il une terrasse ?",
    ),
}
#: language of a country, and how the country is written
COUNTRIES = {
    "ES": ("es", ["ES", "Spain", "España", ""]),
    "PL": ("pl", ["PL", "Poland", "Polska", ""]),
    "GB": ("en", ["GB", "United Kingdom"]),
    "IE": ("en", ["IE", "Ireland"]),
    "US": ("en", ["US", "United States"]),
    "DE": ("de", ["DE", "Germany", "Deutschland"]),
    "FR": ("de", ["FR", "France"]),
}
#: what people and robots put into forms: (what of the inquiry, value), one each
HOSTILE = (
    ("subject", "'; DROP TABLE crm_lead; --"),
    ("name", "Robert'); DELETE FROM res_partner WHERE ('1'='1"),
    ("message", "<script>alert('hola')</script><b>negrita</b> sin cerrar <i"),
    ("subject", "=cmd|' /C calc'!A0"),
    ("name", '"Comillas" "dobles"; y; puntos,\ty comas'),
    ("phone", "llámame al seis uno dos, o pregunta por Paco"),
    ("email", "esto no es un correo"),
    ("message", 'Línea 1\r\nLínea 2;con;separadores\r\n\r\n"y comillas"\r\n' * 5),
    ("message", "<img src=x onerror=alert(1)> {{7*7}} ${7*7} %s %(name)s"),
    ("email", "dwa.adresy@example.com; drugi.adres@example.org"),
    ("phone", "+48 (0) 12 3456789012345678901234567890"),
    ("message", "Zażółć gęślą jaźń. " * 1200),
    ("name", "🏖️🏡 Sunny & Co 👨‍👩‍👧‍👦"),
    ("subject", "مرحبا، هل الشقة متاحة؟ \u202ereversed\u202c"),
    ("name", "A" * 400),
    ("subject", "Z̸͎̔a̵͕͌l̶̟̕g̷͍̈o̸̳͝ wants a flat " * 8),
    ("city", "../../../../etc/passwd"),
    ("email", '"very.(),:;<>[]\\".VERY"@example.com'),
    ("name", "None"),
    ("country", "Atlantis"),
    ("consents", "CALL,TELEPATHY"),
    ("source", ""),
)
#: by file: source, encoding, separator, home of most people, how many inquiries of
#: which kind (the demo's routes ask for kinds), how many are delivered twice, form of
#: a reference, columns. Each column: header, what of the inquiry, field of Odoo; two
#: columns may fill one field, and one without field is left out.
PORTALS = {
    "portal_a.csv": (
        *("Casa Directa", "cp1252", ";", "ES"),
        dict(vip=4, premium=15, commercial=8, north=62, south=60, other=6),
        *(6, "CD-{}"),
        """Ref. contacto/ref/external_ref Fecha/date/ Portal/source/source_id
        Asunto/subject/name Nombre y apellidos/name/contact_name
        Empresa/company/partner_name Correo electrónico/email/email_from
        Teléfono/phone/phone Ref. inmueble/listing/listing_id Población/city/city
        País/country/country_id Presupuesto/euros/expected_revenue
        Mensaje/message/description Consentimientos/consents/consent_purpose_ids""",
    ),
    "portal_b.csv": (
        *("Dom Za Granicą", "cp1250", "\t", "PL"),
        dict(premium=10, english=2, north=41, south=50, other=12),
        *(4, "{}/2026"),
        """Temat/subject/name Treść/message/description Imię/first/contact_name
        Nazwisko/last/contact_name Kierunkowy/prefix/phone Telefon/number/phone
        E-mail/email/email_from Miejscowość/city/city Kraj/country/country_id
        Oferta/listing/listing_id Zgody/consents/consent_purpose_ids
        Źródło/source/source_id Nr zapytania/ref/external_ref""",
    ),
    "portal_c.csv": (
        *("Homes Abroad", "utf-8-sig", ",", "DE"),
        dict(vip=4, premium=20, english=38, commercial=6, north=15, south=38, other=9),
        *(2, "HA{}"),
        """Source/source/source_id Inquiry ID/ref/external_ref Received at/date/
        Listing/listing/listing_id Email/email/email_from Phone/phone/phone
        Full name/name/contact_name Company/company/partner_name Title/subject/name
        Location/city/city Country/country/country_id
        Budget (EUR)/budget/expected_revenue Opt-ins/consents/consent_purpose_ids
        Comments/message/description""",
    ),
}


def columns(name):
    """:returns: headers of a file, what they say, and the fields of Odoo (or False)"""
    found = re.findall(r"\s*([^/]+)/(\w+)/(\w*)", PORTALS[name][-1])
    headers, keys, fields = zip(*found, strict=True)
    return list(headers), keys, [field or False for field in fields]


def plain(text):
    """ASCII letters and digits only, as in an address."""
    text = text.lower().replace("ł", "l").replace("ß", "ss")
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore")
    return re.sub(r"[^a-z0-9]+", "", ascii_text.decode())


class Maker:
    """Invents inquiries, always the same ones."""

    def __init__(self, seed=19):
        self.random = random.Random(seed)
        self.pick = self.random.choice
        self.numbers = 1000
        self.known = {}

    def chance(self, percent):
        return self.random.random() * 100 < percent

    def phone(self, number, national=True):
        """A telephone number in some notation."""
        form = PhoneNumberFormat
        full = phonenumbers.format_number(number, form.INTERNATIONAL)
        e164 = phonenumbers.format_number(number, form.E164)
        notations = [full, e164, full.replace("+", "00", 1), full.replace(" ", "-")]
        local = phonenumbers.format_number(number, form.NATIONAL)
        return self.pick(notations + [local, f" {local} "] * national)

    def person(self, home, kind):
        """Somebody new, or now and then somebody who has written before."""
        known = self.known.setdefault((home, kind), [])
        if known and self.chance(9):
            return self.pick(known)
        country = self.pick([home] * 9 + ["FR", "DE"])
        if kind in ("english", "other"):
            country = self.pick(
                ["GB", "IE", "US"] if kind == "english" else ["DE", "PL"]
            )
        firsts, lasts, *_texts = PEOPLE[COUNTRIES[country][0]]
        name = f"{self.pick(firsts.split())} {self.pick(lasts.split())}"
        self.numbers += self.random.randrange(7, 60)
        mobile = phonenumbers.PhoneNumberType.MOBILE
        number = phonenumbers.example_number_for_type(country, mobile)
        number.national_number += self.numbers % 9000
        address = self.pick("._").join(map(plain, name.split()))
        email = (
            f"{address}{self.numbers % 97}@example.{self.pick(['com', 'org', 'net'])}"
        )
        known.append((name, email, number, country))
        return known[-1]

    def inquiry(self, source, home, kind, reference):
        name, email, number, country = self.person(home, kind)
        language, written = COUNTRIES[country]
        *_names, subjects, message = PEOPLE[language]
        budget = (1000, 2800) if kind == "vip" else (90, 700)
        found = {
            "ref": reference,
            "date": f"{self.random.randrange(1, 29):02}/01/2026 09:15",
            "source": source,
            "subject": self.pick(subjects),
            "name": name,
            "company": f"{name.split()[-1]} Ltd" if self.chance(6) else "",
            "email": f"  {email.upper()} " if self.chance(15) else email,
            "phone": self.phone(number),
            "listing": self.pick(LISTINGS.get(kind, [""])),
            "city": self.pick(CITIES.get(kind, [""])),
            "country": self.pick(written),
            "budget": self.random.randrange(*budget) * 1000,
            "message": message,
            "consents": self.pick(["", "CALL", "CALL,NEWS", "CALL,SHARE", "NEWS"]),
        }
        if kind != "vip" and self.chance(40):
            found["budget"] = ""
        if self.chance(15):
            found[self.pick(["email", "phone"])] = ""
        return found

    def make(self, customers):
        """:param customers: ``(name, email, phone, country's code, kind)`` of each
        :returns: ``{name of the file: its content}``
        """
        files, places = {}, {}
        for file, (source, _, _, home, counts, _, form, _) in PORTALS.items():
            kinds = [kind for kind, count in counts.items() for _ in range(count)]
            self.random.shuffle(kinds)
            files[file] = []
            for number, kind in enumerate(kinds, 7001):
                inquiry = self.inquiry(source, home, kind, form.format(number))
                files[file].append(inquiry)
                places.setdefault(kind, []).append(inquiry)
        for spots in places.values():
            self.random.shuffle(spots)
        for place, (name, email, phone, country, kind) in enumerate(customers):
            # known by the address, or only by the number
            inquiry = places[kind].pop()
            inquiry.update(
                name=name, company="", country=country, email=email, phone=""
            )
            if phone and (place % 2 or not email):
                number = phonenumbers.parse(phone, country)
                inquiry.update(email="", phone=self.phone(number, national=False))
        free = places["north"] + places["south"]
        self.random.shuffle(free)
        for key, value in HOSTILE:
            free.pop()[key] = value
        for gone in (["email", "phone"], ["name"], ["name", "email", "phone"]):
            free.pop().update(dict.fromkeys(gone, ""))
        return {file: self.content(file, rows, free) for file, rows in files.items()}

    def content(self, file, inquiries, free):
        """A file as the portal writes it, with some of the free ones delivered twice.

        What a portal's old encoding cannot say, it says with a question mark.
        """
        _source, encoding, separator, _home, _counts, repeated, _form, _ = PORTALS[file]
        again = [each for each in inquiries if any(each is other for other in free)]
        for each in self.random.sample(again, repeated):
            inquiries.append(dict(each, subject=f"{each['subject']} (2)"))
        headers, keys, _fields = columns(file)
        text = io.StringIO()
        writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
        writer.writerow(headers)
        for each in inquiries:
            first, _space, last = each["name"].partition(" ")
            phone = re.fullmatch(r"((?:\+|00)\d\d)[ -](.*)", each["phone"])
            prefix, number = phone.groups() if phone else ("", each["phone"])
            euros = f"{each['budget']:,}".replace(",", ".") if each["budget"] else ""
            pieces = {"first": first, "last": last, "prefix": prefix, "number": number}
            pieces = {**each, **pieces, "euros": euros}
            writer.writerow([pieces[key] for key in keys])
        return text.getvalue().encode(encoding, "replace")
