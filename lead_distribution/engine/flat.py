"""Parsed JSON made flat: every value with the keys on the way to it.

Plain Python. Forms send a field as an object of a question and its answer, or many of
them in a list: the question is what the value is called.
"""

from dataclasses import dataclass

from .lead_labels import plain_label, target_of

#: keys under which a question, and its answer, stand
_LABELS = ("label", "title", "question", "name", "key", "field", "id", "column name")
_VALUES = (
    "value", "values", "answer", "answers", "string value", "text", "response",
)  # fmt: skip
#: keys of an object that is a question: what else is said of it is little
_MOST_KEYS = 6
LONGEST_KEY = 100


@dataclass(frozen=True)
class Leaf:
    """A value.

    :param path: keys on the way to it; places in lists as digits; the question last
        where a list holds it
    :param label: the question that it answers, "" for none
    :param value: text, number, truth, None, a list of such, or what is too deep
    """

    path: tuple
    label: str
    value: object


def leaves(data, deepest, most):
    """Collect the values of parsed JSON, in their order.

    :param deepest: how many levels are looked at
    :param most: how many values are
    :returns: list of :class:`Leaf`

    >>> leaves({"lead": {"name": "Kai", "tags": ["a", "b"]}}, 8, 9)[1].path
    ('lead', 'tags')
    >>> leaves([{"question": "Your name", "answer": "Kai"}], 8, 9)[0].label
    'Your name'
    """
    found, stack = [], [((), data, 0)]
    while stack and len(found) < most:
        path, value, depth = stack.pop()
        if depth < deepest and isinstance(value, dict) and value:
            asked = question(value) if path else None
            if asked:
                found.append(Leaf(path, *asked))
                continue
            items = list(value.items())[:most]
            inner = [((*path, str(key)[:LONGEST_KEY]), each) for key, each in items]
        elif (
            depth < deepest
            and isinstance(value, list)
            and any(isinstance(each, dict) for each in value)
        ):
            several = value[:most]
            asked = [isinstance(x, dict) and question(x) for x in several]
            if all(asked):
                found += [
                    Leaf((*path, label[:LONGEST_KEY]), label, answer)
                    for label, answer in asked
                ]
                continue
            inner = [((*path, str(at)), each) for at, each in enumerate(several)]
        else:
            found.append(Leaf(path, "", value))
            continue
        stack += [(where, each, depth + 1) for where, each in reversed(inner)]
    return found[:most]


def question(each):
    """Return ``(question, answer)`` of a dictionary that is one, else None.

    >>> question({"name": "email", "values": ["a@b.example"]})
    ('email', ['a@b.example'])
    >>> question({"name": "Kai", "email": "a@b.example", "text": "Hi"})
    """
    if len(each) > _MOST_KEYS:
        return None
    keys = {plain_label(str(key)[:LONGEST_KEY]): key for key in each}
    value = next((x for x in _VALUES if x in keys), None)
    labels = [x for x in _LABELS if x in keys and x != value]
    label = next((x for x in labels if _is_text(each[keys[x]])), None)
    if value is None or label is None:
        return None
    rest = set(keys).difference(_LABELS, _VALUES)
    if any(target_of(key) not in (None, "note", "ignore") for key in rest):
        return None  # somebody, with a name and a text
    return each[keys[label]], each[keys[value]]


def _is_text(value):
    return isinstance(value, str) and bool(value.strip())
