"""Files of leads as advertisers and portals export them: one template a format.

Plain Python. A template is chosen by the titles of the columns; which row holds them
is found too, for some files have a line or two above. To add a format, write an
instance of :class:`FileTemplate` into :data:`TEMPLATES`.
"""

import codecs
import csv
import hashlib
import io
from dataclasses import dataclass, field

from .lead_labels import plain_label, target_of
from .lead_values import FIELDS, Pair, read_pairs, text_of

#: rows in which the titles are looked for
TITLE_ROWS = 6
#: what separates the columns of a text file
SEPARATORS = ("\t", ";", ",", "|")
#: reasons why a row is no lead
EMPTY, TEST = "nobody", "test"


@dataclass(frozen=True)
class FileTemplate:
    """A format of files.

    :param key: its short name, which stays
    :param label: for people
    :param all_of: labels that all have to be there, as ``plain_label`` writes them
    :param any_of: groups of labels, of each of which one has to be there
    :param columns: ``{label: target}`` that goes before what labels mean elsewhere
    :param defaults: values of fields that no column fills
    :param targets: targets that some columns must lead to, for formats of any titles:
        groups, of each of which one has to be there
    """

    key: str
    label: str
    all_of: frozenset = frozenset()
    any_of: tuple = ()
    columns: dict = field(default_factory=dict)
    defaults: dict = field(default_factory=dict)
    targets: tuple = ()

    def fits(self, labels):
        """Whether these are the titles of such a file."""
        there = set(labels)
        found = {self.columns.get(label) or target_of(label) for label in labels}
        return (
            self.all_of <= there
            and all(there & set(group) for group in self.any_of)
            and all(found & set(group) for group in self.targets)
        )


TEMPLATES = [
    FileTemplate(
        "meta",
        "Meta (Facebook, Instagram)",
        all_of=frozenset({"id", "created time", "platform"}),
        any_of=(("form id", "form name", "ad id", "adset id"),),
        columns={"id": "external_ref"},
        defaults={"source_id": "Facebook", "medium_id": "Lead Ads"},
    ),
    FileTemplate(
        "google",
        "Google Ads",
        any_of=(
            ("google click id", "gclid", "gcl id"),
            (
                "lead form id",
                "lead form name",
                "form id",
                "asset id",
                "lead id",
                "lead submit time",
                "submission time",
            ),
        ),
        columns={"asset id": "ignore", "asset name": "note"},
        defaults={"source_id": "Google", "medium_id": "Lead Ads"},
    ),
    FileTemplate(
        "linkedin",
        "LinkedIn",
        any_of=(
            ("lead id", "lead type", "lead created at", "form submitted at"),
            (
                "creative id",
                "creative name",
                "lead gen form name",
                "lead gen form id",
                "linkedin profile url",
                "linkedin profile",
            ),
        ),
        columns={
            "lead gen form id": "ignore",
            "linkedin profile url": "note",
            "linkedin profile": "note",
            "profile url": "note",
            "creation time": "arrival",
            "date created": "arrival",
        },
        defaults={"source_id": "LinkedIn", "medium_id": "Lead Ads"},
    ),
    FileTemplate(
        "portal",
        "A portal",
        columns={
            "id": "external_ref",
            "title": "note",
            "titulo": "note",
            "tytul": "note",
            "type": "note",
        },
        targets=(("listing_id",), ("email_from", "phone", "mobile")),
    ),
]


@dataclass
class Column:
    """A column of what is handed on.

    :param name: of the field of the lead
    :param titles: of the columns of the file that it was read from
    """

    name: str
    titles: list


@dataclass
class Converted:
    """A file as a table of leads.

    :param template: :class:`FileTemplate`
    :param leads: of :class:`.lead_values.LeadValues`, in the order of the file
    :param rows: the number of each lead's row in the file, from 1, titles counted
    :param refused: ``[(number of the row, reason, its cells as one text)]``
    :param titles: ``{target: titles of columns}``
    """

    template: FileTemplate
    leads: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    refused: list = field(default_factory=list)
    titles: dict = field(default_factory=dict)


# text files ------------------------------------------------------------------


def encoding_of(data):
    """Tell the encoding of a text file by its first bytes.

    :returns: name of the encoding, None where only guessing helps

    >>> encoding_of("id".encode("utf-16"))
    'utf-16'
    >>> encoding_of("id\\tname".encode("utf-16-le"))
    'utf-16-le'
    """
    for mark, name in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return name
    begin = data[:2000]
    if begin.count(0) > len(begin) // 5:
        return "utf-16-le" if begin[1:2] == b"\0" else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def is_text(data):
    """Whether a file is text, whatever its name: some spreadsheets are."""
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return False
    return encoding_of(data) is not None or b"\0" not in data[:2000]


def separator_of(text):
    """Tell what separates the columns: what the titles have most of.

    :returns: the character, None when there is one column only

    >>> separator_of("name;mail, phone;city\\n")
    ';'
    """
    best, most = None, 1
    for separator in SEPARATORS:
        for number, row in enumerate(
            csv.reader(io.StringIO(text), delimiter=separator)
        ):
            if len(row) > most:
                best, most = separator, len(row)
            if number >= TITLE_ROWS:
                break
    return best


# tables ----------------------------------------------------------------------


def template_of(titles):
    """Choose the template of a file.

    :param titles: of its columns
    :returns: :class:`FileTemplate`, None where none fits
    """
    labels = [plain_label(title) for title in titles if title not in (None, "")]
    return next((each for each in TEMPLATES if each.fits(labels)), None)


def convert(rows, zone="UTC", known=()):
    """Read a table, if it is one of the formats.

    :param rows: list of lists of texts, numbers and dates
    :param zone: name of the time zone of moments that say none
    :param known: titles that name fields of Odoo; a file that has no others is Odoo's
    :returns: :class:`Converted`, None for other tables
    """
    for place, titles in enumerate(rows[:TITLE_ROWS]):
        names = [str(title).strip() for title in titles if str(title or "").strip()]
        if len(names) < 2 or {name.lower() for name in names} <= set(known):
            continue
        template = template_of(titles)
        if template and (template.all_of or template.any_of):
            return _converted(template, rows, place, zone)
        if template and not any(_is_odoos(name, known) for name in names):
            return _converted(template, rows, place, zone)
    return None


def _is_odoos(title, known):
    """Whether a title names a field of Odoo that is none of ours: only Odoo's own
    import knows what to do with it."""
    field = title.partition("/")[0].strip().lower()
    return ("/" in title or target_of(title) is None) and field in known


def _converted(template, rows, place, zone):
    found = Converted(template)
    titles = [str(title or "").strip() for title in rows[place]]
    targets = [
        template.columns.get(plain_label(title)) or target_of(title) for title in titles
    ]
    for number, cells in enumerate(rows[place + 1 :], place + 2):
        pairs = [
            Pair(title, title, cell, target or "")
            for title, target, cell in zip(titles, targets, cells, strict=False)
            if title
        ]
        lead = read_pairs(pairs, zone, defaults=template.defaults)
        if lead.is_test or not lead.is_somebody:
            text = "; ".join(filter(None, map(text_of, cells)))
            found.refused.append((number, TEST if lead.is_test else EMPTY, text))
            continue
        if not lead.values.get("external_ref") and template.key == "portal":
            # loaded twice, once a lead: the row is known by what it says
            lead.values["external_ref"] = fingerprint(cells)
        for target, labels in lead.read.items():
            known = found.titles.setdefault(target, [])
            known.extend(label for label in labels if label not in known)
        found.leads.append(lead)
        found.rows.append(number)
    return found


def fingerprint(cells):
    """Return a reference for a row that has none.

    >>> fingerprint(["a", None]) == fingerprint(["a", ""])
    True
    """
    text = "\x1f".join(map(text_of, cells))
    return f"row-{hashlib.sha256(text.encode()).hexdigest()[:20]}"


def columns_of(converted, filled):
    """Return which fields of the lead the file fills, each with its titles.

    :param filled: names of fields that at least one lead has, besides those of
        :data:`.lead_values.FIELDS`
    :returns: list of :class:`Column`
    """
    used = {
        name for lead in converted.leads for name, text in lead.values.items() if text
    }
    names = [name for name in FIELDS if name in used] + list(filled)
    sources = {
        "contact_name": ("contact_name", "first_name", "last_name"),
        "phone": ("phone", "mobile"),
        "source_id": ("source_id", "platform"),
        "medium_id": ("medium_id", "organic"),
        "description": ("message", "note"),
        "arrival_date": ("arrival",),
        "country_id": ("country",),
        "state_id": ("state",),
    }
    return [
        Column(
            name,
            [
                title
                for target in sources.get(name, (name,))
                for title in converted.titles.get(target, ())
            ],
        )
        for name in names
    ]
