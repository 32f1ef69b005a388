"""Labelled lines of a letter, as roles and values.

A label and its value stand in one line, several in one line, or the value below its
label. What the provider adds below, and what stands under the heading of an agent, is
somebody else's.
"""

import re
from dataclasses import dataclass

from .labels import OTHERS, consent_of, is_footer, is_known, role_of
from .types import LABEL, TABLE

_PAIR = re.compile(
    r"^(?:[^\w¿¡(]{0,4}\d{1,2}[.)]\s)?[^\w¿¡(]{0,4}"
    r"([^\W\d_][^:：=→\t\n]{0,60}?)\s?(?:=>|->|→|[:：=\t]|\s[-–—|]\s)\s*(.*)$",
    re.S,
)
#: a label in brackets of its own
_BRACKETS = re.compile(r"^\s*[\[{【]\s*([^\W\d_][^\]}】\n]{0,60}?)\s*[\]}】]\s*(\S.*)$")
#: between several labels in one line
_BETWEEN = re.compile(r"\s*[|;•·]\s*|\s*,\s+(?=[^\W\d_][\w .'-]{1,30}[:：])")
#: how somebody is reached, by kind, and what they are called
_KINDS = (("phone", "mobile"), ("email_from", "reply"))
_REACH = tuple(role for roles in _KINDS for role in roles)
_NAMES = ("contact_name", "first_name", "last_name")
#: longer than any value but a message
_LONGEST = 300
#: lines of a message
_MOST = 200


@dataclass(frozen=True)
class Pair:
    role: str
    label: str
    value: str
    where: str = LABEL


def split_pair(text):
    """Split a line into label and value; ``(None, "")`` for a line without a label."""
    match = _PAIR.match(text[:2000])
    inside = None if match else _BRACKETS.match(text[:2000])
    if inside and role_of(inside[1]):
        match = inside
    return (match[1].strip(" *"), match[2].strip(" *")) if match else (None, "")


class Pairs:
    """The labels of a letter that say something, in their order.

    :param lines: list of :class:`.lines.Line`
    :param relayed: whether somebody else than the customer wrote it, so that it ends
        where the provider's own words begin
    """

    def __init__(self, lines, relayed):
        self.found, self.free = [], []
        self.relayed, self.others = relayed, False
        #: whether somebody else was named just before; parts between blank lines; of
        #: pairs after such a name, their places and parts
        self.named, self.part, self.doubtful = False, 0, {}
        self.parts_of_names = set()
        self.message = self.waiting = None
        for line in lines:
            if self._ended(line):
                break
            if line.value is not None:
                self._pair(line.text, line.value, TABLE)
            else:
                self._line(line.text)
        self._end_message()
        self._settle_doubtful()

    def _ended(self, line):
        if line.value is not None or not is_footer(line.text):
            return False
        if not self.found and not self.free:
            return False  # nothing was said yet
        persons = {pair.role for pair in self.found} & {
            "contact_name",
            "first_name",
            "last_name",
            "email_from",
            "phone",
            "mobile",
            "from",
        }
        return self.relayed or len(persons) > 1

    def _line(self, text):
        if not text:
            self.part, self.named = self.part + 1, False
            if self.message is not None:
                self.message.append("")
            elif self.others == "seen":
                self.others = False
            return
        parts = self._several(text)
        if parts:
            for label, value in parts:
                self._pair(label, value, LABEL)
            return
        label, value = split_pair(text)
        role = role_of(label) if label else None
        if role or (label and consent_of(label, value)):
            self._pair(label, value, LABEL)
            return
        alone = role_of(text) if len(text) <= 60 and self.message is None else None
        if self.waiting and alone == "contact_name" and " " not in text:
            alone = None  # some are called Customer
        if alone:
            self._pair(text, "", LABEL)
        elif self.waiting:
            label, self.waiting = self.waiting, None
            self._pair(label, text, LABEL)
        elif self.message is not None:
            if len(self.message) < _MOST:
                self.message.append(text)
        elif not self.others:
            self.free.append(text)

    def _several(self, text):
        """Return the pairs of a line that has several, else None."""
        if len(text) > 1000 or text.count(":") + text.count("：") < 2:
            return None
        pieces = [split_pair(piece) for piece in _BETWEEN.split(text)]
        if len(pieces) > 1 and sum(bool(x and role_of(x)) for x, _v in pieces) > 1:
            return [(label, value) for label, value in pieces if label]
        places = _labels_in(text)
        if len(places) < 2 or places[0][0] > 3:
            return None
        ends = [start for start, _end, _label in places[1:]] + [len(text)]
        return [
            (label, text[end:stop].strip(" ,;|*"))
            for (_start, end, label), stop in zip(places, ends, strict=True)
        ]

    def _pair(self, label, value, where):
        value = value.strip()
        role = role_of(label)
        agreed = consent_of(label, value)
        if agreed and role in (None, "consent_purpose_ids"):
            self.found.append(Pair("agreed", label, agreed, where))
            return
        self.waiting = None
        if role == OTHERS:
            self._end_message()
            if not value:
                self.others = "heading"  # what follows is theirs
            self.named = bool(value) and not re.search(r"[\d@]", value)
            self.found.append(Pair(OTHERS, label, value, where))
            return
        if role is None:
            if self.message is not None:
                self.message.append(f"{label}: {value}")
            return
        if not value:
            if self.others and role in ("contact_name", "name"):
                self.others = False
            self.waiting = label
            if role == "message":
                self._end_message()
                self.waiting, self.message = None, []
                self.others = False
            return
        if self.others:
            self.others = "seen"
            self.found.append(Pair(OTHERS, label, value, where))
            return
        self._end_message()
        if role == "message":
            self.message = [value]
            if where == TABLE:
                self._end_message()
        elif len(value) <= _LONGEST:
            if self.named and role in _REACH:
                self.doubtful[len(self.found)] = self.part
            self.named = self.named and role not in _NAMES
            if role in _NAMES:
                self.parts_of_names.add(self.part)
            self.found.append(Pair(role, label, value, where))

    def _settle_doubtful(self):
        """Decide whose number or address stands after somebody else's name: theirs,
        where the customer's name is in another part, or their own is elsewhere."""
        kinds = {role: kind for kind, roles in enumerate(_KINDS) for role in roles}
        sure = {
            kinds[pair.role]
            for place, pair in enumerate(self.found)
            if place not in self.doubtful and pair.role in kinds
        }
        for place, part in self.doubtful.items():
            pair = self.found[place]
            if part not in self.parts_of_names or kinds[pair.role] in sure:
                self.found[place] = Pair(OTHERS, pair.label, pair.value, pair.where)

    def _end_message(self):
        if self.message is not None:
            text = "\n".join(self.message).strip()
            self.message = None
            if text:
                self.found.append(Pair("message", "", text[:5000]))


def _labels_in(text):
    """Find the labels in a line, each as long as it is known.

    :returns: list of ``(start, end of its colon, label)``
    """
    found, after = [], 0
    for match in re.finditer(r"\s?[:：]", text):
        words = list(re.finditer(r"\S+", text[after : match.start()]))[-4:]
        starts = [after + word.start() for word in words]
        labels = [(start, text[start : match.start()]) for start in starts]
        # the longest that is known word for word, else the shortest that is alike
        best = [each for each in labels if is_known(each[1])]
        best += [each for each in reversed(labels) if role_of(each[1])]
        if best:
            start, label = best[0]
            found.append((start, match.end(), label))
            after = match.end()
    return found
