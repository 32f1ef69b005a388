"""What other programs send: payloads of a webhook read into leads.

Plain Python. Four shapes are known by what is in them: Meta's lead and its notice of
one, Google's lead form, Typeform's answers. Everything else, as Zapier, Make and forms
send it, is read by its keys: nested objects, lists of questions and answers, and lists
of several leads. To add a shape, add a function to :data:`SHAPES` that returns the
pairs of a lead, or None when it is not one of its own.
"""

import json

from .flat import leaves, question
from .lead_labels import TARGETS, plain_label, target_of
from .lead_values import LeadValues, Pair, read_pairs

#: how deep, how many values, and how many leads are looked at
DEEPEST, WIDEST, MOST_LEADS = 8, 300, 100

#: what is of these is not the customer's
_OTHERS = {
    "agent",
    "assigned to",
    "assignee",
    "broker",
    "dealer",
    "office",
    "owner",
    "provider",
    "recipient",
    "seller",
    "to",
    "vendor",
    "account",
}
#: keys around what is meant, which say nothing
_AROUND = {
    "data",
    "payload",
    "body",
    "lead",
    "contact",
    "fields",
    "values",
    "form data",
}


class Unreadable(ValueError):
    """The body is no JSON, or no form."""


def parsed(body, charset="utf-8"):
    """Parse the body of a request as JSON.

    :param body: bytes
    :raises Unreadable: when it is none
    """
    try:
        return json.loads(body.decode(charset or "utf-8"))
    except (ValueError, LookupError, RecursionError) as error:
        raise Unreadable(type(error).__name__) from error


def read_payload(data, zone="UTC", mapping=None, defaults=None):
    """Read a payload.

    :param data: parsed JSON, or the fields of a form as a dictionary
    :param zone: name of the time zone of moments that say none
    :param mapping: ``{path of a value: target}``
    :param defaults: values of fields that nothing else fills
    :returns: list of :class:`.lead_values.LeadValues`
    """
    leads = []
    for each in _leads_in(data):
        pairs, more = None, {}
        for shape in SHAPES:
            found = shape(each)
            if found is not None:
                pairs, more = found
                break
        if isinstance(pairs, str):
            leads.append(LeadValues(announced=pairs))
            continue
        given = {**more, **{k: v for k, v in (defaults or {}).items() if v}}
        leads.append(read_pairs(pairs, zone, mapping, given))
    return leads


def paths_of(data):
    """Return the paths of all values of a payload, for a person who maps them."""
    found = {}
    for each in _leads_in(data)[:1]:
        for shape in SHAPES:
            read = shape(each)
            if read is not None:
                if not isinstance(read[0], str):
                    found = {pair.key: pair.label for pair in read[0]}
                break
    return list(found)


def _leads_in(data):
    """Take apart what holds several leads."""
    if isinstance(data, dict) and data.get("object") == "page":
        entries = data.get("entry")
        changes = [
            change["value"]
            for entry in (entries if isinstance(entries, list) else [])[:MOST_LEADS]
            if isinstance(entry, dict)
            for change in (entry.get("changes") or [])[:MOST_LEADS]
            if isinstance(change, dict) and isinstance(change.get("value"), dict)
        ]
        return changes or [data]
    if (
        isinstance(data, dict)
        and list(data) == ["data"]
        and isinstance(data["data"], list)
    ):
        data = data["data"]  # a page of Meta's Graph API
    if isinstance(data, list) and data and all(isinstance(x, dict) for x in data):
        if any(map(question, data)):
            return [data]
        return data[:MOST_LEADS]
    return [data]


# shapes ----------------------------------------------------------------------


def _typeform(data):
    answer = data.get("form_response") if isinstance(data, dict) else None
    if not isinstance(answer, dict):
        return None
    titles = {}
    definition = answer.get("definition")
    definition = definition if isinstance(definition, dict) else {}
    for each in _dicts(definition.get("fields")):
        titles[each.get("id")] = str(each.get("title") or each.get("ref") or "")
        for inner in _dicts((each.get("properties") or {}).get("fields")):
            titles[inner.get("id")] = str(inner.get("title") or inner.get("ref") or "")
    pairs = [
        Pair("form_response.token", "token", answer.get("token"), "external_ref"),
        Pair(
            "form_response.submitted_at", "date", answer.get("submitted_at"), "arrival"
        ),
        Pair("form_response.definition.title", "Form", definition.get("title"), "note"),
    ]
    for each in _dicts(answer.get("answers")):
        kind = each.get("type")
        field = each.get("field") if isinstance(each.get("field"), dict) else {}
        label = titles.get(field.get("id")) or str(field.get("ref") or kind)
        value = each.get(kind) if isinstance(kind, str) else None
        if isinstance(value, dict):
            value = [
                *(value.get("labels") or ()),
                value.get("label"),
                value.get("other"),
            ]
        target = {"email": "email_from", "phone_number": "phone"}.get(kind, "")
        key = str(field.get("ref") or label)
        pairs.append(Pair(key, label, value, target))
    hidden = answer.get("hidden")
    for key, value in (hidden if isinstance(hidden, dict) else {}).items():
        pairs.append(Pair(f"hidden.{key}", str(key), value))
    return pairs, {}


def _google(data):
    if not isinstance(data, dict) or not isinstance(data.get("user_column_data"), list):
        return None
    pairs = []
    for each in _dicts(data["user_column_data"]):
        code = str(each.get("column_id") or "")
        label = str(each.get("column_name") or code)
        target = target_of(code) or target_of(label) or ""
        pairs.append(Pair(code or label, label, each.get("string_value"), target))
    known = {
        "lead_id": "external_ref",
        "lead_submit_time": "arrival",
        "is_test": "test",
        "gcl_id": "note",
        "campaign_name": "campaign_id",
    }
    for key, value in data.items():
        if key != "user_column_data":
            pairs.append(Pair(key, key, value, known.get(key, "ignore")))
    if data.get("campaign_id") and not data.get("campaign_name"):
        campaign = f"Google {data['campaign_id']}"
    else:
        campaign = ""
    return pairs, {
        "source_id": "Google",
        "medium_id": "Lead Ads",
        "campaign_id": campaign,
    }


def _meta(data):
    if not isinstance(data, dict):
        return None
    if not isinstance(data.get("field_data"), list):
        if data.get("leadgen_id"):
            return str(data["leadgen_id"])[:100], {}
        return None
    pairs = [
        Pair(
            f"field_data.{each.get('name')}", str(each.get("name")), each.get("values")
        )
        for each in _dicts(data["field_data"])
    ]
    known = {
        "id": "external_ref",
        "leadgen_id": "external_ref",
        "created_time": "arrival",
    }
    for key, value in data.items():
        if key != "field_data":
            pairs.append(Pair(key, key, value, known.get(key, "")))
    return pairs, {"source_id": "Facebook", "medium_id": "Lead Ads"}


def _any_keys(data):
    return [
        Pair(".".join(leaf.path), leaf.label, leaf.value)
        if leaf.label
        else _pair(leaf.path, leaf.value)
        for leaf in leaves(data, DEEPEST, WIDEST)
    ], {}


SHAPES = [_typeform, _google, _meta, _any_keys]


def _dicts(value):
    return (
        [each for each in value if isinstance(each, dict)]
        if isinstance(value, list)
        else []
    )


def _pair(path, value):
    """Tell what a value is by the keys on the way to it."""
    words = [plain_label(part) for part in path]
    label = path[-1] if path else ""
    target = ""
    if _OTHERS & set(words[:-1]):
        target = "note"
        label = " ".join(path)
    elif len(words) > 1:
        near = [word for word in words[:-1] if not word.isdigit()]
        both = f"{near[-1]} {words[-1]}" if near else words[-1]
        if both in TARGETS:
            target = TARGETS[both]
        elif near and near[-1] not in _AROUND and not target_of(words[-1]):
            label = " ".join(path[-2:])
    if not target and words and words[-1] == "id" and set(words[:-1]) <= _AROUND:
        target = "external_ref"
    return Pair(".".join(path), label, value, target)
