"""Data in a mail: XML (such as ADF), JSON and vCards, as labels and values.

XML is read without entities, external files and in bounded depth.
"""

import json
import re

from lxml import etree

from ..flat import leaves
from ..lead_labels import plain_label
from ..text import SEARCHED_HTML
from .labels import OTHERS, role_of
from .types import CARD, JSON, XML

#: how deep, and how many values, are looked at
DEEPEST, MOST = 12, 300

_XML = re.compile(
    r"<\?(?:xml|adf)\b"
    r"|<(?:\w{1,20}:)?(?:adf|leads?|openimmo_feedback|prospect|inquiry)\b"
)
_DECLARATION = re.compile(r"<!(?:ENTITY|DOCTYPE)", re.IGNORECASE)
_INSTRUCTION = re.compile(r"<\?[^>]*\?>")

#: what is inside of these is somebody else's; of these, the customer's
_OTHERS_IN = set(
    """
    vendor provider dealer seller agent broker owner office assignee assigned recipient
    anbieter empfaenger sender makler betreuer kontaktperson user account agency
    advertiser advisor trade in tradein
    """.split()
)
#: names of parts that say no more than where they are
_AROUND = set(
    """
    adf prospect customer contact lead data payload fields values person interessent
    client buyer kunde klient cliente root object objekt vehicle property listing
    form form data inquiry enquiry request anfrage item details
    """.split()
)
#: of ADF, OpenImmo's feedback and the like, where the name of a part is no label
_PARTS = {
    "vorname": "first_name",
    "nachname": "last_name",
    "first": "first_name",
    "last": "last_name",
    "full": "contact_name",
    "tel": "phone",
    "oobj id": "listing_id",
    "portal obj id": "listing_id",
    "expose url": None,
    "bezeichnung": None,
    "id": None,
    "name": "contact_name",
    "anfrage": "message",
}


def data_in(text):
    """Find XML, or JSON, in a text.

    :returns: list of ``(role, label, value, where)``; empty for neither
    """
    text = text[:SEARCHED_HTML]
    start = _XML.search(text)
    if start:
        found = _of_xml(text[start.start() :])
        if found:
            return found
    return _of_json(text)


def _of_xml(text):
    if _DECLARATION.search(text):
        return []  # entities have no place in a lead
    end = text.rfind(">")
    text = _INSTRUCTION.sub("", text[: end + 1]).strip()
    match = re.match(r"<([\w:.-]+)", text)
    if not match:
        return []
    closing = text.rfind(f"</{match[1]}>")
    if closing < 0:
        return []
    text = text[: closing + len(match[1]) + 3]
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return []
    return _walk(root) if root is not None else []


def _walk(root):
    found, stack = [], [(root, "", False, 0)]
    vehicles = []
    while stack and len(found) < MOST:
        node, parent, others, depth = stack.pop()
        if not isinstance(node.tag, str) or depth > DEEPEST:
            continue
        tag = plain_label(etree.QName(node).localname)
        others = others or tag in _OTHERS_IN or "trade" in node.get("interest", "")
        children = [child for child in node if isinstance(child.tag, str)]
        stack += [(child, tag, others, depth + 1) for child in reversed(children)]
        value = " ".join((node.text or "").split())
        if tag == "provider":
            name = next((c for c in children if _tag(c) == "name"), None)
            if name is not None and (name.text or "").strip():
                found.append(("source_id", "provider", name.text.strip(), XML))
        if tag == "vehicle" and not others:
            vehicles.append(node)
        if not value or children and tag not in ("comments",):
            continue
        if tag in ("comments", "comment"):
            # whoever asks says it, or the provider of a lead
            if parent in ("customer", "prospect", "lead") or not others:
                found.append(("message", tag, "".join(node.itertext()).strip(), XML))
            continue
        role = _role_of_part(tag, parent, node)
        if others:
            role = OTHERS
        if role:
            found.append((role, tag, value, XML))
    for vehicle in vehicles[:1]:
        found += _vehicle(vehicle)
    return found


def _tag(node):
    return plain_label(etree.QName(node).localname) if isinstance(node.tag, str) else ""


def _role_of_part(tag, parent, node):
    part = plain_label(node.get("part") or "")
    if tag == "name" and part:
        return _PARTS.get(part)
    if parent in ("vehicle", "trade in") and tag not in ("stock", "vin"):
        return None
    if tag == "name" and parent not in (
        "contact",
        "customer",
        "person",
        "lead",
        "client",
    ):
        return None
    return _PARTS[tag] if tag in _PARTS else role_of(tag)


def _vehicle(node):
    """Return what a vehicle is called: where it has no number, its make and model."""
    values = {_tag(child): " ".join((child.text or "").split()) for child in node}
    name = " ".join(values[x] for x in ("year", "make", "model") if values.get(x))
    given = values.get("stock") or values.get("vin") or name
    return [("listing_id", "vehicle", given, XML)] if given else []


def _of_json(text):
    decoder = json.JSONDecoder()
    at, tries = text.find("{"), 0
    while at >= 0 and tries < 5:
        tries += 1
        try:
            value, _end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at = text.find("{", at + 1)
            continue
        found = pairs_of(value)
        if found:
            return found
        at = text.find("{", _end)
    return []


def pairs_of(value):
    """Turn parsed JSON into labels and values.

    :param value: dictionaries and lists; lists of questions and answers, too
    :returns: see :func:`data_in`
    """
    found = []
    for leaf in leaves(value, DEEPEST, MOST):
        text = _text_of(leaf.value)
        if not text:
            continue
        keys = [key for key in leaf.path if not key.isdigit()]
        label = leaf.label or (keys[-1] if keys else "")
        key = plain_label(label)
        role = _PARTS[key] if key in _PARTS else role_of(label)
        if not _OTHERS_IN.isdisjoint(map(plain_label, keys)):
            role = OTHERS
        found.append((role, label, text, JSON))
    return found


def _text_of(value):
    """Return a value as a text, "" for what says nothing or is no value."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_text_of, value[:20])))
    if value is None or value is False or isinstance(value, dict):
        return ""
    return "yes" if value is True else str(value)


# vCards ----------------------------------------------------------------------

_CARD_ROLES = {
    "FN": "contact_name",
    "EMAIL": "email_from",
    "TEL": "phone",
    "ORG": "partner_name",
    "NOTE": "message",
}
_ESCAPE = re.compile(r"\\([,;:\\nN])")


def cards_in(text):
    """Read the first vCard in a text; see :func:`data_in`."""
    text = text[:SEARCHED_HTML]
    start = text.upper().find("BEGIN:VCARD")
    if start < 0:
        return []
    end = text.upper().find("END:VCARD", start)
    body = text[start : end if end > 0 else None]
    body = re.sub(r"\r?\n[ \t]", "", body)  # long lines go on below
    found = []
    for line in body.splitlines()[:MOST]:
        head, colon, value = line.partition(":")
        name = head.partition(";")[0].rpartition(".")[2].strip().upper()
        if not colon or not value.strip():
            continue
        if "QUOTED-PRINTABLE" in head.upper():
            value = _quoted(value)
        value = _ESCAPE.sub(lambda m: "\n" if m[1] in "nN" else m[1], value).strip()
        if name == "N":
            last, _sep, first = value.partition(";")
            first = first.partition(";")[0]
            found.append(("card_name", "N", f"{first} {last}".strip(), CARD))
        elif name in _CARD_ROLES and "FAX" not in head.upper():
            value = value.partition(";")[0] if name == "ORG" else value
            value = value.removeprefix("tel:").removeprefix("mailto:")
            found.append((_CARD_ROLES[name], name, value, CARD))
    return found


def _quoted(value):
    raw = re.sub(r"=([0-9A-Fa-f]{2})", lambda m: chr(int(m[1], 16)), value)
    try:
        return raw.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return value
