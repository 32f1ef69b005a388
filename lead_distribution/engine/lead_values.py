"""What a row of a file, or a payload, says of a lead.

Plain Python. Values are those that ``crm.lead.create`` takes from scripts: sources,
campaigns and listings by name or reference, consents as words. Nothing that was said is
dropped: what belongs to no field becomes a line of the description.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from html import escape

from .lead_labels import target_of
from .moments import moment_of
from .text import LINE, one_line, several_lines

#: what Meta puts before ids, numbers and postcodes, so that no spreadsheet spoils them
_PREFIX = re.compile(r"^(?:l|ag|as|c|f|z):(?=\w)")
_PHONE_PREFIX = re.compile(r"^\s*p:")
_TEST = re.compile(r"<test lead:|^test@(?:meta|fb)\.com$", re.IGNORECASE)
#: characters of one answer, answers of one lead
LONGEST, MOST = 5_000, 100

#: values of ``platform`` -> name of the source
PLATFORMS = {
    "fb": "Facebook",
    "facebook": "Facebook",
    "ig": "Instagram",
    "instagram": "Instagram",
    "msg": "Messenger",
    "messenger": "Messenger",
    "wa": "WhatsApp",
    "whatsapp": "WhatsApp",
    "an": "Audience Network",
    "th": "Threads",
    "threads": "Threads",
}
#: a word for a column of one's own choosing; those of the lead in the order of a file
FIELDS = (
    "name",
    "contact_name",
    "email_from",
    "phone",
    "partner_name",
    "function",
    "street",
    "city",
    "zip",
    "website",
    "vat",
    "listing_id",
    "source_id",
    "medium_id",
    "campaign_id",
    "external_ref",
    "consent_purpose_ids",
)
#: targets that say how somebody can be reached, or who it is
PERSON = ("contact_name", "email_from", "phone", "partner_name")


@dataclass
class Pair:
    """A label and what stands under it.

    :param key: by which the user maps it: the column's title, the payload's path
    :param label: for people
    :param value: anything
    :param target: where it goes, if the format says so; else the label tells
    """

    key: str
    label: str
    value: object
    target: str = ""


@dataclass
class LeadValues:
    """A lead as somebody else wrote it.

    :param values: of :data:`FIELDS`, texts
    :param state: of the address, as it is written
    :param country: the same
    :param arrival: naive datetime in UTC
    :param message: what the person says
    :param answers: ``[(label, text)]`` of everything else
    :param is_test: whether it is a trial of who delivers, and nobody's inquiry
    :param read: ``{target: labels of what was read into it}``; ``note`` for answers
    :param announced: the number of a lead that is only announced, see ``payloads.py``
    """

    values: dict = field(default_factory=dict)
    state: str = ""
    country: str = ""
    arrival: datetime | None = None
    message: str = ""
    answers: list = field(default_factory=list)
    is_test: bool = False
    read: dict = field(default_factory=dict)
    announced: str = ""

    @property
    def is_somebody(self):
        """Whether it says who asks, or how to reach them."""
        return any(self.values.get(name) for name in PERSON)

    def description(self):
        """Return message and answers as HTML, "" for none."""
        lines = [escape(line) for line in self.message.splitlines() if line.strip()]
        lines += [f"{escape(label)}: {escape(text)}" for label, text in self.answers]
        return "".join(f"<p>{line}</p>" for line in lines)


def text_of(value):
    """Return a value of JSON or of a cell as a text.

    >>> text_of(["a", None, 3])
    'a, 3'
    """
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, (list, tuple)):
        return ", ".join(filter(None, map(text_of, value[:MOST])))
    if isinstance(value, dict):
        parts = ((key, text_of(each)) for key, each in list(value.items())[:MOST])
        return ", ".join(f"{key}: {text}" for key, text in parts if text)
    return several_lines(str(value)[:LONGEST]).strip()


def read_pairs(pairs, zone="UTC", mapping=None, defaults=None):
    """Read labels and values into a lead.

    :param pairs: of :class:`Pair`
    :param zone: name of the time zone of moments that say none
    :param mapping: ``{key: target}`` that goes before what labels say
    :param defaults: values of fields that nothing else fills
    :returns: :class:`LeadValues`
    """
    lead = LeadValues()
    parts = {}
    for pair in list(pairs)[: 2 * MOST]:
        target = (mapping or {}).get(pair.key) or pair.target
        target = target or target_of(pair.label) or "answer"
        text = text_of(pair.value)
        if _TEST.search(text):
            lead.is_test = True
        if target == "arrival":
            # not the text of it: cells hold dates
            moment = moment_of(pair.value, zone)
            if moment and not lead.arrival:
                lead.arrival = moment
                lead.read.setdefault(target, []).append(pair.label)
                continue
            target = "answer"
        if not text or target == "ignore":
            continue
        if not _take(lead, parts, target, text):
            label = one_line(str(pair.label))[:LINE]
            if (label, text) not in lead.answers and len(lead.answers) < MOST:
                lead.answers.append((label, text))
            target = "note"
        lead.read.setdefault(target, []).append(pair.label)
    _put_together(lead, parts)
    for name, value in (defaults or {}).items():
        if value and not lead.values.get(name):
            lead.values[name] = value
    return lead


def _take(lead, parts, target, text):
    """Put a text where it belongs.

    :returns: whether it was of use there; if not, it is a line of the description
    """
    if target == "test":
        lead.is_test |= text.lower() in ("yes", "true", "1")
        return True
    if target == "message":
        lead.message = f"{lead.message}\n{text}".strip()
        return True
    if target in ("state", "country"):
        if getattr(lead, target):
            return False
        setattr(lead, target, one_line(text))
        return True
    if target in ("phone", "mobile"):
        text = _PHONE_PREFIX.sub("", text).strip()
        if not any(char.isdigit() for char in text):
            return True  # a placeholder: nothing was said
        if not text.isascii() or not text[0].isalpha():
            text = one_line(text)
        return _first(parts, target, text)
    if (
        target in ("email_from", "website")
        and ("@" if target[0] == "e" else ".") not in text
    ):
        return False
    if target in ("first_name", "last_name", "platform", "organic"):
        return _first(parts, target, one_line(text))
    if target in FIELDS:
        return _first(lead.values, target, _PREFIX.sub("", one_line(text)))
    return False


def _first(values, name, text):
    if values.get(name):
        return values[name] == text
    values[name] = text
    return True


def _put_together(lead, parts):
    """Names of two words, numbers of several kinds, and where it comes from."""
    values = lead.values
    whole = " ".join(filter(None, (parts.get("first_name"), parts.get("last_name"))))
    if whole and not values.get("contact_name"):
        values["contact_name"] = whole
    phone = parts.get("phone") or parts.get("mobile")
    if phone:
        values["phone"] = phone
        other = parts.get("mobile")
        if other and other != phone:
            lead.answers.append(("Mobile", other))
    platform = parts.get("platform")
    if platform and not values.get("source_id"):
        values["source_id"] = PLATFORMS.get(platform.lower(), platform)
    if parts.get("organic", "").lower() in ("true", "yes", "1"):
        values.setdefault("medium_id", "Organic")
