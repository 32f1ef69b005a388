"""Made-up people, and all the ways in which they say who they are.

The same ones every time. A person has email addresses and phone numbers; what a
contact or a lead says of them is written in one of many notations. What cannot
be resolved by anybody is left out: a number without country code always comes
with a country, of the record or of its company.
"""

import random
import re
import unicodedata
from dataclasses import dataclass, field

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

COUNTRIES = ("PL", "DE", "ES", "FR", "GB", "IT", "US", "MX", "CZ", "NL")
#: where a zero is dialled before the area code, and left out from abroad
TRUNK = {"DE", "FR", "GB", "NL"}
KINDS = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)
NOREPLY = ("no-reply", "noreply", "do-not-reply", "donotreply", "nie-odpowiadaj")

FIRST = """
Anna Boris Clara David Elena Filip Greta Hugo Inés Jan Katarzyna Łukasz Maria Noah
Olga Pedro Quentin Rosa Søren Teresa Ulrich Vera Wojciech Xavier Yasmin Zoë André
Beatrix Chloé Diego Emma François Giulia Hans Isabel Jürgen Karolína Lucía Matteo
Nicole Oskar Paula Ryszard Sofia Tomáš Ursula Victor Wanda Ximena Yannick Zofia
Alan Birgit Carmen Dominik Eva Frank Gabriela Henry
""".split()
LAST = """
Kowalski Nowak Wiśniewski Wójcik Kamiński Zając Lewandowska Szymańska Dąbrowski Żak
Müller Schmidt Schneider Fischer Weber Wagner Becker Hoffmann Schäfer Groß García
Fernández González Rodríguez López Martínez Sánchez Pérez Gómez Muñoz Martin Bernard
Dubois Robert Richard Petit Durand Leroy Moreau Lefèvre Smith Jones Taylor Brown
Williams Wilson Johnson Davies Patel Wright Rossi Russo Ferrari Esposito Bianchi
Romano Colombo Ricci Marino Greco Miller Anderson Thomas Jackson White Harris Clark
Hernández Torres Ramírez Flores Rivera Cruz Morales Ortiz Novák Svoboda Novotný
Dvořák Černý Procházka Kučera Veselý Horák Němec Vries Jansen Bakker Visser Smit
Meijer Mulder Bos Vos Peters Hendriks Kruger Olsen Berg Lind Virtanen Popescu Horvat
""".split()


def name(number):
    """:returns: the name of that number, no two the same up to half a million"""
    number, first = divmod(number, len(FIRST))
    number, last = divmod(number, len(LAST))
    second = f"-{LAST[number % len(LAST)]}" if number else ""
    return f"{FIRST[first]} {LAST[last]}{second}"


# phones -----------------------------------------------------------------------


@dataclass(frozen=True)
class Phone:
    """A valid number.

    :param code: of the country, as dialled
    :param groups: of digits, as written in the country, without trunk zero
    :param trunk: ``0`` where it is dialled at home
    """

    e164: str
    country: str
    code: str
    groups: tuple
    trunk: str

    @property
    def digits(self):
        return "".join(self.groups)

    def written(self, between=" ", prefix="+"):
        return between.join((f"{prefix}{self.code}", *self.groups))

    def at_home(self, between=" "):
        return self.trunk + between.join(self.groups)


def _labelled(phone, draw):
    label = draw.choice(("tel.: ", "Tel ", "Phone: ", "mob. ", "tel:"))
    return label + draw.choice((phone.written(), phone.at_home()))


def _extended(phone, draw):
    written = draw.choice((phone.written(), phone.at_home()))
    return written + draw.choice((" ext. 12", " x12", " ext 305"))


def _two(ours_first):
    def write(phone, draw, other):
        numbers = [phone, other] if ours_first else [other, phone]
        international = draw.random() < 0.5
        return draw.choice((", ", "; ", " / ", " or ")).join(
            number.written() if international else number.at_home()
            for number in numbers
        )

    return write


def _wide(text):
    return text.translate({ord(c): ord(c) + 0xFEE0 for c in "+0123456789"})


#: ``{name: (function(phone, draw), whether only where there is a trunk zero)}``
NOTATIONS = {
    "+ digits": (lambda p, d: p.e164, False),
    "+ spaces": (lambda p, d: p.written(), False),
    "+ dots": (lambda p, d: p.written("."), False),
    "+ dashes": (lambda p, d: p.written(d.choice("-\u2013\u2011")), False),
    "+ slashes": (lambda p, d: p.written("/"), False),
    "+ area in brackets": (
        lambda p, d: " ".join((f"+{p.code} ({p.groups[0]})", *p.groups[1:])),
        False,
    ),
    "+ in brackets": (lambda p, d: f"(+{p.code}) {' '.join(p.groups)}", False),
    "+ (0)": (
        lambda p, d: f"+{p.code} (0){d.choice(('', ' '))}{' '.join(p.groups)}",
        True,
    ),
    "00 (0)": (lambda p, d: f"00{p.code} (0) {' '.join(p.groups)}", True),
    "00 spaces": (lambda p, d: p.written(prefix=d.choice(("00", "00 "))), False),
    "00 digits": (lambda p, d: f"00{p.code}{p.digits}", False),
    "no +, spaces": (lambda p, d: p.written(prefix=""), False),
    "no +, digits": (lambda p, d: f"{p.code}{p.digits}", False),
    "home spaces": (lambda p, d: p.at_home(), False),
    "home digits": (lambda p, d: p.at_home(""), False),
    "home dots": (lambda p, d: p.at_home("."), False),
    "home slash": (
        lambda p, d: f"{p.trunk}{p.groups[0]}/{d.choice(' -').join(p.groups[1:])}",
        False,
    ),
    "home brackets": (
        lambda p, d: f"({p.trunk}{p.groups[0]}) {'-'.join(p.groups[1:])}",
        False,
    ),
    "home without 0": (lambda p, d: " ".join(p.groups), True),
    "label": (_labelled, False),
    "extension": (_extended, False),
    "hard spaces": (lambda p, d: p.written(d.choice("\u00a0\u202f")), False),
    "wide digits": (lambda p, d: _wide(d.choice((p.written(), p.at_home()))), False),
}
TWO = {"two, first": _two(True), "two, second": _two(False)}


# emails -----------------------------------------------------------------------

#: ``{name: function(address, name)}``
SPELLINGS = {
    "plain": lambda a, n: a,
    "capitals": lambda a, n: a.upper(),
    "capital": lambda a, n: a.title(),
    "named": lambda a, n: f"{n} <{a}>",
    "quoted": lambda a, n: f'"{n}" <{a}>',
    "comma": lambda a, n: f'"{", ".join(reversed(n.split(" ", 1)))}" <{a}>',
    "brackets": lambda a, n: f"<{a}>",
    "spaces": lambda a, n: f"  {a} \t",
}


# names ------------------------------------------------------------------------


def _slip(text, draw):
    at = draw.randrange(1, len(text) - 1)
    return text[:at] + text[at + 1 :]


def _without_accents(text):
    text = unicodedata.normalize("NFKD", text).translate(str.maketrans("łŁøØ", "lLoO"))
    return "".join(char for char in text if not unicodedata.combining(char))


#: how people write first and last name of their own
SIGNATURES = (
    *[lambda f, s, d: f"{f} {s}"] * 6,
    lambda f, s, d: f"{s} {f}",
    lambda f, s, d: f"{s}, {f}",
    lambda f, s, d: _without_accents(f"{f} {s}").upper(),
    lambda f, s, d: f"{f[0]}. {s}",
    lambda f, s, d: f"{f} {_slip(s, d)}" if len(s) > 4 else f"{f} {s}",
)


# people -----------------------------------------------------------------------


@dataclass
class Person:
    """:param home: country of the company that the person asks at
    :param emails: two addresses of nobody else
    :param phones: two numbers of nobody else
    """

    number: int
    kind: str
    name: str
    country: str
    home: str
    emails: list
    phones: list


@dataclass
class Record:
    """What a contact or a lead says.

    :param model: ``contact``, ``old`` (an open lead) or ``new``
    :param keys: what it says that is this person's alone
    :param notes: how it says it, by kind of key
    """

    person: Person
    model: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    country: str | None = None
    keys: set = field(default_factory=set)
    notes: dict = field(default_factory=dict)


class Crowd:
    """Everybody, and what is known and asked.

    :param count: of ordinary people; others are in proportion
    """

    def __init__(self, count, seed=19):
        self.draw = random.Random(seed)
        self.people, self.records = [], []
        self._taken = set()
        for number in range(count):
            self._asks_again(number)
        for number in range(count // 10):
            self._asks_twice()
            self._namesakes()
            self._family()
            for _ in range(2):
                stranger = self._person("stranger")
                self._say(stranger, "new", self._some_keys())
            if number % 4 == 0:
                self._portal("portal", f"{NOREPLY[number // 4 % 5]}@portal.example")
                self._switchboard()
            if number % 16 == 0:
                self._portal("shared address", f"leads{number}@portal.example")
        new = [record for record in self.records if record.model == "new"]
        self.draw.shuffle(new)
        self.known = [record for record in self.records if record.model != "new"]
        self.new = new

    def expected(self):
        """:returns: the set of positions in ``new`` that are of somebody known, by
        what is their own, from before or from a lead further up"""
        known, found = {}, set()
        for record in self.known:
            known.setdefault(record.person.number, set()).update(record.keys)
        for at, record in enumerate(self.new):
            keys = known.setdefault(record.person.number, set())
            if keys & record.keys:
                found.add(at)
            keys |= record.keys
        return found

    # who there is ---------------------------------------------------------------

    def _person(self, kind, home=None, named=None):
        number = len(self.people)
        country = COUNTRIES[number % len(COUNTRIES)]
        if home is None:
            # every fourth asks a company at home, and may leave the country out
            others = [other for other in COUNTRIES if other != country]
            home = self.draw.choice(others) if number // 10 % 4 else country
        first = number * 7919 % (len(FIRST) * len(LAST))
        person = Person(
            number,
            kind,
            named or name(first),
            country,
            home,
            [f"person{number}{x}@mail{number % 7}.example" for x in ("", ".private")],
            [self._phone(country, number // 10 + x) for x in range(2)],
        )
        self.people.append(person)
        return person

    def _phone(self, country, turn):
        kind = KINDS[turn % 2]
        example = phonenumbers.example_number_for_type(country, kind)
        digits = phonenumbers.national_significant_number(example)
        while True:
            fresh = digits[:-6] + f"{self.draw.randrange(10**6):06}"
            e164 = f"+{example.country_code}{fresh}"
            parsed = phonenumbers.parse(e164)
            if e164 in self._taken or not phonenumbers.is_valid_number_for_region(
                parsed, country
            ):
                continue
            self._taken.add(e164)
            written = phonenumbers.format_number(
                parsed, PhoneNumberFormat.INTERNATIONAL
            )
            code, *groups = written[1:].replace("-", " ").split()
            trunk = "0" if country in TRUNK else ""
            return Phone(e164, country, code, tuple(groups), trunk)

    def _some_keys(self, among=("email", "phone")):
        return self.draw.choice([{kind} for kind in among] + [set(among)])

    def _asks_again(self, number):
        """Somebody known by a contact or an open lead, up to three times."""
        person = self._person("known")
        kinds = {"email", "phone"}
        known = self.draw.choice((kinds, kinds, kinds, {"email"}, {"phone"}))
        self._say(person, "contact" if number % 2 else "old", known)
        for _ in range(self.draw.choice((1, 1, 2, 3))):
            record = self._say(person, "new", self._some_keys(sorted(known)))
            if len(record.notes) == 2 and self.draw.random() < 0.2:
                # the same number, and an address that nobody has seen
                record.email = person.emails[1]
                record.keys -= set(person.emails)
                record.notes["email"] = "another one"

    def _asks_twice(self):
        person = self._person("asks twice")
        self._say(person, "new", {"email", "phone"})
        self._say(person, "new", self._some_keys())

    def _namesakes(self):
        one = self._person("namesake")
        other = self._person("namesake", home=one.home, named=one.name)
        for person, models in ((one, ("contact", "new")), (other, ("new",))):
            for model in models:
                record = self._say(person, model, {"email", "phone"})
                record.name = person.name

    def _family(self):
        """One landline, own addresses; half of them with one family name."""
        line = None
        known = self.draw.choice(("contact", "old"))
        home, last = None, None
        same_name = self.draw.random() < 0.5
        kind = "family" if same_name else "household"
        for place in range(self.draw.choice((2, 3, 4))):
            person = self._person(kind, home=home)
            first = FIRST[(person.number * 13 + place) % len(FIRST)]
            last = last or person.name.partition(" ")[2]
            person.name = f"{first} {last if same_name else LAST[person.number % 97]}"
            home, line = person.home, line or person.phones[1]
            # some are known, some only live there
            for model in (known, "new")[place > 0 and self.draw.random() < 0.5 :]:
                record = self._say(person, model, {"email"})
                record.name = person.name
                self._write_phone(record, line)

    def _portal(self, kind, address):
        """Many write from one address, each with a number of their own."""
        home = self.draw.choice(COUNTRIES)
        for place in range(12):
            person = self._person(kind, home=home)
            models = ("old", "new") if place % 3 == 0 else ("new",)
            for model in models:
                record = self._say(person, model, {"phone"})
                record.email, record.name = address, person.name

    def _switchboard(self):
        """Contacts with one number: known ones ask, and a colleague of theirs."""
        home, line = None, None
        for place in range(5):
            person = self._person("switchboard", home=home)
            home, line = person.home, line or person.phones[0]
            for model in ("contact", "new") if place < 4 else ("new",):
                record = self._say(person, model, {"email"})
                record.name = person.name
                self._write_phone(record, line)

    # what they say --------------------------------------------------------------

    def _say(self, person, model, kinds):
        record = Record(person, model)
        if model == "contact":
            record.name = person.name
        elif self.draw.random() < 0.7:
            sign = self.draw.choice(SIGNATURES)
            record.name = sign(*person.name.split(" ", 1), self.draw)
        if "email" in kinds:
            self._write_email(record)
        if "phone" in kinds:
            self._write_phone(record, person.phones[0])
            record.keys.add(person.phones[0].e164)
        self.records.append(record)
        return record

    def _write_email(self, record):
        person = record.person
        own, other = person.emails
        note = self.draw.choice([*SPELLINGS, "two"])
        if note == "two":
            second = self.draw.random() < 0.5
            note = f"two, {'second' if second else 'first'}"
            pair = [other, own] if second else [own, other]
            record.email = self.draw.choice((", ", "; ")).join(pair)
        else:
            record.email = SPELLINGS[note](own, person.name)
        record.keys.add(own)
        record.notes["email"] = note

    def _write_phone(self, record, phone):
        person = record.person
        notations = [
            note
            for note, (_write, only) in NOTATIONS.items()
            if phone.trunk or not only
        ]
        if phone is person.phones[0]:
            notations.append("two")
        note = self.draw.choice(notations)
        if note == "two":
            note = self.draw.choice(list(TWO))
            record.phone = TWO[note](phone, self.draw, person.phones[1])
        else:
            record.phone = NOTATIONS[note][0](phone, self.draw)
        record.notes["phone"] = note
        if re.match(r"[^\d+\uff0b]*(\+|\uff0b|00|\uff10\uff10)", record.phone):
            record.country = self.draw.choice((None, phone.country))
        elif phone.country != person.home:
            record.country = phone.country
