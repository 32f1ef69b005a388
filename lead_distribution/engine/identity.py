"""Is it the same person? Keys, likeness of names, and groups of inquiries.

Plain Python. A *key* is ``(kind, value)`` with kind ``email``, ``phone`` or
``vat``: two records with the same key are the same person, unless the key is
shared by many or everything else speaks against it. Names never join anybody,
they only hint.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

from rapidfuzz.distance import JaroWinkler

from .phones import phones_in, phones_of
from .placeholders import NOTHING, is_number
from .text import LINE, fold

__all__ = ["fold", "phones_in", "phones_of"]

#: What each agreement is worth: the probability that who agrees is the same
#: person. Together they count as independent: 1 - (1 - a)(1 - b).
WEIGHTS = {"vat": 0.98, "email": 0.95, "phone": 0.9}
#: A name that is word for word the same is worth no more than this.
NAME_WEIGHT = 0.6

#: From here on two names are alike.
ALIKE = 0.85
#: A word of a name this near to another is the same word with a slip in it.
SAME_WORD = 0.88

#: A key that so many different people use says nothing about who it is.
SHARED_BY = 4

#: the same as the database splits them, see ``tools/sql_text.py``
_BETWEEN = re.compile(r"[\s!-/:-@\[-`{-~]+")
_TITLES = {"mr", "mrs", "ms", "dr", "ing", "mgr", "inz", "sr", "sra", "pan", "pani"}


@dataclass(frozen=True, slots=True)
class Inquiry:
    """An inquiry, new or old, as far as it says who asks.

    :param keys: frozenset of ``(kind, value)``
    :param words: of the person's name, see :func:`words_of`
    """

    lead_id: int
    keys: frozenset = frozenset()
    words: tuple = ()

    def with_key(self, key):
        return Inquiry(self.lead_id, self.keys | {key}, self.words)


# names -----------------------------------------------------------------------


def words_of(name):
    """Split a name into words that can be compared.

    :returns: the words of a name, sorted: accents, case, order, punctuation and titles
        aside

    >>> words_of("Łukasz  NOWAK-Żak")
    ('lukasz', 'nowak', 'zak')
    >>> words_of("dr Nowak, Łukasz")
    ('lukasz', 'nowak')
    >>> words_of("N/A")
    ()
    """
    return _words_of((name or "")[:200])


@lru_cache(maxsize=4096)
def _words_of(name):
    """Do what :func:`words_of` does; names of users are asked for with each mail."""
    found = _BETWEEN.split(fold(name))
    words = set(found) - {""}
    if "".join(found) in NOTHING:
        return ()
    return tuple(sorted(words - _TITLES or words))


def spellings(words, most=3):
    """Write the words of a name in every order.

    :returns: the orders in which the words of a name may be written; in one order only
        if there are more than ``most``
    """
    if len(words) > most:
        return {" ".join(words)}
    return {" ".join(order) for order in permutations(words)}


def _alike(one, other):
    """How much two words are the same: 1, or less for an initial or a slip."""
    if one == other:
        return 1.0
    if len(one) == 1 or len(other) == 1:
        return 0.8 if one[0] == other[0] else 0.0
    near = JaroWinkler.similarity(one, other)
    return near if near >= SAME_WORD else 0.0


def name_score(one, other):
    """How alike two names are, 0 to 1: the words of the shorter one, each with
    the best word left of the longer; one word alone is worth half.

    :param one, other: words as of :func:`words_of`
    """
    if not one or not other:
        return 0.0
    # of two as long the first by letters, so that the score is the same both ways
    short, long = sorted((one, other), key=lambda words: (len(words), words))
    left, total = list(long), 0.0
    for word in sorted(short, key=len, reverse=True):
        best = max(left, key=lambda x, word=word: _alike(word, x))
        score = _alike(word, best)
        if score:
            left.remove(best)
            total += score
    score = total / len(short)
    if 1 in (max(map(len, one)), max(map(len, other))):
        return 0.0  # nothing but initials
    return score if len(short) > 1 else score / 2


def _of_two(one, other):
    """Whether two words are the names of a man and of a woman, and no slip.

    >>> _of_two("michael", "michaela"), _of_two("carlo", "carla")
    (True, True)
    >>> _of_two("jon", "john")
    False
    """
    one, other = sorted((one, other), key=lambda word: (len(word), word[-1:] == "a"))
    if len(one) < 4:
        return False
    return (
        other in (f"{one}a", f"{one}ne")
        or (one[-1] == "o" and other == f"{one[:-1]}a")
        or (one[-2:] == "er" and other == f"{one[:-2]}ra")
        or (other[-2:] == "os" and one == f"{other[:-2]}a")
    )


def unlike(one, other):
    """Whether two names, both known, are of two people: each has a word that the
    other has not.

    >>> unlike(words_of("Jan Kowalski"), words_of("J. Kowalski"))
    False
    >>> unlike(words_of("Jan Kowalski"), words_of("Maria Kowalska"))
    True
    """
    if not one or not other:
        return False

    def same(word, words):
        return any(_alike(word, x) and not _of_two(word, x) for x in words)

    return any(not same(word, other) for word in one) and any(
        not same(word, one) for word in other
    )


# numbers ------------------------------------------------------------------


def vat_of(text):
    """Bring a tax number into the form that is compared.

    :returns: a tax or registry number without its punctuation, or None when there are
        too few digits to tell anybody by, or nothing but a placeholder

    >>> vat_of("pl 525-000-10-09")
    'PL5250001009'
    """
    compact = re.sub(r"[\W_]", "", (text or "")[:LINE]).upper()
    enough = sum(c.isdigit() for c in compact) > 5
    return compact if enough and not is_number(compact) else None


# groups ----------------------------------------------------------------------


def differ(one, other, kind):
    """Whether two holders of the same key of ``kind`` look like two people: by
    their names, or where one has none, by what else they can be reached at."""
    if one.words and other.words:
        return unlike(one.words, other.words)
    ours = {key for key in one.keys if key[0] != kind}
    theirs = {key for key in other.keys if key[0] != kind}
    return bool(ours and theirs) and ours.isdisjoint(theirs)


def contradict(one, other, kind):
    """Whether two holders of the same key of ``kind`` cannot be one person: unlike
    names, and nothing else that they share."""
    ours = {key for key in one.keys if key[0] != kind}
    theirs = {key for key in other.keys if key[0] != kind}
    return (
        unlike(one.words, other.words)
        and bool(ours and theirs)
        and ours.isdisjoint(theirs)
    )


def shared_keys(inquiries):
    """Return the set of keys that :data:`SHARED_BY` or more people use."""
    people, shared = {}, set()
    for inquiry in inquiries:
        for key in inquiry.keys:
            if key in shared:
                continue
            known = people.setdefault(key, [])
            if all(differ(inquiry, other, key[0]) for other in known):
                known.append(inquiry)
                if len(known) >= SHARED_BY:
                    shared.add(key)
    return shared


def groups_of(inquiries, shared=frozenset()):
    """Whose are whose: A and B by phone, B and C by email make one of three.

    :param shared: keys that join nobody
    :returns: ``{lead_id: representative's lead_id}``, the first one given
    """
    parent = {inquiry.lead_id: inquiry.lead_id for inquiry in inquiries}

    def root(lead_id):
        while parent[lead_id] != lead_id:
            parent[lead_id] = parent[parent[lead_id]]
            lead_id = parent[lead_id]
        return lead_id

    order = {inquiry.lead_id: at for at, inquiry in enumerate(inquiries)}
    holders = {}
    for inquiry in inquiries:
        for key in inquiry.keys - shared:
            for other in holders.setdefault(key, []):
                if not contradict(inquiry, other, key[0]):
                    one, two = root(inquiry.lead_id), root(other.lead_id)
                    if order[one] > order[two]:
                        one, two = two, one
                    parent[two] = one
                    break
            else:
                holders[key].append(inquiry)
    return {inquiry.lead_id: root(inquiry.lead_id) for inquiry in inquiries}


def score(matched, likeness=0.0):
    """Weigh what two inquiries have in common.

    :param matched: kinds of keys that agree
    :param likeness: of the names, 0 to 1
    :returns: how sure it is that they are the same person, 0 to 1
    """
    doubt = 1.0 - NAME_WEIGHT * likeness if likeness >= ALIKE else 1.0
    for kind in matched:
        doubt *= 1.0 - WEIGHTS[kind]
    return round(1.0 - doubt, 4)
